//! Power by simulation against exact power, type I error under clustering, coverage, and what must be equal to the bit.
//!
//! Every statistical test states its seed (in the scenario), size and false-alarm rate: limits are exact binomial quantiles.

#![allow(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use stapjes::design::duration::{DurationQuestion, RequiredDuration, required_duration};
use stapjes::design::power::{LimitReason, PowerCell, PowerPlan, PowerSurface, power};
use stapjes::design::proportions::{ExactDesign, TableTest};
use stapjes::kinds::Kind;
use stapjes::scenario::{Scenario, embedded, resolve_text};
use stapjes::stats::binomial;

fn built_in(name: &str, overrides: &[&str]) -> Scenario {
    let overrides: Vec<String> = overrides.iter().map(|text| (*text).to_owned()).collect();
    embedded(name, &overrides).unwrap().scenario
}

fn surface(scenario: &Scenario, replicates: u32, null_replicates: u32) -> PowerSurface {
    power(&PowerPlan { null_replicates, ..PowerPlan::new(scenario, replicates) }).unwrap()
}

fn cell<'a>(surface: &'a PowerSurface, endpoint: &str, test: &str, months: u32) -> &'a PowerCell {
    let is = |cell: &&PowerCell| cell.endpoint == endpoint && cell.test == test && cell.months == months;
    surface.cells.iter().rfind(is).unwrap()
}

/// Whether `count` of `trials` is in the central 1 - 1e-4 of the binomial distribution with that chance.
fn plausible(count: f64, trials: u32, chance: f64) -> bool {
    let (count, trials) = (count.round() as u64, u64::from(trials));
    binomial::cdf(count, trials, chance) > 5e-5 && binomial::at_least(count, trials, chance) > 5e-5
}

/// A ladder of one rung: work with a monthly probability of its own in either arm, through the reached rung.
fn two_proportions(treated: f64, control: f64, clients: [u32; 2], seed: u64) -> Scenario {
    // Everybody starts low; the move up happens at the end of month 1, work from the upper rung is certain in month 2.
    let text = format!(
        "extends = \"reference\"\nname = \"o9\"\nseed = {seed}\nreplicates = 10\ndynamics = \"ladder\"\n\
         horizon_months = 2\nreturns = false\ncapacity = false\nallocation = \"client\"\ncontrol = \"control\"\n\
         observation.reason_unknown = 0\n\
         [[arm]]\nname = \"control\"\nparticipants = {}\ncaseworkers = 4\n\
         [[arm]]\nname = \"treated\"\nparticipants = {}\ncaseworkers = 4\n\
         ladder_effect = {{ from_month = 0, multiplier = {:?}, slope = 0, trust_gain = 0 }}\n\
         [ladder]\nrates = \"probability\"\nstart = [1, 0]\nup = [{control:?}, 0]\ndown = [0, 0]\nwork = [0, 1]\n\
         fraud = [0, 0]\nother = [0, 0]\n\
         [analysis]\ncluster = \"independent\"\ncut_off_months = [2]\nsizes = [1.0]\n\
         [analysis.tests]\nexit_to_work = [\"chi_square\", \"fisher\"]\nexit = []\nexit_by_fraud_or_withdrawal = []\n\
         first_signal = []\nsignal_count = []\nvisible_activation = []\ndistance_band = []\n",
        clients[0],
        clients[1],
        treated / control,
    );
    resolve_text(&text, &[]).unwrap_or_else(|problems| panic!("{}", problems.render(false))).scenario
}

/// O9: simulated power of the two-by-two tests against the exact power of the model page. 2,000 studies a row; false alarm
/// 1e-4 per comparison, eight comparisons.
#[test]
fn o9_simulated_power_is_the_exact_power() {
    for (treated, control, clients, pooled, fisher) in [
        (0.13, 0.06, [200, 200], 0.670613, 0.613321),
        (0.125, 0.078, [1000, 360], 0.738617, 0.696939),
        (0.033, 0.033, [200, 200], 0.049318, 0.023523),
    ] {
        let scenario = two_proportions(treated, control, clients, 9);
        let found = surface(&scenario, 2000, 0);
        for (test, exact, kind) in
            [("chi_square", pooled, TableTest::PooledZ), ("fisher", fisher, TableTest::FisherDoubled)]
        {
            let design = ExactDesign {
                treated,
                control,
                treated_size: u64::from(clients[1]),
                control_size: u64::from(clients[0]),
            };
            assert!((design.power(kind, 0.05, 2) - exact).abs() < 1e-6, "{test}");
            let own = cell(&found, "exit_to_work", test, 2);
            assert!(
                plausible(own.power.value * 2000.0, 2000, exact),
                "{test} {treated} {control}: simulated {} against {exact}",
                own.power.value
            );
        }
    }
}

