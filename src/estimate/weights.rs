//! Weights of the weighted log-rank family, as functions of what happened before each event time.
//!
//! All weights are predictable: they use the pooled Kaplan-Meier curve just *before* the time, S(t-), or the number at risk.
//! The one exception is Peto and Peto's weight, which by their definition includes the present time. In a stratified test
//! every stratum has its own pooled curve.
//!
//! | weight | w(t) |
//! |---|---|
//! | log-rank | 1 |
//! | Fleming-Harrington(rho, gamma) | S(t-)^rho (1 - S(t-))^gamma |
//! | Gehan (Breslow, Wilcoxon) | n(t) |
//! | Tarone-Ware | sqrt n(t) |
//! | Peto-Peto | product over u <= t of 1 - d(u) / (n(u) + 1) |
//! | Andersen (modified Peto-Peto) | the same times n(t) / (n(t) + 1) |
//! | modestly weighted by t* | 1 / max(S(t-), S(t*)) |
//! | modestly weighted by s* | 1 / max(S(t-), s*) |
//! | Magirr-Burman(delay, largest) | min(1 / S(t-), largest 1 / S(u-) over event times u <= delay, largest) |
//! | early-zero(until) | 0 before `until`, 1 from it on |
//!
//! References: Fleming & Harrington (1991), doi:10.1002/9781118150672; Tarone & Ware (1977), doi:10.1093/biomet/64.1.156;
//! Peto & Peto (1972), doi:10.2307/2344317; Magirr & Burman (2019), doi:10.1002/sim.8186 (t*, as in nphRCT);
//! Magirr (2021), doi:10.1002/pst.2091 (s*); Xu, Zhen, Park & Zhu (2017), doi:10.1002/sim.7157 (early zero).

use super::EstimateError;
use super::risk_table::RiskTable;
use crate::language::Said;
use crate::said;
use std::fmt;

/// A weight function.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Weight {
    /// The log-rank test.
    LogRank,
    /// Fleming-Harrington: `rho` stresses early differences, `gamma` late ones; both >= 0.
    FlemingHarrington {
        /// Exponent of S(t-).
        rho: f64,
        /// Exponent of 1 - S(t-).
        gamma: f64,
    },
    /// Gehan's generalised Wilcoxon test (Breslow).
    Gehan,
    /// Tarone-Ware.
    TaroneWare,
    /// Peto and Peto.
    Peto,
    /// Andersen's modification of Peto and Peto.
    Andersen,
    /// Modestly weighted: the weight grows as 1 / S(t-) until `t_star` and then stays at 1 / S(t*-), as nphRCT has it: an event
    /// exactly at t* comes after.
    ModestByTime {
        /// Time after which the weight stays, in the unit of the data.
        t_star: f64,
    },
    /// Modestly weighted: the weight grows as 1 / S(t-) until S falls below `s_star`.
    ModestBySurvival {
        /// Smallest probability that is divided by, in (0, 1].
        s_star: f64,
    },
    /// Magirr-Burman as simtrial computes it: like [`Weight::ModestByTime`], with S just before the last event time up to
    /// `delay` instead of S at `delay`, and a cap.
    MagirrBurman {
        /// Time after which the weight stays.
        delay: f64,
        /// Largest weight.
        largest: f64,
    },
    /// Nothing counts before `until`.
    EarlyZero {
        /// First time that counts.
        until: f64,
    },
}

/// The English words; people read `Weight::said` in their language.
impl fmt::Display for Weight {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.said().english())
    }
}

impl Weight {
    /// The weight as a formula in words.
    pub(crate) fn said(self) -> Said {
        match self {
            Self::LogRank => said!("gewicht 1", "weight 1"),
            Self::FlemingHarrington { rho, gamma } => {
                said!(
                    "gewicht S(t-)^{rho} (1 - S(t-))^{gamma}",
                    "weight S(t-)^{rho} (1 - S(t-))^{gamma}",
                    rho = rho,
                    gamma = gamma
                )
            }
            Self::Gehan => said!("gewicht n(t)", "weight n(t)"),
            Self::TaroneWare => said!("gewicht wortel n(t)", "weight sqrt n(t)"),
            Self::Peto => said!(
                "gewicht product van 1 - d / (n + 1) tot en met t",
                "weight product of 1 - d / (n + 1) up to and including t"
            ),
            Self::Andersen => said!(
                "gewicht n / (n + 1) maal het product van 1 - d / (n + 1) tot en met t",
                "weight n / (n + 1) times the product of 1 - d / (n + 1) up to and including t"
            ),
            Self::ModestByTime { t_star } => said!(
                "gewicht 1 / max(S(t-), S vlak voor {t_star})",
                "weight 1 / max(S(t-), S just before {t_star})",
                t_star = t_star
            ),
            Self::ModestBySurvival { s_star } => {
                said!("gewicht 1 / max(S(t-), {s_star})", "weight 1 / max(S(t-), {s_star})", s_star = s_star)
            }
            Self::MagirrBurman { delay, largest } => said!(
                "gewicht min(1 / S(t-), 1 / S vlak voor de laatste gebeurtenis tot {delay}, {largest})",
                "weight min(1 / S(t-), 1 / S just before the last event up to {delay}, {largest})",
                delay = delay,
                largest = largest
            ),
            Self::EarlyZero { until } => {
                said!(
                    "gewicht 0 voor {until}, daarna 1",
                    "weight 0 before {until}, 1 from then on",
                    until = until
                )
            }
        }
    }

