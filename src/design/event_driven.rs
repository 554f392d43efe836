//! A log-rank or Cox design from event shares alone, when no calendar is given.
//!
//! With m events in all and k participants treated per participant in control, z has mean
//! sqrt(k m) |HR - 1| / (k HR + 1) (Freedman 1982, doi:10.1002/sim.4780010204) or
//! sqrt(m k) / (1 + k) |ln HR| (Schoenfeld 1983, doi:10.2307/2531021).
//! Python: `lifelines.statistics.power_under_cph`, `sample_size_necessary_under_cph` (Freedman's formula).

use crate::stats::normal;

/// The formula for the mean of z.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFormula {
    /// Freedman's.
    Freedman,
    /// Schoenfeld's.
    Schoenfeld,
}

/// A design by numbers of events.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventDesign {
    /// Hazard ratio treated / control; not 1.
    pub hazard_ratio: f64,
    /// Share of the treated with an event.
    pub treated_share: f64,
    /// Share of the controls with an event.
    pub control_share: f64,
    /// Participants treated per participant in control.
    pub allocation_ratio: f64,
    /// The formula.
    pub formula: EventFormula,
}

impl EventDesign {
    /// Mean of z per square root of an event.
    fn drift_per_root_event(&self) -> f64 {
        let (k, ratio) = (self.allocation_ratio, self.hazard_ratio);
        match self.formula {
            EventFormula::Freedman => libm::sqrt(k) * (ratio - 1.0).abs() / (k * ratio + 1.0),
            EventFormula::Schoenfeld => libm::sqrt(k) / (1.0 + k) * libm::log(ratio).abs(),
        }
    }

    /// Events expected among `size` participants in all.
    pub(crate) fn events(&self, size: f64) -> f64 {
        let k = self.allocation_ratio;
        size * (k * self.treated_share + self.control_share) / (1.0 + k)
    }

    /// Power with `size` participants in all at one-sided error `alpha`.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::event_driven::{EventDesign, EventFormula};
    ///
    /// let design = EventDesign {
    ///     hazard_ratio: 0.7,
    ///     treated_share: 0.25,
    ///     control_share: 0.35,
    ///     allocation_ratio: 1.0,
    ///     formula: EventFormula::Freedman,
    /// };
    /// // Python: lifelines.statistics.power_under_cph(421, 421, .25, .35, .7), which is two-sided at .05
    /// assert!((design.power(842.0, 0.025) - 0.800_875_550_9).abs() < 1e-9);
    /// assert!((design.size(0.8, 0.025).expect("an effect") - 842.0).abs() < 3.0);
    /// ```
    pub fn power(&self, size: f64, alpha: f64) -> f64 {
        let drift = self.drift_per_root_event() * libm::sqrt(self.events(size));
        normal::cdf(drift - normal::quantile(1.0 - alpha))
    }

    /// Probability of a significant result towards a hazard ratio above 1 (`up`) or below.
    pub(crate) fn power_towards(&self, up: bool, size: f64, alpha: f64) -> f64 {
        let drift = self.drift_per_root_event() * libm::sqrt(self.events(size));
        let towards = (self.hazard_ratio >= 1.0) == up;
        normal::cdf(if towards { drift } else { -drift } - normal::quantile(1.0 - alpha))
    }

    /// Participants in all for `power`, not rounded; `None` without an effect.
    pub fn size(&self, power: f64, alpha: f64) -> Option<f64> {
        let per_root = self.drift_per_root_event();
        if per_root == 0.0 {
            return None;
        }
        let root = (normal::quantile(1.0 - alpha) + normal::quantile(power)) / per_root;
        Some(root * root / self.events(1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_and_power_are_inverse() {
        for formula in [EventFormula::Freedman, EventFormula::Schoenfeld] {
            let design = EventDesign {
                hazard_ratio: 1.5,
                treated_share: 0.3,
                control_share: 0.22,
                allocation_ratio: 0.5,
                formula,
            };
            let size = design.size(0.8, 0.025).unwrap();
            assert!((design.power(size, 0.025) - 0.8).abs() < 1e-12);
            assert_eq!(EventDesign { hazard_ratio: 1.0, ..design }.size(0.8, 0.025), None);
        }
    }
}
