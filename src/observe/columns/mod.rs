//! From a text table to a [`Dataset`]: which column plays which part, and every row that cannot play along.
//!
//! Rows with a missing value in a used column are left out and listed (as R's `na.omit` does); rows with a value that
//! cannot be right (a word where a number belongs, a negative time) stop the reading, all of them at once.

mod dated;
mod labels;
mod reading;
mod statuses;

pub use reading::StatusReading;
pub use reading::{ColumnReading, Reading};

use super::rounding::joined;
use super::table::{DateFormat, DateOrder, Decimal, Encoding, Notation, TableProblem, TextTable};
use super::{Covariate, Dataset, EVERYBODY, vocabulary};
use crate::document::nearest;
use crate::language::{Said, Text};
use crate::said;

/// Column names by their part, and how their values are to be taken.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Follow-up time, in any unit: results are in the same.
    pub time: Option<String>,
    /// Begin and end of the follow-up as dates, instead of a time.
    pub dates: Option<Dates>,
    /// What ended the follow-up: a code, a word, or "nothing yet".
    pub status: Option<String>,
    /// Arm; without it all rows are one arm.
    pub arm: Option<String>,
    /// Cluster (caseworker, site) within which rows are not independent.
    pub cluster: Option<String>,
    /// Strata; several columns are combined.
    pub strata: Vec<String>,
    /// Columns whose values split the data into parts that are analyzed one by one.
    pub by: Vec<String>,
    /// Covariates; `factor(NAME)` makes levels of numbers.
    pub covariates: Vec<String>,
    /// Person, when a person can have several rows.
    pub person: Option<String>,
    /// Start of the at-risk interval, in the unit of `time`; without it everybody starts at 0.
    pub start: Option<String>,
    /// Number of events, with `exposure`.
    pub count: Option<String>,
    /// Time over which they were counted.
    pub exposure: Option<String>,
    /// A measured value (a score, an amount): not a time and not a count.
    pub outcome: Option<String>,
    /// Weight of each row; whether it is a frequency or a sampling weight is decided later.
    pub weight: Option<String>,
    /// Name of the control arm; `None`: an arm that is called so, else the first.
    pub control: Option<String>,
    /// Values of the status column that mean "no event".
    pub censored: Vec<String>,
    /// Values of the status column that are events; all others are not.
    pub events: Vec<String>,
    /// The decimal mark, where the file leaves it open.
    pub decimal: Option<Decimal>,
}

/// Follow-up from one date to another.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dates {
    /// Column of the first day.
    pub from: String,
    /// Column of the last day.
    pub until: String,
    /// Order of day, month and year, where the file leaves it open.
    pub order: Option<DateOrder>,
    /// Follow-up in days instead of months.
    pub in_days: bool,
    /// The last day on which anything was seen, as it was typed: who has no last day was followed until
    /// then.
    pub cut_off: Option<String>,
}

/// A data set with what happened on the way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prepared {
    /// The rows that can be analyzed.
    pub data: Dataset,
    /// Name of each cause, in the order of their codes (code 1 first).
    pub cause_names: Vec<String>,
    /// Code of each cause, in the same order: as in the file, or 1, 2, ... for words.
    pub cause_codes: Vec<u32>,
    /// Whether the codes stand in the file (and are not just the order of the words).
    pub codes_in_file: bool,
    /// The parts of the data when they are split: a name ("site=A") and the rows of each.
    pub parts: Vec<(String, Vec<usize>)>,
    /// With frequencies: the rows as they stand in the file with their weights, and their parts; `data` has a row for each person then.
    pub counted: Option<Box<Prepared>>,
    /// Lines left out because a used column is missing there.
    pub left_out: Vec<TableProblem>,
    /// What was understood.
    pub reading: Reading,
    /// What looks odd.
    pub notes: Vec<Said>,
}

/// Reads the columns of one table, collecting what is wrong.
struct Reader<'a> {
    /// The table.
    table: &'a TextTable,
    /// Which column is what.
    columns: &'a Columns,
    /// Rows that are read: those with a value in every column that is used.
    kept: Vec<usize>,
    /// What is wrong so far.
    problems: Vec<TableProblem>,
    /// How each column was understood.
    reading: Reading,
    /// What looks odd and may be a mistake of the file or of the reading; numbers are given all the
    /// same.
    notes: Vec<Said>,
}

