//! One endpoint of one study on file, counted per caseworker: what all its tests need.

use super::periods::Schedule;
use super::sizes::Units;
use crate::estimate::grouped::{ClusterMean, ClusterTable};
use crate::estimate::period_adjusted::UnitPeriod;
use crate::observe::{Filed, OnFile};
use crate::scenario::analysis::{Endpoint, TestKind};
use serde::{Deserialize, Serialize};

/// One participant on the grid of steps.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// Unit.
    pub unit: u32,
    /// Last step at risk.
    pub last: u32,
    /// 1 = the event, 2 = an exit that competes with it, 0 = neither.
    pub cause: u32,
    /// Events counted (signal counts).
    pub count: u32,
    /// Time over which they were counted, months.
    pub exposure: f64,
}

/// One endpoint of the comparison of one arm with control at one cut-off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct EndpointData {
    /// Competing exits leave the risk set.
    pub cause_specific: ClusterTable,
    /// Competing exits stay in the risk set until the end of their follow-up; without steps when no test needs it.
    pub subdistribution: ClusterTable,
    /// Whether the event is on file at the cut-off.
    pub outcome: Vec<ClusterMean>,
    /// Months lived after the event within the shortest follow-up: restricted mean time lost.
    pub time_lost: Vec<ClusterMean>,
    /// Signals (`sum`) over months on benefit (`size`).
    pub rate: Vec<ClusterMean>,
    /// Everybody; empty when no test looks at persons.
    pub persons: Vec<Person>,
    /// Signal events of recurrent-event data, `(person, step)`, in order of person.
    pub recurrent: Vec<(u32, u32)>,
    /// Every unit in every period; empty when no test looks at periods.
    pub cells: Vec<UnitPeriod>,
    /// Months per step.
    pub step_months: f64,
    /// Whether only the outcome at the cut-off counts, not its time.
    pub proportion_only: bool,
}

/// Counts `endpoint` for the participants of arms `control` (0) and `treated` (1), numbered as in the scenario; the
/// subdistribution only for [`TestKind::Gray`], the one of the `tests` that looks at it. `shortest` is the
/// [`shortest_follow_up`] of the two arms.
///
/// # Example
/// ```
/// use stapjes::kinds::{Endpoint, TestKind};
/// use stapjes::observe::{Protocol, cut};
/// use stapjes::scenario::{EXAMPLE, Scenario};
/// use stapjes::study::{endpoint_data, shortest_follow_up, units_of};
/// use stapjes::trial::replicate;
///
/// let scenario = Scenario::from_text(EXAMPLE).expect("a scenario");
/// let record = replicate::study(&scenario, 0).record;
/// let units = units_of(&scenario, &record);
/// let file = cut(&Protocol::from(&scenario), &record, &[6]).remove(0);
/// let follow_up = shortest_follow_up(&file, (0, 1));
/// let data = endpoint_data(&file, &units, (Endpoint::Exit, &[TestKind::ChiSquare]), (0, 1), (1, follow_up));
/// // What is counted per caseworker is what is on file.
/// for arm in [0, 1] {
///     let on_file = file.rows.iter().filter(|row| usize::from(row.arm) == arm && row.exit <= 6.0).count();
///     let counted: f64 = data.outcome.iter().filter(|unit| unit.arm == arm).map(|unit| unit.sum).sum();
///     assert_eq!(counted, on_file as f64);
///     // Of the clients .2050 and .3491 leave within six months.
///     let expected = [20.50, 34.91][arm];
///     assert!((counted - expected).abs() < 4.0 * (expected * (1.0 - expected / 100.0)).sqrt());
/// }
/// ```
pub fn endpoint_data(
    file: &OnFile,
    units: &Units,
    (endpoint, tests): (Endpoint, &[TestKind]),
    (control, treated): (usize, usize),
    (steps_per_month, shortest): (u32, f64),
) -> EndpointData {
    let steps = (file.month * steps_per_month) as usize;
    let side = |arm: usize| usize::from(arm == treated);
    let empty = |steps: usize| {
        let arms = units.arm.iter().map(|arm| side(*arm)).collect();
        let stratum = units.stratum.clone();
        ClusterTable { stratum, ..ClusterTable::new(steps, arms, units.label.clone()) }
    };
    let no_mean = |unit: usize| ClusterMean {
        arm: side(units.arm[unit]),
        size: 0.0,
        sum: 0.0,
        squares: 0.0,
        label: units.label[unit],
        stratum: units.stratum[unit],
    };
    let no_means: Vec<ClusterMean> = (0..units.arm.len()).map(no_mean).collect();
    let by_person = by_person(endpoint, tests);
    let mut data = EndpointData {
        cause_specific: empty(steps),
        subdistribution: empty(if tests.contains(&TestKind::Gray) { steps } else { 0 }),
        outcome: no_means.clone(),
        time_lost: no_means.clone(),
        rate: no_means,
        persons: Vec::with_capacity(if by_person { file.rows.len() } else { 0 }),
        recurrent: Vec::new(),
        cells: Vec::new(),
        step_months: 1.0 / f64::from(steps_per_month),
        proportion_only: endpoint == Endpoint::DistanceBand,
    };
    let counting = Counting { endpoint, per_month: f64::from(steps_per_month), shortest, by_person };
    let mut signals = file.signals.as_slice();
    for (index, row) in file.rows.iter().enumerate() {
        let count = signals.iter().take_while(|(owner, _)| *owner as usize == index).count();
        let (of_person, rest) = signals.split_at(count);
        signals = rest;
        if takes_part(row, (control, treated)) {
            data.add(row, of_person, &counting);
        }
    }
    data.cause_specific.finish();
    data.subdistribution.finish();
    if tests.contains(&TestKind::PeriodAdjusted) {
        data.cells = data.cells_of(&units.schedule);
    }
    data
}

