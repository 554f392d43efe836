//! The calibration: waves of runs for emulators, a posterior under the emulators, and its correction by real runs.

use crate::random::{Dice, sobol};
use crate::stats::normal;
use crate::trial::chunks::{Rows, sum};
use crate::trial::{Stage, Stopped, Watch};

use super::conflict::{Conflict, conflict, smallest};
use super::emulator::{Emulator, Terms};
use super::model::{Model, Outcome};
use super::pareto::smooth;
use super::smc::{PARTICLES, log_mean_exp, sample};
use super::target::{Evidence, Target};

/// Largest implausibility that is not ruled out (the three-sigma rule of Pukelsheim 1994,
/// doi:10.1080/00031305.1994.10476030).
pub(crate) const CUTOFF: f64 = 3.0;
/// Real runs that correct the posterior.
pub(crate) const CORRECTION: u32 = 400;
/// Waves of runs at most, the first included: when emulators are not sharp after four, noise or
/// curvature is what is left, and more runs of the same kind do not help.
const WAVES: usize = 4;
/// Rounds at most in which the weights are corrected by fresh runs.
const CORRECTIONS: usize = 3;
/// Effective draws from which a posterior is called sound.
const ENOUGH: f64 = 100.0;
/// Pareto shape up to which importance weights are trusted (Vehtari et al. 2024, doi:10.48550/arXiv.1507.02646).
const LARGEST_K: f64 = 0.7;
/// Points of the prior that are tried under the emulators for being plausible.
const CANDIDATES: u32 = 20_000;
/// How far out the first points lie at most, in prior standard deviations.
const FAR: f64 = 2.5;

/// What to do.
#[derive(Clone, Copy)]
pub(crate) struct FitPlan<'a> {
    /// The figures, fitted and held out.
    pub targets: &'a [Target],
    /// Seed of points and particles; stages have dice of their own.
    pub seed: u64,
    /// Model runs at most.
    pub budget: u32,
    /// Particles of the sampler ([`PARTICLES`]).
    pub particles: usize,
    /// Stop flag and progress, told once per model run.
    pub watch: Watch<'a>,
}

impl<'a> FitPlan<'a> {
    /// The plan with the usual number of particles, nobody watching and no limit on the runs.
    pub(crate) fn new(targets: &'a [Target], seed: u64) -> Self {
        Self { targets, seed, budget: u32::MAX, particles: PARTICLES, watch: Watch::default() }
    }
}

/// Runs of the first wave for so many parameters.
pub(crate) fn first_wave(dimensions: usize) -> u32 {
    (8 * dimensions as u32).max(200)
}

/// Runs of each later wave.
pub(crate) fn later_wave(dimensions: usize) -> u32 {
    (4 * dimensions as u32).max(100)
}

/// Runs without which no calibration is possible.
pub(crate) fn fewest_runs(dimensions: usize) -> u32 {
    first_wave(dimensions) + CORRECTION
}

/// Runs when every wave and every correction is needed.
pub(crate) fn most_runs(dimensions: usize) -> u32 {
    first_wave(dimensions) + (WAVES as u32 - 1) * later_wave(dimensions) + CORRECTIONS as u32 * CORRECTION
}

/// How well the emulator of one target did in a wave.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fitness {
    /// Which target, by its index in the plan.
    pub target: usize,
    /// Share of the variance predicted, leaving one run out at a time.
    pub r2: f64,
    /// Share of the leave-one-out residuals within two errors.
    pub within_two: f64,
    /// Emulator's error over the stated error and discrepancy.
    pub relative_error: f64,
    /// Terms of the emulator besides the constant.
    pub terms: usize,
}

/// One wave of runs.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Wave {
    /// Runs of the wave alone.
    pub runs: u32,
    /// Share of the prior that was plausible before its emulators were made (1 in the first).
    pub plausible: f64,
    /// One per fitted target.
    pub fitness: Vec<Fitness>,
}

