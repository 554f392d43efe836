//! Analytic design against trusted software: rpact, gsDesign, gsDesign2, lrstat, SteppedPower, swCRTdesign, CRTSize, gscounts,
//! R stats, lifelines. Fixtures keep the source of every number.

// Helpers of tests are tests: a missing number is a failure.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use stapjes::design::sequential::{
    Boundary, Futility, FutilityRule, SequentialPlan, SequentialRequest, Spending,
};

fn case(file: &str, id: &str) -> Value {
    let path = format!("{}/tests/fixtures/design/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let cases = document["cases"].as_array().unwrap();
    let found = cases.iter().find(|case| case["id"].as_str().unwrap().contains(id));
    found.unwrap_or_else(|| panic!("no case {id} in {file}"))["expected"].clone()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|x| x.as_f64().unwrap()).collect()
}

#[track_caller]
fn close(ours: f64, theirs: f64, relative: f64) {
    let gap = (ours - theirs).abs();
    assert!(
        gap <= relative * theirs.abs().max(1e-12),
        "ours {ours}, theirs {theirs}, relative {:e}",
        gap / theirs.abs()
    );
}

#[track_caller]
fn all_close(ours: &[f64], theirs: &Value, relative: f64) {
    let theirs = numbers(theirs);
    assert_eq!(ours.len(), theirs.len());
    for (a, b) in ours.iter().zip(theirs) {
        close(*a, b, relative);
    }
}

fn plan(boundary: Boundary, fractions: &[f64], alpha: f64, sides: u8, power: f64) -> SequentialPlan {
    SequentialRequest { fractions: fractions.to_vec(), alpha, sides, boundary, futility: None }
        .with_power(power)
}

const HALVES: [f64; 2] = [0.5, 1.0];
const THIRDS: [f64; 3] = [1.0 / 3.0, 2.0 / 3.0, 1.0];

/// rpact stops its search when alpha = .02499999 is reached, so its last critical values are 2e-7 high; Pocock's kMax = 3
/// two-sided by 2e-7 more.
#[test]
fn boundaries_of_rpact() {
    let of = Boundary::WangTsiatis { delta: 0.0 };
    let pocock = Boundary::WangTsiatis { delta: 0.5 };
    let as_of = Boundary::Spending(Spending::OBrienFleming);
    let as_p = Boundary::Spending(Spending::Pocock);
    for (id, boundary, fractions, sides) in [
        ("GSD OF kMax=2 one-sided", &of, &HALVES[..], 1),
        ("GSD Pocock kMax=2 one-sided", &pocock, &HALVES[..], 1),
        ("GSD Lan-DeMets OF (asOF) kMax=2", &as_of, &HALVES[..], 1),
        ("GSD Lan-DeMets Pocock (asP) kMax=2", &as_p, &HALVES[..], 1),
        ("GSD OF kMax=3 one-sided", &of, &THIRDS[..], 1),
        ("GSD Pocock kMax=3 one-sided", &pocock, &THIRDS[..], 1),
        ("GSD Lan-DeMets OF (asOF) kMax=3", &as_of, &THIRDS[..], 1),
        ("GSD Lan-DeMets Pocock (asP) kMax=3", &as_p, &THIRDS[..], 1),
        ("GSD OF two-sided .05 kMax=2", &of, &HALVES[..], 2),
        ("GSD P two-sided .05 kMax=2", &pocock, &HALVES[..], 2),
        ("GSD OF two-sided .05 kMax=3", &of, &THIRDS[..], 2),
        ("GSD P two-sided .05 kMax=3", &pocock, &THIRDS[..], 2),
        (
            "GSD asHSD gamma=-4",
            &Boundary::Spending(Spending::HwangShihDeCani { gamma: -4.0 }),
            &[0.5, 0.75, 1.0][..],
            1,
        ),
    ] {
        let expected = case("group_sequential_sample_size", id);
        let ours = plan(boundary.clone(), fractions, 0.025 * f64::from(sides), sides, 0.8);
        all_close(&ours.bounds.upper, &expected["crit"], 3e-7);
        all_close(&ours.alpha_spent(), &expected["alphaSpent"], 1.5e-6);
        all_close(&ours.stage_levels(), &expected["stageLevels"], 2e-6);
    }
}

#[test]
fn futility_of_rpact() {
    let expected = case("group_sequential_sample_size", "GSD asOF + bsOF");
    let request = SequentialRequest {
        fractions: THIRDS.to_vec(),
        alpha: 0.025,
        sides: 1,
        boundary: Boundary::Spending(Spending::OBrienFleming),
        futility: Some(Futility {
            rule: FutilityRule::BetaSpending(Spending::OBrienFleming),
            binding: false,
            not_before: 0.0,
        }),
    };
    let ours = request.with_power(0.8);
    all_close(&ours.bounds.upper, &expected["crit"], 3e-7);
    all_close(&ours.bounds.lower[..2], &expected["futility"], 1e-6);
    all_close(&ours.beta_spent().unwrap(), &expected["betaSpent"], 1e-6);
    let power = stapjes::design::sequential::cumulative(&ours.alternative.upper);
    all_close(&power, &expected["power"], 1e-6);
}

#[test]
fn gs_design_default() {
    let expected = case("gsdesign", "gsDesign default");
    let request = SequentialRequest {
        fractions: THIRDS.to_vec(),
        alpha: 0.025,
        sides: 1,
        boundary: Boundary::Spending(Spending::HwangShihDeCani { gamma: -4.0 }),
        futility: Some(Futility {
            rule: FutilityRule::BetaSpending(Spending::HwangShihDeCani { gamma: -2.0 }),
            binding: false,
            not_before: 0.0,
        }),
    };
    let ours = request.with_power(0.9);
    all_close(&ours.bounds.upper, &expected["upper"], 1e-6);
    all_close(&ours.bounds.lower, &expected["lower"], 1e-6);
    close(ours.inflation, expected["n.I"][2].as_f64().unwrap(), 1e-6);
    all_close(&ours.null.upper, &expected["prob_H0_upper"], 1e-6);
    all_close(&ours.alternative.upper, &expected["prob_H1_upper"], 1e-6);
    for look in 0..3 {
        let lower = numbers(&expected["prob_lower"][look]);
        close(ours.null.lower[look], lower[0], 1e-6);
        close(ours.alternative.lower[look], lower[1], 1e-6);
    }
    all_close(&[ours.expected_information(0.0), ours.expected_information(1.0)], &expected["en"], 1e-6);
}

#[test]
fn gs_design_two_sided_and_o_brien_fleming() {
    let expected = case("gsdesign", "gsDesign LDOF k=3 sym");
    let ours = plan(Boundary::Spending(Spending::OBrienFleming), &THIRDS, 0.05, 2, 0.9);
    all_close(&ours.bounds.upper, &expected["upper"], 1e-6);
    all_close(&ours.bounds.lower, &expected["lower"], 1e-6);
    close(ours.inflation, expected["n.I"][2].as_f64().unwrap(), 1e-6);
    all_close(&ours.alternative.upper, &expected["prob_H1_upper"], 1e-6);
    all_close(&[ours.expected_information(0.0), ours.expected_information(1.0)], &expected["en"], 1e-6);

    let expected = case("gsdesign", "gsDesign OF k=5");
    let ours = plan(Boundary::WangTsiatis { delta: 0.0 }, &[0.2, 0.4, 0.6, 0.8, 1.0], 0.025, 1, 0.9);
    all_close(&ours.bounds.upper, &expected["upper"], 1e-6);
    all_close(&ours.null.upper, &expected["prob_H0_upper"], 1e-5);
    all_close(&ours.alternative.upper, &expected["prob_H1_upper"], 1e-5);
    close(ours.inflation, expected["n.I"][4].as_f64().unwrap(), 1e-6);
}

