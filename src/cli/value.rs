//! `stapjes value`: which study is worth doing.
//!
//! What it is worth to know a parameter, a group of them, or the outcome of a study, before deciding
//! for whom the service is bought (`docs/value.md`). Without `--studies` the stakes are those that the
//! scenario suggests.

use std::path::PathBuf;

use clap::Args;

use super::long::LongArguments;
use super::scenario_argument::{ScenarioArguments, tell_few_effective};
use super::work::ResumeArguments;
use crate::app::value::ValueRequest;
use crate::app::{self, Stop};
use crate::error::Error;
use crate::report::escape::file_name;
use crate::report::kind::ResultKind;
use crate::report::learning::value as words;

/// `stapjes value [SCENARIO]`.
#[derive(Args, Debug)]
#[command(mut_arg("out", |out| out.help("Also write value.json, value.csv, the figure and the pages to this folder")))]
pub(super) struct ValueArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// Draws of all parameters
    #[arg(long, value_name = "K", default_value = "256", value_parser = clap::value_parser!(u32).range(32..=60_000))]
    draws: u32,
    /// Replicates under each draw, the same luck everywhere [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: Option<u32>,
    /// Groups of parameters, separated by commas: first parts of paths [default: one per first key]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    groups: Vec<String>,
    /// Studies to weigh and what is at stake: a file with months, sizes, clients_per_year, years, cost_per_client, fixed_cost, value_per_exit_to_work
    #[arg(long, value_name = "FILE")]
    studies: Option<PathBuf>,
    #[command(flatten)]
    resume: ResumeArguments,
    #[command(flatten)]
    long: LongArguments,
}

/// Computes and prints what knowing more is worth, by parameter, group and study.
///
/// # Errors
/// `Data` for a scenario with one arm or a transition table, or a file of studies with every problem in
/// it; `OverLimit`; `Stopped`; failures of writing.
pub(super) fn run(arguments: &ValueArguments, stop: &Stop) -> Result<(), Error> {
    let resolved = arguments.scenario.open(&[])?;
    tell_few_effective(&resolved, arguments.draws, arguments.long.lang());
    let request = ValueRequest {
        design: ValueRequest::design(&resolved, arguments.studies.as_deref())?,
        resolved,
        draws: arguments.draws,
        replicates: arguments.replicates,
        groups: arguments.groups.clone(),
    };
    let long = &arguments.long;
    let needs = request.check(&long.context())?;
    let target = long.target(ResultKind::Value, &needs)?;
    let usual =
        || PathBuf::from("output").join(format!("value-{}", file_name(&request.resolved.scenario.name)));
    let work = arguments.resume.open(&long.folder(usual), ResultKind::Value, &request.depends_on())?;
    let job = long.begin(target, Some(work), stop);
    let Some(answer) = job.answer(|context| app::value::run(&request, context))? else { return Ok(()) };
    job.end(
        &answer,
        |lang, from, target| app::value::write(&request, &answer, lang, from, target),
        |lang| words::words(&words::ValueContext::from(&answer), &answer.information, lang),
    )
}
