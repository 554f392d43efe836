//! `stapjes calibrate`: learn the parameters from published or own figures.
//!
//! The figures come in as a targets file (`docs/calibrate.md` lists its keys); out go a posterior, what
//! it predicts and what no figure informs. Three flags make other commands of it: `--template` only
//! prints a file to fill in, `--self-check` tries the sampler on data whose truth is known, and without
//! either the parameters are learned.

use crate::language::Said;
use std::path::PathBuf;

use clap::Args;

use super::console;
use super::long::LongArguments;
use super::work::ResumeArguments;
use crate::app::calibrate::CalibrateRequest;
use crate::app::{self, Stop};
use crate::calibrate::stated::{TEMPLATE, read_targets};
use crate::error::{Error, ErrorKind};
use crate::report::escape::file_name;
use crate::report::kind::ResultKind;
use crate::report::learning::calibration as words;
use crate::said;

/// `stapjes calibrate TARGETS`.
#[derive(Args, Debug)]
#[command(mut_arg("out", |out| out.help("Also write posterior.csv, the tables, figures and pages to this folder")))]
pub(super) struct CalibrateArguments {
    /// Targets file (figures with their errors), or the name of a built-in set: nederland
    #[arg(required_unless_present_any = ["template", "self_check"])]
    targets: Option<PathBuf>,
    /// Print a commented targets file for a municipality's own figures, in Dutch
    #[arg(long, conflicts_with = "targets")]
    template: bool,
    /// Instead: check the sampler on so many data sets simulated at known parameters, and that it fails with wrong errors; with
    /// a targets file: on data simulated by emulators of the model, with the errors of the file
    #[arg(long, value_name = "DATASETS", conflicts_with = "template", value_parser = clap::value_parser!(u32).range(20..=100_000))]
    self_check: Option<u32>,
    /// Parameters to learn, separated by commas: paths such as exit.work.base, or first parts such as fraud [default: every parameter with a prior]
    #[arg(long, value_name = "LIST", value_delimiter = ',')]
    free: Vec<String>,
    /// Model runs at most [default: what all waves and corrections need]
    #[arg(long, value_name = "RUNS", value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    budget: Option<u32>,
    /// Seed [default: that of the scenario]
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    #[command(flatten)]
    long: LongArguments,
    #[command(flatten)]
    resume: ResumeArguments,
}

/// Learns, unless `--template` or `--self-check` asks for something else.
///
/// The order is that of every long command: what can be refused is refused (targets, limits, the
/// folder) before the first simulation, finished model runs are kept as they come, and results are
/// written whole at the end.
///
/// # Errors
/// Those of [`read_targets`] with every problem of the file; `OverLimit` when the runs need more than
/// allowed; `Data` when the figures cannot be met together, with the figures that contradict each
/// other.
pub(super) fn run(arguments: &CalibrateArguments, stop: &Stop) -> Result<(), Error> {
    let long = &arguments.long;
    let request = match arguments.targets.as_deref() {
        Some(path) if !arguments.template => Some(CalibrateRequest {
            targets: read_targets(path)?,
            free: arguments.free.clone(),
            budget: arguments.budget,
            seed: arguments.seed,
            lang: long.lang(),
        }),
        _ => None,
    };
    if let Some(data_sets) = arguments.self_check {
        return check(arguments, request.as_ref(), data_sets, stop);
    }
    let Some(request) = request else { return console::data(TEMPLATE) };
    let needs = request.check(&long.context())?;
    let target = long.target(ResultKind::Calibrate, &needs)?;
    // The chunks lie beside the results; without `--out` they still need a place that the same command
    // finds again.
    let usual = || PathBuf::from("output").join(format!("calibrate-{}", file_name(&request.targets.name)));
    let work = arguments.resume.open(&long.folder(usual), ResultKind::Calibrate, &request.depends_on())?;
    let job = long.begin(target, Some(work), stop);
    let found = match job.answer(|context| app::calibrate::run(&request, context)) {
        // Figures that cannot be met together are an answer: other figures have other runs.
        Err(error) if error.kind() == ErrorKind::Data => {
            job.end_without();
            return Err(error);
        }
        answer => answer?,
    };
    let Some(found) = found else { return Ok(()) };
    job.end(
        &found,
        |_, from, target| app::calibrate::write(&request, &found, from, target),
        |lang| words::words(&found, lang),
    )
}

/// Checks the sampler on `data_sets` data sets: of known test cases, or of emulators of the model with
/// the errors of a targets file.
///
/// # Errors
/// `Internal` when a check that must pass fails, or one that must fail (wrong errors stated on purpose)
/// passes: both say that the posteriors of this program cannot be trusted.
fn check(
    arguments: &CalibrateArguments,
    request: Option<&CalibrateRequest>,
    data_sets: u32,
    stop: &Stop,
) -> Result<(), Error> {
    // There is no scenario to take a seed from; a fixed one makes two people's checks the same.
    let seed = arguments.seed.unwrap_or(1);
    let job = arguments.long.begin(None, None, stop);
    let answer = job.answer(|context| match request {
        Some(request) => app::calibrate::self_check_of(request, data_sets, context),
        None => app::calibrate::self_check(data_sets, seed, context),
    })?;
    let Some(found) = answer else { return Ok(()) };
    job.end(&found, |_, _, _| Err(Error::internal(Said::default())), |lang| words::self_check(&found, lang))?;
    // A check that must fail and passes is as bad as one that must pass and fails.
    match found.iter().all(|check| check.passes() == check.must_pass()) {
        true => Ok(()),
        false => Err(Error::internal(said!(
            "de trekker doorstaat zijn controle niet",
            "the sampler does not pass its check"
        ))),
    }
}