#[test]
fn spending_functions_of_gs_design() {
    let expected = case("gsdesign", "spending functions");
    for (key, spending) in [
        ("LDOF", Spending::OBrienFleming),
        ("LDPocock", Spending::Pocock),
        ("HSD_m4", Spending::HwangShihDeCani { gamma: -4.0 }),
        ("power3", Spending::KimDeMets { rho: 3.0 }),
    ] {
        let ours: Vec<f64> = [0.25, 0.5, 0.75].iter().map(|t| spending.spent(0.025, *t, 0)).collect();
        all_close(&ours, &expected[key], 1e-7);
    }
}

mod survival {
    use super::{all_close, case, close, numbers};
    use serde_json::Value;
    use stapjes::design::analytic::{
        ArmHazards, Benefit, DriftFormula, InformationScale, Level, LookTiming, Piecewise, PlannedTest,
        PooledCurve, PowerQuestion, Stratum, SurvivalTest, Trial, WeightFunction, average_hazard_ratio,
        expected_counts, looks, month_of_events, score_moments, staged_plan,
    };
    use stapjes::design::sequential::{Boundary, SequentialRequest, Spending};

    const ONE_SIDED: Level = Level { alpha: 0.025, sides: 1 };
    const HALF_LATE: WeightFunction = WeightFunction::FlemingHarrington { rho: 0.0, gamma: 0.5 };
    const LATE: WeightFunction = WeightFunction::FlemingHarrington { rho: 0.0, gamma: 1.0 };

    fn two_arms(enrollment: (f64, f64), control: Piecewise, ratio: Piecewise, loss: f64) -> Trial {
        let loss = Piecewise::constant(loss);
        let treated = control.combined(&ratio, |h, r| h * r);
        Trial {
            enrollment: Piecewise::constant(enrollment.0 / enrollment.1),
            enrollment_months: enrollment.1,
            treated_share: 0.5,
            maximum_months: None,
            strata: vec![Stratum {
                share: 1.0,
                treated: ArmHazards { event: treated, loss: loss.clone() },
                control: ArmHazards { event: control, loss },
            }],
        }
    }

    fn delayed(participants: f64, enrollment: f64, median: f64, delay: f64) -> Trial {
        let ratio = Piecewise::new(vec![0.0, delay], vec![1.0, 0.6]).unwrap();
        let control = Piecewise::constant(std::f64::consts::LN_2 / median);
        two_arms((participants, enrollment), control, ratio, 0.001)
    }

    fn domain() -> Trial {
        let ratio = Piecewise::new(vec![0.0, 24.0], vec![1.0, 1.6]).unwrap();
        two_arms((2000.0, 6.0), Piecewise::constant(0.004), ratio, 0.005)
    }

    fn analysis(test: SurvivalTest, method: DriftFormula, benefit: Benefit) -> PlannedTest {
        PlannedTest { test, method, level: ONE_SIDED, benefit, null_ratio: 1.0, design_effect: 1.0 }
    }

    fn later(weight: WeightFunction, method: DriftFormula) -> PowerQuestion {
        PowerQuestion {
            analysis: analysis(SurvivalTest::Weighted(weight), method, Benefit::Later),
            staged: None,
        }
    }

    fn sooner(test: SurvivalTest) -> PowerQuestion {
        PowerQuestion { analysis: analysis(test, DriftFormula::Direct, Benefit::Sooner), staged: None }
    }

    const MB8: WeightFunction = WeightFunction::ModestlyUntil { months: 8.0, highest: f64::INFINITY };
    const MB6: WeightFunction = WeightFunction::ModestlyUntil { months: 6.0, highest: f64::INFINITY };

    /// gsDesign2 integrates FH(0, 0.5), whose weight has a square root at 0, with R's default tolerance and is off by 1e-4: the
    /// same integrals in R at tolerance 1e-10 give n = 355.536779254, which is ours to twelve digits.
    #[test]
    fn delayed_effect_sizes_of_gs_design_2() {
        for (id, weight, method, precision) in [
            (
                "fixed_design_ahr",
                WeightFunction::LogRank,
                DriftFormula::AverageHazardRatio(InformationScale::Both),
                1e-9,
            ),
            ("fixed_design_fh (0,0.5)", HALF_LATE, DriftFormula::Asymptotic(InformationScale::Both), 2e-4),
            ("fixed_design_mb tau=8", MB8, DriftFormula::Asymptotic(InformationScale::Both), 5e-5),
        ] {
            let expected = case("delayed_effect_design", id);
            let trial = delayed(360.0, 18.0, 12.0, 4.0);
            let size = later(weight, method).size(&trial, 36.0, 0.9).unwrap();
            close(size, expected["n"].as_f64().unwrap(), precision);
            let counts = expected_counts(&trial.with_participants(size), 36.0);
            close(counts.events(), expected["event"].as_f64().unwrap(), precision);
        }
        let half = later(HALF_LATE, DriftFormula::Asymptotic(InformationScale::Both));
        close(half.size(&delayed(360.0, 18.0, 12.0, 4.0), 36.0, 0.9).unwrap(), 355.536779254304, 1e-11);
        let ahr = average_hazard_ratio(&delayed(360.0, 18.0, 12.0, 4.0), 36.0).hazard_ratio;
        close(ahr, case("delayed_effect_design", "fixed_design_ahr")["ahr"].as_f64().unwrap(), 1e-9);
    }

    #[test]
    fn duration_curve_of_gs_design_2() {
        let trial = delayed(360.0, 18.0, 12.0, 4.0);
        for month in [12.0, 24.0, 36.0, 60.0] {
            let expected = case("delayed_effect_design", &format!("power at n=360, T = {month}"));
            for (key, weight, method) in [
                ("ahr", WeightFunction::LogRank, DriftFormula::AverageHazardRatio(InformationScale::Both)),
                ("fh00", WeightFunction::LogRank, DriftFormula::Asymptotic(InformationScale::Both)),
                ("fh0h", HALF_LATE, DriftFormula::Asymptotic(InformationScale::Both)),
                ("mb8", MB8, DriftFormula::Asymptotic(InformationScale::Both)),
            ] {
                if let Some(power) = expected[key].as_f64() {
                    let precision = match key {
                        "ahr" => 1e-8,
                        "fh0h" => 2e-4,
                        _ => 5e-5,
                    };
                    close(later(weight, method).power(&trial, month).unwrap(), power, precision);
                }
            }
        }
    }

