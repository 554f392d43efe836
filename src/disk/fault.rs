//! Faults on demand, for tests: the operation with this number fails, as if the disk were full or broken.

use std::cell::Cell;
use std::io;

/// What an operation that was made to fail says.
pub(crate) const WORDS: &str = "made to fail by a test";

thread_local! {
    /// Operations until the one that fails; 0 = none will.
    static COUNTDOWN: Cell<u32> = const { Cell::new(0) };
    /// Whether every operation fails from now on.
    static DEAD: Cell<bool> = const { Cell::new(false) };
    /// Whether they do after the first failure.
    static FROM_THEN_ON: Cell<bool> = const { Cell::new(false) };
    /// Operations so far.
    static DONE: Cell<u32> = const { Cell::new(0) };
}

/// Counts an operation; fails when its turn has come.
pub(super) fn strike(operation: &'static str) -> io::Result<()> {
    DONE.set(DONE.get() + 1);
    let fails = DEAD.get() || COUNTDOWN.get() == 1;
    COUNTDOWN.set(COUNTDOWN.get().saturating_sub(1));
    if fails {
        DEAD.set(FROM_THEN_ON.get());
        return Err(io::Error::other(format!("{operation} {WORDS}")));
    }
    Ok(())
}

/// Does `work` while operation number `number` (from 1) on this thread fails.
pub(crate) fn at<T>(number: u32, work: impl FnOnce() -> T) -> T {
    run(number, false, work)
}

/// Does `work` while operation number `number` and all later ones fail: what a killed process or a dead disk leaves.
pub(crate) fn from<T>(number: u32, work: impl FnOnce() -> T) -> T {
    run(number, true, work)
}

/// How many operations `work` does.
pub(crate) fn count<T>(work: impl FnOnce() -> T) -> u32 {
    run(0, false, work);
    DONE.get()
}

/// Does `work` under one plan of failures and puts everything back.
fn run<T>(number: u32, dead: bool, work: impl FnOnce() -> T) -> T {
    DONE.set(0);
    DEAD.set(false);
    FROM_THEN_ON.set(dead);
    COUNTDOWN.set(number);
    let outcome = work();
    COUNTDOWN.set(0);
    DEAD.set(false);
    outcome
}
