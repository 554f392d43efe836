//! Two proportions, normal approximation: pooled variance for the critical value, unpooled for the power.
//!
//! With n1, n2 per arm and p the pooled proportion,
//! power = Phi[(|p1 - p2| - z(alpha) sqrt(p (1-p) (1/n1 + 1/n2))) / sqrt(p1 (1-p1)/n1 + p2 (1-p2)/n2)].
//!
//! Reference: Fleiss, Levin & Paik (2003), chapter 4, doi:10.1002/0471445428. R: `power.prop.test`;
//! `rpact::getSampleSizeRates` (any allocation ratio).

use crate::stats::normal;

/// Two proportions and how participants are divided.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TwoProportions {
    /// Probability of the outcome in the treated arm.
    pub treated: f64,
    /// In the control arm.
    pub control: f64,
    /// Participants treated per participant in control.
    pub allocation_ratio: f64,
}

impl TwoProportions {
    /// Share of participants in the treated arm.
    fn treated_share(&self) -> f64 {
        self.allocation_ratio / (1.0 + self.allocation_ratio)
    }

    /// Variances of the difference times the total size: (pooled, unpooled).
    fn variances(&self) -> (f64, f64) {
        let share = self.treated_share();
        let pooled = share * self.treated + (1.0 - share) * self.control;
        let null = pooled * (1.0 - pooled) / (share * (1.0 - share));
        let alternative =
            self.treated * (1.0 - self.treated) / share + self.control * (1.0 - self.control) / (1.0 - share);
        (null, alternative)
    }

    /// Mean of z of a fixed design with `size` participants, on the scale where its power is Phi(drift - z(alpha)); infinite when
    /// the outcome is certain in both arms.
    pub(crate) fn drift(&self, size: f64, alpha: f64) -> f64 {
        let (null, alternative) = self.variances();
        let critical = normal::quantile(1.0 - alpha);
        let gap = (self.treated - self.control).abs() * libm::sqrt(size);
        let beyond = gap - critical * libm::sqrt(null);
        if alternative > 0.0 {
            return critical + beyond / libm::sqrt(alternative);
        }
        if gap == 0.0 {
            return 0.0;
        }
        // Certain outcomes: significant from the size on at which the difference reaches the critical value.
        if beyond >= -1e-12 * gap { f64::INFINITY } else { f64::NEG_INFINITY }
    }

    /// Power with `size` participants in all (of which the design effect is already taken off), one-sided error `alpha`.
    pub fn power(&self, size: f64, alpha: f64) -> f64 {
        normal::cdf(self.drift(size, alpha) - normal::quantile(1.0 - alpha))
    }

    /// Probability of a significant result in the wrong direction, at the same critical value.
    pub(crate) fn wrong_direction(&self, size: f64, alpha: f64) -> f64 {
        let (null, alternative) = self.variances();
        let critical = normal::quantile(1.0 - alpha);
        let gap = (self.treated - self.control).abs() * libm::sqrt(size);
        normal::cdf((-gap - critical * libm::sqrt(null)) / libm::sqrt(alternative))
    }

    /// Participants in all for `power`, not rounded; `None` when the proportions are equal.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::proportions::TwoProportions;
    ///
    /// let plan = TwoProportions { treated: 0.75, control: 0.5, allocation_ratio: 1.0 };
    /// // R: power.prop.test(p1 = .5, p2 = .75, power = .9): 76.70693 an arm
    /// let size = plan.size(0.9, 0.025).expect("they differ");
    /// assert!((size / 2.0 - 76.706_930_114).abs() < 1e-5);
    /// assert!((plan.power(size, 0.025) - 0.9).abs() < 1e-9);
    /// ```
    pub fn size(&self, power: f64, alpha: f64) -> Option<f64> {
        let gap = self.treated - self.control;
        if gap == 0.0 {
            return None;
        }
        let (null, alternative) = self.variances();
        let root = normal::quantile(1.0 - alpha) * libm::sqrt(null)
            + normal::quantile(power) * libm::sqrt(alternative);
        Some((root / gap) * (root / gap))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn size_and_power_are_inverse() {
        let plan = TwoProportions { treated: 0.12, control: 0.06, allocation_ratio: 2.0 };
        let size = plan.size(0.83, 0.025).unwrap();
        assert!((plan.power(size, 0.025) - 0.83).abs() < 1e-12);
        assert!(plan.wrong_direction(size, 0.025) < 1e-4);
        let certain = TwoProportions { treated: 1.0, control: 0.0, allocation_ratio: 1.0 };
        let size = certain.size(0.9, 0.025).unwrap();
        assert_eq!((certain.power(size, 0.025), certain.power(0.9 * size, 0.025)), (1.0, 0.0));
        let same = TwoProportions { treated: 0.1, control: 0.1, allocation_ratio: 1.0 };
        assert_eq!(same.size(0.8, 0.025), None);
        assert!((same.power(300.0, 0.025) - 0.025).abs() < 1e-12);
    }
}
