//! `analysis.R` in R itself: the estimate and error that `power` finds in the same study. Without R the test says that it is skipped.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

fn stapjes(folder: &Path, arguments: &[&str]) {
    let settings = [
        "horizon_months=24",
        "analysis.cut_off_months=[24]",
        "analysis.sizes=[1.0]",
        "uncertainty.parameter_draws=0",
    ];
    let done = Command::new(env!("CARGO_BIN_EXE_stapjes"))
        .current_dir(folder)
        .args(arguments)
        .args(settings.iter().flat_map(|setting| ["--set", *setting]))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}

/// Whether R and its survival package are here. STAPJES_R=required makes their absence a failure.
fn has_r() -> bool {
    let found = Command::new("Rscript")
        .args(["-e", "library(survival)"])
        .output()
        .is_ok_and(|done| done.status.success());
    let required = std::env::var("STAPJES_R").is_ok_and(|wish| wish == "required");
    assert!(found || !required, "Rscript with the survival package is required");
    found
}

#[test]
fn the_script_finds_what_power_finds() {
    let folder = tempfile::tempdir().unwrap();
    stapjes(
        folder.path(),
        &["run", "lange-adem", "--replicates", "1", "--events", "--quiet", "--out", "run"],
    );
    let script = fs::read_to_string(folder.path().join("run/analysis.R")).unwrap();
    assert!(script.contains("read.csv(\"events.csv\")"));
    if !has_r() {
        eprintln!(
            "SKIPPED: Rscript with the survival package is not installed; only the presence of the script was tested"
        );
        return;
    }
    stapjes(
        folder.path(),
        &["power", "lange-adem", "--replicates", "1", "--null-replicates", "0", "--out", "power"],
    );
    let json: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("power/power.json")).unwrap()).unwrap();
    let is_it = |cell: &&Value| {
        cell["endpoint"] == "exit_to_work" && cell["test"] == "cox_robust" && cell["months"] == 24
    };
    let cell = json["cells"].as_array().unwrap().iter().find(is_it).unwrap();
    let done =
        Command::new("Rscript").arg("analysis.R").current_dir(folder.path().join("run")).output().unwrap();
    let said = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    let values: Vec<f64> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let (estimate, error) =
        (cell["mean_estimate"].as_f64().unwrap(), cell["standard_error"].as_f64().unwrap());
    assert_eq!(values.len(), 5, "{said}");
    assert!((values[0] - estimate).abs() < 1e-5, "{said} {estimate}");
    assert!((values[1] - error).abs() < 1e-5, "{said} {error}");
}
