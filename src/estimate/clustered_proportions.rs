//! Two proportions when participants come in clusters: an adjusted chi-square, and a t test on cluster means.

use super::EstimateError;
use super::intraclass::OneWayLayout;
use super::validity::require_equal;
use crate::said;
use crate::stats::{chi_square, student_t};

/// Successes and size of one cluster, which belongs wholly to one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterCount {
    /// 0 = control, 1 = treated.
    pub arm: usize,
    /// Members with the outcome.
    pub successes: f64,
    /// Members.
    pub size: f64,
}

/// A comparison of two arms whose participants come in clusters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusteredDifference {
    /// Treated minus control.
    pub difference: f64,
    /// Its standard error under the alternative.
    pub standard_error: f64,
    /// Chi-square (1 degree of freedom) or t.
    pub statistic: f64,
    /// Degrees of freedom of the t reference; 1 for the chi-square.
    pub degrees_of_freedom: f64,
    /// Two-sided p-value.
    pub p_value: f64,
    /// Intraclass correlation used (0 for the t test, which needs none).
    pub intraclass_correlation: f64,
}

/// Pearson's chi-square with each arm's variance inflated by its own design effect.
///
/// `sum over arms of M (P_arm - P)^2 / (C_arm P (1 - P))`, `C = sum m (1 + (m - 1) icc) / M`, icc by analysis of variance
/// within arms, cut off at zero. Donner & Klar (2000), Design and Analysis of Cluster Randomization Trials, section 6.4;
/// Donner & Donald (1988), <https://doi.org/10.1016/0895-4356(88)90077-7>. Large-sample: with fewer than about 20 clusters an
/// arm prefer [`cluster_t_test`] or the permutation test. Allocation-free.
///
/// `None` without an arm, with one cluster in an arm, or when everybody has the same outcome.
///
/// # Example
/// ```
/// use stapjes::estimate::clustered_proportions::{ClusterCount, adjusted_chi_square};
///
/// let clusters = [(0, 1, 10), (0, 7, 12), (0, 1, 8), (0, 5, 11), (1, 8, 10), (1, 3, 9), (1, 10, 12), (1, 3, 10)]
///     .map(|(arm, x, n)| ClusterCount { arm, successes: f64::from(x), size: f64::from(n) });
/// let found = adjusted_chi_square(&clusters).expect("two clusters an arm");
/// // The rows written out in R: icc from anova(lm(y ~ arm + cluster)), then Donner and Klar's sum over the arms
/// assert!((found.difference - 10.0 / 41.0).abs() < 1e-12);
/// assert!((found.intraclass_correlation - 0.206_787_444).abs() < 1e-8);
/// assert!((found.statistic - 1.664_285_621).abs() < 1e-8 && (found.p_value - 0.197_025_680).abs() < 1e-8);
/// ```
pub fn adjusted_chi_square(clusters: &[ClusterCount]) -> Option<ClusteredDifference> {
    let totals = ArmSums::of(clusters)?;
    let icc = totals.intraclass_correlation(clusters).max(0.0);
    let pooled = (totals.successes[0] + totals.successes[1]) / (totals.size[0] + totals.size[1]);
    if !(pooled > 0.0 && pooled < 1.0) {
        return None;
    }
    let rate = totals.rates();
    let (mut statistic, mut variance) = (0.0, 0.0);
    for (arm, share) in rate.into_iter().enumerate() {
        let inflation = 1.0 + (totals.squared_sizes[arm] / totals.size[arm] - 1.0) * icc;
        let deviation = share - pooled;
        statistic += totals.size[arm] * deviation * deviation / (inflation * pooled * (1.0 - pooled));
        variance += inflation * share * (1.0 - share) / totals.size[arm];
    }
    Some(ClusteredDifference {
        difference: rate[1] - rate[0],
        standard_error: libm::sqrt(variance),
        statistic,
        degrees_of_freedom: 1.0,
        p_value: chi_square::upper_tail(statistic, 1.0),
        intraclass_correlation: icc,
    })
}

