//! The table as hazards per month: every step is a move, then an exit at the hazards of the rung reached.
//!
//! With `H = u + d` the hazards up and down, a step of length dt moves up with probability `u / H * (1 - exp(-H dt))`
//! and down likewise; exits compete in the same way. Moves and exits have draws of their own. On the unit interval of
//! the move: down from the bottom, up from the top; of the exit: fraud, other, work from the bottom.

use super::draws::{BATCH, Draws, ONE, Region, bounds, refine};
use super::effect::UpFactors;
use super::exact::{self, HazardStep};
use super::{LadderEngine, Life, enter, leave, step};
use crate::history::{LadderArm, LadderReason};
use crate::random::{Dice, Process};
use crate::scenario::plan::Ladder;

/// Thresholds, in 48-bit units.
#[derive(Clone, Debug)]
pub(super) struct HazardTables {
    /// Steps of a month.
    steps_per_month: usize,
    /// Steps of the run.
    steps: usize,
    /// Moves, by arm.
    moves: Vec<MoveTable>,
    /// Ends of the exits of each rung on the unit interval, in the order of [`REASONS`].
    exits: Vec<[f64; 3]>,
    /// Where a draw must lie for any move anywhere; `None` when none can be left out.
    move_region: Option<Region>,
    /// The same for exits.
    exit_region: Option<Region>,
}

/// Moves under one arm: `(end of down, start of up)` per trust class, month and rung.
#[derive(Clone, Debug)]
struct MoveTable {
    /// Months of the run.
    months: usize,
    /// Rungs of the ladder.
    rungs: usize,
    /// Draws below the first move down, at or above the second up: by trust class, month and rung.
    thresholds: Vec<(f64, f64)>,
}

/// Reasons of exit in the order in which they lie on the unit interval.
const REASONS: [LadderReason; 3] = [LadderReason::Fraud, LadderReason::Other, LadderReason::Work];

impl MoveTable {
    /// The thresholds of one arm: with `H = u + d`, up has probability `u/H*(1 - exp(-H*dt))`, down likewise.
    fn new(ladder: &Ladder, factors: &UpFactors, step: HazardStep, months: usize) -> Self {
        let rungs = ladder.rungs.len();
        let mut thresholds = Vec::with_capacity(ladder.start_trust.len() * months * rungs);
        for trust_class in 0..ladder.start_trust.len() {
            for month in 0..months {
                let factor = factors.at(trust_class, month);
                if month > 0 && factor == factors.at(trust_class, month - 1) {
                    thresholds.extend_from_within(thresholds.len() - rungs..);
                    continue;
                }
                for rung in 0..rungs {
                    let (up, down) = step.moves(ladder, rung, factor);
                    thresholds.push((down * ONE, ONE - up * ONE));
                }
            }
        }
        Self { months, rungs, thresholds }
    }

    /// The thresholds of a rung in a month.
    #[inline]
    fn at(&self, trust_class: usize, month: usize, rung: usize) -> (f64, f64) {
        self.thresholds[(trust_class * self.months + month) * self.rungs + rung]
    }
}

impl HazardTables {
    /// Tables for a run of so many months.
    pub(super) fn new(ladder: &Ladder, months: u32, steps_per_month: u32) -> Self {
        let step = HazardStep::new(steps_per_month);
        let months = months as usize;
        let moves: Vec<MoveTable> = ladder
            .effects
            .iter()
            .map(|&effect| MoveTable::new(ladder, &UpFactors::new(ladder, effect, months), step, months))
            .collect();
        let exits: Vec<[f64; 3]> = ladder
            .rungs
            .iter()
            .map(|rung| {
                let exact::Exits { work, fraud, other } = step.exits(rung);
                [fraud, fraud + other, fraud + other + work].map(|end| end.min(1.0) * ONE)
            })
            .collect();
        let all = || moves.iter().flat_map(|table| &table.thresholds);
        let down = all().map(|moves| moves.0 / ONE).fold(0.0, f64::max);
        let up = all().map(|moves| 1.0 - moves.1 / ONE).fold(0.0, f64::max);
        let exit = exits.iter().map(|ends| ends[2] / ONE).fold(0.0, f64::max);
        Self {
            steps_per_month: steps_per_month.max(1) as usize,
            steps: months * steps_per_month.max(1) as usize,
            move_region: Region::new(down, up),
            exit_region: Region::new(exit, 0.0),
            moves,
            exits,
        }
    }

