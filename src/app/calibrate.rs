//! `calibrate`: the parameters learned from figures.
//!
//! The method stands in the room `calibrate` (sequential Monte Carlo over emulators of the model,
//! `docs/calibrate.md`); here its parts are put together: the scenarios of a targets file become one
//! town that is asked all questions at once, the parameters to learn are looked up, and the posterior
//! is written with the tables that say how far it can be trusted.

use std::io;
use std::path::Path;

use super::results::{self, Destination, Provenance, Written};
use super::{Context, files};
use crate::calibrate::answer::Calibration;
use crate::calibrate::fit::{
    CalibrateError, FitPlan, calibrate, fewest_runs, first_emulators, first_wave, most_runs,
};
use crate::calibrate::model::Model;
use crate::calibrate::self_check::{CHECKS, SelfCheck, check_stated, checks};
use crate::calibrate::stand_in::StandIn;
use crate::calibrate::stated::Targets;
use crate::calibrate::target::Target;
use crate::calibrate::town::{Free, Town};
use crate::disk;
use crate::error::Error;
use crate::language::{Lang, Said};
use crate::report::learning::calibration as words;
use crate::said;
use crate::scenario::resources::{Load, ResourceEstimate};
use crate::trial::Stopped;

/// What to learn from.
#[derive(Clone, Debug)]
pub struct CalibrateRequest {
    /// The figures and their scenarios.
    pub targets: Targets,
    /// Free parameters: paths, or first parts of paths; empty: every parameter with a prior.
    pub free: Vec<String>,
    /// Model runs at most; `None`: as many as every wave and correction needs.
    pub budget: Option<u32>,
    /// Seed; `None`: that of the first scenario.
    pub seed: Option<u64>,
    /// Language of the figures, and of what is said when figures conflict.
    pub lang: Lang,
}

impl CalibrateRequest {
    /// Whether the runs may start: the caseloads of one run (some grow beyond that, up to five times), as often as allowed.
    ///
    /// # Errors
    /// [`ErrorKind::Usage`](crate::error::ErrorKind::Usage) for parameters that do not exist or have no prior;
    /// [`ErrorKind::OverLimit`](crate::error::ErrorKind::OverLimit).
    /// Hours and memory are estimates of an upper bound: a calibration that conflicts, or needs no
    /// corrections, ends sooner.
    pub fn check(&self, context: &Context<'_>) -> Result<ResourceEstimate, Error> {
        let town = self.town()?;
        let runs = self.budget.unwrap_or(u32::MAX).min(most_runs(town.dimensions()));
        let load = |scenario| (scenario, Load::pairs(u64::from(runs)));
        let work: Vec<_> = town.scenarios().map(load).collect();
        context.limits.guard_all(&work, context.threads)
    }

    /// Seed of the calibration: as asked, else that of the first scenario, which every targets file
    /// has.
    fn seed(&self) -> u64 {
        self.seed.unwrap_or(self.targets.scenarios[0].scenario.seed)
    }

    /// Everything that the numbers depend on: finished runs of another plan are not gone on with.
    pub fn depends_on(&self) -> Vec<String> {
        let hashes = self.targets.scenarios.iter().map(|resolved| resolved.hash.clone());
        let settings = [self.targets.hash.clone(), self.free.join(","), format!("{:?}", self.budget)];
        settings.into_iter().chain([self.seed().to_string()]).chain(hashes).collect()
    }

    /// The scenarios with what is asked of them, with caseloads as large as the scenarios say.
    fn town(&self) -> Result<Town, Error> {
        let scenarios: Vec<_> =
            self.targets.scenarios.iter().map(|resolved| resolved.scenario.clone()).collect();
        let questions = self.targets.stated.iter().map(|stated| stated.question.clone()).collect();
        Ok(Town::new(&scenarios, free_parameters(self)?, questions))
    }

    /// The same with caseloads as large as the fitted figures need: the noise of one simulated run must
    /// be small beside the error of a published figure, or it would be taken for knowledge that is
    /// missing. A held-out figure is only predicted and may be known less precisely.
    fn sized_town(&self) -> Result<Town, Error> {
        let mut town = self.town()?;
        let error = |target: &Target| if target.held_out { f64::INFINITY } else { target.stated_error() };
        let errors: Vec<f64> = self.targets.targets().iter().map(error).collect();
        town.enlarge(&errors);
        Ok(town)
    }
}

