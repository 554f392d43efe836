//! Cox regression on one 0/1 covariate, from counts: Breslow ties, errors by cluster.
//!
//! The same sums serve a cause-specific hazard (competing exits leave the risk set), a subdistribution hazard (they stay in
//! it until the cut-off, which is Fine and Gray's model when everybody's end of follow-up is known, 1999,
//! doi:10.1080/01621459.1999.10474144), and a mean rate of recurrent events (events do not leave it: Lin, Wei, Yang and Ying
//! 2000, doi:10.1111/1467-9868.00259).

use super::{ClusterTable, GroupedWorkspace};

/// The log hazard ratio, treated against control.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GroupedCox {
    /// Log hazard (or rate) ratio.
    pub log_ratio: f64,
    /// Standard error when participants are independent.
    pub model_standard_error: f64,
    /// Robust standard error by cluster (Lin & Wei 1989, doi:10.1080/01621459.1989.10478874), from contributions freed of what arm
    /// and stratum share and corrected for few clusters: see [`super::ClusterContrast`]. NaN without two clusters in each arm.
    pub cluster_standard_error: f64,
}

/// One step of the fitted model.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CoxStep {
    /// Share of the treated in the risk.
    pub share: f64,
    /// What being at risk up to and including this step has taken off the score of a participant of either arm.
    pub compensator: [f64; 2],
}

impl GroupedWorkspace {
    /// The steps of the model at a log ratio, to add up score contributions by person.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::grouped::{ClusterTable, GroupedWorkspace};
    ///
    /// // Both at risk in month 0, when the treated leaves: at a log ratio of 0 its share of the risk is a half.
    /// let mut table = ClusterTable::new(1, vec![0, 1], vec![0, 1]);
    /// table.add(0, 0);
    /// table.add(1, 0);
    /// table.add_event(1, 0);
    /// table.finish();
    /// let mut space = GroupedWorkspace::default();
    /// space.choose(&table, &[0, 1]);
    /// let step = space.cox_hazards(0.0)[0];
    /// assert_eq!(step.share, 0.5);
    /// // (0 - 1/2) * 1/2 for the control, (1 - 1/2) * 1/2 for the treated: what being at risk takes off the score.
    /// assert_eq!(step.compensator, [-0.25, 0.25]);
    /// ```
    pub fn cox_hazards(&self, log_ratio: f64) -> Vec<CoxStep> {
        let ratio = libm::exp(log_ratio);
        let mut compensator = [0.0; 2];
        let step = |step: usize| {
            let events = self.events[0][step] + self.events[1][step];
            let risk = self.risk[0][step] + self.risk[1][step] * ratio;
            if risk <= 0.0 {
                return CoxStep { share: 0.0, compensator };
            }
            let share = self.risk[1][step] * ratio / risk;
            compensator[0] -= share * events / risk;
            compensator[1] += (1.0 - share) * ratio * events / risk;
            CoxStep { share, compensator }
        };
        (0..self.risk[0].len()).map(step).collect()
    }

    /// Fits the chosen units; `None` when the ratio is zero or infinite.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::grouped::{ClusterTable, GroupedWorkspace};
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
    /// // R: coxph(Surv(time, cause > 0) ~ arm, ties = "breslow")
    /// let found = space.cox(&table).expect("events in both arms");
    /// assert!((found.log_ratio - 0.660_788_155_4).abs() < 1e-8);
    /// assert!((found.model_standard_error - 0.649_650_322_8).abs() < 1e-8);
    /// ```
    pub fn cox(&mut self, table: &ClusterTable) -> Option<GroupedCox> {
        let log_ratio = self.maximize()?;
        let (_, information) = self.derivatives(log_ratio);
        let scale = self.fill_cox_factors(log_ratio);
        let mut score = core::mem::take(&mut self.score);
        score.clear();
        score.resize(self.clusters.count(), 0.0);
        self.unit_sums(
            table,
            |factor, arm, events, risk| (arm as f64 - factor[0]) * (events - risk * factor[1 + arm]),
            |unit, sum| score[self.cluster_of(table, unit)] += sum,
        );
        self.between.residuals(&mut score, scale);
        let meat: f64 = score.iter().map(|share| share * share).sum();
        self.score = score;
        Some(GroupedCox {
            log_ratio,
            model_standard_error: 1.0 / libm::sqrt(information),
            cluster_standard_error: libm::sqrt(meat) / information,
        })
    }

