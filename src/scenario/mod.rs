//! What is assumed: TOML in, a valid `Scenario` out. Nothing past this floor sees TOML.
//!
//! [`load`] reads a scenario file, [`embedded`] one that is built into the program. Both give a [`Resolved`]: the
//! [`Scenario`] that the engine reads, and beside it the [`registry::Registry`] with value, prior, status and source of
//! every parameter. Whatever is wrong comes back as [`Problems`](crate::document::Problems), all at once.

pub mod analysis;
mod canonical;
mod checks;
pub(crate) mod demand;
mod keys;
mod layers;
pub(crate) mod leaves;
mod load;
pub mod parameters;
pub mod plan;
pub mod posterior;
pub mod prior;
mod read_analysis;
mod read_ladder;
mod read_parameters;
mod read_plan;
mod read_posterior;
mod read_serves;
mod read_services;
mod read_structures;
pub mod registry;
pub mod resources;
pub(crate) mod schema;
pub mod serves;
mod shipped;
pub mod structure;
mod with_values;
mod without_effect;

pub(crate) use canonical::hash as text_hash;
pub(crate) use load::open;
#[cfg(feature = "serve")]
pub(crate) use load::resolve_named;
pub use load::{EXAMPLE, Resolved, embedded, load, resolve_text};
pub use parameters::Parameters;
pub(crate) use plan::MAX_CLIENTS_PER_SITE;
pub use plan::{Allocation, ArmAtSite, Limits, Service, Site};
pub use plan::{
    CalendarMonth, Contact, Dynamics, Ladder, LadderEffect, LadderRates, LadderRung, Municipality,
    PopulationKind, Scenario, Uncertainty,
};
pub use serves::Arm;
pub(crate) use serves::ClientFile;
pub use serves::{Serves, Who};
pub use shipped::{DEFAULT_SCENARIO, names as shipped_names, text as shipped_text};
pub use structure::Structure;
pub use without_effect::Why;
pub use without_effect::WithoutEffect;

/// Edition of the model: raised whenever the same parameters mean something else, so that a posterior fitted to another edition
/// is refused.
pub(crate) const MODEL_VERSION: u32 = 2;
