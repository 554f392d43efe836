//! `verify`: whether a folder is what its manifests say.
//!
//! A manifest lists every file with its bytes and SHA-256, and a hash of the results. Reading them all
//! again answers whether a folder was changed, damaged or mixed; it does not answer whether the numbers
//! were right, for which `stapjes verify --rerun` computes them again.

use crate::language::Said;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::engine::MODEL_VERSION;
use crate::error::Error;
use crate::random::STREAM_VERSION;
use crate::report::folder::unlisted;
use crate::report::kind::ResultKind;
use crate::report::manifest::{self, Manifest};
use crate::said;

/// What a folder holds, against its manifests.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// The folder.
    pub folder: PathBuf,
    /// The results in it, one entry per command.
    pub results: Vec<Verified>,
    /// Files that no manifest lists: not ours, and no fault.
    pub unlisted: Vec<PathBuf>,
}

/// The results of one command.
#[derive(Clone, Debug, Serialize)]
pub struct Verified {
    /// The command that wrote them, such as `run`.
    pub command: &'static str,
    /// Files that are listed, and their bytes.
    pub files: usize,
    /// Bytes of the listed files, as the manifest gives them.
    pub bytes: u64,
    /// Listed files that are not there, by path below the folder.
    pub missing: Vec<String>,
    /// Listed files that are there with other bytes.
    pub changed: Vec<String>,
    /// Whether the hash of the results is that of the file with the results.
    pub results_hash_holds: bool,
    /// Whether this program computes the same numbers: its own version, random stream and model are those of the manifest.
    pub same_versions: bool,
    /// The manifest itself, for `--rerun`; not in the JSON, since it stands in the folder.
    #[serde(skip)]
    pub manifest: Manifest,
}

impl Verified {
    /// Whether every listed file is there unchanged and the hash of the results is theirs. Another
    /// version of the program is no fault.
    pub fn holds(&self) -> bool {
        self.missing.is_empty() && self.changed.is_empty() && self.results_hash_holds
    }
}

impl Verification {
    /// Whether that is so for the results of every command in the folder.
    pub fn holds(&self) -> bool {
        self.results.iter().all(Verified::holds)
    }
}

/// Recomputes every hash of a folder.
///
/// # Errors
/// [`ErrorKind::NoInput`](crate::error::ErrorKind::NoInput) for a folder without results;
/// [`ErrorKind::Data`](crate::error::ErrorKind::Data) for a manifest that cannot be read.
pub fn verify(folder: &Path) -> Result<Verification, Error> {
    let shown = folder.display();
    let mut results: Vec<Verified> = Vec::new();
    let mut unreadable: Vec<(&str, Said)> = Vec::new();
    for kind in ResultKind::ALL.into_iter().filter(|kind| folder.join(kind.manifest()).exists()) {
        match manifest::read(folder, kind) {
            Ok(manifest) => results.push(of(folder, kind, manifest)),
            Err(error) => {
                let name = kind.manifest();
                unreadable.push((
                    name,
                    said!(
                        "{name} in {shown}: {error}",
                        "{name} in {shown}: {error}",
                        error = crate::language::spoken(&error),
                        name = name,
                        shown = shown
                    ),
                ));
            }
        }
    }
    // Two commands share the name of a manifest: the one that could be read says whose it is.
    let read = |name: &str| results.iter().any(|result| result.manifest.file_name() == name);
    unreadable.retain(|(name, _)| !read(name));
    if !unreadable.is_empty() {
        let lines: Vec<Said> = unreadable.into_iter().map(|(_, line)| line).collect();
        return Err(Error::data(Said::lines(&lines)));
    }
    if results.is_empty() {
        return Err(Error::no_input(said!(
            "in {shown} staan geen resultaten van stapjes: er is geen manifest",
            "{shown} holds no results of stapjes: it has no manifest",
            shown = shown
        )));
    }
    let listed: BTreeSet<&str> = results
        .iter()
        .flat_map(|result| result.manifest.files.iter().map(|file| file.path.as_str()))
        .collect();
    let mut unlisted = unlisted(folder).map_err(|error| {
        Error::output(said!(
            "kan {shown} niet lezen: {error}",
            "cannot read {shown}: {error}",
            error = crate::language::spoken(&error),
            shown = shown
        ))
    })?;
    unlisted.retain(|path| !listed.contains(path.to_string_lossy().as_ref()));
    Ok(Verification { folder: folder.to_path_buf(), results, unlisted })
}

/// What is found when the files of a manifest are read again. A listed file that cannot be read but
/// stands there, as a link for instance, counts as changed.
fn of(folder: &Path, kind: ResultKind, manifest: Manifest) -> Verified {
    let altered: Vec<String> = manifest.altered(folder).map(|file| file.path.clone()).collect();
    let there = |path: &String| folder.join(path).symlink_metadata().is_ok();
    let (changed, missing) = altered.into_iter().partition(there);
    let result = manifest.files.iter().find(|file| file.path == kind.results());
    Verified {
        command: kind.command(),
        files: manifest.files.len(),
        bytes: manifest.files.iter().map(|file| file.bytes).sum(),
        missing,
        changed,
        results_hash_holds: result.is_some_and(|file| file.sha256 == manifest.results_hash),
        same_versions: manifest.program_version == env!("CARGO_PKG_VERSION")
            && manifest.stream_version == STREAM_VERSION
            && manifest.model_version == MODEL_VERSION,
        manifest,
    }
}
