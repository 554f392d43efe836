//! They differ from the other tables in what their brackets hold: here assumptions are fixed and only
//! chance is left, since one study cannot average over what is unknown about the world. Captions say so
//! each time.

use crate::kinds::{ExitReason, Kind};
use crate::report::escape;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::source::Source;
use crate::report::table::{Cell, Form, Line, Row, Table, TableKind};
use crate::report::words::{self, arm_name};
use crate::trial::view::{Basis, Key, ShownValue};

/// What a study of this size would see in every arm at `month` (or the last reported month before it):
/// mean over simulated studies with the range in which 95 % of them fall. Only what a municipality has
/// on file, as a study knows no truth. No rows when the run did not simulate studies.
pub(super) fn study(source: &Source<'_>, month: u32) -> Table {
    let t = source.lang;
    let at = source.at_or_before(month);
    let lines = [
        (t.pick("Uit de bijstand", "Off benefit").to_owned(), Form::PERCENT, ("exits", "")),
        (
            t.pick("Naar werk, volgens het dossier", "To work, on file").to_owned(),
            Form::PERCENT,
            ("exits_recorded", "work"),
        ),
        (
            t.pick("Klanten met een fraudesignaal", "Clients with a fraud signal").to_owned(),
            Form::PERCENT,
            ("clients_with_signal", ""),
        ),
        (
            t.pick("Klanten met een zichtbare stap", "Clients with a visible step").to_owned(),
            Form::PERCENT,
            ("activated", ""),
        ),
    ];
    let arms = 0..source.results.arms.len();
    let stat = |arm: usize, key: Key<'_>| source.stat(Basis::Study, arm, key, at);
    let row = |(heading, form, key): &Line<'_>| {
        // One rounding for the row, ends of ranges too.
        let decimals =
            arms.clone().filter_map(|arm| stat(arm, *key)).map(|stat| form.decimals(stat.mcse)).min();
        let text = |value: f64| form.kind.format(t, value, decimals.unwrap_or(form.most));
        let cell = |arm: usize| match stat(arm, *key) {
            Some(stat) => {
                let interval = number::interval(t, &text(stat.low), &text(stat.high));
                Cell::ranged(text(stat.mean), stat.mean, interval, (stat.low, stat.high))
            }
            None => Cell::text(number::NO_NUMBER),
        };
        Row { head: heading.clone(), cells: arms.clone().map(cell).collect(), month: None }
    };
    let mut head = vec![String::new()];
    head.extend(source.facts.arms.iter().map(|arm| arm_name(t, arm)));
    let time = number::months(t, source.results.months.get(at).copied().unwrap_or(0));
    Table {
        caption: match t {
            Lang::Nl => format!(
                "Wat één onderzoek van deze omvang ziet na {time}, met vaste aannames [95% van de gesimuleerde onderzoeken]"
            ),
            Lang::En => {
                format!(
                    "What one study of this size sees after {time}, with fixed assumptions [95% of the simulated studies]"
                )
            }
        },
        head,
        rows: if source.results.study.is_empty() {
            Vec::new()
        } else {
            lines.iter().filter(|(_, _, key)| source.has(*key)).map(row).collect()
        },
        kind: TableKind::Own,
    }
}

/// The main differences per site, the first treated arm against the control at the horizon, in
/// percentage points. An empty table without a treated arm. Few clients a site make these ranges wide:
/// the table is there to see that no site carries the whole difference.
pub(super) fn sites(source: &Source<'_>) -> Table {
    let t = source.lang;
    let (Some(&arm), groups) = (source.treated().first(), &source.results.groups) else {
        return Table::default();
    };
    let at = source.at_or_before(source.horizon());
    let keys: [(&str, Key<'_>); 3] = [
        (t.pick("uit de bijstand", "off benefit"), ("exits", "")),
        (t.pick("naar werk", "to work"), ("exits_true", "work")),
        (t.pick("met een fraudesignaal", "with a fraud signal"), ("clients_with_signal", "")),
    ];
    let shown: Vec<_> = keys.into_iter().filter(|(_, key)| source.has(*key)).collect();
    let form = Form::PERCENT.difference();
    let cell = |group: usize, key: Key<'_>| match source.stat_of(Basis::Difference, arm, group, key, at) {
        Some(stat) => form.signed(t, &ShownValue::of_replicates(stat)),
        None => Cell::text(number::NO_NUMBER),
    };
    let row = |(group, name): (usize, &String)| Row {
        head: escape::name(name),
        cells: shown.iter().map(|(_, key)| cell(group, *key)).collect(),
        month: None,
    };
    let name = source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(t, fact));
    let mut head = vec![t.pick("locatie", "site").to_owned()];
    head.extend(shown.iter().map(|(text, _)| (*text).to_owned()));
    Table {
        caption: match t {
            Lang::Nl => {
                format!(
                    "Verschil van {name} met de gewone aanpak per locatie, met vaste aannames, in procentpunten [toeval]"
                )
            }
            Lang::En => {
                format!(
                    "Difference of {name} from regular service by site, with fixed assumptions, percentage points [chance]"
                )
            }
        },
        head,
        rows: source.results.site_groups().map(|group| row((group, &groups[group]))).collect(),
        kind: TableKind::Own,
    }
}

/// Exact and simulated shares of a transition table at the horizon, with their difference in Monte
/// Carlo standard errors: beyond three or so the simulation does not do what the table says. No rows
/// for the full model, which has no exact answer.
pub(super) fn exact(source: &Source<'_>) -> Table {
    let t = source.lang;
    let at = source.at_or_before(source.horizon());
    let row = |curve: &crate::trial::ExactCurve| {
        let arm = source.results.arms.iter().position(|arm| *arm == curve.arm)?;
        let exact = *curve.values.get(at)?;
        let stat = source.stat(Basis::Paired, arm, (&curve.measure, &curve.label), at)?;
        let text = |value: f64| number::percent(t, value, 2);
        let errors = (stat.mean - exact) / stat.mcse;
        let name = arm_name(t, source.facts.arms.get(arm)?);
        let what = if curve.label.is_empty() {
            t.pick("alle redenen", "all reasons")
        } else {
            words::reason(t, ExitReason::from_name(&curve.label))
        };
        Some(Row {
            head: format!("{name}: {what}"),
            cells: vec![
                Cell::number(text(exact), exact),
                Cell::number(text(stat.mean), stat.mean),
                Cell::number(number::decimal(t, errors, 1), errors),
            ],
            month: None,
        })
    };
    let time = number::months(t, source.horizon());
    Table {
        caption: match t {
            Lang::Nl => format!("Precies berekend en gesimuleerd, na {time}"),
            Lang::En => format!("Exact and simulated, after {time}"),
        },
        head: [
            String::new(),
            t.pick("precies", "exact").into(),
            t.pick("gesimuleerd", "simulated").into(),
            t.pick("verschil in standaardfouten", "difference in standard errors").into(),
        ]
        .to_vec(),
        rows: source.results.exact.iter().filter_map(row).collect(),
        kind: TableKind::Own,
    }
}
