//! The same scenario gives the same bits: for any number of threads, horizon, number of clients, folder and locale.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use stapjes::engine::{self, Keep};
use stapjes::history::{GroupTally, History, LifeMonth, Tally, World};
use stapjes::kinds::{ExitReason, Happening, Kind, Rung, Step};
use stapjes::observe::{Protocol, cut};
use stapjes::population;
use stapjes::report::summary;
use stapjes::scenario::{Scenario, embedded};
use stapjes::trial::{self, Plan};

/// Two sites, two arms, sixty clients: small enough for a unit test, large enough for every process to happen.
/// On its priors: a new calibration moves no stream.
const SMALL: [&str; 6] = [
    "uncertainty.posterior=\"\"",
    "replicates=5",
    "horizon_months=18",
    "arm.regular.participants=15",
    "arm.fip.participants=15",
    "report_every_months=6",
];

fn scenario(changes: &[&str]) -> Scenario {
    let all: Vec<String> = SMALL.iter().chain(changes).map(ToString::to_string).collect();
    embedded("lange-adem", &all).unwrap().scenario
}

fn ladder(changes: &[&str]) -> Scenario {
    let own = ["replicates=5", "arm.control.participants=200", "arm.treated.participants=200"];
    let all: Vec<String> = own.iter().chain(changes).map(ToString::to_string).collect();
    embedded("verification/ladder-6", &all).unwrap().scenario
}

fn hash_on(threads: usize, scenario: &Scenario) -> String {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
    summary::hash(&pool.install(|| trial::run(&Plan::new(scenario)).unwrap()))
}

fn history(scenario: &Scenario, replicate: u32, world: World) -> History {
    let population = population::draw(scenario, replicate);
    engine::simulate(scenario, &population, replicate, world, Keep { record: true, lives: 0 })
}

fn groups(history: &History) -> impl Iterator<Item = &GroupTally> {
    history.tallies.iter().flatten()
}

fn all_worlds(scenario: &Scenario) -> Vec<World> {
    (0..scenario.arms.len()).map(|arm| World::Paired { arm }).chain([World::Study]).collect()
}

#[test]
fn one_two_three_and_seven_threads_give_the_same_results() {
    for scenario in [scenario(&["replicates=30"]), ladder(&["replicates=30"])] {
        let one = hash_on(1, &scenario);
        for threads in [2, 3, 7] {
            assert_eq!(hash_on(threads, &scenario), one, "{threads} threads");
        }
    }
}

#[test]
fn another_seed_gives_other_results() {
    assert_ne!(hash_on(1, &scenario(&[])), hash_on(1, &scenario(&["seed=7"])));
}

#[test]
fn a_shorter_horizon_is_a_prefix() {
    let pairs = [
        (scenario(&["horizon_months=12"]), scenario(&["horizon_months=18"])),
        (ladder(&["horizon_months=12"]), ladder(&["horizon_months=24"])),
    ];
    for (short, long) in pairs {
        for world in all_worlds(&short) {
            let (short_history, long_history) = (history(&short, 1, world), history(&long, 1, world));
            for (short_group, long_group) in groups(&short_history).zip(groups(&long_history)) {
                for tally in Tally::all() {
                    let (short_column, long_column) = (short_group.column(tally), long_group.column(tally));
                    assert!(short_column == &long_column[..short_column.len()], "{}", tally.name());
                }
            }
            let end = short.horizon_months as f32;
            let until = |history: &History| -> Vec<_> {
                history.record.events.iter().copied().filter(|event| event.time <= end).collect()
            };
            assert!(until(&short_history) == until(&long_history), "events until month {end}");
        }
    }
}