/// Two-sample t test on the cluster proportions, each cluster counting once: `K - 2` degrees of freedom.
///
/// Valid with few clusters; assumes that cluster means are roughly normal with the same spread in both arms. Donner & Klar
/// (2000), section 6.3. Allocation-free.
///
/// `None` without an arm, with fewer than three clusters, or when the cluster proportions do not vary.
///
/// # Example
/// ```
/// use stapjes::estimate::clustered_proportions::{ClusterCount, cluster_t_test};
///
/// let clusters = [(0, 1, 10), (0, 7, 12), (0, 1, 8), (0, 5, 11), (1, 8, 10), (1, 3, 9), (1, 10, 12), (1, 3, 10)]
///     .map(|(arm, x, n)| ClusterCount { arm, successes: f64::from(x), size: f64::from(n) });
/// let found = cluster_t_test(&clusters).expect("they vary");
/// // R: t.test(x / n ~ arm, var.equal = TRUE): t 1.3336 with 6 degrees of freedom
/// assert!((found.difference - 0.250_946_969_7).abs() < 1e-9 && found.degrees_of_freedom == 6.0);
/// assert!((found.statistic - 1.333_595_833_6).abs() < 1e-9 && (found.p_value - 0.230_728_401_9).abs() < 1e-9);
/// ```
pub fn cluster_t_test(clusters: &[ClusterCount]) -> Option<ClusteredDifference> {
    let value = |cluster: &ClusterCount| cluster.successes / cluster.size;
    t_test_of(
        clusters.iter().filter(|cluster| cluster.size > 0.0).map(|cluster| (cluster.arm, value(cluster))),
    )
}

/// The same t test on any summary of each cluster: `(arm, value)` pairs.
///
/// # Example
/// ```
/// use stapjes::estimate::clustered_proportions::t_test_of;
///
/// // R: t.test(c(4, 6, 8), c(1, 2, 6), var.equal = TRUE): standard error sqrt((8 + 14) / 4 * 2 / 3)
/// let values = [(0, 1.0), (0, 2.0), (0, 6.0), (1, 4.0), (1, 6.0), (1, 8.0)];
/// let found = t_test_of(values.into_iter()).expect("they vary");
/// assert!((found.difference - 3.0).abs() < 1e-12 && found.degrees_of_freedom == 4.0);
/// assert!((found.standard_error - (22.0_f64 / 4.0 * 2.0 / 3.0).sqrt()).abs() < 1e-12);
/// ```
pub fn t_test_of(summaries: impl Iterator<Item = (usize, f64)> + Clone) -> Option<ClusteredDifference> {
    let mut count = [0.0; 2];
    let mut mean = [0.0; 2];
    for (arm, value) in summaries.clone() {
        count[arm] += 1.0;
        mean[arm] += (value - mean[arm]) / count[arm];
    }
    let squares: f64 = summaries.map(|(arm, value)| (value - mean[arm]) * (value - mean[arm])).sum();
    let degrees_of_freedom = count[0] + count[1] - 2.0;
    if count[0] < 1.0 || count[1] < 1.0 || degrees_of_freedom < 1.0 || squares <= 0.0 {
        return None;
    }
    let standard_error = libm::sqrt(squares / degrees_of_freedom * (1.0 / count[0] + 1.0 / count[1]));
    let difference = mean[1] - mean[0];
    let statistic = difference / standard_error;
    Some(ClusteredDifference {
        difference,
        standard_error,
        statistic,
        degrees_of_freedom,
        p_value: student_t::two_sided_p(statistic, degrees_of_freedom),
        intraclass_correlation: 0.0,
    })
}

/// Sums by arm in one pass.
struct ArmSums {
    /// Clusters by arm.
    clusters: [f64; 2],
    /// Participants by arm.
    size: [f64; 2],
    /// Sums of squared cluster sizes.
    squared_sizes: [f64; 2],
    /// Successes by arm.
    successes: [f64; 2],
}

