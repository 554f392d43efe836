//! The mean cumulative function: the expected number of events per person up to each time, when events recur.

use super::{EstimateError, require_arms};
use crate::observe::Dataset;
use crate::said;

/// One arm's curve, a step function that changes at `times`.
///
/// # Example
/// ```
/// use stapjes::estimate::mean_cumulative::MeanCumulativeCurve;
///
/// let times = vec![3.0, 5.0];
/// let curve = MeanCumulativeCurve { arm: 0, times, mean: vec![0.25, 0.5], standard_error: vec![0.2, 0.3], units: 4 };
/// // A step function: what holds at a time is what the last event left.
/// assert_eq!([2.9, 3.0, 9.0].map(|month| curve.at(month)), [(0.0, 0.0), (0.25, 0.2), (0.5, 0.3)]);
/// ```
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
/// # Example
/// ```
/// use stapjes::estimate::mean_cumulative::curves;
/// use stapjes::observe::Dataset;
///
/// // Four clients: signals at 3 and 7, none, at 5, at 4; seen until 12, 10, 8 and 9 months.
/// let data = Dataset {
///     start: Some(vec![0.0, 3.0, 7.0, 0.0, 0.0, 5.0, 0.0, 4.0]),
///     time: vec![3.0, 7.0, 12.0, 10.0, 5.0, 8.0, 4.0, 9.0],
///     cause: vec![1, 1, 0, 0, 1, 0, 1, 0],
///     person: Some(vec![0, 0, 0, 1, 2, 2, 3, 3]),
///     arm: vec![0; 8],
///     arm_names: vec!["all".into()],
///     ..Dataset::default()
/// };
/// // By hand: four times one of the four at risk. R: survfit(Surv(start, stop, status) ~ 1, id = id): std.chaz 0.3535534
/// let (mean, error) = curves(&data, None, false)?[0].at(9.0);
/// assert!((mean - 1.0).abs() < 1e-12 && (error - 0.353_553_390_6).abs() < 1e-9);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
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
        return Err(EstimateError::NoEvents {
            what: said!("gebeurtenissen van de onderzochte oorzaak", "events of the analyzed cause"),
        });
    }
    Ok((0..data.arm_names.len() as u32).map(|arm| curve(&data, arm, &event, &unit)).collect())
}

/// The label by which rows belong together: cluster, else person, else the row itself.
fn units(data: &Dataset, by_cluster: bool) -> Result<Vec<u32>, EstimateError> {
    if by_cluster {
        let what = || said!("een cluster voor elke rij", "a cluster for every row");
        return data.cluster.clone().ok_or(EstimateError::MissingColumn { what: what() });
    }
    Ok(data.person.clone().unwrap_or_else(|| (0..data.time.len() as u32).collect()))
}

/// Influences of the units, with the sums that their squares need: a time without events of its own changes the influence of everybody
/// at risk alike, so that units are brought up to date only when something happens to them. n log n in all.
struct Influences {
    /// Influence of each unit so far.
    value: Vec<f64>,
    /// Rows at risk of each unit.
    members: Vec<f64>,
    /// Compensator up to which each value is brought up to date.
    settled: Vec<f64>,
    /// What everybody at risk lost since it was settled.
    compensator: f64,
    /// Sum of members * value and of members squared, over units.
    product: f64,
    /// Sum of squares.
    squares: f64,
    /// Sum of squared values, by its changes; and the size of these changes.
    variance: f64,
    /// Changes not settled yet.
    changes: f64,
}

impl Influences {
    /// Nothing yet.
    fn new(units: usize) -> Self {
        Self {
            value: vec![0.0; units],
            members: vec![0.0; units],
            settled: vec![0.0; units],
            compensator: 0.0,
            product: 0.0,
            squares: 0.0,
            variance: 0.0,
            changes: 0.0,
        }
    }

    /// Everybody at risk changes.
    fn add(&mut self, change: f64) {
        self.variance += change;
        self.changes += change.abs();
    }

