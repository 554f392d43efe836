//! Work waits its turn: one simulation at a time, a newer question of the same page cancels its older one, and a full
//! queue says so at once instead of letting anybody wait for nothing.
//!
//! The work runs on a thread of its own (and from there on rayon's), never on the threads that talk to browsers.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crate::app::Stop;

/// Most questions that wait.
pub const MOST_WAITING: usize = 10;

/// The queue is full: come back later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Full;

/// How a piece of work ended without being finished by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dropped {
    /// A newer question of the same page took its place, or the server stops.
    Superseded,
    /// It panicked: a bug of ours.
    Failed,
}

/// What is done when a job's turn comes.
type Work = Box<dyn FnOnce(&Stop) + Send>;
/// What is told when it never comes.
type Ended = Box<dyn FnOnce(Dropped) + Send>;

/// A job that waits.
struct Job {
    /// Whose it is: the window that asks. A client has one job at a time.
    client: String,
    /// Ends it.
    stop: Stop,
    /// What is done.
    work: Work,
    /// What is told when it is dropped.
    ended: Ended,
}

/// Who waits and who is served.
#[derive(Default)]
struct State {
    /// Jobs in the order in which they came.
    waiting: VecDeque<Job>,
    /// Whose job runs, and how to stop it.
    running: Option<(String, Stop)>,
    /// Whether no more are taken: the server ends.
    closed: bool,
}

/// The queue and its one worker.
pub(super) struct Queue {
    /// The state, and what wakes the worker.
    shared: Arc<(Mutex<State>, Condvar)>,
    /// The thread that works.
    worker: Option<JoinHandle<()>>,
}

impl Queue {
    /// A queue whose worker waits for work.
    ///
    /// # Errors
    /// When the thread cannot be started.
    pub(super) fn new() -> std::io::Result<Self> {
        let shared = Arc::new((Mutex::new(State::default()), Condvar::new()));
        let theirs = Arc::clone(&shared);
        let worker = std::thread::Builder::new().name("stapjes-work".into()).spawn(move || work(&theirs))?;
        Ok(Self { shared, worker: Some(worker) })
    }

    /// Adds work of a client (a page in a browser). Older work of the same client, waiting or running, is told to stop.
    /// `ended` is called instead of, or after, work that did not finish by itself. Returns the work's stop flag.
    ///
    /// # Errors
    /// [`Full`] when [`MOST_WAITING`] others wait.
    pub(super) fn submit(
        &self,
        client: &str,
        work: impl FnOnce(&Stop) + Send + 'static,
        ended: impl FnOnce(Dropped) + Send + 'static,
    ) -> Result<Stop, Full> {
        let (state, wake) = &*self.shared;
        let mut state = locked(state);
        let (older, kept) = state.waiting.drain(..).partition(|job: &Job| job.client == client);
        state.waiting = kept;
        if let Some((running, stop)) = &state.running
            && running == client
        {
            stop.set();
        }
        let room = state.waiting.len() < MOST_WAITING && !state.closed;
        let stop = Stop::default();
        if room {
            let (stop, client) = (stop.clone(), client.to_owned());
            state.waiting.push_back(Job { client, stop, work: Box::new(work), ended: Box::new(ended) });
            wake.notify_one();
        }
        drop(state);
        drop_all(older);
        if room { Ok(stop) } else { Err(Full) }
    }

    /// Questions that wait or run.
    #[cfg(test)]
    fn len(&self) -> usize {
        let state = locked(&self.shared.0);
        state.waiting.len() + usize::from(state.running.is_some())
    }

    /// Cancels what runs and what waits, and takes nothing more.
    pub(super) fn close(&self) {
        let (state, wake) = &*self.shared;
        let mut state = locked(state);
        state.closed = true;
        let waiting = std::mem::take(&mut state.waiting);
        if let Some((_, stop)) = &state.running {
            stop.set();
        }
        wake.notify_one();
        drop(state);
        drop_all(waiting);
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.close();
        // The last owner may be a piece of work, on the worker's own thread: that ends by itself.
        let this_thread = std::thread::current().id();
        if let Some(worker) = self.worker.take().filter(|worker| worker.thread().id() != this_thread) {
            // The worker catches the panics of its work: there is nothing to learn from a second one.
            let _ = worker.join();
        }
    }
}

/// A panic elsewhere leaves the queue as it was: every change of it is whole.
fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Tells every job that it is dropped.
fn drop_all(jobs: VecDeque<Job>) {
    for job in jobs {
        (job.ended)(Dropped::Superseded);
    }
}

