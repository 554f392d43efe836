//! Times that differ only by rounding are one time.
//!
//! Dates divided by 30.4375 give 11.99999999 and 12.00000001 where the file said "twelve months"; tests that condition on
//! risk sets must see one time. The rule is that of R's `survival` (`timefix`): walk through the sorted distinct times
//! and join each to its predecessor when the gap is at most 1.49e-8, absolutely or as a fraction of their mean.

/// Largest gap that is rounding: the square root of the machine precision.
pub(crate) const TOLERANCE: f64 = 1.490_116_119_384_765_6e-8;

/// The largest gap between sorted distinct times that counts as a tie, in their unit; [`TOLERANCE`]
/// when their mean is below 1.
pub(crate) fn allowed_gap(distinct: &[f64]) -> f64 {
    let mean = distinct.iter().sum::<f64>() / distinct.len().max(1) as f64;
    TOLERANCE * mean.max(1.0)
}

/// For each of these sorted distinct times the one it is joined to: the first of its run. A chain of
/// small gaps joins as a whole, as in R, even when its ends lie further apart than one gap.
pub(crate) fn joined(distinct: &[f64]) -> impl Fn(f64) -> f64 + use<> {
    let gap = allowed_gap(distinct);
    let mut cuts = Vec::with_capacity(distinct.len());
    for (i, &t) in distinct.iter().enumerate() {
        if i == 0 || t - distinct[i - 1] > gap {
            cuts.push(t);
        }
    }
    move |t| cuts[cuts.partition_point(|&cut| cut <= t).saturating_sub(1)]
}
