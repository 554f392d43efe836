//! The power surface as it is handed on: numbers with their Monte Carlo errors.

use super::note::Note;
use crate::estimate::outcomes;
use crate::estimate::single_proportion::clopper_pearson;
use serde::Serialize;

/// A share of replicates with its exact (Clopper-Pearson) interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ReplicateShare {
    /// The share.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl ReplicateShare {
    /// `count` of `of`; `None` of none.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::power::ReplicateShare;
    ///
    /// // R: binom.test(80, 100)$conf.int
    /// let found = ReplicateShare::new(80, 100).expect("some studies");
    /// assert!((found.low - 0.708_157_310_9).abs() < 1e-8 && (found.high - 0.873_344_447_9).abs() < 1e-8);
    /// assert!(ReplicateShare::new(0, 0).is_none());
    /// ```
    pub fn new(count: u64, of: u64) -> Option<Self> {
        (of > 0).then(|| {
            let interval = clopper_pearson(outcomes::Proportion { events: count, total: of }, 0.95);
            Self { value: count as f64 / of as f64, low: interval.lower, high: interval.upper }
        })
    }
}

/// The value of a formula and which.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnalyticPower {
    /// Power.
    pub power: f64,
    /// The formula.
    pub method: String,
}

/// How often the same design rejects when there is nothing to find.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TypeOneError {
    /// As analysed.
    pub rate: ReplicateShare,
    /// If clients were taken as independent, where the test has such a version.
    pub if_independent: Option<ReplicateShare>,
    /// Share of intervals that hold zero.
    pub coverage: Option<ReplicateShare>,
}

/// One endpoint, test, duration and size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PowerCell {
    /// Arm that is compared with control.
    pub arm: String,
    /// Endpoint.
    pub endpoint: &'static str,
    /// Test.
    pub test: &'static str,
    /// Whether it is the endpoint's primary test.
    pub primary: bool,
    /// Duration, months.
    pub months: u32,
    /// Size as a share of the scenario's participants.
    pub size: f64,
    /// Clients in control and treated.
    pub clients: [u32; 2],
    /// Caseworkers in control and treated.
    pub caseworkers: [u32; 2],
    /// Power with its Monte Carlo interval.
    pub power: ReplicateShare,
    /// Replicates in which the test could be computed.
    pub computed: ReplicateShare,
    /// Power after correction for several endpoints (primary tests, when a correction is asked for).
    pub adjusted_power: Option<ReplicateShare>,
    /// Under equal services.
    pub type_one_error: Option<TypeOneError>,
    /// Mean events in control and treated.
    pub events: [f64; 2],
    /// True value of the estimand, from pooled studies of their own.
    pub truth: Option<f64>,
    /// Mean estimate.
    pub mean_estimate: Option<f64>,
    /// Mean estimate minus truth.
    pub bias: Option<f64>,
    /// Monte Carlo error of the bias.
    pub bias_error: Option<f64>,
    /// Standard deviation of the estimate over studies.
    pub deviation: Option<f64>,
    /// Mean half-width of the interval with level 1 - alpha.
    pub half_width: Option<f64>,
    /// Mean standard error.
    pub standard_error: Option<f64>,
    /// Variance of the estimate over studies relative to independent clients, at least 1 (differences and hazard ratios).
    pub design_effect: Option<f64>,
    /// Share of intervals that hold the truth.
    pub coverage: Option<ReplicateShare>,
    /// Type S error: share of the significant results with the wrong sign.
    pub wrong_sign: Option<ReplicateShare>,
    /// Type M error: mean exaggeration of significant estimates.
    pub exaggeration: Option<f64>,
    /// The value of a formula.
    pub analytic: Option<AnalyticPower>,
    /// Whether formula and simulation differ by more than three Monte Carlo errors.
    pub analytic_gap: bool,
}

/// All primary endpoints together, at one duration and size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FamilyPower {
    /// Arm that is compared with control.
    pub arm: String,
    /// Duration, months.
    pub months: u32,
    /// Size as a share of the scenario's participants.
    pub size: f64,
    /// At least one endpoint significant.
    pub any: ReplicateShare,
    /// All significant.
    pub all: ReplicateShare,
    /// At least one significant under equal services: the familywise error.
    pub familywise_error: Option<ReplicateShare>,
}

/// The whole surface.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PowerSurface {
    /// Name of the scenario.
    pub scenario: String,
    /// Seed.
    pub seed: u64,
    /// Replicates for power.
    pub replicates: u32,
    /// Replicates under equal services.
    pub null_replicates: u32,
    /// Studies pooled for the true values.
    pub truth_replicates: u32,
    /// Significance level.
    pub alpha: f64,
    /// 1 or 2.
    pub sides: u32,
    /// Power aimed at.
    pub target_power: f64,
    /// Confidence level of Monte Carlo intervals.
    pub level: f64,
    /// Name of the control arm.
    pub control: String,
    /// Sentences that belong to the numbers.
    pub notes: Vec<Note>,
    /// Cells in the order comparison, endpoint, test, size, month.
    pub cells: Vec<PowerCell>,
    /// Families in the order comparison, size, month.
    pub families: Vec<FamilyPower>,
}
