//! Chunks: a fixed number of replicates is the unit of summation, of storage and of division over machines.
//!
//! Sums are made per chunk, in replicate order, and chunks are added in chunk order. So one thread or many, one run or a run
//! that went on after a stop, one machine or ten shards: the same additions in the same order, the same bits. How many
//! replicates a chunk has is part of the results (like the random stream): it never depends on the machine.

use std::ops::Range;

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::chunks_api::{CHUNK, Fate, Stage};
use super::ordered::{Stopped, Watch, in_order};

/// What a chunk leaves: sums, or the rows themselves.
pub(crate) trait Partial: Serialize + DeserializeOwned + Send {
    /// What one replicate gives.
    type Item: Send;

    /// Takes in a replicate of this chunk; called in replicate order.
    fn push(&mut self, replicate: u32, item: Self::Item);
}

/// Chunks that add up.
pub(crate) trait Sum: Partial {
    /// Adds the next chunk.
    fn append(&mut self, later: Self);
}

/// Does `work(replicate)` for `0..count` on the threads at hand, in chunks that `new(first replicate)` begins, and hands the
/// chunks to `take` in order. Chunks that are stored are not computed again.
///
/// # Errors
/// [`Stopped`] when the watch's stop flag was set, or a chunk is missing that should be there.
pub(crate) fn in_chunks<P: Partial>(
    stage: Stage<'_>,
    count: u32,
    watch: Watch<'_>,
    new: impl Fn(u32) -> P,
    work: impl Fn(u32) -> P::Item + Sync,
    take: impl FnMut(P),
) -> Result<(), Stopped> {
    in_chunks_of(stage, 0..count.div_ceil(stage.chunk), count, watch, new, work, take)
}

/// [`in_chunks`] for some of the chunks only.
///
/// # Errors
/// As [`in_chunks`].
pub(super) fn in_chunks_of<P: Partial>(
    stage: Stage<'_>,
    chunks: Range<u32>,
    count: u32,
    watch: Watch<'_>,
    new: impl Fn(u32) -> P,
    work: impl Fn(u32) -> P::Item + Sync,
    mut take: impl FnMut(P),
) -> Result<(), Stopped> {
    let of = count.div_ceil(stage.chunk);
    let end = chunks.end.min(of);
    let fate = |chunk: u32| watch.chunks.map_or(Fate::Compute, |chunks| chunks.fate(stage, chunk, of));
    let first_of = |chunk: u32| chunk * stage.chunk;
    let mut next = (chunks.start < end).then(|| fate(chunks.start));
    let mut chunk = chunks.start;
    let mut missing = false;
    while let Some(known) = next.take() {
        if watch.stopped() {
            return Err(Stopped);
        }
        let mut after = chunk + 1;
        let stored = match &known {
            Fate::Stored(bytes) => postcard::from_bytes(bytes).ok(),
            _ => None,
        };
        match (stored, known) {
            (Some(partial), _) => {
                for _ in first_of(chunk)..count.min(first_of(after)) {
                    watch.tell(0);
                }
                take(partial);
            }
            (None, Fate::Leave) => {}
            (None, Fate::Missing) => missing = true,
            // To be computed, or stored by a program that wrote other sums: all that follow and are not there come along.
            (None, _) => {
                while after < end {
                    next = Some(fate(after));
                    if next != Some(Fate::Compute) {
                        break;
                    }
                    after += 1;
                }
                compute(stage, (chunk, after, count), watch, &new, &work, &mut take)?;
            }
        }
        if next.is_none() || next == Some(Fate::Compute) {
            next = (after < end).then(|| fate(after));
        }
        chunk = after;
    }
    if missing { Err(Stopped) } else { Ok(()) }
}

/// Computes the chunks `from..to`, keeps each when it is finished, and hands them over.
fn compute<P: Partial>(
    stage: Stage<'_>,
    (from, to, count): (u32, u32, u32),
    watch: Watch<'_>,
    new: &impl Fn(u32) -> P,
    work: &(impl Fn(u32) -> P::Item + Sync),
    take: &mut impl FnMut(P),
) -> Result<(), Stopped> {
    let first = from * stage.chunk;
    let last = count.min(to * stage.chunk);
    let mut partial = Some(new(first));
    in_order(
        last - first,
        watch,
        |at| work(first + at),
        |at, item| {
            let replicate = first + at;
            let chunk = partial.get_or_insert_with(|| new(replicate));
            chunk.push(replicate, item);
            if (replicate + 1).is_multiple_of(stage.chunk) || replicate + 1 == last {
                let Some(finished) = partial.take() else { return };
                if let (Some(chunks), Ok(bytes)) = (watch.chunks, postcard::to_allocvec(&finished)) {
                    chunks.keep(stage, replicate / stage.chunk, &bytes);
                }
                take(finished);
            }
        },
    )
}

/// [`in_chunks`] for chunks that add up; `new(0)` when there are no replicates.
///
/// # Errors
/// As [`in_chunks`].
pub(crate) fn sum<P: Sum>(
    stage: Stage<'_>,
    count: u32,
    watch: Watch<'_>,
    new: impl Fn(u32) -> P,
    work: impl Fn(u32) -> P::Item + Sync,
) -> Result<P, Stopped> {
    let mut total: Option<P> = None;
    in_chunks(stage, count, watch, &new, work, |partial| match &mut total {
        Some(total) => total.append(partial),
        None => total = Some(partial),
    })?;
    Ok(total.unwrap_or_else(|| new(0)))
}

