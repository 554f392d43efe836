//! Fine and Gray's regression on the cumulative incidence of one cause.

use super::EstimateError;
use super::cox::{ChiSquareTest, Term, cluster_members, sum_by_cluster};
use super::few_clusters::{ClusterPart, correct};
use super::newton::{Evaluation, constant_covariate, maximize};
use super::validity::{require_equal, require_some};
use crate::observe::allowed_gap;
use crate::said;
use nalgebra::{DMatrix, DVector};

/// Rows of a Fine-Gray model: one per participant, all at risk from time zero.
#[derive(Clone, Copy, Debug)]
pub struct FineGrayData<'a> {
    /// Follow-up time.
    pub time: &'a [f64],
    /// 0 = censored, 1 = the cause of interest, anything else = a competing cause.
    pub cause: &'a [u32],
}

/// A fitted Fine-Gray model.
///
/// # Example
/// ```
/// use stapjes::estimate::cox::Term;
/// use stapjes::estimate::fine_gray::{FineGrayData, fit};
/// use stapjes::observe::Dataset;
///
/// let data = Dataset::example();
/// let personal = Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() };
/// let rows = FineGrayData { time: &data.time, cause: &data.cause };
/// let found = fit(&rows, &[personal], None)?;
/// // Nine exits to work; with one covariate, Wald's statistic is the square of the estimate over its error.
/// let ratio = found.coefficients[0] / found.standard_errors()[0];
/// let wald = found.wald_test.expect("one covariate");
/// assert!(found.events == 9 && (wald.statistic - ratio * ratio).abs() < 1e-9);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
#[derive(Clone, Debug)]
pub struct FineGrayFit {
    /// Names of the covariates, in the order of everything below.
    pub names: Vec<String>,
    /// Log subdistribution hazard ratios per unit.
    pub coefficients: Vec<f64>,
    /// Sandwich covariance that counts the estimation of the censoring weights.
    pub covariance: DMatrix<f64>,
    /// Wald test of all coefficients with that covariance.
    pub wald_test: Option<ChiSquareTest>,
    /// Log pseudo-likelihood with all coefficients zero.
    pub log_likelihood_null: f64,
    /// Log pseudo-likelihood at the estimate.
    pub log_likelihood: f64,
    /// Rows and events of the cause of interest.
    pub rows: usize,
    /// Events of the cause of interest.
    pub events: usize,
    /// Clusters behind the covariance, when there are any.
    pub clusters: Option<usize>,
    /// With clusters: standard errors corrected for few of them, and Satterthwaite's degrees of freedom (`None` where the
    /// coefficient rests on one cluster).
    pub corrected: Option<Vec<(f64, Option<f64>)>>,
}

