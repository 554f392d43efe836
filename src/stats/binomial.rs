//! The binomial distribution of the number of successes in `trials` independent trials.

use super::beta;
use super::gamma::{deviance, stirling_error};
use std::f64::consts::PI;

/// Probability of exactly `successes`, by Loader's saddle-point form; NaN outside the domain.
///
/// # Example
/// Three of ten clients with a chance of .2 each; and three or more.
///
/// ```
/// use stapjes::stats::binomial;
///
/// assert!((binomial::probability(3, 10, 0.2) - 0.201_326_592).abs() < 1e-12);
/// assert!((binomial::at_least(3, 10, 0.2) - 0.322_200_473_6).abs() < 1e-12);
/// ```
pub fn probability(successes: u64, trials: u64, chance: f64) -> f64 {
    if !(0.0..=1.0).contains(&chance) {
        return f64::NAN;
    }
    if successes > trials {
        return 0.0;
    }
    let (x, n, q) = (successes as f64, trials as f64, 1.0 - chance);
    if chance == 0.0 || chance == 1.0 {
        return f64::from(u8::from(
            (successes == 0 && chance == 0.0) || (successes == trials && chance == 1.0),
        ));
    }
    if successes == 0 {
        return libm::exp(n * libm::log1p(-chance));
    }
    if successes == trials {
        return libm::exp(n * libm::log(chance));
    }
    let exponent = stirling_error(n)
        - stirling_error(x)
        - stirling_error(n - x)
        - deviance(x, n * chance)
        - deviance(n - x, n * q);
    libm::exp(exponent) * libm::sqrt(n / (2.0 * PI * x * (n - x)))
}

/// P(X <= successes).
///
/// # Example
/// ```
/// use stapjes::stats::binomial;
///
/// // R: pbinom(3, 10, 0.2)
/// assert!((binomial::cdf(3, 10, 0.2) - 0.879_126_118_4).abs() < 1e-12);
/// ```
pub fn cdf(successes: u64, trials: u64, chance: f64) -> f64 {
    if successes >= trials {
        return 1.0;
    }
    beta::regularized_complement(successes as f64 + 1.0, (trials - successes) as f64, chance)
}

/// P(X >= successes).
///
/// # Example
/// `1 - (1 - p)^n` for at least one.
///
/// ```
/// use stapjes::stats::binomial;
///
/// assert!((binomial::at_least(1, 4, 0.1) - (1.0 - 0.9_f64.powi(4))).abs() < 1e-14);
/// ```
pub fn at_least(successes: u64, trials: u64, chance: f64) -> f64 {
    if successes == 0 {
        return 1.0;
    }
    if successes > trials {
        return 0.0;
    }
    beta::regularized_incomplete(successes as f64, (trials - successes) as f64 + 1.0, chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up() {
        for (n, p) in [(10, 0.3), (57, 0.01), (400, 0.97)] {
            let mut below = 0.0;
            for k in 0..=n {
                below += probability(k, n, p);
                assert!((cdf(k, n, p) - below).abs() < 1e-13);
                assert!((at_least(k + 1, n, p) + below - 1.0).abs() < 1e-13);
            }
        }
        assert_eq!(probability(0, 5, 0.0), 1.0);
        assert_eq!(probability(3, 5, 1.0), 0.0);
    }

    #[test]
    fn agrees_with_scipy() {
        // scipy.stats.binom 1.17: pmf(480, 1000, 0.5), sf(529, 1000, 0.5).
        assert!((probability(480, 1000, 0.5) / PMF - 1.0).abs() < 1e-12);
        assert!((at_least(530, 1000, 0.5) / TAIL - 1.0).abs() < 1e-11);
    }
    const PMF: f64 = 0.011340982371187717;
    const TAIL: f64 = 0.031011597549181716;
}
