//! Two samples of measured values (scores, amounts), rows independent: Welch's and Student's t, and the rank-sum test.
//!
//! Welch: difference of means over sqrt(v1/n1 + v0/n0), t with Satterthwaite's degrees of freedom (Welch 1947,
//! doi:10.1093/biomet/34.1-2.28). Student: pooled variance. Rank sum: U counts pairs in which the treated value is larger, ties by
//! half (Mann & Whitney 1947, doi:10.1214/aoms/1177730491); exact where there are no ties and fewer than 50 values an arm, else
//! normal with the variance for ties and a continuity correction of 1/2. Equal to R `t.test` and `wilcox.test`.

use super::{Alternative, EstimateError};
use crate::said;
use crate::stats::normal;

/// A difference of means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanDifference {
    /// Treated minus control.
    pub difference: f64,
    /// Standard error.
    pub standard_error: f64,
    /// Degrees of freedom of its t.
    pub degrees_of_freedom: f64,
}

/// Mean and unbiased variance.
fn mean_and_variance(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|value| (value - mean) * (value - mean)).sum();
    (mean, squares / (n - 1.0))
}

/// Difference of means with Welch's variance, or the pooled one.
///
/// ```
/// use stapjes::estimate::values::mean_difference;
///
/// // R: t.test(c(4, 6, 8, 9), c(1, 2, 6))
/// let found = mean_difference(&[4.0, 6.0, 8.0, 9.0], &[1.0, 2.0, 6.0], false).unwrap();
/// assert!((found.difference - 3.75).abs() < 1e-12 && (found.degrees_of_freedom - 3.934_296).abs() < 1e-6);
/// ```
///
/// # Errors
/// Fewer than two values in a sample, or no spread in both.
pub fn mean_difference(
    treated: &[f64],
    control: &[f64],
    pooled: bool,
) -> Result<MeanDifference, EstimateError> {
    if treated.len() < 2 || control.len() < 2 {
        return Err(EstimateError::data(said!(
            "een t-toets vraagt twee of meer waarden in elke groep",
            "a t-test needs two values or more in each arm"
        )));
    }
    let ((m1, v1), (m0, v0)) = (mean_and_variance(treated), mean_and_variance(control));
    let (n1, n0) = (treated.len() as f64, control.len() as f64);
    let (variance, degrees_of_freedom) = if pooled {
        let df = n1 + n0 - 2.0;
        (((n1 - 1.0) * v1 + (n0 - 1.0) * v0) / df * (1.0 / n1 + 1.0 / n0), df)
    } else {
        let (a, b) = (v1 / n1, v0 / n0);
        (a + b, (a + b) * (a + b) / (a * a / (n1 - 1.0) + b * b / (n0 - 1.0)))
    };
    if variance.is_nan() || variance <= 0.0 {
        return Err(EstimateError::NoVariance {
            what: said!("alle waarden binnen elke groep zijn gelijk", "all values within each arm are equal"),
        });
    }
    Ok(MeanDifference { difference: m1 - m0, standard_error: libm::sqrt(variance), degrees_of_freedom })
}

/// Result of a rank-sum test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RankSum {
    /// Pairs in which the treated value is larger, ties by half.
    pub u: f64,
    /// The same as a share of all pairs: the probability that a treated value is larger.
    pub superiority: f64,
    /// p-value.
    pub p_value: f64,
    /// Whether it is exact.
    pub exact: bool,
}

/// Most values an arm for the exact distribution, as in R.
const EXACT_BELOW: usize = 50;

/// The rank-sum test of two samples.
///
/// ```
/// use stapjes::estimate::Alternative;
/// use stapjes::estimate::values::rank_sum;
///
/// // R: wilcox.test(c(3, 5, 9), c(1, 2, 4)): W = 8, p = 0.2
/// let found = rank_sum(&[3.0, 5.0, 9.0], &[1.0, 2.0, 4.0], Alternative::TwoSided).unwrap();
/// assert!(found.u == 8.0 && found.exact && (found.p_value - 0.2).abs() < 1e-12);
/// ```
///
/// # Errors
/// An empty sample, or only one value among all rows.
pub fn rank_sum(
    treated: &[f64],
    control: &[f64],
    alternative: Alternative,
) -> Result<RankSum, EstimateError> {
    if treated.is_empty() || control.is_empty() {
        return Err(EstimateError::data(said!(
            "een rangsomtoets vraagt waarden in beide groepen",
            "a rank-sum test needs values in both arms"
        )));
    }
    let mut all: Vec<(f64, bool)> = treated.iter().map(|value| (*value, true)).collect();
    all.extend(control.iter().map(|value| (*value, false)));
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (n, m) = (treated.len() as f64, control.len() as f64);
    let (mut ranks, mut cubes, mut tied) = (0.0, 0.0, false);
    let mut first = 0;
    while first < all.len() {
        let last = first + all[first..].iter().take_while(|(value, _)| *value == all[first].0).count();
        let ties = (last - first) as f64;
        let rank = (first as f64 + 1.0 + last as f64) / 2.0;
        ranks += rank * all[first..last].iter().filter(|(_, treated)| *treated).count() as f64;
        cubes += ties * ties * ties - ties;
        tied |= ties > 1.0;
        first = last;
    }
    let u = ranks - n * (n + 1.0) / 2.0;
    let exact = !tied && treated.len() < EXACT_BELOW && control.len() < EXACT_BELOW;
    let p_value = if exact {
        exact_p(u, treated.len(), control.len(), alternative)
    } else {
        let total = n + m;
        let variance = n * m / 12.0 * ((total + 1.0) - cubes / (total * (total - 1.0)));
        if variance <= 0.0 {
            return Err(EstimateError::NoVariance {
                what: said!("alle waarden zijn gelijk", "all values are equal"),
            });
        }
        let gap = u - n * m / 2.0;
        let correction = match alternative {
            Alternative::TwoSided if gap == 0.0 => 0.0,
            Alternative::TwoSided => 0.5 * gap.signum(),
            Alternative::Greater => 0.5,
            Alternative::Less => -0.5,
        };
        let z = (gap - correction) / libm::sqrt(variance);
        match alternative {
            Alternative::TwoSided => normal::two_sided_p(z).min(1.0),
            Alternative::Greater => normal::upper_tail(z),
            Alternative::Less => normal::cdf(z),
        }
    };
    Ok(RankSum { u, superiority: u / (n * m), p_value, exact })
}

/// Tails of the distribution of U by counting arrangements.
fn exact_p(u: f64, n: usize, m: usize, alternative: Alternative) -> f64 {
    let most = n * m;
    // Ways to choose n of the ranks 0..n+m with a given sum over the smallest: one rank after the other.
    let mut ways = vec![vec![0.0_f64; most + 1]; n + 1];
    ways[0][0] = 1.0;
    for rank in 0..n + m {
        for chosen in (1..=n.min(rank + 1)).rev() {
            // The chosen-th treated value at this rank beats rank - (chosen - 1) controls.
            let beaten = rank + 1 - chosen;
            if beaten > m {
                continue;
            }
            for sum in (beaten..=most).rev() {
                let more = ways[chosen - 1][sum - beaten];
                ways[chosen][sum] += more;
            }
        }
    }
    let counts = &ways[n];
    let total: f64 = counts.iter().sum();
    let at = libm::round(u) as usize;
    let less = counts[..=at].iter().sum::<f64>() / total;
    let greater = counts[at..].iter().sum::<f64>() / total;
    match alternative {
        Alternative::TwoSided => (2.0 * less.min(greater)).min(1.0),
        Alternative::Less => less,
        Alternative::Greater => greater,
    }
}
