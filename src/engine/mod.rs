//! The monthly order of the day: one process per file.