/// Fits `1 - F1(t; x) = exp(-integral of h(s) exp(x'b))`.
///
/// Those who left by a competing cause stay in the risk set with weight `G(t-) / G(T-)`, `G` the Kaplan-Meier curve of
/// censoring; ties by Breslow. Fine & Gray (1999), <https://doi.org/10.1080/01621459.1999.10474144>; with `cluster`, the
/// influences are summed within clusters: Zhou, Fine, Latouche & Labopin (2012),
/// <https://doi.org/10.1093/biostatistics/kxr032>. Assumes proportional subdistribution hazards and censoring that does not
/// depend on the covariates. Checked against `crr` of R's `cmprsk` (which stops iterating early: about six digits) and the
/// formulas of `crrSC`.
///
/// # Example
/// ```
/// use stapjes::estimate::cox::Term;
/// use stapjes::estimate::fine_gray::{FineGrayData, fit};
/// use stapjes::observe::Dataset;
///
/// let data = Dataset::example();
/// let personal = Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() };
/// let found = fit(&FineGrayData { time: &data.time, cause: &data.cause }, &[personal], None)?;
/// // R: cmprsk::crr(time, cause, arm): 0.5967132, standard error 0.6175219 (crr stops at about six digits)
/// assert!((found.coefficients[0] - 0.596_713).abs() < 1e-5);
/// assert!((found.standard_errors()[0] - 0.617_522).abs() < 1e-5);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Bad rows, no events of the cause, constant or collinear covariates, separation, one cluster.
pub fn fit(
    data: &FineGrayData<'_>,
    terms: &[Term],
    cluster: Option<&[u32]>,
) -> Result<FineGrayFit, EstimateError> {
    let model = Model::new(data, terms)?;
    let optimum = maximize(&model.names, |beta| Ok(model.evaluate(beta).0))?;
    let p = terms.len();
    let (influence, expected) = model.influence(&optimum.coefficients);
    let mut corrected = None;
    let (meat, clusters) = match cluster {
        None => {
            let rows = DMatrix::from_row_slice(model.rows, p, &influence);
            (rows.transpose() * rows, None)
        }
        Some(labels) => {
            let (member, count) = cluster_members(labels, model.rows)?;
            let member: Vec<usize> = model.order.iter().map(|row| member[*row]).collect();
            let sums = sum_by_cluster(&influence, &member, count, p);
            let few = correct(&model.parts(&influence, &expected, &member, count), &optimum.covariance)?;
            let sandwich = &optimum.covariance * few.score_covariance * &optimum.covariance;
            let error = |i: usize| libm::sqrt(sandwich[(i, i)]) / model.scale[i];
            corrected = Some((0..p).map(error).zip(few.degrees_of_freedom).collect());
            (sums.transpose() * sums, Some(count))
        }
    };
    let scaled = &optimum.covariance * meat * &optimum.covariance;
    let scale = &model.scale;
    Ok(FineGrayFit {
        names: model.names.clone(),
        wald_test: ChiSquareTest::quadratic_form(&DVector::from_column_slice(&optimum.coefficients), &scaled),
        coefficients: optimum.coefficients.iter().zip(scale).map(|(value, scale)| value / scale).collect(),
        covariance: DMatrix::from_fn(p, p, |i, j| scaled[(i, j)] / (scale[i] * scale[j])),
        log_likelihood_null: optimum.null.log_likelihood,
        log_likelihood: optimum.at_optimum.log_likelihood,
        rows: model.rows,
        events: model.kind.iter().filter(|kind| **kind == Kind::Event).count(),
        clusters,
        corrected,
    })
}

impl FineGrayFit {
    /// Standard errors of the coefficients.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
    }
}

/// How a row ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// Censored.
    Censored,
    /// In the event.
    Event,
    /// In another event.
    Competing,
}

/// Rows in rising order of time, covariates centered and scaled.
struct Model {
    /// Rows.
    rows: usize,
    /// Names of the columns.
    names: Vec<String>,
    /// Scales.
    scale: Vec<f64>,
    /// Original row of each sorted row.
    order: Vec<usize>,
    /// Centered and scaled columns.
    x: Vec<f64>,
    /// How each row ended.
    kind: Vec<Kind>,
    /// Index into `times` of each row.
    at: Vec<usize>,
    /// Distinct times.
    times: usize,
    /// `G` just before each distinct time.
    censoring_survival: Vec<f64>,
    /// Rows at or after each distinct time.
    at_risk: Vec<f64>,
    /// Events by time.
    events: Vec<f64>,
}

/// Weighted sums over the risk set of each distinct time.
struct RiskSums {
    /// Sum of risk scores by time.
    zero: Vec<f64>,
    /// Weighted mean covariates, `columns` per time.
    mean: Vec<f64>,
}

impl Model {
    /// Checks and scales the data.
    fn new(data: &FineGrayData<'_>, terms: &[Term]) -> Result<Self, EstimateError> {
        let rows = data.time.len();
        check(data, terms)?;
        let mut order: Vec<usize> = (0..rows).collect();
        order.sort_by(|a, b| data.time[*a].total_cmp(&data.time[*b]).then(a.cmp(b)));
        let p = terms.len();
        let mut x = vec![0.0; rows * p];
        let mut scale = Vec::with_capacity(p);
        for (column, term) in terms.iter().enumerate() {
            let mean = term.values.iter().sum::<f64>() / rows as f64;
            let variance = term.values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / rows as f64;
            if variance.sqrt() <= 1e-12 * mean.abs().max(f64::MIN_POSITIVE) {
                return Err(constant_covariate(&term.name));
            }
            scale.push(variance.sqrt());
            for (slot, row) in order.iter().enumerate() {
                x[slot * p + column] = (term.values[*row] - mean) / variance.sqrt();
            }
        }
        let kind: Vec<Kind> = order.iter().map(|row| kind_of(data.cause[*row])).collect();
        let sorted: Vec<f64> = order.iter().map(|row| data.time[*row]).collect();
        let names = terms.iter().map(|term| term.name.clone()).collect();
        let mut model = Self {
            rows,
            names,
            scale,
            order,
            x,
            kind,
            at: ranks(&sorted),
            times: 0,
            censoring_survival: vec![],
            at_risk: vec![],
            events: vec![],
        };
        model.times = model.at[rows - 1] + 1;
        model.count();
        Ok(model)
    }

