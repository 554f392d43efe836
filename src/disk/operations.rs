//! The operations, one by one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::Path;

/// How the names of files in the making begin: what a killed process left of them.
pub(crate) const TEMPORARY: &str = ".stapjes-file-";

/// Asks the test, if any, whether this operation fails.
pub(super) fn may(_operation: &'static str) -> io::Result<()> {
    #[cfg(test)]
    super::fault::strike(_operation)?;
    Ok(())
}

/// Writes a file that does not exist yet and forces it to disk.
///
/// # Errors
/// When the file exists or cannot be written.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    may("create")?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    may("write")?;
    file.write_all(bytes)?;
    may("sync")?;
    file.sync_all()
}

/// Writes a file that does not exist yet piece by piece, for what is too large to be held at once, and forces it to disk.
///
/// # Errors
/// As [`write_new`], and those of `fill`.
pub(crate) fn write_pieces(
    path: &Path,
    fill: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
) -> io::Result<()> {
    may("create")?;
    let mut to = BufWriter::new(OpenOptions::new().write(true).create_new(true).open(path)?);
    may("write")?;
    fill(&mut to)?;
    to.flush()?;
    may("sync")?;
    to.get_ref().sync_all()
}

/// Writes a file whole where none of that name is: under a temporary name, forced to disk, then moved in place. What a killed
/// process left of such files in the folder goes.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`], or when it cannot be written: then there is no such file.
pub(crate) fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    tidy(folder);
    if path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    written_aside(folder, bytes)?.persist_noclobber(path).map_err(|error| error.error)?;
    settle(folder);
    Ok(())
}

/// Writes a file whole, over an earlier one of that name or not: under a temporary name, forced to disk, then moved in place.
///
/// # Errors
/// When it cannot be written; an earlier file is then as it was.
pub(crate) fn replace(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    written_aside(folder, bytes)?.persist(path).map_err(|error| error.error)?;
    settle(folder);
    Ok(())
}

/// Whether [`replace`] could write this file: looked at before hours of computing. What a killed process left of such files in the
/// folder goes.
///
/// # Errors
/// When it could not.
pub(crate) fn can_replace(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Err(io::ErrorKind::IsADirectory.into());
    }
    let folder = folder_of(path);
    tidy(folder);
    new_file(folder).map(drop)
}

/// A file under a temporary name with these bytes, forced to disk and ready to be moved in place.
fn written_aside(folder: &Path, bytes: &[u8]) -> io::Result<tempfile::NamedTempFile> {
    may("create")?;
    let mut file = new_file(folder)?;
    may("write")?;
    file.write_all(bytes)?;
    may("sync")?;
    file.as_file().sync_all()?;
    may("rename")?;
    Ok(file)
}

