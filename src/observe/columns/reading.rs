//! What was understood of a file, so that a wrong guess is seen before its numbers are believed.
//!
//! It is part of every answer of `analyze`, on the terminal and in JSON: an analyst who sees "events: 1
//! (40 rows), 2 (12 rows)" notices in a second what would take a day to find in a p-value.

use crate::language::Said;
use serde::Serialize;

/// What was understood of a file.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Reading {
    /// What stands between cells: "comma", "semicolon", "tab", "bar".
    pub separator: Said,
    /// How the text was written: "UTF-8", "UTF-16", "Windows-1252".
    pub encoding: String,
    /// Rows below the header, those left out included.
    pub rows: usize,
    /// The columns used, in the order in which they were read; one column may play several parts.
    pub columns: Vec<ColumnReading>,
    /// The values of the status column.
    pub statuses: Vec<StatusReading>,
}

/// What the values of one column mean.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct ColumnReading {
    /// Its name.
    pub column: String,
    /// The part it plays: "time", "status", "arm", ...
    pub part: String,
    /// In words: how it is written, and the range or the number of its values.
    pub values: Said,
    /// Whether something had to be guessed.
    pub guessed: bool,
    /// The option with which to say otherwise; only with a guess.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub say_otherwise: Option<Said>,
}

/// What one value of the status column means.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusReading {
    /// As it stands in the file.
    pub value: String,
    /// Rows with it.
    pub rows: usize,
    /// Whether it is an event.
    pub event: bool,
    /// Code of its cause, from 1; `None` when it means "nothing yet".
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<u32>,
    /// Whether the analyst said so (`--events`, `--censored`); else it is what the word or number
    /// usually means.
    pub told: bool,
}
