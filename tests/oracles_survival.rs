//! Curves, rank tests, restricted means and proportions against trusted software.
//!
//! Every case goes the way of the command line: table, columns, catalogue. Fixtures carry the software and version that made
//! them (R survival 3.5-3, cmprsk 2.2-11, simtrial 1.0.2, nphRCT 0.1.1, survRM2 1.0.4, lrstat 0.3.3, SAS via CAMIS, R stats,
//! statsmodels 0.15). Conventions that differ from ours are named where they are used.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use stapjes::estimate::catalogue::parse_requests;
use stapjes::estimate::{Alternative, CurveInterval, Detail, Estimate, Interval, Options};
use stapjes::observe::columns::{Columns, prepare};
use stapjes::observe::table::TextTable;

const EXACT: f64 = 1e-9;

fn fixture(name: &str) -> Vec<Value> {
    let path = format!("{}/tests/fixtures/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path).unwrap();
    // Python writes numbers that JSON does not know.
    let text = text.replace("Infinity", "null").replace("NaN", "null");
    serde_json::from_str::<Value>(&text).unwrap()["cases"].as_array().unwrap().clone()
}

fn case(cases: &[Value], id: &str) -> Value {
    cases
        .iter()
        .find(|case| case["id"].as_str() == Some(id))
        .unwrap_or_else(|| panic!("no case {id}"))
        .clone()
}

fn columns(time: &str, status: &str, arm: &str) -> Columns {
    Columns {
        time: Some(time.into()),
        status: Some(status.into()),
        arm: Some(arm.into()),
        ..Columns::default()
    }
}

fn run(file: &str, columns: &Columns, options: &Options, tests: &str) -> Vec<Estimate> {
    let path = format!("{}/tests/fixtures/data/{file}.csv", env!("CARGO_MANIFEST_DIR"));
    let table = TextTable::read(std::fs::File::open(path).unwrap()).unwrap();
    run_table(&table, columns, options, tests)
}

fn run_table(table: &TextTable, columns: &Columns, options: &Options, tests: &str) -> Vec<Estimate> {
    let prepared = prepare(table, columns).unwrap();
    let requests = parse_requests(tests).unwrap();
    requests.iter().flat_map(|request| request.run(&prepared.data, options).unwrap()).collect()
}

fn detail(estimate: &Estimate, key: &str) -> Vec<f64> {
    match &estimate.details[key] {
        Detail::Number(value) => vec![*value],
        Detail::List(values) => values.clone(),
        Detail::Matrix(rows) => rows.concat(),
        Detail::Text(text) => panic!("{key} is text: {text}"),
    }
}

fn numbers(value: &Value) -> Vec<f64> {
    match value {
        Value::Array(values) => values.iter().flat_map(numbers).collect(),
        other => vec![other.as_f64().unwrap_or(f64::NAN)],
    }
}

#[track_caller]
fn close(ours: f64, theirs: f64, tolerance: f64, what: &str) {
    assert!(
        (ours - theirs).abs() <= tolerance * theirs.abs().max(1e-3),
        "{what}: {ours} instead of {theirs}"
    );
}

#[track_caller]
fn all_close(ours: &[f64], theirs: &Value, tolerance: f64, what: &str) {
    let theirs = numbers(theirs);
    assert_eq!(ours.len(), theirs.len(), "{what}: {ours:?} instead of {theirs:?}");
    for (a, b) in ours.iter().zip(&theirs) {
        close(*a, *b, tolerance, what);
    }
}

#[track_caller]
fn ends(interval: Option<Interval>, lower: f64, upper: f64, tolerance: f64, what: &str) {
    let interval = interval.unwrap_or_else(|| panic!("{what}: no interval"));
    for (ours, theirs) in [(interval.lower, lower), (interval.upper, upper)] {
        // R writes NA, JSON null, for a limit that is not reached.
        if theirs.is_nan() || theirs.is_infinite() {
            assert!(ours.is_infinite(), "{what}: {ours} instead of no limit");
        } else {
            close(ours, theirs, tolerance, what);
        }
    }
}

fn at(times: &[f64], interval: CurveInterval) -> Options {
    Options { at: times.to_vec(), interval, ..Options::default() }
}

#[test]
fn kaplan_meier_on_every_interval_scale() {
    let cases = fixture("kaplan_meier_rmst.json");
    for (name, scale) in [
        ("log", CurveInterval::Log),
        ("log-log", CurveInterval::LogLog),
        ("plain", CurveInterval::Plain),
        ("arcsin", CurveInterval::Arcsine),
        ("logit", CurveInterval::Logit),
    ] {
        let expected = &case(&cases, &format!("survfit aml ~ x {name}"))["expected"];
        let results =
            run("survival_aml", &columns("time", "status", "x"), &at(&[10.0, 20.0, 30.0], scale), "km");
        let (lower, upper) = (numbers(&expected["lower"]), numbers(&expected["upper"]));
        for (i, result) in results.iter().enumerate() {
            close(
                result.value.unwrap(),
                expected["surv"][i].as_f64().unwrap(),
                EXACT,
                result.label.english(),
            );
            close(
                result.standard_error.unwrap(),
                expected["se"][i].as_f64().unwrap(),
                EXACT,
                result.label.english(),
            );
            all_close(&detail(result, "at_risk"), &expected["n.risk"][i], EXACT, result.label.english());
            ends(result.interval, lower[i], upper[i], EXACT, result.label.english());
        }
        let quantiles = run("survival_aml", &columns("time", "status", "x"), &at(&[], scale), "quantile");
        let part = |key: &str| numbers(&expected["quant"][key]);
        let (values, lower, upper) = (part("quantile"), part("lower"), part("upper"));
        for (i, result) in quantiles.iter().enumerate() {
            close(result.value.unwrap(), values[i], EXACT, result.label.english());
            ends(result.interval, lower[i], upper[i], EXACT, &format!("{name} {}", result.label.english()));
        }
    }
}

/// R codes lung's status 1 = censored, 2 = dead.
fn lung() -> Columns {
    Columns { censored: vec!["1".into()], ..columns("time", "status", "sex") }
}

#[test]
fn lung_curves() {
    let cases = fixture("kaplan_meier_rmst.json");
    let expected = &case(&cases, "survfit lung ~ sex")["expected"];
    let results = run("survival_lung", &lung(), &at(&[180.0, 365.0, 730.0], CurveInterval::Log), "km");
    let collect = |get: fn(&Estimate) -> f64| results.iter().map(get).collect::<Vec<f64>>();
    all_close(&collect(|e| e.value.unwrap()), &expected["surv"], EXACT, "surv");
    all_close(&collect(|e| e.standard_error.unwrap()), &expected["se"], EXACT, "se");
    all_close(&collect(|e| e.interval.unwrap().lower), &expected["lower"], EXACT, "lower");
    all_close(&collect(|e| e.interval.unwrap().upper), &expected["upper"], EXACT, "upper");
    let medians = run("survival_lung", &lung(), &at(&[], CurveInterval::Log), "median(0.5)");
    for (i, median) in medians.iter().enumerate() {
        let row = numbers(&expected["median"][i]);
        close(median.value.unwrap(), row[0], EXACT, "median");
        ends(median.interval, row[1], row[2], EXACT, "median");
    }
    let expected = &case(&cases, "Nelson-Aalen / Fleming-Harrington lung ~ sex")["expected"];
    let results = run("survival_lung", &lung(), &at(&[180.0, 365.0], CurveInterval::Log), "nelson-aalen");
    for (i, result) in results.iter().enumerate() {
        close(result.value.unwrap(), expected["cumhaz"][i].as_f64().unwrap(), EXACT, "cumhaz");
        close(result.standard_error.unwrap(), expected["se_chaz"][i].as_f64().unwrap(), EXACT, "se_chaz");
        all_close(&detail(result, "probability"), &expected["surv"][i], EXACT, "surv");
    }
}

#[test]
fn restricted_means_and_milestones() {
    let cases = fixture("kaplan_meier_rmst.json");
    for (id, file, arm, tau) in [
        ("RMST aml ~ x tau=30", "survival_aml", "x", 30.0),
        (
            "RMST veteran ~ trt tau=90 (SAS: 62.75618/56.45116 se 4.0321/3.9790)",
            "survival_veteran",
            "trt",
            90.0,
        ),
    ] {
        let expected = &case(&cases, id)["expected"];
        let options = Options { tau: Some(tau), ..Options::default() };
        let results = run(file, &columns("time", "status", arm), &options, "rmst");
        all_close(&[results[0].value.unwrap(), results[1].value.unwrap()], &expected["rmst"], EXACT, id);
        let errors = [results[0].standard_error.unwrap(), results[1].standard_error.unwrap()];
        all_close(&errors, &expected["se"], EXACT, id);
    }
    let expected = &case(&cases, "milestone veteran t=90")["expected"];
    let options = at(&[90.0], CurveInterval::Log);
    let result = run("survival_veteran", &columns("time", "status", "trt"), &options, "milestone").remove(0);
    all_close(&detail(&result, "probabilities"), &expected["surv"], EXACT, "milestone");
    all_close(&[result.value.unwrap()], &expected["diff"], EXACT, "milestone");
    all_close(&[result.standard_error.unwrap()], &expected["se_diff"], EXACT, "milestone");
    all_close(&[result.statistic.unwrap()], &expected["z"], EXACT, "milestone");
}

#[test]
fn sur_rm2_and_lrstat_restricted_means() {
    let expected =
        &case(&fixture("weighted_tests.json"), "survRM2 rmst2 sample data tau=10 (help page)")["expected"];
    let results = run("survRM2_sample", &columns("time", "status", "arm"), &Options::default(), "rmst(10)");
    let row = |e: &Estimate| {
        let interval = e.interval.unwrap();
        [e.value.unwrap(), e.standard_error.unwrap(), interval.lower, interval.upper]
    };
    all_close(&row(&results[0]), &expected["arm0"], EXACT, "arm 0");
    all_close(&row(&results[1]), &expected["arm1"], EXACT, "arm 1");
    all_close(&detail(&results[1], "time_lost"), &expected["rmtl1"][0], EXACT, "time lost");
    // survRM2's ratio of time lost is the third row.
    for (i, result) in results[2..5].iter().enumerate() {
        let theirs = numbers(&expected["unadjusted"][i]);
        let interval = result.interval.unwrap();
        let ours = [result.value.unwrap(), interval.lower, interval.upper, result.p_value.unwrap()];
        for (a, b) in ours.iter().zip(&theirs) {
            close(*a, *b, EXACT, result.estimand.english());
        }
    }
    let cases = fixture("weighted_log_rank_power.json");
    let expected = &case(&cases, "rmdiff veteran tau 90 (SAS checked)")["expected"];
    // lrstat's difference is first less second group.
    let swapped = Columns { control: Some("2".into()), ..columns("time", "status", "trt") };
    let results = run("survival_veteran", &swapped, &Options::default(), "rmst(90)");
    all_close(&[results[2].value.unwrap()], &expected["rmstDiff"], EXACT, "difference");
    all_close(&[results[2].standard_error.unwrap()], &expected["sermstDiff"], EXACT, "standard error");
    all_close(&[results[2].p_value.unwrap()], &expected["rmstDiffPValue"], EXACT, "p");
    ends(
        results[2].interval,
        numbers(&expected["lower"])[0],
        numbers(&expected["upper"])[0],
        EXACT,
        "interval",
    );
}

#[test]
fn survdiff_family() {
    for case in fixture("log_rank.json") {
        let id = case["id"].as_str().unwrap();
        let words: Vec<&str> = id.split_whitespace().collect();
        let (file, mut columns) = match words[1] {
            "lung" => ("survival_lung", lung()),
            "aml" => ("survival_aml", columns("time", "status", "x")),
            "veteran" => ("survival_veteran", columns("time", "status", "trt")),
            "ovarian" => ("survival_ovarian", columns("futime", "fustat", "rx")),
            _ => ("survival_rats", columns("time", "status", "rx")),
        };
        if let Some((_, stratum)) = id.split_once("strata(") {
            columns.strata = vec![stratum.trim_end_matches(')').into()];
        }
        let test = match id.split_once("rho=") {
            Some((_, rho)) => format!("survdiff({rho})"),
            None => "log-rank".into(),
        };
        let result = run(file, &columns, &Options::default(), &test).remove(0);
        let expected = &case["expected"];
        all_close(&detail(&result, "rows"), &expected["n"], EXACT, id);
        all_close(&detail(&result, "observed"), &expected["obs"], EXACT, id);
        all_close(&detail(&result, "expected"), &expected["exp"], EXACT, id);
        all_close(&detail(&result, "covariance"), &expected["var"], EXACT, id);
        all_close(&[result.statistic.unwrap()], &expected["chisq"], EXACT, id);
        all_close(&[result.degrees_of_freedom.unwrap()], &expected["df"], EXACT, id);
        // R's own tail is good to about 1e-13 absolute.
        all_close(&[result.p_value.unwrap()], &expected["p"], 1e-9, id);
    }
}

#[test]
fn several_arms_and_other_weights() {
    // lifelines 0.30.3 multivariate_logrank_test: veteran by cell type (four arms) and by treatment.
    let results =
        run("survival_veteran", &columns("time", "status", "celltype"), &Options::default(), "log-rank");
    assert_eq!(results[0].degrees_of_freedom, Some(3.0));
    close(results[0].statistic.unwrap(), 25.403700345785367, 1e-9, "veteran by cell type");
    for (test, two, four) in [
        ("gehan", 0.9607502152527158, 19.43312635800278),
        ("tarone-ware", 0.5457201742117685, 22.57284250806656),
        ("peto", 0.8529520799775226, 19.61351677127849),
    ] {
        let statistic = |arm: &str| {
            let results = run("survival_veteran", &columns("time", "status", arm), &Options::default(), test);
            results[0].statistic.unwrap()
        };
        close(statistic("trt"), two, 1e-9, test);
        close(statistic("celltype"), four, 1e-9, test);
    }
}

#[test]
fn simtrial_weights() {
    let cases = fixture("weighted_tests.json");
    for data in ["ex1", "ex2"] {
        let expected = case(&cases, &format!("simtrial wlr z {data}_delayed_effect"))["expected"].clone();
        let file = format!("simtrial_{data}_delayed_effect");
        let run =
            |tests: &str| run(&file, &columns("month", "evntd", "trt"), &Options::default(), tests).remove(0);
        for (key, test) in [
            ("FH0_0", "fh(0,0)"),
            ("FH1_0", "fh(1,0)"),
            ("FH0_1", "fh(0,1)"),
            ("FH1_1", "fh(1,1)"),
            ("FH0_0.5", "fh(0,0.5)"),
            ("FH0.5_0.5", "fh(0.5,0.5)"),
            ("MB_delay6_wmaxInf", "mb(6)"),
            ("MB_delayInf_wmax2", "mb(largest=2)"),
            ("MB_delay6_wmax2", "mb(6, 2)"),
            ("early_zero3", "early-zero(3)"),
        ] {
            let result = run(test);
            // simtrial: positive favors the treated (fewer events); ours is observed less expected.
            all_close(&[-detail(&result, "z")[0]], &expected[key]["z"], EXACT, key);
            if expected[key].get("est").is_some() {
                all_close(&detail(&result, "score"), &expected[key]["est"], EXACT, key);
                all_close(&detail(&result, "score_standard_error"), &expected[key]["se"], EXACT, key);
            }
        }
        let survdiff = &case(&cases, &format!("survdiff on {data}_delayed_effect"))["expected"];
        let result = run("log-rank");
        all_close(&[result.statistic.unwrap()], &survdiff["chisq"], EXACT, data);
        all_close(&detail(&result, "observed"), &survdiff["obs"], EXACT, data);
        let rmst = &case(&cases, &format!("simtrial rmst tau=10 {data}_delayed_effect"))["expected"];
        let results = self::run(
            &file,
            &columns("month", "evntd", "trt"),
            &Options::default(),
            "rmst(10, variance=corrected)",
        );
        all_close(&[results[2].value.unwrap()], &rmst["est"], EXACT, data);
        all_close(&[results[2].standard_error.unwrap()], &rmst["se"], EXACT, data);
        all_close(&[results[2].statistic.unwrap()], &rmst["z"], EXACT, data);
        let milestone = &case(&cases, &format!("simtrial milestone t=12 {data}_delayed_effect"))["expected"];
        let options = at(&[12.0], CurveInterval::Log);
        let result =
            self::run(&file, &columns("month", "evntd", "trt"), &options, "milestone(log-log)").remove(0);
        all_close(&[result.value.unwrap()], &milestone["est"], EXACT, data);
        all_close(&[result.standard_error.unwrap()], &milestone["se"], EXACT, data);
        all_close(&[result.statistic.unwrap()], &milestone["z"], EXACT, data);
    }
}

#[test]
fn simtrial_max_combo() {
    let cases = fixture("weighted_tests.json");
    for data in ["ex1", "ex2"] {
        for (weights, test) in [("00,01,10,11", "max-combo"), ("00,01", "max-combo(0-0, 0-1)")] {
            let id = format!("simtrial maxcombo FH({weights}) {data}_delayed_effect");
            let expected = &case(&cases, &id)["expected"];
            let options = Options { alternative: Alternative::Less, ..Options::default() };
            let file = format!("simtrial_{data}_delayed_effect");
            let result = run(&file, &columns("month", "evntd", "trt"), &options, test).remove(0);
            all_close(&detail(&result, "z"), &expected["z"], EXACT, &id);
            all_close(&detail(&result, "correlation"), &expected["corr"], EXACT, &id);
            // Two weights: exact. Four: mvtnorm's randomised integration stops at an absolute error of 1e-3 and was 3e-5
            // off here (60 million draws give 7.43e-4 where it says 7.13e-4).
            let p = expected["p_one_sided"].as_f64().unwrap();
            let tolerance = if weights.len() > 5 { 5e-5 } else { 1e-9 };
            assert!((result.p_value.unwrap() - p).abs() < tolerance, "{id}: {:?} {p}", result.p_value);
        }
    }
}

#[test]
fn nph_rct_modest_weights() {
    let cases = fixture("weighted_tests.json");
    for (id, test) in [
        ("nphRCT wlrt ex1  lr", "log-rank"),
        ("nphRCT wlrt ex1  fh rho 0 gamma 1", "fh(0,1)"),
        ("nphRCT wlrt ex1  mw t_star 6", "modestly-weighted(t=6)"),
        ("nphRCT wlrt ex1  mw s_star 0.5", "modestly-weighted(s=0.5)"),
    ] {
        let expected = &case(&cases, id)["expected"];
        let columns = columns("month", "evntd", "trt");
        let result = run("simtrial_ex1_delayed_effect", &columns, &Options::default(), test).remove(0);
        all_close(&detail(&result, "score"), &expected["u"], EXACT, id);
        all_close(&detail(&result, "variance"), &expected["v_u"], EXACT, id);
        all_close(&detail(&result, "z"), &expected["z"], EXACT, id);
    }
}

#[test]
fn lrstat_tests() {
    let cases = fixture("weighted_log_rank_power.json");
    for (rho, gamma) in [(0, 0), (0, 1), (1, 1)] {
        let id = format!("lrtest FH({rho},{gamma}) veteran, lung~sex, aml, veteran strat celltype");
        let expected = &case(&cases, &id)["expected"];
        let stratified = Columns { strata: vec!["celltype".into()], ..columns("time", "status", "trt") };
        for (key, file, columns) in [
            ("veteran", "survival_veteran", columns("time", "status", "trt")),
            ("lung", "survival_lung", lung()),
            ("aml", "survival_aml", columns("time", "status", "x")),
            ("veteran_strat", "survival_veteran", stratified),
        ] {
            let result = run(file, &columns, &Options::default(), &format!("fh({rho},{gamma})")).remove(0);
            // lrstat's score is that of the first group.
            all_close(&[-detail(&result, "score")[0]], &expected[key]["uscore"], EXACT, &id);
            all_close(&detail(&result, "variance"), &expected[key]["vscore"], EXACT, &id);
            all_close(&[-detail(&result, "z")[0]], &expected[key]["logRankZ"], EXACT, &id);
            all_close(&[result.p_value.unwrap()], &expected[key]["logRankPValue"], EXACT, &id);
        }
    }
}

#[test]
fn whas500_of_sas() {
    let expected = &fixture("whas500.json")[0]["expected"];
    for (key, test) in [
        ("00", "fh(0,0)"),
        (".5,.5", "fh(.5,.5)"),
        ("11", "fh(1,1)"),
        ("01", "fh(0,1)"),
        (".5,2", "fh(.5,2)"),
        ("10", "fh(1,0)"),
    ] {
        let result =
            run("camis_whas500", &columns("LENFOL", "FSTAT", "AFB"), &Options::default(), test).remove(0);
        let ours = [detail(&result, "score")[0], detail(&result, "variance")[0], result.statistic.unwrap()];
        all_close(&ours, &expected[key], EXACT, key);
    }
}

#[test]
fn cuminc_curves() {
    let cases = fixture("competing_risks.json");
    let mgus = columns("etime", "ev", "sex");
    let groups = columns("time", "status", "group");
    for (id, file, columns, times) in [
        ("cuminc help example set.seed(2)", "cmprsk_example_seed2", &groups, [0.5, 1.0, 2.0]),
        ("mgus2 pcm/death ~ sex Gray", "mgus2_competing", &mgus, [60.0, 120.0, 240.0]),
    ] {
        let expected = &case(&cases, id)["expected"];
        let results = run(file, columns, &at(&times, CurveInterval::LogLog), "cuminc(aalen)");
        let curves: Vec<&Estimate> =
            results.iter().filter(|e| e.estimand.english() == "cumulative incidence").collect();
        let values: Vec<f64> = curves.iter().map(|e| e.value.unwrap()).collect();
        let variances: Vec<f64> = curves.iter().map(|e| detail(e, "variance")[0]).collect();
        all_close(&values, &expected["est"], EXACT, id);
        all_close(&variances, &expected["var"], EXACT, id);
    }
}

#[test]
fn multi_state_survfit() {
    let cases = fixture("competing_risks.json");
    let expected = &case(&cases, "survfit AJ mgus2 ~ sex (infinitesimal jackknife se)")["expected"];
    let mgus = columns("etime", "ev", "sex");
    let times = [60.0, 120.0, 240.0];
    let results = run("mgus2_competing", &mgus, &at(&times, CurveInterval::Log), "cuminc(jackknife)");
    for cause in 1..=2 {
        for (row, result) in results
            .iter()
            .filter(|e| e.label.english().contains(&format!("cause {cause}")))
            .take(6)
            .enumerate()
        {
            all_close(
                &[result.value.unwrap()],
                &expected["pstate"][row][cause],
                EXACT,
                result.label.english(),
            );
            all_close(
                &[result.standard_error.unwrap()],
                &expected["se"][row][cause],
                EXACT,
                result.label.english(),
            );
        }
    }
    let expected = &case(&cases, "restricted mean time in state mgus2 tau=240")["expected"]["table"];
    let results = run("mgus2_competing", &mgus, &Options::default(), "time-lost(240)");
    for (cause, arm, row) in [(1, "F", 2), (1, "M", 3), (2, "F", 4), (2, "M", 5)] {
        let label = format!("{arm}, cause {cause} up to 240");
        let result = results.iter().find(|e| e.label.english() == label).unwrap();
        all_close(&[result.value.unwrap()], &expected[row][2], EXACT, &label);
    }
}

/// A table of 0/1 outcomes for two arms, `first` being the treated one.
fn two_by_two(treated: (u64, u64), control: (u64, u64)) -> TextTable {
    let mut text = String::from("event,arm\n");
    for (arm, (events, total)) in [("treated", treated), ("control", control)] {
        for i in 0..total {
            text += &format!("{},{arm}\n", u8::from(i < events));
        }
    }
    TextTable::read(text.as_bytes()).unwrap()
}

fn outcome_columns() -> Columns {
    Columns { status: Some("event".into()), arm: Some("arm".into()), ..Columns::default() }
}

fn direction(word: &str) -> Alternative {
    match word {
        "less" => Alternative::Less,
        "greater" => Alternative::Greater,
        _ => Alternative::TwoSided,
    }
}

#[test]
fn prop_test() {
    for case in fixture("proportions.json")
        .iter()
        .filter(|case| case["id"].as_str().unwrap().starts_with("prop.test"))
    {
        let (id, expected) = (case["id"].as_str().unwrap(), &case["expected"]);
        let counts = |key: &str| {
            expected[key].as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect::<Vec<_>>()
        };
        let (x, n) = (counts("x"), counts("n"));
        // R's difference is first less second group: the first is the treated arm here.
        let table = two_by_two((x[0], n[0]), (x[1], n[1]));
        let test = if expected["correct"].as_bool().unwrap() { "pearson-corrected" } else { "pearson" };
        let alternative = direction(expected["alternative"].as_str().unwrap());
        let options = Options { alternative, ..Options::default() };
        let result = run_table(&table, &outcome_columns(), &options, test).remove(0);
        all_close(&[result.statistic.unwrap()], &expected["stat"], EXACT, id);
        all_close(&[result.p_value.unwrap()], &expected["p"], EXACT, id);
        let ci = numbers(&expected["ci"]);
        ends(result.interval, ci[0], ci[1], EXACT, id);
    }
}

#[test]
fn fisher_test() {
    for case in
        fixture("proportions.json").iter().filter(|case| case["id"].as_str().unwrap().starts_with("fisher"))
    {
        let (id, expected) = (case["id"].as_str().unwrap(), &case["expected"]);
        // matrix(c(a, b, c, d), 2) by column: rows are outcomes, columns groups; odds ratio of the first column.
        let cells: Vec<u64> =
            expected["table"].as_array().unwrap().iter().map(|v| v.as_u64().unwrap()).collect();
        let table = two_by_two((cells[0], cells[0] + cells[1]), (cells[2], cells[2] + cells[3]));
        let alternative = direction(expected["alternative"].as_str().unwrap());
        let options = Options { alternative, ..Options::default() };
        let result = run_table(&table, &outcome_columns(), &options, "fisher").remove(0);
        all_close(&[result.p_value.unwrap()], &expected["p"], EXACT, id);
        // R searches its roots to 1.2e-4 (of the inverse above 1): the details repeat that search, the result is exact.
        all_close(&detail(&result, "odds_ratio_printed_by_r"), &expected["or"], EXACT, id);
        let (ci, printed) = (numbers(&expected["ci"]), detail(&result, "interval_printed_by_r"));
        let limits = Interval { lower: printed[0], upper: printed[1], level: 0.95 };
        ends(Some(limits), ci[0], ci[1], EXACT, id);
        let exact = result.interval.unwrap();
        for (ours, theirs) in
            [(result.value.unwrap(), numbers(&expected["or"])[0]), (exact.lower, ci[0]), (exact.upper, ci[1])]
        {
            let gap = if theirs > 1.0 { 1.0 / ours - 1.0 / theirs } else { ours - theirs };
            assert!(theirs.is_nan() || gap.abs() < 1.3e-4, "{id}: {ours} {theirs}");
        }
    }
}

#[test]
fn statsmodels_intervals() {
    for case in fixture("python_tools.json").iter() {
        let id = case["id"].as_str().unwrap();
        let Some(rest) = id.strip_prefix("two-proportion CIs ") else { continue };
        let words: Vec<&str> = rest.split_whitespace().collect();
        let fraction = |word: &str| {
            let (x, n) = word.split_once('/').unwrap();
            (x.parse::<u64>().unwrap(), n.parse::<u64>().unwrap())
        };
        let table = two_by_two(fraction(words[0]), fraction(words[2]));
        for (key, test, tolerance) in [
            ("newcomb", "newcombe", EXACT),
            ("wald", "wald", EXACT),
            ("agresti-caffo", "agresti-caffo", EXACT),
            // The slip of statsmodels' cubic is reproduced on request; its root search stops at about 1e-12.
            ("score", "miettinen-nurminen(statsmodels)", 1e-8),
            ("ratio_log", "risk-ratio", EXACT),
            ("ratio_log-adjusted", "risk-ratio-adjusted", EXACT),
            ("ratio_score", "risk-ratio-score", 1e-8),
        ] {
            let expected = &case["expected"][key];
            // statsmodels failed where it wrote a message or NaN.
            if !expected.is_array() || expected[0].as_f64().is_none() {
                continue;
            }
            let result = run_table(&table, &outcome_columns(), &Options::default(), test).remove(0);
            let theirs = numbers(expected);
            ends(result.interval, theirs[0], theirs[1], tolerance, &format!("{id} {key}"));
        }
    }
}

#[test]
fn holm_and_hochberg() {
    use stapjes::estimate::multiplicity::{Adjustment, adjust};
    for (id, adjustment) in [("p.adjust holm", Adjustment::Holm), ("p.adjust hochberg", Adjustment::Hochberg)]
    {
        let expected = &case(&fixture("proportions.json"), id)["expected"];
        all_close(&adjust(&numbers(&expected["p"]), adjustment), &expected["adj"], 1e-12, id);
    }
}

#[test]
fn distributions_of_scipy() {
    use stapjes::stats::{beta, chi_square, f_distribution, normal, student_t};
    let cases = fixture("survival_crosscheck.json");
    for row in case(&cases, "distributions")["rows"].as_array().unwrap() {
        let v = numbers(row);
        let (df, df2, x, t, f, p) = (v[0], v[1], v[2], v[3], v[4], v[5]);
        let ours = [
            chi_square::upper_tail(x, df),
            chi_square::quantile(p, df),
            student_t::upper_tail(t, df),
            student_t::quantile(p, df),
            f_distribution::upper_tail(f, df, df2),
            f_distribution::quantile(p, df, df2),
            beta::quantile(df, df2, p),
            normal::quantile(p),
        ];
        for (i, (a, b)) in ours.iter().zip(&v[6..]).enumerate() {
            assert!((a - b).abs() <= 1e-11 * b.abs() + 1e-300, "column {i} of {v:?}: {a} instead of {b}");
        }
    }
}

#[test]
fn one_proportion_of_statsmodels() {
    for case in fixture("survival_crosscheck.json")
        .iter()
        .filter(|c| c["id"].as_str().unwrap().starts_with("one prop"))
    {
        let (id, inputs) = (case["id"].as_str().unwrap(), &case["inputs"]);
        let (x, n) = (inputs["x"].as_u64().unwrap(), inputs["n"].as_u64().unwrap());
        let options = Options { level: inputs["level"].as_f64().unwrap(), ..Options::default() };
        for (test, expected) in case["expected"].as_object().unwrap() {
            let result = run_table(&two_by_two((x, n), (1, 2)), &outcome_columns(), &options, test);
            let interval = result.iter().find(|e| e.label.english() == "treated").unwrap().interval.unwrap();
            let theirs = numbers(expected);
            for (a, b) in [(interval.lower, theirs[0]), (interval.upper, theirs[1])] {
                assert!((a - b).abs() < 1e-11, "{id} {test}: {a} instead of {b}");
            }
        }
    }
}

#[test]
fn mantel_haenszel_of_statsmodels() {
    for case in
        fixture("survival_crosscheck.json").iter().filter(|c| c["id"].as_str().unwrap().starts_with("Mantel"))
    {
        let (id, expected) = (case["id"].as_str().unwrap(), &case["expected"]);
        let mut text = String::from("event,arm,site\n");
        let tables = case["inputs"]["treated_events_total_control_events_total"].as_array().unwrap();
        for (site, table) in tables.iter().enumerate() {
            let cells = numbers(table);
            for (arm, events, total) in [("treated", cells[0], cells[1]), ("control", cells[2], cells[3])] {
                for i in 0..total as u64 {
                    text += &format!("{},{arm},{site}\n", u8::from((i as f64) < events));
                }
            }
        }
        let table = TextTable::read(text.as_bytes()).unwrap();
        let columns = Columns { strata: vec!["site".into()], ..outcome_columns() };
        let results = run_table(&table, &columns, &Options::default(), "mantel-haenszel(uncorrected)");
        let of = |estimand: &str| results.iter().find(|e| e.estimand.english() == estimand).unwrap();
        let odds = of("common odds ratio");
        all_close(&[odds.value.unwrap()], &expected["odds_ratio"], EXACT, id);
        all_close(&[odds.standard_error.unwrap()], &expected["log_se"], EXACT, id);
        let ci = numbers(&expected["ci"]);
        ends(odds.interval, ci[0], ci[1], EXACT, id);
        all_close(&[of("common ratio of shares").value.unwrap()], &expected["risk_ratio"], EXACT, id);
        let test = of("no association within strata");
        all_close(&[test.statistic.unwrap()], &expected["chisq"], EXACT, id);
        all_close(&[test.p_value.unwrap()], &expected["p"], EXACT, id);
        let corrected = run_table(&table, &columns, &Options::default(), "mantel-haenszel");
        let test = corrected.iter().find(|e| e.estimand.english() == "no association within strata").unwrap();
        all_close(&[test.statistic.unwrap()], &expected["chisq_corrected"], EXACT, id);
    }
}

#[test]
fn heavily_tied_times_of_lifelines() {
    for case in
        fixture("survival_crosscheck.json").iter().filter(|c| c["id"].as_str().unwrap().starts_with("tied"))
    {
        let (id, inputs) = (case["id"].as_str().unwrap(), &case["inputs"]);
        let column = |name: &str| numbers(&inputs[name]);
        let (time, event, arm, start) = (column("time"), column("event"), column("arm"), column("start"));
        let mut text = String::from("time,event,arm,start\n");
        for i in 0..time.len() {
            text += &format!("{},{},{},{}\n", time[i], event[i], arm[i], start[i]);
        }
        let table = TextTable::read(text.as_bytes()).unwrap();
        for (test, expected) in case["expected"].as_object().unwrap() {
            if !test.starts_with("delayed") {
                let columns = columns("time", "event", "arm");
                let result = run_table(&table, &columns, &Options::default(), test).remove(0);
                all_close(&[result.statistic.unwrap()], expected, EXACT, &format!("{id} {test}"));
            }
        }
        let times = numbers(&case["expected"]["delayed_entry_times"]);
        let late = Columns {
            time: Some("time".into()),
            status: Some("event".into()),
            start: Some("start".into()),
            ..Columns::default()
        };
        let results = run_table(&table, &late, &at(&times, CurveInterval::Plain), "km");
        let survival: Vec<f64> = results.iter().map(|e| e.value.unwrap()).collect();
        all_close(&survival, &case["expected"]["delayed_entry_survival"], EXACT, id);
    }
}

#[test]
fn data_that_cannot_be_compared_are_refused_in_words() {
    let refuse = |text: &str, columns: &Columns, options: &Options, test: &str| -> String {
        let prepared = prepare(&TextTable::read(text.as_bytes()).unwrap(), columns).unwrap();
        match parse_requests(test).unwrap()[0].run(&prepared.data, options) {
            Err(error) => error.to_string(),
            Ok(results) => panic!("{test} gave {results:?}"),
        }
    };
    let times = columns("time", "event", "arm");
    let plain = Options::default();
    let quiet = "time,event,arm\n1,0,a\n2,0,a\n3,0,b\n";
    assert!(refuse(quiet, &times, &plain, "log-rank").contains("no events"));
    assert!(refuse(quiet, &times, &plain, "max-combo").contains("no events"));
    assert!(refuse(quiet, &times, &plain, "pearson").contains("nobody had the event"));
    let single = "time,event,arm\n1,1,a\n2,0,a\n";
    for test in ["log-rank", "max-combo", "milestone", "fisher", "newcombe", "pearson"] {
        assert!(
            refuse(single, &times, &at(&[1.5], CurveInterval::Plain), test).contains("at least 2 arms"),
            "{test}"
        );
    }
    let tied = "time,event,arm\n3,1,a\n3,1,a\n3,1,b\n3,1,b\n";
    assert!(refuse(tied, &times, &plain, "log-rank").contains("no variance"));
    let short = "time,event,arm\n1,1,a\n2,0,a\n1,1,b\n9,0,b\n";
    assert!(
        refuse(short, &times, &at(&[9.5], CurveInterval::Plain), "km")
            .contains("beyond the follow-up of arm a")
    );
    assert!(refuse(short, &times, &plain, "rmst(5)").contains("latest horizon"));
    assert!(refuse(short, &times, &plain, "fh(-1, 0)").contains("out of range"));
    assert!(refuse(short, &times, &plain, "milestone").contains("--at"));
    assert!(
        parse_requests("log-rnak")
            .is_err_and(|error| error.to_string().contains("did you mean \"log-rank\""))
    );
}

/// R 4.2, survival 3.5-3: survfit on times 1..6, events 0 1 1 0 1 0, at .5, 1 and 2 on every scale.
#[test]
fn intervals_where_nobody_has_left_yet() {
    let table = TextTable::read("time,event\n1,0\n2,1\n3,1\n4,0\n5,1\n6,0\n".as_bytes()).unwrap();
    let roles = Columns { time: Some("time".into()), status: Some("event".into()), ..Columns::default() };
    for (scale, at_one, at_two) in [
        (CurveInterval::Plain, Some((1.0, 1.0)), (0.449_390_983_769_367, 1.0)),
        (CurveInterval::Log, Some((1.0, 1.0)), (0.516_125_760_342_172, 1.0)),
        (CurveInterval::LogLog, None, (0.203_809_263_267_639, 0.969_179_788_866_743)),
        (CurveInterval::Logit, None, (0.308_954_427_625_703, 0.972_816_907_553_475)),
        (CurveInterval::Arcsine, None, (0.384_540_827_478_501, 0.999_355_672_240_436)),
    ] {
        let results = run_table(&table, &roles, &at(&[0.5, 1.0, 2.0], scale), "km");
        let limits: Vec<Option<(f64, f64)>> =
            results.iter().map(|result| result.interval.map(|i| (i.lower, i.upper))).collect();
        assert_eq!(limits[..2], [Some((1.0, 1.0)), at_one], "{scale:?}");
        let (lower, upper) = limits[2].unwrap();
        close(lower, at_two.0, EXACT, "lower");
        close(upper, at_two.1, EXACT, "upper");
    }
}

/// coin 1.4-2 (R 4.2): logrank_test(Surv(time, status) ~ x, aml), mid-ranks; exact and asymptotic.
#[test]
fn permutation_log_rank_of_coin() {
    let test = &run("survival_aml", &columns("time", "status", "x"), &Options::default(), "coin")[0];
    close(test.p_value.unwrap(), 0.064_693_013_272_9, 1e-12, "exact");
    close(detail(test, "z")[0].abs(), 1.834_549_927_1, 1e-10, "z");
    close(detail(test, "p_asymptotic")[0], 0.066_572_403_712_9, 1e-11, "asymptotic");
    assert_eq!(test.details["exact"], Detail::Text("yes".into()));
}

/// nphRCT's moderate_cross with a stratum: row number modulo 3.
fn crossing_in_three_strata() -> TextTable {
    let path = format!("{}/tests/fixtures/data/nphRCT_moderate_cross.csv", env!("CARGO_MANIFEST_DIR"));
    let mut text = String::from("time,event,arm,stratum\n");
    for (i, line) in std::fs::read_to_string(path).unwrap().lines().skip(1).enumerate() {
        text += &format!("{line},{}\n", i % 3);
    }
    TextTable::read(text.as_bytes()).unwrap()
}

/// Written out again in R 4.2 from the formula of Magirr & Burman (2019), doi:10.1002/sim.8186, as nphRCT computes it:
/// score, variance and z of the treated arm; the second lines in three strata (row number modulo 3).
#[test]
fn modestly_weighted_and_early_zero_where_hazards_cross() {
    let table = crossing_in_three_strata();
    let whole = columns("time", "event", "arm");
    let strata = Columns { strata: vec!["stratum".into()], ..whole.clone() };
    for (roles, test, expected) in [
        (&whole, "mw(t=6)", [-14.487_386_368_237_7, 55.907_239_717_542, -1.937_563_824_425_66]),
        (&whole, "mw(s=0.5)", [-18.154_197_978_724_4, 79.221_479_495_258_6, -2.039_649_733_115_23]),
        (&whole, "early-zero(3)", [-14.138_048_984_407_2, 29.395_651_226_490_5, -2.607_641_829_993_5]),
        (&strata, "mw(t=6)", [-14.317_732_294_258_9, 55.829_000_088_060_2, -1.916_215_342_705_38]),
        (&strata, "mw(s=0.5)", [-17.806_519_781_219_5, 78.557_517_593_231_2, -2.009_024_212_420_14]),
    ] {
        let result = &run_table(&table, roles, &Options::default(), test)[0];
        for (key, theirs) in ["score", "variance", "z"].into_iter().zip(expected) {
            close(detail(result, key)[0], theirs, EXACT, test);
        }
    }
}

/// The four weights of the default combination have a singular correlation (S + (1 - S) = 1): the p-value by integrating the
/// three free normal variables on a grid (NumPy, 4001 x 4001 points: .00074291929).
#[test]
fn max_combo_p_is_exact_with_a_singular_correlation() {
    let options = Options { alternative: Alternative::Less, ..Options::default() };
    let combo =
        &run("simtrial_ex1_delayed_effect", &columns("month", "evntd", "trt"), &options, "max-combo")[0];
    assert!((combo.p_value.unwrap() - 0.000_742_919_28).abs() < 2e-11, "{combo:?}");
}

/// nphRCT's find_weights takes S at the last event strictly before t*: here an event falls on t* itself. By hand: S is 1, 3/4, 1/2.
#[test]
fn an_event_at_t_star_counts_as_after_it() {
    let table = TextTable::read("time,event,arm\n1,1,a\n2,1,b\n3,1,a\n4,1,b\n".as_bytes()).unwrap();
    let score = |test: &str| {
        let result = &run_table(&table, &columns("time", "event", "arm"), &Options::default(), test)[0];
        detail(result, "score")[0]
    };
    // Weights 1, 4/3, 4/3, 4/3 at t* = 2; observed less expected events of b: -1/2, 1 - 2/3, -1/2, 0.
    let expected = -0.5 + 4.0 / 3.0 * (1.0 / 3.0 - 0.5);
    close(score("mw(t=2)"), expected, EXACT, "t* on an event");
    close(score("mw(t=1.5)"), expected, EXACT, "t* after the first event");
    close(score("mw(t=1)"), -0.5 + 1.0 / 3.0 - 0.5, EXACT, "t* on the first event: all weights 1");
}

/// Written out in R 4.2 from Magirr & Jimenez (2022), arXiv:2201.10445: strata combined with the information of the log-rank test.
#[test]
fn strata_combined_by_information() {
    let roles = Columns { strata: vec!["stratum".into()], ..columns("time", "event", "arm") };
    let result = &run_table(&crossing_in_three_strata(), &roles, &Options::default(), "mw(t=6)")[0];
    for (key, theirs) in [
        ("combined_score", -11.8751673722712),
        ("combined_variance", 38.4064562482945),
        ("combined_z", -1.9161858156315),
    ] {
        close(detail(result, key)[0], theirs, EXACT, key);
    }
    let by_stratum: Vec<f64> = detail(result, "by_stratum_z");
    for (ours, theirs) in by_stratum.iter().zip([-1.21641324529036, -1.03302661690303, -1.06946684543087]) {
        close(*ours, theirs, EXACT, "z of a stratum");
    }
}
