//! Several p-values at once: Holm's and Hochberg's adjustment.
//!
//! Holm (step down from the smallest) controls the family-wise error whatever the dependence; Hochberg (step up from the
//! largest) is at least as powerful and needs independent or positively dependent p-values. An adjusted p-value is
//! compared with the family-wise alpha.
//!
//! References: Holm (1979), Scand J Statist 6:65-70; Hochberg (1988), doi:10.1093/biomet/75.4.800. Checked against R
//! stats::p.adjust.

/// Which adjustment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adjustment {
    /// Holm.
    Holm,
    /// Hochberg.
    Hochberg,
}

/// Adjusted p-values in the order given.
///
/// # Example
/// ```
/// use stapjes::estimate::multiplicity::{Adjustment, adjust};
///
/// let close = |found: Vec<f64>, expected: [f64; 3]| {
///     found.iter().zip(expected).all(|(own, r)| (own - r).abs() < 1e-12)
/// };
/// // R: p.adjust(c(0.01, 0.04, 0.03), "holm") and "hochberg"
/// assert!(close(adjust(&[0.01, 0.04, 0.03], Adjustment::Holm), [0.03, 0.06, 0.06]));
/// assert!(close(adjust(&[0.01, 0.04, 0.03], Adjustment::Hochberg), [0.03, 0.04, 0.04]));
/// ```
pub fn adjust(p_values: &[f64], adjustment: Adjustment) -> Vec<f64> {
    let m = p_values.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![0.0; m];
    let scaled = |rank: usize| ((m - rank) as f64 * p_values[order[rank]]).min(1.0);
    match adjustment {
        Adjustment::Holm => {
            let mut largest: f64 = 0.0;
            for rank in 0..m {
                largest = largest.max(scaled(rank));
                adjusted[order[rank]] = largest;
            }
        }
        Adjustment::Hochberg => {
            let mut smallest: f64 = 1.0;
            for rank in (0..m).rev() {
                smallest = smallest.min(scaled(rank));
                adjusted[order[rank]] = smallest;
            }
        }
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_none() {
        for adjustment in [Adjustment::Holm, Adjustment::Hochberg] {
            assert_eq!(adjust(&[0.03], adjustment), vec![0.03]);
            assert!(adjust(&[], adjustment).is_empty());
        }
        assert_eq!(adjust(&[0.9, 0.8], Adjustment::Holm), vec![1.0, 1.0]);
        assert_eq!(adjust(&[0.9, 0.8], Adjustment::Hochberg), vec![0.9, 0.9]);
    }
}
