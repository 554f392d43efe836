//! Gray's test: do the cumulative incidences of one cause differ between groups when other causes compete?

use super::cox::ChiSquareTest;
use super::risk_table::{Builder, RiskRow, RiskTable};
use super::ties::merge_close_times;
use super::{EstimateError, require_arms};
use crate::observe::Dataset;
use crate::said;
use nalgebra::{DMatrix, DVector};

/// Reusable space for Gray's test, so that a simulation of many data sets allocates once.
///
/// In group `g` let `S_g` be the all-cause Kaplan-Meier curve, `F_g` the cumulative incidence of the cause, `Y_g` the
/// number at risk. The score of a group is the sum over times of
/// `(1 - F)^rho (d_g - d R_g / sum R)` with `R_g = Y_g (1 - F_g) / S_g` (left limits), the risk set for the
/// subdistribution. The variance is Gray's, with a factor for ties. Chi-square with (groups - 1) degrees of freedom; scores
/// and variances add up over strata.
///
/// Gray (1988), Annals of Statistics 16:1141-1154, <https://doi.org/10.1214/aos/1176350951>. Assumes independent rows and
/// censoring that is independent within groups. Checked against `cuminc` of R's `cmprsk`.
#[derive(Clone, Debug, Default)]
pub struct GrayWorkspace {
    /// Sorts rows.
    builder: Builder,
    /// Numbers at risk.
    table: RiskTable,
    /// Groups.
    groups: usize,
    /// State of each group.
    state: Vec<GroupState>,
    /// Scores and covariance of all groups, summed over strata.
    score: Vec<f64>,
    /// Variance of the scores.
    variance: Vec<f64>,
    /// Row-major `groups * groups` working matrices of one stratum: increments, their sums, and cross terms.
    increment: Vec<f64>,
    /// Summed weights, group by group.
    summed: Vec<f64>,
    /// Covariances in the making.
    cross: Vec<f64>,
    /// Squares in the making.
    squares: Vec<f64>,
}

/// A group at one time.
#[derive(Clone, Copy, Debug)]
struct GroupState {
    /// At risk.
    at_risk: f64,
    /// Events.
    events: f64,
    /// Competing events.
    competing: f64,
    /// Share that remained before.
    survival_before: f64,
    /// Share that remains.
    survival: f64,
    /// Share with the event before.
    incidence_before: f64,
    /// Share with the event.
    incidence: f64,
}

impl GroupState {
    /// At the start.
    const FRESH: Self = Self {
        at_risk: 0.0,
        events: 0.0,
        competing: 0.0,
        survival_before: 1.0,
        survival: 1.0,
        incidence_before: 0.0,
        incidence: 0.0,
    };
}

impl GrayWorkspace {
    /// Starts a test between `groups` groups.
    pub fn begin(&mut self, groups: usize) {
        self.groups = groups;
        for (matrix, length) in [(&mut self.score, groups), (&mut self.variance, groups * groups)] {
            matrix.clear();
            matrix.resize(length, 0.0);
        }
    }

    /// Adds one stratum. In each row `event` is 1 for the cause of interest, 2 for a competing cause, 0 for censored.
    /// Times that differ only by rounding are merged.
    pub fn add_stratum(&mut self, rho: f64, rows: impl Iterator<Item = RiskRow>) {
        self.builder.fill(&mut self.table, self.groups, 2, true, rows);
        self.clear_stratum();
        let mut pooled_before = 0.0;
        for index in 0..self.table.len() {
            pooled_before = self.add_time(index, rho, pooled_before);
        }
        self.finish_stratum();
    }

    /// Chi-square statistic of two groups; `None` without variance.
    pub fn two_group_statistic(&self) -> Option<f64> {
        let variance = *self.variance.first()?;
        (variance > 0.0).then(|| self.score[0] * self.score[0] / variance)
    }

    /// Score of the first (groups - 1) groups.
    pub fn score(&self) -> DVector<f64> {
        DVector::from_column_slice(&self.score[..self.groups - 1])
    }

    /// Covariance of these scores.
    pub(crate) fn covariance(&self) -> DMatrix<f64> {
        let (g, free) = (self.groups, self.groups - 1);
        DMatrix::from_fn(free, free, |i, j| self.variance[i * g + j])
    }

    /// The test of equal cumulative incidence; `None` when the covariance is singular.
    pub(crate) fn test(&self) -> Option<ChiSquareTest> {
        ChiSquareTest::quadratic_form(&self.score(), &self.covariance())
    }

