//! What an extra exit or an avoided month of benefit costs, and when a service pays for itself.
//!
//! A ratio is given only when its denominator is above 0 throughout its interval: otherwise the ratio can be anything, and
//! that is said instead. Amounts are discounted. Without draws of the parameters the interval of a ratio is the box of
//! the two Monte Carlo intervals at 98.75 % each (Bonferroni: at least 97.5 % together), which is wider than needed.

use crate::trial::spread;

use crate::trial::view::{Basis, Key, View};

/// A number with its interval, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum PaybackRatio {
    /// Value, lower and upper end.
    Known(f64, f64, f64),
    /// The interval of the denominator holds 0: lower and upper end of the denominator.
    NoDenominator(f64, f64),
    /// The run has no such measures.
    Missing,
}

/// Money of one arm against the control at the horizon, per client.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Payback {
    /// Extra implementation costs less extra recovered claims, per extra exit to work.
    pub per_exit_to_work: PaybackRatio,
    /// The same per month of benefit avoided.
    pub per_benefit_month: PaybackRatio,
    /// First reported month from which the municipality's added-up net costs stay at or below those of the control.
    pub break_even_month: Option<u32>,
    /// The same under the draws that break even within the horizon: 10 % and 90 % point.
    pub break_even_range: Option<(f64, f64)>,
    /// Months of benefit that must be avoided per client to pay for the extra costs, and those avoided.
    pub break_even_effect: Option<(f64, f64)>,
    /// 10 and 90 % points of both over the draws.
    pub break_even_effect_range: Option<[(f64, f64); 2]>,
    /// Net costs of the municipality at the horizon under every draw; empty without draws.
    pub net: Vec<f64>,
}

/// What the talks and trajectories cost.
const IMPLEMENTATION: Key<'static> = ("money_discounted", "implementation");
/// What is recovered of claims.
const RECOVERED: Key<'static> = ("money_discounted", "recovered");
/// Benefit paid.
const BENEFIT: Key<'static> = ("money_discounted", "benefit");
/// Everything that the municipality pays.
const MUNICIPALITY: Key<'static> = ("money_discounted", "municipality");
/// Clients who left for work.
const TO_WORK: Key<'static> = ("exits_true", "work");
/// Months on benefit.
const MONTHS: Key<'static> = ("months_on_benefit", "");
/// Quantile of the normal distribution for 98.75 % two-sided.
const Z: f64 = 2.497_705_474_412;

/// The payback of an arm at the horizon; `None` for the control or when money was not measured.
pub(crate) fn payback(view: &View<'_>, arm: usize, benefit_month: f64) -> Option<Payback> {
    let at = view.at_or_before(view.horizon());
    if arm == view.results.control {
        return None;
    }
    view.stat(Basis::Difference, arm, MUNICIPALITY, at)?;
    let extra = sum(view, arm, at, &[(IMPLEMENTATION, 1.0), (RECOVERED, -1.0)]);
    let work = sum(view, arm, at, &[(TO_WORK, 1.0)]);
    let avoided = sum(view, arm, at, &[(MONTHS, -1.0)]);
    let saved = sum(view, arm, at, &[(BENEFIT, -1.0)]);
    let (break_even_effect, break_even_effect_range) = effect(&extra, &saved, benefit_month);
    Some(Payback {
        per_exit_to_work: ratio(&extra, &work),
        per_benefit_month: ratio(&extra, &avoided),
        break_even_month: break_even(view, &means(view, arm)),
        break_even_range: break_even_range(view, arm),
        break_even_effect,
        break_even_effect_range,
        net: view.under_draws(Basis::Difference, arm, MUNICIPALITY, at).to_vec(),
    })
}

/// A weighted sum of differences: its mean, a bound on its Monte Carlo error, and its values under the draws.
struct Sum {
    /// Mean over replicates.
    mean: f64,
    /// Its Monte Carlo error.
    mcse: f64,
    /// The value under each draw; empty without draws.
    drawn: Vec<f64>,
}

/// A weighted sum of differences with the control, draw by draw where there are draws.
fn sum(view: &View<'_>, arm: usize, at: usize, terms: &[(Key<'_>, f64)]) -> Sum {
    let mut total = Sum { mean: 0.0, mcse: 0.0, drawn: Vec::new() };
    for &(key, weight) in terms {
        let Some(estimate) = view.estimate(Basis::Difference, arm, key, at) else {
            return Sum { mean: f64::NAN, mcse: f64::NAN, drawn: Vec::new() };
        };
        total.mean += weight * estimate.center;
        total.mcse += weight.abs() * estimate.error;
        let drawn = estimate.drawn;
        if total.drawn.is_empty() {
            total.drawn = vec![0.0; drawn.len()];
        }
        total.drawn.iter_mut().zip(&drawn).for_each(|(sum, value)| *sum += weight * value);
    }
    total
}

