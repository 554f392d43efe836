//! The table as hazards per month: every step is a move, then an exit at the hazards of the rung reached.
//!
//! With `H = u + d` the hazards up and down, a step of length dt moves up with probability `u / H * (1 - exp(-H dt))`
//! and down likewise; exits compete in the same way. Moves and exits have draws of their own. On the unit interval of
//! the move: down from the bottom, up from the top; of the exit: fraud, other, work from the bottom.

use fearless_simd::prelude::*;

use super::MAX_RUNGS;
use super::draws::{Draws, ONE, bounds, cell, clients, refine};
use super::effect::UpFactors;
use super::exact::{self, HazardStep};
use super::sweep::{OUT, Rungs, SideBySide, TransitionTable, by_rung};
use crate::history::{LadderArm, LadderReason};
use crate::random::Process;
use crate::random::lanes::Keys;
use crate::scenario::plan::Ladder;
use crate::stats::lanes::Simd;

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
    /// The first bits of where they end.
    exit_cells: [u16; MAX_RUNGS],
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
    /// The first bits of both, by trust class and month.
    cells: Vec<[[u16; MAX_RUNGS]; 2]>,
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
        let of_rungs = |rungs: &[(f64, f64)]| {
            let mut cells = [[0; MAX_RUNGS]; 2];
            for (rung, &(down, up)) in rungs.iter().enumerate() {
                (cells[0][rung], cells[1][rung]) = (cell(down), cell(up));
            }
            cells
        };
        let cells = thresholds.chunks_exact(rungs).map(of_rungs).collect();
        Self { months, rungs, thresholds, cells }
    }

    /// The thresholds of a rung in a month.
    #[inline]
    fn at(&self, trust_class: usize, month: usize, rung: usize) -> (f64, f64) {
        self.thresholds[(trust_class * self.months + month) * self.rungs + rung]
    }
}

/// The draws of a batch.
#[derive(Default)]
pub(super) struct HazardDraws {
    /// Draws for moves.
    moves: Draws,
    /// Draws for exits.
    exits: Draws,
}

impl HazardTables {
    /// Tables for a run of so many months.
    pub(super) fn new(ladder: &Ladder, months: u32, steps_per_month: u32) -> Self {
        let step = HazardStep::new(steps_per_month);
        let months = months as usize;
        let moves =
            |&effect: &_| MoveTable::new(ladder, &UpFactors::new(ladder, effect, months), step, months);
        let exits = ladder.rungs.iter().map(|rung| {
            let exact::Exits { work, fraud, other } = step.exits(rung);
            [fraud, fraud + other, fraud + other + work].map(|end| end.min(1.0) * ONE)
        });
        let exits: Vec<[f64; 3]> = exits.collect();
        let mut exit_cells = [0; MAX_RUNGS];
        for (exit_cell, [.., last]) in exit_cells.iter_mut().zip(&exits) {
            *exit_cell = cell(*last);
        }
        Self {
            steps_per_month: steps_per_month.max(1) as usize,
            steps: months * steps_per_month.max(1) as usize,
            moves: ladder.effects.iter().map(moves).collect(),
            exits,
            exit_cells,
        }
    }

    /// The rung after a move that the draw may bring.
    #[inline]
    fn rung_after_move(&self, now: &SideBySide<HazardDraws>, client: usize, rung: u8) -> u8 {
        let (down, up) = self.moves[now.arm].at(now.trust_class, now.month, rung.into());
        let after = |draw: f64| rung + u8::from(draw >= up) - u8::from(draw < down);
        let half = now.drawn.moves.half(now.at(), client);
        let (low, high) = bounds(half);
        if after(low) == after(high) {
            return after(low);
        }
        after(refine(now.dice, Process::LadderMoveRefined, now.id(client), now.step, half))
    }

