//! Looking before the end: group-sequential boundaries, stopping probabilities, conditional and predictive power.

mod boundaries;
mod conditional;
mod crossing;
mod panels;
mod plan;
mod spending;

pub use boundaries::{Boundary, efficacy_bounds};
pub use conditional::{Interim, MonitoringRule};
pub use crossing::{Bounds, Crossing, crossing};
pub use plan::{Futility, FutilityRule, SequentialPlan, SequentialRequest, cumulative};
pub use spending::Spending;
