//! What a municipality could have on file at a cut-off date. True states never cross this line.

pub mod columns;
mod cut;
mod dataset;
mod endpoint;
pub mod table;

pub use cut::{Filed, NEVER, OnFile, Protocol, cut};
pub use dataset::{Covariate, Dataset};
pub use endpoint::{Bands, Endpoint};
