//! `manifest.json`: what was run, with what, and what came out; enough to repeat it and to check that it is the same.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::random::STREAM_VERSION;
use crate::scenario::Resolved;
use crate::scenario::registry::Record;
use crate::trial::Results;

use super::folder::MANIFEST;
use super::summary::{SUMMARY, sha256};

/// Version of the format of `manifest.json`.
pub const MANIFEST_VERSION: u32 = 1;

/// What was run and what came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `stapjes-manifest`.
    pub format: String,
    /// [`MANIFEST_VERSION`].
    pub format_version: u32,
    /// Version of the program.
    pub program_version: String,
    /// Version of the random stream: raised when the same address gives another draw.
    pub stream_version: u32,
    /// The command line.
    pub command_line: Vec<String>,
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of `scenario_text`.
    pub scenario_hash: String,
    /// The scenario after inheritance and overrides: a valid scenario file with the same meaning.
    pub scenario_text: String,
    /// The texts that were laid over each other to make it.
    pub scenario_layers: Vec<String>,
    /// Seed.
    pub seed: u64,
    /// Replicates.
    pub replicates: u32,
    /// Every parameter as it was used.
    pub parameters: Vec<ParameterEntry>,
    /// SHA-256 of `summary.json`: the same scenario gives the same hash on any machine, for any number of threads.
    pub results_hash: String,
    /// Every other file of the folder with its size and hash.
    pub files: Vec<FileEntry>,
    /// When and how fast; the only part that differs between two runs of the same scenario by the same command.
    pub timings: Timings,
}

/// A parameter in the manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ParameterEntry {
    /// Dotted path.
    pub path: String,
    /// Value.
    pub value: f64,
    /// Unit, when it has one.
    pub unit: Option<String>,
    /// Prior, as written in a scenario.
    pub prior: Option<String>,
    /// How well founded: evidence, derived, expert, calibrated or scenario.
    pub status: String,
    /// Source.
    pub source: Option<String>,
    /// The text that changed the reference's value, if any.
    pub overridden_by: Option<String>,
}

/// A file of the output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Path inside the folder, with `/`.
    pub path: String,
    /// Size, bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
}

/// When a run was made and how long it took; read from the clock by the door.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timings {
    /// Start, seconds since 1 January 1970 UTC.
    pub started_unix_seconds: u64,
    /// Wall time of the simulation, seconds.
    pub simulation_seconds: f64,
    /// Threads.
    pub threads: usize,
}

impl From<&Record> for ParameterEntry {
    fn from(record: &Record) -> Self {
        Self {
            path: record.path.clone(),
            value: record.value,
            unit: record.unit.clone(),
            prior: record.prior.map(|prior| prior.to_string()),
            status: record.status.name().to_owned(),
            source: record.source.clone(),
            overridden_by: record.overridden_by.clone(),
        }
    }
}

/// Describes a run whose other files already stand in `folder`.
///
/// # Errors
/// When a file of the folder cannot be read.
pub fn describe(
    resolved: &Resolved,
    results: &Results,
    command_line: Vec<String>,
    timings: Timings,
    folder: &Path,
) -> io::Result<Manifest> {
    let mut files = Vec::new();
    list_files(folder, "", &mut files)?;
    let summary = files.iter().find(|file| file.path == SUMMARY);
    Ok(Manifest {
        format: "stapjes-manifest".to_owned(),
        format_version: MANIFEST_VERSION,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        stream_version: STREAM_VERSION,
        command_line,
        scenario: resolved.scenario.name.clone(),
        scenario_hash: resolved.hash.clone(),
        scenario_text: resolved.text.clone(),
        scenario_layers: resolved.layers.clone(),
        seed: results.seed,
        replicates: results.replicates,
        parameters: resolved.registry.records.iter().map(ParameterEntry::from).collect(),
        results_hash: summary.map(|file| file.sha256.clone()).unwrap_or_default(),
        files,
        timings,
    })
}

/// The same manifest after files were written again: sizes and hashes as they are now.
///
/// # Errors
/// When a file of the folder cannot be read.
pub fn listed_again(manifest: Manifest, folder: &Path) -> io::Result<Manifest> {
    let mut files = Vec::new();
    list_files(folder, "", &mut files)?;
    Ok(Manifest { files, ..manifest })
}

/// Writes `manifest.json`.
///
/// # Errors
/// When writing fails.
pub fn write(manifest: &Manifest, folder: &Path) -> io::Result<()> {
    let mut text = serde_json::to_string_pretty(manifest)?;
    text.push('\n');
    fs::write(folder.join(MANIFEST), text)
}

/// Reads `manifest.json` from an output folder.
///
/// # Errors
/// When the file cannot be read, or is not a manifest of this version ([`io::ErrorKind::InvalidData`]).
pub fn read(folder: &Path) -> io::Result<Manifest> {
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    let text = fs::read_to_string(folder.join(MANIFEST))?;
    let manifest: Manifest = serde_json::from_str(&text)
        .map_err(|error| invalid(format!("{MANIFEST} is not a manifest of stapjes: {error}")))?;
    if manifest.format_version != MANIFEST_VERSION {
        return Err(invalid(format!("{MANIFEST} has version {}", manifest.format_version)));
    }
    Ok(manifest)
}

fn list_files(folder: &Path, prefix: &str, files: &mut Vec<FileEntry>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list_files(&entry.path(), &format!("{path}/"), files)?;
        } else if path != MANIFEST {
            let bytes = fs::read(entry.path())?;
            files.push(FileEntry { path, bytes: bytes.len() as u64, sha256: sha256(&bytes) });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_manifest_names_every_file_and_reads_back() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("figures")).unwrap();
        fs::write(place.path().join("figures/a.svg"), "<svg/>").unwrap();
        fs::write(place.path().join(SUMMARY), "{}").unwrap();
        let resolved = crate::scenario::embedded("lange-adem", &[]).unwrap();
        let command_line = vec!["stapjes".to_owned(), "run".to_owned()];
        let manifest =
            describe(&resolved, &Results::default(), command_line, Timings::default(), place.path()).unwrap();
        write(&manifest, place.path()).unwrap();
        assert_eq!(read(place.path()).unwrap(), manifest);
        let paths: Vec<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["figures/a.svg", SUMMARY]);
        assert_eq!(manifest.results_hash, sha256(b"{}"));
        assert!(manifest.parameters.len() > 100);
    }
}
