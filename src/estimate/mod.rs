//! One `Dataset` in, `Estimate`s out; one estimator per file.

pub mod catalogue;
pub mod cluster_linear;
mod cluster_methods;
pub mod cluster_permutation;
pub mod clustered_proportions;
mod competing_methods;
mod contrast;
mod count_methods;
pub mod count_regression;
pub mod cox;
mod error;
pub mod fine_gray;
pub mod gray;
pub mod intraclass;
pub mod mean_cumulative;
mod newton;
mod options;
pub mod rate_ratio;
mod result;
pub mod risk_table;
pub mod ties;
mod validity;

pub use error::EstimateError;
pub use options::{Alternative, Arguments, CoxTies, CurveInterval, Options};
pub use result::{Detail, Estimate, Interval};
pub use validity::{require_arms, require_valid};
