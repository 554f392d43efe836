//! Looks before the end: bounds by recursive integration, stopping by simulation.
//!
//! Information at a look is the mean of 1 / se^2 over pooled studies (events / 4 for tests without a standard error), so the
//! bounds follow the information that such studies really gather; with clusters it grows more slowly than events. Simulated
//! studies then meet these bounds, which checks the normal theory on studies with few clusters and late effects. A futility
//! rule waits for the first look at which the simulated effect can be seen: one that fires before can only stop by chance.

use super::grid::{CellIndex, Grid};
use super::note::InterimNote;
use super::purpose;
use super::run::equal_services;
use super::surface::ReplicateShare;
use crate::design::sequential::{
    Boundary, Bounds, Futility, FutilityRule, Interim, SequentialPlan, SequentialRequest, Spending,
};
use crate::kinds::Kind;
use crate::scenario::Scenario;
use crate::scenario::analysis::{InterimPlan, SpendingKind};
use crate::stats::normal;
use crate::study::Decision;
use crate::trial::chunks::{self, Rows};
use crate::trial::{Stage, Stopped, Watch, replicate};
use serde::Serialize;

/// One look.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Look {
    /// Month.
    pub months: u32,
    /// Information as a share of that at the end.
    pub fraction: f64,
    /// Reject at or beyond this standard normal value (either side when two-sided).
    pub upper: f64,
    /// Stop for futility at or below this; `None` when there is no such rule at this look.
    pub futility: Option<f64>,
    /// Mean standard normal value in pooled studies.
    pub mean_z: f64,
    /// Share of simulated studies that stop here by rejecting.
    pub rejects: ReplicateShare,
    /// The same by normal theory.
    pub rejects_by_theory: f64,
    /// Share of simulated studies that stop here for futility.
    pub gives_up: ReplicateShare,
    /// Share that rejects here under equal services.
    pub rejects_if_equal: Option<ReplicateShare>,
    /// Chances that are left at this look, for some values of z; empty at the last look.
    pub outlook: Vec<Outlook>,
}

/// What is left at a look when z has some value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Outlook {
    /// Standard normal value at the look.
    pub z: f64,
    /// Conditional power if the effect is as simulated.
    pub as_designed: f64,
    /// Conditional power if the estimate at the look is the truth.
    pub as_observed: f64,
    /// Predictive power: the estimate with its uncertainty, flat prior.
    pub predictive: f64,
}

/// The group-sequential version of one endpoint's primary test.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InterimDesign {
    /// Arm that is compared with control.
    pub arm: String,
    /// Endpoint.
    pub endpoint: &'static str,
    /// Test.
    pub test: &'static str,
    /// Looks; the last is the end.
    pub looks: Vec<Look>,
    /// Power of the whole plan.
    pub power: ReplicateShare,
    /// Power of one analysis at the end.
    pub fixed_power: ReplicateShare,
    /// Type I error of the whole plan under equal services.
    pub type_one_error: Option<ReplicateShare>,
    /// Mean months until the study stops.
    pub expected_months: f64,
    /// The same under equal services.
    pub expected_months_if_equal: Option<f64>,
    /// What must be read with it.
    pub note: InterimNote,
}

/// z and information of each endpoint at each look.
type Path = Vec<(f64, f64)>;