/// Whether a participant is in one of the two arms.
fn takes_part(row: &Filed, (control, treated): (usize, usize)) -> bool {
    usize::from(row.arm) == control || usize::from(row.arm) == treated
}

/// The shortest follow-up of the participants of two arms; infinite without any.
///
/// # Example
/// ```
/// use stapjes::observe::{Protocol, cut};
/// use stapjes::scenario::{EXAMPLE, Scenario};
/// use stapjes::study::shortest_follow_up;
/// use stapjes::trial::replicate;
///
/// let scenario = Scenario::from_text(EXAMPLE).expect("a scenario");
/// let record = replicate::study(&scenario, 0).record;
/// let file = cut(&Protocol::from(&scenario), &record, &[6]).remove(0);
/// // Everybody enters at month 0.
/// assert_eq!(shortest_follow_up(&file, (0, 1)), 6.0);
/// assert_eq!(shortest_follow_up(&file, (7, 8)), f64::INFINITY);
/// ```
pub fn shortest_follow_up(file: &OnFile, arms: (usize, usize)) -> f64 {
    let rows = file.rows.iter().filter(|row| takes_part(row, arms));
    rows.map(|row| row.follow_up).fold(f64::INFINITY, f64::min)
}

/// Whether a test looks at persons: counts of one person go together, and Gray's test needs everybody's end.
fn by_person(endpoint: Endpoint, tests: &[TestKind]) -> bool {
    endpoint == Endpoint::SignalCount
        || tests
            .iter()
            .any(|test| matches!(test, TestKind::Gray | TestKind::NegativeBinomial | TestKind::Lwyy))
}

/// How participants are counted.
struct Counting {
    /// The endpoint.
    endpoint: Endpoint,
    /// Steps per month.
    per_month: f64,
    /// The shortest follow-up.
    shortest: f64,
    /// Whether everybody is kept.
    by_person: bool,
}

impl EndpointData {
    /// Events and time at risk of each unit in each period of a schedule, until the cut-off.
    fn cells_of(&self, schedule: &Schedule) -> Vec<UnitPeriod> {
        let table = &self.cause_specific;
        let step_of =
            |month: u32| (libm::round(f64::from(month) / self.step_months) as usize).min(table.steps);
        let mut cells = Vec::new();
        for unit in 0..table.arm.len() {
            for (period, (start, next)) in schedule.periods().enumerate() {
                let (from, until) = (step_of(start), next.map_or(table.steps, step_of));
                let total = |column: &[f64]| -> f64 {
                    column[unit * table.steps + from..unit * table.steps + until].iter().sum()
                };
                cells.push(UnitPeriod {
                    unit: unit as u32,
                    cluster: table.label[unit],
                    period: period as u32,
                    exposure: f64::from(u8::from(schedule.exposed(unit, period))),
                    events: total(&table.events),
                    time: total(&table.at_risk) * self.step_months,
                });
            }
        }
        cells
    }

    /// The step in which a time lies; steps are halved months at most twice over, so the product is exact.
    fn step(&self, time: f64, per_month: f64) -> usize {
        ((time * per_month + 0.5) as usize).saturating_sub(1).min(self.cause_specific.steps - 1)
    }

