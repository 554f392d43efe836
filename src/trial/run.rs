//! The run: every replicate under every arm and as a study, in parallel, reduced in replicate order.
//!
//! A replicate gives its values in three worlds (everybody under each arm, the differences, the study)
//! and its covariates; sums are all that stays. Replicates are added until the difference in exits is
//! known well enough, looked at after fixed numbers of chunks only, so that where it stops depends on
//! the plan and on nothing else.

use serde::{Deserialize, Serialize};

use crate::scenario::registry::Registry;
use crate::scenario::{Dynamics, Resolved, Scenario};

use super::accumulate::Accumulator;
use super::chunks::{self, Partial, Sum};
use super::chunks_api::{CHUNK, Stage};
use super::control_variates::{self, ControlVariates};
use super::covariates;
use super::draws::{Center, run_draws};
use super::kept;
use super::layout::CubeLayout;
use super::measures::measures_of;
use super::ordered::{Stopped, Watch};
use super::replicate;
use super::results::{Adjusted, FORMAT, FORMAT_VERSION, MeasureInfo, Results};

/// What to run.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The scenario, with its seed, arms and horizon.
    pub scenario: &'a Scenario,
    /// Replicates at most: numbers 0 to `replicates - 1` (usually `scenario.replicates`).
    pub replicates: u32,
    /// Whether to run the study world too; draws of the parameters do without.
    pub study: bool,
    /// What is believed about the parameters, for the draws that the scenario asks for; `None` = the center only.
    pub beliefs: Option<&'a Registry>,
    /// Hash of the scenario's text, by which the results are known; empty when there is none.
    pub hash: &'a str,
    /// Stop flag and progress.
    pub watch: Watch<'a>,
}

impl<'a> Plan<'a> {
    /// The replicates that the scenario asks for, at the center of the parameters, without anybody watching.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self {
            scenario,
            replicates: scenario.replicates,
            study: true,
            beliefs: None,
            hash: "",
            watch: Watch::default(),
        }
    }

    /// Everything that a scenario read from a text asks for: its replicates and the draws of its parameters.
    pub(crate) fn whole(resolved: &'a Resolved) -> Self {
        Self { beliefs: Some(&resolved.registry), hash: &resolved.hash, ..Self::new(&resolved.scenario) }
    }
}

/// The precision is looked at after so many chunks, and then each time that a quarter (at least one chunk) was added: always at
/// the same numbers of replicates, so the results do not depend on threads, stops or shards.
const FEWEST_CHUNKS: u32 = 3;

/// Chunks at the look after the one at `chunk`: a quarter more, at least one, at least
/// [`FEWEST_CHUNKS`].
pub(super) fn next_look(chunk: u32) -> u32 {
    (chunk + (chunk / 4).max(1)).max(FEWEST_CHUNKS)
}

/// Whether the difference in exits at the horizon is known as precisely as the scenario asks, for every arm. Never while
/// chunks before this one are missing: a shard has its own only.
///
/// Stopping when an estimated error is small enough picks runs whose error came out small: the mean stays unbiased in the
/// limit (Glynn & Whitt 1992, "The asymptotic validity of sequential stopping rules for stochastic simulations", Annals of
/// Applied Probability 2:180-198, doi 10.1214/aoap/1177005777). With normal replicates the stated error is 2 % too small at
/// most, whatever number is needed (see the test).
pub(super) fn precise_enough(
    scenario: &Scenario,
    layout: &CubeLayout<'_>,
    cells: &[usize],
    variates: &ControlVariates,
    chunk: u32,
) -> bool {
    let enough = scenario.precision.difference;
    if enough <= 0.0 || chunk < FEWEST_CHUNKS || variates.taken() != chunk * CHUNK {
        return false;
    }
    let error = |place: usize| variates.error(cells.iter().position(|&cell| cell == place)?);
    let main = layout.difference_at_horizon(MAIN_MEASURE);
    main.into_iter().all(|place| error(place).is_some_and(|error| error <= enough))
}

/// The measure of whose difference a scenario states the precision: exits of all reasons at the
/// horizon.
const MAIN_MEASURE: (&str, &str) = ("exits", "");