/// O4b: at the size that gives 80 % power at 24 and 60 months, the simulated power is 80 % (seed 4, 400 studies each, false
/// alarm 1e-4); and the printed formula agrees.
#[test]
fn o4b_simulated_power_is_the_exact_power() {
    for (months, clients) in [(24, 1964), (60, 302)] {
        let participants = format!("arm.control.participants={clients}");
        let treated = format!("arm.treated.participants={clients}");
        let cut = format!("analysis.cut_off_months=[{months}]");
        let horizon = format!("horizon_months={months}");
        let mut scenario = built_in(
            "verification/o4b",
            &[
                &participants,
                &treated,
                &cut,
                &horizon,
                "arm.control.caseworkers=10",
                "arm.treated.caseworkers=10",
                "analysis.cluster=\"independent\"",
                "analysis.sizes=[1.0]",
                "observation.reason_unknown=0",
                "analysis.tests.exit_to_work=[\"chi_square\"]",
            ],
        );
        scenario.analysis.tests.retain(|(endpoint, _)| endpoint.name() == "exit_to_work");
        let found = surface(&scenario, 400, 0);
        let own = cell(&found, "exit_to_work", "chi_square", months);
        assert!(plausible(own.power.value * 400.0, 400, 0.8), "{months} months: {}", own.power.value);
        let formula = own.analytic.as_ref().unwrap().power;
        assert!((formula - 0.8).abs() < 0.06, "{months} months: formula {formula}");
    }
}

/// A small version of the long scenario: four sites, eight caseworkers an arm, 40 clients each.
fn small(more: &[&str]) -> Scenario {
    let mut all = vec![
        "arm.regular.participants=80",
        "arm.fip.participants=80",
        "horizon_months=24",
        "analysis.cut_off_months=[12, 24]",
        "analysis.sizes=[0.5, 1.0]",
    ];
    all.extend_from_slice(more);
    built_in("lange-adem", &all)
}

/// A table of rungs with an effect on work that starts in month 13.
fn late_effect(more: &[&str]) -> Scenario {
    let mut all = vec![
        "arm.control.participants=400",
        "arm.treated.participants=400",
        "arm.control.caseworkers=20",
        "arm.treated.caseworkers=20",
        "arm.treated.ladder_effect={ from_month = 12, multiplier = 3.0, slope = 0.5, trust_gain = 0.05 }",
        "horizon_months=48",
    ];
    all.extend_from_slice(more);
    let mut scenario = built_in("verification/ladder-6", &all);
    scenario.analysis.tests.retain(|(endpoint, _)| endpoint.name() == "exit_to_work");
    scenario
}

/// Equal services, clients clustered by caseworker and site: every default test rejects as often as alpha says (seed
/// 20260101, 600 studies; exact binomial limits on both sides with a false-alarm rate of 1e-4 per cell), and intervals hold
/// zero in 95 %. Tests that are exact or bounded (permutation, MaxCombo), and those with few events, may reject less often.
#[test]
fn type_one_error_and_coverage_of_every_default_test() {
    let studies = 600;
    let found = surface(&small(&[]), 1, studies);
    let mut cells = 0;
    for own in found.cells.iter().filter(|own| own.months == 24) {
        let error = own.type_one_error.as_ref().unwrap();
        let count = (error.rate.value * f64::from(studies)).round();
        let above = binomial::at_least(count as u64, u64::from(studies), 0.05);
        let place = format!("{} {} {:?}", own.endpoint, own.test, own.caseworkers);
        assert!(above > 1e-4, "{place}: type I error {}", error.rate.value);
        let bounded = matches!(own.test, "max_combo" | "cluster_permutation");
        if own.events[0] > 20.0 && !bounded {
            assert!(plausible(count, studies, 0.05), "{place}: {}", error.rate.value);
            cells += 1;
        }
        if let Some(coverage) = error.coverage {
            assert!(coverage.high > 0.945, "{place}: coverage {}", coverage.value);
        }
    }
    assert!(cells > 10, "{cells}");
}

