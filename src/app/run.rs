//! `run`: a scenario in, its results out; and the folder that they may be written to.
//!
//! Everything is simulated before anything is written: the replicates, the draws of the parameters, the
//! runs that confirm which parameters drive the result, the lives that the report tells, and the one
//! study whose data set is asked for. So a run that is stopped leaves no folder, and one that is
//! finished needs no further simulation to be written.

use std::io;
use std::path::Path;

use super::Context;
use super::results::{self, Destination, Provenance, Written};
use crate::disk;
use crate::error::Error;
use crate::history::LifeMonth;
use crate::observe::{OnFile, Protocol, cut};
use crate::report::facts::Facts;
use crate::report::kind::ResultKind;
use crate::report::language::Lang;
use crate::report::warnings::{Warning, few_effective, warnings};
use crate::report::{self, Beside, curves, decimal_comma, events, life, r_script, summary};
use crate::said;
use crate::scenario::resources::ResourceEstimate;
use crate::scenario::{Dynamics, Resolved, Scenario};
use crate::trial::{self, Plan, Results, Stopped, Watch};

/// A run that is asked for.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// What to simulate.
    pub resolved: Resolved,
    /// Also the data set that the study of this replicate would have (`events.csv`).
    pub events: Option<u32>,
    /// Also monthly states and events of so many sampled clients per site under every arm (`trajectories.csv`).
    pub trajectories: Option<u32>,
}

impl RunRequest {
    /// The results alone, without the data set of a study and without trajectories.
    pub fn new(resolved: Resolved) -> Self {
        Self { resolved, events: None, trajectories: None }
    }

    /// Everything that the numbers depend on: the hash of the scenario with its overrides. Sampled
    /// lives and studies are functions of it too, and of which are asked for.
    pub fn depends_on(&self) -> Vec<String> {
        vec![self.resolved.hash.clone()]
    }

    /// Whether the run may start: its parts fit together and it needs no more than is allowed.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::error::ErrorKind::Usage), [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit).
    pub fn check(&self, context: &Context<'_>) -> Result<ResourceEstimate, Error> {
        let scenario = &self.resolved.scenario;
        if self.trajectories.is_some() && matches!(scenario.dynamics, Dynamics::Ladder(_)) {
            return Err(Error::usage(said!(
                "--trajectories vraagt het volledige model: een overgangstabel telt klanten per trede en volgt niemand",
                "--trajectories needs the full model: a transition table counts clients per rung and follows nobody"
            )));
        }
        context.limits.guard(scenario, context.threads)
    }
}

/// What came out.
#[derive(Clone, Debug)]
pub struct RunAnswer {
    /// Every number with its Monte Carlo error, as in `summary.json`.
    pub results: Results,
    /// What a reader should know before believing them.
    pub warnings: Vec<Warning>,
}

/// What stands in the files of a run beside its numbers, simulated before anything is written.
#[derive(Clone, Debug, Default)]
pub struct Sampled {
    /// Monthly states of sampled clients of replicate 0 under every arm: those to be told, and those of `trajectories.csv`.
    lives: Vec<LifeMonth>,
    /// What the study of the replicate asked for has on file.
    study: Option<OnFile>,
}

impl Sampled {
    /// Pieces of work that this takes, as progress counts them: one for the lives, one for the study.
    fn pieces(request: &RunRequest) -> u64 {
        u64::from(Self::lives(request) > 0) + u64::from(request.events.is_some())
    }

    /// Lives that are sampled per site and arm: those to choose from, and those that were asked for.
    fn lives(request: &RunRequest) -> u32 {
        let told = if tells(&request.resolved.scenario) { life::SAMPLED } else { 0 };
        told.max(request.trajectories.unwrap_or(0))
    }