#[test]
fn arms_with_equal_services_differ_by_exactly_zero() {
    let equal = scenario(&["arm.regular.service=\"fip\""]);
    let results = trial::run(&Plan::new(&equal)).unwrap();
    let fip = equal.arms.iter().position(|arm| arm.name == "fip").unwrap();
    let mut compared = 0;
    for series in results.difference[fip].groups.iter().flat_map(|group| &group.series) {
        for stat in (0..results.months.len()).filter_map(|month| series.at(month)) {
            assert_eq!(
                (stat.mean, stat.low, stat.high),
                (0.0, 0.0, 0.0),
                "{} {}",
                series.measure,
                series.label
            );
            compared += 1;
        }
    }
    assert!(compared > 1000, "{compared}");
}

/// Lives by arm, site and client.
fn lives(scenario: &Scenario, count: u32) -> BTreeMap<(u16, u16, u32), Vec<LifeMonth>> {
    let mut lives: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for life in trial::replicate::lives(scenario, count) {
        lives.entry((life.arm, life.site, life.client)).or_default().push(life);
    }
    lives
}

/// Capacity off, so many participants and caseworkers in each arm at each site.
fn ample(participants: [u32; 2], caseworkers: u32) -> Scenario {
    let changes = [
        "capacity=false".to_owned(),
        format!("arm.regular.participants={}", participants[0]),
        format!("arm.fip.participants={}", participants[1]),
        format!("arm.regular.caseworkers={caseworkers}"),
        format!("arm.fip.caseworkers={caseworkers}"),
    ];
    scenario(&changes.each_ref().map(String::as_str))
}

/// Every life of one run is lived in the other too, month by month.
fn assert_contained(few: &Scenario, many: &Scenario) {
    let (few, many) = (lives(few, 100), lives(many, 100));
    assert!(!few.is_empty() && few.len() < many.len());
    for (key, life) in &few {
        assert!(many.get(key) == Some(life), "arm, site, client {key:?} lives another life");
    }
}

#[test]
fn one_client_more_changes_nobody_elses_life() {
    // Two caseworkers for 15 or 16 clients: a caseload of 8 either way, so nobody gets another caseworker.
    assert_contained(&ample([15, 15], 2), &ample([15, 16], 2));
}

#[test]
fn the_first_clients_of_many_equal_a_run_of_few() {
    assert_contained(&ample([6, 6], 2), &ample([24, 24], 8));
}

#[test]
fn clients_in_are_clients_on_benefit_plus_clients_out_every_month() {
    let with_inflow = embedded(
        "heel-bestand",
        &["replicates=2".into(), "horizon_months=24".into()].map(|change: String| change),
    );
    let mut caseload = with_inflow.unwrap().scenario;
    for group in caseload.sites.iter_mut().flat_map(|site| &mut site.arms) {
        group.participants = 60;
        group.caseworkers = 1.0;
    }
    for scenario in [scenario(&[]), ladder(&[]), caseload] {
        for world in all_worlds(&scenario) {
            for group in groups(&history(&scenario, 0, world)) {
                conserved(group);
            }
        }
    }
}

fn conserved(group: &GroupTally) {
    let sum = |tallies: &mut dyn Iterator<Item = Tally>, month: usize| -> f64 {
        tallies.map(|tally| group.column(tally)[month]).sum()
    };
    let mut on_benefit = 0.0;
    for month in 0..=group.months() {
        let exits = sum(&mut Tally::exits(), month);
        let recorded = sum(&mut Tally::recorded(), month);
        let came = sum(&mut [Tally::Entered, Tally::Returned].into_iter(), month);
        assert_eq!(exits, recorded, "every exit has one recorded reason, also when it is unknown");
        let before = on_benefit;
        on_benefit += came - exits;
        assert_eq!(on_benefit, group.column(Tally::OnBenefit)[month], "month {month}");
        let paid = group.column(Tally::BenefitMonths)[month];
        assert!(
            paid <= before + came + 1e-9 && paid >= 0.0,
            "month {month}: {paid} paid of {before} + {came}"
        );
        let signals = sum(&mut [Tally::SignalsTalk, Tally::SignalsBackground].into_iter(), month);
        assert_eq!(signals, group.column(Tally::Signals)[month]);
        let rungs = sum(&mut Rung::ALL.iter().map(|&rung| Tally::Rung(rung)), month);
        assert_eq!(rungs, on_benefit, "everybody on benefit stands on one rung");
    }
    assert!(on_benefit > 0.0);
}

