//! The status column: which values are events, of which cause, and which mean "nothing yet".
//!
//! What the analyst says wins. Else the number 0 and the words of `vocabulary` mean "nothing yet", and
//! every other value is an event. A column with a value per row, or with numbers that are no codes, is
//! refused: it is a date or an amount that was named by mistake, and would give a result without
//! meaning.

use super::reading::StatusReading;
use crate::language::{InLanguage, Said};
use crate::observe::table::{Decimal, Notation, TableProblem};
use crate::observe::vocabulary::{code_and_label, denies, is_no_event, is_plain_event, likeness};
use crate::said;
use std::collections::BTreeMap;

/// The status column, understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Statuses {
    /// Cause of each cell, 0 = nothing yet.
    pub(super) cause: Vec<u32>,
    /// Name and code of each cause, in the order of their codes.
    pub(super) names: Vec<String>,
    /// Codes of the causes as the file has them, in order; empty without.
    pub(super) codes: Vec<u32>,
    /// Whether the codes stand in the file (and are not just the order of the words).
    pub(super) codes_in_file: bool,
    /// What each value means.
    pub(super) values: Vec<StatusReading>,
}

/// More different events than this are no causes of an ending but a column of another kind.
const MOST_CAUSES: usize = 60;

/// What is asked of the column.
pub(super) struct Asked<'a> {
    /// Name of the column.
    pub(super) column: &'a str,
    /// Values that mean no event, as the user said.
    pub(super) censored: &'a [String],
    /// Values that mean an event.
    pub(super) events: &'a [String],
    /// What separates columns in the file.
    pub(super) separator: char,
    /// The decimal mark, when it is known.
    pub(super) decimal: Option<Decimal>,
    /// Distinct times, when there are times: a status with as many values as times is not a status.
    pub(super) times: Option<usize>,
}

/// Understands the cells.
///
/// # Errors
/// Values asked for that do not occur; values that are neither event nor censored; as many values as times; numbers that are no
/// codes (by value, without lines).
pub(super) fn read(cells: &[&str], asked: &Asked<'_>) -> Result<Statuses, Vec<TableProblem>> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    cells.iter().for_each(|cell| *counts.entry(cell).or_insert(0) += 1);
    let told = told(&counts, asked)?;
    let guess = censored_by_guess(&counts, &told, asked);
    let censored =
        |value: &str| told.get(value).copied().map_or_else(|| guess.contains(&value), |event| !event);
    let words: Vec<&str> = counts.keys().copied().filter(|value| !censored(value)).collect();
    if let Some(problem) = no_status(&words, counts.len(), asked) {
        return Err(vec![problem]);
    }
    let (by_value, names, codes, codes_in_file) = causes(&words, asked)?;
    let code = |value: &str| by_value.get(value).copied().unwrap_or(0);
    let values = counts.iter().map(|(value, rows)| StatusReading {
        value: (*value).to_owned(),
        rows: *rows,
        event: !censored(value),
        cause: by_value.get(value).copied(),
        told: told.contains_key(value),
    });
    Ok(Statuses {
        cause: cells.iter().map(|cell| code(cell)).collect(),
        names,
        codes,
        codes_in_file,
        values: values.collect(),
    })
}

/// Values with their rows, at most twenty, and how many more there are.
fn listed(values: impl Iterator<Item = (impl InLanguage, usize)>) -> Said {
    let all: Vec<Said> = values
        .map(|(value, rows)| {
            said!("{value} ({rows} rijen)", "{value} ({rows} rows)", value = value, rows = rows)
        })
        .collect();
    let shown = Said::join(&all[..all.len().min(20)], ", ");
    match all.len().saturating_sub(20) {
        0 => shown,
        more => said!("{shown} en nog {more}", "{shown} and {more} more", shown = shown, more = more),
    }
}

/// The number in a cell, in the notation of the file.
fn number(cell: &str, asked: &Asked<'_>) -> Option<f64> {
    Notation::of(std::iter::once(cell), asked.separator, asked.decimal)?.parse(cell)
}

