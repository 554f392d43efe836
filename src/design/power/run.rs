//! The runs behind a power surface: the true value, the power, the type I error.

use super::assemble::{Run, Truth, assemble};
use super::cells::CellTally;
use super::grid::{CellIndex, Grid, Verdicts};
use super::plan::PowerPlan;
use super::purpose;
use super::surface::PowerSurface;
use crate::scenario::analysis::{ClusterUnit, TestKind};
use crate::scenario::{Arm, Dynamics, Scenario};
use crate::study::{EndpointData, Rules, Workspace, decide, rate_difference, subdistribution_log_ratio};
use crate::trial::chunks::{self, Partial, Sum};
use crate::trial::{Stage, Stopped, Watch, replicate};
use serde::{Deserialize, Serialize};

/// Runs the plan. The result depends on the scenario and the numbers of replicates only, not on threads.
///
/// # Example
/// ```
/// use stapjes::design::power::{PowerPlan, power};
/// use stapjes::scenario::{EXAMPLE, Scenario};
///
/// let scenario = Scenario::from_text(EXAMPLE).expect("a scenario");
/// let plan = PowerPlan { null_replicates: 0, months: &[6], ..PowerPlan::new(&scenario, 400) };
/// let surface = power(&plan)?;
/// let cell = surface.cells.iter().find(|cell| cell.test == "chi_square").expect("the test of exits");
/// assert_eq!(cell.clients, [100, 100]);
/// // Shares of .2050 and .3491 leave within six months. Pearson's chi-square on two binomials of 100, added up over all tables,
/// // rejects with probability .6290; 400 studies find it within four Monte Carlo errors.
/// assert!((cell.power.value - 0.629_0).abs() < 4.0 * (0.629_0 * 0.371_0 / 400.0_f64).sqrt());
/// assert!((cell.events[1] - 34.91).abs() < 4.0 * (34.91 * 0.651 / 400.0_f64).sqrt());
/// # Ok::<(), stapjes::trial::Stopped>(())
/// ```
///
/// # Errors
/// [`Stopped`] when the stop flag was set.
pub fn power(plan: &PowerPlan<'_>) -> Result<PowerSurface, Stopped> {
    let scenario = plan.scenario;
    let mut grid = Grid::new(scenario, plan.months, &replicate::study(scenario, plan.first).record);
    let truth = truth(plan, &grid)?;
    let last = grid.months.len() - 1;
    let found: Vec<Vec<f64>> = (0..grid.arms.len())
        .map(|comparison| {
            let size = grid.sizes[comparison].len() - 1;
            let effect = |endpoint| {
                truth.effect(&grid, CellIndex { comparison, endpoint, test: 0, size, month: last })
            };
            (0..grid.tests.len()).map(effect).collect()
        })
        .collect();
    grid.settle_benefits(scenario, |comparison, endpoint| found[comparison][endpoint]);
    let name = |what: &str| format!("{what}-{}", plan.first);
    let effect =
        cells(&name("effect"), scenario, &grid, (plan.first, plan.replicates), &truth.values, plan.watch)?;
    let equal = equal_services(scenario);
    let zeros: Vec<f64> =
        truth.values.iter().map(|value| if value.is_finite() { 0.0 } else { f64::NAN }).collect();
    let null =
        cells(&name("null"), &equal, &grid, (purpose::NULL, plan.null_replicates), &zeros, plan.watch)?;
    Ok(assemble(plan, &grid, &truth, &effect, &null))
}

/// Simulates studies into cells.
fn cells(
    stage: &str,
    scenario: &Scenario,
    grid: &Grid,
    (first, replicates): (u32, u32),
    truth: &[f64],
    watch: Watch<'_>,
) -> Result<Run, Stopped> {
    let empty = |_| Run { cells: vec![CellTally::default(); grid.cells()], families: families(grid) };
    // Pushing needs the grid and the truth: what a replicate gives is a chunk of one.
    let work = |number| {
        let mut one = empty(0);
        push(
            grid,
            &mut one,
            &grid.verdicts(scenario, &replicate::study(scenario, first + number).record),
            truth,
        );
        one
    };
    chunks::sum(Stage::new(stage), replicates, watch, empty, work)
}

impl Partial for Run {
    type Item = Self;

    fn push(&mut self, _: u32, one: Self) {
        self.append(one);
    }
}

impl Sum for Run {
    fn append(&mut self, later: Self) {
        self.cells.iter_mut().zip(&later.cells).for_each(|(cell, later)| cell.append(later));
        for (earlier, later) in self.families.iter_mut().zip(later.families) {
            earlier.iter_mut().zip(later).for_each(|(earlier, later)| *earlier += later);
        }
    }
}

/// Nothing yet, by comparison, duration and size.
fn families(grid: &Grid) -> Vec<[u64; 3]> {
    vec![[0; 3]; grid.sizes.iter().map(|sizes| sizes.len() * grid.months.len()).sum()]
}

