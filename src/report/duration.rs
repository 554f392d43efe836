//! Required durations in words, tables and figures.
//!
//! The answer is a month for each endpoint, test and size: searched in one set of studies, confirmed in
//! another. Where there is none the reason stands instead (nothing to be seen before some month, too
//! few clusters, not sure), with what would help, since "not reached" alone leads to a longer study
//! that would not do either.

use std::fmt::Write;

use crate::design::duration::{RequiredDuration, RequiredDurations};
use crate::design::power::LimitReason;
use crate::report::assurance;
use crate::report::escape;
use crate::report::figures::chart::{Figure, NumberKind, Panel, PlottedCurve, Point};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::power::{self, comparison};
use crate::report::protocol;
use crate::report::terminal;
use crate::report::words::{arm_named, endpoint_named, test_named};
use crate::report::words::{limit_reason, note as note_in_words};
use crate::scenario::Scenario;

/// The answers on a terminal: full size first, then the frontier, then what must be read with them; per
/// compared arm. With draws the assurance follows, which uses the same durations but lets the
/// assumptions vary.
pub(crate) fn words(answer: &RequiredDurations, scenario: &Scenario, lang: Lang) -> String {
    let first = protocol::duration_answer(answer, scenario, lang).join("\n");
    let (name, power, confidence) =
        (escape::name(&answer.scenario), answer.power * 100.0, answer.confidence * 100.0);
    let (searched, fresh) = (answer.replicates, answer.fresh_replicates);
    let mut text = match lang {
        Lang::En => format!(
            "{first}\n\n{name}: shortest study with {power:.0}% power at {confidence:.0}% confidence; {searched} studies searched, {fresh} fresh \
             ones to confirm\n"
        ),
        Lang::Nl => format!(
            "{first}\n\n{name}: kortste onderzoek met {power:.0}% onderscheidend vermogen (power) bij {confidence:.0}% zekerheid; {searched} \
             onderzoeken doorzocht, {fresh} verse ter bevestiging\n"
        ),
    };
    for arm in arms(answer) {
        let of_arm: Vec<&RequiredDuration> =
            answer.required.iter().filter(|required| required.arm == arm).collect();
        // The largest size of this arm: arms need not have the same sizes.
        let largest = of_arm.iter().map(|required| required.size).fold(0.0, f64::max);
        let full: Vec<&RequiredDuration> =
            of_arm.iter().copied().filter(|required| required.size == largest).collect();
        if let Some(first) = full.first() {
            let _ = writeln!(text, "\n{}", comparison(arm, first.clients, first.caseworkers, lang));
        }
        text.push_str(&table(&full, lang));
        if full.iter().any(|required| required.months.is_some() && required.months_high.is_none()) {
            text.push_str(lang.pick(
                "Een interval dat eindigt op - : bij een langere duur wordt het doel weer gemist of is het onzeker.\n",
                "An interval that ends in - : at some longer duration the target is missed again or not sure.\n",
            ));
        }
        text.push_str(lang.pick(
            "\nMaanden nodig, naar klanten per groep (primaire toetsen)\n",
            "\nMonths needed by clients per arm (primary tests)\n",
        ));
        text.push_str(&frontier(&of_arm, lang));
        text.push_str(&sentences(&full, answer, lang));
    }
    for note in &answer.notes {
        let _ = writeln!(text, "{}", note_in_words(note, lang));
    }
    text + &answer
        .assurance
        .as_ref()
        .map_or_else(String::new, |found| assurance::words(found, scenario, lang))
}

/// The arms that are compared with the control, each once, in the order of the answer.
fn arms(answer: &RequiredDurations) -> Vec<&str> {
    let mut arms: Vec<&str> = answer.required.iter().map(|required| required.arm.as_str()).collect();
    arms.dedup();
    arms
}

/// A month, or a dash where the target is not reached.
fn month(value: Option<u32>) -> String {
    value.map_or("-".to_owned(), |months| months.to_string())
}

/// Why the target is not reached, in the few words that a column has; the sentences below the table say more.
fn why_not(reason: LimitReason, lang: Lang) -> String {
    let percent = |power: f64| number::percent(lang, power, 0);
    match (reason, lang) {
        (LimitReason::TooFewCaseworkers, _) => {
            lang.pick("te weinig consulenten", "too few caseworkers").to_owned()
        }
        (LimitReason::NothingToSee { until }, Lang::Nl) => format!("geen verschil te zien tot maand {until}"),
        (LimitReason::NothingToSee { until }, Lang::En) => {
            format!("no difference to see up to month {until}")
        }
        (LimitReason::NotSure { power, months }, Lang::Nl) => {
            format!("{} in maand {months}, niet zeker", percent(power))
        }
        (LimitReason::NotSure { power, months }, Lang::En) => {
            format!("{} at month {months}, not sure", percent(power))
        }
        (LimitReason::Highest { power, months }, Lang::Nl) => {
            format!("hoogstens {} (maand {months})", percent(power))
        }
        (LimitReason::Highest { power, months }, Lang::En) => {
            format!("{} at most (month {months})", percent(power))
        }
    }
}

