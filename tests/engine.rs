//! Properties of the full model that hold for any parameters: states stay in range, nobody gets lost, shares add up.
//!
//! Parameters are drawn at random within (often at) the limits that the scenario gate allows, so the engine meets values far
//! outside anything sensible. 24 parameter sets a run, 120 clients under two services over two years.

use proptest::prelude::*;
use stapjes::engine::{Keep, simulate};
use stapjes::history::{GroupTally, LifeMonth, Tally, World};
use stapjes::kinds::{Band, ExitReason, Kind, Rung};
use stapjes::population;
use stapjes::scenario::Scenario;
use stapjes::scenario::parameters::{Group, Leaf};

const SETTING: &str = r#"
extends = "lange-adem"
name = "extremes"
horizon_months = 24
arm.regular.participants = 60
arm.regular.caseworkers = 1
arm.fip.participants = 60
arm.fip.caseworkers = 2
"#;

/// The place of a leaf within its limits: 0 = the smallest value, 1 = the largest, between: on a scale that reaches small
/// values too.
fn place(leaf: &Leaf, where_in: f64) -> f64 {
    if where_in < 0.15 {
        leaf.min
    } else if where_in > 0.9 {
        leaf.max
    } else {
        let share = (where_in - 0.15) / 0.75;
        leaf.min + (leaf.max - leaf.min) * share * share * share * share
    }
}

fn scatter<G: Group>(group: &mut G, luck: &mut impl FnMut() -> f64) {
    for leaf in G::LEAVES {
        let value = place(leaf, luck());
        *group.slot(leaf.key).expect("a leaf has a slot") = value;
    }
}

fn extreme(seed: u64, steps_per_month: u32, numbers: &[f64]) -> Scenario {
    let mut scenario = Scenario::from_text(SETTING).expect("a valid scenario");
    scenario.sites.truncate(2);
    scenario.seed = seed;
    scenario.steps_per_month = steps_per_month;
    let mut next = 0;
    let mut luck = move || {
        next += 1;
        numbers[next % numbers.len()]
    };
    let p = &mut scenario.parameters;
    scatter(&mut p.site, &mut luck);
    scatter(&mut p.caseworker, &mut luck);
    scatter(&mut p.no_show, &mut luck);
    scatter(&mut p.conversation, &mut luck);
    scatter(&mut p.steps.common, &mut luck);
    for kind in &mut p.steps.kind.0 {
        scatter(kind, &mut luck);
    }
    scatter(&mut p.distance, &mut luck);
    scatter(&mut p.drive, &mut luck);
    scatter(&mut p.work, &mut luck);
    scatter(&mut p.exit, &mut luck);
    scatter(&mut p.withdrawal_at_invitation, &mut luck);
    scatter(&mut p.returns, &mut luck);
    scatter(&mut p.fraud, &mut luck);
    scenario
}

fn sum(tally: &GroupTally, what: Tally, month: usize) -> f64 {
    tally.column(what)[..=month].iter().sum()
}

fn nobody_gets_lost(tally: &GroupTally) {
    for month in 0..=tally.months() {
        let came = sum(tally, Tally::Entered, month) + sum(tally, Tally::Returned, month);
        let left: f64 = Tally::exits().map(|exit| sum(tally, exit, month)).sum();
        let on = tally.column(Tally::OnBenefit)[month];
        assert_eq!(came, on + left, "month {month}");
        let recorded: f64 = Tally::recorded().map(|reason| sum(tally, reason, month)).sum();
        assert_eq!(left, recorded, "month {month}: recorded reasons");
        let rungs = Rung::ALL.iter().map(|&rung| tally.column(Tally::Rung(rung))[month]);
        assert_eq!(rungs.sum::<f64>(), on, "month {month}: rungs");
        let bands = Band::ALL.iter().map(|&band| tally.column(Tally::Band(band))[month]);
        assert_eq!(bands.sum::<f64>(), on, "month {month}: bands");
    }
    let months = tally.months();
    let off: f64 = ExitReason::ALL.iter().map(|&reason| sum(tally, Tally::OffBenefit(reason), months)).sum();
    let everybody = sum(tally, Tally::Entered, months) * months as f64;
    assert_eq!(
        sum(tally, Tally::BenefitMonths, months) + off,
        everybody,
        "a month is paid or follows an exit"
    );
    let talks = sum(tally, Tally::TalksHeld, months) + sum(tally, Tally::NoShows, months);
    assert_eq!(talks, sum(tally, Tally::Invited, months));
    assert!(sum(tally, Tally::Invited, months) <= sum(tally, Tally::TalksDue, months));
    let channels = sum(tally, Tally::SignalsTalk, months) + sum(tally, Tally::SignalsBackground, months);
    assert_eq!(channels, sum(tally, Tally::Signals, months));
    assert!(tally.column(Tally::BenefitMonths).iter().all(|amount| amount.is_finite() && *amount >= 0.0));
}

