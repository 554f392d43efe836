//! Mean number of recurrent events when a terminal event ends the follow-up: Ghosh & Lin (2000),
//! <https://doi.org/10.1111/j.0006-341X.2000.00554.x>.
//!
//! mu(t) = integral of S(u-) dR(u): S the Kaplan-Meier curve of the terminal event, dR = recurrent events over persons at risk.
//! [`mean_cumulative`](super::mean_cumulative) leaves S out: it says how many events there would be if nobody ever left. The variance is the
//! sum over persons (or clusters) of squared influences, the derivative of mu(t) to the weight of a person:
//! sum over u of S(u-) (dN_i - Y_i dR) / Y - sum of (mu(t) - mu(u)) (dD_i - Y_i dD / Y) / (Y - dD).
//! A person needs a row after each recurrent event, up to the terminal one or the end of the follow-up. One time costs n log n.
//! Checked against derivatives in the weight of each person, taken numerically in R.

use super::EstimateError;
use super::ties::merge_close_times;
use crate::observe::Dataset;
use crate::said;

/// Mean with its standard error at one time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TerminalMean {
    /// Expected events per person.
    pub mean: f64,
    /// Standard error.
    pub standard_error: f64,
    /// Persons (or clusters) that the standard error is by.
    pub units: usize,
}

/// One arm's rows, ready to be read at any time.
pub struct RecurrentWithTerminal {
    /// Rows of the arm.
    rows: Vec<Row>,
    /// Persons.
    units: usize,
    /// Distinct times of recurrent or terminal events with Y, dN, dD and S just before.
    steps: Vec<Step>,
    /// Last time at risk.
    last: f64,
}

/// A stretch of a person's time.
struct Row {
    /// At risk after this time.
    start: f64,
    /// Last time at risk.
    stop: f64,
    /// Person.
    unit: usize,
    /// Whether it ended in a recurrent event.
    recurrent: bool,
    /// Whether it ended in the terminal one.
    terminal: bool,
}

/// A time with an event.
struct Step {
    /// Time.
    time: f64,
    /// At risk.
    at_risk: f64,
    /// Recurrent events.
    recurrent: f64,
    /// Terminal events.
    terminal: f64,
    /// Share alive before.
    before: f64,
}

impl RecurrentWithTerminal {
    /// Every arm; events of `cause` recur, those of all other causes are terminal.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::recurrent_terminal::RecurrentWithTerminal;
    /// use stapjes::observe::Dataset;
    ///
    /// // Three clients: signals (1) at 2 and 6, at 3, none; the third leaves (2) at 4.
    /// let data = Dataset {
    ///     start: Some(vec![0.0, 2.0, 6.0, 0.0, 3.0, 0.0]),
    ///     time: vec![2.0, 6.0, 9.0, 3.0, 9.0, 4.0],
    ///     cause: vec![1, 1, 0, 1, 0, 2],
    ///     person: Some(vec![0, 0, 0, 1, 1, 2]),
    ///     arm: vec![0; 6],
    ///     arm_names: vec!["all".into()],
    ///     ..Dataset::default()
    /// };
    /// // By hand: 1/3 + 1/3 while all are there, then one of the two left, times the 2/3 who still are.
    /// let found = RecurrentWithTerminal::by_arm(&data, 1)?[0].at(9.0);
    /// assert!((found.mean - (2.0 / 3.0 + 2.0 / 3.0 / 2.0)).abs() < 1e-12 && found.units == 3);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    ///
    /// # Errors
    /// Bad rows, an empty arm, no events of the cause, a row without a person.
    pub fn by_arm(data: &Dataset, cause: u32) -> Result<Vec<Self>, EstimateError> {
        super::require_arms(data, 1, usize::MAX)?;
        let what = || said!("een persoon voor elke rij (--id)", "a person for every row (--id)");
        let person = data.person.as_ref().ok_or_else(|| EstimateError::MissingColumn { what: what() })?;
        let unit = data.cluster.as_ref().unwrap_or(person);
        let data = merge_close_times(data);
        if !data.cause.contains(&cause) {
            return Err(EstimateError::NoEvents {
                what: said!("gebeurtenissen van de onderzochte oorzaak", "events of the analyzed cause"),
            });
        }
        let arms = 0..data.arm_names.len() as u32;
        Ok(arms.map(|arm| Self::new(&data, arm, cause, unit)).collect())
    }

