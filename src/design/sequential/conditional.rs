//! Half way: what chance is left?
//!
//! **Conditional power** is the probability of crossing an upper bound at a later look, given the z so far and an assumed
//! effect. **Predictive power** averages it over what the data say about the effect: posterior normal with mean z / sqrt(I)
//! and variance 1 / I under a flat prior, or combined with a normal prior.
//!
//! With one look left and final bound b, conditional power is
//! Phi[(theta (I_K - I_k) + z sqrt(I_k) - b sqrt(I_K)) / sqrt(I_K - I_k)].
//!
//! References: Lan, Simon & Halperin (1982), doi:10.1080/07474948208836014; Spiegelhalter, Freedman & Blackburn (1986),
//! doi:10.1016/0197-2456(86)90003-6. R: `gsDesign::gsCP`, `gsPP`, `condPower`; `rpact::getConditionalPower`.

use super::crossing::{Bounds, crossing};
use crate::stats::normal;

/// Where a study stands and what is still planned.
#[derive(Clone, Debug, PartialEq)]
pub struct Interim {
    /// z statistic now.
    pub z: f64,
    /// Information now (not a share: the scale on which the effect theta lives), positive.
    pub information: f64,
    /// Information at each look still to come, increasing, above `information`.
    pub later_information: Vec<f64>,
    /// Upper bounds at those looks.
    pub upper: Vec<f64>,
    /// Lower bounds at those looks; minus infinity for none.
    pub lower: Vec<f64>,
}

impl Interim {
    /// The estimate of the effect so far, z / sqrt(I).
    pub fn effect(&self) -> f64 {
        self.z / libm::sqrt(self.information)
    }

    /// Conditional power when the effect from now on is `theta`.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::sequential::Interim;
    ///
    /// // z = 1.5 at half of the information; 1.96 at the end. With the effect seen so far the final z has mean 1.5 sqrt 2 and
    /// // variance 1/2 given now: Phi((1.5 sqrt 2 - 1.96) / sqrt(1/2)).
    /// let interim = Interim {
    ///     z: 1.5,
    ///     information: 50.0,
    ///     later_information: vec![100.0],
    ///     upper: vec![1.96],
    ///     lower: vec![f64::NEG_INFINITY],
    /// };
    /// let power = interim.conditional_power(interim.effect());
    /// // R: pnorm((1.5 * sqrt(2) - 1.96) / sqrt(0.5))
    /// assert!((power - 0.590_231_848_9).abs() < 1e-9);
    /// ```
    pub fn conditional_power(&self, theta: f64) -> f64 {
        let left: Vec<f64> = self.later_information.iter().map(|i| i - self.information).collect();
        let moved = |bounds: &[f64]| -> Vec<f64> {
            let one = |((bound, later), left): ((&f64, &f64), &f64)| {
                (bound * libm::sqrt(*later) - self.z * libm::sqrt(self.information)) / libm::sqrt(*left)
            };
            bounds.iter().zip(&self.later_information).zip(&left).map(one).collect()
        };
        let bounds = Bounds { upper: moved(&self.upper), lower: moved(&self.lower) };
        crossing(&left, &vec![theta; left.len()], &bounds).power()
    }

    /// Predictive power under a normal prior of mean `prior_mean` worth `prior_information` (0 for a flat prior).
    ///
    /// # Example
    /// ```
    /// use stapjes::design::sequential::Interim;
    ///
    /// // z = 1.5 at half of the information, 1.96 at the end.
    /// let interim = Interim {
    ///     z: 1.5,
    ///     information: 50.0,
    ///     later_information: vec![100.0],
    ///     upper: vec![1.96],
    ///     lower: vec![f64::NEG_INFINITY],
    /// };
    /// // Closed form with one look left, m and v mean and variance of the effect:
    /// // Phi((m (I_K - I) + z sqrt(I) - b sqrt(I_K)) / sqrt(I_K - I + v (I_K - I)^2)).
    /// assert!((interim.predictive_power(0.0, 0.0) - 0.564_079_449_368_1).abs() < 1e-10);
    /// // A prior effect of .1 that is worth half as much as the data so far.
    /// assert!((interim.predictive_power(0.1, 25.0) - 0.488_828_456_953_8).abs() < 1e-10);
    /// ```
    pub fn predictive_power(&self, prior_mean: f64, prior_information: f64) -> f64 {
        let precision = self.information + prior_information;
        let mean = (self.z * libm::sqrt(self.information) + prior_mean * prior_information) / precision;
        let deviation = 1.0 / libm::sqrt(precision);
        // Trapezoid over +-8.5 standard deviations of the posterior: for a smooth function it converges beyond all powers.
        let steps = 170;
        let width = 17.0 / f64::from(steps);
        let value = |step: i32| {
            let x = -8.5 + width * f64::from(step);
            width * normal::density(x) * self.conditional_power(mean + deviation * x)
        };
        (0..=steps).map(value).sum()
    }
}

/// A futility rule for monitoring: stop when conditional power under the *design's* effect is low, but never before the
/// effect can be seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MonitoringRule {
    /// Stop when conditional power falls below this, 0 to 1.
    pub threshold: f64,
    /// Never before this month of the study: the month at which the effect starts, plus the time it needs to show.
    pub not_before_months: f64,
}

impl MonitoringRule {
    /// Whether to stop now.
    pub(crate) fn stops(&self, month: f64, conditional_power: f64) -> bool {
        month >= self.not_before_months && conditional_power < self.threshold
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one_look_left() -> Interim {
        Interim {
            z: 1.2,
            information: 40.0,
            later_information: vec![100.0],
            upper: vec![1.97],
            lower: vec![f64::NEG_INFINITY],
        }
    }

    #[test]
    fn one_look_left_has_closed_forms() {
        let interim = one_look_left();
        let theta = 0.25;
        let above = theta * 60.0 + 1.2 * libm::sqrt(40.0) - 1.97 * 10.0;
        let conditional = normal::cdf(above / libm::sqrt(60.0));
        assert!((interim.conditional_power(theta) - conditional).abs() < 1e-15);
        let mean = interim.effect() * 60.0 + 1.2 * libm::sqrt(40.0) - 19.7;
        let predictive = normal::cdf(mean / libm::sqrt(60.0 + 60.0 * 60.0 / 40.0));
        assert!((interim.predictive_power(0.0, 0.0) - predictive).abs() < 1e-12);
    }

    #[test]
    fn a_lower_bound_can_only_take_power_away() {
        let mut interim = one_look_left();
        interim.later_information = vec![70.0, 100.0];
        interim.upper = vec![2.5, 1.97];
        interim.lower = vec![f64::NEG_INFINITY; 2];
        let free = interim.conditional_power(0.2);
        interim.lower = vec![1.0, 1.97];
        assert!(interim.conditional_power(0.2) < free);
    }

    #[test]
    fn the_rule_waits() {
        let rule = MonitoringRule { threshold: 0.2, not_before_months: 30.0 };
        assert!(!rule.stops(24.0, 0.01) && rule.stops(30.0, 0.01) && !rule.stops(40.0, 0.3));
    }
}