    /// Simulates what is asked for. The flag is looked at between the pieces, so a user who stops it
    /// waits for one of them.
    fn simulate(request: &RunRequest, watch: Watch<'_>) -> Result<Self, Stopped> {
        let scenario = &request.resolved.scenario;
        let told = |watch: Watch<'_>| if watch.stopped() { Err(Stopped) } else { Ok(()) };
        let advance = || watch.progress.iter().for_each(|progress| progress(1));
        told(watch)?;
        let mut lives = Vec::new();
        let count = Self::lives(request);
        if count > 0 {
            lives = trial::replicate::lives(scenario, count);
            advance();
        }
        told(watch)?;
        let study = request.events.and_then(|replicate| {
            let record = trial::replicate::study(scenario, replicate).record;
            let file = cut(&Protocol::from(scenario), &record, &[scenario.horizon_months]).pop();
            advance();
            file
        });
        Ok(Self { lives, study })
    }
}

/// Whether lives are told: the model follows clients (a transition table counts them per rung), and there
/// is another arm to live under than the control.
fn tells(scenario: &Scenario) -> bool {
    scenario.dynamics == Dynamics::Full && scenario.arms.len() > 1
}

/// Simulates every replicate, and the draws of the parameters.
///
/// # Errors
/// As [`RunRequest::check`], and [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped).
pub fn run(request: &RunRequest, context: &Context<'_>) -> Result<RunAnswer, Error> {
    let (answer, _) = compute(request, context, 0, |_| Ok(()))?;
    Ok(answer)
}

/// [`run`] with what stands in the files beside the numbers: all that [`write()`] writes.
///
/// # Errors
/// As [`run`].
pub(crate) fn run_to_write(
    request: &RunRequest,
    context: &Context<'_>,
) -> Result<(RunAnswer, Sampled), Error> {
    compute(request, context, Sampled::pieces(request), |watch| Sampled::simulate(request, watch))
}