/// The posterior.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FittedPosterior {
    /// Points of the corrected draws, on the normal scale: one row per draw, one coordinate per free
    /// parameter.
    pub points: Vec<Vec<f64>>,
    /// Their weights, adding up to 1.
    pub weights: Vec<f64>,
    /// Outcomes of all targets at every point, by real runs: rows as in `points`, columns as the
    /// targets of the plan.
    pub outcomes: Vec<Vec<Outcome>>,
    /// Outcomes of the first wave: the prior, cut at 2.5 standard deviations.
    pub prior_outcomes: Vec<Vec<Outcome>>,
    /// The waves, then the rounds of correction after which emulators were fitted again.
    pub waves: Vec<Wave>,
    /// The last emulators, one per fitted target.
    pub emulators: Vec<Emulator>,
    /// The fitted targets, by their index in the plan: the others are held out.
    pub fitted: Vec<usize>,
    /// Mean squared Monte Carlo error per fitted target.
    pub monte_carlo: Vec<f64>,
    /// Shape of the weights' tail; under 0.7 is good.
    pub k: f64,
    /// Effective draws; from 100 is good.
    pub effective: f64,
    /// Log of the mean likelihood under the prior.
    pub log_evidence: f64,
    /// Smallest attainable largest implausibility.
    pub largest_implausibility: f64,
    /// Corrections made, at least one.
    pub corrections: u32,
    /// Model runs in all.
    pub runs: u32,
}

impl FittedPosterior {
    /// Whether the weights can be relied on.
    pub(crate) fn is_sound(&self) -> bool {
        self.effective >= ENOUGH && self.k < LARGEST_K
    }
}

/// Why there is no posterior.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum CalibrateError {
    /// The user stopped it.
    Stopped,
    /// Some targets cannot be met together. The rows' targets are indices into the plan's targets.
    Conflict(Conflict),
    /// The budget allows too few runs; this many are needed.
    Budget(u32),
    /// No target is fitted.
    NothingToFit,
}

impl From<Stopped> for CalibrateError {
    fn from(Stopped: Stopped) -> Self {
        Self::Stopped
    }
}

/// Calibrates a model to the targets of the plan. The posterior depends on model, targets and seed only, not on the number
/// of threads.
///
/// # Errors
/// Stopped; conflicting targets; a budget under [`fewest_runs`]; nothing to fit.
pub(crate) fn calibrate(model: &dyn Model, plan: &FitPlan<'_>) -> Result<FittedPosterior, CalibrateError> {
    let dimensions = model.dimensions();
    if plan.budget < fewest_runs(dimensions) {
        return Err(CalibrateError::Budget(fewest_runs(dimensions)));
    }
    let mut state = State::new(model, plan)?;
    state.first_wave()?;
    let prior_outcomes = state.outcomes.clone();
    let mut now = state.emulate(1.0, first_wave(dimensions));
    while state.waves.len() < WAVES
        && !now.is_sharp(&state)
        && state.can_run(later_wave(dimensions) + CORRECTION)
    {
        // After the first wave one figure may be missed: its emulator may be the one that is wrong.
        let allowed = if state.waves.len() == 1 { 1 } else { 0 };
        let (points, plausible) = state.plausible(&now, later_wave(dimensions) as usize, allowed)?;
        state.keep_plausible(&now, allowed);
        let runs = points.len() as u32;
        state.run(points)?;
        now = state.emulate(plausible, runs);
    }
    let (checked, _) = state.plausible(&now, 50, 0)?;
    let largest_implausibility = checked
        .iter()
        .map(|z| now.implausibilities(&state, z).into_iter().fold(0.0, f64::max))
        .fold(f64::INFINITY, f64::min);
    correct(state, now, prior_outcomes, largest_implausibility)
}

/// The fitted targets, by index, and the emulator of each from the first wave alone.
///
/// # Errors
/// Stopped; nothing to fit.
pub(crate) fn first_emulators(
    model: &dyn Model,
    plan: &FitPlan<'_>,
) -> Result<(Vec<usize>, Vec<Emulator>), CalibrateError> {
    let mut state = State::new(model, plan)?;
    state.first_wave()?;
    let now = state.emulate(1.0, state.runs);
    Ok((state.fitted, now.emulators))
}

