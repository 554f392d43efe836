//! Finished chunks in a folder: a run of hours loses seconds when it is stopped or killed, and machines share the work.
//!
//! ```text
//! NAME.chunks/                 beside the results NAME
//!     work.json                of which command, scenario and plan this is
//!     run.000003.chunk         chunk 3 of stage `run`
//!     lock                     held by the process that writes (shards: lock-3)
//! ```
//!
//! A chunk is written under a temporary name, forced to disk and moved in place, so that it is there whole or not at all. What
//! does not read back is computed again. Nothing here changes a number: the sums are the same whether a chunk was computed
//! now, yesterday, or elsewhere.

mod file;
mod folder;
mod ticket;

pub(crate) use folder::{ChunkFolder, Missing, Mode, StoreError, Unfinished, chunk_folder, unfinished};
pub(crate) use ticket::Ticket;
