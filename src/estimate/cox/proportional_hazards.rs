//! The test of proportional hazards on Schoenfeld residuals, in its score form.

use super::design::{Design, for_each_event_time};
use super::fit::{ChiSquareTest, CoxFit};
use crate::estimate::EstimateError;
use crate::said;
use nalgebra::{DMatrix, DVector};

/// The function of time against which a changing coefficient is looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TimeTransform {
    /// One minus the left limit of the pooled Kaplan-Meier curve: robust against a few late events; the default.
    #[default]
    KaplanMeier,
    /// Rank of the time among all rows.
    Rank,
    /// The time itself.
    Identity,
    /// Its logarithm; times must be positive.
    Log,
}

/// Tests that each coefficient, and all together, do not change over time.
#[derive(Clone, Debug, PartialEq)]
pub struct ProportionalHazardsTest {
    /// Names of the covariates.
    pub names: Vec<String>,
    /// One test per covariate, 1 degree of freedom each.
    pub each: Vec<ChiSquareTest>,
    /// All coefficients together.
    pub global: ChiSquareTest,
}

impl CoxFit {
    /// Score test for `b(t) = b + theta (g(t) - mean of g over the events)` at `theta = 0`.
    ///
    /// Grambsch & Therneau (1994), <https://doi.org/10.1093/biomet/81.3.515>; the score form with the exact information, as
    /// `cox.zph` in R's `survival` 3.x, against which it was checked.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::cox::{CoxData, CoxModel, Term, Ties, TimeTransform};
    /// use stapjes::observe::Dataset;
    ///
    /// let data = Dataset::example();
    /// let left: Vec<bool> = data.cause.iter().map(|cause| *cause > 0).collect();
    /// let personal = [Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() }];
    /// let rows = CoxData { start: None, stop: &data.time, event: &left, stratum: None, weight: None };
    /// let fit = CoxModel { data: rows, terms: &personal, ties: Ties::Efron }.fit()?;
    /// // R: cox.zph(coxph(Surv(time, cause > 0) ~ arm), transform = "km"): chi-square 0.277, p 0.599
    /// let test = fit.proportional_hazards(TimeTransform::KaplanMeier)?;
    /// assert!((test.each[0].statistic - 0.277_034_822_1).abs() < 1e-8);
    /// assert!((test.global.p_value() - 0.598_651_318_3).abs() < 1e-8);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// A logarithm of a time that is not positive; a singular information (too few events).
    pub fn proportional_hazards(
        &self,
        transform: TimeTransform,
    ) -> Result<ProportionalHazardsTest, EstimateError> {
        let p = self.names.len();
        let groups: Vec<Vec<usize>> = (0..p).map(|column| vec![column]).chain([(0..p).collect()]).collect();
        let mut each = self.proportional_hazards_of(transform, &groups)?;
        let global = each.pop().ok_or_else(too_few_times)?;
        Ok(ProportionalHazardsTest { names: self.names.clone(), each, global })
    }

    /// The same test for groups of coefficients (columns, from 0), for example the levels of one factor: as many degrees
    /// of freedom as columns.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::cox::{CoxData, CoxModel, Term, Ties, TimeTransform};
    /// use stapjes::observe::Dataset;
    ///
    /// let data = Dataset::example();
    /// let left: Vec<bool> = data.cause.iter().map(|cause| *cause > 0).collect();
    /// let personal = [Term { name: "personal".into(), values: data.arm.iter().map(|arm| f64::from(*arm)).collect() }];
    /// let rows = CoxData { start: None, stop: &data.time, event: &left, stratum: None, weight: None };
    /// let fit = CoxModel { data: rows, terms: &personal, ties: Ties::Efron }.fit()?;
    /// // One group of one column is that column's own test; R: cox.zph(..., "km")
    /// let tests = fit.proportional_hazards_of(TimeTransform::KaplanMeier, &[vec![0]])?;
    /// assert!((tests[0].statistic - 0.277_034_822_1).abs() < 1e-8 && tests[0].degrees_of_freedom == 1);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// As [`proportional_hazards`](Self::proportional_hazards).
    pub fn proportional_hazards_of(
        &self,
        transform: TimeTransform,
        groups: &[Vec<usize>],
    ) -> Result<Vec<ChiSquareTest>, EstimateError> {
        let p = self.names.len();
        let g = centered_transform(&self.design, transform)?;
        let (score, information) = time_interaction_score(&self.design, &self.scaled, self.efron(), &g);
        let test = |columns: &Vec<usize>| {
            let kept: Vec<usize> = (0..p).chain(columns.iter().map(|column| p + column)).collect();
            let matrix = DMatrix::from_fn(kept.len(), kept.len(), |i, j| information[(kept[i], kept[j])]);
            let vector = DVector::from_fn(kept.len(), |i, _| if i < p { 0.0 } else { score[kept[i] - p] });
            let test = ChiSquareTest::quadratic_form(&vector, &matrix).ok_or_else(too_few_times)?;
            Ok(ChiSquareTest { degrees_of_freedom: columns.len(), ..test })
        };
        groups.iter().map(test).collect()
    }
}

