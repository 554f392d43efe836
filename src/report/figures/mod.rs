//! Figures: described once (`chart`), drawn once (`draw`), on two canvases (SVG text, PNG pixels).
//!
//! Three kinds, each with a description, a layout and a drawing of its own: curves over months
//! (`chart`, `draw`), forests of estimates (`forest`), and survival curves of data (`curves`). What
//! they share is a sheet with title and notes (`sheet`), axes with round ticks (`axis`), and looks that
//! can be told apart without color (`style`).

pub(crate) mod axis;
pub(crate) mod bitmap;
pub(crate) mod canvas;
pub(crate) mod chart;
pub(crate) mod curves;
mod curves_draw;
pub(crate) mod draw;
pub(crate) mod forest;
mod forest_axis;
mod forest_draw;
pub(crate) mod gallery;
mod sheet;
pub(crate) mod style;
pub(crate) mod svg;

use super::language::Lang;
use chart::Figure;
use curves::Curves;
use draw::Style;
use forest::Forest;

pub(crate) use bitmap::DrawingError;

/// A figure as SVG text. `id` must be unique in the page that the text goes into.
pub(crate) fn to_svg(figure: &Figure, look: Style, lang: Lang, id: &str) -> String {
    let layout = draw::layout(figure, look, lang);
    let mut canvas = svg::Svg::default();
    draw::draw(&mut canvas, figure, &layout, lang);
    if !look.dressed {
        for (panel, plot) in layout.plots.iter().enumerate() {
            canvas.hit(panel, plot.x.high, (plot.left, plot.top), (plot.right, plot.bottom));
        }
    }
    canvas.finish(layout.size, id, &figure.title, &figure.description)
}

/// A figure as the bytes of a PNG file, two pixels per unit.
pub(crate) fn to_png(figure: &Figure, look: Style, lang: Lang) -> Result<Vec<u8>, DrawingError> {
    let layout = draw::layout(figure, look, lang);
    bitmap::png(layout.size, |canvas| draw::draw(canvas, figure, &layout, lang))
}

/// A forest as SVG text. Its `id` must be unique in the page that the text goes into.
pub(crate) fn forest_to_svg(forest: &Forest, lang: Lang) -> String {
    let layout = forest_draw::layout(forest);
    let mut canvas = svg::Svg::default();
    forest_draw::draw(&mut canvas, forest, &layout, lang);
    canvas.finish(layout.size, &forest.id, &forest.title, &forest.description)
}

/// A forest as the bytes of a PNG file, two pixels per unit.
pub(crate) fn forest_to_png(forest: &Forest, lang: Lang) -> Result<Vec<u8>, DrawingError> {
    let layout = forest_draw::layout(forest);
    bitmap::png(layout.size, |canvas| forest_draw::draw(canvas, forest, &layout, lang))
}

/// Curves as SVG text. `id` must be unique in the page that the text goes into.
pub(crate) fn curves_to_svg(curves: &Curves, lang: Lang, id: &str) -> String {
    let layout = curves_draw::layout(curves);
    let mut canvas = svg::Svg::default();
    curves_draw::draw(&mut canvas, curves, &layout, lang);
    canvas.finish(layout.size, id, &curves.title, &curves.description)
}

/// Curves as the bytes of a PNG file, two pixels per unit.
pub(crate) fn curves_to_png(curves: &Curves, lang: Lang) -> Result<Vec<u8>, DrawingError> {
    let layout = curves_draw::layout(curves);
    bitmap::png(layout.size, |canvas| curves_draw::draw(canvas, curves, &layout, lang))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_figure_gives_the_same_bytes() {
        let figure = draw::tests::figure(3, 2, "FIP");
        let png = || to_png(&figure, Style::FILE, Lang::Nl).unwrap();
        let first = png();
        assert!(first.starts_with(b"\x89PNG") && first == png());
        let svg = || to_svg(&figure, Style::FILE, Lang::Nl, "a");
        assert_eq!(svg(), svg());
    }

    #[test]
    fn hostile_names_do_not_reach_the_svg() {
        let figure = draw::tests::figure(2, 1, "<script>alert(1)</script>\u{1b}[31m\u{202e}");
        let svg = to_svg(&figure, Style::FILE, Lang::En, "a");
        assert!(!svg.contains("<script") && !svg.contains('\u{1b}') && !svg.contains('\u{202e}'));
    }
}
