//! Follow-up as two dates.
//!
//! Administrations write when something began and ended, not how long it took. The order of day and
//! month is settled by the whole column (one day above twelve decides it), rows without an end are
//! running at the cut-off, and 31-12-9999 is an end that never came. What was decided, or guessed, is
//! told in the reading.

use super::reading::ColumnReading;
use super::statuses::Statuses;
use super::{Columns, Dates, Reader, TableProblem};
use crate::language::Said;
use crate::observe::table::{DAYS_PER_MONTH, DateFormat, TextTable, days_between, is_never};
use crate::said;

/// Which cells (row, column) may be missing: with a cut-off, the end of the follow-up, and then also
/// the status, for nothing has ended it. Without a cut-off nobody knows until when a row without an end
/// was followed.
pub(super) fn excused(table: &TextTable, columns: &Columns) -> impl Fn(usize, usize) -> bool {
    let running = columns.dates.as_ref().filter(|dates| dates.cut_off.is_some());
    let until = running.and_then(|dates| table.column(&dates.until));
    let status = columns.status.as_ref().and_then(|name| table.column(name));
    move |row, column| {
        until.is_some_and(|until| (column == until || Some(column) == status) && is_open(table, row, until))
    }
}

/// Whether a row has no end: an empty cell, or a date that means "never".
fn is_open(table: &TextTable, row: usize, until: usize) -> bool {
    let cell = table.rows[row][until].as_str();
    let never = || DateFormat::of([cell].into_iter(), None).parse(cell).is_some_and(is_never);
    table.is_missing(row, until) || never()
}

