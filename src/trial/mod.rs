//! Many replicates: what is measured, run in parallel, reduced in replicate order.

mod accumulate;
mod catalogue;
pub mod chunks;
mod chunks_api;
mod common;
pub mod compare;
mod control_variates;
mod costs;
mod covariates;
mod cube;
pub mod drawn;
mod draws;
mod drivers;
mod evaluate;
mod exact;
mod kept;
mod layout;
pub mod measure;
mod measures;
mod ordered;
mod paired;
pub mod replicate;
pub mod results;
mod run;
pub mod spread;
pub mod store;
pub mod stories;
pub mod view;

pub use catalogue::ratio;
pub use chunks_api::{CHUNK, Chunks, Fate, Stage};
pub use drivers::{Driver, Drivers};
pub use evaluate::RunningTotals;
pub use measure::{Measure, Section, Span, Visibility};
pub use measures::{measures, measures_of};
pub use ordered::{Stopped, Watch, in_order};
pub use paired::{Wanted, differences};
pub use results::{
    Adjusted, ArmResults, Draw, Draws, ExactCurve, FORMAT, FORMAT_VERSION, GroupResults, MeasureInfo,
    Results, Series, Stat, Story,
};
pub use run::{Plan, run};
