//! What is assumed: TOML in, a valid `Scenario` out. Nothing past this floor sees TOML.

pub mod parameters;
pub mod plan;

pub use parameters::Parameters;
pub use plan::{
    Allocation, Arm, ArmAtSite, CalendarMonth, Contact, Dynamics, Ladder, LadderEffect, LadderRates,
    LadderRung, PopulationKind, Scenario, Service, Site,
};
