//! `manifest.json` (`manifest-power.json` and so on): what was run, with what, and what came out; enough to repeat it and to
//! check that it is the same.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::engine::MODEL_VERSION;
use crate::language::{Said, in_io, spoken};
use crate::random::STREAM_VERSION;
use crate::said;
use crate::scenario::Resolved;
use crate::scenario::registry::ParameterRecord;

use super::kind::ResultKind;
use super::summary::sha256_of_file;
use crate::disk;

/// What `format` says in every manifest.
pub(crate) const FORMAT: &str = "stapjes-manifest";
/// Version of the format of manifests.
pub(crate) const MANIFEST_VERSION: u32 = 1;

/// What was run and what came out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Manifest {
    /// `stapjes-manifest`.
    pub format: String,
    /// `MANIFEST_VERSION`.
    pub format_version: u32,
    /// Version of the program.
    pub program_version: String,
    /// Version of the random stream: raised when the same address gives another draw.
    pub stream_version: u32,
    /// Version of the model: raised when the same scenario means something else.
    #[serde(default = "first")]
    pub model_version: u32,
    /// The command: `run`, `power` and so on.
    #[serde(default = "run")]
    pub command: String,
    /// The command line, word by word, the program's own name first.
    pub command_line: Vec<String>,
    /// Name of the scenario.
    pub scenario: String,
    /// SHA-256 of `scenario_text`.
    pub scenario_hash: String,
    /// The scenario after inheritance and overrides: a valid scenario file with the same meaning.
    pub scenario_text: String,
    /// The texts that were laid over each other to make it.
    pub scenario_layers: Vec<String>,
    /// Seed of the scenario.
    pub seed: u64,
    /// Replicates, or simulated studies, that were asked for.
    pub replicates: u32,
    /// Every parameter as it was used.
    pub(crate) parameters: Vec<ParameterEntry>,
    /// Further scenarios of a command that takes several, each with its own seed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) other_scenarios: Vec<ScenarioEntry>,
    /// SHA-256 of the file with all results (`summary.json` of a run): the same scenario gives the same hash on any machine,
    /// for any number of threads.
    pub results_hash: String,
    /// Every other file of the folder with its size and hash.
    pub(crate) files: Vec<FileEntry>,
    /// When and how fast; the only part that differs between two runs of the same scenario by the same command.
    pub timings: Timings,
}

/// The first version did not say which command it was of.
fn run() -> String {
    ResultKind::Run.command().to_owned()
}

/// The first edition of the model did not say so.
fn first() -> u32 {
    1
}

/// A further scenario in the manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ScenarioEntry {
    /// Name.
    pub name: String,
    /// SHA-256 of `text`.
    pub hash: String,
    /// The scenario after inheritance and overrides.
    pub text: String,
    /// Seed.
    pub seed: u64,
}

impl From<&Resolved> for ScenarioEntry {
    fn from(resolved: &Resolved) -> Self {
        Self {
            name: resolved.scenario.name.clone(),
            hash: resolved.hash.clone(),
            text: resolved.text.clone(),
            seed: resolved.scenario.seed,
        }
    }
}

/// A parameter in the manifest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct ParameterEntry {
    /// Dotted path.
    pub path: String,
    /// Value, in its unit.
    pub value: f64,
    /// Unit, when it has one.
    pub unit: Option<String>,
    /// Prior, as written in a scenario.
    pub prior: Option<String>,
    /// How well founded: evidence, derived, expert, calibrated or scenario.
    pub status: String,
    /// Source, when one is named.
    pub source: Option<String>,
    /// The text that changed the reference's value, if any.
    pub overridden_by: Option<String>,
}

/// A file of the output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FileEntry {
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
    /// Threads that computed; they change the time and nothing else.
    pub threads: usize,
}

impl From<&ParameterRecord> for ParameterEntry {
    fn from(record: &ParameterRecord) -> Self {
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

/// What made the results of a folder.
#[derive(Clone, Debug)]
pub(crate) struct Made<'a> {
    /// The command.
    pub kind: ResultKind,
    /// Its scenario and the further ones, if any.
    pub scenarios: &'a [Resolved],
    /// Replicates (simulated studies).
    pub replicates: u32,
    /// The command line.
    pub command_line: Vec<String>,
    /// When and how fast.
    pub timings: Timings,
}

/// Describes results whose other files already stand in `folder`.
///
/// # Errors
/// When a file of the folder cannot be read, or there is no scenario.
pub(crate) fn describe(made: Made<'_>, folder: &Path) -> io::Result<Manifest> {
    let (first, others) = made.scenarios.split_first().ok_or(io::ErrorKind::InvalidInput)?;
    let mut files = Vec::new();
    list_files(folder, "", made.kind.manifest(), &mut files)?;
    let results = files.iter().find(|file| file.path == made.kind.results());
    Ok(Manifest {
        format: FORMAT.to_owned(),
        format_version: MANIFEST_VERSION,
        program_version: env!("CARGO_PKG_VERSION").to_owned(),
        stream_version: STREAM_VERSION,
        model_version: MODEL_VERSION,
        command: made.kind.command().to_owned(),
        command_line: made.command_line,
        scenario: first.scenario.name.clone(),
        scenario_hash: first.hash.clone(),
        scenario_text: first.text.clone(),
        scenario_layers: first.layers.clone(),
        seed: first.scenario.seed,
        replicates: made.replicates,
        parameters: first.registry.records.iter().map(ParameterEntry::from).collect(),
        other_scenarios: others.iter().map(ScenarioEntry::from).collect(),
        results_hash: results.map(|file| file.sha256.clone()).unwrap_or_default(),
        files,
        timings: made.timings,
    })
}

/// The same manifest after files were written again: sizes and hashes as they are now.
///
/// # Errors
/// When a file of the folder cannot be read.
pub(crate) fn listed_again(manifest: Manifest, folder: &Path) -> io::Result<Manifest> {
    let mut files = Vec::new();
    list_files(folder, "", manifest.file_name(), &mut files)?;
    Ok(Manifest { files, ..manifest })
}

impl Manifest {
    /// The name of its file.
    pub(crate) fn file_name(&self) -> &'static str {
        let kind = ResultKind::ALL.into_iter().find(|kind| kind.command() == self.command);
        kind.unwrap_or(ResultKind::Run).manifest()
    }

