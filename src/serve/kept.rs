//! A question that has been answered, with all that its files are made from.
//!
//! The page shows it once and its files are made from it later; keeping it saves a second simulation,
//! which would give the same bits.

use crate::report::warnings::Warning;
use crate::scenario::Resolved;
use crate::trial::Results;

/// What was run and what came out.
pub(super) struct Kept {
    /// What was run.
    pub(super) resolved: Resolved,
    /// What came out.
    pub(super) results: Results,
    /// What a reader should know before believing it.
    pub(super) warnings: Vec<Warning>,
}
