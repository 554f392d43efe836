//! Axis ranges and ticks. Every range is finite, not empty and not huge, whatever the results hold.

use super::chart::{NumberKind, Panel};

/// An axis from `low` to `high` with its ticks.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Axis {
    /// Smallest value.
    pub low: f64,
    /// Largest value, above `low`.
    pub high: f64,
    /// Ticks within the range, ascending, in the unit of the values.
    pub ticks: Vec<f64>,
    /// Decimals that the ticks need (of a percentage for shares).
    pub decimals: i32,
}

impl Axis {
    /// Where a value lies between the ends: 0 at `low`, 1 at `high`; values outside are put on the nearest end.
    pub(crate) fn position(&self, value: f64) -> f64 {
        ((value - self.low) / (self.high - self.low)).clamp(0.0, 1.0)
    }
}

/// Beyond this nothing is drawn: a value this large is a mistake, and an axis must not hide everything else.
const LARGEST: f64 = 1e15;

/// The vertical axis of a panel: all values and bands, 0 always included for shares and where the zero line is drawn.
pub(crate) fn vertical(panel: &Panel) -> Axis {
    let mut low = f64::INFINITY;
    let mut high = f64::NEG_INFINITY;
    for point in panel.series.iter().flat_map(|series| &series.points) {
        let ends = point.bands.iter().flat_map(|&(low, high)| [low, high]);
        for value in ends.chain([point.value]).filter(|value| value.abs() <= LARGEST) {
            low = low.min(value);
            high = high.max(value);
        }
    }
    if low > high {
        (low, high) = (0.0, 1.0 / panel.kind.scale());
    }
    let near_zero = low > 0.0 && low < 0.6 * high;
    if panel.zero_line || panel.kind == NumberKind::Percent || near_zero {
        low = low.min(0.0);
        high = high.max(0.0);
    }
    if panel.kind == NumberKind::Percent {
        // A share is never below nothing; draws without their shared luck can be, by a hair.
        low = low.max(0.0);
    }
    if high <= low {
        // One value throughout: an axis of its own size, not one of rounding errors.
        high = low + (0.1 * low.abs()).max(1.0 / panel.kind.scale());
    }
    let mut axis = nice(low * panel.kind.scale(), high * panel.kind.scale(), 6);
    let scale = panel.kind.scale();
    axis.low /= scale;
    axis.high /= scale;
    axis.ticks.iter_mut().for_each(|tick| *tick /= scale);
    axis
}

/// The horizontal axis: 0 to `last` months with ticks on whole months or years. The flag says that ticks are years.
pub(crate) fn horizontal(last: f64, most_ticks: usize) -> (Axis, bool) {
    let last = if last.is_finite() { last.clamp(1.0, 1200.0) } else { 1.0 };
    let in_years = last > 36.0;
    let steps: &[f64] =
        if in_years { &[12.0, 24.0, 60.0, 120.0, 240.0] } else { &[1.0, 2.0, 3.0, 6.0, 12.0] };
    let fits = |step: &&f64| last / **step <= most_ticks as f64;
    let step = steps.iter().find(fits).copied().unwrap_or(steps[steps.len() - 1]);
    let count = (last / step).floor() as usize;
    let ticks = (0..=count).map(|index| index as f64 * step).collect();
    (Axis { low: 0.0, high: last, ticks, decimals: 0 }, in_years)
}

/// A range widened to round ticks: steps of 1, 2 or 5 times a power of ten, about `count` of them.
/// At most 21 ticks, whatever the range; `decimals` are those of the step.
pub(super) fn nice(low: f64, high: f64, count: usize) -> Axis {
    let span = (high - low).max(1e-9).max(high.abs() * 1e-9);
    let raw = span / count as f64;
    let magnitude = libm::pow(10.0, libm::log10(raw).floor());
    let step = [1.0, 2.0, 5.0, 10.0].map(|m| m * magnitude).into_iter().find(|&s| s >= raw).unwrap_or(raw);
    let first = (low / step + 1e-9).floor() as i64;
    let last = ((high / step - 1e-9).ceil() as i64).max(first + 1);
    let ticks: Vec<f64> = (first..=last.min(first + 20)).map(|index| index as f64 * step).collect();
    let decimals = (-libm::log10(step) + 1e-9).ceil().clamp(0.0, 9.0) as i32;
    Axis { low: first as f64 * step, high: last as f64 * step, ticks, decimals }
}

#[cfg(test)]
mod tests {
    use super::super::chart::{PlottedCurve, Point};
    use super::*;

    fn panel(values: &[f64], kind: NumberKind) -> Panel {
        let points = values
            .iter()
            .enumerate()
            .map(|(month, &value)| Point { month: month as f64, value, bands: Vec::new() })
            .collect();
        let series = vec![PlottedCurve { arm: 0, label: String::new(), points }];
        Panel {
            title: String::new(),
            unit: String::new(),
            kind,
            series,
            zero_line: false,
            measured_until: None,
            begins: None,
        }
    }

    #[test]
    fn every_range_is_finite_and_not_empty() {
        let infinite = f64::INFINITY;
        for values in [
            vec![],
            vec![f64::NAN],
            vec![infinite, -infinite],
            vec![0.0],
            vec![1e300, 1.0],
            vec![-5.0, -5.0],
            vec![1e-300],
            vec![1e14, 1e14 + 1.0],
        ] {
            for kind in [NumberKind::Percent, NumberKind::Plain, NumberKind::Euro, NumberKind::Points] {
                let axis = vertical(&panel(&values, kind));
                assert!(axis.low.is_finite() && axis.high.is_finite() && axis.low < axis.high, "{values:?}");
                assert!((2..=30).contains(&axis.ticks.len()), "{values:?} {axis:?}");
            }
        }
    }

    #[test]
    fn ticks_are_round() {
        let axis = vertical(&panel(&[0.0, 0.437], NumberKind::Percent));
        assert_eq!(axis.ticks.len(), 6);
        assert!((axis.high - 0.5).abs() < 1e-12 && axis.decimals == 0, "{axis:?}");
    }

    #[test]
    fn a_share_has_no_axis_below_zero() {
        let axis = vertical(&panel(&[-0.0004, 0.3], NumberKind::Percent));
        assert!(axis.low == 0.0 && axis.ticks[0] == 0.0, "{axis:?}");
        assert!(vertical(&panel(&[-0.0004, 0.3], NumberKind::Points)).low < 0.0, "a difference has");
    }

    #[test]
    fn nothing_but_zero_has_ticks_that_can_be_read() {
        let axis = vertical(&panel(&[0.0, 0.0], NumberKind::Percent));
        assert!(axis.low == 0.0 && axis.high >= 0.01 && axis.decimals <= 1, "{axis:?}");
    }

    #[test]
    fn years_on_a_long_axis() {
        let (axis, in_years) = horizontal(120.0, 12);
        assert!(in_years && axis.ticks == (0..=10).map(|y| f64::from(y) * 12.0).collect::<Vec<_>>());
        let (axis, in_years) = horizontal(18.0, 12);
        assert!(!in_years && axis.ticks.last() == Some(&18.0));
    }
}
