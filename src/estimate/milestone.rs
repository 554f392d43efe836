//! Difference between two arms in the probability of remaining at one time, on several scales.
//!
//! With g(S) the chosen transformation, the contrast is g(S1) - g(S0) with delta-method variance
//! g'(S1)^2 Var S1 + g'(S0)^2 Var S0 (Greenwood). For the plain scale that is the difference itself. On the log-log scale g(S) =
//! -log(-log S), so that a positive contrast means more people remaining in the second arm, as simtrial::milestone has it.
//!
//! Reference: Klein, Logan, Harhoff & Andersen (2007), doi:10.1002/sim.2864. Checked against simtrial::milestone and
//! R survival::survfit.

use super::kaplan_meier::SurvivalCurve;
use super::{CurveInterval, EstimateError};
use crate::said;

/// A contrast with its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Contrast {
    /// Second arm less first, on the chosen scale.
    pub value: f64,
    /// Its standard error.
    pub standard_error: f64,
}

/// The contrast of two curves at `time`.
///
/// # Example
/// ```
/// use stapjes::estimate::CurveInterval;
/// use stapjes::estimate::kaplan_meier::kaplan_meier;
/// use stapjes::estimate::milestone::compare;
/// use stapjes::estimate::risk_table::Ending;
/// use stapjes::observe::Dataset;
///
/// let curves = kaplan_meier(&Dataset::example(), Ending::Any)?;
/// let found = compare(&curves[0], &curves[1], 6.0, CurveInterval::Plain)?;
/// // R: S and std.err of summary(survfit(...), times = 6): 0.375 - 0.7291667, sqrt(0.1649762^2 + 0.1711633^2)
/// assert!((found.value + 0.354_166_666_7).abs() < 1e-9);
/// assert!((found.standard_error - 0.237_726_804_5).abs() < 1e-9);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// [`EstimateError::NoVariance`] when nobody has left in either arm, or, on a transformed scale, when S is 0 or 1.
pub fn compare(
    first: &SurvivalCurve,
    second: &SurvivalCurve,
    time: f64,
    scale: CurveInterval,
) -> Result<Contrast, EstimateError> {
    let a = transformed(first, time, scale);
    let b = transformed(second, time, scale);
    let contrast = Contrast { value: b.0 - a.0, standard_error: libm::hypot(a.1, b.1) };
    if contrast.value.is_finite() && contrast.standard_error.is_finite() && contrast.standard_error > 0.0 {
        return Ok(contrast);
    }
    let what = said!(
        "op {time} zijn de kansen om te blijven {first} en {second}, waar deze schaal geen standaardfout heeft",
        "at {time} the probabilities of remaining are {first} and {second}, where this scale has no standard error",
        first = first.at(time),
        second = second.at(time),
        time = time
    );
    Err(EstimateError::NoVariance { what })
}

/// g(S(t)) and its standard error.
fn transformed(curve: &SurvivalCurve, time: f64, scale: CurveInterval) -> (f64, f64) {
    let s = curve.at(time);
    let log_error = libm::sqrt(curve.log_variance_at(time));
    match scale {
        CurveInterval::Plain => (s, curve.standard_error_at(time).unwrap_or(0.0)),
        CurveInterval::Log => (libm::log(s), log_error),
        CurveInterval::LogLog => (-libm::log(-libm::log(s)), log_error / libm::log(s).abs()),
        CurveInterval::Logit => (libm::log(s / (1.0 - s)), log_error / (1.0 - s)),
        CurveInterval::Arcsine => (libm::asin(libm::sqrt(s)), 0.5 * log_error * libm::sqrt(s / (1.0 - s))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::kaplan_meier::kaplan_meier;
    use super::super::risk_table::Ending;
    use super::*;
    use crate::observe::Dataset;

    #[test]
    fn swapping_arms_changes_the_sign() {
        let data = Dataset {
            time: vec![1.0, 2.0, 3.0, 4.0, 2.0, 5.0, 6.0, 7.0],
            cause: vec![1, 1, 0, 1, 1, 1, 0, 1],
            arm: vec![0, 0, 0, 0, 1, 1, 1, 1],
            arm_names: vec!["a".into(), "b".into()],
            ..Dataset::default()
        };
        let curves = kaplan_meier(&data, Ending::Any).unwrap();
        for scale in [
            CurveInterval::Plain,
            CurveInterval::Log,
            CurveInterval::LogLog,
            CurveInterval::Logit,
            CurveInterval::Arcsine,
        ] {
            let forth = compare(&curves[0], &curves[1], 2.5, scale).unwrap();
            let back = compare(&curves[1], &curves[0], 2.5, scale).unwrap();
            assert!((forth.value + back.value).abs() < 1e-15 && forth.value > 0.0, "{scale:?}");
            assert!((forth.standard_error - back.standard_error).abs() < 1e-15);
        }
        assert!(compare(&curves[0], &curves[1], 0.5, CurveInterval::Plain).is_err());
        assert!(compare(&curves[0], &curves[1], 4.5, CurveInterval::LogLog).is_err());
    }
}
