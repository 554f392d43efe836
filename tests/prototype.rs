//! The shape that the prototype of this model gave: far clients in closed cohorts, ample capacity, with the queue, turnover,
//! return and differences between sites switched off (which the prototype did not have).
//!
//! 7,200 clients under each arm with the seed of the default scenario; one replicate. The figures must agree within a tenth
//! plus 3 Monte Carlo standard errors; visible activation under regular service within a quarter (docs/model.md section 10 says what remains).

use stapjes::engine::{Keep, simulate};
use stapjes::history::{GroupTally, Tally, World};
use stapjes::kinds::ExitReason;
use stapjes::population;
use stapjes::scenario::Scenario;

const SETTING: &str = r#"
extends = "lange-adem"
name = "prototype"
capacity = false
returns = false
horizon_months = 60
[[site]]
name = "Site"
[caseworker]
turnover = 0
[site_effects]
quality_sd = 0
irregularity_stock_sd = 0
signalling_sd = 0
labour_market_sd = 0
"#;

const CLIENTS: u32 = 7_200;

fn worlds() -> Vec<GroupTally> {
    let mut scenario = Scenario::from_text(SETTING).expect("a valid scenario");
    scenario.sites.truncate(1);
    for arm in &mut scenario.sites[0].arms {
        arm.participants = CLIENTS / 2;
        arm.caseworkers = f64::from(CLIENTS / 360);
    }
    let population = population::draw(&scenario, 0);
    let world = |arm| simulate(&scenario, &population, 0, World::Paired { arm }, Keep::default());
    (0..2).map(|arm| world(arm).tallies[0][0].clone()).collect()
}

fn share(tally: &GroupTally, what: Tally, month: usize) -> f64 {
    tally.column(what)[..=month].iter().sum::<f64>() / f64::from(CLIENTS)
}

fn agrees(name: &str, here: f64, prototype: f64, tolerance: f64) {
    let error = (prototype * (1.0 - prototype) / f64::from(CLIENTS)).sqrt();
    let allowed = tolerance * prototype + 3.0 * error;
    assert!(
        (here - prototype).abs() <= allowed,
        "{name}: {here:.4}, prototype {prototype:.4} +- {allowed:.4}"
    );
}

#[test]
fn the_default_run_has_the_shape_of_the_prototype() {
    let worlds = worlds();
    let exits = |arm: usize, month| Tally::exits().map(|exit| share(&worlds[arm], exit, month)).sum::<f64>();
    let of = |arm: usize, what, month| share(&worlds[arm], what, month);
    for (arm, at_12, at_60) in
        [(0, [0.077, 0.030, 0.055], [0.336, 0.103]), (1, [0.112, 0.033, 0.123], [0.437, 0.166])]
    {
        agrees("exits 12", exits(arm, 12), at_12[0], 0.1);
        agrees("work 12", of(arm, Tally::Exit(ExitReason::Work), 12), at_12[1], 0.1);
        agrees("signals 12", of(arm, Tally::SignalClients, 12), at_12[2], 0.1);
        agrees("exits 60", exits(arm, 60), at_60[0], 0.1);
        agrees("work 60", of(arm, Tally::Exit(ExitReason::Work), 60), at_60[1], 0.1);
    }
    agrees("activation regular", of(0, Tally::ActivatedClients, 18), 0.14, 0.25);
    agrees("activation FIP", of(1, Tally::ActivatedClients, 18), 0.39, 0.1);
    for (arm, trust) in [(0, 0.36), (1, 0.55)] {
        let mean = worlds[arm].column(Tally::Trust)[12] / worlds[arm].column(Tally::OnBenefit)[12];
        assert!((mean - trust).abs() < 0.015, "trust {mean}");
    }
}

#[test]
fn signals_are_front_loaded_under_talks() {
    let worlds = worlds();
    let prototype = [
        [28.0, 25.0, 24.0, 24.0, 21.0, 21.0, 19.0, 19.0, 17.0, 16.0],
        [79.0, 47.0, 35.0, 28.0, 24.0, 21.0, 19.0, 18.0, 17.0, 15.0],
    ];
    for (arm, expected) in prototype.iter().enumerate() {
        for (half_year, expected) in expected.iter().enumerate() {
            let months = &worlds[arm].column(Tally::Signals)[half_year * 6 + 1..=half_year * 6 + 6];
            let here = months.iter().sum::<f64>() / f64::from(CLIENTS);
            agrees("signals per half-year", here, expected / 1_000.0, 0.1);
        }
    }
}
