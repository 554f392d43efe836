//! A reader who sees two plans differ first asks whether they differ in more than what was meant. So
//! every input of the facts is compared, as it is shown (a difference that no digit shows is none), and
//! those without words are at least counted.

use super::plans::Plans;
use crate::language::Text;
use crate::report::answer;
use crate::report::escape;
use crate::report::facts::Facts;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::parameter_tables::significant;
use crate::report::served;
use crate::report::table::{Cell, Row, Table, TableKind};
use crate::report::words::{self, arm_name, capital};

/// The parameter that every site has in its place unless it says otherwise.
const NEGLECT: &str = "site_effects.neglect";

/// An input of a plan: what it is, its value in words, and whether it has words of its own (a path has none).
struct Input {
    /// What it is.
    what: String,
    /// What it is in this plan.
    value: String,
    /// Whether it has words: only these are told in a sentence; in the table the others stand under their key.
    told: bool,
}

/// One input.
fn input(what: impl Into<String>, value: String) -> Input {
    Input { what: what.into(), value, told: true }
}

/// The inputs of a plan, those of the plan before the assumptions. Inputs of services stand as the
/// talks of the arms that give them, so their parameters are left out.
fn of_plan(plans: &Plans<'_>, plan: usize) -> Vec<Input> {
    let (t, facts) = (plans.lang, &plans.facts[plan]);
    let yes = |value: bool| if value { t.pick("ja", "yes") } else { t.pick("nee", "no") }.to_owned();
    let whole = |value: f64| number::decimal(t, value, if value.fract() == 0.0 { 0 } else { 1 });
    let names: Vec<String> = facts.arms.iter().map(|arm| arm_name(t, arm)).collect();
    let mut list = vec![
        input(t.pick("Looptijd", "Horizon"), number::months(t, facts.horizon_months)),
        input(t.pick("De plannen erin", "The arms in it"), names.join(", ")),
        input(
            t.pick("Klanten", "Clients"),
            match (facts.whole_caseload, facts.inflow) {
                (true, true) => t.pick("heel bestand, met instroom", "whole caseload, with inflow"),
                (true, false) => t.pick("heel bestand, zonder instroom", "whole caseload, no inflow"),
                (false, true) => t.pick("ver van werk, met instroom", "far from work, with inflow"),
                (false, false) => t.pick("ver van werk, zonder instroom", "far from work, no inflow"),
            }
            .to_owned(),
        ),
        input(t.pick("Locaties", "Sites"), whole(facts.sites.len() as f64)),
        input(
            t.pick("Gesprekken per consulent per maand", "Talks per caseworker a month"),
            of_sites(t, facts, |site| site.slots_per_month),
        ),
        input(
            words::parameter(t, NEGLECT).map_or_else(String::new, capital),
            of_sites(t, facts, |site| site.neglect),
        ),
        input(t.pick("Terugkeer mogelijk", "Returns possible"), yes(facts.returns)),
        input(t.pick("Plekken voor gesprekken begrensd", "Slots for talks limited"), yes(facts.capacity)),
    ];
    let judged = plans.judged_of(plan);
    for (at, role) in [(judged, ""), (facts.control, t.pick(" (controlegroep)", " (control)"))] {
        let Some(arm) = facts.arms.get(at) else { continue };
        // Under the name of the first plan, so that what goes together stands together.
        let first = if at == judged { plans.judged() } else { plans.facts[0].control };
        let name = plans.facts[0].arms.get(first).map_or_else(String::new, |arm| arm_name(t, arm));
        let mut add =
            |what: &str, value: String| list.push(input(format!("{}{role}, {what}", capital(&name)), value));
        add(t.pick("aanpak", "service"), served::services(t, arm));
        add(t.pick("gesprekken", "talks"), served::talks(t, arm));
        let fixed = served::by_group(t, arm, |service| yes(service.fixed_caseworker));
        add(t.pick("vaste consulent", "fixed caseworker"), fixed);
        // Where parts of a caseload are served apart, everybody is one municipality; the totals are of all of them.
        let clients = answer::clients_at_start(&plans.levels(plan), at);
        add(t.pick("klanten bij de start", "clients at the start"), whole(clients));
        add(t.pick("consulenten", "caseworkers"), whole(answer::caseworkers(&plans.levels(plan), at)));
        let quality = served::by_group(t, arm, |service| significant(t, service.quality));
        add(t.pick("kwaliteit van gesprekken", "quality of talks"), quality);
        let detection = served::by_group(t, arm, |service| significant(t, service.detection_factor));
        add(t.pick("opsporing in gesprekken", "detection in talks"), detection);
    }
    // What a parameter gives to sites stands with the sites.
    let of_parts = |path: &str| path.starts_with("service.") || path == NEGLECT;
    for parameter in facts.parameters.iter().filter(|parameter| !of_parts(&parameter.path)) {
        let known = words::parameter(t, &parameter.path);
        let value = significant(t, parameter.value);
        let prior =
            if parameter.prior.is_empty() { String::new() } else { format!(" ({})", parameter.prior) };
        list.push(Input {
            what: known.map_or_else(|| escape::clean(&parameter.path), capital),
            value: format!("{value}{prior}"),
            told: known.is_some(),
        });
    }
    list
}

