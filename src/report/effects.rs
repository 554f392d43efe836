//! Sentences of the later pages about what a table alone does not say: irregularities that were prevented, capacity that is seen
//! earlier, what remains after a stop, and how the budget for benefits follows what a municipality spends.
//!
//! Each sentence has the range of its number and says "about as many" where the number rounds to
//! nothing. What is prevented is told as an estimate of the model and not as a count: nobody can count
//! what did not happen.

use super::language::Lang;
use super::number;
use super::source::Source;
use super::table::{self, Cell, Form, Row, Table, TableKind};
use super::words::{arm_name, capital, definite};
use crate::trial::view::{Basis, Key, ShownValue};

/// What somebody reads between the tables.
#[derive(Clone, Debug, Default)]
pub(crate) struct Effects {
    /// Irregularities that did not begin and that were put right, one sentence per arm.
    pub prevented: Vec<String>,
    /// How much earlier capacity is seen, one sentence per arm.
    pub seen: Vec<String>,
    /// What remains after the stop of every plan that stops; empty when none does.
    pub stopped: Vec<Table>,
    /// How the budget follows.
    pub budget: Vec<String>,
}

impl Effects {
    /// All of them.
    pub(crate) fn new(source: &Source<'_>) -> Self {
        let per_arm = |tell: &dyn Fn(&Source<'_>, usize, &str) -> Option<String>| -> Vec<String> {
            let told = source.treated().into_iter().filter_map(|arm| {
                let name = capital(&arm_name(source.lang, source.facts.arms.get(arm)?));
                tell(source, arm, &name)
            });
            told.collect()
        };
        Self {
            prevented: per_arm(&prevented),
            seen: per_arm(&seen),
            stopped: stopped(source),
            budget: budget(source.facts.inhabitants, source.lang),
        }
    }
}

/// A difference with the control at the last reported month; `None` when the run has no such measure.
fn difference(source: &Source<'_>, arm: usize, key: Key<'_>) -> Option<ShownValue> {
    source.estimate(Basis::Difference, arm, key, source.at_or_before(source.horizon()))
}

/// Decimals with which the table of the page shows a measure at the last reported month.
fn places_in_table(source: &Source<'_>, key: Key<'_>) -> i32 {
    let at = source.at_or_before(source.horizon());
    let differences: Vec<Option<ShownValue>> =
        source.treated().into_iter().map(|arm| difference(source, arm, key)).collect();
    let control = source.estimate(Basis::Paired, source.results.control, key, at);
    table::decimals_of_row(Form::PLAIN, control.as_ref(), &differences)
}

/// An interval that no line ends in.
fn whole_range(lang: Lang, low: &str, high: &str) -> String {
    number::interval(lang, low, high).replace(' ', "\u{a0}")
}

/// "12 minder" or "12 meer", with the range; the sign of zero is none.
fn more_or_fewer(lang: Lang, estimate: &ShownValue, places: i32) -> String {
    let text = |value: f64| number::signed(number::decimal(lang, value, places));
    let range = whole_range(lang, &text(estimate.low), &text(estimate.high));
    let size = number::decimal(lang, estimate.center.abs(), places);
    match (lang, number::round_to(estimate.center, places)) {
        (Lang::Nl, 0.0) => format!("ongeveer evenveel {range}"),
        (Lang::En, 0.0) => format!("about as many {range}"),
        (Lang::Nl, value) if value < 0.0 => format!("{size} minder {range}"),
        (Lang::En, value) if value < 0.0 => format!("{size} fewer {range}"),
        (Lang::Nl, _) => format!("{size} meer {range}"),
        (Lang::En, _) => format!("{size} more {range}"),
    }
}

/// Irregularities that began, and those put right in a talk or by the client, more or fewer per 1,000
/// clients who came in, rounded as in the table below it; `None` in a transition table.
fn prevented(source: &Source<'_>, arm: usize, name: &str) -> Option<String> {
    let lang = source.lang;
    let began = difference(source, arm, ("onset", "all"))?;
    let (talk, call) = (
        difference(source, arm, ("put_right", "talk"))?,
        difference(source, arm, ("put_right", "own_call"))?,
    );
    let began = more_or_fewer(lang, &began, places_in_table(source, ("onset", "all")));
    let put_right = |estimate: &ShownValue, label| {
        more_or_fewer(lang, estimate, places_in_table(source, ("put_right", label)))
    };
    let (talk, call) = (put_right(&talk, "talk"), put_right(&call, "own_call"));
    let control = source.facts.arms.get(source.results.control);
    let control = control.map_or_else(String::new, |fact| definite(lang, arm_name(lang, fact)));
    Some(match lang {
        Lang::Nl => format!(
            "{name}, per 1.000 klanten en vergeleken met {control}: onjuiste opgaven die begonnen {began}; rechtgezet in een gesprek \
             {talk}; zelf gebeld en rechtgezet {call}."
        ),
        Lang::En => format!(
            "{name}, per 1,000 clients and against {control}: irregularities that began {began}; put right in a talk {talk}; called and \
             put right {call}."
        ),
    })
}

