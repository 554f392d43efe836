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
        .env("STAPJES_LANG", "en")
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

/// More than one chunk of some tenths of a second each.
const LONGER: [&str; 8] = [
    "--replicates",
    "40",
    "--set",
    "horizon_months=12",
    "--set",
    "arm.fip.participants=40",
    "--set",
    "arm.regular.participants=40",
];

fn longer(folder: &Path, command: &str, arguments: &[&str]) -> Output {
    stapjes(folder, command, &[&LONGER[..], arguments].concat())
}

fn bytes(path: impl AsRef<Path>) -> Vec<u8> {
    fs::read(path).unwrap()
}

#[cfg(unix)]
fn child(folder: &Path, arguments: &[&str]) -> std::process::Child {
    Command::new(env!("CARGO_BIN_EXE_stapjes"))
        .current_dir(folder)
        .env("STAPJES_LANG", "en")
        .args([&["run"], &LONGER[..], arguments].concat())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[cfg(unix)]
fn signal(child: &std::process::Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// Waits until a chunk is there, or the process has ended.
#[cfg(unix)]
fn wait_for_a_chunk(folder: &Path, child: &mut std::process::Child) {
    let there = || {
        fs::read_dir(folder)
            .into_iter()
            .flatten()
            .any(|entry| entry.unwrap().path().extension().is_some_and(|ending| ending == "chunk"))
    };
    while !there() && child.try_wait().unwrap().is_none() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
}

#[cfg(unix)]
#[test]
fn a_run_that_was_killed_or_stopped_goes_on_to_the_same_bytes() {
    let place = tempfile::tempdir().unwrap();
    expect(&longer(place.path(), "run", &["--out", "whole", "--draws", "3"]), 0, "");
    let whole = bytes(place.path().join("whole/summary.json"));
    let arguments = ["--out", "s", "--draws", "3", "--keep-chunks"];
    let chunks = place.path().join("s.chunks");
    for way in ["-KILL", "-TERM", "-USR1", "-INT"] {
        let mut child = child(place.path(), &arguments);
        wait_for_a_chunk(&chunks, &mut child);
        signal(&child, way);
        let output = child.wait_with_output().unwrap();
        if way != "-KILL" {
            expect(&output, 75, "finished chunks are kept in s.chunks");
            assert!(
                said(&output).contains("go on with:\n  stapjes run --replicates 40"),
                "{}",
                said(&output)
            );
        }
        assert!(!place.path().join("s").exists(), "nothing half-written");
        let listed = stapjes(place.path(), "runs", &["."]);
        assert!(String::from_utf8_lossy(&listed.stdout).contains("s.chunks: "), "{listed:?}");
        expect(&longer(place.path(), "run", &["--out", "s", "--draws", "3"]), 0, "");
        assert!(bytes(place.path().join("s/summary.json")) == whole, "{way}");
        assert!(!chunks.exists(), "a finished run leaves no chunks");
        fs::remove_dir_all(place.path().join("s")).unwrap();
    }
}

#[test]
fn shards_merge_to_the_bytes_of_one_machine_and_what_is_missing_is_named() {
    let place = tempfile::tempdir().unwrap();
    for (command, results) in [("run", "summary.json"), ("power", "power.json")] {
        let draws: &[&str] = if command == "run" { &["--draws", "5"] } else { &[] };
        let with = |more: &[&str]| longer(place.path(), command, &[draws, more].concat());
        let (whole, shared) = (format!("{command}-whole"), format!("{command}-shared"));
        expect(&with(&["--out", &whole]), 0, "");
        for shard in ["1/3", "3/3"] {
            expect(&with(&["--out", &shared, "--shard", shard]), 0, "when all shards are: stapjes merge");
        }
        assert!(!place.path().join(&shared).exists(), "a shard writes no results");
        expect(&stapjes(place.path(), "merge", &[&shared]), 66, "shards to compute (again): 2/3");
        expect(&with(&["--out", &shared, "--shard", "2/3"]), 0, "");
        expect(&stapjes(place.path(), "merge", &[&shared]), 0, "");
        let of = |folder: &str| bytes(place.path().join(folder).join(results));
        assert!(of(&whole) == of(&shared), "{command}");
        assert!(!place.path().join(format!("{shared}.chunks")).exists());
    }
}

#[test]
fn unfinished_work_of_another_plan_is_refused_by_name() {
    let place = tempfile::tempdir().unwrap();
    expect(&longer(place.path(), "run", &["--out", "s", "--keep-chunks", "--draws", "0"]), 0, "");
    let other = longer(place.path(), "run", &["--out", "s", "--draws", "0", "--seed", "9"]);
    expect(&other, 73, "unfinished work of another scenario, plan or version");
    expect(&longer(place.path(), "run", &["--out", "s", "--draws", "0", "--seed", "9", "--fresh"]), 0, "");
    assert!(!place.path().join("s.chunks").exists());
}

#[test]
fn every_long_command_is_refused_over_its_limit_before_anything_is_made() {
    let place = tempfile::tempdir().unwrap();
    let commands: [&[&str]; 8] = [
        &["run"],
        &["power"],
        &["duration"],
        &["compare", "lange-adem", "lange-adem"],
        &["patterns"],
        &["sensitivity"],
        &["value"],
        &["calibrate", "nederland"],
    ];
    for words in commands {
        for (flag, what) in [("--max-hours", "time"), ("--max-memory-gib", "memory")] {
            let arguments = [&words[1..], &["--out", "s", flag, "0"]].concat();
            let refused = stapjes(place.path(), words[0], &arguments);
            expect(&refused, 78, &format!("  {what}: about "));
        }
    }
    assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0);
}

#[test]
fn progress_for_programs_is_json_on_stderr() {
    let place = tempfile::tempdir().unwrap();
    let output = run(place.path(), &["--out", "s", "--progress", "json"]);
    expect(&output, 0, "");
    let last: Value = serde_json::from_str(said(&output).lines().last().unwrap()).unwrap();
    // Two replicates, and the sampled lives of which the report tells.
    assert_eq!((&last["done"], &last["total"]), (&Value::from(3), &Value::from(3)), "{last}");
    assert!(last["per_second"].as_f64().unwrap() > 0.0 && last["eta_seconds"] == 0.0, "{last}");
    expect(&run(place.path(), &["--out", "s", "--progress", "none"]), 0, "");
}

#[test]
fn a_folder_is_verified_and_its_chunks_computed_again() {
    let place = tempfile::tempdir().unwrap();
    expect(&longer(place.path(), "run", &["--out", "s", "--keep-chunks", "--draws", "2", "--quiet"]), 0, "");
    fs::write(place.path().join("s/notes.txt"), "mine").unwrap();
    let verified = |more: &[&str]| stapjes(place.path(), "verify", &[&["s", "--lang", "en"], more].concat());
    let plain = verified(&[]);
    expect(&plain, 0, "");
    let words = String::from_utf8_lossy(&plain.stdout).into_owned();
    assert!(words.contains(": holds") && words.contains("not written by stapjes: notes.txt"), "{words}");
    expect(&verified(&["--rerun", "1"]), 0, "computed again, the results are the same");
    fs::remove_dir_all(place.path().join("s.chunks")).unwrap();
    expect(&verified(&["--rerun", "1"]), 2, "no chunks kept");
    let curves = bytes(place.path().join("s/curves.csv"));
    fs::write(place.path().join("s/curves.csv"), &curves[..curves.len() - 1]).unwrap();
    fs::remove_file(place.path().join("s/results.xlsx")).unwrap();
    let broken = verified(&[]);
    expect(&broken, 65, "s is not what its manifest says");
    let words = String::from_utf8_lossy(&broken.stdout).into_owned();
    assert!(words.contains("changed: curves.csv") && words.contains("missing: results.xlsx"), "{words}");
    expect(&stapjes(place.path(), "verify", &["."]), 66, "has no manifest");
}

#[cfg(target_os = "linux")]
#[test]
fn too_little_memory_is_said_and_never_ends_a_run_without_a_word() {
    let refused = |command: &str, kibibytes: u32| {
        let place = tempfile::tempdir().unwrap();
        let script = format!("ulimit -v {kibibytes} && exec \"$0\" \"$@\"");
        let output = Command::new("bash")
            .args(["-c", &script, env!("CARGO_BIN_EXE_stapjes"), command])
            .args(SMALL)
            .args(["--replicates", "2", "--threads", "2", "--out", "s"])
            .current_dir(place.path())
            .env("STAPJES_LANG", "en")
            .output()
            .unwrap();
        let left = fs::read_dir(place.path()).unwrap().count();
        match output.status.code() {
            Some(0) => assert_eq!(left, 1, "{command} {kibibytes}"),
            Some(78) => assert!(left == 0 && said(&output).contains("memory"), "{}", said(&output)),
            other => panic!("{command} with {kibibytes} KiB: {other:?} {}", said(&output)),
        }
        output.status.code() == Some(78)
    };
    assert!(refused("run", 60_000) && refused("power", 60_000));
    for kibibytes in [100_000, 200_000, 420_000] {
        refused("run", kibibytes);
        refused("power", kibibytes);
    }
    assert!(!refused("run", 4_000_000));
}

#[cfg(target_os = "linux")]
#[test]
fn the_estimate_of_memory_is_near_what_is_used() {
    for more in [&["--set", "report_every_months=12"][..], &["--set", "report_every_months=1"]] {
        let place = tempfile::tempdir().unwrap();
        let sizes = ["--set", "horizon_months=120", "--set", "replicates=3"];
        let few = ["--set", "arm.fip.participants=4", "--set", "arm.regular.participants=4"];
        let draws = ["--set", "uncertainty.parameter_draws=0"];
        let words = [&sizes[..], &few, &draws, more].concat();
        let check = stapjes(place.path(), "check", &[&words[..], &["--json", "--threads", "1"]].concat());
        let estimate: Value = serde_json::from_slice(&check.stdout).unwrap();
        let estimate = estimate["memory_gib"].as_f64().unwrap() * 1024.0;
        let used =
            most_memory(place.path(), &[&["run"], &words[..], &["--threads", "1", "--out", "s"]].concat());
        assert!((0.5..1.6).contains(&(used / estimate)), "{used:.0} MiB used, {estimate:.0} MiB estimated");
    }
}

/// The most memory that a command ever had, MiB.
#[cfg(target_os = "linux")]
fn most_memory(folder: &Path, arguments: &[&str]) -> f64 {
    let mut child = Command::new(env!("CARGO_BIN_EXE_stapjes"))
        .current_dir(folder)
        .args(arguments)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut most = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|text| text.trim().trim_end_matches(" kB").trim().parse::<f64>().ok());
        most = most.max(kilobytes.unwrap_or_default() / 1024.0);
        std::thread::sleep(std::time::Duration::from_millis(2));
    }
    assert!(child.wait().unwrap().success());
    most
}

