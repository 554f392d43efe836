//! Cox's proportional-hazards regression and everything that is read off a fitted model.
//!
//! The model: the hazard of a row with covariates `x` in stratum `s` is `h_s(t) exp(x'b)`. The baseline hazards `h_s` are
//! left free; `b` maximizes the partial likelihood. See [`CoxModel::fit`] for the formula, the treatment of ties and the
//! assumptions, [`CoxFit`] for the tests, [`RobustCox`] for clusters, [`small_sample`](CoxFit::small_sample) for few
//! clusters, [`proportional_hazards`](CoxFit::proportional_hazards) for the assumption itself, [`piecewise`] for an effect
//! that starts late.

mod concordance;
mod design;
mod exact;
mod fit;
mod likelihood;
pub mod piecewise;
mod proportional_hazards;
mod residuals;
mod robust;
mod small_sample;

pub use crate::estimate::CoxTies as Ties;
pub use design::{CoxData, Term};
pub use fit::ChiSquareTest;
pub use fit::{CoxFit, CoxModel};
pub use proportional_hazards::{ProportionalHazardsTest, TimeTransform};
pub(in crate::estimate) use residuals::log_rank_scores;
pub use robust::{RobustCox, RobustScore};
pub(crate) use robust::{cluster_members, sum_by_cluster};
pub use small_sample::{ClusterCorrection, SmallSampleCox};
