//! How a study is analysed: endpoints, tests, cut-off months, sizes, error rates.
//!
//! Only the plan stands here; what tests are is in `estimate`, and which months and sizes of one
//! simulated study they are applied to in `study`. One plan serves `power`, `duration` and the study of
//! a run, so that their numbers are about the same analysis.

pub use crate::kinds::{Benefit, Endpoint, TestKind};

/// Which participants hang together in the analysis: clients of one caseworker share his or her
/// quality, so treating them as independent rejects too often.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterUnit {
    /// Analysed as independent, though they may share a caseworker (the report says so).
    Independent,
    /// By caseworker.
    Caseworker,
    /// By site.
    Site,
}

/// Correction for several endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Multiplicity {
    /// None: every endpoint is tested at alpha.
    Uncorrected,
    /// Holm 1979: step down, valid under any dependence.
    Holm,
    /// Hochberg 1988 (doi:10.1093/biomet/75.4.800): step up, for positively dependent tests.
    Hochberg,
}

/// A spending function by name; its shape is a parameter of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SpendingKind {
    /// Lan-DeMets, O'Brien-Fleming type: next to nothing is spent early.
    OBrienFleming,
    /// Lan-DeMets, Pocock type: about the same boundary at every look.
    Pocock,
    /// Hwang-Shih-DeCani, with a shape: negative is conservative early.
    HwangShihDeCani,
    /// Kim-DeMets, with an exponent above 0 as shape.
    KimDeMets,
}

impl SpendingKind {
    /// All with their names in a scenario.
    pub(crate) const NAMES: [(&'static str, Self); 4] = [
        ("obrien_fleming", Self::OBrienFleming),
        ("pocock", Self::Pocock),
        ("hwang_shih_decani", Self::HwangShihDeCani),
        ("kim_demets", Self::KimDeMets),
    ];

    /// Shape when none is given: conservative early; 0 where there is none.
    pub(crate) fn default_shape(self) -> f64 {
        match self {
            Self::HwangShihDeCani => -4.0,
            Self::KimDeMets => 3.0,
            Self::OBrienFleming | Self::Pocock => 0.0,
        }
    }
}

/// Stopping for futility.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FutilityPlan {
    /// How the type II error is spent.
    pub spending: SpendingKind,
    /// Shape, for Hwang-Shih-DeCani and Kim-DeMets; not used by the others.
    pub parameter: f64,
    /// Whether a crossing obliges to stop: then the boundary for efficacy may be lower, and going on
    /// all the same breaks the type I error.
    pub binding: bool,
    /// Never before this month: an effect that starts late must get the time to be seen. 0 = from the first look at which the
    /// simulated effect can be seen.
    pub not_before_month: u32,
}

/// Looks before the end of the study.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InterimPlan {
    /// Months of the interim looks, rising; empty = none. The last analysis is at the last cut-off month.
    pub look_months: Vec<u32>,
    /// How the type I error is spent; `None` = O'Brien-Fleming type.
    pub spending: Option<SpendingKind>,
    /// Shape, for Hwang-Shih-DeCani (default -4) and Kim-DeMets (default 3).
    pub parameter: Option<f64>,
    /// Stopping for futility; `None` = not.
    pub futility: Option<FutilityPlan>,
}

/// The analysis plan of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct AnalysisPlan {
    /// Significance level, of all sides together, between 0 and one half.
    pub alpha: f64,
    /// Sides of the tests: 1 or 2.
    pub sides: u32,
    /// Power that a study aims at.
    pub target_power: f64,
    /// Durations at which the study is cut off, months, rising; those beyond the horizon are not used.
    pub cut_off_months: Vec<u32>,
    /// Sizes as shares of the participants of the scenario, rising, up to 1.
    pub sizes: Vec<f64>,
    /// Tests per endpoint, the primary one first.
    pub tests: Vec<(Endpoint, Vec<TestKind>)>,
    /// Which participants hang together, for tests that can take it into account.
    pub cluster: ClusterUnit,
    /// Whether what clusters of a site share is taken out of the variance between clusters, where every site has both arms.
    pub adjust_for_site: bool,
    /// One-sided tests: the direction that counts, by endpoint; an endpoint that is not here is tested in the direction of the
    /// simulated effect.
    pub benefit: Vec<(Endpoint, Benefit)>,
    /// Correction for several endpoints.
    pub multiplicity: Multiplicity,
    /// Looks before the end.
    pub interim: InterimPlan,
}

impl Default for AnalysisPlan {
    /// Two-sided 5 %, 80 % power, clusters by caseworker, every endpoint with a test that fits it.
    fn default() -> Self {
        use TestKind::{ClusterPermutation, CoxRobust, Gray, LogRank, Lwyy, MaxCombo, Milestone};
        Self {
            alpha: 0.05,
            sides: 2,
            target_power: 0.8,
            cut_off_months: vec![6, 12, 18, 24, 36, 48, 60, 72, 84, 96, 108, 120],
            sizes: vec![0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1.0],
            tests: vec![
                (Endpoint::Exit, vec![CoxRobust, LogRank, MaxCombo]),
                (Endpoint::ExitToWork, vec![CoxRobust, Gray, LogRank, MaxCombo]),
                (Endpoint::FraudOrWithdrawal, vec![CoxRobust, Gray]),
                (Endpoint::FirstSignal, vec![CoxRobust, LogRank]),
                (Endpoint::SignalCount, vec![Lwyy]),
                (Endpoint::VisibleActivation, vec![CoxRobust, LogRank]),
                (Endpoint::DistanceBand, vec![Milestone, ClusterPermutation]),
            ],
            cluster: ClusterUnit::Caseworker,
            adjust_for_site: true,
            benefit: Vec::new(),
            multiplicity: Multiplicity::Uncorrected,
            interim: InterimPlan::default(),
        }
    }
}
