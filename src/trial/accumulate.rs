//! Means, errors and ranges over replicates, taken in one value list per replicate, in order.
//!
//! Memory may not grow with replicates, so each cell keeps a count, a mean and a sum of squares. Ranges
//! need the values themselves: those of the first replicates are kept, as many as fit into a fixed
//! amount of memory, and how many that were stands in the results.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::chunks::{Partial, Sum};
use super::results::Series;

/// Bytes that the values behind the ranges may take; with few cells [`MOST_RANGE_REPLICATES`] comes
/// first.
const RANGE_BYTES: usize = 192 << 20;
/// No range rests on more replicates than this.
const MOST_RANGE_REPLICATES: usize = 1024;
/// No range rests on fewer (unless the run has fewer), whatever memory it takes.
const FEWEST_RANGE_REPLICATES: usize = 64;

/// One cell's mean and spread, by Welford's recurrence.
///
/// Welford (1962), Note on a method for calculating corrected sums of squares and products, Technometrics 4(3),
/// doi:10.1080/00401706.1962.10490022: `mean += (x - mean) / n; squares += (x - old_mean) * (x - mean)`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Cell {
    /// Values so far, undefined ones not counted.
    count: u32,
    /// Their mean.
    mean: f64,
    /// Sum of squared deviations from it.
    squares: f64,
}

impl Cell {
    /// Takes in a value (Welford 1962, doi:10.1080/00401706.1962.10490022).
    fn push(&mut self, value: f64) {
        self.count += 1;
        let before = value - self.mean;
        self.mean += before / f64::from(self.count);
        self.squares += before * (value - self.mean);
    }

    /// Adds the values of another cell. Chan, Golub & LeVeque (1983), Algorithms for computing the sample variance, The
    /// American Statistician 37(3), doi:10.1080/00031305.1983.10483115.
    fn append(&mut self, later: Self) {
        if later.count == 0 {
            return;
        }
        let (earlier, other) = (f64::from(self.count), f64::from(later.count));
        let apart = later.mean - self.mean;
        self.count += later.count;
        self.mean += apart * other / (earlier + other);
        self.squares += later.squares + apart * apart * earlier * other / (earlier + other);
    }

    /// The mean; NaN without values.
    fn mean(&self) -> f64 {
        if self.count == 0 { f64::NAN } else { self.mean }
    }

    /// Standard error of the mean; NaN with fewer than two values.
    fn monte_carlo_error(&self) -> f64 {
        let count = f64::from(self.count);
        if self.count < 2 { f64::NAN } else { (self.squares / (count - 1.0) / count).sqrt() }
    }
}

/// Means, errors and ranges of one list of cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Summary {
    /// Mean; NaN where no replicate has a value.
    pub(super) mean: Vec<f64>,
    /// Monte Carlo standard error; NaN with fewer than two values.
    pub(super) mcse: Vec<f64>,
    /// 2.5 % point.
    pub(super) low: Vec<f64>,
    /// 97.5 % point.
    pub(super) high: Vec<f64>,
}

impl Summary {
    /// The series of a measure from its places in the list.
    pub(super) fn series(&self, places: Range<usize>, measure: &str, label: &str) -> Series {
        Series {
            measure: measure.to_owned(),
            label: label.to_owned(),
            mean: self.mean[places.clone()].to_vec(),
            mcse: self.mcse[places.clone()].to_vec(),
            low: self.low[places.clone()].to_vec(),
            high: self.high[places].to_vec(),
            adjusted: None,
        }
    }
}

/// Takes in the values of every replicate, in replicate order; its memory does not grow with their number.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Accumulator {
    /// One per value of a replicate.
    cells: Vec<Cell>,
    /// Values of the first replicates, for the ranges: one row per replicate, one column per cell.
    kept: Vec<Vec<f64>>,
    /// Replicates of which every value is kept, for ranges.
    most_kept: usize,
}

impl Accumulator {
    /// For lists of `cells` values, of a chunk that begins with replicate `first`.
    pub(super) fn new(cells: usize, first: u32) -> Self {
        let most_kept = most_kept(cells).saturating_sub(first as usize);
        Self { cells: vec![Cell::default(); cells], kept: Vec::new(), most_kept }
    }

    /// Takes in one replicate; NaN values are undefined and left out of their cell.
    pub(super) fn push(&mut self, values: Vec<f64>) {
        for (cell, &value) in self.cells.iter_mut().zip(&values) {
            // A measure can be undefined in a replicate (nobody left to count): its cell then has fewer
            // values than the others.
            if value.is_finite() {
                cell.push(value);
            }
        }
        if self.kept.len() < self.most_kept {
            self.kept.push(values);
        }
    }

    /// Adds the replicates that follow. Of the next chunk only as many values are kept as there is room
    /// for.
    pub(super) fn append(&mut self, later: Self) {
        self.cells.iter_mut().zip(later.cells).for_each(|(cell, later)| cell.append(later));
        let room = self.most_kept.saturating_sub(self.kept.len());
        self.kept.extend(later.kept.into_iter().take(room));
    }

