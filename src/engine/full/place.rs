//! Where sixteen lanes are read from: a block of the columns, or sixteen rows anywhere. A formula is written once and serves the
//! dense pass over everybody and the batch of the few to whom something happens.

use super::caseload::Caseload;
use crate::stats::lanes::{Bits, Column, Floats, LANES, Simd, Words};

/// Sixteen places in the columns.
pub(super) trait LaneRows: Copy {
    /// The numbers of a column there.
    fn numbers<S: Simd>(&self, simd: S, column: &Column<f32>) -> Floats<S>;
    /// The words of a column there.
    fn words<S: Simd>(&self, simd: S, column: &Column<u32>) -> Words<S>;
}

/// A block of sixteen consecutive rows.
#[derive(Clone, Copy)]
pub(super) struct Block(pub(super) usize);

impl LaneRows for Block {
    #[inline(always)]
    fn numbers<S: Simd>(&self, simd: S, column: &Column<f32>) -> Floats<S> {
        column.load(simd, self.0)
    }

    #[inline(always)]
    fn words<S: Simd>(&self, simd: S, column: &Column<u32>) -> Words<S> {
        column.load(simd, self.0)
    }
}

/// At most sixteen rows anywhere; the lanes beyond them repeat the first.
#[derive(Clone, Copy)]
pub(super) struct Batch {
    /// The rows, the first repeated to fill sixteen lanes.
    rows: [u32; LANES],
    /// How many of them are meant, 1 to 16.
    count: usize,
}

impl Batch {
    /// A batch of 1 to 16 rows.
    pub(super) fn new(chosen: &[u32]) -> Self {
        let mut rows = [chosen[0]; LANES];
        rows[..chosen.len()].copy_from_slice(chosen);
        Self { rows, count: chosen.len() }
    }

    /// The rows, lane by lane.
    pub(super) fn rows(&self) -> &[u32] {
        &self.rows[..self.count]
    }

    /// A value for every lane, by row.
    #[inline(always)]
    pub(super) fn map<T: Copy + Default>(&self, value: impl Fn(usize) -> T) -> [T; LANES] {
        let mut values = [T::default(); LANES];
        for (place, &row) in values.iter_mut().zip(&self.rows) {
            *place = value(row as usize);
        }
        values
    }

    /// Writes numbers back.
    #[inline(always)]
    pub(super) fn put<S: Simd>(&self, column: &mut Column<f32>, values: Floats<S>) {
        column.scatter(self.rows(), values);
    }

    /// Writes words back.
    #[inline(always)]
    pub(super) fn put_words<S: Simd>(&self, column: &mut Column<u32>, values: Words<S>) {
        column.scatter(self.rows(), values);
    }
}

impl LaneRows for Batch {
    #[inline(always)]
    fn numbers<S: Simd>(&self, simd: S, column: &Column<f32>) -> Floats<S> {
        column.gather(simd, &self.rows)
    }

    #[inline(always)]
    fn words<S: Simd>(&self, simd: S, column: &Column<u32>) -> Words<S> {
        column.gather(simd, &self.rows)
    }
}

/// The rows to which something happens, found block by block as bits: no branch in the dense pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Hits {
    /// One bit per row, block by block.
    blocks: Vec<Bits>,
}

impl Hits {
    /// Forgets everything, for the next pass.
    #[inline(always)]
    pub(super) fn clear(&mut self) {
        self.blocks.clear();
    }

    /// Adds the answer of the next block; only lanes that hold a client count.
    #[inline(always)]
    pub(super) fn push(&mut self, load: &Caseload, answer: u64) {
        let live = load.live(self.blocks.len());
        self.blocks.push(answer as Bits & live);
    }

    /// Whether a row is among them.
    #[inline]
    pub(super) fn has(&self, row: usize) -> bool {
        self.blocks[row / LANES] >> (row % LANES) & 1 == 1
    }

    /// The rows, ascending.
    #[inline]
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        self.blocks
            .iter()
            .enumerate()
            .flat_map(|(block, &bits)| lanes_of(bits).map(move |lane| block * LANES + lane))
    }

    /// The rows as a list, ascending.
    #[inline]
    pub(super) fn list(&self, rows: &mut Vec<u32>) {
        rows.clear();
        for (block, &bits) in self.blocks.iter().enumerate() {
            let mut rest = bits;
            while rest != 0 {
                rows.push((block * LANES) as u32 + rest.trailing_zeros());
                rest &= rest - 1;
            }
        }
    }
}

/// The lanes whose bit is set, ascending.
#[inline]
pub(super) fn lanes_of(bits: Bits) -> impl Iterator<Item = usize> {
    let mut rest = bits;
    std::iter::from_fn(move || {
        let lane = (rest != 0).then(|| rest.trailing_zeros() as usize);
        rest &= rest.wrapping_sub(1);
        lane
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;

    #[test]
    fn hits_are_rows_of_clients_in_order() {
        let mut load = Caseload::default();
        for id in 0..20 {
            load.push(&Row { id, ..Row::default() });
        }
        let mut hits = Hits::default();
        hits.push(&load, 0b1000_0000_0000_0001);
        hits.push(&load, 0b1_1010);
        assert_eq!(hits.rows().collect::<Vec<_>>(), [0, 15, 17, 19]);
        let mut list = vec![7];
        hits.list(&mut list);
        assert_eq!(list, [0, 15, 17, 19]);
        hits.clear();
        assert_eq!(hits.rows().count(), 0);
    }

    #[test]
    fn a_client_taken_out_leaves_no_gap() {
        let mut load = Caseload::default();
        for id in 0..20 {
            load.push(&Row { id, trust: id as f32, ..Row::default() });
        }
        let gone = load.take(3);
        assert_eq!((gone.id, load.rows(), load.id[3], load.trust[3]), (3, 19, 19, 19.0));
        let last = load.take(18);
        assert_eq!((last.id, load.rows()), (18, 18));
    }

    #[test]
    fn a_batch_reads_and_writes_its_rows_only() {
        let mut load = Caseload::default();
        for id in 0..40 {
            load.push(&Row { trust: id as f32, ..Row::default() });
        }
        let batch = Batch::new(&[5, 39]);
        fearless_simd::dispatch!(crate::stats::instructions::widest(), simd => {
            let trust = batch.numbers(simd, &load.trust);
            batch.put(&mut load.trust, trust + 100.0);
        });
        assert_eq!((load.trust[5], load.trust[39], load.trust[6]), (105.0, 139.0, 6.0));
    }
}
