//! Two arms, many data sets: Cox regression and the log-rank test with clusters, without allocation.
//!
//! A power simulation analyzes the same cohort at many dates and sizes. [`ArmWorkspace`] sorts a data set once into a table
//! of distinct times; every quantity of the model with one 0/1 covariate is then a short sum over that table. The numbers
//! are those of [`CoxModel`](super::CoxModel) with [`robust`](super::CoxFit::robust).

use super::Ties;
use crate::estimate::EstimateError;
use crate::estimate::risk_table::{Builder, RiskTable, Row};
use crate::stats::{normal, student_t};

/// One data set of two arms. All slices have one entry per participant.
#[derive(Clone, Copy, Debug)]
pub struct ArmStudy<'a> {
    /// Follow-up time, finite and >= 0.
    pub time: &'a [f64],
    /// Whether it ends with the event.
    pub event: &'a [bool],
    /// Whether the participant is in the treated arm.
    pub treated: &'a [bool],
    /// Cluster of each participant, `0..clusters`.
    pub cluster: &'a [u32],
    /// Number of cluster labels; labels without participants do not count.
    pub clusters: usize,
}

/// The cluster-robust log-rank test: the score of the Cox model at zero against its variance between clusters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RobustLogRank {
    /// Observed minus expected events of the treated arm.
    pub score: f64,
    /// Robust standard normal statistic; positive: more events in the treated arm.
    pub z: f64,
    /// Two-sided p-value by the normal distribution (the robust score test of R's `coxph`).
    pub p_normal: f64,
    /// Two-sided p-value by t(clusters - 2), for few clusters.
    pub p_t: f64,
}

/// The treatment's log hazard ratio with model-based and cluster-robust errors.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ArmEstimate {
    /// Log hazard ratio, treated against control.
    pub log_hazard_ratio: f64,
    /// Standard error when participants are independent.
    pub model_standard_error: f64,
    /// Lin-Wei robust standard error by cluster.
    pub robust_standard_error: f64,
    /// Robust standard error with the Kauermann-Carroll (with one covariate also Fay-Graubard) correction; `None` when one
    /// cluster carries all the information.
    pub corrected_standard_error: Option<f64>,
    /// Mancl-DeRouen correction.
    pub strongly_corrected_standard_error: Option<f64>,
    /// Clusters with participants.
    pub clusters: usize,
}

impl ArmEstimate {
    /// Degrees of freedom for a comparison of clusters: clusters - 2 (two arms).
    pub fn degrees_of_freedom(&self) -> f64 {
        self.clusters as f64 - 2.0
    }

    /// Two-sided p-value by t(clusters - 2) for a given standard error.
    pub fn p_value(&self, standard_error: f64) -> f64 {
        student_t::two_sided_p(self.log_hazard_ratio / standard_error, self.degrees_of_freedom())
    }
}

/// Reusable space. Call [`load`](Self::load), then any of the tests.
#[derive(Clone, Debug, Default)]
pub struct ArmWorkspace {
    builder: Builder,
    table: RiskTable,
    /// Index of each participant's time in the table.
    at: Vec<u32>,
    /// What a participant contributes, by time index: `[control, treated]` without event, extra with event.
    residual: Vec<[f64; 4]>,
    slope: Vec<[f64; 3]>,
    cluster_score: Vec<f64>,
    cluster_slope: Vec<f64>,
    occupied: Vec<bool>,
}

/// Score and information at one log hazard ratio.
struct Derivatives {
    score: f64,
    information: f64,
}