/// Makes the data set.
///
/// # Example
/// ```
/// use stapjes::observe::columns::{Columns, prepare};
/// use stapjes::observe::table::TextTable;
///
/// let text = "months,status,arm\n3,1,regular\n6,0,fip\n,1,fip\n9,1,fip\n";
/// let table = TextTable::read(text.as_bytes()).map_err(|_| "unreadable")?;
/// let name = |column: &str| Some(column.to_owned());
/// let columns = Columns {
///     time: name("months"),
///     status: name("status"),
///     arm: name("arm"),
///     control: name("regular"),
///     ..Columns::default()
/// };
/// // The row without a time is left out and listed; the control arm is arm 0.
/// let prepared = prepare(&table, &columns).map_err(|_| "unusable")?;
/// assert_eq!((prepared.data.time, prepared.data.arm), (vec![3.0, 6.0, 9.0], vec![0, 1, 1]));
/// # Ok::<(), &str>(())
/// ```
///
/// # Errors
/// Every wrong column name (offering the nearest) or else every bad row.
pub fn prepare(table: &TextTable, columns: &Columns) -> Result<Prepared, Vec<TableProblem>> {
    let used = used_columns(table, columns)?;
    let excused = dated::excused(table, columns);
    let missing = |row: usize| -> Vec<usize> {
        let absent = |column: &usize| table.is_missing(row, *column) && !excused(row, *column);
        used.iter().copied().filter(absent).collect()
    };
    let kept: Vec<usize> = (0..table.rows.len()).filter(|&row| missing(row).is_empty()).collect();
    let left_out = (0..table.rows.len())
        .map(|row| (row, missing(row)))
        .filter(|(_, missing)| !missing.is_empty())
        .map(|(row, missing)| {
            let names: Vec<String> = missing
                .into_iter()
                .map(|column| {
                    let cell = &table.rows[row][column];
                    let usual = ["", "NA", ".", "NaN"].contains(&cell.as_str());
                    let shown = if usual { String::new() } else { format!(" ({cell})") };
                    format!("{}{shown}", table.headers[column])
                })
                .collect();
            TableProblem::at(table.lines[row], said!("{} ontbreekt", "{} missing", names.join(", ")))
        })
        .collect::<Vec<_>>();
    if kept.is_empty() {
        return Err(vec![TableProblem::general(said!(
            "elke rij mist een waarde in een kolom die wordt gebruikt",
            "every row misses a value in a column that is used"
        ))]);
    }
    let reading = Reading {
        separator: match table.separator {
            ';' => said!("puntkomma", "semicolon"),
            '\t' => Said::same("tab"),
            '|' => said!("streep", "bar"),
            _ => said!("komma", "comma"),
        },
        encoding: table.encoding.name().into(),
        rows: table.rows.len(),
        ..Reading::default()
    };
    let notes = match table.encoding {
        Encoding::Windows1252 => vec![said!(
            "de letters zijn geen UTF-8 en zijn gelezen als Windows-1252, zoals oudere systemen \
                 opslaan; staan namen er verkeerd, sla het bestand dan op als CSV UTF-8",
            "the letters are not UTF-8 and were read as Windows-1252, as older systems save; if names look wrong, save the file as \
             CSV UTF-8"
        )],
        Encoding::Utf8 | Encoding::Utf16 => Vec::new(),
    };
    let mut reader = Reader { table, columns, kept, problems: Vec::new(), reading, notes };
    let mut prepared = Prepared { left_out, ..Prepared::default() };
    reader.read(&mut prepared);
    prepared.left_out.sort_by_key(|problem| problem.line);
    if reader.problems.is_empty() {
        prepared.reading = reader.reading;
        prepared.notes = reader.notes;
        Ok(prepared)
    } else {
        reader.problems.sort_by_key(|problem| problem.line);
        Err(reader.problems)
    }
}

/// A number as it is written, or with an exponent where that would be a row of zeros (below 1e-6, from
/// 1e15).
fn brief(value: f64) -> Said {
    let is_short = value == 0.0 || (1e-6..1e15).contains(&value.abs());
    if is_short { said!("{}", "{}", value) } else { said!("{:e}", "{:e}", value) }
}

