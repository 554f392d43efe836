//! The power surface as it is handed on: numbers with their Monte Carlo errors, and sentences.

use super::analytic::{Question, Spread};
use super::cells::Cell;
use super::decide::{estimand, too_few_clusters};
use super::grid::Grid;
use super::run::{PowerPlan, Run, Truth, pooled_index};
use crate::scenario::analysis::{ClusterUnit, Multiplicity, TestKind};
use crate::stats::beta;
use serde::Serialize;

/// A share of replicates with its exact (Clopper-Pearson) interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Proportion {
    /// The share.
    pub value: f64,
    /// Lower end of the 95 % interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Proportion {
    /// `count` of `of`; `None` of none.
    pub fn new(count: u64, of: u64) -> Option<Self> {
        (of > 0).then(|| {
            let (low, high) = clopper_pearson(count, of, 0.95);
            Self { value: count as f64 / of as f64, low, high }
        })
    }
}

/// Two-sided exact interval of a binomial share: Clopper & Pearson (1934), doi:10.1093/biomet/26.4.404.
pub fn clopper_pearson(count: u64, of: u64, level: f64) -> (f64, f64) {
    let tail = (1.0 - level) / 2.0;
    let (x, n) = (count as f64, of as f64);
    let low = if count == 0 { 0.0 } else { beta::quantile(x, n - x + 1.0, tail) };
    let high = if count == of { 1.0 } else { beta::quantile(x + 1.0, n - x, 1.0 - tail) };
    (low, high)
}

/// The value of a formula and which.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct AnalyticPower {
    /// Power.
    pub power: f64,
    /// The formula.
    pub method: String,
}

/// How often the same design rejects when there is nothing to find.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TypeOneError {
    /// As analysed.
    pub rate: Proportion,
    /// If clients were taken as independent, where the test has such a version.
    pub if_independent: Option<Proportion>,
    /// Share of intervals that hold zero.
    pub coverage: Option<Proportion>,
}

/// One endpoint, test, duration and size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PowerCell {
    /// Arm that is compared with control.
    pub arm: String,
    /// Endpoint.
    pub endpoint: &'static str,
    /// Test.
    pub test: &'static str,
    /// Whether it is the endpoint's primary test.
    pub primary: bool,
    /// Duration, months.
    pub months: u32,
    /// Size as a share of the scenario's participants.
    pub size: f64,
    /// Clients in control and treated.
    pub clients: [u32; 2],
    /// Caseworkers in control and treated.
    pub caseworkers: [u32; 2],
    /// Power with its Monte Carlo interval.
    pub power: Proportion,
    /// Replicates in which the test could be computed.
    pub computed: Proportion,
    /// Power after correction for several endpoints (primary tests, when a correction is asked for).
    pub adjusted_power: Option<Proportion>,
    /// Under equal services.
    pub type_one_error: Option<TypeOneError>,
    /// Mean events in control and treated.
    pub events: [f64; 2],
    /// True value of the estimand, from pooled studies of their own.
    pub truth: Option<f64>,
    /// Mean estimate.
    pub mean_estimate: Option<f64>,
    /// Mean estimate minus truth.
    pub bias: Option<f64>,
    /// Monte Carlo error of the bias.
    pub bias_error: Option<f64>,
    /// Standard deviation of the estimate over studies.
    pub deviation: Option<f64>,
    /// Mean half-width of the interval with level 1 - alpha.
    pub half_width: Option<f64>,
    /// Mean standard error.
    pub standard_error: Option<f64>,
    /// Variance of the estimate over studies relative to independent clients, at least 1 (differences and hazard ratios).
    pub design_effect: Option<f64>,
    /// Share of intervals that hold the truth.
    pub coverage: Option<Proportion>,
    /// Type S error: share of the significant results with the wrong sign.
    pub wrong_sign: Option<Proportion>,
    /// Type M error: mean exaggeration of significant estimates.
    pub exaggeration: Option<f64>,
    /// The value of a formula.
    pub analytic: Option<AnalyticPower>,
    /// Whether formula and simulation differ by more than three Monte Carlo errors.
    pub analytic_gap: bool,
}

