//! Figures as PNG pixels with plotters. The font is built in: no system fonts are needed and pixels are the same on
//! every machine.

use std::sync::Once;

use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::report::escape;

use super::canvas::{Anchor, Canvas, MARKER_RADIUS, Pen, Position, Stroke, corners};
use super::style::{self, Marker};

/// Pixels per unit.
const SCALE: f64 = 2.0;
/// Largest width or height, pixels: a figure cannot exhaust memory.
const LARGEST_SIDE: f64 = 8000.0;
/// Family of the letters.
const FAMILY: &str = "sans-serif";

/// Why a picture could not be made, in the words of the library that draws.
#[derive(Debug)]
pub(crate) struct DrawingError(pub String);

impl std::fmt::Display for DrawingError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for DrawingError {}

/// Makes the built-in font known to plotters; cheap when it already is.
fn register_font() {
    /// Letters are loaded once.
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // The fonts are compiled in and known to be valid; were one not, drawing would report the missing font.
        let _ = plotters::style::register_font(FAMILY, FontStyle::Normal, dejavu::sans::regular());
        let _ = plotters::style::register_font(FAMILY, FontStyle::Bold, dejavu::sans::bold());
    });
}

/// Width of a text in units, by the built-in font; layouts of both canvases measure with it, so they
/// break lines alike.
pub(crate) fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    register_font();
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let font = FontDesc::new(FontFamily::SansSerif, size * SCALE, style);
    let cleaned = escape::clean(text);
    font.box_size(&cleaned)
        .map_or(cleaned.chars().count() as f64 * size * 0.6, |(width, _)| f64::from(width) / SCALE)
}

/// Draws on pixels and returns the PNG file's bytes, two pixels per unit.
///
/// # Errors
/// When the library cannot draw something; the first failure is kept, since a canvas itself never
/// fails.
pub(crate) fn png(
    (width, height): (f64, f64),
    draw: impl FnOnce(&mut dyn Canvas),
) -> Result<Vec<u8>, DrawingError> {
    register_font();
    let side = |units: f64| (units * SCALE).clamp(1.0, LARGEST_SIDE) as u32;
    let (width, height) = (side(width), side(height));
    let mut pixels = vec![0xff; width as usize * height as usize * 3];
    {
        let backend = BitMapBackend::with_buffer(&mut pixels, (width, height));
        let mut bitmap = Bitmap { area: backend.into_drawing_area(), failure: None };
        draw(&mut bitmap);
        let presented = bitmap.area.present().map_err(|error| error.to_string());
        if let Some(failure) = bitmap.failure.or(presented.err()) {
            return Err(DrawingError(failure));
        }
    }
    encode(&pixels, width, height)
}

/// Pixels as PNG.
fn encode(pixels: &[u8], width: u32, height: u32) -> Result<Vec<u8>, DrawingError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    let failed = |error: png::EncodingError| DrawingError(error.to_string());
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    Ok(bytes)
}

/// A canvas of pixels.
struct Bitmap<'a> {
    /// Where pixels are drawn.
    area: DrawingArea<BitMapBackend<'a>, plotters::coord::Shift>,
    /// The first thing that went wrong.
    failure: Option<String>,
}

impl Bitmap<'_> {
    /// Remembers the first thing that went wrong: what follows from it would hide the cause.
    fn keep<E: std::fmt::Display>(&mut self, outcome: Result<(), E>) {
        if let Err(error) = outcome {
            self.failure.get_or_insert_with(|| error.to_string());
        }
    }

    /// A line without dashes, at least a pixel wide.
    fn solid(&mut self, places: &[Position], stroke: Stroke) {
        let width = (stroke.width * SCALE).round().clamp(1.0, 40.0) as u32;
        let style = rgb(stroke.color).stroke_width(width);
        let outcome = self.area.draw(&PathElement::new(pixels(places), style));
        self.keep(outcome);
    }
}