/// What the analyst says: value -> whether it is an event. With `--events` alone, every other value
/// means "nothing yet".
///
/// # Errors
/// Values that no row has, values in both lists, and values in neither when both are given.
fn told<'a>(
    counts: &BTreeMap<&'a str, usize>,
    asked: &Asked<'_>,
) -> Result<BTreeMap<&'a str, bool>, Vec<TableProblem>> {
    let (mut told, mut problems) = (BTreeMap::new(), Vec::new());
    for (list, event, flag) in [(asked.censored, false, "--censored"), (asked.events, true, "--events")] {
        for wanted in list {
            let found = matching(counts, wanted, asked);
            if found.is_empty() {
                problems.push(TableProblem::general(said!(
                    "{flag} {wanted}: geen rij heeft die {column}; de waarden zijn: {values}",
                    "{flag} {wanted}: no row has that {column}; its values are: {values}",
                    column = asked.column,
                    values = listed(counts.iter().map(|(value, rows)| (value, *rows))),
                    flag = flag,
                    wanted = wanted
                )));
            }
            for value in found {
                if told.insert(value, event) == Some(!event) {
                    problems.push(TableProblem::general(said!(
                        "\"{value}\" staat in --censored en in --events",
                        "\"{value}\" stands in --censored and in --events",
                        value = value
                    )));
                }
            }
        }
    }
    if !asked.events.is_empty() {
        let rest: Vec<&str> = counts.keys().copied().filter(|value| !told.contains_key(value)).collect();
        if !asked.censored.is_empty() && !rest.is_empty() {
            problems.push(TableProblem::general(said!(
                "{}: deze waarden staan niet in --events en niet in --censored: {}",
                "{}: these values stand neither in --events nor in --censored: {}",
                asked.column,
                rest.join(", ")
            )));
        }
        told.extend(rest.into_iter().map(|value| (value, false)));
    }
    if problems.is_empty() { Ok(told) } else { Err(problems) }
}

/// The values that a word on the command line means: the same text, or the same number, label, code, or look.
fn matching<'a>(counts: &BTreeMap<&'a str, usize>, wanted: &str, asked: &Asked<'_>) -> Vec<&'a str> {
    let values = || counts.keys().copied();
    let exact: Vec<&str> = values().filter(|value| *value == wanted).collect();
    if !exact.is_empty() {
        return exact;
    }
    let as_number = number(wanted, asked);
    let alike = likeness(wanted);
    values()
        .filter(|value| {
            likeness(value) == alike
                || as_number.is_some() && number(value, asked) == as_number
                || code_and_label(value).is_some_and(|(code, label)| {
                    likeness(label) == alike || as_number == Some(f64::from(code))
                })
        })
        .collect()
}

/// The values that mean "nothing yet" where nobody says so.
fn censored_by_guess<'a>(
    counts: &BTreeMap<&'a str, usize>,
    told: &BTreeMap<&'a str, bool>,
    asked: &Asked<'_>,
) -> Vec<&'a str> {
    let open: Vec<&str> = counts.keys().copied().filter(|value| !told.contains_key(value)).collect();
    let labels: Vec<Option<(u32, &str)>> = open.iter().map(|value| code_and_label(value)).collect();
    let named = |value: &str| code_and_label(value).map_or(value, |(_, label)| label).to_owned();
    let names: Vec<String> = open.iter().map(|value| named(value)).collect();
    let nothing = |name: &str| is_no_event(name) || denies(name, names.iter().map(String::as_str));
    let any_named = names.iter().any(|name| nothing(name));
    // One letter can be anything ("f" may be fraud): only yes and no together are yes and no.
    let letters = open.iter().all(|value| is_no_event(value) || is_plain_event(value));
    let is = |value: &str| {
        if number(value, asked) == Some(0.0) {
            return true;
        }
        let name = named(value);
        if nothing(&name) && (name.chars().count() > 1 || letters) {
            return true;
        }
        // The code 0 in front of a label, when no label says it in words.
        !any_named
            && labels.iter().all(Option::is_some)
            && code_and_label(value).is_some_and(|(code, _)| code == 0)
    };
    open.into_iter().filter(|value| is(value)).collect()
}