/// Plans and simulates the looks of a scenario; nothing when it asks for none.
///
/// # Example
/// ```
/// use stapjes::design::power::interim;
/// use stapjes::scenario::{EXAMPLE, Scenario, analysis::TestKind};
/// use stapjes::trial::Watch;
///
/// let mut scenario = Scenario::from_text(EXAMPLE).expect("a scenario");
/// assert!(interim(&scenario, 20, 0, Watch::default())?.is_empty(), "it asks for no looks");
/// scenario.analysis.interim.look_months = vec![3];
/// scenario.analysis.cut_off_months = vec![12];
/// for (_, tests) in &mut scenario.analysis.tests {
///     *tests = vec![TestKind::LogRank];
/// }
/// let found = interim(&scenario, 100, 0, Watch::default())?;
/// let looks = &found[0].looks;
/// assert_eq!(looks.iter().map(|look| look.months).collect::<Vec<_>>(), [3, 12]);
/// // Information is a quarter of the events: the exact shares after 3 and 12 months, of both arms, are .2125 and 1.1491.
/// assert!((looks[0].fraction - 0.2125 / 1.1491).abs() < 0.01, "{}", looks[0].fraction);
/// # Ok::<(), stapjes::trial::Stopped>(())
/// ```
///
/// # Errors
/// [`Stopped`] when the stop flag was set.
pub fn interim(
    scenario: &Scenario,
    replicates: u32,
    null_replicates: u32,
    watch: Watch<'_>,
) -> Result<Vec<InterimDesign>, Stopped> {
    let plan = &scenario.analysis.interim;
    let usable =
        scenario.analysis.cut_off_months.iter().copied().filter(|month| *month <= scenario.horizon_months);
    let last = usable.max().unwrap_or(scenario.horizon_months);
    let mut months: Vec<u32> = plan.look_months.iter().copied().filter(|month| *month < last).collect();
    if months.is_empty() {
        return Ok(Vec::new());
    }
    months.push(last);
    let mut grid = Grid::new(scenario, &months, &replicate::study(scenario, 0).record).largest_only();
    let pilot_count = (replicates / 4).clamp(50, 400);
    let sides = grid.rules.sides;
    grid.rules.sides = 2;
    let mut pilot =
        paths(Stage::whole("looks-truth"), scenario, &grid, (purpose::TRUTH, pilot_count), watch)?;
    grid.rules.sides = sides;
    towards_benefit(&mut grid, scenario, &mut pilot);
    let effect = paths(Stage::new("looks-effect"), scenario, &grid, (purpose::POWER, replicates), watch)?;
    let null = paths(
        Stage::new("looks-null"),
        &equal_services(scenario),
        &grid,
        (purpose::NULL, null_replicates),
        watch,
    )?;
    let mut designs = Vec::new();
    for comparison in 0..grid.arms.len() {
        for endpoint in 0..grid.tests.len() {
            let at = comparison * grid.tests.len() + endpoint;
            let of = |studies: &[Vec<Path>]| -> Vec<Path> {
                studies.iter().map(|study| study[at].clone()).collect()
            };
            let names = Names {
                arm: scenario.arms[grid.arms[comparison]].name.clone(),
                endpoint: grid.tests[endpoint].0.name(),
                test: grid.tests[endpoint].1[0].name(),
            };
            designs.extend(design(scenario, &grid, names, &of(&pilot), &of(&effect), &of(&null)));
        }
    }
    Ok(designs)
}

/// What a design is called.
struct Names {
    /// Treated arm.
    arm: String,
    /// Endpoint.
    endpoint: &'static str,
    /// Test.
    test: &'static str,
}

/// One-sided tests: the direction of each endpoint (where the plan states none, that of the pilot studies at the end), and the
/// pilot's z seen in that direction.
fn towards_benefit(grid: &mut Grid, scenario: &Scenario, pilot: &mut [Vec<Path>]) {
    if grid.rules.sides == 2 {
        return;
    }
    let (endpoints, last) = (grid.tests.len(), grid.months.len() - 1);
    let mean = |at: usize| pilot.iter().map(|study| study[at][last].0).sum::<f64>();
    let means: Vec<f64> = (0..grid.arms.len() * endpoints).map(mean).collect();
    grid.settle_benefits(scenario, |comparison, endpoint| means[comparison * endpoints + endpoint]);
    for study in pilot {
        for (at, path) in study.iter_mut().enumerate() {
            let sign = grid.benefits[at / endpoints][at % endpoints].sign();
            path.iter_mut().for_each(|(z, _)| *z *= sign);
        }
    }
}

/// The primary tests of every study at every look.
fn paths(
    stage: Stage<'_>,
    scenario: &Scenario,
    grid: &Grid,
    (first, replicates): (u32, u32),
    watch: Watch<'_>,
) -> Result<Vec<Vec<Path>>, Stopped> {
    let work = |number| {
        let verdicts = grid.verdicts(scenario, &replicate::study(scenario, first + number).record);
        let mut paths: Vec<Path> = Vec::new();
        for comparison in 0..grid.arms.len() {
            for endpoint in 0..grid.tests.len() {
                let look = |month| {
                    let at = grid.index(CellIndex { comparison, endpoint, test: 0, size: 0, month });
                    z_and_information(&verdicts.decisions[at], grid.rules.sides)
                };
                paths.push((0..grid.months.len()).map(look).collect());
            }
        }
        paths
    };
    let Rows { rows } = chunks::sum(stage, replicates, watch, |_| Rows::default(), work)?;
    Ok(rows.into_iter().map(|(_, paths)| paths).collect())
}

/// The standard normal value with the same p-value, and the information.
fn z_and_information(decision: &Decision, sides: u32) -> (f64, f64) {
    if !decision.defined {
        return (0.0, 0.0);
    }
    let tail = (decision.p_value / f64::from(sides)).clamp(1e-300, 1.0 - 1e-16);
    let z = -normal::quantile(tail);
    let z = if sides == 2 { z.abs() * decision.statistic.signum() } else { z };
    let information = 1.0 / (decision.standard_error * decision.standard_error);
    let events = (decision.events[0] + decision.events[1]) / 4.0;
    (z, if information.is_finite() { information } else { events })
}