    /// FH(0, 0.5) is the power after `to_integer`, which also moves the analysis to a whole number of events.
    #[test]
    fn delayed_effect_vignette_of_gs_design_2() {
        for month in [24.0, 36.0, 48.0, 60.0] {
            let expected = case("duration", &format!("gsDesign2 delayed-effect vignette T = {month}"));
            let trial = delayed(expected["n"].as_f64().unwrap(), 12.0, 15.0, 6.0);
            let method = DriftFormula::Asymptotic(InformationScale::Both);
            let power = |test: SurvivalTest| {
                let question =
                    PowerQuestion { analysis: analysis(test, method, Benefit::Later), staged: None };
                question.power(&trial, month).unwrap()
            };
            close(power(SurvivalTest::Weighted(HALF_LATE)), expected["fh05"].as_f64().unwrap(), 1.5e-3);
            close(
                power(SurvivalTest::Weighted(WeightFunction::LogRank)),
                expected["logrank"].as_f64().unwrap(),
                2e-4,
            );
            close(power(SurvivalTest::Weighted(MB6)), expected["mb6"].as_f64().unwrap(), 1e-5);
            let combo = SurvivalTest::MaxCombo(vec![WeightFunction::LogRank, HALF_LATE]);
            close(power(combo), expected["maxcombo2"].as_f64().unwrap(), 1e-5);
        }
    }

    #[test]
    fn domain_duration_curve_of_lrstat() {
        for month in [18.0, 36.0, 60.0, 96.0] {
            let expected = case("duration", &format!("DOMAIN duration curve T = {month}"));
            let fh = |rho: f64, gamma: f64| {
                SurvivalTest::Weighted(WeightFunction::FlemingHarrington { rho, gamma })
            };
            for (key, test) in [
                ("FH0_0", fh(0.0, 0.0)),
                ("FH0_1", fh(0.0, 1.0)),
                ("FH0_0.5", fh(0.0, 0.5)),
                ("FH1_0", fh(1.0, 0.0)),
                ("milestone_at_minfup", SurvivalTest::Milestone(Some(month - 6.01))),
                ("rmst_at_minfup", SurvivalTest::RestrictedMean(Some(month - 6.01))),
            ] {
                close(sooner(test).power(&domain(), month).unwrap(), expected[key].as_f64().unwrap(), 1e-7);
            }
            if let Some(events) = expected["events"].as_f64() {
                close(expected_counts(&domain(), month).events(), events, 1e-9);
            }
            let ahr = average_hazard_ratio(&domain(), month).hazard_ratio;
            close(ahr, expected["ahr"].as_f64().unwrap(), 1e-9);
        }
    }

    #[test]
    fn required_duration_of_lrstat() {
        for (id, weight) in
            [("FH(0,0)", WeightFunction::LogRank), ("FH(0,1)", LATE), ("FH(0,0.5)", HALF_LATE)]
        {
            let expected = case("required_duration", &format!("n=2000 delay 24 {id}"));
            let follow_up = sooner(SurvivalTest::Weighted(weight)).follow_up(&domain(), 0.8).unwrap();
            close(6.0 + follow_up, expected["T"].as_f64().unwrap(), 1e-7);
        }
    }

    /// README of lrstat: nine enrollment rates, delay of 6 months, two looks with O'Brien-Fleming spending.
    fn readme() -> Trial {
        let loss = Piecewise::constant(-libm::log(0.95) / 12.0);
        let pieces = |late: f64| Piecewise::new(vec![0.0, 6.0], vec![0.0533, late]).unwrap();
        let treated = ArmHazards { event: pieces(0.0309), loss: loss.clone() };
        let control = ArmHazards { event: pieces(0.0533), loss };
        let starts = (0..9).map(f64::from).collect();
        let rates = (1..10).map(|i| 26.0 / 9.0 * f64::from(i)).collect();
        Trial {
            enrollment: Piecewise::new(starts, rates).unwrap(),
            enrollment_months: 22.0,
            treated_share: 0.5,
            maximum_months: None,
            strata: vec![Stratum { share: 1.0, treated, control }],
        }
    }

    #[test]
    fn group_sequential_power_of_lrstat() {
        for (id, weight) in [("FH(0,0)", WeightFunction::LogRank), ("FH(0,1)", LATE)] {
            let expected = case("weighted_log_rank_power", &format!("lrpower README inputs {id}"));
            let request = SequentialRequest {
                fractions: vec![0.8, 1.0],
                alpha: 0.025,
                sides: 1,
                boundary: Boundary::Spending(Spending::OBrienFleming),
                futility: None,
            };
            let analysis = analysis(SurvivalTest::Weighted(weight), DriftFormula::Direct, Benefit::Later);
            let looks = looks(&readme(), 40.0, &analysis, &request, &LookTiming::Information).unwrap();
            let plan = staged_plan(&looks, &request, 1.0, None);
            let stage = &expected["bystage"];
            let each = |value: fn(&stapjes::design::analytic::StagedLook) -> f64| {
                looks.iter().map(value).collect::<Vec<f64>>()
            };
            all_close(&plan.bounds.upper, &stage["efficacyBounds"], 1e-6);
            all_close(&plan.alternative.upper, &stage["rejectPerStage"], 1e-6);
            all_close(&each(|look| look.month), &stage["analysisTime"], 1e-6);
            all_close(&each(|look| look.counts.events()), &stage["numberOfEvents"], 1e-6);
            all_close(&each(|look| look.counts.losses()), &stage["numberOfDropouts"], 1e-6);
            all_close(&each(|look| look.counts.participants), &stage["numberOfSubjects"], 1e-6);
            all_close(&each(|look| look.expected.information), &stage["information"], 1e-6);
            close(plan.power, expected["overallReject"].as_f64().unwrap(), 1e-6);
            let events = plan.alternative.expected(&each(|look| look.counts.events()));
            close(events, expected["expectedNumberOfEvents"].as_f64().unwrap(), 1e-6);
            let duration = plan.alternative.expected(&each(|look| look.month));
            close(duration, expected["expectedStudyDuration"].as_f64().unwrap(), 1e-6);
            let information = plan.alternative.expected(&each(|look| look.expected.information));
            close(information, expected["expectedInformation"].as_f64().unwrap(), 1e-6);
        }
    }

    #[test]
    fn approximations_of_gs_design() {
        for (id, method) in [
            ("nSurv method LachinFoulkes", DriftFormula::LachinFoulkes),
            ("nSurv method Schoenfeld", DriftFormula::Schoenfeld),
            ("nSurv method Freedman", DriftFormula::Freedman),
            ("nSurv method BernsteinLagakos", DriftFormula::BernsteinLagakos),
        ] {
            let expected = case("gsdesign", id);
            let control = Piecewise::constant(std::f64::consts::LN_2 / 12.0);
            let trial = two_arms((180.0, 18.0), control, Piecewise::constant(0.7), 0.01);
            let size = later(WeightFunction::LogRank, method).size(&trial, 36.0, 0.9).unwrap();
            close(size, expected["n"].as_f64().unwrap(), 1e-10);
            let counts = expected_counts(&trial.with_participants(size), 36.0);
            close(counts.events(), expected["d"].as_f64().unwrap(), 1e-10);
            close(counts.control_events, expected["eDC"].as_f64().unwrap(), 1e-10);
            close(counts.treated_events, expected["eDE"].as_f64().unwrap(), 1e-10);
        }
    }

