//! Student's t distribution with real degrees of freedom (infinity gives the normal distribution).

use super::beta::both_sides;
use super::normal;
use super::root::brent;

/// Probability below `x`.
///
/// # Example
/// ```
/// use stapjes::stats::student_t;
///
/// // R: pt(2, 5)
/// assert!((student_t::cdf(2.0, 5.0) - 0.949_030_260_585_070_8).abs() < 1e-13);
/// ```
pub fn cdf(x: f64, degrees_of_freedom: f64) -> f64 {
    let tail = one_tail(x.abs(), degrees_of_freedom);
    if x < 0.0 { tail } else { 1.0 - tail }
}

/// Probability above `x`.
///
/// # Example
/// With one degree of freedom it is Cauchy: a quarter lies above 1.
///
/// ```
/// use stapjes::stats::student_t;
///
/// assert!((student_t::upper_tail(1.0, 1.0) - 0.25).abs() < 1e-14);
/// assert!((student_t::upper_tail(2.0, 5.0) - 0.050_969_739_414_929_174).abs() < 1e-13);
/// ```
pub fn upper_tail(x: f64, degrees_of_freedom: f64) -> f64 {
    cdf(-x, degrees_of_freedom)
}

/// Two-sided p-value: P(|T| > |t|).
///
/// # Example
/// ```
/// use stapjes::stats::student_t;
///
/// // With 4 degrees of freedom 2.5 is no longer significant.
/// assert!((student_t::two_sided_p(2.5, 4.0) - 0.066_766_544_811_988).abs() < 1e-13);
/// assert!((student_t::quantile(0.975, 10.0) - 2.228_138_851_986_274).abs() < 1e-12);
/// ```
pub fn two_sided_p(t: f64, degrees_of_freedom: f64) -> f64 {
    2.0 * one_tail(t.abs(), degrees_of_freedom)
}

/// The `x` with `cdf(x) = probability`; NaN outside [0, 1] or for non-positive degrees of freedom.
///
/// # Example
/// ```
/// use stapjes::stats::student_t;
///
/// // R: qt(0.975, 4)
/// assert!((student_t::quantile(0.975, 4.0) - 2.776_445_105_197_793_4).abs() < 1e-12);
/// ```
pub fn quantile(probability: f64, degrees_of_freedom: f64) -> f64 {
    if !((0.0..=1.0).contains(&probability) && degrees_of_freedom > 0.0) {
        return f64::NAN;
    }
    if degrees_of_freedom.is_infinite() || probability == 0.0 || probability == 1.0 {
        return normal::quantile(probability);
    }
    if probability == 0.5 {
        return 0.0;
    }
    let tail = probability.min(1.0 - probability);
    let error = |x: f64| tail - one_tail(x, degrees_of_freedom);
    let mut high = 2.0 + normal::quantile(1.0 - tail).min(40.0);
    while error(high) < 0.0 && high < 1e300 {
        high *= 2.0;
    }
    let x = brent(0.0, high, 0.0, error).unwrap_or(f64::NAN);
    if probability < 0.5 { -x } else { x }
}

/// P(T > x) for `x >= 0`.
fn one_tail(x: f64, degrees_of_freedom: f64) -> f64 {
    if degrees_of_freedom.is_infinite() {
        return normal::upper_tail(x);
    }
    if x.is_infinite() {
        return 0.0;
    }
    let square = x * x;
    let total = degrees_of_freedom + square;
    0.5 * both_sides(0.5 * degrees_of_freedom, 0.5, degrees_of_freedom / total, square / total).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_scipy() {
        // scipy.stats.t 1.17: sf(2.1, 7), ppf(0.975, 5), ppf(0.975, 1e6), cdf(-40, 3).
        assert!((upper_tail(2.1, 7.0) / 0.036935598106461326 - 1.0).abs() < 1e-11);
        assert!((quantile(0.975, 5.0) - 2.5705818356363146).abs() < 1e-12);
        assert!((quantile(0.975, 1e6) - 1.959966356814107).abs() < 1e-11);
        assert!((cdf(-40.0, 3.0) / 1.7190340394579253e-05 - 1.0).abs() < 1e-12);
        assert!((two_sided_p(1.0, f64::INFINITY) - 0.31731050786291415).abs() < 1e-15);
    }
}
