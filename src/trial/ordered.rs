//! Work in parallel, taken in order: the same result for any number of threads.
//!
//! Sums of floating-point numbers depend on their order, so results are handed over by number and not
//! as they come. A block at a time is computed and then taken: that bounds the memory, and costs the
//! idle time of the threads that wait for the last of a block.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use rayon::prelude::*;

use super::chunks_api::Chunks;
use crate::halt;

/// The run was stopped by the user before it was finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stopped;

/// What a long run watches and tells while it runs.
#[derive(Clone, Copy, Default)]
pub struct Watch<'a> {
    /// Set by the door when the user wants to stop; looked at before every replicate and within large ones.
    pub stop: Option<&'a Arc<AtomicBool>>,
    /// Called with the number of finished replicates, from any thread.
    pub progress: Option<&'a (dyn Fn(u32) + Sync)>,
    /// Where finished chunks are kept.
    pub(crate) chunks: Option<&'a dyn Chunks>,
}

impl Watch<'_> {
    /// Whether the user wants to stop.
    pub(crate) fn stopped(&self) -> bool {
        self.stop.is_some_and(|flag| flag.load(Ordering::Relaxed))
    }

    /// Tells that so many replicates are finished.
    pub(super) fn tell(&self, done: u32) {
        if let Some(tell) = self.progress {
            tell(done);
        }
    }
}

/// Does `work(i)` for every `i` in `0..count` on the threads at hand and hands the results to `take` in order of `i`.
///
/// At most eight results per thread wait at any time, so memory does not grow with `count`. Nothing here depends on the
/// number of threads but the speed.
/// # Errors
/// [`Stopped`] when the flag was set before the last result was taken; those before it were handed
/// over.
pub(crate) fn in_order<T: Send>(
    count: u32,
    watch: Watch<'_>,
    work: impl Fn(u32) -> T + Sync,
    mut take: impl FnMut(u32, T),
) -> Result<(), Stopped> {
    let block = (rayon::current_num_threads() as u32).saturating_mul(8).max(1);
    let finished = AtomicU32::new(0);
    let one = |index: u32| {
        if watch.stopped() {
            return None;
        }
        let result = halt::watched(watch.stop, || work(index))?;
        watch.tell(finished.fetch_add(1, Ordering::Relaxed) + 1);
        Some(result)
    };
    let mut first = 0;
    while first < count {
        let last = count.min(first.saturating_add(block));
        let results: Vec<Option<T>> = (first..last).into_par_iter().with_max_len(1).map(one).collect();
        for (index, result) in (first..last).zip(results) {
            take(index, result.ok_or(Stopped)?);
        }
        first = last;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pool(threads: usize) -> rayon::ThreadPool {
        rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap()
    }

    #[test]
    fn results_come_in_order_for_any_number_of_threads() {
        for threads in [1, 2, 3, 7] {
            let mut seen = Vec::new();
            let done = pool(threads)
                .install(|| in_order(100, Watch::default(), |i| i * i, |i, square| seen.push((i, square))));
            assert_eq!(done, Ok(()));
            assert_eq!(seen, (0..100).map(|i| (i, i * i)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn a_stop_ends_the_run_and_progress_counts() {
        let stop = Arc::new(AtomicBool::new(false));
        let told = AtomicU32::new(0);
        let progress = |done: u32| {
            told.fetch_max(done, Ordering::Relaxed);
            stop.store(done >= 3, Ordering::Relaxed);
        };
        let watch = Watch { stop: Some(&stop), progress: Some(&progress), ..Watch::default() };
        let ended = pool(1).install(|| in_order(1000, watch, |i| i, |_, _| ()));
        assert_eq!(ended, Err(Stopped));
        assert_eq!(told.load(Ordering::Relaxed), 3);
    }
}