    /// gsDesign searches to a tolerance of 1e-4 months.
    #[test]
    fn follow_up_search_of_gs_design() {
        let expected = case("gsdesign", "nSurv FOLLOW-UP DURATION search");
        let control = Piecewise::constant(std::f64::consts::LN_2 / 6.0);
        let mut trial = two_arms((1.0, 1.0), control, Piecewise::constant(0.6), 0.001);
        trial.enrollment = Piecewise::new(vec![0.0, 2.0, 4.0, 6.0], vec![6.0, 12.0, 18.0, 24.0]).unwrap();
        trial.enrollment_months = 12.0;
        close(trial.participants(), 216.0, 1e-12);
        let question = later(WeightFunction::LogRank, DriftFormula::LachinFoulkes);
        let follow_up = question.follow_up(&trial, 0.9).unwrap();
        close(12.0 + follow_up, expected["T"].as_f64().unwrap(), 1e-6);
    }

    #[test]
    fn survival_sizes_of_rpact() {
        let exponential = |rate: f64, ratio: f64, months: f64| {
            two_arms((100.0, months), Piecewise::constant(rate), Piecewise::constant(ratio), 0.0)
        };
        let get = |id: &str, key: &str| -> f64 {
            let expected = case("group_sequential_sample_size", id);
            expected[key].as_f64().unwrap_or_else(|| match &expected[key] {
                Value::Array(rows) => numbers(&rows[0])[0],
                _ => panic!("{key}"),
            })
        };
        let id = "SS surv Schoenfeld fixed";
        let trial = exponential(0.04, 0.6, 12.0);
        let size = later(WeightFunction::LogRank, DriftFormula::Schoenfeld).size(&trial, 18.0, 0.8).unwrap();
        close(size, get(id, "nFixed"), 1e-12);
        close(
            expected_counts(&trial.with_participants(size), 18.0).events(),
            get(id, "maxNumberOfEvents"),
            1e-12,
        );

        let id = "SS surv Freedman";
        let trial = exponential(std::f64::consts::LN_2 / 12.0, 0.75, 24.0);
        let mut question = later(WeightFunction::LogRank, DriftFormula::Freedman);
        question.analysis.level = Level { alpha: 0.05, sides: 2 };
        close(question.size(&trial, 36.0, 0.9).unwrap(), get(id, "nFixed"), 1e-12);

        let id = "SS surv follow-up search";
        let trial = exponential(std::f64::consts::LN_2 / 18.0, 0.7, 12.0).with_participants(600.0);
        let follow_up =
            later(WeightFunction::LogRank, DriftFormula::Schoenfeld).follow_up(&trial, 0.9).unwrap();
        close(follow_up, get(id, "followUpTime"), 1e-8);

        let id = "Power surv n=200 events=40";
        let (control, treated) = (-libm::log(0.6) / 12.0, -libm::log(0.8) / 12.0);
        let trial = exponential(control, treated / control, 12.0).with_participants(200.0);
        let month = month_of_events(&trial, 40.0).unwrap();
        close(month, get(id, "analysisTime"), 1e-8);
        let power = later(WeightFunction::LogRank, DriftFormula::Schoenfeld).power(&trial, month).unwrap();
        close(power, get(id, "overallReject"), 1e-9);
    }

    /// Correlations as printed in lrstat's vignette: second critical value of a log-rank look followed by the larger of
    /// log-rank and FH(0,1), and the U and V it is made of (Prior 2020: 100 participants, see the fixture).
    #[test]
    fn max_combo_vignette_of_lrstat() {
        let moments = case("weighted_log_rank_power", "expected U,V");
        let get = |weight: &str, what: &str, look: usize| moments[weight][what][look].as_f64().unwrap();
        let correlation = |covariance: f64, a: f64, b: f64| covariance / libm::sqrt(a * b);
        let across =
            correlation(get("fh00", "vscore", 0), get("fh00", "vscore", 0), get("fh00", "vscore", 1));
        let late = correlation(get("fh0h", "vscore", 0), get("fh00", "vscore", 0), get("fh01", "vscore", 1));
        let within =
            correlation(get("fh0h", "vscore", 1), get("fh00", "vscore", 1), get("fh01", "vscore", 1));
        let matrix = [1.0, across, late, across, 1.0, within, late, within, 1.0];
        let below = |first: f64, second: f64, drift: [f64; 3]| {
            let lower = [f64::NEG_INFINITY; 3];
            let upper = [first - drift[0], second - drift[1], second - drift[2]];
            stapjes::stats::multivariate_normal::rectangle(&lower, &upper, &matrix)
        };
        let expected = case("weighted_log_rank_power", "u2 and power");
        let first = Spending::OBrienFleming.spent(0.025, 0.5, 0);
        let u1 = stapjes::stats::normal::quantile(1.0 - first);
        let u2 = stapjes::stats::root::brent(1.0, 4.0, 1e-9, |u| below(u1, u, [0.0; 3]) - 0.975).unwrap();
        close(u2, expected["u2"].as_f64().unwrap(), 1e-4);
        let drift = [-get("fh00", "logRankZ", 0), -get("fh00", "logRankZ", 1), -get("fh01", "logRankZ", 1)];
        close(1.0 - below(u1, u2, drift), expected["power"].as_f64().unwrap(), 5e-4);
    }

    /// The same study from its hazards: .25 per month in both arms for 1.5 months, then .125 in the treated arm.
    #[test]
    fn scores_and_variances_of_lrstat() {
        let ratio = Piecewise::new(vec![0.0, 1.5], vec![1.0, 0.5]).unwrap();
        let trial = two_arms((100.0, 4.0), Piecewise::constant(0.25), ratio, 0.0);
        let theirs = case("weighted_log_rank_power", "expected U,V");
        let weights = [("fh00", WeightFunction::LogRank), ("fh01", LATE), ("fh0h", HALF_LATE)];
        let all: Vec<WeightFunction> = weights.iter().map(|w| w.1).collect();
        for (look, month) in [5.363, 50.324].into_iter().enumerate() {
            let moments = score_moments(&trial, month, &all, PooledCurve::KaplanMeier, 1.0);
            for (index, (name, _)) in weights.iter().enumerate() {
                close(moments.score[index], theirs[*name]["uscore"][look].as_f64().unwrap(), 1e-7);
                close(
                    moments.covariance[index][index],
                    theirs[*name]["vscore"][look].as_f64().unwrap(),
                    1e-7,
                );
            }
            // cov(FH(0,0), FH(0,1)) is the variance of FH(0, 1/2).
            close(moments.covariance[0][1], moments.covariance[2][2], 1e-12);
            let counts = expected_counts(&trial, month);
            close(counts.treated_events, theirs["fh00"]["nevents1"][look].as_f64().unwrap(), 1e-9);
            close(counts.control_events, theirs["fh00"]["nevents2"][look].as_f64().unwrap(), 1e-9);
        }
    }
}

mod other_designs {
    use super::{case, close};
    use stapjes::design::clusters::{
        ClusterOutcome, ParallelClusters, SmallSample, TimeTrend, Wedge, WedgeVariance, design_effect,
        hussey_hughes_variance, stepped_exposure,
    };
    use stapjes::design::counts::{CountDesign, FollowUp};
    use stapjes::design::event_driven::{EventDesign, EventFormula};
    use stapjes::design::proportions::TwoProportions;

