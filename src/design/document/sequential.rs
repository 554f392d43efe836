//! `kind = "sequential"`, and the `[sequential]` table of other kinds.

use crate::said;
use serde_json::Value;

use super::common::{Goal, Solve, add, allow, begin, list, put};
use super::{NamedValues, assurance};
use crate::design::analytic::StagedLook;
use crate::design::sequential::{
    Boundary, Futility, FutilityRule, SequentialPlan, SequentialRequest, Spending, crossing, cumulative,
};
use crate::document::TableReader;

/// A request with the months (or other times) of its looks, when those were given instead of fractions.
pub(super) struct Staging {
    /// Looks and boundaries.
    pub(super) request: SequentialRequest,
    /// Calendar months of the looks, when they are placed by time.
    pub(super) months: Option<Vec<f64>>,
}

/// Shapes of a boundary.
#[derive(Clone, Copy, PartialEq)]
enum Shape {
    /// O'Brien and Fleming.
    OBrienFleming,
    /// Pocock.
    Pocock,
    /// Wang and Tsiatis.
    WangTsiatis,
    /// Haybittle and Peto.
    HaybittlePeto,
    /// Spending like O'Brien and Fleming.
    LanDeMetsOBrienFleming,
    /// Spending like Pocock.
    LanDeMetsPocock,
    /// Spending of Hwang, Shih and DeCani.
    HwangShihDeCani,
    /// Power spending of Kim and DeMets.
    KimDeMets,
    /// Error spent by each look, as stated.
    Stated,
    /// Critical values, as stated.
    Fixed,
}

/// Shapes that spend error, as files write them.
const SPENDING: [(&str, Shape); 5] = [
    ("lan-demets-obrien-fleming", Shape::LanDeMetsOBrienFleming),
    ("lan-demets-pocock", Shape::LanDeMetsPocock),
    ("hwang-shih-decani", Shape::HwangShihDeCani),
    ("kim-demets", Shape::KimDeMets),
    ("stated", Shape::Stated),
];

/// Reads `[sequential]`; `calendar`: the key under which looks may be given by time instead of information.
pub(super) fn staging(table: &TableReader<'_>, goal: &Goal, calendar: Option<&str>) -> Option<Staging> {
    let sequential = table.table("sequential")?;
    let months =
        calendar.and_then(|key| sequential.numbers(key, 1e-6, if key == "months" { 2400.0 } else { 1e6 }));
    if let Some(key) = calendar.filter(|_| months.is_some())
        && let Some(twice) = ["information", "looks"].into_iter().find(|other| sequential.has(other))
    {
        sequential.problem(
            twice,
            said!("{key} zegt waar de toetsmomenten zijn", "{key} says where the looks are", key = key),
            said!("{key} of {twice}", "{key} or {twice}", key = key, twice = twice),
            None,
        );
    }
    let fractions = match &months {
        Some(months) => {
            let last = months.last().copied().unwrap_or(1.0);
            rising(&sequential, calendar.unwrap_or("months"), months)?;
            Some(months.iter().map(|m| m / last).collect())
        }
        None => fractions(&sequential),
    };
    let looks = fractions.as_ref().map_or(1, Vec::len);
    let boundary = efficacy(&sequential, looks);
    let futility = sequential.table("futility").and_then(|futility| {
        let read = read_futility(&futility, looks);
        futility.finish();
        if goal.level.sides == 2 {
            table.problem(
                "sides",
                said!(
                    "grenzen om te stoppen zonder kans vragen een eenzijdig plan",
                    "futility bounds need a one-sided plan"
                ),
                said!("sides = 1 met de helft van alpha", "sides = 1 with half the alpha"),
                None,
            );
        }
        read
    });
    sequential.finish();
    let request = SequentialRequest {
        fractions: fractions?,
        alpha: goal.level.alpha,
        sides: goal.level.sides,
        boundary: boundary?,
        futility,
    };
    Some(Staging { request, months })
}

/// Looks closer together than this share of the information are refused.
pub(super) const CLOSEST: f64 = 1e-3;

/// Reports a list that does not rise; `None` then.
fn rising(table: &TableReader<'_>, key: &str, values: &[f64]) -> Option<()> {
    if !values.is_empty() && values.len() <= 50 && values.windows(2).all(|pair| pair[1] > pair[0]) {
        return Some(());
    }
    table.problem(
        key,
        said!("{key} moet stijgen", "{key} must rise", key = key),
        said!(
            "1 tot 50 getallen, elk groter dan het vorige",
            "1 to 50 numbers, each larger than the one before"
        ),
        None,
    );
    None
}

