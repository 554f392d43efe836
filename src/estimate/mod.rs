//! One `Dataset` in, `Estimate`s out; one estimator per file.
