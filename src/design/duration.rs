//! How long must a study run? The shortest duration whose power reaches the target with stated confidence.
//!
//! The shortest passing cell of a simulated surface is picked because it passed, luck included. So the pick is made on one
//! set of replicates and its power is reported from another: the candidate is the first duration whose exact lower
//! confidence bound reaches the target; it is confirmed when the fresh estimate reaches the target too, else the next
//! candidate is tried.

use crate::design::power::{Assurance, LimitReason, Note, PowerCell, PowerSurface};
use crate::estimate::outcomes;
use crate::estimate::single_proportion::clopper_pearson;
use crate::stats::normal;
use serde::Serialize;

/// Confidence, one-sided, that is taken when none is asked for.
pub(crate) const USUAL_CONFIDENCE: f64 = 0.95;

/// What is asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DurationQuestion {
    /// Power aimed at, between alpha and 1.
    pub power: f64,
    /// Confidence that the power is reached, one-sided, between 0.5 and 1.
    pub confidence: f64,
}

/// The answer for one endpoint, test and size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequiredDuration {
    /// Arm that is compared with control.
    pub arm: String,
    /// Endpoint.
    pub endpoint: &'static str,
    /// Test.
    pub test: &'static str,
    /// Whether it is the endpoint's primary test.
    pub primary: bool,
    /// Size as a share of the scenario's participants.
    pub size: f64,
    /// Clients in control and treated.
    pub clients: [u32; 2],
    /// Caseworkers in control and treated.
    pub caseworkers: [u32; 2],
    /// Shortest confirmed duration, months; `None` when no simulated duration reaches the target.
    pub months: Option<u32>,
    /// First duration that is not ruled out: its upper confidence bound reaches the target.
    pub months_low: Option<u32>,
    /// First duration from `months` on (that is in the interval) from which every longer one has a lower confidence bound at or
    /// above the target.
    pub months_high: Option<u32>,
    /// Power at `months` in the fresh studies.
    pub fresh_power: Option<f64>,
    /// Its 95 % interval.
    pub fresh_interval: Option<[f64; 2]>,
    /// Month up to which pooled studies show no difference: before it power equals alpha whatever the size.
    pub nothing_until: Option<u32>,
    /// Why no duration suffices.
    pub limit: Option<PowerLimit>,
}

/// What is attainable when no simulated duration suffices.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PowerLimit {
    /// Highest power over the simulated durations.
    pub highest: f64,
    /// Duration of that power, months.
    pub months: u32,
    /// Power at that duration with the same caseworkers and endlessly many clients each (normal approximation).
    pub with_endless_clients: Option<f64>,
    /// Factor on caseworkers and clients together that would reach the target at that duration (normal approximation);
    /// `None` when there is no difference to find, or when the highest power is not below the target.
    pub factor: Option<f64>,
    /// Why.
    pub reason: LimitReason,
}

/// Answers for every endpoint, test and size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequiredDurations {
    /// Name of the scenario.
    pub scenario: String,
    /// Power aimed at.
    pub power: f64,
    /// One-sided confidence.
    pub confidence: f64,
    /// Replicates of the search.
    pub replicates: u32,
    /// Replicates of the confirmation.
    pub fresh_replicates: u32,
    /// Durations that were tried, months.
    pub months: Vec<u32>,
    /// One per comparison, endpoint, test and size.
    pub required: Vec<RequiredDuration>,
    /// Sentences that belong to the numbers.
    pub notes: Vec<Note>,
    /// The same with the assumptions uncertain, when asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assurance: Option<Assurance>,
}

/// Durations worth trying up to a horizon: at most 40, equally far apart.
///
/// # Example
/// ```
/// use stapjes::design::duration::months_to_try;
///
/// // Every month of three years; beyond forty months, every so many, the horizon included.
/// assert_eq!(months_to_try(36).len(), 36);
/// assert_eq!(months_to_try(120).last(), Some(&120));
/// assert!(months_to_try(120).len() <= 40);
/// ```
pub fn months_to_try(horizon_months: u32) -> Vec<u32> {
    let step = horizon_months.div_ceil(40).max(1);
    let mut months: Vec<u32> = (1..).map(|n| n * step).take_while(|month| *month <= horizon_months).collect();
    if months.last() != Some(&horizon_months) {
        months.push(horizon_months);
    }
    months
}

