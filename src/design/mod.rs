//! How long, how many: analytic design and group-sequential monitoring.

pub mod analytic;
pub mod sequential;
