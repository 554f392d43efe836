//! The page's templates ask for a table by its name and the workbook puts those of money on a sheet of
//! their own by it, so names stay when captions change. Which measures a table holds stands in `lines`,
//! how a row is made and rounded in `report::table`; here is only which tables there are and at which
//! month each is read.

mod costs;
pub(in crate::report) mod lines;
mod parts;
mod study;

use super::language::Lang;
use super::number;
use super::source::{MEASURED_MONTHS, Source};
use super::table::{self, Form, Line, Table};

/// All tables of results with their names; some may have no rows (a ladder has no signals, a run
/// without stories no table by story), and who shows them leaves those out.
///
/// `early` repeats the main results at the last month that studies have measured, because what lies
/// beyond rests on assumptions; it is missing when the horizon is no longer than that.
pub(crate) fn all(source: &Source<'_>) -> Vec<(&'static str, Table)> {
    let (t, horizon) = (source.lang, source.horizon());
    let early = horizon.min(MEASURED_MONTHS);
    let at_horizon = |dutch: &str, english: &str, lines: &[Line<'_>]| {
        at_month(source, t.pick(dutch, english), horizon, lines)
    };
    let mut list = vec![
        ("overview", at_horizon("De hoofduitkomsten", "The main results", &lines::overview(t))),
        (
            "reasons",
            at_horizon(
                "Waarom mensen uitstromen (werkelijk)",
                "Why people leave (truth)",
                &lines::reasons(t),
            ),
        ),
        (
            "reasons-on-file",
            at_horizon(
                "Waarom mensen uitstromen, volgens het dossier",
                "Why people leave, on file",
                &lines::reasons_on_file(t),
            ),
        ),
        (
            "signals",
            at_horizon("Signalen en wat erachter zit", "Signals and what is behind them", &lines::signals(t)),
        ),
        ("steps", at_horizon("Stappen", "Steps", &lines::steps(t))),
        (
            "kinds-of-step",
            at_horizon(
                "Stappen per soort, begonnen per 1.000 klanten",
                "Steps by kind, starts per 1,000 clients",
                &lines::kinds_of_step(t),
            ),
        ),
        (
            "problems",
            at_horizon(
                "Problemen die klanten vertelden, per 1.000 klanten (werkelijk)",
                "Problems that clients told of, per 1,000 clients (truth)",
                &lines::problems(t),
            ),
        ),
        (
            "terciles",
            at_horizon(
                "Voor wie het werkt: naar de klik tussen klant en consulent, en naar de consulent (werkelijk)",
                "For whom it works: by the match of client and caseworker, and by the caseworker (truth)",
                &lines::terciles(t),
            ),
        ),
        (
            "people",
            at_horizon(
                "Afstand, vertrouwen en eigen initiatief",
                "Distance, trust and own initiative",
                &lines::people(t),
            ),
        ),
        ("load", at_horizon("Gesprekken en uren", "Talks and hours", &lines::load(t))),
        (
            "money",
            at_horizon(
                "Geld per klant, opgeteld, niet teruggerekend; plus is ontvangst of besparing",
                "Money per client, added up, not discounted; plus is received or saved",
                &lines::money(t, "money"),
            ),
        ),
        (
            "discounted",
            at_horizon(
                "Geld per klant, teruggerekend naar nu; plus is ontvangst of besparing",
                "Money per client, discounted; plus is received or saved",
                &lines::money(t, "money_discounted"),
            ),
        ),
    ];
    if early < horizon {
        let caption =
            t.pick("De hoofduitkomsten in de gemeten periode", "The main results within the measured period");
        list.push(("early", at_month(source, caption, early, &lines::overview(t))));
    }
    list.push(("years", costs::years(source)));
    list.push(("payback", costs::paybacks(source)));
    list.push(("study", study::study(source, early)));
    list.push(("sites", study::sites(source)));
    list.push(("parts", parts::parts(source)));
    list.push(("stories", parts::stories(source)));
    list.push(("exact", study::exact(source)));
    list
}

/// A measure in words and how it is written, for every one that a table of a report has.
pub(in crate::report) fn of_measure(lang: Lang, key: (&str, &str)) -> Option<(String, Form)> {
    let lists = [
        lines::overview(lang),
        lines::reasons(lang),
        lines::reasons_on_file(lang),
        lines::signals(lang),
        lines::steps(lang),
        lines::kinds_of_step(lang),
        lines::problems(lang),
        lines::people(lang),
        lines::load(lang),
        lines::money(lang, "money"),
        lines::money(lang, "money_discounted"),
    ];
    let found = lists.into_iter().flatten().find(|(_, _, row)| *row == key);
    found.map(|(words, form, _)| (words.trim_start_matches("… ").to_owned(), form))
}

/// A table of measures at the last reported month that is not after `month`. The caption names the
/// month that is really shown, which need not be the one asked for.
fn at_month(source: &Source<'_>, caption: &str, month: u32, lines: &[Line<'_>]) -> Table {
    let shown = source.results.months.get(source.at_or_before(month)).copied().unwrap_or(0);
    let time = number::months(source.lang, shown);
    let caption = match source.lang {
        Lang::Nl => format!("{caption}, na {time}"),
        Lang::En => format!("{caption}, after {time}"),
    };
    table::results(source, caption, month, lines)
}
