//! One draw of all uncertain parameters from their priors, and the scenario under it.
//!
//! Draws are points of a scrambled Sobol' sequence with one dimension per path, so a parameter keeps
//! its draws when others come or go, and 64 draws cover each range as evenly as many more independent
//! ones would.

use crate::random::sobol;
use crate::scenario::Scenario;
use crate::scenario::prior::{Prior, RANGE_SD};
use crate::scenario::registry::{ParameterRecord, Registry};
use crate::stats::{beta, normal};

/// The values of draw number `draw`: one for each parameter with a prior, in registry order, then one for each other
/// parameter that some story fixes. What the story of this draw fixes has the story's value. With a posterior, one of its
/// draws is taken by weight (evenly over the draws, as systematic resampling does) instead of the priors of its parameters.
/// Pairs of a dotted path and a value in the unit of the parameter, within its limits.
pub(crate) fn values(scenario: &Scenario, registry: &Registry, draw: u32) -> Vec<(String, f64)> {
    let fitted = registry
        .posterior
        .as_ref()
        .map(|posterior| (posterior, posterior.at(sobol::point(scenario.seed, POSTERIOR, draw))));
    let value = |(record, prior): (&ParameterRecord, Prior)| {
        let of_prior = || {
            let share = sobol::point(scenario.seed, &record.path, draw);
            quantile(prior, share).clamp(record.min, record.max)
        };
        let value = fitted.and_then(|(posterior, row)| posterior.value(row, &record.path));
        (record.path.clone(), value.unwrap_or_else(of_prior))
    };
    let mut values: Vec<(String, f64)> = registry.uncertain().map(value).collect();
    for (path, _) in scenario.structures.iter().flat_map(|story| &story.overrides) {
        let known = values.iter().any(|(name, _)| name == path);
        if let Some(record) = registry.get(path).filter(|_| !known) {
            values.push((path.clone(), record.value));
        }
    }
    let Some(story) = scenario.story_of_draw(draw) else { return values };
    for (path, fixed) in &scenario.structures[story].overrides {
        values.iter_mut().filter(|(name, _)| name == path).for_each(|(_, value)| *value = *fixed);
    }
    values
}

/// Name of the sequence of points that choose a posterior's draws: one for all its parameters, since a
/// row is taken whole.
const POSTERIOR: &str = "posterior";

/// The value below which a prior has the share `share` of its mass. Normal and lognormal priors are cut at
/// [`RANGE_SD`] standard deviations either side and scaled back to one.
pub(crate) fn quantile(prior: Prior, share: f64) -> f64 {
    let cut_normal = || {
        let tail = normal::cdf(-RANGE_SD);
        normal::quantile(tail + share * (1.0 - 2.0 * tail))
    };
    match prior {
        Prior::Normal { mean, sd } => mean + sd * cut_normal(),
        Prior::LogNormal { median, sigma } => median * libm::exp(sigma * cut_normal()),
        Prior::Uniform { low, high } => low + share * (high - low),
        Prior::LogUniform { low, high } => {
            libm::exp(libm::log(low) + share * (libm::log(high) - libm::log(low)))
        }
        Prior::Beta { mean, n } => beta::quantile(mean * n, (1.0 - mean) * n, share),
    }
}

/// The scenario with these parameters instead of its own. Names that it does not have are left out.
pub(crate) fn under(scenario: &Scenario, values: &[(String, f64)]) -> Scenario {
    scenario.with_values(values)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{Contact, embedded};

    #[test]
    fn quantiles_stay_in_range_and_rise() {
        for text in [
            "normal(0.5, 0.4)",
            "lognormal(0.058, 0.3)",
            "uniform(0, 1.5)",
            "loguniform(0.2, 1.5)",
            "beta(0.15, 40)",
        ] {
            let prior = Prior::parse(text).unwrap();
            let (low, high) = prior.range();
            let values: Vec<f64> = (1..100).map(|at| quantile(prior, f64::from(at) / 100.0)).collect();
            assert!(values.iter().all(|value| (low..=high).contains(value)), "{text}");
            assert!(values.windows(2).all(|pair| pair[0] < pair[1]), "{text}");
        }
        assert!((quantile(Prior::LogNormal { median: 0.058, sigma: 0.3 }, 0.5) - 0.058).abs() < 1e-12);
    }

    #[test]
    fn every_uncertain_parameter_reaches_its_place() {
        let resolved = embedded("lange-adem", &[]).unwrap();
        let draw = values(&resolved.scenario, &resolved.registry, 3);
        assert!(draw.len() > 40);
        let drawn = under(&resolved.scenario, &draw);
        let find = |path: &str| draw.iter().find(|(name, _)| name == path).unwrap().1;
        assert_eq!(drawn.parameters.distance.progress, find("distance.progress"));
        let service = |name: &str| drawn.services.iter().find(|service| service.name == name).unwrap();
        assert_eq!(service("fip").quality, find("service.fip.quality"));
        let Contact::Hazard { far, .. } = service("regular").contact else {
            panic!("regular contacts are hazards")
        };
        assert_eq!(far, find("service.regular.contact_far"));
        for (path, value) in &draw {
            let alone = under(&resolved.scenario, &[(path.clone(), *value)]);
            assert_ne!(alone, resolved.scenario, "{path} changes nothing");
        }
    }

    #[test]
    fn a_story_fixes_its_parameters_over_the_draw_of_a_posterior() {
        let resolved = embedded("lange-adem", &[]).unwrap();
        let (scenario, posterior) = (&resolved.scenario, resolved.registry.posterior.as_ref().unwrap());
        let mut fixed = 0;
        for draw in 0..12 {
            let found = values(scenario, &resolved.registry, draw);
            let value = |path: &str| found.iter().find(|(of_story, _)| of_story == path).unwrap().1;
            let row = posterior.at(sobol::point(scenario.seed, POSTERIOR, draw));
            let fitted = |path: &str| posterior.value(row, path).unwrap();
            // What no story touches comes from one row: together, as it was fitted.
            for path in ["exit.work.base", "exit.other.base", "fraud.confirm", "costs.hour"] {
                assert_eq!(value(path), fitted(path));
            }
            let path = "distance.progress";
            let story = &scenario.structures[scenario.story_of_draw(draw).unwrap()];
            match story.overrides.iter().find(|(of_story, _)| of_story == path) {
                Some((_, of_story)) => {
                    fixed += 1;
                    assert_eq!(value(path), *of_story);
                }
                None => assert_eq!(value(path), fitted(path)),
            }
        }
        assert!((2..10).contains(&fixed), "{fixed}");
    }
}
