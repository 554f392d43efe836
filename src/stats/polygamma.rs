//! First and second derivative of the logarithm of the gamma function.
//!
//! Recurrence up to 10, then the asymptotic series (Abramowitz & Stegun 6.3.18 and 6.4.12). Relative error below 1e-14
//! away from the root of `digamma` near 1.46.

/// `d/dx ln Gamma(x)` for `x > 0`; NaN otherwise.
///
/// # Example
/// `psi(x + 1) = psi(x) + 1 / x`.
///
/// ```
/// use stapjes::stats::polygamma::{digamma, trigamma};
///
/// assert!((digamma(2.5) - 0.703_156_640_645_243).abs() < 1e-14);
/// assert!((digamma(3.5) - digamma(2.5) - 1.0 / 2.5).abs() < 1e-14);
/// assert!((trigamma(2.5) - 0.490_357_756_100_235).abs() < 1e-14);
/// ```
pub fn digamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        shift -= 1.0 / x;
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = r
        * (1.0 / 12.0
            - r * (1.0 / 120.0
                - r * (1.0 / 252.0
                    - r * (1.0 / 240.0 - r * (1.0 / 132.0 - r * (691.0 / 32_760.0 - r * (1.0 / 12.0)))))));
    shift + libm::log(x) - 0.5 / x - series
}

/// `d²/dx² ln Gamma(x)` for `x > 0`; NaN otherwise.
///
/// # Example
/// ```
/// use stapjes::stats::polygamma;
///
/// let pi = std::f64::consts::PI;
/// assert!((polygamma::trigamma(1.0) - pi * pi / 6.0).abs() < 1e-13);
/// ```
pub fn trigamma(x: f64) -> f64 {
    if x.is_nan() || x <= 0.0 {
        return f64::NAN;
    }
    let (mut x, mut shift) = (x, 0.0);
    while x < 10.0 {
        shift += 1.0 / (x * x);
        x += 1.0;
    }
    let r = 1.0 / (x * x);
    let series = r
        * (1.0 / 6.0
            - r * (1.0 / 30.0
                - r * (1.0 / 42.0
                    - r * (1.0 / 30.0 - r * (5.0 / 66.0 - r * (691.0 / 2730.0 - r * (7.0 / 6.0)))))));
    shift + 1.0 / x + 0.5 * r + series / x
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closed forms: digamma(1) = -gamma, digamma(1/2) = -gamma - 2 ln 2, trigamma(1) = pi²/6, trigamma(1/2) = pi²/2.
    #[test]
    fn closed_forms() {
        let gamma = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + gamma).abs() < 1e-14);
        assert!((digamma(0.5) + gamma + 2.0 * std::f64::consts::LN_2).abs() < 1e-14);
        let pi_squared = std::f64::consts::PI * std::f64::consts::PI;
        assert!((trigamma(1.0) - pi_squared / 6.0).abs() < 1e-14);
        assert!((trigamma(0.5) - pi_squared / 2.0).abs() < 1e-14);
        assert!((digamma(1e6) - (libm::log(1e6) - 0.5e-6)).abs() < 1e-12);
        assert!(digamma(0.0).is_nan() && trigamma(-1.0).is_nan());
    }

    #[test]
    fn trigamma_is_the_slope_of_digamma() {
        for x in [0.3, 2.5, 9.9, 10.1, 40.0] {
            let slope = (digamma(x + 1e-5) - digamma(x - 1e-5)) / 2e-5;
            assert!((slope / trigamma(x) - 1.0).abs() < 1e-8);
        }
    }
}
