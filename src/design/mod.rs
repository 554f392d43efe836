//! Which study is needed: power, duration, monitoring, and the analytic design formulas.

pub mod analytic;
pub mod clusters;
pub mod counts;
pub mod document;
pub mod duration;
pub mod event_driven;
pub mod patterns;
pub mod power;
pub mod proportions;
pub mod sequential;
