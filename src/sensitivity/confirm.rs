//! A driver is shown only when moving the parameter alone moves the result: two runs, all else at the center, the same luck.

use crate::scenario::Scenario;
use crate::scenario::registry::{ParameterRecord, Registry};
use crate::trial::{Draws, Driver, Drivers, Stopped, Wanted, Watch, chunks, differences, drawn};

use super::given_data::given_data;
use crate::stats::normal_scores::normal_scores;

/// Candidates taken from the draws, and replicates of each paired run.
const CANDIDATES: usize = 6;
/// Replicates of a confirming pair.
const REPLICATES: u32 = 16;
/// Fewest draws from which a ranking is more than noise.
pub(crate) const FEWEST_DRAWS: usize = 16;

/// Paired runs that [`drivers`] needs at most.
pub(crate) fn most_runs() -> u32 {
    2 * REPLICATES * CANDIDATES as u32
}

/// The drivers of a result: columns of the parameters under the draws with their paths, and the result (with the standard error
/// of its noise) under each draw.
///
/// # Errors
/// [`Stopped`] by the user.
pub(crate) fn drivers(
    scenario: &Scenario,
    registry: &Registry,
    (treated, wanted): (usize, Wanted),
    (paths, columns): (&[String], &[Vec<f64>]),
    outcome: &[(f64, f64)],
    watch: Watch<'_>,
) -> Result<Drivers, Stopped> {
    if outcome.len() < FEWEST_DRAWS || outcome.iter().any(|(value, _)| !value.is_finite()) {
        return Ok(Drivers::default());
    }
    let values: Vec<f64> = outcome.iter().map(|(value, _)| *value).collect();
    let square = |(_, error): &(f64, f64)| if error.is_finite() { error * error } else { 0.0 };
    let noise = outcome.iter().map(square).sum::<f64>() / outcome.len() as f64;
    let found = given_data(columns, &values, noise);
    let mut drivers = Drivers {
        measure: (wanted.measure.name.to_owned(), wanted.measure.label.to_owned()),
        arm: Some(treated),
        noise_share: found.noise_share,
        left_out_r2: found.left_out_r2,
        ..Drivers::default()
    };
    let mut candidates = found.ranked();
    // With few draws the regression is careful; the largest correlations fill the list, since a paired run decides.
    for (at, share) in by_correlation(columns, &values) {
        if !candidates.iter().any(|(known, _)| *known == at) {
            candidates.push((at, share));
        }
    }
    for (at, share) in candidates.into_iter().take(CANDIDATES) {
        let Some(record) = registry.get(&paths[at]) else { continue };
        match confirm(scenario, registry, record, (treated, wanted), watch)? {
            Some(driver) if driver.holds() => drivers.confirmed.push(Driver { share, ..driver }),
            _ => drivers.dropped.push(paths[at].clone()),
        }
    }
    let change = |driver: &Driver| (driver.result[1] - driver.result[0]).abs();
    drivers.confirmed.sort_by(|a, b| change(b).total_cmp(&change(a)).then_with(|| a.path.cmp(&b.path)));
    Ok(drivers)
}

/// Parameters by the square of the correlation of their normal scores with the result, the largest first.
fn by_correlation(columns: &[Vec<f64>], values: &[f64]) -> Vec<(usize, f64)> {
    let center = values.iter().sum::<f64>() / values.len() as f64;
    let spread: f64 = values.iter().map(|value| (value - center) * (value - center)).sum();
    let square = |column: &Vec<f64>| {
        let scores = normal_scores(column);
        let along: f64 = scores.iter().zip(values).map(|(score, value)| score * (value - center)).sum();
        let length: f64 = scores.iter().map(|score| score * score).sum();
        if spread > 0.0 && length > 0.0 { along * along / (length * spread) } else { 0.0 }
    };
    let mut list: Vec<(usize, f64)> = columns.iter().map(square).enumerate().collect();
    list.retain(|(_, share)| *share > 0.0);
    list.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    list
}