/// Too few times of events.
fn too_few_times() -> EstimateError {
    EstimateError::data(said!(
        "te weinig verschillende tijden van gebeurtenissen om evenredige hazards te toetsen",
        "too few distinct event times to test proportional hazards"
    ))
}

/// Score for `theta` and the information of `(b, theta)`, both at the estimate and `theta = 0`.
fn time_interaction_score(
    design: &Design,
    beta: &[f64],
    efron: bool,
    g: &[f64],
) -> (DVector<f64>, DMatrix<f64>) {
    let p = design.columns;
    let (risk, _) = design.risk_scores(beta);
    let mut score = DVector::zeros(p);
    let mut information = DMatrix::zeros(2 * p, 2 * p);
    for_each_event_time(design, &risk, |moments| {
        let g = g[moments.deaths[0]];
        for row in moments.deaths {
            for i in 0..p {
                score[i] += g * design.x[row * p + i];
            }
        }
        moments.for_each_term(efron, |fraction, weight| {
            let s0 = moments.s0 - fraction * moments.d0;
            let mean = DVector::from_fn(p, |i, _| (moments.s1[i] - fraction * moments.d1[i]) / s0);
            for i in 0..p {
                score[i] -= weight * g * mean[i];
                for j in 0..p {
                    let second = (moments.s2[i * p + j] - fraction * moments.d2[i * p + j]) / s0;
                    let variance = weight * (second - mean[i] * mean[j]);
                    information[(i, j)] += variance;
                    information[(i, p + j)] += g * variance;
                    information[(p + i, j)] += g * variance;
                    information[(p + i, p + j)] += g * g * variance;
                }
            }
        });
    });
    (score, information)
}

/// `g` of each row's time minus its mean over the events.
fn centered_transform(design: &Design, transform: TimeTransform) -> Result<Vec<f64>, EstimateError> {
    let time = &design.stop;
    let mut g: Vec<f64> = match transform {
        TimeTransform::Identity => time.clone(),
        TimeTransform::Log => {
            if time.iter().any(|time| *time <= 0.0) {
                return Err(EstimateError::data(said!(
                    "de transformatie log vraagt tijden boven 0",
                    "the log transform needs positive times"
                )));
            }
            time.iter().map(|time| libm::log(*time)).collect()
        }
        TimeTransform::Rank => ranks(time),
        TimeTransform::KaplanMeier => one_minus_kaplan_meier(design),
    };
    let events = (0..design.rows).filter(|row| design.event[*row]);
    let mean = events.map(|row| g[row]).sum::<f64>() / design.events as f64;
    for value in &mut g {
        *value -= mean;
    }
    Ok(g)
}

/// Ranks from 1; equal values share the mean of their ranks.
fn ranks(values: &[f64]) -> Vec<f64> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let rank = |value: &f64| {
        let below = sorted.partition_point(|other| other < value);
        let up_to = sorted.partition_point(|other| other <= value);
        (below + 1 + up_to) as f64 / 2.0
    };
    values.iter().map(rank).collect()
}

/// One minus the left limit of the Kaplan-Meier curve of all rows together, at each row's time.
fn one_minus_kaplan_meier(design: &Design) -> Vec<f64> {
    let mut stops: Vec<f64> = design.stop.clone();
    stops.sort_by(f64::total_cmp);
    let mut starts = design.start.clone().unwrap_or_default();
    starts.sort_by(f64::total_cmp);
    let rows = (0..design.rows).filter(|row| design.event[*row]);
    let mut events: Vec<f64> = rows.map(|row| design.stop[row]).collect();
    events.sort_by(f64::total_cmp);
    let mut times = Vec::new();
    let mut after = Vec::new();
    let mut survival = 1.0;
    let mut index = 0;
    while index < events.len() {
        let time = events[index];
        let past = events.partition_point(|other| *other <= time);
        let left = stops.partition_point(|other| *other < time);
        let not_entered = starts.len() - starts.partition_point(|other| *other < time);
        let at_risk = (design.rows - left - not_entered) as f64;
        survival *= 1.0 - (past - index) as f64 / at_risk;
        times.push(time);
        after.push(survival);
        index = past;
    }
    let before = |time: &f64| match times.partition_point(|event| event < time) {
        0 => 0.0,
        count => 1.0 - after[count - 1],
    };
    design.stop.iter().map(before).collect()
}
