//! `stapjes run` from outside: files, exit codes, one JSON document, and that nothing of an earlier run is lost.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use serde_json::Value;

/// A run of a second: two replicates of a small, short study.
const QUICK: [&str; 10] = [
    "--draws",
    "0",
    "--replicates",
    "2",
    "--set",
    "horizon_months=12",
    "--set",
    "arm.fip.participants=20",
    "--set",
    "arm.regular.participants=20",
];

fn stapjes(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_stapjes"));
    command
        .current_dir(folder)
        .env_remove("STAPJES_LANG")
        .env_remove("LC_ALL")
        .env_remove("LC_MESSAGES")
        .env_remove("LANG")
        .stdin(Stdio::null());
    command
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    stapjes(folder).arg("run").args(QUICK).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn json(path: PathBuf) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn without_a_scenario_the_default_runs_and_everything_is_there() {
    let place = tempfile::tempdir().unwrap();
    let output = run(place.path(), &["--events=1", "--trajectories", "1"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let said = text(&output.stdout);
    assert!(said.contains("gewone aanpak tegenover FIP") && said.contains("uit de bijstand, %"), "{said}");
    assert!(!said.contains('\u{1b}'), "no colors in a pipe");
    let folder = place.path().join("output/lange-adem");
    assert_eq!(names(&place.path().join("output")), ["lange-adem"], "nothing temporary is left");
    let manifest = json(folder.join("manifest.json"));
    for file in manifest["files"].as_array().unwrap() {
        let bytes = fs::read(folder.join(file["path"].as_str().unwrap())).unwrap();
        assert_eq!(stapjes::report::summary::sha256(&bytes), file["sha256"].as_str().unwrap(), "{file}");
    }
    let listed: Vec<&str> =
        manifest["files"].as_array().unwrap().iter().map(|file| file["path"].as_str().unwrap()).collect();
    for expected in ["summary.json", "curves.csv", "events.csv", "trajectories.csv"] {
        assert!(listed.contains(&expected), "{listed:?}");
    }
    let summary = stapjes::report::summary::read(&folder).unwrap();
    assert_eq!(stapjes::report::summary::hash(&summary), manifest["results_hash"].as_str().unwrap());
    assert_eq!(summary.scenario_hash, manifest["scenario_hash"].as_str().unwrap());
    let events = fs::read_to_string(folder.join("events.csv")).unwrap();
    assert_eq!(events.lines().count(), 1 + 4 * 40, "one row per participant");
    let lives = fs::read_to_string(folder.join("trajectories.csv")).unwrap();
    assert_eq!(lives.lines().count(), 1 + 2 * 4 * 13, "two arms, four sites, thirteen months");
    assert_eq!(
        stapjes::scenario::resolve_text(manifest["scenario_text"].as_str().unwrap(), &[]).unwrap().hash,
        summary.scenario_hash
    );
}

#[test]
fn json_is_one_document_and_the_results_do_not_depend_on_where_and_how() {
    let place = tempfile::tempdir().unwrap();
    let elsewhere = tempfile::tempdir().unwrap();
    let first = run(place.path(), &["--json", "--threads", "1", "--out", "a"]);
    let mut second = stapjes(elsewhere.path());
    second.env("LC_ALL", "nl_NL.UTF-8").env("LANG", "nl_NL.UTF-8").env("TZ", "Asia/Tokyo");
    let second = second.arg("run").args(QUICK).args(["--json", "--threads", "3"]).output().unwrap();
    let (first, second): (Value, Value) =
        (serde_json::from_slice(&first.stdout).unwrap(), serde_json::from_slice(&second.stdout).unwrap());
    assert_eq!(first["results_hash"], second["results_hash"]);
    assert_eq!(first["summary"], second["summary"]);
    assert!(first["summary"]["paired"][1]["groups"][0]["series"].as_array().unwrap().len() > 80);
    let (one, other) = (place.path().join("a"), elsewhere.path().join("output/lange-adem"));
    assert_eq!(fs::read(one.join("curves.csv")).unwrap(), fs::read(other.join("curves.csv")).unwrap());
}

#[test]
fn the_table_shows_the_range_over_the_assumptions_when_there_are_draws() {
    let folder = tempfile::tempdir().unwrap();
    let table = |draws: &str, lang: &str| {
        let arguments = ["--draws", draws, "--lang", lang, "--fresh"];
        let output = stapjes(folder.path()).arg("run").args(&QUICK[2..]).args(arguments).output().unwrap();
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let [fixed, drawn, english] = [table("0", "nl"), table("4", "nl"), table("4", "en")];
    assert!(!fixed.contains("aannames (8") && drawn.contains("aannames (8 van"), "{drawn}");
    assert!(english.contains("assumptions"), "{english}");
    for text in [&fixed, &drawn, &english] {
        let tables = text.lines().filter(|line| line.contains(" ± ") && !line.contains("Monte"));
        assert!(
            tables.clone().count() > 10 && tables.clone().all(|line| line.chars().count() <= 100),
            "{text}"
        );
    }
    let row = |text: &str, name: &str| text.lines().find(|line| line.contains(name)).unwrap().to_owned();
    for name in ["uit de bijstand, %", "saldo gemeente per klant, euro"] {
        let (without, with) = (row(&fixed, name), row(&drawn, name));
        assert!(with.contains(" tot ") && !without.contains(" tot "), "{without} {with}");
    }
}

#[test]
fn mistakes_have_their_exit_codes() {
    let place = tempfile::tempdir().unwrap();
    let expect = |arguments: &[&str], expected: i32, words: &str| {
        let output = run(place.path(), arguments);
        let said = text(&output.stderr);
        assert_eq!(code(&output), expected, "{arguments:?}: {said}");
        assert!(said.contains(words), "{arguments:?}: {said}");
        assert!(!said.contains("panicked"), "{said}");
    };
    expect(&["--bogus"], 2, "--bogus");
    expect(&["--threads", "0"], 2, "threads");
    expect(&["--set", "horizon_month=12"], 65, "horizon_months");
    expect(&["--set", "work.base=2,5"], 65, "2,5");
    expect(&["missing.toml"], 66, "missing.toml");
    expect(&["--set", "arm.fip.participants=16000000"], 78, "--force");
    expect(&["--max-hours", "0.0000000001"], 78, "--max-hours");
    fs::write(place.path().join("thesis.tex"), "years of work").unwrap();
    expect(&["--out", "thesis.tex"], 73, "niet van stapjes");
    expect(&["--out", "."], 73, "niet van stapjes");
    expect(&["--out", "thesis.tex/deeper"], 73, "thesis.tex");
    assert_eq!(names(place.path()), ["thesis.tex"], "a refused run leaves nothing");
}

#[test]
fn a_later_run_replaces_and_a_refused_one_leaves_the_earlier() {
    let place = tempfile::tempdir().unwrap();
    let manifest = place.path().join("out/manifest.json");
    run(place.path(), &["--out", "out", "--quiet"]);
    let first = fs::read(&manifest).unwrap();
    assert_eq!(code(&run(place.path(), &["--out", "out", "--set", "bogus=1"])), 65);
    assert_eq!(fs::read(&manifest).unwrap(), first);
    let quiet = run(place.path(), &["--out", "out", "--quiet", "--seed", "5"]);
    assert_eq!((code(&quiet), quiet.stdout.len(), quiet.stderr.len()), (0, 0, 0));
    assert_ne!(fs::read(&manifest).unwrap(), first);
    assert_eq!(json(manifest)["seed"], 5);
    assert_eq!(names(place.path()), ["out"]);
}

#[cfg(unix)]
#[test]
fn a_stopped_run_says_so_and_leaves_the_earlier_output() {
    let place = tempfile::tempdir().unwrap();
    run(place.path(), &["--out", "out", "--quiet"]);
    let before = fs::read(place.path().join("out/manifest.json")).unwrap();
    let long = ["run", "--replicates", "100000", "--out", "out", "--force", "--set", "horizon_months=12"];
    let mut child =
        stapjes(place.path()).args(long).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    // The scenario in words comes just before the handler is there; a signal before that would only end the test.
    let mut first = [0];
    std::io::Read::read_exact(child.stdout.as_mut().unwrap(), &mut first).unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-INT", &id]).status().unwrap().success());
    let status = child.wait().unwrap();
    let mut said = String::new();
    std::io::Read::read_to_string(&mut child.stderr.take().unwrap(), &mut said).unwrap();
    assert_eq!(status.code(), Some(75), "{said}");
    assert!(said.contains("gestopt"), "{said}");
    assert_eq!(fs::read(place.path().join("out/manifest.json")).unwrap(), before);
    assert_eq!(names(place.path()), ["out"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_74_and_a_closed_pipe_is_no_error() {
    let place = tempfile::tempdir().unwrap();
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = stapjes(place.path()).arg("man").stdout(full).output().unwrap();
    assert_eq!(code(&output), 74);
    let mut child = stapjes(place.path()).arg("man").stdout(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn help_man_page_and_completions_name_every_command() {
    let place = tempfile::tempdir().unwrap();
    let said = |arguments: &[&str]| {
        let output = stapjes(place.path()).env("STAPJES_LANG", "en").args(arguments).output().unwrap();
        assert_eq!(code(&output), 0, "{arguments:?}");
        text(&output.stdout)
    };
    let help = said(&["--help"]);
    for word in ["run", "check", "new", "parameters", "schema", "completions", "man", "75  stopped"] {
        assert!(help.contains(word), "{word} is not in the help");
    }
    assert!(said(&["man"]).contains(".TH stapjes-run 1"));
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        assert!(said(&["completions", shell]).contains("trajectories"), "{shell}");
    }
}

/// `docs/results.md` is read here, so that it cannot fall behind the program.
#[test]
fn the_results_page_names_every_measure_column_and_exit_code() {
    use stapjes::report::{curves, events};
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/results.md")).unwrap();
    for measure in stapjes::trial::measures() {
        assert!(page.contains(&format!("| `{}` |", measure.name)), "{}", measure.name);
        assert!(
            measure.label.is_empty() || page.contains(&format!("`{}`", measure.label)),
            "{}",
            measure.label
        );
    }
    let columns =
        curves::CURVE_COLUMNS.iter().chain(&events::EVENT_COLUMNS).chain(&events::TRAJECTORY_COLUMNS);
    for column in columns {
        assert!(page.contains(&format!("`{column}`")), "{column}");
    }
    let codes = stapjes::cli::EXIT_CODES.lines().skip(1).filter_map(|line| line.split_whitespace().next());
    for code in codes {
        assert!(page.contains(&format!("| {code} |")), "{code}");
    }
}

#[test]
fn any_vector_instructions_give_the_same_bits() {
    let place = tempfile::tempdir().unwrap();
    let hash = |name: &str| {
        let output = stapjes(place.path())
            .env("STAPJES_SIMD", name)
            .arg("run")
            .args(QUICK)
            .arg("--force")
            .output()
            .unwrap();
        assert_eq!(code(&output), 0, "{name}: {}", text(&output.stderr));
        json(place.path().join("output/lange-adem/manifest.json"))["results_hash"].clone()
    };
    let widest = hash("");
    for (name, _) in stapjes::stats::instructions::all() {
        assert_eq!(hash(name), widest, "{name}");
    }
    let refused = stapjes(place.path()).env("STAPJES_SIMD", "mmx").arg("run").args(QUICK).output().unwrap();
    assert_eq!(code(&refused), 2);
    assert!(text(&refused.stderr).contains("STAPJES_SIMD: \"mmx\""), "{}", text(&refused.stderr));
}
