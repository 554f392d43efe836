//! Harm from outside, for every long command: killed at random moments, chunk files that were cut or changed, two processes in
//! one folder. The earlier results stay as they were or the new ones stand there whole, and the next start leaves nothing behind.
//!
//! The gate does one round; `STAPJES_KILLS=50 cargo test --test faults killed` does fifty of each.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests unwrap, and say what was not tested"
)]
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

/// The program; another build when `STAPJES_PROGRAM` names it.
fn program() -> std::ffi::OsString {
    std::env::var_os("STAPJES_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_stapjes").into())
}

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
        long("sensitivity", &["--draws", "32", "--replicates", "1"], "manifest-sensitivity.json", true),
        long("value", &["--draws", "32", "--replicates", "1"], "manifest-value.json", true),
    ];
    all.into_iter().filter(named).collect()
}

impl Long {
    fn start(&self, folder: &Path, seed: u32) -> Child {
        self.start_with(folder, seed, &[])
    }

    fn start_with(&self, folder: &Path, seed: u32, flags: &[&str]) -> Child {
        Command::new(program())
            .current_dir(folder)
            .env("STAPJES_LANG", "en")
            .args(&self.words)
            .args(["--set", &format!("seed={seed}"), "--out", "s"])
            .args(flags)
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

/// Two signals, one right after the other.
#[test]
fn a_second_signal_stops_at_once_and_damages_nothing() {
    for command in all() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        let before = command.must_finish(folder, 1);
        command.forget_chunks(folder);
        let big = ["arm.fip.participants=30000", "arm.regular.participants=30000"];
        let mut words = command.words.clone();
        words.extend(big.iter().flat_map(|set| ["--set".to_owned(), (*set).to_owned()]));
        words.push("--force".to_owned());
        let large = Long { words, manifest: command.manifest, chunks: command.chunks };
        let mut child = large.start(folder, 2);
        std::thread::sleep(Duration::from_millis(1500));
        assert!(child.try_wait().unwrap().is_none(), "{:?} is not large", large.words);
        let began = Instant::now();
        for signal in ["-INT", "-TERM"] {
            let sent = Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap();
            assert!(sent.success() || child.try_wait().unwrap().is_some());
        }
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(75), "{:?}: {}", large.words, said(&output));
        assert!(began.elapsed() < Duration::from_secs(2), "{:?}: {:?}", large.words, began.elapsed());
        assert_eq!(command.whole(&folder.join("s")), before, "{:?}", large.words);
        // What it had begun is of another plan: it is named, and goes with --fresh.
        let fresh = command.start_with(folder, 2, &["--fresh"]).wait_with_output().unwrap();
        assert!(fresh.status.success(), "{:?}: {}", command.words, said(&fresh));
        let usual: &[&str] = if command.chunks { &["s", "s.chunks"] } else { &["s"] };
        assert_eq!(names(folder), usual, "{:?}", command.words);
    }
}

/// `ulimit -f`: files may not grow beyond some kilobytes. The same error, in words, as a disk that fills up.
#[test]
fn a_file_that_may_not_grow_is_an_error_in_words_and_the_earlier_results_stay() {
    for command in all() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        let before = command.must_finish(folder, 1);
        command.forget_chunks(folder);
        let mut limited = Command::new("sh");
        limited.args(["-c", "ulimit -f 4; exec \"$@\"", "sh"]).arg(program()).args(&command.words);
        limited.args(["--set", "seed=2", "--out", "s"]).current_dir(folder).env("STAPJES_LANG", "en");
        let output = limited.stdin(Stdio::null()).output().unwrap();
        assert_eq!(
            output.status.code(),
            Some(74),
            "{:?}: {:?} {}",
            command.words,
            output.status,
            said(&output)
        );
        assert!(said(&output).contains("File too large"), "{:?}: {}", command.words, said(&output));
        assert_eq!(command.whole(&folder.join("s")), before, "{:?}", command.words);
        assert_ne!(command.must_finish(folder, 2), before);
        let usual: &[&str] = if command.chunks { &["s", "s.chunks"] } else { &["s"] };
        assert_eq!(names(folder), usual, "{:?}", command.words);
    }
}

