//! The researchers' test: two shares, clients as independent.

use super::ALPHA;
use crate::stats::chi_square;
use crate::stats::hypergeometric::Hypergeometric;

/// What a two-sided test at 5 % says about the treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Significantly more.
    More,
    /// Significantly fewer.
    Fewer,
    /// Not significant.
    Same,
}

/// Compares `treated` and `control`, each (with the outcome, all): Pearson's chi-square without correction, or Fisher's exact
/// test (all tables no more probable than the observed) when an expected count is below 5.
pub fn compare(treated: (u64, u64), control: (u64, u64)) -> Direction {
    if p_value(treated, control) > ALPHA {
        return Direction::Same;
    }
    let rate = |(x, n): (u64, u64)| x as f64 / n as f64;
    if rate(treated) > rate(control) { Direction::More } else { Direction::Fewer }
}

fn p_value((x1, n1): (u64, u64), (x0, n0): (u64, u64)) -> f64 {
    let (n, x) = ((n1 + n0) as f64, (x1 + x0) as f64);
    if n1 == 0 || n0 == 0 || x == 0.0 || x == n {
        return 1.0;
    }
    let smallest = x.min(n - x) * (n1.min(n0) as f64) / n;
    if smallest >= 5.0 {
        let determinant = x1 as f64 * (n0 - x0) as f64 - x0 as f64 * (n1 - x1) as f64;
        let statistic = n * determinant * determinant / (n1 as f64 * n0 as f64 * x * (n - x));
        return chi_square::upper_tail(statistic, 1.0);
    }
    let lowest = (x1 + x0).saturating_sub(n0);
    let probabilities = Hypergeometric::new(n1, n0, x1 + x0).probabilities(1.0);
    let own = probabilities[(x1 - lowest) as usize];
    probabilities.iter().filter(|p| **p <= own * (1.0 + 1e-7)).sum::<f64>().min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pearson_and_fisher() {
        // chisq.test(matrix(c(30,170,15,185),2), correct=FALSE): 5.634, p = .0176.
        assert!((p_value((30, 200), (15, 200)) - 0.017_617).abs() < 1e-5);
        assert_eq!(compare((30, 200), (15, 200)), Direction::More);
        assert_eq!(compare((15, 200), (30, 200)), Direction::Fewer);
        // fisher.test(matrix(c(3,1,1,3),2)): the lady tasting tea, two-sided p = .4857143.
        assert!((p_value((3, 4), (1, 4)) - 0.485_714_285_7).abs() < 1e-9);
        assert_eq!(compare((0, 10), (0, 10)), Direction::Same);
    }
}
