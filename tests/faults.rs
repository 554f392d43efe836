//! Harm from outside, for every long command: killed at random moments, chunk files that were cut or changed, two processes in
//! one folder. The earlier results stay as they were or the new ones stand there whole, and the next start leaves nothing behind.
//!
//! The gate does one round; `STAPJES_KILLS=50 cargo test --test faults killed` does fifty of each.

// Helpers of tests may unwrap: a failure is a failed test.
#![allow(clippy::unwrap_used)]
#![cfg(unix)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use stapjes::report::summary::sha256;

/// A study of a few dozen clients and a year.
const SMALL: [&str; 10] = [
    "lange-adem",
    "--set",
    "horizon_months=12",
    "--set",
    "arm.fip.participants=12",
    "--set",
    "arm.regular.participants=12",
    "--set",
    "uncertainty.parameter_draws=2",
    "--threads=2",
];

/// A long command: what is typed, its manifest.
struct Long {
    words: Vec<String>,
    manifest: &'static str,
    chunks: bool,
}

fn long(command: &str, more: &[&str], manifest: &'static str, chunks: bool) -> Long {
    let mut words = vec![command.to_owned()];
    if command == "compare" {
        words.push("lange-adem".to_owned());
    }
    words.extend(SMALL.iter().chain(more).map(|word| (*word).to_owned()));
    if chunks {
        words.push("--keep-chunks".to_owned());
    }
    Long { words, manifest, chunks }
}

/// The commands, or those that `STAPJES_FAULTS` names.
fn all() -> Vec<Long> {
    let chosen = std::env::var("STAPJES_FAULTS").unwrap_or_default();
    let named = |command: &Long| chosen.is_empty() || chosen.split(',').any(|name| name == command.words[0]);
    let all = vec![
        long("run", &["--replicates", "40"], "manifest.json", true),
        long("power", &["--replicates", "40"], "manifest-power.json", true),
        long("duration", &["--replicates", "20"], "manifest-duration.json", true),
        long("compare", &["--replicates", "40"], "manifest.json", true),
        long("sensitivity", &["--draws", "32", "--replicates", "1"], "manifest-sensitivity.json", false),
        long("value", &["--draws", "32", "--replicates", "1"], "manifest-value.json", false),
    ];
    all.into_iter().filter(named).collect()
}

impl Long {
    fn start(&self, folder: &Path, seed: u32) -> Child {
        Command::new(env!("CARGO_BIN_EXE_stapjes"))
            .current_dir(folder)
            .args(&self.words)
            .args(["--set", &format!("seed={seed}"), "--out", "s"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    fn finish(&self, folder: &Path, seed: u32) -> Output {
        self.start(folder, seed).wait_with_output().unwrap()
    }

    fn must_finish(&self, folder: &Path, seed: u32) -> String {
        let output = self.finish(folder, seed);
        assert!(output.status.success(), "{:?}: {}", self.words, said(&output));
        self.whole(&folder.join("s"))
    }

    /// The hash of the results in a folder, in which everything is as the manifest says.
    fn whole(&self, folder: &Path) -> String {
        let manifest: Value = serde_json::from_slice(&fs::read(folder.join(self.manifest)).unwrap()).unwrap();
        for file in manifest["files"].as_array().unwrap() {
            let bytes = fs::read(folder.join(file["path"].as_str().unwrap())).unwrap();
            assert_eq!(sha256(&bytes), file["sha256"].as_str().unwrap(), "{:?} {file}", self.words);
        }
        manifest["results_hash"].as_str().unwrap().to_owned()
    }

    fn forget_chunks(&self, folder: &Path) {
        if self.chunks {
            fs::remove_dir_all(folder.join("s.chunks")).unwrap();
        }
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

/// Rounds of each command.
fn rounds() -> u32 {
    std::env::var("STAPJES_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(1)
}

#[test]
fn killed_at_any_moment_every_command_leaves_the_old_or_the_new_and_goes_on() {
    for command in all() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        let began = Instant::now();
        let mut before = command.must_finish(folder, 1);
        let took = began.elapsed();
        for round in 0..rounds() {
            command.forget_chunks(folder);
            let seed = 2 + round % 2;
            let mut child = command.start(folder, seed);
            // Moments spread over the whole of it, the end with its writing most of all.
            let share = f64::from(round + 1) / f64::from(rounds());
            std::thread::sleep(took.mul_f64(share * (2.0 - share)).min(Duration::from_secs(60)));
            child.kill().unwrap();
            child.wait().unwrap();
            let stands = command.whole(&folder.join("s"));
            let after = command.must_finish(folder, seed);
            assert!(stands == before || stands == after, "{:?} round {round}", command.words);
            assert_ne!(before, after);
            let usual: &[&str] = if command.chunks { &["s", "s.chunks"] } else { &["s"] };
            assert_eq!(names(folder), usual, "{:?} round {round}", command.words);
            before = after;
        }
    }
}

#[test]
fn chunk_files_that_were_cut_or_changed_are_computed_again() {
    for command in all().into_iter().filter(|command| command.chunks) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        let expected = command.must_finish(folder, 1);
        let chunks = folder.join("s.chunks");
        let files: Vec<_> = names(&chunks)
            .into_iter()
            .filter(|name| name.ends_with(".chunk"))
            .map(|name| chunks.join(name))
            .collect();
        assert!(files.len() > 1, "{files:?}");
        for (at, path) in files.iter().enumerate() {
            let mut bytes = fs::read(path).unwrap();
            let middle = bytes.len() / 2;
            match at % 3 {
                0 => bytes[middle] ^= 1,
                1 => bytes.truncate(middle),
                _ => bytes.clear(),
            }
            fs::write(path, bytes).unwrap();
        }
        assert_eq!(command.must_finish(folder, 1), expected, "{:?}", command.words);
    }
}

#[test]
fn the_second_of_two_processes_is_told_and_the_first_is_not_disturbed() {
    for command in all().into_iter().filter(|command| command.chunks) {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        let first = command.start(folder, 1);
        let lock = folder.join("s.chunks/lock");
        while !lock.exists() && names(folder).iter().all(|name| name != "s") {
            std::thread::sleep(Duration::from_millis(2));
        }
        let second = command.finish(folder, 1);
        let first = first.wait_with_output().unwrap();
        assert!(first.status.success(), "{:?}: {}", command.words, said(&first));
        // The first may have been through already: then the second does the same from its chunks.
        match second.status.code() {
            Some(73) => assert!(said(&second).contains("is working on this"), "{}", said(&second)),
            Some(0) => {}
            other => panic!("{:?}: {other:?} {}", command.words, said(&second)),
        }
        command.whole(&folder.join("s"));
    }
}