/// Does one job after the other.
fn work(shared: &(Mutex<State>, Condvar)) {
    let (state, wake) = shared;
    while let Some(job) = next(state, wake) {
        let done = catch_unwind(AssertUnwindSafe(|| (job.work)(&job.stop)));
        let stopped = job.stop.is_set();
        locked(state).running = None;
        if done.is_err() {
            (job.ended)(Dropped::Failed);
        } else if stopped {
            (job.ended)(Dropped::Superseded);
        }
    }
}

/// The next job, which runs from then on; waits for it. `None` when closed.
fn next(state: &Mutex<State>, wake: &Condvar) -> Option<Job> {
    let mut state = locked(state);
    loop {
        if state.closed {
            return None;
        }
        if let Some(job) = state.waiting.pop_front() {
            state.running = Some((job.client.clone(), job.stop.clone()));
            return Some(job);
        }
        state = wake.wait(state).unwrap_or_else(PoisonError::into_inner);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;

    fn until_stopped(stop: &Stop) {
        while !stop.is_set() {
            std::thread::yield_now();
        }
    }

    #[test]
    fn a_newer_question_cancels_the_older_one_of_the_same_page_only() {
        let queue = Queue::new().unwrap();
        let (told, heard) = channel();
        let submit = |client: &'static str, name: &'static str, waits: bool| {
            let (done, ended) = (told.clone(), told.clone());
            let work = move |stop: &Stop| {
                if waits {
                    done.send((name, "started")).unwrap();
                    until_stopped(stop);
                } else {
                    done.send((name, "done")).unwrap();
                }
            };
            queue.submit(client, work, move |why| {
                ended.send((name, if why == Dropped::Superseded { "superseded" } else { "failed" })).unwrap();
            })
        };
        submit("a", "first", true).unwrap();
        assert_eq!(heard.recv().unwrap(), ("first", "started"));
        submit("b", "other", false).unwrap();
        submit("a", "second", false).unwrap();
        submit("a", "third", false).unwrap();
        let mut rest: Vec<_> = heard.iter().take(4).collect();
        rest.sort_unstable();
        assert_eq!(
            rest,
            [("first", "superseded"), ("other", "done"), ("second", "superseded"), ("third", "done")]
        );
    }

    #[test]
    fn a_full_queue_says_so_and_a_panic_does_not_end_the_worker() {
        let queue = Queue::new().unwrap();
        let (told, heard) = channel();
        let started = told.clone();
        let begun = move |stop: &Stop| {
            started.send("started").unwrap();
            until_stopped(stop);
        };
        let first = queue.submit("0", begun, |_| ()).unwrap();
        assert_eq!(heard.recv().unwrap(), "started");
        for client in 1..=MOST_WAITING {
            queue.submit(&client.to_string(), |_| (), |_| ()).unwrap();
        }
        assert_eq!(queue.submit("one more", |_| (), |_| ()).err(), Some(Full));
        first.set();
        while queue.len() > 0 {
            std::thread::yield_now();
        }
        let failed = told.clone();
        queue
            .submit(
                "x",
                |_| panic!("on purpose"),
                move |why| {
                    failed.send(if why == Dropped::Failed { "failed" } else { "superseded" }).unwrap();
                },
            )
            .unwrap();
        assert_eq!(heard.recv().unwrap(), "failed");
        queue.submit("x", move |_| told.send("alive").unwrap(), |_| ()).unwrap();
        assert_eq!(heard.recv().unwrap(), "alive");
    }

    #[test]
    fn a_queue_that_its_own_work_drops_last_ends_without_a_panic() {
        let queue = Arc::new(Mutex::new(Some(Queue::new().unwrap())));
        let (told, heard) = channel();
        let last = Arc::clone(&queue);
        let work = move |stop: &Stop| {
            until_stopped(stop);
            drop(last.lock().unwrap().take());
            told.send("dropped").unwrap();
        };
        let stop = queue.lock().unwrap().as_ref().unwrap().submit("a", work, |_| ()).unwrap();
        stop.set();
        assert_eq!(heard.recv().unwrap(), "dropped");
    }

    #[test]
    fn closing_cancels_what_runs_and_takes_nothing_more() {
        let queue = Queue::new().unwrap();
        queue.submit("a", until_stopped, |_| ()).unwrap();
        queue.close();
        assert_eq!(queue.submit("b", |_| (), |_| ()).err(), Some(Full));
    }
}