/// The design of one endpoint.
fn design(
    scenario: &Scenario,
    grid: &Grid,
    names: Names,
    pilot: &[Path],
    effect: &[Path],
    null: &[Path],
) -> Option<InterimDesign> {
    let looks = grid.months.len();
    let mean = |look: usize, of: fn(&(f64, f64)) -> f64| {
        pilot.iter().map(|path| of(&path[look])).sum::<f64>() / pilot.len() as f64
    };
    let information: Vec<f64> = (0..looks).map(|look| mean(look, |step| step.1)).collect();
    let mean_z: Vec<f64> = (0..looks).map(|look| mean(look, |step| step.0)).collect();
    let critical = normal::quantile(1.0 - grid.rules.alpha / f64::from(grid.rules.sides));
    let beyond = |path: &&Path| {
        let z = path[looks - 1].0;
        (if grid.rules.sides == 2 { z.abs() } else { z }) >= critical
    };
    let fixed =
        |paths: &[Path]| ReplicateShare::new(paths.iter().filter(beyond).count() as u64, paths.len() as u64);
    let fixed_power = fixed(effect)?;
    if information.windows(2).any(|pair| pair[1] <= pair[0]) || information[0] <= 0.0 {
        let last = f64::from(grid.months[looks - 1]);
        return Some(InterimDesign {
            arm: names.arm,
            endpoint: names.endpoint,
            test: names.test,
            looks: Vec::new(),
            power: fixed_power,
            fixed_power,
            type_one_error: fixed(null),
            expected_months: last,
            expected_months_if_equal: (!null.is_empty()).then_some(last),
            note: InterimNote::InformationDoesNotRise,
        });
    }
    let fractions: Vec<f64> = information.iter().map(|at_look| at_look / information[looks - 1]).collect();
    let visible = (0..looks).find(|look| mean_z[*look].abs() > 3.0 / libm::sqrt(pilot.len() as f64));
    let (plan, wait) = plan_of(scenario, grid, &fractions, &information, &mean_z, visible);
    let bounds = &plan.bounds;
    let one_sided = plan.request.sides == 1;
    let futility = |look: usize| {
        let bound = bounds.lower[look];
        (plan.request.futility.is_some() && look + 1 < looks && bound.is_finite()).then_some(bound)
    };
    // An effect towards fewer events turns the figure round: bounds are made for the direction of the effect.
    let sign = if one_sided && grid.rules.sides == 2 && mean_z[looks - 1] < 0.0 { -1.0 } else { 1.0 };
    let walk = |paths: &[Path]| walk(paths, bounds, &futility, sign, one_sided);
    let (found, equal) = (walk(effect), walk(null));
    let months = |walked: &Walked| {
        let spent = walked.rejects.iter().zip(&walked.gives_up).zip(&grid.months);
        let stopped: u64 = walked.rejects.iter().chain(&walked.gives_up).sum();
        let early: f64 = spent.map(|((a, b), month)| (a + b) as f64 * f64::from(*month)).sum();
        let last = f64::from(grid.months[looks - 1]);
        (early + (walked.studies - stopped) as f64 * last) / walked.studies.max(1) as f64
    };
    let rows = (0..looks).map(|look| Look {
        months: grid.months[look],
        fraction: fractions[look],
        upper: bounds.upper[look],
        futility: futility(look),
        mean_z: mean_z[look],
        rejects: share(found.rejects[look], found.studies),
        rejects_by_theory: plan.alternative.upper[look]
            + if one_sided { 0.0 } else { plan.alternative.lower[look] },
        gives_up: share(found.gives_up[look], found.studies),
        rejects_if_equal: ReplicateShare::new(equal.rejects[look], equal.studies),
        outlook: outlook(&information, &mean_z, bounds, look, sign),
    });
    let total = |walked: &Walked| ReplicateShare::new(walked.rejects.iter().sum(), walked.studies);
    Some(InterimDesign {
        arm: names.arm,
        endpoint: names.endpoint,
        test: names.test,
        looks: rows.collect(),
        power: total(&found)?,
        fixed_power,
        type_one_error: total(&equal),
        expected_months: months(&found),
        expected_months_if_equal: (!null.is_empty()).then(|| months(&equal)),
        note: note(grid, wait),
    })
}

/// A share; NaN without studies.
fn share(count: u64, of: u64) -> ReplicateShare {
    ReplicateShare::new(count, of).unwrap_or(ReplicateShare {
        value: f64::NAN,
        low: f64::NAN,
        high: f64::NAN,
    })
}

