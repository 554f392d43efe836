//! The table as monthly probabilities: one multinomial event a month.
//!
//! The unit interval from its bottom: fraud, other, work, down; from its top: up. Fraud and other come first because
//! they often are the same on every rung: then the same draw takes a client out wherever each arm has brought it.

use super::draws::{BATCH, Draws, ONE, Region, Steps, bounds, refine};
use super::effect::UpFactors;
use super::{LadderEngine, Life, enter, leave, step};
use crate::history::{LadderArm, LadderReason};
use crate::random::{Dice, Process};
use crate::scenario::plan::{Ladder, LadderRung};

/// Rows of the table: the most rungs that a scenario may have, and to spare.
const MAX_RUNGS: usize = 16;

/// Thresholds and multipliers, in 48-bit units.
#[derive(Clone, Debug)]
pub(super) struct ProbabilityTables {
    /// Ends of the outcomes of each rung.
    rows: [Row; MAX_RUNGS],
    /// The cell of 16 bits in which each of these ends lies.
    cells: [[u32; 4]; MAX_RUNGS],
    /// Where a draw must lie for anything to happen; `None` when none can be left out.
    region: Option<Region>,
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
    /// The cell of 16 bits from which on a draw means up, by trust class, month and rung.
    cells: Vec<[u32; MAX_RUNGS]>,
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

    /// The cells of one trust class, month by month.
    #[inline]
    fn of_class(&self, trust_class: usize) -> &[[u32; MAX_RUNGS]] {
        &self.cells[trust_class * self.months..][..self.months]
    }
}

/// The first 16 bits of a threshold on 48-bit draws; 65,536 when no draw reaches it.
fn cell(threshold: f64) -> u32 {
    (threshold / 4_294_967_296.0) as u32
}

impl ProbabilityTables {
    /// Tables for a run of so many months.
    pub(super) fn new(ladder: &Ladder, months: u32) -> Self {
        let months = months as usize;
        let mut rows = [Row::default(); MAX_RUNGS];
        for (index, (row, rung)) in rows.iter_mut().zip(&ladder.rungs).enumerate() {
            *row = Row::new(rung, super::exact::up(ladder, index), super::exact::down(ladder, index));
        }
        let arms: Vec<UpFactors> =
            ladder.effects.iter().map(|&effect| UpFactors::new(ladder, effect, months)).collect();
        let factor = arms.iter().map(UpFactors::largest).fold(1.0, f64::max);
        let up_moves = |factors| UpMoves::new(factors, &rows, ladder.start_trust.len(), months);
        let bottom = rows.iter().map(|row| row.ends[3] / ONE).fold(0.0, f64::max);
        let top = rows.iter().map(|row| 1.0 - row.up_from(factor) / ONE).fold(0.0, f64::max);
        Self {
            rows,
            cells: rows.map(|row| row.ends.map(cell)),
            region: Region::new(bottom, top),
            arms: arms.into_iter().map(up_moves).collect(),
            months,
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
        let mut draws = Draws::default();
        for (row, client) in clients.enumerate() {
            let start = engine.start(dice, client);
            for (life, out) in lives.iter_mut().zip(out.iter_mut()) {
                *life = enter(out, row, start);
            }
            let Some(region) = self.region else { continue };
            for batch in 0..self.months.div_ceil(BATCH) {
                draws.draw(dice, Process::LadderEvent, client, batch, region);
                let sweep = Sweep::new(self, dice, client, batch, &draws);
                let mut anybody = false;
                for ((life, out), &arm) in lives.iter_mut().zip(out.iter_mut()).zip(arms) {
                    if !life.out {
                        sweep.run(&self.arms[arm], row, life, out);
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

/// Up to 128 months of one client, for all arms.
struct Sweep<'a> {
    /// The tables.
    tables: &'a ProbabilityTables,
    /// The dice of the replicate.
    dice: &'a Dice,
    /// Identifier of the client.
    client: u32,
    /// First month of the batch.
    first: usize,
    /// The draws of the batch.
    draws: &'a Draws,
    /// Months of the run whose draw may mean anything.
    candidates: Steps,
}

impl<'a> Sweep<'a> {
    /// A batch of months of a client, with their draws.
    #[inline]
    fn new(
        tables: &'a ProbabilityTables,
        dice: &'a Dice,
        client: u32,
        batch: usize,
        draws: &'a Draws,
    ) -> Self {
        let first = batch * BATCH;
        let candidates = draws.candidates().up_to(tables.months - first);
        Self { tables, dice, client, first, draws, candidates }
    }

    /// One arm through the batch: only candidates are looked at.
    #[inline]
    fn run(&self, up: &UpMoves, row: usize, life: &mut Life, out: &mut LadderArm) {
        let up_cells = &up.of_class(life.trust_class)[self.first..];
        let mut rung = life.rung;
        for at in self.candidates {
            let outcome = match self.certain(rung, at, &up_cells[at]) {
                Some(outcome) => outcome,
                None => self.outcome(rung, at, up.factors.at(life.trust_class, self.first + at)),
            };
            let month = self.first + at + 1;
            if outcome < REASONS.len() {
                leave(out, row, month, rung, REASONS[outcome]);
                life.out = true;
                return;
            }
            let next = rung + usize::from(outcome == UP) - usize::from(outcome == DOWN);
            step(out, month, rung, next);
            rung = next;
        }
        life.rung = rung;
    }

    /// What a draw brings on a rung, its place among the outcomes, when its first 16 bits settle it: they lie in no cell in which an
    /// outcome ends.
    #[inline]
    fn certain(&self, rung: usize, at: usize, up_cells: &[u32; MAX_RUNGS]) -> Option<usize> {
        let half = u32::from(self.draws.half(at));
        let [fraud, other, work, down] = self.tables.cells[rung % MAX_RUNGS];
        let up = up_cells[rung % MAX_RUNGS];
        let beyond = usize::from(half > fraud)
            + usize::from(half > other)
            + usize::from(half > work)
            + usize::from(half > down)
            + usize::from(half > up);
        let reached = usize::from(half >= fraud)
            + usize::from(half >= other)
            + usize::from(half >= work)
            + usize::from(half >= down)
            + usize::from(half >= up);
        (beyond == reached).then_some(beyond)
    }

    /// What a draw brings on a rung: its place among the outcomes.
    #[cold]
    fn outcome(&self, rung: usize, at: usize, factor: f64) -> usize {
        let row = &self.tables.rows[rung % MAX_RUNGS];
        let half = self.draws.half(at);
        let (low, high) = bounds(half);
        let up_from = row.up_from(factor);
        let outcome = row.outcome(low, up_from);
        if outcome == row.outcome(high, up_from) {
            return outcome;
        }
        let month = self.first + at;
        row.outcome(refine(self.dice, Process::LadderEventRefined, self.client, month, half), up_from)
    }
}
