//! `stapjes design`: a design file in, the answer out.

use std::path::PathBuf;

use super::console;
use super::exit::Failure;
use crate::design::document;
use crate::report::design::answer_as_text;

/// Arguments of `stapjes design`.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Kinds of design: survival, events, proportions, counts, clusters, stepped-wedge, sequential, interim.
Worked examples: scenarios/design/*.toml; every key: docs/design.md."
)]
pub(super) struct DesignArguments {
    /// The design file; `-` reads standard input.
    file: PathBuf,
    /// Print the answer as JSON, at full precision.
    #[arg(long)]
    json: bool,
}

/// Runs the command.
pub(super) fn run(arguments: &DesignArguments) -> Result<(), Failure> {
    let (name, bytes) = read(&arguments.file)?;
    let answer =
        document::answer(&name, &bytes).map_err(|problems| Failure::problems(&problems, console::color()))?;
    if arguments.json {
        let text = serde_json::to_string_pretty(&answer)
            .map_err(|error| Failure::Internal(format!("the answer cannot be written as JSON: {error}")))?;
        return console::data(&format!("{text}\n"));
    }
    console::data(&answer_as_text(&answer))
}

fn read(file: &std::path::Path) -> Result<(String, Vec<u8>), Failure> {
    if file.as_os_str() == "-" {
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut std::io::stdin().lock(), &mut bytes)
            .map_err(|error| Failure::Output(format!("cannot read standard input: {error}")))?;
        return Ok(("standard input".to_owned(), bytes));
    }
    let name = file.display().to_string();
    let bytes =
        std::fs::read(file).map_err(|error| Failure::NoInput(format!("cannot open {name}: {error}")))?;
    Ok((name, bytes))
}
