//! Four figures in people, full-time equivalents and euros of this municipality.
//!
//! A councillor thinks in people, staff and euros of one municipality, not in shares per client. Each
//! figure is the difference with the control after the whole horizon, for all clients of the arm, with
//! its range, and below it the levels that it comes from. Figures per hundred clients are computed from
//! what is printed, so that nobody who divides gets another number; euros per client are those of the tables.

use super::origin::places;
use super::outcome::{Outcome, outcome};
use super::{Arm, Question, YEAR};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::round::{decimals, not_zero, row, signed_euros};
use crate::report::source::Source;
use crate::report::table::Form;
use crate::trial::view::{Basis, Key};

/// Productive hours of a full-time equivalent a year (Handleiding overheidstarieven 2023).
const HOURS_OF_FTE: f64 = 1363.0;

/// One of the four figures.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct KeyFigure {
    /// What is counted.
    pub label: String,
    /// The difference with the control as printed, with its sign and unit.
    pub value: String,
    /// Its range as printed: eight in ten of the draws, or 95 % of the replicates without draws.
    pub range: String,
    /// The levels behind it, and the same per client or per year.
    pub level: String,
    /// The difference before rounding, in the unit of the figure.
    pub number: f64,
    /// Lower end before rounding.
    pub low: f64,
    /// Upper end before rounding.
    pub high: f64,
}

/// The four figures that go with a question; fewer when the run does not have them.
pub(super) fn four(source: &Source<'_>, question: Question, arm: &Arm<'_>) -> Vec<KeyFigure> {
    let [first, second] = counted(source, question).map(|(key, words)| people(source, arm, key, words));
    [first, second, staff(source, arm), money(source, arm)].into_iter().flatten().collect()
}

/// The people who are counted for a question.
fn counted(source: &Source<'_>, question: Question) -> [(Key<'static>, &'static Words); 2] {
    let first = match question {
        Question::Steps => (("activated", ""), &ACTIVATED),
        Question::Signals => (("clients_with_signal", ""), &SIGNALS),
        Question::Exits => (("exits", ""), &EXITS),
        Question::Payback | Question::Work | Question::Caseload if source.has(EVER_WORKED) => {
            (EVER_WORKED, &WORK)
        }
        Question::Payback | Question::Work | Question::Caseload => (("exits_true", "work"), &WORK_TIMES),
    };
    [first, (("on_benefit", ""), &ON_BENEFIT)]
}

/// Clients who ever went to work; a transition table does not know who went twice, and counts exits.
const EVER_WORKED: Key<'static> = ("ever_worked", "");
/// Hours of caseworkers per client so far.
const HOURS: Key<'static> = ("caseworker_hours", "");
/// Discounted net costs of the municipality per client: less of them is a gain, so its sign is turned.
const BALANCE: Key<'static> = ("money_discounted", "municipality");

/// One of the four figures as a number that plans can be compared in.
pub(in crate::report) struct Total {
    /// What is counted.
    pub(in crate::report) label: String,
    /// How it is written.
    pub(in crate::report) form: Form,
    /// Its measure.
    pub(in crate::report) key: Key<'static>,
    /// What the measure of one client is multiplied by, besides the number of clients.
    pub(in crate::report) scale: f64,
}

/// The four figures that go with a question, at the last month of the results.
pub(in crate::report) fn totals(source: &Source<'_>, question: Question) -> Vec<Total> {
    let t = source.lang;
    let people = counted(source, question).map(|(key, words)| Total {
        label: t.pick(words.label[0], words.label[1]).to_owned(),
        form: Form { most: 0, ..Form::PLAIN },
        key,
        scale: 1.0,
    });
    let years = f64::from(source.horizon().max(1)) / YEAR;
    let [staff, balance] = [STAFF, SAVED].map(|label| t.pick(label[0], label[1]));
    let mut list = Vec::from(people);
    list.push(Total {
        label: format!("{staff} (fte)"),
        form: Form::PLAIN,
        key: HOURS,
        scale: 1.0 / (HOURS_OF_FTE * years),
    });
    list.push(Total { label: balance.to_owned(), form: Form::EURO, key: BALANCE, scale: -1.0 });
    list.retain(|total| source.has(total.key));
    list
}