    /// The reason for which the draw makes the client leave; `None` when it does not.
    #[inline]
    fn exit(&self, now: &SideBySide<HazardDraws>, client: usize, rung: u8) -> Option<LadderReason> {
        let ends = &self.exits[usize::from(rung)];
        let which = |draw: f64| ends.iter().filter(|&&end| draw >= end).count();
        let half = now.drawn.exits.half(now.at(), client);
        let (low, high) = bounds(half);
        let mut reason = which(low);
        if reason != which(high) {
            reason = which(refine(now.dice, Process::LadderExitRefined, now.id(client), now.step, half));
        }
        REASONS.get(reason).copied()
    }

    /// Moves the clients whose draw is settled by its first bits; those of whom it is not, one bit per client.
    #[inline(always)]
    fn settled_moves<S: Simd>(
        &self,
        simd: S,
        now: &SideBySide<HazardDraws>,
        rungs: &mut Rungs,
        counts: &mut [u32],
    ) -> u64 {
        let table = &self.moves[now.arm];
        let [down_cells, up_cells] = &table.cells[now.trust_class * table.months + now.month];
        let draws = now.drawn.moves.first(now.at());
        let mut open = 0;
        for from in (0..rungs.len()).step_by(S::u8s::LEN) {
            let part = from..from + S::u8s::LEN;
            let rung = S::u8s::from_slice(simd, &rungs[part.clone()]);
            let draw = S::u8s::from_slice(simd, &draws[part.clone()]);
            let [down, up] = by_rung(simd, rung, counts, [down_cells, up_cells], [0, u8::MAX]);
            let unsettled = draw.simd_eq(down) | draw.simd_eq(up);
            open |= (unsettled & !rung.simd_eq(OUT)).to_bitmask() << from;
            let [none, one] = [0, 1].map(|step| S::u8s::splat(simd, step));
            let raised = rung + draw.simd_gt(up).select(one, none);
            (raised - draw.simd_lt(down).select(one, none)).store_slice(&mut rungs[part]);
        }
        open
    }

    /// Whose draw may be an exit, one bit per client.
    #[inline(always)]
    fn may_leave<S: Simd>(
        &self,
        simd: S,
        now: &SideBySide<HazardDraws>,
        rungs: &Rungs,
        counts: &mut [u32],
    ) -> u64 {
        let draws = now.drawn.exits.first(now.at());
        let mut open = 0;
        for from in (0..rungs.len()).step_by(S::u8s::LEN) {
            let part = from..from + S::u8s::LEN;
            let rung = S::u8s::from_slice(simd, &rungs[part.clone()]);
            let [exit] = by_rung(simd, rung, counts, [&self.exit_cells], [0]);
            let draw = S::u8s::from_slice(simd, &draws[part]);
            open |= (draw.simd_le(exit) & !rung.simd_eq(OUT)).to_bitmask() << from;
        }
        open
    }
}

impl TransitionTable for HazardTables {
    type Drawn = HazardDraws;

    fn steps(&self) -> usize {
        self.steps
    }

    fn steps_per_month(&self) -> usize {
        self.steps_per_month
    }

    #[inline(always)]
    fn draw<S: Simd>(simd: S, keys: &Keys<S>, clients: &[u32], batch: usize, drawn: &mut HazardDraws) {
        drawn.moves.draw(simd, keys, Process::LadderMove, clients, batch);
        drawn.exits.draw(simd, keys, Process::LadderExit, clients, batch);
    }

    #[inline(always)]
    fn step<S: Simd>(&self, simd: S, now: &SideBySide<HazardDraws>, rungs: &mut Rungs, out: &mut LadderArm) {
        let mut uncounted = [0; MAX_RUNGS];
        let uncounted = &mut uncounted[..out.rungs];
        let begins = now.step.is_multiple_of(self.steps_per_month);
        let counts = if begins { out.of_month(now.month) } else { &mut *uncounted };
        for client in clients(self.settled_moves(simd, now, rungs, counts)) {
            rungs[client] = self.rung_after_move(now, client, rungs[client]);
        }
        for client in clients(self.may_leave(simd, now, rungs, uncounted)) {
            if let Some(reason) = self.exit(now, client, rungs[client]) {
                rungs[client] = OUT;
                now.leave(client, reason, out);
            }
        }
    }
}
