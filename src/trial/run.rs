//! The run: every replicate under every arm and as a study, in parallel, reduced in replicate order.

use crate::scenario::{Dynamics, Scenario};

use super::accumulate::Accumulator;
use super::chunks;
use super::chunks_api::Stage;
use super::layout::Layout;
use super::ordered::{Stopped, Watch};
use super::replicate;
use super::results::{FORMAT, FORMAT_VERSION, MeasureInfo, Results};

/// What to run.
#[derive(Clone, Copy)]
pub struct Plan<'a> {
    /// The scenario, with its seed, arms and horizon.
    pub scenario: &'a Scenario,
    /// Replicates: numbers 0 to `replicates - 1` (usually `scenario.replicates`).
    pub replicates: u32,
    /// Whether to run the study world too; draws of the parameters do without.
    pub study: bool,
    /// Stop flag and progress.
    pub watch: Watch<'a>,
}

impl<'a> Plan<'a> {
    /// Everything the scenario asks for, without anybody watching.
    pub fn new(scenario: &'a Scenario) -> Self {
        Self { scenario, replicates: scenario.replicates, study: true, watch: Watch::default() }
    }
}

/// Runs the plan on the rayon threads at hand. The results depend on the scenario and the number of replicates only.
///
/// # Errors
/// [`Stopped`] when the plan's stop flag was set before the last replicate began.
pub fn run(plan: &Plan<'_>) -> Result<Results, Stopped> {
    let layout = Layout::new(plan.scenario, plan.study);
    let accumulator = chunks::sum(
        Stage::new("run"),
        plan.replicates,
        plan.watch,
        |first| Accumulator::new(layout.cells(), first),
        |number| replicate_values(plan, &layout, number),
    )?;
    Ok(results(plan, &layout, &accumulator))
}

/// One replicate in every world: the same people, the same draws.
fn replicate_values(plan: &Plan<'_>, layout: &Layout<'_>, number: u32) -> Vec<f64> {
    if !plan.study {
        return layout.values(&replicate::paired(plan.scenario, number), None);
    }
    let (paired, study) = replicate::paired_and_study(plan.scenario, number);
    layout.values(&paired, study.as_ref())
}

fn results(plan: &Plan<'_>, layout: &Layout<'_>, accumulator: &Accumulator) -> Results {
    let [paired, difference, study] = layout.unfold(&accumulator.summary());
    Results {
        range_replicates: accumulator.range_replicates(),
        paired,
        difference,
        study,
        exact: super::exact::curves(plan.scenario, layout),
        ..results_without_worlds(plan.scenario, layout, plan.replicates)
    }
}

/// What stands in results besides what was found.
pub(super) fn results_without_worlds(scenario: &Scenario, layout: &Layout<'_>, replicates: u32) -> Results {
    Results {
        format: FORMAT.to_owned(),
        format_version: FORMAT_VERSION,
        scenario: scenario.name.clone(),
        title: scenario.title.clone(),
        scenario_hash: String::new(),
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
