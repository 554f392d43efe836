//! The output folder: everything is written beside it and put in its place at once.
//!
//! A run that fails or is stopped leaves the previous output as it was. The steps: write all files into a temporary folder
//! beside the output, force them to disk, move the previous output aside, move the new one in its place, remove the
//! previous one. When the machine stops between the two moves, the next run puts the previous output back first.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

/// The file that tells that a folder was written by this program.
pub const MANIFEST: &str = "manifest.json";

/// Why the output could not be put in its place.
#[derive(Debug)]
pub enum FolderError {
    /// The folder cannot be created, or what stands there must not be replaced.
    CannotCreate(String),
    /// Writing failed halfway, for instance because the disk is full.
    Write(io::Error),
}

impl From<io::Error> for FolderError {
    fn from(error: io::Error) -> Self {
        Self::Write(error)
    }
}

/// An output folder in the making; dropped unfinished, it leaves nothing behind.
#[derive(Debug)]
pub struct OutputFolder {
    target: PathBuf,
    previous: PathBuf,
    new: tempfile::TempDir,
}

impl OutputFolder {
    /// Prepares to write `target`, creating its parent folders.
    ///
    /// # Errors
    /// [`FolderError::CannotCreate`] when `target` is something else than an output folder of this program or an empty
    /// folder, or when the parent cannot be written.
    pub fn prepare(target: &Path) -> Result<Self, FolderError> {
        let shown = target.display();
        let target = std::path::absolute(target)
            .map_err(|error| FolderError::CannotCreate(format!("{shown}: {error}")))?;
        let target = fs::canonicalize(&target).unwrap_or(target);
        let (Some(parent), Some(name)) = (target.parent(), target.file_name()) else {
            return Err(FolderError::CannotCreate(format!("{shown} cannot be an output folder")));
        };
        let name = name.to_string_lossy();
        let cannot = |error: io::Error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => FolderError::Write(error),
            _ => FolderError::CannotCreate(format!("cannot create {shown}: {error}")),
        };
        fs::create_dir_all(parent).map_err(cannot)?;
        let previous = parent.join(format!(".{name}.previous"));
        if !target.exists() && previous.exists() {
            fs::rename(&previous, &target).map_err(cannot)?;
        }
        require_replaceable(&target)?;
        let new =
            tempfile::Builder::new().prefix(&format!(".{name}.new-")).tempdir_in(parent).map_err(cannot)?;
        Ok(Self { previous, new, target })
    }

    /// Where to write the files.
    pub fn path(&self) -> &Path {
        self.new.path()
    }

    /// Forces everything to disk and puts the new output in the place of the previous one.
    ///
    /// # Errors
    /// [`FolderError::Write`] when a file cannot be forced to disk or a folder cannot be moved; the previous output is
    /// then back in its place.
    pub fn finish(self) -> Result<PathBuf, FolderError> {
        require_replaceable(&self.target)?;
        open_to_all(self.new.path())?;
        sync_tree(self.new.path())?;
        let had_previous = self.target.exists();
        if had_previous {
            if self.previous.exists() {
                fs::remove_dir_all(&self.previous)?;
            }
            fs::rename(&self.target, &self.previous)?;
        }
        if let Err(error) = fs::rename(self.new.path(), &self.target) {
            if had_previous {
                fs::rename(&self.previous, &self.target)?;
            }
            return Err(error.into());
        }
        // The temporary folder has moved: nothing is left to remove under its old name.
        let _ = self.new.keep();
        if had_previous {
            fs::remove_dir_all(&self.previous)?;
        }
        if let Some(parent) = self.target.parent() {
            sync(parent)?;
        }
        Ok(self.target)
    }
}

/// An output folder may be replaced; anything else that holds something may not.
fn require_replaceable(target: &Path) -> Result<(), FolderError> {
    if !target.exists() || target.join(MANIFEST).is_file() {
        return Ok(());
    }
    let empty = fs::read_dir(target).is_ok_and(|mut entries| entries.next().is_none());
    if empty {
        return Ok(());
    }
    Err(FolderError::CannotCreate(format!(
        "{} exists and was not written by stapjes (it has no {MANIFEST}); choose another folder with --out",
        target.display()
    )))
}

/// Temporary folders are private to the user; an output folder has the usual rights of a new folder.
#[cfg(unix)]
fn open_to_all(new: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    let usual = new.join(".usual-rights");
    fs::create_dir(&usual)?;
    let mode = fs::metadata(&usual)?.permissions().mode();
    fs::remove_dir(&usual)?;
    fs::set_permissions(new, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn open_to_all(_new: &Path) -> io::Result<()> {
    Ok(())
}

fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() { sync_tree(&entry.path())? } else { sync(&entry.path())? }
    }
    sync(folder)
}

/// Forces a file or folder to disk (folders only where the system knows it).
fn sync(path: &Path) -> io::Result<()> {
    if cfg!(unix) || path.is_file() { File::open(path)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn write(target: &Path, text: &str) -> OutputFolder {
        let folder = OutputFolder::prepare(target).unwrap();
        fs::write(folder.path().join(MANIFEST), text).unwrap();
        fs::create_dir(folder.path().join("figures")).unwrap();
        folder
    }

    fn names(folder: &Path) -> Vec<String> {
        fs::read_dir(folder).unwrap().map(|e| e.unwrap().file_name().into_string().unwrap()).collect()
    }

    #[test]
    fn a_finished_folder_replaces_the_previous_one_and_leaves_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("deep/output");
        write(&target, "first").finish().unwrap();
        write(&target, "second").finish().unwrap();
        assert_eq!(fs::read_to_string(target.join(MANIFEST)).unwrap(), "second");
        assert_eq!(names(&place.path().join("deep")), ["output"]);
    }

    #[test]
    fn an_unfinished_folder_leaves_the_previous_one_intact() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("output");
        write(&target, "first").finish().unwrap();
        drop(write(&target, "second"));
        assert_eq!(fs::read_to_string(target.join(MANIFEST)).unwrap(), "first");
        assert_eq!(names(place.path()), ["output"]);
    }

    #[test]
    fn what_is_not_ours_is_never_replaced() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join("thesis.tex"), "years of work").unwrap();
        assert!(matches!(OutputFolder::prepare(place.path()), Err(FolderError::CannotCreate(_))));
        let file = place.path().join("thesis.tex");
        assert!(matches!(OutputFolder::prepare(&file), Err(FolderError::CannotCreate(_))));
        assert!(matches!(OutputFolder::prepare(&file.join("x")), Err(FolderError::CannotCreate(_))));
        assert!(matches!(OutputFolder::prepare(Path::new("/")), Err(FolderError::CannotCreate(_))));
    }

    #[test]
    fn a_move_that_was_cut_short_is_undone_by_the_next_run() {
        let place = tempfile::tempdir().unwrap();
        let target = place.path().join("output");
        write(&target, "first").finish().unwrap();
        fs::rename(&target, place.path().join(".output.previous")).unwrap();
        let folder = OutputFolder::prepare(&target).unwrap();
        assert_eq!(fs::read_to_string(target.join(MANIFEST)).unwrap(), "first");
        drop(folder);
    }
}
