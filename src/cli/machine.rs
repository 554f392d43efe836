//! What this machine still has for this process: memory under its own limit, its group's, and the machine's.
//!
//! A process that asks for more than it gets is killed without a word, or aborts in the allocator. So
//! the estimate of a request is held against the smallest of these three before it starts
//! (`app::limits`), and refused with an explanation. All figures are what is left at that moment: what
//! another process takes later cannot be known.

use crate::scenario::resources::GIB;

/// Address space that the allocator of GNU's C library sets aside for a thread (64 MiB) and the thread's stack.
const BYTES_PER_THREAD: u64 = 66 << 20;
/// Threads beside those that compute: for signals and progress.
const OTHER_THREADS: u64 = 3;

/// Memory that this process can still get on so many threads, in GiB (2^30 bytes): the smallest of the
/// limits that the system tells. `None` where it tells none, as on Windows and macOS; nothing is
/// refused for memory then but by the limits of the scenario.
pub(super) fn free_memory_gib(threads: usize) -> Option<f64> {
    [address_space(threads), group(), machine()].into_iter().flatten().min().map(|bytes| bytes as f64 / GIB)
}

/// What is left of the limit on the address space (`ulimit -v`), in bytes. Threads that are still to
/// start are taken off, because the limit counts what an allocator sets aside and not what is used.
/// `None` without a limit.
#[cfg(unix)]
fn address_space(threads: usize) -> Option<u64> {
    let limit = rustix::process::getrlimit(rustix::process::Resource::As).current?;
    let for_threads = (threads as u64 + OTHER_THREADS) * BYTES_PER_THREAD;
    Some(limit.saturating_sub(kilobytes("/proc/self/status", "VmSize:")?).saturating_sub(for_threads))
}

/// Not limited on this system.
#[cfg(not(unix))]
fn address_space(_threads: usize) -> Option<u64> {
    None
}

/// What is left of the limit of the control group (version 2), in bytes: containers and batch systems
/// set one. `None` without a limit (`memory.max` is then the word `max`), and in groups of version 1.
fn group() -> Option<u64> {
    let groups = read("/proc/self/cgroup")?;
    let path = groups.lines().find_map(|line| line.strip_prefix("0::"))?.trim().to_owned();
    let value = |name: &str| read(&format!("/sys/fs/cgroup{path}/{name}"))?.trim().parse::<u64>().ok();
    Some(value("memory.max")?.saturating_sub(value("memory.current")?))
}

/// What the machine can give without swapping, in bytes, after the kernel's own estimate.
fn machine() -> Option<u64> {
    kilobytes("/proc/meminfo", "MemAvailable:")
}

/// The bytes of a line `key: 123 kB` in a file of the kernel; `None` when the file or the line is not
/// there.
fn kilobytes(path: &str, key: &str) -> Option<u64> {
    let all = read(path)?;
    let line = all.lines().find_map(|line| line.strip_prefix(key))?;
    Some(line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()? * 1024)
}

/// The text of a file of the kernel; on other systems there is none, and that is no error.
fn read(path: &str) -> Option<String> {
    std::fs::read_to_string(path).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn linux_says_how_much_memory_there_is() {
        let known = free_memory_gib(2);
        assert_eq!(known.is_some(), cfg!(target_os = "linux"));
        assert!(known.is_none_or(|gib| gib > 0.0));
    }
}