/// All primary endpoints together, at one duration and size.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FamilyPower {
    /// Arm that is compared with control.
    pub arm: String,
    /// Duration, months.
    pub months: u32,
    /// Size as a share of the scenario's participants.
    pub size: f64,
    /// At least one endpoint significant.
    pub any: Proportion,
    /// All significant.
    pub all: Proportion,
    /// At least one significant under equal services: the familywise error.
    pub familywise_error: Option<Proportion>,
}

/// The whole surface.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PowerSurface {
    /// Name of the scenario.
    pub scenario: String,
    /// Seed.
    pub seed: u64,
    /// Replicates for power.
    pub replicates: u32,
    /// Replicates under equal services.
    pub null_replicates: u32,
    /// Studies pooled for the true values.
    pub truth_replicates: u32,
    /// Significance level.
    pub alpha: f64,
    /// 1 or 2.
    pub sides: u32,
    /// Power aimed at.
    pub target_power: f64,
    /// Confidence level of Monte Carlo intervals.
    pub level: f64,
    /// Name of the control arm.
    pub control: String,
    /// Sentences that belong to the numbers.
    pub notes: Vec<String>,
    /// Cells in the order comparison, endpoint, test, size, month.
    pub cells: Vec<PowerCell>,
    /// Families in the order comparison, size, month.
    pub families: Vec<FamilyPower>,
}

