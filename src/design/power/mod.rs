//! Power of every endpoint, test, duration and size from one simulated study per replicate.
//!
//! A replicate is one study of the scenario (every participant in one arm: a study sees no counterfactuals). Its record is cut
//! off at every duration, and made smaller by keeping the first whole caseworkers (or sites) of each arm. Power is the share
//! of replicates with p <= alpha; beside it stands the type I error of the same design when every arm gets the service of
//! the control arm, from runs of its own.
//!
//! Replicate numbers are luck, so runs for different purposes use different ranges of them: see [`purpose`].

mod analytic;
mod assemble;
mod assurance;
mod cells;
mod grid;
mod interim;
mod note;
mod plan;
mod run;
mod surface;

pub use assurance::{Assurance, AssuranceCurve};
pub use assurance::{AssuranceAt, AssurancePlan, assurance};
pub use interim::interim;
pub use interim::{InterimDesign, Look, Outlook};
pub use note::InterimNote;
pub use note::{LimitReason, Note};
pub use plan::PowerPlan;
pub use run::{equal_services, power};
pub use surface::{AnalyticPower, FamilyPower, PowerCell, PowerSurface, ReplicateShare, TypeOneError};

/// First replicate number of each kind of run.
pub mod purpose {
    /// Power.
    pub(crate) const POWER: u32 = 0;
    /// True value of the estimand.
    pub(crate) const TRUTH: u32 = 1 << 28;
    /// Equal services.
    pub(crate) const NULL: u32 = 2 << 28;
    /// Confirmation of what was picked.
    pub(crate) const FRESH: u32 = 3 << 28;
    /// Studies under draws of the parameters.
    pub(crate) const DRAWN: u32 = 4 << 28;
}