impl ArmSums {
    /// `None` unless both arms have two clusters with members.
    fn of(clusters: &[ClusterCount]) -> Option<Self> {
        let mut sums =
            Self { clusters: [0.0; 2], size: [0.0; 2], squared_sizes: [0.0; 2], successes: [0.0; 2] };
        for cluster in clusters.iter().filter(|cluster| cluster.size > 0.0) {
            sums.clusters[cluster.arm] += 1.0;
            sums.size[cluster.arm] += cluster.size;
            sums.squared_sizes[cluster.arm] += cluster.size * cluster.size;
            sums.successes[cluster.arm] += cluster.successes;
        }
        (sums.clusters[0] >= 2.0 && sums.clusters[1] >= 2.0).then_some(sums)
    }

    /// Shares by arm.
    fn rates(&self) -> [f64; 2] {
        [self.successes[0] / self.size[0], self.successes[1] / self.size[1]]
    }

    /// By analysis of variance of the outcome within arms; zero when every cluster has one member.
    fn intraclass_correlation(&self, clusters: &[ClusterCount]) -> f64 {
        let rate = self.rates();
        let (mut between, mut within) = (0.0, 0.0);
        for cluster in clusters.iter().filter(|cluster| cluster.size > 0.0) {
            let share = cluster.successes / cluster.size;
            let deviation = share - rate[cluster.arm];
            between += cluster.size * deviation * deviation;
            within += cluster.size * share * (1.0 - share);
        }
        let count = self.clusters[0] + self.clusters[1];
        let rows = self.size[0] + self.size[1];
        if rows <= count {
            return 0.0;
        }
        let (between, within) = (between / (count - 2.0), within / (rows - count));
        let spread = self.squared_sizes[0] / self.size[0] + self.squared_sizes[1] / self.size[1];
        let effective = (rows - spread) / (count - 2.0);
        let denominator = between + (effective - 1.0) * within;
        if denominator > 0.0 { (between - within) / denominator } else { 0.0 }
    }
}

/// Turns rows into cluster counts, in the order of the cluster labels.
///
/// # Example
/// ```
/// use stapjes::estimate::clustered_proportions::cluster_counts;
///
/// let outcome = [true, false, true, true, false];
/// let found = cluster_counts(&outcome, &[7, 3, 7, 3, 3], &[1, 0, 1, 0, 0])?;
/// assert_eq!((found[0].arm, found[0].successes, found[0].size), (0, 1.0, 3.0));
/// assert_eq!((found[1].arm, found[1].successes, found[1].size), (1, 2.0, 2.0));
/// // A cluster belongs to one arm.
/// assert!(cluster_counts(&outcome, &[7, 3, 7, 3, 3], &[1, 0, 0, 0, 0]).is_err());
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// A cluster with rows in two arms, or more than two arms.
pub fn cluster_counts(
    outcome: &[bool],
    cluster: &[u32],
    arm: &[u32],
) -> Result<Vec<ClusterCount>, EstimateError> {
    require_equal(outcome.len(), [cluster.len(), arm.len()])?;
    if arm.iter().any(|arm| *arm > 1) {
        return Err(EstimateError::TooManyArms { found: 3, allowed: 2 });
    }
    // Also checks that clusters lie within arms.
    let values: Vec<f64> = outcome.iter().map(|outcome| f64::from(u8::from(*outcome))).collect();
    let mut order: Vec<usize> = (0..outcome.len()).collect();
    order.sort_by_key(|row| cluster[*row]);
    let mut counts = Vec::new();
    for members in order.chunk_by(|a, b| cluster[*a] == cluster[*b]) {
        let cluster_arm = arm[members[0]];
        if members.iter().any(|row| arm[*row] != cluster_arm) {
            return Err(EstimateError::data(said!(
                "een cluster heeft rijen in meer dan één groep",
                "a cluster has rows in more than one arm"
            )));
        }
        let successes = members.iter().map(|row| values[*row]).sum();
        counts.push(ClusterCount { arm: cluster_arm as usize, successes, size: members.len() as f64 });
    }
    Ok(counts)
}

