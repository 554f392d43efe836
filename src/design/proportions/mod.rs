//! Two proportions at a fixed time: how many participants, or with what power.

mod exact;
mod normal_approximation;

pub use exact::{ExactDesign, ExactTarget, TableTest};
pub use normal_approximation::TwoProportions;
