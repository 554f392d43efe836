//! A disk that fails, for every command that writes: each create, write, sync, rename, link and removal in turn goes wrong with
//! an input/output error, with a full disk from then on, or with the death of the process. The earlier results are whole or the
//! new ones are, the words and the exit code are true, and the next start leaves nothing behind.
//!
//! The gate tries a few operations of each command; `STAPJES_FAULT_OPS=100000 cargo test --test failing_disk` tries all of them
//! (some thousand runs). `STAPJES_PROGRAM=target/release/stapjes` tries another build, `STAPJES_FAULTS=run,power` some commands.

#![allow(
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "helpers of tests unwrap, and say what was not tested"
)]
#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use stapjes::report::summary::sha256;

/// A study of a few dozen clients and half a year; one thread, so that operations come in the same order.
const SMALL: &str = "lange-adem --set horizon_months=6 --set arm.fip.participants=6 --set arm.regular.participants=6 --threads 1";

fn program() -> PathBuf {
    std::env::var_os("STAPJES_PROGRAM").map_or_else(|| env!("CARGO_BIN_EXE_stapjes").into(), PathBuf::from)
}

/// A command that writes: how it is typed (`SMALL` and `SEED` are filled in), its manifest (or the file that it writes), and
/// what is done before it.
struct Case {
    name: &'static str,
    words: &'static str,
    result: &'static str,
    before: &'static [&'static str],
}

const CASES: [Case; 12] = [
    Case {
        name: "run",
        words: "run SMALL --replicates 20 --draws 2 --set seed=SEED --keep-chunks --fresh --out s",
        result: "s/manifest.json",
        before: &[],
    },
    Case {
        name: "power",
        words: "power SMALL --replicates 20 --set seed=SEED --keep-chunks --fresh --out s",
        result: "s/manifest-power.json",
        before: &[],
    },
    Case {
        name: "duration",
        words: "duration SMALL --replicates 8 --set seed=SEED --keep-chunks --fresh --out s",
        result: "s/manifest-duration.json",
        before: &[],
    },
    Case {
        name: "compare",
        words: "compare lange-adem SMALL --replicates 4 --draws 2 --set seed=SEED --keep-chunks --fresh --out s",
        result: "s/manifest.json",
        before: &[],
    },
    Case {
        name: "sensitivity",
        words: "sensitivity SMALL --draws 32 --replicates 1 --set seed=SEED --keep-chunks --fresh --out s",
        result: "s/manifest-sensitivity.json",
        before: &[],
    },
    Case {
        name: "value",
        words: "value SMALL --draws 32 --replicates 1 --set seed=SEED --keep-chunks --fresh --out s",
        result: "s/manifest-value.json",
        before: &[],
    },
    Case {
        name: "patterns",
        words: "patterns --replicates 10 --set seed=SEED --threads 1 --keep-chunks --fresh --out s",
        result: "s/manifest-patterns.json",
        before: &[],
    },
    Case {
        name: "calibrate",
        words: "calibrate small.toml --free exit.work.base --seed SEED --threads 1 --keep-chunks --fresh --out s",
        result: "s/manifest-calibrate.json",
        before: &[],
    },
    Case {
        name: "report",
        words: "report s --lang LANG",
        result: "s/manifest.json",
        before: &["run SMALL --replicates 4 --draws 2 --out s"],
    },
    Case {
        name: "merge",
        words: "merge s",
        result: "s/manifest.json",
        before: &[
            "run SMALL --replicates 20 --draws 0 --set seed=SEED --out s --shard 1/2",
            "run SMALL --replicates 20 --draws 0 --set seed=SEED --out s --shard 2/2",
        ],
    },
    Case { name: "new", words: "new mine --clients 90", result: "mine.toml", before: &[] },
    Case {
        name: "analyze",
        words: "analyze data.csv --time time --status status --arm arm --figure f.svg --lang LANG",
        result: "f.svg",
        before: &[],
    },
];

