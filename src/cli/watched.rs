//! Long requests from a terminal: threads, progress, Ctrl-C.

use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::console;
use super::interrupt;
use super::progress::Progress;
use super::scenario_argument::available_threads;
use super::work::Work;
use crate::app::results::{Provenance, Written};
use crate::app::{Context, Limits, Stop};
use crate::error::Error;
use crate::report::escape;
use crate::report::manifest::Timings;
use crate::trial::Chunks;

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
    watched_in(None, threads, limits, loud, stop, request)
}

/// [`watched`], with finished chunks kept in the folder of the command's work and found there.
///
/// # Errors
/// As [`watched`].
pub(super) fn watched_in<T>(
    work: Option<&Work>,
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
    let chunks = work.map(|work| &work.folder as &dyn Chunks);
    let context =
        Context { limits, stop: stop.clone(), progress: Some(&tell), chunks, ..Context::new(threads) };
    let answer = request(&context);
    progress.finish();
    answer
}

/// The clock of a long request, for the manifest.
pub(super) struct Clock {
    started: Instant,
    threads: usize,
}

impl Clock {
    /// Starts it, for so many threads.
    pub(super) fn start(threads: Option<u16>) -> Self {
        Self { started: Instant::now(), threads: threads.map_or_else(available_threads, usize::from) }
    }

    /// Where the results come from: the words typed, when it began, how long it took.
    #[allow(clippy::disallowed_methods, reason = "this is a door: the clock is read here")]
    pub(super) fn provenance(&self) -> Provenance {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
        let timings = Timings {
            started_unix_seconds: now.saturating_sub(self.started.elapsed().as_secs()),
            simulation_seconds: self.started.elapsed().as_secs_f64(),
            threads: self.threads,
        };
        let command_line = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
        Provenance { command_line, timings }
    }
}

/// Names of files left alone that are told; the rest is counted.
const TOLD: usize = 5;

/// Tells on standard error what stands in the folder and is not ours, and what went wrong after the results were in place.
pub(super) fn tell_written(written: &Written) {
    let paths = &written.left_alone;
    if !paths.is_empty() {
        let shown = |path: &PathBuf| escape::name(&path.display().to_string());
        let mut names: Vec<String> = paths.iter().take(TOLD).map(shown).collect();
        if paths.len() > TOLD {
            names.push(format!("{} more", paths.len() - TOLD));
        }
        console::say(&format!("not written by stapjes and left as it is: {}", names.join(", ")));
    }
    if let Some(remark) = &written.remark {
        console::say(&format!("stapjes: {remark}"));
    }
}
