//! Looking before the end: group-sequential boundaries, stopping probabilities, conditional and predictive power.

mod boundaries;
mod conditional;
mod crossing;
mod panels;
mod plan;
mod spending;

pub use boundaries::{Boundary, efficacy_bounds};
pub use conditional::Interim;
pub(crate) use conditional::MonitoringRule;
pub use crossing::Crossing;
pub use crossing::{Bounds, crossing};
pub use plan::{Futility, FutilityRule, SequentialPlan, SequentialRequest, cumulative};
pub use spending::Spending;
