//! Milestone probability and restricted mean time: expected difference and variance of the Kaplan-Meier estimates.
//!
//! With y(t) the expected number at risk in one arm at the cut-off,
//! var S(m) = S(m)^2 * integral_0^m h / y, and var RM(m) = integral_0^m (integral_t^m S)^2 h / y.
//!
//! Restricted mean: Zhao et al. (2016), doi:10.1111/biom.12384. R: `lrstat::kmstat`, `kmpower`, `rmstat`, `rmpower`.

use super::mesh::Mesh;
use super::piecewise::Piecewise;
use super::trial::{ArmHazards, Trial};

/// A difference control minus treated, positive when the treated leave sooner, with its variance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CurveDifference {
    /// Value in the treated arm.
    pub treated: f64,
    /// Value in the control arm.
    pub control: f64,
    /// Variance of the estimated difference.
    pub variance: f64,
}

impl CurveDifference {
    /// Mean of the standardized difference control minus treated.
    pub(crate) fn z(&self) -> f64 {
        (self.control - self.treated) / libm::sqrt(self.variance)
    }
}

/// What is compared between the curves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CurveSummary {
    /// Probability of still being there at the milestone.
    Milestone,
    /// Mean time up to the milestone.
    RestrictedMean,
}

/// Difference of a summary at `milestone` months after entry, at a cut-off after `month` calendar months. The milestone must
/// lie before the longest observation, else nobody is at risk there and the variance is infinite.
///
/// # Example
/// ```
/// use stapjes::design::analytic::{ArmHazards, CurveSummary, Piecewise, Stratum, Trial, curve_difference};
///
/// let arm = |hazard| ArmHazards { event: Piecewise::constant(hazard), loss: Piecewise::constant(0.0) };
/// let trial = Trial {
///     enrollment: Piecewise::constant(50.0),
///     enrollment_months: 12.0,
///     treated_share: 0.5,
///     maximum_months: None,
///     strata: vec![Stratum { share: 1.0, treated: arm(0.05), control: arm(0.03) }],
/// };
/// // Still there 12 months after entry: exp(-.6) and exp(-.36). All 300 an arm are seen that long: binomial variances.
/// let found = curve_difference(&trial, 24.0, 12.0, CurveSummary::Milestone);
/// let (p1, p0) = ((-0.6_f64).exp(), (-0.36_f64).exp());
/// assert!((found.treated - p1).abs() < 1e-12 && (found.control - p0).abs() < 1e-12);
/// assert!((found.variance / ((p1 * (1.0 - p1) + p0 * (1.0 - p0)) / 300.0) - 1.0).abs() < 1e-9);
/// ```
pub fn curve_difference(trial: &Trial, month: f64, milestone: f64, summary: CurveSummary) -> CurveDifference {
    let mut result = CurveDifference { treated: 0.0, control: 0.0, variance: 0.0 };
    if milestone > trial.horizon(month) || trial.entered(month - milestone) <= 0.0 {
        result.variance = f64::INFINITY;
    }
    let mesh = Mesh::new(milestone, &trial.kinks(month));
    for stratum in &trial.strata {
        for (arm, share, is_treated) in [
            (&stratum.treated, trial.treated_share, true),
            (&stratum.control, 1.0 - trial.treated_share, false),
        ] {
            let value = summary_of(arm, milestone, summary);
            *(if is_treated { &mut result.treated } else { &mut result.control }) += stratum.share * value;
            let variance = mesh.integral(|time| {
                let at_risk = share * stratum.share * trial.entered(month - time) * arm.at_risk(time);
                let influence = match summary {
                    CurveSummary::Milestone => value,
                    CurveSummary::RestrictedMean => mean_between(&arm.event, time, milestone),
                };
                // Where nobody is left also the influence has vanished.
                let square = influence * influence;
                if square > 0.0 { square * arm.event.at(time) / at_risk } else { 0.0 }
            });
            result.variance += stratum.share * stratum.share * variance;
        }
    }
    result
}

/// The summary of one arm's curve.
fn summary_of(arm: &ArmHazards, milestone: f64, summary: CurveSummary) -> f64 {
    match summary {
        CurveSummary::Milestone => arm.survival(milestone),
        CurveSummary::RestrictedMean => mean_between(&arm.event, 0.0, milestone),
    }
}

/// Integral of the survival curve of a hazard between two times, closed form per piece.
///
/// # Example
/// ```
/// use stapjes::design::analytic::{Piecewise, mean_between};
///
/// // Mean months within a year at a hazard of .1: (1 - exp(-1.2)) / .1
/// let months = mean_between(&Piecewise::constant(0.1), 0.0, 12.0);
/// assert!((months - (1.0 - (-1.2_f64).exp()) / 0.1).abs() < 1e-12);
/// ```
pub fn mean_between(hazard: &Piecewise, from: f64, to: f64) -> f64 {
    let mut total = 0.0;
    let mut at = from;
    let mut edges: Vec<f64> = hazard.starts().iter().copied().filter(|s| *s > from && *s < to).collect();
    edges.push(to);
    for edge in edges {
        let (rate, length) = (hazard.at(at), edge - at);
        let here = libm::exp(-hazard.integral(at));
        total += here * if rate == 0.0 { length } else { -libm::expm1(-rate * length) / rate };
        at = edge;
    }
    total
}

#[cfg(test)]
mod tests {
    use super::super::trial::tests::delayed;
    use super::*;

    #[test]
    fn without_censoring_it_is_binomial() {
        let mut trial = delayed(300.0);
        trial.strata[0].treated.loss = Piecewise::constant(0.0);
        trial.strata[0].control.loss = Piecewise::constant(0.0);
        let result = curve_difference(&trial, 60.0, 24.0, CurveSummary::Milestone);
        let binomial = |s: f64| s * (1.0 - s) / 150.0;
        let expected = binomial(result.treated) + binomial(result.control);
        assert!((result.variance / expected - 1.0).abs() < 1e-12);
        assert!(curve_difference(&trial, 20.0, 24.0, CurveSummary::Milestone).variance.is_infinite());
    }

    #[test]
    fn restricted_mean_of_a_line() {
        assert_eq!(mean_between(&Piecewise::constant(0.0), 2.0, 5.0), 3.0);
        let decay = mean_between(&Piecewise::constant(0.5), 0.0, 4.0);
        assert!((decay - (1.0 - libm::exp(-2.0)) / 0.5).abs() < 1e-15);
    }
}
