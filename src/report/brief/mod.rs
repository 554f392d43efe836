//! The results on one screen: the scenario in a few words and the main numbers with their errors, for the terminal.
//!
//! A terminal shows means with their Monte Carlo error, and the range over the assumptions of a difference: it is the place to see
//! whether a run was long enough. What a planner needs stands below it as in the report. No table is wider than a hundred columns:
//! two arms stand side by side, more of them below each other.

mod differences;
mod main_results;
mod rows;

use crate::scenario::{Dynamics, Scenario};
use crate::trial::Results;
use crate::trial::view::View;

use super::answer::Answer;
use super::escape::name;
use super::language::Lang;
use super::number::decimal;
use super::source::Source;
use super::words::arm_named;
use differences::{by_part, by_story};

/// The scenario in one line: arms, clients, caseworkers, sites, months, replicates and seed, as it will
/// be run.
pub(crate) fn scenario_in_words(scenario: &Scenario, lang: Lang) -> String {
    let arms: Vec<String> = scenario.arms.iter().map(|arm| arm_named(lang, &arm.name)).collect();
    let caseworkers: f64 = scenario.sites.iter().flat_map(|site| &site.arms).map(|arm| arm.caseworkers).sum();
    let clients = match scenario.dynamics {
        Dynamics::Full if scenario.inflow => lang.pick("een bestand met instroom", "a caseload with inflow"),
        Dynamics::Full => lang.pick("een gesloten groep", "a closed cohort"),
        Dynamics::Ladder(_) => lang.pick("een overgangstabel", "a transition table"),
    };
    let (title, participants) =
        (name(&scenario.title[lang.pick(0, 1)]), count(scenario.participants(), lang));
    let several = |number: usize, one: &str, more: &str| {
        format!("{} {}", count(number as u32, lang), if number == 1 { one } else { more })
    };
    let (sites, months, replicates) =
        (scenario.sites.len(), scenario.horizon_months as usize, scenario.replicates as usize);
    // A run stops adding replicates when it is precise enough.
    let most = |replicates: String, at_most: &str| {
        if scenario.precision.difference > 0.0 { format!("{at_most} {replicates}") } else { replicates }
    };
    match lang {
        Lang::Nl => format!(
            "{title}\n{clients}; {}; {participants} deelnemers met {caseworkers} consulenten op {}; {}, {}, seed {}",
            against(&arms, " tegenover ", " en "),
            several(sites, "locatie", "locaties"),
            several(months, "maand", "maanden"),
            most(several(replicates, "herhaling", "herhalingen"), "hoogstens"),
            scenario.seed,
        ),
        Lang::En => format!(
            "{title}\n{clients}; {}; {participants} participants with {caseworkers} caseworkers at {}; {}, {}, seed {}",
            against(&arms, " against ", " and "),
            several(sites, "site", "sites"),
            several(months, "month", "months"),
            most(several(replicates, "replicate", "replicates"), "at most"),
            scenario.seed,
        ),
    }
}

/// The first arm against the others.
fn against(arms: &[String], against: &str, and: &str) -> String {
    match arms {
        [first, more @ .., last] if !more.is_empty() => {
            format!("{first}{against}{}{and}{last}", more.join(", "))
        }
        _ => arms.join(against),
    }
}

/// A whole number with the marks of the language.
fn count(number: u32, lang: Lang) -> String {
    decimal(lang, f64::from(number), 0)
}

/// The months that the table shows: one year when reported, and the horizon.
pub(crate) fn main_months(results: &Results) -> Vec<u32> {
    let last = results.months.last().copied().unwrap_or(0);
    results.months.iter().copied().filter(|&month| month == last || month == 12).collect()
}

