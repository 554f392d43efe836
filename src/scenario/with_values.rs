//! A scenario with other values of its parameters.
//!
//! Draws from priors, calibrations and sensitivity analyses all come through here: a scenario under
//! other parameter values is again a complete scenario, so nothing past this room needs to know of
//! draws.

use super::leaves::walk;
use super::{Contact, Scenario, Service};

impl Scenario {
    /// The scenario with these parameters, by dotted path, instead of its own. Names that it does not have are left out.
    /// Sites that have the parameter's own value of slots and neglect follow it; those that a scenario
    /// gave a number of their own keep it. A service's kind of contact stays as it is: a value for the
    /// other kind is passed over.
    pub(crate) fn with_values(&self, values: &[(String, f64)]) -> Self {
        let mut with = self.clone();
        let find = |path: &str| values.iter().find(|(name, _)| name == path).map(|(_, value)| *value);
        walk(&mut with.parameters, &mut |leaf, value| *value = find(&leaf.path).unwrap_or(*value));
        for service in &mut with.services {
            service_with(service, &find);
        }
        let (old, new) = (&self.parameters, &with.parameters);
        for site in &mut with.sites {
            if site.slots_per_month == old.caseworker.slots_per_month {
                site.slots_per_month = new.caseworker.slots_per_month;
            }
            if site.neglect == old.site.neglect {
                site.neglect = new.site.neglect;
            }
        }
        with
    }
}

/// The parameters of a service, where a value is given.
fn service_with(service: &mut Service, find: &impl Fn(&str) -> Option<f64>) {
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
