//! What must not change an analysis: where a covariate has its zero and its unit, which arm is called control, the order of
//! rows, a row cut in two, a stratum that is all there is, the language it is read in.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use stapjes::estimate::catalogue::{Needs, methods, parse_requests};
use stapjes::estimate::{Estimate, Options};
use stapjes::kinds::{Kind, TestKind};
use stapjes::language::Lang;
use stapjes::observe::{Covariate, Dataset};
use stapjes::report::analysis::{Analysis, tables};

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

fn options() -> Options {
    Options { cause: Some(1), at: vec![6.0], ..Options::default() }
}

fn run(test: &str, data: &Dataset) -> Vec<Estimate> {
    let request = &parse_requests(test).expect("a known test")[0];
    request.run(data, &options()).unwrap_or_else(|error| panic!("{test}: {error}"))
}

/// Every method that `analyze` has, with the arguments it needs.
fn every_method() -> Vec<(String, Needs)> {
    let with = |name: &str| match name {
        "window-mean" => "(2, 10)",
        "cox-piecewise" => "(6)",
        "early-zero" => "(6)",
        "magirr-burman" => "(6, 2)",
        "binomial-test" | "rate-test" => "(0.4)",
        "farrington-manning" => "(-0.1)",
        "rmst-margin" => "(-1)",
        _ => "",
    };
    methods().map(|method| (format!("{}{}", method.name, with(method.name)), method.needs)).collect()
}

/// The columns that a kind of method looks at.
fn fitted(data: &Dataset, needs: Needs) -> Dataset {
    let people = data.time.len() as u32;
    let values = matches!(needs, Needs::Values | Needs::ClusteredValues);
    let ages = data.covariates[0].values.clone();
    Dataset {
        person: (needs == Needs::Recurrent && data.person.is_none())
            .then(|| (0..people).collect())
            .or(data.person.clone()),
        count: (needs == Needs::Counts)
            .then(|| data.cause.iter().zip(&ages).map(|(c, a)| c + *a as u32 % 3).collect()),
        outcome: values
            .then(|| ages.iter().zip(&data.time).map(|(age, time)| age % 7.0 + time / 5.0).collect()),
        ..data.clone()
    }
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
        let what = format!("{test}: {}", a.label.english());
        close(&what, a.p_value, b.p_value);
        close(&what, a.standard_error, b.standard_error);
        close(&what, a.statistic.map(f64::abs), b.statistic.map(f64::abs));
        close(&what, a.degrees_of_freedom, b.degrees_of_freedom);
    }
}

/// The same results in any order, as an analysis that names the arms the other way round has them.
fn same_set(test: &str, one: &[Estimate], other: &[Estimate]) {
    let sorted = |estimates: &[Estimate], of: fn(&Estimate) -> Option<f64>| {
        let mut all: Vec<f64> = estimates.iter().filter_map(of).collect();
        all.sort_by(f64::total_cmp);
        all
    };
    let absolute: [fn(&Estimate) -> Option<f64>; 3] =
        [|e| e.p_value, |e| e.standard_error, |e| e.statistic.map(f64::abs)];
    for of in absolute {
        let (a, b) = (sorted(one, of), sorted(other, of));
        assert_eq!(a.len(), b.len(), "{test}");
        a.iter().zip(&b).for_each(|(a, b)| close(test, Some(*a), Some(*b)));
    }
}

#[test]
fn every_test_of_power_is_among_the_methods() {
    let all = every_method();
    for test in TestKind::ALL.iter().filter(|test| **test != TestKind::PeriodAdjusted) {
        let name = parse_requests(test.method()).unwrap()[0].method.name;
        assert!(all.iter().any(|(own, _)| own.split('(').next() == Some(name)), "{test:?}");
    }
}