/// How many months earlier it is seen that somebody can do more than the file says; `None` in a
/// transition table.
fn seen(source: &Source<'_>, arm: usize, name: &str) -> Option<String> {
    let lang = source.lang;
    let unseen = difference(source, arm, ("capacity_unseen", ""))?;
    let places = places_in_table(source, ("capacity_unseen", ""));
    let earlier = |value: f64| number::signed(number::decimal(lang, -value, places));
    let range = whole_range(lang, &earlier(unseen.high), &earlier(unseen.low));
    let size = number::decimal(lang, unseen.center.abs(), places);
    Some(match (lang, number::round_to(unseen.center, places)) {
        (Lang::Nl, 0.0) => {
            format!("{name}: wie meer kan dan het dossier zegt, wordt ongeveer even snel gezien {range}.")
        }
        (Lang::En, 0.0) => format!("{name}: who can do more than on file is seen about as soon {range}."),
        (Lang::Nl, value) => {
            let way = if value < 0.0 { "eerder" } else { "later" };
            format!(
                "{name}: wie meer kan dan het dossier zegt, wordt gemiddeld {size} maanden {way} gezien {range}."
            )
        }
        (Lang::En, value) => {
            let way = if value < 0.0 { "earlier" } else { "later" };
            format!("{name}: who can do more than on file is seen {size} months {way} on average {range}.")
        }
    })
}

