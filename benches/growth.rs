//! How the cost grows with the size of a question: `cargo bench --bench growth`, or `-- months` for one thing.
//!
//! The built program runs on one thread with three sizes `n`, `r n` and `r^2 n` of one thing, all else equal. With a fixed part `a` the time is
//! `a + b n^p`, so the exponent is `p = log_r((T3 - T2) / (T2 - T1))`: whatever is done once cancels. Each time is the shortest of several.

#![allow(missing_docs)]

use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 3;

/// One thing that grows.
struct Growth {
    /// What it is.
    name: &'static str,
    /// The command and its scenario.
    command: [&'static str; 2],
    /// What does not grow.
    fixed: &'static [&'static str],
    /// The three sizes.
    sizes: [u32; 3],
    /// Arguments for a size.
    arguments: fn(u32) -> Vec<String>,
}

const ALL_REPLICATES: &[&str] = &["--draws", "0", "--set", "precision.difference=0", "--replicates", "8"];

fn set(key: &str, value: impl std::fmt::Display) -> [String; 2] {
    ["--set".to_owned(), format!("{key}={value}")]
}

/// Clients of each arm at each of four sites, 180 to a caseworker.
fn clients(number: u32) -> Vec<String> {
    let of = |arm: &str| {
        let participants = set(&format!("arm.{arm}.participants"), 180 * number);
        [participants, set(&format!("arm.{arm}.caseworkers"), number)].concat()
    };
    [of("regular"), of("fip")].concat()
}

fn months(number: u32) -> Vec<String> {
    set("horizon_months", number).to_vec()
}

fn steps(number: u32) -> Vec<String> {
    set("steps_per_month", number).to_vec()
}

fn replicates(number: u32) -> Vec<String> {
    ["--replicates".to_owned(), number.to_string()].to_vec()
}

fn draws(number: u32) -> Vec<String> {
    ["--draws".to_owned(), number.to_string()].to_vec()
}

/// Arms beside the control: services by talks a year, each with its own clients and caseworkers.
fn arms(number: u32) -> Vec<String> {
    let arm = |name: String, service: &str| {
        format!("{{ name = \"{name}\", service = \"{service}\", participants = 180, caseworkers = 1 }}")
    };
    let others = (0..number).map(|place| arm(format!("fip{place}"), "fip"));
    let all: Vec<String> = std::iter::once(arm("regular".to_owned(), "regular")).chain(others).collect();
    set("arm", format!("[{}]", all.join(", "))).to_vec()
}

/// Cells of a power analysis: shares of the participants, each with every cut-off, endpoint and test.
fn cells(number: u32) -> Vec<String> {
    let shares: Vec<String> =
        (1..=number).map(|share| format!("{:.4}", f64::from(share) / f64::from(number))).collect();
    set("analysis.sizes", format!("[{}]", shares.join(", "))).to_vec()
}

const GROWTHS: [Growth; 7] = [
    Growth {
        name: "clients",
        command: ["run", "lange-adem"],
        fixed: ALL_REPLICATES,
        sizes: [2, 8, 32],
        arguments: clients,
    },
    Growth {
        name: "months",
        command: ["run", "heel-bestand"],
        fixed: ALL_REPLICATES,
        sizes: [22, 88, 352],
        arguments: months,
    },
    Growth {
        name: "steps a month",
        command: ["run", "lange-adem"],
        fixed: &["--draws", "0", "--set", "precision.difference=0", "--replicates", "60"],
        sizes: [1, 2, 4],
        arguments: steps,
    },
    Growth {
        name: "arms beside the control",
        command: ["run", "lange-adem"],
        fixed: ALL_REPLICATES,
        sizes: [1, 3, 9],
        arguments: arms,
    },
    Growth {
        name: "replicates",
        command: ["run", "lange-adem"],
        fixed: &["--draws", "0", "--set", "precision.difference=0"],
        sizes: [8, 32, 128],
        arguments: replicates,
    },
    Growth {
        name: "draws of the parameters",
        command: ["run", "lange-adem"],
        fixed: &["--set", "precision.difference=0", "--replicates", "8"],
        sizes: [16, 64, 256],
        arguments: draws,
    },
    Growth {
        name: "cells of a power analysis",
        command: ["power", "lange-adem"],
        fixed: &["--replicates", "40"],
        sizes: [1, 4, 16],
        arguments: cells,
    },
];

/// The shortest time of a command with one size.
fn time(growth: &Growth, size: u32, folder: &Path) -> io::Result<Duration> {
    let mut best = Duration::MAX;
    for _ in 0..ROUNDS {
        let out = folder.join("out");
        let _ = fs::remove_dir_all(&out);
        let mut command = Command::new(env!("CARGO_BIN_EXE_stapjes"));
        command.args(growth.command).args(growth.fixed).args((growth.arguments)(size));
        command.args(["--threads", "1", "-q", "--fresh", "--out"]).arg(&out);
        let start = Instant::now();
        let output = command.stdin(Stdio::null()).output()?;
        best = best.min(start.elapsed());
        if !output.status.success() {
            return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
        }
    }
    Ok(best)
}

fn main() -> io::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut out = io::stdout();
    writeln!(out, "what grows                    sizes            seconds                 exponent")?;
    let asked: Vec<String> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let is_asked = |growth: &&Growth| asked.iter().all(|word| growth.name.contains(word.as_str()));
    for growth in GROWTHS.iter().filter(is_asked) {
        let [mut seconds, sizes] = [[0.0; 3], growth.sizes.map(f64::from)];
        for (seconds, &size) in seconds.iter_mut().zip(&growth.sizes) {
            *seconds = time(growth, size, folder.path())?.as_secs_f64();
        }
        let ratio = (seconds[2] - seconds[1]) / (seconds[1] - seconds[0]);
        let exponent = libm::log(ratio) / libm::log(sizes[1] / sizes[0]);
        let [sizes, seconds] =
            [growth.sizes.map(|size| size.to_string()), seconds.map(|t| format!("{t:.2}"))];
        writeln!(
            out,
            "{:28} {:>16} {:>24} {exponent:>9.2}",
            growth.name,
            sizes.join(", "),
            seconds.join(", ")
        )?;
    }
    Ok(())
}
