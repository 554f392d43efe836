//! Many replicates: what is measured, run in parallel, reduced in replicate order.

mod accumulate;
mod catalogue;
pub(crate) mod chunks;
mod chunks_api;
mod common;
pub mod compare;
mod control_variates;
mod costs;
mod covariates;
mod cube;
pub(crate) mod drawn;
mod draws;
mod drivers;
mod evaluate;
mod exact;
mod kept;
mod layout;
pub mod measure;
mod measures;
pub(crate) mod ordered;
mod paired;
pub mod replicate;
pub mod results;
mod run;
pub mod spread;
pub(crate) mod store;
pub(crate) mod stories;
pub(crate) mod view;

pub use chunks_api::Fate;
pub(crate) use chunks_api::{Chunks, Stage};
pub(crate) use drivers::{Driver, Drivers};
pub use measure::Measure;
pub(crate) use measure::Visibility;
pub use measures::measures;
pub use ordered::{Stopped, Watch};
pub(crate) use paired::{Wanted, differences};
pub use results::GroupResults;
pub(crate) use results::{
    ArmResults, Draws, ExactCurve, FORMAT, FORMAT_VERSION, MeasureInfo, Results, Series, Stat,
};
pub use run::{Plan, run};
