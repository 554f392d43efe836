//! Weighted log-rank scores from counts, with their variance between clusters and, for comparison, among independent
//! participants.

use super::{ClusterTable, GroupedWorkspace};

/// Weight of an event time, a function of S(t-), the pooled Kaplan-Meier curve just before it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum RankWeight {
    /// S(t-)^rho (1 - S(t-))^gamma with exponents 0 or 1; (0, 0) is the log-rank test.
    FlemingHarrington {
        /// Whether early differences weigh more.
        early: bool,
        /// Whether late differences weigh more.
        late: bool,
    },
    /// 1 / max(S(t-), s*): modestly weighted. Magirr & Burman (2019), doi:10.1002/sim.8186.
    Modest {
        /// Smallest probability that is divided by, in (0, 1].
        s_star: f64,
    },
}

impl RankWeight {
    /// The log-rank test.
    pub const LOG_RANK: Self = Self::FlemingHarrington { early: false, late: false };
    /// Weighs late differences.
    pub const LATE: Self = Self::FlemingHarrington { early: false, late: true };
    /// The four of the usual MaxCombo: (0,0), (1,0), (1,1), (0,1).
    pub const MAX_COMBO: [Self; 4] = [
        Self::LOG_RANK,
        Self::FlemingHarrington { early: true, late: false },
        Self::FlemingHarrington { early: true, late: true },
        Self::LATE,
    ];

    /// The weight at a pooled survival.
    fn at(self, survival: f64) -> f64 {
        match self {
            Self::FlemingHarrington { early, late } => {
                (if early { survival } else { 1.0 }) * (if late { 1.0 - survival } else { 1.0 })
            }
            Self::Modest { s_star } => 1.0 / survival.max(s_star),
        }
    }
}

/// Scores of up to four weights.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RankScores {
    /// Weighted observed less expected events of the treated arm.
    pub score: [f64; 4],
    /// Covariance with whole clusters as independent units, freed of what arm and stratum share; NaN when an arm has one cluster
    /// only.
    pub clustered: [[f64; 4]; 4],
    /// Hypergeometric covariance: participants independent.
    pub independent: [[f64; 4]; 4],
}

impl GroupedWorkspace {
    /// Scores of the chosen units.
    ///
    /// Cluster c contributes U_c = sum of w(t) (Z_c - Y_1/Y) (dN_c - Y_c dN/Y), Z_c its arm; these sum to the log-rank score.
    /// Lin and Wei's variance (1989, doi:10.1080/01621459.1989.10478874) is the sum of U_c U_c'. With few clusters that holds
    /// the effect itself: with four clusters |z| cannot exceed 2, and no test at 5 % could ever reject. So the contributions are
    /// freed of what their arm and their stratum share first: see [`super::ClusterContrast`], which also has the degrees of freedom.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::grouped::{ClusterTable, GroupedWorkspace, RankWeight};
    /// use stapjes::observe::Dataset;
    ///
    /// // Every client of the example a cluster of its own, on a grid of months.
    /// let data = Dataset::example();
    /// let arms = data.arm.iter().map(|arm| *arm as usize).collect();
    /// let mut table = ClusterTable::new(16, arms, (0..16).collect());
    /// for (unit, (time, cause)) in data.time.iter().zip(&data.cause).enumerate() {
    ///     table.add(unit, *time as usize);
    ///     if *cause > 0 {
    ///         table.add_event(unit, *time as usize);
    ///     }
    /// }
    /// table.finish();
    /// let mut space = GroupedWorkspace::default();
    /// space.choose(&table, &(0..16).collect::<Vec<u32>>());
    /// let found = space.rank_scores(&table, &[RankWeight::LOG_RANK, RankWeight::LATE]);
    /// // R: survdiff(Surv(time, cause > 0) ~ arm): 6 observed less 4.386111 expected, variance 2.350278
    /// assert!((found.score[0] - 1.613_888_888_9).abs() < 1e-9);
    /// assert!((found.independent[0][0] - 2.350_278_479_1).abs() < 1e-9);
    /// assert!((found.score[1] - 0.295_312_5).abs() < 1e-9);
    /// ```
    pub fn rank_scores(&mut self, table: &ClusterTable, weights: &[RankWeight]) -> RankScores {
        let count = weights.len().min(4);
        let mut scores = RankScores::default();
        let clusters = self.clusters.count();
        let mut residuals = core::mem::take(&mut self.score);
        residuals.clear();
        residuals.resize(clusters * count, 0.0);
        for (index, (weight, of_weight)) in
            weights.iter().zip(residuals.chunks_mut(clusters.max(1))).enumerate()
        {
            self.fill_weights(*weight);
            let scale = self.fill_rank_factors();
            self.unit_sums(
                table,
                |factor, arm, events, risk| factor[arm] * (events - risk * factor[2]),
                |unit, sum| of_weight[self.cluster_of(table, unit)] += sum,
            );
            scores.score[index] = of_weight.iter().sum();
            self.between.residuals(of_weight, scale);
        }
        for i in 0..count {
            for j in 0..count {
                let pairs =
                    residuals[i * clusters..][..clusters].iter().zip(&residuals[j * clusters..][..clusters]);
                scores.clustered[i][j] = pairs.map(|(a, b)| a * b).sum();
            }
        }
        self.score = residuals;
        self.add_independent(weights, &mut scores.independent);
        scores
    }

