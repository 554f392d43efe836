//! What a municipality could have on file at a cut-off date. True states never cross this line.

mod cut;
mod dataset;
mod endpoint;

pub use cut::{Filed, NEVER, OnFile, Protocol, cut};
pub use dataset::{Covariate, Dataset};
pub use endpoint::{Bands, Endpoint};