    /// The rows and steps of an arm.
    fn new(data: &Dataset, arm: u32, cause: u32, unit: &[u32]) -> Self {
        let of_arm = || (0..data.time.len()).filter(|row| data.arm[*row] == arm);
        let mut labels: Vec<u32> = of_arm().map(|row| unit[row]).collect();
        labels.sort_unstable();
        labels.dedup();
        let mut rows: Vec<Row> = of_arm()
            .map(|row| Row {
                start: data.start.as_ref().map_or(f64::NEG_INFINITY, |start| start[row]),
                stop: data.time[row],
                unit: labels.partition_point(|label| *label < unit[row]),
                recurrent: data.cause[row] == cause,
                terminal: data.cause[row] != cause && data.cause[row] > 0,
            })
            .collect();
        rows.sort_by(|a, b| a.stop.total_cmp(&b.stop).then(a.unit.cmp(&b.unit)));
        let mut starts: Vec<f64> = rows.iter().map(|row| row.start).collect();
        starts.sort_by(f64::total_cmp);
        let mut steps = Vec::new();
        let (mut before, mut from) = (1.0, 0);
        while from < rows.len() {
            let time = rows[from].stop;
            let to = from + rows[from..].iter().take_while(|row| row.stop == time).count();
            let recurrent = rows[from..to].iter().filter(|row| row.recurrent).count() as f64;
            let terminal = rows[from..to].iter().filter(|row| row.terminal).count() as f64;
            if recurrent + terminal > 0.0 {
                let at_risk = (starts.partition_point(|start| *start < time) - from) as f64;
                steps.push(Step { time, at_risk, recurrent, terminal, before });
                before *= 1.0 - terminal / at_risk;
            }
            from = to;
        }
        let last = rows.last().map_or(0.0, |row| row.stop);
        Self { rows, units: labels.len(), steps, last }
    }

    /// Last time of follow-up.
    pub(crate) fn last_time(&self) -> f64 {
        self.last
    }

    /// Mean and standard error at a time.
    pub fn at(&self, time: f64) -> TerminalMean {
        let steps = &self.steps[..self.steps.partition_point(|step| step.time <= time)];
        let mut means = Vec::with_capacity(steps.len());
        let mut mean = 0.0;
        for step in steps {
            mean += step.before * step.recurrent / step.at_risk;
            means.push(mean);
        }
        // Compensators up to and including each step; 0 before the first.
        let mut compensator = vec![0.0];
        let mut sum = 0.0;
        for (step, at_step) in steps.iter().zip(&means) {
            sum += step.before * step.recurrent / (step.at_risk * step.at_risk);
            if step.at_risk > step.terminal {
                sum -= (mean - at_step) * step.terminal / (step.at_risk * (step.at_risk - step.terminal));
            }
            compensator.push(sum);
        }
        let place = |time: f64| steps.partition_point(|step| step.time <= time);
        let mut influence = vec![0.0; self.units];
        for row in &self.rows {
            let value = &mut influence[row.unit];
            *value -= compensator[place(row.stop)] - compensator[place(row.start)];
            if row.stop > time || !(row.recurrent || row.terminal) {
                continue;
            }
            let at = place(row.stop) - 1;
            let step = &steps[at];
            if row.recurrent {
                *value += step.before / step.at_risk;
            } else if step.at_risk > step.terminal {
                *value -= (mean - means[at]) / (step.at_risk - step.terminal);
            }
        }
        let variance: f64 = influence.iter().map(|value| value * value).sum();
        TerminalMean { mean, standard_error: libm::sqrt(variance), units: self.units }
    }
}