/// The answers in aligned columns: endpoint, test, months with their interval, power in the fresh
/// studies, and why not.
fn table(rows: &[&RequiredDuration], lang: Lang) -> String {
    let head = lang.pick(
        ["uitkomst", "toets", "maanden", "interval", "power, vers", "niet gehaald"],
        ["endpoint", "test", "months", "interval", "power, fresh", "not reached"],
    );
    let row = |required: &&RequiredDuration| {
        vec![
            endpoint_named(lang, required.endpoint).to_owned(),
            test_named(lang, required.test, required.primary),
            month(required.months),
            match (required.months_low, required.months_high) {
                (None, None) => month(None),
                (low, high) => format!("{} {} {}", month(low), lang.pick("tot", "to"), month(high)),
            },
            required
                .fresh_power
                .map_or(String::new(), |power| format!("{}%", number::decimal(lang, power * 100.0, 1))),
            required.limit.as_ref().map_or(String::new(), |limit| why_not(limit.reason, lang)),
        ]
    };
    terminal::grouped(&head.map(str::to_owned), rows.iter().map(row).collect(), 1)
}

/// Durations by size for the primary tests: one row per size, one column per endpoint.
fn frontier(rows: &[&RequiredDuration], lang: Lang) -> String {
    let primary: Vec<&RequiredDuration> = rows.iter().copied().filter(|required| required.primary).collect();
    let mut endpoints: Vec<&str> = primary.iter().map(|required| required.endpoint).collect();
    endpoints.dedup();
    let Some(first) = endpoints.first() else { return String::new() };
    let sizes: Vec<&RequiredDuration> =
        primary.iter().copied().filter(|required| required.endpoint == *first).collect();
    let head = lang
        .pick(["klanten", "consulenten"], ["clients", "caseworkers"])
        .into_iter()
        .chain(endpoints.iter().map(|name| endpoint_named(lang, name)))
        .map(str::to_owned);
    let row = |size: &&RequiredDuration| {
        let of = |endpoint: &&str| {
            let required =
                primary.iter().find(|required| required.endpoint == *endpoint && required.size == size.size);
            month(required.and_then(|required| required.months))
        };
        [size.clients[1].to_string(), size.caseworkers[1].to_string()]
            .into_iter()
            .chain(endpoints.iter().map(of))
            .collect()
    };
    terminal::of_rows(&head.collect::<Vec<_>>(), sizes.iter().map(row).collect(), 2)
}

/// What cannot be seen before when, and what would help where the target is out of reach: what
/// endlessly many clients per caseworker would give, and how many times as many caseworkers reach it.
/// Where the studies are too few to tell, no advice follows, as it would rest on chance.
fn sentences(full: &[&RequiredDuration], answer: &RequiredDurations, lang: Lang) -> String {
    let mut text = String::new();
    for required in full.iter().filter(|required| required.primary) {
        let name = endpoint_named(lang, required.endpoint);
        if let Some(until) = required.nothing_until {
            text.push_str(&match lang {
                Lang::En => format!(
                    "{name}: the effect starts late. Up to month {until} even all pooled studies together show no difference: before \
                     that month power equals alpha, whatever the number of clients.\n"
                ),
                Lang::Nl => format!(
                    "{name}: het effect begint laat. Tot en met maand {until} laten zelfs alle onderzoeken samen geen verschil zien: vóór \
                     die maand is de power gelijk aan alpha, hoeveel klanten er ook zijn.\n"
                ),
            });
        }
        let Some(limit) = &required.limit else { continue };
        let (power, reason) = (answer.power * 100.0, limit_reason(limit.reason, lang));
        let months = answer.months.last().copied().unwrap_or(0);
        let not_sure = matches!(limit.reason, LimitReason::NotSure { .. });
        text.push_str(&match (not_sure, lang) {
            (true, Lang::En) => {
                format!("{name}: {power:.0}% power within {months} months is not sure: {reason}")
            }
            (true, Lang::Nl) => {
                format!("{name}: {power:.0}% power binnen {months} maanden is niet zeker: {reason}")
            }
            (false, Lang::En) => {
                format!("{name}: {power:.0}% power is not reached within {months} months: {reason}")
            }
            (false, Lang::Nl) => {
                format!("{name}: {power:.0}% power wordt binnen {months} maanden niet gehaald: {reason}")
            }
        });
        if not_sure {
            text.push_str(".\n");
            continue;
        }
        if let Some(most) = limit.with_endless_clients {
            let most = most * 100.0;
            text.push_str(&match lang {
                Lang::En => {
                    format!(
                        "; the same caseworkers with endlessly many clients each would give about {most:.0}%"
                    )
                }
                Lang::Nl => format!(
                    "; dezelfde consulenten met elk oneindig veel klanten zouden ongeveer {most:.0}% geven"
                ),
            });
        }
        match limit.factor {
            Some(factor) => {
                let factor = number::decimal(lang, factor, 1);
                text.push_str(&match lang {
                    Lang::En => {
                        format!("; about {factor} times as many caseworkers with their clients would reach the target.\n")
                    }
                    Lang::Nl => format!("; ongeveer {factor} keer zoveel consulenten met hun klanten zou het doel halen.\n"),
                });
            }
            None => text.push_str(".\n"),
        }
    }
    text
}