#[test]
fn where_a_covariate_has_its_zero_and_unit() {
    let data = study();
    for (test, needs) in every_method() {
        let fit = fitted(&data, needs);
        let whole = run(&test, &fit);
        for (shift, scale) in [(-2024.0, -1.0), (1e4, 1.0), (0.0, 365.25)] {
            let mut other = fit.clone();
            other.covariates[0].values.iter_mut().for_each(|age| *age = (*age + shift) * scale);
            let moved = run(&test, &other);
            assert_eq!(whole.len(), moved.len(), "{test}");
            // The mean where all covariates are zero moves with the zero.
            for (a, b) in whole.iter().zip(&moved).filter(|(a, _)| !a.label.english().contains("intercept")) {
                let what = format!("{test} {} shifted by {shift}, times {scale}", a.label.english());
                let factor = if a.label.english().starts_with("age") { scale.abs() } else { 1.0 };
                close(&what, a.p_value, b.p_value);
                close(&what, a.standard_error, b.standard_error.map(|error| error * factor));
                close(&what, a.degrees_of_freedom, b.degrees_of_freedom);
                if factor == 1.0 && !a.label.english().starts_with("age") {
                    close(&what, a.value, b.value);
                }
            }
        }
    }
}

/// Tests at a margin ask for a direction, and `fisher`'s odds ratio has no standard error: all others do not care which arm is called control.
#[test]
fn which_arm_is_the_control() {
    let data = study();
    for (test, needs) in every_method() {
        if ["farrington-manning", "rmst-margin"].iter().any(|margin| test.starts_with(margin)) {
            continue;
        }
        let fit = fitted(&data, needs);
        let turned = Dataset {
            arm: fit.arm.iter().map(|arm| 1 - arm).collect(),
            arm_names: vec!["b".into(), "a".into()],
            ..fit.clone()
        };
        let pick = |estimates: Vec<Estimate>| -> Vec<Estimate> {
            estimates.into_iter().filter(|e| !e.label.english().contains("intercept")).collect()
        };
        same_set(&test, &pick(run(&test, &fit)), &pick(run(&test, &turned)));
    }
}

#[test]
fn the_order_of_rows() {
    let data = study();
    let order: Vec<usize> = (0..160).map(|row| row * 37 % 160).collect();
    for (test, needs) in every_method() {
        let fit = fitted(&data, needs);
        same(&test, &run(&test, &fit), &run(&test, &fit.rows(&order)));
    }
}

/// Methods for which a row cut in two is not the same: those that count rows (as people, outcomes or values), take the end of a row for the end
/// of what is known of somebody, or refuse late entry.
const ROWS_ARE_PEOPLE: [&str; 9] = [
    "median-follow-up",
    "adjusted-rmst",
    "stratified-rmst",
    "cox-small-sample",
    "fine-gray",
    "gray",
    "permutation-log-rank",
    "ghosh-lin",
    "mean-cumulative",
];

/// Every row cut in two at its middle, the second half entering late.
#[test]
fn a_row_cut_in_two() {
    let data = study();
    let rows: Vec<usize> = (0..320).map(|row| row % 160).collect();
    let cut = |data: &Dataset| {
        let mut cut = data.rows(&rows);
        let middle: Vec<f64> = data.time.iter().map(|time| time / 2.0).collect();
        cut.start = Some((0..320).map(|row| if row < 160 { 0.0 } else { middle[row - 160] }).collect());
        cut.time[..160].copy_from_slice(&middle);
        cut.cause[..160].fill(0);
        cut
    };
    let timed = [Needs::Times, Needs::Causes, Needs::Clusters, Needs::Recurrent, Needs::Covariates];
    let mut tried = 0;
    for (test, needs) in every_method() {
        if !timed.contains(&needs) || ROWS_ARE_PEOPLE.contains(&test.split('(').next().unwrap()) {
            continue;
        }
        let fit = fitted(&data, needs);
        let (whole, halves) = (run(&test, &fit), run(&test, &cut(&fit)));
        assert_eq!(whole.len(), halves.len(), "{test}");
        for (a, b) in whole.iter().zip(&halves) {
            let what = format!("{test} {}", a.label.english());
            close(&what, a.value, b.value);
            close(&what, a.p_value, b.p_value);
            close(&what, a.standard_error, b.standard_error);
        }
        tried += 1;
    }
    assert!(tried > 20, "{tried}");
    // MBN counts rows; the others do not. Mean events per person hold when halves belong to one person.
    let corrections = "cox-small-sample(md, kc, fg, mr)";
    same("corrections", &run(corrections, &data), &run(corrections, &cut(&data)));
    let persons = fitted(&data, Needs::Recurrent);
    same("mean-cumulative", &run("mean-cumulative", &persons), &run("mean-cumulative", &cut(&persons)));
}

