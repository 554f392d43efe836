//! The hidden folder beside a target in which new results are written: made when there is something to write, locked by its
//! process, gone afterwards. What a killed process left is cleared at the next start.
//!
//! ```text
//! .stapjes-HASH-XXXXXX/        HASH = of the target's path
//!     lock                     held while the process lives
//!     result/                  the new results; after the change of places the earlier ones
//!     old/                     the earlier ones where folders cannot change places in one step
//!     swapping                 whole from just before the change of places: says which command's results these are
//! ```

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use super::carry;
use super::survey::Survey;
use crate::disk;
use crate::report::kind::ResultKind;
use crate::report::summary::sha256;

/// How far up from a target the first folder that exists is looked for when clearing up.
const LEVELS: usize = 4;

/// A staging folder of this process.
#[derive(Debug)]
pub(super) struct Staging {
    /// The folder in the making.
    folder: PathBuf,
    /// Held while this process lives.
    _lock: File,
}

impl Staging {
    /// Makes one for `target` in the folder `home`, which exists.
    pub(super) fn create(home: &Path, target: &Path) -> io::Result<Self> {
        let staging = Self::locked(home, target)?;
        if let Err(error) = disk::create_dir(&staging.result()) {
            staging.remove();
            return Err(error);
        }
        Ok(staging)
    }

    /// Somebody who clears up may take a folder without a lock for a leftover: then another one is made.
    fn locked(home: &Path, target: &Path) -> io::Result<Self> {
        let mut attempts = 0;
        loop {
            let folder = tempfile::Builder::new()
                .prefix(&prefix(target))
                .tempdir_in(home)
                .map(tempfile::TempDir::keep)?;
            let locked = File::create_new(folder.join("lock")).inspect(|lock| {
                // Where files cannot be locked nobody clears up either.
                let _ = lock.try_lock();
            });
            attempts += 1;
            match locked {
                Ok(lock) => return Ok(Self { folder, _lock: lock }),
                Err(error) if error.kind() == io::ErrorKind::NotFound && attempts < 3 => {}
                Err(error) => {
                    let _ = fs::remove_dir(&folder);
                    return Err(error);
                }
            }
        }
    }

    /// Where the new results are written.
    pub(super) fn result(&self) -> PathBuf {
        self.folder.join("result")
    }

    /// Where earlier results are moved when the two folders cannot change places.
    pub(super) fn old(&self) -> PathBuf {
        self.folder.join("old")
    }

    /// From here on the folder may hold files that are not ours.
    pub(super) fn mark(&self, kind: ResultKind) -> io::Result<()> {
        disk::write_new(&self.folder.join("swapping"), kind.command().as_bytes())?;
        disk::sync(&self.folder)
    }

    /// Clears up; returns where files were put that are not ours and had no place in the target.
    pub(super) fn clear(&self, target: &Path) -> io::Result<Option<PathBuf>> {
        clear(&self.folder, target)
    }

    /// Removes a staging folder that holds our own files only.
    pub(super) fn remove(&self) {
        if !self.folder.join("swapping").exists() {
            let _ = remove_own(&self.folder);
        }
    }
}

/// The beginning of the names of all staging folders of a target.
fn prefix(target: &Path) -> String {
    format!(".stapjes-{}-", &sha256(target.as_os_str().as_encoded_bytes())[..12])
}

/// Clears up after killed processes that wrote to `target`, and puts back what they had moved aside.
pub(super) fn clear_leftovers(target: &Path) {
    let start = prefix(target);
    for home in target.ancestors().skip(1).take(LEVELS) {
        let Ok(entries) = fs::read_dir(home) else { continue };
        for entry in entries.filter_map(Result::ok) {
            if entry.file_name().to_string_lossy().starts_with(&start) {
                // A leftover that cannot be cleared does no harm; the next start tries again.
                let _ = clear_leftover(&entry.path(), target);
            }
        }
    }
}

