//! **stapjes** simulates trials of frequent, intensive and personal talks with social-assistance (*bijstand*) clients:
//! who leaves, why, when; what is found and prevented; which small steps are set; and what a study would have seen of it.
//!
//! Load a scenario, run it, read one number:
//!
//! ```
//! use stapjes::app::{self, Context, run::RunRequest};
//!
//! let overrides = ["replicates=4", "horizon_months=12", "uncertainty.parameter_draws=0"].map(String::from);
//! let resolved = stapjes::scenario::embedded("lange-adem", &overrides)?;
//! let results = app::run::run(&RunRequest::new(resolved), &Context::new(2))?.results;
//! // Left benefit within 12 months, FIP less regular services, and the Monte Carlo error of that difference.
//! let (arm, whole_group) = (1, 0);
//! let exits = results.stat(&results.difference, arm, whole_group, ("exits", ""), 12).expect("a reported month");
//! println!("{:+.1} percentage points (Monte Carlo error {:.1})", 100.0 * exits.mean, 100.0 * exits.mcse);
//! assert!(exits.mean.abs() < 0.5 && exits.mcse > 0.0);
//! # Ok::<(), stapjes::Error>(())
//! ```
//!
//! The doors are [`app`] (a request in, an answer out, one file per command) and [`cli`] (the same from a command line).
//! Every [`Error`] has a kind. The house has floors; imports go down only (`tests/architecture.rs` holds this):
//!
//! ```text
//! scenario -> population -> history -> engine -> observe -> estimate -> trial -> study -> design -> report -> app -> cli
//! ```
//!
//! under every floor lie [`kinds`] (the closed lists of the model), [`stats`] (mathematics that never met a person),
//! [`random`] (every throw of the dice has an address) `disk` (files whole or not at all) and
//! `halt` (leaving large work early). `docs/architecture.md` describes
//! the floors, `docs/model.md` the model.

pub mod app;
pub mod calibrate;
pub mod design;
pub(crate) mod disk;
pub mod document;
pub mod engine;
pub mod error;
pub mod estimate;
pub(crate) mod halt;
pub mod history;
pub mod kinds;
pub mod language;
pub mod observe;
pub mod population;
pub mod random;
pub mod report;
pub mod scenario;
pub mod sensitivity;
pub mod stats;
pub mod study;
pub mod trial;
pub mod value;

#[cfg(feature = "serve")]
pub mod serve;

pub mod cli;

pub use error::{Error, ErrorKind};
