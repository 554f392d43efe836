//! Colors, line styles and markers: an arm looks the same in every figure, also in gray and for the color-blind.

/// A color, red green blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Color(pub u8, pub u8, pub u8);

impl Color {
    /// As in CSS: `#0072b2`.
    pub(crate) fn hex(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

/// Text and axes.
pub(crate) const INK: Color = Color(0x22, 0x22, 0x22);
/// Less important text; contrast with white over 5.
pub(crate) const SOFT_INK: Color = Color(0x5a, 0x5a, 0x5a);
/// Grid lines.
pub(crate) const GRID: Color = Color(0xdd, 0xdd, 0xdd);
/// Form of the sparse markers on a curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Marker {
    /// Round.
    Circle,
    /// Square.
    Square,
    /// Triangle, tip up.
    Triangle,
    /// Square on its corner.
    Diamond,
}

/// How the curve of one arm looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct CurveStyle {
    /// Color.
    pub color: Color,
    /// Lengths of dashes and gaps; empty = solid.
    pub dash: &'static [f64],
    /// Marker; a line to compare with has none.
    pub marker: Option<Marker>,
    /// Thickness of the line.
    pub width: f64,
}

/// Okabe & Ito (2008), Color Universal Design; black, blue, vermillion, green, purple first: the ones that stand out on
/// white. Orange is darkened to a contrast of at least 3 with white (WCAG 1.4.11); gray takes the place of sky blue, which next to
/// blue is hard to tell apart.
const COLORS: [Color; 7] = [
    Color(0x00, 0x00, 0x00),
    Color(0x00, 0x72, 0xb2),
    Color(0xd5, 0x5e, 0x00),
    Color(0x00, 0x9e, 0x73),
    Color(0xb8, 0x5c, 0x8e),
    Color(0xa8, 0x74, 0x00),
    Color(0x70, 0x70, 0x70),
];
/// Dashes by arm.
const DASHES: [&[f64]; 5] = [&[], &[10.0, 5.0], &[3.0, 4.0], &[12.0, 4.0, 3.0, 4.0], &[18.0, 6.0]];
/// Markers by arm.
const MARKERS: [Marker; 4] = [Marker::Circle, Marker::Square, Marker::Triangle, Marker::Diamond];

/// The place of a line that is no arm: a target, something to compare with.
pub(crate) const REFERENCE: usize = usize::MAX;

/// The look of an arm, by its place: 140 places before a look returns.
pub(crate) fn of_arm(arm: usize) -> CurveStyle {
    if arm == REFERENCE {
        return CurveStyle { color: INK, dash: &[2.0, 3.0], marker: None, width: 1.2 };
    }
    CurveStyle {
        color: COLORS[arm % COLORS.len()],
        dash: DASHES[arm % DASHES.len()],
        marker: Some(MARKERS[arm % MARKERS.len()]),
        width: 2.5,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luminance(color: Color) -> f64 {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.03928 { share / 12.92 } else { libm::pow((share + 0.055) / 1.055, 2.4) }
        };
        0.2126 * linear(color.0) + 0.7152 * linear(color.1) + 0.0722 * linear(color.2)
    }

    fn contrast_with_white(color: Color) -> f64 {
        1.05 / (luminance(color) + 0.05)
    }

    #[test]
    fn curves_stand_out_on_white_and_text_can_be_read() {
        for arm in 0..COLORS.len() {
            assert!(contrast_with_white(of_arm(arm).color) >= 3.0, "{arm}");
        }
        assert!(contrast_with_white(SOFT_INK) >= 4.5 && contrast_with_white(INK) >= 7.0);
    }

    #[test]
    fn neighbors_differ_in_more_than_color() {
        for arm in 0..20 {
            let (this, next) = (of_arm(arm), of_arm(arm + 1));
            assert!(this.dash != next.dash && this.marker != next.marker);
        }
    }
}
