//! Measured values, one-sample tests, margins, restricted means with strata or covariates, and recurrent events with a terminal one, against
//! R (`tests/fixtures/scripts/added_methods.R` remakes the numbers).
// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Command;

/// A data set of the fixtures as rows by column name.
fn rows(name: &str) -> Vec<BTreeMap<String, String>> {
    let path = format!("{}/tests/fixtures/data/{name}.csv", env!("CARGO_MANIFEST_DIR"));
    csv::Reader::from_path(path).unwrap().deserialize().map(Result::unwrap).collect()
}

fn analyze(text: &str, arguments: &str) -> Vec<Value> {
    let place = tempfile::tempdir().unwrap();
    std::fs::write(place.path().join("data.csv"), text).unwrap();
    let mut process = Command::new(env!("CARGO_BIN_EXE_stapjes"));
    process
        .env("STAPJES_LANG", "en")
        .current_dir(place.path())
        .args(["analyze", "data.csv", "--json"])
        .args(arguments.split_whitespace());
    let output = process.output().unwrap();
    assert!(output.status.success(), "{arguments}: {}", String::from_utf8_lossy(&output.stderr));
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    answer["results"].as_array().unwrap().clone()
}

fn fixture(id: &str) -> Vec<f64> {
    let all: Value = serde_json::from_str(include_str!("fixtures/added_methods.json")).unwrap();
    let list = all[id].as_array().unwrap_or_else(|| panic!("no fixture {id}"));
    list.iter().map(|value| value.as_f64().unwrap()).collect()
}

fn near(what: &str, own: f64, right: f64, tolerance: f64) {
    assert!((own - right).abs() <= tolerance * right.abs().max(1e-3), "{what}: {own} for {right}");
}

fn close(what: &str, result: &Value, keys: &[&str], right: &[f64], tolerance: f64) {
    for (key, right) in keys.iter().zip(right) {
        let own = key.split('.').fold(result, |value, key| &value[key]);
        near(
            &format!("{what} {key}"),
            own.as_f64().unwrap_or_else(|| panic!("{what} {key}: {result}")),
            *right,
            tolerance,
        );
    }
}

const T_TEST: [&str; 6] =
    ["value", "standard_error", "degrees_of_freedom", "p_value", "interval.lower", "interval.upper"];

#[test]
fn two_samples_of_values() {
    let sleep = rows("lme4_sleepstudy");
    let arm = |row: &BTreeMap<String, String>| {
        if row["Days"].parse::<u32>().unwrap() >= 5 { "late" } else { "control" }
    };
    let text = |value: &dyn Fn(&BTreeMap<String, String>) -> String| {
        let lines = sleep.iter().map(|row| format!("{},{}\n", value(row), arm(row)));
        "value,arm\n".to_owned() + &lines.collect::<String>()
    };
    let plain = text(&|row| row["Reaction"].clone());
    let found = analyze(&plain, "--outcome value --arm arm --tests welch,student,rank-sum");
    close("welch", &found[0], &T_TEST, &fixture("welch"), 1e-10);
    close("student", &found[1], &T_TEST, &fixture("student"), 1e-10);
    close("rank sum", &found[2], &["value", "p_value"], &fixture("rank_sum"), 1e-9);
    let less = analyze(&plain, "--outcome value --arm arm --tests rank-sum --sided less");
    close("less", &less[0], &["p_value"], &fixture("rank_sum_less"), 1e-12);
    // Only measured values and no clusters: these are the defaults.
    let names: Vec<Value> =
        analyze(&plain, "--outcome value --arm arm").iter().map(|r| r["name"].clone()).collect();
    assert_eq!(names, ["welch", "rank-sum"]);
    let tied = text(&|row| (row["Reaction"].parse::<f64>().unwrap() / 20.0).round().to_string());
    close(
        "ties",
        &analyze(&tied, "--outcome value --arm arm --tests rank-sum")[0],
        &["p_value"],
        &fixture("rank_sum_ties"),
        1e-9,
    );
    let day = |wanted: &str, arm: &str| -> String {
        let own = sleep.iter().filter(|row| row["Days"] == wanted).take(12);
        own.map(|row| format!("{},{arm}\n", row["Reaction"])).collect()
    };
    let small = "value,arm\n".to_owned() + &day("6", "control") + &day("9", "late");
    let exact = analyze(&small, "--outcome value --arm arm --tests rank-sum");
    close("exact", &exact[0], &["value", "p_value"], &fixture("rank_sum_exact"), 1e-12);
}

