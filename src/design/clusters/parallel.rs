//! Parallel cluster trials: clusters (caseworkers, sites) are allocated whole.
//!
//! Clusters per arm = (z(alpha) + z(power))^2 V D / (m d^2), with V the sum of the two outcome variances, D the design effect,
//! m the cluster size and d the difference. Below 30 clusters the normal quantiles are replaced by those of Student's t with
//! 2 (k - 1) degrees of freedom, repeatedly: until the number moves by at most one (CRTSize), or until it no longer moves.
//!
//! Reference: Donner & Klar (2000), ISBN 978-0-340-69153-3. R: `CRTSize::n4props`, `n4means`.

use super::design_effect::design_effect;
use crate::stats::root::brent;
use crate::stats::{normal, student_t};

/// What is measured on each participant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ClusterOutcome {
    /// A yes or no.
    Proportions {
        /// Probability in the treated arm.
        treated: f64,
        /// Probability in the control arm.
        control: f64,
    },
    /// A number.
    Means {
        /// Difference of the means.
        difference: f64,
        /// Standard deviation within an arm.
        deviation: f64,
    },
    /// Events in person-time.
    Rates {
        /// Events per unit of person-time in the treated arm.
        treated: f64,
        /// In the control arm.
        control: f64,
        /// Person-time per participant.
        person_time: f64,
    },
}

impl ClusterOutcome {
    /// The outcome with its effect moved: a difference of proportions or means, the logarithm of a rate ratio.
    #[must_use]
    pub(crate) fn moved(&self, by: f64) -> Self {
        match *self {
            Self::Proportions { treated, control } => {
                Self::Proportions { treated: (treated + by).clamp(0.0, 1.0), control }
            }
            Self::Means { difference, deviation } => Self::Means { difference: difference + by, deviation },
            Self::Rates { treated, control, person_time } => {
                Self::Rates { treated: treated * libm::exp(by), control, person_time }
            }
        }
    }

    /// Whether the treated have more.
    pub(crate) fn is_up(&self) -> bool {
        self.moments().0 >= 0.0
    }

    /// (difference, sum of the variances of one observation in either arm).
    fn moments(&self) -> (f64, f64) {
        match *self {
            Self::Proportions { treated, control } => {
                (treated - control, treated * (1.0 - treated) + control * (1.0 - control))
            }
            Self::Means { difference, deviation } => (difference, 2.0 * deviation * deviation),
            Self::Rates { treated, control, person_time } => {
                (treated - control, (treated + control) / person_time)
            }
        }
    }
}

/// How the t correction is carried through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SmallSample {
    /// As CRTSize: below 30 clusters, until the number moves by at most 1.
    OneStep,
    /// The same t correction at any number, solved exactly; power is then its inverse.
    Solved,
    /// Normal quantiles throughout.
    None,
}

/// A parallel cluster design.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParallelClusters {
    /// The outcome.
    pub outcome: ClusterOutcome,
    /// Mean participants per cluster, at least 1.
    pub cluster_size: f64,
    /// Intraclass correlation, 0 to 1.
    pub correlation: f64,
    /// Coefficient of variation of the cluster sizes.
    pub variation: f64,
    /// The t correction.
    pub small_sample: SmallSample,
}

impl ParallelClusters {
    /// The design effect.
    pub(crate) fn design_effect(&self) -> f64 {
        design_effect(self.cluster_size, self.correlation, self.variation)
    }

    /// Squared standard error of the difference times the number of clusters per arm, over the squared difference.
    fn unit(&self) -> f64 {
        let (difference, variance) = self.outcome.moments();
        variance * self.design_effect() / (self.cluster_size * difference * difference)
    }

