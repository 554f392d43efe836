//! The sheet that every figure is drawn on: its edges, the sizes of its letters, and the texts around the plots (title,
//! headings, notes), broken into lines that fit.

use super::bitmap::text_width;
use super::canvas::{Anchor, Canvas, Pen, Position, Stroke};
use super::style::{Color, INK, SOFT_INK};

/// Width of a figure that is a file of its own, units.
pub(super) const WIDTH: f64 = 960.0;
/// Room between the drawing and the edge of the sheet, units.
pub(super) const EDGE: f64 = 12.0;
/// Room between the edges of a figure that is a file of its own, units.
pub(super) const INNER: f64 = WIDTH - 2.0 * EDGE;
/// Height of the title's letters, units.
pub(super) const TITLE: f64 = 20.0;
/// Height of the letters of a panel's heading, units.
pub(super) const HEADING: f64 = 15.0;
/// Height of all other letters, units.
pub(super) const SMALL: f64 = 13.0;
/// From one baseline to the next in headings and notes, units.
pub(super) const LINE: f64 = 18.0;
/// From one baseline to the next in the title, units.
const TITLE_LINE: f64 = TITLE + 6.0;

/// A text's looks, in short.
pub(super) fn pen(size: f64, bold: bool, color: Color, anchor: Anchor) -> Pen {
    Pen { size, bold, color, anchor }
}

/// Lower edge of a title of so many lines, units from the top.
pub(super) fn below_title(lines: &[String]) -> f64 {
    EDGE + lines.len() as f64 * TITLE_LINE
}

/// What stands around the plots of a figure that is a file of its own: the title above, the notes below.
pub(super) struct Around {
    /// Lines of the title.
    title: Vec<String>,
    /// Lines of the notes.
    notes: Vec<String>,
    /// Where they begin, units from the top.
    notes_top: f64,
}

impl Around {
    /// Breaks the title; also gives where the first plot may begin.
    pub(super) fn new(title: &str) -> (Self, f64) {
        let title = wrap(title, TITLE, true, INNER);
        let top = below_title(&title) + 6.0;
        (Self { title, notes: Vec::new(), notes_top: top }, top)
    }

    /// Puts the notes below everything else, and gives the size of the sheet.
    pub(super) fn end(&mut self, notes: &[String], top: f64) -> (f64, f64) {
        self.notes = notes.iter().flat_map(|note| wrap(note, SMALL, false, INNER)).collect();
        self.notes_top = top;
        (WIDTH, top + self.notes.len() as f64 * LINE + EDGE)
    }

    /// Draws both.
    pub(super) fn draw(&self, canvas: &mut dyn Canvas) {
        title(canvas, &self.title);
        notes(canvas, self.notes_top, &self.notes);
    }
}

/// A stroke without gaps.
pub(super) fn solid(color: Color, width: f64) -> Stroke {
    Stroke { color, width, dash: &[] }
}

/// Draws the label of a tick.
pub(super) fn tick_label(canvas: &mut dyn Canvas, place: Position, label: &str, anchor: Anchor) {
    canvas.text(place, label, pen(SMALL, false, INK, anchor));
}

/// Draws what an axis or a column is: its name or unit.
pub(super) fn axis_name(canvas: &mut dyn Canvas, place: Position, name: &str, width: f64, anchor: Anchor) {
    canvas.text(place, &shorten(name, SMALL, width), pen(SMALL, false, SOFT_INK, anchor));
}

/// Draws the title, at the top left.
pub(super) fn title(canvas: &mut dyn Canvas, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        let baseline = EDGE + TITLE + index as f64 * TITLE_LINE - 2.0;
        canvas.text((EDGE, baseline), line, pen(TITLE, true, INK, Anchor::Start));
    }
}

/// Draws the heading of a panel below a place.
pub(super) fn heading(canvas: &mut dyn Canvas, (left, top): Position, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        let baseline = top + HEADING + index as f64 * LINE;
        canvas.text((left, baseline), line, pen(HEADING, true, INK, Anchor::Start));
    }
}

/// Draws the notes from a height downward.
pub(super) fn notes(canvas: &mut dyn Canvas, top: f64, lines: &[String]) {
    for (index, line) in lines.iter().enumerate() {
        let baseline = top + SMALL + index as f64 * LINE;
        canvas.text((EDGE, baseline), line, pen(SMALL, false, SOFT_INK, Anchor::Start));
    }
}

/// Widths are measured in the font of the bitmaps, at its height; the reader's own font in an SVG is up to a tenth wider.
const FONT_SLACK: f64 = 1.1;

/// Breaks a text into lines that fit, at spaces; a word that does not fit alone is shortened.
pub(super) fn wrap(text: &str, size: f64, bold: bool, width: f64) -> Vec<String> {
    let width = width / FONT_SLACK;
    let mut lines: Vec<String> = Vec::new();
    for word in crate::report::escape::clean(text).split(' ').filter(|word| !word.is_empty()) {
        if let Some(line) = lines.last_mut() {
            let longer = format!("{line} {word}");
            if text_width(&longer, size, bold) <= width {
                *line = longer;
                continue;
            }
        }
        let fits = text_width(word, size, bold) <= width;
        lines.push(if fits { word.to_owned() } else { shorten(word, size, width) });
    }
    lines
}

/// Cuts a text so that it fits, with `…` at the end.
pub(super) fn shorten(text: &str, size: f64, width: f64) -> String {
    let text = crate::report::escape::name(text);
    if text_width(&text, size, false) <= width {
        return text;
    }
    let mut characters: Vec<char> = text.chars().collect();
    while characters.len() > 1 {
        characters.pop();
        let cut: String = characters.iter().chain(&['…']).collect();
        if text_width(&cut, size, false) <= width {
            return cut;
        }
    }
    "…".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_are_shortened_to_fit() {
        let cut = shorten(&"W".repeat(400), SMALL, 200.0);
        assert!(cut.ends_with('…') && text_width(&cut, SMALL, false) <= 200.0);
    }
}
