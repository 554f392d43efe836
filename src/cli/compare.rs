//! `stapjes compare A B [C ...]`: two to six scenarios on common random numbers, one report and workbook.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::console;
use super::exit::Failure;
use super::language::LanguageArgument;
use super::scenario_argument::quoted;
use super::study::watched;
use crate::report::compare_page;
use crate::report::escape;
use crate::report::facts::Facts;
use crate::report::folder::{FolderError, OutputFolder};
use crate::report::manifest::Timings;
use crate::report::{REPORT, manifest};
use crate::scenario::{Resolved, open};
use crate::trial::compare::{self, Comparison};

/// `stapjes compare A B [C ...]`.
#[derive(Args, Debug)]
pub(super) struct CompareArguments {
    /// Two to six scenarios: files or names of built-in ones; the others are compared with the first
    #[arg(required = true, num_args = 2..=6)]
    scenarios: Vec<PathBuf>,
    /// Override a key of every scenario; may be repeated
    #[arg(long = "set", value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// Replicates of every scenario (default: those of the first)
    #[arg(long, value_name = "N")]
    replicates: Option<u32>,
    /// Draws of the parameters of every scenario (default: those of the first)
    #[arg(long, value_name = "K")]
    draws: Option<u32>,
    /// Threads; changes the speed, never the results (default: all cores)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Output folder (default: output/compare-A-B)
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
    #[command(flatten)]
    language: LanguageArgument,
    /// Print neither progress nor where the files are
    #[arg(long, short)]
    quiet: bool,
}

/// Runs or reuses the comparison and writes its folder.
pub(super) fn run(arguments: &CompareArguments) -> Result<(), Failure> {
    let scenarios = open_all(arguments)?;
    let plain: Vec<_> = scenarios.iter().map(|resolved| &resolved.scenario).collect();
    compare::comparable(&plain).map_err(|reasons| {
        Failure::Data(format!("these scenarios cannot be compared:\n  {}", reasons.join("\n  ")))
    })?;
    let target = folder(arguments, &scenarios);
    let comparison = match reusable(&target, &scenarios) {
        Some(comparison) => comparison,
        None => {
            let units = u64::from(compare::units(&scenarios));
            watched(arguments.threads, units, !arguments.quiet, |watch| compare::run(&scenarios, watch))?
        }
    };
    let command = command(arguments);
    let facts: Vec<Facts> = scenarios.iter().map(|resolved| Facts::new(resolved, &command)).collect();
    let new = OutputFolder::prepare(&target).map_err(cannot)?;
    let fill = || -> io::Result<()> {
        compare_page::write(new.path(), &comparison, &facts, arguments.language.choose())?;
        describe(&scenarios, &comparison, new.path())
    };
    fill().map_err(|error| cannot(FolderError::Write(error)))?;
    let written = new.finish().map_err(cannot)?;
    if !arguments.quiet {
        console::data(&format!("Written to {}\n", written.join(REPORT).display()))?;
    }
    Ok(())
}

/// The first scenario as it is, the others with its seed, replicates and draws: common random numbers need them equal.
fn open_all(arguments: &CompareArguments) -> Result<Vec<Resolved>, Failure> {
    let mut shared = arguments.set.clone();
    shared.extend(arguments.replicates.map(|count| format!("replicates={count}")));
    shared.extend(arguments.draws.map(|count| format!("uncertainty.parameter_draws={count}")));
    let load = |path: &Path, overrides: &[String]| {
        open(Some(path), overrides).map_err(|problems| Failure::problems(&problems, console::color()))
    };
    let mut scenarios: Vec<Resolved> = Vec::new();
    for path in &arguments.scenarios {
        let mut overrides = Vec::new();
        if let Some(first) = scenarios.first().map(|resolved| &resolved.scenario) {
            overrides.push(format!("seed={}", first.seed));
            overrides.push(format!("replicates={}", first.replicates));
            overrides.push(format!("uncertainty.parameter_draws={}", first.uncertainty.parameter_draws));
            overrides
                .push(format!("uncertainty.replicates_per_draw={}", first.uncertainty.replicates_per_draw));
        }
        overrides.extend(shared.iter().cloned());
        scenarios.push(load(path, &overrides)?);
    }
    Ok(scenarios)
}

fn folder(arguments: &CompareArguments, scenarios: &[Resolved]) -> PathBuf {
    let names: Vec<String> =
        scenarios.iter().map(|resolved| escape::file_name(&resolved.scenario.name)).collect();
    let default = || PathBuf::from("output").join(format!("compare-{}", names.join("-")));
    arguments.out.clone().unwrap_or_else(default)
}

/// A finished comparison of the same scenarios in the same order by the same program, when it stands in the folder.
fn reusable(target: &Path, scenarios: &[Resolved]) -> Option<Comparison> {
    let made_by = manifest::read(target).ok()?.program_version;
    let text = fs::read_to_string(target.join(compare_page::COMPARISON)).ok()?;
    let comparison: Comparison = serde_json::from_str(&text).ok()?;
    let same = comparison.results.len() == scenarios.len()
        && made_by == env!("CARGO_PKG_VERSION")
        && comparison.results.iter().zip(scenarios).all(|(results, own)| results.scenario_hash == own.hash);
    same.then_some(comparison)
}

/// The command that gives the same comparison.
fn command(arguments: &CompareArguments) -> String {
    let mut words = vec!["stapjes".to_owned(), "compare".to_owned()];
    words.extend(arguments.scenarios.iter().map(|path| path.display().to_string()));
    words.extend(arguments.set.iter().flat_map(|set| ["--set".to_owned(), set.clone()]));
    words
        .extend(arguments.replicates.iter().flat_map(|count| ["--replicates".to_owned(), count.to_string()]));
    words.extend(arguments.draws.iter().flat_map(|count| ["--draws".to_owned(), count.to_string()]));
    words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ")
}

/// The manifest of the first scenario names all files; the results hash is that of `comparison.json`.
fn describe(scenarios: &[Resolved], comparison: &Comparison, path: &Path) -> io::Result<()> {
    let (Some(first), Some(results)) = (scenarios.first(), comparison.results.first()) else { return Ok(()) };
    let words = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let mut described = manifest::describe(first, results, words, Timings::default(), path)?;
    let hash = described.files.iter().find(|file| file.path == compare_page::COMPARISON);
    described.results_hash = hash.map(|file| file.sha256.clone()).unwrap_or_default();
    manifest::write(&described, path)
}

fn cannot(error: FolderError) -> Failure {
    match error {
        FolderError::CannotCreate(message) => Failure::CannotCreate(message),
        FolderError::Write(error) => {
            Failure::Output(format!("cannot write the output: {error}; earlier output is as it was"))
        }
    }
}