/// Runs the plan on the rayon threads at hand, until it is precise enough, and then the draws of the parameters with the same luck.
/// The results are whole: nobody adds to them but `Results::drivers`, for which runs of their own are needed. They depend on the
/// plan only, not on threads, stops or shards.
///
/// # Example
/// ```
/// use stapjes::scenario::{EXAMPLE, Scenario};
/// use stapjes::trial::{self, Plan};
///
/// let scenario = Scenario::from_text(EXAMPLE).expect("a scenario");
/// let results = trial::run(&Plan { replicates: 32, ..Plan::new(&scenario) })?;
/// let (treated, everybody) = (1, 0);
/// let left = results.stat(&results.paired, treated, everybody, ("exits", ""), 12).expect("a reported month");
/// // By the powers of the transition matrix .7023 have left.
/// assert!((left.mean - 0.702_3).abs() < 4.0 * left.mcse, "{left:?}");
/// # Ok::<(), trial::Stopped>(())
/// ```
///
/// # Errors
/// [`Stopped`] when the plan's stop flag was set before the last replicate began.
pub fn run(plan: &Plan<'_>) -> Result<Results, Stopped> {
    let (mut results, layout, sums) = replicates(plan)?;
    if let Some(beliefs) = plan.beliefs {
        let (mean, mcse) = sums.best(&layout);
        let center = Center { replicates: &sums.accumulator, mean: &mean, mcse: &mcse };
        results.draws = run_draws(plan.scenario, beliefs, "draws", &center, plan.watch)?;
    }
    Ok(results)
}

/// The replicates of the plan: results, and the sums behind them.
fn replicates<'a>(plan: &Plan<'a>) -> Result<(Results, CubeLayout<'a>, Sums), Stopped> {
    let layout = CubeLayout::new(plan.scenario, plan.study);
    let scenario = plan.scenario;
    let cells = layout.planner_cells(kept::sharpened);
    let begin = |first: u32| Sums::new(scenario, &layout, cells.len(), first);
    let of = plan.replicates.div_ceil(CHUNK);
    let mut sums: Option<Sums> = None;
    let mut chunk = 0;
    let enough = |sums: &Option<Sums>, chunk| {
        sums.as_ref().is_some_and(|sums| precise_enough(scenario, &layout, &cells, &sums.variates, chunk))
    };
    while chunk < of && !enough(&sums, chunk) {
        let next = next_look(chunk).min(of);
        chunks::in_chunks_of(
            Stage::new("run"),
            chunk..next,
            plan.replicates,
            plan.watch,
            begin,
            |number| replicate_values((scenario, plan.study), &layout, &cells, number),
            |part: Sums| match &mut sums {
                Some(sums) => sums.append(part),
                None => sums = Some(part),
            },
        )?;
        chunk = next;
    }
    let taken = plan.replicates.min(chunk * CHUNK);
    // Whoever watches counts to the most that a run may take.
    (taken..plan.replicates).for_each(|_| plan.watch.tell(0));
    let plan = &Plan { replicates: taken, ..*plan };
    let sums = sums.unwrap_or_else(|| begin(0));
    let mut results = results(plan, &layout, &sums.accumulator);
    adjust(&mut results, &sums.variates.adjusted());
    Ok((results, layout, sums))
}

/// Writes the adjusted means beside the plain ones; they come in the order of [`CubeLayout::planner_cells`].
pub(super) fn adjust(results: &mut Results, adjusted: &[Option<control_variates::AdjustedMean>]) {
    if adjusted.iter().all(Option::is_none) {
        return;
    }
    // The list of adjusted cells has no names: it is walked in the order in which the layout made it.
    let mut months = adjusted.chunks_exact(results.months.len());
    let worlds = [&mut results.paired, &mut results.difference];
    for arm in worlds.into_iter().flatten() {
        let Some(overall) = arm.groups.first_mut() else { continue };
        let kept = measures_of(results.ladder).into_iter().zip(&mut overall.series);
        for (_, series) in kept.filter(|(measure, _)| kept::sharpened(measure)) {
            let Some(cells) = months.next() else { return };
            let column = |part: fn(&control_variates::AdjustedMean) -> f64| -> Vec<f64> {
                cells.iter().map(|cell| cell.as_ref().map_or(f64::NAN, part)).collect()
            };
            series.adjusted = Some(Adjusted {
                mean: column(|cell| cell.mean),
                mcse: column(|cell| cell.error),
                gain: column(|cell| cell.gain),
            });
        }
    }
}

