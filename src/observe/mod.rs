//! What a municipality could have on file at a cut-off date. True states never cross this line.

pub mod columns;
mod cut;
mod dataset;
mod endpoint;
mod rounding;
pub mod table;
mod vocabulary;

pub use crate::kinds::Endpoint;
pub use cut::{Filed, NEVER, OnFile, Protocol, cut};
pub use dataset::{Covariate, Dataset};
pub use endpoint::Bands;
pub use rounding::{TOLERANCE, allowed_gap, joined};
pub use vocabulary::{FORMULA, likeness};