/// Removes files in the making that nobody is making any more: of this program's name and length, and held by no process. What
/// cannot be looked at or removed stays.
fn tidy(folder: &Path) {
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let random = name.to_str().and_then(|name| name.strip_prefix(TEMPORARY));
        let is_own = random
            .is_some_and(|random| random.len() == 6 && random.chars().all(|c| c.is_ascii_alphanumeric()));
        if is_own
            && entry.file_type().is_ok_and(|kind| kind.is_file())
            && let Ok(file) = File::open(entry.path())
            && file.try_lock().is_ok()
        {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Forces the names of a folder to disk, after a file was put in its place whole. Where that fails the file is there all the same,
/// which no error may deny: a power cut could bring back the earlier one.
fn settle(folder: &Path) {
    let _ = sync(folder);
}

/// The folder that holds a path; the current one for a bare name.
fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A temporary file that others may read when the user's mask allows it, as for any file that a program writes. It is locked as long
/// as it is open, so that nobody takes it for a leftover; where somebody did before it was locked, another is made.
fn new_file(folder: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(TEMPORARY);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    loop {
        let file = builder.tempfile_in(folder)?;
        // Where files cannot be locked nobody tidies either.
        let _ = file.as_file().lock();
        if file.path().symlink_metadata().is_ok() {
            return Ok(file);
        }
    }
}

/// Forces a file or folder to disk (folders only where the system knows it).
///
/// # Errors
/// When it cannot be opened or the disk says no.
pub(crate) fn sync(path: &Path) -> io::Result<()> {
    may("sync")?;
    if cfg!(unix) || path.is_file() { File::open(path)?.sync_all() } else { Ok(()) }
}

/// Forces a folder and everything in it to disk.
///
/// # Errors
/// As [`sync`].
pub(crate) fn sync_tree(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let kind = entry.file_type()?;
        if kind.is_dir() {
            sync_tree(&entry.path())?;
        } else if kind.is_file() {
            sync(&entry.path())?;
        }
    }
    sync(folder)
}

/// Moves a file or folder within its file system.
///
/// # Errors
/// As [`fs::rename`].
pub(crate) fn rename(from: &Path, to: &Path) -> io::Result<()> {
    may("rename")?;
    fs::rename(from, to)
}

/// Gives a file a second name.
///
/// # Errors
/// As [`fs::hard_link`].
pub(crate) fn link(original: &Path, other: &Path) -> io::Result<()> {
    may("link")?;
    fs::hard_link(original, other)
}

/// Makes a folder.
///
/// # Errors
/// As [`fs::create_dir`].
pub(crate) fn create_dir(path: &Path) -> io::Result<()> {
    may("create folder")?;
    fs::create_dir(path)
}

/// Makes a folder and those above it, where they are not there.
///
/// # Errors
/// As [`fs::create_dir_all`].
pub(crate) fn create_dirs(path: &Path) -> io::Result<()> {
    may("create folder")?;
    fs::create_dir_all(path)
}

/// Removes a file.
///
/// # Errors
/// As [`fs::remove_file`].
pub(crate) fn remove_file(path: &Path) -> io::Result<()> {
    may("remove")?;
    fs::remove_file(path)
}

/// Removes an empty folder.
///
/// # Errors
/// As [`fs::remove_dir`].
pub(crate) fn remove_dir(path: &Path) -> io::Result<()> {
    may("remove folder")?;
    fs::remove_dir(path)
}

/// Removes a folder and everything in it.
///
/// # Errors
/// As [`fs::remove_dir_all`].
pub(crate) fn remove_tree(path: &Path) -> io::Result<()> {
    may("remove folder")?;
    fs::remove_dir_all(path)
}

/// Whether two paths are names of one and the same file.
pub(crate) fn same_file(one: &Path, other: &Path) -> bool {
    let (Ok(one), Ok(other)) = (fs::symlink_metadata(one), fs::symlink_metadata(other)) else { return false };
    same(&one, &other)
}

/// Whether two entries are one file: the same device and number.
#[cfg(unix)]
fn same(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Without such numbers nothing is known to be the same.
#[cfg(not(unix))]
fn same(_one: &fs::Metadata, _other: &fs::Metadata) -> bool {
    false
}

/// Whether two paths stand on the same file system.
#[cfg(unix)]
pub(crate) fn same_file_system(one: &Path, other: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt;
    Ok(fs::metadata(one)?.dev() == fs::metadata(other)?.dev())
}

/// Whether two paths stand on the same file system.
#[cfg(not(unix))]
pub(crate) fn same_file_system(_one: &Path, _other: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Bytes that this user may still write where `path` is; `None` where the system does not say.
#[cfg(unix)]
pub(crate) fn free_bytes(path: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(path).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

/// Bytes that this user may still write where `path` is; `None` where the system does not say.
#[cfg(not(unix))]
pub(crate) fn free_bytes(_path: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::disk::fault;

    #[test]
    fn what_a_killed_process_left_goes_and_nothing_else() {
        let place = tempfile::tempdir().unwrap();
        let left = place.path().join(format!("{TEMPORARY}aB3dE6"));
        let foreign =
            [format!("{TEMPORARY}notes.txt"), format!("{TEMPORARY}a-b-c-"), "thesis.tex".to_owned()];
        for path in foreign.iter().map(|name| place.path().join(name)).chain([left.clone()]) {
            fs::write(path, "x").unwrap();
        }
        // Another process is making a file here.
        let busy = new_file(place.path()).unwrap();
        create(&place.path().join("new.toml"), b"y").unwrap();
        assert!(!left.exists() && busy.path().exists());
        assert!(foreign.iter().all(|name| place.path().join(name).exists()));
        can_replace(&place.path().join("f.svg")).unwrap();
        assert_eq!(
            fs::read_dir(place.path()).unwrap().count(),
            foreign.len() + 2,
            "new.toml and the one in the making"
        );
    }

    #[test]
    fn a_file_is_replaced_whole_or_stays() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a.txt");
        write_new(&path, b"first").unwrap();
        assert!(write_new(&path, b"second").is_err());
        for at in 1..=4 {
            let failed = fault::at(at, || replace(&path, b"second"));
            assert!(failed.is_err(), "operation {at}");
            assert_eq!(fs::read(&path).unwrap(), b"first", "operation {at}");
            assert_eq!(fs::read_dir(place.path()).unwrap().count(), 1, "operation {at} leaves nothing else");
        }
        replace(&path, b"second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
    }

    #[test]
    fn a_new_file_is_whole_or_not_there_and_never_over_another() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("a.txt");
        for at in 1..=4 {
            assert!(fault::at(at, || create(&path, b"first")).is_err(), "operation {at}");
            assert_eq!(fs::read_dir(place.path()).unwrap().count(), 0, "operation {at} leaves nothing");
        }
        create(&path, b"first").unwrap();
        assert_eq!(create(&path, b"second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!(fs::read(&path).unwrap(), b"first");
        for at in 1..=3 {
            let pieces = place.path().join(at.to_string());
            assert!(
                fault::at(at, || write_pieces(&pieces, |to| to.write_all(b"x"))).is_err(),
                "operation {at}"
            );
        }
    }

    #[test]
    fn names_of_one_file_are_the_same_file() {
        let place = tempfile::tempdir().unwrap();
        let path = |name: &str| place.path().join(name);
        fs::write(path("a"), "x").unwrap();
        fs::write(path("b"), "x").unwrap();
        link(&path("a"), &path("c")).unwrap();
        assert!(same_file(&path("a"), &path("c")) == cfg!(unix));
        assert!(!same_file(&path("a"), &path("b")) && !same_file(&path("a"), &path("d")));
        assert!(same_file_system(&path("a"), place.path()).unwrap());
    }
}