/// What all sites have, or the lowest and the highest.
fn of_sites(t: Lang, facts: &Facts, value: impl Fn(&crate::report::facts::SiteFact) -> f64) -> String {
    let (low, high) = facts
        .sites
        .iter()
        .map(value)
        .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), value| (low.min(value), high.max(value)));
    let (from, to) = (significant(t, low), significant(t, high));
    if from == to { from } else { format!("{from} {} {to}", t.pick("tot", "to")) }
}

/// Every input that is not equal in all plans: its name, its value in each plan (`None` where a plan
/// does not have it), and whether it has words. In the order of the plan that names it first.
fn differing(plans: &Plans<'_>) -> Vec<(String, Vec<Option<String>>, bool)> {
    let all: Vec<Vec<Input>> = (0..plans.count()).map(|plan| of_plan(plans, plan)).collect();
    let mut names: Vec<(&str, bool)> = Vec::new();
    for input in all.iter().flatten() {
        if !names.iter().any(|(name, _)| *name == input.what) {
            names.push((&input.what, input.told));
        }
    }
    let values = |name: &str| -> Vec<Option<String>> {
        let of =
            |plan: &Vec<Input>| plan.iter().find(|input| input.what == name).map(|input| input.value.clone());
        all.iter().map(of).collect()
    };
    let row = |(name, told): (&str, bool)| {
        let values = values(name);
        values.iter().any(|value| *value != values[0]).then(|| (name.to_owned(), values, told))
    };
    names.into_iter().filter_map(row).collect()
}

/// The inputs that differ.
pub(super) fn table(plans: &Plans<'_>) -> Table {
    let t = plans.lang;
    let cell = |value: Option<String>| Cell::text(value.unwrap_or_else(|| number::NO_NUMBER.to_owned()));
    let rows = differing(plans).into_iter().map(|(head, values, _)| Row {
        head,
        cells: values.into_iter().map(cell).collect(),
        month: None,
    });
    let mut head = vec![t.pick("invoer", "input").to_owned()];
    head.extend((0..plans.count()).map(|at| plans.title(at)));
    Table {
        caption: t.pick("Invoer die niet gelijk is", "Input that is not equal").to_owned(),
        head,
        rows: rows.collect(),
        kind: TableKind::Own,
    }
}

/// What is said when nothing differs.
pub(super) const SAME: Text =
    Text::new("De plannen hebben dezelfde invoer.", "The plans have the same input.");

/// Most differences that are told in a sentence.
#[cfg(feature = "serve")]
const MOST: usize = 12;

/// The differences in words, for a page without the table; those of the plans before those of the assumptions.
#[cfg(feature = "serve")]
pub(super) fn in_words(plans: &Plans<'_>) -> Vec<String> {
    let t = plans.lang;
    let all = differing(plans);
    if all.is_empty() {
        return vec![SAME.text(t).to_owned()];
    }
    let told = all.iter().filter(|(_, _, told)| *told).take(MOST);
    let mut list: Vec<String> = told
        .map(|(what, values, _)| {
            let parts = values.iter().enumerate().map(|(plan, value)| {
                let value = value.as_deref().unwrap_or(t.pick("niet erin", "not in it"));
                format!("{value} ({})", plans.title(plan))
            });
            format!("{what}: {}.", parts.collect::<Vec<_>>().join("; "))
        })
        .collect();
    let left = all.len() - list.len();
    if left > 0 {
        list.push(match (t, left) {
            (Lang::Nl, 1) => "Nog één aanname verschilt; zie de tabel.".to_owned(),
            (Lang::En, 1) => "One more assumption differs; see the table.".to_owned(),
            (Lang::Nl, _) => format!("Nog {left} aannames verschillen; zie de tabel."),
            (Lang::En, _) => format!("{left} more assumptions differ; see the table."),
        });
    }
    list
}
