//! A stand-in for the model: each outcome as a quadratic function of the parameters on their normal scale.
//!
//! `g(outcome) = c + sum b_i z_i + sum b_ii (z_i^2 - 1) + sum b_ij z_i z_j` with the terms chosen by leave-one-out error
//! ([`forward_selection`](crate::stats::forward_selection)) and `g` the target's link. The error of the emulator is that
//! leave-one-out error: it holds the noise of the runs as well as what a quadratic misses.

use crate::stats::forward_selection::{Stopping, select};

use super::target::Link;

/// A term of the emulator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Term {
    /// `z_i`.
    Linear(usize),
    /// `z_i^2 - 1`.
    Square(usize),
    /// `z_i z_j`.
    Product(usize, usize),
}

impl Term {
    /// The value of the term at a point in prior standard deviations.
    fn value(self, z: &[f64]) -> f64 {
        match self {
            Self::Linear(at) => z[at],
            Self::Square(at) => z[at] * z[at] - 1.0,
            Self::Product(first, second) => z[first] * z[second],
        }
    }

    /// Derivative of the term for the parameter `at`, at a point; 0 when the term does not hold it.
    fn slope(self, at: usize, z: &[f64]) -> f64 {
        match self {
            Self::Linear(coordinate) if coordinate == at => 1.0,
            Self::Square(coordinate) if coordinate == at => 2.0 * z[at],
            Self::Product(first, second) if first == at => z[second],
            Self::Product(first, second) if second == at => z[first],
            _ => 0.0,
        }
    }
}

/// Smallest relative fall of the mean squared leave-one-out error that lets another term in: a smaller
/// one can be chance, and the term would fit noise.
const GAIN: f64 = 0.03;

/// The stand-in for one outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Emulator {
    /// The scale on which outcomes are fitted.
    link: Link,
    /// Mean over the runs.
    constant: f64,
    /// Terms with their coefficients on the scale of the link, in the order in which they were chosen.
    terms: Vec<(Term, f64)>,
    /// Root mean squared leave-one-out error on the scale of the link: noise of the runs and what a
    /// quadratic misses.
    pub sigma: f64,
    /// Share of the variance that the emulator predicts, leaving one run out at a time; negative when
    /// the mean would do better.
    pub r2: f64,
    /// Share of the leave-one-out residuals within two errors: about 0.95 when they are normal.
    pub within_two: f64,
}

/// The terms of `dimensions` parameters over design points, as columns: shared by all emulators of a wave.
pub struct Terms {
    /// Terms that may be chosen.
    terms: Vec<Term>,
    /// The value of each term at every run: one column per term, one row per run.
    columns: Vec<Vec<f64>>,
}

impl Terms {
    /// All linear, quadratic and product terms at the points.
    pub fn new(points: &[Vec<f64>]) -> Self {
        let dimensions = points.first().map_or(0, Vec::len);
        let mut terms: Vec<Term> = (0..dimensions).map(Term::Linear).collect();
        terms.extend((0..dimensions).map(Term::Square));
        for first in 0..dimensions {
            terms.extend((first + 1..dimensions).map(|second| Term::Product(first, second)));
        }
        let column = |term: &Term| points.iter().map(|z| term.value(z)).collect();
        let columns = terms.iter().map(column).collect();
        Self { terms, columns }
    }

    /// Fits the emulator of one outcome, given at every point. At most a third as many terms as runs
    /// are chosen: beyond that leave-one-out errors say little.
    pub fn fit(&self, link: Link, outcomes: &[f64]) -> Emulator {
        let response: Vec<f64> = outcomes.iter().map(|&outcome| link.forward(outcome)).collect();
        let most = response.len() / 3;
        let fit = select(&self.columns, &response, Stopping { gain: GAIN, most });
        let sigma = fit.left_out_error();
        let within = fit.left_out.iter().filter(|residual| residual.abs() <= 2.0 * sigma).count();
        let terms = fit.chosen.iter().map(|&at| self.terms[at]).zip(fit.coefficients.iter().copied());
        Emulator {
            link,
            constant: fit.constant,
            terms: terms.collect(),
            sigma,
            r2: fit.left_out_r2(),
            within_two: within as f64 / response.len().max(1) as f64,
        }
    }
}

impl Emulator {
    /// The outcome at a point and the emulator's error there, both on the scale of the outcome.
    pub(crate) fn predict(&self, z: &[f64]) -> (f64, f64) {
        let sum = |sum: f64, (term, coefficient): &(Term, f64)| sum + coefficient * term.value(z);
        let outcome = self.link.backward(self.terms.iter().fold(self.constant, sum));
        (outcome, self.sigma * self.link.slope(outcome).abs())
    }

    /// The slope of the outcome for every parameter at a point, on the scale of the outcome.
    pub(crate) fn gradient(&self, z: &[f64]) -> Vec<f64> {
        let slope = self.link.slope(self.predict(z).0);
        let partial = |at: usize| {
            let sum = |sum: f64, (term, coefficient): &(Term, f64)| sum + coefficient * term.slope(at, z);
            slope * self.terms.iter().fold(0.0, sum)
        };
        (0..z.len()).map(partial).collect()
    }

    /// Number of terms besides the constant.
    pub(crate) fn terms(&self) -> usize {
        self.terms.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::sobol;
    use crate::stats::normal;

    fn points(count: u32, dimensions: u32) -> Vec<Vec<f64>> {
        let point = |draw| (0..dimensions).map(|d| normal::quantile(sobol::joint(5, d, draw))).collect();
        (0..count).map(point).collect()
    }

    #[test]
    fn a_quadratic_on_the_log_scale_is_recovered_with_its_gradient() {
        let points = points(200, 5);
        let truth = |z: &[f64]| libm::exp(0.3 + 0.5 * z[1] - 0.2 * z[3] * z[1] + 0.1 * (z[0] * z[0] - 1.0));
        let outcomes: Vec<f64> = points.iter().map(|z| truth(z)).collect();
        let emulator = Terms::new(&points).fit(Link::Log, &outcomes);
        assert_eq!(emulator.terms(), 3);
        assert!(emulator.r2 > 1.0 - 1e-12 && emulator.sigma < 1e-9);
        let z = [0.4, -1.0, 2.0, 0.7, -0.3];
        assert!((emulator.predict(&z).0 - truth(&z)).abs() < 1e-9);
        let gradient = emulator.gradient(&z);
        for at in 0..5 {
            let (mut up, mut down) = (z, z);
            up[at] += 1e-5;
            down[at] -= 1e-5;
            assert!((gradient[at] - (truth(&up) - truth(&down)) / 2e-5).abs() < 1e-6);
        }
    }
}
