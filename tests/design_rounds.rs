//! `stapjes design` turned round: a size that was found, put back as given, has the power that was asked for; and what does
//! not fit together is refused.
// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use serde_json::Value;
use stapjes::app::design::{self, DesignRequest};

fn ask(text: &str) -> Value {
    let request = DesignRequest { name: "design.toml".into(), bytes: text.as_bytes().to_vec() };
    let answer = design::run(&request).unwrap_or_else(|error| panic!("{error}\n{text}"));
    serde_json::to_value(answer).unwrap()
}

fn refusal(text: &str) -> String {
    let request = DesignRequest { name: "design.toml".into(), bytes: text.as_bytes().to_vec() };
    design::run(&request).unwrap_err().to_string()
}

fn number(answer: &Value, key: &str) -> f64 {
    answer[key].as_f64().unwrap_or_else(|| panic!("{key} in {answer:#}"))
}

/// Survival designs of every method, with and without looks, one- and two-sided.
fn survival() -> impl Strategy<Value = (String, f64)> {
    let method = prop::sample::select(vec![
        "direct",
        "asymptotic",
        "average-hazard-ratio",
        "schoenfeld",
        "freedman",
        "lachin-foulkes",
        "bernstein-lagakos",
    ]);
    let looks = prop::sample::select(vec![0_usize, 2, 3]);
    let boundary = prop::sample::select(vec!["lan-demets-obrien-fleming", "lan-demets-pocock", "pocock"]);
    let ratio = prop_oneof![0.4..0.8, 1.25..2.2];
    (method, looks, boundary, ratio, 0.6..0.95, 1..=2_i64, 0.5..2.0, 0.01..0.08).prop_map(
        |(method, looks, boundary, ratio, power, sides, allocation, hazard)| {
            let mut text = format!(
                "kind = \"survival\"\nsolve = \"size\"\nalpha = 0.025\nsides = {sides}\npower = {power}\nallocation_ratio = \
                 {allocation}\n[enrollment]\nmonths = 12\n[follow_up]\nmonths = 12\n[hazards]\ncontrol_per_month = \
                 {hazard}\nhazard_ratio = {ratio}\nloss_per_month = 0.005\n[[test]]\nkind = \"log-rank\"\nmethod = \"{method}\"\n"
            );
            if looks > 0 {
                text += &format!("[sequential]\nlooks = {looks}\nboundary = \"{boundary}\"\n");
            }
            (text, power)
        },
    )
}

fn counts() -> impl Strategy<Value = (String, f64)> {
    (0.3..0.8, 0.0..2.0, 0.6..0.95, 0.0..0.3, 0..=1_i64).prop_map(|(ratio, dispersion, power, loss, staggered)| {
        let time = if staggered == 1 { "accrual_period = 1\nstudy_period = 2.5" } else { "follow_up_each = 1.5" };
        let text = format!(
            "kind = \"counts\"\nsolve = \"size\"\nalpha = 0.025\nsides = 1\npower = {power}\ntreated_rate = {}\ncontrol_rate = \
             1.0\ndispersion = {dispersion}\nloss_rate = {loss}\n{time}\n",
            ratio
        );
        (text, power)
    })
}

