//! Progress: a bar with the time left on a terminal, a line every 30 seconds in a log, JSON lines for
//! programs, or nothing.
//!
//! Progress goes to stderr and never into a pipe with data. The work calls `show` from any of its
//! threads, after every study; `show` only stores two numbers, and a thread of its own reads and writes
//! them at its own pace. A log gets no line for work of less than half a minute.

use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use super::{console, language};
use crate::app;
use crate::language::Lang;
use crate::report::number;

/// Time between two lines in a log.
const LOG_EVERY: Duration = Duration::from_secs(30);
/// Time between two JSON lines.
const JSON_EVERY: Duration = Duration::from_secs(1);

/// Makes the text of a line from how far the work is and the time since it began.
type Line = fn(app::Progress, Duration) -> String;

/// How progress is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ProgressForm {
    /// A bar on a terminal, lines in a log.
    Auto,
    /// One JSON document a line: done, total, seconds, per_second, eta_seconds.
    Json,
    /// Not at all.
    None,
}

/// Shows how far a request is.
pub(super) struct Progress {
    /// The bar on a terminal; hidden when lines are written or nothing is wanted.
    bar: ProgressBar,
    /// How far the work is, shared with the thread that writes lines.
    counts: Arc<Counts>,
    /// The thread that writes lines and the channel whose end tells it to stop; `None` without lines,
    /// and after [`Progress::finish`].
    lines: Mutex<Option<(Sender<()>, JoinHandle<()>)>>,
}

/// How far the work is, for the thread that writes lines.
#[derive(Debug)]
struct Counts {
    /// Units of work that are done: simulated studies, or replicates under a draw.
    done: AtomicU64,
    /// Units in all; 0 until the work has told.
    total: AtomicU64,
    /// When telling began: the rate is the mean since then, not that of the last seconds.
    started: Instant,
}

impl Progress {
    /// Starts telling in the form asked for: `Auto` becomes a bar where stderr is a terminal, and lines
    /// elsewhere.
    pub(super) fn start(form: ProgressForm) -> Self {
        let terminal = std::io::stderr().is_terminal();
        let bar = form == ProgressForm::Auto && terminal;
        let bar = if bar { ProgressBar::new(0) } else { ProgressBar::hidden() };
        let style = language::of_errors().pick(
            "{bar:40} {pos}/{len}, {per_sec}, nog {eta}",
            "{bar:40} {pos}/{len}, {per_sec}, {eta} left",
        );
        bar.set_style(ProgressStyle::with_template(style).unwrap_or_else(|_| ProgressStyle::default_bar()));
        let counts =
            Arc::new(Counts { done: AtomicU64::new(0), total: AtomicU64::new(0), started: Instant::now() });
        let line: Option<(Duration, Line)> = match form {
            ProgressForm::Auto if !terminal => Some((LOG_EVERY, line)),
            ProgressForm::Json => Some((JSON_EVERY, json_line)),
            ProgressForm::Auto | ProgressForm::None => None,
        };
        let lines = line.and_then(|(every, line)| write_lines(every, line, Arc::clone(&counts)));
        Self { bar, counts, lines: Mutex::new(lines) }
    }

    /// So far; called from any thread, in any order. Threads finish out of order, so the number kept is
    /// the largest that was told: progress never goes back.
    pub(super) fn show(&self, so_far: app::Progress) {
        if so_far.done == 0 {
            self.bar.set_length(so_far.total);
        }
        self.bar.set_position(so_far.done);
        self.counts.total.store(so_far.total, Ordering::Relaxed);
        self.counts.done.fetch_max(so_far.done, Ordering::Relaxed);
    }

    /// The request is over: the bar goes away, and the last line is written.
    pub(super) fn finish(&self) {
        self.bar.finish_and_clear();
        let lines = self.lines.lock().ok().and_then(|mut lines| lines.take());
        if let Some((end, thread)) = lines {
            drop(end);
            // Its only business was to tell.
            let _ = thread.join();
        }
    }
}

/// Writes a line now and then, from a thread of its own: also while one replicate takes minutes. JSON ends with a last line.
fn write_lines(every: Duration, line: Line, counts: Arc<Counts>) -> Option<(Sender<()>, JoinHandle<()>)> {
    let (end, ended) = channel::<()>();
    let tell = move || {
        loop {
            let over = ended.recv_timeout(every) != Err(RecvTimeoutError::Timeout);
            let so_far = app::Progress {
                done: counts.done.load(Ordering::Relaxed),
                total: counts.total.load(Ordering::Relaxed),
            };
            // Short work needs no line in a log; a program wants the end of it too.
            if (!over || every == JSON_EVERY) && so_far.total > 0 {
                console::say(&line(so_far, counts.started.elapsed()));
            }
            if over {
                return;
            }
        }
    };
    // Where no thread can be had there are other things to tell.
    Some((end, std::thread::Builder::new().spawn(tell).ok()?))
}

/// Units a second since the beginning, and the seconds that the rest will take at that rate. Both are
/// finite for no time and no work.
fn rate(so_far: app::Progress, elapsed: Duration) -> (f64, f64) {
    let rate = so_far.done as f64 / elapsed.as_secs_f64().max(1e-3);
    (rate, so_far.total.saturating_sub(so_far.done) as f64 / rate.max(1e-9))
}

/// One line for people: done, total, share, rate and time left. There is no rate before the first unit
/// is done.
fn line(so_far: app::Progress, elapsed: Duration) -> String {
    line_in(language::of_errors(), so_far, elapsed)
}

/// The line in a language.
fn line_in(lang: Lang, so_far: app::Progress, elapsed: Duration) -> String {
    let app::Progress { done, total } = so_far;
    let percent = 100 * done / total.max(1);
    if done == 0 {
        return format!("0/{total} (0%)");
    }
    let (rate, left) = rate(so_far, elapsed);
    let rate = number::decimal(lang, rate, 1);
    match lang {
        Lang::Nl => format!("{done}/{total} ({percent}%), {rate}/s, nog {left:.0} s"),
        Lang::En => format!("{done}/{total} ({percent}%), {rate}/s, {left:.0} s left"),
    }
}

/// One line for programs, as JSON; `per_second` and `eta_seconds` are `null` before the first unit is
/// done.
fn json_line(so_far: app::Progress, elapsed: Duration) -> String {
    let app::Progress { done, total } = so_far;
    let (rate, left) = rate(so_far, elapsed);
    let tenths = |value: f64| (value * 10.0).round() / 10.0;
    let known = |value: f64| (done > 0).then_some(tenths(value));
    serde_json::json!({
        "done": done,
        "total": total,
        "seconds": tenths(elapsed.as_secs_f64()),
        "per_second": known(rate),
        "eta_seconds": known(left),
    })
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_line_tells_how_far_and_how_long() {
        let at = |done| (app::Progress { done, total: 200 }, Duration::from_secs(30));
        assert_eq!(line_in(Lang::Nl, at(50).0, at(50).1), "50/200 (25%), 1,7/s, nog 90 s");
        assert_eq!(line_in(Lang::En, at(50).0, at(50).1), "50/200 (25%), 1.7/s, 90 s left");
        assert_eq!(line_in(Lang::Nl, at(0).0, at(0).1), "0/200 (0%)");
        let document: serde_json::Value = serde_json::from_str(&json_line(at(50).0, at(50).1)).unwrap();
        assert_eq!(
            document,
            serde_json::json!({"done": 50, "total": 200, "seconds": 30.0, "per_second": 1.7, "eta_seconds": 90.0})
        );
        assert!(json_line(at(0).0, at(0).1).contains("\"eta_seconds\":null"));
    }
}
