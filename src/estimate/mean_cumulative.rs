//! The mean cumulative function: the expected number of events per person up to each time, when events recur.

use super::{EstimateError, require_arms};
use crate::observe::Dataset;

/// One arm's curve, a step function that changes at `times`.
#[derive(Clone, Debug, PartialEq)]
pub struct MeanCumulativeCurve {
    /// The arm, an index into the arm names.
    pub arm: u32,
    /// Distinct event times, ascending.
    pub times: Vec<f64>,
    /// Expected events per person up to and including each time.
    pub mean: Vec<f64>,
    /// Standard error of each mean.
    pub standard_error: Vec<f64>,
    /// Persons (or clusters) the standard error is by.
    pub units: usize,
}

impl MeanCumulativeCurve {
    /// Mean and standard error at a time; zero before the first event.
    pub fn at(&self, time: f64) -> (f64, f64) {
        match self.times.partition_point(|event| *event <= time) {
            0 => (0.0, 0.0),
            count => (self.mean[count - 1], self.standard_error[count - 1]),
        }
    }
}

/// Nelson's estimate for each arm: the sum over event times of events / persons at risk; events of one cause, or of any.
///
/// Its variance sums, over persons, the square of `sum over times of (dN_i - Y_i d mean) / Y` (infinitesimal jackknife), so
/// that the events of one person may depend on each other; with `by_cluster` the sums are over clusters. Rows are intervals
/// `(start, stop]` of a person. Assumes censoring that does not depend on the event history, and that no terminal
/// event competes: after leaving, a person counts as censored. Nelson (1988), J. Quality Technology 20:24-35;
/// Lawless & Nadeau (1995), <https://doi.org/10.1080/00401706.1995.10484300>. Checked against
/// `survfit(Surv(start, stop, status) ~ arm, cluster = id)` of R's `survival`.
///
/// # Errors
/// Bad rows, an empty arm, no events of the cause, or `by_cluster` without a cluster column.
pub fn curves(
    data: &Dataset,
    cause: Option<u32>,
    by_cluster: bool,
) -> Result<Vec<MeanCumulativeCurve>, EstimateError> {
    require_arms(data, 1, usize::MAX)?;
    let unit = units(data, by_cluster)?;
    let data = super::ties::merge_close_times(data);
    let event = super::contrast::events(&data, cause);
    if !event.contains(&true) {
        return Err(EstimateError::NoEvents { what: "events of the analyzed cause".into() });
    }
    Ok((0..data.arm_names.len() as u32).map(|arm| curve(&data, arm, &event, &unit)).collect())
}

/// The label by which rows belong together: cluster, else person, else the row itself.
fn units(data: &Dataset, by_cluster: bool) -> Result<Vec<u32>, EstimateError> {
    if by_cluster {
        let what = "a cluster for every row".to_owned();
        return data.cluster.clone().ok_or(EstimateError::MissingColumn { what });
    }
    Ok(data.person.clone().unwrap_or_else(|| (0..data.time.len() as u32).collect()))
}

fn curve(data: &Dataset, arm: u32, event: &[bool], unit: &[u32]) -> MeanCumulativeCurve {
    let mut rows: Vec<usize> = (0..data.time.len()).filter(|row| data.arm[*row] == arm).collect();
    // Equal data in another order must give equal bits.
    rows.sort_by(|a, b| data.time[*a].total_cmp(&data.time[*b]).then(unit[*a].cmp(&unit[*b])));
    let mut labels: Vec<u32> = rows.iter().map(|row| unit[*row]).collect();
    labels.sort_unstable();
    labels.dedup();
    let member: Vec<usize> =
        rows.iter().map(|row| labels.partition_point(|label| *label < unit[*row])).collect();
    let mut influence = vec![0.0; labels.len()];
    let mut result =
        MeanCumulativeCurve { arm, times: vec![], mean: vec![], standard_error: vec![], units: labels.len() };
    let mut times: Vec<f64> = rows.iter().filter(|row| event[**row]).map(|row| data.time[*row]).collect();
    times.dedup();
    let mut mean = 0.0;
    for time in times {
        let first = rows.partition_point(|row| data.time[*row] < time);
        let entered = |row: usize| data.start.as_ref().is_none_or(|start| start[row] < time);
        let at_risk = rows[first..].iter().filter(|row| entered(**row)).count() as f64;
        let is_event = |row: usize| data.time[row] == time && event[row];
        let events = rows[first..].iter().filter(|row| is_event(**row)).count() as f64;
        let step = events / at_risk;
        mean += step;
        for (row, unit) in rows[first..].iter().zip(&member[first..]).filter(|(row, _)| entered(**row)) {
            let event = f64::from(u8::from(is_event(*row)));
            influence[*unit] += (event - step) / at_risk;
        }
        result.times.push(time);
        result.mean.push(mean);
        result.standard_error.push(influence.iter().map(|value| value * value).sum::<f64>().sqrt());
    }
    result
}