impl Canvas for Bitmap<'_> {
    fn begin_arm(&mut self, _arm: usize) {}

    fn end_arm(&mut self) {}

    fn line(&mut self, places: &[Position], stroke: Stroke) {
        if places.len() < 2 {
            return;
        }
        if stroke.dash.is_empty() {
            self.solid(places, stroke);
        }
        for dash in dashes(places, stroke.dash) {
            self.solid(&dash, stroke);
        }
    }

    fn area(&mut self, places: &[Position], color: style::Color, opacity: f64) {
        if places.len() < 3 {
            return;
        }
        let outcome = self.area.draw(&Polygon::new(pixels(places), rgb(color).mix(opacity).filled()));
        self.keep(outcome);
    }

    fn marker(&mut self, place: Position, marker: Marker, color: style::Color) {
        if marker == Marker::Circle {
            let radius = (MARKER_RADIUS * SCALE) as i32;
            let outcome = self.area.draw(&Circle::new(pixel(place), radius, rgb(color).filled()));
            self.keep(outcome);
        } else {
            self.area(&corners(place, marker, MARKER_RADIUS), color, 1.0);
        }
    }

    fn text(&mut self, place: Position, text: &str, pen: Pen) {
        let horizontal = match pen.anchor {
            Anchor::Start => HPos::Left,
            Anchor::Middle => HPos::Center,
            Anchor::End => HPos::Right,
        };
        let weight = if pen.bold { FontStyle::Bold } else { FontStyle::Normal };
        let color = rgb(pen.color);
        let style = TextStyle::from((FAMILY, pen.size * SCALE, weight).into_font())
            .pos(Pos::new(horizontal, VPos::Bottom))
            .color(&color);
        // Plotters hangs a text on the bottom of its box, a fifth of the size below the baseline.
        let below = (place.0, place.1 + 0.2 * pen.size);
        let outcome = self.area.draw(&Text::new(escape::clean(text), pixel(below), style));
        self.keep(outcome);
    }
}

/// Cuts a line into its dashes; none for an empty pattern.
fn dashes(places: &[Position], pattern: &[f64]) -> Vec<Vec<Position>> {
    let mut all = Vec::new();
    if pattern.is_empty() || pattern.iter().any(|&length| length.is_nan() || length <= 0.0) {
        return all;
    }
    let (mut at, mut left, mut dash) = (0, pattern[0], vec![places[0]]);
    for pair in places.windows(2) {
        let (mut from, to) = (pair[0], pair[1]);
        loop {
            let length = libm::hypot(to.0 - from.0, to.1 - from.1);
            if !length.is_finite() || length <= left - 1e-9 {
                left -= if length.is_finite() { length } else { 0.0 };
                dash.push(to);
                break;
            }
            let share = (left / length).min(1.0);
            from = (from.0 + share * (to.0 - from.0), from.1 + share * (to.1 - from.1));
            dash.push(from);
            if at % 2 == 0 {
                all.push(std::mem::take(&mut dash));
            }
            dash = vec![from];
            at = (at + 1) % pattern.len();
            left = pattern[at];
        }
    }
    if at % 2 == 0 && dash.len() > 1 && dash[0] != dash[dash.len() - 1] {
        all.push(dash);
    }
    all
}

/// A color.
fn rgb(color: style::Color) -> RGBColor {
    RGBColor(color.0, color.1, color.2)
}

/// A position in whole pixels; what is not finite lies at 0, and nothing lies further out than a side
/// is long.
fn pixel((x, y): Position) -> (i32, i32) {
    let side = |units: f64| {
        let pixels = (units * SCALE).round();
        if pixels.is_finite() { pixels.clamp(-LARGEST_SIDE, LARGEST_SIDE) as i32 } else { 0 }
    };
    (side(x), side(y))
}

/// Positions in whole pixels.
fn pixels(places: &[Position]) -> Vec<(i32, i32)> {
    places.iter().map(|&place| pixel(place)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_cover_their_share_of_the_line() {
        let all = dashes(&[(0.0, 0.0), (50.0, 0.0), (100.0, 0.0)], &[6.0, 4.0]);
        assert_eq!(all.len(), 10);
        let drawn: f64 = all.iter().map(|dash| dash[dash.len() - 1].0 - dash[0].0).sum();
        assert!((drawn - 60.0).abs() < 1e-9);
        assert!(dashes(&[(0.0, 0.0), (1.0, 1.0)], &[]).is_empty());
    }

    #[test]
    fn text_has_a_width_without_system_fonts() {
        let (narrow, wide) = (text_width("il", 12.0, false), text_width("WM", 12.0, false));
        assert!(narrow > 1.0 && wide > 1.5 * narrow);
    }
}
