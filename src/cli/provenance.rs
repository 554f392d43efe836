//! What a long request leaves behind beside its answer: when and how it was made, and what was found in its folder.
//!
//! The clock is read here and not in the rooms below: a result may not depend on the time of day, and
//! `clippy.toml` forbids the clock elsewhere. The manifest says when, how long, with which words and on
//! how many threads.

use std::path::PathBuf;
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use super::console;
use crate::app::results::{Provenance, Written};
use crate::language::Said;
use crate::report::escape;
use crate::report::manifest::Timings;
use crate::said;

/// The clock of a long request, for the manifest.
pub(super) struct Clock {
    /// When the command began.
    started: Instant,
    /// Threads that compute.
    threads: usize,
}

impl Clock {
    /// Starts it, for work on so many threads.
    pub(super) fn start(threads: usize) -> Self {
        Self { started: Instant::now(), threads }
    }

    /// Where the results come from: the words typed, when computing began (seconds since 1970), how
    /// long it took until this call, and on how many threads. The beginning is taken back from now, so
    /// that it is right even when the clock of the machine was set while we computed.
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
            names.push(format!("+ {}", paths.len() - TOLD));
        }
        let names = names.join(", ");
        console::tell(&said!(
            "niet van stapjes en gelaten zoals het is: {names}",
            "not written by stapjes and left as it is: {names}",
            names = names
        ));
    }
    if let Some(remark) = &written.remark {
        console::tell(&Said::each(|lang| format!("stapjes: {}", remark.text(lang))));
    }
}