/// The emulators of a wave.
struct Emulated {
    /// One per fitted target, in the order of `State::fitted`.
    emulators: Vec<Emulator>,
    /// Mean squared Monte Carlo error per fitted target.
    monte_carlo: Vec<f64>,
}

/// The fit in the making.
struct State<'a> {
    /// What is run.
    model: &'a dyn Model,
    /// What is asked.
    plan: &'a FitPlan<'a>,
    /// Targets that are fitted, by number.
    fitted: Vec<usize>,
    /// Runs that the emulators are fitted to, as points on the normal scale.
    points: Vec<Vec<f64>>,
    /// Outcomes of these runs: one row per point, one column per target of the plan.
    outcomes: Vec<Vec<Outcome>>,
    /// Runs so far, those that were dropped since included: it names the stages under which chunks are
    /// kept.
    runs: u32,
    /// Waves so far.
    waves: Vec<Wave>,
}

impl<'a> State<'a> {
    /// Nothing yet; refuses a plan that cannot be fitted.
    fn new(model: &'a dyn Model, plan: &'a FitPlan<'a>) -> Result<Self, CalibrateError> {
        let fitted: Vec<usize> = (0..plan.targets.len()).filter(|&at| !plan.targets[at].held_out).collect();
        if fitted.is_empty() {
            return Err(CalibrateError::NothingToFit);
        }
        Ok(Self { model, plan, fitted, points: Vec::new(), outcomes: Vec::new(), runs: 0, waves: Vec::new() })
    }

    /// Runs the model at points all over the prior, cut at 2.5 standard deviations: further out a
    /// quadratic would be fitted to places where nobody believes the parameter to be.
    fn first_wave(&mut self) -> Result<(), Stopped> {
        let count = first_wave(self.model.dimensions());
        self.run((0..count).map(|draw| self.spread(0, draw)).collect())
    }

    /// The dice of a stage: seed and stage are their address, so stages share no draw.
    fn dice(&self, stage: u32) -> Dice {
        Dice::new(self.plan.seed, stage)
    }

    /// Whether the budget allows so many more runs.
    fn can_run(&self, runs: u32) -> bool {
        self.runs.saturating_add(runs) <= self.plan.budget
    }

    /// A point of an evenly spread set under the prior (scrambled Sobol', another scrambling per
    /// stage), cut at [`FAR`].
    fn spread(&self, stage: u64, draw: u32) -> Vec<f64> {
        let tail = normal::cdf(-FAR);
        let seed = self.plan.seed ^ (0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(stage + 1));
        let coordinate = |at: u32| normal::quantile(tail + sobol::joint(seed, at, draw) * (1.0 - 2.0 * tail));
        (0..self.model.dimensions() as u32).map(coordinate).collect()
    }

    /// Runs the model at these points, in chunks that are kept: outcomes by target, in the order of the
    /// points.
    fn outcomes_at(&mut self, points: &[Vec<f64>]) -> Result<Vec<Vec<Outcome>>, Stopped> {
        let one = |at: u32| self.model.run(&points[at as usize]);
        // Later points follow from earlier outcomes, so a resumed calibration asks for the same runs again.
        let stage = format!("runs-{}", self.runs);
        let count = points.len() as u32;
        let done: Rows<Vec<Outcome>> =
            sum(Stage::whole(&stage), count, self.plan.watch, |_| Rows::default(), one)?;
        self.runs += count;
        Ok(done.rows.into_iter().map(|(_, outcomes)| outcomes).collect())
    }

    /// Runs the model at points and keeps them for the emulators.
    fn run(&mut self, points: Vec<Vec<f64>>) -> Result<(), Stopped> {
        let outcomes = self.outcomes_at(&points)?;
        self.points.extend(points);
        self.outcomes.extend(outcomes);
        Ok(())
    }

