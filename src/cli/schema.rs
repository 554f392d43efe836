//! `stapjes schema`: the scenario format as JSON Schema.

use super::console;
use crate::app::files;
use crate::error::Error;

/// Prints the schema on stdout.
pub(super) fn run() -> Result<(), Error> {
    console::json(&files::json(&crate::scenario::schema::schema())?)
}
