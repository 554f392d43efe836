//! What can go wrong on a disk, from outside: no file of the user's is touched, results are whole, words are true.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use stapjes::report::summary::sha256;

/// A study of a few dozen clients and a year.
const SMALL: [&str; 6] = [
    "--set",
    "horizon_months=12",
    "--set",
    "arm.fip.participants=20",
    "--set",
    "arm.regular.participants=20",
];

fn stapjes(folder: &Path, command: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_stapjes"))
        .current_dir(folder)
        .env_remove("STAPJES_LANG")
        .stdin(Stdio::null())
        .arg(command)
        .args(arguments)
        .output()
        .unwrap()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    stapjes(folder, "run", &[&SMALL[..], &["--draws", "0", "--replicates", "2"], arguments].concat())
}

fn power(folder: &Path, command: &str, arguments: &[&str]) -> Output {
    stapjes(folder, command, &[&SMALL[..], &["--replicates", "4"], arguments].concat())
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn expect(output: &Output, code: i32, words: &str) {
    assert_eq!(output.status.code(), Some(code), "{}", said(output));
    assert!(said(output).contains(words), "{words}: {}", said(output));
}

fn text(path: impl AsRef<Path>) -> String {
    fs::read_to_string(path).unwrap()
}

/// Every file that a manifest lists is there with its hash.
fn assert_whole(folder: &Path, manifest: &str) -> Value {
    let manifest: Value = serde_json::from_str(&text(folder.join(manifest))).unwrap();
    for file in manifest["files"].as_array().unwrap() {
        let bytes = fs::read(folder.join(file["path"].as_str().unwrap())).unwrap();
        assert_eq!(sha256(&bytes), file["sha256"].as_str().unwrap(), "{file}");
    }
    manifest
}

#[test]
fn a_thesis_beside_a_manifest_survives() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("s");
    fs::create_dir(&folder).unwrap();
    fs::write(folder.join("manifest.json"), "{}").unwrap();
    fs::write(folder.join("thesis.tex"), "years of work").unwrap();
    expect(&run(place.path(), &["--out", "s"]), 73, "not written by stapjes");
    assert_eq!(text(folder.join("thesis.tex")), "years of work");
    assert_eq!(text(folder.join("manifest.json")), "{}");
}

#[test]
fn a_scenario_and_notes_in_the_output_folder_survive_and_are_named() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("output/mine");
    expect(&stapjes(place.path(), "new", &["mine"]), 0, "");
    expect(&run(place.path(), &["mine.toml", "--quiet"]), 0, "");
    let scenario = text(place.path().join("mine.toml"));
    fs::rename(place.path().join("mine.toml"), folder.join("mine.toml")).unwrap();
    fs::write(folder.join("notes.txt"), "mine").unwrap();
    expect(&run(place.path(), &["output/mine/mine.toml"]), 0, "left as it is: mine.toml, notes.txt");
    assert_eq!(text(folder.join("mine.toml")), scenario);
    assert_eq!(text(folder.join("notes.txt")), "mine");
    assert_whole(&folder, "manifest.json");
    fs::write(folder.join("results.xlsx"), "edited").unwrap();
    let refused = run(place.path(), &["output/mine/mine.toml"]);
    expect(&refused, 73, "results.xlsx was changed after stapjes wrote it");
    assert_eq!(text(folder.join("results.xlsx")), "edited");
}

#[test]
fn run_power_and_duration_share_a_folder_and_report_shows_the_power() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("s");
    expect(&power(place.path(), "power", &["--out", "s"]), 0, "");
    expect(&run(place.path(), &["--out", "s", "--lang", "en"]), 0, "");
    expect(&power(place.path(), "duration", &["--out", "s"]), 0, "");
    let of_run = assert_whole(&folder, "manifest.json");
    for name in ["manifest-power.json", "manifest-duration.json"] {
        let manifest = assert_whole(&folder, name);
        assert_eq!(manifest["seed"], of_run["seed"]);
        assert_eq!(manifest["results_hash"].as_str().unwrap().len(), 64);
        assert!(manifest["timings"]["threads"].as_u64().unwrap() > 0);
    }
    let curves = text(folder.join("curves.csv"));
    expect(&stapjes(place.path(), "report", &["s", "--lang", "en"]), 0, "");
    assert!(text(folder.join("report.html")).contains("Chance that a study of this size"));
    assert_eq!(text(folder.join("curves.csv")), curves);
    for name in ["manifest.json", "manifest-power.json", "manifest-duration.json"] {
        assert_whole(&folder, name);
    }
    let names: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, ["s"], "nothing temporary is left");
}

#[test]
fn report_refuses_results_that_the_run_did_not_write() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path().join("s");
    expect(&run(place.path(), &["--out", "s"]), 0, "");
    let report = text(folder.join("report.html"));
    let summary = text(folder.join("summary.json"));
    fs::write(folder.join("summary.json"), summary.replacen("0.", "1.", 1)).unwrap();
    let refused = stapjes(place.path(), "report", &["s"]);
    expect(&refused, 65, "summary.json in s is not what the run wrote");
    assert_eq!(text(folder.join("report.html")), report);
    fs::write(folder.join("summary.json"), summary).unwrap();
    expect(&stapjes(place.path(), "report", &["s", "--csv-nl"]), 0, "");
    assert_whole(&folder, "manifest.json");
    assert!(folder.join("curves-nl.csv").exists());
}

#[cfg(unix)]
#[test]
fn a_bad_target_is_told_before_computing() {
    let place = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink("nowhere", place.path().join("link")).unwrap();
    // Ten million replicates: the answer comes now or not within the test.
    let long = ["--replicates", "10000000", "--force", "--out"];
    for command in ["run", "power", "duration"] {
        let output = stapjes(place.path(), command, &[&long[..], &["link"]].concat());
        expect(&output, 73, "a link to something that does not exist");
        let output = stapjes(place.path(), command, &[&long[..], &["."]].concat());
        expect(&output, 73, "not written by stapjes");
    }
    assert!(!place.path().join("nowhere").exists());
}
