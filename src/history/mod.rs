//! Columns of what happened to everybody in one replicate: data only.