/// The intraclass correlation of a yes/no outcome with arm means removed.
///
/// # Example
/// ```
/// use stapjes::estimate::clustered_proportions::proportion_layout;
///
/// // Two clusters an arm in which all have the same outcome: members resemble each other completely.
/// let outcome = [true, true, false, false, true, true, false, false];
/// let layout = proportion_layout(&outcome, &[0, 0, 1, 1, 2, 2, 3, 3], &[0, 0, 0, 0, 1, 1, 1, 1])?;
/// assert_eq!(layout.anova().intraclass_correlation(), 1.0);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// As [`OneWayLayout::new`].
pub fn proportion_layout(
    outcome: &[bool],
    cluster: &[u32],
    arm: &[u32],
) -> Result<OneWayLayout, EstimateError> {
    let values: Vec<f64> = outcome.iter().map(|outcome| f64::from(u8::from(*outcome))).collect();
    OneWayLayout::new(&values, cluster, Some(arm))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts() -> Vec<ClusterCount> {
        let make = |arm, successes, size| ClusterCount { arm, successes, size };
        vec![
            make(0, 3.0, 20.0),
            make(0, 9.0, 30.0),
            make(0, 1.0, 15.0),
            make(1, 9.0, 22.0),
            make(1, 14.0, 25.0),
            make(1, 4.0, 18.0),
        ]
    }

    #[test]
    fn without_resemblance_it_is_pearson() {
        // Equal proportions within each arm: the icc estimate is negative and cut off, so the adjusted test is Pearson's.
        let make = |arm, successes| ClusterCount { arm, successes, size: 10.0 };
        let flat = [make(0, 2.0), make(0, 2.0), make(1, 5.0), make(1, 5.0)];
        let found = adjusted_chi_square(&flat).unwrap();
        // 4/20 against 10/20: chi-square = 40 (4 * 10 - 10 * 16)^2 / (20 * 20 * 14 * 26).
        let pearson =
            40.0 * (4.0_f64 * 10.0 - 10.0 * 16.0) * (4.0 * 10.0 - 10.0 * 16.0) / (20.0 * 20.0 * 14.0 * 26.0);
        assert!((found.statistic - pearson).abs() < 1e-12);
        assert_eq!(found.intraclass_correlation, 0.0);
        assert!(cluster_t_test(&flat).is_none());
    }

    #[test]
    fn the_fast_icc_is_the_one_way_layout() {
        let (mut outcome, mut cluster, mut arm) = (vec![], vec![], vec![]);
        for (label, count) in counts().iter().enumerate() {
            for member in 0..count.size as usize {
                outcome.push((member as f64) < count.successes);
                cluster.push(label as u32);
                arm.push(count.arm as u32);
            }
        }
        assert_eq!(cluster_counts(&outcome, &cluster, &arm).unwrap(), counts());
        let layout = proportion_layout(&outcome, &cluster, &arm).unwrap();
        let fast = ArmSums::of(&counts()).unwrap().intraclass_correlation(&counts());
        assert!((layout.anova().intraclass_correlation() - fast).abs() < 1e-13);
        assert!(fast > 0.0);
        assert_eq!(adjusted_chi_square(&counts()).unwrap().intraclass_correlation, fast);
    }

    #[test]
    fn refuses_what_has_no_answer() {
        assert!(adjusted_chi_square(&counts()[..4]).is_none());
        assert!(cluster_counts(&[true, false], &[1, 1], &[0, 1]).is_err());
        assert!(cluster_counts(&[true, false], &[1, 2], &[0, 2]).is_err());
    }
}
