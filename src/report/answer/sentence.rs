//! The sentences of the first page: short, in words that need no glossary, and no more than the draws support.
//!
//! A sentence is chosen by what is printed and not by what was computed: a difference that rounds to
//! nothing is "about as much", and levels that look the same are called the same. A run with too few
//! replicates gets no answer but the number that it needs.

use super::origin::{Origin, dropout_sentence, hangs_on_dropouts, places};
use super::outcome::{Outcome, outcome};
use super::{Arm, Question, is_beyond, negligible};
use crate::report::escape;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::round::{decimals, euros, row, signed_euros};
use crate::report::source::{MEASURED_MONTHS, Source};
use crate::report::words::{OF_THE_COUNTRY, calculations, capital, figures, part};
use crate::trial::view::Basis;

/// The answer: the best arm first, with how sure its sign is, then the others. `origin` tells whether
/// the answer hangs on people who dropped out.
pub(super) fn answer(
    source: &Source<'_>,
    question: Question,
    arms: &[Arm<'_>],
    origin: Option<&Origin>,
) -> String {
    let (lang, best) = (source.lang, &arms[0]);
    let negligible = negligible(question);
    if best.gain.is_too_noisy(negligible) {
        return too_noisy(source, best.gain.times_more(negligible));
    }
    let most = most_decimals(arms.iter().map(|arm| arm.hundred(question)));
    let mut sentences = vec![main(source, question, best, most), spread(source, best, question)];
    if question == Question::Payback
        && let Some(origin) = origin.filter(|origin| hangs_on_dropouts(origin))
    {
        sentences.push(dropout_sentence(lang, origin));
    }
    sentences.extend(arms[1..].iter().map(|arm| also(source, question, arm, most)));
    sentences.retain(|sentence| !sentence.is_empty());
    sentences.join(" ")
}

/// The run is too small; how many times more replicates would do.
pub(in crate::report) fn too_noisy(source: &Source<'_>, times: f64) -> String {
    let needed = (f64::from(source.results.replicates.max(1)) * times).ceil();
    // Rounded up to one digit: 340 becomes 400.
    let step = libm::pow(10.0, libm::log10(needed).floor());
    let needed = number::decimal(source.lang, (needed / step).ceil() * step, 0);
    match source.lang {
        Lang::Nl => format!("Te weinig herhalingen voor een antwoord: neem er {needed}."),
        Lang::En => format!("Too few replicates for an answer: take {needed}."),
    }
}

/// The sentence about one arm, with at most so many decimals; empty when the run has no such measure.
fn main(source: &Source<'_>, question: Question, arm: &Arm<'_>, most: i32) -> String {
    let (lang, time) = (source.lang, number::months(source.lang, source.horizon()));
    if question == Question::Payback {
        let total = arm.gain.times(arm.clients).center;
        return payback(lang, &capital(&arm.name), &time, total, places(source, arm));
    }
    let name = &arm.name;
    let Some((with, without)) = hundred(source, question, &arm.hundred(question), source.horizon(), most)
    else {
        return String::new();
    };
    let control = &arm.control;
    match (lang, question) {
        (Lang::Nl, Question::Steps) => format!(
            "Met {name} zetten in {time} {with} van de 100 klanten een zichtbare stap. Met {control}: {without}."
        ),
        (Lang::En, Question::Steps) => format!(
            "With {name} {with} in 100 clients take a visible step in {time}. With {control}: {without}."
        ),
        (Lang::Nl, Question::Signals) => format!(
            "Met {name} krijgen in {time} {with} van de 100 klanten een fraudesignaal. Met {control}: {without}."
        ),
        (Lang::En, Question::Signals) => format!(
            "With {name} {with} in 100 clients get a fraud signal in {time}. With {control}: {without}."
        ),
        (Lang::Nl, Question::Exits) => format!(
            "Met {name} gaan in {time} {with} van de 100 klanten uit de bijstand. Met {control}: {without}."
        ),
        (Lang::En, Question::Exits) => {
            format!("With {name} {with} in 100 clients leave benefit in {time}. With {control}: {without}.")
        }
        (Lang::Nl, Question::Caseload) => format!(
            "Met {name} hebben na {time} {with} van de 100 klanten bijstand. Met {control}: {without}."
        ),
        (Lang::En, Question::Caseload) => format!(
            "With {name} {with} in 100 clients are on benefit after {time}. With {control}: {without}."
        ),
        (Lang::Nl, _) => format!(
            "Met {name} gaan per 100 klanten in {time} {with} keer mensen naar werk. Met {control}: {without}."
        ),
        (Lang::En, _) => format!(
            "With {name} there are {with} exits to work per 100 clients in {time}. With {control}: {without}."
        ),
    }
}

/// The same about an arm behind the first: what was said of the question, the time and the control is not said again.
fn also(source: &Source<'_>, question: Question, arm: &Arm<'_>, most: i32) -> String {
    let lang = source.lang;
    if question != Question::Payback {
        let shown = hundred(source, question, &arm.hundred(question), source.horizon(), most);
        let Some((with, _)) = shown else { return String::new() };
        return format!("{} {}: {with}.", lang.pick("Met", "With"), arm.name);
    }
    let (total, places) = (arm.gain.times(arm.clients).center, places(source, arm));
    let (name, amount) = (capital(&arm.name), euros(lang, total.abs(), places));
    match (lang, number::round_to(total, places)) {
        (Lang::Nl, 0.0) => format!("{name}: ongeveer evenveel kosten als opbrengst."),
        (Lang::En, 0.0) => format!("{name}: about as much cost as gain."),
        (Lang::Nl, rounded) if rounded > 0.0 => format!("{name}: {amount} meer opbrengst dan kosten."),
        (Lang::En, rounded) if rounded > 0.0 => format!("{name}: {amount} more gain than cost."),
        (Lang::Nl, _) => format!("{name}: {amount} meer kosten dan opbrengst."),
        (Lang::En, _) => format!("{name}: {amount} more cost than gain."),
    }
}

/// What an arm brings or costs in euros of all clients, `places` digits after the point (negative:
/// rounded before it).
fn payback(lang: Lang, name: &str, time: &str, total: f64, places: i32) -> String {
    let amount = euros(lang, total.abs(), places);
    match (lang, number::round_to(total, places)) {
        (Lang::Nl, 0.0) => {
            format!("{name} kost uw gemeente in {time} ongeveer evenveel als het oplevert.")
        }
        (Lang::En, 0.0) => {
            format!("{name} costs your municipality about as much as it brings in {time}.")
        }
        (Lang::Nl, rounded) if rounded > 0.0 => {
            format!("{name} levert uw gemeente in {time} {amount} meer op dan het kost.")
        }
        (Lang::Nl, _) => format!("{name} kost uw gemeente in {time} {amount} meer dan het oplevert."),
        (Lang::En, rounded) if rounded > 0.0 => {
            format!("{name} brings your municipality {amount} more than it costs in {time}.")
        }
        (Lang::En, _) => format!("{name} costs your municipality {amount} more than it brings in {time}."),
    }
}

/// Decimals of the levels of all arms: the control's level is printed alike in every sentence. A difference of less than two keeps a
/// decimal where the errors of all allow it: 4.6 and 5.2 are not "5 and 6".
fn most_decimals(differences: impl Iterator<Item = Outcome>) -> i32 {
    let all: Vec<Outcome> = differences.collect();
    let most = i32::from(all.iter().any(|outcome| outcome.center.abs() < 2.0));
    all.iter().map(|outcome| decimals(outcome.error, most)).min().unwrap_or(most)
}

/// Levels of arm and control per 100 clients, rounded by one rule; "ook 34" where they are the same as printed.
fn hundred(
    source: &Source<'_>,
    question: Question,
    difference: &Outcome,
    month: u32,
    most: i32,
) -> Option<(String, String)> {
    let key = question.measure();
    let at = source.at_or_before(month);
    let control = outcome(source, Basis::Paired, source.results.control, key, at)?.times(100.0);
    let printed = row(control.center, difference.center, difference.error, most);
    let text = |value: f64| number::decimal(source.lang, value, printed.decimals);
    let control = text(printed.control);
    let control = match (source.lang, printed.difference == 0.0) {
        (_, false) => control,
        (Lang::Nl, true) => format!("ook {control}"),
        (Lang::En, true) => format!("also {control}"),
    };
    Some((text(printed.arm), control))
}

/// The answer per story of how things work, one short row each; empty without stories.
pub(super) fn stories(source: &Source<'_>, question: Question, arm: &Arm<'_>) -> Vec<String> {
    let Some(draws) = source.results.draws.as_ref() else { return Vec::new() };
    let lang = source.lang;
    let row = |(index, story): (usize, &crate::trial::results::Story)| {
        let told = draws.draws.iter().map(|draw| draw.story == Some(index));
        let gain = arm.gain.of(told)?;
        let title = escape::name(&story.title[lang.pick(0, 1)]);
        let value = match question {
            Question::Payback => {
                let total = gain.times(arm.clients);
                let text = |value: f64| signed_euros(lang, value, decimals(total.error, -3));
                ranged(lang, &total, &text)
            }
            _ => {
                let hundred = gain.times(100.0 * question.sign());
                let text =
                    |value: f64| number::signed(number::decimal(lang, value, decimals(hundred.error, 1)));
                format!("{} {}", ranged(lang, &hundred, &text), per_hundred(lang, question))
            }
        };
        Some(format!("{title}: {value}"))
    };
    draws.stories.iter().enumerate().filter_map(row).collect()
}

/// What each part of the caseload gains and loses: to work, or in money when the question is about money.
pub(super) fn parts(source: &Source<'_>, question: Question, arm: &Arm<'_>) -> Vec<String> {
    let (lang, at) = (source.lang, source.at_or_before(source.horizon()));
    let key = if question == Question::Caseload { Question::Exits } else { question }.measure();
    let row = |group: usize| {
        let difference = source.estimate_of(arm.index, group, key, at)?;
        let value = if question == Question::Payback {
            let gain = difference.times(-1.0);
            let text = |value: f64| signed_euros(lang, value, decimals(gain.error, -1));
            format!("{} {}", ranged(lang, &gain, &text), lang.pick("per klant", "per client"))
        } else {
            let hundred = difference.times(100.0);
            let text = |value: f64| number::signed(number::decimal(lang, value, decimals(hundred.error, 1)));
            let counted = if question == Question::Caseload { Question::Exits } else { question };
            format!("{} {}", ranged(lang, &hundred, &text), per_hundred(lang, counted))
        };
        let talks = source.estimate_of(arm.index, group, ("talks_per_year", ""), at)?;
        let talks = number::signed(number::decimal(lang, talks.center, decimals(talks.error, 1)));
        let name = part(lang, &source.results.groups[group]);
        Some(match lang {
            Lang::Nl => format!("{name}: {value}; {talks} gesprekken per jaar"),
            Lang::En => format!("{name}: {value}; {talks} talks a year"),
        })
    };
    source.results.part_groups().filter_map(row).collect()
}

/// What is counted for a question.
fn counted(lang: Lang, question: Question) -> &'static str {
    match question {
        Question::Steps => lang.pick("klanten met een zichtbare stap", "clients with a visible step"),
        Question::Signals => lang.pick("klanten met een fraudesignaal", "clients with a fraud signal"),
        Question::Exits => lang.pick("klanten uit de bijstand", "clients off benefit"),
        Question::Caseload => lang.pick("klanten met bijstand", "clients on benefit"),
        Question::Payback | Question::Work => lang.pick("keer naar werk", "exits to work"),
    }
}

