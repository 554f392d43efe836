//! One study on file and all its tests.
//!
//! A study is counted once per endpoint and cut-off, per caseworker ([`endpoint_data`]); every size of it is then a shorter
//! list of caseworkers ([`Size`]), and every test a function of these counts ([`decide()`]). The statistics are those of
//! [`estimate`](crate::estimate) on the same study as a data set: `tests/double_programming.rs` holds them together.

mod adjust;
mod decide;
mod endpoint_data;
mod estimand;
mod periods;
mod sizes;

pub use adjust::rejected;
pub use decide::{
    Decision, Rules, Workspace, decide, decide_all, estimand, rate_difference, subdistribution_log_ratio,
    too_few_clusters,
};
pub use endpoint_data::{EndpointData, Person, endpoint_data, shortest_follow_up};
pub use estimand::Estimand;
pub use periods::Schedule;
pub use sizes::{Size, Units, units_of};
