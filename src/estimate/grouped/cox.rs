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
    /// Robust standard error by cluster with the Kauermann-Carroll correction for few clusters (2001,
    /// doi:10.1198/016214501753382309); without it when one cluster carries all the information.
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
    pub fn cox(&mut self, table: &ClusterTable) -> Option<GroupedCox> {
        let log_ratio = self.maximize()?;
        let (_, information) = self.derivatives(log_ratio);
        self.fill_cox_factors(log_ratio);
        self.score.clear();
        self.score.resize(self.labels, 0.0);
        self.slope.clear();
        self.slope.resize(self.labels, 0.0);
        for &unit in &self.units {
            let events = table.row(&table.events, unit);
            let risk = table.row(&table.at_risk, unit);
            let arm = table.arm[unit as usize];
            let (mut score, mut slope) = (0.0, 0.0);
            for (step, factor) in self.factors.iter().enumerate() {
                let centered = arm as f64 - factor[0];
                score += centered * (events[step] - risk[step] * factor[1 + arm]);
                slope += factor[3] * events[step] + risk[step] * factor[4 + arm];
            }
            self.score[table.label[unit as usize] as usize] += score;
            self.slope[table.label[unit as usize] as usize] += slope;
        }
        let (mut plain, mut corrected) = (0.0, Some(0.0));
        for (score, slope) in self.score.iter().zip(&self.slope) {
            let kept = 1.0 - slope / information;
            plain += score * score;
            corrected = corrected.filter(|_| kept > 1e-9).map(|sum| sum + score * score / kept);
        }
        let meat = corrected.unwrap_or(plain);
        Some(GroupedCox {
            log_ratio,
            model_standard_error: 1.0 / libm::sqrt(information),
            cluster_standard_error: libm::sqrt(meat) / information,
        })
    }

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

    /// Per step: share of the treated in the risk; hazard of control and treated; variance of the share; slopes of a
    /// participant at risk in control and treated (after CoxBcv, Wang et al. 2023, doi:10.1002/sim.9775).
    fn fill_cox_factors(&mut self, beta: f64) {
        let ratio = libm::exp(beta);
        self.factors.clear();
        for step in 0..self.risk[0].len() {
            let events = self.events[0][step] + self.events[1][step];
            let risk = self.risk[0][step] + self.risk[1][step] * ratio;
            if risk <= 0.0 {
                self.factors.push([0.0; 6]);
                continue;
            }
            let share = self.risk[1][step] * ratio / risk;
            let (hazard, variance) = (events / risk, share * (1.0 - share));
            self.factors.push([
                share,
                hazard,
                hazard * ratio,
                variance,
                -variance * hazard,
                ratio * hazard * (1.0 - share - variance),
            ]);
        }
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
        let mut space = GroupedWorkspace::default();
        space.choose(&table, &(0..8).collect::<Vec<_>>());
        let (score, _) = space.derivatives(0.0);
        let ranks = space.rank_scores(&table, &[RankWeight::LOG_RANK]);
        assert!((score - ranks.score[0]).abs() < 1e-10);
        let fit = space.cox(&table).unwrap();
        assert!(space.derivatives(fit.log_ratio).0.abs() < 1e-8);
        assert!(
            space.score.iter().sum::<f64>().abs() < 1e-8,
            "score contributions sum to zero at the maximum"
        );
        assert_eq!(space.clusters(), 8);
    }

    #[test]
    fn equals_the_regression_on_rows() {
        use crate::estimate::cox::{CoxData, CoxModel, Term, Ties};
        let (table, rows) = study();
        let mut space = GroupedWorkspace::default();
        space.choose(&table, &(0..8).collect::<Vec<_>>());
        let ours = space.cox(&table).unwrap();
        let time: Vec<f64> = rows.iter().map(|row| row.0).collect();
        let event: Vec<bool> = rows.iter().map(|row| row.1).collect();
        let cluster: Vec<u32> = rows.iter().map(|row| row.3).collect();
        let data = CoxData { start: None, stop: &time, event: &event, stratum: None };
        let terms = vec![Term {
            name: "treated".into(),
            values: rows.iter().map(|row| f64::from(u8::from(row.2))).collect(),
        }];
        let model = CoxModel { data, terms: &terms, ties: Ties::Breslow };
        let fit = model.fit().unwrap();
        assert!((fit.coefficients[0] - ours.log_ratio).abs() < 1e-9);
        assert!((fit.standard_errors()[0] - ours.model_standard_error).abs() < 1e-9);
        let small = fit.small_sample(&cluster).unwrap();
        let kauermann_carroll =
            small.covariance(crate::estimate::cox::ClusterCorrection::KauermannCarroll).unwrap();
        assert!((libm::sqrt(kauermann_carroll[(0, 0)]) - ours.cluster_standard_error).abs() < 1e-9);
    }
}
