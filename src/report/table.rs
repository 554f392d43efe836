//! A table of a report: the same for the page and the workbook.
//!
//! A cell holds the text and the number behind it: the page shows the one, a workbook calculates with
//! the other, and neither has to read the other back. Rounding is by row (`round`), from the least
//! certain difference.

use askama::Template;

use super::escape;
use super::figures::chart::NumberKind;
use super::language::Lang;
use super::number;
use super::round;
use super::source::Source;
use super::words::arm_name;
use crate::trial::view::{Basis, Key, ShownValue};

/// A cell: what is shown, and the numbers behind it for the workbook.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Cell {
    /// As shown, without its range; cleaned of control characters.
    pub text: String,
    /// The number, when the cell is one: not rounded, in the unit of the measure (a share, not a
    /// percentage).
    pub value: Option<f64>,
    /// The range around it.
    pub range: Option<Range>,
}

/// The range around a number.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Range {
    /// As shown, in brackets.
    pub text: String,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

impl Cell {
    /// A cell that is not a number.
    pub(crate) fn text(text: impl Into<String>) -> Self {
        Self { text: escape::clean(&text.into()), value: None, range: None }
    }

    /// A number as shown, and itself.
    pub(crate) fn number(text: String, value: f64) -> Self {
        Self { text, value: value.is_finite().then_some(value), range: None }
    }

    /// A number with the range around it.
    pub(crate) fn ranged(text: String, value: f64, range: String, (low, high): (f64, f64)) -> Self {
        let range = (low.is_finite() && high.is_finite()).then_some(Range { text: range, low, high });
        Self { range, ..Self::number(text, value) }
    }
}

/// A row with its heading.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Row {
    /// Heading of the row.
    pub head: String,
    /// Cells.
    pub cells: Vec<Cell>,
    /// Month, in the table behind a figure, so that its script finds the row under the pointer.
    pub month: Option<u32>,
}

/// A table with a caption, a heading for every column, and a heading for every row.
#[derive(Clone, Debug, Default, PartialEq, Template)]
#[template(path = "table.html", config = "src/report/templates/askama.toml")]
pub(crate) struct Table {
    /// Caption.
    pub caption: String,
    /// Headings: the first is that of the row headings.
    pub head: Vec<String>,
    /// Rows, each with one cell per heading after the first.
    pub rows: Vec<Row>,
    /// Where it belongs and what its columns are.
    pub kind: TableKind,
}

/// Where a table belongs and what its columns are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TableKind {
    /// A table of its own.
    #[default]
    Own,
    /// The numbers behind a panel of a figure, counted from 0.
    Behind(usize),
    /// The difference of every other plan from the control, then the level of every plan.
    Plans {
        /// Place of the control among the levels.
        control: usize,
        /// The word for a difference.
        difference: &'static str,
    },
}

/// How many rows make a table long: on paper it may be broken over pages.
const LONG: usize = 18;
/// How many columns a table may have before they need all the room.
const BROAD: usize = 5;
/// How many columns fit side by side on a telephone.
const NARROW: usize = 4;
/// How many letters fit side by side on a telephone, with one between columns.
const LETTERS: usize = 34;
/// How many letters fit side by side on paper or on a screen, with one between columns.
const LETTERS_OF_PAGE: usize = 106;
/// Letters of text in a cell that stay together.
const WORD: usize = 8;

impl Table {
    /// Whether a cell stands to the right like the numbers of its column.
    fn is_number(&self, column: &usize, cell: &Cell) -> bool {
        cell.value.is_some() || cell.text == number::NO_NUMBER && self.is_numeric(column)
    }

    /// Whether it may be broken over pages.
    fn is_long(&self) -> bool {
        self.rows.len() > LONG
    }

    /// Whether it has so many columns that they need all the room: numbers then stand above their ranges.
    fn is_broad(&self) -> bool {
        self.head.len() > BROAD
    }