fn proportions() -> impl Strategy<Value = (String, f64)> {
    (0.05..0.45, 0.55..0.95, 0.6..0.95, 0.5..2.0).prop_map(|(treated, control, power, allocation)| {
        let text = format!(
            "kind = \"proportions\"\nsolve = \"size\"\npower = {power}\ntreated = {treated}\ncontrol = {control}\nallocation_ratio = \
             {allocation}\n"
        );
        (text, power)
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_survival_study_has_the_power_it_was_sized_for((text, power) in survival()) {
        let sized = ask(&text);
        let size = number(&sized, "participants");
        let back = text.replace("solve = \"size\"", "solve = \"power\"")
            .replace("[enrollment]\nmonths = 12\n", &format!("[enrollment]\nmonths = 12\nparticipants = {size}\n"));
        let found = number(&ask(&back), "power");
        prop_assert!((found - power).abs() < 1e-6, "{found} instead of {power}: {text}");
        prop_assert!((number(&sized, "power") - power).abs() < 1e-6, "{sized:#}");
    }

    #[test]
    fn counts_and_proportions_too((text, power) in prop_oneof![counts(), proportions()]) {
        let sized = ask(&text);
        let (treated, control) = (number(&sized, "participants_treated"), number(&sized, "participants_control"));
        let back = text.replace("solve = \"size\"", "solve = \"power\"").replace("allocation_ratio", "# allocation_ratio")
            + &format!("participants_treated = {treated}\nparticipants_control = {control}\n");
        let found = number(&ask(&back), "power");
        // Whole participants have a little more.
        let whole = treated.fract() == 0.0;
        let small = if whole { 0.25 } else { 1e-9 };
        prop_assert!(found >= power - 1e-9 && found < power + small, "{found} instead of {power}: {text}");
    }
}

/// lachin-foulkes and bernstein-lagakos with looks: the beta that is spent adds up to 1 - power.
#[test]
fn stated_power_with_looks() {
    for method in ["bernstein-lagakos", "lachin-foulkes"] {
        let text = format!(
            "kind = \"survival\"\nsolve = \"size\"\nalpha = 0.025\nsides = 1\npower = 0.9\n[enrollment]\nmonths = \
             12\n[follow_up]\nmonths = 12\n[hazards]\ncontrol_per_month = 0.03\nhazard_ratio = 0.65\n[[test]]\nkind = \
             \"log-rank\"\nmethod = \"{method}\"\n[sequential]\nlooks = 2\nboundary = \
             \"lan-demets-obrien-fleming\"\n[sequential.futility]\nboundary = \"hwang-shih-decani\"\ngamma = -2\n"
        );
        let answer = ask(&text);
        assert!((number(&answer, "power") - 0.9).abs() < 1e-9, "{answer:#}");
        let spent = &answer["sequential"]["beta_spent"];
        let last = spent.as_array().unwrap().last().unwrap().as_f64().unwrap();
        assert!((last - 0.1).abs() < 1e-9, "{spent}");
    }
}

/// A null hypothesis of 1.2: the alternative 1.0 lies below it (lrstat 0.3.3: 1482.82 participants).
#[test]
fn the_direction_follows_the_null() {
    let text = "kind = \"survival\"\nsolve = \"power\"\nalpha = 0.025\nsides = 1\nnull_hazard_ratio = 1.2\n[enrollment]\nmonths = \
                12\nparticipants = 1500\n[follow_up]\nmonths = 24\n[hazards]\ncontrol_per_month = 0.05\nhazard_ratio = 1.0\n";
    let answer = ask(text);
    assert_eq!(answer["benefit"], "later");
    assert!(number(&answer, "power") > 0.5, "{answer:#}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let study = |enrollment: &str, end: &str, hazards: &str| {
        format!(
            "kind = \"survival\"\nsolve = \"size\"\n[enrollment]\n{enrollment}\n[follow_up]\n{end}\n[hazards]\n{hazards}\n"
        )
    };
    let plain = "control_per_month = 0.03\nhazard_ratio = 0.65";
    assert!(
        refusal(&study("months = 24", "study_months = 12", plain))
            .contains("enrollment goes on for 24 months")
    );
    let unused = "months = 12\nstarts_months = [0, 18]\nrates_per_month = [10.0, 20.0]";
    assert!(refusal(&study(unused, "months = 12", plain)).contains("month 18 is never used"));
    let late = "starts_months = [0, 60]\ncontrol_per_month = 0.03\nhazard_ratio = [1.0, 0.6]";
    assert!(
        refusal(&study("months = 12", "months = 12", late)).contains("month 60 after entry are never used")
    );
    let over = refusal(
        "kind = \"sequential\"\nsides = 1\nalpha = 0.025\npower = 0.9\n[sequential]\ninformation = [0.5, 1.1]\nboundary = \"lan-demets-obrien-fleming\"\n",
    );
    assert!(over.contains("0.011 for 1.1 %"), "{over}");
    let twice = refusal("kind = \"counts\"\nsolve = \"size\"\nkind = \"survival\"\n");
    assert!(twice.contains("line 1 too"), "{twice}");
}

/// Outcomes that are certain still have a size and a power.
#[test]
fn certain_outcomes_have_a_number() {
    let answer = ask("kind = \"proportions\"\nsolve = \"size\"\ntreated = 1\ncontrol = 0\n");
    assert_eq!(number(&answer, "power"), 1.0);
    assert!(number(&answer, "participants") > 3.0);
}

/// Assurance is the mean of the power over the prior: Simpson's rule over answers at single effects, in the direction of the stated effect.
#[test]
fn assurance_is_the_mean_of_the_power() {
    let normal = |z: f64| libm::exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt();
    let simpson = |of: &dyn Fn(f64) -> f64| {
        let (points, reach) = (80, 6.0);
        let step = 2.0 * reach / f64::from(points);
        let weight = |at: i32| match at {
            0 | 80 => 1.0,
            at if at % 2 == 1 => 4.0,
            _ => 2.0,
        };
        let term = |at: i32| {
            let z = -reach + f64::from(at) * step;
            weight(at) * of(z) * normal(z)
        };
        (0..=points).map(term).sum::<f64>() * step / 3.0
    };
    let survival = |ratio: f64, more: &str| {
        format!(
            "kind = \"survival\"\nbenefit = \"sooner\"\n[enrollment]\nmonths = 12\nparticipants = 400\n[follow_up]\nmonths = 24\n\
             [hazards]\ncontrol_per_month = 0.02\nhazard_ratio = {ratio:?}\n{more}"
        )
    };
    let found = ask(&survival(1.5, "[assurance]\nsd = 0.25\n"));
    let right = simpson(&|z| number(&ask(&survival(1.5 * libm::exp(0.25 * z), "")), "power"));
    assert!((number(&found, "assurance") - right).abs() < 1e-6, "{found}: {right}");
    assert!(number(&found, "assurance") < number(&found, "power"), "{found}");
    // Two proportions with a prior so narrow that the variance hardly moves: O'Hagan's closed form, Phi((d - z se) / sqrt(se^2 + sd^2)).
    let shares = "kind = \"proportions\"\ntreated = 0.55\ncontrol = 0.5\nparticipants = 2000\n[assurance]\nsd = 0.02\n";
    let found = number(&ask(shares), "assurance");
    let error = (0.5_f64 * 0.5 * 4.0 / 2000.0).sqrt();
    let mean = (0.05 - 1.959_964 * error) / (error * error + 0.02_f64 * 0.02).sqrt();
    assert!((found - stapjes::stats::normal::cdf(mean)).abs() < 0.003, "{found}");
    // A prior that is wide against the effect: half of it lies on the wrong side, where nothing counts.
    let wide = ask(
        "kind = \"proportions\"\ntreated = 0.501\ncontrol = 0.5\nparticipants = 20000\nsides = 1\nalpha = 0.025\n[assurance]\nsd = 0.1\n",
    );
    assert!((number(&wide, "assurance") - 0.45).abs() < 0.02, "{wide}");
    assert!(refusal("kind = \"events\"\nhazard_ratio = 1.5\n[assurance]\nsd = 0.1\n").contains("assurance"));
}
