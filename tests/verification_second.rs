//! The second edition of the model against exact answers: returns as a mixture, the fading push of talks, work out of reach.
//!
//! Each scenario has everything but one process switched off. Seeds are those of the files; 40,000 clients in each of three
//! replicates, 4 Monte Carlo standard errors: a comparison of a right model fails by chance once in 15,800.

use stapjes::engine::{Keep, simulate};
use stapjes::history::{GroupTally, Tally, World};
use stapjes::kinds::{Happening, Step};
use stapjes::population;
use stapjes::scenario::{Scenario, embedded};

const REPLICATES: u32 = 3;

fn load(name: &str) -> Scenario {
    embedded(&format!("verification/{name}"), &[]).unwrap_or_else(|problems| panic!("{problems:?}")).scenario
}

fn run(scenario: &Scenario) -> GroupTally {
    let mut sum = GroupTally::new(scenario.horizon_months);
    for replicate in 0..REPLICATES {
        let population = population::draw(scenario, replicate);
        let history = simulate(scenario, &population, replicate, World::Paired { arm: 0 }, Keep::default());
        sum.merge(&history.tallies[0][0]);
    }
    sum
}

fn hold(name: &str, simulated: f64, exact: f64, error: f64) {
    let distance = (simulated - exact) / error;
    assert!(distance.abs() < 4.0, "{name}: {simulated} against {exact}, {distance:.1} standard errors");
}

fn so_far(tally: &GroupTally, what: Tally, month: usize) -> f64 {
    tally.column(what)[..=month].iter().sum()
}

/// Clients who leave within two years, and whether they are back within 12 and 36 months of their first exit.
#[test]
fn o12_returns_are_a_mixture() {
    let scenario = load("o12");
    let [mut left, mut back_12, mut back_36] = [0.0; 3];
    for replicate in 0..REPLICATES {
        let population = population::draw(&scenario, replicate);
        let keep = Keep { record: true, lives: 0 };
        let record = simulate(&scenario, &population, replicate, World::Study, keep).record;
        let mut exits: Vec<Option<f32>> = vec![None; record.participants()];
        let mut returns = exits.clone();
        for event in &record.events {
            let who = event.participant as usize;
            match event.happening {
                Happening::Exit { .. } => _ = exits[who].get_or_insert(event.time),
                Happening::Return => _ = returns[who].get_or_insert(event.time),
                _ => {}
            }
        }
        for (exit, back) in exits.into_iter().zip(returns) {
            let Some(exit) = exit.filter(|&exit| exit <= 24.0) else { continue };
            left += 1.0;
            back_12 += f64::from(u8::from(back.is_some_and(|back| back - exit <= 12.0)));
            back_36 += f64::from(u8::from(back.is_some_and(|back| back - exit <= 36.0)));
        }
    }
    for (name, back, exact) in [("12 months", back_12, 0.231_553_4_f64), ("36 months", back_36, 0.320_232_7)]
    {
        hold(name, back / left, exact, (exact * (1.0 - exact) / left).sqrt());
    }
}

#[test]
fn o13_the_push_of_talks_fades() {
    let tally = run(&load("o13"));
    let clients: f64 = so_far(&tally, Tally::Entered, 60);
    for (month, exact) in [(12, 0.185_369_3_f64), (60, 0.663_205)] {
        // Starts per client scatter like a Poisson count, a little less.
        let starts = so_far(&tally, Tally::Start(Step::Sport), month) / clients;
        hold("starts", starts, exact, (exact / clients).sqrt());
    }
}

#[test]
fn o14_exits_to_work_never_exceed_who_is_within_reach() {
    let tally = run(&load("o14"));
    let clients = so_far(&tally, Tally::Entered, 60);
    for (month, exact) in [(12, 0.489_164_1_f64), (60, 0.698_264_9)] {
        let worked = so_far(&tally, Tally::EverWorked, month) / clients;
        hold("ever to work", worked, exact, (exact * (1.0 - exact) / clients).sqrt());
    }
    let within_reach = 0.7 + 4.0 * (0.7_f64 * 0.3 / clients).sqrt();
    assert!(so_far(&tally, Tally::EverWorked, 60) / clients < within_reach);
}
