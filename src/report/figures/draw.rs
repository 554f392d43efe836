//! Lays a figure out and draws it: title, legend and notes around panels; nothing on top of the data, nothing cut off.
//!
//! Texts are measured before anything is placed, with the built-in font, so that long names and
//! languages make a figure taller and never run into the data. The layout is computed once and used by
//! both canvases.

use crate::report::language::Lang;

use super::axis::{self, Axis};
use super::bitmap::text_width;
use super::canvas::{Anchor, Canvas, Position, Stroke};
use super::chart::{Figure, Panel, PlottedCurve};
use super::sheet::{self, EDGE, HEADING, LINE, SMALL, TITLE, pen, shorten, wrap};
use super::style::{self, GRID, INK, SOFT_INK};

/// Which version of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    /// Width, units.
    pub width: u32,
    /// Height of a plot, units.
    pub plot_height: f64,
    /// With title, legend and notes (a file on its own) or without (inside the report, which has them as text).
    pub dressed: bool,
}

impl Style {
    /// A file for slides.
    pub(crate) const FILE: Style = Style { width: 960, plot_height: 250.0, dressed: true };
    /// In the report on wide screens and paper: flat, as it fills the width of a page there and must leave room for words.
    pub(crate) const WIDE: Style = Style { width: 880, plot_height: 150.0, dressed: false };
    /// On the first page of paper, which has words above it.
    pub(crate) const FLAT: Style = Style { width: 880, plot_height: 95.0, dressed: false };
    /// In the report on phones.
    pub(crate) const NARROW: Style = Style { width: 380, plot_height: 220.0, dressed: false };
}

/// Room between two panels.
const GAP: f64 = 28.0;
/// Room above the plot of a panel: heading, unit, and the sentence at the measured months.
const HEAD: f64 = 62.0;
/// Room below the plot of a panel: tick labels and the name of the axis.
const FOOT: f64 = 44.0;

/// Everything that is needed to draw: computed once, the same for every canvas.
pub(crate) struct FigureLayout {
    /// Width and height, units.
    pub size: (f64, f64),
    /// The plots, one per panel, in their order.
    pub plots: Vec<Plot>,
    /// Which version.
    look: Style,
    /// Lines of the title.
    title_lines: Vec<String>,
    /// Position, arm and text of each entry; empty inside the report.
    legend: Vec<(f64, f64, usize, String)>,
    /// Lines of the notes.
    note_lines: Vec<String>,
    /// Where they begin.
    notes_top: f64,
    /// Lines of each panel's heading.
    heads: Vec<Vec<String>>,
}

/// The rectangle in which the curves of one panel live, with its axes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Plot {
    /// Left edge.
    pub left: f64,
    /// Upper edge.
    pub top: f64,
    /// Right edge.
    pub right: f64,
    /// Lower edge.
    pub bottom: f64,
    /// Axis of months, from 0.
    pub x: Axis,
    /// Axis of the values, in the unit of the panel.
    pub y: Axis,
    /// Left edge of the panel's texts, left of the tick labels.
    text_left: f64,
    /// Whether the axis counts years.
    in_years: bool,
}

impl Plot {
    /// Where a value lies.
    fn place(&self, month: f64, value: f64) -> Position {
        let x = self.left + self.x.position(month) * (self.right - self.left);
        (x, self.bottom - self.y.position(value) * (self.bottom - self.top))
    }
}

/// Lays the figure out.
pub(crate) fn layout(figure: &Figure, look: Style, lang: Lang) -> FigureLayout {
    let width = f64::from(look.width);
    let inner = width - 2.0 * EDGE;
    let dressed = |lines: Vec<String>| if look.dressed { lines } else { Vec::new() };
    let title_lines = dressed(wrap(&figure.title, TITLE, true, inner));
    let mut top = sheet::below_title(&title_lines);
    let columns = columns(figure.panels.len(), look);
    let cell = (inner - GAP * (columns - 1) as f64) / columns as f64;
    let heads: Vec<Vec<String>> =
        figure.panels.iter().map(|panel| wrap(&panel.title, HEADING, true, cell - 4.0)).collect();
    let mut plots = Vec::new();
    for (row, panels) in figure.panels.chunks(columns).enumerate() {
        let row_heads = &heads[row * columns..row * columns + panels.len()];
        let head_lines = row_heads.iter().map(Vec::len).max().unwrap_or(1);
        let head = HEAD + (head_lines.max(1) - 1) as f64 * LINE;
        for (column, panel) in panels.iter().enumerate() {
            let left = EDGE + column as f64 * (cell + GAP);
            let vertical = (top + head, top + head + look.plot_height);
            plots.push(plot(panel, (left, left + cell), vertical, figure.last_month(), lang));
        }
        top += head + look.plot_height + FOOT + if look.dressed { 10.0 } else { 0.0 };
    }
    let legend = if look.dressed { legend(figure, inner, &mut top) } else { Vec::new() };
    let notes_top = top;
    let note_lines = dressed(figure.notes.iter().flat_map(|note| wrap(note, SMALL, false, inner)).collect());
    let height = top + note_lines.len() as f64 * LINE + EDGE;
    FigureLayout { size: (width, height), plots, look, title_lines, legend, note_lines, notes_top, heads }
}

