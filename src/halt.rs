//! Leaving a large piece of work before its end: who computes looks in now and then ([`check`]), who waits has set the flag.
//!
//! A replicate of hundreds of thousands of clients takes many seconds; a user who stops waits two at most. The engine knows
//! nothing of users: it calls [`check`] between caseloads. Under [`watched`] that leaves the work (by unwinding, so that no
//! half-made history is ever looked at) when the flag of this thread is set; without a watcher it does nothing.

use std::cell::RefCell;
use std::panic::{self, AssertUnwindSafe};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

thread_local! {
    /// The flag that this thread looks at; `None` outside a run that can be stopped.
    static FLAG: RefCell<Option<Arc<AtomicBool>>> = const { RefCell::new(None) };
}

/// What travels upwards when work is left.
struct Halted;

/// Does `work`, which is left at its next [`check`] once `flag` is set; `None` when it was left.
pub(crate) fn watched<T>(flag: Option<&Arc<AtomicBool>>, work: impl FnOnce() -> T) -> Option<T> {
    let Some(flag) = flag else { return Some(work()) };
    let earlier = FLAG.replace(Some(Arc::clone(flag)));
    let outcome = panic::catch_unwind(AssertUnwindSafe(work));
    FLAG.set(earlier);
    match outcome {
        Ok(found) => Some(found),
        Err(payload) if payload.is::<Halted>() => None,
        Err(payload) => panic::resume_unwind(payload),
    }
}

/// Leaves the work of this thread when its watcher wants that. Costs a few nanoseconds: for loops of at least microseconds.
pub(crate) fn check() {
    let halted = FLAG.with_borrow(|flag| flag.as_ref().is_some_and(|flag| flag.load(Ordering::Relaxed)));
    if halted {
        // Not a panic: no hook hears of it, and `watched` is there to catch it.
        panic::resume_unwind(Box::new(Halted));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_left_when_the_flag_is_set_and_done_otherwise() {
        let flag = Arc::new(AtomicBool::new(false));
        let rounds = |flag: &Arc<AtomicBool>, stop_at: u32| {
            let mut rounds = 0;
            let done = watched(Some(flag), || {
                while rounds < 10 {
                    check();
                    rounds += 1;
                    flag.store(rounds == stop_at, Ordering::Relaxed);
                }
            });
            (done, rounds)
        };
        assert_eq!(rounds(&flag, 99), (Some(()), 10));
        assert_eq!(rounds(&flag, 4), (None, 4));
        assert_eq!(watched(None, check), Some(()), "nobody watches");
        check();
    }

    #[test]
    fn a_panic_stays_a_panic() {
        let flag = Arc::new(AtomicBool::new(false));
        let outcome = panic::catch_unwind(|| watched(Some(&flag), || panic!("boom")));
        assert!(outcome.is_err());
    }
}
