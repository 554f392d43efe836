//! `stapjes run`: a scenario in, an output folder out.

mod arguments;
pub(in crate::cli) mod interrupt;
mod output;
pub(in crate::cli) mod progress;

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use crate::report::folder::OutputFolder;
use crate::report::manifest::Timings;
use crate::report::{brief, warnings};
use crate::scenario::{Dynamics, Resolved, Scenario};
use crate::trial::{self, Plan, Results, Stopped, Watch};

use super::console;
use super::exit::Failure;

pub(super) use arguments::RunArguments;
use output::{Written, cannot};
use progress::Progress;

/// Runs a scenario and writes its output folder.
pub(super) fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let resolved = arguments.scenario.open(&arguments.overrides())?;
    if arguments.trajectories.is_some() && matches!(resolved.scenario.dynamics, Dynamics::Ladder(_)) {
        return Err(Failure::Usage(
            "--trajectories needs the full model: a transition table counts clients per rung and follows nobody".into(),
        ));
    }
    let threads = arguments.threads();
    within_limits(arguments, &resolved, threads)?;
    let target = arguments.folder(&resolved.scenario);
    let folder = OutputFolder::prepare(&target).map_err(cannot)?;
    let loud = !arguments.quiet;
    if loud && !arguments.json {
        console::data(&format!("{}\n", brief::scenario_in_words(&resolved.scenario)))?;
    }
    let (results, timings) = simulate(&resolved, threads, loud)?;
    let written = output::write(arguments, &resolved, &results, timings, folder)?;
    tell(arguments, &resolved.scenario, &results, &written)
}

/// Refuses a run that needs too much, before anything is allocated. Flags that raise a limit do not make another scenario:
/// they count here only, not in its hash.
fn within_limits(arguments: &RunArguments, resolved: &Resolved, threads: usize) -> Result<(), Failure> {
    let mut scenario = resolved.scenario.clone();
    let raised = arguments.limits.overrides();
    if !raised.is_empty() {
        let all: Vec<String> = arguments.overrides().into_iter().chain(raised).collect();
        scenario.limits = arguments.scenario.open(&all)?.scenario.limits;
    }
    arguments.limits.guard(&scenario, threads).map(|_| ())
}

/// Simulates every replicate on its own pool of threads, watched and stoppable.
fn simulate(resolved: &Resolved, threads: usize, loud: bool) -> Result<(Results, Timings), Failure> {
    let scenario = &resolved.scenario;
    let stop = interrupt::flag()?;
    let main = u64::from(scenario.replicates);
    let draws = u64::from(scenario.uncertainty.parameter_draws);
    let under_draws = if draws == 0 { 0 } else { draws * u64::from(scenario.replicates_per_draw()) };
    let progress = Progress::new(main + under_draws, loud);
    let advance = |done: u32| progress.advance(u64::from(done));
    let advance_draws = |done: u32| progress.advance(main + u64::from(done));
    let watch = Watch { stop: Some(stop), progress: Some(&advance) };
    let watch_draws = Watch { stop: Some(stop), progress: Some(&advance_draws) };
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| Failure::Output(format!("cannot start {threads} threads: {error}")))?;
    let started = Instant::now();
    let outcome = pool.install(|| {
        let mut results = trial::run(&Plan { watch, ..Plan::new(scenario) })?;
        results.draws = trial::draws::run_draws(scenario, &resolved.registry, watch_draws)?;
        Ok(results)
    });
    progress.finish();
    let mut results = outcome.map_err(|Stopped| {
        Failure::Stopped("stopped; nothing was written and earlier output is as it was".into())
    })?;
    results.scenario_hash.clone_from(&resolved.hash);
    let timings = Timings {
        started_unix_seconds: unix_seconds() - started.elapsed().as_secs(),
        simulation_seconds: started.elapsed().as_secs_f64(),
        threads,
    };
    Ok((results, timings))
}

/// The clock, for the manifest's timings.
#[allow(clippy::disallowed_methods, reason = "this is a door: the clock is read here")]
fn unix_seconds() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

/// Says what came out: tables or one JSON document on stdout, warnings on stderr.
fn tell(
    arguments: &RunArguments,
    scenario: &Scenario,
    results: &Results,
    written: &Written,
) -> Result<(), Failure> {
    let warnings = warnings::warnings(scenario, results);
    if arguments.json {
        console::data(&output::json(results, written, &warnings)?)?;
    } else if !arguments.quiet {
        console::data(&brief::tables(results))?;
        console::data(&format!("\n{}\n", written.in_words()))?;
    }
    if !arguments.quiet {
        for warning in &warnings {
            console::say(&format!("warning: {warning}"));
        }
    }
    Ok(())
}