/// What is left of the difference at the stop and in every year after it: one table per arm whose plan
/// stops before the horizon.
fn stopped(source: &Source<'_>) -> Vec<Table> {
    let t = source.lang;
    let columns: [(&str, Form, Key<'_>); 4] = [
        (t.pick("uit de bijstand", "off benefit"), Form::PERCENT, ("exits", "")),
        (t.pick("naar werk", "to work"), Form::PERCENT, ("exits_true", "work")),
        (t.pick("nu in de bijstand", "on benefit now"), Form::PERCENT, ("on_benefit", "")),
        (t.pick("zichtbare stap", "visible step"), Form::PERCENT, ("activated", "")),
    ];
    let table = |arm: usize| {
        let fact = source.facts.arms.get(arm)?;
        let stop = fact.stops_month?;
        let months = source.results.months.iter().copied();
        let after = months.filter(|&month| month >= stop && (month - stop).is_multiple_of(12));
        let row = |month: u32| {
            let cell = |(_, form, key): &(&str, Form, Key<'_>)| {
                let at = source.results.month_index(month)?;
                Some(form.difference().signed(t, &source.estimate(Basis::Difference, arm, *key, at)?))
            };
            let head = match (t, month - stop) {
                (Lang::Nl, 0) => "bij het stoppen".to_owned(),
                (Lang::En, 0) => "at the stop".to_owned(),
                (Lang::Nl, later) => format!("{} later", number::months(t, later)),
                (Lang::En, later) => format!("{} later", number::months(t, later)),
            };
            let none = || Cell::text(number::NO_NUMBER);
            Row {
                head,
                cells: columns.iter().map(|column| cell(column).unwrap_or_else(none)).collect(),
                month: None,
            }
        };
        let name = arm_name(t, fact);
        let time = number::months(t, stop);
        let caption = match t {
            Lang::Nl => {
                format!("Wat blijft na het stoppen van {name} (na {time}): verschil met de controlegroep")
            }
            Lang::En => {
                format!("What remains after {name} stops (after {time}): difference from the control")
            }
        };
        let mut head = vec![String::new()];
        head.extend(columns.iter().map(|(words, ..)| (*words).to_owned()));
        Some(Table { caption, head, rows: after.map(row).collect(), kind: TableKind::Own })
    };
    source.treated().into_iter().filter_map(table).collect()
}

/// Inhabitants up to which, with that number itself, the budget follows past spending, and over which it follows a formula: Besluit
/// Participatiewet, article 3 and its annex, <https://wetten.overheid.nl/BWBR0020183>. Between them the two are mixed.
const SMALL: u32 = 15_000;
/// Inhabitants from which on a municipality is large.
const LARGE: u32 = 40_000;

/// How the budget for benefits (BUIG) follows, by size of the municipality; all three when the size is not known.
pub(crate) fn budget(inhabitants: Option<u32>, lang: Lang) -> Vec<String> {
    let (small, large) =
        (number::decimal(lang, f64::from(SMALL), 0), number::decimal(lang, f64::from(LARGE), 0));
    let historical = match lang {
        Lang::Nl => format!(
            "Tot en met {small} inwoners volgt het budget van het Rijk (BUIG) wat de gemeente eerder uitgaf. Wat zij bespaart, gaat later weer van haar \
             budget af."
        ),
        Lang::En => format!(
            "Up to {small} inhabitants the state's budget (BUIG) follows what the municipality spent before. What it saves is taken off its budget \
             later."
        ),
    };
    let objective = match lang {
        Lang::Nl => format!(
            "Boven {large} inwoners volgt het budget (BUIG) een landelijke formule met kenmerken van de gemeente. Wat zij bespaart, houdt zij, \
             tot het landelijke budget volgt wat alle gemeenten samen uitgeven."
        ),
        Lang::En => format!(
            "Over {large} inhabitants the budget (BUIG) follows a national formula with traits of the municipality. What it saves it keeps, \
             until the national budget follows what all municipalities together spend."
        ),
    };
    let mixed = match lang {
        Lang::Nl => format!(
            "Tussen {small} en {large} inwoners is het budget (BUIG) een mengsel: een deel volgt eerdere uitgaven, een deel de formule. Wat zij \
             bespaart, houdt zij voor een deel."
        ),
        Lang::En => format!(
            "Between {small} and {large} inhabitants the budget (BUIG) is a mixture: one part follows past spending, one part the formula. What the \
             municipality saves it keeps in part."
        ),
    };
    let open = lang
        .pick(
            "Hoe groot dat deel is en hoeveel jaar later het komt, is hier niet doorgerekend.",
            "How large that part is and how many years later it comes was not calculated here.",
        )
        .to_owned();
    match inhabitants {
        Some(inhabitants) => {
            let shown = number::decimal(lang, f64::from(inhabitants), 0);
            let size = match lang {
                Lang::Nl => format!("Uw gemeente heeft {shown} inwoners."),
                Lang::En => format!("Your municipality has {shown} inhabitants."),
            };
            let rule = match inhabitants {
                count if count <= SMALL => historical,
                count if count <= LARGE => mixed,
                _ => objective,
            };
            let last = if inhabitants > LARGE { None } else { Some(open) };
            [Some(size), Some(rule), last].into_iter().flatten().collect()
        }
        None => vec![historical, mixed, objective, open],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_budget_follows_the_size_that_is_known() {
        let of = |inhabitants: Option<u32>| budget(inhabitants, Lang::Nl).join(" ");
        assert!(of(Some(9_000)).contains("gaat later weer van haar budget af"));
        assert!(of(Some(20_000)).contains("mengsel"));
        // The limits themselves belong to the smaller class, as the decree has it.
        assert!(of(Some(SMALL)).contains("gaat later weer") && of(Some(SMALL + 1)).contains("mengsel"));
        assert!(of(Some(LARGE)).contains("mengsel") && !of(Some(LARGE + 1)).contains("mengsel"));
        let large = of(Some(60_000));
        assert!(large.contains("60.000 inwoners") && large.contains("formule") && !large.contains("mengsel"));
        let every = of(None);
        assert!(
            ["Tot en met 15.000", "Tussen 15.000 en 40.000", "Boven 40.000"]
                .iter()
                .all(|part| every.contains(part))
        );
    }

    #[test]
    fn a_sign_that_rounds_to_nothing_is_not_told() {
        let small = ShownValue { center: -0.2, error: 0.6, low: -3.0, high: 2.0, drawn: Vec::new() };
        assert_eq!(more_or_fewer(Lang::Nl, &small, 0), "ongeveer evenveel [\u{2212}3;\u{a0}+2]");
        let more = ShownValue { center: 12.0, ..small };
        assert!(more_or_fewer(Lang::En, &more, 0).starts_with("12 more"));
    }
}
