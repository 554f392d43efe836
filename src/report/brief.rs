//! The results on one screen: the scenario in a few words and the main numbers with their errors, for the terminal.
//!
//! A terminal shows means with their Monte Carlo error and no ranges: it is the place to see whether a
//! run was long enough. What a planner needs stands below it as in the report.

use comfy_table::{CellAlignment, Table, presets};

use crate::scenario::{Dynamics, Scenario};
use crate::trial::view::{Basis, View};
use crate::trial::{ArmResults, Results, Stat, stories};

use super::answer::Answer;
use super::escape::name;
use super::language::Lang;
use super::number::{decimal, decimals_for, round_to};
use super::round::decimals_of_range;
use super::sign::shown_sign;
use super::source::Source;
use super::words::arm_named;

/// A main result: measure, label, Dutch and English words, scale to the shown unit, most decimals.
struct Row {
    /// Measure and label.
    key: (&'static str, &'static str),
    /// What it is called, in Dutch and English.
    words: [&'static str; 2],
    /// From the unit of the measure to the shown one: 100 for shares as percentages.
    scale: f64,
    /// Most decimals.
    most: i32,
}

impl Row {
    /// What the measure is multiplied by as it is shown: the unit, and which way money counts.
    fn factor(&self) -> f64 {
        self.scale * shown_sign(self.key)
    }
}

/// A row, short enough to read the list below as a table.
const fn row(
    key: (&'static str, &'static str),
    dutch: &'static str,
    english: &'static str,
    scale: f64,
    most: i32,
) -> Row {
    Row { key, words: [dutch, english], scale, most }
}

/// The rows of the summary in the terminal.
const ROWS: [Row; 12] = [
    row(("exits", ""), "uit de bijstand, %", "left benefit, %", 100.0, 2),
    row(("exits_true", "work"), "  naar werk, %", "  to work, %", 100.0, 2),
    row(("months_on_benefit", ""), "maanden in de bijstand", "months on benefit", 1.0, 2),
    row(
        ("clients_with_signal", ""),
        "klanten met een fraudesignaal, %",
        "clients with a fraud signal, %",
        100.0,
        2,
    ),
    row(("signals", ""), "fraudesignalen per 1.000", "fraud signals per 1,000", 1.0, 1),
    row(
        ("hidden_irregularities", "all"),
        "onontdekte onjuiste opgaven, % (waarheid)",
        "hidden irregularities, % (truth)",
        100.0,
        2,
    ),
    row(("activated", ""), "zichtbare stap gezet, %", "visible activation, %", 100.0, 2),
    row(
        ("invisible_steps", ""),
        "onzichtbare stappen per 1.000 (waarheid)",
        "invisible steps per 1,000 (truth)",
        1.0,
        1,
    ),
    row(("distance_recorded", ""), "afstand in het dossier, maanden", "recorded distance, months", 1.0, 2),
    row(("trust", ""), "vertrouwen, 0 tot 1 (waarheid)", "trust, 0 to 1 (truth)", 1.0, 3),
    row(("caseworker_hours", ""), "uren van consulenten per klant", "caseworker hours per client", 1.0, 2),
    row(("money", "municipality"), "saldo gemeente per klant, euro", "balance per client, euros", 1.0, 0),
];

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
            arms.join(" tegenover "),
            several(sites, "plek", "plekken"),
            several(months, "maand", "maanden"),
            most(several(replicates, "herhaling", "herhalingen"), "hoogstens"),
            scenario.seed,
        ),
        Lang::En => format!(
            "{title}\n{clients}; {}; {participants} participants with {caseworkers} caseworkers at {}; {}, {}, seed {}",
            arms.join(" against "),
            several(sites, "site", "sites"),
            several(months, "month", "months"),
            most(several(replicates, "replicate", "replicates"), "at most"),
            scenario.seed,
        ),
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
        text.push_str(&format!("\n{head}\n{}\n", table(&view, month, lang)));
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
            "\n{replicates} herhalingen; gemiddelden van de hoofduitkomsten staan bij het bekende gemiddelde van het toeval van plekken, consulenten en\n\
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

