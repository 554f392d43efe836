//! The horizontal axis of a forest: wide enough for what matters, not ruled by one estimate that says nothing.

use super::axis::{Axis, nice};
use super::forest::{ForestPanel, Scale};

/// Ratios beyond this factor, in either direction, lie off the axis.
const LARGEST_RATIO: f64 = 1000.0;

/// The axis of a panel, on the transformed scale (logarithms for ratios). No effect always lies on it.
///
/// Ends of intervals count up to four times the median width beyond the estimates: one endless interval must not squeeze the others
/// to a point. What lies beyond gets an arrow.
pub(super) fn axis(panel: &ForestPanel) -> Axis {
    let most = match panel.scale {
        Scale::Ratio => libm::log(LARGEST_RATIO),
        Scale::Difference => 1e12,
    };
    let at = |value: f64| panel.scale.transform(value);
    let kept = |value: &f64| value.abs() <= most;
    let centers = panel.rows.iter().flat_map(|row| row.truth.into_iter().chain([row.value])).map(at);
    let (mut low, mut high) =
        centers.filter(kept).fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    let bars: Vec<(f64, f64)> = panel
        .rows
        .iter()
        .flat_map(|row| row.interval.into_iter().chain(row.range))
        .map(|(lower, upper)| (at(lower), at(upper)))
        .collect();
    let mut widths: Vec<f64> = bars.iter().map(|(lower, upper)| upper - lower).filter(kept).collect();
    widths.sort_unstable_by(f64::total_cmp);
    let beyond = widths.get(widths.len() / 2).map_or(1.0, |median| 4.0 * median);
    let (least, largest) = (low - beyond, high + beyond);
    for end in bars.iter().flat_map(|&(lower, upper)| [lower, upper]).filter(kept) {
        low = low.min(end.max(least));
        high = high.max(end.min(largest));
    }
    match panel.scale {
        Scale::Ratio => logarithmic(low, high),
        Scale::Difference => plain(low, high, panel.factor),
    }
}

/// An axis of differences, with round ticks in the unit that is shown (`factor` times that of the
/// values).
fn plain(low: f64, high: f64, factor: f64) -> Axis {
    let mut axis = nice(low * factor, high * factor, 6);
    axis.low /= factor;
    axis.high /= factor;
    axis.ticks.iter_mut().for_each(|tick| *tick /= factor);
    axis
}

/// Ticks on round ratios; the range itself ends where the data end, with some air. The densest ladder
/// that gives at most nine ticks is taken; a narrow range gets round steps of its own.
fn logarithmic(low: f64, high: f64) -> Axis {
    let air = (0.06 * (high - low)).max(0.02);
    let (low, high) = (low - air, high + air);
    /// Ticks of ratios, from far apart to near.
    const LADDERS: [&[f64]; 4] = [
        &[1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0],
        &[1.0, 1.5, 2.0, 3.0, 5.0],
        &[1.0, 2.0, 5.0],
        &[1.0],
    ];
    let ticks_of = |ladder: &[f64]| -> Vec<f64> {
        let decades = (-4..=4).map(|power| libm::pow(10.0, f64::from(power)));
        let all = decades.flat_map(|decade| ladder.iter().map(move |&step| libm::log(step * decade)));
        all.filter(|tick| (low..=high).contains(tick)).collect()
    };
    let found = LADDERS.iter().map(|ladder| ticks_of(ladder)).find(|ticks| ticks.len() <= 9);
    let mut ticks = found.unwrap_or_default();
    if ticks.len() < 4 {
        let steps = nice(libm::exp(low), libm::exp(high), 5).ticks;
        ticks = steps.into_iter().filter(|tick| *tick > 0.0).map(libm::log).collect();
        ticks.retain(|tick| (low..=high).contains(tick));
    }
    Axis { low, high, ticks, decimals: 0 }
}

/// Decimals that a tick of a ratio axis needs: as few as show it exactly, at most six.
pub(super) fn ratio_decimals(ratio: f64) -> i32 {
    let needs = |decimals: &i32| {
        let scaled = ratio * libm::pow(10.0, f64::from(*decimals));
        (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1.0)
    };
    (0..6).find(needs).unwrap_or(6)
}

#[cfg(test)]
mod tests {
    use super::super::forest::ForestRow;
    use super::*;

    fn panel(scale: Scale, rows: &[(f64, f64, f64)]) -> ForestPanel {
        let row = |&(value, low, high): &(f64, f64, f64)| ForestRow {
            name: String::new(),
            about: String::new(),
            value,
            interval: Some((low, high)),
            range: None,
            truth: None,
            numbers: Vec::new(),
        };
        ForestPanel {
            title: String::new(),
            unit: String::new(),
            scale,
            factor: 1.0,
            lower: String::new(),
            higher: String::new(),
            numbers: String::new(),
            rows: rows.iter().map(row).collect(),
        }
    }

    #[test]
    fn no_effect_is_on_the_axis_whatever_the_estimates() {
        let infinite = f64::INFINITY;
        for rows in [
            vec![],
            vec![(0.0, 0.0, infinite)],
            vec![(infinite, 2.0, infinite)],
            vec![(1e-200, 0.0, 1e200)],
            vec![(1.4, 1.2, 1.7), (1.1, 0.9, 1.3)],
            vec![(0.98, 0.97, 0.99)],
            vec![(300.0, 20.0, 5000.0)],
        ] {
            for scale in [Scale::Ratio, Scale::Difference] {
                let axis = axis(&panel(scale, &rows));
                assert!(axis.low.is_finite() && axis.high.is_finite() && axis.low < axis.high, "{rows:?}");
                assert!(
                    axis.low <= 0.0 && axis.high >= 0.0 && (2..=30).contains(&axis.ticks.len()),
                    "{rows:?} {axis:?}"
                );
            }
        }
    }

    #[test]
    fn one_wide_interval_does_not_squeeze_the_others() {
        let axis = axis(&panel(Scale::Difference, &[(0.1, 0.0, 0.2), (0.1, 0.0, 0.2), (0.1, -50.0, 50.0)]));
        assert!(axis.high - axis.low < 3.0, "{axis:?}");
    }

    #[test]
    fn ratios_need_few_digits() {
        assert_eq!([0.5, 1.0, 1.25, 20.0, 0.001].map(ratio_decimals), [1, 0, 2, 0, 3]);
    }
}
