//! Which study is needed: power, duration, monitoring, and the analytic design formulas.
