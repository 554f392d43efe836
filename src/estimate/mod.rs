//! One `Dataset` in, `Estimate`s out; one estimator per file.
//!
//! Each file holds one method of the literature as functions on numbers, with its paper, an example and
//! the R call that gives the same; [`catalogue`] gives methods their names, arguments and words for
//! `stapjes analyze`, and knows no formulas. What estimators share stands in files without a method:
//! which rows an analysis may use ([`require_valid`]), sets of people at risk ([`risk_table`]),
//! rounding of times ([`ties`]), regression by Newton's method, and the corrections that make p-values
//! hold with few clusters. An estimator never knows of replicates or true effects, so it cannot use
//! them.

pub mod aalen_johansen;
pub mod adjusted_mean;
pub mod case_weights;
pub mod catalogue;
pub mod cluster_linear;
pub mod cluster_permutation;
pub mod clustered_proportions;
mod contrast;
pub mod count_regression;
pub mod cox;
mod error;
pub(crate) mod few_clusters;
pub mod fine_gray;
pub mod fisher;
pub mod gray;
pub mod grouped;
pub(crate) mod incidence_band;
pub mod intraclass;
pub(crate) mod intraclass_adjusted;
pub mod kaplan_meier;
pub mod log_rank;
pub mod mantel_haenszel;
pub mod max_combo;
pub mod mean_cumulative;
pub mod milestone;
pub mod multiplicity;
pub mod nelson_aalen;
mod newton;
pub mod one_sample;
mod options;
pub mod outcomes;
pub mod pearson;
pub mod period_adjusted;
pub mod proportion_contrast;
pub mod rate_ratio;
pub mod recurrent_terminal;
pub mod restricted_mean;
mod result;
pub mod risk_table;
pub mod single_proportion;
pub mod ties;
mod validity;
pub mod values;
pub mod weights;

pub use contrast::clusters_by_arm;
pub use error::EstimateError;
pub use options::MethodArguments;
pub use options::{Alternative, CoxTies, CurveInterval, Options};
pub use result::{Detail, Estimate, Interval};
pub use validity::{require_arms, require_valid};
