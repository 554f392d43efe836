//! `[assurance]`: power averaged over what is believed about the effect.
//!
//! With a normal prior of standard deviation `sd` around the stated effect (log hazard ratio, or difference of proportions), assurance is the
//! mean of the power over that prior, always in the direction of the stated effect: the chance that the study rejects, before it is known how
//! large the effect is. O'Hagan, Stevens & Campbell (2005), <https://doi.org/10.1002/pst.175>. The integral takes Gauss-Legendre points
//! over six standard deviations on each side.

use serde_json::Value as Json;

use super::common::{Goal, Solve};
use super::{Answer, Reader};
use crate::design::analytic::Level;
use crate::document::{Entry, Node, Place, Sink, Table, Value};
use crate::stats::normal;
use crate::stats::quadrature::GaussLegendre;

/// Points of the integral.
const POINTS: usize = 60;
/// How far the prior is followed, in standard deviations.
const REACH: f64 = 6.0;

/// Reads `[assurance]` of the kinds that know it; `None` when it is not there or wrong (then reported).
pub(super) fn prior(table: &Table<'_>, root: &Node, kind: &str, goal: &Goal) -> Option<f64> {
    if !["survival", "proportions"].contains(&kind) {
        return None;
    }
    let own = table.table("assurance")?;
    let sd = own.required("sd", 1e-9, 10.0, "0.2");
    own.finish();
    let refuse = |message: &str, allowed: &str| {
        table.problem("assurance", message, allowed, None);
        None
    };
    if goal.solve != Solve::Power {
        return refuse("assurance is of a study whose size is given", "solve = \"power\": put the size back");
    }
    if kind == "survival" && root.find(["hazards", "hazard_ratio"]).is_none() {
        return refuse("the prior is one of the hazard ratio", "with hazards.hazard_ratio");
    }
    if kind == "proportions" && ["sequential", "method", "strict"].iter().any(|key| root.get(key).is_some()) {
        return refuse("the prior goes with the normal approximation", "without looks, method or strict");
    }
    sd
}

/// Adds `assurance` to every result that has a power.
pub(super) fn add(answer: &mut Answer, root: &Node, kind: &str, reader: Reader, goal: &Goal, sd: f64) {
    let several = answer.get("results").and_then(Json::as_array).map_or(0, Vec::len);
    let mut means = vec![0.0; several.max(1)];
    let benefit = answer.get("benefit").and_then(Json::as_str).map(str::to_owned);
    for (at, mean) in means.iter_mut().enumerate() {
        let power = |z: f64| {
            let moved = moved(root, kind, sd * z, benefit.as_deref());
            power_of(&moved, root, kind, reader, goal, at) * normal::density(z)
        };
        *mean = GaussLegendre::new(POINTS).integrate(-REACH, REACH, power);
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

/// The document with its effect moved, and the direction kept.
fn moved(root: &Node, kind: &str, by: f64, benefit: Option<&str>) -> Node {
    let mut moved = root.clone();
    if kind == "survival" {
        if let Some(node) = moved.find_mut(["hazards", "hazard_ratio"]) {
            change(node, &|ratio| (ratio * libm::exp(by)).clamp(1e-6, 1e6));
        }
        if let (Some(benefit), Value::Table(entries)) = (benefit, &mut moved.value) {
            let place = Place { source: 0, span: 0..0 };
            let node = Node { place: place.clone(), value: Value::Text(benefit.to_owned()) };
            entries.retain(|entry| entry.key != "benefit");
            entries.push(Entry { key: "benefit".to_owned(), key_place: place, node });
        }
    } else if let Some(node) = moved.find_mut(["treated"]) {
        change(node, &|share| (share + by).clamp(0.0, 1.0));
    }
    moved
}

fn change(node: &mut Node, to: &impl Fn(f64) -> f64) {
    match &mut node.value {
        Value::Array(items) => items.iter_mut().for_each(|item| change(item, to)),
        Value::Float(number) => *number = to(*number),
        Value::Integer(number) => node.value = Value::Float(to(*number as f64)),
        _ => {}
    }
}

/// The power of one result in the direction of the stated effect.
fn power_of(root: &Node, stated: &Node, kind: &str, reader: Reader, goal: &Goal, at: usize) -> f64 {
    // Both tails, each at the level of one side, so that they can be told apart.
    let level = Level { alpha: 2.0 * goal.level.one_sided(), sides: 2 };
    let goal = &Goal { level: if kind == "survival" { goal.level } else { level }, ..*goal };
    let sink = Sink::default();
    let found = reader(&Table::root(root, &sink), goal).unwrap_or_default();
    let number = |of: &Json, key: &str| of[key].as_f64();
    if kind == "survival" {
        let result = found.get("results").and_then(|results| results.get(at));
        return result.and_then(|result| number(result, "power")).unwrap_or(0.0);
    }
    let all = Json::Object(found);
    let own = number(&all, "power").unwrap_or(0.0);
    // Beyond no effect the direction turns: what counts then is the wrong tail.
    let towards = |root: &Node| share(root, "treated") - share(root, "control");
    match towards(root) * towards(stated) < 0.0 {
        true => number(&all, "power_both_directions").map_or(0.0, |both| both - own),
        false => own,
    }
}

fn share(root: &Node, key: &str) -> f64 {
    match root.get(key).map(|node| &node.value) {
        Some(Value::Float(number)) => *number,
        Some(Value::Integer(number)) => *number as f64,
        _ => f64::NAN,
    }
}
