//! Stopping by the user: the first Ctrl-C (or termination signal) ends the request in order, the second at once.

use super::exit;
use crate::app::Stop;
use crate::error::{Error, ErrorKind};

/// Sets `stop` when the user wants to stop. The process listens for one request only: the command that it was started for.
///
/// # Errors
/// When the system does not let it listen.
pub(super) fn listen(stop: &Stop) -> Result<(), Error> {
    let stop = stop.clone();
    ctrlc::set_handler(move || on_signal(&stop))
        .map_err(|error| Error::output(format!("cannot listen for Ctrl-C: {error}")))
}

#[allow(clippy::exit, reason = "the user asked twice; nothing of ours is half-written in its place")]
fn on_signal(stop: &Stop) {
    if stop.set() {
        std::process::exit(i32::from(exit::code(ErrorKind::Stopped)));
    }
}
