//! MaxCombo: the largest of several weighted log-rank statistics, with its joint normal p-value.
//!
//! Z_i = U_i / sqrt(V_ii) with Karrison's covariance V_ij = sum of w_i w_j d (n - d) / (n - 1) (n_1 / n)(1 - n_1 / n); under equal
//! hazards the vector is multivariate normal with that correlation, so the p-value is one minus the probability that no
//! statistic passes the largest observed. The matrix is singular for the usual four Fleming-Harrington weights.
//!
//! With log-rank and one modestly weighted statistic this is the robust maximum test: nearly log-rank power under
//! proportional hazards and nearly modestly weighted power under a delayed effect.
//!
//! References: Karrison (2016), doi:10.1177/1536867X1601600310; Lin et al. (2020), doi:10.1080/19466315.2019.1697738; Ghosh
//! et al. (2022), doi:10.1002/sim.9344. Checked against simtrial::maxcombo (z and correlation; its p-value is
//! randomised to about 1e-5).

use super::log_rank::{MOST_WEIGHTS, RankWorkspace, p_of_z};
use super::risk_table::Ending;
use super::weights::Weight;
use super::{Alternative, EstimateError};
use crate::observe::Dataset;
use crate::stats::multivariate_normal;

/// Result of a combination test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MaxCombo {
    /// Number of weights.
    pub count: usize,
    /// Statistic of each weight; positive when the second arm has more events than expected.
    pub z: [f64; MOST_WEIGHTS],
    /// Correlation of the statistics.
    pub correlation: [[f64; MOST_WEIGHTS]; MOST_WEIGHTS],
    /// The extreme statistic in the direction of the alternative.
    pub statistic: f64,
    /// p-value.
    pub p_value: f64,
}

impl RankWorkspace {
    /// The combination test of `weights` on a two-arm data set.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::Alternative;
    /// use stapjes::estimate::log_rank::RankWorkspace;
    /// use stapjes::estimate::risk_table::Ending;
    /// use stapjes::estimate::weights::Weight;
    /// use stapjes::observe::Dataset;
    ///
    /// let weights = [Weight::LogRank, Weight::FlemingHarrington { rho: 0.0, gamma: 1.0 }];
    /// let data = Dataset::example();
    /// let found = RankWorkspace::default().max_combo(&data, Ending::Any, &weights, Alternative::TwoSided)?;
    /// // R: 1 - mvtnorm::pmvnorm(rep(-m, 2), rep(m, 2), corr = r) at m = 1.052722656 and a correlation of 0.8119713186
    /// assert!((found.statistic - 1.052_722_656).abs() < 1e-9);
    /// assert!((found.p_value - 0.404_331_437).abs() < 1e-6);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// As [`RankWorkspace::scores`].
    pub fn max_combo(
        &mut self,
        data: &Dataset,
        ending: Ending,
        weights: &[Weight],
        alternative: Alternative,
    ) -> Result<MaxCombo, EstimateError> {
        let scores = self.scores(data, ending, weights)?;
        let count = scores.count;
        let mut z = [0.0; MOST_WEIGHTS];
        let mut correlation = [[0.0; MOST_WEIGHTS]; MOST_WEIGHTS];
        let variance = |i: usize| scores.covariance[i][i];
        for (i, row) in correlation.iter_mut().enumerate().take(count) {
            z[i] = scores.z(i);
            for (j, entry) in row.iter_mut().enumerate().take(count) {
                let scale = libm::sqrt(variance(i) * variance(j));
                *entry = if i == j { 1.0 } else { scores.covariance[i][j] / scale };
            }
        }
        let mut flat = [0.0; MOST_WEIGHTS * MOST_WEIGHTS];
        for (row, entries) in flat.chunks_mut(count).zip(&correlation[..count]) {
            row.copy_from_slice(&entries[..count]);
        }
        let (extreme, p_value) = largest(&z[..count], &flat[..count * count], alternative);
        let statistic = if alternative == Alternative::TwoSided { extreme.abs() } else { extreme };
        Ok(MaxCombo { count, z, correlation, statistic, p_value })
    }
}

