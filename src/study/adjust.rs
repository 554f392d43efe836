//! Several primary endpoints: which stay significant when the family may err in only alpha of studies.

use crate::estimate::multiplicity::{Adjustment, adjust};
use crate::scenario::analysis::Multiplicity;

/// Marks the hypotheses that are rejected at `alpha`, in the order of `p_values`.
///
/// # Example
/// ```
/// use stapjes::scenario::analysis::Multiplicity;
/// use stapjes::study::rejected;
///
/// // R: p.adjust(c(0.03, 0.04, 0.001), "holm") is 0.06, 0.06, 0.003; "hochberg" 0.04, 0.04, 0.003.
/// let p = [0.03, 0.04, 0.001];
/// assert_eq!(rejected(Multiplicity::Holm, &p, 0.05), [false, false, true]);
/// assert_eq!(rejected(Multiplicity::Hochberg, &p, 0.05), [true, true, true]);
/// ```
pub fn rejected(method: Multiplicity, p_values: &[f64], alpha: f64) -> Vec<bool> {
    let adjusted = match method {
        Multiplicity::Uncorrected => p_values.to_vec(),
        Multiplicity::Holm => adjust(p_values, Adjustment::Holm),
        Multiplicity::Hochberg => adjust(p_values, Adjustment::Hochberg),
    };
    adjusted.iter().map(|p| *p <= alpha).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holm_steps_down_and_hochberg_up() {
        let p = [0.03, 0.04, 0.001];
        assert_eq!(rejected(Multiplicity::Holm, &p, 0.05), [false, false, true]);
        assert_eq!(rejected(Multiplicity::Hochberg, &p, 0.05), [true, true, true]);
        assert_eq!(rejected(Multiplicity::Uncorrected, &p, 0.035), [true, false, true]);
        assert_eq!(rejected(Multiplicity::Holm, &[0.2, 0.3], 0.05), [false, false]);
    }
}