/// What every part of the caseload gains and loses: differences from the control at the horizon. Empty
/// when everybody is served alike.
fn by_part(results: &Results, lang: Lang) -> String {
    let groups = results.part_groups();
    let last = results.months.last().copied().unwrap_or(0);
    if groups.is_empty() {
        return String::new();
    }
    let mut table = differences_head(lang.pick("groep", "group"), lang);
    for arm in (0..results.arms.len()).filter(|&arm| arm != results.control) {
        for group in groups.clone() {
            let stat = |key| results.stat(&results.difference, arm, group, key, last);
            table.add_row(differences(
                results,
                arm,
                &super::words::part(lang, &results.groups[group]),
                lang,
                stat,
            ));
        }
    }
    right_align(&mut table);
    let control = arm_named(lang, &results.arms[results.control]);
    match lang {
        Lang::Nl => {
            format!("\nPer groep na {last} maanden, verschil met {control} (± Monte Carlo-fout)\n{table}\n")
        }
        Lang::En => format!(
            "\nBy group after {last} months, difference from {control} (± Monte Carlo standard error)\n{table}\n"
        ),
    }
}

/// The answer per story, under the draws of the parameters.
fn by_story(results: &Results, lang: Lang) -> String {
    let answers = results.draws.as_ref().map(stories::answers).unwrap_or_default();
    let last = results.months.len().saturating_sub(1);
    if answers.is_empty() {
        return String::new();
    }
    let mut table = differences_head(lang.pick("verhaal", "story"), lang);
    for arm in (0..results.arms.len()).filter(|&arm| arm != results.control) {
        for told in &answers {
            let of = |key: (&str, &str)| {
                let list = told.difference.get(arm)?;
                list.iter().find(|series| (&*series.measure, &*series.label) == key)?.at(last)
            };
            let all = lang.pick("alle verhalen", "all stories");
            let story = told.story.map_or(all, |story| &story.title[lang.pick(0, 1)]);
            let what = format!("{story} ({} {})", told.draws, lang.pick("trekkingen", "draws"));
            table.add_row(differences(results, arm, &what, lang, of));
        }
    }
    right_align(&mut table);
    let (month, control) =
        (results.months.get(last).copied().unwrap_or(0), arm_named(lang, &results.arms[results.control]));
    match lang {
        Lang::Nl => format!(
            "\nPer verhaal na {month} maanden, verschil met {control} (± fout van het gemiddelde over trekkingen)\n{table}\n"
        ),
        Lang::En => format!(
            "\nBy story after {month} months, difference from {control} (± error of the mean over draws)\n{table}\n"
        ),
    }
}

/// What the tables by group and by story show.
const DIFFERENCES: [Row; 5] = [
    row(("talks_per_year", ""), "gesprekken per jaar", "talks a year", 1.0, 2),
    row(("exits", ""), "uit de bijstand, punten", "left benefit, points", 100.0, 2),
    row(("exits_true", "work"), "naar werk, punten", "to work, points", 100.0, 2),
    row(("clients_with_signal", ""), "met een signaal, punten", "with a signal, points", 100.0, 2),
    row(("money", "municipality"), "saldo gemeente, euro", "balance, euros", 1.0, 0),
];

/// The head of a table of differences: arm, group or story, and the measures of [`DIFFERENCES`].
fn differences_head(what: &'static str, lang: Lang) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let words = DIFFERENCES.iter().map(|row| row.words[lang.pick(0, 1)]);
    let head = [lang.pick("aanpak", "arm"), what].into_iter().chain(words);
    table.set_header(head);
    table
}

/// The cells of a row; a dash where a measure is not defined.
fn differences(
    results: &Results,
    arm: usize,
    what: &str,
    lang: Lang,
    stat: impl Fn((&'static str, &'static str)) -> Option<Stat>,
) -> Vec<String> {
    let mut cells = vec![arm_named(lang, &results.arms[arm]), name(what)];
    let shown = |row: &Row| stat(row.key).map_or_else(|| "–".to_owned(), |stat| show(row, stat, lang));
    cells.extend(DIFFERENCES.iter().map(shown));
    cells
}

/// Aligns everything but names to the right.
fn right_align(table: &mut Table) {
    for column in table.column_iter_mut().skip(2) {
        column.set_cell_alignment(CellAlignment::Right);
    }
}

