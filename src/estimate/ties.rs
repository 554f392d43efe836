//! Times that differ only by rounding are one time: the data set with `joined` times.

use crate::observe::{Dataset, allowed_gap, joined};
use std::borrow::Cow;

/// The data set with times that differ only by rounding made equal; borrowed when there are none.
///
/// # Example
/// ```
/// use stapjes::estimate::ties::merge_close_times;
/// use stapjes::observe::Dataset;
///
/// // 0.1 + 0.2 is a bit more than 0.3; it means the same month.
/// let data = Dataset { time: vec![0.3, 0.1 + 0.2, 0.4], ..Dataset::default() };
/// assert_ne!(data.time[0], data.time[1]);
/// assert_eq!(merge_close_times(&data).time, [0.3, 0.3, 0.4]);
/// ```
pub fn merge_close_times(data: &Dataset) -> Cow<'_, Dataset> {
    let mut distinct: Vec<f64> =
        data.time.iter().chain(data.start.iter().flatten()).map(|t| t + 0.0).collect();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    let gap = allowed_gap(&distinct);
    if !distinct.windows(2).any(|pair| pair[1] - pair[0] <= gap) {
        return Cow::Borrowed(data);
    }
    let canonical = joined(&distinct);
    let mut merged = data.clone();
    merged.time.iter_mut().for_each(|t| *t = canonical(*t));
    merged.start.iter_mut().flatten().for_each(|t| *t = canonical(*t));
    Cow::Owned(merged)
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