    /// The log ratio, by Newton steps.
    fn maximize(&self) -> Option<f64> {
        let (mut control, mut treated) = (0.0, 0.0);
        for (step, _, risk_control, risk_treated) in self.event_steps() {
            control += if risk_treated > 0.0 { self.events[0][step] } else { 0.0 };
            treated += if risk_control > 0.0 { self.events[1][step] } else { 0.0 };
        }
        if control == 0.0 || treated == 0.0 {
            return None;
        }
        let mut beta: f64 = 0.0;
        for _ in 0..100 {
            let (score, information) = self.derivatives(beta);
            let step = score / information;
            if !step.is_finite() || beta.abs() > 30.0 {
                return None;
            }
            beta += step.clamp(-2.0, 2.0);
            if step.abs() < 1e-9 * beta.abs().max(1.0) {
                return Some(beta);
            }
        }
        None
    }

    /// Score and information at a log ratio.
    fn derivatives(&self, beta: f64) -> (f64, f64) {
        let ratio = libm::exp(beta);
        let (mut score, mut information) = (0.0, 0.0);
        for (step, events, control, treated) in self.event_steps() {
            let share = treated * ratio / (control + treated * ratio);
            score += self.events[1][step] - events * share;
            information += events * share * (1.0 - share);
        }
        (score, information)
    }

    /// Per step: share of the treated in the risk; hazard of control and treated. Returns what one event too many in a cluster of
    /// mean size adds to its contribution, in control and treated.
    fn fill_cox_factors(&mut self, beta: f64) -> [f64; 2] {
        let ratio = libm::exp(beta);
        let mut scale = [0.0; 2];
        self.factors.clear();
        for step in 0..self.risk[0].len() {
            let events = self.events[0][step] + self.events[1][step];
            let risk = self.risk[0][step] + self.risk[1][step] * ratio;
            if risk <= 0.0 {
                self.factors.push([0.0; 3]);
                continue;
            }
            let (share, hazard) = (self.risk[1][step] * ratio / risk, events / risk);
            scale[0] -= share * events;
            scale[1] += (1.0 - share) * events;
            self.factors.push([share, hazard, hazard * ratio]);
        }
        self.scaled(scale)
    }
}

#[cfg(test)]
mod tests {
    use super::super::RankWeight;
    use super::*;

    /// 8 clusters of 25, with times on a grid of 10 steps; the same people as rows and as counts.
    fn study() -> (ClusterTable, Vec<(f64, bool, bool, u32)>) {
        let arm = vec![0, 0, 0, 0, 1, 1, 1, 1];
        let mut table = ClusterTable::new(10, arm.clone(), (0..8).collect());
        let mut rows = Vec::new();
        let mut word = 12_345_u64;
        for person in 0..200_usize {
            word = word.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let unit = person % 8;
            let step = ((word >> 33) % 10) as usize;
            let event = step < 9 && ((word >> 50) % 4 < 2 + u64::from(unit > 4));
            table.add(unit, step);
            if event {
                table.add_event(unit, step);
            }
            rows.push((step as f64 + 1.0, event, arm[unit] == 1, unit as u32));
        }
        table.finish();
        (table, rows)
    }

    #[test]
    fn the_score_is_the_derivative_of_the_likelihood_and_clusters_add_up() {
        let (table, _) = study();
        let mut workspace = GroupedWorkspace::default();
        workspace.choose(&table, &(0..8).collect::<Vec<_>>());
        let (score, _) = workspace.derivatives(0.0);
        let ranks = workspace.rank_scores(&table, &[RankWeight::LOG_RANK]);
        assert!((score - ranks.score[0]).abs() < 1e-10);
        let fit = workspace.cox(&table).unwrap();
        assert!(workspace.derivatives(fit.log_ratio).0.abs() < 1e-8);
        assert!(fit.cluster_standard_error > 0.0);
        assert_eq!(workspace.between().degrees_of_freedom(), 6.0);
    }