    /// Whether its rows are too wide for a telephone: there a row is a heading with its cells below each other.
    fn is_stacked(&self) -> bool {
        let is_wide = || self.head.len() > NARROW || self.least_width(false) > LETTERS;
        // Differences and levels look the same in every table of a page.
        self.difference().is_some() || is_wide()
    }

    /// Whether its ranges have to be broken for it to fit.
    fn is_tight(&self) -> bool {
        self.is_broad() && self.least_width(true) > LETTERS_OF_PAGE
    }

    /// How many letters wide it is at least, with ranges whole or not.
    fn least_width(&self, whole_ranges: bool) -> usize {
        (0..self.head.len()).map(|column| self.longest_word(column, whole_ranges) + 1).sum()
    }

    /// Letters of the longest word of a column (0 = the row headings): it cannot be narrower. Text that is no number breaks anywhere.
    fn longest_word(&self, column: usize, whole_ranges: bool) -> usize {
        let longest = |text: &str| text.split(' ').map(|word| word.chars().count()).max().unwrap_or(0);
        let cell = |cell: &Cell| match (&cell.value, &cell.range) {
            (None, _) => longest(&cell.text).min(WORD),
            (Some(_), None) => longest(&cell.text),
            (Some(_), Some(range)) if whole_ranges => longest(&cell.text).max(range.text.chars().count()),
            (Some(_), Some(range)) => longest(&cell.text).max(longest(&range.text)),
        };
        let of_row = |row: &Row| match column.checked_sub(1) {
            None => longest(&row.head),
            Some(at) => row.cells.get(at).map_or(0, cell),
        };
        let head = longest(self.heading(&column));
        self.rows.iter().map(of_row).max().unwrap_or(0).max(head)
    }

    /// The panel that it is behind.
    fn panel(&self) -> Option<usize> {
        if let TableKind::Behind(panel) = self.kind { Some(panel) } else { None }
    }

    /// The word for a difference, where differences stand beside the levels of the plans.
    fn difference(&self) -> Option<&'static str> {
        if let TableKind::Plans { difference, .. } = self.kind { Some(difference) } else { None }
    }

    /// What the style sheet asks for.
    fn classes(&self) -> String {
        let is_broad = !self.is_long() && self.is_broad();
        let classes = [
            (self.is_long(), "long"),
            (is_broad, "broad"),
            (is_broad && self.is_tight(), "tight"),
            (self.is_stacked(), "stacked"),
            (self.difference().is_some(), "plans"),
        ];
        let shown: Vec<&str> = classes.into_iter().filter(|(is, _)| *is).map(|(_, class)| class).collect();
        shown.join(" ")
    }

    /// Heading of a column (0 = the row headings).
    fn heading(&self, column: &usize) -> &str {
        self.head.get(*column).map_or("", String::as_str)
    }

    /// Heading of the row headings.
    fn corner(&self) -> &str {
        self.heading(&0)
    }

    /// How many of the first columns after the row headings are differences of plans.
    fn differences(&self) -> usize {
        if self.difference().is_some() { self.head.len().saturating_sub(2) / 2 } else { 0 }
    }

    /// Whether a column (0 = the row headings) is the difference of a plan.
    fn is_difference(&self, column: &usize) -> bool {
        (1..=self.differences()).contains(column)
    }

    /// Which plan a column (0 = the row headings) is of, where its difference stands beside its level.
    fn plan(&self, column: &usize) -> Option<usize> {
        let TableKind::Plans { control, .. } = self.kind else { return None };
        let at = column.checked_sub(1)?;
        Some(match at.checked_sub(self.differences()) {
            Some(level) => level,
            None => at + usize::from(at >= control),
        })
    }

    /// Whether a column (0 = the row headings) holds numbers.
    pub(super) fn is_numeric(&self, column: &usize) -> bool {
        let cells = || self.rows.iter().filter_map(|row| row.cells.get(column.checked_sub(1)?));
        cells().any(|cell| cell.value.is_some())
    }
}