/// A ratio of two sums with its range; why there is none when the denominator may be zero.
fn ratio(numerator: &Sum, denominator: &Sum) -> PaybackRatio {
    if !numerator.mean.is_finite() || !denominator.mean.is_finite() {
        return PaybackRatio::Missing;
    }
    let drawn = denominator.drawn.len() >= 2 && numerator.drawn.len() == denominator.drawn.len();
    let (low, high) = if drawn {
        (spread::quantile(&denominator.drawn, 0.1), spread::quantile(&denominator.drawn, 0.9))
    } else {
        ends(denominator)
    };
    if low.is_nan() || low <= 0.0 {
        return PaybackRatio::NoDenominator(low, high);
    }
    let value = numerator.mean / denominator.mean;
    if drawn {
        let ratios: Vec<f64> = numerator
            .drawn
            .iter()
            .zip(&denominator.drawn)
            .filter(|(_, d)| **d > 0.0)
            .map(|(n, d)| n / d)
            .collect();
        return PaybackRatio::Known(value, spread::quantile(&ratios, 0.1), spread::quantile(&ratios, 0.9));
    }
    let (top_low, top_high) = ends(numerator);
    let lowest = (top_low / low).min(top_low / high);
    let highest = (top_high / low).max(top_high / high);
    PaybackRatio::Known(value, lowest, highest)
}

/// Where a sum lies: eight in ten draws, or 1.96 Monte Carlo errors.
fn ends(sum: &Sum) -> (f64, f64) {
    let half = if sum.mcse.is_finite() { Z * sum.mcse } else { f64::INFINITY };
    (sum.mean - half, sum.mean + half)
}

/// Months that must be avoided (extra costs over the price of a month) and months avoided (savings over that price), both
/// discounted.
type Effect = (Option<(f64, f64)>, Option<[(f64, f64); 2]>);

/// Extra costs against what is saved, and the effect at which they are equal.
fn effect(extra: &Sum, saved: &Sum, benefit_month: f64) -> Effect {
    if benefit_month <= 0.0 || !extra.mean.is_finite() || !saved.mean.is_finite() {
        return (None, None);
    }
    let mean = Some((extra.mean / benefit_month, saved.mean / benefit_month));
    let range = |sum: &Sum| {
        let end = |share| spread::quantile(&sum.drawn, share) / benefit_month;
        (end(0.1), end(0.9))
    };
    (mean, (extra.drawn.len() >= 2).then(|| [range(extra), range(saved)]))
}

/// The mean balance at each reported month.
fn means(view: &View<'_>, arm: usize) -> Vec<f64> {
    let value = |at| {
        view.estimate(Basis::Difference, arm, MUNICIPALITY, at).map_or(f64::NAN, |estimate| estimate.center)
    };
    (0..view.results.months.len()).map(value).collect()
}

/// First reported month after the start from which the curve stays at or below 0.
fn break_even(view: &View<'_>, net: &[f64]) -> Option<u32> {
    let last_above = net.iter().rposition(|&value| value > 0.0 || value.is_nan());
    let first = last_above.map_or(1, |above| above + 1);
    view.results.months.get(first.max(1)).copied()
}

/// Earliest and latest month of breaking even over eight in ten draws.
fn break_even_range(view: &View<'_>, arm: usize) -> Option<(f64, f64)> {
    let by_month: Vec<&[f64]> = (0..view.results.months.len())
        .map(|at| view.under_draws(Basis::Difference, arm, MUNICIPALITY, at))
        .collect();
    let draws = by_month.first()?.len();
    let month_of = |draw: usize| {
        let net: Vec<f64> =
            by_month.iter().map(|values| values.get(draw).copied().unwrap_or(f64::NAN)).collect();
        break_even(view, &net).map(f64::from)
    };
    let months: Vec<f64> = (0..draws).filter_map(month_of).collect();
    (months.len() >= 2).then(|| (spread::quantile(&months, 0.1), spread::quantile(&months, 0.9)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sum_of(mean: f64, mcse: f64, drawn: &[f64]) -> Sum {
        Sum { mean, mcse, drawn: drawn.to_vec() }
    }

    #[test]
    fn no_ratio_when_the_denominator_can_be_zero() {
        let costs = sum_of(1000.0, 10.0, &[]);
        assert!(
            matches!(ratio(&costs, &sum_of(0.02, 0.01, &[])), PaybackRatio::NoDenominator(low, _) if low < 0.0)
        );
        assert!(matches!(ratio(&costs, &sum_of(0.02, f64::NAN, &[])), PaybackRatio::NoDenominator(..)));
        let drawn = sum_of(0.05, 0.001, &[-0.03, 0.04, 0.06]);
        assert!(matches!(
            ratio(&sum_of(1000.0, 10.0, &[900.0, 1000.0, 1100.0]), &drawn),
            PaybackRatio::NoDenominator(..)
        ));
    }

    #[test]
    fn the_box_holds_the_ratio() {
        let PaybackRatio::Known(value, low, high) =
            ratio(&sum_of(1000.0, 20.0, &[]), &sum_of(0.05, 0.005, &[]))
        else {
            panic!("the denominator is above 0")
        };
        assert!(low < value && value < high && (value - 20_000.0).abs() < 1e-9);
        let PaybackRatio::Known(_, low, high) = ratio(&sum_of(-1000.0, 20.0, &[]), &sum_of(0.05, 0.005, &[]))
        else {
            panic!("the denominator is above 0")
        };
        assert!(low < -20_000.0 && high > -20_000.0 && high < 0.0);
    }
}
