//! Progress: a bar with the time left on a terminal, one line per 30 seconds in a log, nothing when asked to be quiet.

use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::console;
use crate::app;

/// Time between two lines in a log.
const LOG_EVERY: Duration = Duration::from_secs(30);

/// Shows how far a request is.
pub(super) struct Progress {
    bar: ProgressBar,
    /// When the last log line was written; `None` when there is a bar or nobody is told.
    last_line: Option<Mutex<Instant>>,
    started: Instant,
}

impl Progress {
    /// `loud` = somebody is told.
    pub(super) fn new(loud: bool) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = if loud && terminal { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = "{bar:40} {pos}/{len}, {per_sec}, ETA {eta}";
        bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
        let started = Instant::now();
        let last_line = (loud && !terminal).then(|| Mutex::new(started));
        Self { bar, last_line, started }
    }

    /// So far; called from any thread.
    pub(super) fn show(&self, so_far: app::Progress) {
        if so_far.done == 0 {
            self.bar.set_length(so_far.total);
        }
        self.bar.set_position(so_far.done);
        let Some(last_line) = &self.last_line else { return };
        let Ok(mut last) = last_line.lock() else { return };
        if last.elapsed() >= LOG_EVERY {
            *last = Instant::now();
            console::say(&line(so_far, self.started.elapsed()));
        }
    }

    /// The run is over: the bar goes away.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

fn line(so_far: app::Progress, elapsed: Duration) -> String {
    let app::Progress { done, total } = so_far;
    let rate = done as f64 / elapsed.as_secs_f64().max(1e-3);
    let left = total.saturating_sub(done) as f64 / rate.max(1e-9);
    let percent = 100 * done / total.max(1);
    // The same in Dutch and English.
    format!("{done}/{total} ({percent}%), {rate:.1}/s, ETA {left:.0} s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_tells_how_far_and_how_long() {
        assert_eq!(
            line(app::Progress { done: 50, total: 200 }, Duration::from_secs(30)),
            "50/200 (25%), 1.7/s, ETA 90 s"
        );
    }
}