    #[test]
    fn two_proportions_of_r_and_rpact() {
        let plan = |treated: f64, control: f64| TwoProportions { treated, control, allocation_ratio: 1.0 };
        let n = |id: &str| case("proportions", id)["n"].as_f64().unwrap();
        // R searches power.prop.test to a tolerance of 1e-4.
        close(plan(0.5, 0.75).size(0.9, 0.025).unwrap() / 2.0, n(".50 vs .75 power .9"), 2e-6);
        close(plan(0.5, 0.75).size(0.8, 0.05).unwrap() / 2.0, n("one-sided power .8"), 2e-6);
        let rpact = case("group_sequential_sample_size", "SS rates .4 vs .2");
        close(plan(0.4, 0.2).size(0.8, 0.025).unwrap(), rpact["nFixed"].as_f64().unwrap(), 1e-12);
    }

    /// Exact shares of the ladder O4 of the model page (hazard form, one step a month): a move between bands, then an exit.
    fn ladder_work(up_factor: f64, months: usize) -> f64 {
        let up = [0.010, 0.014, 0.030, 0.060, 0.0].map(|h| h * up_factor);
        let down = [0.0, 0.008, 0.012, 0.015, 0.020];
        let work = [0.0004, 0.0015, 0.006, 0.020, 0.040];
        let mut share = [0.35, 0.50, 0.12, 0.02, 0.01];
        let mut worked = 0.0;
        for _ in 0..months {
            let mut moved = [0.0; 5];
            for band in 0..5 {
                let all = up[band] + down[band];
                let moves = 1.0 - libm::exp(-all);
                moved[band] += share[band] * (1.0 - moves);
                if band < 4 {
                    moved[band + 1] += share[band] * moves * up[band] / all;
                }
                if band > 0 {
                    moved[band - 1] += share[band] * moves * down[band] / all;
                }
            }
            for band in 0..5 {
                let hazard = work[band] + 0.004;
                let leaves = moved[band] * (1.0 - libm::exp(-hazard));
                worked += leaves * work[band] / hazard;
                share[band] = moved[band] - leaves;
            }
        }
        worked
    }

    /// Oracle O4b of the model page: how many participants per arm for 80 % power to see up-moves 1.8 times as frequent.
    #[test]
    fn participants_for_the_ladder() {
        close(ladder_work(1.0, 60), 0.18650311, 5e-8);
        for (months, difference, per_arm) in [
            (12, Some(0.0068216251), 11735.0),
            (18, Some(0.0146316870), 4027.0),
            (24, None, 1964.0),
            (36, None, 781.0),
            (48, None, 442.0),
            (60, Some(0.0965936154), 302.0),
        ] {
            let (control, treated) = (ladder_work(1.0, months), ladder_work(1.8, months));
            if let Some(difference) = difference {
                close(treated - control, difference, 1e-7);
            }
            let size = TwoProportions { treated, control, allocation_ratio: 1.0 }.size(0.8, 0.025).unwrap();
            assert_eq!(libm::ceil(size / 2.0), per_arm, "{months} months");
        }
    }

    #[test]
    fn events_of_lifelines() {
        for (n, treated, control) in [(50.0, 0.3, 0.4), (421.0, 0.25, 0.35)] {
            let id = format!("'n_exp': {n}, 'n_con': {n}");
            let design = EventDesign {
                hazard_ratio: 0.7,
                treated_share: treated,
                control_share: control,
                allocation_ratio: 1.0,
                formula: EventFormula::Freedman,
            };
            close(design.power(2.0 * n, 0.025), case("python_tools", &id).as_f64().unwrap(), 1e-12);
        }
    }

    #[test]
    fn counts_of_gscounts() {
        let expected = case("stepped_wedge_counts", "design_nb");
        let design = CountDesign {
            treated_rate: 0.0875,
            control_rate: 0.125,
            dispersion: 5.0,
            allocation_ratio: 2.0,
            null_ratio: 1.0,
            design_effect: 1.0,
            loss_rate: 0.0,
        };
        let follow_up = FollowUp::Staggered { accrual: 1.0, study: 4.0 };
        let needed = design.needed_information(0.8, 0.025).unwrap();
        let (treated, control) = design.size(needed, follow_up).unwrap();
        assert_eq!(treated as f64, expected["n1"].as_f64().unwrap());
        assert_eq!(control as f64, expected["n2"].as_f64().unwrap());
        close(
            design.information((treated, control), follow_up),
            expected["max_info"].as_f64().unwrap(),
            1e-12,
        );
    }

    #[test]
    fn clusters_of_crt_size() {
        let plan = ParallelClusters {
            outcome: ClusterOutcome::Proportions { treated: 0.3, control: 0.5 },
            cluster_size: 20.0,
            correlation: 0.05,
            variation: 0.0,
            small_sample: SmallSample::OneStep,
        };
        let expected = case("stepped_wedge_counts", "n4props");
        close(plan.clusters_per_arm(0.8, 0.025).unwrap(), expected["fields"]["n"].as_f64().unwrap(), 1e-9);
        let effects = case("cluster", "design effects");
        close(design_effect(20.0, 0.05, 0.0), effects["m20_icc.05"].as_f64().unwrap(), 1e-15);
        close(design_effect(100.0, 0.01, 0.0), effects["m100_icc.01"].as_f64().unwrap(), 1e-15);
        close(design_effect(20.0, 0.05, 0.6), effects["m20_icc.05_cv.6"].as_f64().unwrap(), 1e-15);
    }

    fn wedge(steps: &[usize], sizes: &[f64], build_up: &[f64], variance: WedgeVariance) -> Wedge {
        let exposure = stepped_exposure(steps, steps.len() + 1, build_up);
        let size = |row: usize| if sizes.len() == 1 { sizes[0] } else { sizes[row] };
        let participants = (0..exposure.len()).map(|row| vec![size(row); steps.len() + 1]).collect();
        Wedge { exposure, participants, variance, trend: TimeTrend::Periods }
    }

    fn variance(residual: f64, cluster: f64) -> WedgeVariance {
        WedgeVariance {
            residual,
            cluster,
            autocorrelation: 1.0,
            treatment: 0.0,
            correlation: 0.0,
            period: 0.0,
            participant: 0.0,
        }
    }

    #[test]
    fn stepped_wedge_of_stepped_power() {
        let plain = variance(2.0, 0.33);
        let regressive = WedgeVariance { autocorrelation: 0.7, ..plain };
        for (id, sizes, build_up, variance) in [
            ("glsPower 5 clusters", &[10.0][..], &[][..], plain),
            ("glsPower AR=.7", &[10.0], &[], regressive),
            ("glsPower varying", &[12.0, 8.0, 10.0, 9.0, 14.0], &[], plain),
            ("glsPower trtDelay", &[10.0], &[0.5], plain),
        ] {
            let power = wedge(&[1; 5], sizes, build_up, variance).power(1.0, 0.05, 2).unwrap();
            close(power, case("stepped_wedge", id)["power"].as_f64().unwrap(), 1e-10);
        }
    }

    #[test]
    fn stepped_wedge_of_swcrt_design() {
        let mean = 0.5 * (0.05 + 0.035);
        let binomial = variance(libm::sqrt(mean * (1.0 - mean)), 0.01);
        for (id, build_up) in [("Ex1 RIO", &[][..]), ("tx.effect.frac", &[0.25, 0.5, 0.75, 1.0])] {
            let power = wedge(&[6; 4], &[120.0], build_up, binomial).power(0.015, 0.05, 2).unwrap();
            close(power, case("stepped_wedge_counts", id)["power"].as_f64().unwrap(), 1e-10);
        }
    }

