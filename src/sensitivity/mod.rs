//! Which parameters move a result: from draws at hand, by elementary effects, by variance-based indices.
//!
//! * [`given_data`]: a regression on draws that are there anyway; what every report shows, after confirmation.
//! * [`morris`]: elementary effects, a screening for many parameters.
//! * [`indices`]: Sobol' first-order and total indices, with intervals and without the noise of the runs.

pub mod given_data;
pub mod indices;
pub mod morris;
