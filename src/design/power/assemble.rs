//! From counted runs to a power surface: shares with their errors, truth, formula, and what must be read with them.

use super::analytic::{FormulaInput, Spread};
use super::cells::CellTally;
use super::grid::{CellIndex, Grid};
use super::note::Note;
use super::plan::PowerPlan;
use super::surface::{AnalyticPower, FamilyPower, PowerCell, PowerSurface, ReplicateShare, TypeOneError};
use crate::kinds::{Benefit, Endpoint, Kind};
use crate::scenario::Dynamics;
use crate::scenario::analysis::{ClusterUnit, Multiplicity, TestKind};
use crate::study::{EndpointData, estimand, too_few_clusters};
use serde::{Deserialize, Serialize};

/// True values and pooled data behind them.
pub(super) struct Truth {
    /// One per cell; NaN where there is no estimand.
    pub(super) values: Vec<f64>,
    /// Per comparison, endpoint, size and month: everybody of all studies together, one unit per arm.
    pub(super) pooled: Vec<EndpointData>,
    /// Studies that were pooled.
    pub(super) replicates: u32,
}

impl Truth {
    /// The sign of the effect on an endpoint: what its first test with an estimand estimates, else the difference in the share
    /// with the event.
    pub(super) fn effect(&self, grid: &Grid, cell: CellIndex) -> f64 {
        let value = |test| self.values[grid.index(CellIndex { test, ..cell })];
        let stated = (0..grid.tests[cell.endpoint].1.len()).map(value).find(|value| value.is_finite());
        stated.unwrap_or_else(|| {
            let [control, treated] = [0, 1].map(|arm| {
                let pooled = &self.pooled[grid.pooled_index(cell)];
                pooled.outcome[arm].sum / pooled.outcome[arm].size
            });
            treated - control
        })
    }
}

/// Cells and families of one run.
#[derive(Serialize, Deserialize)]
pub(super) struct Run {
    /// Every cell.
    pub(super) cells: Vec<CellTally>,
    /// Per comparison, size and month: replicates, at least one primary endpoint significant, all of them.
    pub(super) families: Vec<[u64; 3]>,
}

/// The surface from its runs.
pub(super) fn assemble(
    plan: &PowerPlan<'_>,
    grid: &Grid,
    truth: &Truth,
    effect: &Run,
    null: &Run,
) -> PowerSurface {
    let scenario = plan.scenario;
    let mut cells = Vec::with_capacity(effect.cells.len());
    grid.for_each(|place| {
        let CellIndex { comparison, endpoint, test, size, month } = place;
        let at = grid.index(place);
        let pooled = &truth.pooled[grid.pooled_index(place)];
        let (name, tests) = &grid.tests[endpoint];
        let mut cell = cell_of(&effect.cells[at], &null.cells[at], truth.values[at], plan);
        cell.arm = scenario.arms[grid.arms[comparison]].name.clone();
        cell.endpoint = name.name();
        cell.test = tests[test].name();
        cell.primary = test == 0;
        cell.adjusted_power = cell.adjusted_power.filter(|_| test == 0);
        cell.months = grid.months[month];
        let planned = &grid.sizes[comparison][size];
        (cell.size, cell.clients, cell.caseworkers) = (planned.share, planned.clients, planned.caseworkers);
        // Who enters after the cut-off is in no file, so in no formula either.
        let entered = [0, 1].map(|arm| pooled.outcome[arm].size / f64::from(truth.replicates));
        let spread = spread(&effect.cells[at], pooled, entered, tests[test]);
        cell.design_effect = spread.map(|spread| spread.of_estimates.max(1.0));
        if !too_few_clusters(planned, &grid.rules) {
            let always_independent = matches!(tests[test], TestKind::ChiSquare | TestKind::Fisher);
            let clustered = grid.rules.cluster != ClusterUnit::Independent && !always_independent;
            let question = FormulaInput {
                test: tests[test],
                pooled,
                size: planned,
                entered,
                alpha: grid.rules.alpha,
                sides: grid.rules.sides,
                benefit: grid.benefits[comparison][endpoint],
                spread: spread.filter(|_| clustered).unwrap_or(Spread::INDEPENDENT),
                clustered,
            };
            cell.analytic = question.answer();
        }
        cell.analytic_gap = cell.analytic.as_ref().is_some_and(|analytic| gap(analytic, &cell, plan));
        cells.push(cell);
    });
    PowerSurface {
        scenario: scenario.name.clone(),
        seed: scenario.seed,
        replicates: plan.replicates,
        null_replicates: plan.null_replicates,
        truth_replicates: truth.replicates,
        alpha: grid.rules.alpha,
        sides: grid.rules.sides,
        target_power: scenario.analysis.target_power,
        level: 0.95,
        control: scenario.arms[scenario.control].name.clone(),
        notes: notes(plan, grid, truth),
        cells,
        families: families(plan, grid, effect, null),
    }
}

