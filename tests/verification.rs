//! The full model against exact answers: the scenarios of `scenarios/verification`, each with everything but one process
//! switched off.
//!
//! Seeds are those of the scenario files. Each comparison uses the first [`REPLICATES`] replicates of 40,000 clients under
//! one arm (120,000 clients) and allows 4 Monte Carlo standard errors of the binomial share: a comparison of a right model
//! fails by chance once in 15,800, the 21 comparisons here together once in 750 (had the seed not been fixed).

use stapjes::engine::{Keep, simulate};
use stapjes::history::{GroupTally, Tally, World};
use stapjes::kinds::ExitReason;
use stapjes::population;
use stapjes::scenario::{self, Scenario};

const REPLICATES: u32 = 3;

fn load(name: &str) -> Scenario {
    let path = format!("{}/scenarios/verification/{name}.toml", env!("CARGO_MANIFEST_DIR"));
    match scenario::load(&path, &[]) {
        Ok(resolved) => resolved.scenario,
        Err(problems) => panic!("{name}: {problems:?}"),
    }
}

/// Totals of all replicates under the first arm.
fn run(scenario: &Scenario) -> GroupTally {
    let mut sum = GroupTally::new(scenario.horizon_months);
    for replicate in 0..REPLICATES {
        let population = population::draw(scenario, replicate);
        let history = simulate(scenario, &population, replicate, World::Paired { arm: 0 }, Keep::default());
        sum.merge(&history.tallies[0][0]);
    }
    sum
}

fn clients(tally: &GroupTally) -> f64 {
    tally.column(Tally::Entered).iter().sum()
}

fn by_month(tally: &GroupTally, what: Tally, month: usize) -> f64 {
    tally.column(what)[..=month].iter().sum::<f64>() / clients(tally)
}

/// Holds a share among all clients to its exact value within 4 standard errors.
fn hold(name: &str, simulated: f64, exact: f64, clients: f64) {
    let error = (exact * (1.0 - exact) / clients).sqrt();
    let distance = (simulated - exact) / error;
    assert!(distance.abs() < 4.0, "{name}: {simulated} against {exact}, {distance:.1} standard errors");
}

#[test]
fn o1_competing_exits() {
    let tally = run(&load("o1"));
    let n = clients(&tally);
    let total = |month| Tally::exits().map(|exit| by_month(&tally, exit, month)).sum();
    for (month, all, work) in [
        (12, 0.089_353_051_8, 0.045_822_077_9),
        (18, 0.130_989_438_4, 0.067_174_071_0),
        (60, 0.373_746_476_3, 0.191_664_859_7),
    ] {
        hold("O1 all", total(month), all, n);
        hold("O1 work", by_month(&tally, Tally::Exit(ExitReason::Work), month), work, n);
    }
}

#[test]
fn o2_frailty() {
    let tally = run(&load("o2"));
    let n = clients(&tally);
    for (month, work, on_benefit) in [
        (12, 0.045_297_574_9, 0.911_163_382_9),
        (18, 0.066_047_307_4, 0.870_111_175_4),
        (60, 0.182_518_786_8, 0.634_665_385_7),
    ] {
        hold("O2 work", by_month(&tally, Tally::Exit(ExitReason::Work), month), work, n);
        hold("O2 on benefit", tally.column(Tally::OnBenefit)[month] / n, on_benefit, n);
    }
}

#[test]
fn o3_exit_and_return() {
    let tally = run(&load("o3"));
    let n = clients(&tally);
    for (month, on_benefit) in [(12, 0.914_489_897_3), (18, 0.877_274_063_4), (60, 0.693_769_388_1)] {
        hold("O3", tally.column(Tally::OnBenefit)[month] / n, on_benefit, n);
    }
}

#[test]
fn o5_a_hidden_stock_is_found_talk_by_talk() {
    let tally = run(&load("o5"));
    let n = clients(&tally);
    for (month, found) in [(1, 0.042), (2, 0.0294), (3, 0.020_58), (4, 0.014_406)] {
        hold("O5", tally.column(Tally::SignalClients)[month] / n, found, n);
    }
    hold("O5 after six", by_month(&tally, Tally::SignalClients, 6), 0.123_529_14, n);
}

#[test]
fn o6_trust_grows_as_the_equation_says() {
    let tally = run(&load("o6"));
    let trust = tally.column(Tally::Trust)[4] / tally.column(Tally::OnBenefit)[4];
    // States are in single precision.
    assert!((trust - 0.626_246_343_7).abs() < 1e-6, "{trust}");
}

/// Attended talks per client are counts with a renewal variance below that of a Poisson count of the same mean, so the
/// Poisson standard error is generous.
#[test]
fn o7_talks_a_year() {
    let scenario = load("o7");
    let tally = run(&scenario);
    let talks: f64 = tally.column(Tally::TalksHeld)[13..=120].iter().sum();
    let (years, exact) = (9.0, 3.635_048_176_4);
    let rate = talks / clients(&tally) / years;
    let error = (exact / (clients(&tally) * years)).sqrt();
    assert!(((rate - exact) / error).abs() < 4.0, "{rate} against {exact} +- {error}");
}

#[test]
fn o8_first_passage_in_continuous_time() {
    let tally = run(&load("o8"));
    let n = clients(&tally);
    for (month, exact) in [(30, 0.065_589_278_5), (36, 0.523_193_239_8), (42, 0.916_659_244_9)] {
        hold("O8", by_month(&tally, Tally::CameNear, month), exact, n);
    }
}

/// The same first passage on a monthly grid: the bridge makes it independent of the length of the step.
#[test]
fn o8_with_one_step_a_month() {
    let mut scenario = load("o8");
    scenario.steps_per_month = 1;
    let tally = run(&scenario);
    hold("O8 monthly", by_month(&tally, Tally::CameNear, 36), 0.523_193_239_8, clients(&tally));
}

/// With every process off, nothing happens, in either arm.
#[test]
fn quiet_stays_quiet() {
    let scenario = load("quiet");
    let tally = run(&scenario);
    let n = clients(&tally);
    assert_eq!(tally.column(Tally::OnBenefit)[60], n);
    assert!((tally.column(Tally::DistanceTrue)[60] / n - 30.0).abs() < 1e-9);
    for flow in [Tally::Signals, Tally::TalksHeld, Tally::ActivatedClients, Tally::OnsetIntentional] {
        assert_eq!(by_month(&tally, flow, 60), 0.0, "{flow:?}");
    }
}