/// The same behind a number: "keer naar werk per 100 klanten".
fn per_hundred(lang: Lang, question: Question) -> String {
    let counted = counted(lang, question);
    match (question, lang) {
        (Question::Payback | Question::Work, Lang::Nl) => format!("{counted} per 100 klanten"),
        (Question::Payback | Question::Work, Lang::En) => format!("{counted} per 100 clients"),
        _ => format!("{counted} per 100"),
    }
}

/// A number with its range.
fn ranged(lang: Lang, outcome: &Outcome, text: &dyn Fn(f64) -> String) -> String {
    format!("{} {}", text(outcome.center), number::interval(lang, &text(outcome.low), &text(outcome.high)))
}

/// How far it ranges and how sure the sign is.
fn spread(source: &Source<'_>, arm: &Arm<'_>, question: Question) -> String {
    let lang = source.lang;
    let Some(often) = calculations(lang, &arm.gain.drawn, |value| value > 0.0) else { return String::new() };
    let (often, name) = (capital(&often), &arm.name);
    match (lang, question) {
        (Lang::Nl, Question::Payback) => format!("{often} verdient {name} zich terug."),
        (Lang::En, Question::Payback) => format!("{often} {name} pays for itself."),
        (Lang::Nl, Question::Caseload) => format!("{often} zijn het er met {name} minder."),
        (Lang::En, Question::Caseload) => format!("{often} there are fewer with {name}."),
        (Lang::Nl, _) => format!("{often} is het met {name} meer."),
        (Lang::En, _) => format!("{often} it is more with {name}."),
    }
}

