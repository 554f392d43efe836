//! Assurance in words, a table and a figure.
//!
//! Power holds every assumption at its center; assurance averages the chance of a significant
//! difference over draws of all of them, so it never promises more than is known. With stories the
//! average hides an either-or, and each story stands apart.

use std::fmt::Write;

use super::escape;
use super::figures::chart::{Figure, NumberKind, Panel, PlottedCurve, Point};
use super::language::Lang;
use super::number;
use super::power::{comparison, numbered};
use super::terminal;
use super::words::{self, arm_named, capital, endpoint_named, test_named};
use crate::design::power::{Assurance, AssuranceCurve};
use crate::scenario::Scenario;

/// The answers on a terminal: all draws, then story by story.
pub(crate) fn words(found: &Assurance, scenario: &Scenario, lang: Lang) -> String {
    let (draws, target) = (found.draws, number::percent(lang, found.target, 0));
    let drawn = match (&found.fitted_to, lang) {
        (None, Lang::Nl) => "getrokken uit wat vooraf wordt aangenomen (de priors)".to_owned(),
        (None, Lang::En) => "drawn from what is believed beforehand (the priors)".to_owned(),
        (Some(name), Lang::Nl) => format!("passend bij {}", words::figures(lang, name)),
        (Some(name), Lang::En) => format!("fitted to {}", words::figures(lang, name)),
    };
    let mut text = match lang {
        Lang::Nl => format!(
            "\nMet de onzekerheid van de aannames erin (assurance): {draws} trekkingen doorzocht, {draws} verse ter bevestiging, onder elke één \
             onderzoek; {drawn}.\nPower rekent met elke aanname in haar midden; dit is de kans op een significant verschil gemiddeld over de \
             aannames. Doel: {target}.\n"
        ),
        Lang::En => format!(
            "\nWith the uncertainty of the assumptions in it (assurance): {draws} draws searched, {draws} fresh ones to confirm, one study \
             under each; {drawn}.\nPower holds every assumption at its center; this is the probability of a significant difference averaged \
             over the assumptions. Target: {target}.\n"
        ),
    };
    for arm in arms(found) {
        let of_arm: Vec<&AssuranceCurve> = found.curves.iter().filter(|curve| curve.arm == arm).collect();
        if let Some(first) = of_arm.first() {
            let _ = writeln!(text, "\n{}", comparison(arm, first.clients, first.caseworkers, lang));
        }
        text.push_str(&table(&of_arm, scenario, lang));
    }
    text
}

/// The arms that are compared with the control, each once, in the order of the answer.
fn arms(found: &Assurance) -> Vec<&str> {
    let mut arms: Vec<&str> = found.curves.iter().map(|curve| curve.arm.as_str()).collect();
    arms.dedup();
    arms
}

/// The title of a story by its name; the name itself where the scenario no longer has it.
fn title(scenario: &Scenario, name: &str, lang: Lang) -> String {
    let found = scenario.structures.iter().find(|structure| structure.name == name);
    escape::name(found.map_or(name, |structure| &structure.title[lang.pick(0, 1)]))
}

/// The title of the story that a curve is of; "all" for the mixture.
fn story(scenario: &Scenario, curve: &AssuranceCurve, lang: Lang) -> String {
    let every = || lang.pick("alle", "all").to_owned();
    curve.story.as_ref().map_or_else(every, |name| title(scenario, name, lang))
}

/// The chance that a study finds the difference in an endpoint when the assumptions are uncertain, and under each story: with one
/// compared arm a sentence each, with more of them all stories of an arm in one sentence that names it.
pub(crate) fn sentences(found: &Assurance, endpoint: &str, scenario: &Scenario, lang: Lang) -> Vec<String> {
    let percent = |value: f64| number::percent(lang, value, 0);
    let primary = found.curves.iter().filter(|curve| curve.primary && curve.endpoint == endpoint);
    let sentence = |curve: &AssuranceCurve| {
        let last = curve.at.last()?;
        let months = number::months(lang, last.months);
        let range = number::interval(lang, &percent(last.assurance.low), &percent(last.assurance.high));
        let (arm, share) = (arm_named(lang, &curve.arm), percent(last.assurance.value));
        let needed = curve.months.map(|months| number::months(lang, months));
        let (told, wanted) =
            (curve.story.as_ref().map(|_| story(scenario, curve, lang)), percent(found.target));
        Some(match (lang, told) {
            (Lang::Nl, None) => {
                let reached = needed.map_or_else(
                    || format!("{wanted} wordt niet gehaald"),
                    |needed| format!("{wanted} wordt gehaald na {needed}"),
                );
                format!(
                    "Met onzekere aannames vindt een onderzoek van {months} het verschil van {arm} met {share} kans {range}; {reached}."
                )
            }
            (Lang::En, None) => {
                let reached = needed.map_or_else(
                    || format!("{wanted} is not reached"),
                    |needed| format!("{wanted} is reached after {needed}"),
                );
                format!(
                    "With uncertain assumptions a study of {months} finds the difference of {arm} with a chance of {share} {range}; {reached}."
                )
            }
            (_, Some(told)) => format!("{}: {share} {range}.", capital(&told)),
        })
    };
    let of_story = |curve: &AssuranceCurve| curve.story.is_some();
    let curves: Vec<&AssuranceCurve> = primary.collect();
    let mut list: Vec<String> = Vec::new();
    let several = arms(found).len() > 1;
    let mut last: Option<&str> = None;
    for curve in curves {
        let Some(told) = sentence(curve) else { continue };
        if !(several && of_story(curve)) {
            list.push(told);
            continue;
        }
        match list.last_mut().filter(|_| last == Some(curve.arm.as_str())) {
            Some(stories) => {
                stories.truncate(stories.trim_end_matches('.').len());
                stories.push_str("; ");
                stories.push_str(&uncapital(&told));
            }
            None => list.push(format!("{}, {}", capital(&arm_named(lang, &curve.arm)), uncapital(&told))),
        }
        last = Some(&curve.arm);
    }
    list
}

