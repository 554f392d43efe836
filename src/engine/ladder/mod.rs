//! Ladder dynamics: a table of monthly moves between rungs instead of the full model (model page 7.12).
//!
//! A client stands on a rung until an event: up, down, or out by a reason. An arm may multiply the up-moves, growing
//! with trust. Two forms of the table:
//!
//! * **probability**: within a month trust moves first, then one multinomial event (`probability.rs`);
//! * **hazard**: every step is a move, then an exit at the hazards of the rung reached (`hazard.rs`).
//!
//! How it is fast. Sixty-four clients stand side by side, a rung in a byte (`sweep.rs`); the first eight bits of a draw settle almost
//! always what happens (`draws.rs`), and the few that are left open are looked at one by one. The draws of a step serve all
//! arms. Whoever has left under all of them gives up the place after at most 64 steps. Clients of a trust class go together, since a
//! class has the same thresholds in the same month. Nothing is allocated per client and month.
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
mod sweep;
mod totals;
pub(in crate::engine) mod world;

pub mod exact;

use crate::history::{LadderArm, LadderHistory};
use crate::random::lanes::Keys;
use crate::random::sample::unit;
use crate::random::{Dice, Process};
use crate::scenario::plan::{Ladder, LadderRates};
use crate::stats::instructions;
use crate::stats::lanes::{LANES, Simd, Words, words};
use fearless_simd::{Level, prelude::*};
use hazard::HazardTables;
use probability::ProbabilityTables;

/// Rows of a table: the most rungs that a scenario may have, and to spare.
const MAX_RUNGS: usize = 16;

/// A ladder made ready to be simulated: thresholds per rung, and multipliers per arm, trust class and month.
#[derive(Clone, Debug)]
pub struct LadderEngine {
    /// Months of the run.
    months: usize,
    /// Rungs of the ladder.
    rungs: usize,
    /// Share of the clients that starts up to and including each rung; the last is 1.
    start_rung: Vec<f64>,
    /// Number of trust classes: clients are divided over them evenly.
    trust_classes: u32,
    /// The transition tables.
    tables: Tables,
    /// The vector instructions.
    level: Level,
}

/// Tables by kind of rates; they differ in what one draw decides.
#[derive(Clone, Debug)]
enum Tables {
    /// Monthly probabilities.
    Probability(Box<ProbabilityTables>),
    /// Hazards per month.
    Hazard(HazardTables),
}

impl LadderEngine {
    /// Prepares a ladder for a horizon (months, at most 65,534) and steps per month. A table of monthly probabilities
    /// always moves by whole months; `steps_per_month` cuts the steps of a table of hazards.
    pub fn new(ladder: &Ladder, months: u32, steps_per_month: u32) -> Self {
        let tables = match ladder.rates {
            LadderRates::Probability => Tables::Probability(Box::new(ProbabilityTables::new(ladder, months))),
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
            level: instructions::chosen(),
        }
    }

    /// The clients with these identifiers under every one of `arms`, with the same luck.
    ///
    /// A client's life depends on nothing but its identifier, the dice and the table: histories of parts of the clients
    /// add up to the history of all.
    pub fn simulate(
        &self,
        dice: &Dice,
        clients: impl ExactSizeIterator<Item = u32>,
        arms: &[usize],
    ) -> LadderHistory {
        let mut history = LadderHistory::default();
        self.simulate_into(dice, clients, arms, &mut history);
        history
    }

    /// The same into a history that is reused, so that a further replicate allocates nothing.
    pub fn simulate_into(
        &self,
        dice: &Dice,
        clients: impl ExactSizeIterator<Item = u32>,
        arms: &[usize],
        history: &mut LadderHistory,
    ) {
        history.arms.resize_with(arms.len(), LadderArm::default);
        for arm in &mut history.arms {
            self.clear(arm, clients.len());
        }
        let arms = (arms, &mut history.arms[..]);
        match &self.tables {
            Tables::Probability(table) => sweep::run(self, table.as_ref(), dice, clients, arms),
            Tables::Hazard(table) => sweep::run(self, table, dice, clients, arms),
        }
        for arm in &mut history.arms {
            sum_exits(arm);
        }
    }

    /// Empties an arm for so many clients, keeping its memory.
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

