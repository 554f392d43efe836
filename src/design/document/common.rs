//! Keys that every kind of design has, and small helpers to read and to answer.

use crate::language::{Lang, Said};
use crate::said;
use serde_json::{Map, Value};

use super::NamedValues;
use crate::design::analytic::Level;
use crate::design::clusters::design_effect;
use crate::document::TableReader;

/// What to compute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Solve {
    /// The power.
    Power,
    /// The size.
    Size,
    /// The follow-up.
    FollowUp,
    /// The enrollment.
    Enrollment,
}

/// The common part of a question.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Goal {
    /// What is asked for.
    pub(super) solve: Solve,
    /// Type I error.
    pub(super) level: Level,
    /// Power aimed at.
    pub(super) power: f64,
}

/// Reads `solve`, `alpha`, `sides` and `power`.
pub(super) fn goal(table: &TableReader<'_>) -> Goal {
    let choices = [
        ("power", Solve::Power),
        ("size", Solve::Size),
        ("follow-up", Solve::FollowUp),
        ("enrollment", Solve::Enrollment),
    ];
    let alpha = table.number("alpha", 1e-9, 0.5).unwrap_or(0.05);
    let sides = table.integer("sides", 1, 2).unwrap_or(2) as u8;
    let power = table.number("power", 1e-6, 1.0 - 1e-9).unwrap_or(0.8);
    if power <= alpha / f64::from(sides) {
        table.problem(
            "power",
            said!(
                "het onderscheidend vermogen moet boven de alfa van één kant liggen",
                "the power must lie above alpha on one side"
            ),
            said!("tussen alfa en 1", "between alpha and 1"),
            None,
        );
    }
    Goal {
        solve: table.choice("solve", &choices).unwrap_or(Solve::Power),
        level: Level { alpha, sides },
        power,
    }
}

/// Refuses a `solve` that the kind does not know.
pub(super) fn allow(table: &TableReader<'_>, goal: &Goal, allowed: &[Solve]) -> Option<()> {
    if allowed.contains(&goal.solve) {
        return Some(());
    }
    let word = |solve: &Solve| match solve {
        Solve::Power => "\"power\"",
        Solve::Size => "\"size\"",
        Solve::FollowUp => "\"follow-up\"",
        Solve::Enrollment => "\"enrollment\"",
    };
    let words: Vec<&str> = allowed.iter().map(word).collect();
    table.problem(
        "solve",
        said!(
            "dit soort onderzoek kan niet daarvoor worden opgelost",
            "this kind of study cannot be solved for that"
        ),
        said!("een van {}", "one of {}", words.join(", ")),
        None,
    );
    None
}

/// Clustering of participants under caseworkers or sites.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Clustering {
    /// Clients per cluster, or its mean.
    pub(super) size: f64,
    /// Design effect.
    pub(super) effect: f64,
}

/// Reads `[clusters]`: size, icc, cv.
pub(super) fn clustering(table: &TableReader<'_>) -> Option<Clustering> {
    let clusters = table.table("clusters")?;
    let size = clusters.required("size", 1.0, 1e6, "60");
    let correlation = clusters.required("icc", 0.0, 1.0, "0.02");
    let variation = clusters.number("cv", 0.0, 10.0).unwrap_or(0.0);
    clusters.finish();
    let size = size?;
    Some(Clustering { size, effect: design_effect(size, correlation?, variation) })
}

/// The part of an answer about clusters.
pub(super) fn cluster_answer(clustering: Clustering, participants: f64) -> Value {
    let mut answer = Map::new();
    put(&mut answer, "design_effect", clustering.effect);
    put(&mut answer, "participants_per_cluster", clustering.size);
    put(&mut answer, "clusters", participants / clustering.size);
    put(&mut answer, "effective_participants", participants / clustering.effect);
    Value::Object(answer)
}

/// Adds a number to an answer.
pub(super) fn put(answer: &mut NamedValues, key: &str, value: f64) {
    let counts = key.ends_with("_rounded_up")
        || ["participants", "clusters", "periods"].iter().any(|word| key.starts_with(word));
    let whole = counts && value == libm::trunc(value) && value.abs() < 9e15;
    answer.insert(key.to_owned(), if whole { Value::from(value as i64) } else { Value::from(value) });
}

/// Adds anything to an answer.
pub(super) fn add(answer: &mut NamedValues, key: &str, value: impl Into<Value>) {
    answer.insert(key.to_owned(), value.into());
}

/// The start of every answer: the level and whether the question has an answer.
pub(super) fn begin(goal: &Goal) -> NamedValues {
    let mut answer = NamedValues::new();
    let solve = match goal.solve {
        Solve::Power => "power",
        Solve::Size => "size",
        Solve::FollowUp => "follow-up",
        Solve::Enrollment => "enrollment",
    };
    add(&mut answer, "solve", solve);
    put(&mut answer, "alpha", goal.level.alpha);
    add(&mut answer, "sides", goal.level.sides);
    if goal.solve != Solve::Power {
        put(&mut answer, "target_power", goal.power);
    }
    answer
}

/// Says that a question has no answer, and why.
pub(super) fn infeasible(answer: &mut NamedValues, reason: Said) {
    add(answer, "feasible", false);
    add_said(answer, "reason", &reason);
}

/// Keys whose values are words. While an answer is made they hold them in every language, in the order of [`Lang::ALL`].
const WORDS: [&str; 2] = ["reason", "test"];

/// Adds words, under one of the keys for words.
pub(super) fn add_said(answer: &mut NamedValues, key: &str, said: &Said) {
    debug_assert!(WORDS.contains(&key), "{key} is no key for words");
    add(answer, key, Lang::ALL.map(|lang| said.text(lang)).to_vec());
}

/// Leaves the words in one language, in the answer and in the tables in it.
pub(super) fn say_in(answer: &mut NamedValues, lang: Lang) {
    for (key, value) in answer.iter_mut() {
        match value {
            Value::Array(said) if WORDS.contains(&key.as_str()) => {
                let at = Lang::ALL.iter().position(|known| *known == lang).unwrap_or_default();
                *value = said.get(at).cloned().unwrap_or_default();
            }
            Value::Array(items) => {
                items.iter_mut().filter_map(Value::as_object_mut).for_each(|item| say_in(item, lang))
            }
            Value::Object(table) => say_in(table, lang),
            _ => {}
        }
    }
}

/// Numbers as JSON; infinite ones become null.
pub(super) fn list(values: &[f64]) -> Value {
    values.to_vec().into()
}
