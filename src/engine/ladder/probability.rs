//! The table as monthly probabilities: one multinomial event a month.
//!
//! The unit interval from its bottom: fraud, other, work, down; from its top: up. Fraud and other come first because
//! they often are the same on every rung: then the same draw takes a client out wherever each arm has brought it.

use fearless_simd::prelude::*;

use super::MAX_RUNGS;
use super::draws::{Draws, ONE, bounds, cell, clients, refine};
use super::effect::UpFactors;
use super::sweep::{OUT, Rungs, SideBySide, TransitionTable, by_rung};
use crate::history::{LadderArm, LadderReason};
use crate::random::Process;
use crate::random::lanes::Keys;
use crate::scenario::plan::{Ladder, LadderRung};
use crate::stats::lanes::Simd;

/// Thresholds and multipliers, in 48-bit units.
#[derive(Clone, Debug)]
pub(super) struct ProbabilityTables {
    /// Ends of the outcomes of each rung.
    rows: [Row; MAX_RUNGS],
    /// The first bits of these ends, by outcome and rung.
    cells: [[u16; MAX_RUNGS]; 4],
    /// Up-moves, by arm.
    arms: Vec<UpMoves>,
    /// Months of the run.
    months: usize,
}

/// One rung: where its events end on the unit interval.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    /// Upper ends of fraud, other, work, down.
    ends: [f64; 4],
    /// Size of the up-moves without an effect, and the room there is for them.
    up: f64,
    /// Probability that is left for moving up.
    room: f64,
}

/// Outcomes in the order in which they lie on the unit interval.
const REASONS: [LadderReason; 3] = [LadderReason::Fraud, LadderReason::Other, LadderReason::Work];
/// Place of an exit to work among the outcomes, the last of the exits.
const WORK: usize = 2;
/// Place of a move down among the outcomes.
const DOWN: usize = 3;
/// Place of a move up.
const UP: usize = 5;

impl Row {
    /// The outcomes of a rung end to end, up-moves last: a factor on them moves one end only.
    fn new(rung: &LadderRung, up: f64, down: f64) -> Self {
        let fraud = rung.fraud;
        let other = fraud + rung.other;
        let work = other + rung.work;
        let ends = [fraud, other, work, work + down].map(|end| end.min(1.0) * ONE);
        Self { ends, up: up * ONE, room: ONE - ends[3] }
    }

    /// Which outcome a draw is: 0-2 exits in the order of `REASONS`, 3 down, 4 nothing, 5 up.
    #[inline]
    fn outcome(&self, draw: f64, up_from: f64) -> usize {
        let [fraud, other, work, down] = self.ends;
        usize::from(draw >= fraud)
            + usize::from(draw >= other)
            + usize::from(draw >= work)
            + usize::from(draw >= down)
            + usize::from(draw >= up_from)
    }

    /// From where on a draw means up, at a factor on the up-moves.
    #[inline]
    fn up_from(&self, factor: f64) -> f64 {
        ONE - (self.up * factor).min(self.room)
    }
}

/// The up-moves of an arm.
#[derive(Clone, Debug)]
struct UpMoves {
    /// Factors on them.
    factors: UpFactors,
    /// The first bits from which on a draw means up, by trust class, month and rung.
    cells: Vec<[u16; MAX_RUNGS]>,
    /// Months of the run, the length of a class's part of the cells.
    months: usize,
}

impl UpMoves {
    /// Of an arm with these factors.
    fn new(factors: UpFactors, rows: &[Row; MAX_RUNGS], trust_classes: usize, months: usize) -> Self {
        let of_class = |class: usize| factors.of_class(class).iter();
        let cells = (0..trust_classes)
            .flat_map(of_class)
            .map(|&factor| rows.map(|row| cell(row.up_from(factor))))
            .collect();
        Self { factors, cells, months }
    }

    /// The cells of one trust class in a month.
    #[inline]
    fn cells(&self, trust_class: usize, month: usize) -> &[u16; MAX_RUNGS] {
        &self.cells[trust_class * self.months + month]
    }
}

