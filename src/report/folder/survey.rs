//! What stands in a folder, and whose it is: only what a manifest lists with the hash that the file still has is ours.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use serde::Deserialize;

use crate::language::Said;
use crate::report::kind::ResultKind;
use crate::report::manifest::{FORMAT, FileEntry};
use crate::said;

/// The part of a manifest that says which files belong to it; that part is the same in every version of the format.
#[derive(Debug, Deserialize)]
struct Listing {
    /// Format of the manifest.
    format: String,
    /// Command that wrote it.
    #[serde(default = "run")]
    command: String,
    /// Files that it lists.
    files: Vec<FileEntry>,
}

/// The first version of the manifest was written by `run` and did not say so.
fn run() -> String {
    ResultKind::Run.command().to_owned()
}

/// What stands in a folder. Paths are relative to it.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Files of earlier results of the same command, as they were written: these may be replaced.
    pub(super) ours: Vec<PathBuf>,
    /// Files of results of other commands, with the command.
    pub(super) of_others: BTreeMap<PathBuf, String>,
    /// Everything else: files that no manifest lists or that changed since, links, and empty folders.
    pub(super) foreign: Vec<PathBuf>,
    /// Those of `foreign` that earlier results of the same command list: they changed since they were written.
    pub(super) changed: Vec<PathBuf>,
    /// Commands whose results stand here.
    pub(super) commands: Vec<String>,
}

impl Survey {
    /// Walks `folder` and tells what belongs to `kind`. A folder that does not exist holds nothing.
    pub(super) fn of(folder: &Path, kind: ResultKind) -> io::Result<Self> {
        let mut survey = Self::default();
        if folder.symlink_metadata().is_err() {
            return Ok(survey);
        }
        let listings = listings(folder);
        for (_, listing) in &listings {
            if !survey.commands.contains(&listing.command) {
                survey.commands.push(listing.command.clone());
            }
        }
        let mut paths = Vec::new();
        walk(folder, Path::new(""), &mut paths)?;
        for path in paths {
            let mut listed_by_us = false;
            let mut owner = None;
            for (manifest, listing) in &listings {
                let is_manifest = path == Path::new(manifest);
                let entry = listing.files.iter().find(|entry| safe(&entry.path).as_deref() == Some(&path));
                listed_by_us |= entry.is_some() && listing.command == kind.command();
                if is_manifest || entry.is_some_and(|entry| entry.describes(&folder.join(&path))) {
                    owner = Some(listing.command.clone());
                }
            }
            match owner {
                Some(command) if command == kind.command() => survey.ours.push(path),
                Some(command) => drop(survey.of_others.insert(path, command)),
                None => {
                    if listed_by_us {
                        survey.changed.push(path.clone());
                    }
                    survey.foreign.push(path);
                }
            }
        }
        Ok(survey)
    }

    /// Whether nothing stands here.
    pub(super) fn is_empty(&self) -> bool {
        self.ours.is_empty() && self.of_others.is_empty() && self.foreign.is_empty()
    }

    /// Everything that stays when the results of the command are replaced.
    pub(super) fn kept(&self) -> impl Iterator<Item = &PathBuf> {
        self.of_others.keys().chain(&self.foreign)
    }

    /// Whose `path` is, in words; `None` when nothing that stays is in its way.
    pub(super) fn in_the_way_of(&self, path: &Path) -> Option<Said> {
        let kept = self.kept().find(|kept| kept.starts_with(path) || path.starts_with(kept))?;
        let shown = kept.display();
        Some(match self.of_others.get(kept) {
            Some(command) => said!(
                "{shown} hoort bij de resultaten van stapjes {command}",
                "{shown} belongs to the results of stapjes {command}",
                shown = shown,
                command = command
            ),
            None if self.changed.contains(kept) => said!(
                "{shown} is veranderd nadat stapjes het schreef",
                "{shown} was changed after stapjes wrote it",
                shown = shown
            ),
            None => said!("{shown} is niet van stapjes", "{shown} was not written by stapjes", shown = shown),
        })
    }
}

/// The manifests of a folder, with their names.
fn listings(folder: &Path) -> Vec<(&'static str, Listing)> {
    let mut listings: Vec<(&'static str, Listing)> = Vec::new();
    for name in ResultKind::ALL.map(ResultKind::manifest) {
        let path = folder.join(name);
        if listings.iter().any(|(known, _)| *known == name) || !is_file(&path) {
            continue;
        }
        let read = fs::read_to_string(path).ok().and_then(|text| serde_json::from_str::<Listing>(&text).ok());
        listings.extend(read.filter(|listing| listing.format == FORMAT).map(|listing| (name, listing)));
    }
    listings
}

/// Whether a plain file stands there.
fn is_file(path: &Path) -> bool {
    path.symlink_metadata().is_ok_and(|found| found.is_file())
}

/// A listed path, when it stays within the folder.
fn safe(listed: &str) -> Option<PathBuf> {
    let path = PathBuf::from(listed);
    let plain = path.components().all(|part| matches!(part, Component::Normal(_)));
    (plain && !listed.is_empty()).then_some(path)
}

/// Every file, link and empty folder, in order. Links are not followed.
fn walk(folder: &Path, below: &Path, found: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut entries = fs::read_dir(folder)?.collect::<io::Result<Vec<_>>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = below.join(entry.file_name());
        let before = found.len();
        if entry.file_type()?.is_dir() {
            walk(&entry.path(), &path, found)?;
            if found.len() > before {
                continue;
            }
        }
        found.push(path);
    }
    Ok(())
}