/// As many values as times, or more than anybody has causes: this is another column.
fn no_status(words: &[&str], values: usize, asked: &Asked<'_>) -> Option<TableProblem> {
    let times = asked.times.filter(|times| words.len() >= 5 && values >= *times);
    if words.len() <= MOST_CAUSES && times.is_none() {
        return None;
    }
    let why = match times {
        Some(times) => said!(
            "evenveel verschillende waarden ({values}) als er tijden zijn ({times})",
            "as many different values ({values}) as there are times ({times})",
            values = values,
            times = times
        ),
        None => said!("{} verschillende waarden", "{} different values", words.len()),
    };
    Some(TableProblem::general(said!(
        "{} heeft {}: een statuskolom heeft enkele waarden, die zeggen wat de waarneming \
             beëindigde; is dit de goede kolom? (zo ja, noem de gebeurtenissen met --events)",
        "{} has {}: a status column has a few values, which say what ended the follow-up; is it the right column? (if so, name \
         the events with --events)",
        asked.column,
        why
    )))
}

/// Code of each word, names by code, codes in order, and whether the codes stand in the file.
type Causes<'a> = (BTreeMap<&'a str, u32>, Vec<String>, Vec<u32>, bool);

/// Codes and names of the causes: numbers are codes; `1 work`, `2 moved` are codes with labels; words
/// that all mean "an event" (yes, dead) are one cause; other words are numbered in sorted order.
fn causes<'a>(words: &[&'a str], asked: &Asked<'_>) -> Result<Causes<'a>, Vec<TableProblem>> {
    if words.iter().all(|word| number(word, asked).is_some()) {
        let code = |word: &&'a str| {
            let value = number(word, asked).unwrap_or(f64::NAN);
            let whole = value >= 0.0 && value.fract() == 0.0 && value <= 1000.0;
            whole.then_some((*word, value as u32)).ok_or_else(|| {
                TableProblem::general(said!(
                    "{column} is \"{word}\"; het moet 0 (geen gebeurtenis) of een oorzaak 1, 2, ... zijn",
                    "{column} is \"{word}\"; it must be 0 (no event) or a cause 1, 2, ...",
                    column = asked.column,
                    word = word
                ))
            })
        };
        let (good, bad): (Vec<_>, Vec<_>) = words.iter().map(code).partition(Result::is_ok);
        let problems: Vec<TableProblem> = bad.into_iter().filter_map(Result::err).collect();
        if !problems.is_empty() {
            return Err(problems);
        }
        let by_value: BTreeMap<&str, u32> = good.into_iter().flatten().collect();
        let codes = sorted(by_value.values().copied());
        return Ok((by_value, codes.iter().map(u32::to_string).collect(), codes, true));
    }
    if let Some(found) = by_code_and_label(words) {
        return Ok(found);
    }
    if words.iter().all(|word| is_plain_event(word)) {
        let by_value = words.iter().map(|word| (*word, 1)).collect();
        return Ok((by_value, vec![words.join(" / ")], vec![1], false));
    }
    let codes: Vec<u32> = (1..=words.len() as u32).collect();
    let by_value = words.iter().copied().zip(codes.iter().copied()).collect();
    Ok((by_value, words.iter().map(|&word| word.to_owned()).collect(), codes, false))
}

/// When every event has a code in front of its label, the codes are meant; `None` when a code has two labels or is 0.
fn by_code_and_label<'a>(words: &[&'a str]) -> Option<Causes<'a>> {
    let mut names: BTreeMap<u32, &str> = BTreeMap::new();
    let mut by_value = BTreeMap::new();
    for word in words {
        let (code, label) = code_and_label(word)?;
        let known = names.entry(code).or_insert(label);
        (code > 0 && likeness(known) == likeness(label)).then_some(())?;
        by_value.insert(*word, code);
    }
    let all: Vec<String> = names.values().map(|label| likeness(label)).collect();
    (sorted(all.iter()).len() == all.len()).then_some(())?;
    let (codes, names) = names.into_iter().map(|(code, label)| (code, label.to_owned())).unzip();
    Some((by_value, names, codes, true))
}