/// The name in `factor(NAME)`; `None` for a plain name. A column that is really called so comes first.
fn factor(name: &str) -> Option<&str> {
    name.strip_prefix("factor(").and_then(|rest| rest.strip_suffix(')')).map(str::trim)
}

/// The places of the columns that are used, with repetitions.
///
/// # Errors
/// Every name that is no column, with the nearest one; names that two columns have; and the line on
/// which the names do stand, when a title was put above the header.
fn used_columns(table: &TextTable, columns: &Columns) -> Result<Vec<usize>, Vec<TableProblem>> {
    let single = [
        &columns.time,
        &columns.status,
        &columns.arm,
        &columns.cluster,
        &columns.person,
        &columns.start,
        &columns.count,
        &columns.exposure,
        &columns.outcome,
        &columns.weight,
    ];
    let dates = columns.dates.iter().flat_map(|dates| [&dates.from, &dates.until]);
    let single = single.into_iter().flatten().chain(dates).chain(&columns.strata).chain(&columns.by);
    let covariates = columns.covariates.iter().map(|name| match table.column(name) {
        Some(_) => name.as_str(),
        None => factor(name).unwrap_or(name),
    });
    let names = single.map(String::as_str).chain(covariates);
    let (mut used, mut problems, mut unknown) = (Vec::new(), Vec::new(), Vec::new());
    for name in names {
        match table.column(name) {
            Some(column) => {
                problems.extend(table.ambiguous(name));
                used.push(column);
            }
            None => {
                problems.push(unknown_column(table, name));
                unknown.push(name);
            }
        }
    }
    problems.extend(table.line_with(unknown.into_iter()).map(|line| {
        TableProblem::at(
            line,
            said!(
                "hier staan deze namen: haal de regels erboven weg, zodat de eerste regel de kolommen \
                 noemt",
                "these names stand here: remove the lines above, so that the first line names the columns"
            ),
        )
    }));
    if problems.is_empty() { Ok(used) } else { Err(problems) }
}

/// There is no column of that name; which are there, and which is nearest.
fn unknown_column(table: &TextTable, name: &str) -> TableProblem {
    let hint = match nearest(name, table.headers.iter().map(String::as_str)) {
        Some(near) => said!("bedoelt u \"{near}\"? ", "did you mean \"{near}\"? ", near = near),
        None => Said::default(),
    };
    let one = match table.headers.as_slice() {
        [only] if only.contains(' ') => {
            said!(
                " (één kolom: tussen cellen moeten komma's, puntkomma's, tabs of strepen staan)",
                " (one column: cells must be separated by commas, semicolons, tabs or bars)"
            )
        }
        _ => Said::default(),
    };
    TableProblem::general(said!(
        "er is geen kolom \"{name}\"; {hint}de kolommen zijn: {headers}{one}",
        "there is no column \"{name}\"; {hint}the columns are: {headers}{one}",
        hint = hint,
        headers = table.headers.join(", "),
        one = one,
        name = name
    ))
}