    /// Where clients start: rung and trust class.
    #[inline(always)]
    fn starts<S: Simd>(&self, simd: S, dice: &Dice, ids: &[u32], starts: &mut Vec<Start>) {
        const { assert!(Process::LadderStartRung.block() == Process::LadderStartTrust.block()) };
        let keys = Keys::new(simd, dice);
        let [moment, block] = [0, Process::LadderStartRung.block()].map(|word| words(simd, word));
        for ids in ids.chunks(LANES) {
            let mut sixteen = [0; LANES];
            sixteen[..ids.len()].copy_from_slice(ids);
            let drawn = keys.block(simd, Words::simd_from(simd, sixteen), moment, block);
            let rungs: [u32; LANES] = drawn[Process::LadderStartRung.lane()].into();
            let trust: [u32; LANES] = drawn[Process::LadderStartTrust.lane()].into();
            for lane in 0..ids.len() {
                let u = unit(rungs[lane]);
                let rung = self.start_rung.iter().filter(|&&upper| u >= upper).count().min(self.rungs - 1);
                let trust = u64::from(trust[lane]) * u64::from(self.trust_classes);
                starts.push(Start { rung: rung as u8, trust_class: (trust >> 32) as usize });
            }
        }
    }
}

/// Where a client starts.
#[derive(Clone, Copy)]
struct Start {
    /// Rung, 0 = the lowest.
    rung: u8,
    /// Trust class, from 0: index into the ladder's start levels.
    trust_class: usize,
}