    /// Numbers at risk and of events, and the Kaplan-Meier curve of censoring, at each distinct time.
    fn count(&mut self) {
        let mut ended = vec![0.0; self.times];
        let mut censored = vec![0.0; self.times];
        self.events = vec![0.0; self.times];
        for (at, kind) in self.at.iter().zip(&self.kind) {
            ended[*at] += 1.0;
            match kind {
                Kind::Censored => censored[*at] += 1.0,
                Kind::Event => self.events[*at] += 1.0,
                Kind::Competing => {}
            }
        }
        let (mut survival, mut at_risk) = (1.0, self.rows as f64);
        for time in 0..self.times {
            self.censoring_survival.push(survival);
            self.at_risk.push(at_risk);
            survival *= 1.0 - censored[time] / at_risk;
            at_risk -= ended[time];
        }
    }

    /// The columns of a row.
    fn row(&self, row: usize) -> &[f64] {
        let p = self.names.len();
        &self.x[row * p..(row + 1) * p]
    }

    /// Risk scores, divided by the largest.
    fn risk_scores(&self, beta: &[f64]) -> (Vec<f64>, f64) {
        let mut eta: Vec<f64> =
            (0..self.rows).map(|row| self.row(row).iter().zip(beta).map(|(x, b)| x * b).sum()).collect();
        let top = eta.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        eta.iter_mut().for_each(|value| *value = libm::exp(*value - top));
        (eta, top)
    }

    /// Weighted moments (1, x, xx') over the subdistribution risk set of each distinct time, `width` numbers each.
    fn moments(&self, score: &[f64]) -> Vec<f64> {
        let p = self.names.len();
        let width = 1 + p + p * p;
        let mut sums = vec![0.0; self.times * width];
        let mut running = vec![0.0; width];
        // Those who left earlier by a competing cause, in rising order ...
        let mut row = 0;
        for time in 0..self.times {
            while row < self.rows && self.at[row] < time {
                if self.kind[row] == Kind::Competing {
                    add(&mut running, self.row(row), score[row] / self.censoring_survival[self.at[row]]);
                }
                row += 1;
            }
            for (slot, value) in sums[time * width..(time + 1) * width].iter_mut().zip(&running) {
                *slot = value * self.censoring_survival[time];
            }
        }
        // ... and those still there, in falling order.
        running.fill(0.0);
        let mut row = self.rows;
        for time in (0..self.times).rev() {
            while row > 0 && self.at[row - 1] >= time {
                row -= 1;
                add(&mut running, self.row(row), score[row]);
            }
            for (slot, value) in sums[time * width..(time + 1) * width].iter_mut().zip(&running) {
                *slot += value;
            }
        }
        sums
    }

    /// Likelihood with gradient and Hessian.
    fn evaluate(&self, beta: &[f64]) -> (Evaluation, RiskSums) {
        let p = self.names.len();
        let width = 1 + p + p * p;
        let (score, shift) = self.risk_scores(beta);
        let sums = self.moments(&score);
        let mut evaluation =
            Evaluation { log_likelihood: 0.0, score: DVector::zeros(p), information: DMatrix::zeros(p, p) };
        for row in (0..self.rows).filter(|row| self.kind[*row] == Kind::Event) {
            evaluation.log_likelihood +=
                self.row(row).iter().zip(beta).map(|(x, b)| x * b).sum::<f64>() - shift;
            for (slot, x) in evaluation.score.iter_mut().zip(self.row(row)) {
                *slot += x;
            }
        }
        let mut risk = RiskSums { zero: vec![0.0; self.times], mean: vec![0.0; self.times * p] };
        for time in 0..self.times {
            let moments = &sums[time * width..(time + 1) * width];
            let (zero, events) = (moments[0], self.events[time]);
            risk.zero[time] = zero;
            if events == 0.0 {
                continue;
            }
            evaluation.log_likelihood -= events * libm::log(zero);
            let mean = &mut risk.mean[time * p..(time + 1) * p];
            for i in 0..p {
                mean[i] = moments[1 + i] / zero;
                evaluation.score[i] -= events * mean[i];
            }
            for i in 0..p {
                for j in 0..p {
                    let second = moments[1 + p + i * p + j] / zero;
                    evaluation.information[(i, j)] += events * (second - mean[i] * mean[j]);
                }
            }
        }
        (evaluation, risk)
    }

