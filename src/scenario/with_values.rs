//! A scenario with other values of its parameters.

use super::leaves::walk;
use super::{Contact, Scenario, Service};

impl Scenario {
    /// The scenario with these parameters, by dotted path, instead of its own. Names that it does not have are left out.
    pub fn with_values(&self, values: &[(String, f64)]) -> Self {
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
