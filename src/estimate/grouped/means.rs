//! A difference of two means (or proportions) of participants who come in clusters.

/// One unit: participants of one cluster in one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterMean {
    /// 0 = control, 1 = treated.
    pub arm: usize,
    /// Participants.
    pub size: f64,
    /// Sum of their values.
    pub sum: f64,
    /// Sum of their squared values.
    pub squares: f64,
}

/// Treated minus control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanDifference {
    /// Mean of each arm.
    pub means: [f64; 2],
    /// Standard error when participants are independent (unequal variances).
    pub independent_standard_error: f64,
    /// Standard error with clusters as the independent units.
    pub cluster_standard_error: f64,
    /// Clusters in each arm.
    pub clusters: [usize; 2],
}

impl MeanDifference {
    /// Treated minus control.
    pub fn difference(&self) -> f64 {
        self.means[1] - self.means[0]
    }
}

/// Compares two arms; `None` without an arm, or without variation.
///
/// The clustered variance of an arm is sum over its clusters of (n_c / N)^2 (mean_c - mean)^2 / (1 - n_c / N): the sandwich
/// with residuals scaled by their leverage (CR2, Bell & McCaffrey 2002), unbiased when participants are in truth
/// independent. Hold the ratio against t(clusters - 2). With one cluster in an arm that arm has no variance of its own: then
/// no clustered error is given (NaN).
pub fn mean_difference(units: &[ClusterMean]) -> Option<MeanDifference> {
    let (mut size, mut sum, mut squares, mut clusters) = ([0.0; 2], [0.0; 2], [0.0; 2], [0; 2]);
    for unit in units.iter().filter(|unit| unit.size > 0.0) {
        size[unit.arm] += unit.size;
        sum[unit.arm] += unit.sum;
        squares[unit.arm] += unit.squares;
        clusters[unit.arm] += 1;
    }
    if size[0] <= 1.0 || size[1] <= 1.0 {
        return None;
    }
    let means = [sum[0] / size[0], sum[1] / size[1]];
    let within = |arm: usize| (squares[arm] / size[arm] - means[arm] * means[arm]).max(0.0) / size[arm];
    let independent = within(0) + within(1);
    let mut clustered = 0.0;
    for unit in units.iter().filter(|unit| unit.size > 0.0) {
        let share = unit.size / size[unit.arm];
        let deviation = share * (unit.sum / unit.size - means[unit.arm]);
        clustered += if share < 1.0 { deviation * deviation / (1.0 - share) } else { f64::NAN };
    }
    (independent > 0.0).then(|| MeanDifference {
        means,
        independent_standard_error: libm::sqrt(independent),
        cluster_standard_error: libm::sqrt(clustered),
        clusters,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_clusters_give_the_t_test_on_cluster_means() {
        let unit = |arm, sum| ClusterMean { arm, size: 10.0, sum, squares: sum };
        let units = [unit(0, 2.0), unit(0, 4.0), unit(0, 3.0), unit(1, 5.0), unit(1, 8.0), unit(1, 5.0)];
        let found = mean_difference(&units).unwrap();
        assert!((found.difference() - 0.3).abs() < 1e-12);
        // Variances of the cluster means .2 .4 .3 and .5 .8 .5: .01 and .03, over three clusters each.
        let expected = libm::sqrt(0.01 / 3.0 + 0.03 / 3.0);
        assert!((found.cluster_standard_error - expected).abs() < 1e-12);
        assert!(mean_difference(&units[..3]).is_none());
    }

    #[test]
    fn one_cluster_in_an_arm_has_no_clustered_error() {
        let unit = |arm, sum| ClusterMean { arm, size: 10.0, sum, squares: sum };
        let found = mean_difference(&[unit(0, 2.0), unit(1, 5.0), unit(1, 6.0)]).unwrap();
        assert!(found.cluster_standard_error.is_nan() && found.independent_standard_error > 0.0);
    }
}