/// The table at a month: a row per measure that the run has, a column per arm, then per difference.
fn table(view: &View<'_>, month: u32, lang: Lang) -> Table {
    let results = view.results;
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    let others: Vec<usize> = (0..results.arms.len()).filter(|&arm| arm != results.control).collect();
    let mut head = vec![String::new()];
    head.extend(results.arms.iter().map(|arm| arm_named(lang, arm)));
    let has_draws = results.draws.is_some();
    let range = lang.pick("over de aannames (8 van de 10)", "over the assumptions (8 in 10)");
    for &arm in &others {
        head.push(difference_title(results, arm, lang));
        head.extend(has_draws.then(|| range.to_owned()));
    }
    table.set_header(&head);
    for row in &ROWS {
        if results.index_of(row.key.0, row.key.1).is_none() {
            continue;
        }
        let shown = |world: &[ArmResults], arm: usize| {
            results
                .stat(world, arm, 0, row.key, month)
                .map_or_else(|| "–".to_owned(), |stat| show(row, stat, lang))
        };
        let mut cells = vec![lang.pick(row.words[0], row.words[1]).to_owned()];
        cells.extend((0..results.arms.len()).map(|arm| shown(&results.paired, arm)));
        for &arm in &others {
            cells.push(shown(&results.difference, arm));
            cells.extend(has_draws.then(|| over_draws(view, arm, row, month, lang)));
        }
        table.add_row(cells);
        if let Some(cells) = exact_cells(results, row, month, head.len(), lang) {
            table.add_row(cells);
        }
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table
}

/// The range of a difference over the draws of the parameters: a tenth of them lies below it, and a tenth above.
fn over_draws(view: &View<'_>, arm: usize, row: &Row, month: u32, lang: Lang) -> String {
    let at = view.results.months.iter().position(|&reported| reported == month);
    let found = at.and_then(|at| view.estimate(Basis::Difference, arm, row.key, at));
    let Some(found) = found.filter(|found| !found.drawn.is_empty()) else { return "–".to_owned() };
    let mut ends = [found.low * row.factor(), found.high * row.factor()];
    ends.sort_by(f64::total_cmp);
    let decimals = decimals_of_range(ends[0], ends[1]).min(row.most);
    let [low, high] = ends.map(|end| decimal(lang, round_to(end, decimals), decimals.max(0)));
    format!("{low} {} {high}", lang.pick("tot", "to"))
}

/// Heading of a difference: one word with two arms, the names with more.
fn difference_title(results: &Results, arm: usize, lang: Lang) -> String {
    if results.arms.len() == 2 {
        lang.pick("verschil", "difference").to_owned()
    } else {
        format!(
            "{} − {}",
            arm_named(lang, &results.arms[arm]),
            arm_named(lang, &results.arms[results.control])
        )
    }
}

/// The exact values of a transition table under the simulated ones, with two decimals more; `None`
/// where there are none.
fn exact_cells(results: &Results, row: &Row, month: u32, width: usize, lang: Lang) -> Option<Vec<String>> {
    let at = results.month_index(month)?;
    let value = |arm: &String| {
        let curve = results
            .exact
            .iter()
            .find(|curve| curve.arm == *arm && (curve.measure.as_str(), curve.label.as_str()) == row.key);
        curve.and_then(|curve| curve.values.get(at)).copied()
    };
    let values: Vec<Option<f64>> = results.arms.iter().map(value).collect();
    values.iter().any(Option::is_some).then(|| {
        let shown = |value: &Option<f64>| {
            value.map_or_else(String::new, |value| decimal(lang, value * row.factor(), row.most + 2))
        };
        let mut cells = vec![lang.pick("    precies", "    exact").to_owned()];
        cells.extend(values.iter().map(shown));
        cells.resize(width, String::new());
        cells
    })
}

/// Value and error, with as many decimals as show the first two digits of the error.
fn show(row: &Row, stat: Stat, lang: Lang) -> String {
    let (value, error) = (stat.mean * row.factor(), stat.mcse * row.factor().abs());
    let decimals = (decimals_for(error, row.most - 1) + 2).clamp(0, row.most);
    if error.is_finite() {
        format!("{} ± {}", decimal(lang, value, decimals), decimal(lang, error, decimals))
    } else {
        decimal(lang, value, decimals)
    }
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
        assert!(dutch.contains("2.880 deelnemers met 16 consulenten op 4 plekken"), "{dutch}");
    }

    #[test]
    fn values_carry_the_digits_that_their_error_supports() {
        let stat = |mean, mcse| Stat { mean, mcse, low: 0.0, high: 0.0 };
        let share = &ROWS[0];
        assert_eq!(show(share, stat(0.33612, 0.0123), Lang::En), "33.6 ± 1.2");
        assert_eq!(show(share, stat(0.33612, 0.00123), Lang::Nl), "33,61 ± 0,12");
        assert_eq!(show(share, stat(-0.002, f64::NAN), Lang::En), "−0.20");
    }

    #[test]
    fn every_row_is_a_measure() {
        for row in ROWS.iter().chain(&DIFFERENCES) {
            let found =
                crate::trial::measures().iter().any(|measure| (measure.name, measure.label) == row.key);
            assert!(found, "{:?}", row.key);
        }
    }
}