/// Panels beside each other: one on phones, two for two or four panels, else three.
fn columns(panels: usize, look: Style) -> usize {
    match panels {
        _ if look.width < 600 => 1,
        0 | 1 => 1,
        2 | 4 => 2,
        _ => 3,
    }
}

/// Where a panel lies.
fn plot(
    panel: &Panel,
    (text_left, right): (f64, f64),
    (top, bottom): (f64, f64),
    last_month: f64,
    lang: Lang,
) -> Plot {
    let y = axis::vertical(panel);
    let label = |&tick: &f64| text_width(&panel.kind.format(lang, tick, y.decimals), SMALL, false);
    let labels = y.ticks.iter().map(label).fold(0.0, f64::max);
    let left = text_left + labels + 8.0;
    let right = right - 14.0;
    let most_ticks = ((right - left) / 42.0).max(2.0) as usize;
    let (x, in_years) = axis::horizontal(last_month, most_ticks);
    Plot { left, top, right, bottom, x, y, text_left, in_years }
}

/// Lays out the legend.
fn legend(figure: &Figure, inner: f64, top: &mut f64) -> Vec<(f64, f64, usize, String)> {
    let (mut x, mut entries) = (EDGE, Vec::new());
    for (arm, label) in figure.legend() {
        let label = shorten(label, SMALL, inner - 60.0);
        let width = 52.0 + text_width(&label, SMALL, false) + 22.0;
        if x > EDGE && x + width > EDGE + inner {
            x = EDGE;
            *top += LINE + 4.0;
        }
        entries.push((x, *top + 10.0, arm, label));
        x += width;
    }
    *top += LINE + 14.0;
    entries
}

/// Draws the figure.
pub(crate) fn draw(canvas: &mut dyn Canvas, figure: &Figure, layout: &FigureLayout, lang: Lang) {
    sheet::title(canvas, &layout.title_lines);
    for ((panel, plot), head) in figure.panels.iter().zip(&layout.plots).zip(&layout.heads) {
        frame(canvas, panel, plot, head, lang);
        for series in &panel.series {
            canvas.begin_arm(series.arm);
            curve(canvas, series, panel, plot);
            canvas.end_arm();
        }
    }
    for (x, y, arm, label) in &layout.legend {
        sample(canvas, (*x, *y), *arm);
        canvas.text((x + 48.0, y + 4.5), label, pen(SMALL, false, INK, Anchor::Start));
    }
    if layout.look.dressed {
        sheet::notes(canvas, layout.notes_top, &layout.note_lines);
    }
}

/// A piece of an arm's line with its marker, as in a legend; 40 units wide.
pub(crate) fn sample(canvas: &mut dyn Canvas, (x, y): Position, arm: usize) {
    let look = style::of_arm(arm);
    canvas.line(&[(x, y), (x + 40.0, y)], Stroke { color: look.color, width: look.width, dash: look.dash });
    if let Some(marker) = look.marker {
        canvas.marker((x + 20.0, y), marker, look.color);
    }
}

