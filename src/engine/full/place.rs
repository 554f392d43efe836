//! To whom something happens: found as bits in a dense pass, then worked off block by block, row by row, or in batches of sixteen
//! whose columns are copied side by side, so that one formula serves the dense pass over everybody and the batch of the few.

use super::caseload::Caseload;
use crate::stats::lanes::{Bits, LANES, blocks, live};

/// Copies columns of at most sixteen rows into the lanes of a block: `gather!(block, load, rows; trust, flags)`. Lanes past the rows keep
/// what they held, and columns that were not asked for hold nothing to rely on (nonsense, where assertions are checked).
macro_rules! gather {
    ($into:expr, $load:expr, $rows:expr; $($column:ident),+ $(,)?) => {{
        #[cfg(debug_assertions)]
        $into.forget();
        for (lane, &row) in $rows.iter().enumerate() {
            let row = row as usize;
            let from = $load.at(row / crate::stats::lanes::LANES);
            $($into.$column[lane] = from.$column[row];)+
        }
    }};
}
pub(super) use gather;

/// Copies columns back: `scatter!(block, load, rows; trust)`.
macro_rules! scatter {
    ($from:expr, $load:expr, $rows:expr; $($column:ident),+ $(,)?) => {{
        for (lane, &row) in $rows.iter().enumerate() {
            let row = row as usize;
            let into = $load.of(row);
            $(into.$column[row] = $from.$column[lane];)+
        }
    }};
}
pub(super) use scatter;

/// The rows to which something happens, found block by block as bits: no branch in the dense pass.
#[derive(Clone, Debug, Default)]
pub(super) struct Hits {
    /// One bit per row, block by block.
    blocks: Vec<Bits>,
    /// Clients whom the pass was over.
    rows: usize,
}

impl Hits {
    /// Room for the answers of a pass over these clients, which [`Hits::set`]s every block.
    #[inline(always)]
    pub(super) fn make_room(&mut self, load: &Caseload) {
        self.blocks.resize(blocks(load.rows()), 0);
        self.rows = load.rows();
    }

    /// Nobody yet, of these clients.
    #[inline(always)]
    pub(super) fn clear(&mut self, load: &Caseload) {
        self.make_room(load);
        self.blocks.fill(0);
    }

    /// The answer of a block, of which only lanes that hold a client count; whether there is somebody.
    #[inline(always)]
    pub(super) fn set(&mut self, block: usize, answer: u64) -> bool {
        let bits = answer as Bits & live(self.rows, block);
        self.blocks[block] = bits;
        bits != 0
    }

    /// A row more.
    #[inline]
    pub(super) fn put(&mut self, row: usize) {
        self.blocks[row / LANES] |= 1 << (row % LANES);
    }

    /// Who it is in a block.
    #[inline(always)]
    pub(super) fn of(&self, block: usize) -> Bits {
        self.blocks[block]
    }

    /// Whether a row is among them.
    #[inline]
    pub(super) fn has(&self, row: usize) -> bool {
        self.blocks[row / LANES] >> (row % LANES) & 1 == 1
    }

    /// How many they are.
    #[inline]
    pub(super) fn count(&self) -> usize {
        self.blocks.iter().map(|who| who.count_ones() as usize).sum()
    }

    /// The blocks with somebody among them, ascending, and who.
    #[inline]
    pub(super) fn blocks(&self) -> impl DoubleEndedIterator<Item = (usize, Bits)> {
        self.blocks.iter().copied().enumerate().filter(|&(_, bits)| bits != 0)
    }

    /// The rows, ascending.
    #[inline]
    pub(super) fn rows(&self) -> Rows<'_> {
        Rows { later: &self.blocks, next: 0, bits: 0 }
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

/// Rows of [`Hits`], ascending.
pub(super) struct Rows<'a> {
    /// The blocks after this one.
    later: &'a [Bits],
    /// The first row after this block.
    next: usize,
    /// Who is left in this block.
    bits: Bits,
}

impl Iterator for Rows<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        while self.bits == 0 {
            (self.bits, self.later) = self.later.split_first().map(|(bits, later)| (*bits, later))?;
            self.next += LANES;
        }
        let lane = self.bits.trailing_zeros() as usize;
        self.bits &= self.bits - 1;
        Some(self.next - LANES + lane)
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
    use crate::engine::full::caseload::{ClientBlock, Row};

    #[test]
    fn hits_are_rows_of_clients_in_order() {
        let mut load = Caseload::default();
        for id in 0..20 {
            load.push(&Row { id, ..Row::default() });
        }
        let mut hits = Hits::default();
        hits.clear(&load);
        hits.set(0, 0b1000_0000_0000_0001);
        hits.set(1, 0b1_1010);
        assert_eq!(hits.rows().collect::<Vec<_>>(), [0, 15, 17, 19]);
        let mut list = vec![7];
        hits.list(&mut list);
        assert_eq!(list, [0, 15, 17, 19]);
        hits.clear(&load);
        assert_eq!(hits.rows().count(), 0);
    }

    #[test]
    fn a_client_taken_out_leaves_no_gap() {
        let mut load = Caseload::default();
        for id in 0..20 {
            load.push(&Row { id, trust: id as f32, ..Row::default() });
        }
        load.remove(3);
        assert_eq!((load.rows(), load.id(3), load.trust(3)), (19, 19, 19.0));
        load.remove(18);
        assert_eq!((load.rows(), load.id(17)), (18, 17));
    }

    #[test]
    fn a_batch_reads_and_writes_its_rows_only() {
        let mut load = Caseload::default();
        for id in 0..40 {
            load.push(&Row { id, trust: id as f32, ..Row::default() });
        }
        let (rows, mut batch) = ([5, 39], ClientBlock::default());
        gather!(batch, load, rows; trust, id);
        assert_eq!((batch.trust[0], batch.trust[1], batch.id[1]), (5.0, 39.0, 39));
        batch.trust[1] += 100.0;
        scatter!(batch, load, rows; trust);
        assert_eq!((load.trust(5), load.trust(39), load.trust(6)), (5.0, 139.0, 6.0));
    }

    #[test]
    #[cfg(debug_assertions)]
    fn a_column_that_was_not_asked_for_is_nonsense() {
        let mut load = Caseload::default();
        load.push(&Row::default());
        let mut batch = ClientBlock::default();
        gather!(batch, load, [0_u32]; trust);
        assert!(batch.trust[0] == 0.0 && batch.confidence[0].is_nan() && batch.flags[0] == u32::MAX);
    }
}