    /// What each cluster adds to the equations, in the form of [`correct`]; the baseline is one level.
    fn parts(
        &self,
        influence: &[f64],
        expected: &[f64],
        member: &[usize],
        clusters: usize,
    ) -> Vec<ClusterPart> {
        let p = self.names.len();
        let total: f64 = expected.iter().sum();
        let mean: Vec<f64> = (0..p)
            .map(|i| (0..self.rows).map(|row| expected[row] * self.x[row * p + i]).sum::<f64>() / total)
            .collect();
        let mut parts = vec![ClusterPart::empty(p); clusters];
        for row in 0..self.rows {
            let part = &mut parts[member[row]];
            let from_mean = DVector::from_fn(p, |i, _| self.x[row * p + i] - mean[i]);
            part.score += DVector::from_column_slice(&influence[row * p..(row + 1) * p]);
            part.information.ger(expected[row], &from_mean, &from_mean, 1.0);
            let event = f64::from(u8::from(self.kind[row] == Kind::Event));
            let level = part.level(0);
            level.score += event - expected[row];
            level.information += expected[row];
            level.shared.axpy(expected[row], &from_mean, 1.0);
        }
        parts
    }

    /// Influence of each (sorted) row on the score: its own residual and its part in estimating the censoring curve; and the events
    /// expected of it.
    fn influence(&self, beta: &[f64]) -> (Vec<f64>, Vec<f64>) {
        let p = self.names.len();
        let (score, _) = self.risk_scores(beta);
        let (_, risk) = self.evaluate(beta);
        let until = self.cumulative(&risk, |_| 1.0);
        let weighted = self.cumulative(&risk, |time| self.censoring_survival[time]);
        let end = &weighted[weighted.len() - (p + 1)..];
        let censoring = self.censoring_influence(&score, &weighted);
        let mut influence = vec![0.0; self.rows * p];
        let mut expected = vec![0.0; self.rows];
        for row in 0..self.rows {
            let at = self.at[row];
            let past = &until[(at + 1) * (p + 1)..(at + 2) * (p + 1)];
            let later = &weighted[(at + 1) * (p + 1)..(at + 2) * (p + 1)];
            expected[row] = score[row] * past[0];
            if self.kind[row] == Kind::Competing {
                expected[row] += score[row] / self.censoring_survival[at] * (end[0] - later[0]);
            }
            for i in 0..p {
                let x = self.x[row * p + i];
                let mut value = -score[row] * (x * past[0] - past[1 + i]);
                match self.kind[row] {
                    Kind::Event => value += x - risk.mean[at * p + i],
                    Kind::Competing => {
                        let (hazard, mean) = (end[0] - later[0], end[1 + i] - later[1 + i]);
                        value -= score[row] / self.censoring_survival[at] * (x * hazard - mean);
                    }
                    Kind::Censored => value += censoring.at_time[at * p + i],
                }
                influence[row * p + i] = value - censoring.cumulative[at * p + i];
            }
        }
        (influence, expected)
    }

    /// Sums over the times before index `k` of `events / S0 * weight` and of the same times the mean covariates.
    fn cumulative(&self, risk: &RiskSums, weight: impl Fn(usize) -> f64) -> Vec<f64> {
        let p = self.names.len();
        let mut sums = vec![0.0; (self.times + 1) * (p + 1)];
        for time in 0..self.times {
            let (here, next) = (time * (p + 1), (time + 1) * (p + 1));
            let step = if self.events[time] > 0.0 {
                self.events[time] / risk.zero[time] * weight(time)
            } else {
                0.0
            };
            sums[next] = sums[here] + step;
            for i in 0..p {
                sums[next + 1 + i] = sums[here + 1 + i] + step * risk.mean[time * p + i];
            }
        }
        sums
    }

