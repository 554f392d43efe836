//! `stapjes parameters`: what is assumed, how well founded it is, and what the scenario changed.
//!
//! The registry of a scenario in a table: every number that the simulation uses, with its unit, prior,
//! status (how well founded it is), source and what changed it. It is the list to read before believing
//! a result, and the list from which `--set` and priors take their names.

use clap::Args;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::json;

use super::console;
use super::language::LanguageArgument;
use super::scenario_argument::ScenarioArguments;
use crate::app::files;
use crate::document::showable;
use crate::error::Error;
use crate::language::{Lang, Said, marked};
use crate::report::words;
use crate::said;
use crate::scenario::Resolved;
use crate::scenario::registry::{ParameterRecord, Status};

/// `stapjes parameters [SCENARIO]`.
#[derive(Args, Debug)]
pub(super) struct ParametersArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// Only what the scenario changed
    #[arg(long)]
    changed: bool,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    language: LanguageArgument,
}

/// Prints the registry, or with `--changed` only the records that the scenario or the command line
/// changed.
///
/// # Errors
/// Those of loading the scenario.
pub(super) fn run(arguments: &ParametersArguments) -> Result<(), Error> {
    let resolved = arguments.scenario.open(&[])?;
    let wanted = |record: &&ParameterRecord| !arguments.changed || record.overridden_by.is_some();
    let records: Vec<&ParameterRecord> = resolved.registry.records.iter().filter(wanted).collect();
    if arguments.json {
        return console::json(&files::json(&document(&resolved, &records))?);
    }
    let lang = arguments.language.choose();
    console::data(&(table(&records, lang) + summary(&resolved).text(lang)))
}

/// One row per parameter, as a Markdown table that also reads on a terminal. Units and sources may come
/// from a user's file, so they are cut at 200 characters and cleared of control characters.
fn table(records: &[&ParameterRecord], lang: Lang) -> String {
    let mut table = Table::new();
    table.load_style(presets::ASCII_MARKDOWN).set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(lang.pick(
        ["parameter", "waarde", "eenheid", "prior", "status", "bron", "veranderd door"],
        ["parameter", "value", "unit", "prior", "status", "source", "changed by"],
    ));
    for record in records {
        let shown = |text: &Option<String>| text.as_deref().map_or(String::new(), |text| showable(text, 200));
        table.add_row([
            record.path.clone(),
            number_of(record.value, lang),
            words::unit(lang, &shown(&record.unit)).to_owned(),
            record.prior.map_or(String::new(), |prior| prior.to_string()),
            words::status(lang, record.status).to_owned(),
            words::source(lang, &shown(&record.source)),
            shown(&record.overridden_by),
        ]);
    }
    if let Some(column) = table.column_mut(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    format!("{table}\n")
}

/// A value with all its digits, and the decimal mark of the reader.
fn number_of(value: f64, lang: Lang) -> String {
    marked(&value.to_string(), lang)
}

/// How many parameters there are, by status; how many the scenario changed, lack a source, or have a
/// prior.
fn summary(resolved: &Resolved) -> Said {
    let records = &resolved.registry.records;
    let count =
        |keep: &dyn Fn(&ParameterRecord) -> bool| records.iter().filter(|record| keep(record)).count();
    let statuses: Vec<Said> = Status::NAMES
        .iter()
        .map(|(_, status)| (status, count(&|record| record.status == *status)))
        .filter(|(_, count)| *count > 0)
        .map(|(status, count)| Said::each(|lang| format!("{} {count}", words::status(lang, *status))))
        .collect();
    let statuses = Said::join(&statuses, ", ");
    said!(
        "{} parameters: {}\n{} veranderd door {}, {} zonder bron, {} met een prior\n",
        "{} parameters: {}\n{} changed by {}, {} without a source, {} with a prior\n",
        records.len(),
        statuses,
        count(&|record| record.overridden_by.is_some()),
        resolved.scenario.name,
        count(&|record| record.source.is_none()),
        count(&|record| record.prior.is_some()),
    )
}

/// The parameters as JSON (`stapjes-parameters-1`), in the order of the registry; `null` stands for
/// what is not known: a unit, a limit, a prior, a source.
fn document(resolved: &Resolved, records: &[&ParameterRecord]) -> serde_json::Value {
    let parameters: Vec<_> = records
        .iter()
        .map(|record| {
            json!({
                "path": record.path,
                "value": record.value,
                "unit": record.unit,
                "min": record.min,
                "max": record.max,
                "prior": record.prior.map(|prior| prior.to_string()),
                "status": record.status.name(),
                "source": record.source,
                "note": record.note,
                "overridden_by": record.overridden_by,
            })
        })
        .collect();
    json!({
        "format": "stapjes-parameters-1",
        "scenario": resolved.scenario.name,
        "scenario_sha256": resolved.hash,
        "parameters": parameters,
    })
}
