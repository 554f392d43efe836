//! `[assurance]`: power averaged over what is believed about the effect.
//!
//! With a normal prior of standard deviation `sd` around the stated effect, assurance is the mean of the power over that prior, always in the
//! direction of the stated effect: the chance that the study rejects, before it is known how large the effect is. O'Hagan, Stevens &
//! Campbell (2005), <https://doi.org/10.1002/pst.175>. The integral takes Gauss-Legendre points over six standard deviations on each
//! side. Scales of the prior: the logarithm of a hazard or rate ratio, the difference of proportions or means, the drift of a sequential
//! plan. Bounds of looks stay those of the stated effect.

use crate::language::Said;
use crate::said;
use serde_json::Value as Json;

use super::common::{Goal, Solve, put};
use super::{NamedValues, Reader};
use crate::document::{Entry, Node, Place, Sink, TableReader, Value};
use crate::stats::normal;
use crate::stats::quadrature::GaussLegendre;

/// Points of the integral.
const POINTS: usize = 60;
/// How far the prior is followed, in standard deviations.
const REACH: f64 = 6.0;

/// The mean of a power over a standard normal prior scaled by `sd`; `power` gets how far the effect moves.
pub(super) fn mean(sd: f64, power: impl Fn(f64) -> f64) -> f64 {
    GaussLegendre::new(POINTS).integrate(-REACH, REACH, |z| power(sd * z) * normal::density(z))
}

/// Reads `[assurance]`; `None` when it is not there or wrong (then reported).
pub(super) fn prior(table: &TableReader<'_>, goal: &Goal) -> Option<f64> {
    let belief = table.table("assurance")?;
    let sd = belief.required("sd", 1e-9, 10.0, "0.2");
    belief.finish();
    if goal.solve != Solve::Power {
        refuse(
            table,
            said!(
                "assurance gaat over een onderzoek waarvan de omvang gegeven is",
                "assurance is of a study whose size is given"
            ),
            said!("solve = \"power\": geef de omvang terug", "solve = \"power\": put the size back"),
        );
        return None;
    }
    sd
}

/// Reports that the prior does not go with the rest.
pub(super) fn refuse(table: &TableReader<'_>, message: Said, allowed: Said) {
    table.problem("assurance", message, allowed, None);
}

/// Adds the mean power over the prior, when there is a prior.
pub(super) fn put_mean(answer: &mut NamedValues, prior: Option<f64>, power: impl Fn(f64) -> f64) {
    if let Some(sd) = prior {
        put(answer, "assurance", mean(sd, power));
    }
}

/// Reads `[assurance]` of a survival design.
pub(super) fn survival_prior(table: &TableReader<'_>, root: &Node, goal: &Goal) -> Option<f64> {
    let sd = prior(table, goal)?;
    if root.find(["hazards", "hazard_ratio"]).is_none() {
        refuse(
            table,
            said!("de prior gaat over de hazardratio", "the prior is one of the hazard ratio"),
            said!("met hazards.hazard_ratio", "with hazards.hazard_ratio"),
        );
        return None;
    }
    Some(sd)
}

/// Adds `assurance` to every result of a survival design that has a power.
pub(super) fn add(answer: &mut NamedValues, root: &Node, reader: Reader, goal: &Goal, sd: f64) {
    let several = answer.get("results").and_then(Json::as_array).map_or(0, Vec::len);
    let mut means = vec![0.0; several.max(1)];
    let benefit = answer.get("benefit").and_then(Json::as_str).map(str::to_owned);
    for (at, assurance) in means.iter_mut().enumerate() {
        *assurance = mean(sd, |by| power_of(&moved(root, by, benefit.as_deref()), reader, goal, at));
    }
    if let Some(results) = answer.get_mut("results").and_then(Json::as_array_mut) {
        for (result, mean) in results.iter_mut().zip(&means) {
            result["assurance"] = Json::from(*mean);
        }
    }
    if several <= 1 {
        answer.insert("assurance".to_owned(), Json::from(means[0]));
    }
}

/// The document with its hazard ratio moved, and the direction kept.
fn moved(root: &Node, by: f64, benefit: Option<&str>) -> Node {
    let mut moved = root.clone();
    if let Some(node) = moved.find_mut(["hazards", "hazard_ratio"]) {
        change(node, &|ratio| (ratio * libm::exp(by)).clamp(1e-6, 1e6));
    }
    if let (Some(benefit), Value::Table(entries)) = (benefit, &mut moved.value) {
        let place = Place { source: 0, span: 0..0 };
        let node = Node { place: place.clone(), value: Value::Text(benefit.to_owned()) };
        entries.retain(|entry| entry.key != "benefit");
        entries.push(Entry { key: "benefit".to_owned(), key_place: place, node });
    }
    moved
}

/// Changes every number of a value.
fn change(node: &mut Node, to: &impl Fn(f64) -> f64) {
    match &mut node.value {
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, to)),
        Value::Float(number) => *number = to(*number),
        Value::Integer(number) => node.value = Value::Float(to(*number as f64)),
        _ => {}
    }
}

/// The power of one result.
fn power_of(root: &Node, reader: Reader, goal: &Goal, at: usize) -> f64 {
    let sink = Sink::default();
    let found = reader(&TableReader::root(root, &sink), goal).unwrap_or_default();
    let result = found.get("results").and_then(|results| results.get(at));
    result.and_then(|result| result["power"].as_f64()).unwrap_or(0.0)
}
