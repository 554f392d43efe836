//! A panic is our bug: a polite message and exit code 70, never a wall of text.

use crate::language::Said;
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::sync::atomic::{AtomicBool, Ordering};

use super::console;
use super::language;
use crate::error::Error;
use crate::said;

/// Runs a command; a panic on any thread becomes a failure with exit code 70.
pub(super) fn guarded(command: impl FnOnce() -> Result<(), Error>) -> Result<(), Error> {
    panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|_| Err(Error::internal(Said::default())))
}

/// Says politely what happened when something panics; the details stand on one line for the report.
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

/// What is said when the program itself is wrong, and where to report it.
fn apology(info: &PanicHookInfo<'_>) -> String {
    let what = info.payload_as_str().and_then(|text| text.lines().next()).map(Said::same);
    let what = what.unwrap_or_else(|| said!("geen bericht", "no message"));
    let place = info.location().map(|place| Said::same(place.to_string()));
    let place = place.unwrap_or_else(|| said!("een onbekende plek", "an unknown place"));
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