/// Most chunks of [`each`]: more would be many small files.
const MOST_CHUNKS: u32 = 256;

/// What `work(unit)` gives for each of `0..count`, in order. Nothing is added up, so the size of the chunks, in which finished
/// units are kept, is no part of the results.
///
/// # Errors
/// As [`in_chunks`].
pub(crate) fn each<T: Serialize + DeserializeOwned + Send>(
    stage: &str,
    count: u32,
    watch: Watch<'_>,
    work: impl Fn(u32) -> T + Sync,
) -> Result<Vec<T>, Stopped> {
    let stage = Stage { chunk: CHUNK.max(count.div_ceil(MOST_CHUNKS)), ..Stage::new(stage) };
    let Rows { rows } = sum(stage, count, watch, |_| Rows::default(), work)?;
    Ok(rows.into_iter().map(|(_, row)| row).collect())
}

/// Rows that are kept as they are.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
#[serde(bound = "T: Serialize + DeserializeOwned")]
pub(crate) struct Rows<T> {
    /// The replicate of each row and the row.
    pub rows: Vec<(u32, T)>,
}

impl<T> Default for Rows<T> {
    fn default() -> Self {
        Self { rows: Vec::new() }
    }
}

impl<T: Serialize + DeserializeOwned + Send> Partial for Rows<T> {
    type Item = T;

    fn push(&mut self, replicate: u32, item: T) {
        self.rows.push((replicate, item));
    }
}

impl<T: Serialize + DeserializeOwned + Send> Sum for Rows<T> {
    fn append(&mut self, later: Self) {
        self.rows.extend(later.rows);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trial::chunks_api::Chunks;
    use std::collections::BTreeMap;
    use std::sync::Mutex;

    /// A store in memory that computes the chunks of `mine` only.
    #[derive(Default)]
    struct Memory {
        kept: Mutex<BTreeMap<u32, Vec<u8>>>,
        mine: Option<std::ops::Range<u32>>,
    }

    impl Chunks for Memory {
        fn fate(&self, _: Stage<'_>, chunk: u32, _: u32) -> Fate {
            match self.kept.lock().unwrap().get(&chunk) {
                Some(bytes) => Fate::Stored(bytes.clone()),
                None if self.mine.as_ref().is_none_or(|mine| mine.contains(&chunk)) => Fate::Compute,
                None => Fate::Leave,
            }
        }

        fn keep(&self, _: Stage<'_>, chunk: u32, bytes: &[u8]) {
            self.kept.lock().unwrap().insert(chunk, bytes.to_vec());
        }
    }

    fn rows(count: u32, memory: Option<&Memory>) -> (Vec<(u32, f64)>, u32) {
        let computed = std::sync::atomic::AtomicU32::new(0);
        let watch = Watch { chunks: memory.map(|memory| memory as &dyn Chunks), ..Watch::default() };
        let stage = Stage { chunk: 4, ..Stage::new("rows") };
        let work = |at: u32| {
            computed.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            1.0 / f64::from(at + 1)
        };
        let rows: Rows<f64> = sum(stage, count, watch, |_| Rows::default(), work).unwrap();
        (rows.rows, computed.into_inner())
    }

    #[test]
    fn whatever_is_stored_the_rows_are_the_same_and_only_the_rest_is_computed() {
        let all = rows(18, None).0;
        assert_eq!(all.len(), 18);
        assert!(rows(0, None).0.is_empty());
        let whole = Memory::default();
        assert_eq!(rows(18, Some(&whole)), (all.clone(), 18));
        assert_eq!(whole.kept.lock().unwrap().len(), 5);
        for stored in 0..32_u32 {
            let memory = Memory::default();
            let kept = whole.kept.lock().unwrap();
            let some = kept.iter().filter(|(chunk, _)| stored >> **chunk & 1 == 1);
            let some: BTreeMap<u32, Vec<u8>> = some.map(|(chunk, bytes)| (*chunk, bytes.clone())).collect();
            let there: u32 = some.keys().map(|&chunk| if chunk == 4 { 2 } else { 4 }).sum();
            *memory.kept.lock().unwrap() = some;
            drop(kept);
            assert_eq!(rows(18, Some(&memory)), (all.clone(), 18 - there), "{stored:05b}");
        }
    }

    #[test]
    fn a_chunk_that_does_not_read_back_is_computed_again() {
        let memory = Memory::default();
        rows(18, Some(&memory));
        memory.kept.lock().unwrap().insert(2, vec![255; 3]);
        let (again, computed) = rows(18, Some(&memory));
        assert_eq!((again, computed), (rows(18, None).0, 4));
    }

    #[test]
    fn a_shard_computes_its_own_chunks_only() {
        let memory = Memory { mine: Some(1..3), ..Memory::default() };
        let (resumed, computed) = rows(18, Some(&memory));
        assert_eq!(computed, 8);
        assert_eq!(resumed, rows(18, None).0[4..12]);
    }
}
