//! The program without a terminal: one file per command, request in, answer out.
//!
//! Nothing here prints, reads the clock, the environment or the command line, or shares state between requests: what a
//! request may use and who watches it comes in with its [`Context`]. So a server can answer several requests at once, and
//! stop one of them. Answers are complete in memory; writing them to a folder is a function of its own beside each.

pub mod analyze;
pub mod calibrate;
pub mod check;
pub mod compare;
mod context;
pub mod design;
pub mod duration;
pub(crate) mod files;
mod limits;
pub mod patterns;
pub mod power;
pub mod report;
pub mod results;
pub mod run;
pub mod sensitivity;
pub mod value;
pub mod verify;

pub use context::{Context, Progress, Stop};
pub use limits::LimitOverrides;
