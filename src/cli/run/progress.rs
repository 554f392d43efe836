//! Progress: a bar with the time left on a terminal, one line per 30 seconds in a log, nothing when asked to be quiet.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::cli::console;

/// Time between two lines in a log.
const LOG_EVERY: Duration = Duration::from_secs(30);

/// Shows how far a run is.
pub(in crate::cli) struct Progress {
    total: u64,
    bar: ProgressBar,
    /// When the last log line was written; `None` when there is a bar or nobody is told.
    last_line: Option<Mutex<Instant>>,
    started: Instant,
}

impl Progress {
    /// For `total` replicates; `loud` = somebody is told.
    pub(in crate::cli) fn new(total: u64, loud: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if loud && terminal { ProgressBar::new(total) } else { ProgressBar::hidden() };
        let style = "{bar:40} {pos}/{len} replicates, {eta} left";
        bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
        let started = Instant::now();
        let last_line = (loud && !terminal).then(|| Mutex::new(started));
        Self { total, bar, last_line, started }
    }

    /// `done` replicates are finished; called from any thread.
    pub(in crate::cli) fn advance(&self, done: u64) {
        self.bar.set_position(done);
        let Some(last_line) = &self.last_line else { return };
        let Ok(mut last) = last_line.lock() else { return };
        if last.elapsed() >= LOG_EVERY {
            *last = Instant::now();
            console::say(&line(done, self.total, self.started.elapsed()));
        }
    }

    /// The run is over: the bar goes away.
    pub(in crate::cli) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn line(done: u64, total: u64, elapsed: Duration) -> String {
    let left = elapsed.as_secs_f64() * (total.saturating_sub(done)) as f64 / done.max(1) as f64;
    format!("{done} of {total} replicates, about {:.0} s left", left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_tells_how_far_and_how_long() {
        assert_eq!(line(50, 200, Duration::from_secs(30)), "50 of 200 replicates, about 90 s left");
    }
}