/// Information at the looks, as shares of the last.
fn fractions(table: &TableReader<'_>) -> Option<Vec<f64>> {
    if let Some(given) = table.numbers("information", 1e-4, 1.0) {
        rising(table, "information", &given)?;
        if given.windows(2).any(|pair| pair[1] - pair[0] < CLOSEST) {
            let allowed = said!("aandelen minstens 0,001 uit elkaar", "shares at least 0.001 apart");
            table.problem(
                "information",
                said!(
                    "twee toetsmomenten bij bijna dezelfde informatie zijn één toetsmoment",
                    "two looks at nearly the same information are one look"
                ),
                allowed,
                None,
            );
            return None;
        }
        if given.last().is_none_or(|last| (last - 1.0).abs() > 1e-12) {
            table.problem(
                "information",
                said!(
                    "het laatste toetsmoment heeft alle informatie",
                    "the last look has all the information"
                ),
                said!("een lijst die eindigt op 1", "a list that ends at 1"),
                None,
            );
            return None;
        }
        return Some(given);
    }
    let looks = table.integer("looks", 1, 50);
    if !table.has("information") && !table.has("looks") {
        table.missing(
            "information",
            said!(
                "information = [0.5, 1.0], of looks = 2 voor toetsmomenten op gelijke afstand",
                "information = [0.5, 1.0], or looks = 2 for evenly spaced looks"
            ),
        );
    }
    looks.map(|looks| (1..=looks).map(|look| look as f64 / looks as f64).collect())
}

/// The upper boundary.
fn efficacy(table: &TableReader<'_>, looks: usize) -> Option<Boundary> {
    let shapes = [
        ("obrien-fleming", Shape::OBrienFleming),
        ("pocock", Shape::Pocock),
        ("wang-tsiatis", Shape::WangTsiatis),
        ("haybittle-peto", Shape::HaybittlePeto),
    ];
    let all: Vec<(&str, Shape)> = shapes.into_iter().chain(SPENDING).collect();
    table.missing("boundary", "boundary = \"lan-demets-obrien-fleming\"");
    match table.choice("boundary", &all)? {
        Shape::OBrienFleming => Some(Boundary::WangTsiatis { delta: 0.0 }),
        Shape::Pocock => Some(Boundary::WangTsiatis { delta: 0.5 }),
        Shape::WangTsiatis => {
            table.missing("delta", "delta = 0.25");
            Some(Boundary::WangTsiatis { delta: table.number("delta", -2.0, 1.0)? })
        }
        Shape::HaybittlePeto => {
            Some(Boundary::HaybittlePeto { interim: table.number("interim_z", 0.5, 8.0).unwrap_or(3.0) })
        }
        shape => spending(table, shape, looks).map(Boundary::Spending),
    }
}

/// The spending function.
fn spending(table: &TableReader<'_>, shape: Shape, looks: usize) -> Option<Spending> {
    match shape {
        Shape::LanDeMetsOBrienFleming => Some(Spending::OBrienFleming),
        Shape::LanDeMetsPocock => Some(Spending::Pocock),
        Shape::HwangShihDeCani => {
            table.missing("gamma", "gamma = -4");
            Some(Spending::HwangShihDeCani { gamma: table.number("gamma", -40.0, 40.0)? })
        }
        Shape::KimDeMets => {
            table.missing("rho", "rho = 3");
            Some(Spending::KimDeMets { rho: table.number("rho", 1e-3, 50.0)? })
        }
        _ => {
            table.missing("shares", "shares = [0.2, 1.0]");
            let shares = table.numbers("shares", 0.0, 1.0)?;
            let rises = shares.windows(2).all(|pair| pair[1] >= pair[0]);
            if shares.len() == looks && rises && shares.last().is_some_and(|last| *last == 1.0) {
                return Some(Spending::Stated { shares });
            }
            table.problem(
                "shares",
                said!("aandelen van de fout die tot dan is gebruikt", "shares of the error spent so far"),
                said!(
                    "een per toetsmoment, niet dalend, eindigend op 1",
                    "one per look, not falling, ending at 1"
                ),
                None,
            );
            None
        }
    }
}

/// The futility rule.
fn read_futility(table: &TableReader<'_>, looks: usize) -> Option<Futility> {
    let all: Vec<(&str, Shape)> = [("fixed", Shape::Fixed)].into_iter().chain(SPENDING).collect();
    table.missing("boundary", "boundary = \"hwang-shih-decani\"");
    let binding = table.boolean("binding").unwrap_or(false);
    let not_before = table.number("not_before", 0.0, 1.0).unwrap_or(0.0);
    let rule = match table.choice("boundary", &all)? {
        Shape::Fixed => {
            table.missing("z", "z = [0.0]");
            let z = table.numbers("z", -10.0, 10.0)?;
            if z.len() + 1 != looks {
                table.problem(
                    "z",
                    said!(
                        "een vaste ondergrens voor elke tussentijdse toets",
                        "a fixed futility bound per interim look"
                    ),
                    said!(
                        "een getal minder dan er toetsmomenten zijn",
                        "one number less than there are looks"
                    ),
                    None,
                );
                return None;
            }
            FutilityRule::Fixed(z)
        }
        shape => FutilityRule::BetaSpending(spending(table, shape, looks)?),
    };
    Some(Futility { rule, binding, not_before })
}

