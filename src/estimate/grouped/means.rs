//! A difference of two means (or proportions) of participants who come in clusters.

use super::{ClusterContrast, Clusters};

/// One unit: participants of one cluster in one arm.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ClusterMean {
    /// 0 = control, 1 = treated.
    pub arm: usize,
    /// Participants.
    pub size: f64,
    /// Sum of their values.
    pub sum: f64,
    /// Sum of their squared values.
    pub squares: f64,
    /// Cluster: units with the same label depend on each other.
    pub label: u32,
    /// Stratum: what its clusters share cancels between the arms.
    pub stratum: u32,
}

/// Treated minus control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusteredMeanDifference {
    /// Mean of each arm.
    pub means: [f64; 2],
    /// Standard error when participants are independent (unequal variances).
    pub independent_standard_error: f64,
    /// Standard error with clusters as the independent units.
    pub cluster_standard_error: f64,
    /// Degrees of freedom of that error.
    pub degrees_of_freedom: f64,
}

impl ClusteredMeanDifference {
    /// Treated minus control.
    pub fn difference(&self) -> f64 {
        self.means[1] - self.means[0]
    }
}

/// Compares two arms; `None` without an arm, or without variation.
///
/// Cluster c in arm a contributes n_c / N_a (mean_c - mean_a), with a minus in control; the clustered variance is that of the
/// sum of these, freed of what arm and stratum share: see [`ClusterContrast`]. Hold the ratio against t with its degrees of freedom.
/// With one cluster in an arm that arm has no variance of its own: then no clustered error is given (NaN).
///
/// # Example
/// ```
/// use stapjes::estimate::grouped::{ClusterMean, mean_difference};
///
/// // Months on benefit of six caseworkers with ten clients each.
/// let units: Vec<ClusterMean> = [12.0, 15.0, 9.0, 16.0, 20.0, 18.0]
///     .iter()
///     .enumerate()
///     .map(|(at, sum)| ClusterMean {
///         arm: at / 3,
///         size: 10.0,
///         sum: *sum,
///         squares: 40.0,
///         label: at as u32,
///         stratum: 0,
///     })
///     .collect();
/// let found = mean_difference(&units).expect("two arms");
/// // Clusters of equal size: R's t.test(sum / 10 ~ arm, var.equal = TRUE)
/// assert!((found.difference() - 0.6).abs() < 1e-12 && found.degrees_of_freedom == 4.0);
/// assert!((found.cluster_standard_error - 0.208_166_6).abs() < 1e-7);
/// ```
pub fn mean_difference(units: &[ClusterMean]) -> Option<ClusteredMeanDifference> {
    let (mut size, mut sum, mut squares) = ([0.0; 2], [0.0; 2], [0.0; 2]);
    for unit in units {
        size[unit.arm] += unit.size;
        sum[unit.arm] += unit.sum;
        squares[unit.arm] += unit.squares;
    }
    if size[0] <= 1.0 || size[1] <= 1.0 {
        return None;
    }
    let means = [sum[0] / size[0], sum[1] / size[1]];
    let within = |arm: usize| (squares[arm] / size[arm] - means[arm] * means[arm]).max(0.0) / size[arm];
    let independent = within(0) + within(1);
    let mut clusters = Clusters::default();
    let mut contributions: Vec<f64> = Vec::with_capacity(units.len());
    for unit in units.iter().filter(|unit| unit.size > 0.0) {
        let sign = if unit.arm == 1 { 1.0 } else { -1.0 };
        let cluster = clusters.add(unit.label, unit.arm, unit.stratum);
        contributions.resize(clusters.count(), 0.0);
        contributions[cluster] += sign * (unit.sum - unit.size * means[unit.arm]) / size[unit.arm];
    }
    let mut between = ClusterContrast::default();
    between.assign(&clusters);
    between
        .residuals(&mut contributions, [-1.0 / clusters.in_arm(0) as f64, 1.0 / clusters.in_arm(1) as f64]);
    let clustered: f64 = contributions.iter().map(|contribution| contribution * contribution).sum();
    (independent > 0.0).then(|| ClusteredMeanDifference {
        means,
        independent_standard_error: libm::sqrt(independent),
        cluster_standard_error: libm::sqrt(clustered),
        degrees_of_freedom: between.degrees_of_freedom(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(arm: usize, sum: f64, label: u32) -> ClusterMean {
        ClusterMean { arm, size: 10.0, sum, squares: sum, label, stratum: 0 }
    }

    #[test]
    fn equal_clusters_give_the_t_test_on_cluster_means() {
        let units: Vec<ClusterMean> = [(0, 2.0), (0, 4.0), (0, 3.0), (1, 5.0), (1, 8.0), (1, 5.0)]
            .into_iter()
            .enumerate()
            .map(|(label, (arm, sum))| unit(arm, sum, label as u32))
            .collect();
        let found = mean_difference(&units).unwrap();
        assert!((found.difference() - 0.3).abs() < 1e-12);
        // Variances of the cluster means .2 .4 .3 and .5 .8 .5: .01 and .03, over three clusters each.
        let expected = libm::sqrt(0.01 / 3.0 + 0.03 / 3.0);
        assert!((found.cluster_standard_error - expected).abs() < 1e-12);
        assert_eq!(found.degrees_of_freedom, 4.0);
        assert!(mean_difference(&units[..3]).is_none());
    }

    /// Three sites with both arms: the paired t test on the differences .3, .5, .1.
    #[test]
    fn sites_with_both_arms_are_pairs() {
        let sums = [(0, 2.0), (1, 5.0), (0, 4.0), (1, 9.0), (0, 3.0), (1, 4.0)];
        let units: Vec<ClusterMean> =
            sums.into_iter().enumerate().map(|(at, (arm, sum))| unit(arm, sum, at as u32 / 2)).collect();
        let found = mean_difference(&units).unwrap();
        assert_eq!(found.degrees_of_freedom, 2.0);
        assert!((found.cluster_standard_error - libm::sqrt(0.04 / 3.0)).abs() < 1e-12);
    }

    #[test]
    fn one_cluster_in_an_arm_has_no_clustered_error() {
        let found = mean_difference(&[unit(0, 2.0, 0), unit(1, 5.0, 1), unit(1, 6.0, 2)]).unwrap();
        assert!(found.cluster_standard_error.is_nan() && found.independent_standard_error > 0.0);
    }
}
