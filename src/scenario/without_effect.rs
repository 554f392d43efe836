//! Settings that a scenario itself or the command line gives and that change nothing: those of the other dynamics, of services
//! that no arm uses, of looks past the end. What it inherits may serve others.
//!
//! It is no error: a planner may try dynamics out and keep the other's keys. But a number that was set
//! and does nothing is often a misunderstanding, which would be found only in results that do not move.

use super::canonical::value_text;
use super::layers::Layers;
use super::plan::{Dynamics, Scenario};
use super::read_parameters::parameter_tables;
use crate::document::{Node, Value};
use crate::kinds::Kind;

/// A setting without effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WithoutEffect {
    /// Dotted path.
    pub key: String,
    /// Why it does nothing.
    pub why: Why,
}

/// Why a setting does nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// A ladder knows its table and nothing else.
    Ladder,
    /// No arm gives the service.
    UnusedService,
    /// It lies past the last month of the study.
    PastTheEnd,
    /// There are no interim looks.
    NoLooks,
    /// There is no rule for futility.
    NoFutility,
    /// The spending function has no shape.
    NoShape,
    /// No parameters are drawn.
    NoDraws,
    /// Tests are two-sided.
    TwoSided,
    /// The endpoint is not tested.
    NotTested,
    /// Nobody returns.
    NoReturns,
    /// Every due talk can be held.
    AmpleCapacity,
}

/// Keys of `observation` and `costs` that a ladder does use.
const USED_BY_LADDER: [&str; 2] = ["observation.reason_unknown", "costs."];

/// All settings without effect, in the order of the rules.
pub(super) fn without_effect(layers: &Layers, scenario: &Scenario) -> Vec<WithoutEffect> {
    let changed = |path: &str| {
        let mut keys = Vec::new();
        if let Some(node) = layers.tree.find(path.split('.')) {
            collect(layers, path, node, layers.reference.find(path.split('.')), &mut keys);
        }
        keys
    };
    let mut found = Vec::new();
    let mut say = |keys: Vec<String>, why: Why| {
        found.extend(keys.into_iter().map(|key| WithoutEffect { key, why }));
    };
    if matches!(scenario.dynamics, Dynamics::Ladder(_)) {
        for table in parameter_tables().iter().map(String::as_str).chain(["service", "structure"]) {
            let keys = changed(table);
            let unused = |key: &String| !USED_BY_LADDER.iter().any(|used| key.starts_with(used));
            say(keys.into_iter().filter(unused).collect(), Why::Ladder);
        }
        for (at, site) in items(layers.tree.get("site")).iter().enumerate() {
            let keys = ["slots_per_month", "neglect", "labor_market"];
            let given = keys.into_iter().filter(|key| site.get(key).is_some());
            say(given.map(|key| format!("site.{}.{key}", at + 1)).collect(), Why::Ladder);
        }
    } else {
        let used = |service: usize| {
            let gives = |arm: &super::serves::Arm| {
                arm.service == service || arm.serves.iter().any(|row| row.service == service)
            };
            scenario.arms.iter().any(gives)
        };
        for (_, service) in scenario.services.iter().enumerate().filter(|(index, _)| !used(*index)) {
            say(changed(&format!("service.{}", service.name)), Why::UnusedService);
        }
        if !scenario.returns {
            say(changed("return"), Why::NoReturns);
        }
        if !scenario.capacity {
            say(changed("caseworker.slots_per_month"), Why::AmpleCapacity);
        }
    }
    analysis(layers, scenario, &changed, &mut say);
    if scenario.uncertainty.parameter_draws == 0 {
        say(changed("uncertainty.replicates_per_draw"), Why::NoDraws);
    }
    found
}

