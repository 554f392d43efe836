//! How much clusters vary when what their arm and their stratum have in common is taken out.
//!
//! Both arms are often present at every site, and what all clusters of a site share then cancels from the comparison. A
//! variance between clusters that still holds it is too large: the test rejects too seldom. So contributions are regressed on
//! arm and stratum, and residuals are divided by the root of one less their leverage (HC2; for clusters Bell & McCaffrey
//! 2002), which makes the variance unbiased for clusters of equal size. Degrees of freedom: clusters - strata - 1. With one
//! stratum that is the t test between two groups of clusters.
//!
//! A cluster that has participants of both arms (a site) is a pair: its contribution already is a difference. Pairs are
//! centered among themselves; degrees of freedom: pairs - 1.

/// Units gathered into clusters, counted through in the order in which they come.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Clusters {
    /// Cluster of each label; `NOBODY` where none has come.
    of_label: Vec<u32>,
    /// Group (0 = control, 1 = treated, 2 = both) and stratum of each cluster.
    members: Vec<(usize, u32)>,
}

/// A label without a cluster.
const NOBODY: u32 = u32::MAX;

impl Clusters {
    /// Empties the list.
    pub(crate) fn clear(&mut self) {
        self.of_label.clear();
        self.members.clear();
    }

    /// Adds a unit and returns its cluster; one with units in both arms is of group 2. Its stratum is that of its first unit.
    pub fn add(&mut self, label: u32, arm: usize, stratum: u32) -> usize {
        let label = label as usize;
        if label >= self.of_label.len() {
            self.of_label.resize(label + 1, NOBODY);
        }
        let cluster = self.of_label[label] as usize;
        if let Some((group, _)) = self.members.get_mut(cluster) {
            *group = if *group == arm { arm } else { 2 };
            return cluster;
        }
        self.of_label[label] = self.members.len() as u32;
        self.members.push((arm, stratum));
        self.members.len() - 1
    }

    /// Number of clusters.
    pub(crate) fn count(&self) -> usize {
        self.members.len()
    }

    /// Clusters with participants in an arm.
    pub(crate) fn in_arm(&self, arm: usize) -> usize {
        self.members.iter().filter(|(group, _)| *group == arm || *group == 2).count()
    }

    /// The cluster of a label that was added.
    pub(crate) fn of(&self, label: u32) -> usize {
        self.of_label[label as usize] as usize
    }
}

/// Which clusters there are, and what their residuals are against.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ClusterContrast {
    /// 0 = control, 1 = treated, 2 = both.
    group: Vec<usize>,
    /// Stratum, `0..strata`.
    stratum: Vec<usize>,
    /// Clusters and share of the treated of each stratum.
    strata: Vec<(f64, f64)>,
    /// Sum over clusters of the squared deviation of arm from its mean in the stratum.
    spread: f64,
    /// Degrees of freedom.
    degrees_of_freedom: f64,
}

impl ClusterContrast {
    /// Takes these clusters. Strata are used when each has clusters of both arms, and no cluster is in both.
    pub fn assign(&mut self, clusters: &Clusters) {
        let clusters = &clusters.members;
        self.group.clear();
        self.group.extend(clusters.iter().map(|(group, _)| *group));
        let names: Vec<u32> = clusters.iter().map(|(_, stratum)| *stratum).collect();
        self.stratify(&names);
        if self.strata.iter().any(|(_, share)| *share == 0.0 || *share == 1.0) {
            self.stratify(&vec![0; clusters.len()]);
        }
        let members = |wanted: usize| self.group.iter().filter(|group| **group == wanted).count();
        let pairs = members(2);
        let all = clusters.len() as f64;
        self.degrees_of_freedom = if pairs > 0 {
            all - (0..3).filter(|group| members(*group) > 0).count() as f64
        } else {
            all - self.strata.len() as f64 - 1.0
        };
        let deviation = |(group, stratum): (&usize, &usize)| *group as f64 - self.strata[*stratum].1;
        self.spread =
            self.group.iter().zip(&self.stratum).map(deviation).map(|from_mean| from_mean * from_mean).sum();
    }

