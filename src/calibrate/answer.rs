//! A calibration as it is reported: parameters, figures, waves, and whether the posterior can be relied on.
//!
//! Parameters leave the normal scale here and get back their own units; indices become names. What is
//! in these types is what the tables, the page and `calibration.json` show, so a number that is not
//! here is not reported.

use serde::Serialize;

use super::fit::FittedPosterior;
use super::stated::Targets;
use super::summary::{Moments, learned, moments, predicted, quantile};
use super::town::{Free, Town};
use crate::random::STREAM_VERSION;
use crate::scenario::MODEL_VERSION;
use crate::scenario::posterior::{Fitted, Posterior as Draws};

/// Name and version of the JSON document.
const FORMAT: (&str, u32) = ("stapjes calibration", 1);

/// What was learned about a parameter, in its own unit.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Parameter {
    /// Dotted path.
    pub path: String,
    /// Prior, as it is written.
    pub prior: String,
    /// Posterior mean.
    pub mean: f64,
    /// Posterior standard deviation.
    pub sd: f64,
    /// Posterior quantiles at 5, 50 and 95 %, in the unit of the parameter.
    pub quantiles: [f64; 3],
    /// Share of the prior variance that is gone, on the normal scale: 0 when no figure says anything,
    /// near 1 when they settle it; Monte Carlo noise may make it slightly negative.
    pub contraction: f64,
    /// How far the mean moved, in standard deviations of the prior, on the normal scale; a parameter
    /// can move without its range becoming smaller.
    pub shift: f64,
    /// Figures whose omission widens it most, with the factor on its standard deviation.
    pub informed_by: Vec<(String, f64)>,
    /// The parameter with the largest posterior correlation, with that correlation.
    pub tied_to: Option<(String, f64)>,
}

impl Parameter {
    /// Whether the figures say anything about it: more than a tenth of the prior variance is gone and some figure did it, or the
    /// mean has moved by more than three tenths of the prior's standard deviation (three Monte Carlo errors or more with 100
    /// effective draws).
    pub(crate) fn is_informed(&self) -> bool {
        (self.contraction > 0.1 && !self.informed_by.is_empty()) || self.shift.abs() > 0.3
    }
}

/// One figure: stated and predicted.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct FigureRow {
    /// Its name in the targets file.
    pub id: String,
    /// What it is about: a name of `OutcomeKind::NAMES`.
    pub outcome: &'static str,
    /// Name of the scenario that it is about.
    pub scenario: String,
    /// Name of the arm.
    pub arm: String,
    /// Whether it was kept out of the fit: its row says how well the model predicts what it was not
    /// told.
    pub held_out: bool,
    /// Stated value: a share, or a rate per client-year or client-month.
    pub value: f64,
    /// Stated standard error, in the same unit.
    pub error: f64,
    /// How far a perfect model may be off, in the same unit: another definition, another year.
    pub discrepancy: f64,
    /// Whether that is the default of 10 %.
    pub default_discrepancy: bool,
    /// Prediction of the prior: mean and standard deviation.
    pub prior: [f64; 2],
    /// Prediction of the posterior: mean and standard deviation.
    pub posterior: [f64; 2],
    /// Stated less predicted, in standard deviations of their difference; beyond 2 is not met.
    pub z_score: f64,
    /// Share of the variance over the last wave that the emulator predicts; `None` for a held-out figure.
    pub emulator_r2: Option<f64>,
    /// Where the figure was found.
    pub source: String,
    /// The year that the figure is about; `None` when the file does not say.
    pub year: Option<i64>,
}

impl FigureRow {
    /// Whether stated and predicted lie within two standard deviations of their difference.
    pub(crate) fn is_met(&self) -> bool {
        self.z_score.abs() <= 2.0
    }
}

/// One wave of runs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct WaveRow {
    /// Runs of the wave.
    pub runs: u32,
    /// Share of the prior that was plausible before it; `None` for runs that refine the posterior.
    pub plausible: Option<f64>,
    /// Smallest and mean share of variance that the emulators predict, over the fitted figures.
    pub r2: [f64; 2],
    /// Share of the leave-one-out residuals within two errors, mean over the emulators.
    pub within_two: f64,
    /// Largest error of an emulator over the error and discrepancy of its figure; under one half the
    /// emulators are sharp enough to sample with.
    pub largest_error: f64,
}

/// A finished calibration.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Name of the document.
    pub format: &'static str,
    /// Its version.
    pub format_version: u32,
    /// Edition of the model.
    pub model_version: u32,
    /// Version of the random stream.
    pub stream_version: u32,
    /// Name of the set of figures.
    pub name: String,
    /// SHA-256 of the targets file, in hexadecimal.
    pub targets_hash: String,
    /// Scenarios with their hashes.
    pub scenarios: Vec<(String, String)>,
    /// Seed of points, particles and data sets.
    pub seed: u64,
    /// Model runs, corrections included.
    pub runs: u32,
    /// Clients of the largest caseload in a run.
    pub clients: u32,
    /// Corrections by real runs.
    pub corrections: u32,
    /// Effective number of draws, after weighting: (sum w)^2 / sum w^2.
    pub effective: f64,
    /// Pareto shape of the tail of the weights; `None` when they are equal, or too few for a tail.
    pub k: Option<f64>,
    /// Whether the weights can be relied on: at least 100 effective draws and k under 0.7.
    pub sound: bool,
    /// Log of the mean likelihood under the prior.
    pub log_evidence: f64,
    /// Smallest attainable largest implausibility, in standard deviations: over 3 the figures would be
    /// called in conflict.
    pub largest_implausibility: f64,
    /// Parameters, in the order of the posterior's columns.
    pub(crate) parameters: Vec<Parameter>,
    /// Figures, in the order of the targets file.
    pub(crate) figures: Vec<FigureRow>,
    /// Waves, and the corrections in which emulators were fitted again.
    pub(crate) waves: Vec<WaveRow>,
    /// Fewer than three fitted figures per ten free parameters.
    pub few_figures: bool,
    /// The posterior's draws with their weights, for `posterior.csv`; not in the JSON.
    #[serde(skip)]
    pub posterior: Draws,
}