impl ArmWorkspace {
    /// Sorts a data set. Times that differ only by rounding are merged.
    ///
    /// # Errors
    /// Slices of different lengths, or a time that is not finite and >= 0, or a label beyond `clusters`.
    pub fn load(&mut self, study: &ArmStudy<'_>) -> Result<(), EstimateError> {
        let rows = study.time.len();
        if study.event.len() != rows || study.treated.len() != rows || study.cluster.len() != rows {
            return Err(EstimateError::data("the columns do not all have the same length"));
        }
        if study.time.iter().any(|time| !(time.is_finite() && *time >= 0.0)) {
            return Err(EstimateError::data("a time is not a finite, non-negative number"));
        }
        self.occupied.clear();
        self.occupied.resize(study.clusters, false);
        for label in study.cluster {
            let Some(slot) = self.occupied.get_mut(*label as usize) else {
                return Err(EstimateError::data("a cluster label lies beyond the number of clusters"));
            };
            *slot = true;
        }
        let rows = (0..rows).map(|row| Row {
            start: f64::NEG_INFINITY,
            time: study.time[row],
            event: u32::from(study.event[row]),
            group: u32::from(study.treated[row]),
        });
        self.builder.fill(&mut self.table, 2, 1, true, rows);
        self.at.clear();
        let times = &self.table.times;
        self.at
            .extend(study.time.iter().map(|time| (times.partition_point(|other| other <= time) - 1) as u32));
        Ok(())
    }

    /// The log-rank test with a variance by cluster; `None` without events at which both arms are at risk, with fewer than
    /// three clusters, or without variance.
    pub fn robust_log_rank(&mut self, study: &ArmStudy<'_>, ties: Ties) -> Option<RobustLogRank> {
        let clusters = self.clusters();
        if clusters < 3 {
            return None;
        }
        let efron = ties == Ties::Efron;
        let derivatives = self.derivatives(0.0, efron);
        self.fill_residuals(0.0, efron);
        self.sum_by_cluster(study, false);
        let variance: f64 = self.cluster_score.iter().map(|score| score * score).sum();
        if !(variance > 0.0 && derivatives.information > 0.0) {
            return None;
        }
        let z = derivatives.score / libm::sqrt(variance);
        let p_t = student_t::two_sided_p(z, clusters as f64 - 2.0);
        Some(RobustLogRank { score: derivatives.score, z, p_normal: normal::two_sided_p(z), p_t })
    }

    /// Fits the model; `None` when the hazard ratio is zero or infinite (no event in one arm while the other is at risk),
    /// or with fewer than three clusters. Efron's or Breslow's ties.
    pub fn fit(&mut self, study: &ArmStudy<'_>, ties: Ties) -> Option<ArmEstimate> {
        let clusters = self.clusters();
        let efron = ties == Ties::Efron;
        let beta = self.maximize(efron)?;
        if clusters < 3 {
            return None;
        }
        let information = self.derivatives(beta, efron).information;
        self.fill_residuals(beta, efron);
        self.sum_by_cluster(study, true);
        let mut meat = [0.0; 3];
        let mut exists = true;
        for (score, slope) in self.cluster_score.iter().zip(&self.cluster_slope) {
            let kept = 1.0 - slope / information;
            exists &= kept > 1e-9;
            meat[0] += score * score;
            meat[1] += score * score / kept;
            meat[2] += score * score / (kept * kept);
        }
        let error = |meat: f64| libm::sqrt(meat) / information;
        let corrected = |meat: f64| (exists && meat.is_finite() && meat > 0.0).then(|| error(meat));
        Some(ArmEstimate {
            log_hazard_ratio: beta,
            model_standard_error: 1.0 / libm::sqrt(information),
            robust_standard_error: error(meat[0]),
            corrected_standard_error: corrected(meat[1]),
            strongly_corrected_standard_error: corrected(meat[2]),
            clusters,
        })
    }

    fn clusters(&self) -> usize {
        self.occupied.iter().filter(|occupied| **occupied).count()
    }

