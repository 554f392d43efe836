//! The tables of the appendix: parameters with value, range, status and source; what the scenario changed; definitions.
//!
//! A reader who doubts an answer looks for its assumptions. The first table has those that can move it
//! (uncertain, changed, or a price), the second all others, so that nothing is hidden and what matters
//! is not buried.

use crate::scenario::prior::Prior;
use crate::trial::drawn;

use super::escape;
use super::facts::ParameterFact;
use super::language::Lang;
use super::number;
use super::round::decimals_of_range;
use super::source::Source;
use super::table::{Cell, Row, Table, TableKind};
use super::words;

/// The parameters that are uncertain, cost money, or were changed, with what is believed of them, what
/// that rests on, and under which name they can be set.
pub(crate) fn that_matter(source: &Source<'_>) -> Table {
    let t = source.lang;
    let row = |parameter: &ParameterFact| Row {
        head: label(t, parameter),
        cells: vec![
            value(t, parameter.value),
            Cell::text(words::unit(t, &parameter.unit)),
            Cell::text(range(t, parameter)),
            Cell::text(words::status(t, parameter.status)),
            Cell::text(source_and_note(t, parameter)),
            Cell::text(&parameter.path),
        ],
        month: None,
    };
    Table {
        caption: t.pick("Aannames die ertoe doen", "Assumptions that matter").to_owned(),
        head: [
            t.pick("aanname", "assumption"),
            t.pick("waarde", "value"),
            t.pick("eenheid", "unit"),
            t.pick("bandbreedte (95%)", "range (95%)"),
            t.pick("waar het op rust", "what it rests on"),
            t.pick("bron en toelichting", "source and remark"),
            t.pick("naam in het scenario", "name in the scenario"),
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: source.facts.parameters.iter().filter(|parameter| matters(parameter)).map(row).collect(),
        kind: TableKind::Own,
    }
}

/// The assumptions that a paired run confirmed to move the answer, and the prices: what stands on paper.
pub(crate) fn in_short(source: &Source<'_>) -> Table {
    let t = source.lang;
    let drivers = source.results.drivers.iter().flat_map(|drivers| &drivers.confirmed);
    let moving: Vec<&str> = drivers.map(|driver| driver.path.as_str()).collect();
    let is_shown = |parameter: &&ParameterFact| {
        moving.contains(&parameter.path.as_str()) || parameter.path.starts_with("costs.")
    };
    let row = |parameter: &ParameterFact| Row {
        head: label(t, parameter),
        cells: vec![
            value(t, parameter.value),
            Cell::text(words::unit(t, &parameter.unit)),
            Cell::text(range(t, parameter)),
            Cell::text(words::status(t, parameter.status)),
        ],
        month: None,
    };
    Table {
        caption: t
            .pick(
                "Aannames die het antwoord het meest verschuiven, en prijzen",
                "Assumptions that move the answer most, and prices",
            )
            .to_owned(),
        head: [
            t.pick("aanname", "assumption"),
            t.pick("waarde", "value"),
            t.pick("eenheid", "unit"),
            t.pick("bandbreedte (95%)", "range (95%)"),
            t.pick("waar het op rust", "what it rests on"),
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: source.facts.parameters.iter().filter(is_shown).map(row).collect(),
        kind: TableKind::Own,
    }
}

/// Whether a parameter can matter in this scenario: it is uncertain, was changed, or is a price.
fn matters(parameter: &ParameterFact) -> bool {
    !parameter.prior.is_empty() || !parameter.changed_by.is_empty() || parameter.path.starts_with("costs.")
}

/// All other parameters, by their names in a scenario, since most of them have no words of their own.
pub(crate) fn others(source: &Source<'_>) -> Table {
    let t = source.lang;
    let row = |parameter: &ParameterFact| Row {
        head: escape::clean(&parameter.path),
        cells: vec![
            value(t, parameter.value),
            Cell::text(words::unit(t, &parameter.unit)),
            Cell::text(words::status(t, parameter.status)),
            Cell::text(source_and_note(t, parameter)),
        ],
        month: None,
    };
    Table {
        caption: t.pick("Alle andere aannames", "All other assumptions").to_owned(),
        head: [
            t.pick("naam in het scenario", "name in the scenario"),
            t.pick("waarde", "value"),
            t.pick("eenheid", "unit"),
            t.pick("waar het op rust", "what it rests on"),
            t.pick("bron en toelichting", "source and remark"),
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: source.facts.parameters.iter().filter(|parameter| !matters(parameter)).map(row).collect(),
        kind: TableKind::Own,
    }
}

/// What the scenario changed against the reference: here, there (a dash where the reference has none),
/// and which text did it. No rows for the reference itself.
pub(crate) fn changes(source: &Source<'_>) -> Table {
    let t = source.lang;
    let changed = || source.facts.parameters.iter().filter(|parameter| !parameter.changed_by.is_empty());
    // A fitted value has no other beside it: no column of dashes.
    let with_reference = changed().any(|parameter| parameter.reference.is_some());
    let by = |parameter: &ParameterFact| match parameter.changed_by.strip_prefix(POSTERIOR) {
        Some(name) => {
            format!("{} {}", t.pick("afgestemd op", "fitted to"), words::figures_in_short(t, name))
        }
        None => parameter.changed_by.clone(),
    };
    // No column that says the same in every row.
    let first = changed().next().map(by);
    let all_by = first.filter(|first| changed().all(|parameter| by(parameter) == *first));
    let row = |parameter: &ParameterFact| {
        let reference = parameter.reference.map(|reference| value(t, reference));
        let reference = reference.unwrap_or_else(|| Cell::text(number::NO_NUMBER));
        let mut cells = vec![value(t, parameter.value)];
        cells.extend(with_reference.then_some(reference));
        cells.extend(all_by.is_none().then(|| Cell::text(by(parameter))));
        cells.push(Cell::text(&parameter.path));
        Row { head: label(t, parameter), cells, month: None }
    };
    let mut head = vec![t.pick("aanname", "assumption"), t.pick("hier", "here")];
    head.extend(with_reference.then(|| t.pick("standaard", "reference")));
    head.extend(all_by.is_none().then(|| t.pick("veranderd door", "changed by")));
    head.push(t.pick("naam in het scenario", "name in the scenario"));
    let caption = t.pick("Wat dit scenario verandert", "What this scenario changes");
    Table {
        caption: all_by.as_ref().map_or_else(|| caption.to_owned(), |by| format!("{caption}: {by}")),
        head: head.into_iter().map(str::to_owned).collect(),
        rows: changed().map(row).collect(),
        kind: TableKind::Own,
    }
}

/// What stands before the name of the figures that a value was fitted to.
const POSTERIOR: &str = "posterior ";

/// Definitions of all measures of this run, and who can know each: what no file can hold must not be
/// looked for in one.
pub(crate) fn measures(source: &Source<'_>) -> Table {
    let t = source.lang;
    let row = |measure: &crate::trial::MeasureInfo| {
        let name = if measure.label.is_empty() {
            measure.name.clone()
        } else {
            format!("{}: {}", measure.name, measure.label)
        };
        let view = match measure.view {
            crate::trial::Visibility::Truth => t.pick("alleen in de simulatie", "simulation only"),
            crate::trial::Visibility::OnFile => t.pick("kan in het dossier staan", "can be on file"),
        };
        Row {
            head: escape::clean(&name),
            cells: vec![
                Cell::text(words::measure_unit(t, &measure.unit)),
                Cell::text(view),
                Cell::text(definition(t, measure)),
            ],
            month: None,
        }
    };
    Table {
        caption: t.pick("Wat er geteld is", "What was counted").to_owned(),
        head: [
            t.pick("naam", "name"),
            t.pick("eenheid", "unit"),
            t.pick("wie weet dit", "who knows this"),
            t.pick("definitie", "definition"),
        ]
        .map(str::to_owned)
        .to_vec(),
        rows: source.results.measures.iter().map(row).collect(),
        kind: TableKind::Own,
    }
}

/// What a measure is; one that this version does not have keeps the words of its file.
fn definition(lang: Lang, info: &crate::trial::MeasureInfo) -> &str {
    let same = |measure: &&crate::trial::Measure| (measure.name, measure.label) == (&info.name, &info.label);
    crate::trial::measures()
        .iter()
        .find(same)
        .map_or(&info.definition, |measure| measure.definition.text(lang))
}

/// A parameter in words; its path where it has none.
fn label(lang: Lang, parameter: &ParameterFact) -> String {
    words::parameter_named(lang, &parameter.path)
}

/// A value with at most four significant digits, which a workbook gets whole.
fn value(lang: Lang, value: f64) -> Cell {
    Cell::number(significant(lang, value), value)
}

/// A number with at most four significant digits and no trailing zeros.
pub(crate) fn significant(lang: Lang, value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return number::decimal(lang, value, 0);
    }
    let most = (3 - libm::log10(value.abs()).floor() as i32).clamp(0, 9);
    let decimals =
        (0..=most).find(|&d| (number::round_to(value, d) - number::round_to(value, most)).abs() < 1e-12);
    number::decimal(lang, value, decimals.unwrap_or(most))
}

/// What is believed of it: the central 95 % of its prior, in the unit of the parameter, or that it is
/// fixed (also where the prior cannot be read).
fn range(lang: Lang, parameter: &ParameterFact) -> String {
    match Prior::parse(&parameter.prior) {
        Ok(prior) => {
            let [low, high] = [0.025, 0.975].map(|share| drawn::quantile(prior, share));
            let decimals = decimals_of_range(low, high);
            let end = |value| number::decimal(lang, value, decimals);
            // Text, not a number of the table: it must not break inside.
            number::interval(lang, &end(low), &end(high)).replace(' ', "\u{a0}")
        }
        Err(_) => lang.pick("vast", "fixed").to_owned(),
    }
}

/// Where it comes from and what is remarked on it, in one text; empty when neither is known.
fn source_and_note(lang: Lang, parameter: &ParameterFact) -> String {
    let named = words::source(lang, &parameter.source);
    let parts = [named.as_str(), words::remark(lang, &parameter.note)];
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    escape::clean(&parts.join(". "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn four_digits_and_no_zeros() {
        assert_eq!(significant(Lang::Nl, 0.0333333333), "0,03333");
        assert_eq!(significant(Lang::Nl, 1200.0), "1.200");
        assert_eq!(significant(Lang::En, 0.5), "0.5");
        assert_eq!(significant(Lang::En, -1.2), "\u{2212}1.2");
        assert_eq!(significant(Lang::En, 0.0), "0");
    }
}
