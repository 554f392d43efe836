//! Times that differ only by rounding are one time.
//!
//! Dates divided by 30.4375 give 11.99999999 and 12.00000001 where the file said "twelve months"; tests that condition on
//! risk sets must see one time. The rule is that of R's `survival` (`timefix`): walk through the sorted distinct times
//! and join each to its predecessor when the gap is at most 1.49e-8, absolutely or as a fraction of their mean.

use crate::observe::Dataset;
use std::borrow::Cow;

/// Largest gap that is rounding: the square root of the machine precision.
pub const TOLERANCE: f64 = 1.490_116_119_384_765_6e-8;

/// The data set with times that differ only by rounding made equal; borrowed when there are none.
pub fn merge_close_times(data: &Dataset) -> Cow<'_, Dataset> {
    let mut distinct: Vec<f64> =
        data.time.iter().chain(data.start.iter().flatten()).map(|t| t + 0.0).collect();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    let gap = allowed_gap(&distinct);
    if !distinct.windows(2).any(|pair| pair[1] - pair[0] <= gap) {
        return Cow::Borrowed(data);
    }
    let mut cuts = Vec::with_capacity(distinct.len());
    for (i, &t) in distinct.iter().enumerate() {
        if i == 0 || t - distinct[i - 1] > gap {
            cuts.push(t);
        }
    }
    let canonical = |t: f64| cuts[cuts.partition_point(|&cut| cut <= t).saturating_sub(1)];
    let mut merged = data.clone();
    merged.time.iter_mut().for_each(|t| *t = canonical(*t));
    merged.start.iter_mut().flatten().for_each(|t| *t = canonical(*t));
    Cow::Owned(merged)
}

/// The largest gap between sorted distinct times that counts as a tie.
pub fn allowed_gap(distinct: &[f64]) -> f64 {
    let mean = distinct.iter().sum::<f64>() / distinct.len().max(1) as f64;
    TOLERANCE * mean.max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_rounding_only() {
        let data = Dataset { time: vec![12.0, 11.999_999_99, 13.0, 12.1], ..Dataset::default() };
        assert_eq!(merge_close_times(&data).time, vec![11.999_999_99, 11.999_999_99, 13.0, 12.1]);
        let apart = Dataset { time: vec![12.0, 11.999_99], ..Dataset::default() };
        assert!(matches!(merge_close_times(&apart), Cow::Borrowed(_)));
    }
}
