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

    /// Writes `value` in `row`, which is at most one past the last block.
    #[inline]
    pub fn put(&mut self, row: usize, value: T) {
        if row == self.blocks.len() * LANES {
            self.blocks.push(Block::default());
        }
        self[row] = value;
    }

    /// The value of a row.
    #[inline(always)]
    pub(crate) fn get(&self, row: usize) -> T {
        self.blocks[row / LANES].0[row % LANES]
    }

    /// The values of sixteen rows anywhere. A loop: `array::from_fn` and iterators over an array by value stay calls that copy it.
    #[inline(always)]
    fn at(&self, rows: &[u32; LANES]) -> [T; LANES] {
        let mut values = [T::default(); LANES];
        for (value, &row) in values.iter_mut().zip(rows) {
            *value = self.get(row as usize);
        }
        values
    }

    /// Overwrites at most sixteen rows anywhere with the first of `values`.
    #[inline(always)]
    fn put_at(&mut self, rows: &[u32], values: &[T; LANES]) {
        for (&row, &value) in rows.iter().zip(values) {
            self[row as usize] = value;
        }
    }
}

impl<T> Index<usize> for Column<T> {
    type Output = T;

    #[inline(always)]
    fn index(&self, row: usize) -> &T {
        &self.blocks[row / LANES].0[row % LANES]
    }
}

impl<T> IndexMut<usize> for Column<T> {
    #[inline(always)]
    fn index_mut(&mut self, row: usize) -> &mut T {
        &mut self.blocks[row / LANES].0[row % LANES]
    }
}

impl Column<f32> {
    /// The sixteen numbers of a block.
    #[inline(always)]
    pub fn load<S: Simd>(&self, simd: S, block: usize) -> Floats<S> {
        Floats::simd_from(simd, self.blocks[block].0)
    }

    /// Overwrites the sixteen numbers of a block.
    #[inline(always)]
    pub fn store<S: Simd>(&mut self, block: usize, values: Floats<S>) {
        self.blocks[block].0 = values.into();
    }

    /// The numbers of sixteen rows anywhere.
    #[inline(always)]
    pub(crate) fn gather<S: Simd>(&self, simd: S, rows: &[u32; LANES]) -> Floats<S> {
        Floats::simd_from(simd, self.at(rows))
    }

    /// Overwrites the numbers of at most sixteen rows anywhere with the first of `values`.
    #[inline(always)]
    pub(crate) fn scatter<S: Simd>(&mut self, rows: &[u32], values: Floats<S>) {
        let values: [f32; LANES] = values.into();
        self.put_at(rows, &values);
    }
}

impl Column<u32> {
    /// The sixteen words of a block.
    #[inline(always)]
    pub fn load<S: Simd>(&self, simd: S, block: usize) -> Words<S> {
        Words::simd_from(simd, self.blocks[block].0)
    }

    /// Overwrites the sixteen words of a block.
    #[inline(always)]
    pub fn store<S: Simd>(&mut self, block: usize, values: Words<S>) {
        self.blocks[block].0 = values.into();
    }

    /// The words of sixteen rows anywhere.
    #[inline(always)]
    pub(crate) fn gather<S: Simd>(&self, simd: S, rows: &[u32; LANES]) -> Words<S> {
        Words::simd_from(simd, self.at(rows))
    }

    /// Overwrites the words of at most sixteen rows anywhere with the first of `values`.
    #[inline(always)]
    pub(crate) fn scatter<S: Simd>(&mut self, rows: &[u32], values: Words<S>) {
        let values: [u32; LANES] = values.into();
        self.put_at(rows, &values);
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
        assert_eq!((column[19], column.get(20), blocks(0), blocks(16)), (19.0, 0.0, 0, 1));
        let two = [3, 18];
        let mut rows = [0; LANES];
        rows[..2].copy_from_slice(&two);
        fearless_simd::dispatch!(fearless_simd::Level::new(), simd => {
            let values = column.gather(simd, &rows);
            column.scatter(&two, values + 4.0);
        });
        assert_eq!((column[0], column[18]), (0.0, 22.0));
        assert_eq!(column.get(3), 7.0);
        assert_eq!(align_of::<Block<f32>>(), 64);
    }
}