    /// Numbers strata and counts them.
    fn stratify(&mut self, names: &[u32]) {
        let mut known = names.to_vec();
        known.sort_unstable();
        known.dedup();
        self.stratum.clear();
        self.stratum.extend(names.iter().map(|name| known.partition_point(|known_name| known_name < name)));
        self.strata.clear();
        self.strata.resize(known.len(), (0.0, 0.0));
        for (group, stratum) in self.group.iter().zip(&self.stratum) {
            self.strata[*stratum].0 += 1.0;
            self.strata[*stratum].1 += f64::from(u8::from(*group == 1));
        }
        self.strata.iter_mut().for_each(|(count, treated)| *treated /= *count);
    }

    /// The arm of each cluster (0 = control, 1 = treated, 2 = both), and its stratum, `0..` in the order of their names.
    pub(crate) fn places(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        self.group.iter().copied().zip(self.stratum.iter().copied())
    }

    /// Degrees of freedom of the variance between clusters; below 1 there is none.
    pub fn degrees_of_freedom(&self) -> f64 {
        self.degrees_of_freedom
    }

    /// Replaces the clusters' contributions by residuals whose squares sum to the variance of the sum of the contributions; NaN
    /// where nothing is left to vary (one cluster in an arm). `scale`: what one unit of a stratum's common deviation adds to a
    /// contribution of control and of treated (of opposite signs).
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::grouped::{ClusterContrast, Clusters};
    ///
    /// // Two clusters an arm, one stratum.
    /// let mut clusters = Clusters::default();
    /// for (label, arm) in [(0, 0), (1, 0), (2, 1), (3, 1)] {
    ///     clusters.add(label, arm, 0);
    /// }
    /// let mut between = ClusterContrast::default();
    /// between.assign(&clusters);
    /// assert_eq!(between.degrees_of_freedom(), 2.0);
    /// // Each arm centered, and divided by the root of one less the leverage of 1/2: +-0.5 becomes +-0.7071.
    /// let mut contributions = [1.0, 2.0, 5.0, 6.0];
    /// between.residuals(&mut contributions, [-0.5, 0.5]);
    /// assert!(contributions.iter().all(|own| (own.abs() - 0.5_f64.sqrt()).abs() < 1e-12));
    /// ```
    pub fn residuals(&self, contributions: &mut [f64], scale: [f64; 2]) {
        if self.group.contains(&2) {
            return self.center(contributions);
        }
        for (contribution, group) in contributions.iter_mut().zip(&self.group) {
            *contribution /= scale[*group];
        }
        let mut mean = vec![0.0; self.strata.len()];
        for (contribution, stratum) in contributions.iter().zip(&self.stratum) {
            mean[*stratum] += contribution / self.strata[*stratum].0;
        }
        let arm = |at: usize| self.group[at] as f64 - self.strata[self.stratum[at]].1;
        let effect =
            contributions.iter().enumerate().map(|(at, contribution)| arm(at) * contribution).sum::<f64>()
                / self.spread;
        for (at, contribution) in contributions.iter_mut().enumerate() {
            let stratum = self.stratum[at];
            let leverage = 1.0 / self.strata[stratum].0 + arm(at) * arm(at) / self.spread;
            let left = 1.0 - leverage;
            let residual = *contribution - mean[stratum] - effect * arm(at);
            *contribution =
                if left > 1e-9 { residual / libm::sqrt(left) * scale[self.group[at]] } else { f64::NAN };
        }
    }