/// lung as status 0/1 with a sex that reads as an arm; male is the control.
fn lung(complete: bool) -> String {
    let all = rows("survival_lung").into_iter();
    let kept = all.filter(|row| !complete || row["ph.ecog"].parse::<f64>().is_ok_and(|ecog| ecog < 3.0));
    let line = |row: BTreeMap<String, String>| {
        let dead = u8::from(row["status"] == "2");
        let sex = if row["sex"] == "1" { "control" } else { "female" };
        format!("{},{dead},{sex},{},{}\n", row["time"], row["age"], row["ph.ecog"])
    };
    "time,status,arm,age,ecog\n".to_owned() + &kept.map(line).collect::<String>()
}

#[test]
fn one_sample_and_margins() {
    for (side, at) in [("two-sided", 0), ("less", 1), ("greater", 2)] {
        let request = format!("--status status --arm arm --tests binomial-test(0.65) --sided {side}");
        let found = analyze(&lung(false), &request);
        near(side, found[0]["p_value"].as_f64().unwrap(), fixture("binomial_1")[at], 1e-9);
        near(side, found[1]["p_value"].as_f64().unwrap(), fixture("binomial_2")[at], 1e-9);
    }
    let counts: String = rows("cgd_counts")
        .iter()
        .map(|row| format!("{},{},{}\n", row["n"], row["tstop"], row["treat"]))
        .collect();
    let counts = "n,days,arm\n".to_owned() + &counts;
    for (side, at) in [("two-sided", 0), ("less", 1)] {
        let found = analyze(
            &counts,
            &format!("--count n --exposure days --arm arm --tests rate-test(0.003) --sided {side}"),
        );
        for arm in &found {
            let id = format!("rate_{}", arm["label"].as_str().unwrap());
            near(&id, arm["p_value"].as_f64().unwrap(), fixture(&id)[at], 1e-8);
        }
    }
    for margin in ["-0.1", "0.05"] {
        let request = format!("--status status --arm arm --tests farrington-manning({margin})");
        let found = &analyze(&lung(false), &request)[0];
        // R's search of the likelihood is good to about eight digits.
        close(margin, found, &["statistic"], &fixture(&format!("margin_{margin}")), 1e-7);
        // The test at a limit of the interval of level .9 has p = .05.
        let limit = &analyze(&lung(false), "--status status --arm arm --tests mee --level 0.9")[0]["interval"]
            ["lower"];
        let at =
            analyze(&lung(false), &format!("--status status --arm arm --tests farrington-manning({limit})"));
        near("duality", at[0]["p_value"].as_f64().unwrap(), 0.05, 1e-6);
    }
}

#[test]
fn restricted_means_with_more() {
    let roles = "--time time --status status --arm arm --tau 500";
    let found = analyze(&lung(true), &format!("{roles} --strata ecog --tests stratified-rmst"));
    close("strata", &found[0], &["value", "standard_error"], &fixture("stratified_rmst"), 1e-9);
    let found = analyze(&lung(true), &format!("{roles} --tests rmst-margin(-20)"));
    let keys = ["value", "standard_error", "statistic"];
    close("margin", &found[0], &keys, &fixture("rmst_margin"), 1e-9);
    let found = analyze(&lung(true), &format!("{roles} --covariates age,ecog --tests adjusted-rmst"));
    let right = fixture("adjusted_rmst");
    assert_eq!(found.len(), 4);
    for (at, term) in found.iter().enumerate() {
        close("adjusted", term, &["value", "standard_error"], &[right[at], right[at + 4]], 1e-9);
    }
    // One stratum and no covariate that matters: the plain difference.
    let one = lung(true).replace('\n', ",1\n").replacen(",1\n", ",one\n", 1);
    let strata = analyze(&one, &format!("{roles} --strata one --tests stratified-rmst,rmst"));
    let plain =
        strata.iter().find(|r| r["name"] == "rmst" && r["label"] == "female - control, 0 to 500").unwrap();
    close(
        "one stratum",
        &strata[0],
        &["value", "standard_error"],
        &[plain["value"].as_f64().unwrap(), plain["standard_error"].as_f64().unwrap()],
        1e-12,
    );
}