/// More than three Monte Carlo errors (of the formula's own value) apart.
fn gap(analytic: &AnalyticPower, cell: &PowerCell, plan: &PowerPlan<'_>) -> bool {
    let p = analytic.power.clamp(0.0, 1.0);
    let n = f64::from(plan.replicates);
    let error = libm::sqrt((p * (1.0 - p)).max(1.0 / n) / n);
    (cell.power.value - p).abs() > 3.0 * error
}

/// Variance of the estimate over replicates, and what the test takes for it, relative to that of independent participants.
fn spread(cell: &CellTally, pooled: &EndpointData, entered: [f64; 2], test: TestKind) -> Option<Spread> {
    let participants: f64 = entered.iter().sum();
    let pooled_participants: f64 = pooled.cause_specific.size.iter().sum();
    let independent = match test {
        TestKind::LogRank | TestKind::CoxRobust => {
            let mut workspace = crate::estimate::grouped::GroupedWorkspace::default();
            workspace.choose(&pooled.cause_specific, &[0, 1]);
            workspace.cox(&pooled.cause_specific)?.model_standard_error
        }
        TestKind::Milestone | TestKind::ClusterChiSquare | TestKind::ChiSquare | TestKind::Fisher => {
            crate::estimate::grouped::mean_difference(&pooled.outcome)?.independent_standard_error
        }
        _ => return None,
    };
    let expected = independent * libm::sqrt(pooled_participants / participants);
    let relative = |error: f64| error / expected * (error / expected);
    let spread = Spread {
        of_estimates: relative(cell.deviation()?),
        in_the_test: relative(cell.root_mean_squared_error()?),
    };
    (spread.of_estimates.is_finite() && spread.in_the_test > 0.0).then_some(spread)
}

/// One cell of the surface.
fn cell_of(effect: &CellTally, null: &CellTally, truth: f64, plan: &PowerPlan<'_>) -> PowerCell {
    let none = ReplicateShare { value: f64::NAN, low: f64::NAN, high: f64::NAN };
    let proportion = |count, of| ReplicateShare::new(count, of).unwrap_or(none);
    let truth = truth.is_finite().then_some(truth);
    let deviation = effect.deviation();
    PowerCell {
        arm: String::new(),
        endpoint: "",
        test: "",
        primary: false,
        months: 0,
        size: 0.0,
        clients: [0; 2],
        caseworkers: [0; 2],
        power: proportion(effect.rejected, effect.replicates),
        computed: proportion(effect.defined, effect.replicates),
        adjusted_power: (plan.scenario.analysis.multiplicity != Multiplicity::Uncorrected)
            .then(|| proportion(effect.rejected_adjusted, effect.replicates)),
        type_one_error: ReplicateShare::new(null.rejected, null.replicates).map(|rate| TypeOneError {
            rate,
            if_independent: ReplicateShare::new(null.rejected_independent, null.independent),
            coverage: ReplicateShare::new(null.covered, null.estimates),
        }),
        events: effect.mean_events(),
        truth,
        mean_estimate: effect.mean_estimate(),
        bias: truth.and_then(|truth| effect.mean_estimate().map(|mean| mean - truth)),
        bias_error: deviation.map(|deviation| deviation / libm::sqrt(effect.estimates as f64)),
        deviation,
        half_width: effect.mean_half_width().filter(|half| half.is_finite()),
        standard_error: effect.mean_standard_error(),
        design_effect: None,
        coverage: truth.and_then(|_| ReplicateShare::new(effect.covered, effect.estimates)),
        wrong_sign: truth.and_then(|_| ReplicateShare::new(effect.wrong_sign, effect.rejected)),
        exaggeration: effect.exaggeration(),
        analytic: None,
        analytic_gap: false,
    }
}