    /// Emulators of all fitted targets from the runs at hand; notes the wave with its fitness.
    /// `plausible` and `runs` are only for that note.
    fn emulate(&mut self, plausible: f64, runs: u32) -> Emulated {
        use rayon::prelude::*;
        let terms = Terms::new(&self.points);
        let fit = |&target: &usize| {
            let values: Vec<f64> = self.outcomes.iter().map(|run| run[target].value).collect();
            terms.fit(self.plan.targets[target].link, &values)
        };
        let emulators: Vec<Emulator> = self.fitted.par_iter().map(fit).collect();
        let square = |&target: &usize| {
            let all = self.outcomes.iter().map(|run| run[target].error * run[target].error);
            all.sum::<f64>() / self.outcomes.len() as f64
        };
        let monte_carlo = self.fitted.iter().map(square).collect();
        let fitness = self.fitted.iter().zip(&emulators).map(|(&target, emulator)| {
            let figure = &self.plan.targets[target];
            Fitness {
                target,
                r2: emulator.r2,
                within_two: emulator.within_two,
                relative_error: emulator.sigma * figure.link.slope(figure.evidence.value()).abs()
                    / figure.stated_error(),
                terms: emulator.terms(),
            }
        });
        self.waves.push(Wave { runs, plausible, fitness: fitness.collect() });
        Emulated { emulators, monte_carlo }
    }

    /// Drops the runs that the emulators rule out, unless too few would be left.
    fn keep_plausible(&mut self, now: &Emulated, allowed: usize) {
        let keep: Vec<bool> = self.points.iter().map(|z| now.passes(self, z, allowed)).collect();
        let fewest = (3 * self.model.dimensions()).max(60);
        if keep.iter().filter(|keep| **keep).count() >= fewest {
            let mut at = keep.iter();
            self.points.retain(|_| *at.next().unwrap_or(&true));
            let mut at = keep.iter();
            self.outcomes.retain(|_| *at.next().unwrap_or(&true));
        }
    }

    /// `count` plausible points and the share of the prior that is plausible. At most `allowed` targets may be missed.
    fn plausible(
        &self,
        now: &Emulated,
        count: usize,
        allowed: usize,
    ) -> Result<(Vec<Vec<f64>>, f64), CalibrateError> {
        use rayon::prelude::*;
        let stage = self.waves.len() as u32;
        let candidates: Vec<Vec<f64>> =
            (0..CANDIDATES).map(|draw| self.spread(u64::from(stage), draw)).collect();
        let passing: Vec<bool> = candidates.par_iter().map(|z| now.passes(self, z, allowed)).collect();
        let share = passing.iter().filter(|pass| **pass).count() as f64 / f64::from(CANDIDATES);
        let chosen = candidates.iter().zip(&passing).filter(|(_, pass)| **pass).map(|(z, _)| z.clone());
        let mut points: Vec<Vec<f64>> = chosen.take(count).collect();
        if points.len() >= count {
            return Ok((points, share));
        }
        // A corner of the prior: sample it with all errors doubled, and keep what is plausible.
        let wide = |z: &[f64]| {
            let square = |score: f64| -0.125 * score * score;
            now.implausibilities(self, z).into_iter().map(square).sum::<f64>()
        };
        let sampled = sample(
            self.model.dimensions(),
            500.max(2 * count),
            &wide,
            self.dice(100 + stage),
            self.plan.watch,
        )?;
        let missing = count - points.len();
        let fresh: Vec<Vec<f64>> =
            sampled.points.iter().filter(|z| now.passes(self, z, allowed)).cloned().collect();
        points.extend(evenly(&fresh, missing));
        if points.is_empty() {
            let implausibilities = |z: &[f64]| now.implausibilities(self, z);
            let starts: Vec<Vec<f64>> = sampled.points.into_iter().chain(candidates).collect();
            let (largest, best) = smallest(&implausibilities, &starts, self.dice(200));
            if largest > CUTOFF {
                let mut table = conflict(&implausibilities, &starts, self.dice(200));
                table.rows.iter_mut().for_each(|row| row.target = self.fitted[row.target]);
                return Err(CalibrateError::Conflict(table));
            }
            points.push(best);
        }
        Ok((points, share))
    }
}

/// `count` of the points, evenly over the list; all when there are fewer.
fn evenly(points: &[Vec<f64>], count: usize) -> Vec<Vec<f64>> {
    let count = count.min(points.len());
    (0..count).map(|at| points[at * points.len() / count].clone()).collect()
}

