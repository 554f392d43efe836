//! Validation targets of the evidence that the model can be held to: model value, published value, difference.

use super::stock::{self, CLASS_NAMES};
use super::{PatternError, PatternPlan, StructureReport};
use crate::scenario::embedded;
use serde::Serialize;

/// How a target is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Parameters were chosen with it in sight: reproducing it proves little.
    Calibration,
    /// Kept out of the choice of parameters.
    Validation,
    /// Another country or regime: plausibility only.
    Plausibility,
}

/// One target.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct TargetRow {
    /// Number in the list of targets.
    pub number: u32,
    /// What.
    pub target: String,
    /// How it is used.
    pub role: Use,
    /// The model's value.
    pub model: f64,
    /// Its Monte Carlo error.
    pub error: f64,
    /// Published value (middle of a range).
    pub published: f64,
    /// Lowest and highest acceptable value.
    pub range: [f64; 2],
    /// Whether the model is within the range.
    pub within: bool,
    /// Why it differs or what to mind.
    pub why: String,
}

fn row(
    number: u32,
    target: &str,
    role: Use,
    (model, error): (f64, f64),
    published: f64,
    range: [f64; 2],
    why: &str,
) -> TargetRow {
    let within = model >= range[0] && model <= range[1];
    TargetRow {
        number,
        target: target.to_owned(),
        role,
        model,
        error,
        published,
        range,
        within,
        why: why.to_owned(),
    }
}

/// The targets of a whole caseload under regular service, and those that restate patterns.
pub(super) fn targets(
    plan: &PatternPlan<'_>,
    reports: &[StructureReport],
) -> Result<Vec<TargetRow>, PatternError> {
    use Use::{Calibration, Validation};
    let overrides = ["horizon_months=48".to_owned()];
    let scenario = embedded("heel-bestand", &overrides)?.scenario;
    let found = stock::caseload(&scenario, plan.few(), plan.watch)?;
    let per_year = |name: &str| {
        let (value, error) = found.ratio(name, "client-months");
        (value * 12.0, error * 12.0)
    };
    let closed = "those on benefit at the start, without new entrants: these leave fastest";
    let open = "whole caseload with new entrants and returns, first year";
    let mut rows = vec![
        row(
            1,
            "exits a year (without pension age) / caseload",
            Calibration,
            per_year("exits"),
            0.21,
            [0.167, 0.252],
            open,
        ),
        row(
            6,
            "share of exits to work",
            Calibration,
            found.ratio("exits to work", "exits"),
            0.45,
            [0.31, 0.50],
            open,
        ),
        row(
            10,
            "breaches found a year per client",
            Calibration,
            per_year("confirmed"),
            0.08,
            [0.06, 0.10],
            "confirmed investigations; whole caseload",
        ),
        row(
            11,
            "terminations by enforcement a year, share of caseload",
            Validation,
            per_year("exits by fraud"),
            0.022,
            [0.01, 0.035],
            open,
        ),
    ];
    let published = [0.037, 0.031, 0.021, 0.015, 0.007];
    for ((exits, months), value) in CLASS_NAMES.iter().zip(published) {
        let name = format!("exit hazard a month, {}", exits.trim_start_matches("exits "));
        let why = "participants of the start only: the first class holds few client-months";
        rows.push(row(
            2,
            &name,
            Calibration,
            found.ratio(exits, months),
            value,
            [value * 0.75, value * 1.25],
            why,
        ));
    }
    let shares = [0.22, 0.15, 0.17, 0.23, 0.22];
    for ((exits, _), value) in CLASS_NAMES.iter().zip(shares) {
        let name = format!("share of exits, {}", exits.trim_start_matches("exits "));
        rows.push(row(
            3,
            &name,
            Validation,
            found.ratio(exits, "exits at start"),
            value,
            [value - 0.04, value + 0.04],
            closed,
        ));
    }
    for (name, value, range, role) in [
        ("back 6", 0.15, [0.12, 0.18], Validation),
        ("back 12", 0.22, [0.18, 0.26], Calibration),
        ("back 24", 0.30, [0.25, 0.35], Validation),
    ] {
        let target = format!("back on benefit within {} months of an exit", name.trim_start_matches("back "));
        let why = "all exits of two years, deaths and pensions included, which never return";
        rows.push(row(8, &target, role, found.ratio(name, "left"), value, range, why));
    }
    rows.push(row(
        9,
        "back within 6 months after enforcement",
        Validation,
        found.ratio("back after fraud 6", "left by fraud"),
        0.28,
        [0.23, 0.33],
        "hazard set lower than published: some leave for good",
    ));
    rows.push(row(
        9,
        "back within 6 months after work",
        Validation,
        found.ratio("back from work 6", "left to work"),
        0.11,
        [0.0, 0.16],
        "published as at most 11 %",
    ));
    rows.extend(restated(reports));
    Ok(rows)
}

/// Targets 13 to 17 are patterns.
fn restated(reports: &[StructureReport]) -> Vec<TargetRow> {
    let Some(default) = reports.first() else { return Vec::new() };
    let value = |id: &str| {
        default
            .rows
            .iter()
            .find(|row| row.id == id)
            .map_or((f64::NAN, f64::NAN), |row| (row.value, row.error))
    };
    let share = |number, target: &str, id: &str, range: [f64; 2]| {
        row(
            number,
            target,
            Use::Calibration,
            value(id),
            f64::NAN,
            range,
            "share of simulated studies (no percentage was published); parameters were chosen with it in sight",
        )
    };
    vec![
        share(13, "Brabantse Wal: more terminations, significant", "P6", [0.5, 1.0]),
        share(13, "Brabantse Wal: work share of FIP terminations", "P7", [0.0, 0.5]),
        share(14, "three municipalities: work not significant at any site", "P1", [0.75, 1.0]),
        share(14, "three municipalities: total significant at one site at most", "P2", [0.75, 1.0]),
        share(15, "fraud signals significantly higher at exactly two of three sites", "P3", [0.2, 1.0]),
        share(15, "of these exactly one with more fraud/withdrawal terminations", "P5", [0.2, 1.0]),
        share(16, "activation significantly higher at two sites or more", "P4", [0.5, 1.0]),
    ]
}
