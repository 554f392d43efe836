//! Stopping by the user: the first Ctrl-C (or termination signal) ends the run in order, the second at once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::exit::Failure;

static STOP: AtomicBool = AtomicBool::new(false);

/// The flag that is set when the user wants to stop; installs the handler on first use.
pub(in crate::cli) fn flag() -> Result<&'static AtomicBool, Failure> {
    static INSTALLED: OnceLock<Result<(), String>> = OnceLock::new();
    INSTALLED
        .get_or_init(|| ctrlc::set_handler(on_signal).map_err(|error| error.to_string()))
        .clone()
        .map_err(|error| Failure::Output(format!("cannot listen for Ctrl-C: {error}")))?;
    Ok(&STOP)
}

#[allow(clippy::exit, reason = "the user asked twice; nothing of ours is half-written in its place")]
fn on_signal() {
    if STOP.swap(true, Ordering::Relaxed) {
        std::process::exit(i32::from(Failure::Stopped(String::new()).code()));
    }
}
