//! What a run leaves: the files of the output folder, and the words or JSON about them.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::observe::{Protocol, cut};
use crate::report::facts::Facts;
use crate::report::folder::{FolderError, OutputFolder};
use crate::report::manifest::{Manifest, Timings};
use crate::report::{self, curves, decimal_comma, events, manifest, summary};
use crate::scenario::{Resolved, Scenario};
use crate::trial::{self, Results};

use super::RunArguments;
use crate::cli::exit::Failure;

/// What was written.
pub(super) struct Written {
    folder: PathBuf,
    manifest: Manifest,
}

/// Writes every file and puts the folder in its place.
pub(super) fn write(
    arguments: &RunArguments,
    resolved: &Resolved,
    results: &Results,
    timings: Timings,
    folder: OutputFolder,
) -> Result<Written, Failure> {
    let path = folder.path();
    let fill = || -> io::Result<Manifest> {
        std::fs::write(path.join(summary::SUMMARY), summary::text(results))?;
        create(path, curves::CURVES, |to| curves::write(results, to))?;
        write_study(arguments, &resolved.scenario, path)?;
        let facts = Facts::new(resolved, &arguments.command());
        report::write(path, results, &facts, arguments.language.choose())?;
        if arguments.csv_nl {
            decimal_comma::write(path, results)?;
        }
        let manifest = manifest::describe(resolved, results, command_line(), timings, path)?;
        manifest::write(&manifest, path)?;
        Ok(manifest)
    };
    let manifest = fill().map_err(|error| cannot(FolderError::Write(error)))?;
    let folder = folder.finish().map_err(cannot)?;
    Ok(Written { folder, manifest })
}

/// The data set of one study and sampled lives, when asked for.
fn write_study(arguments: &RunArguments, scenario: &Scenario, folder: &Path) -> io::Result<()> {
    if let Some(replicate) = arguments.events {
        let record = trial::record_of(scenario, replicate);
        let files = cut(&Protocol::from(scenario), &record, &[scenario.horizon_months]);
        for file in &files {
            create(folder, events::EVENTS, |to| events::write_events(scenario, file, to))?;
        }
    }
    if let Some(count) = arguments.trajectories {
        let lives = trial::lives_of(scenario, count);
        create(folder, events::TRAJECTORIES, |to| events::write_trajectories(scenario, &lives, to))?;
    }
    Ok(())
}

fn create(
    folder: &Path,
    name: &str,
    write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    let mut to = BufWriter::new(File::create(folder.join(name))?);
    write(&mut to)?;
    to.flush()
}

fn command_line() -> Vec<String> {
    std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect()
}

/// A folder error as a failure with its exit code.
pub(super) fn cannot(error: FolderError) -> Failure {
    match error {
        FolderError::CannotCreate(message) => Failure::CannotCreate(message),
        FolderError::Write(error) => {
            Failure::Output(format!("cannot write the output: {error}; earlier output is as it was"))
        }
    }
}

impl Written {
    /// Where the files are.
    pub(super) fn in_words(&self) -> String {
        let folder = self.folder.display();
        let mut text = format!("Written to {folder}:");
        let (inside, top): (Vec<_>, Vec<_>) =
            self.manifest.files.iter().partition(|file| file.path.contains('/'));
        for file in top {
            text.push_str(&format!("\n  {}", file.path));
        }
        if !inside.is_empty() {
            text.push_str(&format!("\n  {}/ ({} files)", report::FIGURES, inside.len()));
        }
        text.push_str(&format!(
            "\n  {}\nResults hash {}",
            crate::report::folder::MANIFEST,
            self.manifest.results_hash
        ));
        text
    }
}

/// The one JSON document of `--json`.
pub(super) fn json(results: &Results, written: &Written, warnings: &[String]) -> Result<String, Failure> {
    let document = json!({
        "output": written.folder,
        "files": written.manifest.files,
        "results_hash": written.manifest.results_hash,
        "warnings": warnings,
        "summary": results,
    });
    serde_json::to_string(&document)
        .map(|text| text + "\n")
        .map_err(|error| Failure::Internal(format!("the results cannot be written as JSON: {error}")))
}
