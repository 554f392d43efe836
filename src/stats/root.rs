//! Where a function of one variable is zero.
//!
//! Brent's method: inverse quadratic interpolation while it helps, bisection when it does not, so that it converges for
//! every continuous function with a sign change and usually in under ten steps.
//!
//! Reference: Brent RP (1973), Algorithms for Minimization without Derivatives, chapter 4, doi:10.1093/comjnl/14.4.422.

use crate::language::Said;
use crate::said;

/// Why no root was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RootError {
    /// The function has the same sign, or is not a number, at both ends.
    NoSignChange {
        /// Value at the lower end.
        at_lower: f64,
        /// Value at the upper end.
        at_upper: f64,
    },
    /// The iterations ran out before the tolerance was met.
    NotConverged,
}

impl RootError {
    /// Why, in both languages.
    pub(crate) fn said(&self) -> Said {
        match self {
            Self::NoSignChange { at_lower, at_upper } => said!(
                "geen nulpunt tussen de grenzen: de functie is daar {at_lower} en {at_upper}",
                "no root between the bounds: the function is {at_lower} and {at_upper} at their ends",
                at_lower = at_lower,
                at_upper = at_upper
            ),
            Self::NotConverged => {
                said!(
                    "het zoeken naar een nulpunt kwam niet tot een eind",
                    "the search for a root did not converge"
                )
            }
        }
    }
}

impl std::fmt::Display for RootError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.said().english())
    }
}

impl std::error::Error for RootError {}

/// A zero of `function` between `lower` and `upper`, to within `tolerance` (absolute; 0 asks for full precision).
///
/// # Example
/// ```
/// use stapjes::stats::root::{RootError, brent};
///
/// let root = brent(0.0, 2.0, 0.0, |x| x * x - 2.0)?;
/// assert!((root - 2.0_f64.sqrt()).abs() < 1e-15);
/// assert!(matches!(brent(2.0, 3.0, 0.0, |x| x * x - 2.0), Err(RootError::NoSignChange { .. })));
/// # Ok::<(), RootError>(())
/// ```
///
/// # Errors
/// [`RootError::NoSignChange`] when the ends do not straddle zero, [`RootError::NotConverged`] after 200 steps.
pub fn brent(
    lower: f64,
    upper: f64,
    tolerance: f64,
    mut function: impl FnMut(f64) -> f64,
) -> Result<f64, RootError> {
    let (mut a, mut b) = (lower, upper);
    let (mut fa, mut fb) = (function(a), function(b));
    if fa == 0.0 {
        return Ok(a);
    }
    if fb == 0.0 {
        return Ok(b);
    }
    if fa.is_nan() || fb.is_nan() || fa.signum() == fb.signum() {
        return Err(RootError::NoSignChange { at_lower: fa, at_upper: fb });
    }
    let (mut c, mut fc) = (a, fa);
    let mut step = b - a;
    let mut previous_step = step;
    for _ in 0..200 {
        if fb.signum() == fc.signum() {
            (c, fc) = (a, fa);
            step = b - a;
            previous_step = step;
        }
        if fc.abs() < fb.abs() {
            (a, fa) = (b, fb);
            (b, fb) = (c, fc);
            (c, fc) = (a, fa);
        }
        let close = 2.0 * f64::EPSILON * b.abs() + 0.5 * tolerance;
        let half = 0.5 * (c - b);
        if half.abs() <= close || fb == 0.0 {
            return Ok(b);
        }
        if previous_step.abs() >= close && fa.abs() > fb.abs() {
            let (mut p, mut q) = interpolation(a, b, c, fa, fb, fc, half);
            if p > 0.0 {
                q = -q;
            } else {
                p = -p;
            }
            if 2.0 * p < (3.0 * half * q - (close * q).abs()).min((previous_step * q).abs()) {
                previous_step = step;
                step = p / q;
            } else {
                step = half;
                previous_step = half;
            }
        } else {
            step = half;
            previous_step = half;
        }
        (a, fa) = (b, fb);
        b += if step.abs() > close { step } else { close.copysign(half) };
        fb = function(b);
    }
    Err(RootError::NotConverged)
}

/// Numerator and denominator of the secant or inverse quadratic step.
fn interpolation(a: f64, b: f64, c: f64, fa: f64, fb: f64, fc: f64, half: f64) -> (f64, f64) {
    let s = fb / fa;
    if a == c {
        return (2.0 * half * s, 1.0 - s);
    }
    let (t, r) = (fa / fc, fb / fc);
    (s * (2.0 * half * t * (t - r) - (b - a) * (r - 1.0)), (t - 1.0) * (r - 1.0) * (s - 1.0))
}

/// The argument at which an increasing `function` is zero, between bounds at which it is <= 0 and >= 0; full precision
/// also for roots near 0, because the bisection of the first steps runs over magnitudes. A root below 1e-300 is 0.
///
/// # Example
/// ```
/// use stapjes::stats::root::monotone_inverse;
///
/// assert!((monotone_inverse(0.0, 10.0, |x| x * x - 2.0) - std::f64::consts::SQRT_2).abs() < 1e-14);
/// // A root of 1e-15 has all its digits too.
/// assert!((monotone_inverse(0.0, 1.0, |x| x * x - 1e-30) / 1e-15 - 1.0).abs() < 1e-12);
/// ```
pub fn monotone_inverse(lower: f64, upper: f64, mut function: impl FnMut(f64) -> f64) -> f64 {
    let (mut low, mut high) = (lower, upper);
    if low == 0.0 {
        // Close in on the magnitude first: a root at 1e-12 needs a bracket of its own size.
        while function(0.5 * high) > 0.0 {
            high *= 0.5;
            if high <= 1e-300 {
                return 0.0;
            }
        }
        low = 0.5 * high;
    }
    brent(low, high, 0.0, function).unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_roots() {
        let root = brent(0.0, 2.0, 0.0, |x| libm::cos(x) - x).unwrap();
        assert!((root - 0.7390851332151607).abs() < 1e-15);
        let steep = brent(-10.0, 30.0, 0.0, |x| libm::exp(x) - 1e6).unwrap();
        assert!((steep - 13.815510557964274).abs() < 1e-13);
        assert!((monotone_inverse(0.0, 1.0, |x| x * x - 1e-30) / 1e-15 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_root_too_small_for_a_number_is_zero() {
        assert_eq!(monotone_inverse(0.0, 1.0, |x| libm::pow(x, 0.02) - 1e-9), 0.0);
        assert!((monotone_inverse(0.0, 1.0, |x| libm::pow(x, 0.02) - 1e-5) / 1e-250 - 1.0).abs() < 1e-10);
    }

    #[test]
    fn refuses_bounds_without_a_root() {
        assert!(matches!(brent(1.0, 2.0, 0.0, |x| x), Err(RootError::NoSignChange { .. })));
        assert!(brent(1.0, 2.0, 0.0, |_| f64::NAN).is_err());
    }
}