    /// Events of each chosen unit less those expected at the pooled hazards: martingale residuals without the arm.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::grouped::{ClusterTable, GroupedWorkspace};
    ///
    /// // Two clients: the first leaves in month 0, when both are at risk, the second in month 1.
    /// let mut table = ClusterTable::new(2, vec![0, 1], vec![0, 1]);
    /// for (unit, month) in [(0, 0), (1, 1)] {
    ///     table.add(unit, month);
    ///     table.add_event(unit, month);
    /// }
    /// table.finish();
    /// let mut space = GroupedWorkspace::default();
    /// space.choose(&table, &[0, 1]);
    /// // One event less half a one; one less half and one.
    /// assert_eq!(space.unit_residuals(&table), [(0, 0.5), (1, -0.5)]);
    /// ```
    pub fn unit_residuals(&self, table: &ClusterTable) -> Vec<(u32, f64)> {
        let hazard = |step: usize| {
            let risk = self.risk[0][step] + self.risk[1][step];
            if risk > 0.0 { (self.events[0][step] + self.events[1][step]) / risk } else { 0.0 }
        };
        let hazards: Vec<f64> = (0..self.risk[0].len()).map(hazard).collect();
        let residual = |&unit: &u32| {
            let steps =
                table.row(&table.events, unit).iter().zip(table.row(&table.at_risk, unit)).zip(&hazards);
            (unit, steps.map(|((events, risk), hazard)| events - risk * hazard).sum())
        };
        self.units.iter().map(residual).collect()
    }

    /// Weights of every step.
    fn fill_weights(&mut self, weight: RankWeight) {
        self.weights.clear();
        let mut survival = 1.0;
        for step in 0..self.risk[0].len() {
            self.weights.push(weight.at(survival));
            let (events, risk) =
                (self.events[0][step] + self.events[1][step], self.risk[0][step] + self.risk[1][step]);
            if events > 0.0 {
                survival *= 1.0 - (events / risk).min(1.0);
            }
        }
    }

    /// Per step: weight times (Z - Y_1/Y) for either arm, and the pooled hazard. Returns what one event too many in a cluster of
    /// mean size adds to its contribution, in control and treated.
    fn fill_rank_factors(&mut self) -> [f64; 2] {
        let mut scale = [0.0; 2];
        self.factors.clear();
        for step in 0..self.risk[0].len() {
            let events = self.events[0][step] + self.events[1][step];
            let risk = self.risk[0][step] + self.risk[1][step];
            let w = self.weights[step];
            if risk <= 0.0 {
                self.factors.push([0.0; 3]);
                continue;
            }
            let factor = [-w * self.risk[1][step] / risk, w * self.risk[0][step] / risk, events / risk];
            scale[0] += factor[0] * events;
            scale[1] += factor[1] * events;
            self.factors.push(factor);
        }
        self.scaled(scale)
    }

    /// A scale of contributions times the mean size of a cluster; any scale will do without events.
    pub(super) fn scaled(&self, scale: [f64; 2]) -> [f64; 2] {
        if scale[0] == 0.0 || scale[1] == 0.0 {
            return [-1.0, 1.0];
        }
        [scale[0] * self.mean_size[0], scale[1] * self.mean_size[1]]
    }

    /// Adds the covariance of independent participants.
    fn add_independent(&mut self, weights: &[RankWeight], covariance: &mut [[f64; 4]; 4]) {
        let mut survival = 1.0;
        for (_, events, control, treated) in self.event_steps() {
            let risk = control + treated;
            let spread = if risk > 1.0 {
                events * (risk - events).max(0.0) / (risk - 1.0) * control / risk * treated / risk
            } else {
                0.0
            };
            for (i, first) in weights.iter().take(4).enumerate() {
                for (j, second) in weights.iter().take(4).enumerate() {
                    covariance[i][j] += first.at(survival) * second.at(survival) * spread;
                }
            }
            survival *= 1.0 - (events / risk).min(1.0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two clusters in each arm with clearly different hazards: the centered test can reject, and the independent score is
    /// the log-rank test by hand.
    #[test]
    fn four_clusters_can_reject() {
        let mut table = ClusterTable::new(4, vec![0, 0, 1, 1], vec![0, 1, 2, 3]);
        for unit in 0..4 {
            for person in 0..40 {
                let event = if unit < 2 { person < 4 + unit } else { person < 28 + unit };
                table.add(unit, if event { person % 3 } else { 3 });
                if event {
                    table.add_event(unit, person % 3);
                }
            }
        }
        table.finish();
        let mut workspace = GroupedWorkspace::default();
        workspace.choose(&table, &[0, 1, 2, 3]);
        let scores = workspace.rank_scores(&table, &[RankWeight::LOG_RANK, RankWeight::LATE]);
        let (mut observed, mut expected, mut variance) = (0.0, 0.0, 0.0);
        for step in 0..4 {
            let at =
                |column: &[f64], arm: usize| column[2 * arm * 4 + step] + column[(2 * arm + 1) * 4 + step];
            let (d, n) =
                ([0, 1].map(|arm| at(&table.events, arm)), [0, 1].map(|arm| at(&table.at_risk, arm)));
            let (all, risk) = (d[0] + d[1], n[0] + n[1]);
            observed += d[1];
            expected += all * n[1] / risk;
            variance += all * (risk - all) / (risk - 1.0) * n[0] / risk * n[1] / risk;
        }
        assert!((scores.score[0] - (observed - expected)).abs() < 1e-10);
        let residuals = workspace.unit_residuals(&table);
        assert!(residuals.iter().map(|(_, residual)| residual).sum::<f64>().abs() < 1e-10);
        assert!((residuals[2].1 + residuals[3].1 - (observed - expected)).abs() < 1e-10);
        assert!((scores.independent[0][0] - variance).abs() < 1e-10);
        assert!(scores.score[0] / libm::sqrt(scores.clustered[0][0]) > 4.303, "t(2) at 5 %");
        workspace.choose(&table, &[0, 2, 3]);
        assert!(workspace.rank_scores(&table, &[RankWeight::LOG_RANK]).clustered[0][0].is_nan());
    }
}