/// How a measure is written: kind of number and most decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Form {
    /// Kind.
    pub kind: NumberKind,
    /// Most decimals, of the percentage for shares.
    pub most: i32,
}

impl Form {
    /// A share as a percentage with at most one decimal.
    pub(crate) const PERCENT: Form = Form { kind: NumberKind::Percent, most: 1 };
    /// A plain number with at most one decimal.
    pub(crate) const PLAIN: Form = Form { kind: NumberKind::Plain, most: 1 };
    /// An index with at most two decimals.
    pub(crate) const INDEX: Form = Form { kind: NumberKind::Plain, most: 2 };
    /// Whole euros.
    pub(crate) const EURO: Form = Form { kind: NumberKind::Euro, most: 0 };

    /// For a difference: shares become percentage points.
    pub(crate) fn difference(self) -> Form {
        let kind = if self.kind == NumberKind::Percent { NumberKind::Points } else { self.kind };
        Form { kind, ..self }
    }

    /// A difference and its range, with the digits that the error of the difference supports.
    pub(crate) fn signed(self, lang: Lang, estimate: &ShownValue) -> Cell {
        self.signed_to(lang, estimate, self.decimals(estimate.error))
    }

    /// A difference with its sign and so many decimals, and its range.
    fn signed_to(self, lang: Lang, estimate: &ShownValue, decimals: i32) -> Cell {
        let text = |value: f64| number::signed(self.kind.format(lang, value, decimals));
        let (low, high) = (estimate.low, estimate.high);
        Cell::ranged(
            text(estimate.center),
            estimate.center,
            number::interval(lang, &text(low), &text(high)),
            (low, high),
        )
    }

    /// Decimals that an error of the value supports.
    pub(super) fn decimals(self, error: f64) -> i32 {
        round::decimals(error * self.kind.scale(), self.most)
    }

    /// So many decimals, or more where they would print a number as zero that the digits of its own error do not: page one rounds
    /// by that, and must not show an amount where a table shows none.
    fn as_its_own_error(self, estimate: &ShownValue, decimals: i32) -> i32 {
        round::not_zero(estimate.center * self.kind.scale(), decimals, self.decimals(estimate.error))
    }

    /// A Monte Carlo error (95 %) with two digits, as `± 3,4`; empty when it is not known.
    pub(crate) fn error(self, lang: Lang, error: f64) -> String {
        let error = SURE * error;
        if !error.is_finite() {
            return String::new();
        }
        let shown = error * self.kind.scale();
        // None when the two are the same replicate by replicate.
        let digits = if shown > 0.0 { 1 - libm::log10(shown).floor() as i32 } else { 0 };
        let most = if self.kind == NumberKind::Euro { 0 } else { 3 };
        format!("±\u{a0}{}", self.kind.format(lang, error, digits.clamp(-9, most)))
    }
}

/// Standard errors on each side of 95 %.
const SURE: f64 = 1.96;

/// A row of a table of results: heading, how it is written, measure.
pub(crate) type Line<'k> = (String, Form, Key<'k>);

/// The decimals of a row, see [`row_of`].
pub(crate) fn decimals_of_row(
    form: Form,
    control: Option<&ShownValue>,
    differences: &[Option<ShownValue>],
) -> i32 {
    let errors = differences.iter().flatten().map(|estimate| estimate.error);
    let errors = errors.filter(|error| error.is_finite() && *error > 0.0);
    let control_error = control.map_or(f64::NAN, |estimate| estimate.error);
    let decimals = form.decimals(errors.fold(f64::NAN, f64::max).max(if differences.is_empty() {
        control_error
    } else {
        f64::NAN
    }));
    let level = control.map_or(0.0, |estimate| estimate.center * form.kind.scale());
    let decimals = round::not_zero(level, decimals, form.most.min(0));
    differences.iter().flatten().fold(decimals, |decimals, one| form.as_its_own_error(one, decimals))
}