/// Reads the answers off a surface, confirmed on another with the same cells and fresh luck.
///
/// # Example
/// ```
/// use stapjes::design::duration::{DurationQuestion, required_duration};
/// use stapjes::design::power::{PowerPlan, power};
/// use stapjes::scenario::{EXAMPLE, Scenario};
///
/// let scenario = Scenario::from_text(EXAMPLE).expect("a scenario");
/// let plan = PowerPlan { null_replicates: 0, months: &[3, 6, 9, 12], ..PowerPlan::new(&scenario, 200) };
/// let search = power(&plan)?;
/// let fresh = power(&PowerPlan { first: plan.first + 200, ..plan })?;
/// let question = DurationQuestion { power: 0.8, confidence: 0.95 };
/// let found = required_duration(&search, &fresh, &question);
/// // By adding up over all tables the power is .19, .63, .89 and .96 after 3, 6, 9 and 12 months: nine are needed for .8.
/// let exits = found.required.iter().find(|row| row.test == "chi_square").expect("the test of exits");
/// assert_eq!(exits.months, Some(9));
/// # Ok::<(), stapjes::trial::Stopped>(())
/// ```
pub fn required_duration(
    search: &PowerSurface,
    fresh: &PowerSurface,
    question: &DurationQuestion,
) -> RequiredDurations {
    let mut months: Vec<u32> = search.cells.iter().map(|cell| cell.months).collect();
    months.sort_unstable();
    months.dedup();
    let per = months.len().max(1);
    let curves = search.cells.chunks(per).zip(fresh.cells.chunks(per));
    RequiredDurations {
        scenario: search.scenario.clone(),
        power: question.power,
        confidence: question.confidence,
        replicates: search.replicates,
        fresh_replicates: fresh.replicates,
        required: curves
            .map(|(cells, fresh_cells)| answer(search, fresh, cells, fresh_cells, question))
            .collect(),
        months,
        notes: search.notes.clone(),
        assurance: None,
    }
}

/// The answer for one endpoint, test and size.
fn answer(
    search: &PowerSurface,
    fresh: &PowerSurface,
    cells: &[PowerCell],
    fresh_cells: &[PowerCell],
    question: &DurationQuestion,
) -> RequiredDuration {
    let bound = |cell: &PowerCell, upper: bool| {
        let of = u64::from(search.replicates);
        let count = (cell.power.value * of as f64).round() as u64;
        let level = 2.0 * question.confidence - 1.0;
        let interval = clopper_pearson(outcomes::Proportion { events: count, total: of }, level);
        let (low, high) = (interval.lower, interval.upper);
        if upper { high } else { low }
    };
    let reaches = |at: &usize| bound(&cells[*at], false) >= question.power;
    let confirmed = |at: &usize| reaches(at) && fresh_cells[*at].power.value >= question.power;
    let chosen = (0..cells.len()).find(confirmed);
    let month = |at: usize| cells[at].months;
    let settled = (0..cells.len()).rev().take_while(reaches).last();
    let first = &cells[0];
    RequiredDuration {
        arm: first.arm.clone(),
        endpoint: first.endpoint,
        test: first.test,
        primary: first.primary,
        size: first.size,
        clients: first.clients,
        caseworkers: first.caseworkers,
        months: chosen.map(month),
        months_low: (0..cells.len()).find(|at| bound(&cells[*at], true) >= question.power).map(month),
        // An answer that the fresh studies put off lies beyond where the search alone had settled.
        months_high: settled.map(|at| month(at.max(chosen.unwrap_or(at)))),
        fresh_power: chosen.map(|at| fresh_cells[at].power.value),
        fresh_interval: chosen.map(|at| [fresh_cells[at].power.low, fresh_cells[at].power.high]),
        nothing_until: nothing_until(search, cells),
        limit: if chosen.is_some() { None } else { limit(search, fresh, cells, fresh_cells, question) },
    }
}

