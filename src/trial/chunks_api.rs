//! What a loop over replicates and a place that keeps its chunks say to each other.

/// Replicates of a chunk, unless a stage says otherwise.
pub(crate) const CHUNK: u32 = 16;

/// One loop over replicates within a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stage<'a> {
    /// Its name, unique within the request: letters, digits and hyphens.
    pub name: &'a str,
    /// Replicates of a chunk.
    pub chunk: u32,
    /// Whether every shard needs all of it, because a later stage builds on it.
    pub whole: bool,
}

impl<'a> Stage<'a> {
    /// A stage that shards divide, in chunks of [`CHUNK`].
    pub(crate) fn new(name: &'a str) -> Self {
        Self { name, chunk: CHUNK, whole: false }
    }

    /// A stage that every shard needs all of.
    pub(crate) fn whole(name: &'a str) -> Self {
        Self { whole: true, ..Self::new(name) }
    }
}

/// What is to be done about a chunk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// It is there: its bytes.
    Stored(Vec<u8>),
    /// Compute it.
    Compute,
    /// It is not this process's.
    Leave,
    /// It should be there and is not.
    Missing,
}

/// Where finished chunks are kept.
pub trait Chunks: Sync {
    /// What is to be done about chunk `chunk` of the `of` chunks of a stage.
    fn fate(&self, stage: Stage<'_>, chunk: u32, of: u32) -> Fate;

    /// Keeps a finished chunk. A chunk that cannot be kept is computed again another time: no reason to stop.
    fn keep(&self, stage: Stage<'_>, chunk: u32, bytes: &[u8]);
}