/// Learns.
///
/// # Errors
/// [`ErrorKind::Usage`](crate::error::ErrorKind::Usage) for parameters that do not exist or have no prior and for a budget
/// that is too small; [`ErrorKind::Data`](crate::error::ErrorKind::Data) for figures that cannot be met together;
/// [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped).
pub fn run(request: &CalibrateRequest, context: &Context<'_>) -> Result<Calibration, Error> {
    let targets = &request.targets;
    let needs = request.check(context)?;
    let dimensions = request.town()?.dimensions();
    let seed = request.seed();
    let most = most_runs(dimensions);
    let budget = request.budget.unwrap_or(most);
    if budget < fewest_runs(dimensions) {
        return Err(too_small(fewest_runs(dimensions), dimensions));
    }
    let list = targets.targets();
    let town = request.sized_town()?;
    let outcome = context.work(&needs, u64::from(budget.min(most)), |watch| {
        let plan = FitPlan { budget, watch, ..FitPlan::new(&list, seed) };
        match calibrate(&town, &plan) {
            Err(CalibrateError::Stopped) => Err(Stopped),
            other => Ok(other),
        }
    })?;
    match outcome {
        Ok(posterior) => Ok(Calibration::new(targets, &town, seed, &posterior)),
        Err(CalibrateError::Conflict(found)) => {
            let names: Vec<String> = list.iter().map(|target| target.id.clone()).collect();
            Err(Error::data(Said::each(|lang| words::conflict(&found, &names, lang))))
        }
        Err(CalibrateError::Budget(needed)) => Err(too_small(needed, town.dimensions())),
        Err(CalibrateError::NothingToFit) => Err(nothing_to_fit()),
        Err(CalibrateError::Stopped) => {
            Err(Error::stopped(said!("gestopt; er is niets geschreven", "stopped; nothing was written")))
        }
    }
}

/// The budget does not suffice for the first wave over so many parameters: without it there is no
/// emulator to go on with.
fn too_small(needed: u32, dimensions: usize) -> Error {
    Error::usage(said!(
        "--budget is te klein: {dimensions} vrije parameters hebben minstens {needed} runs nodig",
        "--budget is too small: {dimensions} free parameters need at least {needed} runs",
        dimensions = dimensions,
        needed = needed
    ))
}

/// The free parameters of the first scenario, in the order of its registry. A name stands for itself
/// and all below it (`fraud` for `fraud.rate`).
///
/// # Errors
/// `Usage` with every name that is no parameter (and the nearest that is), or whose parameters have no
/// prior; `Data` when nothing is left to learn.
fn free_parameters(request: &CalibrateRequest) -> Result<Vec<Free>, Error> {
    let registry = &request.targets.scenarios[0].registry;
    let belongs = |path: &str, name: &str| {
        path == name || path.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'))
    };
    let mut wrong: Vec<Said> = Vec::new();
    for name in &request.free {
        let records: Vec<_> = registry.records.iter().filter(|record| belongs(&record.path, name)).collect();
        if records.is_empty() {
            let near =
                crate::document::nearest(name, registry.records.iter().map(|record| record.path.as_str()));
            let hint = near.map_or(Said::default(), |near| {
                said!("; bedoelt u {near}?", "; did you mean {near}?", near = near)
            });
            wrong.push(said!(
                "--free {name}: die parameter is er niet{hint}",
                "--free {name}: there is no such parameter{hint}",
                hint = hint,
                name = name
            ));
        } else if records.iter().all(|record| record.prior.is_none()) {
            wrong.push(said!(
                "--free {name}: heeft geen prior; geef die in het scenario: {name} = {{ value = …, prior = \"…\" }}",
                "--free {name}: it has no prior; give it one in the scenario: {name} = {{ value = …, prior = \"…\" }}",
                name = name
            ));
        }
    }
    if !wrong.is_empty() {
        return Err(Error::usage(Said::lines(&wrong)));
    }
    let wanted = |path: &str| request.free.is_empty() || request.free.iter().any(|name| belongs(path, name));
    let free: Vec<Free> = registry
        .uncertain()
        .filter(|(record, _)| wanted(&record.path))
        .map(|(record, prior)| Free { path: record.path.clone(), prior, limits: (record.min, record.max) })
        .collect();
    if free.is_empty() {
        return Err(Error::data(said!(
            "geen parameter heeft een prior: er is niets te leren",
            "no parameter has a prior: there is nothing to learn"
        )));
    }
    Ok(free)
}