/// What was measured comes first: the outcome within the months that studies measured.
pub(super) fn measured(source: &Source<'_>, question: Question, arm: &Arm<'_>) -> String {
    if !is_beyond(source) {
        return String::new();
    }
    let lang = source.lang;
    let time = number::months(lang, source.results.months[source.at_or_before(MEASURED_MONTHS)]);
    let asked = if question == Question::Payback { Question::Work } else { question };
    let at = source.at_or_before(MEASURED_MONTHS);
    let difference = outcome(source, Basis::Difference, arm.index, asked.measure(), at)
        .map(|outcome| outcome.times(100.0));
    let Some(difference) = difference else { return String::new() };
    let most = most_decimals(std::iter::once(difference.clone()));
    let Some((with, without)) = hundred(source, asked, &difference, MEASURED_MONTHS, most) else {
        return String::new();
    };
    let (name, control) = (&arm.name, &arm.control);
    let counted = counted(lang, asked);
    match lang {
        Lang::Nl => format!(
            "Onderzoek mat hooguit 18 maanden. Berekend na {time}, per 100 klanten: {with} {counted} met {name}. Met {control}: {without}. Wat \
             daarna komt, volgt uit aannames."
        ),
        Lang::En => format!(
            "Studies measured 18 months at most. Calculated after {time}, per 100 clients: {with} {counted} with {name}. With \
             {control}: {without}. What comes later follows from assumptions."
        ),
    }
}

