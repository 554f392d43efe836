//! The output folder: everything is written beside it and put in its place at once.
//!
//! One road for the results of every command. [`CheckedFolder::check`] looks at the place before anything is computed;
//! [`CheckedFolder::open`] gives a folder to write in; [`OutputFolder::finish`] forces everything to disk and lets the new folder and
//! the earlier one change places. A run that fails, is stopped or is killed leaves the earlier results as they were.
//!
//! Only files that the earlier manifest of the same command lists, with the hash that they still have, are replaced.
//! Everything else in the folder stays: it gets a second name in the new folder before the two change places.

mod carry;
mod staging;
mod survey;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk;
use crate::language::{Said, in_io};
use crate::report::kind::ResultKind;
use crate::said;
use staging::{Staging, clear_leftovers, free_name};
use survey::Survey;

/// Why the output could not be put in its place.
#[derive(Debug)]
pub(crate) enum FolderError {
    /// The folder cannot be created, or what stands there must not be replaced; nothing was written.
    CannotCreate(Said),
    /// Writing failed halfway, for instance because the disk is full; nothing was changed in the target.
    Write(io::Error),
    /// The results are complete but could not be put in the target: why, and where they stand instead.
    SavedBeside {
        /// Why.
        why: Said,
        /// Where they are.
        folder: PathBuf,
    },
}

impl From<io::Error> for FolderError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// A place for results that was looked at and found good.
#[derive(Debug)]
pub(crate) struct CheckedFolder {
    /// The folder.
    path: PathBuf,
    /// Whose results go there.
    kind: ResultKind,
}

/// An output folder in the making; dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct OutputFolder {
    /// Where it goes.
    target: CheckedFolder,
    /// Where it is made; `None` when it is done.
    staging: Option<Staging>,
}

/// Results in their place.
#[derive(Debug, Default)]
pub(crate) struct Placed {
    /// The folder.
    pub folder: PathBuf,
    /// What stands there and was not written by stapjes: it was left as it is.
    pub left_alone: Vec<PathBuf>,
    /// The results are in place, but this went wrong afterwards.
    pub remark: Option<Said>,
}

impl CheckedFolder {
    /// Looks whether results of `kind` can be written to `path`, clearing what a killed process may have left there. `more`
    /// names files that these results have beyond [`ResultKind::files`].
    ///
    /// # Errors
    /// [`FolderError::CannotCreate`] when `path` is something else than an output folder of this program or an empty folder,
    /// when a file stands there that would be in the way and is not ours to replace, or when nothing can be written there.
    pub(crate) fn check(path: &Path, kind: ResultKind, more: &[&str]) -> Result<Self, FolderError> {
        let shown = path.display();
        let refuse = |why: Said| FolderError::CannotCreate(why);
        let absolute =
            std::path::absolute(path).map_err(|error| refuse(Said::same(format!("{shown}: {error}"))))?;
        let absolute = match fs::canonicalize(&absolute) {
            Ok(real) => real,
            Err(_) if absolute.is_symlink() => {
                return Err(refuse(said!(
                    "{shown} is een link naar iets dat niet bestaat",
                    "{shown} is a link to something that does not exist",
                    shown = shown
                )));
            }
            Err(_) => absolute,
        };
        if absolute.parent().is_none() || absolute.file_name().is_none() {
            return Err(refuse(said!(
                "{shown} kan geen map met resultaten zijn",
                "{shown} cannot be an output folder",
                shown = shown
            )));
        }
        let target = Self { path: absolute, kind };
        clear_leftovers(&target.path);
        let survey = target.require_replaceable()?;
        if let Some(why) = survey.changed.first().and_then(|path| survey.in_the_way_of(path)) {
            return Err(target.in_the_way(&why));
        }
        let files = kind.files().iter().chain(more).copied().chain([kind.manifest()]);
        if let Some(why) = files.filter_map(|file| survey.in_the_way_of(Path::new(file))).next() {
            return Err(target.in_the_way(&why));
        }
        target.try_to_write(&survey)?;
        Ok(target)
    }

    /// A place for the same results in another folder, under a name that is not taken: where they go when this place has
    /// become impossible meanwhile.
    #[must_use]
    pub(crate) fn refuge(&self, folder: &Path) -> Self {
        let name = self.path.file_name().unwrap_or_default();
        Self { path: free_name(&folder.join(name), "saved"), kind: self.kind }
    }

    /// Which command's results.
    pub(crate) fn kind(&self) -> ResultKind {
        self.kind
    }

    /// The folder, absolute.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Bytes that this user may still write there; `None` where the system does not say.
    pub(crate) fn free_bytes(&self) -> Option<u64> {
        disk::free_bytes(&self.home())
    }

    /// Makes a folder beside the target to write the results in.
    ///
    /// # Errors
    /// [`FolderError::Write`] when it cannot be made.
    pub(crate) fn open(self) -> Result<OutputFolder, FolderError> {
        let staging = Staging::create(&self.home(), &self.path)?;
        Ok(OutputFolder { target: self, staging: Some(staging) })
    }

