//! An analysis of a data file: what was computed, its tables and its forest.

mod curves;
mod forest;
mod tables;

pub(crate) use curves::analysis_curves;
pub(crate) use forest::{AnalysisFacts, analysis_forest};
pub(super) use forest::{decimals, with_infinity};
pub use tables::{captions, json, tables};
pub(crate) use tables::{method_list, need_in_words};

use crate::estimate::Estimate;
use crate::language::{Lang, Said};
use crate::observe::EVERYBODY;
use crate::observe::columns::Reading;
use crate::report::escape;
use crate::report::figures::curves::CurvePanel;
use serde::Serialize;

/// What was computed, as `--json` writes it.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Analysis {
    /// Where the data come from.
    pub file: String,
    /// What was understood of the file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reading: Option<Reading>,
    /// Rows that were analyzed.
    pub rows: usize,
    /// Rows that were not.
    pub(crate) rows_left_out: Vec<LeftOut>,
    /// Arms, control first.
    pub(crate) arms: Vec<ArmCount>,
    /// Causes in the data.
    pub(crate) causes: Vec<CauseCount>,
    /// Confidence level of the intervals.
    pub level: f64,
    /// Every estimate and test.
    pub results: Vec<Estimate>,
    /// What could not be given.
    pub refused: Vec<Refusal>,
    /// What the analyst should know beside the numbers.
    pub notes: Vec<Said>,
    /// The panels of the figure of curves that was asked for; none otherwise.
    #[serde(skip)]
    pub(crate) curves: Vec<CurvePanel>,
}

/// An arm as readers know it: the only one of a file without arms has no name of its own.
pub(super) fn arm_shown(lang: Lang, name: &str) -> String {
    if name == EVERYBODY { lang.pick("iedereen", EVERYBODY).to_owned() } else { escape::name(name) }
}

/// A share in percent, with the digits that were typed: 0.9999999 is 99.99999, not 99.99999000000001.
pub(super) fn percent(share: f64) -> String {
    let digits = format!("{:.12}", share * 100.0);
    digits.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// A row that was not analyzed.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct LeftOut {
    /// Line of the file, from 1.
    pub line: Option<u64>,
    /// Why.
    pub reason: Said,
}

/// Rows and events of one arm.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct ArmCount {
    /// Name.
    pub name: String,
    /// Rows.
    pub rows: usize,
    /// Events of interest.
    pub events: usize,
    /// Clusters with rows in it, when there are clusters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clusters: Option<usize>,
}

/// Events of one cause.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct CauseCount {
    /// Code.
    pub code: u32,
    /// Name.
    pub name: String,
    /// Events.
    pub events: usize,
}

/// A test that could not be given.
#[derive(Clone, Debug, Serialize)]
pub struct Refusal {
    /// Which.
    pub test: String,
    /// Why.
    pub reason: Said,
    /// Whether it was asked for by name.
    #[serde(skip)]
    pub asked_for: bool,
}