/// What the ranges are.
pub(super) fn interval(source: &Source<'_>) -> String {
    let draws = source.draws().len();
    match (source.lang, source.has_draws()) {
        (Lang::Nl, true) => format!(
            "De getallen zijn het midden van {draws} doorrekeningen met andere aannames. Acht van de tien liggen tussen de getallen tussen haken."
        ),
        (Lang::En, true) => format!(
            "The numbers are the center of {draws} calculations with other assumptions. Eight in ten lie between the numbers in brackets."
        ),
        (Lang::Nl, false) => "De aannames staan vast. Tussen haken staat alleen wat toeval doet: 95 van de 100 herhalingen liggen ertussen.".to_owned(),
        (Lang::En, false) => "The assumptions are fixed. The brackets show chance only: 95 in 100 replicates lie between.".to_owned(),
    }
}

/// What nobody has measured.
pub(super) fn unknown(source: &Source<'_>) -> Vec<String> {
    let mut list = vec![source.lang.pick(
        "Niemand heeft gemeten hoe snel kleine stappen iemand dichter bij werk brengen.",
        "Nobody has measured how fast small steps bring somebody closer to work.",
    )];
    if is_beyond(source) {
        list.push(source.lang.pick(
            "Niemand heeft klanten langer dan 18 maanden gevolgd.",
            "Nobody has followed clients for longer than 18 months.",
        ));
    }
    list.into_iter().map(str::to_owned).collect()
}

/// What the model was fitted to, or tuned to by hand.
pub(super) fn fitted(source: &Source<'_>) -> String {
    let tuned = source.lang.pick(
        "Met de hand afgestemd op de FIP-proeven en landelijke cijfers, niet op uw gemeente.",
        "Tuned by hand to the FIP pilots and national figures, not to your municipality.",
    );
    match (&source.facts.fitted_to, source.lang) {
        (None, _) => tuned.to_owned(),
        (Some(name), lang) => {
            let not_here = match (name.as_str(), lang) {
                (OF_THE_COUNTRY, Lang::Nl) => ", niet op uw gemeente",
                (OF_THE_COUNTRY, Lang::En) => ", not to your municipality",
                _ => "",
            };
            format!("{} {}{not_here}.", lang.pick("Afgestemd op", "Fitted to"), figures(lang, name))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_rounds_to_nothing_has_no_side() {
        for total in [400.0, -400.0, 0.0, -0.0] {
            let dutch = payback(Lang::Nl, "FIP", "4 jaar", total, -3);
            assert_eq!(dutch, "FIP kost uw gemeente in 4 jaar ongeveer evenveel als het oplevert.");
            let english = payback(Lang::En, "FIP", "4 years", total, -3);
            assert_eq!(english, "FIP costs your municipality about as much as it brings in 4 years.");
        }
        assert!(payback(Lang::Nl, "FIP", "4 jaar", -600.0, -3).contains("1.000 meer dan het oplevert"));
        assert!(payback(Lang::Nl, "FIP", "4 jaar", 600.0, -3).contains("1.000 meer op dan het kost"));
    }
}