impl ProbabilityTables {
    /// Tables for a run of so many months.
    pub(super) fn new(ladder: &Ladder, months: u32) -> Self {
        let months = months as usize;
        let mut rows = [Row::default(); MAX_RUNGS];
        for (index, (row, rung)) in rows.iter_mut().zip(&ladder.rungs).enumerate() {
            *row = Row::new(rung, super::exact::up(ladder, index), super::exact::down(ladder, index));
        }
        let up_moves = |&effect: &_| {
            UpMoves::new(UpFactors::new(ladder, effect, months), &rows, ladder.start_trust.len(), months)
        };
        Self {
            rows,
            cells: [0, 1, WORK, DOWN].map(|outcome| rows.map(|row| cell(row.ends[outcome]))),
            arms: ladder.effects.iter().map(up_moves).collect(),
            months,
        }
    }

    /// What a draw brings, its place among the outcomes, when its first 16 bits settle it: they are not those of the end of an outcome.
    #[inline]
    fn settled(&self, now: &SideBySide<Draws>, client: usize, rung: usize) -> Option<usize> {
        let half = now.drawn.half(now.at(), client);
        let up = self.arms[now.arm].cells(now.trust_class, now.month);
        let [fraud, other, work, down] = &self.cells;
        let ends = [fraud, other, work, down, up].map(|cells| cells[rung]);
        let beyond = ends.map(|end| usize::from(half > end)).iter().sum();
        let reached: usize = ends.map(|end| usize::from(half >= end)).iter().sum();
        (beyond == reached).then_some(beyond)
    }

    /// What a draw brings: its place among the outcomes.
    #[cold]
    fn outcome(&self, now: &SideBySide<Draws>, client: usize, rung: usize) -> usize {
        let row = &self.rows[rung];
        let half = now.drawn.half(now.at(), client);
        let (low, high) = bounds(half);
        let up_from = row.up_from(self.arms[now.arm].factors.at(now.trust_class, now.month));
        let outcome = row.outcome(low, up_from);
        if outcome == row.outcome(high, up_from) {
            return outcome;
        }
        row.outcome(refine(now.dice, Process::LadderEventRefined, now.id(client), now.step, half), up_from)
    }
}

impl TransitionTable for ProbabilityTables {
    type Drawn = Draws;

    fn steps(&self) -> usize {
        self.months
    }

    fn steps_per_month(&self) -> usize {
        1
    }

    #[inline(always)]
    fn draw<S: Simd>(simd: S, keys: &Keys<S>, clients: &[u32], batch: usize, drawn: &mut Draws) {
        drawn.draw(simd, keys, Process::LadderEvent, clients, batch);
    }

    #[inline(always)]
    fn step<S: Simd>(&self, simd: S, now: &SideBySide<Draws>, rungs: &mut Rungs, out: &mut LadderArm) {
        let up_cells = self.arms[now.arm].cells(now.trust_class, now.month);
        let tables = [&self.cells[WORK], &self.cells[DOWN], up_cells];
        let draws = now.drawn.first(now.at());
        let counts = out.of_month(now.month);
        let mut open = 0;
        for from in (0..rungs.len()).step_by(S::u8s::LEN) {
            let part = from..from + S::u8s::LEN;
            let rung = S::u8s::from_slice(simd, &rungs[part.clone()]);
            let draw = S::u8s::from_slice(simd, &draws[part.clone()]);
            let [exit, down, up] = by_rung(simd, rung, counts, tables, [0, 0, u8::MAX]);
            let unsettled = draw.simd_le(exit) | draw.simd_eq(down) | draw.simd_eq(up);
            open |= (unsettled & !rung.simd_eq(OUT)).to_bitmask() << from;
            let [none, one] = [0, 1].map(|step| S::u8s::splat(simd, step));
            let raised = rung + draw.simd_gt(up).select(one, none);
            let moved = raised - (draw.simd_lt(down) & !unsettled).select(one, none);
            moved.store_slice(&mut rungs[part]);
        }
        for client in clients(open) {
            let rung = &mut rungs[client];
            let here = usize::from(*rung) % MAX_RUNGS;
            match self.settled(now, client, here).unwrap_or_else(|| self.outcome(now, client, here)) {
                DOWN => *rung -= 1,
                UP => *rung += 1,
                exit => {
                    if let Some(&reason) = REASONS.get(exit) {
                        *rung = OUT;
                        now.leave(client, reason, out);
                    }
                }
            }
        }
    }
}