fn in_range(life: &LifeMonth) {
    for (name, value) in [
        ("trust", life.trust),
        ("confidence", life.confidence),
        ("motivation", life.motivation),
        ("knowledge", life.knowledge),
        ("perceived detection", life.perceived_detection),
    ] {
        assert!((0.0..=1.0).contains(&value), "{name} {value}");
    }
    assert!((0.5..=120.0).contains(&life.distance_true), "true distance {}", life.distance_true);
    assert!((0.5..=120.0).contains(&life.distance_recorded), "recorded distance {}", life.distance_recorded);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn states_stay_in_range_and_nobody_gets_lost(
        seed in any::<u64>(),
        steps in prop::sample::select(vec![1_u32, 2, 4]),
        numbers in prop::collection::vec(0.0..1.0_f64, 97),
    ) {
        let scenario = extreme(seed, steps, &numbers);
        let population = population::draw(&scenario, 0);
        for world in [World::Paired { arm: 0 }, World::Paired { arm: 1 }, World::Study] {
            let history = simulate(&scenario, &population, 0, world, Keep { record: true, lives: 1_000 });
            history.tallies.iter().flatten().for_each(nobody_gets_lost);
            history.lives.iter().for_each(in_range);
        }
    }
}

/// Halving the step changes results only by the discretization: exits after two years agree between one and four steps a
/// month. 7,200 clients; the allowance is 4 standard errors of a difference of two shares plus a twentieth.
#[test]
fn the_length_of_a_step_hardly_matters() {
    let share = |steps: u32, arm: usize| {
        let mut scenario = Scenario::from_text("extends = \"lange-adem\"\nname = \"steps\"").expect("valid");
        scenario.horizon_months = 24;
        scenario.steps_per_month = steps;
        scenario.sites.truncate(1);
        scenario.capacity = false;
        for group in &mut scenario.sites[0].arms {
            (group.participants, group.caseworkers) = (3_600, 20.0);
        }
        let population = population::draw(&scenario, 0);
        let history = simulate(&scenario, &population, 0, World::Paired { arm }, Keep::default());
        let tally = &history.tallies[0][0];
        Tally::exits().map(|exit| sum(tally, exit, 24)).sum::<f64>() / 7_200.0
    };
    for arm in 0..2 {
        let (coarse, fine) = (share(1, arm), share(4, arm));
        let error = (2.0 * coarse * (1.0 - coarse) / 7_200.0).sqrt();
        assert!((coarse - fine).abs() < 4.0 * error + 0.05 * coarse, "arm {arm}: {coarse} and {fine}");
    }
}

/// An exit reason that nobody leaves by has no hazard. Ten years of a whole caseload, at the reference values: every reason of the
/// closed list has exits.
#[test]
fn somebody_leaves_for_every_exit_reason() {
    let text = "extends = \"gemeente\"\nname = \"reasons\"\nhorizon_months = 120";
    let scenario = Scenario::from_text(text).expect("a valid scenario");
    let population = population::draw(&scenario, 0);
    let world = World::Paired { arm: scenario.control };
    let history = simulate(&scenario, &population, 0, world, Keep { record: false, lives: 0 });
    let of = |reason: ExitReason| {
        history.tallies.iter().flatten().map(|site| sum(site, Tally::Exit(reason), 120)).sum()
    };
    let exits: Vec<f64> = ExitReason::ALL.iter().map(|reason| of(*reason)).collect();
    for (reason, count) in ExitReason::ALL.iter().zip(&exits) {
        assert!(*count > 0.0, "nobody leaves by {reason:?} in ten years: {exits:?}");
    }
}