    /// Fails when a parameter is outside its range.
    ///
    /// # Errors
    /// [`EstimateError::InvalidOption`].
    pub(crate) fn require_valid(self) -> Result<(), EstimateError> {
        let good = match self {
            Self::FlemingHarrington { rho, gamma } => {
                rho >= 0.0 && gamma >= 0.0 && rho.is_finite() && gamma.is_finite()
            }
            Self::ModestByTime { t_star } => t_star >= 0.0,
            Self::ModestBySurvival { s_star } => s_star > 0.0 && s_star <= 1.0,
            Self::MagirrBurman { delay, largest } => delay >= 0.0 && largest >= 1.0,
            Self::EarlyZero { until } => until >= 0.0 && until.is_finite(),
            Self::LogRank | Self::Gehan | Self::TaroneWare | Self::Peto | Self::Andersen => true,
        };
        if good {
            return Ok(());
        }
        let rules = said!(
            "exponenten en tijden moeten 0 of meer zijn, s* in (0, 1], het grootste gewicht minstens 1",
            "exponents and times must be 0 or more, s* in (0, 1], the largest weight at least 1"
        );
        let message = said!("{} valt buiten het bereik: {}", "{} is out of range: {}", self.said(), rules);
        Err(EstimateError::option("weight", message))
    }
}

/// Pooled numbers at each time of a risk table, reusable.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pooled {
    /// At risk.
    pub at_risk: Vec<f64>,
    /// Events.
    pub events: Vec<f64>,
    /// Kaplan-Meier curve just before each time.
    pub survival_before: Vec<f64>,
}

impl Pooled {
    /// Fills from a table with one event column, reusing the space.
    pub fn fill(&mut self, table: &RiskTable) {
        self.at_risk.clear();
        self.events.clear();
        self.survival_before.clear();
        let mut survival = 1.0;
        for t in 0..table.len() {
            let (n, d) = (table.total_at_risk(t), table.total_events(t));
            self.at_risk.push(n);
            self.events.push(d);
            self.survival_before.push(survival);
            if d > 0.0 {
                survival *= 1.0 - d / n;
            }
        }
    }

    /// Kaplan-Meier curve just before `time`.
    fn survival_before(&self, times: &[f64], time: f64) -> f64 {
        let after = times.partition_point(|&t| t < time);
        let Some(last) = after.checked_sub(1) else { return 1.0 };
        self.survival_before[last]
            * if self.events[last] > 0.0 { 1.0 - self.events[last] / self.at_risk[last] } else { 1.0 }
    }
}

/// Writes the weight at every time of the table into `weights`.
///
/// # Example
/// ```
/// use stapjes::estimate::risk_table::{Ending, RiskTable};
/// use stapjes::estimate::weights::{Pooled, Weight, fill_weights};
/// use stapjes::observe::Dataset;
///
/// let table = RiskTable::new(&Dataset::example(), Ending::Any);
/// let mut pooled = Pooled::default();
/// pooled.fill(&table);
/// let mut weights = Vec::new();
/// // One of 16 leaves at month 1, two of 15 at month 2: S just before months 1, 2 and 3 is 1, 15/16 and 13/16.
/// fill_weights(Weight::FlemingHarrington { rho: 1.0, gamma: 0.0 }, &table.times, &pooled, &mut weights);
/// assert!((weights[1] - 15.0 / 16.0).abs() < 1e-12 && (weights[2] - 13.0 / 16.0).abs() < 1e-12);
/// fill_weights(Weight::Gehan, &table.times, &pooled, &mut weights);
/// assert_eq!(weights[..3], [16.0, 15.0, 13.0]);
/// ```
pub fn fill_weights(weight: Weight, times: &[f64], pooled: &Pooled, weights: &mut Vec<f64>) {
    weights.clear();
    let s = &pooled.survival_before;
    match weight {
        Weight::LogRank => weights.resize(times.len(), 1.0),
        Weight::FlemingHarrington { rho, gamma } => {
            weights.extend(s.iter().map(|&s| power(s, rho) * power(1.0 - s, gamma)))
        }
        Weight::Gehan => weights.extend_from_slice(&pooled.at_risk),
        Weight::TaroneWare => weights.extend(pooled.at_risk.iter().map(|&n| libm::sqrt(n))),
        Weight::Peto => peto(pooled, weights, |_| 1.0),
        Weight::Andersen => peto(pooled, weights, |n| n / (n + 1.0)),
        Weight::ModestByTime { t_star } => {
            let floor = pooled.survival_before(times, t_star);
            weights.extend(s.iter().map(|&s| 1.0 / s.max(floor)));
        }
        Weight::ModestBySurvival { s_star } => weights.extend(s.iter().map(|&s| 1.0 / s.max(s_star))),
        Weight::MagirrBurman { delay, largest } => {
            let early = (0..times.len()).rfind(|&t| times[t] <= delay && pooled.events[t] > 0.0);
            let cap = early.map_or(1.0, |t| 1.0 / s[t]).min(largest);
            weights.extend(s.iter().map(|&s| (1.0 / s).min(cap)));
        }
        Weight::EarlyZero { until } => {
            weights.extend(times.iter().map(|&t| if t < until { 0.0 } else { 1.0 }))
        }
    }
}

/// Weights from Peto's estimate of the survival.
fn peto(pooled: &Pooled, weights: &mut Vec<f64>, factor: impl Fn(f64) -> f64) {
    let mut survival = 1.0;
    for (&n, &d) in pooled.at_risk.iter().zip(&pooled.events) {
        survival *= 1.0 - d / (n + 1.0);
        weights.push(survival * factor(n));
    }
}

/// x^exponent with the common exponents done by multiplication.
fn power(x: f64, exponent: f64) -> f64 {
    if exponent == 0.0 {
        1.0
    } else if exponent == 1.0 {
        x
    } else if exponent == 0.5 {
        libm::sqrt(x)
    } else if exponent == 2.0 {
        x * x
    } else {
        libm::pow(x.max(0.0), exponent)
    }
}