    /// The nearest folder above the target that exists: folders in between are made at the end.
    fn home(&self) -> PathBuf {
        let above = self.path.ancestors().skip(1).find(|above| above.exists());
        above.unwrap_or(Path::new("/")).to_path_buf()
    }

    /// Something stands in the way.
    fn in_the_way(&self, why: &Said) -> FolderError {
        let shown = self.path.display();
        FolderError::CannotCreate(said!(
            "in {shown}: {why}; verplaats dat, of kies een andere map met --out",
            "in {shown}: {why}; move it, or choose another folder with --out",
            shown = shown,
            why = why
        ))
    }

    /// A folder with results may be written to, and an empty one; anything else that holds something may not.
    fn require_replaceable(&self) -> Result<Survey, FolderError> {
        let shown = self.path.display();
        let not_ours = || {
            FolderError::CannotCreate(said!(
                "{shown} bestaat en is niet van stapjes (er is geen manifest van stapjes in); kies een andere map met --out",
                "{shown} exists and was not written by stapjes (it has no manifest of stapjes); choose another folder with --out",
                shown = shown
            ))
        };
        if self.path.exists() && !self.path.is_dir() {
            return Err(not_ours());
        }
        let survey = Survey::of(&self.path, self.kind).map_err(|error| self.cannot(error))?;
        if !survey.is_empty() && survey.commands.is_empty() {
            return Err(not_ours());
        }
        Ok(survey)
    }

    /// Something cannot be read or written.
    fn cannot(&self, error: io::Error) -> FolderError {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FolderError::Write(error),
            _ => FolderError::CannotCreate(self.cannot_write(&error)),
        }
    }

    /// Why the folder cannot be written.
    fn cannot_write(&self, error: &io::Error) -> Said {
        let shown = self.path.display();
        said!(
            "kan niet naar {shown} schrijven: {error}",
            "cannot write to {shown}: {error}",
            error = crate::language::spoken(error),
            shown = shown
        )
    }

    /// Does on a small scale what [`OutputFolder::finish`] will do, so that a bad place is found before hours of computing.
    fn try_to_write(&self, survey: &Survey) -> Result<(), FolderError> {
        let shown = self.path.display();
        let home = self.home();
        if !home.is_dir() {
            let home = home.display();
            return Err(FolderError::CannotCreate(said!(
                "kan {shown} niet maken: {home} is geen map",
                "cannot create {shown}: {home} is not a folder",
                shown = shown,
                home = home
            )));
        }
        let staging = Staging::create(&home, &self.path).map_err(|error| self.cannot(error))?;
        let tried = self.try_in(&staging, survey);
        staging.remove();
        tried
    }

    /// Tries every operation that will be needed.
    fn try_in(&self, staging: &Staging, survey: &Survey) -> Result<(), FolderError> {
        let shown = self.path.display();
        let cannot = |error: io::Error| self.cannot(error);
        disk::write_new(&staging.result().join("file"), b"x").map_err(cannot)?;
        if !self.path.exists() {
            return Ok(());
        }
        if !disk::same_file_system(&self.path, &staging.result()).map_err(cannot)? {
            return Err(FolderError::CannotCreate(said!(
                "{shown} is een aangekoppelde schijf en kan niet in zijn geheel vervangen worden; kies een map erin met --out",
                "{shown} is a mounted disk and cannot be replaced whole; choose a folder in it with --out",
                shown = shown
            )));
        }
        if std::env::current_dir().is_ok_and(|here| here.starts_with(&self.path)) {
            return Err(FolderError::CannotCreate(said!(
                "{shown} is de map waarin u werkt en kan niet in zijn geheel vervangen worden; kies een map erin met --out",
                "{shown} is the folder you work in and cannot be replaced whole; choose a folder in it with --out",
                shown = shown
            )));
        }
        tempfile::tempfile_in(&self.path).map_err(cannot)?;
        let trial = staging.result().join("trial");
        disk::create_dir(&trial).map_err(cannot)?;
        let carried = carry::carry(&self.path, &trial, survey.kept());
        carry::take_back(&trial, survey.kept());
        carried.map_err(|(path, error)| cannot_keep(&self.path, &path, &error))
    }
}

/// A file of others cannot be kept.
fn cannot_keep(folder: &Path, path: &Path, error: &io::Error) -> FolderError {
    let (path, folder) = (path.display(), folder.display());
    FolderError::CannotCreate(said!(
        "{path} in {folder} kan niet naast nieuwe resultaten blijven staan ({error}); verplaats dat, of kies een andere map met --out",
        "{path} in {folder} cannot be kept beside new results ({error}); move it, or choose another folder with --out",
        error = crate::language::spoken(error),
        path = path,
        folder = folder
    ))
}

impl OutputFolder {
    /// Where to write the files.
    pub(crate) fn path(&self) -> PathBuf {
        self.staging.as_ref().map(Staging::result).unwrap_or_default()
    }

