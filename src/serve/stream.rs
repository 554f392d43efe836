//! An answer that comes line by line while the work goes on: one JSON document a line.
//!
//! The answer to a question has no known length and may take minutes. Its body hands lines over as they
//! come; when the browser goes away the body is dropped, and that sets the stop flag of the work.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::Bytes;
use http_body::{Body, Frame};
use serde::Serialize;
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::app::Stop;

/// Lines that wait for a slow reader before the work waits too; progress is then left out.
const LINES: usize = 64;

/// The writing end: handed to the work.
#[derive(Clone)]
pub(super) struct Lines(Sender<Bytes>);

impl Lines {
    /// Sends a line and waits for room. `false` when nobody reads any more.
    pub(super) fn send(&self, line: &impl Serialize) -> bool {
        text(line).is_some_and(|line| self.0.blocking_send(line).is_ok())
    }

    /// Sends a line when there is room: progress that comes too late is worth nothing.
    pub(super) fn offer(&self, line: &impl Serialize) {
        if let Some(line) = text(line) {
            // A full channel or a reader who has gone: neither is worth waiting for.
            let _ = self.0.try_send(line);
        }
    }
}

/// One line of JSON with its line end; `None` for a value that JSON cannot hold.
fn text(line: &impl Serialize) -> Option<Bytes> {
    let mut text = serde_json::to_vec(line).ok()?;
    text.push(b'\n');
    Some(Bytes::from(text))
}

/// The reading end: the body of the answer. Dropped when the browser goes away, which stops the work.
pub(super) struct LineBody {
    /// Lines to send.
    lines: Receiver<Bytes>,
    /// Ends the computation when nobody listens any more.
    stop: Option<Stop>,
}

impl LineBody {
    /// From now on the work stops when this body is dropped.
    pub(super) fn stops(mut self, stop: Stop) -> Self {
        self.stop = Some(stop);
        self
    }
}

/// Both ends.
pub(super) fn lines() -> (Lines, LineBody) {
    let (sender, receiver) = channel(LINES);
    (Lines(sender), LineBody { lines: receiver, stop: None })
}

impl Body for LineBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.lines.poll_recv(context).map(|line| line.map(|line| Ok(Frame::data(line))))
    }
}

impl Drop for LineBody {
    fn drop(&mut self) {
        if let Some(stop) = &self.stop {
            stop.set();
        }
    }
}
