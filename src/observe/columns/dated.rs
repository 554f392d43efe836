//! Follow-up as two dates.

use super::reading::ColumnReading;
use super::statuses::Statuses;
use super::{Columns, Dates, Problem, Reader};
use crate::observe::table::{DAYS_PER_MONTH, DateFormat, Table, days_between};

/// Which cells may be missing: with a cut-off, the end of the follow-up and then also the status.
pub(super) fn excused(table: &Table, columns: &Columns) -> impl Fn(usize, usize) -> bool {
    let running = columns.dates.as_ref().filter(|dates| dates.cut_off.is_some());
    let until = running.and_then(|dates| table.column(&dates.until));
    let status = columns.status.as_ref().and_then(|name| table.column(name));
    move |row, column| {
        until.is_some_and(|until| (column == until || Some(column) == status) && table.is_missing(row, until))
    }
}

impl Reader<'_> {
    /// Follow-up in months (of 30.4375 days) or days.
    pub(super) fn dated(&mut self, dates: &Dates, left_out: &mut Vec<Problem>) -> Vec<f64> {
        let (from, until) = (self.column(&dates.from), self.column(&dates.until));
        let both = self.kept.iter().flat_map(|&row| [self.cell(row, from), self.cell(row, until)]);
        let cells: Vec<&str> = both.chain(dates.cut_off.as_deref()).collect();
        let format = DateFormat::of(cells.into_iter(), dates.order);
        let rule = "a date as 31-12-2024, 31/12/2024 or 2024-12-31";
        let cut_off = dates.cut_off.as_deref().map(|text| format.parse(text));
        if cut_off == Some(None) {
            let text = dates.cut_off.as_deref().unwrap_or_default();
            self.problems.push(Problem::general(format!("--cut-off is \"{text}\"; it must be {rule}")));
        }
        let cut_off = cut_off.flatten();
        let mut times = Vec::with_capacity(self.kept.len());
        let mut kept = Vec::with_capacity(self.kept.len());
        for row in self.kept.clone() {
            let begin = format.parse(self.cell(row, from));
            let open = self.table.is_missing(row, until);
            let end = if open { cut_off } else { format.parse(self.cell(row, until)) };
            for (name, column, read) in [(&dates.from, from, begin), (&dates.until, until, end)] {
                if read.is_none() && !(open && column == until) {
                    let message = format!("{name} is \"{}\"; it must be {rule}", self.cell(row, column));
                    self.problem(row, message);
                }
            }
            let days = begin.zip(end).map_or(0.0, |(begin, end)| days_between(begin, end));
            if days < 0.0 {
                if open {
                    let message = format!("{} lies behind the cut-off", dates.from);
                    left_out.push(Problem::at(self.table.lines[row], message));
                    continue;
                }
                let message = format!(
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

    fn tell_dates(&mut self, dates: &Dates, format: DateFormat) {
        let unit = if dates.in_days { "days" } else { "months of 30.4375 days" };
        let order = format.order.name();
        let otherwise = "--date-format mdy";
        for (part, column) in [("from", &dates.from), ("until", &dates.until)] {
            self.reading.columns.push(ColumnReading {
                column: column.clone(),
                part: part.into(),
                values: format!("dates ({order}); follow-up in {unit}"),
                guessed: format.guessed,
                say_otherwise: format.guessed.then(|| otherwise.into()),
            });
        }
        if format.guessed {
            self.notes.push(format!(
                "{} and {}: no date shows whether day or month comes first; the day was taken first; {otherwise} turns that",
                dates.from, dates.until
            ));
        }
    }

    /// An event needs a day on which it happened.
    pub(super) fn end_dates_of_events(&mut self, found: &mut Statuses, status: usize) {
        let Some(until) = self.columns.dates.as_ref().map(|dates| self.column(&dates.until)) else { return };
        for (i, row) in self.kept.clone().into_iter().enumerate() {
            if found.cause[i] > 0 && self.table.is_missing(row, until) {
                let message = format!(
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