    /// Forces everything to disk and puts the new output in the place of the previous one. The folder must hold the manifest
    /// of its kind.
    ///
    /// # Errors
    /// [`FolderError::Write`] when a file cannot be forced to disk; [`FolderError::SavedBeside`] when the results are
    /// complete but the target does not take them. The previous output is then as it was.
    pub(crate) fn finish(mut self) -> Result<Placed, FolderError> {
        let Some(staging) = self.staging.take() else { return Ok(Placed::default()) };
        if let Err(error) = disk::sync_tree(&staging.result()) {
            staging.remove();
            return Err(error.into());
        }
        match self.target.place(&staging) {
            Ok(survey) => Ok(self.target.tidy(&staging, survey)),
            Err(error) => self.target.save_beside(&staging, error),
        }
    }
}

impl Drop for OutputFolder {
    fn drop(&mut self) {
        if let Some(staging) = &self.staging {
            staging.remove();
        }
    }
}

impl CheckedFolder {
    /// Puts the finished folder in its place.
    fn place(&self, staging: &Staging) -> Result<Survey, FolderError> {
        let survey = self.require_replaceable()?;
        let new = staging.result();
        let written = Survey::of(&new, self.kind)?;
        if let Some(stranger) = written.kept().find(|path| !new.join(path).is_dir()) {
            let (path, list) = (stranger.display(), self.kind.manifest());
            let why = said!(
                "{path} staat niet in {list}",
                "{path} is not listed in {list}",
                path = path,
                list = list
            );
            return Err(FolderError::Write(in_io(io::ErrorKind::Other, why)));
        }
        if let Some(why) = written.ours.iter().find_map(|path| survey.in_the_way_of(path)) {
            return Err(self.in_the_way(&why));
        }
        let parent = self.path.parent().unwrap_or(Path::new("/"));
        disk::create_dirs(parent)?;
        staging.mark(self.kind)?;
        if let Ok(there) = fs::metadata(&self.path) {
            fs::set_permissions(&new, there.permissions())?;
        }
        let carried = carry::carry(&self.path, &new, survey.kept())
            .map_err(|(path, error)| cannot_keep(&self.path, &path, &error));
        let swapped = carried.and_then(|()| {
            disk::sync(&new)?;
            disk::swap(&new, &self.path, &staging.old()).map_err(FolderError::Write)
        });
        if let Err(error) = swapped {
            carry::take_back(&new, survey.kept());
            return Err(error);
        }
        Ok(survey)
    }

    /// The new results are in place: removes the earlier ones.
    fn tidy(&self, staging: &Staging, survey: Survey) -> Placed {
        let parent = self.path.parent().unwrap_or(Path::new("/"));
        let tidied = disk::sync(parent).and_then(|()| staging.clear(&self.path));
        let remark = match tidied {
            Ok(None) => None,
            Ok(Some(place)) => {
                let place = place.display();
                Some(said!(
                    "bestanden die intussen in de map kwamen, staan nu in {place}",
                    "files that came into the output folder meanwhile were moved to {place}",
                    place = place
                ))
            }
            Err(error) => Some(said!(
                "de nieuwe resultaten staan er, maar niet alles van de eerdere kon worden verwijderd: {error}",
                "the new output is in place, but not all of the earlier one could be removed: {error}",
                error = crate::language::spoken(&error)
            )),
        };
        Placed { folder: self.path.clone(), left_alone: survey.foreign, remark }
    }

    /// The results are complete but have no place: they go beside the target.
    fn save_beside(&self, staging: &Staging, error: FolderError) -> Result<Placed, FolderError> {
        let why = match error {
            FolderError::CannotCreate(why) => why,
            FolderError::Write(error) => self.cannot_write(&error),
            FolderError::SavedBeside { why, .. } => why,
        };
        let beside = if self.path.parent().is_some_and(Path::is_dir) {
            self.path.clone()
        } else {
            self.home().join(self.path.file_name().unwrap_or_default())
        };
        let place = free_name(&beside, "saved");
        if let Err(error) = disk::rename(&staging.result(), &place) {
            let _ = staging.clear(&self.path);
            return Err(FolderError::Write(error));
        }
        let _ = staging.clear(&self.path);
        Err(FolderError::SavedBeside { why, folder: place })
    }
}

/// Takes away what killed processes left beside a folder of results, for a command that may end before it asks for the folder.
pub(crate) fn tidy(folder: &Path) {
    if let Ok(absolute) = fs::canonicalize(folder).or_else(|_| std::path::absolute(folder)) {
        clear_leftovers(&absolute);
    }
}

/// Files, links and empty folders in `folder` that no manifest lists with the hash that they have.
///
/// # Errors
/// When the folder cannot be read.
pub(crate) fn unlisted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    Survey::of(folder, ResultKind::Run).map(|survey| survey.foreign)
}

#[cfg(test)]
mod tests;
