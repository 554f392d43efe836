//! Which parameters move a result: from draws at hand, by elementary effects, by variance-based indices.
//!
//! * `given_data`: a regression on draws that are there anyway; `confirm`: the paired runs without which no driver is shown.
//! * `draws`: draws whose parameters are not correlated by chance.
//! * [`morris`]: elementary effects, a screening for many parameters.
//! * `payback`: what an extra exit or an avoided month of benefit costs, and when a service pays for itself.
//! * [`question`]: a question and its answer, by any of them.
//! * `indices`: Sobol' first-order and total indices, with intervals and without the noise of the runs.

pub(crate) mod confirm;
pub(crate) mod draws;
pub(crate) mod given_data;
pub(crate) mod indices;
pub mod morris;
pub(crate) mod payback;
pub mod question;
