//! Clients side by side through the months of a run.
//!
//! Sixty-four clients of one trust class go through 64 steps together, under every arm with the same draws. Then those who have left
//! under all arms give up their places: a client who is out costs nothing further.

use fearless_simd::prelude::*;

use super::draws::{CLIENTS, STEPS};
use super::{LadderEngine, MAX_RUNGS, Start};
use crate::history::{LadderArm, LadderExit, LadderReason};
use crate::random::Dice;
use crate::random::lanes::Keys;
use crate::stats::lanes::{self, Simd};

/// The place among the rungs of those who have left.
pub(super) const OUT: u8 = u8::MAX;

/// The rungs of the clients side by side.
pub(super) type Rungs = [u8; CLIENTS];

/// A transition table: what its draws bring.
pub(super) trait TransitionTable {
    /// The draws of a batch.
    type Drawn: Default;

    /// Steps of the run.
    fn steps(&self) -> usize;

    /// Steps of a month.
    fn steps_per_month(&self) -> usize;

    /// Draws a batch of steps of some clients.
    fn draw<S: Simd>(simd: S, keys: &Keys<S>, clients: &[u32], batch: usize, drawn: &mut Self::Drawn);

    /// Takes the clients through a step under one arm; the first of a month counts them.
    fn step<S: Simd>(&self, simd: S, now: &SideBySide<Self::Drawn>, rungs: &mut Rungs, out: &mut LadderArm);
}

/// Some clients in one step under one arm.
pub(super) struct SideBySide<'a, D> {
    /// The dice of the replicate.
    pub(super) dice: &'a Dice,
    /// The draws of the batch.
    pub(super) drawn: &'a D,
    /// Who they are.
    clients: Clients<'a>,
    /// Their trust class.
    pub(super) trust_class: usize,
    /// The arm, by its place in the table.
    pub(super) arm: usize,
    /// The step of the run, from 0.
    pub(super) step: usize,
    /// The month of the run, from 0.
    pub(super) month: usize,
}

/// Clients side by side: at most [`CLIENTS`].
#[derive(Clone, Copy)]
struct Clients<'a> {
    /// Their identifiers.
    ids: &'a [u32],
    /// Their rows in the history.
    rows: &'a [u32],
}

impl<D> SideBySide<'_, D> {
    /// The step among those of the batch.
    #[inline(always)]
    pub(super) fn at(&self) -> usize {
        self.step % STEPS
    }

    /// The identifier of a client.
    #[inline]
    pub(super) fn id(&self, client: usize) -> u32 {
        self.clients.ids[client]
    }

    /// Takes a client out in this month.
    #[inline]
    pub(super) fn leave(&self, client: usize, reason: LadderReason, out: &mut LadderArm) {
        let month = self.month + 1;
        out.exits[month][reason as usize] += 1;
        out.client_exits[self.clients.rows[client] as usize] =
            Some(LadderExit { month: month as u16, reason });
    }
}

/// The first eight bits of what tables with a cell for every rung say for clients on these rungs; `out` for those who have left. Counts the
/// clients of each rung.
#[inline(always)]
pub(super) fn by_rung<S: Simd, const N: usize>(
    simd: S,
    rung: S::u8s,
    counts: &mut [u32],
    tables: [&[u16; MAX_RUNGS]; N],
    out: [u8; N],
) -> [S::u8s; N] {
    let mut found = out.map(|value| S::u8s::splat(simd, value));
    for (at, count) in counts.iter_mut().enumerate().take(MAX_RUNGS) {
        let here = rung.simd_eq(at as u8);
        *count += here.to_bitmask().count_ones();
        for (found, table) in found.iter_mut().zip(tables) {
            *found = here.select(S::u8s::splat(simd, (table[at] >> 8) as u8), *found);
        }
    }
    found
}

/// Everybody who is still on benefit under some arm, by trust class.
struct Everybody {
    /// Identifiers.
    ids: Vec<u32>,
    /// Rows in the history.
    rows: Vec<u32>,
    /// The rung, by arm and client; [`OUT`] for those who have left.
    rungs: Vec<Vec<u8>>,
    /// Where each trust class ends.
    ends: Vec<usize>,
}

impl Everybody {
    /// Everybody at the start, in the order of their trust classes.
    fn new(engine: &LadderEngine, starts: &[Start], ids: &[u32], arms: &mut [LadderArm]) -> Self {
        let mut ends = vec![0; engine.trust_classes as usize + 1];
        for start in starts {
            ends[start.trust_class + 1] += 1;
        }
        for class in 1..ends.len() {
            ends[class] += ends[class - 1];
        }
        let mut sorted = Self {
            ids: vec![0; ids.len()],
            rows: vec![0; ids.len()],
            rungs: Vec::new(),
            ends: ends[1..].to_vec(),
        };
        let mut rungs = vec![0; ids.len()];
        for (row, (start, id)) in starts.iter().zip(ids).enumerate() {
            let next = &mut ends[start.trust_class];
            (sorted.ids[*next], sorted.rows[*next], rungs[*next]) = (*id, row as u32, start.rung);
            *next += 1;
        }
        for arm in arms.iter_mut() {
            arm.start_rung.iter_mut().zip(starts).for_each(|(rung, start)| *rung = start.rung);
        }
        sorted.rungs = vec![rungs; arms.len()];
        sorted
    }