    /// Replicates behind the ranges.
    pub(super) fn range_replicates(&self) -> u32 {
        self.kept.len() as u32
    }

    /// The values of the first so many replicates, one row each; `None` when they were not kept.
    pub(super) fn first(&self, replicates: u32) -> Option<&[Vec<f64>]> {
        self.kept.get(..replicates as usize)
    }

    /// Means, errors and ranges of all cells.
    pub(super) fn summary(&self) -> Summary {
        let mut summary = Summary::default();
        let mut values = Vec::with_capacity(self.kept.len());
        for (at, cell) in self.cells.iter().enumerate() {
            values.clear();
            values.extend(self.kept.iter().map(|values| values[at]).filter(|value| value.is_finite()));
            summary.mean.push(cell.mean());
            summary.mcse.push(cell.monte_carlo_error());
            summary.low.push(quantile(&mut values, 0.025));
            summary.high.push(quantile(&mut values, 0.975));
        }
        summary
    }
}

impl Partial for Accumulator {
    type Item = Vec<f64>;

    fn push(&mut self, _: u32, values: Vec<f64>) {
        Self::push(self, values);
    }
}

impl Sum for Accumulator {
    fn append(&mut self, later: Self) {
        Self::append(self, later);
    }
}

/// How many replicates the ranges of so many cells may rest on.
fn most_kept(cells: usize) -> usize {
    let bytes = cells.max(1) * size_of::<f64>();
    (RANGE_BYTES / bytes).clamp(FEWEST_RANGE_REPLICATES, MOST_RANGE_REPLICATES)
}

/// Quantile by linear interpolation between order statistics (type 7), which are selected: nothing is sorted.
///
/// Hyndman & Fan (1996), Sample quantiles in statistical packages, doi:10.1080/00031305.1996.10473566. NaN when empty.
fn quantile(values: &mut [f64], probability: f64) -> f64 {
    let Some(last) = values.len().checked_sub(1) else { return f64::NAN };
    let place = probability * last as f64;
    let below = place.floor() as usize;
    let (_, &mut lower, above) = values.select_nth_unstable_by(below, f64::total_cmp);
    let upper = above.iter().copied().min_by(f64::total_cmp).unwrap_or(lower);
    lower + (place - below as f64) * (upper - lower)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mean_error_and_range_of_known_numbers() {
        let mut accumulator = Accumulator::new(1, 0);
        for value in [1.0, 2.0, 3.0, 4.0, 5.0] {
            accumulator.push(vec![value]);
        }
        let summary = accumulator.summary();
        assert_eq!(summary.mean, [3.0]);
        assert!((summary.mcse[0] - (2.5_f64 / 5.0).sqrt()).abs() < 1e-15);
        assert!((summary.low[0] - 1.1).abs() < 1e-12);
        assert!((summary.high[0] - 4.9).abs() < 1e-12);
    }

    #[test]
    fn chunks_add_up_to_the_whole() {
        let value = |at: u32| vec![f64::from(at * at % 17), if at < 3 { f64::NAN } else { 1.0 }, 0.25];
        let of = |range: std::ops::Range<u32>| {
            let mut part = Accumulator::new(3, range.start);
            range.for_each(|at| part.push(value(at)));
            part
        };
        let (whole, mut sum) = (of(0..40), of(0..16));
        sum.append(of(16..32));
        sum.append(of(32..40));
        let (whole, sum) = (whole.summary(), sum.summary());
        for at in 0..2 {
            assert!((whole.mean[at] - sum.mean[at]).abs() < 1e-14);
            assert!((whole.mcse[at] - sum.mcse[at]).abs() < 1e-14);
        }
        assert_eq!((sum.mean[2], sum.mcse[2]), (0.25, 0.0), "what is constant stays exact");
        assert_eq!((whole.low, whole.high), (sum.low, sum.high));
    }

    #[test]
    fn undefined_values_are_left_out_of_their_cell_only() {
        let mut accumulator = Accumulator::new(2, 0);
        accumulator.push(vec![f64::NAN, 1.0]);
        accumulator.push(vec![7.0, 3.0]);
        let summary = accumulator.summary();
        assert_eq!(summary.mean, [7.0, 2.0]);
        assert!(summary.mcse[0].is_nan() && summary.mcse[1] == 1.0);
        assert_eq!(summary.low[0], 7.0);
    }

    #[test]
    fn memory_is_bounded_and_later_replicates_still_move_the_mean() {
        let mut accumulator = Accumulator::new(1, 0);
        for at in 0..3000 {
            accumulator.push(vec![f64::from(at)]);
        }
        assert_eq!(accumulator.range_replicates() as usize, MOST_RANGE_REPLICATES);
        assert_eq!(accumulator.summary().mean, [1499.5]);
        assert_eq!(most_kept(100_000_000), FEWEST_RANGE_REPLICATES);
        assert_eq!(most_kept(100_000), 251);
    }
}
