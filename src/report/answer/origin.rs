//! Where the balance comes from: benefit not paid, by the reason for which people left, less what the service costs.
//!
//! A month without benefit belongs to the reason of the exit that it follows, so the parts add up to the benefit saved
//! exactly. Who dropped out after an invitation saves benefit too, and has not been helped: the balance without that part
//! stands beside the balance.

use super::Arm;
use super::outcome::{Outcome, outcome};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::round::{decimals, parts, signed_euros};
use crate::report::source::Source;
use crate::trial::view::{Basis, Key};

/// One part of the balance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Part {
    /// What it is, in the reader's language.
    pub label: String,
    /// Euros of this municipality as printed: plus is a saving.
    pub value: String,
    /// Euros as printed, for bars and sums; plus is a saving.
    pub number: f64,
    /// Whether these are people who dropped out.
    pub dropout: bool,
}

/// The parts of the balance, and their sums as printed.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Origin {
    /// Parts, savings first.
    pub parts: Vec<Part>,
    /// The balance: the sum of the parts as printed.
    pub balance: Part,
    /// The balance without those who dropped out.
    pub without: Part,
}

/// Label of the measure, Dutch and English words, 1 when more of it is a saving and -1 when it is a
/// cost, whether these people dropped out.
type Row = (&'static str, [&'static str; 2], f64, bool);

/// The amounts and where they come from.
const ROWS: [Row; 7] = [
    ("saved_work", ["minder uitkering: naar werk", "less benefit: to work"], 1.0, false),
    (
        "saved_withdrawal",
        ["minder uitkering: afgehaakt of zelf gestopt", "less benefit: dropped out or withdrew"],
        1.0,
        true,
    ),
    (
        "saved_fraud",
        ["minder uitkering: beëindigd na onderzoek", "less benefit: terminated after an investigation"],
        1.0,
        false,
    ),
    ("saved_other", ["minder uitkering: andere redenen", "less benefit: other reasons"], 1.0, false),
    (
        "saved_wages",
        ["minder uitkering: loon uit kleine banen", "less benefit: wages of small jobs"],
        1.0,
        false,
    ),
    ("recovered", ["teruggevorderd", "recovered claims"], 1.0, false),
    ("implementation", ["gesprekken en trajecten", "talks and trajectories"], -1.0, false),
];

/// What the municipality pays.
const BALANCE: Key<'static> = ("money_discounted", "municipality");

/// The parts before rounding, in the order of [`ROWS`], and the balance, in euros of all clients;
/// `None` when money was not counted.
fn outcomes(source: &Source<'_>, arm: &Arm<'_>) -> Option<(Vec<Outcome>, Outcome)> {
    let at = source.at_or_before(source.horizon());
    let of =
        |key, sign| Some(outcome(source, Basis::Difference, arm.index, key, at)?.times(sign * arm.clients));
    let parts = ROWS.iter().map(|(label, _, sign, _)| of(("money_discounted", label), *sign));
    Some((parts.collect::<Option<_>>()?, of(BALANCE, -1.0)?))
}

/// Decimals of every amount for the whole municipality on the first page: the least certain of the parts decides, so that the
/// balance in the figures is the sum of its parts.
pub(super) fn places(source: &Source<'_>, arm: &Arm<'_>) -> i32 {
    let Some((parts, balance)) = outcomes(source, arm) else { return -3 };
    let errors = parts.iter().chain([&balance]).map(|outcome| outcome.error);
    decimals(errors.filter(|error| error.is_finite()).fold(0.0, f64::max), -3)
}

/// Where the balance comes from: parts rounded so that they add up to it as printed. `None` when money
/// was not counted.
pub(super) fn origin(source: &Source<'_>, arm: &Arm<'_>) -> Option<Origin> {
    let lang = source.lang;
    let (outcomes, total) = outcomes(source, arm)?;
    let decimals = places(source, arm);
    let centers: Vec<f64> = outcomes.iter().map(|outcome| outcome.center).collect();
    let rounded = parts(&centers, total.center, decimals);
    let balance = number::round_to(total.center, decimals);
    let part = |label: &str, number: f64, dropout: bool| Part {
        label: label.to_owned(),
        value: signed_euros(lang, number, decimals),
        number,
        dropout,
    };
    let dropped: f64 =
        ROWS.iter().zip(&rounded).filter(|((.., dropout), _)| *dropout).map(|(_, value)| value).sum();
    let list = ROWS
        .iter()
        .zip(&rounded)
        .map(|((_, words, _, dropout), value)| part(lang.pick(words[0], words[1]), *value, *dropout));
    Some(Origin {
        parts: list.collect(),
        balance: part(lang.pick("saldo", "balance"), balance, false),
        without: part(
            lang.pick("saldo zonder wie afhaakte", "balance without those who dropped out"),
            number::round_to(balance - dropped, decimals),
            false,
        ),
    })
}

/// Whether the sign of the balance hangs on people who dropped out: a gain only because they left is no
/// success of the service, and that is said.
pub(super) fn hangs_on_dropouts(origin: &Origin) -> bool {
    origin.balance.number > 0.0 && origin.without.number < 0.0
}

/// The sentence that says so.
pub(super) fn dropout_sentence(lang: Lang, origin: &Origin) -> String {
    let without = origin.without.value.trim_start_matches('\u{2212}');
    match lang {
        Lang::Nl => format!("Zonder wie afhaakt na een oproep kost het {without}."),
        Lang::En => format!("Without those who drop out after an invitation it costs {without}."),
    }
}