    /// The files of `folder` that are not what the manifest says: missing, or with other bytes.
    pub(crate) fn altered<'m>(&'m self, folder: &Path) -> impl Iterator<Item = &'m FileEntry> {
        self.files.iter().filter(move |entry| !entry.describes(&folder.join(&entry.path)))
    }
}

impl FileEntry {
    /// Whether a file has these bytes.
    pub(crate) fn describes(&self, path: &Path) -> bool {
        let size = path.symlink_metadata().ok().filter(|found| found.is_file()).map(|found| found.len());
        size == Some(self.bytes) && sha256_of_file(path).is_ok_and(|hash| hash == self.sha256)
    }
}

/// Writes the manifest's file.
///
/// # Errors
/// When writing fails.
pub(crate) fn write(manifest: &Manifest, folder: &Path) -> io::Result<()> {
    let mut text = serde_json::to_string_pretty(manifest)?;
    text.push('\n');
    disk::write_new(&folder.join(manifest.file_name()), text.as_bytes())
}

/// Reads the manifest of a kind of results from an output folder.
///
/// # Errors
/// When the file cannot be read, or is not a manifest of this version ([`io::ErrorKind::InvalidData`]).
pub(crate) fn read(folder: &Path, kind: ResultKind) -> io::Result<Manifest> {
    let name = kind.manifest();
    let invalid = |message: Said| in_io(io::ErrorKind::InvalidData, message);
    let text = fs::read_to_string(folder.join(name))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| {
        invalid(said!(
            "{name} is geen manifest van stapjes: {error}",
            "{name} is not a manifest of stapjes: {error}",
            name = name,
            error = spoken(&error)
        ))
    })?;
    if manifest.format != FORMAT || manifest.format_version != MANIFEST_VERSION {
        return Err(invalid(said!(
            "{name} heeft formaat {format} versie {version}",
            "{name} has format {format} version {version}",
            format = manifest.format,
            version = manifest.format_version,
            name = name
        )));
    }
    if manifest.command != kind.command() {
        return Err(invalid(said!(
            "{name} is van stapjes {command}",
            "{name} is of stapjes {command}",
            command = manifest.command,
            name = name
        )));
    }
    Ok(manifest)
}

/// Every file below a folder, with its hash.
fn list_files(folder: &Path, prefix: &str, manifest: &str, files: &mut Vec<FileEntry>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            list_files(&entry.path(), &format!("{path}/"), manifest, files)?;
        } else if path != manifest {
            let sha256 = sha256_of_file(&entry.path())?;
            files.push(FileEntry { path, bytes: entry.metadata()?.len(), sha256 });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::summary::sha256;

    #[test]
    fn a_manifest_names_every_file_and_reads_back() {
        let place = tempfile::tempdir().unwrap();
        fs::create_dir(place.path().join("figures")).unwrap();
        fs::write(place.path().join("figures/a.svg"), "<svg/>").unwrap();
        fs::write(place.path().join("summary.json"), "{}").unwrap();
        let resolved = crate::scenario::embedded("lange-adem", &[]).unwrap();
        let made = Made {
            kind: ResultKind::Run,
            scenarios: &[resolved],
            replicates: 3,
            command_line: vec!["stapjes".to_owned(), "run".to_owned()],
            timings: Timings::default(),
        };
        let manifest = describe(made, place.path()).unwrap();
        write(&manifest, place.path()).unwrap();
        assert_eq!(read(place.path(), ResultKind::Run).unwrap(), manifest);
        assert_eq!(read(place.path(), ResultKind::Compare).unwrap_err().kind(), io::ErrorKind::InvalidData);
        assert_eq!(read(place.path(), ResultKind::Power).unwrap_err().kind(), io::ErrorKind::NotFound);
        assert_eq!(manifest.altered(place.path()).count(), 0);
        fs::write(place.path().join("figures/a.svg"), "<svg />").unwrap();
        assert_eq!(manifest.altered(place.path()).next().unwrap().path, "figures/a.svg");
        let paths: Vec<&str> = manifest.files.iter().map(|file| file.path.as_str()).collect();
        assert_eq!(paths, ["figures/a.svg", "summary.json"]);
        assert_eq!(manifest.results_hash, sha256(b"{}"));
        assert!(manifest.parameters.len() > 100);
    }
}
