//! One outcome of one arm as the first page shows it: the center of the draws, its range, and how sure its sign is.
//!
//! Sums and multiples are taken draw by draw, so that the range of a sum is that of the sum and not of
//! its parts added up. Where an answer would be noise, that is found here and said instead of a number.

use crate::report::source::Source;
use crate::trial::spread;
use crate::trial::view::{Basis, Key, ShownValue};

/// A difference with the control, or a level: per client, with everything that a sentence about it needs.
pub(super) type Outcome = ShownValue;

/// Looks an outcome up; `None` when the run has no such measure.
pub(super) fn outcome(
    source: &Source<'_>,
    world: Basis,
    arm: usize,
    key: Key<'_>,
    at: usize,
) -> Option<Outcome> {
    source.estimate(world, arm, key, at)
}

impl Outcome {
    /// The weighted sum of outcomes of the same run, draw by draw. Errors are added: a bound, because they go together.
    pub(in crate::report) fn sum(terms: &[(&Outcome, f64)]) -> Self {
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
    pub(in crate::report) fn of(&self, meant: impl Iterator<Item = bool>) -> Option<Self> {
        let drawn: Vec<f64> =
            self.drawn.iter().zip(meant).filter(|(_, meant)| *meant).map(|(value, _)| *value).collect();
        Self::of_draws(drawn, self.shared())
    }

    /// The error that the draws have in common: what the error is beyond their spread.
    fn shared(&self) -> f64 {
        let alone = Self::of_draws(self.drawn.clone(), 0.0).map_or(0.0, |alone| alone.error);
        (self.error * self.error - alone * alone).max(0.0).sqrt()
    }

    /// The outcome times a number: per client becomes that of all clients, euros become savings.
    pub(in crate::report) fn times(&self, by: f64) -> Self {
        Self::sum(&[(self, by)])
    }

    /// Whether the error is too large to say anything: over half of the center, when the center is not itself negligible
    /// against `negligible`.
    pub(in crate::report) fn is_too_noisy(&self, negligible: f64) -> bool {
        !self.error.is_finite() || self.error > (self.center.abs() / 2.0).max(negligible)
    }

    /// How many times as many replicates are needed to say something.
    pub(in crate::report) fn times_more(&self, negligible: f64) -> f64 {
        let wanted = (self.center.abs() / 2.0).max(negligible);
        let ratio = self.error / wanted;
        if ratio.is_finite() { (ratio * ratio).max(1.0) } else { 4.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn drawn(values: &[f64]) -> Outcome {
        Outcome::of_draws(values.to_vec(), 0.0).unwrap()
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
    fn noise_is_too_much_only_against_what_matters() {
        let noisy = Outcome { center: 100.0, error: 80.0, low: 0.0, high: 0.0, drawn: Vec::new() };
        assert!(noisy.is_too_noisy(10.0) && !noisy.is_too_noisy(90.0));
        assert!((noisy.times_more(10.0) - 2.56).abs() < 1e-12);
        assert!(Outcome { error: f64::NAN, ..noisy }.is_too_noisy(10.0));
    }
}
