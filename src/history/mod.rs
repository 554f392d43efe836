//! Columns of what happened to everybody in one replicate: data only.
//!
//! A [`History`] is one *world* of one replicate: either everybody under one arm (the paired world of that arm), or the
//! study, in which each participant is in one arm.

pub mod ladder;
pub mod record;
pub mod tally;
pub mod trajectory;

pub use ladder::LadderArm;

pub(crate) use ladder::{LADDER_REASONS, LadderExit};
pub use ladder::{LadderHistory, LadderReason};
pub use record::{Event, Record};
pub(crate) use tally::TALLIES;
pub use tally::{GroupTally, Tally, TallyKind};
pub use trajectory::LifeMonth;

/// Which world of a replicate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// Every client under this arm, staff scaled with the group: potential outcomes with the same luck.
    Paired {
        /// Index of the arm.
        arm: usize,
    },
    /// The study: every participant in one arm.
    Study,
}

/// What happened in one world of one replicate.
#[derive(Clone, Debug, PartialEq)]
pub struct History {
    /// Which world.
    pub world: World,
    /// Monthly totals: `tallies[arm][site]`; a paired world has only its own arm (`tallies[0][site]`).
    pub tallies: Vec<Vec<GroupTally>>,
    /// Monthly totals of the parts of the caseload that are kept apart, over all sites: `parts[arm][part]`, in the order of
    /// `Scenario::parts`; empty when the scenario has none. Caseworkers who leave belong to no part.
    pub parts: Vec<Vec<GroupTally>>,
    /// Participants and events; empty unless the record was asked for.
    pub record: Record,
    /// Monthly states of sampled clients; empty unless asked for.
    pub lives: Vec<LifeMonth>,
}