    /// `q(u) / Y(u)` at each time, and the sum of `q(u) / Y(u)^2` over the censorings up to each time.
    fn censoring_influence(&self, score: &[f64], weighted: &[f64]) -> CensoringInfluence {
        let p = self.names.len();
        let mut result =
            CensoringInfluence { at_time: vec![0.0; self.times * p], cumulative: vec![0.0; self.times * p] };
        let mut censored = vec![0.0; self.times];
        for (at, _) in self.at.iter().zip(&self.kind).filter(|(_, kind)| **kind == Kind::Censored) {
            censored[*at] += 1.0;
        }
        let mut left = vec![0.0; p + 1];
        let mut row = 0;
        for time in 0..self.times {
            while row < self.rows && self.at[row] < time {
                if self.kind[row] == Kind::Competing {
                    let weight = score[row] / self.censoring_survival[self.at[row]];
                    left[0] += weight;
                    for i in 0..p {
                        left[1 + i] += weight * self.x[row * p + i];
                    }
                }
                row += 1;
            }
            let end = &weighted[self.times * (p + 1)..];
            let before = &weighted[time * (p + 1)..(time + 1) * (p + 1)];
            for i in 0..p {
                let q = left[1 + i] * (end[0] - before[0]) - left[0] * (end[1 + i] - before[1 + i]);
                let previous = if time == 0 { 0.0 } else { result.cumulative[(time - 1) * p + i] };
                result.at_time[time * p + i] = q / self.at_risk[time];
                result.cumulative[time * p + i] =
                    previous + censored[time] * q / (self.at_risk[time] * self.at_risk[time]);
            }
        }
        result
    }
}

/// What the estimated censoring adds to the influences.
struct CensoringInfluence {
    /// At each time.
    at_time: Vec<f64>,
    /// Up to each time.
    cumulative: Vec<f64>,
}

/// How a row with this cause ended.
fn kind_of(cause: u32) -> Kind {
    match cause {
        0 => Kind::Censored,
        1 => Kind::Event,
        _ => Kind::Competing,
    }
}

/// Adds a weighted row.
fn add(sums: &mut [f64], x: &[f64], weight: f64) {
    let p = x.len();
    sums[0] += weight;
    for i in 0..p {
        sums[1 + i] += weight * x[i];
        for j in 0..p {
            sums[1 + p + i * p + j] += weight * x[i] * x[j];
        }
    }
}

/// Index of each sorted time among the distinct ones, times apart only by rounding counted as one.
fn ranks(sorted: &[f64]) -> Vec<usize> {
    let mut distinct = sorted.to_vec();
    distinct.dedup();
    let gap = allowed_gap(&distinct);
    let mut rank = 0;
    let mut ranks = Vec::with_capacity(sorted.len());
    for (index, time) in sorted.iter().enumerate() {
        if index > 0 && time - sorted[index - 1] > gap {
            rank += 1;
        }
        ranks.push(rank);
    }
    ranks
}

/// Refuses data that do not fit together.
fn check(data: &FineGrayData<'_>, terms: &[Term]) -> Result<(), EstimateError> {
    let rows = data.time.len();
    require_some(rows)?;
    require_equal(rows, terms.iter().map(|term| term.values.len()).chain([data.cause.len()]))?;
    if terms.is_empty() {
        return Err(EstimateError::data(said!(
            "een Fine-Gray-model vraagt minstens één covariaat",
            "a Fine-Gray model needs at least one covariate"
        )));
    }
    if let Some(row) = data.time.iter().position(|time| !time.is_finite()) {
        return Err(EstimateError::data(said!(
            "de tijd in rij {} is geen eindig getal",
            "time in row {} is not a finite number",
            row + 1
        )));
    }
    for term in terms {
        if let Some(row) = term.values.iter().position(|value| !value.is_finite()) {
            return Err(EstimateError::data(said!(
                "{} in rij {} is geen eindig getal",
                "{} in row {} is not a finite number",
                term.name,
                row + 1
            )));
        }
    }
    if !data.cause.contains(&1) {
        return Err(EstimateError::NoEvents {
            what: said!("gebeurtenissen van de onderzochte oorzaak", "events of the analyzed cause"),
        });
    }
    Ok(())
}
