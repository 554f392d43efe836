//! `stapjes schema`: the formats as JSON Schema.
//!
//! The schema of scenarios is made from the list of keys that also reads them, so an editor warns of
//! what `check` would refuse. Those of answers are files in `docs/schemas`, which tests hold against
//! what the commands write.

use clap::{Args, ValueEnum};

use super::console;
use crate::app::files;
use crate::error::Error;

/// `stapjes schema [WHAT]`.
#[derive(Args, Debug)]
pub(super) struct SchemaArguments {
    /// Scenario files, or what `analyze --json` or `design --json` writes.
    #[arg(value_enum, default_value_t = Format::Scenario)]
    format: Format,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Scenario files, for editors.
    Scenario,
    /// What `analyze --json` writes.
    Analyze,
    /// What `design --json` writes.
    Design,
}

/// Prints the schema on stdout, as one JSON document.
pub(super) fn run(arguments: &SchemaArguments) -> Result<(), Error> {
    match arguments.format {
        Format::Scenario => console::json(&files::json(&crate::scenario::schema::schema())?),
        Format::Analyze => console::json(include_str!("../../docs/schemas/analyze.schema.json")),
        Format::Design => console::json(include_str!("../../docs/schemas/design.schema.json")),
    }
}