/// Settings of the analysis that change nothing in this scenario.
fn analysis(
    layers: &Layers,
    scenario: &Scenario,
    changed: &impl Fn(&str) -> Vec<String>,
    say: &mut impl FnMut(Vec<String>, Why),
) {
    let plan = &scenario.analysis;
    let horizon = scenario.horizon_months;
    let given = |path: &str| layers.tree.find(path.split('.')).is_some_and(|node| layers.is_own(&node.place));
    let late = |path: &str, months: &[u32], end: u32| -> Vec<String> {
        let late = months.iter().filter(|month| **month > end);
        if given(path) { late.map(|month| format!("{path} = {month}")).collect() } else { Vec::new() }
    };
    say(late("analysis.cut_off_months", &plan.cut_off_months, horizon), Why::PastTheEnd);
    let last = plan.cut_off_months.iter().copied().filter(|month| *month <= horizon).max().unwrap_or(horizon);
    let looks = &plan.interim.look_months;
    say(late("analysis.interim.look_months", looks, last.saturating_sub(1)), Why::PastTheEnd);
    if looks.is_empty() {
        let keys = changed("analysis.interim");
        say(keys.into_iter().filter(|key| !key.ends_with(".look_months")).collect(), Why::NoLooks);
    } else {
        use super::analysis::SpendingKind::{OBrienFleming, Pocock};
        if plan.interim.futility.is_none() {
            let keys = ["futility_parameter", "futility_binding", "futility_not_before_month"];
            for key in keys {
                say(changed(&format!("analysis.interim.{key}")), Why::NoFutility);
            }
        }
        let shapeless = |kind: Option<super::analysis::SpendingKind>| {
            matches!(kind.unwrap_or(OBrienFleming), OBrienFleming | Pocock)
        };
        if shapeless(plan.interim.spending) {
            say(changed("analysis.interim.parameter"), Why::NoShape);
        }
        if plan.interim.futility.is_some_and(|rule| shapeless(Some(rule.spending))) {
            say(changed("analysis.interim.futility_parameter"), Why::NoShape);
        }
    }
    if plan.sides == 2 {
        say(changed("analysis.benefit"), Why::TwoSided);
    } else {
        let tested = |endpoint: &super::analysis::Endpoint| {
            plan.tests.iter().any(|(endpoint_tested, _)| endpoint_tested == endpoint)
        };
        let idle = plan.benefit.iter().filter(|(endpoint, _)| !tested(endpoint));
        say(
            idle.map(|(endpoint_tested, _)| format!("analysis.benefit.{}", endpoint_tested.name())).collect(),
            Why::NotTested,
        );
    }
}

/// The tables of an array of tables.
fn items(node: Option<&Node>) -> &[Node] {
    match node.map(|node| &node.value) {
        Some(Value::Array(items)) => items,
        _ => &[],
    }
}

/// The scenario's own values below `node` that do not stand in the reference as they are.
fn collect(layers: &Layers, path: &str, node: &Node, reference: Option<&Node>, keys: &mut Vec<String>) {
    let plain =
        |node: &Node| node.get("value").map_or_else(|| node.value.clone(), |stated| stated.value.clone());
    if let Value::Table(entries) = &node.value
        && node.get("value").is_none()
    {
        for entry in entries.iter().filter(|entry| !super::registry::META_KEYS.contains(&&*entry.key)) {
            let below = reference.and_then(|reference| reference.get(&entry.key));
            collect(layers, &format!("{path}.{}", entry.key), &entry.node, below, keys);
        }
        return;
    }
    if let (Value::Array(_), Some(reference)) = (&node.value, reference)
        && value_text(node, true) == value_text(reference, true)
    {
        return;
    }
    let place = node.get("value").map_or(&node.place, |value| &value.place);
    let value = plain(node);
    if layers.is_own(place) && !reference.is_some_and(|reference| same(&value, &plain(reference))) {
        keys.push(path.to_owned());
    }
}

