//! What the second edition of the model promises (model page section 1): a caseload in balance under regular service, steps that run
//! at the start, talks that fit in their slots, trust that stays where nobody builds it, ages below pension age, defaults at the
//! centre of their priors. `stapjes patterns` measures the same with more clients.

use stapjes::engine::{Keep, simulate};
use stapjes::history::{GroupTally, Tally, World};
use stapjes::kinds::{Band, ExitReason, Kind, SpellClass, Step};
use stapjes::population;
use stapjes::scenario::{DEFAULT_SCENARIO, Scenario, embedded, shipped_names};

fn load(name: &str, overrides: &[&str]) -> Scenario {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    embedded(name, &overrides).unwrap_or_else(|problems| panic!("{problems:?}")).scenario
}

/// Everybody under one arm, all sites and replicates together.
fn world(scenario: &Scenario, arm: usize, replicates: u32) -> GroupTally {
    let mut sum = GroupTally::new(scenario.horizon_months);
    for replicate in 0..replicates {
        let population = population::draw(scenario, replicate);
        let history = simulate(scenario, &population, replicate, World::Paired { arm }, Keep::default());
        history.tallies[0].iter().for_each(|site| sum.merge(site));
    }
    sum
}

fn year(tally: &GroupTally, what: Tally, number: usize) -> f64 {
    tally.column(what)[number * 12 - 11..=number * 12].iter().sum()
}

const AVERAGE_TOWN: [&str; 4] = [
    "site_effects.quality_sd=0",
    "site_effects.irregularity_stock_sd=0",
    "site_effects.signalling_sd=0",
    "site_effects.labour_market_sd=0",
];

#[test]
fn a_whole_caseload_stays_in_balance_for_ten_years() {
    let scenario = load("heel-bestand", &AVERAGE_TOWN);
    let tally = world(&scenario, scenario.control, 2);
    let exits = |number| -> f64 {
        let after = SpellClass::ALL.iter().map(|&class| year(&tally, Tally::ExitAfter(class), number));
        after.sum::<f64>() / year(&tally, Tally::BenefitMonths, number) * 12.0
    };
    let over = |classes: &[SpellClass], number| -> f64 {
        classes.iter().map(|&class| year(&tally, Tally::MonthsIn(class), number)).sum::<f64>()
            / year(&tally, Tally::BenefitMonths, number)
    };
    let far = |number: usize| -> f64 {
        let on = |what: Tally| tally.column(what)[number * 12];
        (on(Tally::Band(Band::Over48)) + on(Tally::Band(Band::From24To48))) / on(Tally::OnBenefit)
    };
    let long = [SpellClass::From2To5, SpellClass::Over5];
    for number in [1, 10] {
        assert!((0.167..0.252).contains(&exits(number)), "exits in year {number}: {}", exits(number));
        assert!((0.67..0.75).contains(&over(&long, number)), "over two years: {}", over(&long, number));
        assert!((0.40..0.55).contains(&over(&long[1..], number)), "over five: {}", over(&long[1..], number));
    }
    assert!((exits(10) / exits(1) - 1.0).abs() < 0.15, "exits {} and {}", exits(1), exits(10));
    // Those who were out at the start come back in the first year, so that the newest spells are as many then as ten years on.
    let newest = over(&[SpellClass::Under6], 10) / over(&[SpellClass::Under6], 1);
    assert!((newest - 1.0).abs() < 0.12, "stock under six months, tenth year over first: {newest}");
    // The record is as old as the last talk: the true distance is as far ahead of it at the start as ten years on.
    let ahead = |month: usize| {
        let mean = |what: Tally| tally.column(what)[month] / tally.column(Tally::OnBenefit)[month];
        mean(Tally::DistanceTrue) - mean(Tally::DistanceRecorded)
    };
    assert!((ahead(120) - ahead(12)).abs() < 1.5, "true less recorded: {} and {}", ahead(12), ahead(120));
    assert!((far(10) / far(1) - 1.0).abs() < 0.15, "recorded far {} and {}", far(1), far(10));
    let work = year(&tally, Tally::Exit(ExitReason::Work), 1)
        / (exits(1) * year(&tally, Tally::BenefitMonths, 1) / 12.0);
    assert!((0.31..0.50).contains(&work), "share of exits to work {work}");
    let job = tally.column(Tally::Active(Step::SmallJob))[12] / tally.column(Tally::OnBenefit)[12];
    assert!((0.06..0.10).contains(&job), "small jobs {job}");
    let breaches = year(&tally, Tally::Confirmed, 2) / year(&tally, Tally::BenefitMonths, 2) * 12.0;
    assert!((0.06..0.10).contains(&breaches), "breaches a year {breaches}");
    let intent = year(&tally, Tally::ConfirmedIntentional, 2) / year(&tally, Tally::Confirmed, 2);
    assert!((0.2..0.4).contains(&intent), "intentional {intent}");
}