    /// The months of one client under every arm, with the same draws.
    pub(super) fn simulate(
        &self,
        engine: &LadderEngine,
        dice: &Dice,
        clients: impl Iterator<Item = u32>,
        arms: &[usize],
        out: &mut [LadderArm],
    ) {
        let mut lives = vec![Life::default(); arms.len()];
        let (mut moves, mut exits) = (Draws::default(), Draws::default());
        for (row, client) in clients.enumerate() {
            let start = engine.start(dice, client);
            for (life, out) in lives.iter_mut().zip(out.iter_mut()) {
                *life = enter(out, row, start);
            }
            for batch in 0..self.steps.div_ceil(BATCH) {
                if let Some(region) = self.move_region {
                    moves.draw(dice, Process::LadderMove, client, batch, region);
                }
                if let Some(region) = self.exit_region {
                    exits.draw(dice, Process::LadderExit, client, batch, region);
                }
                let sweep =
                    Sweep { tables: self, dice, client, first: batch * BATCH, moves: &moves, exits: &exits };
                let mut anybody = false;
                for ((life, out), &arm) in lives.iter_mut().zip(out.iter_mut()).zip(arms) {
                    if !life.out {
                        sweep.run(&self.moves[arm], row, life, out);
                        anybody |= !life.out;
                    }
                }
                if !anybody {
                    break;
                }
            }
        }
    }
}

/// Up to 128 steps of one client, for all arms.
struct Sweep<'a> {
    /// The tables.
    tables: &'a HazardTables,
    /// The dice of the replicate.
    dice: &'a Dice,
    /// Identifier of the client.
    client: u32,
    /// First step of the batch.
    first: usize,
    /// Draws for moves.
    moves: &'a Draws,
    /// Draws for exits.
    exits: &'a Draws,
}

impl Sweep<'_> {
    /// One arm through the batch: only candidates are looked at.
    #[inline]
    fn run(&self, table: &MoveTable, row: usize, life: &mut Life, out: &mut LadderArm) {
        let (moves, exits) = (self.moves.candidates(), self.exits.candidates());
        for at in (moves | exits).up_to(self.tables.steps - self.first) {
            let month = (self.first + at) / self.tables.steps_per_month;
            if moves.has(at) {
                let next = self.rung_after_move(table.at(life.trust_class, month, life.rung), life.rung, at);
                step(out, month + 1, life.rung, next);
                life.rung = next;
            }
            if exits.has(at)
                && let Some(reason) = self.exit(&self.tables.exits[life.rung], at)
            {
                leave(out, row, month + 1, life.rung, reason);
                life.out = true;
                return;
            }
        }
    }

    /// The rung after a move that the draw may bring.
    #[inline]
    fn rung_after_move(&self, (down, up): (f64, f64), rung: usize, at: usize) -> usize {
        let after = |draw: f64| rung + usize::from(draw >= up) - usize::from(draw < down);
        let half = self.moves.half(at);
        let (low, high) = bounds(half);
        if after(low) == after(high) {
            return after(low);
        }
        after(refine(self.dice, Process::LadderMoveRefined, self.client, self.first + at, half))
    }

    /// The reason for which the draw makes the client leave; `None` when it does not.
    #[inline]
    fn exit(&self, ends: &[f64; 3], at: usize) -> Option<LadderReason> {
        let which = |draw: f64| ends.iter().filter(|&&end| draw >= end).count();
        let half = self.exits.half(at);
        let (low, high) = bounds(half);
        let mut reason = which(low);
        if reason != which(high) {
            reason = which(refine(self.dice, Process::LadderExitRefined, self.client, self.first + at, half));
        }
        REASONS.get(reason).copied()
    }
}