/// What is printed and cannot be: `stapjes ... >/dev/full`.
#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_is_an_error_in_words() {
    let place = tempfile::tempdir().unwrap();
    fs::write(place.path().join("data.csv"), "arm,time,status\na,1,1\na,3,0\nb,2,1\nb,4,1\n").unwrap();
    for words in [
        "slurm lange-adem --tasks 3",
        "check lange-adem",
        "parameters",
        "schema",
        "runs",
        concat!("design ", env!("CARGO_MANIFEST_DIR"), "/scenarios/design/events.toml"),
        "analyze data.csv --time time --status status --arm arm",
        "calibrate --template",
    ] {
        let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = Command::new(program())
            .current_dir(place.path())
            .args(words.split(' '))
            .env("STAPJES_LANG", "en")
            .stdin(Stdio::null())
            .stdout(full)
            .stderr(Stdio::piped())
            .output()
            .unwrap();
        assert_eq!(output.status.code(), Some(74), "{words}: {}", said(&output));
        assert!(
            said(&output).contains("cannot write to standard output: No space left"),
            "{words}: {}",
            said(&output)
        );
    }
}

/// A disk of its own in memory; nothing where this user may not mount one.
#[cfg(target_os = "linux")]
struct Disk<'a>(&'a Path);

#[cfg(target_os = "linux")]
impl<'a> Disk<'a> {
    fn mount(at: &'a Path, options: &str) -> Option<Self> {
        let words = ["-t", "tmpfs", "-o", options, "stapjes-test"];
        let mounted = Command::new("mount").args(words).arg(at).stderr(Stdio::null()).status();
        mounted.is_ok_and(|status| status.success()).then_some(Self(at))
    }

    fn again(&self, options: &str) {
        let words = ["-o", &format!("remount,{options}")];
        assert!(Command::new("mount").args(words).arg(self.0).status().unwrap().success());
    }
}

#[cfg(target_os = "linux")]
impl Drop for Disk<'_> {
    fn drop(&mut self) {
        // The folder is removed after this; what cannot be unmounted stays for the system.
        let _ = Command::new("umount").arg(self.0).status();
    }
}

/// A real disk that is full, and one that became read-only. Needs a user who may mount one: `STAPJES_DISK=1` makes it fail
/// where that is not so, else it is said and nothing is tested.
#[cfg(target_os = "linux")]
#[test]
fn a_full_or_read_only_disk_leaves_the_earlier_results_and_true_words() {
    for command in all() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path();
        let Some(disk) = Disk::mount(folder, "size=48m") else {
            assert!(std::env::var_os("STAPJES_DISK").is_none(), "this user may not mount a disk");
            eprintln!("NOT TESTED: this user may not mount a disk");
            return;
        };
        let before = command.must_finish(folder, 1);
        command.forget_chunks(folder);
        // Something else takes all but a little: too little for the results, or for anything at all.
        for left in [48 << 10, 0] {
            let ballast = folder.join("ballast");
            fs::write(&ballast, vec![1; 8 << 20]).unwrap();
            let free = || {
                let said = Command::new("df").args(["--output=avail", "-B1"]).arg(folder).output().unwrap();
                let text = String::from_utf8(said.stdout).unwrap();
                text.lines().nth(1).unwrap().trim().parse::<u64>().unwrap()
            };
            let mut to = fs::OpenOptions::new().append(true).open(&ballast).unwrap();
            while free() > left {
                use std::io::Write;
                let size = (free() - left).min(1 << 20) as usize;
                if to.write(&vec![1; size]).is_err() {
                    break;
                }
            }
            drop(to);
            for flags in [&["--fresh"][..], &["--fresh", "--force"]] {
                let output = command.start_with(folder, 2, flags).wait_with_output().unwrap();
                let words = said(&output);
                // Refused before computing; or the results are saved in the temporary folder, and that is said.
                assert!(matches!(output.status.code(), Some(73 | 74 | 78)), "{:?}: {words}", output.status);
                assert!(
                    words.contains("MiB free") || words.contains("No space left"),
                    "{:?}: {words}",
                    command.words
                );
                assert_eq!(command.whole(&folder.join("s")), before, "{left} bytes left, {flags:?}: {words}");
                if let Some((_, saved)) = words.split_once("complete and stand in ") {
                    let saved = Path::new(saved.lines().next().unwrap());
                    command.whole(saved);
                    fs::remove_dir_all(saved).unwrap();
                }
            }
            fs::remove_file(&ballast).unwrap();
        }
        disk.again("ro");
        let output = command.finish(folder, 2);
        assert!(matches!(output.status.code(), Some(73 | 74)), "{:?} {}", output.status, said(&output));
        assert!(said(&output).contains("Read-only"), "{}", said(&output));
        assert_eq!(command.whole(&folder.join("s")), before);
        disk.again("rw");
        let again = command.start_with(folder, 2, &["--fresh"]).wait_with_output().unwrap();
        assert!(again.status.success(), "{}", said(&again));
        let usual: &[&str] = if command.chunks { &["s", "s.chunks"] } else { &["s"] };
        assert_eq!(names(folder), usual, "{:?}", command.words);
    }
}
