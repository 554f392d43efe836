//! `stapjes sensitivity`: which parameters move a result.
//!
//! Three methods, chosen by flag: draws of all parameters at once with confirming runs (the default),
//! elementary effects (Morris 1991, doi:10.1080/00401706.1991.10484804), or Sobol' indices (Saltelli et
//! al. 2010, doi:10.1016/j.cpc.2009.09.018). What each costs and answers is in `docs/sensitivity.md`.

use std::path::PathBuf;

use clap::Args;

use super::long::LongArguments;
use super::scenario_argument::{ScenarioArguments, tell_few_effective};
use super::work::ResumeArguments;
use crate::app::sensitivity::SensitivityRequest;
use crate::app::{self, Stop};
use crate::error::Error;
use crate::report::escape::file_name;
use crate::report::kind::ResultKind;
use crate::report::learning::sensitivity as words;
use crate::sensitivity::question::SensitivityMethod;

/// `stapjes sensitivity [SCENARIO]`.
#[derive(Args, Debug)]
#[command(mut_arg("out", |out| out.help("Also write sensitivity.json, sensitivity.csv, the figure and the pages to this folder")))]
pub(super) struct SensitivityArguments {
    #[command(flatten)]
    scenario: ScenarioArguments,
    /// Draws of all parameters; what they point to is confirmed by paired runs
    #[arg(long, value_name = "K", default_value = "256", value_parser = clap::value_parser!(u32).range(32..=100_000))]
    draws: u32,
    /// Instead: this many trajectories of elementary effects, by group of parameters (20 is usual)
    #[arg(long, value_name = "R", conflicts_with = "sobol", value_parser = clap::value_parser!(u32).range(2..=10_000))]
    morris: Option<u32>,
    /// Instead: Sobol' indices from this many rows (a power of 2; each row costs a run per parameter and two more)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(16..=65_536))]
    sobol: Option<u32>,
    /// Instead: the draws of a finished run of the scenario (its output folder); only the paired runs are simulated
    #[arg(long, value_name = "RUN", conflicts_with_all = ["morris", "sobol"])]
    given: Option<PathBuf>,
    /// The result: MEASURE@MONTH or MEASURE:LABEL@MONTH, treated less control [default: exits_true:work at the horizon]
    #[arg(long, value_name = "M@MONTH")]
    measure: Option<String>,
    /// Replicates of every run, the same luck everywhere [default: 2]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    replicates: Option<u32>,
    #[command(flatten)]
    resume: ResumeArguments,
    #[command(flatten)]
    long: LongArguments,
}

/// Moves the parameters and prints which of them move the result.
///
/// # Errors
/// `Data` for a scenario with one arm or a transition table, or for a `--given` run of another
/// scenario; `Usage` for an unknown measure or month; `OverLimit`; `Stopped`; failures of writing.
pub(super) fn run(arguments: &SensitivityArguments, stop: &Stop) -> Result<(), Error> {
    let method = match (arguments.morris, arguments.sobol) {
        (Some(trajectories), _) => SensitivityMethod::Morris(trajectories),
        (_, Some(rows)) => SensitivityMethod::Sobol(rows),
        _ => SensitivityMethod::Draws(arguments.draws),
    };
    // A finished run was made with its own seed, replicates and draws: the scenario takes these over,
    // so that paired runs match it.
    let earlier = arguments.given.as_deref().map(app::sensitivity::finished_run).transpose()?;
    let (given, same) = earlier.map_or((None, Vec::new()), |(results, same)| (Some(results), same));
    let request = SensitivityRequest {
        resolved: arguments.scenario.open(&same)?,
        given,
        method,
        measure: arguments.measure.clone(),
        replicates: arguments.replicates,
    };
    let long = &arguments.long;
    if let (SensitivityMethod::Draws(draws), None) = (request.method, &request.given) {
        tell_few_effective(&request.resolved, draws, long.lang());
    }
    let needs = request.check(&long.context())?;
    let target = long.target(ResultKind::Sensitivity, &needs)?;
    let usual = || {
        PathBuf::from("output").join(format!("sensitivity-{}", file_name(&request.resolved.scenario.name)))
    };
    let work = arguments.resume.open(&long.folder(usual), ResultKind::Sensitivity, &request.depends_on())?;
    let job = long.begin(target, Some(work), stop);
    let Some(answer) = job.answer(|context| app::sensitivity::run(&request, context))? else { return Ok(()) };
    job.end(
        &answer,
        |lang, from, target| app::sensitivity::write(&request, &answer, lang, from, target),
        |lang| words::words(&words::SensitivityContext::from(&answer), &answer.effects, lang),
    )
}
