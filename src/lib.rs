//! **stapjes** simulates trials of frequent, intensive and personal talks with social-assistance (*bijstand*) clients:
//! who leaves, why, when; what is found and prevented; which small steps are set; and what a study would have seen of it.
//!
//! The house has floors; imports go down only (`tests/architecture.rs` holds this):
//!
//! ```text
//! scenario -> population -> engine -> history -> observe -> estimate -> trial -> design -> report -> cli
//! ```
//!
//! under every floor lie [`stats`] (mathematics that never met a person) and [`random`] (every throw of the dice has
//! an address). `docs/architecture.md` describes the floors, `docs/model.md` the model.

pub mod design;
pub mod engine;
pub mod estimate;
pub mod history;
pub mod observe;
pub mod population;
pub mod random;
pub mod report;
pub mod scenario;
pub mod stats;
pub mod trial;

pub mod cli;
