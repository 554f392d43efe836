//! Weights of the log-rank family, as functions of the pooled survival curve.

/// A weight function w(t); S is the left limit of the pooled survival.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum WeightFunction {
    /// 1: the log-rank test.
    LogRank,
    /// S^rho (1 - S)^gamma: Fleming & Harrington (1991), doi:10.1002/9781118150672; rho >= 0, gamma >= 0.
    FlemingHarrington {
        /// Exponent of S.
        rho: f64,
        /// Exponent of 1 - S.
        gamma: f64,
    },
    /// 1 / max(S(min(t, months)), 1 / highest): Magirr & Burman (2019), doi:10.1002/sim.8186. R: `nphRCT` t_star, gsDesign2 tau
    /// and w_max.
    ModestlyUntil {
        /// The weight grows until this month after entry.
        months: f64,
        /// And never beyond this; infinity for no cap.
        highest: f64,
    },
    /// 1 / max(S, survival): the same with the cap on the survival scale (`nphRCT` s_star).
    ModestlyDownTo {
        /// Survival below which the weight stays constant, 0 to 1.
        survival: f64,
    },
    /// 0 before a month, 1 from then on: the early-zero test (Xu, Zhen, Park & Zhu 2017, doi:10.1002/sim.7157).
    ZeroBefore {
        /// Month after entry at which counting starts.
        months: f64,
    },
}

impl WeightFunction {
    /// The weight at `time`, where `survival(t)` is the pooled curve.
    pub(crate) fn at(&self, time: f64, survival: impl Fn(f64) -> f64) -> f64 {
        match *self {
            Self::LogRank => 1.0,
            Self::FlemingHarrington { rho, gamma } => fleming_harrington(survival(time), rho, gamma),
            Self::ModestlyUntil { months, highest } => (1.0 / survival(time.min(months))).min(highest),
            Self::ModestlyDownTo { survival: floor } => 1.0 / survival(time).max(floor),
            Self::ZeroBefore { months } => f64::from(u8::from(time >= months)),
        }
    }

    /// The time at which the weight has a kink, given the pooled curve's inverse.
    pub(super) fn kink(&self, time_of_survival: impl Fn(f64) -> Option<f64>) -> Option<f64> {
        match *self {
            Self::ModestlyUntil { months, highest } => {
                let capped = time_of_survival(1.0 / highest);
                Some(capped.map_or(months, |time| time.min(months)))
            }
            Self::ModestlyDownTo { survival } => time_of_survival(survival),
            Self::ZeroBefore { months } => Some(months),
            _ => None,
        }
    }
}

/// `S^rho (1 - S)^gamma`.
fn fleming_harrington(survival: f64, rho: f64, gamma: f64) -> f64 {
    let power = |base: f64, exponent: f64| {
        if exponent == 0.0 {
            1.0
        } else if exponent == 1.0 {
            base
        } else if exponent == 0.5 {
            libm::sqrt(base)
        } else {
            libm::pow(base, exponent)
        }
    };
    power(survival, rho) * power((1.0 - survival).max(0.0), gamma)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_meet() {
        let survival = |t: f64| libm::exp(-0.1 * t);
        let log_rank = WeightFunction::FlemingHarrington { rho: 0.0, gamma: 0.0 };
        assert_eq!(log_rank.at(3.0, survival), WeightFunction::LogRank.at(3.0, survival));
        let until = WeightFunction::ModestlyUntil { months: 5.0, highest: f64::INFINITY };
        let down = WeightFunction::ModestlyDownTo { survival: survival(5.0) };
        for time in [1.0, 5.0, 9.0] {
            assert!((until.at(time, survival) - down.at(time, survival)).abs() < 1e-15);
        }
        let zero = WeightFunction::ModestlyUntil { months: 0.0, highest: f64::INFINITY };
        assert_eq!(zero.at(7.0, survival), 1.0);
    }
}
