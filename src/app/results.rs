//! Results in their folder: the place is looked at before computing, and what was found is put there whole.
//!
//! Two promises are kept here. Hours of computing are not lost to a folder that cannot be written: it
//! is looked at first, and when it fails all the same the results go to a refuge. And a folder never
//! holds half of two answers: files are written under another name and put in place together, with a
//! manifest of their hashes.

use std::io;
use std::path::{Path, PathBuf};

use super::LimitOverrides;
use crate::error::Error;
use crate::language::{Lang, Said};
use crate::report::folder::{CheckedFolder, FolderError};
use crate::report::kind::ResultKind;
use crate::report::manifest::{self, Made, Manifest, Timings};
use crate::report::number::decimal;
use crate::said;
use crate::scenario::Resolved;
use crate::scenario::resources::{GIB, ResourceEstimate};

/// Where results came from, for the manifest.
#[derive(Clone, Debug, Default)]
pub struct Provenance {
    /// The command line as it was.
    pub command_line: Vec<String>,
    /// When the computing began (seconds since 1970), how long it took (seconds), and on how many
    /// threads.
    pub timings: Timings,
}

impl Provenance {
    /// The command line for readers: the program by its name alone.
    pub(crate) fn command(&self) -> String {
        shown(&self.command_line)
    }
}

/// A command line for readers: the program by its name alone, every word as a shell takes it, so that
/// the line can be typed again.
pub(super) fn shown(words: &[String]) -> String {
    let words = words.iter().skip(1).map(|word| shell_word(word));
    std::iter::once("stapjes".to_owned()).chain(words).collect::<Vec<_>>().join(" ")
}