#[test]
fn recurrent_events_with_a_terminal_one() {
    let roles = "--time time --status status --arm arm --id id --cause 1 --tests ghosh-lin";
    let cgd = rows("survival_cgd");
    let last = |at: usize| cgd.get(at + 1).is_none_or(|next| next["id"] != cgd[at]["id"]);
    let mut text = "id,start,time,status,arm\n".to_owned();
    for (at, row) in cgd.iter().enumerate() {
        let cause = match (row["status"].as_str(), last(at) && row["id"].parse::<u32>().unwrap() % 3 == 0) {
            ("1", _) => 1,
            (_, true) => 2,
            _ => 0,
        };
        text += &format!("{},{},{},{cause},{}\n", row["id"], row["tstart"], row["tstop"], row["treat"]);
    }
    let found = analyze(&text, &format!("{roles} --start start --at 300"));
    for arm in found.iter().take(2) {
        let name = arm["arm"].as_str().unwrap();
        // R's derivatives are numeric.
        close(name, arm, &["value", "standard_error"], &fixture(&format!("ghosh_lin_{name}")), 1e-8);
    }
    assert!(found[2]["statistic"].as_f64().unwrap() < 0.0, "fewer events under rIFN-g: {}", found[2]);
}

/// lung with weights that are no whole numbers, frequencies, late entries and a value, by the formulas of `case_weights.R`.
fn weighted_lung() -> String {
    let complete = |row: &BTreeMap<String, String>| {
        ["time", "status", "sex", "age", "inst"].iter().all(|column| row[*column].parse::<f64>().is_ok())
    };
    let mut text = "time,month,event,cause,arm,age,inst,w,f,entry,value,old\n".to_owned();
    for (i, row) in rows("survival_lung").into_iter().filter(complete).enumerate() {
        let number = |column: &str| row[column].parse::<f64>().unwrap();
        let (time, age, event) = (number("time"), number("age"), number("status") - 1.0);
        let (month, cause) = ((time / 30.0).ceil(), event * (1.0 + f64::from(u8::from(age > 65.0))));
        let w = (25.0 + ((i * 37) % 90) as f64) / 40.0;
        let entry = (month - 1.0).min(((i * 3) % 7) as f64);
        let arm = if row["sex"] == "1" { "control" } else { "female" };
        let (f, value, inst, old) = (1 + (i * 5) % 4, age + ((i * 11) % 13) as f64, &row["inst"], age > 60.0);
        text += &format!("{time},{month},{event},{cause},{arm},{age},{inst},{w},{f},{entry},{value},{old}\n");
    }
    text
}

fn weight_fixture(id: &str) -> Vec<f64> {
    let all: Value = serde_json::from_str(include_str!("fixtures/case_weights.json")).unwrap();
    all[id]
        .as_array()
        .unwrap_or_else(|| panic!("no {id}"))
        .iter()
        .map(|value| value.as_f64().unwrap())
        .collect()
}

/// Values of one key over results, against R.
fn all_close(what: &str, results: &[Value], keys: &[&str], right: &[f64], tolerance: f64) {
    let own = keys.iter().flat_map(|key| {
        results.iter().map(move |result| key.split('.').fold(result, |value, key| &value[key]).as_f64())
    });
    for (at, (own, right)) in own.zip(right).enumerate() {
        near(&format!("{what} {at}"), own.unwrap_or(f64::NAN), *right, tolerance);
    }
}