/// Every value once, ascending.
fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    let mut all: Vec<T> = values.collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked<'a>(censored: &'a [String], events: &'a [String]) -> Asked<'a> {
        Asked { column: "status", censored, events, separator: ';', decimal: None, times: Some(100) }
    }

    fn plain(cells: &[&str]) -> Statuses {
        read(cells, &asked(&[], &[])).unwrap()
    }

    #[test]
    fn codes_in_front_of_labels_are_meant() {
        let found = plain(&["1 - werk", "0 - lopend", "2 - verhuisd", "1 - werk"]);
        assert_eq!(found.cause, [1, 0, 2, 1]);
        assert_eq!(
            (found.names, found.codes, found.codes_in_file),
            (vec!["werk".into(), "verhuisd".into()], vec![1, 2], true)
        );
        // Words win over a zero; codes that mean two things are no codes.
        assert_eq!(plain(&["1 - lopend", "2 - werk"]).cause, [0, 2]);
        let twice = plain(&["1 - werk", "1 - verhuisd", "0 - lopend"]);
        assert_eq!((twice.cause, twice.codes_in_file), (vec![2, 1, 0], false));
        assert_eq!(plain(&["0 - begin", "3 - eind"]).cause, [0, 3]);
    }

    #[test]
    fn yes_and_no_in_dutch() {
        assert_eq!(plain(&["J", "N", "J"]).cause, [1, 0, 1]);
        assert_eq!(plain(&["WAAR", "ONWAAR"]).cause, [1, 0]);
        assert_eq!(plain(&["uitgestroomd", "lopend"]).cause, [1, 0]);
        assert_eq!(plain(&["1,0", "0,0", "2,0"]).cause, [1, 0, 2]);
        assert_eq!(plain(&["beëindigd", "niet beëindigd"]).cause, [1, 0]);
        assert_eq!(plain(&["werk", "geen werk", "verhuisd"]).cause, [2, 0, 1]);
        assert_eq!(plain(&["wel", "niet"]).cause, [1, 0]);
        assert_eq!(plain(&["werk (1)", "lopend (0)"]).cause, [1, 0]);
        assert_eq!(plain(&["[0] begin", "[2] werk"]).cause, [0, 2]);
        // "f" beside words may be fraud.
        assert_eq!(plain(&["f", "w", "0"]).cause, [1, 2, 0]);
    }

    #[test]
    fn what_is_told_must_occur() {
        let words = |list: &[&str]| list.iter().map(|&word| word.to_owned()).collect::<Vec<_>>();
        let cells = ["werk", "lopend", "kwijt"];
        let wrong = read(&cells, &asked(&words(&["lopendd"]), &[])).unwrap_err();
        assert!(
            wrong[0].message.english().contains("lopendd")
                && wrong[0].message.english().contains("kwijt (1 rows)"),
            "{wrong:?}"
        );
        assert_eq!(read(&cells, &asked(&words(&["Kwijt"]), &[])).unwrap().cause, [1, 0, 0]);
        assert_eq!(read(&cells, &asked(&[], &words(&["werk"]))).unwrap().cause, [1, 0, 0]);
        assert!(read(&cells, &asked(&words(&["lopend"]), &words(&["werk"]))).is_err());
        assert!(read(&cells, &asked(&words(&["werk"]), &words(&["werk"]))).is_err());
    }

    #[test]
    fn another_column_is_refused() {
        let cells: Vec<String> = (0..12).map(|i| i.to_string()).collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        let times = Asked { times: Some(12), ..asked(&[], &[]) };
        assert!(
            read(&cells, &times).unwrap_err()[0].message.english().contains("as many different values (12)")
        );
    }
}
