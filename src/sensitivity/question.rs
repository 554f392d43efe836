//! A question about sensitivity and its answer: runs with common random numbers under points of the parameters.

use serde::Serialize;

use super::confirm::drivers;
use super::draws::points;
use super::indices::{BootstrapInterval, DesignPoints, DesignResults, indices};
use super::morris::{effects, screen, trajectory};
use crate::scenario::Scenario;
use crate::scenario::prior::Prior;
use crate::scenario::registry::{ParameterRecord, Registry};
use crate::stats::two_way::means_and_noise;
use crate::trial::{Draws, Drivers, Stopped, Wanted, Watch, chunks, differences, drawn};

/// How the parameters are moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SensitivityMethod {
    /// So many draws from what is believed, and paired runs for what they point to.
    Draws(u32),
    /// So many trajectories of elementary effects.
    Morris(u32),
    /// Sobol' indices from so many rows.
    Sobol(u32),
}

/// Which result of which arm.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ChosenResult {
    /// Arm that is compared with the control.
    pub treated: usize,
    /// The result.
    pub wanted: Wanted,
    /// Replicates of every run, with the same luck everywhere.
    pub replicates: u32,
}

/// The effect of a group of parameters.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct GroupEffect {
    /// First key of the parameters.
    pub group: String,
    /// Parameters in it.
    pub parameters: usize,
    /// Mean absolute effect of moving the group two thirds of its range.
    pub mu_star: f64,
    /// Standard error of that mean.
    pub error: f64,
    /// Standard deviation of the effects: curvature and interplay.
    pub sigma: f64,
}

/// The indices of a parameter.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct ParameterIndices {
    /// Dotted path.
    pub path: String,
    /// First-order index: estimate, 95 % bootstrap interval.
    pub first: [f64; 3],
    /// Total index: estimate, 95 % bootstrap interval.
    pub total: [f64; 3],
}

/// What moves a result.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct GroupEffects {
    /// Simulated studies.
    pub runs: u64,
    /// Share of the variance that is noise of the runs; `None` for elementary effects.
    pub noise_share: Option<f64>,
    /// From draws: the drivers that hold.
    pub(crate) drivers: Option<Drivers>,
    /// From trajectories, the largest first.
    pub(crate) groups: Vec<GroupEffect>,
    /// From Sobol' indices, the largest total first.
    pub(crate) indices: Vec<ParameterIndices>,
}

/// Part of a prior's mass that elementary effects range over: the ends of a normal prior are no place to be.
const RANGE: (f64, f64) = (0.025, 0.975);

/// The parameters with a prior.
fn uncertain(registry: &Registry) -> Vec<(&ParameterRecord, Prior)> {
    registry.uncertain().collect()
}

/// Simulated studies that a question needs at most.
pub(crate) fn studies(registry: &Registry, method: SensitivityMethod, replicates: u32) -> u64 {
    let dimensions = registry.uncertain().count() as u64;
    let per_run = u64::from(replicates);
    match method {
        SensitivityMethod::Draws(draws) => {
            u64::from(draws) * per_run + u64::from(super::confirm::most_runs())
        }
        SensitivityMethod::Morris(trajectories) => {
            u64::from(trajectories) * (groups(registry).len() as u64 + 1) * per_run
        }
        SensitivityMethod::Sobol(rows) => u64::from(rows) * (dimensions + 2) * per_run,
    }
}

/// What was drawn already: the drivers of a result under the draws of a finished run.
///
/// # Errors
/// [`Stopped`] by the user.
pub(crate) fn given(
    scenario: &Scenario,
    registry: &Registry,
    target: ChosenResult,
    (draws, month_at): (&Draws, usize),
    watch: Watch<'_>,
) -> Result<GroupEffects, Stopped> {
    let of = (target.treated, target.wanted);
    let found = super::confirm::of_draws(scenario, registry, of, draws, month_at, watch)?;
    let runs = u64::from(super::confirm::most_runs());
    Ok(GroupEffects {
        runs,
        noise_share: Some(found.noise_share),
        drivers: Some(found),
        ..GroupEffects::default()
    })
}

/// Answers a question.
///
/// # Errors
/// [`Stopped`] by the user.
pub(crate) fn answer(
    scenario: &Scenario,
    registry: &Registry,
    target: ChosenResult,
    method: SensitivityMethod,
    watch: Watch<'_>,
) -> Result<GroupEffects, Stopped> {
    let runs = Runs { scenario, parameters: uncertain(registry), target, watch };
    match method {
        SensitivityMethod::Draws(count) => from_draws(&runs, registry, count),
        SensitivityMethod::Morris(count) => from_trajectories(&runs, registry, count),
        SensitivityMethod::Sobol(rows) => from_rows(&runs, rows),
    }
}

/// What all runs of a question have in common.
struct Runs<'a> {
    /// The scenario at the center.
    scenario: &'a Scenario,
    /// The parameters that are moved, with what is believed of them.
    parameters: Vec<(&'a ParameterRecord, Prior)>,
    /// The result that is looked at.
    target: ChosenResult,
    /// Stop flag and progress.
    watch: Watch<'a>,
}