    #[test]
    fn stepped_wedge_of_hussey_and_hughes() {
        for (id, steps, m, p0, p1, tau2) in [
            ("steps 4 per 6", [6usize; 4], 100.0, 0.05, 0.032, 0.000225),
            ("steps 4 per 1", [1; 4], 20.0, 0.25, 0.5, 0.05),
        ] {
            let expected = case("cluster", id);
            let mean = 0.5 * (p0 + p1);
            let residual = mean * (1.0 - mean);
            let design = wedge(&steps, &[m], &[], variance(libm::sqrt(residual), libm::sqrt(tau2)));
            close(design.effect_variance().unwrap(), expected["var_gls"].as_f64().unwrap(), 1e-11);
            let closed = hussey_hughes_variance(&design.exposure, residual / m, tau2);
            close(closed, expected["var_formula"].as_f64().unwrap(), 1e-12);
            // Their power leaves out the wrong tail (5e-7).
            let power = design.power(p1 - p0, 0.025, 1).unwrap();
            close(power, expected["power_two_sided_.05"].as_f64().unwrap(), 1e-9);
        }
    }
}

mod design_files {
    use super::{all_close, case, close, numbers};
    use serde_json::{Map, Value};
    use stapjes::design::document;

    fn ask(text: &str) -> Map<String, Value> {
        match document::answer("test.toml", text.as_bytes()) {
            Ok(answer) => answer,
            Err(problems) => panic!("{}", problems.render(false)),
        }
    }

    fn complain(text: &str) -> String {
        document::answer("test.toml", text.as_bytes()).expect_err("this should not be accepted").render(false)
    }

    fn value(answer: &Map<String, Value>, key: &str) -> f64 {
        answer[key].as_f64().unwrap_or_else(|| panic!("{key} is {}", answer[key]))
    }

