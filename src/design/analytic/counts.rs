//! Expected numbers of events and losses at a calendar month.

use super::mesh::Mesh;
use super::trial::Trial;
use crate::stats::root::brent;

/// Expected numbers at a cut-off.
///
/// # Example
/// ```
/// use stapjes::design::analytic::ExpectedCounts;
///
/// let counts = ExpectedCounts {
///     participants: 200.0,
///     treated_events: 40.0,
///     control_events: 25.0,
///     treated_losses: 3.0,
///     control_losses: 4.0,
/// };
/// assert_eq!((counts.events(), counts.losses()), (65.0, 7.0));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ExpectedCounts {
    /// Participants entered.
    pub participants: f64,
    /// Events in the treated arm.
    pub treated_events: f64,
    /// Events in the control arm.
    pub control_events: f64,
    /// Competing exits and losses to follow-up in the treated arm.
    pub treated_losses: f64,
    /// The same in the control arm.
    pub control_losses: f64,
}

impl ExpectedCounts {
    /// Events in both arms.
    pub fn events(&self) -> f64 {
        self.treated_events + self.control_events
    }

    /// Losses in both arms.
    pub fn losses(&self) -> f64 {
        self.treated_losses + self.control_losses
    }
}

/// Expected counts at calendar `month`: integral over t of (entered by month - t) * hazard(t) * P(at risk at t).
///
/// # Example
/// ```
/// use stapjes::design::analytic::{ArmHazards, Piecewise, Stratum, Trial, expected_counts};
///
/// let arm = || ArmHazards { event: Piecewise::constant(0.05), loss: Piecewise::constant(0.0) };
/// let trial = Trial {
///     enrollment: Piecewise::constant(50.0),
///     enrollment_months: 12.0,
///     treated_share: 0.5,
///     maximum_months: None,
///     strata: vec![Stratum { share: 1.0, treated: arm(), control: arm() }],
/// };
/// // 600 enter evenly in a year: events by month 24 are 600 less 50 times the integral of exp(-.05 t) from 12 to 24.
/// let found = expected_counts(&trial, 24.0);
/// let left = 50.0 * ((-0.6_f64).exp() - (-1.2_f64).exp()) / 0.05;
/// assert!((found.events() - (600.0 - left)).abs() < 1e-9 && found.losses() == 0.0);
/// ```
pub fn expected_counts(trial: &Trial, month: f64) -> ExpectedCounts {
    let mut counts = ExpectedCounts { participants: trial.entered(month), ..ExpectedCounts::default() };
    let horizon = trial.horizon(month);
    if horizon <= 0.0 {
        return counts;
    }
    let mesh = Mesh::new(horizon, &trial.kinks(month));
    for stratum in &trial.strata {
        let (t, c) = (trial.treated_share * stratum.share, (1.0 - trial.treated_share) * stratum.share);
        for &(time, weight) in &mesh.nodes {
            let entered = weight * trial.entered(month - time);
            let treated = entered * t * stratum.treated.at_risk(time);
            let control = entered * c * stratum.control.at_risk(time);
            counts.treated_events += treated * stratum.treated.event.at(time);
            counts.control_events += control * stratum.control.event.at(time);
            counts.treated_losses += treated * stratum.treated.loss.at(time);
            counts.control_losses += control * stratum.control.loss.at(time);
        }
    }
    counts
}

/// The calendar month at which `events` are expected; `None` when they never are.
///
/// # Example
/// ```
/// use stapjes::design::analytic::{ArmHazards, Piecewise, Stratum, Trial, month_of_events};
///
/// // R: rpact::getPowerSurvival(pi1 = .2, pi2 = .4, maxNumberOfEvents = 40, maxNumberOfSubjects = 200, accrualTime = 12):
/// // shares of events within a year; 40 events are there after 13.63169 months.
/// let arm = |share: f64| ArmHazards { event: Piecewise::constant(-(1.0 - share).ln() / 12.0), loss: Piecewise::constant(0.0) };
/// let trial = Trial {
///     enrollment: Piecewise::constant(200.0 / 12.0),
///     enrollment_months: 12.0,
///     treated_share: 0.5,
///     maximum_months: None,
///     strata: vec![Stratum { share: 1.0, treated: arm(0.2), control: arm(0.4) }],
/// };
/// assert!((month_of_events(&trial, 40.0).expect("200 enter") - 13.631_689_361).abs() < 1e-6);
/// assert_eq!(month_of_events(&trial, 201.0), None);
/// ```
pub fn month_of_events(trial: &Trial, events: f64) -> Option<f64> {
    let gap = |month: f64| expected_counts(trial, month).events() - events;
    let mut high = trial.enrollment_months.max(1.0);
    while gap(high) < 0.0 {
        high *= 2.0;
        if high > 1e6 {
            return None;
        }
    }
    brent(0.0, high, 1e-11, gap).ok()
}

#[cfg(test)]
mod tests {
    use super::super::trial::tests::delayed;
    use super::*;

    #[test]
    fn a_closed_form_and_its_inverse() {
        // One exponential arm pair without effect up to month 4: Lachin & Foulkes (1986) event probability for uniform entry.
        let mut trial = delayed(360.0);
        trial.strata[0].treated = trial.strata[0].control.clone();
        let hazard = std::f64::consts::LN_2 / 12.0;
        let (total, month) = (hazard + 0.001, 36.0);
        let inside = (libm::exp(-total * (month - 18.0)) - libm::exp(-total * month)) / (18.0 * total);
        let exact = 360.0 * hazard / total * (1.0 - inside);
        let counts = expected_counts(&trial, month);
        assert!((counts.events() / exact - 1.0).abs() < 1e-13);
        assert!((month_of_events(&trial, exact).unwrap() - month).abs() < 1e-8);
        assert!(month_of_events(&trial, 400.0).is_none());
    }
}
