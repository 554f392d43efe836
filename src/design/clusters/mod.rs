//! Designs in which caseworkers or sites, not clients, are allocated.

mod design_effect;
mod parallel;
mod stepped_wedge;

pub use design_effect::design_effect;
pub use parallel::{ClusterOutcome, ParallelClusters, SmallSample};
pub use stepped_wedge::{TimeTrend, Wedge, WedgeVariance, hussey_hughes_variance, stepped_exposure};