/// Groningen 2013: just over half of longer-term recipients volunteer or care; together here as independent shares.
#[test]
fn half_of_those_far_from_work_volunteer_or_care_at_the_start() {
    let scenario = load("lange-adem", &["horizon_months=1"]);
    let population = population::draw(&scenario, 0);
    let clients: Vec<_> = population.clients.iter().flatten().collect();
    let unpaid = clients
        .iter()
        .filter(|client| client.active.has(Step::Volunteering) || client.active.has(Step::InformalCare));
    let share = unpaid.count() as f64 / clients.len() as f64;
    assert!((0.45..0.60).contains(&share), "{share}");
}

#[test]
fn talks_fit_in_their_slots_and_a_no_show_takes_a_part() {
    let scenario = load("brabantse-wal", &AVERAGE_TOWN);
    let tally = world(&scenario, 1, 1);
    let slots = 60.0 * 14.0; // 2,360 clients at 180 a caseworker: fourteen caseworkers
    for month in 1..=12 {
        assert!(tally.column(Tally::TalksHeld)[month] <= slots);
    }
    let talks = year(&tally, Tally::TalksHeld, 1) / year(&tally, Tally::BenefitMonths, 1) * 12.0;
    // Four are asked; a no-show (about 17 %) is asked again a month later, which by renewal leaves 12 / (3 + .17 / .83) = 3.75.
    assert!((3.6..4.0).contains(&talks), "talks a client-year: {talks}");
    // At the limit of five in a hundred: .0500 over twenty replicates. Above it by no more than their error.
    let shares: Vec<f64> = (0..20)
        .map(|replicate| {
            let population = population::draw(&scenario, replicate);
            let history =
                simulate(&scenario, &population, replicate, World::Paired { arm: 1 }, Keep::default());
            let sum = |what: Tally| -> f64 {
                history.tallies[0].iter().map(|site| site.column(what)[1..=12].iter().sum::<f64>()).sum()
            };
            sum(Tally::Backlog) / (sum(Tally::Backlog) + sum(Tally::Invited))
        })
        .collect();
    let count = shares.len() as f64;
    let waiting = shares.iter().sum::<f64>() / count;
    let variance =
        shares.iter().map(|share| (share - waiting) * (share - waiting)).sum::<f64>() / (count - 1.0);
    let error = (variance / count).sqrt();
    assert!(waiting - 2.0 * error < 0.05 && error < 0.002, "waiting {waiting}, error {error}");
}

#[test]
fn trust_stays_where_nobody_builds_it() {
    let scenario = load("lange-adem", &["horizon_months=18"]);
    let change = |arm| {
        let tally = world(&scenario, arm, 1);
        let mean = |month: usize| tally.column(Tally::Trust)[month] / tally.column(Tally::OnBenefit)[month];
        mean(18) - mean(0)
    };
    let (regular, fip) = (change(0), change(1));
    assert!(regular.abs() < 0.02, "regular {regular}");
    assert!(fip > 0.1, "FIP {fip}");
}

/// Nobody is past pension age at the start, so the first month has no more pension exits than any other.
#[test]
fn ages_at_the_start_lie_below_pension_age() {
    for name in ["brabantse-wal", "heel-bestand"] {
        let scenario = load(name, &["horizon_months=12"]);
        let tally = world(&scenario, scenario.control, 2);
        let months = tally.column(Tally::Exit(ExitReason::Pension));
        let all: f64 = months[1..=12].iter().sum();
        assert!(months[1] <= 1.5 * all / 12.0 + 3.0 * (all / 12.0).sqrt(), "{name}: {months:?}");
    }
}

/// A prior says where its parameter is; what the figures of a posterior say something about is at the median of that posterior.
#[test]
fn every_default_is_the_centre_of_its_prior_or_of_its_posterior() {
    for name in shipped_names().filter(|name| !name.starts_with("verification/")) {
        let resolved = embedded(name, &[]).expect("a shipped scenario");
        let posterior = resolved.registry.posterior.as_ref();
        let mut uncertain = 0;
        for (record, prior) in resolved.registry.uncertain() {
            uncertain += 1;
            let fitted = posterior.and_then(|own| Some((own, own.column(&record.path)?)));
            let centre = match fitted.filter(|(own, column)| own.parameters[*column].center.is_some()) {
                Some((own, column)) => own.quantile(column, 0.5),
                None => prior.centre(),
            };
            let (path, value) = (&record.path, record.value);
            assert!(
                (value - centre).abs() <= 1e-5 * (1.0 + centre.abs()),
                "{name}: {path}: {value} is not {centre}"
            );
        }
        if name == DEFAULT_SCENARIO {
            assert!(uncertain > 90 && posterior.is_some(), "{uncertain}");
        }
        assert!(resolved.registry.overridden.is_empty(), "{name}: {:?}", resolved.registry.overridden);
    }
}