/// All endpoints together, by comparison, duration and size.
fn families(plan: &PowerPlan<'_>, grid: &Grid, effect: &Run, null: &Run) -> Vec<FamilyPower> {
    let mut families = Vec::new();
    let mut at = 0;
    for (comparison, sizes) in grid.sizes.iter().enumerate() {
        for size in sizes {
            for months in &grid.months {
                let [replicates, any, all] = effect.families[at];
                let [null_replicates, null_any, _] = null.families[at];
                at += 1;
                let (Some(any), Some(all)) =
                    (ReplicateShare::new(any, replicates), ReplicateShare::new(all, replicates))
                else {
                    continue;
                };
                families.push(FamilyPower {
                    arm: plan.scenario.arms[grid.arms[comparison]].name.clone(),
                    months: *months,
                    size: size.share,
                    any,
                    all,
                    familywise_error: ReplicateShare::new(null_any, null_replicates),
                });
            }
        }
    }
    families
}

/// Endpoints without a single event in all pooled studies at full size.
fn never(grid: &Grid, truth: &Truth) -> Vec<&'static str> {
    let happens = |endpoint: usize| {
        grid.sizes.iter().enumerate().any(|(comparison, sizes)| {
            let (size, month) = (sizes.len() - 1, grid.months.len() - 1);
            let at = grid.pooled_index(CellIndex { comparison, endpoint, test: 0, size, month });
            truth.pooled[at].outcome.iter().any(|arm| arm.sum > 0.0)
        })
    };
    (0..grid.tests.len()).filter(|endpoint| !happens(*endpoint)).map(|at| grid.tests[at].0.name()).collect()
}

/// What must be read with the numbers.
fn notes(plan: &PowerPlan<'_>, grid: &Grid, truth: &Truth) -> Vec<Note> {
    let mut notes = vec![match grid.rules.cluster {
        ClusterUnit::Independent => Note::IndependentClients,
        ClusterUnit::Caseworker => Note::CaseworkersAreUnits,
        ClusterUnit::Site => Note::SitesAreUnits,
    }];
    let uses = |kind: TestKind| grid.tests.iter().any(|(_, tests)| tests.contains(&kind));
    if grid.rules.cluster != ClusterUnit::Independent && (uses(TestKind::ChiSquare) || uses(TestKind::Fisher))
    {
        notes.push(Note::SomeTestsIgnoreClusters);
    }
    if uses(TestKind::ClusterPermutation) {
        notes.push(Note::PermutationReassignsClusters);
    }
    if grid.sizes.iter().flatten().any(|size| too_few_clusters(size, &grid.rules)) {
        notes.push(Note::TooFewClusters);
    }
    let mut estimands = Vec::new();
    for estimand in grid.tests.iter().flat_map(|(_, tests)| tests).filter_map(|test| estimand(*test)) {
        if !estimands.contains(&estimand) {
            estimands.push(estimand);
        }
    }
    notes.push(Note::TruthFrom { studies: truth.replicates, estimands });
    if grid.rules.sides == 1 {
        let side = |wanted: Benefit| {
            let mut names = Vec::new();
            for (comparison, benefits) in grid.benefits.iter().enumerate() {
                for (endpoint, _) in benefits.iter().enumerate().filter(|(_, benefit)| **benefit == wanted) {
                    let name = grid.tests[endpoint].0.name().to_owned();
                    names.push(match grid.arms.len() {
                        1 => name,
                        _ => format!("{name} ({})", plan.scenario.arms[grid.arms[comparison]].name),
                    });
                }
            }
            names
        };
        notes.push(Note::OneSided { sooner: side(Benefit::Sooner), later: side(Benefit::Later) });
    }
    let never = never(grid, truth);
    if !never.is_empty() {
        let ladder = matches!(plan.scenario.dynamics, Dynamics::Ladder(_));
        notes.push(Note::NeverHappens { endpoints: never, studies: truth.replicates, ladder });
    }
    let unknown = plan.scenario.parameters.observation.reason_unknown;
    let by_reason =
        |endpoint: &Endpoint| matches!(endpoint, Endpoint::ExitToWork | Endpoint::FraudOrWithdrawal);
    if unknown > 0.0 && grid.tests.iter().any(|(endpoint, _)| by_reason(endpoint)) {
        notes.push(Note::ReasonUnknown { percent: libm::round(100.0 * unknown) as u32 });
    }
    if plan.null_replicates > 0 {
        let control = plan.scenario.arms[plan.scenario.control].name.clone();
        notes.push(Note::NullFrom { studies: plan.null_replicates, control });
    }
    notes
}