#[test]
fn the_record_of_a_study_adds_up_to_its_monthly_totals() {
    let scenario = scenario(&["horizon_months=36"]);
    let history = history(&scenario, 3, World::Study);
    let total = |tally: Tally| -> f64 { groups(&history).flat_map(|group| group.column(tally)).sum() };
    let count = |is: fn(&Happening) -> bool| {
        history.record.events.iter().filter(|event| is(&event.happening)).count() as f64
    };
    let exits: f64 = Tally::exits().map(total).sum();
    assert_eq!(count(|h| matches!(h, Happening::Exit { .. })), exits);
    assert_eq!(count(|h| matches!(h, Happening::Return)), total(Tally::Returned));
    assert_eq!(count(|h| matches!(h, Happening::Signal { .. })), total(Tally::Signals));
    assert_eq!(count(|h| matches!(h, Happening::Talk)), total(Tally::TalksHeld));
    assert_eq!(count(|h| matches!(h, Happening::Confirmed)), total(Tally::Confirmed));
    let file = &cut(&Protocol::from(&scenario), &history.record, &[36])[0];
    let activated = file.rows.iter().filter(|row| row.first_activation.is_finite()).count();
    assert_eq!(activated as f64, total(Tally::ActivatedClients));
    let signalled = file.rows.iter().filter(|row| row.signals > 0).count();
    assert_eq!(signalled as f64, total(Tally::SignalClients));
    let paid: f64 = file.rows.iter().map(|row| row.time_on_benefit).sum();
    // Who reaches pension age leaves at the start of the month: it is not paid, but the exit is dated at its end.
    assert_eq!(paid - total(Tally::Exit(ExitReason::Pension)), total(Tally::BenefitMonths));
}

#[test]
fn money_adds_up() {
    let results = trial::run(&Plan::new(&scenario(&["replicates=2"]))).unwrap();
    let month = *results.months.last().unwrap();
    let costs = scenario(&[]).parameters.costs;
    for arm in 0..results.arms.len() {
        let of = |name: &str| results.stat(&results.paired, arm, 0, (name, ""), month).unwrap().mean;
        let hours = costs.hours_per_talk * of("talks_held") + costs.hours_per_no_show * of("no_shows");
        assert!((of("caseworker_hours") - hours).abs() < 1e-9 * hours);
        assert!((of("caseworker_hours_total") / of("clients_entered") - hours).abs() < 1e-9 * hours);
    }
}

/// Totals over all months, groups and worlds of replicate 0: whoever changes these changes the stream or the model.
fn golden(scenario: &Scenario, tallies: &[Tally]) -> Vec<f64> {
    let histories: Vec<History> =
        all_worlds(scenario).into_iter().map(|world| history(scenario, 0, world)).collect();
    let total =
        |&tally: &Tally| histories.iter().flat_map(groups).flat_map(|group| group.column(tally)).sum();
    tallies.iter().map(total).collect()
}

/// Golden values. They hold for every machine, profile and number of threads. A change of them is an entry in the
/// changelog; when the same address gives another draw, `random::STREAM_VERSION` goes up too.
#[test]
fn golden_values_pin_the_stream() {
    use Tally::{BenefitMonths, DistanceTrue, Exit, FirstExits, Returned, Signals, Start, TalksHeld, Trust};
    let full = [
        FirstExits,
        Exit(ExitReason::Work),
        Exit(ExitReason::Withdrawal),
        Returned,
        BenefitMonths,
        Signals,
        Start(Step::Sport),
        TalksHeld,
        Trust,
        DistanceTrue,
    ];
    let found = golden(&scenario(&["horizon_months=36"]), &full);
    assert_eq!(
        found,
        [131.0, 23.0, 18.0, 49.0, 10899.0, 132.0, 96.0, 1870.0, 4973.929020881653, 449825.65701293945]
    );
}