    /// Centers each group, with the factor n / (n - 1).
    fn center(&self, contributions: &mut [f64]) {
        for wanted in 0..3 {
            let is = |at: &usize| self.group[*at] == wanted;
            let members: Vec<usize> = (0..self.group.len()).filter(is).collect();
            let count = members.len() as f64;
            let mean = members.iter().map(|at| contributions[*at]).sum::<f64>() / count;
            let factor = if count > 1.0 { libm::sqrt(count / (count - 1.0)) } else { f64::NAN };
            members.iter().for_each(|at| contributions[*at] = (contributions[*at] - mean) * factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One cluster per `(group, stratum)`, with a unit in each of its arms.
    fn between(list: &[(usize, u32)]) -> ClusterContrast {
        let mut clusters = Clusters::default();
        for (label, &(group, stratum)) in list.iter().enumerate() {
            let arms = if group == 2 { vec![0, 1] } else { vec![group] };
            let found: Vec<usize> =
                arms.iter().map(|&arm| clusters.add(label as u32, arm, stratum)).collect();
            assert!(found.iter().all(|&cluster| cluster == clusters.of(label as u32)));
        }
        assert_eq!(clusters.count(), list.len());
        let mut between = ClusterContrast::default();
        between.assign(&clusters);
        between
    }

    /// Two groups of three: sum over arms of n / (n - 1) times squared deviations.
    #[test]
    fn one_stratum_is_two_groups() {
        let six = between(&[(0, 0), (0, 0), (0, 0), (1, 0), (1, 0), (1, 0)]);
        assert_eq!(six.degrees_of_freedom(), 4.0);
        let mut values = [2.0, 4.0, 3.0, 5.0, 8.0, 5.0];
        six.residuals(&mut values, [-1.0, 1.0]);
        let variance: f64 = values.iter().map(|value| value * value).sum();
        assert!((variance - 1.5 * (2.0 + 6.0)).abs() < 1e-12);
    }

    /// A site's common deviation (7, in whatever arm) leaves the residuals as they are: 8 clusters, 2 sites.
    #[test]
    fn what_a_site_shares_is_taken_out() {
        let clusters = [(0, 3), (0, 3), (1, 3), (1, 3), (0, 9), (0, 9), (1, 9), (1, 9)];
        let paired = between(&clusters);
        assert_eq!(paired.degrees_of_freedom(), 5.0);
        let plain = [0.3, -0.2, 0.5, 0.1, -0.4, 0.2, 0.6, -0.7];
        let mut without = plain;
        let mut with = plain;
        for (value, (group, site)) in with.iter_mut().zip(clusters) {
            let shared = if site == 9 { 7.0 } else { 0.0 };
            *value += shared * if group == 1 { 0.4 } else { -0.6 };
        }
        paired.residuals(&mut without, [-0.6, 0.4]);
        paired.residuals(&mut with, [-0.6, 0.4]);
        for (a, b) in without.iter().zip(with) {
            assert!((a - b).abs() < 1e-12);
        }
    }

    /// A site without the other arm cannot be compared within: one stratum, as if sites were not known.
    #[test]
    fn sites_with_one_arm_are_no_strata() {
        assert_eq!(between(&[(0, 0), (0, 0), (1, 1), (1, 1)]).degrees_of_freedom(), 2.0);
    }

    #[test]
    fn pairs_and_single_clusters() {
        let pairs = between(&[(2, 0), (2, 1), (2, 2), (2, 3)]);
        assert_eq!(pairs.degrees_of_freedom(), 3.0);
        let mut values = [1.0, 2.0, 3.0, 6.0];
        pairs.residuals(&mut values, [-1.0, 1.0]);
        assert!((values.iter().map(|value| value * value).sum::<f64>() - 4.0 / 3.0 * 14.0).abs() < 1e-12);
        let lonely = between(&[(0, 0), (1, 0), (1, 0)]);
        let mut values = [1.0, 2.0, 3.0];
        lonely.residuals(&mut values, [-1.0, 1.0]);
        assert!(values[0].is_nan());
    }
}
