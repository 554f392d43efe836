//! One draw of all uncertain parameters from their priors, and the scenario under it.

use crate::random::sobol;
use crate::scenario::leaves::walk;
use crate::scenario::prior::{Prior, RANGE_SD};
use crate::scenario::registry::{Record, Registry};
use crate::scenario::{Contact, Scenario, Service};
use crate::stats::{beta, normal};

/// The values of draw number `draw`: one for each parameter with a prior, in registry order, then one for each other
/// parameter that some story fixes. What the story of this draw fixes has the story's value.
pub fn values(scenario: &Scenario, registry: &Registry, draw: u32) -> Vec<(String, f64)> {
    let value = |(record, prior): (&Record, Prior)| {
        let share = sobol::point(scenario.seed, &record.path, draw);
        (record.path.clone(), quantile(prior, share).clamp(record.min, record.max))
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

/// The value below which a prior has the share `share` of its mass. Normal and lognormal priors are cut at
/// [`RANGE_SD`] standard deviations either side and scaled back to one.
pub fn quantile(prior: Prior, share: f64) -> f64 {
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
pub fn under(scenario: &Scenario, values: &[(String, f64)]) -> Scenario {
    let mut drawn = scenario.clone();
    let find = |path: &str| values.iter().find(|(name, _)| name == path).map(|(_, value)| *value);
    walk(&mut drawn.parameters, &mut |leaf, value| *value = find(&leaf.path).unwrap_or(*value));
    for service in &mut drawn.services {
        draw_service(service, &find);
    }
    let (own, new) = (&scenario.parameters, &drawn.parameters);
    for site in &mut drawn.sites {
        if site.slots_per_month == own.caseworker.slots_per_month {
            site.slots_per_month = new.caseworker.slots_per_month;
        }
        if site.neglect == own.site.neglect {
            site.neglect = new.site.neglect;
        }
    }
    drawn
}

fn draw_service(service: &mut Service, find: &impl Fn(&str) -> Option<f64>) {
    let name = service.name.clone();
    let of = |key: &str, value: f64| find(&format!("service.{name}.{key}")).unwrap_or(value);
    service.quality = of("quality", service.quality);
    service.detection_factor = of("detection_factor", service.detection_factor);
    service.contact = match service.contact {
        Contact::Scheduled { interval_months } => {
            Contact::Scheduled { interval_months: of("interval_months", interval_months) }
        }
        Contact::Hazard { far, near } => {
            Contact::Hazard { far: of("contact_far", far), near: of("contact_near", near) }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

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
}