/// Simulates the scenario and `more`, which takes so many further pieces of work, under one watch and
/// on one pool of threads.
fn compute<T: Send>(
    request: &RunRequest,
    context: &Context<'_>,
    pieces: u64,
    more: impl FnOnce(Watch<'_>) -> Result<T, Stopped> + Send,
) -> Result<(RunAnswer, T), Error> {
    let needs = request.check(context)?;
    let resolved = &request.resolved;
    let scenario = &resolved.scenario;
    let draws = u64::from(scenario.uncertainty.parameter_draws);
    // At most so many: which parameters are confirmed is only known when the draws are there.
    let confirming = u64::from(crate::sensitivity::confirm::most_runs());
    let under_draws =
        if draws == 0 { 0 } else { draws * u64::from(scenario.replicates_per_draw()) + confirming };
    let total = u64::from(scenario.replicates) + under_draws + pieces;
    let (results, more) = context.work(&needs, total, |watch| {
        let results = trial::run(&Plan { watch, ..Plan::whole(resolved) })?;
        let drivers = super::sensitivity::of_run(resolved, &results, watch)?;
        Ok((Results { drivers, ..results }, more(watch)?))
    })?;
    Ok((told(request, results), more))
}

/// The answer to another question about what was run before, when the scenarios differ in nothing else: the results are the
/// same but for their drivers, which are those of the figure that the question is about.
///
/// # Errors
/// As [`run`].
#[cfg(feature = "serve")]
pub(crate) fn ask_otherwise(
    request: &RunRequest,
    earlier: &Results,
    context: &Context<'_>,
) -> Result<RunAnswer, Error> {
    let needs = request.check(context)?;
    let confirming = u64::from(crate::sensitivity::confirm::most_runs());
    let drivers = context
        .work(&needs, confirming, |watch| super::sensitivity::of_run(&request.resolved, earlier, watch))?;
    Ok(told(request, Results { drivers, scenario_hash: request.resolved.hash.clone(), ..earlier.clone() }))
}

/// Results with what a reader should know before believing them.
fn told(request: &RunRequest, results: Results) -> RunAnswer {
    let resolved = &request.resolved;
    let scenario = &resolved.scenario;
    let mut warnings = warnings(scenario, &results);
    warnings.extend(few_effective(&resolved.registry, scenario.uncertainty.parameter_draws));
    RunAnswer { results, warnings }
}

/// How to write a run's folder.
#[derive(Clone, Debug)]
pub struct Writing {
    /// Language of report, workbook and figures.
    pub lang: Lang,
    /// Also `curves-nl.csv`: semicolons and decimal commas.
    pub csv_nl: bool,
    /// The command that repeats the results; nothing that changes them not.
    pub command: String,
    /// Where the results came from.
    pub provenance: Provenance,
}

impl Writing {
    /// Looks whether the run's files can be written to `folder`, before anything is computed.
    ///
    /// # Errors
    /// As [`results::check`].
    pub fn check(request: &RunRequest, csv_nl: bool, folder: &Path) -> Result<Destination, Error> {
        let asked = [
            (csv_nl, decimal_comma::CURVES_NL),
            (request.events.is_some(), events::EVENTS),
            (request.events.is_some(), r_script::R_SCRIPT),
            (request.trajectories.is_some(), events::TRAJECTORIES),
        ];
        let more: Vec<&str> = asked.into_iter().filter_map(|(asked, name)| asked.then_some(name)).collect();
        results::check(folder, ResultKind::Run, &more)
    }
}

/// Writes every file of a run and puts the folder in its place.
///
/// # Errors
/// [`ErrorKind::Output`](crate::error::ErrorKind::Output); earlier output is then as it was.
pub fn write(
    request: &RunRequest,
    (answer, sampled): (&RunAnswer, &Sampled),
    writing: Writing,
    place: Destination,
) -> Result<Written, Error> {
    let found = &answer.results;
    let fill = |path: &Path| -> io::Result<()> {
        disk::write_new(&path.join(summary::SUMMARY), summary::text(found).as_bytes())?;
        disk::write_pieces(&path.join(curves::CURVES), |to| curves::write(found, to))?;
        write_study(request, sampled, path)?;
        let facts = Facts {
            lives: told_of(&request.resolved.scenario, found, &sampled.lives),
            ..Facts::new(&request.resolved, &writing.command)
        };
        report::write(path, found, &facts, Beside::default(), writing.lang)?;
        if writing.csv_nl {
            decimal_comma::write(path, found)?;
        }
        Ok(())
    };
    let made_from = std::slice::from_ref(&request.resolved);
    results::write(place, made_from, found.replicates, writing.provenance, fill)
}

/// Three lives of the first replicate, to be told; none in a transition table or without a second arm.
#[cfg(any(test, feature = "serve"))]
pub(crate) fn lives_of(scenario: &Scenario, results: &Results) -> Vec<life::Life> {
    if !tells(scenario) {
        return Vec::new();
    }
    told_of(scenario, results, &trial::replicate::lives(scenario, life::SAMPLED))
}

/// Three of the lives that were sampled, under the control and under the arm that the first page is about
/// (the one whose drivers were looked for, else the first); none with one arm. More may have been sampled for `trajectories.csv`; the same number is
/// looked at, so that the report does not depend on that flag.
fn told_of(scenario: &Scenario, results: &Results, sampled: &[LifeMonth]) -> Vec<life::Life> {
    let first = (0..scenario.arms.len()).find(|&arm| arm != scenario.control);
    let best = results.drivers.as_ref().and_then(|drivers| drivers.arm);
    best.or(first).map_or_else(Vec::new, |arm| {
        life::choose(&life::first(sampled, life::SAMPLED), arm, scenario.control)
    })
}

/// The data set of one study (`events.csv`) with the R script that analyzes it, and sampled lives
/// (`trajectories.csv`), when asked for.
fn write_study(request: &RunRequest, sampled: &Sampled, folder: &Path) -> io::Result<()> {
    let scenario: &Scenario = &request.resolved.scenario;
    if let Some(file) = &sampled.study {
        disk::write_pieces(&folder.join(events::EVENTS), |to| events::write_events(scenario, file, to))?;
        if let Some(script) = r_script::script(scenario) {
            disk::write_new(&folder.join(r_script::R_SCRIPT), script.as_bytes())?;
        }
    }
    if let Some(count) = request.trajectories {
        let lives = life::first(&sampled.lives, count);
        disk::write_pieces(&folder.join(events::TRAJECTORIES), |to| {
            events::write_trajectories(scenario, &lives, to)
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Progress;
    use crate::error::ErrorKind;
    use crate::scenario::embedded;
    use std::sync::atomic::{AtomicU64, Ordering};

    fn small() -> RunRequest {
        let changes = ["replicates=3", "uncertainty.parameter_draws=0", "horizon_months=12"];
        let overrides: Vec<String> = changes.iter().map(|text| text.to_string()).collect();
        RunRequest::new(embedded("lange-adem", &overrides).unwrap())
    }

    #[test]
    fn requests_at_the_same_time_give_the_same_answer_and_stop_one_by_one() {
        let request = small();
        let stopped = Context::new(1);
        stopped.stop.set();
        let answers: Vec<_> = std::thread::scope(|scope| {
            let one = || run(&request, &Context::new(1)).unwrap().results;
            let threads = [scope.spawn(one), scope.spawn(one)];
            assert_eq!(run(&request, &stopped).unwrap_err().kind(), ErrorKind::Stopped);
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(summary::text(&answers[0]), summary::text(&answers[1]));
    }

    #[test]
    fn progress_ends_at_the_total() {
        let last = AtomicU64::new(0);
        let tell = |progress: Progress| {
            assert_eq!(progress.total, 3);
            last.fetch_max(progress.done, Ordering::Relaxed);
        };
        run(&small(), &Context { progress: Some(&tell), ..Context::new(2) }).unwrap();
        assert_eq!(last.into_inner(), 3);
    }

    #[test]
    fn without_a_second_arm_no_life_is_simulated() {
        let mut alone = small();
        assert_eq!(Sampled::pieces(&alone), 1);
        alone.resolved.scenario.arms.truncate(1);
        assert_eq!((Sampled::pieces(&alone), Sampled::lives(&alone)), (0, 0));
        let asked = RunRequest { trajectories: Some(3), ..alone };
        assert_eq!(Sampled::lives(&asked), 3);
    }

    /// What is written was simulated before, watched and stoppable; the lives are those of a simulation of their own.
    #[test]
    fn what_stands_beside_the_numbers_is_simulated_once_before_writing() {
        let all = RunRequest { events: Some(2), trajectories: Some(75), ..small() };
        let scenario = &all.resolved.scenario;
        for count in [7, 75] {
            let request = RunRequest { trajectories: Some(count), ..all.clone() };
            let last = AtomicU64::new(0);
            let tell = |progress: Progress| {
                assert_eq!(progress.total, 5);
                last.fetch_max(progress.done, Ordering::Relaxed);
            };
            let context = Context { progress: Some(&tell), ..Context::new(2) };
            let (answer, sampled) = run_to_write(&request, &context).unwrap();
            assert_eq!(last.load(Ordering::Relaxed), 5);
            assert_eq!(
                summary::text(&answer.results),
                summary::text(&run(&request, &Context::new(2)).unwrap().results)
            );
            let found = &answer.results;
            assert_eq!(told_of(scenario, found, &sampled.lives), lives_of(scenario, found));
            assert!(life::first(&sampled.lives, count) == trial::replicate::lives(scenario, count));
            assert!(sampled.study.is_some());
        }
        let stopped = Context::new(1);
        stopped.stop.set();
        assert_eq!(run_to_write(&all, &stopped).unwrap_err().kind(), ErrorKind::Stopped);
    }
}
