//! Which uncertain parameters move a result most, from the draws.

use crate::stats::normal;
use crate::trial::spread;

use super::source::{Key, Source, World};
use super::words;

/// One parameter that moves a result.
#[derive(Clone, Debug, PartialEq)]
pub struct Driver {
    /// Path of the parameter.
    pub path: String,
    /// What it means.
    pub label: String,
    /// Spearman's rank correlation with the result over the draws.
    pub correlation: f64,
    /// Mean of the result over the third of the draws with the lowest values of the parameter.
    pub when_low: f64,
    /// Mean over the third with the highest values.
    pub when_high: f64,
}

/// Fewest draws from which a ranking is more than noise.
const FEWEST_DRAWS: usize = 16;

/// The parameters whose rank correlation with a result stands out from what chance gives, the strongest first, at most
/// `most`. Empty without enough draws.
///
/// Without any relation a rank correlation is about normal with standard deviation 1 / sqrt(draws - 1); with some fifty
/// parameters a few would stand out by chance, so the level of 5 % is divided over them (Bonferroni).
pub fn drivers(
    source: &Source<'_>,
    world: World,
    arm: usize,
    key: Key<'_>,
    at: usize,
    most: usize,
) -> Vec<Driver> {
    let outcome = source.under_draws(world, arm, key, at);
    if outcome.len() < FEWEST_DRAWS || outcome.iter().any(|value| !value.is_finite()) {
        return Vec::new();
    }
    let names = source.draws().first().map_or(&[][..], |draw| &draw.parameters);
    let level = 0.05 / names.len().max(1) as f64;
    let chance = normal::quantile(1.0 - level / 2.0) / ((outcome.len() - 1) as f64).sqrt();
    let mut list: Vec<Driver> = names
        .iter()
        .enumerate()
        .map(|(index, (path, _))| driver(source, path, index, &outcome))
        .filter(|driver| driver.correlation.abs() > chance)
        .collect();
    list.sort_by(|a, b| {
        b.correlation.abs().total_cmp(&a.correlation.abs()).then_with(|| a.path.cmp(&b.path))
    });
    list.truncate(most);
    list
}

fn driver(source: &Source<'_>, path: &str, index: usize, outcome: &[f64]) -> Driver {
    let value = |draw: &crate::trial::Draw| draw.parameters.get(index).map_or(f64::NAN, |(_, value)| *value);
    let values: Vec<f64> = source.draws().iter().map(value).collect();
    let (low, high) = (spread::quantile(&values, 1.0 / 3.0), spread::quantile(&values, 2.0 / 3.0));
    let mean_where = |holds: &dyn Fn(f64) -> bool| {
        let chosen: Vec<f64> = values
            .iter()
            .zip(outcome)
            .filter(|(value, _)| holds(**value))
            .map(|(_, result)| *result)
            .collect();
        chosen.iter().sum::<f64>() / chosen.len() as f64
    };
    Driver {
        path: path.to_owned(),
        label: words::parameter(source.lang, path).map_or_else(|| path.to_owned(), str::to_owned),
        correlation: spread::rank_correlation(&values, outcome),
        when_low: mean_where(&|value| value <= low),
        when_high: mean_where(&|value| value >= high),
    }
}