/// Answers `kind = "sequential"`.
pub(super) fn answer(table: &TableReader<'_>, goal: &Goal) -> Option<NamedValues> {
    let permitted = allow(table, goal, &[Solve::Power, Solve::Size]);
    if !table.has("sequential") {
        table.missing("sequential", "[sequential]");
    }
    let staging = staging(table, goal, None);
    let fixed = table.number("fixed_size", 1e-9, 1e12);
    let drift = table.number("drift", 0.0, 50.0);
    let prior = assurance::prior(table, goal);
    if prior.is_some() && drift.is_none() {
        assurance::refuse(
            table,
            said!("de prior gaat over de drift", "the prior is one of the drift"),
            said!("met drift", "with drift"),
        );
        return None;
    }
    permitted?;
    let request = staging?.request;
    let plan = match drift {
        Some(drift) => {
            let ones = request.fractions.clone();
            request.consistent_at_effect(&ones, &vec![drift; ones.len()])
        }
        None => request.with_power(goal.power),
    };
    let mut answer = begin(goal);
    put(&mut answer, "power", plan.power);
    plan_answer(&mut answer, &plan, &[]);
    assurance::put_mean(&mut answer, prior, |by| {
        let drift = (drift.unwrap_or(0.0) + by).clamp(-60.0, 60.0);
        crossing(&request.fractions, &vec![drift; request.fractions.len()], &plan.bounds).power()
    });
    if let Some(fixed) = fixed {
        put(&mut answer, "fixed_size", fixed);
        put(&mut answer, "maximum_size", fixed * plan.inflation);
        let sizes: Vec<f64> = request.fractions.iter().map(|t| t * fixed * plan.inflation).collect();
        answer.insert("size_at_looks".to_owned(), list(&sizes));
        put(&mut answer, "expected_size_no_effect", plan.null.expected(&sizes));
        put(&mut answer, "expected_size", plan.alternative.expected(&sizes));
    }
    Some(answer)
}

/// Boundaries, what they spend, and where the study stops; with calendar looks also months, events and participants.
pub(super) fn plan_answer(answer: &mut NamedValues, plan: &SequentialPlan, looks: &[StagedLook]) {
    if plan.inflation.is_finite() {
        put(answer, "inflation_factor", plan.inflation);
    }
    put(answer, "drift", plan.drift);
    if plan.request.sides == 2 {
        put(answer, "power_both_directions", plan.power_both_directions());
    }
    let fractions: Vec<f64> = match looks {
        [] => plan.request.fractions.clone(),
        looks => looks.iter().map(|look| look.fraction).collect(),
    };
    let mut sequential = NamedValues::new();
    let bounded = plan.request.has_lower();
    for (key, values) in [
        ("information", Some(fractions)),
        ("months", (!looks.is_empty()).then(|| looks.iter().map(|look| look.month).collect())),
        ("events", (!looks.is_empty()).then(|| looks.iter().map(|look| look.counts.events()).collect())),
        (
            "participants",
            (!looks.is_empty()).then(|| looks.iter().map(|look| look.counts.participants).collect()),
        ),
        (
            "statistical_information",
            (!looks.is_empty()).then(|| looks.iter().map(|look| look.expected.information).collect()),
        ),
        ("upper_z", Some(plan.bounds.upper.clone())),
        ("lower_z", bounded.then(|| plan.bounds.lower.clone())),
        ("upper_p", Some(plan.stage_levels())),
        ("alpha_spent", Some(plan.alpha_spent())),
        ("beta_spent", plan.beta_spent()),
        ("reject_no_effect", Some(plan.null.upper.clone())),
        ("reject", Some(plan.alternative.upper.clone())),
        ("power_so_far", Some(cumulative(&plan.alternative.upper))),
        ("lower_crossed_no_effect", bounded.then(|| plan.null.lower.clone())),
        ("lower_crossed", bounded.then(|| plan.alternative.lower.clone())),
        ("stop_no_effect", Some(plan.null.stops())),
        ("stop", Some(plan.alternative.stops())),
    ] {
        if let Some(values) = values {
            sequential.insert(key.to_owned(), list(&values));
        }
    }
    put(&mut sequential, "expected_information_no_effect", plan.expected_information(0.0));
    put(&mut sequential, "expected_information", plan.expected_information(1.0));
    if !looks.is_empty() {
        let expected = |value: fn(&StagedLook) -> f64, crossing: &crate::design::sequential::Crossing| {
            crossing.expected(&looks.iter().map(value).collect::<Vec<f64>>())
        };
        put(&mut sequential, "expected_months_no_effect", expected(|look| look.month, &plan.null));
        put(&mut sequential, "expected_months", expected(|look| look.month, &plan.alternative));
        put(&mut sequential, "expected_events", expected(|look| look.counts.events(), &plan.alternative));
        put(
            &mut sequential,
            "expected_participants",
            expected(|look| look.counts.participants, &plan.alternative),
        );
        let information = expected(|look| look.expected.information, &plan.alternative);
        put(&mut sequential, "expected_statistical_information", information);
    }
    add(answer, "sequential", Value::Object(sequential));
}