impl Reader<'_> {
    /// Fills in every part of the data set, in an order that matters: what leaves rows out (weights of
    /// 0, dates, exposure) comes before everything that has a value per row.
    fn read(&mut self, prepared: &mut Prepared) {
        let columns = self.columns;
        let mut data = Dataset::default();
        self.drop_without_weight(prepared);
        if let Some(dates) = &columns.dates {
            data.time = self.dated(dates, &mut prepared.left_out);
        } else if let Some(name) = &columns.time {
            data.time = self.times(name, "time");
        } else if let Some(name) = &columns.exposure {
            data.time = self.times(name, "exposure");
        } else {
            data.time = vec![0.0; self.kept.len()];
        }
        if let Some(name) = &columns.count {
            data.count = Some(self.counts(name));
            self.require_exposure(&mut data, prepared);
        }
        if self.kept.is_empty() {
            if self.problems.is_empty() {
                let reasons: Vec<Said> = prepared.left_out.iter().take(3).map(TableProblem::said).collect();
                self.problems.push(TableProblem::general(said!(
                    "er blijft geen rij over: {}",
                    "no row is left: {}",
                    Said::join(&reasons, "; ")
                )));
            }
            return;
        }
        let rows = self.kept.len();
        data.cause = vec![0; rows];
        if let Some(name) = &columns.status {
            let found = self.statuses(name, &data.time);
            data.cause = found.cause;
            prepared.cause_names = found.names;
            prepared.cause_codes = found.codes;
            prepared.codes_in_file = found.codes_in_file;
        }
        (data.arm, data.arm_names) = match &columns.arm {
            Some(name) => self.arms(name),
            None => (vec![0; rows], vec![EVERYBODY.into()]),
        };
        data.cluster =
            columns.cluster.as_ref().map(|name| self.labels("cluster", std::slice::from_ref(name)));
        data.person = columns.person.as_ref().map(|name| self.labels("person", std::slice::from_ref(name)));
        data.stratum = (!columns.strata.is_empty()).then(|| self.labels("stratum", &columns.strata));
        data.start = columns.start.as_ref().map(|name| self.starts(name, &data.time));
        data.outcome = columns.outcome.as_ref().map(|name| {
            self.numbers(name, "outcome", Text::new("een eindig getal", "a finite number"), f64::is_finite)
        });
        data.weight = columns.weight.as_ref().map(|name| {
            self.numbers(
                name,
                "weights",
                Text::new("een eindig getal boven 0", "a finite number above 0"),
                |w| w.is_finite() && w > 0.0,
            )
        });
        data.covariates = columns.covariates.iter().flat_map(|name| self.covariate(name)).collect();
        if data.count.is_none() {
            self.check_persons(&data);
        }
        if !columns.by.is_empty() {
            prepared.parts = self.parts(&columns.by);
        }
        prepared.data = data;
    }

    /// The place of a column that is known to be there.
    fn column(&self, name: &str) -> usize {
        // `used_columns` has found every name before.
        self.table.column(name).unwrap_or_default()
    }

    /// The text of a cell.
    fn cell(&self, row: usize, column: usize) -> &str {
        &self.table.rows[row][column]
    }

    /// A value that cannot be right, at the line of its row.
    fn problem(&mut self, row: usize, message: Said) {
        self.problems.push(TableProblem::at(self.table.lines[row], message));
    }

    /// How the numbers of a column are written, over the rows that are used.
    fn notation(&self, column: usize) -> Notation {
        let cells = self.kept.iter().map(|&row| self.cell(row, column));
        Notation::of_most(cells, self.table.separator, self.columns.decimal)
    }

    /// The numbers of a column, one per kept row, in the notation of the column as a whole. A cell that
    /// is no number, or not `good`, is reported with `rule` and read as 0, so that the others are still
    /// looked at.
    fn numbers(&mut self, name: &str, part: &str, rule: Text, good: impl Fn(f64) -> bool) -> Vec<f64> {
        let column = self.column(name);
        let notation = self.notation(column);
        let mut values = Vec::with_capacity(self.kept.len());
        for row in self.kept.clone() {
            match notation.parse(self.cell(row, column)).filter(|&value| good(value)) {
                Some(value) => values.push(value),
                None => {
                    let cell = self.cell(row, column);
                    let marks = if cell.contains(['.', ',']) && cell.contains(|c: char| c.is_ascii_digit()) {
                        let mark = match notation.decimal {
                            Decimal::Comma => said!("komma", "comma"),
                            Decimal::Point => said!("punt", "point"),
                        };
                        said!(
                            " (het decimaalteken van deze kolom is een {}; --decimal zegt het \
                             anders)",
                            " (the decimal mark of this column is a {}; --decimal says otherwise)",
                            mark
                        )
                    } else if DateFormat::of([cell].into_iter(), None).parse(cell).is_some() {
                        said!(
                            " (een datum: --from en --until nemen kolommen met datums)",
                            " (a date: --from and --until take columns of dates)"
                        )
                    } else {
                        Said::default()
                    };
                    let message = said!(
                        "{name} is \"{cell}\"; het moet {rule} zijn{marks}",
                        "{name} is \"{cell}\"; it must be {rule}{marks}",
                        rule = rule,
                        marks = marks,
                        name = name,
                        cell = cell
                    );
                    self.problem(row, message);
                    values.push(0.0);
                }
            }
        }
        self.understood_number(name, part, notation, &values);
        values
    }

    /// Says how the numbers of a column were read: decimal mark, thousands, percent signs, and their
    /// range, in which a wrong guess shows.
    fn understood_number(&mut self, name: &str, part: &str, notation: Notation, values: &[f64]) {
        let least = values.iter().copied().fold(f64::INFINITY, f64::min);
        let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let written = match (notation.decimal, notation.thousands) {
            (Decimal::Point, false) => said!("getallen", "numbers"),
            (Decimal::Point, true) => {
                said!("getallen met komma's per duizend", "numbers with thousands commas")
            }
            (Decimal::Comma, false) => {
                said!("getallen met een decimale komma", "numbers with a decimal comma")
            }
            (Decimal::Comma, true) => said!(
                "getallen met een decimale komma en punten per duizend",
                "numbers with a decimal comma and thousands points"
            ),
        };
        let percent = if notation.percent {
            said!(", procenttekens weggehaald", ", percent signs taken off")
        } else {
            Said::default()
        };
        let otherwise = match notation.decimal {
            Decimal::Point => "--decimal comma",
            Decimal::Comma => "--decimal point",
        };
        if notation.guessed {
            self.notes.push(said!(
                "{name}: niets in de kolom onderscheidt decimaaltekens van duizendtallen; gelezen \
                     als {written}, van {least} tot {most}; {otherwise} leest het andersom",
                "{name}: nothing in the column tells decimal from thousands marks; they were read as {written}, from {least} to {most}; \
                 {otherwise} reads them the other way",
                written = written,
                least = brief(least),
                most = brief(most),
                name = name,
                otherwise = otherwise
            ));
        }
        self.reading.columns.push(ColumnReading {
            column: name.into(),
            part: part.into(),
            values: said!("{}{}, {} tot {}", "{}{}, {} to {}", written, percent, brief(least), brief(most)),
            guessed: notation.guessed,
            say_otherwise: notation.guessed.then(|| Said::same(otherwise)),
        });
    }

    /// Times of 0 or more, finite, one per kept row.
    fn times(&mut self, name: &str, part: &str) -> Vec<f64> {
        self.numbers(
            name,
            part,
            Text::new("een eindig getal van 0 of meer", "a finite number, 0 or more"),
            |t| t.is_finite() && t >= 0.0,
        )
    }

    /// Starts of intervals, which must lie before their ends also when times that differ by rounding are one time.
    fn starts(&mut self, name: &str, time: &[f64]) -> Vec<f64> {
        let before = self.problems.len();
        let starts = self.times(name, "start");
        if self.problems.len() > before {
            return starts;
        }
        let mut distinct: Vec<f64> = time.iter().chain(&starts).map(|t| t + 0.0).collect();
        distinct.sort_unstable_by(f64::total_cmp);
        distinct.dedup();
        let same = joined(&distinct);
        for (i, row) in self.kept.clone().into_iter().enumerate() {
            let (start, end) = (starts[i], time[i]);
            if start >= end {
                self.problem(
                    row,
                    said!(
                        "{name} is {start}; het moet voor het eind {end} liggen",
                        "{name} is {start}; it must lie before the end {end}",
                        name = name,
                        start = start,
                        end = end
                    ),
                );
            } else if same(start) >= same(end) {
                let message = said!(
                    "het interval van {start} tot {end} verdwijnt: tijden die dichter bij elkaar \
                         liggen dan afronding (1,5e-8) zijn één tijd; laat de rij weg of gebruik een \
                         grotere tijdseenheid",
                    "the interval from {start} to {end} vanishes: times closer than rounding (1.5e-8) are one time; leave the row \
                     out or use a larger unit of time",
                    start = start,
                    end = end
                );
                self.problem(row, message);
            }
        }
        starts
    }

    /// Whole numbers of 0 or more.
    fn counts(&mut self, name: &str) -> Vec<u32> {
        let whole = |v: f64| v >= 0.0 && v <= f64::from(u32::MAX) && v.fract() == 0.0;
        let counts = self.numbers(
            name,
            "count",
            Text::new("een heel getal van 0 of meer", "a whole number, 0 or more"),
            whole,
        );
        counts.into_iter().map(|v| v as u32).collect()
    }

    /// A row with weight 0 stands for nobody: it is left out and listed, before anything counts rows.
    fn drop_without_weight(&mut self, prepared: &mut Prepared) {
        let Some(name) = &self.columns.weight else { return };
        let column = self.column(name);
        let notation = self.notation(column);
        let table = self.table;
        let (none, kept): (Vec<usize>, Vec<usize>) =
            self.kept.iter().partition(|&&row| notation.parse(&table.rows[row][column]) == Some(0.0));
        let reason = |row: usize| {
            TableProblem::at(
                table.lines[row],
                said!(
                    "{name} is 0: de rij staat voor niemand",
                    "{name} is 0: the row stands for nobody",
                    name = name
                ),
            )
        };
        prepared.left_out.extend(none.into_iter().map(reason));
        self.kept = kept;
    }

    /// Events need time in which they can happen; rows with neither say nothing and are left out.
    fn require_exposure(&mut self, data: &mut Dataset, prepared: &mut Prepared) {
        let Some(count) = &mut data.count else { return };
        let empty: Vec<bool> =
            data.time.iter().zip(&*count).map(|(time, count)| *time <= 0.0 && *count == 0).collect();
        let name = self.columns.exposure.clone().unwrap_or_default();
        for (i, row) in self.kept.clone().into_iter().enumerate() {
            if data.time[i] > 0.0 {
                continue;
            }
            if count[i] > 0 {
                let message = said!(
                    "{count} gebeurtenissen in geen tijd: {name} is 0; het moet boven 0 liggen",
                    "{count} events in no time: {name} is 0; it must be above 0",
                    count = count[i],
                    name = name
                );
                self.problem(row, message);
            } else {
                let line = self.table.lines[row];
                prepared.left_out.push(TableProblem::at(
                    line,
                    said!(
                        "{name} is 0: er kon niets worden geteld",
                        "{name} is 0: nothing could be counted",
                        name = name
                    ),
                ));
            }
        }
        let mut keep = empty.iter().map(|empty| !empty);
        self.kept.retain(|_| keep.next().unwrap_or(true));
        let mut keep = empty.iter().map(|empty| !empty);
        data.time.retain(|_| keep.next().unwrap_or(true));
        let mut keep = empty.iter().map(|empty| !empty);
        count.retain(|_| keep.next().unwrap_or(true));
    }

    /// Which rows ended in an event, and in which; everything 0 when the column cannot be understood,
    /// with the problems reported.
    fn statuses(&mut self, name: &str, time: &[f64]) -> statuses::Statuses {
        let column = self.column(name);
        let excused = dated::excused(self.table, self.columns);
        // Who is still followed at the cut-off has no status of their own.
        let running = |row: usize| excused(row, column) && self.table.is_missing(row, column);
        let cells: Vec<&str> =
            self.kept.iter().map(|&row| if running(row) { "0" } else { self.cell(row, column) }).collect();
        let times = (self.columns.time.is_some() || self.columns.dates.is_some()).then(|| {
            let mut distinct = time.to_vec();
            distinct.sort_unstable_by(f64::total_cmp);
            distinct.dedup();
            distinct.len()
        });
        let asked = statuses::Asked {
            column: name,
            censored: &self.columns.censored,
            events: &self.columns.events,
            separator: self.table.separator,
            decimal: self.columns.decimal,
            times,
        };
        match statuses::read(&cells, &asked) {
            Ok(mut found) => {
                self.end_dates_of_events(&mut found, column);
                self.tell_statuses(name, &found, times.is_some());
                found
            }
            Err(mut problems) => {
                self.with_lines(&mut problems, column);
                self.problems.extend(problems);
                statuses::Statuses { cause: vec![0; self.kept.len()], ..statuses::Statuses::default() }
            }
        }
    }

    /// A bad status value gets the lines on which it stands: it was judged once by value, not once for
    /// each row.
    fn with_lines(&self, problems: &mut Vec<TableProblem>, column: usize) {
        let by_value: Vec<TableProblem> = std::mem::take(problems);
        for problem in by_value {
            let bad = |row: &&usize| {
                problem.message.english().contains(&format!(" is \"{}\";", self.cell(**row, column)))
            };
            let before = problems.len();
            let at = |row: &usize| TableProblem::at(self.table.lines[*row], problem.message.clone());
            problems.extend(self.kept.iter().filter(bad).map(at));
            if problems.len() == before {
                problems.push(problem);
            }
        }
    }

    /// Says which values were read as what, and warns when every row has an event or none has: usually
    /// a coding that nobody told us (R's 1 and 2).
    fn tell_statuses(&mut self, name: &str, found: &statuses::Statuses, timed: bool) {
        let list = |event: bool| {
            let values = found.values.iter().filter(move |value| value.event == event);
            let shown = values.map(|value| said!("{} ({} rijen)", "{} ({} rows)", value.value, value.rows));
            Said::join(&shown.collect::<Vec<_>>(), ", ")
        };
        let (events, censored) = (list(true), list(false));
        let all_end = !found.values.iter().any(|value| !value.event);
        if all_end && timed {
            let one_and_two = if found.codes == [1, 2] {
                said!(
                    "; betekent 1 gecensureerd, geef dan --censored 1",
                    "; if 1 means censored, say --censored 1"
                )
            } else {
                Said::default()
            };
            self.notes.push(said!(
                "geen rij is gecensureerd: elke rij eindigt met een gebeurtenis. {name}: {events}. \
                     Waarden die \"nog niets\" betekenen, moeten worden genoemd: --censored \
                     WAARDEN{one_and_two}",
                "no row is censored: every row ends with an event. {name}: {events}. Values that mean \"nothing yet\" must be named: \
                 --censored VALUES{one_and_two}",
                events = events,
                one_and_two = one_and_two,
                name = name
            ));
        }
        if events.is_empty() {
            self.notes.push(said!(
                "geen rij heeft een gebeurtenis. {name}: {censored}; --events noemt de waarden die \
                     gebeurtenissen zijn",
                "no row has an event. {name}: {censored}; --events names the values that are events",
                censored = censored,
                name = name
            ));
        }
        let none = said!("geen", "none");
        let guessed = found.values.iter().any(|value| !value.told && value.value.parse::<f64>().is_err());
        self.reading.columns.push(ColumnReading {
            column: name.into(),
            part: "status".into(),
            values: said!(
                "gebeurtenissen: {}; nog niets: {}",
                "events: {}; nothing yet: {}",
                if events.is_empty() { &none } else { &events },
                if censored.is_empty() { &none } else { &censored }
            ),
            guessed,
            say_otherwise: guessed.then(|| {
                said!("--events WAARDEN of --censored WAARDEN", "--events VALUES or --censored VALUES")
            }),
        });
        self.reading.statuses.clone_from(&found.values);
    }

    /// A numeric column as it is; words, and what is asked for as `factor(NAME)`, as one 0/1 column per level after the first.
    fn covariate(&mut self, asked: &str) -> Vec<Covariate> {
        let levels_asked = self.table.column(asked).is_none();
        let name = if levels_asked { factor(asked).unwrap_or(asked) } else { asked };
        let column = self.column(name);
        let cells = self.kept.iter().map(|&row| self.cell(row, column));
        if !levels_asked && Notation::of(cells, self.table.separator, self.columns.decimal).is_some() {
            let values = self.numbers(
                name,
                "covariate",
                Text::new("een eindig getal", "a finite number"),
                f64::is_finite,
            );
            let coded = self.kept.iter().any(|&row| {
                let cell = self.cell(row, column);
                cell.len() > 1 && cell.starts_with('0') && cell.chars().all(|c| c.is_ascii_digit())
            });
            if coded {
                self.notes.push(said!(
"{name} is geschreven als codes (01, 02) maar genomen als getal; factor({name}) \
                     maakt er niveaus van",
"{name} is written as codes (01, 02) but taken as a number; factor({name}) makes levels of it",
name = name
));
            }
            return vec![Covariate { name: name.into(), values }];
        }
        let levels = self.distinct(column);
        self.tell_labels("covariate", name, &levels);
        let is = |row: usize, level: &str| f64::from(u8::from(self.cell(row, column) == level));
        levels[1..]
            .iter()
            .map(|level| Covariate {
                name: format!("{name}={level}"),
                values: self.kept.iter().map(|&row| is(row, level)).collect(),
            })
            .collect()
    }

    /// Without intervals a person has one row; with intervals they must not overlap. Sorted by person
    /// and start, so that only neighbors can clash.
    fn check_persons(&mut self, data: &Dataset) {
        let Some(person) = &data.person else { return };
        let mut order: Vec<usize> = (0..person.len()).collect();
        let start = |i: usize| data.start.as_ref().map_or(0.0, |start| start[i]);
        order.sort_by(|&a, &b| person[a].cmp(&person[b]).then(start(a).total_cmp(&start(b))));
        let name = self.columns.person.clone().unwrap_or_default();
        for pair in order.windows(2).filter(|pair| person[pair[0]] == person[pair[1]]) {
            let (first, second) = (self.kept[pair[0]], self.kept[pair[1]]);
            let value = self.cell(second, self.column(&name)).to_owned();
            let line = self.table.lines[first];
            if data.start.is_none() {
                let remedy = said!(
                    "geef --start bij meer intervallen per persoon",
                    "give --start for several intervals per person"
                );
                self.problem(
                    second,
                    said!(
                        "{name} {value} staat ook op regel {line}; {remedy}",
                        "{name} {value} stands on line {line} too; {remedy}",
                        remedy = remedy,
                        name = name,
                        value = value,
                        line = line
                    ),
                );
            } else if start(pair[1]) < data.time[pair[0]] {
                self.problem(
                    second,
                    said!(
                        "het interval van {name} {value} overlapt dat van regel {line}",
                        "the interval of {name} {value} overlaps that of line {line}",
                        name = name,
                        value = value,
                        line = line
                    ),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, set: impl Fn(&mut Columns)) -> Result<Prepared, Vec<TableProblem>> {
        let mut columns = Columns {
            time: Some("time".into()),
            status: Some("status".into()),
            arm: Some("arm".into()),
            ..Columns::default()
        };
        set(&mut columns);
        prepare(&TextTable::read(text.as_bytes()).unwrap(), &columns)
    }

    #[test]
    fn words_and_numbers() {
        let prepared =
            read("time,status,arm\n1,work,new\n2,censored,control\n3,fraud,new\n4,NA,new\n", |_| {}).unwrap();
        assert_eq!(prepared.data.cause, vec![2, 0, 1]);
        assert_eq!(prepared.cause_names, vec!["fraud", "work"]);
        assert_eq!(prepared.data.arm_names, vec!["control", "new"]);
        assert_eq!(prepared.data.arm, vec![1, 0, 1]);
        assert_eq!(prepared.left_out[0].to_string(), "line 5: status missing");
        let numbers = read("time,status,arm\n1,2,10\n2,1,9\n", |c| c.censored = vec!["1".into()]).unwrap();
        assert_eq!(numbers.data.cause, vec![2, 0]);
        assert_eq!(numbers.data.arm_names, vec!["9", "10"]);
        let control = read("time,status,arm\n1,1,a\n2,1,b\n", |c| c.control = Some("b".into())).unwrap();
        assert_eq!(control.data.arm_names, vec!["b", "a"]);
    }

    #[test]
    fn all_bad_rows_at_once() {
        let problems = read("time,status,arm\n-1,1,a\nx,0,b\ninf,0.5,b\n1,1,a\n", |_| {}).unwrap_err();
        assert_eq!(
            problems.iter().map(|p| p.line).collect::<Vec<_>>(),
            vec![Some(2), Some(3), Some(4), Some(4)]
        );
    }

    #[test]
    fn wrong_names_offer_the_nearest() {
        let problems = read("time,status,arm\n1,1,a\n", |c| c.time = Some("tmie".into())).unwrap_err();
        assert!(problems[0].message.english().contains("did you mean \"time\""), "{}", problems[0]);
    }

    #[test]
    fn persons_and_intervals() {
        let text = "time,status,arm,id,from\n3,1,a,x,0\n5,0,a,x,3\n2,1,b,y,0\n";
        let problems = read(text, |c| c.person = Some("id".into())).unwrap_err();
        assert_eq!(problems[0].line, Some(3));
        let both = |c: &mut Columns| {
            c.person = Some("id".into());
            c.start = Some("from".into());
        };
        assert_eq!(read(text, both).unwrap().data.person, Some(vec![0, 0, 1]));
        assert!(read(&text.replace("x,3", "x,2"), both).is_err());
        assert!(read(&text.replace("x,3", "x,5"), both).is_err());
    }

    #[test]
    fn covariates_of_words_become_levels() {
        let text = "time,status,arm,type,age\n3,1,a,x,40\n5,0,a,y,50\n2,1,b,z,60\n";
        let prepared = read(text, |c| c.covariates = vec!["type".into(), "age".into()]).unwrap();
        let names: Vec<&str> = prepared.data.covariates.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, vec!["type=y", "type=z", "age"]);
        assert_eq!(prepared.data.covariates[0].values, vec![0.0, 1.0, 0.0]);
    }
}
