//! What a figure is drawn on. One drawing, two canvases: SVG text (`svg.rs`) and pixels (`bitmap.rs`).
//!
//! Slides want pixels and pages want lines that scale. Both get the same drawing through this trait, so
//! they cannot show different things; a third kind of file would be a third implementation and no
//! second drawing.

use super::style::{Color, Marker};

/// A place in the figure, in figure units (1 unit = 1 CSS pixel), origin at the top left.
pub(crate) type Position = (f64, f64);

/// Where a text hangs on its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// Begins there.
    Start,
    /// Is centered there.
    Middle,
    /// Ends there.
    End,
}

/// How a text looks; its place is the left, middle or right end of its baseline.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Pen {
    /// Height of the letters, units.
    pub size: f64,
    /// Bold.
    pub bold: bool,
    /// Color.
    pub color: Color,
    /// Where it hangs.
    pub anchor: Anchor,
}

/// How a line looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    /// Color.
    pub color: Color,
    /// Width, units.
    pub width: f64,
    /// Lengths of dashes and gaps; empty = solid.
    pub dash: &'static [f64],
}

/// A surface that lines, areas, markers and texts can be put on. Nothing on it can fail: errors show at the end.
pub(crate) trait Canvas {
    /// Opens a group that belongs to one arm.
    fn begin_arm(&mut self, arm: usize);
    /// Closes the group.
    fn end_arm(&mut self);
    /// A line through all places.
    fn line(&mut self, places: &[Position], stroke: Stroke);
    /// A filled polygon.
    fn area(&mut self, places: &[Position], color: Color, opacity: f64);
    /// A marker.
    fn marker(&mut self, place: Position, marker: Marker, color: Color);
    /// A text; the text is cleaned by the canvas.
    fn text(&mut self, place: Position, text: &str, pen: Pen);
}

/// The corners of a marker that is not round, of half-width `r`.
pub(crate) fn corners(place: Position, marker: Marker, r: f64) -> Vec<Position> {
    let (x, y) = place;
    match marker {
        Marker::Circle => Vec::new(),
        Marker::Square => vec![(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)],
        Marker::Triangle => vec![(x, y - 1.2 * r), (x + 1.1 * r, y + 0.9 * r), (x - 1.1 * r, y + 0.9 * r)],
        Marker::Diamond => vec![(x, y - 1.3 * r), (x + 1.3 * r, y), (x, y + 1.3 * r), (x - 1.3 * r, y)],
    }
}

/// Half-width of a marker, units.
pub(crate) const MARKER_RADIUS: f64 = 4.0;
