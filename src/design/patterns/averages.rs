//! Named numbers per replicate, averaged with their Monte Carlo errors.

use crate::trial::chunks::{self, Partial, Sum};
use crate::trial::{Stage, Stopped, Watch};
use serde::{Deserialize, Serialize};

/// Facts of one replicate.
pub(super) type Facts = Vec<(&'static str, f64)>;

/// Mean and Monte Carlo error of every fact.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Averages {
    /// Names of the facts, in order.
    names: Vec<String>,
    /// Replicates.
    count: f64,
    /// Means.
    mean: Vec<f64>,
    /// Sums of squared deviations.
    squares: Vec<f64>,
}

impl Averages {
    /// Averages `facts(replicate)` over replicates.
    pub(super) fn over(
        stage: &str,
        replicates: u32,
        watch: Watch<'_>,
        facts: impl Fn(u32) -> Facts + Sync,
    ) -> Result<Self, Stopped> {
        chunks::sum(Stage::new(stage), replicates, watch, |_| Self::default(), facts)
    }

    /// Takes in a replicate.
    fn add(&mut self, facts: &[(&'static str, f64)]) {
        if self.names.is_empty() {
            self.names = facts.iter().map(|(name, _)| (*name).to_owned()).collect();
            self.mean = vec![0.0; facts.len()];
            self.squares = vec![0.0; facts.len()];
        }
        self.count += 1.0;
        for (at, (_, value)) in facts.iter().enumerate() {
            let deviation = value - self.mean[at];
            self.mean[at] += deviation / self.count;
            self.squares[at] += deviation * (value - self.mean[at]);
        }
    }

    /// Mean and Monte Carlo error of a fact; NaN for an unknown name.
    pub(crate) fn get(&self, name: &str) -> (f64, f64) {
        let Some(at) = self.names.iter().position(|known| known == name) else {
            return (f64::NAN, f64::NAN);
        };
        let variance = if self.count > 1.0 { self.squares[at] / (self.count - 1.0) } else { f64::NAN };
        (self.mean[at], libm::sqrt(variance / self.count))
    }

    /// Mean of a fact.
    pub(crate) fn mean(&self, name: &str) -> f64 {
        self.get(name).0
    }

    /// Ratio of two means with its error by the delta method (covariance ignored: conservative when they rise together).
    pub(crate) fn ratio(&self, numerator: &str, denominator: &str) -> (f64, f64) {
        let ((a, a_error), (b, b_error)) = (self.get(numerator), self.get(denominator));
        let relative = libm::sqrt((a_error / a) * (a_error / a) + (b_error / b) * (b_error / b));
        (a / b, (a / b).abs() * relative)
    }
}

impl Partial for Averages {
    type Item = Facts;

    fn push(&mut self, _: u32, facts: Facts) {
        self.add(&facts);
    }
}

impl Sum for Averages {
    /// Chan, Golub & LeVeque (1983), doi:10.1080/00031305.1983.10483115.
    fn append(&mut self, later: Self) {
        if self.names.is_empty() {
            *self = later;
            return;
        }
        let (earlier, other) = (self.count, later.count);
        self.count += other;
        for (at, (mean, squares)) in later.mean.iter().zip(&later.squares).enumerate() {
            let apart = mean - self.mean[at];
            self.mean[at] += apart * other / self.count;
            self.squares[at] += squares + apart * apart * earlier * other / self.count;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_and_errors() {
        let found =
            Averages::over("x", 5, Watch::default(), |i| vec![("x", f64::from(i)), ("y", 2.0)]).unwrap();
        let (mean, error) = found.get("x");
        assert_eq!(mean, 2.0);
        assert!((error - libm::sqrt(2.5 / 5.0)).abs() < 1e-12);
        assert_eq!(found.ratio("x", "y").0, 1.0);
        // More than one chunk.
        let many = Averages::over("x", 100, Watch::default(), |i| vec![("x", f64::from(i))]).unwrap();
        let (mean, error) = many.get("x");
        assert!((mean - 49.5).abs() < 1e-12);
        assert!((error - libm::sqrt((100.0 * 100.0 - 1.0) / 12.0 / 99.0)).abs() < 1e-12);
        assert!(found.get("z").0.is_nan());
    }
}
