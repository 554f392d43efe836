//! The noncentral hypergeometric distribution: one cell of a two-by-two table given its margins and odds ratio.
//!
//! P(X = x) is proportional to `C(n1, x) C(n2, m - x) odds^x`. The whole support is tabulated once in logarithms, because
//! the exact methods built on it (Fisher's test, its odds ratio and interval) evaluate it at many odds ratios.
//!
//! Reference: Fisher RA (1935), The logic of inductive inference, doi:10.2307/2342435.

use super::gamma::ln_gamma;

/// The support and its central log probabilities for fixed margins.
#[derive(Clone, Debug, PartialEq)]
pub struct Hypergeometric {
    /// Smallest possible value.
    pub lowest: u64,
    /// Largest possible value.
    pub highest: u64,
    /// Logarithms of the weights over the support, not normalized.
    log_weights: Vec<f64>,
}

impl Hypergeometric {
    /// The number of successes among `first` items when `drawn` of `first + second` are successes.
    ///
    /// # Example
    /// Twenty clients, eight of them women, seven leave: how many of the seven are women?
    ///
    /// ```
    /// use stapjes::stats::hypergeometric::Hypergeometric;
    ///
    /// let women = Hypergeometric::new(8, 12, 7);
    /// assert_eq!((women.lowest, women.highest), (0, 7));
    /// // Without an association, and with an odds ratio of 2.
    /// assert!((women.probabilities(1.0)[3] - 0.357_585_139_318_885).abs() < 1e-12);
    /// assert!((women.mean(1.0) - 7.0 * 8.0 / 20.0).abs() < 1e-12);
    /// assert!((women.mean(2.0) - 3.604_150_075_710_84).abs() < 1e-12);
    /// ```
    pub fn new(first: u64, second: u64, drawn: u64) -> Self {
        let drawn = drawn.min(first + second);
        let lowest = drawn.saturating_sub(second);
        let highest = drawn.min(first);
        let weights = (lowest..=highest).map(|x| log_choose(first, x) + log_choose(second, drawn - x));
        Self { lowest, highest, log_weights: weights.collect() }
    }

    /// Probabilities of `lowest..=highest` at an odds ratio > 0.
    pub fn probabilities(&self, odds_ratio: f64) -> Vec<f64> {
        let slope = libm::log(odds_ratio);
        let logs: Vec<f64> = self
            .log_weights
            .iter()
            .enumerate()
            .map(|(i, w)| w + slope * (self.lowest as f64 + i as f64))
            .collect();
        let top = logs.iter().fold(f64::NEG_INFINITY, |a, &b| a.max(b));
        let mut values: Vec<f64> = logs.iter().map(|l| libm::exp(l - top)).collect();
        let sum: f64 = values.iter().sum();
        values.iter_mut().for_each(|v| *v /= sum);
        values
    }

    /// Mean at an odds ratio > 0.
    pub fn mean(&self, odds_ratio: f64) -> f64 {
        let p = self.probabilities(odds_ratio);
        p.iter().enumerate().map(|(i, p)| (self.lowest as f64 + i as f64) * p).sum()
    }

    /// P(X <= x) at an odds ratio > 0.
    pub(crate) fn at_most(&self, x: u64, odds_ratio: f64) -> f64 {
        let p = self.probabilities(odds_ratio);
        p.iter().take((x + 1).saturating_sub(self.lowest) as usize).sum()
    }

    /// P(X >= x) at an odds ratio > 0.
    pub(crate) fn at_least(&self, x: u64, odds_ratio: f64) -> f64 {
        let p = self.probabilities(odds_ratio);
        p.iter().skip(x.saturating_sub(self.lowest) as usize).sum()
    }
}

/// `ln(n choose k)`.
fn log_choose(n: u64, k: u64) -> f64 {
    let (n, k) = (n as f64, k as f64);
    ln_gamma(n + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n - k + 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lady_tasting_tea() {
        let tea = Hypergeometric::new(4, 4, 4);
        let p = tea.probabilities(1.0);
        for (x, expected) in [1.0, 16.0, 36.0, 16.0, 1.0].iter().enumerate() {
            assert!((p[x] * 70.0 - expected).abs() < 1e-12);
        }
        assert!((tea.at_least(3, 1.0) - 17.0 / 70.0).abs() < 1e-14);
        assert!((tea.at_most(2, 1.0) - 53.0 / 70.0).abs() < 1e-14);
        assert!((tea.mean(1.0) - 2.0).abs() < 1e-14);
        assert_eq!((Hypergeometric::new(3, 2, 4).lowest, Hypergeometric::new(3, 2, 4).highest), (2, 3));
    }
}