impl Calibration {
    /// Puts together what was found.
    pub(crate) fn new(targets: &Targets, town: &Town, seed: u64, posterior: &FittedPosterior) -> Self {
        let list = targets.targets();
        let free = town.free();
        let draws: Vec<Vec<f64>> = posterior
            .points
            .iter()
            .map(|z| free.iter().zip(z).map(|(free, &z)| free.value(z)).collect())
            .collect();
        let weights = posterior.weights.clone();
        let name_of = |target: usize| list[target].id.clone();
        let parameters = learned(posterior, &list).into_iter().enumerate().map(|(at, learned)| {
            let values: Vec<f64> = draws.iter().map(|draw| draw[at]).collect();
            let Moments { mean, sd } = moments(values.iter().copied(), &weights);
            Parameter {
                path: free[at].path.clone(),
                prior: free[at].prior.to_string(),
                mean,
                sd,
                quantiles: [0.05, 0.5, 0.95].map(|share| quantile(&values, &weights, share)),
                contraction: learned.contraction,
                shift: learned.mean,
                informed_by: learned.informed_by.iter().map(|&(at, factor)| (name_of(at), factor)).collect(),
                tied_to: learned.tied_to.map(|(other, r)| (free[other].path.clone(), r)),
            }
        });
        let parameters: Vec<Parameter> = parameters.collect();
        let fitted = posterior.fitted.len();
        let mut found = Draws::new(
            targets.name.clone(),
            posterior.effective,
            free.iter().zip(&parameters).map(fitted_one).collect(),
            weights.into_iter().zip(draws).collect(),
        );
        targets.short_hash().clone_into(&mut found.figures);
        Self {
            format: FORMAT.0,
            format_version: FORMAT.1,
            model_version: MODEL_VERSION,
            stream_version: STREAM_VERSION,
            name: targets.name.clone(),
            targets_hash: targets.hash.clone(),
            scenarios: targets
                .scenarios
                .iter()
                .map(|resolved| (resolved.scenario.name.clone(), resolved.hash.clone()))
                .collect(),
            seed,
            runs: posterior.runs,
            clients: town.clients(),
            corrections: posterior.corrections,
            effective: posterior.effective,
            k: posterior.k.is_finite().then_some(posterior.k),
            sound: posterior.is_sound(),
            log_evidence: posterior.log_evidence,
            largest_implausibility: posterior.largest_implausibility,
            figures: (0..list.len()).map(|at| figure(targets, posterior, at)).collect(),
            waves: posterior.waves.iter().map(wave).collect(),
            few_figures: 10 * fitted < 3 * parameters.len(),
            posterior: found,
            parameters,
        }
    }

    /// Parameters about which no figure says anything: they keep the center of their prior, with its
    /// source.
    pub(crate) fn uninformed(&self) -> impl Iterator<Item = &Parameter> {
        self.parameters.iter().filter(|parameter| !parameter.is_informed())
    }
}

/// What the file of draws says about a parameter. Its median becomes the center only where the figures
/// say something: elsewhere it would be the noise of a few hundred draws.
fn fitted_one((free, found): (&Free, &Parameter)) -> Fitted {
    let center = found.is_informed().then_some(found.quantiles[1]);
    Fitted { path: free.path.clone(), prior: free.prior, center }
}

/// A stated figure beside what the posterior says of it.
fn figure(targets: &Targets, posterior: &FittedPosterior, at: usize) -> FigureRow {
    let list = targets.targets();
    let (stated, target) = (&targets.stated[at], &list[at]);
    let found = predicted(posterior, &list, at);
    let scenario = &targets.scenarios[stated.question.scenario].scenario;
    let fitted = posterior.fitted.iter().position(|fitted_target| *fitted_target == at);
    FigureRow {
        id: target.id.clone(),
        outcome: stated.question.asked.kind.name(),
        scenario: scenario.name.clone(),
        arm: scenario.arms[stated.question.arm].name.clone(),
        held_out: target.held_out,
        value: target.evidence.value(),
        error: target.evidence.error(),
        discrepancy: target.discrepancy,
        default_discrepancy: stated.default_discrepancy,
        prior: [found.prior.mean, found.prior.sd],
        posterior: [found.posterior.mean, found.posterior.sd],
        z_score: found.z_score,
        emulator_r2: fitted.map(|place| posterior.emulators[place].r2),
        source: stated.source.clone(),
        year: stated.year,
    }
}

/// A wave of runs, with how good its emulators were.
fn wave(wave: &super::fit::Wave) -> WaveRow {
    let count = wave.fitness.len().max(1) as f64;
    let mean = |of: fn(&super::fit::Fitness) -> f64| wave.fitness.iter().map(of).sum::<f64>() / count;
    WaveRow {
        runs: wave.runs,
        plausible: wave.plausible.is_finite().then_some(wave.plausible),
        r2: [wave.fitness.iter().map(|fit| fit.r2).fold(f64::INFINITY, f64::min), mean(|fit| fit.r2)],
        within_two: mean(|fit| fit.within_two),
        largest_error: wave.fitness.iter().map(|fit| fit.relative_error).fold(0.0, f64::max),
    }
}