/// A figure and one parameter to learn from it, in a small town.
const SMALL_TARGETS: &str = r#"name = "small"
extends = "heel-bestand"

[[target]]
id = "exits a year"
outcome = "exits_per_client_year"
arm = "regular"
value = 0.209
error = 0.05
source = "a test"
year = 2022
"#;

/// The commands that a few operations are tried of in the gate: the others compute for minutes without optimization.
const LONG: [&str; 2] = ["patterns", "calibrate"];

fn chosen() -> impl Iterator<Item = &'static Case> {
    let asked = std::env::var("STAPJES_FAULTS").ok();
    CASES.iter().filter(move |case| match &asked {
        Some(names) => names.split(',').any(|name| name == case.name),
        None => !LONG.contains(&case.name),
    })
}

/// Operations tried per command.
fn most() -> u32 {
    std::env::var("STAPJES_FAULT_OPS").ok().and_then(|text| text.parse().ok()).unwrap_or(4)
}

impl Case {
    fn command(&self, folder: &Path, words: &str, version: u32) -> Command {
        let language = if version == 1 { "nl" } else { "en" };
        let words = words.replace("SMALL", SMALL).replace("SEED", &version.to_string());
        let words = words.replace("LANG", language);
        let mut command = Command::new(program());
        command.current_dir(folder).args(words.split(' ')).stdin(Stdio::null()).env("STAPJES_LANG", "en");
        command
    }

    fn must(&self, folder: &Path, words: &str, version: u32) {
        let output = self.command(folder, words, version).output().unwrap();
        assert!(output.status.success(), "{} {words}: {}", self.name, said(&output));
    }

    /// The first results, and what the second need.
    fn prepare(&self, folder: &Path) {
        fs::write(folder.join("data.csv"), "arm,time,status\na,1,1\na,3,0\nb,2,1\nb,4,1\n").unwrap();
        fs::write(folder.join("small.toml"), SMALL_TARGETS).unwrap();
        let writes_over = !["new", "merge"].contains(&self.name);
        if writes_over {
            self.before.iter().for_each(|words| self.must(folder, words, 1));
            self.must(folder, self.words, 1);
        }
        if self.name == "merge" {
            self.must(folder, "run SMALL --replicates 2 --draws 0 --out s", 1);
            self.before.iter().for_each(|words| self.must(folder, words, 2));
        }
    }

    /// The same as in `start` in another folder; shards know where they were made.
    fn begin(&self, start: &Path, folder: &Path) {
        if self.name == "merge" { self.prepare(folder) } else { copy(start, folder) }
    }

    /// What stands there, when all of it is as the manifest says.
    fn whole(&self, folder: &Path) -> Option<String> {
        let path = folder.join(self.result);
        let bytes = fs::read(&path).ok()?;
        if !self.result.contains("manifest") {
            return Some(sha256(&bytes));
        }
        let manifest: Value = serde_json::from_slice(&bytes).unwrap();
        let mut all = String::new();
        for file in manifest["files"].as_array().unwrap() {
            let bytes = fs::read(path.parent().unwrap().join(file["path"].as_str().unwrap())).unwrap();
            assert_eq!(sha256(&bytes), file["sha256"].as_str().unwrap(), "{} {file}", self.name);
            all += file["sha256"].as_str().unwrap();
        }
        Some(sha256(all.as_bytes()))
    }
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Names in a folder; the folder of chunks may come and go.
fn names(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter(|name| name != "s.chunks").collect();
    names.sort();
    names
}

/// The library that makes a disk fail, or nothing where there is no C compiler.
fn failing_disk(place: &Path) -> Option<PathBuf> {
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/failing_disk.c");
    let made = place.join("failing_disk.so");
    let compiled =
        Command::new("cc").args(["-shared", "-fPIC", "-O1", "-o"]).arg(&made).args([source, "-ldl"]).status();
    if !compiled.is_ok_and(|status| status.success()) {
        eprintln!("NOT TESTED: there is no C compiler (cc) to make a failing disk with");
        return None;
    }
    Some(made)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target)
        } else {
            fs::copy(entry.path(), target).map(drop).unwrap()
        }
    }
}

