//! One `Dataset` in, `Estimate`s out; one estimator per file.

pub mod cox;
mod error;
pub mod fine_gray;
pub mod gray;
mod newton;
mod result;
pub mod risk_table;
pub mod ties;
mod validity;

pub use error::EstimateError;
pub use result::{Detail, Estimate, Interval};
pub use validity::{require_arms, require_valid};