/// Sites as the units, four of them with both arms: pairs, with three degrees of freedom (as above; 600 studies).
#[test]
fn sites_as_units_keep_alpha() {
    let studies = 600;
    let found = surface(&small(&["analysis.cluster=\"site\"", "analysis.sizes=[1.0]"]), 1, studies);
    for own in found.cells.iter().filter(|own| own.months == 24 && own.events[0] > 20.0) {
        let error = own.type_one_error.as_ref().unwrap().rate;
        if matches!(own.test, "cox_robust" | "log_rank" | "lwyy" | "milestone") {
            let count = error.value * f64::from(studies);
            assert!(plausible(count, studies, 0.05), "{} {}: {}", own.endpoint, own.test, error.value);
        }
    }
}

/// Clients who share a caseworker, analysed as independent, give too many false alarms, and the report says so.
#[test]
fn independent_analysis_of_clustered_clients_is_told() {
    let found = surface(&small(&["analysis.cluster=\"independent\""]), 1, 1);
    assert!(found.notes.contains(&stapjes::design::power::Note::IndependentClients));
}

/// An effect that starts in month 13: up to month 12 power equals alpha for any size (seed 6, 800 studies, false alarm 1e-4
/// per cell), and both arms have had the very same luck and lives.
#[test]
fn power_equals_alpha_before_the_effect_starts() {
    let scenario = late_effect(&["analysis.cut_off_months=[6, 12, 48]", "analysis.sizes=[0.5, 1.0]"]);
    let found = surface(&scenario, 800, 0);
    for own in &found.cells {
        let count = own.power.value * 800.0;
        if own.months <= 12 {
            let above = binomial::at_least(count.round() as u64, 800, 0.05);
            assert!(above > 1e-4, "{} at {}: {}", own.test, own.months, own.power.value);
        } else if own.size == 1.0 {
            assert!(own.power.value > 0.3, "{} at {}: {}", own.test, own.months, own.power.value);
        }
    }
    let longest = cell(&found, "exit_to_work", "cox_robust", 48);
    let coverage = longest.coverage.unwrap();
    assert!(coverage.low < 0.95 && coverage.high > 0.93, "coverage of the true value: {}", coverage.value);
}

/// The same bits for one thread and for three.
#[test]
fn threads_change_nothing() {
    let scenario = small(&["analysis.cut_off_months=[12]"]);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| surface(&scenario, 12, 6))
    };
    assert_eq!(format!("{:?}", with(1)), format!("{:?}", with(3)));
}

/// The quick pattern run: what is far from its limit must hold (seeds of the scenarios, 30 studies).
#[test]
fn patterns_far_from_their_limits_hold() {
    use stapjes::design::patterns::{PatternPlan, patterns};
    let plan = PatternPlan {
        replicates: 30,
        alternatives: false,
        targets: false,
        overrides: &[],
        draws: false,
        watch: Default::default(),
    };
    let report = patterns(&plan).unwrap();
    let default = &report.structures[0];
    for id in ["P0", "P4", "P6", "P7", "P8", "P9", "P10"] {
        assert_eq!(default.passes(id), Some(true), "{id}");
    }
    assert_eq!(default.rows.len(), 13);
}

/// Looks at months 6 and 24 of an effect that starts in month 13: the whole plan keeps alpha (seed 6, 400 studies, false alarm
/// 1e-4), futility does not act at month 6, and studies end earlier than without looks.
#[test]
fn interim_looks_keep_alpha_and_futility_waits_for_the_effect() {
    use stapjes::design::power::interim;
    let scenario = late_effect(&[
        "analysis.cut_off_months=[48]",
        "analysis.sizes=[1.0]",
        "analysis.interim.look_months=[6, 24]",
        "analysis.interim.spending=\"pocock\"",
        "analysis.interim.futility=\"hwang_shih_decani\"",
    ]);
    let designs = interim(&scenario, 400, 400, Default::default()).unwrap();
    let plan = &designs[0];
    assert_eq!(plan.looks.iter().map(|look| look.months).collect::<Vec<_>>(), [6, 24, 48]);
    assert!((plan.looks[2].fraction - 1.0).abs() < 1e-12);
    assert_eq!(plan.looks[0].futility, None);
    let error = plan.type_one_error.unwrap();
    let above = binomial::at_least((error.value * 400.0).round() as u64, 400, 0.05);
    assert!(above > 1e-4, "type I error {}", error.value);
    assert!(plan.expected_months < 48.0);
    assert!(plan.power.value > 0.3, "power {}", plan.power.value);
    let outlook = &plan.looks[1].outlook;
    assert!(outlook.windows(2).all(|pair| pair[0].predictive < pair[1].predictive));
}

