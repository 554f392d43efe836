//! A panic is our bug: a polite message and exit code 70, never a wall of text.
//!
//! Errors that a user can cause are values of type `Error`; a panic means that an invariant of ours
//! does not hold. The output folder is then as it was, because results are put in their place whole and
//! only at the end.

use crate::language::Said;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};

use super::console;
use super::language;
use crate::error::Error;
use crate::said;

/// Runs a command; a panic on any thread becomes an `Internal` error without words (exit code 70). The
/// words were said by the hook, which knows the place; rayon carries the panic of a worker to the
/// thread that waits for it.
pub(super) fn guarded(command: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| Err(Error::internal(Said::default())))
}

/// Replaces the backtrace of a panic by an apology with the place and the message on one line, for the
/// report of the bug. It is said once: the other threads fall over the same stone within the second.
pub(super) fn install_hook() {
    /// Whether the apology was already said.
    static SAID: AtomicBool = AtomicBool::new(false);
    panic::set_hook(Box::new(|info| {
        // Several threads may stumble over the same stone.
        if !SAID.swap(true, Ordering::Relaxed) {
            console::say(&apology(info));
        }
    }));
}

/// The apology: whose fault it is, that nothing was damaged, and the version, place and message to
/// report. Only the first line of a message is told: assertions print whole values on the next.
fn apology(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().and_then(|text| text.lines().next()).map(Said::same);
    let what = what.unwrap_or_else(|| said!("geen bericht", "no message"));
    let place = info.location().map(|place| Said::same(place.to_string()));
    let place = place.unwrap_or_else(|| said!("een onbekend punt", "an unknown place"));
    let told = said!(
        "stapjes: dit had niet mogen gebeuren; het is een fout in het programma, niet in uw scenario.\n\
         Eerdere uitvoer is niet aangeraakt. Meld het met het scenario en deze woorden:\n\
         stapjes {version} bij {place}: {what}",
        "stapjes: this should not have happened; it is a mistake in the program, not in your scenario.\n\
         No earlier output was touched. Please report it with the scenario and these words:\n\
         stapjes {version} at {place}: {what}",
        version = env!("CARGO_PKG_VERSION"),
        place = place,
        what = what,
    );
    told.text(language::of_errors()).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_panic_becomes_exit_code_70() {
        let failure = guarded(|| panic!("boom")).unwrap_err();
        assert_eq!(failure.kind(), ErrorKind::Internal);
        assert_eq!(guarded(|| Ok(())), Ok(()));
    }
}