#[test]
fn whatever_the_disk_does_the_old_or_the_new_is_whole_and_the_words_are_true() {
    let tools = tempfile::tempdir().unwrap();
    let Some(library) = failing_disk(tools.path()) else { return };
    for case in chosen() {
        let start = tempfile::tempdir().unwrap();
        case.prepare(start.path());
        let before = case.whole(start.path());
        let failing = |folder: &Path, at: u32, how: &str| {
            let mut command = case.command(folder, case.words, 2);
            command.env("LD_PRELOAD", &library).env("FAULT_UNDER", folder).env("FAULT_AT", at.to_string());
            command.env("FAULT_HOW", how).env("FAULT_COUNT", tools.path().join("count"));
            // Where results go when their place has become impossible.
            command.env("TMPDIR", tools.path());
            command.output().unwrap()
        };
        // Without a fault: what the new results are, and how many operations there are.
        let place = tempfile::tempdir().unwrap();
        case.begin(start.path(), place.path());
        let output = failing(place.path(), 0, "EIO");
        assert!(output.status.success(), "{}: {}", case.name, said(&output));
        let after = case.whole(place.path());
        assert!(after.is_some() && after != before, "{}", case.name);
        let usual = names(place.path());
        let count: u32 = fs::read_to_string(tools.path().join("count")).unwrap().trim().parse().unwrap();
        assert!(count >= 4, "{}: {count} operations", case.name);
        let tried = most().min(count);
        eprintln!("{}: {tried} of {count} operations", case.name);
        let mut ended = std::collections::BTreeMap::<String, u32>::new();
        for number in 0..tried {
            // Spread over all; the last ones, where things are put in their place, are among them.
            let at = count - (u64::from(number) * u64::from(count) / u64::from(tried)) as u32;
            let how = ["EIO", "FULL", "KILL"][(number % 3) as usize];
            let when = format!("{}: {how} at operation {at} of {count}", case.name);
            let place = tempfile::tempdir().unwrap();
            let folder = place.path();
            case.begin(start.path(), folder);
            let output = failing(folder, at, how);
            let (code, words) = (output.status.code(), said(&output));
            let stands = case.whole(folder);
            *ended.entry(format!("{how} {code:?}")).or_default() += 1;
            match code {
                Some(0) => assert_eq!(stands, after, "{when}: {words}"),
                None => {
                    assert!(how == "KILL" && output.status.signal() == Some(9), "{when}: {words}");
                    assert!(stands == before || stands == after, "{when}");
                }
                Some(73 | 74) => {
                    let cause = if how == "EIO" { "Input/output error" } else { "No space left on device" };
                    assert!(words.contains("stapjes: ") && words.contains(cause), "{when}: {words}");
                    let beside = words.contains("are complete and stand in");
                    assert_eq!(stands, before, "{when}: {words}");
                    let saved = folder.join("s.saved");
                    assert_eq!(
                        beside,
                        saved.exists() || tools.path().join("s.saved").exists(),
                        "{when}: {words}"
                    );
                    if beside && !saved.exists() {
                        fs::remove_dir_all(tools.path().join("s.saved")).unwrap();
                    }
                    if saved.exists() {
                        fs::remove_dir_all(saved).unwrap();
                    }
                }
                other => panic!("{when}: {other:?} {words}"),
            }
            // The next start finishes it and leaves nothing behind; a merge that went through has nothing left to merge.
            let again = case.command(folder, case.words, 2).output().unwrap();
            let is_done = stands == after && ["new", "merge"].contains(&case.name);
            assert!(again.status.success() || is_done, "{when}, then: {}", said(&again));
            assert_eq!(case.whole(folder), after, "{when}, then");
            assert_eq!(names(folder), usual, "{when}, then");
        }
        eprintln!("  {ended:?}");
    }
}
