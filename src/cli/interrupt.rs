//! Stopping by the user: the first Ctrl-C (or termination signal, or USR1 of a batch system that is about to end the job) ends
//! the request in order, the second at once.
//!
//! A run of hours must be stoppable at any moment without loss. So a signal only sets a flag; the loops
//! over replicates look at it, finished chunks are on disk already, and the command ends with exit code
//! 75 and the line that goes on from there. A batch script (`stapjes slurm`) relies on that code.

use std::sync::atomic::{AtomicBool, Ordering};

use super::exit;
use crate::app::Stop;
use crate::error::{Error, ErrorKind};
use crate::language::AsTyped;
use crate::said;

/// Sets `stop` when the user wants to stop. A process has one stop flag, for the command that it was started for.
///
/// # Errors
/// When the system does not let it listen.
pub(super) fn listen(stop: &Stop) -> Result<(), Error> {
    /// Whether signals are listened to already.
    static LISTENING: AtomicBool = AtomicBool::new(false);
    if LISTENING.swap(true, Ordering::Relaxed) {
        return Ok(());
    }
    let on_break = stop.clone();
    let cannot = |error: &dyn std::fmt::Display| {
        Error::output(said!(
            "er kan niet naar Ctrl-C worden geluisterd: {error}",
            "cannot listen for Ctrl-C: {error}",
            error = AsTyped(error)
        ))
    };
    ctrlc::set_handler(move || on_signal(&on_break)).map_err(|error| cannot(&error))?;
    #[cfg(unix)]
    {
        let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGUSR1])
            .map_err(|error| cannot(&error))?;
        // Slurm sends USR1 some time before the end of a job; the crate that handles Ctrl-C does not
        // know that signal.
        let on_break = stop.clone();
        std::thread::Builder::new()
            .spawn(move || signals.forever().for_each(|_| on_signal(&on_break)))
            .map_err(|error| cannot(&error))?;
    }
    Ok(())
}

/// Lets a file that grows beyond the largest allowed (`ulimit -f`) be an error with words: by default the system ends the
/// program without one.
pub(super) fn outlive_large_files() {
    #[cfg(unix)]
    {
        // Where it cannot be had, the default is what there was.
        let _ = signal_hook::flag::register(
            signal_hook::consts::SIGXFSZ,
            std::sync::Arc::new(AtomicBool::new(false)),
        );
    }
}

/// The first signal asks to stop, the second ends the process at once: for the user who does not want
/// to wait for the caseload that is being simulated. Half-written files have names of their own and are
/// never taken for results.
#[allow(clippy::exit, reason = "the user asked twice; nothing of ours is half-written in its place")]
fn on_signal(stop: &Stop) {
    if stop.set() {
        std::process::exit(i32::from(exit::code(ErrorKind::Stopped)));
    }
}
