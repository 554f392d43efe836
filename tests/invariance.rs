//! What must not change an analysis: where a covariate has its zero and its unit, which arm is called control, the order of
//! rows, a row cut in two, a stratum that is all there is.

use stapjes::estimate::catalogue::parse_requests;
use stapjes::estimate::{Estimate, Options};
use stapjes::observe::{Covariate, Dataset};

/// 160 people in 8 clusters and two arms, with two causes, ties, a covariate and two strata.
fn study() -> Dataset {
    let mut state = 9_u64;
    let mut uniform = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    let mut data = Dataset { arm_names: vec!["a".into(), "b".into()], ..Dataset::default() };
    let (mut clusters, mut strata, mut ages) = (vec![], vec![], vec![]);
    for row in 0..160_u32 {
        let (cluster, age) = (row % 8, 20.0 + libm::floor(40.0 * uniform()));
        let hazard = 0.03 * libm::exp(0.02 * (age - 40.0)) * (1.0 + 0.1 * f64::from(cluster / 2));
        let (exit, end) = (-libm::log(uniform()) / hazard, 12.0 + 12.0 * uniform());
        data.time.push(libm::ceil(exit.min(end)));
        data.cause.push(if exit <= end { 1 + u32::from(uniform() < 0.3) } else { 0 });
        data.arm.push(cluster % 2);
        clusters.push(cluster);
        strata.push(row / 3 % 2);
        ages.push(age);
    }
    data.cluster = Some(clusters);
    data.stratum = Some(strata);
    data.covariates = vec![Covariate { name: "age".into(), values: ages }];
    data
}

fn run(test: &str, data: &Dataset) -> Vec<Estimate> {
    let options = Options { cause: Some(1), at: vec![6.0], ..Options::default() };
    let request = &parse_requests(test).expect("a known test")[0];
    request.run(data, &options).unwrap_or_else(|error| panic!("{test}: {error}"))
}

fn close(what: &str, one: Option<f64>, other: Option<f64>) {
    let same = match (one, other) {
        (Some(a), Some(b)) => (a - b).abs() <= 2e-8 * a.abs().max(b.abs()).max(1e-6),
        (a, b) => a == b,
    };
    assert!(same, "{what}: {one:?} and {other:?}");
}

/// Equal p-values, statistics (up to their sign) and standard errors.
fn same(test: &str, one: &[Estimate], other: &[Estimate]) {
    assert_eq!(one.len(), other.len(), "{test}");
    for (a, b) in one.iter().zip(other) {
        let what = format!("{test}: {}", a.label);
        close(&what, a.p_value, b.p_value);
        close(&what, a.standard_error, b.standard_error);
        close(&what, a.statistic.map(f64::abs), b.statistic.map(f64::abs));
        close(&what, a.degrees_of_freedom, b.degrees_of_freedom);
    }
}

const REGRESSIONS: [&str; 7] = [
    "cox",
    "cox-robust",
    "cox-small-sample",
    "cause-specific-cox",
    "fine-gray",
    "schoenfeld",
    "cox-piecewise",
];

/// Tests whose result is about the difference between two arms.
const COMPARISONS: [&str; 16] = [
    "log-rank",
    "fleming-harrington(0, 1)",
    "modestly-weighted",
    "max-combo",
    "cox",
    "cox-robust",
    "cox-small-sample",
    "robust-log-rank",
    "cox-score",
    "gray",
    "fine-gray",
    "pearson",
    "newcombe",
    "cluster-t",
    "cluster-chi-square",
    "cluster-linear",
];

#[test]
fn where_a_covariate_has_its_zero_and_unit() {
    let data = study();
    for test in REGRESSIONS {
        let whole = run(test, &data);
        for (shift, scale) in [(-2024.0, -1.0), (1e4, 1.0), (0.0, 365.25)] {
            let mut other = data.clone();
            other.covariates[0].values.iter_mut().for_each(|age| *age = (*age + shift) * scale);
            let moved = run(test, &other);
            for (a, b) in whole.iter().zip(&moved) {
                let what = format!("{test} {} shifted by {shift}, times {scale}", a.label);
                let factor = if a.label.starts_with("age") { scale.abs() } else { 1.0 };
                close(&what, a.p_value, b.p_value);
                close(&what, a.standard_error, b.standard_error.map(|error| error * factor));
                close(&what, a.degrees_of_freedom, b.degrees_of_freedom);
            }
        }
    }
}

#[test]
fn which_arm_is_the_control() {
    let data = study();
    let turned = Dataset {
        arm: data.arm.iter().map(|arm| 1 - arm).collect(),
        arm_names: vec!["b".into(), "a".into()],
        ..data.clone()
    };
    for test in COMPARISONS {
        let pick = |estimates: Vec<Estimate>| -> Vec<Estimate> {
            estimates.into_iter().filter(|e| e.p_value.is_some() && !e.label.contains("intercept")).collect()
        };
        let (one, other) = (pick(run(test, &data)), pick(run(test, &turned)));
        same(test, &one, &other);
    }
}

#[test]
fn the_order_of_rows() {
    let data = study();
    let order: Vec<usize> = (0..160).map(|row| row * 37 % 160).collect();
    let shuffled = data.rows(&order);
    for test in COMPARISONS.iter().chain(&REGRESSIONS) {
        same(test, &run(test, &data), &run(test, &shuffled));
    }
}

/// Every row cut in two at its middle, the second half entering late.
#[test]
fn a_row_cut_in_two() {
    let data = study();
    let rows: Vec<usize> = (0..320).map(|row| row % 160).collect();
    let mut cut = data.rows(&rows);
    let middle: Vec<f64> = data.time.iter().map(|time| time / 2.0).collect();
    cut.start = Some((0..320).map(|row| if row < 160 { 0.0 } else { middle[row - 160] }).collect());
    cut.time[..160].copy_from_slice(&middle);
    cut.cause[..160].fill(0);
    for test in ["log-rank", "fleming-harrington(1, 0)", "cox", "cox-robust", "robust-log-rank"] {
        same(test, &run(test, &data), &run(test, &cut));
    }
    // MBN counts rows; the others do not.
    same(
        "corrections",
        &run("cox-small-sample(md, kc, fg, mr)", &data),
        &run("cox-small-sample(md, kc, fg, mr)", &cut),
    );
}

#[test]
fn one_stratum_is_none() {
    let data = study();
    let single = Dataset { stratum: Some(vec![3; 160]), ..data.clone() };
    let none = Dataset { stratum: None, ..data };
    for test in COMPARISONS.iter().chain(&REGRESSIONS) {
        same(test, &run(test, &single), &run(test, &none));
    }
}

/// One cluster in an arm: nothing can be tested, and it says so.
#[test]
fn one_cluster_in_an_arm_has_no_p() {
    let data = study();
    let rows: Vec<usize> = (0..160).filter(|row| data.arm[*row] == 0 || row % 8 == 1).collect();
    let lone = data.rows(&rows);
    for test in ["cox-robust", "robust-log-rank"] {
        let arm = &run(test, &lone)[0];
        assert_eq!((arm.p_value, arm.interval.is_some(), arm.standard_error), (None, false, None), "{arm:?}");
        assert!(
            arm.missing.as_ref().is_some_and(|reason| reason.contains("arm b has one cluster")),
            "{arm:?}"
        );
    }
    let refused = parse_requests("cox-small-sample").unwrap()[0].run(&lone, &Options::default());
    assert!(refused.unwrap_err().to_string().contains("one cluster"));
}