impl Emulated {
    /// Distance of each fitted target from what is expected at a point, in standard deviations.
    fn implausibilities(&self, state: &State<'_>, z: &[f64]) -> Vec<f64> {
        let implausibility = |(at, &target): (usize, &usize)| {
            let (outcome, sigma) = self.emulators[at].predict(z);
            let error = (sigma * sigma + self.monte_carlo[at]).sqrt();
            state.plan.targets[target].implausibility(outcome, error)
        };
        state.fitted.iter().enumerate().map(implausibility).collect()
    }

    /// Whether at most `allowed` targets are implausible at a point.
    fn passes(&self, state: &State<'_>, z: &[f64], allowed: usize) -> bool {
        self.implausibilities(state, z).iter().filter(|value| **value > CUTOFF).count() <= allowed
    }

    /// Whether the emulators' errors are small beside the stated ones: sigma^2 < V / 4, that is, sigma
    /// under half.
    fn is_sharp(&self, state: &State<'_>) -> bool {
        state.waves.last().is_some_and(|wave| wave.fitness.iter().all(|fit| fit.relative_error < 0.5))
    }

    /// Log likelihood of the fitted targets at a point, with the emulators' errors as doubt. A pattern
    /// has none: its probability counts by its mean (`Evidence::log_density`).
    fn log_likelihood(&self, state: &State<'_>, z: &[f64]) -> f64 {
        let term = |(at, &target): (usize, &usize)| {
            let (outcome, sigma) = self.emulators[at].predict(z);
            let target = &state.plan.targets[target];
            let error = (sigma * sigma + self.monte_carlo[at]).sqrt();
            match target.evidence {
                Evidence::Pattern { .. } => target.log_density(outcome, 0.0),
                _ => target.log_density(outcome, error),
            }
        };
        state.fitted.iter().enumerate().map(term).sum()
    }
}

/// Samples under the emulators, runs the model at [`CORRECTION`] of the particles and weighs them; again with better
/// emulators when the weights are poor.
fn correct(
    mut state: State<'_>,
    mut now: Emulated,
    prior_outcomes: Vec<Vec<Outcome>>,
    largest_implausibility: f64,
) -> Result<FittedPosterior, CalibrateError> {
    let mut corrections = 0;
    loop {
        corrections += 1;
        let likelihood = |z: &[f64]| now.log_likelihood(&state, z);
        let dice = state.dice(1000 + corrections);
        let particles =
            sample(state.model.dimensions(), state.plan.particles, &likelihood, dice, state.plan.watch)?;
        let points = evenly(&particles.points, CORRECTION as usize);
        let outcomes = state.outcomes_at(&points)?;
        let weight = |(z, outcomes): (&Vec<f64>, &Vec<Outcome>)| {
            // The emulators chose these points; what they got wrong there is put right by the ratio of
            // the two likelihoods.
            let real = state.fitted.iter().map(|&target| {
                let outcome = outcomes[target];
                state.plan.targets[target].log_density(outcome.value, outcome.error)
            });
            real.sum::<f64>() - now.log_likelihood(&state, z)
        };
        let log_weights: Vec<f64> = points.iter().zip(&outcomes).map(weight).collect();
        let smoothed = smooth(&log_weights);
        let sound = smoothed.effective >= ENOUGH && smoothed.k < LARGEST_K;
        if sound || corrections as usize == CORRECTIONS || !state.can_run(CORRECTION) {
            return Ok(FittedPosterior {
                points,
                weights: smoothed.weights,
                outcomes,
                prior_outcomes,
                waves: state.waves,
                emulators: now.emulators,
                fitted: state.fitted,
                monte_carlo: now.monte_carlo,
                k: smoothed.k,
                effective: smoothed.effective,
                log_evidence: particles.log_evidence + log_mean_exp(&log_weights),
                largest_implausibility,
                corrections,
                runs: state.runs,
            });
        }
        // These runs lie where the posterior is: emulators with them are better there.
        state.points.extend(points);
        state.outcomes.extend(outcomes);
        now = state.emulate(f64::NAN, CORRECTION);
    }
}
