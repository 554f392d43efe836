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
    /// Covariance with whole clusters as independent units: the sum of products of their score contributions.
    pub clustered: [[f64; 4]; 4],
    /// Hypergeometric covariance: participants independent.
    pub independent: [[f64; 4]; 4],
}

impl GroupedWorkspace {
    /// Scores of the chosen units.
    ///
    /// Cluster c contributes U_c = sum of w(t) (Z_c - Y_1/Y) (dN_c - Y_c dN/Y), Z_c its arm; these sum to the log-rank score,
    /// and sum of U_c U_c' estimates its variance when clusters are independent: the score test with Lin and Wei's
    /// variance (1989, doi:10.1080/01621459.1989.10478874).
    pub fn rank_scores(&mut self, table: &ClusterTable, weights: &[RankWeight]) -> RankScores {
        let count = weights.len().min(4);
        let mut scores = RankScores::default();
        let labels = self.labels;
        self.score.clear();
        self.score.resize(labels * count, 0.0);
        for (index, weight) in weights.iter().take(4).enumerate() {
            self.fill_weights(*weight);
            self.fill_rank_factors();
            for &unit in &self.units {
                let own = &table.row(&table.events, unit);
                let risk = table.row(&table.at_risk, unit);
                let arm = table.arm[unit as usize];
                let mut sum = 0.0;
                for (step, factor) in self.factors.iter().enumerate() {
                    sum += factor[arm] * (own[step] - risk[step] * factor[2]);
                }
                self.score[table.label[unit as usize] as usize * count + index] += sum;
            }
        }
        for own in self.score.chunks(count.max(1)) {
            for i in 0..count {
                scores.score[i] += own[i];
                for j in 0..count {
                    scores.clustered[i][j] += own[i] * own[j];
                }
            }
        }
        self.add_independent(weights, &mut scores.independent);
        scores
    }

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

    /// Per step: weight times (Z - Y_1/Y) for either arm, and the pooled hazard.
    fn fill_rank_factors(&mut self) {
        self.factors.clear();
        for step in 0..self.risk[0].len() {
            let events = self.events[0][step] + self.events[1][step];
            let risk = self.risk[0][step] + self.risk[1][step];
            let w = self.weights[step];
            self.factors.push(if risk > 0.0 {
                [-w * self.risk[1][step] / risk, w * self.risk[0][step] / risk, events / risk, 0.0, 0.0, 0.0]
            } else {
                [0.0; 6]
            });
        }
    }

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