impl Reader<'_> {
    /// Follow-up in months (of 30.4375 days) or days, one per kept row. Rows that cannot be placed (no
    /// end and no cut-off, begun after the cut-off) go to `left_out`; an end before its begin is an
    /// error of the file.
    pub(super) fn dated(&mut self, dates: &Dates, left_out: &mut Vec<TableProblem>) -> Vec<f64> {
        let (from, until) = (self.column(&dates.from), self.column(&dates.until));
        let both = self.kept.iter().flat_map(|&row| [(row, from), (row, until)]);
        let known = both.filter(|(row, column)| !self.table.is_missing(*row, *column));
        let cells: Vec<&str> = known.map(|(row, column)| self.cell(row, column)).collect();
        let mut format = DateFormat::of(cells.iter().copied(), dates.order);
        if !format.day_numbers {
            // The cut-off may show the order that the cells leave open.
            format = DateFormat::of(cells.into_iter().chain(dates.cut_off.as_deref()), dates.order);
        }
        let rule = said!(
            "een datum als 31-12-2024, 31/12/2024, 31 dec 2024 of 2024-12-31",
            "a date as 31-12-2024, 31/12/2024, 31 dec 2024 or 2024-12-31"
        );
        let typed = |text: &str| match format.day_numbers {
            true => DateFormat::of([text].into_iter(), dates.order).parse(text),
            false => format.parse(text),
        };
        let cut_off = dates.cut_off.as_deref().map(typed);
        if cut_off == Some(None) {
            let text = dates.cut_off.as_deref().unwrap_or_default();
            self.problems.push(TableProblem::general(said!(
                "--cut-off is \"{text}\"; het moet {rule} zijn",
                "--cut-off is \"{text}\"; it must be {rule}",
                rule = rule,
                text = text
            )));
        }
        let cut_off = cut_off.flatten();
        let mut times = Vec::with_capacity(self.kept.len());
        let mut kept = Vec::with_capacity(self.kept.len());
        for row in self.kept.clone() {
            let begin = format.parse(self.cell(row, from));
            let last = format.parse(self.cell(row, until)).filter(|_| !self.table.is_missing(row, until));
            let never = last.is_some_and(is_never);
            let open = never || self.table.is_missing(row, until);
            let end = if open { cut_off } else { last };
            if never && cut_off.is_none() {
                let message = said!(
                    "{} is {}, wat geen einde betekent: --cut-off DATUM zegt tot wanneer zulke \
                         rijen zijn gevolgd",
                    "{} is {}, which means no end: --cut-off DATE says until when such rows were followed",
                    dates.until,
                    self.cell(row, until)
                );
                left_out.push(TableProblem::at(self.table.lines[row], message));
                continue;
            }
            for (name, column, read) in [(&dates.from, from, begin), (&dates.until, until, end)] {
                if read.is_none() && !(open && column == until) {
                    let message = said!(
                        "{name} is \"{cell}\"; het moet {rule} zijn",
                        "{name} is \"{cell}\"; it must be {rule}",
                        cell = self.cell(row, column),
                        rule = rule,
                        name = name
                    );
                    self.problem(row, message);
                }
            }
            let days = begin.zip(end).map_or(0.0, |(begin, end)| days_between(begin, end));
            if days < 0.0 {
                if open {
                    let message = said!("{} ligt na de peildatum", "{} lies behind the cut-off", dates.from);
                    left_out.push(TableProblem::at(self.table.lines[row], message));
                    continue;
                }
                let message = said!(
                    "{} ({}) ligt voor {} ({})",
                    "{} ({}) lies before {} ({})",
                    dates.until,
                    self.cell(row, until),
                    dates.from,
                    self.cell(row, from)
                );
                self.problem(row, message);
            }
            kept.push(row);
            times.push(if dates.in_days { days } else { days / DAYS_PER_MONTH });
        }
        self.kept = kept;
        self.tell_dates(dates, format);
        times
    }

    /// Says how the two columns of dates were read, and warns of what was guessed: the order of day and
    /// month, and the century of short years.
    fn tell_dates(&mut self, dates: &Dates, format: DateFormat) {
        let unit = if dates.in_days {
            said!("dagen", "days")
        } else {
            said!("maanden van 30,4375 dagen", "months of 30.4375 days")
        };
        let order = if format.day_numbers {
            said!("dagnummers van een rekenblad", "day numbers of a spreadsheet")
        } else {
            Said::same(format.order.name())
        };
        let otherwise = "--date-format mdy";
        for (part, column) in [("from", &dates.from), ("until", &dates.until)] {
            self.reading.columns.push(ColumnReading {
                column: column.clone(),
                part: part.into(),
                values: said!("datums ({}); waarneming in {}", "dates ({}); follow-up in {}", order, unit),
                guessed: format.guessed,
                say_otherwise: format.guessed.then(|| Said::same(otherwise)),
            });
        }
        if format.short_years {
            self.notes.push(said!(
                "{} en {}: jaren van twee cijfers zijn gelezen als 1969 tot 2068",
                "{} and {}: years of two digits were read as 1969 to 2068",
                dates.from,
                dates.until
            ));
        }
        if format.guessed {
            self.notes.push(said!(
                "{from} en {until}: geen datum laat zien of de dag of de maand vooraan staat; de dag is \
                     vooraan genomen; {otherwise} draait dat om",
                "{from} and {until}: no date shows whether day or month comes first; the day was taken first; {otherwise} turns that",
                from = dates.from,
                until = dates.until,
                otherwise = otherwise
            ));
        }
    }

    /// An event needs a day on which it happened: a status that says so in a row without an end is an
    /// error, not a running case.
    pub(super) fn end_dates_of_events(&mut self, found: &mut Statuses, status: usize) {
        let Some(until) = self.columns.dates.as_ref().map(|dates| self.column(&dates.until)) else { return };
        for (i, row) in self.kept.clone().into_iter().enumerate() {
            if found.cause[i] > 0 && is_open(self.table, row, until) {
                let message = said!(
                    "{} is \"{}\" maar er staat geen datum in {}",
                    "{} is \"{}\" but there is no date in {}",
                    self.table.headers[status],
                    self.cell(row, status),
                    self.table.headers[until]
                );
                self.problem(row, message);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::prepare;
    use super::*;

    fn read(text: &str, cut_off: Option<&str>) -> Result<super::super::Prepared, Vec<TableProblem>> {
        let dates = Dates {
            from: "begin".into(),
            until: "eind".into(),
            in_days: true,
            cut_off: cut_off.map(str::to_owned),
            ..Dates::default()
        };
        let columns = Columns { dates: Some(dates), status: Some("status".into()), ..Columns::default() };
        prepare(&TextTable::read(text.as_bytes()).unwrap(), &columns)
    }

    /// 31-12-9999 is how registrations write "no end"; taken as a date it would be a follow-up of 8,000 years.
    #[test]
    fn an_end_that_never_comes_is_no_end() {
        let text =
            "begin;eind;status\n01-02-2024;15-06-2024;1\n03-02-2024;31-12-9999;0\n05-02-2024;31-12-9999;\n";
        let open = read(text, None).unwrap();
        assert_eq!((open.data.time, open.left_out.len()), (vec![135.0], 2));
        let followed = read(text, Some("31-12-2024")).unwrap();
        assert_eq!((followed.data.time, followed.data.cause), (vec![135.0, 332.0, 330.0], vec![1, 0, 0]));
        let event = text.replace("31-12-9999;0", "31-12-9999;1");
        assert!(
            read(&event, Some("31-12-2024")).unwrap_err()[0].message.english().contains("there is no date")
        );
    }

    #[test]
    fn day_numbers_of_a_spreadsheet_with_a_cut_off_as_a_date() {
        let text = "begin;eind;status\n45323;45458;1\n45325;;0\n";
        let found = read(text, Some("31-12-2024")).unwrap();
        assert_eq!(found.data.time, [135.0, 332.0]);
        assert!(found.reading.columns[0].values.english().contains("day numbers"));
    }
}