/// A sentence within another: without its capital.
fn uncapital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// One line per endpoint, test and story: months needed, and what the longest study finds, also in the
/// wrong direction.
fn table(rows: &[&AssuranceCurve], scenario: &Scenario, lang: Lang) -> String {
    let head = lang.pick(
        ["uitkomst", "toets", "verhaal", "maanden", "kans bij de langste duur", "95%", "meer", "minder"],
        ["endpoint", "test", "story", "months", "probability at the longest", "95%", "more", "fewer"],
    );
    let percent = |value: f64| number::percent(lang, value, 0);
    let row = |curve: &&AssuranceCurve| {
        let mut cells = vec![
            endpoint_named(lang, curve.endpoint).to_owned(),
            test_named(lang, curve.test, curve.primary),
            story(scenario, curve, lang),
            curve.months.map_or("-".to_owned(), |months| months.to_string()),
        ];
        if let Some(last) = curve.at.last() {
            let (low, high) = (percent(last.assurance.low), percent(last.assurance.high));
            cells.extend([percent(last.assurance.value), number::interval(lang, &low, &high)]);
            cells.extend([percent(last.more), percent(last.fewer)]);
        }
        cells
    };
    // Other tests than the primary one for all draws only: stories would make the table unreadable.
    let shown = rows.iter().filter(|curve| curve.primary || curve.story.is_none());
    terminal::grouped(&head.map(str::to_owned), shown.map(row).collect(), 2)
}

/// Assurance by duration for the primary test of every endpoint: a figure per compared arm, in it a
/// panel for all draws and one per story.
pub(crate) fn figures(found: &Assurance, scenario: &Scenario, lang: Lang) -> Vec<Figure> {
    let arms = arms(found).into_iter().enumerate();
    arms.map(|(at, arm)| figure(found, arm, numbered("assurance", at), scenario, lang)).collect()
}

/// Assurance of one compared arm.
fn figure(found: &Assurance, arm: &str, id: String, scenario: &Scenario, lang: Lang) -> Figure {
    let of_arm: Vec<&AssuranceCurve> =
        found.curves.iter().filter(|curve| curve.arm == arm && curve.primary).collect();
    let mut stories: Vec<Option<&str>> = Vec::new();
    for story in of_arm.iter().map(|curve| curve.story.as_deref()) {
        if !stories.contains(&story) {
            stories.push(story);
        }
    }
    let mut endpoints: Vec<&str> = of_arm.iter().map(|curve| curve.endpoint).collect();
    endpoints.dedup();
    let panel = |story: &Option<&str>| {
        let chosen = of_arm.iter().filter(|curve| curve.story.as_deref() == *story);
        let series = |curve: &&AssuranceCurve| PlottedCurve {
            arm: endpoints.iter().position(|name| *name == curve.endpoint).unwrap_or_default() + 1,
            label: endpoint_named(lang, curve.endpoint).to_owned(),
            points: curve
                .at
                .iter()
                .map(|at| Point {
                    month: f64::from(at.months),
                    value: at.assurance.value,
                    bands: vec![(at.assurance.low, at.assurance.high)],
                })
                .collect(),
        };
        Panel {
            title: story.map_or_else(
                || lang.pick("Alle aannames", "All assumptions").to_owned(),
                |story| format!("{}: {}", lang.pick("Verhaal", "Story"), title(scenario, story, lang)),
            ),
            unit: lang
                .pick("kans op een significant verschil", "probability of a significant difference")
                .to_owned(),
            kind: NumberKind::Percent,
            series: chosen.map(series).collect(),
            zero_line: true,
            measured_until: None,
            begins: None,
        }
    };
    Figure {
        id,
        title: format!("{}: {}", lang.pick("Wat een onderzoek vindt, met onzekere aannames", "What a study finds, with uncertain assumptions"), arm_named(lang, arm)),
        description: lang
            .pick(
                "Kans op een significant verschil naar duur, gemiddeld over de aannames, een lijn per uitkomst.",
                "Probability of a significant difference by duration, averaged over the assumptions, one curve per endpoint.",
            )
            .to_owned(),
        panels: stories.iter().map(panel).collect(),
        notes: vec![
            lang.pick(
                "Band: 95% (rekenonzekerheid; onder elke trekking één onderzoek).",
                "Band: 95% (Monte Carlo; one study under each draw).",
            )
            .to_owned(),
        ],
    }
}