/// Axes, grid and heading.
fn frame(canvas: &mut dyn Canvas, panel: &Panel, plot: &Plot, head: &[String], lang: Lang) {
    let heading_top = plot.top - HEAD - (head.len().max(1) - 1) as f64 * LINE;
    sheet::heading(canvas, (plot.text_left, heading_top), head);
    canvas.text((plot.text_left, plot.top - 28.0), &panel.unit, pen(SMALL, false, SOFT_INK, Anchor::Start));
    for &tick in &plot.y.ticks {
        let (_, y) = plot.place(0.0, tick);
        let color = if tick == 0.0 { SOFT_INK } else { GRID };
        canvas.line(&[(plot.left, y), (plot.right, y)], Stroke { color, width: 1.0, dash: &[] });
        let label = panel.kind.format(lang, tick, plot.y.decimals);
        canvas.text((plot.left - 6.0, y + 4.5), &label, pen(SMALL, false, INK, Anchor::End));
    }
    for &tick in &plot.x.ticks {
        let (x, y) = plot.place(tick, plot.y.low);
        canvas.line(&[(x, y), (x, y + 4.0)], Stroke { color: SOFT_INK, width: 1.0, dash: &[] });
        let first_year = panel.begins.map_or(0.0, |(year, _)| f64::from(year));
        let shown = if plot.in_years { first_year + tick / 12.0 } else { tick };
        canvas.text((x, y + 19.0), &format!("{shown:.0}"), pen(SMALL, false, INK, Anchor::Middle));
    }
    let name = time_axis(panel.begins, plot.in_years, lang);
    canvas.text((plot.right, plot.bottom + 36.0), &name, pen(SMALL, false, SOFT_INK, Anchor::End));
    measured(canvas, panel, plot, lang);
}

/// What the ticks of the horizontal axis are.
fn time_axis(begins: Option<(i32, u32)>, in_years: bool, lang: Lang) -> String {
    let Some((year, month)) = begins else {
        return match in_years {
            true => lang.pick("jaren na de start", "years since the start"),
            false => lang.pick("maanden na de start", "months since the start"),
        }
        .to_owned();
    };
    let month = MONTHS[(month.clamp(1, 12) - 1) as usize];
    let month = lang.pick(month[0], month[1]);
    match (lang, in_years) {
        (Lang::Nl, true) => format!("kalenderjaar (streepje: {month})"),
        (Lang::En, true) => format!("calendar year (tick: {month})"),
        (Lang::Nl, false) => format!("maanden na de start ({month} {year})"),
        (Lang::En, false) => format!("months since the start ({month} {year})"),
    }
}

const MONTHS: [[&str; 2]; 12] = [
    ["januari", "January"],
    ["februari", "February"],
    ["maart", "March"],
    ["april", "April"],
    ["mei", "May"],
    ["juni", "June"],
    ["juli", "July"],
    ["augustus", "August"],
    ["september", "September"],
    ["oktober", "October"],
    ["november", "November"],
    ["december", "December"],
];

/// The vertical line where measuring stopped, with its sentence above the plot.
fn measured(canvas: &mut dyn Canvas, panel: &Panel, plot: &Plot, lang: Lang) {
    let Some(month) = panel.measured_until.filter(|&month| month < plot.x.high) else { return };
    let (x, _) = plot.place(month, plot.y.low);
    let stroke = Stroke { color: SOFT_INK, width: 1.5, dash: &[2.0, 3.0] };
    canvas.line(&[(x, plot.top - 6.0), (x, plot.bottom)], stroke);
    let months = format!("{month:.0}");
    let text = match lang {
        Lang::Nl => format!("onderzoek mat tot {months} maanden"),
        Lang::En => format!("studies measured to {months} months"),
    };
    let width = text_width(&text, 12.0, false);
    let left = (x - 0.5 * width).min(plot.right - width).max(plot.left - 20.0);
    canvas.text((left, plot.top - 10.0), &text, pen(12.0, false, SOFT_INK, Anchor::Start));
}

/// A curve with its bands.
fn curve(canvas: &mut dyn Canvas, series: &PlottedCurve, panel: &Panel, plot: &Plot) {
    let look = style::of_arm(series.arm);
    let shown: Vec<_> = series.points.iter().filter(|point| point.value.is_finite()).collect();
    let bands = shown.first().map_or(0, |point| point.bands.len());
    for band in 0..bands {
        let ends = |pick: fn((f64, f64)) -> f64| {
            let kept =
                shown.iter().filter_map(move |point| point.bands.get(band).map(|&b| (point.month, pick(b))));
            kept.filter(|(_, value)| value.is_finite())
                .map(|(month, value)| plot.place(month, value))
                .collect()
        };
        let mut outline: Vec<Position> = ends(|(low, _)| low);
        let upper: Vec<Position> = ends(|(_, high)| high);
        outline.extend(upper.into_iter().rev());
        canvas.area(&outline, look.color, if bands > 1 { 0.13 } else { 0.15 });
    }
    let split = panel.measured_until.unwrap_or(f64::INFINITY);
    let line = |keep: &dyn Fn(f64) -> bool| -> Vec<Position> {
        shown.iter().filter(|p| keep(p.month)).map(|p| plot.place(p.month, p.value)).collect()
    };
    let last_measured =
        shown.iter().map(|p| p.month).filter(|&m| m <= split).fold(f64::NEG_INFINITY, f64::max);
    let solid = Stroke { color: look.color, width: look.width, dash: look.dash };
    canvas.line(&line(&|month| month <= split), solid);
    let thin = Stroke { color: look.color, width: 1.5, dash: &[1.5, 3.5] };
    canvas.line(&line(&|month| month >= last_measured), thin);
    markers(canvas, series, plot);
}

