//! `[analysis]`: how a study of the scenario is analysed.
//!
//! Every key has a default that an analyst would defend (`AnalysisPlan::default`), so an empty table is
//! a valid plan. Lists that stand for axes of the power surface must rise: a repeated month or size
//! would be a column twice.

use super::analysis::{
    AnalysisPlan, Benefit, ClusterUnit, Endpoint, FutilityPlan, InterimPlan, Multiplicity, SpendingKind,
    TestKind,
};
use super::keys::WithinLimits;
use crate::document::{TableReader, Value, did_you_mean, nearest, one_of, showable};
use crate::kinds::Kind;
use crate::language::Said;
use crate::said;

/// Reads the plan; what is absent keeps its default, and what is wrong is reported and keeps it too.
pub(super) fn read_analysis(root: &TableReader<'_>) -> AnalysisPlan {
    let mut plan = AnalysisPlan::default();
    let Some(table) = root.table("analysis") else { return plan };
    let replace = |slot: &mut f64, value: Option<f64>| *slot = value.unwrap_or(*slot);
    replace(&mut plan.alpha, table.setting("alpha"));
    replace(&mut plan.target_power, table.setting("target_power"));
    plan.sides = table.count("sides").map_or(plan.sides, |sides| sides as u32);
    let (min, max) = super::keys::integer_limits("analysis.cut_off_months");
    if let Some(months) = table.integers("cut_off_months", min, max) {
        plan.cut_off_months = months.into_iter().map(|month| month as u32).collect();
        check_rising(&table, "cut_off_months", plan.cut_off_months.iter().map(|month| f64::from(*month)));
    }
    if let Some(sizes) = table.settings("sizes") {
        plan.sizes = sizes;
        check_rising(&table, "sizes", plan.sizes.iter().copied());
    }
    let clusters = [
        ("independent", ClusterUnit::Independent),
        ("caseworker", ClusterUnit::Caseworker),
        ("site", ClusterUnit::Site),
    ];
    plan.cluster = table.choice("cluster", &clusters).unwrap_or(plan.cluster);
    plan.adjust_for_site = table.boolean("adjust_for_site").unwrap_or(plan.adjust_for_site);
    let corrections = [
        ("none", Multiplicity::Uncorrected),
        ("holm", Multiplicity::Holm),
        ("hochberg", Multiplicity::Hochberg),
    ];
    plan.multiplicity = table.choice("multiplicity", &corrections).unwrap_or(plan.multiplicity);
    if let Some(benefit) = table.table("benefit") {
        let choices = Benefit::ALL.iter().map(|benefit| (benefit.name(), *benefit)).collect::<Vec<_>>();
        let read = |endpoint: &Endpoint| Some((*endpoint, benefit.choice(endpoint.name(), &choices)?));
        plan.benefit = Endpoint::ALL.iter().filter_map(read).collect();
        benefit.finish();
    }
    if let Some(tests) = table.table("tests") {
        plan.tests = read_tests(&tests);
        tests.finish();
    }
    if let Some(interim) = table.table("interim") {
        plan.interim = read_interim(&interim);
        interim.finish();
    }
    table.finish();
    plan
}