/// Two registers that say things which no parameter can give together: exit code 65, the table names both, and nothing is left
/// of the try.
#[test]
fn figures_that_cannot_be_met_together_end_with_65_and_leave_nothing() {
    let place = tempfile::tempdir().unwrap();
    let figure = |id: &str, months: &str, value: f64| {
        format!(
            "\n[[target]]\nid = \"{id}\"\noutcome = \"exits_per_client_year\"\narm = \"regular\"\nwhere = {{ duration_months = {months} \
             }}\nvalue = {value}\nerror = 0.02\ndiscrepancy = 0.005\nsource = \"made up\"\nyear = 2025\n"
        )
    };
    let head = "name = \"conflict\"\nextends = \"heel-bestand\"\n";
    let both = format!(
        "{head}{}{}",
        figure("one register", "[0, 500]", 0.10),
        figure("another register", "[0, 600]", 0.40)
    );
    fs::write(place.path().join("conflict.toml"), both).unwrap();
    let arguments = ["conflict.toml", "--free", "exit.work.base,exit.other.base", "--out", "s"];
    let refused = stapjes(place.path(), "calibrate", &arguments);
    expect(&refused, 65, "one register");
    expect(&refused, 65, "another register");
    let left: Vec<_> = fs::read_dir(place.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["conflict.toml"]);
}
