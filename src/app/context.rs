//! What a request may use, and who watches and stops it.
//!
//! A request gets everything that is not its question through a `Context`: so it can run beside others
//! in one process (the planner's page), be stopped alone, and be tested without a terminal. There is no
//! global state to reset.

use std::hint::black_box;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use super::LimitOverrides;
use super::limits::too_little_memory;
use crate::error::Error;
use crate::halt;
use crate::said;
use crate::scenario::resources::{GIB, ResourceEstimate};
use crate::trial::{Chunks, Stopped, Watch};

/// A stop flag that can be handed out: every clone stops the same request.
#[derive(Clone, Debug, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks the request to stop; whether it had been asked before.
    pub fn set(&self) -> bool {
        self.0.swap(true, Ordering::Relaxed)
    }

    /// Whether the request was asked to stop.
    pub fn is_set(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How far a request is, in simulated studies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Finished units: studies, or replicates under one draw of the parameters.
    pub done: u64,
    /// Units to do in all, known from the beginning. It may be an upper bound; then the last call comes
    /// before it.
    pub total: u64,
}

/// What one request may use and who watches it.
///
/// ```
/// use stapjes::app::{Context, Stop};
/// let stop = Stop::default();
/// let context = Context { stop: stop.clone(), ..Context::new(2) };
/// stop.set();
/// assert!(context.stop.is_set());
/// ```
#[derive(Clone)]
pub struct Context<'a> {
    /// Threads to compute on: they change the speed, never the answer.
    pub threads: usize,
    /// What the request may use, where that is not as its scenario says.
    pub limits: LimitOverrides,
    /// Set by whoever wants the request to stop.
    pub stop: Stop,
    /// Told how far the request is, from any thread: once before the first study, then after each.
    pub progress: Option<&'a (dyn Fn(Progress) + Sync)>,
    /// Where finished chunks are kept and found, if anywhere.
    pub chunks: Option<&'a dyn Chunks>,
}

impl Context<'_> {
    /// So many threads, the limits of the scenario, nobody watching.
    pub fn new(threads: usize) -> Self {
        Self {
            threads: threads.max(1),
            limits: LimitOverrides::default(),
            stop: Stop::default(),
            progress: None,
            chunks: None,
        }
    }

    /// Does `work` of `total` studies on threads of its own, watched and stoppable. Every call of the watch's progress
    /// counts one study, whatever number it tells: a piece of work may consist of several loops.
    ///
    /// # Errors
    /// [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped);
    /// [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit) when threads or memory are not to be had.
    pub(super) fn work<T: Send>(
        &self,
        needs: &ResourceEstimate,
        total: u64,
        work: impl FnOnce(Watch<'_>) -> Result<T, Stopped> + Send,
    ) -> Result<T, Error> {
        // Several loops (the null studies, the draws) each count from one; the caller sees one count
        // over all of them.
        let tell = |done| self.progress.iter().for_each(|progress| progress(Progress { done, total }));
        let done = AtomicU64::new(0);
        let advance = |_: u32| tell(done.fetch_add(1, Ordering::Relaxed) + 1);
        tell(0);
        let threads = self.threads;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().map_err(|error| {
            Error::over_limit(said!(
                "kan geen {threads} threads starten: {error}",
                "cannot start {threads} threads: {error}",
                error = crate::language::spoken(&error),
                threads = threads
            ))
        })?;
        self.require_memory(needs, &pool)?;
        // A pool of its own: requests beside each other keep to their own threads, and the number of
        // threads is that of the request, not of the machine.
        let watch = Watch { stop: Some(&self.stop.0), progress: Some(&advance), chunks: self.chunks };
        // What is done between the loops over replicates can be left too.
        pool.install(|| halt::watched(Some(&self.stop.0), || work(watch)).unwrap_or(Err(Stopped))).map_err(
            |Stopped| {
                Error::stopped(said!(
                    "gestopt; er is niets geschreven en eerdere resultaten zijn zoals ze waren",
                    "stopped; nothing was written and earlier output is as it was"
                ))
            },
        )
    }
}

impl Context<'_> {
    /// Asks the system for all the memory that the work will need and gives it back untouched: an allocation that fails
    /// halfway ends the process without a word, one that fails here is an answer.
    fn require_memory(&self, needs: &ResourceEstimate, pool: &rayon::ThreadPool) -> Result<(), Error> {
        // Allocators keep address space for every thread that has asked once.
        pool.broadcast(|_| drop(black_box(Vec::<u8>::with_capacity(64))));
        let bytes = (needs.memory_gib * GIB) as usize;
        let mut all: Vec<u8> = Vec::new();
        let there = all.try_reserve_exact(bytes).is_ok();
        drop(black_box(all));
        if there || self.limits.force {
            return Ok(());
        }
        Err(too_little_memory(
            needs,
            self.limits.free_memory_gib.unwrap_or(0.0).min(needs.memory_gib),
            self.threads,
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;
    use crate::trial::ordered::in_order;
    use std::sync::Mutex;

    #[test]
    fn work_between_the_loops_over_replicates_is_left_too() {
        let context = Context::new(1);
        let mut rounds = 0;
        let outcome = context.work(&ResourceEstimate::default(), 1, |_| {
            while rounds < 1000 {
                halt::check();
                rounds += 1;
                context.stop.0.store(rounds == 7, Ordering::Relaxed);
            }
            Ok(())
        });
        assert_eq!(outcome.unwrap_err().kind(), ErrorKind::Stopped);
        assert_eq!(rounds, 7);
    }

    #[test]
    fn requests_stop_one_by_one_and_tell_how_far_they_are() {
        let told = Mutex::new(Vec::new());
        let tell = |progress: Progress| told.lock().unwrap().push(progress.done);
        let one = Context { progress: Some(&tell), ..Context::new(1) };
        let other = Context::new(1);
        other.stop.set();
        let work = |watch: Watch<'_>| in_order(3, watch, |i| i, |_, _| ());
        let needs = ResourceEstimate::default();
        assert_eq!(one.work(&needs, 3, work), Ok(()));
        assert_eq!(other.work(&needs, 3, work).unwrap_err().kind(), ErrorKind::Stopped);
        assert_eq!(told.into_inner().unwrap(), [0, 1, 2, 3]);
    }
}
