//! Ranks as normal scores, and Hermite polynomials of them: terms of a regression that no outlier and no skewness upsets.

use super::normal;

/// Normal scores of a sample: `Phi^-1((rank - 1/2) / n)`, ties by their mean rank.
///
/// # Example
/// Only the order counts, not how far away the last value is.
///
/// ```
/// use stapjes::stats::normal_scores::normal_scores;
///
/// let scores = normal_scores(&[3.0, 1.0, 900.0]);
/// assert_eq!(scores[0], 0.0);
/// assert!((scores[1] + scores[2]).abs() < 1e-12);
/// ```
pub fn normal_scores(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    let mut scores = vec![0.0; values.len()];
    let count = values.len() as f64;
    let mut first = 0;
    while first < order.len() {
        let tied = order[first..].iter().take_while(|&&at| values[at] == values[order[first]]).count().max(1);
        let score = normal::quantile((first as f64 + tied as f64 / 2.0) / count);
        order[first..first + tied].iter().for_each(|&at| scores[at] = score);
        first += tied;
    }
    scores
}

/// Hermite polynomial of degree 1 to 3 with unit variance under the standard normal distribution: `z`,
/// `(z^2 - 1) / sqrt 2`, `(z^3 - 3 z) / sqrt 6` (Abramowitz & Stegun 1964, 22.2.15).
///
/// # Example
/// ```
/// assert_eq!(stapjes::stats::normal_scores::hermite(2, 1.0), 0.0);
/// ```
pub fn hermite(degree: usize, z: f64) -> f64 {
    match degree {
        0 => 1.0,
        1 => z,
        2 => (z * z - 1.0) * std::f64::consts::FRAC_1_SQRT_2,
        _ => (z * z - 3.0) * z * 0.408_248_290_463_863,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::quadrature::GaussLegendre;

    #[test]
    fn scores_rise_with_ranks_and_ties_share_one() {
        let scores = normal_scores(&[10.0, -3.0, 10.0, 1e9]);
        assert_eq!(scores[0], scores[2]);
        assert!(scores[1] < scores[0] && scores[0] < scores[3]);
        assert!((scores[1] + scores[3]).abs() < 1e-12 && scores[0].abs() < 1e-12);
        assert!(normal_scores(&[]).is_empty());
    }

    #[test]
    fn polynomials_are_orthonormal_under_the_normal_distribution() {
        let rule = GaussLegendre::new(64);
        for first in 0..4 {
            for second in 0..4 {
                let product = |z: f64| hermite(first, z) * hermite(second, z) * normal::density(z);
                let wanted = if first == second { 1.0 } else { 0.0 };
                assert!((rule.integrate(-9.0, 9.0, product) - wanted).abs() < 1e-9);
            }
        }
    }
}