    /// The sum of squares; made anew where its changes have nearly cancelled (few clusters whose influences are 0).
    fn variance(&mut self) -> f64 {
        if self.variance < 1e-8 * self.changes {
            (0..self.value.len()).for_each(|unit| self.settle(unit));
            self.variance = self.value.iter().map(|value| value * value).sum();
            self.changes = self.variance;
        }
        self.variance
    }

    /// Brings a unit up to date.
    fn settle(&mut self, unit: usize) {
        self.value[unit] -= self.members[unit] * (self.compensator - self.settled[unit]);
        self.settled[unit] = self.compensator;
    }

    /// A row of the unit enters (1) or leaves (-1) the risk set.
    fn change(&mut self, unit: usize, by: f64) {
        self.settle(unit);
        let (before, after) = (self.members[unit], self.members[unit] + by);
        self.members[unit] = after;
        self.product += by * self.value[unit];
        self.squares += after * after - before * before;
    }

    /// An event of a unit.
    fn event(&mut self, unit: usize, size: f64) {
        self.settle(unit);
        self.add(size * (2.0 * self.value[unit] + size));
        self.value[unit] += size;
        self.product += self.members[unit] * size;
    }

    /// Everybody at risk loses `size` for each row.
    fn compensate(&mut self, size: f64) {
        self.add(size * (size * self.squares - 2.0 * self.product));
        self.product -= size * self.squares;
        self.compensator += size;
    }
}

/// The curve of an arm.
fn curve(data: &Dataset, arm: u32, event: &[bool], unit: &[u32]) -> MeanCumulativeCurve {
    let mut rows: Vec<usize> = (0..data.time.len()).filter(|row| data.arm[*row] == arm).collect();
    // Equal data in another order must give equal bits.
    rows.sort_by(|a, b| data.time[*a].total_cmp(&data.time[*b]).then(unit[*a].cmp(&unit[*b])));
    let mut labels: Vec<u32> = rows.iter().map(|row| unit[*row]).collect();
    labels.sort_unstable();
    labels.dedup();
    let member = |row: usize| labels.partition_point(|label| *label < unit[row]);
    let start = |row: usize| data.start.as_ref().map_or(f64::NEG_INFINITY, |start| start[row]);
    let mut entering = rows.clone();
    entering.sort_by(|a, b| start(*a).total_cmp(&start(*b)).then(unit[*a].cmp(&unit[*b])));
    let mut influences = Influences::new(labels.len());
    let mut result =
        MeanCumulativeCurve { arm, times: vec![], mean: vec![], standard_error: vec![], units: labels.len() };
    let (mut mean, mut entered, mut from) = (0.0, 0, 0);
    while from < rows.len() {
        let time = data.time[rows[from]];
        let to = from + rows[from..].iter().take_while(|row| data.time[**row] == time).count();
        while let Some(row) = entering.get(entered).filter(|row| start(**row) < time) {
            influences.change(member(*row), 1.0);
            entered += 1;
        }
        let with_event = || rows[from..to].iter().filter(|row| event[**row]);
        let events = with_event().count() as f64;
        if events > 0.0 {
            let at_risk = (entered - from) as f64;
            let step = events / at_risk;
            mean += step;
            influences.compensate(step / at_risk);
            with_event().for_each(|row| influences.event(member(*row), 1.0 / at_risk));
            result.times.push(time);
            result.mean.push(mean);
            result.standard_error.push(libm::sqrt(influences.variance()));
        }
        rows[from..to].iter().for_each(|row| influences.change(member(*row), -1.0));
        from = to;
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All events in one cluster that is everybody: nothing varies (R: 1e-16), however many times have passed.
    #[test]
    fn one_cluster_has_no_spread() {
        let data = Dataset {
            time: (1..=40).map(|time| f64::from(time) / 7.0).collect(),
            cause: vec![1; 40],
            arm: vec![0; 40],
            arm_names: vec!["a".into()],
            cluster: Some(vec![0; 40]),
            ..Dataset::default()
        };
        let curve = &curves(&data, None, true).unwrap()[0];
        assert!(curve.standard_error.iter().all(|error| *error < 1e-14), "{:?}", curve.standard_error);
    }
}