/// The spending function of the scenario.
fn spending(kind: SpendingKind, shape: f64) -> Spending {
    match kind {
        SpendingKind::OBrienFleming => Spending::OBrienFleming,
        SpendingKind::Pocock => Spending::Pocock,
        SpendingKind::HwangShihDeCani => Spending::HwangShihDeCani { gamma: shape },
        SpendingKind::KimDeMets => Spending::KimDeMets { rho: shape },
    }
}

/// The plan and the first look at which futility may act. Futility belongs to a one-sided test: with two sides asked for, the
/// test is one-sided at half the level, in the direction of the simulated effect.
fn plan_of(
    scenario: &Scenario,
    grid: &Grid,
    fractions: &[f64],
    information: &[f64],
    mean_z: &[f64],
    visible: Option<usize>,
) -> (SequentialPlan, Option<usize>) {
    let interim: &InterimPlan = &scenario.analysis.interim;
    let kind = interim.spending.unwrap_or(SpendingKind::OBrienFleming);
    let shape = interim.parameter.unwrap_or(kind.default_shape());
    let looks = fractions.len();
    let allowed = interim.futility.map(|rule| {
        let by_month = grid.months.iter().position(|month| *month >= rule.not_before_month);
        by_month.unwrap_or(looks).max(visible.unwrap_or(looks))
    });
    let futility =
        interim.futility.zip(allowed).filter(|(_, from)| *from + 1 < looks).map(|(rule, from)| Futility {
            rule: FutilityRule::BetaSpending(spending(rule.spending, rule.parameter)),
            binding: rule.binding,
            not_before: fractions[from] - 1e-9,
        });
    let one_sided = futility.is_some() || grid.rules.sides == 1;
    let request = SequentialRequest {
        fractions: fractions.to_vec(),
        alpha: if one_sided { grid.rules.alpha / f64::from(grid.rules.sides) } else { grid.rules.alpha },
        sides: if one_sided { 1 } else { 2 },
        boundary: Boundary::Spending(spending(kind, shape)),
        futility,
    };
    let turn = if one_sided && grid.rules.sides == 2 { mean_z[looks - 1].signum() } else { 1.0 };
    let effects: Vec<f64> =
        mean_z.iter().zip(information).map(|(z, information)| turn * z / libm::sqrt(*information)).collect();
    let beta = 1.0 - scenario.analysis.target_power;
    let has_futility = request.futility.is_some();
    (request.at_effect(information, &effects, beta), allowed.filter(|_| has_futility))
}

/// Where simulated studies stopped.
struct Walked {
    /// Studies.
    studies: u64,
    /// By rejecting, by look.
    rejects: Vec<u64>,
    /// For futility, by look.
    gives_up: Vec<u64>,
}

/// Walks every study through the looks.
fn walk(
    paths: &[Path],
    bounds: &Bounds,
    futility: &impl Fn(usize) -> Option<f64>,
    sign: f64,
    one_sided: bool,
) -> Walked {
    let looks = bounds.upper.len();
    let mut walked =
        Walked { studies: paths.len() as u64, rejects: vec![0; looks], gives_up: vec![0; looks] };
    for path in paths {
        for (look, (z, _)) in path.iter().enumerate() {
            let z = sign * z;
            if (if one_sided { z } else { z.abs() }) >= bounds.upper[look] {
                walked.rejects[look] += 1;
                break;
            }
            if futility(look).is_some_and(|bound| z <= bound) {
                walked.gives_up[look] += 1;
                break;
            }
        }
    }
    walked
}

/// Chances left at a look for z = -1 to 3.
fn outlook(information: &[f64], mean_z: &[f64], bounds: &Bounds, look: usize, sign: f64) -> Vec<Outlook> {
    let last = information.len() - 1;
    if look == last {
        return Vec::new();
    }
    let designed = sign * mean_z[last] / libm::sqrt(information[last]);
    let at = |z: f64| {
        let interim = Interim {
            z,
            information: information[look],
            later_information: information[look + 1..].to_vec(),
            upper: bounds.upper[look + 1..].to_vec(),
            lower: vec![f64::NEG_INFINITY; last - look],
        };
        Outlook {
            z,
            as_designed: interim.conditional_power(designed),
            as_observed: interim.conditional_power(interim.effect()),
            predictive: interim.predictive_power(0.0, 0.0),
        }
    };
    [-1.0, 0.0, 1.0, 2.0, 3.0].map(at).to_vec()
}

/// What must be read with it.
fn note(grid: &Grid, wait: Option<usize>) -> InterimNote {
    wait.map_or(InterimNote::NoFutility, |look| InterimNote::FutilityFrom { month: grid.months[look] })
}
