//! Fisher's F distribution.

use super::beta::both_sides;
use super::root::monotone_inverse;

/// Probability above `x` with `numerator` and `denominator` degrees of freedom.
///
/// # Example
/// ```
/// use stapjes::stats::f_distribution;
///
/// assert!((f_distribution::upper_tail(4.0, 2.0, 30.0) - 0.028_844_623_295_697).abs() < 1e-13);
/// assert!((f_distribution::quantile(0.95, 2.0, 30.0) - 3.315_829_501_013_521).abs() < 1e-11);
/// ```
pub fn upper_tail(x: f64, numerator: f64, denominator: f64) -> f64 {
    if x <= 0.0 {
        return 1.0;
    }
    if x.is_infinite() {
        return 0.0;
    }
    let total = denominator + numerator * x;
    both_sides(0.5 * denominator, 0.5 * numerator, denominator / total, numerator * x / total).0
}

/// Probability below `x`.
///
/// # Example
/// ```
/// use stapjes::stats::f_distribution;
///
/// // R: pf(4, 2, 30)
/// assert!((f_distribution::cdf(4.0, 2.0, 30.0) - 0.971_155_376_704_303_2).abs() < 1e-13);
/// ```
pub fn cdf(x: f64, numerator: f64, denominator: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let total = denominator + numerator * x;
    both_sides(0.5 * denominator, 0.5 * numerator, denominator / total, numerator * x / total).1
}

/// The `x` with `cdf(x) = probability`; NaN outside the domain.
///
/// # Example
/// With one degree of freedom in the numerator it is the square of a t quantile.
///
/// ```
/// use stapjes::stats::{f_distribution, student_t};
///
/// let t = student_t::quantile(0.975, 30.0);
/// assert!((f_distribution::quantile(0.95, 1.0, 30.0) - t * t).abs() < 1e-10);
/// ```
pub fn quantile(probability: f64, numerator: f64, denominator: f64) -> f64 {
    if !((0.0..1.0).contains(&probability) && numerator > 0.0 && denominator > 0.0) {
        return f64::NAN;
    }
    if probability == 0.0 {
        return 0.0;
    }
    let error = |x: f64| {
        if probability < 0.5 {
            cdf(x, numerator, denominator) - probability
        } else {
            (1.0 - probability) - upper_tail(x, numerator, denominator)
        }
    };
    let mut high = 4.0;
    while error(high) < 0.0 && high < 1e300 {
        high *= 2.0;
    }
    monotone_inverse(0.0, high, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn square_of_t_and_inverse() {
        let f = upper_tail(2.1 * 2.1, 1.0, 7.0);
        assert!((f / super::super::student_t::two_sided_p(2.1, 7.0) - 1.0).abs() < 1e-13);
        // scipy.stats.f 1.17: ppf(0.975, 4, 12) and sf(3.2, 4, 12).
        assert!((quantile(0.975, 4.0, 12.0) - 4.121208618523441).abs() < 1e-12);
        assert!((upper_tail(3.2, 4.0, 12.0) / 0.052579859157099174 - 1.0).abs() < 1e-12);
        assert!((cdf(quantile(0.3, 4.0, 12.0), 4.0, 12.0) - 0.3).abs() < 1e-13);
    }
}
