//! Two proportions at a fixed time: how many participants, or with what power.

mod exact;
mod normal_approximation;

pub(crate) use exact::ExactTarget;
pub use exact::{ExactDesign, TableTest};
pub use normal_approximation::TwoProportions;