#[test]
fn sampling_weights_as_r() {
    let text = weighted_lung();
    let run = |roles: &str| analyze(&text, &format!("--status event --arm arm --weights w {roles}"));
    let curve = ["value", "standard_error", "interval.lower", "interval.upper"];
    let found = run("--time time --tests km --at 180,365");
    all_close("km", &found, &curve, &weight_fixture("km"), 1e-9);
    let found = run("--time month --start entry --tests km --at 6,12");
    all_close("late km", &found, &curve[..2], &weight_fixture("km_late"), 1e-9);
    let found = run("--time time --tests quantile(0.5)");
    all_close(
        "median",
        &found,
        &["value", "interval.lower", "interval.upper"],
        &weight_fixture("median"),
        1e-9,
    );
    for ties in ["efron", "breslow"] {
        let found = run(&format!("--time month --covariates age --tests cox --ties {ties}"));
        let (right, two) = (weight_fixture(&format!("cox_{ties}")), &found[..2]);
        all_close(ties, two, &["details.coefficient", "standard_error"], &right, 1e-8);
        let tests =
            ["robust_score_statistic", "robust_wald_statistic", "log_likelihood_null", "log_likelihood"];
        let keys = tests.map(|key| format!("details.{key}"));
        all_close(ties, &found[2..], &keys.each_ref().map(String::as_str), &right[4..], 1e-8);
        assert!(found[2].get("p_value").is_none(), "the likelihood ratio of weighted rows has no p");
    }
    let found = run("--time month --start entry --covariates age --strata old --tests cox");
    all_close(
        "late",
        &found[..2],
        &["details.coefficient", "standard_error"],
        &weight_fixture("cox_late"),
        1e-8,
    );
    let found = run("--time month --tests log-rank");
    all_close("log-rank", &found, &["statistic"], &weight_fixture("log_rank"), 1e-9);
    let found = run("--time month --tests log-rank --strata old");
    all_close("strata", &found, &["statistic"], &weight_fixture("log_rank_strata"), 1e-9);
    let found = run("--time month --covariates age --cluster inst --tests cox-robust");
    all_close("cluster", &found[..2], &["standard_error"], &weight_fixture("cox_cluster"), 1e-8);
    let found = run("--time time --tests rmst(365)");
    all_close("rmst", &found[..2], &["value", "standard_error"], &weight_fixture("rmst"), 1e-6);
    let found = run("--tests wald,wald-proportion");
    all_close("wald", &found[..1], &["value", "standard_error"], &weight_fixture("wald"), 1e-9);
    let right = weight_fixture("wald");
    for (arm, at) in [(1, 2), (2, 4)] {
        all_close("share", &found[arm..=arm], &["value", "standard_error"], &right[at..], 1e-9);
    }
    let found = analyze(&text, "--outcome value --arm arm --weights w --tests welch");
    close("welch", &found[0], &T_TEST[..4], &weight_fixture("welch"), 1e-9);
    let found = analyze(&text, "--time time --status cause --arm arm --weights w --at 365 --tests cuminc");
    let arms: Vec<Value> = found.into_iter().filter(|result| result.get("against").is_none()).collect();
    all_close("incidence", &arms, &["value", "standard_error"], &weight_fixture("incidence"), 1e-9);
}

#[test]
fn frequencies_are_rows() {
    let text = weighted_lung();
    let run = |more: &str| analyze(&text, &format!("--time month --status event --arm arm {more}"));
    let found = run("--weights f --covariates age --tests cox");
    let keys = ["details.coefficient", "standard_error"];
    all_close("cox", &found[..2], &keys, &weight_fixture("cox_frequency"), 1e-8);
    let found = run("--weights f --tests log-rank");
    all_close("log-rank", &found, &["statistic"], &weight_fixture("log_rank_frequency"), 1e-9);
    // Told to be sampling weights, whole numbers get robust errors.
    let robust = run("--weights f --weights-as sampling --covariates age --tests cox");
    near(
        "estimate",
        robust[0]["value"].as_f64().unwrap(),
        run("--weights f --covariates age --tests cox")[0]["value"].as_f64().unwrap(),
        1e-9,
    );
    assert!(robust[0]["convention"].as_str().unwrap().contains("robust"));
}

#[test]
fn intraclass_correlation_given_covariates() {
    let kept = |at: &usize| (at * 7) % 5 > 1 || at.is_multiple_of(3);
    let line = |row: BTreeMap<String, String>| {
        let (days, subject): (f64, u32) = (row["Days"].parse().unwrap(), row["Subject"].parse().unwrap());
        let arm = if subject.is_multiple_of(2) { "even" } else { "control" };
        format!("{subject},{arm},{},{days},{}\n", row["Reaction"], days * days)
    };
    let numbered = rows("lme4_sleepstudy").into_iter().enumerate().map(|(at, row)| (at + 1, row));
    let rows: String = numbered.filter(|(at, _)| kept(at)).map(|(_, row)| line(row)).collect();
    let text = format!("subject,arm,y,days,square\n{rows}");
    let roles = "--outcome y --arm arm --cluster subject --covariates days,square --tests icc,design-effect";
    let found = analyze(&text, roles);
    let keys = [
        "value",
        "details.mean_square_between",
        "details.mean_square_within",
        "details.effective_cluster_size",
        "statistic",
        "degrees_of_freedom",
        "denominator_degrees_of_freedom",
        "p_value",
    ];
    let right = fixture("icc_covariates");
    close("anova", &found[0], &keys, &right, 1e-9);
    close(
        "reml",
        &found[1],
        &["value", "details.variance_between", "details.variance_within"],
        &right[8..],
        1e-5,
    );
    let icc = found[2]["details"]["intraclass_correlation"].as_f64().unwrap();
    assert!((icc - right[0].max(0.0)).abs() < 1e-9, "{icc}");
}
