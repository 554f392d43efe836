//! What a municipality could have on file at a cut-off date. True states never cross this line.

mod dataset;

pub use dataset::{Covariate, Dataset};