    #[test]
    fn every_shipped_design_has_an_answer() {
        let folder = format!("{}/scenarios/design", env!("CARGO_MANIFEST_DIR"));
        let mut kinds = std::collections::BTreeSet::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let bytes = std::fs::read(&path).unwrap();
            let answer = document::answer(&path.display().to_string(), &bytes)
                .unwrap_or_else(|problems| panic!("{}", problems.render(false)));
            assert!(!answer["title"].as_str().unwrap().is_empty());
            let text = serde_json::to_string(&answer).unwrap();
            assert!(!text.contains("\"feasible\":false"), "{}: {text}", path.display());
            kinds.insert(answer["kind"].as_str().unwrap().to_owned());
        }
        assert_eq!(kinds.len(), 8, "every kind has an example: {kinds:?}");
    }

    const README: &str = r#"
        kind = "survival"
        alpha = 0.025
        sides = 1
        benefit = "later"
        [enrollment]
        months = 22
        starts_months = [0, 1, 2, 3, 4, 5, 6, 7, 8]
        rates_per_month = [2.888888888888889, 5.777777777777778, 8.666666666666667, 11.555555555555556, 14.444444444444445,
                           17.333333333333332, 20.22222222222222, 23.11111111111111, 26.0]
        [follow_up]
        months = 18
        [hazards]
        starts_months = [0, 6]
        control_per_month = 0.0533
        treated_per_month = [0.0533, 0.0309]
        loss_per_month = 0.0042744411956209
        [sequential]
        information = [0.8, 1.0]
        boundary = "lan-demets-obrien-fleming"
    "#;

    #[test]
    fn lrpower_from_a_design_file() {
        let expected = case("weighted_log_rank_power", "lrpower README inputs FH(0,1)");
        let answer = ask(&format!("{README}\n[[test]]\nkind = \"fleming-harrington\"\ngamma = 1\n"));
        close(value(&answer, "power"), expected["overallReject"].as_f64().unwrap(), 1e-6);
        all_close(&numbers(&answer["sequential"]["months"]), &expected["bystage"]["analysisTime"], 1e-6);
        all_close(&numbers(&answer["sequential"]["reject"]), &expected["bystage"]["rejectPerStage"], 1e-6);
        close(
            answer["sequential"]["expected_months"].as_f64().unwrap(),
            expected["expectedStudyDuration"].as_f64().unwrap(),
            1e-6,
        );
    }

    #[test]
    fn no_power_before_the_effect_starts() {
        let text = r#"
            kind = "survival"
            sides = 1
            alpha = 0.03
            [enrollment]
            months = 6
            participants = 50000
            [follow_up]
            study_months = 24
            [hazards]
            starts_months = [0, 24]
            control_per_month = 0.004
            hazard_ratio = [1.0, 1.6]
            [[test]]
            kind = "log-rank"
            [[test]]
            kind = "max-combo"
            rho = [0, 0, 1]
            gamma = [0, 1, 0]
        "#;
        let answer = ask(text);
        for result in answer["results"].as_array().unwrap() {
            close(result["power"].as_f64().unwrap(), 0.03, 1e-6);
            assert_eq!(result["effect_starts_months_after_entry"], 24.0);
        }
        let sought = text.replace("sides = 1", "sides = 1\nsolve = \"size\"");
        let answer = ask(&sought);
        assert_eq!(answer["results"][0]["feasible"], false);
    }

    #[test]
    fn boundaries_and_sizes_from_design_files() {
        let expected = case("gsdesign", "gsDesign default");
        let answer = ask(r#"
            kind = "sequential"
            alpha = 0.025
            sides = 1
            power = 0.9
            [sequential]
            looks = 3
            boundary = "hwang-shih-decani"
            gamma = -4
            [sequential.futility]
            boundary = "hwang-shih-decani"
            gamma = -2
        "#);
        all_close(&numbers(&answer["sequential"]["upper_z"]), &expected["upper"], 1e-6);
        all_close(&numbers(&answer["sequential"]["lower_z"]), &expected["lower"], 1e-6);
        close(value(&answer, "inflation_factor"), expected["n.I"][2].as_f64().unwrap(), 1e-6);

        let answer =
            ask("kind = \"proportions\"\nsolve = \"size\"\npower = 0.9\ntreated = 0.75\ncontrol = 0.5\n");
        let expected = case("proportions", ".50 vs .75 power .9");
        close(value(&answer, "participants_treated"), expected["n"].as_f64().unwrap(), 2e-6);
        let crt = ask(
            "kind = \"clusters\"\nsolve = \"size\"\ntreated = 0.3\ncontrol = 0.5\ncluster_size = 20\nicc = 0.05\nsmall_sample = \"one-step\"\n",
        );
        let expected = case("stepped_wedge_counts", "n4props");
        close(value(&crt, "clusters_per_arm"), expected["fields"]["n"].as_f64().unwrap(), 1e-9);
        let wedge = ask(
            "kind = \"stepped-wedge\"\nclusters_per_step = [1, 1, 1, 1, 1]\neffect = 1\nresidual_sd = 2\ncluster_sd = 0.33\nparticipants = [12, 8, 10, 9, 14]\n",
        );
        close(value(&wedge, "power"), case("stepped_wedge", "varying")["power"].as_f64().unwrap(), 1e-9);
    }

    #[test]
    fn every_mistake_is_shown_at_once() {
        let text = complain(
            "kind = \"survival\"\nalpha = 1.5\nsolv = \"power\"\n[enrollment]\nmonths = nan\nparticipants = 200\n[follow_up]\nmonths = 12\n[hazards]\ncontrol_per_month = \"0,004\"\nhazard_ratio = [1, -2]\nloss = 0.1\n",
        );
        for part in [
            "test.toml:2:",
            "alpha",
            "test.toml:3:",
            "solve",
            "test.toml:5:",
            "test.toml:10:",
            "decimal point",
            "test.toml:11:",
            "test.toml:12:",
        ] {
            assert!(text.contains(part), "{part} is missing in:\n{text}");
        }
    }

    #[test]
    fn bad_input_is_refused_with_words() {
        for (text, word) in [
            ("", "kind"),
            ("kind = \"survivl\"", "survival"),
            ("alpha = 0,05", "decimal point"),
            ("kind = \"proportions\"\ntreated = 0.1\ncontrol = inf\nparticipants = 10", "control"),
            (
                "kind = \"proportions\"\ntreated = 0.1\ncontrol = 0.2\nparticipants = 11.5\nmethod = \"exact-fisher\"",
                "whole",
            ),
            ("kind = \"proportions\"\nsolve = \"follow-up\"\ntreated = 0.1\ncontrol = 0.2", "one of"),
            (
                "kind = \"sequential\"\n[sequential]\ninformation = [0.5, 0.4, 1.0]\nboundary = \"pocock\"",
                "rise",
            ),
            (
                "kind = \"sequential\"\n[sequential]\ninformation = [0.5, 0.8]\nboundary = \"pocock\"",
                "ends at 1",
            ),
            ("kind = \"sequential\"\n[sequential]\nlooks = 2\nboundary = \"kim-demets\"", "rho"),
            (
                "kind = \"stepped-wedge\"\nexposure = [[0, 1], [0]]\neffect = 1\nresidual_sd = 1\ncluster_sd = 0.1\nparticipants = 5",
                "equally long",
            ),
            (
                "kind = \"survival\"\n[enrollment]\nmonths = 6\nparticipants = 900\n[follow_up]\nmonths = 30\n[hazards]\ncontrol_per_month = 0.01\nhazard_ratio = 1.5\n[sequential]\nmonths = [18, 30]\nboundary = \"pocock\"",
                "ending at 36",
            ),
            (
                "kind = \"interim\"\nz = 1\ninformation = 50\nlater_information = [40]\nupper = [2]",
                "more information",
            ),
            (
                "kind = \"counts\"\ntreated_rate = 1\ncontrol_rate = 2\ndispersion = -1\nparticipants = 20\nfollow_up_each = 1",
                "dispersion",
            ),
        ] {
            assert!(complain(text).contains(word), "{word} is missing in:\n{}", complain(text));
        }
    }

    /// A wrong `solve` must not make every other key look unknown.
    #[test]
    fn one_mistake_is_one_problem() {
        for text in [
            "kind = \"proportions\"\nsolve = \"follow-up\"\ntreated = 0.1\ncontrol = 0.2\nparticipants = 50\n",
            "kind = \"stepped-wedge\"\nclusters_per_step = [1, 1]\ncluster_sd = 0.1\nparticipants = 5\ntreated = 2\ncontrol = 0.1\n",
            "kind = \"clusters\"\nsolve = \"enrollment\"\ntreated = 0.1\ncontrol = 0.2\ncluster_size = 5\nicc = 0.1\nclusters_per_arm = 4\n",
        ] {
            assert_eq!(complain(text).matches("error").count(), 1, "{}", complain(text));
        }
    }

    /// Looks by month: the same plan as looks at the information those months have.
    #[test]
    fn looks_by_month_and_by_information_agree() {
        let plan = |looks: &str| {
            ask(&format!(
                "kind = \"survival\"\nalpha = 0.025\nsides = 1\n[enrollment]\nmonths = 6\nparticipants = 900\n[follow_up]\n\
                 months = 30\n[hazards]\ncontrol_per_month = 0.01\nhazard_ratio = 1.5\n[sequential]\n{looks}\n\
                 boundary = \"lan-demets-pocock\"\n"
            ))
        };
        let by_month = plan("months = [18, 36]");
        let share = by_month["sequential"]["information"][0].as_f64().unwrap();
        let by_share = plan(&format!("information = [{share}, 1.0]"));
        close(value(&by_month, "power"), value(&by_share, "power"), 1e-9);
        close(by_share["sequential"]["months"][0].as_f64().unwrap(), 18.0, 1e-9);
    }

    #[test]
    fn what_cannot_be_reached_is_explained() {
        let text = r#"
            kind = "survival"
            solve = "follow-up"
            power = 0.9
            [enrollment]
            months = 6
            participants = 60
            [hazards]
            control_per_month = 0.01
            hazard_ratio = 1.5
            loss_per_month = 0.02
        "#;
        let answer = ask(text);
        assert_eq!(answer["feasible"], false);
        assert!(value(&answer, "limiting_power") < 0.5);
        let wedge = ask(
            "kind = \"stepped-wedge\"\nsolve = \"size\"\nclusters_per_step = [1, 1, 1]\neffect = 0.2\nresidual_sd = 1\ncluster_sd = 0.3\nautocorrelation = 0.2\n",
        );
        assert_eq!(wedge["feasible"], false);
    }

    fn sequential(head: &str, body: &str) -> Map<String, Value> {
        ask(&format!("kind = \"sequential\"\nalpha = 0.025\nsides = 1\n{head}\n[sequential]\n{body}\n"))
    }

    /// rpact on other inputs than the oracles: unequal looks, binding futility, allocation, dropout, staggered entry.
    #[test]
    fn rpact_on_other_inputs() {
        let futility = |kind: &str| format!("[sequential.futility]\n{kind}");
        for (id, answer) in [
            (
                "WT delta .25",
                sequential(
                    "power = 0.9",
                    "information = [0.3, 0.5, 0.8, 1.0]\nboundary = \"wang-tsiatis\"\ndelta = 0.25",
                ),
            ),
            (
                "asKD gammaA 2.5",
                ask("kind = \"sequential\"\n[sequential]\nlooks = 3\nboundary = \"kim-demets\"\nrho = 2.5\n"),
            ),
            (
                "asHSD -2 with binding",
                sequential(
                    "power = 0.9",
                    &format!(
                        "information = [0.2, 0.5, 0.7, 0.9, 1.0]\nboundary = \"hwang-shih-decani\"\ngamma = -2\n{}",
                        futility("boundary = \"hwang-shih-decani\"\ngamma = -3\nbinding = true")
                    ),
                ),
            ),
            (
                "asP with non-binding",
                sequential(
                    "",
                    &format!(
                        "information = [0.4, 0.7, 1.0]\nboundary = \"lan-demets-pocock\"\n{}",
                        futility("boundary = \"kim-demets\"\nrho = 2")
                    ),
                ),
            ),
            (
                "OF with binding futility",
                sequential(
                    "",
                    &format!(
                        "information = [0.4, 0.7, 1.0]\nboundary = \"obrien-fleming\"\n{}",
                        futility("boundary = \"fixed\"\nz = [0.0, 0.5]\nbinding = true")
                    ),
                ),
            ),
            ("HP kMax 3", sequential("", "looks = 3\nboundary = \"haybittle-peto\"")),
        ] {
            let expected = case("rpact_more", id);
            all_close(&numbers(&answer["sequential"]["upper_z"]), &expected["crit"], 3e-7);
            close(value(&answer, "inflation_factor"), expected["inflation"].as_f64().unwrap(), 1e-7);
            if expected["futility"].is_array() {
                let lower = numbers(&answer["sequential"]["lower_z"]);
                all_close(&lower[..lower.len() - 1], &expected["futility"], 1e-7);
            }
            if expected["en"].is_array() {
                let en = ["expected_information_no_effect", "expected_information"];
                let ours: Vec<f64> =
                    en.iter().map(|key| answer["sequential"][*key].as_f64().unwrap()).collect();
                all_close(&ours, &expected["en"], 1e-7);
            }
        }
    }

    #[test]
    fn rpact_sizes_with_looks() {
        let looks =
            |count: u8, boundary: &str| format!("[sequential]\nlooks = {count}\nboundary = \"{boundary}\"\n");
        let rates = "kind = \"proportions\"\nalpha = 0.025\nsides = 1\ntreated = 0.15\ncontrol = 0.08\n";
        let as_of = looks(2, "lan-demets-obrien-fleming");
        let expected = case("rpact_more", "rates .15 .08, ratio 2");
        let answer = ask(&format!("{rates}solve = \"size\"\nallocation_ratio = 2\n{as_of}"));
        for (ours, theirs) in [
            ("fixed_size", "fixed"),
            ("participants", "maximum"),
            ("expected_participants", "en1"),
            ("expected_participants_no_effect", "en0"),
        ] {
            close(value(&answer, ours), expected[theirs].as_f64().unwrap(), 1e-7);
        }
        let expected = case("rpact_more", "power rates");
        let answer = ask(&format!("{rates}participants = 600\n{as_of}"));
        close(value(&answer, "power"), expected["power"].as_f64().unwrap(), 1e-7);

        let survival = "kind = \"survival\"\nalpha = 0.025\nsides = 1\n";
        let schoenfeld = "[[test]]\nkind = \"log-rank\"\nmethod = \"schoenfeld\"\n";
        let expected = case("rpact_more", "survival: piecewise");
        let answer = ask(&format!(
            "{survival}solve = \"size\"\nallocation_ratio = 1.5\n[enrollment]\nmonths = 12\nstarts_months = [0, 3]\n\
             rates_per_month = [0.2, 0.4]\n[follow_up]\nmonths = 12\n[hazards]\nstarts_months = [0, 6, 12]\n\
             control_per_month = [0.03, 0.02, 0.015]\nhazard_ratio = 1.4\nloss_per_month = 0.00427444119562088\n\
             {schoenfeld}{}",
            looks(3, "lan-demets-obrien-fleming")
        ));
        close(value(&answer, "participants"), expected["maximum"].as_f64().unwrap(), 1e-7);
        close(value(&answer, "events"), expected["events"].as_f64().unwrap(), 1e-7);
        all_close(&numbers(&answer["sequential"]["months"]), &expected["months"], 1e-5);
        let events = answer["sequential"]["expected_events"].as_f64().unwrap();
        close(events, expected["expected_events"].as_f64().unwrap(), 1e-7);

        let expected = case("rpact_more", "survival power");
        let answer = ask(&format!(
            "{survival}[enrollment]\nmonths = 12\nparticipants = 500\n[follow_up]\nevents = 180\n[hazards]\n\
             control_per_month = 0.02\nhazard_ratio = 0.7\nloss_per_month = 0.00253826729025696\n{schoenfeld}{}",
            looks(2, "lan-demets-pocock")
        ));
        close(value(&answer, "power"), expected["power"].as_f64().unwrap(), 1e-7);
        all_close(&numbers(&answer["sequential"]["reject"]), &expected["reject"], 1e-7);
        all_close(&numbers(&answer["sequential"]["months"]), &expected["months"], 1e-7);
    }
}