/// Markers on every point of a short curve (a curve of one point is nothing else); on a longer one about eight, staggered by
/// arm so that equal curves still show every arm.
fn markers(canvas: &mut dyn Canvas, series: &PlottedCurve, plot: &Plot) {
    let look = style::of_arm(series.arm);
    let Some(marker) = look.marker else { return };
    let every = plot.x.high / 8.0;
    let mut next = every * (0.25 + 0.17 * (series.arm % 4) as f64);
    let short = series.points.len() <= SHORT_CURVE;
    for point in series.points.iter().filter(|point| point.value.is_finite()) {
        if short || point.month >= next {
            canvas.marker(plot.place(point.month, point.value), marker, look.color);
            next += every;
        }
    }
}

/// Points of a curve that all get a marker.
const SHORT_CURVE: usize = 12;

#[cfg(test)]
pub(super) mod tests {
    use super::super::chart::{NumberKind, Point};
    use super::*;

    pub(in crate::report::figures) fn figure(arms: usize, panels: usize, name: &str) -> Figure {
        let series = |arm: usize| PlottedCurve {
            arm,
            label: format!("{name} {arm}"),
            points: (0..=120)
                .map(|month| {
                    let value = 0.004 * f64::from(month) * (1.0 + 0.2 * arm as f64);
                    let month = f64::from(month);
                    Point {
                        month,
                        value,
                        bands: vec![(0.8 * value, 1.2 * value), (0.9 * value, 1.1 * value)],
                    }
                })
                .collect(),
        };
        let panel = Panel {
            title: "Uitstroom naar werk en alle andere redenen samen".into(),
            unit: "% van de klanten".into(),
            kind: NumberKind::Percent,
            series: (0..arms).map(series).collect(),
            zero_line: false,
            measured_until: Some(18.0),
            begins: None,
        };
        Figure {
            id: "test".to_owned(),
            title: "Een titel die lang genoeg is om over meer dan één regel te lopen als het smal is".into(),
            description: "Beschrijving".into(),
            panels: vec![panel; panels],
            notes: vec!["Een zin over de banden. ".repeat(6)],
        }
    }

    #[test]
    fn everything_lies_within_the_figure() {
        for (arms, panels) in [(1, 1), (2, 2), (5, 3), (6, 5)] {
            for look in [Style::FILE, Style::WIDE, Style::NARROW] {
                let figure = figure(arms, panels, "arm met een tamelijk lange naam");
                let layout = layout(&figure, look, Lang::Nl);
                for plot in &layout.plots {
                    assert!(plot.left > 0.0 && plot.right < layout.size.0 && plot.right - plot.left > 120.0);
                    assert!(plot.top > 0.0 && plot.bottom + FOOT < layout.size.1 + 1.0);
                }
                for (x, y, _, label) in &layout.legend {
                    assert!(x + 48.0 + text_width(label, SMALL, false) <= layout.size.0);
                    assert!(*y < layout.size.1);
                }
            }
        }
    }

    #[test]
    fn years_are_calendar_years_where_the_start_is_known() {
        let mut figure = figure(1, 1, "arm");
        let drawn = |figure: &Figure, lang: Lang| {
            super::super::to_svg(figure, Style { dressed: false, ..Style::FILE }, lang, "a")
        };
        assert!(drawn(&figure, Lang::Nl).contains("jaren na de start"));
        figure.panels[0].begins = Some((2026, 7));
        let shown = drawn(&figure, Lang::Nl);
        assert!(shown.contains("kalenderjaar (streepje: juli)"), "{shown}");
        for year in [2026, 2036] {
            assert!(shown.contains(&format!(">{year}<")), "{year}: {shown}");
        }
        figure.panels[0].series[0].points.truncate(13);
        assert!(drawn(&figure, Lang::En).contains("months since the start (July 2026)"));
    }

    #[test]
    fn a_curve_of_one_point_is_seen() {
        let mut figure = figure(1, 1, "arm");
        figure.panels[0].series[0].points.truncate(1);
        let markers = |svg: &str| svg.matches("<circle").count();
        let undressed = Style { dressed: false, ..Style::FILE };
        assert_eq!(markers(&super::super::to_svg(&figure, undressed, Lang::En, "a")), 1);
    }
}