#[test]
fn one_stratum_is_none() {
    let data = study();
    let single = Dataset { stratum: Some(vec![3; 160]), ..data.clone() };
    let none = Dataset { stratum: None, ..data };
    for (test, needs) in every_method() {
        // Without strata there is nothing to weight or to stratify by.
        let stratified = test.starts_with("stratified-rmst");
        if !stratified {
            same(&test, &run(&test, &fitted(&single, needs)), &run(&test, &fitted(&none, needs)));
        }
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
            arm.missing.as_ref().is_some_and(|reason| reason.english().contains("arm b has one cluster")),
            "{arm:?}"
        );
    }
    let refused = parse_requests("cox-small-sample").unwrap()[0].run(&lone, &Options::default());
    assert!(refused.unwrap_err().to_string().contains("one cluster"));
}

/// The numbers of a text, in its order, with decimal points.
fn numbers(text: &str, decimal: char) -> Vec<String> {
    text.split(|c: char| !c.is_ascii_digit() && !['.', ',', '\u{2212}'].contains(&c))
        .map(|word| word.trim_end_matches(['.', ',']))
        .filter(|word| word.contains(|c: char| c.is_ascii_digit()))
        .map(|word| word.replace(decimal, "."))
        .collect()
}

/// Every number that a person reads has the marks of the language: in Dutch a decimal comma, in both a minus and no hyphen.
#[test]
fn which_language_it_is_read_in() {
    let mut data = study();
    data.time.iter_mut().for_each(|time| *time /= 2.5);
    data.covariates[0].values.iter_mut().for_each(|age| *age = *age / 10.0 - 4.5);
    let options = Options { cause: Some(1), at: vec![2.5, 4.75], level: 0.975, ..Options::default() };
    let (mut shown, mut negative) = (0, 0);
    for (test, needs) in every_method() {
        let test = test.replace("(2, 10)", "(1.5, 4.5)").replace("(6", "(2.5").replace(", 2)", ", 1.5)");
        let request = &parse_requests(&test).expect("a known test")[0];
        let results =
            request.run(&fitted(&data, needs), &options).unwrap_or_else(|error| panic!("{test}: {error}"));
        let mut analysis = Analysis::default();
        analysis.results = results;
        // Names stand as they are typed.
        let names: Vec<String> = analysis.results.iter().map(|estimate| estimate.name.clone()).collect();
        let [dutch, english] = Lang::ALL
            .map(|lang| names.iter().fold(tables(&analysis, lang), |text, name| text.replace(name, "")));
        assert_eq!(numbers(&dutch, ','), numbers(&english, '.'), "{test}\n{dutch}\n{english}");
        let letters: Vec<char> = dutch.chars().collect();
        for around in letters.windows(3) {
            let [before, mark, after] = around else { continue };
            let is_point = *mark == '.' && before.is_ascii_digit() && after.is_ascii_digit();
            let is_hyphen = *mark == '-' && after.is_ascii_digit() && !before.is_alphanumeric();
            assert!(!is_point && !is_hyphen, "{test}: {around:?} in\n{dutch}");
        }
        shown += usize::from(dutch.contains(','));
        negative += usize::from(dutch.contains('\u{2212}'));
    }
    assert!(shown > 40 && negative > 10, "{shown} {negative}");
}