/// The main results, one table per month of [`main_months`]: paired worlds, and arm minus control, each with its Monte
/// Carlo standard error.
pub(crate) fn tables(results: &Results, lang: Lang) -> String {
    let mut text = String::new();
    // The answer below it is the center of the draws: who compares the two must know that they differ on purpose.
    let drawn = results.draws.is_some();
    let fixed = match (drawn, lang) {
        (false, _) => "",
        (true, Lang::Nl) => "elke aanname in haar midden; ",
        (true, Lang::En) => "every assumption at its center; ",
    };
    let view = View::new(results);
    for month in main_months(results) {
        let head = match lang {
            Lang::Nl => format!(
                "Na {month} maanden ({fixed}iedereen onder elke aanpak, hetzelfde toeval; ± Monte Carlo-fout)"
            ),
            Lang::En => format!(
                "After {month} months ({fixed}everybody under each arm, same luck; ± Monte Carlo standard error)"
            ),
        };
        text.push_str(&format!("\n{head}\n{}", main_results::table(&view, month, lang)));
    }
    text.push_str(&by_part(results, lang));
    text.push_str(&by_story(results, lang));
    text.push_str(&replicates_and_gain(results, lang).unwrap_or_default());
    text
}

/// How many replicates there were, and how many it would have taken without control variates; `None`
/// when nothing was adjusted.
fn replicates_and_gain(results: &Results, lang: Lang) -> Option<String> {
    let arm = (0..results.arms.len()).find(|&arm| arm != results.control)?;
    let exits = results.difference.get(arm)?.overall().get(results.index_of("exits", "")?)?;
    let gain = exits.adjusted.as_ref()?.gain.last().copied().filter(|gain| gain.is_finite())?;
    let (replicates, as_many) =
        (count(results.replicates, lang), count((f64::from(results.replicates) * gain).round() as u32, lang));
    Some(match lang {
        Lang::Nl => format!(
            "\n{replicates} herhalingen; gemiddelden van de hoofduitkomsten staan bij het bekende gemiddelde van het toeval van locaties, consulenten en\n\
             uitstroom: het verschil in uitstroom is zo precies als met ongeveer {as_many} herhalingen zonder (docs/results.md)\n"
        ),
        Lang::En => format!(
            "\n{replicates} replicates; means of the main measures are read at the known means of the luck of sites, caseworkers and exits:\n\
             the difference in exits is as precise as with about {as_many} replicates without (docs/results.md)\n"
        ),
    })
}

/// The answer as the report's first page gives it: the sentence, the four figures with their ranges, what the ranges are and
/// what the model was fitted to.
pub(crate) fn answer(source: &Source<'_>) -> String {
    let answer = Answer::new(source, source.facts.question_asked());
    if answer.sentence.is_empty() {
        return String::new();
    }
    let figures = answer.figures.iter();
    let figures = figures.map(|figure| format!("  {}: {} {}", figure.label, figure.value, figure.range));
    let basis = [answer.interval.clone(), answer.fitted.clone()];
    let capacity = answer.capacity.iter().map(|sentence| format!("  {sentence}"));
    let lines: Vec<String> =
        std::iter::once(answer.sentence.clone()).chain(figures).chain(basis).chain(capacity).collect();
    format!("\n{}\n", lines.join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    #[test]
    fn the_default_scenario_in_a_few_words() {
        let words = scenario_in_words(&embedded("lange-adem", &[]).unwrap().scenario, Lang::En);
        assert!(
            words.contains("regular service against FIP; 2,880 participants with 16 caseworkers at 4 sites"),
            "{words}"
        );
        assert!(words.contains("120 months, at most 200 replicates"), "{words}");
        let dutch = scenario_in_words(&embedded("lange-adem", &[]).unwrap().scenario, Lang::Nl);
        assert!(dutch.contains("2.880 deelnemers met 16 consulenten op 4 locaties"), "{dutch}");
    }

    #[test]
    fn many_arms_are_one_list() {
        let arms = |count: usize| (1..=count).map(|arm| format!("A{arm}")).collect::<Vec<_>>();
        assert_eq!(against(&arms(1), " against ", " and "), "A1");
        assert_eq!(against(&arms(2), " against ", " and "), "A1 against A2");
        assert_eq!(against(&arms(4), " against ", " and "), "A1 against A2, A3 and A4");
    }
}
