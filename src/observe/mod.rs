//! What a municipality could have on file at a cut-off date. True states never cross this line.
//!
//! Two roads lead to a `Dataset`, the one thing that estimators take: a simulated study cut off at a
//! date (`cut`, `endpoint`), and a file of others (`table` reads its cells, `columns` gives them their
//! parts). The first leaves out what only the simulation knows; the second says aloud everything it had
//! to guess.

pub mod columns;
mod cut;
mod dataset;
mod endpoint;
mod rounding;
pub mod table;
mod vocabulary;

pub(crate) use crate::kinds::Endpoint;
pub use cut::Filed;
pub use cut::{OnFile, Protocol, cut};
pub use dataset::{Covariate, Dataset};
pub use endpoint::Bands;
pub(crate) use rounding::{TOLERANCE, allowed_gap, joined};
pub(crate) use vocabulary::{FORMULA, likeness};

/// The name of the one arm of a file without a column for arms; readers of Dutch see another word.
pub(crate) const EVERYBODY: &str = "all";