pub(super) fn assemble(
    plan: &PowerPlan<'_>,
    grid: &Grid,
    truth: &Truth,
    effect: &Run,
    null: &Run,
) -> PowerSurface {
    let scenario = plan.scenario;
    let mut cells = Vec::with_capacity(effect.cells.len());
    grid.for_each(|comparison, endpoint, test, size, month| {
        let at = grid.index(comparison, endpoint, test, size, month);
        let pooled = &truth.pooled[pooled_index(grid, comparison, endpoint, size, month)];
        let (name, tests) = &grid.tests[endpoint];
        let mut cell = cell_of(&effect.cells[at], &null.cells[at], truth.values[at], plan);
        cell.arm = scenario.arms[grid.arms[comparison]].name.clone();
        cell.endpoint = name.name();
        cell.test = tests[test].name();
        cell.primary = test == 0;
        cell.adjusted_power = cell.adjusted_power.filter(|_| test == 0);
        cell.months = grid.months[month];
        let own = &grid.sizes[comparison][size];
        (cell.size, cell.clients, cell.caseworkers) = (own.share, own.clients, own.caseworkers);
        let spread = spread(&effect.cells[at], pooled, own, tests[test]);
        cell.design_effect = spread.map(|spread| spread.of_estimates.max(1.0));
        if !too_few_clusters(own, &grid.rules) {
            let always_independent = matches!(tests[test], TestKind::ChiSquare | TestKind::Fisher);
            let clustered = grid.rules.cluster != ClusterUnit::Independent && !always_independent;
            let question = Question {
                test: tests[test],
                pooled,
                size: own,
                alpha: grid.rules.alpha,
                sides: grid.rules.sides,
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
        notes: notes(plan, grid, truth.replicates),
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
fn spread(
    cell: &Cell,
    pooled: &super::cohort::EndpointData,
    size: &super::sizes::Size,
    test: TestKind,
) -> Option<Spread> {
    let participants: f64 = size.clients.iter().map(|n| f64::from(*n)).sum();
    let pooled_participants: f64 = pooled.cause_specific.size.iter().sum();
    let independent = match test {
        TestKind::LogRank | TestKind::CoxRobust => {
            let mut space = crate::estimate::grouped::GroupedWorkspace::default();
            space.choose(&pooled.cause_specific, &[0, 1]);
            space.cox(&pooled.cause_specific)?.model_standard_error
        }
        TestKind::Milestone | TestKind::ClusterChiSquare | TestKind::ChiSquare | TestKind::Fisher => {
            crate::estimate::grouped::mean_difference(&pooled.outcome)?.independent_standard_error
        }
        _ => return None,
    };
    let own = independent * libm::sqrt(pooled_participants / participants);
    let relative = |error: f64| error / own * (error / own);
    let spread = Spread {
        of_estimates: relative(cell.deviation()?),
        in_the_test: relative(cell.root_mean_squared_error()?),
    };
    (spread.of_estimates.is_finite() && spread.in_the_test > 0.0).then_some(spread)
}

fn cell_of(effect: &Cell, null: &Cell, truth: f64, plan: &PowerPlan<'_>) -> PowerCell {
    let none = Proportion { value: f64::NAN, low: f64::NAN, high: f64::NAN };
    let proportion = |count, of| Proportion::new(count, of).unwrap_or(none);
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
        type_one_error: Proportion::new(null.rejected, null.replicates).map(|rate| TypeOneError {
            rate,
            if_independent: Proportion::new(null.rejected_independent, null.independent),
            coverage: Proportion::new(null.covered, null.estimates),
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
        coverage: truth.and_then(|_| Proportion::new(effect.covered, effect.estimates)),
        wrong_sign: truth.and_then(|_| Proportion::new(effect.wrong_sign, effect.rejected)),
        exaggeration: effect.exaggeration(),
        analytic: None,
        analytic_gap: false,
    }
}

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
                    (Proportion::new(any, replicates), Proportion::new(all, replicates))
                else {
                    continue;
                };
                families.push(FamilyPower {
                    arm: plan.scenario.arms[grid.arms[comparison]].name.clone(),
                    months: *months,
                    size: size.share,
                    any,
                    all,
                    familywise_error: Proportion::new(null_any, null_replicates),
                });
            }
        }
    }
    families
}

/// What must be read with the numbers.
fn notes(plan: &PowerPlan<'_>, grid: &Grid, truth_replicates: u32) -> Vec<String> {
    let mut notes = Vec::new();
    match grid.rules.cluster {
        ClusterUnit::Independent => notes.push(
            "Clients were analysed as independent though those of one caseworker share that caseworker: true \
             uncertainty is larger than these tests assume. See the type I error."
                .to_owned(),
        ),
        ClusterUnit::Caseworker => notes.push(
            "Caseworkers are the independent units: errors are robust by caseworker, corrected for few clusters and held against t. \
             What all caseworkers of a site share is taken out where every site has both arms (one degree of freedom a site). That \
             the effect itself differs between sites is then only partly in these errors: cluster = \"site\" counts it in full."
                .to_owned(),
        ),
        ClusterUnit::Site => notes.push(
            "Sites are the independent units: errors are robust by site, corrected for few clusters and held against t (sites - 1 \
             degrees of freedom where every site has both arms, else sites - 2)."
                .to_owned(),
        ),
    }
    let uses = |kind: TestKind| grid.tests.iter().any(|(_, tests)| tests.contains(&kind));
    if grid.rules.cluster != ClusterUnit::Independent && (uses(TestKind::ChiSquare) || uses(TestKind::Fisher))
    {
        notes.push(
            "chi_square and fisher take clients as independent though those of one caseworker share that caseworker; \
             cluster_chi_square does not."
                .to_owned(),
        );
    }
    if uses(TestKind::ClusterPermutation) {
        notes.push(
            "cluster_permutation reassigns the arms to whole clusters, within sites where every site has both arms: exact for any \
             number of clusters, but with few of them no assignment is rare enough to be significant (three against three: p is at \
             least 0.1)."
                .to_owned(),
        );
    }
    if grid.sizes.iter().flatten().any(|size| too_few_clusters(size, &grid.rules)) {
        notes.push(
            "Sizes with too few clusters for a variance between them cannot be tested by cluster: their power is 0 by definition.".to_owned(),
        );
    }
    let mut estimands: Vec<&str> = Vec::new();
    for estimand in grid.tests.iter().flat_map(|(_, tests)| tests).filter_map(|test| estimand(*test)) {
        if !estimands.contains(&estimand) {
            estimands.push(estimand);
        }
    }
    notes.push(format!(
        "Bias and coverage are against the value in {truth_replicates} pooled studies of their own: {}.",
        estimands.join("; ")
    ));
    if plan.null_replicates > 0 {
        notes.push(format!(
            "Type I error: {} studies of the same design in which every arm gets the service of {}.",
            plan.null_replicates, plan.scenario.arms[plan.scenario.control].name
        ));
    }
    notes
}
