//! Ladder dynamics: a table of monthly moves between rungs instead of the full model (model page 7.12).
//!
//! A client stands on a rung until an event: up, down, or out by a reason. An arm may multiply the up-moves, growing
//! with trust. Two forms of the table:
//!
//! * **probability**: within a month trust moves first, then one multinomial event ([`probability`]);
//! * **hazard**: every step is a move, then an exit at the hazards of the rung reached ([`hazard`]).
//!
//! How it is fast. Thinning (Lewis & Shedler 1979, doi 10.1002/nav.3800260304; "uniformization" for chains): whatever
//! the rung, trust, month and arm, nothing can happen in a month whose draw lies outside the largest event region of
//! the table. Which months are candidates is therefore a comparison of the bare draws ([`draws`]), 64 months of one
//! client at a time, once for all arms; only candidates (some five to ten in a hundred) are looked at, in order, with
//! the client's state in registers. Whoever has left costs nothing further. Nothing is allocated per client, and the
//! totals are differences that are summed once.
//!
//! Draws are addressed by client and month and are the same for every arm; the events are laid out on the unit interval
//! such that the up-moves begin at its top and all else at its bottom. Arms with the same table and no effect are equal
//! to the bit; an arm with a larger multiplier moves up whenever the other does.
//!
//! [`exact`] gives the expectation of the same chain without any chance.

mod draws;
mod effect;
mod hazard;
mod probability;

pub mod exact;

use crate::history::{LadderArm, LadderExit, LadderHistory, LadderReason};
use crate::random::sample::unit;
use crate::random::{Dice, Process};
use crate::scenario::plan::{Ladder, LadderRates};
use core::ops::Range;
use hazard::HazardTables;
use probability::ProbabilityTables;

/// A ladder made ready to be simulated: thresholds per rung, and multipliers per arm, trust class and month.
#[derive(Clone, Debug)]
pub struct LadderEngine {
    months: usize,
    rungs: usize,
    start_rung: Vec<f64>,
    trust_classes: u32,
    tables: Tables,
}

#[derive(Clone, Debug)]
enum Tables {
    Probability(ProbabilityTables),
    Hazard(HazardTables),
}

impl LadderEngine {
    /// Prepares a ladder for a horizon (months, at most 65,534) and steps per month. A table of monthly probabilities
    /// always moves by whole months; `steps_per_month` cuts the steps of a table of hazards.
    pub fn new(ladder: &Ladder, months: u32, steps_per_month: u32) -> Self {
        let tables = match ladder.rates {
            LadderRates::Probability => Tables::Probability(ProbabilityTables::new(ladder, months)),
            LadderRates::Hazard => Tables::Hazard(HazardTables::new(ladder, months, steps_per_month)),
        };
        let mut sum = 0.0;
        let total: f64 = ladder.rungs.iter().map(|rung| rung.start).sum();
        let start_rung = ladder.rungs.iter().map(|rung| {
            sum += rung.start / total;
            sum
        });
        Self {
            months: months as usize,
            rungs: ladder.rungs.len(),
            start_rung: start_rung.collect(),
            trust_classes: ladder.start_trust.len() as u32,
            tables,
        }
    }

    /// The clients with these identifiers under every one of `arms`, with the same luck.
    ///
    /// A client's life depends on nothing but its identifier, the dice and the table: histories of parts of the clients
    /// add up to the history of all.
    pub fn simulate(&self, dice: &Dice, clients: Range<u32>, arms: &[usize]) -> LadderHistory {
        let mut history = LadderHistory::default();
        self.simulate_into(dice, clients, arms, &mut history);
        history
    }

    /// The same into a history that is reused, so that a further replicate allocates nothing.
    pub fn simulate_into(
        &self,
        dice: &Dice,
        clients: Range<u32>,
        arms: &[usize],
        history: &mut LadderHistory,
    ) {
        history.arms.resize_with(arms.len(), LadderArm::default);
        for arm in &mut history.arms {
            self.clear(arm, clients.len());
        }
        match &self.tables {
            Tables::Probability(tables) => tables.simulate(self, dice, clients, arms, &mut history.arms),
            Tables::Hazard(tables) => tables.simulate(self, dice, clients, arms, &mut history.arms),
        }
        for arm in &mut history.arms {
            sum_differences(arm);
        }
    }

    fn clear(&self, arm: &mut LadderArm, clients: usize) {
        arm.rungs = self.rungs;
        arm.occupancy.clear();
        arm.occupancy.resize((self.months + 1) * self.rungs, 0);
        arm.exits.clear();
        arm.exits.resize(self.months + 1, [0; 3]);
        arm.start_rung.clear();
        arm.start_rung.resize(clients, 0);
        arm.client_exits.clear();
        arm.client_exits.resize(clients, None);
    }

    /// Where a client starts: rung and trust class.
    #[inline]
    fn start(&self, dice: &Dice, client: u32) -> Start {
        const { assert!(Process::LadderStartRung.block() == Process::LadderStartTrust.block()) };
        let block = dice.block(client, 0, Process::LadderStartRung.block());
        let u = unit(block[Process::LadderStartRung.lane()]);
        let rung = self.start_rung.iter().take_while(|&&upper| u >= upper).count().min(self.rungs - 1);
        let trust = u64::from(block[Process::LadderStartTrust.lane()]) * u64::from(self.trust_classes);
        Start { rung, trust_class: (trust >> 32) as usize }
    }
}

#[derive(Clone, Copy)]
struct Start {
    rung: usize,
    trust_class: usize,
}

/// A client under one arm, as the sweep goes on.
#[derive(Clone, Copy, Default)]
struct Life {
    rung: usize,
    trust_class: usize,
    out: bool,
}

/// Puts a client on its first rung. Until [`sum_differences`], occupancy and exits hold differences between months.
#[inline]
fn enter(arm: &mut LadderArm, row: usize, start: Start) -> Life {
    arm.occupancy[start.rung] += 1;
    arm.start_rung[row] = start.rung as u8;
    Life { rung: start.rung, trust_class: start.trust_class, out: false }
}

/// Moves a client between rungs in the month that ends at `month`; the same rung is no move.
#[inline]
fn step(arm: &mut LadderArm, month: usize, from: usize, to: usize) {
    let at = month * arm.rungs;
    arm.occupancy[at + from] = arm.occupancy[at + from].wrapping_sub(1);
    arm.occupancy[at + to] = arm.occupancy[at + to].wrapping_add(1);
}

/// Takes a client out in the month that ends at `month`.
#[inline]
fn leave(arm: &mut LadderArm, row: usize, month: usize, rung: usize, reason: LadderReason) {
    let at = month * arm.rungs + rung;
    arm.occupancy[at] = arm.occupancy[at].wrapping_sub(1);
    arm.exits[month][reason as usize] += 1;
    arm.client_exits[row] = Some(LadderExit { month: month as u16, reason });
}

fn sum_differences(arm: &mut LadderArm) {
    for at in arm.rungs..arm.occupancy.len() {
        arm.occupancy[at] = arm.occupancy[at].wrapping_add(arm.occupancy[at - arm.rungs]);
    }
    for month in 1..arm.exits.len() {
        for reason in 0..arm.exits[month].len() {
            arm.exits[month][reason] += arm.exits[month - 1][reason];
        }
    }
}
