//! The researchers' test: two shares, clients as independent.

use super::ALPHA;
use crate::estimate::outcomes::Proportion;
use crate::estimate::{fisher, pearson};

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
///
/// # Example
/// ```
/// use stapjes::design::patterns::{Direction, compare};
///
/// // R: chisq.test(matrix(c(30, 170, 15, 185), 2), correct = FALSE)$p.value: .0176
/// assert_eq!(compare((30, 200), (15, 200)), Direction::More);
/// // R: fisher.test(matrix(c(3, 1, 1, 3), 2))$p.value: .4857
/// assert_eq!(compare((3, 4), (1, 4)), Direction::Same);
/// ```
pub fn compare(treated: (u64, u64), control: (u64, u64)) -> Direction {
    if p_value(treated, control) > ALPHA {
        return Direction::Same;
    }
    let rate = |(x, n): (u64, u64)| x as f64 / n as f64;
    if rate(treated) > rate(control) { Direction::More } else { Direction::Fewer }
}

/// Two-sided p-value; 1 where nothing can differ.
fn p_value((x1, n1): (u64, u64), (x0, n0): (u64, u64)) -> f64 {
    let (treated, control) = (Proportion { events: x1, total: n1 }, Proportion { events: x0, total: n0 });
    let (n, x) = (n1 + n0, x1 + x0);
    if n1 == 0 || n0 == 0 || x == 0 || x == n {
        return 1.0;
    }
    let smallest = x.min(n - x) as f64 * (n1.min(n0) as f64) / n as f64;
    if smallest < 5.0 {
        return fisher::two_sided_p(control, treated);
    }
    pearson::pearson(&[control, treated], false).map_or(1.0, |test| test.p_value)
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
