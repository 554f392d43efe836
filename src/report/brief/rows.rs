//! The measures that a terminal shows, and how a value stands there.

use crate::report::language::Lang;
use crate::report::number::{decimal, decimals_for};
use crate::report::sign::shown_sign;
use crate::trial::Stat;

/// A main result: measure, label, Dutch and English words, scale to the shown unit, most decimals.
pub(super) struct ShortRow {
    /// Measure and label.
    pub(super) key: (&'static str, &'static str),
    /// What it is called, in Dutch and English.
    pub(super) words: [&'static str; 2],
    /// From the unit of the measure to the shown one: 100 for shares as percentages.
    scale: f64,
    /// Most decimals.
    pub(super) most: i32,
}

impl ShortRow {
    /// What the measure is multiplied by as it is shown: the unit, and which way money counts.
    pub(super) fn factor(&self) -> f64 {
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
) -> ShortRow {
    ShortRow { key, words: [dutch, english], scale, most }
}

/// The rows of the summary in the terminal.
pub(super) const ROWS: [ShortRow; 12] = [
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

/// What the tables by group and by story show.
pub(super) const DIFFERENCES: [ShortRow; 5] = [
    row(("talks_per_year", ""), "gesprekken per jaar", "talks a year", 1.0, 2),
    row(("exits", ""), "uit de bijstand, punten", "left benefit, points", 100.0, 2),
    row(("exits_true", "work"), "naar werk, punten", "to work, points", 100.0, 2),
    row(("clients_with_signal", ""), "met een signaal, punten", "with a signal, points", 100.0, 2),
    row(("money", "municipality"), "saldo gemeente, euro", "balance, euros", 1.0, 0),
];

/// Value and error, with as many decimals as show the first two digits of the error.
pub(super) fn show(row: &ShortRow, stat: Stat, lang: Lang) -> String {
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