/// The numbers of a row: differences from the control first, then the level of every arm. One rounding rule for the whole row, taken
/// from the least certain difference, so that what is printed adds up: the level of an arm is that of the control plus its
/// difference, as printed.
pub(crate) fn row_of(
    lang: Lang,
    form: Form,
    control: Option<&ShownValue>,
    differences: &[Option<ShownValue>],
) -> (Vec<Cell>, Cell, Vec<Cell>) {
    RowToPrint::new(form, control.cloned(), differences.to_vec()).cells(lang)
}

/// A row before it is written.
struct RowToPrint {
    /// How it is written.
    form: Form,
    /// Decimals of all its numbers.
    decimals: i32,
    /// The level of the control, then the differences.
    values: Vec<Option<ShownValue>>,
    /// The same as printed, in the unit in which they are shown; NaN where there is none.
    printed: Vec<f64>,
}

impl RowToPrint {
    /// Rounds a row by itself.
    fn new(form: Form, control: Option<ShownValue>, differences: Vec<Option<ShownValue>>) -> Self {
        let decimals = decimals_of_row(form, control.as_ref(), &differences);
        let values: Vec<Option<ShownValue>> = std::iter::once(control).chain(differences).collect();
        let mut row = Self { form, decimals, values, printed: Vec::new() };
        row.round(decimals);
        row
    }

    /// Rounds it to so many decimals.
    fn round(&mut self, decimals: i32) {
        self.decimals = decimals;
        let exact = (0..self.values.len()).map(|column| number::round_to(self.exact(column), decimals));
        self.printed = exact.collect();
    }

    /// So many decimals, or more where they would print a number as zero that its own error does not.
    fn decimals_that_show(&self, decimals: i32) -> i32 {
        let known = self.values.iter().flatten();
        known.fold(decimals, |decimals, one| self.form.as_its_own_error(one, decimals))
    }

    /// A number before it is rounded, in the unit in which it is shown; NaN where there is none.
    fn exact(&self, column: usize) -> f64 {
        self.values[column].as_ref().map_or(f64::NAN, |value| value.center * self.form.kind.scale())
    }

    /// The cells: differences, the level of the control, and that of every arm.
    fn cells(&self, lang: Lang) -> (Vec<Cell>, Cell, Vec<Cell>) {
        let none = || Cell::text(number::NO_NUMBER);
        let (form, decimals) = (self.form, self.decimals);
        let text = |kind: NumberKind, printed: f64| kind.format(lang, printed / kind.scale(), decimals);
        let shown = form.difference();
        let signed = |column: usize| {
            self.values[column].as_ref().map_or_else(none, |one| Cell {
                text: number::signed(text(shown.kind, self.printed[column])),
                ..shown.signed_to(lang, one, decimals)
            })
        };
        let control = self.values[0].as_ref();
        let level =
            control.map_or_else(none, |value| Cell::number(text(form.kind, self.printed[0]), value.center));
        let arm = |column: usize| match (control, &self.values[column]) {
            (Some(control), Some(one)) => Cell::number(
                text(form.kind, self.printed[0] + self.printed[column]),
                control.center + one.center,
            ),
            _ => none(),
        };
        let columns = 1..self.values.len();
        (columns.clone().map(signed).collect(), level, columns.map(arm).collect())
    }
}