    /// Forgets a stratum.
    fn clear_stratum(&mut self) {
        let g = self.groups;
        self.state.clear();
        self.state.resize(g, GroupState::FRESH);
        for (matrix, length) in [
            (&mut self.increment, g * g),
            (&mut self.summed, g * g),
            (&mut self.cross, g * g),
            (&mut self.squares, g),
        ] {
            matrix.clear();
            matrix.resize(length, 0.0);
        }
    }

    /// Adds the contributions of one time and returns the pooled cumulative incidence just after it.
    fn add_time(&mut self, index: usize, rho: f64, pooled_before: f64) -> f64 {
        let (mut events, mut competing) = (0.0, 0.0);
        for (group, state) in self.state.iter_mut().enumerate() {
            state.at_risk = self.table.at_risk(index, group);
            state.events = self.table.events(index, group, 0);
            state.competing = self.table.events(index, group, 1);
            events += state.events;
            competing += state.competing;
        }
        if events + competing == 0.0 {
            return pooled_before;
        }
        let mut hazard_risk = 0.0;
        let mut subdistribution_risk = 0.0;
        for state in self.state.iter_mut().filter(|state| state.at_risk > 0.0) {
            let ratio = state.at_risk / state.survival_before;
            state.survival =
                state.survival_before * (state.at_risk - state.events - state.competing) / state.at_risk;
            state.incidence = state.incidence_before + state.survival_before * state.events / state.at_risk;
            hazard_risk += ratio;
            subdistribution_risk += ratio * (1.0 - state.incidence_before);
        }
        let pooled = pooled_before + events / hazard_risk;
        if events > 0.0 {
            let weight = if rho == 0.0 { 1.0 } else { libm::pow(1.0 - pooled_before, rho) };
            self.add_scores(events, weight, subdistribution_risk);
            self.add_increments(events, weight, hazard_risk, pooled_before);
            self.add_event_variance(events, hazard_risk, pooled);
        }
        if competing > 0.0 {
            self.add_competing_variance(pooled);
        }
        for state in &mut self.state {
            state.survival_before = state.survival;
            state.incidence_before = state.incidence;
        }
        pooled
    }

    /// Adds to the scores.
    fn add_scores(&mut self, events: f64, weight: f64, subdistribution_risk: f64) {
        for (score, state) in self.score.iter_mut().zip(&self.state).filter(|(_, state)| state.at_risk > 0.0)
        {
            let risk = state.at_risk * (1.0 - state.incidence_before) / state.survival_before;
            *score += weight * (state.events - events * risk / subdistribution_risk);
        }
    }

    /// Adds to the weights.
    fn add_increments(&mut self, events: f64, weight: f64, hazard_risk: f64, pooled_before: f64) {
        let g = self.groups;
        let step = events / (hazard_risk * (1.0 - pooled_before));
        self.increment.fill(0.0);
        for i in (0..g).filter(|i| self.state[*i].at_risk > 0.0) {
            let risk = self.state[i].at_risk / self.state[i].survival_before;
            for j in (0..g).filter(|j| self.state[*j].at_risk > 0.0) {
                let share = self.state[j].at_risk / (self.state[j].survival_before * hazard_risk);
                let value = weight * risk * (f64::from(u8::from(i == j)) - share);
                self.increment[i * g + j] = value;
                self.summed[i * g + j] += value * step;
            }
        }
    }

    /// Adds what the events vary.
    fn add_event_variance(&mut self, events: f64, hazard_risk: f64, pooled: f64) {
        for k in 0..self.groups {
            let state = self.state[k];
            if state.at_risk <= 0.0 {
                continue;
            }
            let factor = if state.survival > 0.0 { 1.0 - (1.0 - pooled) / state.survival } else { 1.0 };
            let ties = if events > 1.0 {
                1.0 - (events - 1.0) / (hazard_risk * state.survival_before - 1.0)
            } else {
                1.0
            };
            let scale = ties * state.survival_before * events / (hazard_risk * state.at_risk);
            self.add_products(k, factor, scale, 1.0);
        }
    }

