//! Every throw of the dice has an address: which decision, for whom, when, in which replicate.
//!
//! Nothing here is consumed in order. A draw is a pure function of (seed, replicate, entity, moment, process), so the
//! same decision has the same luck in every arm, for any number of threads, and for any number of other clients.
//!
//! * [`philox`]: the block function that turns an address into 128 random bits, and a small stream on it.
//! * [`process`]: the append-only list of decisions.
//! * [`address`]: [`Dice`], the addressed draws of one replicate.
//! * [`sample`]: from random bits to normals, hazards, choices, counts: by inversion on `libm`, the same bits on every
//!   machine.
//! * [`lanes`]: the same in single precision for sixteen entities at a time.
//! * `numbers`: uniforms and normals from a stream, for resampling and search.
//! * [`sobol`]: evenly spread points for the draws of parameters, addressed by name.
//!
//! What is absent on purpose: a generator that is passed around, and sampling by rejection (it would use a number of
//! draws that depends on their values).

pub mod address;
pub mod lanes;
pub(crate) mod numbers;
pub mod philox;
pub mod process;
pub mod sample;
pub mod sobol;

pub use address::Dice;
pub use process::Process;

/// Version of the stream: raised whenever the same address gives another draw, so that old results can be told from new.
/// The golden values in `tests/determinism.rs` pin it; a change is an entry in the changelog.
pub(crate) const STREAM_VERSION: u32 = 2;
