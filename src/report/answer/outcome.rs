//! One outcome of one arm as the first page shows it: the center of the draws, its range, and how sure its sign is.

use crate::report::source::{Key, Source, World};
use crate::trial::spread;

/// A difference with the control, or a level: per client, with everything that a sentence about it needs.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Outcome {
    /// Mean over the draws of the assumptions; over the replicates when there are no draws.
    pub center: f64,
    /// Monte Carlo standard error of the center.
    pub error: f64,
    /// Lower end of the range: 10 % of the draws lie below (2.5 % of the replicates when there are no draws).
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The value under every draw; empty without draws.
    pub drawn: Vec<f64>,
}

/// Looks an outcome up; `None` when the run has no such measure.
pub(super) fn outcome(
    source: &Source<'_>,
    world: World,
    arm: usize,
    key: Key<'_>,
    at: usize,
) -> Option<Outcome> {
    let stat = source.stat(world, arm, key, at)?;
    let drawn = source.under_draws(world, arm, key, at);
    let whole =
        Outcome { center: stat.mean, error: stat.mcse, low: stat.low, high: stat.high, drawn: Vec::new() };
    Some(of_draws(drawn, stat.mcse).unwrap_or(whole))
}

/// The outcome behind values under draws; `None` with fewer than two. `shared` is the error that all draws have in common.
fn of_draws(drawn: Vec<f64>, shared: f64) -> Option<Outcome> {
    let count = drawn.len() as f64;
    if drawn.len() < 2 || drawn.iter().any(|value| !value.is_finite()) {
        return None;
    }
    let center = drawn.iter().sum::<f64>() / count;
    let variance = drawn.iter().map(|value| (value - center) * (value - center)).sum::<f64>() / (count - 1.0);
    let shared = if shared.is_finite() { shared * shared } else { 0.0 };
    let (low, high) = (spread::quantile(&drawn, 0.1), spread::quantile(&drawn, 0.9));
    Some(Outcome { center, error: (variance / count + shared).sqrt(), low, high, drawn })
}

impl Outcome {
    /// The weighted sum of outcomes of the same run, draw by draw. Errors are added: a bound, because they go together.
    pub(super) fn sum(terms: &[(&Outcome, f64)]) -> Self {
        let total = |part: fn(&Outcome) -> f64, weight: fn(f64) -> f64| -> f64 {
            terms.iter().map(|(term, by)| weight(*by) * part(term)).sum()
        };
        let center = total(|term| term.center, |by| by);
        let error = total(|term| term.error, f64::abs);
        let draws = terms.iter().map(|(term, _)| term.drawn.len()).min().unwrap_or(0);
        let drawn: Vec<f64> =
            (0..draws).map(|at| terms.iter().map(|(term, by)| by * term.drawn[at]).sum()).collect();
        if drawn.len() >= 2 {
            let (low, high) = (spread::quantile(&drawn, 0.1), spread::quantile(&drawn, 0.9));
            return Self { center, error, low, high, drawn };
        }
        // Without draws the ends are those of chance; they bound the ends of the sum.
        let end = |end: fn(&Outcome) -> f64, other: fn(&Outcome) -> f64| -> f64 {
            terms.iter().map(|(term, by)| by * if *by >= 0.0 { end(term) } else { other(term) }).sum()
        };
        Self { center, error, low: end(|t| t.low, |t| t.high), high: end(|t| t.high, |t| t.low), drawn }
    }

    /// The outcome under some of the draws; `None` when fewer than two of them are meant.
    pub(super) fn of(&self, meant: impl Iterator<Item = bool>) -> Option<Self> {
        let drawn: Vec<f64> =
            self.drawn.iter().zip(meant).filter(|(_, meant)| *meant).map(|(value, _)| *value).collect();
        of_draws(drawn, 0.0)
    }

    /// The outcome times a number.
    pub(super) fn times(&self, by: f64) -> Self {
        Self::sum(&[(self, by)])
    }

    /// Tenths of the draws in which the outcome is above 0, as the range that the number of draws supports (95 % interval
    /// of Wilson 1927, doi:10.1080/01621459.1927.10502953); `None` without draws.
    pub(super) fn tenths_above_zero(&self) -> Option<(u32, u32)> {
        let count = self.drawn.len();
        if count < 2 {
            return None;
        }
        let share = self.drawn.iter().filter(|value| **value > 0.0).count() as f64 / count as f64;
        let (low, high) = wilson(share, count as f64);
        Some(((low * 10.0).round() as u32, (high * 10.0).round() as u32))
    }

    /// Whether the error is too large to say anything: over half of the center, when the center is not itself negligible
    /// against `negligible`.
    pub(super) fn is_too_noisy(&self, negligible: f64) -> bool {
        !self.error.is_finite() || self.error > (self.center.abs() / 2.0).max(negligible)
    }

    /// How many times as many replicates are needed to say something.
    pub(super) fn times_more(&self, negligible: f64) -> f64 {
        let wanted = (self.center.abs() / 2.0).max(negligible);
        let ratio = self.error / wanted;
        if ratio.is_finite() { (ratio * ratio).max(1.0) } else { 4.0 }
    }
}

fn wilson(share: f64, count: f64) -> (f64, f64) {
    const Z: f64 = 1.959_963_984_540_054;
    let (square, scale) = (Z * Z / count, 1.0 + Z * Z / count);
    let middle = (share + square / 2.0) / scale;
    let half = Z / scale * (share * (1.0 - share) / count + square / (4.0 * count)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(values: &[f64]) -> Outcome {
        of_draws(values.to_vec(), 0.0).unwrap()
    }

    #[test]
    fn the_center_is_that_of_the_draws_and_sums_go_draw_by_draw() {
        let (one, other) = (drawn(&[1.0, 2.0, 3.0]), drawn(&[3.0, 2.0, 1.0]));
        assert_eq!((one.center, one.low), (2.0, 1.2));
        assert!((one.error - (1.0_f64 / 3.0).sqrt()).abs() < 1e-12);
        let sum = Outcome::sum(&[(&one, 1.0), (&other, 1.0)]);
        assert_eq!((sum.center, sum.low, sum.high), (4.0, 4.0, 4.0), "what one wins the other loses");
        assert_eq!(one.times(-2.0).center, -4.0);
        assert_eq!(one.times(-2.0).low, -5.6, "ends change places");
    }

    #[test]
    fn a_share_of_draws_says_how_sure_it_is() {
        let mut values = vec![1.0; 180];
        values.resize(256, -1.0);
        assert_eq!(drawn(&values).tenths_above_zero(), Some((6, 8)), "180 of 256: .70, interval .64 to .76");
        assert_eq!(drawn(&[1.0; 64]).tenths_above_zero(), Some((9, 10)));
        // Wilson's interval of 81 of 263, in Newcombe 1998 (doi 10.1002/(SICI)1097-0258(19980430)17:8<857): .2553 to .3662.
        let (low, high) = wilson(81.0 / 263.0, 263.0);
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
    }

    #[test]
    fn noise_is_too_much_only_against_what_matters() {
        let noisy = Outcome { center: 100.0, error: 80.0, low: 0.0, high: 0.0, drawn: Vec::new() };
        assert!(noisy.is_too_noisy(10.0) && !noisy.is_too_noisy(90.0));
        assert!((noisy.times_more(10.0) - 2.56).abs() < 1e-12);
        assert!(Outcome { error: f64::NAN, ..noisy }.is_too_noisy(10.0));
    }
}
