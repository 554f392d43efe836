//! What the engine in lanes gives against what the engine before it gave: double precision, one client at a time, each process written
//! as its formula (`tests/fixtures/plain_engine`).

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Replicates behind each mean of the fixture (four seeds of 200), and here.
const PLAIN: f64 = 800.0;
const REPLICATES: f64 = 60.0;
/// The largest of some two thousand normal errors stays below this but for once in a thousand.
const BOUND: f64 = 5.0;

/// Scenario and changes of each study: a closed cohort, the same in quarter steps, and a whole caseload with inflow and a plan.
const STUDIES: [(&str, &str, &[&str]); 3] = [
    ("far", "parameters.toml", &[]),
    ("quarters", "parameters.toml", &["--set", "steps_per_month=4"]),
    ("plan", "plan.toml", &[]),
];

/// Mean and Monte Carlo error by arm, month, measure, label and view.
type Curves = BTreeMap<[String; 5], [f64; 2]>;

fn fixture() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/plain_engine")
}

/// The rows of a file whose columns have these values.
fn read(path: &Path, chosen: &[(&str, &str)]) -> Curves {
    let mut file = csv::Reader::from_path(path).unwrap();
    let header = file.headers().unwrap().clone();
    let column = |name: &str| header.iter().position(|column| column == name).unwrap();
    let wanted: Vec<(usize, &str)> = chosen.iter().map(|(name, value)| (column(name), *value)).collect();
    let key = ["arm", "month", "measure", "label", "view"].map(column);
    let numbers = ["mean", "mcse"].map(column);
    let rows = file.records().map(Result::unwrap).filter(|row| {
        let fits = wanted.iter().all(|&(at, value)| &row[at] == value);
        fits && numbers.iter().all(|&at| !row[at].is_empty())
    });
    rows.map(|row| (key.map(|at| row[at].to_string()), numbers.map(|at| row[at].parse().unwrap()))).collect()
}

fn simulate(file: &str, changes: &[&str], folder: &Path) -> Curves {
    let arguments = ["--replicates", "60", "--draws", "0", "--quiet", "--fresh", "--out"];
    let run = Command::new(env!("CARGO_BIN_EXE_stapjes"))
        .arg("run")
        .arg(fixture().join(file))
        .args(changes)
        .args(arguments)
        .arg(folder)
        .output()
        .unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    read(&folder.join("curves.csv"), &[("world", "paired"), ("group", "overall")])
}

#[test]
fn every_measure_is_that_of_the_plain_engine() {
    let place = tempfile::tempdir().unwrap();
    let (mut compared, mut worst) = (0, (0.0, String::new()));
    for (study, file, changes) in STUDIES {
        let found = simulate(file, changes, &place.path().join(study));
        for (key, [mean, error]) in read(&fixture().join("curves.csv"), &[("study", study)]) {
            let [own, _] = found[&key];
            let z = (own - mean).abs() / (error * (1.0 + PLAIN / REPLICATES).sqrt());
            compared += 1;
            if z > worst.0 {
                worst = (z, format!("{study} {key:?}: {own} against {mean}"));
            }
        }
    }
    println!("{compared} means, largest |z| {:.2}: {}", worst.0, worst.1);
    assert!(compared > 2_000, "{compared}");
    assert!(worst.0 < BOUND, "|z| {:.2}: {}", worst.0, worst.1);
}
