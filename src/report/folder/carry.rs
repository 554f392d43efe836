//! What stays in a folder comes along when the results in it are replaced: each file gets a second name in the new folder,
//! so that it stands under its own name before, during and after the change of places, whatever happens.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::disk;

/// Gives every file of `kept` (paths within `from`) a second name within `to`.
pub(super) fn carry<'p>(
    from: &Path,
    to: &Path,
    kept: impl Iterator<Item = &'p PathBuf>,
) -> Result<(), (PathBuf, io::Error)> {
    for path in kept {
        one(from, to, path).map_err(|error| (path.clone(), error))?;
    }
    Ok(())
}

/// One file, linked or copied.
fn one(from: &Path, to: &Path, path: &Path) -> io::Result<()> {
    let mut made = PathBuf::new();
    for part in path.parent().into_iter().flat_map(Path::iter) {
        made.push(part);
        folder(&from.join(&made), &to.join(&made))?;
    }
    let (original, other) = (from.join(path), to.join(path));
    if original.symlink_metadata()?.is_dir() {
        folder(&original, &other)
    } else {
        disk::link(&original, &other)
    }
}

/// A folder with the rights of another, unless it is there.
fn folder(like: &Path, path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    disk::create_dir(path)?;
    fs::set_permissions(path, fs::metadata(like)?.permissions())
}

/// Takes the second names away again; what cannot be taken away stays.
pub(super) fn take_back<'p>(to: &Path, kept: impl Iterator<Item = &'p PathBuf>) {
    for path in kept {
        let path_there = to.join(path);
        let _ = match path_there.symlink_metadata() {
            Ok(found) if found.is_dir() => disk::remove_dir(&path_there),
            Ok(_) => disk::remove_file(&path_there),
            Err(_) => Ok(()),
        };
        for parent in path.ancestors().skip(1).filter(|parent| !parent.as_os_str().is_empty()) {
            // Removes empty folders only.
            let _ = disk::remove_dir(&to.join(parent));
        }
    }
}