/// What a run sums: every cell, and the planners' cells with the covariates.
#[derive(Serialize, Deserialize)]
pub(super) struct Sums {
    /// Every value.
    pub(super) accumulator: Accumulator,
    /// The planners' values with their covariates.
    pub(super) variates: ControlVariates,
}

impl Sums {
    /// Nothing yet, from this replicate on; `planners` values are sharpened by covariates.
    pub(super) fn new(scenario: &Scenario, layout: &CubeLayout<'_>, planners: usize, first: u32) -> Self {
        Self {
            accumulator: Accumulator::new(layout.cells(), first),
            variates: ControlVariates::new(planners, layout.months().len(), covariates::count(scenario)),
        }
    }

    /// The mean of every value and its Monte Carlo error: adjusted for known luck where that sharpens it.
    pub(super) fn best(&self, layout: &CubeLayout<'_>) -> (Vec<f64>, Vec<f64>) {
        let summary = self.accumulator.summary();
        let (mut mean, mut mcse) = (summary.mean, summary.mcse);
        let sharpened = layout.planner_cells(kept::sharpened).into_iter().zip(self.variates.adjusted());
        for (place, adjusted) in sharpened {
            if let Some(adjusted) = adjusted {
                (mean[place], mcse[place]) = (adjusted.mean, adjusted.error);
            }
        }
        (mean, mcse)
    }
}

/// The values of one replicate.
pub(super) struct Values {
    /// Every value, in the order of the layout.
    pub(super) all: Vec<f64>,
    /// Those that covariates sharpen, in the order of `CubeLayout::planner_cells`.
    planners: Vec<f64>,
    /// Covariates, one row per reported month.
    covariates: Vec<Vec<f64>>,
}

impl Partial for Sums {
    type Item = Values;

    fn push(&mut self, replicate: u32, values: Values) {
        self.variates.push(replicate, &values.covariates, &values.planners);
        self.accumulator.push(values.all);
    }
}

impl Sum for Sums {
    fn append(&mut self, later: Self) {
        self.variates.append(&later.variates);
        self.accumulator.append(later.accumulator);
    }
}

/// One replicate in every world, the one of the study when it is asked for, its covariates and values: the same people, the same
/// draws.
pub(super) fn replicate_values(
    (scenario, study): (&Scenario, bool),
    layout: &CubeLayout<'_>,
    cells: &[usize],
    number: u32,
) -> Values {
    let (paired, study) = if study {
        replicate::paired_and_study(scenario, number)
    } else {
        (replicate::paired(scenario, number), None)
    };
    let all = layout.values(&paired, study.as_ref());
    let planners = cells.iter().map(|&place| all[place]).collect();
    let covariates = covariates::of(scenario, &paired, layout.months(), number);
    Values { all, planners, covariates }
}

/// Results without draws: means, errors and ranges in every world, and exact curves where there are
/// any.
fn results(plan: &Plan<'_>, layout: &CubeLayout<'_>, accumulator: &Accumulator) -> Results {
    let [paired, difference, study] = layout.unfold(&accumulator.summary());
    Results {
        range_replicates: accumulator.range_replicates(),
        paired,
        difference,
        study,
        exact: super::exact::curves(plan.scenario, layout),
        ..results_without_worlds((plan.scenario, plan.hash), layout, plan.replicates)
    }
}