    #[test]
    fn equals_the_regression_on_rows() {
        use crate::estimate::cox::{CoxData, CoxModel, Term, Ties};
        let (table, rows) = study();
        let mut workspace = GroupedWorkspace::default();
        workspace.choose(&table, &(0..8).collect::<Vec<_>>());
        let ours = workspace.cox(&table).unwrap();
        let time: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let event: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let data = CoxData { start: None, stop: &time, event: &event, stratum: None, weight: None };
        let terms = vec![Term {
            name: "treated".into(),
            values: rows.iter().map(|row| f64::from(u8::from(row.2))).collect(),
        }];
        let model = CoxModel { data, terms: &terms, ties: Ties::Breslow };
        let fit = model.fit().unwrap();
        assert!((fit.coefficients[0] - ours.log_ratio).abs() < 1e-9);
        assert!((fit.standard_errors()[0] - ours.model_standard_error).abs() < 1e-9);
        // By hand, person by person: Breslow hazards, contributions per cluster, centered within arms, with n / (n - 1).
        let ratio = libm::exp(ours.log_ratio);
        let mut contribution = [0.0; 8];
        for at in 1..=10 {
            let at_risk = |arm: bool| {
                let is = |row: &&(f64, bool, bool, u32)| row.0 >= f64::from(at) && row.2 == arm;
                rows.iter().filter(is).count() as f64
            };
            let risk = at_risk(false) + ratio * at_risk(true);
            let events = rows.iter().filter(|row| row.0 == f64::from(at) && row.1).count() as f64;
            for row in rows.iter().filter(|row| row.0 >= f64::from(at)) {
                let z = f64::from(u8::from(row.2));
                let event = f64::from(u8::from(row.0 == f64::from(at) && row.1));
                let hazard = (if row.2 { ratio } else { 1.0 }) * events / risk;
                contribution[row.3 as usize] += (z - ratio * at_risk(true) / risk) * (event - hazard);
            }
        }
        let mut meat = 0.0;
        for arm in [&contribution[..4], &contribution[4..]] {
            let mean = arm.iter().sum::<f64>() / 4.0;
            meat += arm.iter().map(|score| (score - mean) * (score - mean)).sum::<f64>() * 4.0 / 3.0;
        }
        let variance = ours.model_standard_error * ours.model_standard_error;
        assert!((libm::sqrt(meat) * variance - ours.cluster_standard_error).abs() < 1e-9);
    }

    /// Two sites with both arms, against R 4.2, survival 3.5-3: score residuals of coxph (ties = "breslow"; at the estimate, and
    /// with iter.max = 0) summed by unit, divided by -mean(Z) or 1 - mean(Z) at events, lm(~ arm + site), residuals over
    /// sqrt(1 - hatvalues). 15 digits printed.
    #[test]
    fn equals_score_residuals_regressed_on_arm_and_site_in_r() {
        let (mut table, _) = study();
        table.stratum = (0..8).map(|unit| unit % 2).collect();
        let mut workspace = GroupedWorkspace::default();
        workspace.choose(&table, &(0..8).collect::<Vec<_>>());
        let fit = workspace.cox(&table).unwrap();
        assert!((fit.log_ratio - 0.469793649819837).abs() < 1e-12);
        assert!((fit.cluster_standard_error - 0.266112227376285).abs() < 1e-12);
        let scores = workspace.rank_scores(&table, &[RankWeight::LOG_RANK]);
        assert!((scores.score[0] - 10.7093936785116).abs() < 1e-11);
        assert!((scores.clustered[0][0] - 40.7953951159771).abs() < 1e-11);
        assert_eq!(workspace.between().degrees_of_freedom(), 5.0);
    }
}