    /// Clusters per arm (equal arms) for `power` at one-sided error `alpha`, not rounded; `None` without an effect.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::clusters::{ClusterOutcome, ParallelClusters, SmallSample};
    ///
    /// let plan = ParallelClusters {
    ///     outcome: ClusterOutcome::Proportions { treated: 0.3, control: 0.5 },
    ///     cluster_size: 20.0,
    ///     correlation: 0.05,
    ///     variation: 0.0,
    ///     small_sample: SmallSample::OneStep,
    /// };
    /// // R: CRTSize::n4props(pe = .3, pc = .5, m = 20, ICC = .05): 9.840978
    /// let clusters = plan.clusters_per_arm(0.8, 0.025).expect("they differ");
    /// assert!((clusters - 9.840_977_975).abs() < 1e-6);
    /// ```
    pub fn clusters_per_arm(&self, power: f64, alpha: f64) -> Option<f64> {
        let unit = self.unit();
        if !unit.is_finite() {
            return None;
        }
        let with = |quantile: &dyn Fn(f64) -> f64| {
            let root = quantile(1.0 - alpha) + quantile(power);
            root * root * unit
        };
        let plain = with(&normal::quantile);
        let student = |clusters: f64| {
            let degrees = (2.0 * (clusters - 1.0)).max(1e-3);
            with(&|p| student_t::quantile(p, degrees))
        };
        match self.small_sample {
            SmallSample::None => Some(plain),
            SmallSample::OneStep if plain >= 30.0 => Some(plain),
            SmallSample::OneStep => {
                let (mut now, mut before) = (plain, 0.0_f64);
                for _ in 0..100 {
                    if (now - before).abs() <= 1.0 {
                        break;
                    }
                    before = now;
                    now = student(before.max(1.0 + 1e-6));
                }
                Some(now)
            }
            SmallSample::Solved => {
                brent(1.01, plain + 50.0, 1e-10, |clusters| clusters - student(clusters)).ok()
            }
        }
    }

    /// Power with `clusters` per arm: Student's t with 2 (k - 1) degrees of freedom unless the correction is off.
    pub(crate) fn power(&self, clusters: f64, alpha: f64) -> f64 {
        self.power_at(libm::sqrt(clusters / self.unit()), clusters, alpha)
    }

    /// Probability of a significant result in which the treated have more (`up`) or less.
    pub(crate) fn power_towards(&self, up: bool, clusters: f64, alpha: f64) -> f64 {
        let drift = libm::sqrt(clusters / self.unit());
        let towards = (self.outcome.moments().0 >= 0.0) == up;
        self.power_at(if towards { drift } else { -drift }, clusters, alpha)
    }

    /// Power of a mean statistic with so many clusters per arm: the normal distribution, or t with two less than all clusters.
    fn power_at(&self, drift: f64, clusters: f64, alpha: f64) -> f64 {
        if self.small_sample == SmallSample::None {
            return normal::cdf(drift - normal::quantile(1.0 - alpha));
        }
        let degrees = 2.0 * (clusters - 1.0);
        student_t::cdf(drift - student_t::quantile(1.0 - alpha, degrees), degrees)
    }

    /// Clusters per arm (treated, control) when `ratio` treated clusters go to one control cluster, from equal arms of
    /// `clusters` each: the variance stays the same.
    pub(crate) fn unequal(clusters: f64, ratio: f64) -> (f64, f64) {
        (0.5 * clusters * (1.0 + ratio), 0.5 * clusters * (1.0 + 1.0 / ratio))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn solved_size_has_the_power() {
        let plan = ParallelClusters {
            outcome: ClusterOutcome::Proportions { treated: 0.1, control: 0.06 },
            cluster_size: 60.0,
            correlation: 0.02,
            variation: 0.4,
            small_sample: SmallSample::Solved,
        };
        let clusters = plan.clusters_per_arm(0.8, 0.025).unwrap();
        assert!((plan.power(clusters, 0.025) - 0.8).abs() < 1e-8);
        let normal = ParallelClusters { small_sample: SmallSample::None, ..plan };
        assert!(normal.clusters_per_arm(0.8, 0.025).unwrap() < clusters);
    }

    #[test]
    fn unequal_arms_keep_the_variance() {
        let (treated, control) = ParallelClusters::unequal(10.0, 2.0);
        assert!((1.0 / treated + 1.0 / control - 0.2).abs() < 1e-15);
    }
}