/// Whether two values are the same number, or the same otherwise.
fn same(one: &Value, other: &Value) -> bool {
    let number = |value: &Value| match value {
        Value::Integer(number) => Some(*number as f64),
        Value::Float(number) => Some(*number),
        _ => None,
    };
    match (number(one), number(other)) {
        (Some(one), Some(other)) => one == other,
        _ => one == other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::{embedded, resolve_text, shipped_names};

    fn keys(text: &str) -> Vec<(String, Why)> {
        let resolved = resolve_text(text, &[]).unwrap_or_else(|problems| panic!("{problems:?}"));
        resolved.without_effect.into_iter().map(|found| (found.key, found.why)).collect()
    }

    const LADDER: &str = "name = \"a\"\ndynamics = \"ladder\"\n[ladder]\nstart = [0.5, 0.5]\nup = [0.1, 0]\ndown = [0, 0.1]\n\
        work = [0.01, 0.02]\nfraud = [0, 0]\nother = [0.01, 0.01]\n[[arm]]\nname = \"x\"\nparticipants = 20\n\
        [[arm]]\nname = \"y\"\nparticipants = 20\n";

    #[test]
    fn a_ladder_knows_its_table_only() {
        let more = "[distance]\nprogress = 2\n[service.fip]\ninterval_months = 1\n[exit.work]\nbase = { value = 0.2, note = \"x\" }\n\
            [observation]\nreason_unknown = 0.1\n";
        let found = keys(&format!("{LADDER}{more}"));
        let ladder = |key: &str| (key.to_owned(), Why::Ladder);
        let expected = ["distance.progress", "exit.work.base", "service.fip.interval_months"].map(ladder);
        assert_eq!(found.len(), 3, "{found:?}");
        assert!(expected.iter().all(|key| found.contains(key)), "{found:?}");
        // What stands in the reference as it is changes nothing, and says nothing.
        let resolved = resolve_text(LADDER, &[]).unwrap();
        assert_eq!(resolved.without_effect, []);
        assert_eq!(resolve_text(&resolved.text, &[]).unwrap().without_effect, []);
    }

    #[test]
    fn a_ladder_drops_no_reasons_unless_asked() {
        let unknown = |text: &str| {
            let resolved = resolve_text(text, &[]).unwrap();
            let again = resolve_text(&resolved.text, &[]).unwrap();
            assert_eq!(again.scenario, resolved.scenario, "the canonical text means the same");
            let record = resolved.registry.get("observation.reason_unknown").unwrap().value;
            (record, resolved.scenario.parameters.observation.reason_unknown)
        };
        assert_eq!(unknown(LADDER), (0.0, 0.0));
        assert_eq!(unknown(&format!("{LADDER}[observation]\nreason_unknown = 0.24\n")), (0.24, 0.24));
    }

    #[test]
    fn analysis_that_never_comes() {
        let base = "extends = \"lange-adem\"\nname = \"a\"\nhorizon_months = 24\n[analysis]\n";
        let found = keys(&format!(
            "{base}cut_off_months = [12, 24, 36]\nbenefit.exit = \"later\"\ninterim = {{ spending = \"pocock\" }}\n[service.extra]\nlike = \"fip\"\nquality = 0.9\n"
        ));
        for expected in [
            ("analysis.cut_off_months = 36", Why::PastTheEnd),
            ("analysis.benefit.exit", Why::TwoSided),
            ("analysis.interim.spending", Why::NoLooks),
            ("service.extra.quality", Why::UnusedService),
        ] {
            assert!(found.contains(&(expected.0.to_owned(), expected.1)), "{expected:?} in {found:?}");
        }
        let found = keys(&format!(
            "{base}sides = 1\nbenefit.distance_band = \"sooner\"\ntests.distance_band = []\ntests.exit = [\"log_rank\"]\n\
             interim = {{ look_months = [12, 24], parameter = 2, futility_binding = true }}\ncut_off_months = [12, 24]\n"
        ));
        let whys: Vec<Why> = found.iter().map(|(_, why)| *why).collect();
        assert_eq!(whys, [Why::PastTheEnd, Why::NoFutility, Why::NoShape, Why::NotTested], "{found:?}");
    }

    #[test]
    fn shipped_scenarios_have_no_idle_settings() {
        for name in shipped_names().filter(|name| *name != "reference" && !name.starts_with("verification")) {
            let Ok(resolved) = embedded(name, &[]) else { continue };
            assert_eq!(resolved.without_effect, [], "{name}");
        }
    }
}
