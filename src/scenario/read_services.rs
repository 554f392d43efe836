//! Services: `[service.NAME]`, also those that start from another (`like`).
//!
//! A service is written in numbers of its own or as another with differences (`like = "fip"`), before
//! anything is read: so limits, sources and records are those of a written service. When talks take
//! place is said in one of two ways and never in both.

use super::layers::Layers;
use super::plan::{Contact, Service};
use super::read_parameters::{ReadParameters, service_leaf};
use super::registry::{META_KEYS, record};
use crate::document::{Entry, Node, Problem, Sink, TableReader, Value, is_showable, showable};
use crate::language::Said;
use crate::said;

/// Most services of a scenario; more are not read.
const MAX_SERVICES: usize = 1000;

/// Fills in what services take from others (`like = "fip"`), before anything is read.
pub(super) fn expand_like(tree: &mut Node, sink: &Sink) {
    let Value::Table(top) = &mut tree.value else { return };
    let Some(services) = top.iter_mut().find(|entry| entry.key == "service") else { return };
    let Value::Table(entries) = &mut services.node.value else { return };
    if entries.len() > MAX_SERVICES {
        return; // reported when the services are read
    }
    for index in 0..entries.len() {
        let Some(like) = entries[index].node.get("like").cloned() else { continue };
        let base = match &like.value {
            Value::Text(name) => {
                entries.iter().position(|entry| entry.key == *name && entry.node.get("like").is_none())
            }
            _ => None,
        };
        let Some(base) = base.filter(|base| *base != index).map(|base| entries[base].node.clone()) else {
            let message = Said::each(|lang| {
                format!("like = {} {}", like.echo(lang), lang.pick("kan niet", "is not possible"))
            });
            let allowed = said!(
                "moet de naam zijn van een dienstverlening die op zichzelf staat",
                "must be the name of a service that stands on its own"
            );
            let problem = Problem::at(&like.place, message, allowed);
            sink.push(problem);
            continue;
        };
        inherit(&mut entries[index].node, &base);
    }
}

/// Adds the entries of the other service that this one does not have; the kind of contact comes whole from one of them.
fn inherit(service: &mut Node, base: &Node) {
    /// The keys of which a service has the first or the other two.
    const CONTACT: [&str; 3] = ["interval_months", "contact_far", "contact_near"];
    let own_contact = CONTACT.iter().any(|key| service.get(key).is_some());
    let Value::Table(entries) = &mut service.value else { return };
    let inherited: Vec<Entry> = base
        .entries()
        .iter()
        .filter(|entry| !(own_contact && CONTACT.contains(&entry.key.as_str())))
        .filter(|entry| !entries.iter().any(|present| present.key == entry.key))
        .cloned()
        .collect();
    entries.retain(|entry| entry.key != "like");
    entries.extend(inherited);
}

/// Reads all services, in the order of the layers, and adds their numbers to the parameters' records: a
/// service can have priors like any parameter.
pub(super) fn read_services(
    layers: &Layers,
    root: &TableReader<'_>,
    read: &mut ReadParameters,
    sink: &Sink,
) -> Vec<Service> {
    let Some(table) = root.table("service") else { return Vec::new() };
    let mut services = Vec::new();
    let count = table.entries().len();
    if count > MAX_SERVICES {
        let message = said!(
            "het scenario heeft {count} soorten dienstverlening",
            "the scenario has {count} services",
            count = count
        );
        root.problem("service", message, said!("hoogstens 1000", "at most 1000"), None);
        return services;
    }
    for entry in table.entries() {
        let length = entry.key.chars().count();
        if length == 0 || length > 60 || entry.key.contains('.') || !entry.key.chars().all(is_showable) {
            let shown = showable(&entry.key, 60);
            sink.push(Problem::at(
                &entry.key_place,
                said!(
                    "\"{shown}\" is geen naam voor dienstverlening",
                    "\"{shown}\" is not a service name",
                    shown = shown
                ),
                said!(
                    "1 tot 60 tekens, geen punten, geen stuurtekens",
                    "1 to 60 characters, no dots, no control characters"
                ),
            ));
            continue;
        }
        if let Some(service) = table.table(&entry.key) {
            services.extend(read_service(layers, &entry.key, &service, read, sink));
            service.finish();
        }
    }
    services
}

/// One service; `None` when something about it is wrong or missing, which is then reported.
fn read_service(
    layers: &Layers,
    name: &str,
    table: &TableReader<'_>,
    read: &mut ReadParameters,
    sink: &Sink,
) -> Option<Service> {
    let mut leaf = |key: &str| {
        if !table.has(key) {
            return None;
        }
        let found = record(layers, &service_leaf(name, key)?, sink)?;
        let value = found.record.value;
        read.places.insert(found.record.path.clone(), found.place);
        read.records.push(found.record);
        Some(value)
    };
    let interval = leaf("interval_months");
    let (far, near) = (leaf("contact_far"), leaf("contact_near"));
    let quality = leaf("quality");
    let detection_factor = leaf("detection_factor");
    let fixed_caseworker = fixed_caseworker(table);
    let has = |key: &str| table.has(key);
    has("like");
    let scheduled = has("interval_months");
    let by_hazard = has("contact_far") || has("contact_near");
    if scheduled == by_hazard || (by_hazard && !(has("contact_far") && has("contact_near"))) {
        let message = said!(
            "dienstverlening \"{name}\" moet op één manier zeggen wanneer er gesprekken zijn",
            "service \"{name}\" must say when there are talks, in one way",
            name = name
        );
        let allowed = said!(
            "interval_months, of contact_far en contact_near",
            "interval_months, or contact_far and contact_near"
        );
        table.problem("", message, allowed, None);
        return None;
    }
    for (key, example) in [("quality", "quality = 0.5"), ("fixed_caseworker", "fixed_caseworker = true")] {
        table.missing(key, example);
    }
    table.missing("detection_factor", "detection_factor = 1.0");
    let contact = match (interval, far, near) {
        (Some(interval_months), ..) => Contact::Scheduled { interval_months },
        (None, Some(far), Some(near)) => Contact::Hazard { far, near },
        _ => return None,
    };
    Some(Service {
        name: name.to_string(),
        contact,
        quality: quality?,
        fixed_caseworker: fixed_caseworker?,
        detection_factor: detection_factor?,
    })
}

/// `fixed_caseworker = true` or `{ value = true, source = "…" }`.
fn fixed_caseworker(table: &TableReader<'_>) -> Option<bool> {
    let key = "fixed_caseworker";
    match table.node(key)?.value {
        Value::Table(_) => {
            let inner = table.table(key)?;
            META_KEYS.iter().for_each(|key| {
                inner.has(key);
            });
            inner.missing("value", "value = true");
            let flag = inner.boolean("value");
            inner.finish();
            flag
        }
        _ => table.boolean(key),
    }
}