    /// Newton's method from zero; the likelihood is concave and, once both arms have an event while the other is at risk,
    /// has one finite maximum.
    fn maximize(&self, efron: bool) -> Option<f64> {
        let (mut control, mut treated) = (0.0, 0.0);
        for time in 0..self.table.len() {
            if self.table.at_risk(time, 1) > 0.0 {
                control += self.table.events(time, 0, 0);
            }
            if self.table.at_risk(time, 0) > 0.0 {
                treated += self.table.events(time, 1, 0);
            }
        }
        if control == 0.0 || treated == 0.0 {
            return None;
        }
        let mut beta: f64 = 0.0;
        for _ in 0..100 {
            let derivatives = self.derivatives(beta, efron);
            let step = derivatives.score / derivatives.information;
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

    fn derivatives(&self, beta: f64, efron: bool) -> Derivatives {
        let ratio = libm::exp(beta);
        let (mut score, mut information) = (0.0, 0.0);
        for time in 0..self.table.len() {
            let events = self.events(time);
            if events[0] + events[1] == 0.0 {
                continue;
            }
            score += events[1];
            self.for_each_term(time, ratio, efron, |_, share, _, weight| {
                score -= weight * share;
                information += weight * share * (1.0 - share);
            });
        }
        Derivatives { score, information }
    }

    fn events(&self, time: usize) -> [f64; 2] {
        [self.table.events(time, 0, 0), self.table.events(time, 1, 0)]
    }

    /// Visits `(fraction, share of the treated in the risk, total risk, weight)` for each term of the likelihood.
    #[inline]
    fn for_each_term(&self, time: usize, ratio: f64, efron: bool, mut visit: impl FnMut(f64, f64, f64, f64)) {
        let events = self.events(time);
        let total = events[0] + events[1];
        let treated = self.table.at_risk(time, 1) * ratio;
        let risk = self.table.at_risk(time, 0) + treated;
        if !efron || total == 1.0 {
            visit(0.0, treated / risk, risk, total);
            return;
        }
        let own = events[0] + events[1] * ratio;
        for term in 0..total as usize {
            let fraction = term as f64 / total;
            let left = risk - fraction * own;
            visit(fraction, (treated - fraction * events[1] * ratio) / left, left, 1.0);
        }
    }

    /// Score residuals and slopes of a participant of either arm, by the index of the participant's time.
    fn fill_residuals(&mut self, beta: f64, efron: bool) {
        let ratio = libm::exp(beta);
        self.residual.clear();
        self.slope.clear();
        let (mut hazard, mut weighted, mut spread, mut square) = (0.0, 0.0, 0.0, 0.0);
        for time in 0..self.table.len() {
            let events = self.events(time);
            let total = events[0] + events[1];
            let (mut mean, mut variance, mut returned, mut returned_weighted) = (0.0, 0.0, 0.0, 0.0);
            if total > 0.0 {
                self.for_each_term(time, ratio, efron, |fraction, share, risk, weight| {
                    let step = weight / risk;
                    hazard += step;
                    weighted += share * step;
                    spread += share * (1.0 - share) * step;
                    square += share * share * step;
                    returned += fraction * step;
                    returned_weighted += fraction * share * step;
                    mean += weight * share;
                    variance += weight * share * (1.0 - share);
                });
                mean /= total;
                variance /= total;
            }
            self.residual.push([
                weighted,
                -ratio * (hazard - weighted),
                -mean - returned_weighted,
                1.0 - mean + ratio * (returned - returned_weighted),
            ]);
            self.slope.push([square - spread, ratio * (hazard - 2.0 * weighted + square - spread), variance]);
        }
    }

    fn sum_by_cluster(&mut self, study: &ArmStudy<'_>, slopes: bool) {
        let clusters = self.occupied.len();
        self.cluster_score.clear();
        self.cluster_score.resize(clusters, 0.0);
        self.cluster_slope.clear();
        self.cluster_slope.resize(clusters, 0.0);
        for (row, at) in self.at.iter().enumerate() {
            let (at, cluster) = (*at as usize, study.cluster[row] as usize);
            let (arm, event) = (usize::from(study.treated[row]), f64::from(u8::from(study.event[row])));
            let residual = &self.residual[at];
            self.cluster_score[cluster] += residual[arm] + event * residual[2 + arm];
            if slopes {
                let slope = &self.slope[at];
                self.cluster_slope[cluster] += slope[arm] + event * slope[2];
            }
        }
    }
}