/// Checks the sampler on data simulated at known parameters (`docs/calibrate.md`, Checks).
///
/// # Errors
/// [`ErrorKind::Stopped`](crate::error::ErrorKind::Stopped).
pub fn self_check(data_sets: u32, seed: u64, context: &Context<'_>) -> Result<Vec<SelfCheck>, Error> {
    context.work(&ResourceEstimate::default(), u64::from(data_sets) * u64::from(CHECKS), |watch| {
        checks(data_sets, seed, watch)
    })
}

/// Checks the sampler on data simulated at known parameters of the real model's emulators (those of the first wave), with the
/// errors of the targets file.
///
/// # Errors
/// As [`run`].
pub(crate) fn self_check_of(
    request: &CalibrateRequest,
    data_sets: u32,
    context: &Context<'_>,
) -> Result<Vec<SelfCheck>, Error> {
    let (town, seed) = (request.sized_town()?, request.seed());
    let dimensions = town.dimensions();
    let list = request.targets.targets();
    let total = u64::from(first_wave(dimensions)) + u64::from(data_sets);
    let checked = context.work(&ResourceEstimate::default(), total, |watch| {
        let plan = FitPlan { watch, ..FitPlan::new(&list, seed) };
        // The first wave of the real calibration is simulated; from then on the emulators stand in for
        // the model, so that hundreds of data sets cost no further simulation.
        let (fitted, emulators) = match first_emulators(&town, &plan) {
            Ok(found) => found,
            Err(CalibrateError::Stopped) => return Err(Stopped),
            Err(_) => return Ok(None),
        };
        let fitted: Vec<Target> = fitted.into_iter().map(|at| list[at].clone()).collect();
        let model = StandIn::new(dimensions, emulators);
        let name = format!("{} (R2 {:.2})", request.targets.name, model.smallest_r2());
        check_stated(&name, &model, &fitted, (data_sets, seed), watch).map(|check| Some(vec![check]))
    })?;
    checked.ok_or_else(nothing_to_fit)
}

/// No figure is left that the parameters are fitted to.
fn nothing_to_fit() -> Error {
    Error::data(said!(
        "elk cijfer is achtergehouden (use = \"hold_out\"): er is niets om van te leren",
        "every figure is held out (use = \"hold_out\"): there is nothing to learn from"
    ))
}

/// Writes `posterior.csv`, `targets.csv`, `identifiability.csv`, `waves.csv`, `calibration.json`, two figures and the page in
/// both languages.
///
/// # Errors
/// When a file cannot be written; earlier output is then as it was.
pub fn write(
    request: &CalibrateRequest,
    found: &Calibration,
    from: Provenance,
    place: Destination,
) -> Result<Written, Error> {
    let json = files::json(found)?;
    let fill = |folder: &Path| -> io::Result<()> {
        let put = |name: &str, text: &str| disk::write_new(&folder.join(name), text.as_bytes());
        put("posterior.csv", &found.posterior.to_csv())?;
        put("targets.csv", &words::targets_csv(found))?;
        put("identifiability.csv", &words::identifiability_csv(found))?;
        put("waves.csv", &words::waves_csv(found))?;
        put("calibration.json", &json)?;
        for forest in
            [words::figures_forest(found, request.lang), words::parameters_forest(found, request.lang)]
        {
            files::write_forest(folder, &forest, request.lang)?;
        }
        files::write_pages(folder, "calibration", |lang| words::page(found, lang))
    };
    results::write(place, &request.targets.scenarios, found.runs, from, fill)
}