/// The last duration of the first stretch in which the pooled difference is within three of its Monte Carlo errors of zero;
/// `None` when the very first duration already shows it, or when no duration does.
fn nothing_until(search: &PowerSurface, cells: &[PowerCell]) -> Option<u32> {
    let shows = |cell: &PowerCell| match (cell.truth, cell.deviation) {
        (Some(truth), Some(deviation)) => {
            truth.abs() > 3.0 * deviation / libm::sqrt(f64::from(search.truth_replicates))
        }
        _ => false,
    };
    let first = cells.iter().position(shows)?;
    first.checked_sub(1).map(|before| cells[before].months)
}

/// Why no duration suffices.
fn limit(
    search: &PowerSurface,
    fresh: &PowerSurface,
    cells: &[PowerCell],
    fresh_cells: &[PowerCell],
    question: &DurationQuestion,
) -> Option<PowerLimit> {
    // Both sets of replicates together: the highest cell of one would be optimistic.
    let of = f64::from(search.replicates + fresh.replicates);
    let pooled = |at: usize| {
        (cells[at].power.value * f64::from(search.replicates)
            + fresh_cells[at].power.value * f64::from(fresh.replicates))
            / of
    };
    let best = (0..cells.len()).max_by(|a, b| pooled(*a).total_cmp(&pooled(*b)))?;
    let cell = &cells[best];
    let highest = pooled(best);
    let critical = normal::quantile(1.0 - search.alpha / f64::from(search.sides));
    let between = cell
        .deviation
        .zip(cell.design_effect)
        .map(|(deviation, effect)| deviation * libm::sqrt((1.0 - 1.0 / effect.max(1.0)).max(0.0)));
    let with_endless_clients = between
        .zip(cell.truth)
        .filter(|(between, _)| *between > 0.0)
        .map(|(between, truth)| normal::cdf(truth.abs() / between - critical));
    let drift = normal::quantile(highest.clamp(1e-9, 1.0 - 1e-9)) + critical;
    let wanted = normal::quantile(question.power) + critical;
    let noise = 3.0 * libm::sqrt(search.alpha * (1.0 - search.alpha) / of);
    let visible = highest > search.alpha + noise;
    let not_sure = highest >= question.power;
    let factor = (visible && !not_sure).then(|| (wanted / drift) * (wanted / drift));
    let reason = if cell.computed.value == 0.0 {
        LimitReason::TooFewCaseworkers
    } else if !visible {
        LimitReason::NothingToSee { until: cells.last().map_or(0, |cell| cell.months) }
    } else if not_sure {
        LimitReason::NotSure { power: highest, months: cell.months }
    } else {
        LimitReason::Highest { power: highest, months: cell.months }
    };
    Some(PowerLimit { highest, months: cell.months, with_endless_clients, factor, reason })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer that lies outside its own interval is none.
    #[test]
    fn the_answer_lies_in_its_interval_also_when_fresh_studies_put_it_off() {
        let scenario = crate::scenario::Scenario::from_text(crate::scenario::EXAMPLE).unwrap();
        let months = [3, 6, 9, 12];
        let plan = crate::design::power::PowerPlan {
            null_replicates: 0,
            months: &months,
            ..crate::design::power::PowerPlan::new(&scenario, 40)
        };
        let mut search = crate::design::power::power(&plan).unwrap();
        let mut fresh = search.clone();
        let set = |surface: &mut PowerSurface, from: u32| {
            for cell in &mut surface.cells {
                cell.power.value = if cell.months >= from { 1.0 } else { 0.0 };
            }
        };
        set(&mut search, 6);
        set(&mut fresh, 9);
        let found = required_duration(&search, &fresh, &DurationQuestion { power: 0.8, confidence: 0.95 });
        for required in &found.required {
            assert_eq!(
                (required.months_low, required.months, required.months_high),
                (Some(6), Some(9), Some(9)),
                "{}",
                required.test
            );
        }
    }

    #[test]
    fn at_most_forty_durations_that_end_at_the_horizon() {
        assert_eq!(months_to_try(3), [1, 2, 3]);
        let months = months_to_try(120);
        assert_eq!((months[0], months.len(), months[39]), (3, 40, 120));
        assert_eq!(months_to_try(50).last(), Some(&50));
        assert!((1..=360).all(|horizon| months_to_try(horizon).len() <= 41));
    }
}
