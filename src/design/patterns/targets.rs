//! Validation targets of the evidence that the model can be held to: model value, published value, difference.

use super::averages::Averages;
use super::stock::{self, BANDS, CLASSES, RUNGS};
use super::{PatternError, PatternPlan, almere, far};
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
    /// Number in the list of targets; 0 = not in it.
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

/// Published numbers are of a country: differences between towns are left out.
const ONE_AVERAGE_TOWN: [&str; 4] = [
    "site_effects.quality_sd=0",
    "site_effects.irregularity_stock_sd=0",
    "site_effects.signalling_sd=0",
    "site_effects.labour_market_sd=0",
];

/// The published numbers of a whole caseload under regular service, of those far from work, and of trials elsewhere.
///
/// Returns the targets, and how far everything that must stay has moved in ten years.
pub(super) fn targets(plan: &PatternPlan<'_>) -> Result<(Vec<TargetRow>, Vec<TargetRow>), PatternError> {
    let load = |name: &str, more: &[&str]| plan.load(name, more, &[]);
    let found = stock::caseload(&load("heel-bestand", &ONE_AVERAGE_TOWN)?, plan.few(), plan.watch)?;
    let mut rows = first_year(&found);
    rows.extend(by_class(&found));
    rows.extend(returns(&found));
    rows.extend(stocks(&found));
    let far = far::run(&load("lange-adem", &["horizon_months=12"])?, plan.few(), plan.watch)?;
    rows.push(row(
        7,
        "exits to work a year of those far from work",
        Use::Validation,
        far.get("worked"),
        0.025,
        [0.01, 0.04],
        "`lange-adem`, regular service, first year; published for a group of ten years on benefit",
    ));
    rows.extend(elsewhere(plan)?);
    Ok((rows, stationarity(&found)))
}

/// Flows of everybody in the first year.
fn first_year(found: &Averages) -> Vec<TargetRow> {
    use Use::{Calibration, Validation};
    let per_year = |name: &str| {
        let (value, error) = found.ratio(name, "client-months");
        (value * 12.0, error * 12.0)
    };
    let open = "whole caseload with new entrants and returns, first year";
    let breach = "confirmed investigations: most by data matching on wages";
    let work = found.ratio("exits to work", "exits");
    let intent = found.ratio("confirmed intentional", "confirmed");
    vec![
        row(
            1,
            "exits a year (without pension age) / caseload",
            Calibration,
            per_year("exits"),
            0.21,
            [0.167, 0.252],
            open,
        ),
        row(6, "share of exits to work", Calibration, work, 0.45, [0.31, 0.50], open),
        row(
            10,
            "breaches found a year per client",
            Calibration,
            per_year("confirmed"),
            0.08,
            [0.06, 0.10],
            breach,
        ),
        row(10, "share of breaches that is intentional", Calibration, intent, 0.30, [0.20, 0.40], breach),
        row(
            11,
            "terminations by enforcement a year, share of caseload",
            Validation,
            per_year("exits by fraud"),
            0.022,
            [0.01, 0.035],
            open,
        ),
        row(
            0,
            "exits at pension age a year, share of caseload",
            Validation,
            per_year("exits at pension age"),
            0.0185,
            [0.013, 0.024],
            "the residual of stock and flows; not among the numbered targets",
        ),
    ]
}

/// Hazards and shares of exits by months on benefit.
fn by_class(found: &Averages) -> Vec<TargetRow> {
    let open = "everybody, first year";
    let hazards = [0.037, 0.031, 0.021, 0.015, 0.007];
    let shares = [0.22, 0.15, 0.17, 0.23, 0.22];
    let mut rows = Vec::new();
    for ((_, exits, months, _), value) in CLASSES.into_iter().zip(hazards) {
        let name = format!("exit hazard a month, {}", exits.trim_start_matches("exits "));
        let range = [value * 0.75, value * 1.25];
        rows.push(row(2, &name, Use::Calibration, found.ratio(exits, months), value, range, open));
    }
    for ((_, exits, ..), value) in CLASSES.into_iter().zip(shares) {
        let name = format!("share of exits, {}", exits.trim_start_matches("exits "));
        let range = [value - 0.04, value + 0.04];
        rows.push(row(3, &name, Use::Validation, found.ratio(exits, "exits"), value, range, open));
    }
    rows
}

fn returns(found: &Averages) -> Vec<TargetRow> {
    use Use::{Calibration, Validation};
    let mind = "returns over exits, years four and five, entrants counted";
    let mut rows = Vec::new();
    for (name, value, range, role) in [
        ("back 6", 0.15, [0.12, 0.18], Calibration),
        ("back 12", 0.22, [0.18, 0.26], Validation),
        ("back 24", 0.30, [0.25, 0.35], Calibration),
        ("back 36", 0.30, [0.25, 0.35], Validation),
    ] {
        let target = format!("back on benefit within {} months of an exit", name.trim_start_matches("back "));
        rows.push(row(8, &target, role, found.ratio(name, "left"), value, range, mind));
    }
    let fraud = found.ratio("back after fraud 6", "left by fraud");
    let work = found.ratio("back from work 6", "left to work");
    rows.push(row(9, "back within 6 months after enforcement", Calibration, fraud, 0.28, [0.23, 0.33], mind));
    rows.push(row(
        9,
        "back within 6 months after work",
        Calibration,
        work,
        0.11,
        [0.0, 0.11],
        "published as at most 11 %",
    ));
    let survival = found.ratio("new spells after a year", "new spells");
    rows.push(row(5, "new spells that last over a year", Validation, survival, 0.705, [0.66, 0.75], mind));
    rows
}

