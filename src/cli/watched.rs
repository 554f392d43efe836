//! Long requests from a terminal: threads, progress, Ctrl-C.

use super::interrupt;
use super::progress::Progress;
use super::scenario_argument::available_threads;
use crate::app::{Context, Limits, Stop};
use crate::error::Error;

/// Answers a request under a context of the command line: Ctrl-C sets `stop`; progress is shown when `loud`.
///
/// # Errors
/// Those of the request, and of listening for Ctrl-C.
pub(super) fn watched<T>(
    threads: Option<u16>,
    limits: Limits,
    loud: bool,
    stop: &Stop,
    request: impl FnOnce(&Context<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    interrupt::listen(stop)?;
    let threads = threads.map_or_else(available_threads, usize::from);
    let progress = Progress::new(loud);
    let tell = |so_far| progress.show(so_far);
    let context = Context { limits, stop: stop.clone(), progress: Some(&tell), ..Context::new(threads) };
    let answer = request(&context);
    progress.finish();
    answer
}

/// What was typed, for the manifest.
pub(super) fn command_line() -> Vec<String> {
    std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect()
}
