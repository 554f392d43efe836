//! One replicate: a pure function of (scenario, replicate number), and the only place where people are drawn and their
//! months simulated. Whatever is asked of a replicate, it has the same people and the same draws.
//!
//! ```
//! use stapjes::scenario::embedded;
//! use stapjes::trial::replicate;
//!
//! let scenario = embedded("lange-adem", &["horizon_months=3".to_owned()]).expect("built in").scenario;
//! let record = replicate::study(&scenario, 7).record;
//! assert_eq!(record, replicate::study(&scenario, 7).record);
//! assert_eq!(replicate::paired(&scenario, 7).len(), scenario.arms.len());
//! ```

use crate::engine::{self, Keep};
use crate::history::{History, LifeMonth, World};
use crate::population::{self, Population};
use crate::scenario::Scenario;

/// Monthly totals only.
const TOTALS: Keep = Keep { record: false, lives: 0 };

/// Everybody under every arm in turn.
///
/// # Example
/// ```
/// use stapjes::history::Tally;
/// use stapjes::kinds::ExitReason;
/// use stapjes::trial::replicate::paired;
///
/// // The same clients with the same draws under every arm: a pure function of the scenario and the number.
/// let small = ["horizon_months=6", "arm.regular.participants=20", "arm.fip.participants=20"];
/// let overrides = small.map(str::to_owned);
/// let scenario = stapjes::scenario::embedded("lange-adem", &overrides)?.scenario;
/// let (worlds, again) = (paired(&scenario, 3), paired(&scenario, 3));
/// assert!(worlds == again && worlds.len() == scenario.arms.len());
/// let entered = |arm: usize| worlds[arm].tallies[0][0].column(Tally::Entered)[0];
/// assert_eq!(entered(0), entered(1));
/// let died = |arm: usize| worlds[arm].tallies[0][0].column(Tally::Exit(ExitReason::Death)).iter().sum::<f64>();
/// assert!(died(0) <= entered(0));
/// # Ok::<(), stapjes::document::Problems>(())
/// ```
pub fn paired(scenario: &Scenario, replicate: u32) -> Vec<History> {
    in_worlds(scenario, replicate, every_arm(scenario))
}

/// Everybody under one arm.
pub(crate) fn under(scenario: &Scenario, arm: usize, replicate: u32) -> History {
    engine::simulate(scenario, &people(scenario, replicate), replicate, World::Paired { arm }, TOTALS)
}

/// Everybody under the two arms of a comparison.
pub(crate) fn pair(scenario: &Scenario, replicate: u32, arms: [usize; 2]) -> [History; 2] {
    let population = people(scenario, replicate);
    arms.map(|arm| engine::simulate(scenario, &population, replicate, World::Paired { arm }, TOTALS))
}

/// The study as it would be run: each participant in one arm, with the record of what happened to them.
pub fn study(scenario: &Scenario, replicate: u32) -> History {
    study_of(scenario, &people(scenario, replicate), replicate)
}

/// The same with people who were not drawn by the scenario, for instance entrants only.
pub(crate) fn study_of(scenario: &Scenario, population: &Population, replicate: u32) -> History {
    engine::simulate(scenario, population, replicate, World::Study, Keep { record: true, lives: 0 })
}

/// Who is there at the start.
pub(crate) fn people(scenario: &Scenario, replicate: u32) -> Population {
    population::draw(scenario, replicate)
}

/// Everybody under every arm and, last, the monthly totals of the study.
pub(crate) fn paired_and_study(scenario: &Scenario, replicate: u32) -> (Vec<History>, Option<History>) {
    let mut all = in_worlds(scenario, replicate, every_arm(scenario).chain([World::Study]));
    let study = all.pop();
    (all, study)
}

/// Monthly states and events of `count` sampled clients per arm and site of replicate 0, under every arm with the same draws.
pub fn lives(scenario: &Scenario, count: u32) -> Vec<LifeMonth> {
    every_arm(scenario).flat_map(|world| engine::lives(scenario, 0, world, count)).collect()
}

/// The paired world of each arm.
fn every_arm(scenario: &Scenario) -> impl Iterator<Item = World> {
    (0..scenario.arms.len()).map(|arm| World::Paired { arm })
}

/// The monthly totals of the same people in these worlds.
fn in_worlds(scenario: &Scenario, replicate: u32, worlds: impl Iterator<Item = World>) -> Vec<History> {
    let population = people(scenario, replicate);
    worlds.map(|world| engine::simulate(scenario, &population, replicate, world, TOTALS)).collect()
}