/// What the hours of caseworkers and the balance of money are called.
const STAFF: [&str; 2] = ["consulenten voor gesprekken, gemiddeld", "caseworkers for talks, on average"];
/// What is left for the municipality, in Dutch and English.
const SAVED: [&str; 2] = ["saldo voor de gemeente", "balance for the municipality"];

/// Dutch and English: what is counted, and its unit behind a number and behind a one.
struct Words {
    /// What it is, in Dutch and English.
    label: [&'static str; 2],
    /// Unit of the number.
    unit: [&'static str; 2],
    /// Unit when the number is one.
    one: [&'static str; 2],
}

/// Ever to work.
const WORK: Words = Words {
    label: ["mensen die ooit naar werk gingen", "people who ever went to work"],
    unit: ["mensen", "people"],
    one: ["persoon", "person"],
};
/// Exits to work.
const WORK_TIMES: Words = Words {
    label: ["keren dat iemand naar werk ging", "times that somebody went to work"],
    unit: ["keer", "times"],
    one: ["keer", "time"],
};
/// Left benefit.
const EXITS: Words = Words {
    label: ["mensen die ooit uit de bijstand gingen", "people who ever left benefit"],
    unit: ["mensen", "people"],
    one: ["persoon", "person"],
};
/// Took a visible step.
const ACTIVATED: Words = Words {
    label: ["mensen met een zichtbare stap", "people with a visible step"],
    unit: ["mensen", "people"],
    one: ["persoon", "person"],
};
/// Fraud signals.
const SIGNALS: Words = Words {
    label: ["mensen met een fraudesignaal", "people with a fraud signal"],
    unit: ["mensen", "people"],
    one: ["persoon", "person"],
};
/// Months on benefit.
const ON_BENEFIT: Words = Words {
    label: ["mensen met bijstand aan het eind", "people on benefit at the end"],
    unit: ["mensen", "people"],
    one: ["persoon", "person"],
};

/// A share of clients as a number of people, with what that is per hundred clients. `None` when the run
/// has no such measure.
fn people(source: &Source<'_>, arm: &Arm<'_>, key: Key<'_>, words: &Words) -> Option<KeyFigure> {
    let (lang, at) = (source.lang, source.at_or_before(source.horizon()));
    let difference = outcome(source, Basis::Difference, arm.index, key, at)?.times(arm.clients);
    let control = outcome(source, Basis::Paired, source.results.control, key, at)?.times(arm.clients);
    let printed = row(control.center, difference.center, difference.error, 0);
    let text = |value: f64| number::decimal(lang, value, printed.decimals);
    let unit = if printed.difference.abs() == 1.0 { words.one } else { words.unit };
    let unit = lang.pick(unit[0], unit[1]);
    let per_hundred = 100.0 / arm.clients;
    // From what is printed, so that the two never disagree.
    let each = per_hundred * printed.difference;
    let hundred = number::decimal(lang, each, not_zero(each, decimals(per_hundred * difference.error, 1), 2));
    let (with, without) = (text(printed.arm), text(printed.control));
    Some(KeyFigure {
        label: after(source, lang.pick(words.label[0], words.label[1])),
        value: format!("{} {unit}", number::signed(text(printed.difference))),
        range: ends(lang, &difference, &text),
        level: match lang {
            Lang::Nl => format!(
                "{} {with}, {} {without}; {} per 100 klanten",
                arm.name,
                arm.control,
                number::signed(hundred)
            ),
            Lang::En => format!(
                "{} {with}, {} {without}; {} per 100 clients",
                arm.name,
                arm.control,
                number::signed(hundred)
            ),
        },
        number: difference.center,
        low: difference.low,
        high: difference.high,
    })
}

/// Hours of caseworkers as full-time equivalents, on average over the years of the horizon; `None` in a
/// transition table, which has no talks.
fn staff(source: &Source<'_>, arm: &Arm<'_>) -> Option<KeyFigure> {
    let (lang, at) = (source.lang, source.at_or_before(source.horizon()));
    let scale = arm.clients / (HOURS_OF_FTE * arm.years());
    let difference = outcome(source, Basis::Difference, arm.index, HOURS, at)?.times(scale);
    let control = outcome(source, Basis::Paired, source.results.control, HOURS, at)?.times(scale);
    let printed = row(control.center, difference.center, difference.error, 1);
    let text = |value: f64| number::decimal(lang, value, printed.decimals);
    let (with, without) = (text(printed.arm), text(printed.control));
    let hours = number::decimal(lang, difference.center * HOURS_OF_FTE, -1);
    Some(KeyFigure {
        label: lang.pick(STAFF[0], STAFF[1]).to_owned(),
        value: format!("{} fte", number::signed(text(printed.difference))),
        range: ends(lang, &difference, &text),
        level: match lang {
            Lang::Nl => format!(
                "{} {with}, {} {without}; {} uur per jaar",
                arm.name,
                arm.control,
                number::signed(hours)
            ),
            Lang::En => format!(
                "{} {with}, {} {without}; {} hours a year",
                arm.name,
                arm.control,
                number::signed(hours)
            ),
        },
        number: difference.center,
        low: difference.low,
        high: difference.high,
    })
}

/// The balance of money in euros: what is left for the municipality over the horizon, and per client
/// and per year. Digits are those that the error allows.
fn money(source: &Source<'_>, arm: &Arm<'_>) -> Option<KeyFigure> {
    let (lang, at) = (source.lang, source.at_or_before(source.horizon()));
    let gain = outcome(source, Basis::Difference, arm.index, BALANCE, at)?.times(-arm.clients);
    let places = places(source, arm);
    let text = |value: f64| signed_euros(lang, value, places);
    let shown = number::round_to(gain.center, places);
    let each = |total: f64, by: f64, most: i32, fewest: i32| {
        let amount = total / by;
        signed_euros(lang, amount, not_zero(amount, decimals(gain.error / by, most).max(fewest), 0))
    };
    // As in the tables, which do not start from the total; but nothing of nothing is nothing.
    let exact = if shown == 0.0 { 0.0 } else { gain.center };
    // A year has at least the digits of all years: half of 100,000 is not 100,000.
    let as_total = (f64::from(places) + libm::log10(arm.years())).ceil() as i32;
    // Who divides the total as printed by the years finds the year.
    let (client, year) =
        (each(exact, arm.clients, -1, i32::MIN), each(shown, arm.years(), -2, as_total.min(-2)));
    Some(KeyFigure {
        label: after(source, lang.pick(SAVED[0], SAVED[1])),
        value: text(gain.center),
        range: number::interval(lang, &text(gain.low), &text(gain.high)),
        level: match lang {
            Lang::Nl => format!("{client} per klant, {year} per jaar; plus is besparing"),
            Lang::En => format!("{client} per client, {year} a year; plus is a saving"),
        },
        number: gain.center,
        low: gain.low,
        high: gain.high,
    })
}

/// A label with its month.
fn after(source: &Source<'_>, label: &str) -> String {
    let time = number::months(source.lang, source.horizon());
    match source.lang {
        Lang::Nl => format!("{label}, na {time}"),
        Lang::En => format!("{label}, after {time}"),
    }
}

/// Both ends of a range as printed, each with its sign.
fn ends(lang: Lang, outcome: &Outcome, text: &dyn Fn(f64) -> String) -> String {
    number::interval(lang, &number::signed(text(outcome.low)), &number::signed(text(outcome.high)))
}
