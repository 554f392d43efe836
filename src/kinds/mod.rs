//! The closed lists of the model and of the study: what can happen, to whom, of which kind, and how it is tested. One list,
//! one row per member.
//!
//! A list is an enum written by the `kinds!` macro: each row gives a member its name in files, and, where
//! something is kept by member, an array type with one entry per member, so that a column "by reason" or "by step" can never be too short or read with a wrong number.
//! Nothing outside this folder numbers the members. Properties of a member are functions with a `match`: whoever adds a
//! member is told by the compiler what is still missing. This module imports nothing of the crate.
//!
//! ```
//! use stapjes::kinds::{ExitReason, Kind, PerReason};
//!
//! let mut exits: PerReason<u32> = PerReason::default();
//! exits[ExitReason::Work] += 1;
//! assert_eq!(exits.iter().map(|(_, count)| count).sum::<u32>(), 1);
//! assert_eq!(ExitReason::from_name("work"), Some(ExitReason::Work));
//! ```

#[macro_use]
mod list;

mod band;
mod benefit;
mod domain;
mod endpoint;
mod exit;
mod happening;
mod irregularity;
mod question;
mod rung;
mod set;
mod spell;
mod step;
mod tercile;
mod test_kind;

pub use band::{Band, PerBand};
pub use benefit::Benefit;
pub use domain::{Domain, PerDomain};
pub use endpoint::Endpoint;
pub use exit::{ExitReason, PerReason};
pub use happening::Happening;
pub(crate) use happening::LifeEvent;
pub use irregularity::Irregularity;
pub use list::Kind;
pub use question::Question;
pub use rung::{PerRung, Rung};
pub use set::Set;
pub use spell::{Away, PerSpell, SpellClass};
pub(crate) use step::Need;
pub use step::{PerStep, Step};
pub use tercile::Tercile;
pub use test_kind::TestKind;
