//! Stopping by the user: the first Ctrl-C (or termination signal, or USR1 of a batch system that is about to end the job) ends
//! the request in order, the second at once.

use super::exit;
use crate::app::Stop;
use crate::error::{Error, ErrorKind};

/// Sets `stop` when the user wants to stop. The process listens for one request only: the command that it was started for.
///
/// # Errors
/// When the system does not let it listen.
pub(super) fn listen(stop: &Stop) -> Result<(), Error> {
    let own = stop.clone();
    let cannot = |error: &dyn std::fmt::Display| Error::output(format!("cannot listen for Ctrl-C: {error}"));
    ctrlc::set_handler(move || on_signal(&own)).map_err(|error| cannot(&error))?;
    #[cfg(unix)]
    {
        let mut signals = signal_hook::iterator::Signals::new([signal_hook::consts::SIGUSR1])
            .map_err(|error| cannot(&error))?;
        let own = stop.clone();
        std::thread::spawn(move || signals.forever().for_each(|_| on_signal(&own)));
    }
    Ok(())
}

#[allow(clippy::exit, reason = "the user asked twice; nothing of ours is half-written in its place")]
fn on_signal(stop: &Stop) {
    if stop.set() {
        std::process::exit(i32::from(exit::code(ErrorKind::Stopped)));
    }
}