/// A word as a POSIX shell takes it: bare when it has nothing but letters, digits and `._-/=`, else in
/// single quotes.
pub(crate) fn shell_word(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/=".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

/// A place that was looked at, and where results go when it has become impossible meanwhile.
#[derive(Debug)]
pub struct Destination {
    /// Where results go.
    target: CheckedFolder,
    /// Where they go when that has become impossible; `None` = nowhere.
    refuge: Option<PathBuf>,
}

impl From<CheckedFolder> for Destination {
    fn from(target: CheckedFolder) -> Self {
        Self { target, refuge: None }
    }
}

impl Destination {
    /// The same with a folder where results may go otherwise.
    #[must_use]
    pub(crate) fn or_in(self, refuge: PathBuf) -> Self {
        Self { refuge: Some(refuge), ..self }
    }
}

/// What was written.
#[derive(Clone, Debug)]
pub struct Written {
    /// The folder in which the results stand now.
    pub folder: PathBuf,
    /// The files with bytes and hashes, the versions, the scenarios and the hash of the results.
    pub manifest: Manifest,
    /// What stands in the folder and was not written by stapjes: it was left as it is.
    pub left_alone: Vec<PathBuf>,
    /// The results are in place, but this went wrong afterwards.
    pub remark: Option<Said>,
}

/// Looks whether results can be written to `folder`, before anything is computed; see `CheckedFolder::check`.
///
/// # Errors
/// [`ErrorKind::CannotCreate`](crate::error::ErrorKind::CannotCreate) and
/// [`ErrorKind::Output`](crate::error::ErrorKind::Output).
pub fn check(folder: &Path, kind: ResultKind, more: &[&str]) -> Result<Destination, Error> {
    CheckedFolder::check(folder, kind, more).map(Destination::from).map_err(cannot)
}

/// Looks whether the disk of a place has room for what will be written there, before anything is computed.
///
/// # Errors
/// [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit), unless the limits say to start all the same.
pub(crate) fn require_room(
    place: &Destination,
    needs: &ResourceEstimate,
    limits: &LimitOverrides,
) -> Result<(), Error> {
    let Some(free) = place.target.free_bytes().filter(|_| !limits.force) else { return Ok(()) };
    let needed = needs.disk_gib * GIB;
    if needed <= free as f64 {
        return Ok(());
    }
    Err(Error::over_limit(Said::each(|lang| {
        let [free, needed] = [free as f64, needed].map(|bytes| decimal(lang, bytes / 1_048_576.0, 0));
        let shown = place.target.path().display();
        match lang {
            Lang::Nl => format!(
                "de schijf van {shown} heeft {free} MiB vrij en dit kan {needed} MiB schrijven, dus het is niet begonnen; maak ruimte, \
                 kies een andere map met --out, of begin toch met --force"
            ),
            Lang::En => format!(
                "the disk of {shown} has {free} MiB free and this may write {needed} MiB, so it was not started; make room, choose \
                 another folder with --out, or start it all the same with --force"
            ),
        }
    })))
}

/// Lets `fill` write the files of results, adds the manifest and puts everything in its place.
///
/// # Errors
/// [`ErrorKind::Output`](crate::error::ErrorKind::Output); earlier output is then as it was.
pub(super) fn write(
    place: Destination,
    scenarios: &[Resolved],
    replicates: u32,
    from: Provenance,
    fill: impl Fn(&Path) -> io::Result<()>,
) -> Result<Written, Error> {
    let Provenance { command_line, timings } = from;
    let made = Made { kind: place.target.kind(), scenarios, replicates, command_line, timings };
    write_described(place, |folder| {
        fill(folder)?;
        manifest::describe(made.clone(), folder)
    })
}

/// [`write`] for results that are described otherwise.
///
/// # Errors
/// As [`write`].
pub(super) fn write_described(
    place: Destination,
    fill: impl Fn(&Path) -> io::Result<Manifest>,
) -> Result<Written, Error> {
    let Destination { target, refuge } = place;
    let path = target.path().to_path_buf();
    let refuge = refuge.map(|folder| target.refuge(&folder));
    // The answer is computed and may have taken hours: a full disk must not throw it away while another
    // disk has room.
    match (attempt(target, &fill), refuge) {
        (Err(FolderError::Write(error)), Some(refuge)) => {
            let shown = path.display();
            let why = said!(
                "kan niet naar {shown} schrijven: {error}; eerdere resultaten zijn zoals ze waren",
                "cannot write to {shown}: {error}; earlier output is as it was",
                error = crate::language::spoken(&error),
                shown = shown
            );
            match attempt(refuge, &fill) {
                Ok(saved) => Err(cannot(FolderError::SavedBeside { why, folder: saved.folder })),
                Err(_) => Err(cannot(FolderError::Write(error))),
            }
        }
        (outcome, _) => outcome.map_err(cannot),
    }
}

/// One attempt to write everything and put it in place; nothing of it stays when it fails.
///
/// # Errors
/// [`FolderError`] of opening, writing or placing.
fn attempt(
    target: CheckedFolder,
    fill: &impl Fn(&Path) -> io::Result<Manifest>,
) -> Result<Written, FolderError> {
    let folder = target.open()?;
    let path = folder.path();
    let manifest = fill(&path)?;
    manifest::write(&manifest, &path)?;
    let placed = folder.finish()?;
    Ok(Written { folder: placed.folder, manifest, left_alone: placed.left_alone, remark: placed.remark })
}

/// A folder error with the kind that scripts see: `CannotCreate` before anything was made, `Output`
/// after.
fn cannot(error: FolderError) -> Error {
    match error {
        FolderError::CannotCreate(message) => Error::cannot_create(message),
        FolderError::Write(error) => Error::output(said!(
            "kan de resultaten niet schrijven: {error}; eerdere resultaten zijn zoals ze waren",
            "cannot write the output: {error}; earlier output is as it was",
            error = crate::language::spoken(&error)
        )),
        FolderError::SavedBeside { why, folder } => {
            let shown = folder.display();
            let stands = said!(
                "\nde resultaten zijn compleet en staan in {shown}",
                "\nthe results are complete and stand in {shown}",
                shown = shown
            );
            Error::output(why.then(&stands))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_can_be_typed_again() {
        assert_eq!(shell_word("onze gemeente.toml"), "'onze gemeente.toml'");
        assert_eq!(shell_word("it's"), "'it'\\''s'");
        let words = ["/usr/bin/stapjes", "power", "onze gemeente.toml", "--draws", "40"].map(str::to_owned);
        assert_eq!(shown(&words), "stapjes power 'onze gemeente.toml' --draws 40");
    }
}