    /// Counts one participant.
    fn add(&mut self, row: &Filed, signals: &[(u32, f64)], counting: &Counting) {
        let Counting { endpoint, per_month, shortest, by_person } = *counting;
        let unit = row.caseworker as usize;
        let (time, cause) = endpoint.of(row);
        let last = self.step(time, per_month);
        self.cause_specific.add(unit, last);
        let subdistribution = self.subdistribution.steps > 0;
        if subdistribution {
            let end = if cause == 2 { self.step(row.follow_up, per_month) } else { last };
            self.subdistribution.add(unit, end);
        }
        let mut counted = 0;
        if endpoint == Endpoint::SignalCount {
            counted = self.add_signals(unit, time, signals, per_month);
        } else if cause == 1 {
            self.cause_specific.add_event(unit, last);
            if subdistribution {
                self.subdistribution.add_event(unit, last);
            }
        }
        let happened = f64::from(u8::from(cause == 1 || counted > 0));
        add(&mut self.outcome[unit], happened);
        add(&mut self.time_lost[unit], if cause == 1 { (shortest - time).max(0.0) } else { 0.0 });
        let count = row.signals;
        self.rate[unit].size += row.time_on_benefit;
        self.rate[unit].sum += f64::from(count);
        if by_person {
            let (unit, last, exposure) = (unit as u32, last as u32, row.time_on_benefit);
            self.persons.push(Person { unit, last, cause, count, exposure });
        }
    }

    /// Signals before the first exit, once per step.
    fn add_signals(&mut self, unit: usize, end: f64, signals: &[(u32, f64)], per_month: f64) -> u32 {
        let person = self.persons.len() as u32;
        let (mut counted, mut before) = (0, usize::MAX);
        for (_, time) in signals.iter().filter(|(_, time)| *time < end) {
            let step = self.step(*time, per_month);
            if step != before {
                self.cause_specific.add_event(unit, step);
                self.recurrent.push((person, step as u32));
                counted += 1;
            }
            before = step;
        }
        counted
    }

    /// One unit per arm: everybody of `units` together.
    pub fn pooled(&self, units: &[u32]) -> EndpointData {
        let pool = |table: &ClusterTable| {
            let mut pooled = ClusterTable::new(table.steps, vec![0, 1], vec![0, 1]);
            for &unit in units {
                let (unit, steps) = (unit as usize, table.steps);
                let to = table.arm[unit];
                pooled.size[to] += table.size[unit];
                for step in 0..steps {
                    pooled.at_risk[to * steps + step] += table.at_risk[unit * steps + step];
                    pooled.events[to * steps + step] += table.events[unit * steps + step];
                }
            }
            pooled
        };
        let means = |units_of: &[ClusterMean]| {
            let nobody =
                |arm| ClusterMean { arm, size: 0.0, sum: 0.0, squares: 0.0, label: arm as u32, stratum: 0 };
            let mut pooled = [0, 1].map(nobody);
            for &unit in units {
                let from = units_of[unit as usize];
                merge(&mut pooled[from.arm], &from);
            }
            pooled.to_vec()
        };
        EndpointData {
            cause_specific: pool(&self.cause_specific),
            subdistribution: pool(&self.subdistribution),
            outcome: means(&self.outcome),
            time_lost: means(&self.time_lost),
            rate: means(&self.rate),
            persons: Vec::new(),
            recurrent: Vec::new(),
            cells: self.cells.iter().filter(|cell| units.contains(&cell.unit)).copied().collect(),
            step_months: self.step_months,
            proportion_only: self.proportion_only,
        }
    }

    /// Adds another data set of the same shape.
    pub(crate) fn add_data(&mut self, other: &Self) {
        self.cause_specific.add_table(&other.cause_specific);
        self.subdistribution.add_table(&other.subdistribution);
        for (to, from) in self.cells.iter_mut().zip(&other.cells) {
            to.events += from.events;
            to.time += from.time;
        }
        let pairs = [
            (&mut self.outcome, &other.outcome),
            (&mut self.time_lost, &other.time_lost),
            (&mut self.rate, &other.rate),
        ];
        for (to, from) in pairs {
            to.iter_mut().zip(from).for_each(|(to, from)| merge(to, from));
        }
    }
}

/// Adds one value to a unit.
fn add(unit: &mut ClusterMean, value: f64) {
    unit.size += 1.0;
    unit.sum += value;
    unit.squares += value * value;
}

/// Adds a unit to another.
fn merge(to: &mut ClusterMean, from: &ClusterMean) {
    to.size += from.size;
    to.sum += from.sum;
    to.squares += from.squares;
}
