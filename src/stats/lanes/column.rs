//! A column of numbers, one per row, kept in blocks of sixteen: the last block is padded.

use std::ops::{Index, IndexMut};

use fearless_simd::prelude::*;

use super::{Floats, Simd, Words};

/// Rows in a block.
pub(crate) const LANES: usize = 16;

/// Bits of a block's rows: bit `lane` is row `16 * block + lane`.
pub(crate) type Bits = u16;

/// How many blocks hold so many rows.
///
/// # Example
/// ```
/// use stapjes::stats::lanes::blocks;
///
/// assert_eq!([0, 1, 16, 17].map(blocks), [0, 1, 1, 2]);
/// ```
#[inline(always)]
pub fn blocks(rows: usize) -> usize {
    rows.div_ceil(LANES)
}

/// The bits of the lanes of a block that hold a row, of `rows` in all.
///
/// # Example
/// Of 18 rows the second block holds two.
///
/// ```
/// use stapjes::stats::lanes::live;
///
/// assert_eq!([live(18, 0), live(18, 1), live(18, 2)], [u16::MAX, 0b11, 0]);
/// ```
#[inline(always)]
pub fn live(rows: usize, block: usize) -> Bits {
    let held = rows.saturating_sub(block * LANES).min(LANES);
    ((1_u32 << held) - 1) as Bits
}

/// Sixteen values, where a vector instruction can load them at once.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
#[repr(align(64))]
pub(crate) struct Block<T>([T; LANES]);

impl<T: Copy> Block<T> {
    /// The same value in every lane.
    #[cfg(debug_assertions)]
    pub(crate) fn filled(value: T) -> Self {
        Self([value; LANES])
    }
}

/// By lane, of which only the lowest four bits count: the lane of row `r` is `r` modulo sixteen, and no check is needed.
impl<T> Index<usize> for Block<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, lane: usize) -> &T {
        &self.0[lane % LANES]
    }
}

impl<T> IndexMut<usize> for Block<T> {
    #[inline(always)]
    fn index_mut(&mut self, lane: usize) -> &mut T {
        &mut self.0[lane % LANES]
    }
}

impl Block<f32> {
    /// The sixteen numbers.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S) -> Floats<S> {
        Floats::simd_from(simd, self.0)
    }

    /// Overwrites the sixteen numbers.
    #[inline(always)]
    pub(crate) fn store<S: Simd>(&mut self, values: Floats<S>) {
        self.0 = values.into();
    }
}

impl<T> Block<T> {
    /// The values, for whoever writes fewer than sixteen at a time.
    #[inline(always)]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [T] {
        &mut self.0
    }
}

impl Block<u32> {
    /// The sixteen words.
    #[inline(always)]
    pub(crate) fn load<S: Simd>(&self, simd: S) -> Words<S> {
        Words::simd_from(simd, self.0)
    }

    /// Overwrites the sixteen words.
    #[inline(always)]
    pub(crate) fn store<S: Simd>(&mut self, values: Words<S>) {
        self.0 = values.into();
    }
}

/// A column: values by row, loaded and stored by block.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column<T> {
    /// The values, sixteen at a time.
    blocks: Vec<Block<T>>,
}

impl<T: Copy + Default> Column<T> {
    /// Makes room for `rows` rows; new ones hold the default.
    pub(crate) fn resize(&mut self, rows: usize) {
        self.blocks.resize(blocks(rows), Block::default());
    }

    /// The values of at most sixteen rows anywhere.
    pub(crate) fn gather(&self, rows: &[u32]) -> Block<T> {
        let mut values = Block::default();
        for (lane, &row) in rows.iter().enumerate() {
            values[lane] = self[row as usize];
        }
        values
    }

    /// Writes `value` in `row`, which is at most one past the last block.
    #[inline]
    pub fn put(&mut self, row: usize, value: T) {
        if row == self.blocks.len() * LANES {
            self.blocks.push(Block::default());
        }
        self[row] = value;
    }
}

impl<T> Index<usize> for Column<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, row: usize) -> &T {
        &self.blocks[row / LANES][row]
    }
}

impl<T> IndexMut<usize> for Column<T> {
    #[inline(always)]
    fn index_mut(&mut self, row: usize) -> &mut T {
        &mut self.blocks[row / LANES][row]
    }
}

impl Column<f32> {
    /// The sixteen numbers of a block.
    #[inline(always)]
    pub fn load<S: Simd>(&self, simd: S, block: usize) -> Floats<S> {
        self.blocks[block].load(simd)
    }

    /// Overwrites the sixteen numbers of a block.
    #[inline(always)]
    pub fn store<S: Simd>(&mut self, block: usize, values: Floats<S>) {
        self.blocks[block].store(values);
    }
}

impl Column<u32> {
    /// The sixteen words of a block.
    #[inline(always)]
    pub fn load<S: Simd>(&self, simd: S, block: usize) -> Words<S> {
        self.blocks[block].load(simd)
    }

    /// Overwrites the sixteen words of a block.
    #[inline(always)]
    pub fn store<S: Simd>(&mut self, block: usize, values: Words<S>) {
        self.blocks[block].store(values);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_fill_blocks_and_the_rest_is_padding() {
        let mut column = Column::default();
        for row in 0..20 {
            column.put(row, row as f32);
        }
        assert_eq!((blocks(20), live(20, 0), live(20, 1), live(20, 2)), (2, 0xffff, 0xf, 0));
        assert_eq!((column[19], column[20], blocks(0), blocks(16)), (19.0, 0.0, 0, 1));
        fearless_simd::dispatch!(fearless_simd::Level::new(), simd => {
            let values = column.load(simd, 1);
            column.store(1, values + 4.0);
        });
        assert_eq!((column[16], column[18], column[3]), (20.0, 22.0, 3.0));
        assert_eq!(align_of::<Block<f32>>(), 64);
    }
}
