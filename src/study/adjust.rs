//! Several primary endpoints: which stay significant when the family may err in only alpha of studies.

use crate::scenario::analysis::Multiplicity;

/// Marks the hypotheses that are rejected at `alpha`, in the order of `p_values`.
///
/// Holm (1979), Scandinavian Journal of Statistics 6:65-70: from the smallest p on, reject while p_(i) <= alpha / (m - i + 1).
/// Hochberg (1988), doi:10.1093/biomet/75.4.800: from the largest down, the first p_(i) <= alpha / (m - i + 1) rejects it and
/// all smaller ones (valid when the p-values are independent or positively dependent).
pub fn rejected(method: Multiplicity, p_values: &[f64], alpha: f64) -> Vec<bool> {
    let m = p_values.len();
    let mut order: Vec<usize> = (0..m).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let passes = |rank: usize| p_values[order[rank]] <= alpha / (m - rank) as f64;
    let count = match method {
        Multiplicity::Uncorrected => return p_values.iter().map(|p| *p <= alpha).collect(),
        Multiplicity::Holm => (0..m).take_while(|rank| passes(*rank)).count(),
        Multiplicity::Hochberg => (0..m).rev().find(|rank| passes(*rank)).map_or(0, |rank| rank + 1),
    };
    let mut rejected = vec![false; m];
    order[..count].iter().for_each(|index| rejected[*index] = true);
    rejected
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
