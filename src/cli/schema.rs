//! `stapjes schema`: the scenario format as JSON Schema.

use super::console;
use super::exit::Failure;

/// Prints the schema on stdout.
pub(super) fn run() -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(&crate::scenario::schema::schema())
        .map_err(|error| Failure::Internal(format!("the schema cannot be written: {error}")))?;
    console::data(&(text + "\n"))
}
