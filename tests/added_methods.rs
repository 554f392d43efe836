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
