//! Analytic design against trusted software: rpact, gsDesign, gsDesign2, lrstat, SteppedPower, swCRTdesign, CRTSize, gscounts,
//! R stats, lifelines. Fixtures keep the source of every number.

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