/// Exits were written by the month in which they came: sums them up month by month.
fn sum_exits(arm: &mut LadderArm) {
    for month in 1..arm.exits.len() {
        for reason in 0..arm.exits[month].len() {
            arm.exits[month][reason] += arm.exits[month - 1][reason];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::LadderReason;
    use crate::scenario::plan::{LadderEffect, LadderRung};

    const DICE: Dice = Dice::new(4, 2);

    fn ladder(rates: LadderRates, effects: &[Option<LadderEffect>]) -> Ladder {
        let rung = |start, up, down, work| LadderRung { start, up, down, work, fraud: 0.002, other: 0.01 };
        Ladder {
            rates,
            rungs: vec![rung(0.5, 0.2, 0.0, 0.001), rung(0.3, 0.1, 0.1, 0.01), rung(0.2, 0.0, 0.1, 0.05)],
            start_trust: vec![0.1, 0.6],
            effects: effects.to_vec(),
        }
    }

    fn effect(multiplier: f64) -> Option<LadderEffect> {
        Some(LadderEffect { from_month: 2, multiplier, slope: 0.5, trust_gain: 0.1 })
    }

    fn both_forms(check: impl Fn(LadderRates, u32)) {
        check(LadderRates::Probability, 1);
        for steps_per_month in [1, 2, 4] {
            check(LadderRates::Hazard, steps_per_month);
        }
    }

    #[test]
    fn equal_arms_are_equal_to_the_bit_and_alone_or_together() {
        both_forms(|rates, steps| {
            let ladder = ladder(rates, &[None, effect(1.4), None]);
            let engine = LadderEngine::new(&ladder, 90, steps);
            let together = engine.simulate(&DICE, 0..500, &[0, 1, 2]);
            assert_eq!(together.arms[0], together.arms[2]);
            assert_ne!(together.arms[0], together.arms[1]);
            assert_eq!(engine.simulate(&DICE, 0..500, &[1]).arms[0], together.arms[1]);
        });
    }

    #[test]
    fn every_instruction_set_gives_the_same_bits() {
        both_forms(|rates, steps| {
            let mut engine = LadderEngine::new(&ladder(rates, &[None, effect(1.4)]), 130, steps);
            let widest = engine.simulate(&DICE, 0..301, &[0, 1]);
            for (name, level) in instructions::all() {
                engine.level = level;
                assert!(engine.simulate(&DICE, 0..301, &[0, 1]) == widest, "{name}");
            }
        });
    }

    #[test]
    fn parts_add_up_and_a_further_client_changes_nobody_else() {
        both_forms(|rates, steps| {
            let engine = LadderEngine::new(&ladder(rates, &[effect(1.4)]), 70, steps);
            let all = &engine.simulate(&DICE, 0..301, &[0]).arms[0];
            let (low, high) = (engine.simulate(&DICE, 0..120, &[0]), engine.simulate(&DICE, 120..301, &[0]));
            let exits = [&low.arms[0].client_exits[..], &high.arms[0].client_exits[..]].concat();
            assert_eq!(exits, all.client_exits);
            let added = low.arms[0].occupancy.iter().zip(&high.arms[0].occupancy).map(|(a, b)| a + b);
            assert!(added.eq(all.occupancy.iter().copied()));
        });
    }

    #[test]
    fn a_shorter_horizon_is_a_prefix() {
        both_forms(|rates, steps| {
            let ladder = ladder(rates, &[effect(1.4)]);
            let long = &LadderEngine::new(&ladder, 130, steps).simulate(&DICE, 0..300, &[0]).arms[0];
            for months in [1, 63, 64, 65, 100] {
                let short = &LadderEngine::new(&ladder, months, steps).simulate(&DICE, 0..300, &[0]).arms[0];
                assert!(long.occupancy.starts_with(&short.occupancy));
                assert!(long.exits.starts_with(&short.exits));
                for (short, long) in short.client_exits.iter().zip(&long.client_exits) {
                    assert_eq!(*short, long.filter(|exit| u32::from(exit.month) <= months));
                }
            }
        });
    }

    #[test]
    fn nobody_is_lost() {
        both_forms(|rates, steps| {
            let engine = LadderEngine::new(&ladder(rates, &[None, effect(3.0)]), 48, steps);
            for arm in engine.simulate(&DICE, 0..400, &[0, 1]).arms {
                for month in 0..=48 {
                    let out: u32 = LadderReason::ALL.iter().map(|&reason| arm.exits_by(month, reason)).sum();
                    assert_eq!(arm.on_benefit(month) + out, 400);
                    let by_client =
                        arm.client_exits.iter().flatten().filter(|exit| usize::from(exit.month) <= month);
                    assert_eq!(by_client.count(), out as usize);
                }
                for rung in 0..3u8 {
                    let started = arm.start_rung.iter().filter(|&&start| start == rung).count();
                    assert_eq!(arm.on_rung(0, rung.into()) as usize, started);
                }
            }
        });
    }

    /// Without moves down or exits that differ, more up-moves never leave anybody lower: luck is shared.
    #[test]
    fn a_stronger_effect_never_leaves_a_client_lower() {
        both_forms(|rates, steps| {
            let mut ladder = ladder(rates, &[None, effect(1.5)]);
            for rung in &mut ladder.rungs {
                (rung.up, rung.down, rung.work) = (0.05, 0.0, 0.01);
            }
            let engine = LadderEngine::new(&ladder, 60, steps);
            for client in 0..300 {
                let history = engine.simulate(&DICE, client..client + 1, &[0, 1]);
                assert_eq!(history.arms[0].client_exits, history.arms[1].client_exits);
                for month in 0..=60 {
                    let height = |arm: &LadderArm| (0..3).find(|&rung| arm.on_rung(month, rung) == 1);
                    assert!(height(&history.arms[1]) >= height(&history.arms[0]));
                }
            }
        });
    }

    #[test]
    fn a_reused_history_is_as_good_as_new() {
        let engine = LadderEngine::new(&ladder(LadderRates::Probability, &[None, effect(1.4)]), 24, 1);
        let mut history = LadderHistory::default();
        engine.simulate_into(&Dice::new(1, 1), 0..900, &[0, 1], &mut history);
        engine.simulate_into(&DICE, 0..50, &[1], &mut history);
        assert_eq!(history, engine.simulate(&DICE, 0..50, &[1]));
    }

    #[test]
    fn a_run_without_a_month_has_its_start() {
        both_forms(|rates, steps| {
            let engine = LadderEngine::new(&ladder(rates, &[effect(1.4)]), 0, steps);
            assert_eq!(engine.simulate(&DICE, 0..70, &[0]).arms[0].on_benefit(0), 70);
        });
    }

    #[test]
    fn extreme_tables_stay_in_range() {
        both_forms(|rates, steps| {
            let mut ladder = ladder(rates, &[None, effect(100.0)]);
            for rung in &mut ladder.rungs {
                (rung.up, rung.down, rung.work, rung.fraud, rung.other) = (0.5, 0.5, 0.0, 0.0, 0.0);
            }
            let engine = LadderEngine::new(&ladder, 100, steps);
            let history = engine.simulate(&DICE, 0..100, &[0, 1]);
            assert!(history.arms.iter().all(|arm| arm.on_benefit(100) == 100));
        });
    }

    /// Pins the addresses of the draws: a change is a new stream version and a changelog entry.
    #[test]
    fn golden_values() {
        let exits = |rates, steps| {
            let engine = LadderEngine::new(&ladder(rates, &[effect(1.4)]), 120, steps);
            engine.simulate(&Dice::new(2026, 11), 0..1_000, &[0]).arms[0].exits[120]
        };
        assert_eq!(exits(LadderRates::Probability, 1), [672, 51, 268]);
        assert_eq!(exits(LadderRates::Hazard, 2), [692, 55, 250]);
    }
}