    /// Adds what the competing events vary.
    fn add_competing_variance(&mut self, pooled: f64) {
        for k in 0..self.groups {
            let state = self.state[k];
            if state.survival <= 0.0 || state.competing <= 0.0 {
                continue;
            }
            let ties = if state.competing > 1.0 {
                1.0 - (state.competing - 1.0) / (state.at_risk - 1.0)
            } else {
                1.0
            };
            let relative = state.survival_before / state.at_risk;
            let scale = ties * relative * relative * state.competing;
            // The same products, without the part of the events themselves and with the sign turned.
            self.add_products(k, -(1.0 - pooled) / state.survival, scale, 0.0);
        }
    }

    /// Adds `scale` times the products of `own * increment - factor * summed` in column `k`.
    fn add_products(&mut self, k: usize, factor: f64, scale: f64, coefficient: f64) {
        let g = self.groups;
        self.squares[k] += factor * factor * scale;
        for i in 0..g {
            let left = coefficient * self.increment[i * g + k] - factor * self.summed[i * g + k];
            self.cross[i * g + k] += left * factor * scale;
            for j in 0..=i {
                let right = coefficient * self.increment[j * g + k] - factor * self.summed[j * g + k];
                self.variance[i * g + j] += left * right * scale;
            }
        }
    }

    /// Adds a stratum to the sums.
    fn finish_stratum(&mut self) {
        let g = self.groups;
        for i in 0..g {
            for j in 0..=i {
                let mut extra = 0.0;
                for k in 0..g {
                    let (a, b) = (self.summed[i * g + k], self.summed[j * g + k]);
                    extra += a * b * self.squares[k] + a * self.cross[j * g + k] + b * self.cross[i * g + k];
                }
                self.variance[i * g + j] += extra;
            }
        }
        for i in 0..g {
            for j in i + 1..g {
                self.variance[i * g + j] = self.variance[j * g + i];
            }
        }
    }
}

/// Gray's test between the arms of a data set, stratified when it has strata.
///
/// # Example
/// ```
/// use stapjes::estimate::gray::test;
/// use stapjes::observe::Dataset;
///
/// // R: cmprsk::cuminc(time, cause, arm)$Tests: 1.094882 for work (p 0.2954), 0.003775 for other reasons
/// let work = test(&Dataset::example(), 1, 0.0)?;
/// assert!((work.statistic - 1.094_881_867).abs() < 1e-8 && (work.p_value() - 0.295_392_071).abs() < 1e-8);
/// // With weight (1 - F)^1 early differences count more; R: cuminc(..., rho = 1)
/// assert!((test(&Dataset::example(), 1, 1.0)?.statistic - 1.186_252_768).abs() < 1e-8);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Bad rows, fewer than two arms or an empty one, delayed entry (not part of the method), no events of the cause, or a
/// singular covariance.
pub fn test(data: &Dataset, cause: u32, rho: f64) -> Result<ChiSquareTest, EstimateError> {
    require_arms(data, 2, usize::MAX)?;
    if data.start.is_some() {
        return Err(EstimateError::option(
            "gray",
            said!(
                "de toets van Gray bestaat niet bij latere instroom (kolom met begintijden)",
                "Gray's test is not defined for delayed entry (start column)"
            ),
        ));
    }
    if !data.cause.contains(&cause) || cause == 0 {
        return Err(EstimateError::NoEvents {
            what: said!("gebeurtenissen van oorzaak {cause}", "events of cause {cause}", cause = cause),
        });
    }
    let data = merge_close_times(data);
    let mut workspace = GrayWorkspace::default();
    workspace.begin(data.arm_names.len());
    let strata = match &data.stratum {
        None => vec![0],
        Some(stratum) => {
            let mut labels = stratum.clone();
            labels.sort_unstable();
            labels.dedup();
            labels
        }
    };
    for label in strata {
        let inside = |row: &usize| data.stratum.as_ref().is_none_or(|stratum| stratum[*row] == label);
        workspace
            .add_stratum(rho, (0..data.time.len()).filter(inside).map(|row| risk_row(&data, cause, row)));
    }
    workspace.test().ok_or_else(|| EstimateError::NoVariance {
        what: said!(
            "de groepen zijn niet uit elkaar te houden aan de gebeurtenissen van oorzaak {cause}",
            "the groups cannot be told apart by the events of cause {cause}",
            cause = cause
        ),
    })
}

/// A row with its cause: 1 the event, 2 another.
fn risk_row(data: &Dataset, cause: u32, row: usize) -> RiskRow {
    let event = match data.cause[row] {
        0 => 0,
        code if code == cause => 1,
        _ => 2,
    };
    RiskRow { start: f64::NEG_INFINITY, time: data.time[row], event, group: data.arm[row] }
}