/// Takes away what a killed process left.
fn clear_leftover(folder: &Path, target: &Path) -> io::Result<()> {
    let lock = match File::options().write(true).open(folder.join("lock")) {
        Ok(lock) => lock,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return remove_empty(folder).map(|_| ()),
        Err(error) => return Err(error),
    };
    if lock.try_lock().is_ok() {
        clear(folder, target)?;
    }
    Ok(())
}

/// Takes away one leftover; its folder when something had to be put back.
fn clear(folder: &Path, target: &Path) -> io::Result<Option<PathBuf>> {
    let mark = folder.join("swapping");
    // A mark that is not whole was being written: folders change places only after it is safely on disk.
    let command = fs::read_to_string(&mark).unwrap_or_default();
    let Some(kind) = ResultKind::ALL.into_iter().find(|kind| kind.command() == command) else {
        return remove_own(folder).map(|()| None);
    };
    let (old, result) = (folder.join("old"), folder.join("result"));
    if target.symlink_metadata().is_err() && old.exists() {
        disk::rename(&old, target)?;
    }
    let mut rescued = None;
    for earlier in [old, result] {
        if earlier.exists() && !discard(&earlier, target, kind)? {
            let place = free_name(target, "kept");
            disk::rename(&earlier, &place)?;
            rescued = Some(place);
        }
    }
    disk::remove_file(&mark)?;
    disk::remove_file(&folder.join("lock"))?;
    disk::remove_dir(folder)?;
    Ok(rescued)
}

/// Removes a staging folder that holds our own files only. The lock goes last: should this be cut short, the next start still sees
/// whose folder it is.
fn remove_own(folder: &Path) -> io::Result<()> {
    let lock = folder.join("lock");
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        match entry.file_type()?.is_dir() {
            true => disk::remove_tree(&entry.path())?,
            false if entry.path() == lock => {}
            false => disk::remove_file(&entry.path())?,
        }
    }
    disk::remove_file(&lock)?;
    disk::remove_dir(folder)
}

/// Removes a folder of results as far as it is ours or stands in the target too; files that stand nowhere else move to the
/// target. False when something remains.
fn discard(folder: &Path, target: &Path, kind: ResultKind) -> io::Result<bool> {
    let survey = Survey::of(folder, kind)?;
    // The manifest goes last: should this be cut short, it still says which files are ours.
    let (manifest, listed): (Vec<_>, Vec<_>) =
        survey.ours.iter().partition(|path| path.as_path() == Path::new(kind.manifest()));
    for path in listed {
        disk::remove_file(&folder.join(path))?;
    }
    for path in survey.kept() {
        let staged = folder.join(path);
        if staged.symlink_metadata()?.is_dir() {
            continue;
        }
        if target.join(path).symlink_metadata().is_err() {
            disk::create_dirs(target)?;
            if carry::carry(folder, target, std::iter::once(path)).is_err() {
                continue;
            }
        }
        if disk::same_file(&staged, &target.join(path)) {
            disk::remove_file(&staged)?;
        }
    }
    for path in manifest {
        disk::remove_file(&folder.join(path))?;
    }
    remove_empty(folder)
}

/// Removes the empty folders in and under `folder`; true when nothing was left.
fn remove_empty(folder: &Path) -> io::Result<bool> {
    let mut empty = true;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        empty &= entry.file_type()?.is_dir() && remove_empty(&entry.path())?;
    }
    if empty {
        disk::remove_dir(folder)?;
    }
    Ok(empty)
}

/// A name beside `target` that is not taken: `NAME.what`, `NAME.what-2` and so on.
pub(super) fn free_name(target: &Path, what: &str) -> PathBuf {
    let name = target.file_name().unwrap_or_default().to_string_lossy();
    let with = |end: &str| target.with_file_name(format!("{name}.{what}{end}"));
    let taken = |path: &PathBuf| path.symlink_metadata().is_ok();
    let mut numbered = (2_u32..).map(|number| with(&format!("-{number}")));
    std::iter::once(with("")).chain(numbered.by_ref()).find(|path| !taken(path)).unwrap_or_else(|| with(""))
}