/// gsDesign 3.11.0.9003, condPower(z1 = 1.5, n2 = 100, x = gsDesign(k = 2, test.type = 1, delta = .2)): fixture
/// `condPower z1=1.5 n2=100`. The fixture does not name its design; this one (HSD -4 at half the information, alpha .025, beta .1) gives
/// its digits, which a search over timings, errors, spending functions and round sizes found for no other.
#[test]
fn conditional_power_of_gs_design() {
    let expected = case("gsdesign", "condPower z1=1.5 n2=100")["cp"].as_f64().unwrap();
    let plan = plan(Boundary::Spending(Spending::HwangShihDeCani { gamma: -4.0 }), &HALVES, 0.025, 1, 0.9);
    let drift = plan.drift / 0.2;
    let first = 0.5 * drift * drift;
    let text = format!(
        "kind = \"interim\"\nz = 1.5\ninformation = {first}\nlater_information = [{}]\nupper = [{}]\nplanned_share = 0.5\n",
        first + 100.0,
        plan.bounds.upper[1]
    );
    let answer = stapjes::design::document::answer("test", text.as_bytes()).unwrap();
    close(answer["conditional_power_estimate"].as_f64().unwrap(), expected, 1e-6);
}

/// Inputs that once ended in no answer, an endless wait or a wrong one; the numbers are from the formulas of the help page, computed
/// in Python 3.11 with SciPy 1.15.
#[test]
fn extremes_have_an_answer() {
    let answer = |text: &str| stapjes::design::document::answer("test", text.as_bytes()).unwrap();
    // A power that cannot be told from 1, with looks.
    let certain = answer(
        "kind = \"proportions\"\nalpha = 0.05\nsides = 1\ntreated = 0.608\ncontrol = 0.04\nparticipants = 790\n\
         [sequential]\nlooks = 3\nboundary = \"lan-demets-obrien-fleming\"\n",
    );
    assert!(
        (certain["power"].as_f64().unwrap() - 1.0).abs() < 1e-12 && certain.get("inflation_factor").is_none()
    );
    // rpact 3.3.4: getPowerRates(getDesignGroupSequential(kMax = 3, sided = 2, alpha = .05, beta = .1, typeOfDesign = "asOF"), pi1 = .786,
    // pi2 = .69, allocationRatioPlanned = 1.49, maxNumberOfSubjects = 190): both directions.
    let both = answer(
        "kind = \"proportions\"\nalpha = 0.05\nsides = 2\ntreated = 0.786\ncontrol = 0.69\nparticipants = 190\n\
         allocation_ratio = 1.49\n[sequential]\nlooks = 3\nboundary = \"lan-demets-obrien-fleming\"\n",
    );
    close(both["power_both_directions"].as_f64().unwrap(), 0.319086197752178, 1e-7);
    // Everybody leaves at once after month 48: the test still has the events before.
    let (before, after) = ("0.004", "[0.004, 100]");
    let survival = |hazards: &str, starts: &str, month: u32| {
        let text = format!(
            "kind = \"survival\"\n[enrollment]\nmonths = 12\nparticipants = 1500\n[follow_up]\nstudy_months = {month}\n\
             [hazards]\nstarts_months = {starts}\ncontrol_per_month = {hazards}\nhazard_ratio = 1.4\n"
        );
        answer(&text)["power"].as_f64().unwrap()
    };
    assert!(survival(after, "[0, 48]", 60) > survival(before, "[0]", 48));
    // No effect: power is alpha / 2, not "no answer".
    let none = answer(
        "kind = \"counts\"\ntreated_rate = 0.2\ncontrol_rate = 0.2\ndispersion = 1\nparticipants = 100\nfollow_up_each = 1\n",
    );
    close(none["power"].as_f64().unwrap(), 0.025, 1e-12);
}
