//! The Poisson distribution of a count with a given mean.

use super::gamma::{poisson_term, regularized_lower, regularized_upper};

/// Probability of exactly `count`; NaN for a negative mean.
///
/// # Example
/// Two signals where three are expected; and two or more.
///
/// ```
/// use stapjes::stats::poisson;
///
/// assert!((poisson::probability(2, 3.0) - 0.224_041_807_655_388).abs() < 1e-14);
/// assert!((poisson::at_least(2, 3.0) - 0.800_851_726_528_544).abs() < 1e-13);
/// ```
pub fn probability(count: u64, mean: f64) -> f64 {
    if mean.is_nan() || mean < 0.0 {
        return f64::NAN;
    }
    if mean == 0.0 {
        return f64::from(u8::from(count == 0));
    }
    if count == 0 { libm::exp(-mean) } else { poisson_term(count as f64, mean) }
}

/// P(X <= count).
///
/// # Example
/// ```
/// use stapjes::stats::poisson;
///
/// // R: ppois(2, 3)
/// assert!((poisson::cdf(2, 3.0) - 0.423_190_081_126_843_64).abs() < 1e-13);
/// ```
pub fn cdf(count: u64, mean: f64) -> f64 {
    regularized_upper(count as f64 + 1.0, mean)
}

/// P(X >= count).
///
/// # Example
/// ```
/// use stapjes::stats::poisson;
///
/// // R: ppois(4, 3, lower.tail = FALSE)
/// assert!((poisson::at_least(5, 3.0) - 0.184_736_755_476_227_87).abs() < 1e-13);
/// assert!((poisson::at_least(1, 3.0) - (1.0 - libm::exp(-3.0))).abs() < 1e-13);
/// ```
pub fn at_least(count: u64, mean: f64) -> f64 {
    if count == 0 { 1.0 } else { regularized_lower(count as f64, mean) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn adds_up() {
        for mean in [0.2, 7.0, 123.4] {
            let mut below = 0.0;
            for k in 0..400 {
                below += probability(k, mean);
                assert!((cdf(k, mean) - below).abs() < 1e-13);
                assert!((at_least(k + 1, mean) + below - 1.0).abs() < 1e-13);
            }
        }
        assert_eq!(probability(0, 0.0), 1.0);
    }
}