/// Clients needed against months: one curve per endpoint, one figure per compared arm, those without any
/// answer left out; then the figures of the assurance where there is one.
pub(crate) fn figures(answer: &RequiredDurations, scenario: &Scenario, lang: Lang) -> Vec<Figure> {
    let numbered = |at| power::numbered("frontier", at);
    let made = arms(answer).into_iter().enumerate();
    let made = made.map(|(at, arm)| frontier_figure(answer, arm, numbered(at), lang));
    let made = made.filter(|figure| figure.panels.iter().any(|panel| !panel.series.is_empty()));
    made.chain(answer.assurance.iter().flat_map(|found| assurance::figures(found, scenario, lang))).collect()
}

/// Clients needed against months: one curve per endpoint, at each duration the smallest study that
/// suffices.
fn frontier_figure(answer: &RequiredDurations, arm: &str, id: String, lang: Lang) -> Figure {
    let mut series: Vec<PlottedCurve> = Vec::new();
    let mut style = 0;
    let primary = answer.required.iter().filter(|required| required.arm == arm && required.primary);
    let mut last = "";
    for required in primary {
        if required.endpoint != last {
            style += 1;
            last = required.endpoint;
        }
        let Some(months) = required.months else { continue };
        let clients = f64::from(required.clients[1]);
        let point = Point { month: f64::from(months), value: clients, bands: vec![(clients, clients)] };
        let label = endpoint_named(lang, required.endpoint);
        match series.last_mut().filter(|series| series.label == label) {
            Some(series) => series.points.push(point),
            None => series.push(PlottedCurve { arm: style, label: label.to_owned(), points: vec![point] }),
        }
    }
    for curve in &mut series {
        curve.points.sort_by(|a, b| a.month.total_cmp(&b.month).then(b.value.total_cmp(&a.value)));
        // At one duration the smallest study that suffices.
        curve.points.dedup_by(|later, kept| {
            let same = later.month == kept.month;
            if same && later.value < kept.value {
                *kept = later.clone();
            }
            same
        });
    }
    Figure {
        id,
        title: format!(
            "{}: {:.0}% power, {}",
            lang.pick("Hoe lang en hoeveel", "How long and how many"),
            answer.power * 100.0,
            arm_named(lang, arm)
        ),
        description: lang
            .pick(
                "Klanten per groep naar het aantal maanden dat een onderzoek nodig heeft, een lijn per uitkomst.",
                "Clients per arm against the months a study needs, one curve per endpoint.",
            )
            .to_owned(),
        panels: vec![Panel {
            title: lang
                .pick("Klanten die nodig zijn als het onderzoek zo lang duurt", "Clients needed when the study runs this long")
                .to_owned(),
            unit: lang.pick("klanten in de groep, hele consulenten", "clients in the arm, whole caseworkers").to_owned(),
            kind: NumberKind::Plain,
            series,
            zero_line: true,
            measured_until: None,
            begins: None,
        }],
        notes: vec![
            lang.pick(
                "Een uitkomst zonder lijn haalt het doel bij geen enkele gesimuleerde duur en omvang.",
                "An endpoint without a curve does not reach the target at any simulated duration and size.",
            )
            .to_owned(),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_room_for_every_reason() {
        let reasons = [
            LimitReason::TooFewCaseworkers,
            LimitReason::NothingToSee { until: 120 },
            LimitReason::NotSure { power: 0.812, months: 120 },
            LimitReason::Highest { power: 0.384, months: 120 },
        ];
        for (reason, lang) in reasons.into_iter().flat_map(|reason| Lang::ALL.map(|lang| (reason, lang))) {
            let words = why_not(reason, lang);
            assert!(words.chars().count() <= 40 && terminal::over_lines(&words, 40) == words, "{words}");
        }
        assert_eq!(why_not(reasons[3], Lang::Nl), "hoogstens 38% (maand 120)");
    }
}