/// The most extreme of jointly normal statistics in the direction of the alternative, with its sign, and its p-value by the
/// `correlation` (row by row).
///
/// # Example
/// ```
/// use stapjes::estimate::Alternative;
/// use stapjes::estimate::max_combo::largest;
///
/// // R: 1 - mvtnorm::pmvnorm(rep(-m, 2), rep(m, 2), corr = r) at m = 1.052722656 and a correlation of 0.8119713186
/// let correlation = [1.0, 0.811_971_318_6, 0.811_971_318_6, 1.0];
/// let (statistic, p) = largest(&[1.052_722_656, 0.559_015_164], &correlation, Alternative::TwoSided);
/// assert_eq!(statistic, 1.052_722_656);
/// assert!((p - 0.404_331_437).abs() < 1e-6);
/// ```
pub fn largest(z: &[f64], correlation: &[f64], alternative: Alternative) -> (f64, f64) {
    let count = z.len();
    let (extreme, bound) = bonferroni(z, alternative);
    let limit = far(extreme, alternative);
    let joint = match alternative {
        Alternative::TwoSided => multivariate_normal::within(limit, correlation, count),
        Alternative::Greater | Alternative::Less => multivariate_normal::below(limit, correlation, count),
    };
    // One minus a probability near 1 loses digits; the p-value lies between the marginal one and their sum.
    (extreme, (1.0 - joint).clamp(p_of_z(extreme, alternative), bound))
}

/// The most extreme statistic, and Bonferroni's bound of its p-value, which needs no correlation.
///
/// # Example
/// ```
/// use stapjes::estimate::Alternative;
/// use stapjes::estimate::max_combo::bonferroni;
///
/// // Twice 2 * pnorm(-1.96) for two statistics.
/// let (statistic, p) = bonferroni(&[-1.96, 0.5], Alternative::TwoSided);
/// assert_eq!(statistic, -1.96);
/// assert!((p - 2.0 * 0.049_995_790_3).abs() < 1e-9);
/// ```
pub fn bonferroni(z: &[f64], alternative: Alternative) -> (f64, f64) {
    let farther = |best: Option<f64>, z: f64| match best {
        Some(best) if far(z, alternative) <= far(best, alternative) => Some(best),
        _ => Some(z),
    };
    let extreme = z.iter().copied().fold(None, farther).unwrap_or(f64::NAN);
    (extreme, (p_of_z(extreme, alternative) * z.len() as f64).min(1.0))
}

/// How far a statistic lies in the direction of the alternative.
fn far(z: f64, alternative: Alternative) -> f64 {
    match alternative {
        Alternative::TwoSided => z.abs(),
        Alternative::Greater => z,
        Alternative::Less => -z,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::normal;

    #[test]
    fn one_weight_is_the_plain_test() {
        let one = [1.0; 9];
        for (alternative, p) in [
            (Alternative::TwoSided, normal::two_sided_p(1.3)),
            (Alternative::Greater, normal::cdf(1.3)),
            (Alternative::Less, normal::cdf(-1.3)),
        ] {
            let (statistic, ours) = largest(&[-1.3], &one[..1], alternative);
            assert!((ours - p).abs() < 1e-14);
            assert_eq!(statistic.abs(), 1.3);
        }
        // Copies of one statistic change nothing.
        let (_, copies) = largest(&[2.0, 2.0, 2.0], &one, Alternative::TwoSided);
        assert!((copies - normal::two_sided_p(2.0)).abs() < 1e-12);
        let (extreme, bound) = bonferroni(&[1.0, -2.0, 1.5], Alternative::TwoSided);
        assert_eq!((extreme, bound), (-2.0, 3.0 * normal::two_sided_p(2.0)));
    }
}
