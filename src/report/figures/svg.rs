//! Figures as SVG text. Written here and not by plotters' SVG backend, because the report needs one group per arm (to
//! switch it off), real dashes (an eighth of the bytes) and a title and description; pixels come from plotters.

use std::fmt::Write as _;

use crate::report::escape;

use super::canvas::{Anchor, Canvas, MARKER_RADIUS, Pen, Position, Stroke, corners};
use super::style::{Color, Marker};

/// An SVG document in the making.
#[derive(Debug, Default)]
pub(crate) struct Svg {
    /// What was drawn.
    body: String,
}

impl Svg {
    /// The whole document in units of the picture, with title and description for screen readers. `id`
    /// must be unique in the page, since the labels of title and description are made of it. Markup in
    /// text of others is escaped here and in `text`, and nowhere before: escaped twice it would show.
    pub(crate) fn finish(
        self,
        (width, height): (f64, f64),
        id: &str,
        title: &str,
        description: &str,
    ) -> String {
        let mut out = String::with_capacity(self.body.len() + 512);
        let (width, height) = (short(width), short(height));
        let _ = writeln!(
            out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" role=\"img\" aria-labelledby=\"{id}-t {id}-d\" \
             font-family=\"Arial, Helvetica, 'Liberation Sans', 'DejaVu Sans', sans-serif\">\n\
             <title id=\"{id}-t\">{}</title>\n<desc id=\"{id}-d\">{}</desc>\n\
             <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>",
            escape::markup(title),
            escape::markup(description),
        );
        out.push_str(&self.body);
        out.push_str("</svg>\n");
        out
    }

    /// An ornament without a name of its own, such as a line in a legend: hidden from screen readers,
    /// which would read it as a picture without a title.
    pub(crate) fn ornament(self, (width, height): (f64, f64)) -> String {
        let (width, height) = (short(width), short(height));
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
             height=\"{height}\" aria-hidden=\"true\" focusable=\"false\">{}</svg>",
            self.body
        )
    }

    /// An invisible rectangle over a plot: where the page's script reads which month is pointed at.
    pub(crate) fn hit(
        &mut self,
        panel: usize,
        last_month: f64,
        (left, top): Position,
        (right, bottom): Position,
    ) {
        let _ = writeln!(
            self.body,
            "<rect class=\"hit\" data-panel=\"{panel}\" data-last=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" \
             fill=\"#ffffff\" fill-opacity=\"0\"/>",
            short(last_month),
            short(left),
            short(top),
            short(right - left),
            short(bottom - top)
        );
    }

    /// Positions as an attribute.
    fn points(&mut self, places: &[Position]) {
        for (index, &(x, y)) in places.iter().enumerate() {
            let separator = if index > 0 { " " } else { "" };
            let _ = write!(self.body, "{separator}{},{}", short(x), short(y));
        }
    }
}

impl Canvas for Svg {
    fn begin_arm(&mut self, arm: usize) {
        let _ = match arm {
            super::style::REFERENCE => writeln!(self.body, "<g class=\"reference\">"),
            arm => writeln!(self.body, "<g class=\"arm arm-{arm}\">"),
        };
    }

    fn end_arm(&mut self) {
        self.body.push_str("</g>\n");
    }

    fn line(&mut self, places: &[Position], stroke: Stroke) {
        if places.len() < 2 {
            return;
        }
        self.body.push_str("<polyline fill=\"none\" points=\"");
        self.points(places);
        let _ = write!(
            self.body,
            "\" stroke=\"{}\" stroke-width=\"{}\"",
            stroke.color.hex(),
            short(stroke.width)
        );
        if !stroke.dash.is_empty() {
            let dash: Vec<String> = stroke.dash.iter().map(|&length| short(length)).collect();
            let _ = write!(self.body, " stroke-dasharray=\"{}\"", dash.join(" "));
        }
        self.body.push_str("/>\n");
    }

    fn area(&mut self, places: &[Position], color: Color, opacity: f64) {
        if places.len() < 3 {
            return;
        }
        self.body.push_str("<polygon points=\"");
        self.points(places);
        let _ = writeln!(self.body, "\" fill=\"{}\" fill-opacity=\"{}\"/>", color.hex(), short(opacity));
    }

    fn marker(&mut self, place: Position, marker: Marker, color: Color) {
        if marker == Marker::Circle {
            let (x, y) = (short(place.0), short(place.1));
            let r = short(MARKER_RADIUS);
            let _ = writeln!(self.body, "<circle cx=\"{x}\" cy=\"{y}\" r=\"{r}\" fill=\"{}\"/>", color.hex());
        } else {
            self.area(&corners(place, marker, MARKER_RADIUS), color, 1.0);
        }
    }

    fn text(&mut self, (x, y): Position, text: &str, pen: Pen) {
        let anchor = match pen.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let weight = if pen.bold { " font-weight=\"bold\"" } else { "" };
        let _ = writeln!(
            self.body,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{}\"{anchor}{weight}>{}</text>",
            short(x),
            short(y),
            short(pen.size),
            pen.color.hex(),
            escape::markup(text)
        );
    }
}

/// A coordinate with at most two decimals and no trailing zeros, as a figure is mostly coordinates.
/// What is not finite becomes 0: a broken number would break the whole document.
fn short(value: f64) -> String {
    let text = format!("{:.2}", if value.is_finite() { value } else { 0.0 });
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn coordinates_are_short() {
        assert_eq!([short(1.0), short(1.255), short(-0.001), short(f64::NAN)], ["1", "1.25", "0", "0"]);
    }

    #[test]
    fn hostile_text_stays_text() {
        let mut svg = Svg::default();
        let pen = Pen { size: 12.0, bold: false, color: super::super::style::INK, anchor: Anchor::Start };
        svg.text((0.0, 0.0), "</text><script>alert(1)</script>\u{1b}\u{0}", pen);
        let text = svg.finish((10.0, 10.0), "a", "<script>", "\u{8}--><b>");
        assert!(!text.contains("<script") && !text.contains("<b>"));
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
    }
}
