//! A planned two-arm study of a time to event: who enters when, and at which hazards they leave.
//!
//! Times of enrollment are calendar months since the study opened; hazards run in months since a participant entered. Exits
//! that compete with the event and loss to follow-up act alike in a log-rank test: both end observation without an event, so
//! both are in [`ArmHazards::loss`] (they are told apart only in the expected counts).

use super::piecewise::Piecewise;

/// Hazards of one arm in one stratum.
#[derive(Clone, Debug, PartialEq)]
pub struct ArmHazards {
    /// Hazard per month of the event of interest.
    pub event: Piecewise,
    /// Hazard per month of leaving observation otherwise: competing exits and loss to follow-up together.
    pub loss: Piecewise,
}

impl ArmHazards {
    /// Probability of still being observed `time` months after entry.
    pub(crate) fn at_risk(&self, time: f64) -> f64 {
        libm::exp(-self.event.integral(time) - self.loss.integral(time))
    }

    /// Probability of no event by `time` if nothing else ended observation.
    pub(crate) fn survival(&self, time: f64) -> f64 {
        libm::exp(-self.event.integral(time))
    }
}

/// A stratum of the population.
#[derive(Clone, Debug, PartialEq)]
pub struct Stratum {
    /// Share of all participants; shares sum to 1.
    pub share: f64,
    /// The new service.
    pub treated: ArmHazards,
    /// The usual service.
    pub control: ArmHazards,
}

/// The plan.
///
/// # Example
/// ```
/// use stapjes::design::analytic::{ArmHazards, Piecewise, Stratum, Trial};
///
/// let arm = |hazard| ArmHazards { event: Piecewise::constant(hazard), loss: Piecewise::constant(0.002) };
/// let trial = Trial {
///     enrollment: Piecewise::constant(20.0),
///     enrollment_months: 12.0,
///     treated_share: 0.5,
///     maximum_months: None,
///     strata: vec![Stratum { share: 1.0, treated: arm(0.03), control: arm(0.02) }],
/// };
/// assert_eq!(trial.participants(), 240.0);
/// // More a month for as long, or as many a month for longer.
/// assert_eq!(trial.with_participants(480.0).enrollment.at(0.0), 40.0);
/// assert_eq!(trial.with_enrollment_months(18.0).participants(), 360.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Participants entering per month; deterministic, not Poisson.
    pub enrollment: Piecewise,
    /// Months of enrollment; afterwards nobody enters.
    pub enrollment_months: f64,
    /// Share of participants in the treated arm, between 0 and 1.
    pub treated_share: f64,
    /// Longest observation of one participant; `None` when everybody is followed to the cut-off.
    pub maximum_months: Option<f64>,
    /// Strata; one when there is no stratification.
    pub strata: Vec<Stratum>,
}

impl Trial {
    /// Participants entered by calendar month `month`.
    pub(crate) fn entered(&self, month: f64) -> f64 {
        self.enrollment.integral(month.clamp(0.0, self.enrollment_months))
    }

    /// All participants.
    pub fn participants(&self) -> f64 {
        self.entered(self.enrollment_months)
    }

    /// Longest possible observation at a cut-off `month`.
    pub(crate) fn horizon(&self, month: f64) -> f64 {
        self.maximum_months.map_or(month, |most| most.min(month)).max(0.0)
    }

    /// The same plan with `participants` in all, entering in the same pattern.
    pub fn with_participants(&self, participants: f64) -> Self {
        let factor = participants / self.participants();
        Self { enrollment: self.enrollment.scaled(factor), ..self.clone() }
    }

    /// The same plan with another enrollment period at the same rates (the last rate goes on).
    pub fn with_enrollment_months(&self, months: f64) -> Self {
        Self { enrollment_months: months, ..self.clone() }
    }

    /// Points at which integrands over time since entry have a kink, for a cut-off at `month`.
    pub(crate) fn kinks(&self, month: f64) -> Vec<f64> {
        let mut kinks = vec![month - self.enrollment_months];
        kinks.extend(self.enrollment.starts().iter().map(|start| month - start));
        for stratum in &self.strata {
            for arm in [&stratum.treated, &stratum.control] {
                kinks.extend_from_slice(arm.event.starts());
                kinks.extend_from_slice(arm.loss.starts());
            }
        }
        kinks
    }

    /// Month after entry at which the hazards of the arms first differ; `None` when they never do. Up to that follow-up every
    /// test has power alpha, whatever the size.
    pub(crate) fn effect_starts(&self) -> Option<f64> {
        let first = |stratum: &Stratum| {
            let gap = stratum.treated.event.combined(&stratum.control.event, |t, c| (t - c).abs());
            let index = gap.values().iter().position(|gap| *gap > 0.0)?;
            Some(gap.starts()[index])
        };
        self.strata.iter().filter_map(first).min_by(f64::total_cmp)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// gsDesign2's delayed effect: enrollment 18 months, median 12, hazard ratio 1 for 4 months then .6, dropout .001.
    pub(in crate::design::analytic) fn delayed(participants: f64) -> Trial {
        let control = Piecewise::constant(std::f64::consts::LN_2 / 12.0);
        let ratio = Piecewise::new(vec![0.0, 4.0], vec![1.0, 0.6]).unwrap();
        let loss = Piecewise::constant(0.001);
        Trial {
            enrollment: Piecewise::constant(participants / 18.0),
            enrollment_months: 18.0,
            treated_share: 0.5,
            maximum_months: None,
            strata: vec![Stratum {
                share: 1.0,
                treated: ArmHazards { event: control.combined(&ratio, |h, r| h * r), loss: loss.clone() },
                control: ArmHazards { event: control, loss },
            }],
        }
    }

    #[test]
    fn enrollment_stops() {
        let trial = delayed(360.0);
        assert!((trial.entered(9.0) - 180.0).abs() < 1e-12);
        assert!((trial.entered(40.0) - 360.0).abs() < 1e-12);
        assert!((trial.with_participants(100.0).participants() - 100.0).abs() < 1e-12);
        assert_eq!(trial.effect_starts(), Some(4.0));
    }
}
