//! The monthly order of the day: one process per file.
//!
//! [`simulate`] is a pure function of (scenario, population, replicate, world): no draw is consumed, every draw is
//! addressed, so the result does not depend on what else is simulated, in which order, or by how many threads.

mod allocation;
mod full;
pub mod ladder;

pub use full::Means;

use crate::history::{GroupTally, History, LifeMonth, World};
use crate::population::Population;
use crate::scenario::{Dynamics, Scenario};

/// Version of the model: raised whenever the same scenario means something else (docs/model.md), so that old results can be told
/// from new. A change is an entry in the changelog.
pub(crate) const MODEL_VERSION: u32 = 2;

/// What a history keeps besides the monthly totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keep {
    /// The record of the study: participants and their events (study world only).
    pub record: bool,
    /// Number of clients per arm and site whose months are written down.
    pub lives: u32,
}

/// Simulates one world of one replicate: monthly totals of every site and group, and what `keep` asks
/// for besides.
///
/// It never fails: a `Scenario` is valid by construction, and whatever the numbers are, months end.
pub fn simulate(
    scenario: &Scenario,
    population: &Population,
    replicate: u32,
    world: World,
    keep: Keep,
) -> History {
    simulate_with(&Means::default(), scenario, population, replicate, world, keep)
}

/// [`simulate`] with other means: vector instructions of one's choice, or a lap that a benchmark is
/// told of. The history has the same bits whatever they are; a ladder does not use them.
pub fn simulate_with(
    means: &Means,
    scenario: &Scenario,
    population: &Population,
    replicate: u32,
    world: World,
    keep: Keep,
) -> History {
    match &scenario.dynamics {
        Dynamics::Full => full::simulate(means, scenario, population, replicate, world, keep),
        Dynamics::Ladder(ladder) => ladder::world::simulate(scenario, ladder, replicate, world, keep),
    }
}

/// Monthly states and events of `count` sampled clients per arm and site of a world, as [`simulate`] keeps them; only their own
/// caseloads are simulated. A transition table has none.
pub(crate) fn lives(scenario: &Scenario, replicate: u32, world: World, count: u32) -> Vec<LifeMonth> {
    match &scenario.dynamics {
        Dynamics::Full => full::lives(&Means::default(), scenario, replicate, world, count),
        Dynamics::Ladder(_) => Vec::new(),
    }
}

/// Number of caseloads, each with its own caseworker, in the paired world of an arm at a site.
pub(crate) fn caseloads(scenario: &Scenario, site: usize, arm: usize) -> u32 {
    allocation::paired_places(scenario, site, arm).caseloads
}

/// The expected totals of an arm per client who ever comes in, without chance; only a transition table has them.
pub fn expected(scenario: &Scenario, arm: usize) -> Option<GroupTally> {
    match &scenario.dynamics {
        Dynamics::Full => None,
        Dynamics::Ladder(ladder) => Some(ladder::world::expected(scenario, ladder, arm)),
    }
}
