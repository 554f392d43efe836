//! The chi-square distribution with real degrees of freedom.

use super::gamma::{regularized_lower, regularized_upper};
use super::root::monotone_inverse;

/// Probability below `x`.
///
/// # Example
/// ```
/// use stapjes::stats::chi_square;
///
/// // R: pchisq(5, 3)
/// assert!((chi_square::cdf(5.0, 3.0) - 0.828_202_855_703_266_5).abs() < 1e-13);
/// ```
pub fn cdf(x: f64, degrees_of_freedom: f64) -> f64 {
    regularized_lower(0.5 * degrees_of_freedom, 0.5 * x.max(0.0))
}

/// Probability above `x`: the p-value of a chi-square statistic.
///
/// # Example
/// The critical value of one degree of freedom at 5 %.
///
/// ```
/// use stapjes::stats::chi_square;
///
/// assert!((chi_square::upper_tail(3.841_458_820_694_124, 1.0) - 0.05).abs() < 1e-14);
/// assert!((chi_square::quantile(0.95, 3.0) - 7.814_727_903_251_179).abs() < 1e-11);
/// ```
pub fn upper_tail(x: f64, degrees_of_freedom: f64) -> f64 {
    if degrees_of_freedom == 1.0 {
        return super::normal::two_sided_p(libm::sqrt(x.max(0.0)));
    }
    regularized_upper(0.5 * degrees_of_freedom, 0.5 * x.max(0.0))
}

/// The `x` with `cdf(x) = probability`; NaN outside [0, 1].
///
/// # Example
/// With one degree of freedom it is the square of a normal quantile.
///
/// ```
/// use stapjes::stats::{chi_square, normal};
///
/// let z = normal::quantile(0.975);
/// assert!((chi_square::quantile(0.95, 1.0) - z * z).abs() < 1e-12);
/// ```
pub fn quantile(probability: f64, degrees_of_freedom: f64) -> f64 {
    if !((0.0..=1.0).contains(&probability) && degrees_of_freedom > 0.0) {
        return f64::NAN;
    }
    if probability == 0.0 {
        return 0.0;
    }
    if probability == 1.0 {
        return f64::INFINITY;
    }
    let error = |x: f64| {
        if probability < 0.5 {
            cdf(x, degrees_of_freedom) - probability
        } else {
            (1.0 - probability) - upper_tail(x, degrees_of_freedom)
        }
    };
    let mut high = degrees_of_freedom + 10.0;
    while error(high) < 0.0 {
        high *= 2.0;
    }
    monotone_inverse(0.0, high, error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_scipy() {
        // scipy.stats.chi2 1.17: sf(10.3267419548856, 1), sf(1.2, 3), ppf(0.95, 2.5).
        assert!((upper_tail(10.3267419548856, 1.0) / 0.0013111645203555118 - 1.0).abs() < 1e-12);
        assert!((upper_tail(1.2, 3.0) / 0.753004311656458 - 1.0).abs() < 1e-12);
        assert!((quantile(0.95, 1.0) - 3.841458820694124).abs() < 1e-12);
        assert!((upper_tail(quantile(0.95, 2.5), 2.5) - 0.05).abs() < 1e-14);
        assert_eq!(cdf(-1.0, 2.0), 0.0);
    }
}