/// Makes totals and their parts agree as printed, see [`round::agree`]: in the column of the control and in those of the
/// differences, and so in those of the arms but for the rounding of the total. A row that is a part twice keeps what it got first.
fn add_up(rows: &mut [RowToPrint], lines: &[&Line<'_>]) {
    let place = |key: &Key<'_>| lines.iter().position(|(.., measure)| measure == key);
    let mut settled = vec![false; rows.len()];
    for (total, parts) in SUMS.iter() {
        let Some(total) = place(total) else { continue };
        let Some(parts) = parts.iter().map(|(key, by)| Some((place(key)?, *by))).collect::<Option<Vec<_>>>()
        else {
            continue;
        };
        for &(part, _) in parts.iter().filter(|(part, _)| !settled[*part]) {
            let finer = rows[total].decimals.min(rows[part].decimals + 1);
            if rows[part].decimals < finer {
                rows[part].round(finer);
            }
        }
        // Page one has rounded the balance by itself.
        let is_on_page_one = lines[total].2.1 == "municipality";
        // A total is as certain as its least certain part.
        let coarsest = parts.iter().map(|(part, _)| rows[*part].decimals).min();
        if let Some(coarsest) = coarsest.filter(|_| !settled[total]) {
            // But what its own error shows is not printed as nothing: its parts then get the digits that show it.
            let shown = rows[total].decimals_that_show(coarsest);
            for &(part, _) in parts.iter().filter(|(part, _)| !settled[*part]) {
                if rows[part].decimals < shown {
                    rows[part].round(shown);
                }
            }
            rows[total].round(shown);
        }
        for column in 0..rows[total].printed.len() {
            let addend = |&(part, weight): &(usize, f64)| round::Addend {
                weight,
                exact: rows[part].exact(column),
                printed: rows[part].printed[column],
                decimals: rows[part].decimals,
                is_settled: settled[part],
            };
            let addends: Vec<round::Addend> = parts.iter().map(addend).collect();
            let sum = round::Addend {
                weight: 1.0,
                exact: rows[total].exact(column),
                printed: rows[total].printed[column],
                decimals: rows[total].decimals,
                is_settled: settled[total] || is_on_page_one,
            };
            let (sum, addends) = round::agree(sum, addends);
            rows[total].printed[column] = sum.printed;
            for (addend, (part, _)) in addends.iter().zip(&parts) {
                rows[*part].printed[column] = addend.printed;
            }
        }
        settled[total] = true;
        parts.iter().for_each(|(part, _)| settled[*part] = true);
    }
}

/// A measure that is the weighted sum of others.
type Sum = (Key<'static>, &'static [(Key<'static>, f64)]);

/// Totals that stand in a table with all their parts, as people read them; the balance first, since page one has it too.
const SUMS: [Sum; 10] = [
    (("signals", ""), &[(("signals_by_channel", "talk"), 1.0), (("signals_by_channel", "background"), 1.0)]),
    (("confirmed", ""), &[(("corrected", ""), 1.0), (("terminated", ""), 1.0)]),
    (
        ("money", "municipality"),
        &[(("money", "implementation"), 1.0), (("money", "benefit"), 1.0), (("money", "recovered"), 1.0)],
    ),
    (
        ("money", "implementation"),
        &[(("money", "talks"), 1.0), (("money", "no_shows"), 1.0), (("money", "trajectories"), 1.0)],
    ),
    (("money", "state"), &[(("money", "benefit"), 1.0), (("money", "recovered"), 1.0)]),
    (("money", "client"), &[(("money", "state"), -1.0)]),
    (
        ("money_discounted", "municipality"),
        &[
            (("money_discounted", "implementation"), 1.0),
            (("money_discounted", "benefit"), 1.0),
            (("money_discounted", "recovered"), 1.0),
        ],
    ),
    (
        ("money_discounted", "implementation"),
        &[
            (("money_discounted", "talks"), 1.0),
            (("money_discounted", "no_shows"), 1.0),
            (("money_discounted", "trajectories"), 1.0),
        ],
    ),
    (
        ("money_discounted", "state"),
        &[(("money_discounted", "benefit"), 1.0), (("money_discounted", "recovered"), 1.0)],
    ),
    (("money_discounted", "client"), &[(("money_discounted", "state"), -1.0)]),
];

/// A table of measures at one month: the difference of every arm from the control with its range, then every arm. Measures that the
/// run does not have are left out.
pub(crate) fn results(source: &Source<'_>, caption: String, month: u32, lines: &[Line<'_>]) -> Table {
    let t = source.lang;
    let at = source.at_or_before(month);
    let (control, treated) = (source.results.control, source.treated());
    let name = |arm: usize| source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(t, fact));
    let mut head = vec![String::new()];
    head.extend(treated.iter().map(|&arm| match (t, treated.len()) {
        (Lang::Nl, 1) => "verschil".to_owned(),
        (Lang::En, 1) => "difference".to_owned(),
        (Lang::Nl, _) => format!("verschil {}", name(arm)),
        (Lang::En, _) => format!("difference {}", name(arm)),
    }));
    head.extend((0..source.results.arms.len()).map(name));
    let lines: Vec<&Line<'_>> = lines.iter().filter(|(.., key)| source.has(*key)).collect();
    let to_print = |(_, form, key): &&Line<'_>| {
        let differences = treated.iter().map(|&arm| source.shown(Basis::Difference, arm, *key, at)).collect();
        RowToPrint::new(*form, source.shown(Basis::Paired, control, *key, at), differences)
    };
    let mut printed: Vec<RowToPrint> = lines.iter().map(to_print).collect();
    add_up(&mut printed, &lines);
    let row = |((heading, ..), printed): (&&Line<'_>, &RowToPrint)| {
        let (mut cells, level, mut arms) = printed.cells(t);
        arms.insert(control.min(arms.len()), level);
        cells.append(&mut arms);
        Row { head: heading.clone(), cells, month: None }
    };
    let rows = lines.iter().zip(&printed).map(row).collect();
    let kind = TableKind::Plans { control, difference: t.pick("verschil", "difference") };
    Table { caption, head, rows, kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn estimate(center: f64, error: f64) -> ShownValue {
        ShownValue { center, error, low: center - 2.0 * error, high: center + 2.0 * error, drawn: Vec::new() }
    }

    #[test]
    fn an_error_is_said_with_two_digits_and_is_nothing_only_when_it_is_nothing() {
        for (form, error, said) in [
            (Form::PLAIN, 0.43, "0,43"),
            (Form::EURO, 3449.0, "€\u{a0}3.400"),
            (Form::PLAIN, 12.3, "12"),
            (Form::PLAIN, 0.0612, "0,061"),
            (Form::PERCENT.difference(), 0.00312, "0,31"),
            (Form::PLAIN, 0.0, "0"),
        ] {
            assert_eq!(form.error(Lang::Nl, error / SURE), format!("±\u{a0}{said}"));
        }
        assert_eq!(Form::PLAIN.error(Lang::Nl, f64::NAN), "");
    }

    #[test]
    fn a_row_adds_up_as_printed() {
        let differences = [Some(estimate(-0.0031, 0.002)), Some(estimate(0.0449, 0.0004)), None];
        let (signed, control, arms) =
            row_of(Lang::En, Form::PERCENT, Some(&estimate(0.1074, 0.002)), &differences);
        let text = |cells: &[Cell]| cells.iter().map(|cell| cell.text.clone()).collect::<Vec<_>>();
        assert_eq!(control.text, "10.7%");
        assert_eq!(text(&signed), ["\u{2212}0.3", "+4.5", number::NO_NUMBER]);
        assert_eq!(text(&arms), ["10.4%", "15.2%", number::NO_NUMBER], "control plus difference, as printed");
        assert_eq!(arms[1].value, Some(0.1074 + 0.0449), "the number behind it keeps every digit");
    }

    #[test]
    fn what_its_own_error_shows_is_not_printed_as_nothing() {
        let text = |differences: &[Option<ShownValue>]| {
            let (signed, ..) = row_of(Lang::En, Form::EURO, Some(&estimate(52_000.0, 900.0)), differences);
            signed.into_iter().map(|cell| cell.text).collect::<Vec<_>>()
        };
        let uncertain = Some(estimate(12_340.0, 4_000.0));
        assert_eq!(text(&[uncertain.clone(), Some(estimate(412.0, 60.0))]), ["+€12,300", "+€400"]);
        // Nothing by its own error too: the least certain number decides.
        assert_eq!(text(&[uncertain.clone(), Some(estimate(412.0, 300.0))]), ["+€10,000", "€0"]);
        assert_eq!(text(&[uncertain, Some(estimate(2_412.0, 60.0))]), ["+€12,000", "+€2,000"]);
    }

    #[test]
    fn a_total_that_would_be_nothing_gives_its_parts_its_digits() {
        let row = |value: f64, error: f64| {
            RowToPrint::new(Form::EURO, Some(estimate(50_000.0, 100.0)), vec![Some(estimate(value, error))])
        };
        let mut rows = [row(11_980.0, 2_900.0), row(-11_610.0, 2_900.0), row(0.0, 2_900.0), row(370.0, 80.0)];
        let line = |label: &'static str| (String::new(), Form::EURO, ("money", label));
        let lines = ["implementation", "benefit", "recovered", "municipality"].map(line);
        add_up(&mut rows, &lines.iter().collect::<Vec<_>>());
        let printed = |row: &RowToPrint| row.printed[1];
        assert_eq!(rows.iter().map(printed).collect::<Vec<_>>(), [12_000.0, -11_600.0, 0.0, 400.0]);
    }

    fn table(head: &[&str], cell: &str, kind: TableKind) -> Table {
        let cells = head.iter().skip(1).map(|_| Cell::number(cell.into(), 1.0)).collect();
        let rows = vec![Row { head: "To work".into(), cells, month: None }];
        Table {
            caption: "caption".into(),
            head: head.iter().map(|&head| head.to_owned()).collect(),
            rows,
            kind,
        }
    }

    #[test]
    fn on_a_telephone_a_row_of_many_columns_stands_below_each_other() {
        let plans = TableKind::Plans { control: 0, difference: "difference" };
        assert!(table(&["", "difference", "a", "b"], "12.3%", plans).is_stacked());
        let three = table(&["", "difference b", "difference c", "a", "b", "c"], "1%", plans);
        let html = three.to_string();
        assert!(three.is_stacked() && html.contains("class=\"broad stacked plans\""), "{html}");
        // Every difference stands beside the level of its plan.
        let plan = |column: usize| three.plan(&column);
        assert_eq!((1..6).map(plan).collect::<Vec<_>>(), [1, 2, 0, 1, 2].map(Some));
        let last = TableKind::Plans { control: 2, difference: "difference" };
        let last = Table { kind: last, ..three.clone() };
        assert_eq!((1..6).map(|column| last.plan(&column)).collect::<Vec<_>>(), [0, 1, 0, 1, 2].map(Some));
        assert_eq!(html.matches("data-plan=\"2\"").count(), 2);
        assert_eq!(html.matches("difference\" data-label").count(), 2);
        // Every cell says of what it is.
        assert_eq!(html.matches("<td").count(), html.matches("data-label=").count());
        assert!(!table(&["", "a", "b", "c"], "\u{2212}€85", TableKind::Own).is_stacked());
        let euros = table(&["", "a", "b", "c"], "\u{2212}€184,000", TableKind::Own);
        assert!(euros.is_stacked(), "amounts are wide");
        assert!(!three.is_tight());
        let range = |head: &[&str]| {
            let mut table = table(head, "1", plans);
            for cell in &mut table.rows[0].cells {
                *cell = Cell::ranged("1".into(), 1.0, "[\u{2212}€3,270, \u{2212}€2,920]".into(), (0.0, 2.0));
            }
            table
        };
        assert!(!range(&["", "a", "b", "c", "d", "e"]).is_tight(), "five ranges fit whole");
        assert!(range(&["", "a", "b", "c", "d", "e", "f"]).is_tight(), "six do not");
        assert!(table(&["", "a", "b", "c", "d"], "1%", TableKind::Own).is_stacked());
    }
}