/// One-sided, an effect that protects: each endpoint is tested in the direction of the effect, or as the plan states. Two-sided
/// at twice the level rejects about as often. 300 studies, seed 5.
#[test]
fn one_sided_tests_look_where_the_effect_is() {
    let mut scenario = two_proportions(0.06, 0.16, [250, 250], 5);
    (scenario.analysis.sides, scenario.analysis.alpha) = (1, 0.025);
    let found = surface(&scenario, 300, 0);
    let mut two = scenario.clone();
    (two.analysis.sides, two.analysis.alpha) = (2, 0.05);
    let two_sided = surface(&two, 300, 0);
    for test in ["chi_square", "fisher"] {
        let (own, other) = (cell(&found, "exit_to_work", test, 2), cell(&two_sided, "exit_to_work", test, 2));
        assert!(own.power.value > 0.8, "{test}: {}", own.power.value);
        assert!((own.power.value - other.power.value).abs() < 0.01, "{test}");
        let gap = own.analytic.as_ref().unwrap().power - other.analytic.as_ref().unwrap().power;
        assert!(gap.abs() < 0.01, "{test}: formulas {gap} apart");
    }
    let note = found.notes.iter().find_map(|note| match note {
        stapjes::design::power::Note::OneSided { later, .. } => Some(later.clone()),
        _ => None,
    });
    assert_eq!(note.unwrap(), ["exit_to_work"]);
    // The plan states the other direction: then an effect that protects is no success.
    let mut stated = scenario.clone();
    stated.analysis.benefit = vec![(stapjes::kinds::Endpoint::ExitToWork, stapjes::kinds::Benefit::Sooner)];
    assert!(cell(&surface(&stated, 300, 0), "exit_to_work", "chi_square", 2).power.value < 0.01);
}

/// Entry over a long time and a cut-off before it ends: the formula knows only who has entered. 1,000 studies, seed 6, false
/// alarm about 1e-3 a comparison (the formula is itself approximate at the third digit).
#[test]
fn the_formula_counts_who_has_entered() {
    let mut scenario = built_in(
        "verification/o4b",
        &[
            "arm.control.participants=700",
            "arm.treated.participants=700",
            "arm.control.caseworkers=10",
            "arm.treated.caseworkers=10",
            "seed=6",
            "enrollment_months=40",
            "horizon_months=48",
            "analysis.cut_off_months=[12, 24, 48]",
            "analysis.cluster=\"independent\"",
            "analysis.sizes=[1.0]",
            "analysis.tests.exit=[\"log_rank\"]",
        ],
    );
    scenario.analysis.tests.retain(|(endpoint, _)| endpoint.name() == "exit");
    let found = surface(&scenario, 1000, 0);
    for months in [12, 24, 48] {
        let own = cell(&found, "exit", "log_rank", months);
        let formula = own.analytic.as_ref().unwrap().power;
        let error = 3.5 * (formula * (1.0 - formula) / 1000.0).sqrt() + 0.01;
        assert!((own.power.value - formula).abs() < error, "{months}: {} against {formula}", own.power.value);
    }
}

/// A power about the target that these studies cannot confirm is told as unsure, not as out of reach, and no larger study is
/// advised for it; a power below the target is told with the factor that would reach it.
#[test]
fn a_power_at_the_target_is_not_called_out_of_reach() {
    let scenario = two_proportions(0.13, 0.06, [200, 200], 7);
    let studies = surface(&scenario, 200, 0);
    let seen = cell(&studies, "exit_to_work", "chi_square", 2).power.value;
    let asked = |power| {
        let answer = required_duration(&studies, &studies, &DurationQuestion { power, confidence: 0.95 });
        let own = |found: &&RequiredDuration| found.endpoint == "exit_to_work" && found.test == "chi_square";
        answer.required.iter().find(own).unwrap().limit.clone().unwrap()
    };
    assert!(seen > 0.5 && seen < 0.9, "{seen}");
    let unsure = asked(seen - 0.005);
    assert!(matches!(unsure.reason, LimitReason::NotSure { months: 2, .. }), "{unsure:?}");
    assert_eq!(unsure.factor, None);
    let short = asked(seen + 0.05);
    assert!(matches!(short.reason, LimitReason::Highest { months: 2, .. }), "{short:?}");
    assert!(short.factor.unwrap() > 1.0);
}
