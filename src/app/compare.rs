//! `compare`: two to six scenarios on common random numbers.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::Context;
use super::files::cannot;
use crate::error::Error;
use crate::report::compare_page;
use crate::report::facts::Facts;
use crate::report::folder::{FolderError, OutputFolder};
use crate::report::language::Lang;
use crate::report::manifest::{self, Timings};
use crate::scenario::Resolved;
use crate::trial::compare::{self, Comparison};

/// Scenarios to compare; the others are compared with the first, and have its seed, replicates and draws.
#[derive(Clone, Debug)]
pub struct CompareRequest {
    /// The scenarios.
    pub scenarios: Vec<Resolved>,
}

/// Overrides that give another scenario the chance of the first: its seed, replicates and draws.
pub fn same_chance(first: &Resolved) -> Vec<String> {
    let first = &first.scenario;
    vec![
        format!("seed={}", first.seed),
        format!("replicates={}", first.replicates),
        format!("uncertainty.parameter_draws={}", first.uncertainty.parameter_draws),
        format!("uncertainty.replicates_per_draw={}", first.uncertainty.replicates_per_draw),
    ]
}

impl CompareRequest {
    /// Whether the scenarios can be compared.
    ///
    /// # Errors
    /// [`ErrorKind::Data`](crate::error::ErrorKind::Data) with every reason why not.
    pub fn check(&self) -> Result<(), Error> {
        let plain: Vec<_> = self.scenarios.iter().map(|resolved| &resolved.scenario).collect();
        compare::comparable(&plain).map_err(|reasons| {
            Error::data(format!("these scenarios cannot be compared:\n  {}", reasons.join("\n  ")))
        })
    }
}

/// Runs all scenarios, replicate by replicate.
///
/// # Errors
/// As [`CompareRequest::check`], and [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped).
pub fn run(request: &CompareRequest, context: &Context<'_>) -> Result<Comparison, Error> {
    request.check()?;
    let scenarios = &request.scenarios;
    context.work(u64::from(compare::units(scenarios)), |watch| compare::run(scenarios, watch))
}

/// A finished comparison of the same scenarios in the same order by the same program, when it stands in the folder.
pub fn finished(request: &CompareRequest, folder: &Path) -> Option<Comparison> {
    let made_by = manifest::read(folder).ok()?.program_version;
    let text = fs::read_to_string(folder.join(compare_page::COMPARISON)).ok()?;
    let comparison: Comparison = serde_json::from_str(&text).ok()?;
    let pairs = || comparison.results.iter().zip(&request.scenarios);
    let same = comparison.results.len() == request.scenarios.len()
        && made_by == env!("CARGO_PKG_VERSION")
        && pairs().all(|(results, own)| results.scenario_hash == own.hash);
    same.then_some(comparison)
}

/// Writes the folder of a comparison. `command` repeats it; `command_line` is what was typed.
///
/// # Errors
/// When the folder cannot be written; earlier output is then as it was.
pub fn write(
    request: &CompareRequest,
    comparison: &Comparison,
    lang: Lang,
    command: &str,
    command_line: Vec<String>,
    folder: &Path,
) -> Result<PathBuf, Error> {
    let facts: Vec<Facts> = request.scenarios.iter().map(|resolved| Facts::new(resolved, command)).collect();
    let new = OutputFolder::prepare(folder).map_err(cannot)?;
    let fill = || -> io::Result<()> {
        compare_page::write(new.path(), comparison, &facts, lang)?;
        describe(&request.scenarios, comparison, command_line, new.path())
    };
    fill().map_err(|error| cannot(FolderError::Write(error)))?;
    new.finish().map_err(cannot)
}

/// The manifest of the first scenario names all files; the results hash is that of `comparison.json`.
fn describe(
    scenarios: &[Resolved],
    comparison: &Comparison,
    command_line: Vec<String>,
    path: &Path,
) -> io::Result<()> {
    let (Some(first), Some(results)) = (scenarios.first(), comparison.results.first()) else { return Ok(()) };
    let mut described = manifest::describe(first, results, command_line, Timings::default(), path)?;
    let hash = described.files.iter().find(|file| file.path == compare_page::COMPARISON);
    described.results_hash = hash.map(|file| file.sha256.clone()).unwrap_or_default();
    manifest::write(&described, path)
}