/// Interim looks; without `look_months` there are none, and rules of stopping then do nothing
/// (`without_effect` says so).
fn read_interim(table: &TableReader<'_>) -> InterimPlan {
    let mut plan = InterimPlan::default();
    let (min, max) = super::keys::integer_limits("analysis.interim.look_months");
    if let Some(months) = table.integers("look_months", min, max) {
        plan.look_months = months.into_iter().map(|month| month as u32).collect();
        if !plan.look_months.is_empty() {
            check_rising(table, "look_months", plan.look_months.iter().map(|month| f64::from(*month)));
        }
    }
    plan.spending = table.choice("spending", &SpendingKind::NAMES);
    plan.parameter = table.setting("parameter");
    let none = [("none", None)];
    let kinds = SpendingKind::NAMES.map(|(name, kind)| (name, Some(kind)));
    let kinds: Vec<_> = none.into_iter().chain(kinds).collect();
    let futility = table.choice("futility", &kinds).flatten();
    let parameter = table.setting("futility_parameter");
    let binding = table.boolean("futility_binding").unwrap_or(false);
    let not_before = table.count("futility_not_before_month").map_or(0, |month| month as u32);
    plan.futility = futility.map(|spending| FutilityPlan {
        spending,
        parameter: parameter.unwrap_or(spending.default_shape()),
        binding,
        not_before_month: not_before,
    });
    let shaped = plan.parameter.zip(plan.spending);
    for (key, kind, shape) in [
        ("parameter", plan.spending, shaped.map(|(shape, _)| shape)),
        ("futility_parameter", futility, parameter),
    ] {
        if kind == Some(SpendingKind::KimDeMets) && shape.is_some_and(|shape| shape <= 0.0) {
            table.problem(
                key,
                said!(
                    "{key} van kim_demets is niet positief",
                    "{key} of kim_demets is not positive",
                    key = key
                ),
                said!("een exponent boven 0", "an exponent above 0"),
                None,
            );
        }
    }
    plan
}

/// Reports a list that is empty or does not rise.
fn check_rising(table: &TableReader<'_>, key: &str, values: impl Iterator<Item = f64>) {
    let values: Vec<f64> = values.collect();
    if values.is_empty() || values.windows(2).any(|pair| pair[0] >= pair[1]) {
        table.problem(
            key,
            said!("{key} moet oplopen", "{key} must rise", key = key),
            said!(
                "minstens één getal, elk groter dan het vorige",
                "one number or more, each larger than the one before"
            ),
            None,
        );
    }
}

/// The tests of each endpoint, in the order of the endpoints; one that is absent, or has an empty list,
/// is left out. Names are those of a scenario or of `analyze`: one list of tests has two spellings.
fn read_tests(table: &TableReader<'_>) -> Vec<(Endpoint, Vec<TestKind>)> {
    let mut list = Vec::new();
    for &endpoint in Endpoint::ALL {
        let name = endpoint.name();
        let Some(items) = table.items(name, said!("een lijst van toetsen", "a list of tests")) else {
            continue;
        };
        let mut tests = Vec::new();
        for item in items {
            match &item.value {
                Value::Text(text) => match TestKind::from_either(text) {
                    Some(test) if endpoint.fits(test) => tests.push(test),
                    Some(_) => does_not_fit(table, endpoint, text),
                    None => unknown_test(table, name, text),
                },
                _ => table.problem(
                    name,
                    Said::each(|lang| {
                        format!("{} {}", item.echo(lang), lang.pick("is geen toets", "is not a test"))
                    }),
                    said!("een lijst van namen van toetsen", "a list of names of tests"),
                    None,
                ),
            }
        }
        if !tests.is_empty() {
            list.push((endpoint, tests));
        }
    }
    list
}

/// A test that is no answer to this endpoint; which are.
fn does_not_fit(table: &TableReader<'_>, endpoint: Endpoint, text: &str) {
    let fitting = TestKind::ALL.iter().filter(|test| endpoint.fits(**test));
    let fitting: Vec<&str> = fitting.map(|test| test.name()).collect();
    let (name, text, fitting) = (endpoint.name(), showable(text, 40), fitting.join(", "));
    let message = said!(
        "\"{text}\" is geen toets van {name}",
        "\"{text}\" is not a test of {name}",
        text = text,
        name = name
    );
    table.problem(name, message, one_of(&fitting), None);
}

/// A test that does not exist; the nearest that does.
fn unknown_test(table: &TableReader<'_>, endpoint: &str, text: &str) {
    let names: Vec<&str> = TestKind::ALL.iter().map(|test| test.name()).collect();
    let hint = nearest(text, names.iter().copied()).map(|near| did_you_mean(&format!("\"{near}\"")));
    let text = showable(text, 40);
    let message = said!("er is geen toets \"{text}\"", "there is no test \"{text}\"", text = text);
    table.problem(endpoint, message, one_of(&names.join(", ")), hint);
}