/// Stocks in the first year, and ten years later.
fn stocks(found: &Averages) -> Vec<TargetRow> {
    use Use::{Calibration, Validation};
    let (first, last) = ("first year", "tenth year: nothing may drift");
    let over_two = [0.67, 0.75];
    let over_five = [0.40, 0.55];
    vec![
        row(
            4,
            "share over 2 years on benefit",
            Calibration,
            found.ratio("months over 2y", "client-months"),
            0.71,
            over_two,
            first,
        ),
        row(
            4,
            "share over 2 years on benefit, ten years on",
            Validation,
            found.ratio("last months over 2y", "last client-months"),
            0.71,
            over_two,
            last,
        ),
        row(
            4,
            "share over 5 years on benefit",
            Calibration,
            found.ratio("months over 5y", "client-months"),
            0.475,
            over_five,
            first,
        ),
        row(
            4,
            "share over 5 years on benefit, ten years on",
            Validation,
            found.ratio("last months over 5y", "last client-months"),
            0.475,
            over_five,
            last,
        ),
        row(
            12,
            "clients with earnings beside benefit",
            Calibration,
            found.ratio("small job", "on benefit"),
            0.08,
            [0.06, 0.10],
            "small jobs after a year",
        ),
        row(
            12,
            "clients with a re-integration provision",
            Validation,
            found.ratio("provision", "on benefit"),
            0.28,
            [0.23, 0.33],
            "the model has trajectories and Dutch practice only, not every provision of a municipality",
        ),
    ]
}

/// What trials elsewhere saw.
fn elsewhere(plan: &PatternPlan<'_>) -> Result<Vec<TargetRow>, PatternError> {
    let load = |name: &str, more: &[&str]| plan.load(name, more, &[]);
    let almere = almere::run(&load("brabantse-wal", &almere::OVERRIDES)?, plan.few(), plan.watch)?;
    let skill = far::by_caseworker(&load("lange-adem", &["horizon_months=18"])?, plan.few(), plan.watch)?;
    let jobs = format!(
        "share of simulated trials; started a small job: {:.1} % with talks, {:.1} % without; published: more small jobs only",
        almere.mean("jobs fip") * 100.0,
        almere.mean("jobs regular") * 100.0
    );
    let no_exits = "share of simulated trials without a significant difference in exits to work";
    let ratio = skill.ratio("good", "poor");
    Ok(vec![
        row(
            18,
            "Almere: significantly more small jobs",
            Use::Plausibility,
            almere.get("more jobs"),
            f64::NAN,
            [0.3, 1.0],
            &jobs,
        ),
        row(
            18,
            "Almere: exits to work not significant",
            Use::Plausibility,
            almere.get("exits same"),
            f64::NAN,
            [0.75, 1.0],
            no_exits,
        ),
        row(
            19,
            "effect on activation, good over poor caseworkers (thirds by skill)",
            Use::Plausibility,
            ratio,
            f64::NAN,
            [1.0, f64::INFINITY],
            "published abroad for exits: none with the lower half, over twice the mean with the upper",
        ),
    ])
}

/// How far everything that must stay has moved in ten years: the tenth year over the first.
fn stationarity(found: &Averages) -> Vec<TargetRow> {
    let moved = |name: &str, (first, of): (&str, &str), (last, of_last): (&str, &str)| {
        let ((a, a_error), (b, b_error)) = (found.ratio(first, of), found.ratio(last, of_last));
        let error = (b / a) * libm::hypot(a_error / a, b_error / b);
        row(0, name, Use::Validation, (b / a, error), 1.0, [0.9, 1.1], "tenth year over first")
    };
    let share = |name: &str, first: &'static str, last: &'static str| {
        moved(name, (first, "on benefit"), (last, "last on benefit"))
    };
    let mut rows =
        vec![moved("exits a year", ("exits", "client-months"), ("last exits", "last client-months")), {
            let (value, error) = found.ratio("last on benefit", "on benefit");
            row(
                0,
                "clients on benefit",
                Use::Validation,
                (value, error),
                1.0,
                [0.9, 1.1],
                "tenth year over first",
            )
        }];
    for (_, exits, first, last) in CLASSES {
        let name = format!("stock, {}", exits.trim_start_matches("exits "));
        rows.push(moved(&name, (first, "client-months"), (last, "last client-months")));
    }
    rows.extend(BANDS.into_iter().map(|(_, first, last)| share(&format!("recorded {first}"), first, last)));
    rows.extend(RUNGS.into_iter().map(|(_, first, last)| share(first, first, last)));
    rows
}