/// What stands in results besides what was found.
pub(super) fn results_without_worlds(
    (scenario, hash): (&Scenario, &str),
    layout: &CubeLayout<'_>,
    replicates: u32,
) -> Results {
    Results {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        scenario: scenario.name.clone(),
        title: scenario.title[1].clone(),
        scenario_hash: hash.to_owned(),
        seed: scenario.seed,
        replicates,
        ladder: matches!(scenario.dynamics, Dynamics::Ladder(_)),
        months: layout.months().to_vec(),
        arms: scenario.arms.iter().map(|arm| arm.name.clone()).collect(),
        control: scenario.control,
        groups: layout.groups().to_vec(),
        parts: scenario.parts().len(),
        measures: layout.measures().iter().map(|&measure| MeasureInfo::from(measure)).collect(),
        ..Results::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Dice, sample};
    use std::sync::atomic::{AtomicU32, Ordering};

    fn small(precision: f64, replicates: u32) -> Scenario {
        let changes = ["horizon_months=6", "uncertainty.parameter_draws=0"].map(str::to_owned);
        let mut scenario = crate::scenario::embedded("lange-adem", &changes).unwrap().scenario;
        scenario.sites.truncate(1);
        scenario.sites[0].arms.iter_mut().for_each(|group| group.participants = 10);
        (scenario.precision.difference, scenario.replicates) = (precision, replicates);
        scenario
    }

    fn text(results: &Results) -> String {
        serde_json::to_string(results).unwrap()
    }

    #[test]
    fn a_run_that_is_precise_enough_is_the_run_of_so_many_replicates() {
        let told = AtomicU32::new(0);
        let count = |_| {
            told.fetch_add(1, Ordering::Relaxed);
        };
        let scenario = small(0.5, 100);
        let watch = Watch { progress: Some(&count), ..Watch::default() };
        let early = run(&Plan { watch, ..Plan::new(&scenario) }).unwrap();
        assert_eq!((early.replicates, told.into_inner()), (48, 100), "progress ends at the total");
        assert_eq!(text(&early), text(&run(&Plan::new(&small(0.0, 48))).unwrap()));
        assert!(early.is_adjusted());
        assert_eq!(run(&Plan::new(&small(1e-9, 70))).unwrap().replicates, 70, "never enough");
    }

    #[test]
    fn the_control_keeps_a_difference_of_zero_and_both_means_stand() {
        let results = run(&Plan::new(&small(0.0, 48))).unwrap();
        let exits = results.index_of("exits", "").unwrap();
        let series = |arm: usize| &results.difference[arm].overall()[exits];
        let control = series(results.control).adjusted.as_ref().unwrap();
        assert!(control.mean.iter().chain(&control.mcse).all(|value| *value == 0.0));
        let other = series(1);
        let (last, adjusted) = (other.mean.len() - 1, other.adjusted.as_ref().unwrap());
        let stat = other.at(last).unwrap();
        assert_eq!((stat.mean, stat.mcse), (adjusted.mean[last], adjusted.mcse[last]));
        assert!(other.mcse[last] > 0.0 && other.mean[last] != stat.mean, "the plain mean stays beside it");
        let level = results.paired[1].overall()[exits].adjusted.as_ref().unwrap().mean[last];
        let control = results.paired[0].overall()[exits].adjusted.as_ref().unwrap().mean[last];
        assert!((level - control - stat.mean).abs() < 1e-12, "adjusted parts add up");
        assert!(results.study[1].overall().iter().all(|series| series.adjusted.is_none()));
    }

    /// Runs of normal replicates with variance 1 whose error at the need of `needed` is the target: the mean of the stated
    /// variances over the true ones.
    #[test]
    fn stopping_when_precise_hardly_flatters_the_error() {
        for needed in [40.0, 56.0, 90.0, 140.0] {
            let runs = 1000;
            let ratio = (0..runs).map(|run| {
                let dice = Dice::new(5, run);
                let (mut sum, mut squares, mut taken, mut chunk) = (0.0, 0.0, 0_u32, 0);
                loop {
                    chunk = next_look(chunk);
                    while taken < chunk * CHUNK {
                        for value in dice.block(taken, 0, 0).map(sample::normal) {
                            (sum, squares) = (sum + value, squares + value * value);
                            taken += 1;
                        }
                    }
                    let count = f64::from(taken);
                    let variance = (squares - sum * sum / count) / (count - 1.0);
                    if variance / count <= 1.0 / needed || taken > 1000 {
                        return variance;
                    }
                }
            });
            let ratio = (ratio.sum::<f64>() / f64::from(runs)).sqrt();
            assert!((0.97..1.01).contains(&ratio), "{needed}: {ratio}");
        }
    }
}
