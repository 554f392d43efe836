//! Putting one folder in the place of another.

use std::io;
use std::path::Path;

use super::operations;

/// How a folder was put in its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Swap {
    /// Nothing stood there.
    Moved,
    /// The two changed places: the earlier folder now stands where the new one was made.
    Exchanged,
    /// The earlier folder was moved aside first.
    SetAside,
}

/// Puts the folder `new` at `target`. An earlier folder there changes places with it in one step where the system can
/// (Linux), else it is moved to `aside` first; a crash between those two moves leaves `aside` and no `target`.
///
/// # Errors
/// When a move fails; then `target` is as it was, unless moving it back failed too.
pub(crate) fn swap(new: &Path, target: &Path, aside: &Path) -> io::Result<Swap> {
    if target.symlink_metadata().is_err() {
        operations::rename(new, target)?;
        return Ok(Swap::Moved);
    }
    match exchange(new, target) {
        Err(error) if cannot_exchange(&error) => {}
        outcome => return outcome.map(|()| Swap::Exchanged),
    }
    operations::rename(target, aside)?;
    if let Err(error) = operations::rename(new, target) {
        operations::rename(aside, target)?;
        return Err(error);
    }
    Ok(Swap::SetAside)
}

/// Exchanges two paths in one step of the file system.
#[cfg(target_os = "linux")]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    operations::may("exchange")?;
    renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE).map_err(io::Error::from)
}

/// Not possible on this system.
#[cfg(not(target_os = "linux"))]
fn exchange(_one: &Path, _other: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// The file system does not know how: some network file systems.
fn cannot_exchange(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::Unsupported | io::ErrorKind::InvalidInput)
}