/// The drivers of a result from the draws of a run.
///
/// # Errors
/// [`Stopped`] by the user.
pub(crate) fn of_draws(
    scenario: &Scenario,
    registry: &Registry,
    (treated, wanted): (usize, Wanted),
    draws: &Draws,
    month_at: usize,
    watch: Watch<'_>,
) -> Result<Drivers, Stopped> {
    let Some(first) = draws.draws.first() else { return Ok(Drivers::default()) };
    let paths: Vec<String> = first.parameters.iter().map(|(path, _)| path.clone()).collect();
    let column = |at: usize| draws.draws.iter().map(|draw| draw.parameters[at].1).collect::<Vec<f64>>();
    let columns: Vec<Vec<f64>> = (0..paths.len()).map(column).collect();
    let outcome = draws.draws.iter().filter_map(|draw| {
        let list = draw.difference.get(treated)?;
        let series = list
            .iter()
            .find(|series| series.measure == wanted.measure.name && series.label == wanted.measure.label)?;
        Some((series.mean[month_at], series.mcse[month_at]))
    });
    let outcome: Vec<(f64, f64)> = outcome.collect();
    if outcome.len() != draws.draws.len() {
        return Ok(Drivers::default());
    }
    drivers(scenario, registry, (treated, wanted), (&paths, &columns), &outcome, watch)
}

/// The result with the parameter at 10 and at 90 %; `None` without a prior.
fn confirm(
    scenario: &Scenario,
    registry: &Registry,
    record: &ParameterRecord,
    (treated, wanted): (usize, Wanted),
    watch: Watch<'_>,
) -> Result<Option<Driver>, Stopped> {
    let Some(at) = ends(registry, record) else { return Ok(None) };
    let under = at.map(|value| drawn::under(scenario, &[(record.path.clone(), value)]));
    let one = |unit: u32| differences(&under[(unit % 2) as usize], treated, unit / 2, &[wanted])[0];
    let stage = format!("confirm-{}", record.path.replace(|c: char| !c.is_ascii_alphanumeric(), "-"));
    let values: Vec<f64> = chunks::each(&stage, 2 * REPLICATES, watch, one)?;
    let pairs: Vec<[f64; 2]> = values.chunks_exact(2).map(|pair| [pair[0], pair[1]]).collect();
    let count = pairs.len() as f64;
    let result = [0, 1].map(|side| pairs.iter().map(|pair| pair[side]).sum::<f64>() / count);
    let change = result[1] - result[0];
    let squares: f64 =
        pairs.iter().map(|pair| (pair[1] - pair[0] - change) * (pair[1] - pair[0] - change)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    Ok(Some(Driver { path: record.path.clone(), share: 0.0, at, result, error }))
}

/// 10 and 90 % of what is believed about a parameter: of the posterior when there is one for it, else of the prior.
fn ends(registry: &Registry, record: &ParameterRecord) -> Option<[f64; 2]> {
    let prior = record.prior?;
    let fitted = registry.posterior.as_ref().and_then(|posterior| {
        let column = posterior.column(&record.path)?;
        Some([0.1, 0.9].map(|share| posterior.quantile(column, share)))
    });
    let of_prior = || [0.1, 0.9].map(|share| drawn::quantile(prior, share).clamp(record.min, record.max));
    Some(fitted.unwrap_or_else(of_prior))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;
    use crate::trial::measures;

    #[test]
    fn what_does_nothing_is_dropped_and_what_moves_the_result_stays() {
        let overrides = ["horizon_months=12", "uncertainty.parameter_draws=0"].map(str::to_owned);
        let resolved = embedded("lange-adem", &overrides).unwrap();
        let measure = measures().iter().find(|measure| measure.name == "clients_with_signal").unwrap();
        let wanted = Wanted { measure, month: 12 };
        let paths: Vec<String> = ["fraud.talk_intentional", "costs.mean_claim"].map(str::to_owned).to_vec();
        let columns: Vec<Vec<f64>> =
            vec![(0..64).map(f64::from).collect(), (0..64).map(|at| f64::from(at * 37 % 64)).collect()];
        // The draws say that both matter; only one does.
        let outcome: Vec<(f64, f64)> = (0..64).map(|at| (columns[0][at] + columns[1][at], 0.0)).collect();
        let found = drivers(
            &resolved.scenario,
            &resolved.registry,
            (1, wanted),
            (&paths, &columns),
            &outcome,
            Watch::default(),
        )
        .unwrap();
        assert_eq!(
            found.confirmed.iter().map(|driver| driver.path.as_str()).collect::<Vec<_>>(),
            ["fraud.talk_intentional"]
        );
        assert_eq!(found.dropped, ["costs.mean_claim"]);
        let driver = &found.confirmed[0];
        assert!(driver.at[0] < driver.at[1] && driver.result[0] < driver.result[1], "{driver:?}");
    }
}