/// Takes in the verdicts of a study.
fn push(grid: &Grid, run: &mut Run, verdicts: &Verdicts, truth: &[f64]) {
    let kept = verdicts.decisions.iter().zip(&verdicts.stays).zip(truth);
    for (cell, ((decision, stays), truth)) in run.cells.iter_mut().zip(kept) {
        cell.push(decision, grid.rules.alpha, *truth, *stays);
    }
    let mut at = 0;
    for (comparison, sizes) in grid.sizes.iter().enumerate() {
        for size in 0..sizes.len() {
            for month in 0..grid.months.len() {
                let stays = |endpoint| {
                    let cell = CellIndex { comparison, endpoint, test: 0, size, month };
                    verdicts.stays[grid.index(cell)]
                };
                let family = &mut run.families[at];
                family[0] += 1;
                family[1] += u64::from((0..grid.tests.len()).any(stays));
                family[2] += u64::from((0..grid.tests.len()).all(stays));
                at += 1;
            }
        }
    }
}

/// Pools many studies, apart from those used for power, and estimates from all their participants together.
fn truth(plan: &PowerPlan<'_>, grid: &Grid) -> Result<Truth, Stopped> {
    let replicates = plan.truth_replicates();
    let scenario = plan.scenario;
    let stage = format!("truth-{}", plan.first);
    let work = |number| pooled_study(scenario, grid, purpose::TRUTH + number);
    let Pooled(pooled) =
        chunks::sum(Stage::whole(&stage), replicates, plan.watch, |_| Pooled::default(), work)?;
    let rules = Rules { cluster: ClusterUnit::Independent, ..grid.rules };
    let mut workspace = Workspace::default();
    let mut values = Vec::with_capacity(grid.cells());
    grid.for_each(|cell| {
        let data = &pooled[grid.pooled_index(cell)];
        let kind = grid.tests[cell.endpoint].1[cell.test];
        values.push(pooled_estimate(kind, data, &rules, &mut workspace));
    });
    Ok(Truth { values, pooled, replicates })
}

/// Everybody of many studies together, per comparison, endpoint, size and month.
#[derive(Default, Serialize, Deserialize)]
struct Pooled(Vec<EndpointData>);

impl Partial for Pooled {
    type Item = Vec<EndpointData>;

    fn push(&mut self, _: u32, study: Vec<EndpointData>) {
        self.append(Self(study));
    }
}

impl Sum for Pooled {
    fn append(&mut self, later: Self) {
        if self.0.is_empty() {
            self.0 = later.0;
        } else {
            self.0.iter_mut().zip(&later.0).for_each(|(sum, data)| sum.add_data(data));
        }
    }
}

/// The estimate of pooled studies.
fn pooled_estimate(test: TestKind, data: &EndpointData, rules: &Rules, workspace: &mut Workspace) -> f64 {
    let test = match test {
        // Gray's test needs every person; its estimate does not.
        TestKind::Gray => return subdistribution_log_ratio(data, workspace),
        TestKind::PeriodAdjusted => return rate_difference(data),
        // The same difference of shares, without the need for clusters or for a table of moderate size.
        TestKind::ClusterChiSquare | TestKind::Fisher => TestKind::ChiSquare,
        other => other,
    };
    decide(test, data, &[0, 1], rules, workspace).estimate
}

/// One study, each arm as one unit.
fn pooled_study(scenario: &Scenario, grid: &Grid, number: u32) -> Vec<EndpointData> {
    let mut all: Vec<Option<EndpointData>> = vec![None; grid.pooled()];
    grid.for_each_data(
        scenario,
        &replicate::study(scenario, number).record,
        |comparison, endpoint, month, data| {
            for (index, size) in grid.sizes[comparison].iter().enumerate() {
                let cell = CellIndex { comparison, endpoint, test: 0, size: index, month };
                all[grid.pooled_index(cell)] = Some(data.pooled(&size.units));
            }
        },
    );
    all.into_iter().flatten().collect()
}

/// The same design when every arm has the plan (or the ladder effect) of the control arm.
///
/// # Example
/// ```
/// use stapjes::design::power::{PowerPlan, equal_services, power};
/// use stapjes::scenario::{EXAMPLE, Scenario};
///
/// let equal = equal_services(&Scenario::from_text(EXAMPLE).expect("a scenario"));
/// let plan = PowerPlan { null_replicates: 0, months: &[6], ..PowerPlan::new(&equal, 400) };
/// // With nothing to find, Pearson's chi-square rejects in 5 % of the studies.
/// let cells = power(&plan)?.cells;
/// let found = cells.iter().find(|cell| cell.test == "chi_square").expect("the test of exits").power;
/// assert!(found.low < 0.05 && 0.05 < found.high, "{found:?}");
/// # Ok::<(), stapjes::trial::Stopped>(())
/// ```
pub fn equal_services(scenario: &Scenario) -> Scenario {
    let mut equal = scenario.clone();
    let control = equal.arms[equal.control].clone();
    equal.arms.iter_mut().for_each(|arm| *arm = Arm { name: arm.name.clone(), ..control.clone() });
    if let Dynamics::Ladder(ladder) = &mut equal.dynamics {
        let effect = ladder.effects.get(equal.control).copied().flatten();
        ladder.effects.iter_mut().for_each(|rung_effect| *rung_effect = effect);
    }
    equal
}