impl Runs<'_> {
    /// Mean result and the variance of its noise about what all points share, at every point (shares of the priors).
    ///
    /// All points have the same luck; the noise that counts is what luck and parameters do together (a two-way analysis of
    /// variance).
    fn at(&self, points: &[Vec<f64>]) -> Result<(Vec<f64>, f64), Stopped> {
        let replicates = self.target.replicates;
        let one = |unit: u32| {
            let point = &points[(unit / replicates) as usize];
            let value = |((record, prior), share): (&(&ParameterRecord, Prior), &f64)| {
                let value = drawn::quantile(*prior, *share).clamp(record.min, record.max);
                (record.path.clone(), value)
            };
            let values: Vec<(String, f64)> = self.parameters.iter().zip(point).map(value).collect();
            let scenario = drawn::under(self.scenario, &values);
            differences(&scenario, self.target.treated, unit % replicates, &[self.target.wanted])[0]
        };
        let values: Vec<f64> = chunks::each("points", points.len() as u32 * replicates, self.watch, one)?;
        Ok(means_and_noise(&values, replicates as usize))
    }

    /// Their paths.
    fn paths(&self) -> Vec<String> {
        self.parameters.iter().map(|(record, _)| record.path.clone()).collect()
    }
}

/// Draws from what is believed, and drivers confirmed by paired runs.
fn from_draws(runs: &Runs<'_>, registry: &Registry, count: u32) -> Result<GroupEffects, Stopped> {
    let paths = runs.paths();
    let columns = points(&paths, count, runs.scenario.seed);
    let rows: Vec<Vec<f64>> =
        (0..count as usize).map(|row| columns.iter().map(|column| column[row]).collect()).collect();
    let (means, noise) = runs.at(&rows)?;
    let outcome: Vec<(f64, f64)> = means.into_iter().map(|mean| (mean, noise.sqrt())).collect();
    let of = (runs.target.treated, runs.target.wanted);
    let found = drivers(runs.scenario, registry, of, (&paths, &columns), &outcome, runs.watch)?;
    Ok(GroupEffects {
        runs: studies(registry, SensitivityMethod::Draws(count), runs.target.replicates),
        noise_share: Some(found.noise_share),
        drivers: Some(found),
        ..GroupEffects::default()
    })
}

/// Parameters by first key.
fn groups(registry: &Registry) -> Vec<(String, Vec<usize>)> {
    let mut list: Vec<(String, Vec<usize>)> = Vec::new();
    for (at, (record, _)) in registry.uncertain().enumerate() {
        let key = record.path.split('.').next().unwrap_or_default();
        match list.iter_mut().find(|(known, _)| known == key) {
            Some((_, members)) => members.push(at),
            None => list.push((key.to_owned(), vec![at])),
        }
    }
    list
}

/// Elementary effects (Morris 1991, doi:10.1080/00401706.1991.10484804).
fn from_trajectories(runs: &Runs<'_>, registry: &Registry, count: u32) -> Result<GroupEffects, Stopped> {
    let groups = groups(registry);
    let members: Vec<Vec<usize>> = groups.iter().map(|(_, members)| members.clone()).collect();
    let seed = runs.scenario.seed;
    let trajectories: Vec<_> =
        (0..count).map(|at| trajectory(runs.parameters.len(), &members, seed, at)).collect();
    let inside = |level: &f64| RANGE.0 + (RANGE.1 - RANGE.0) * level;
    let points: Vec<Vec<f64>> = trajectories
        .iter()
        .flat_map(|path| &path.points)
        .map(|point| point.iter().map(inside).collect())
        .collect();
    let (means, _) = runs.at(&points)?;
    let results: Vec<Vec<f64>> = means.chunks(groups.len() + 1).map(<[f64]>::to_vec).collect();
    let all = effects(&members, &trajectories, &results);
    let mut list: Vec<GroupEffect> = groups
        .into_iter()
        .zip(&all)
        .map(|((group, members), group_effects)| {
            let found = screen(group_effects);
            let (mu_star, error, sigma) = (found.mu_star, found.error, found.sigma);
            GroupEffect { group, parameters: members.len(), mu_star, error, sigma }
        })
        .collect();
    list.sort_by(|a, b| b.mu_star.total_cmp(&a.mu_star).then_with(|| a.group.cmp(&b.group)));
    let runs = points.len() as u64 * u64::from(runs.target.replicates);
    Ok(GroupEffects { runs, groups: list, ..GroupEffects::default() })
}

/// Sobol' indices (Saltelli et al. 2010, doi:10.1016/j.cpc.2009.09.018).
fn from_rows(runs: &Runs<'_>, rows: u32) -> Result<GroupEffects, Stopped> {
    let dimensions = runs.parameters.len();
    let design = DesignPoints::new(dimensions, rows, runs.scenario.seed);
    let mixed = (0..dimensions).flat_map(|parameter| (0..rows as usize).map(move |row| (row, parameter)));
    let mut points = design.a.clone();
    points.extend(design.b.iter().cloned());
    points.extend(mixed.map(|(row, parameter)| design.mixed(row, parameter)));
    let (means, noise) = runs.at(&points)?;
    let mut parts = means.chunks(rows as usize).map(<[f64]>::to_vec);
    let (a, b) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let found = indices(&DesignResults { a, b, mixed: parts.collect(), noise }, runs.scenario.seed);
    let triple = |interval: &BootstrapInterval| [interval.value, interval.low, interval.high];
    let both = found.first.iter().zip(&found.total);
    let mut list: Vec<ParameterIndices> = runs
        .paths()
        .into_iter()
        .zip(both)
        .map(|(path, (first, total))| ParameterIndices { path, first: triple(first), total: triple(total) })
        .collect();
    list.sort_by(|a, b| b.total[0].total_cmp(&a.total[0]).then_with(|| a.path.cmp(&b.path)));
    Ok(GroupEffects {
        runs: points.len() as u64 * u64::from(runs.target.replicates),
        noise_share: Some(found.noise_share),
        indices: list,
        ..GroupEffects::default()
    })
}