    /// Forgets those who have left under every arm.
    fn compact(&mut self) {
        let (mut kept, mut from) = (0, 0);
        for end in &mut self.ends {
            for at in from..*end {
                self.ids[kept] = self.ids[at];
                self.rows[kept] = self.rows[at];
                let mut inside = false;
                for rungs in &mut self.rungs {
                    rungs[kept] = rungs[at];
                    inside |= rungs[at] != OUT;
                }
                kept += usize::from(inside);
            }
            from = std::mem::replace(end, kept);
        }
        self.ids.truncate(kept);
        self.rows.truncate(kept);
        self.rungs.iter_mut().for_each(|rungs| rungs.truncate(kept));
    }
}

/// Takes clients through the run under `arms`, with the same draws.
pub(super) fn run<T: TransitionTable>(
    engine: &LadderEngine,
    table: &T,
    dice: &Dice,
    clients: impl Iterator<Item = u32>,
    (arms, out): (&[usize], &mut [LadderArm]),
) {
    let ids: Vec<u32> = clients.collect();
    let mut starts = Vec::with_capacity(ids.len());
    lanes::with!(engine.level, simd => engine.starts(simd, dice, &ids, &mut starts));
    let mut everybody = Everybody::new(engine, &starts, &ids, out);
    let mut drawn = T::Drawn::default();
    // One at least: it counts who is where at the start, also in a run without a month.
    let batches = table.steps().div_ceil(STEPS).max(1);
    for number in 0..batches {
        let batch = Batch { table, dice, number, arms };
        lanes::with!(engine.level, simd => batch.run(simd, &mut everybody, &mut drawn, out));
        everybody.compact();
    }
}

/// Up to 64 steps.
struct Batch<'a, T> {
    /// The table.
    table: &'a T,
    /// The dice of the replicate.
    dice: &'a Dice,
    /// Number of the batch.
    number: usize,
    /// The arms.
    arms: &'a [usize],
}

impl<T: TransitionTable> Batch<'_, T> {
    /// Takes everybody through these steps: the arms in turn at every step, so that the processor has work of one while the other waits.
    #[inline(always)]
    fn run<S: Simd>(&self, simd: S, everybody: &mut Everybody, drawn: &mut T::Drawn, out: &mut [LadderArm]) {
        let keys = Keys::new(simd, self.dice);
        let first = self.number * STEPS;
        let steps = first..self.table.steps().min(first + STEPS);
        let ends = (steps.end == self.table.steps()).then(|| steps.end / self.table.steps_per_month());
        let mut side_by_side = vec![[OUT; CLIENTS]; self.arms.len()];
        let mut from = 0;
        for (trust_class, &end) in everybody.ends.iter().enumerate() {
            while from < end {
                let to = end.min(from + CLIENTS);
                let clients = Clients { ids: &everybody.ids[from..to], rows: &everybody.rows[from..to] };
                T::draw(simd, &keys, clients.ids, self.number, drawn);
                for (here, rungs) in side_by_side.iter_mut().zip(&everybody.rungs) {
                    here.fill(OUT);
                    here[..to - from].copy_from_slice(&rungs[from..to]);
                }
                for step in steps.clone() {
                    let month = step / self.table.steps_per_month();
                    for ((rungs, out), &arm) in side_by_side.iter_mut().zip(out.iter_mut()).zip(self.arms) {
                        let now =
                            SideBySide { dice: self.dice, drawn, clients, trust_class, arm, step, month };
                        self.table.step(simd, &now, rungs, out);
                    }
                }
                for (here, rungs) in side_by_side.iter().zip(&mut everybody.rungs) {
                    rungs[from..to].copy_from_slice(&here[..to - from]);
                }
                if let Some(month) = ends {
                    for (rungs, out) in side_by_side.iter().zip(out.iter_mut()) {
                        count(simd, rungs, out.of_month(month));
                    }
                }
                from = to;
            }
        }
    }
}

/// Counts who is on each rung.
#[inline(always)]
fn count<S: Simd>(simd: S, side_by_side: &Rungs, counts: &mut [u32]) {
    for part in side_by_side.chunks_exact(S::u8s::LEN) {
        let [] = by_rung(simd, S::u8s::from_slice(simd, part), counts, [], []);
    }
}
