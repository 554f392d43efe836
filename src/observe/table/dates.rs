//! Calendar dates as offices write them.

use jiff::civil::Date;

/// Order of day, month and year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateOrder {
    /// 31-12-2024, as in the Netherlands.
    DayMonthYear,
    /// 12/31/2024, as in the United States.
    MonthDayYear,
    /// 2024-12-31 (ISO 8601).
    YearMonthDay,
}

impl DateOrder {
    /// As it is written on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::DayMonthYear => "dmy",
            Self::MonthDayYear => "mdy",
            Self::YearMonthDay => "ymd",
        }
    }
}

/// How the dates of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DateFormat {
    /// Order of the parts.
    pub order: DateOrder,
    /// Whether month and day could be the other way round in every cell.
    pub guessed: bool,
}

/// Three numbers as they stand, and whether the year comes first; a time of day behind them is cut off.
fn parts(cell: &str) -> Option<([i16; 3], bool)> {
    let day = cell.split([' ', 'T']).next()?;
    let fields: Vec<&str> = if day.len() == 8 && day.chars().all(|c| c.is_ascii_digit()) {
        vec![&day[..4], &day[4..6], &day[6..]]
    } else {
        day.split(['-', '/', '.']).collect()
    };
    let [a, b, c] = fields.as_slice() else { return None };
    let year_first = a.len() == 4;
    let lengths = if year_first { [4, 2, 2] } else { [2, 2, 4] };
    let fits = |(field, most): (&&str, usize)| {
        !field.is_empty()
            && field.len() <= most
            && (most < 4 || field.len() == 4)
            && field.chars().all(|c| c.is_ascii_digit())
    };
    [a, b, c].into_iter().zip(lengths).all(fits).then_some(())?;
    Some(([a.parse().ok()?, b.parse().ok()?, c.parse().ok()?], year_first))
}

impl DateFormat {
    /// The format of a column. Without evidence day comes before month, and that is a guess.
    ///
    /// # Example
    /// ```
    /// use stapjes::observe::table::DateFormat;
    ///
    /// // One day over twelve settles the order of the whole column; without one, day before month is a guess that is said.
    /// let sure = DateFormat::of(["03-04-2024", "25-12-2024"].into_iter(), None);
    /// let guess = DateFormat::of(["03-04-2024"].into_iter(), None);
    /// assert!(!sure.guessed && guess.guessed && sure.order == guess.order);
    /// assert_eq!(sure.parse("31-04-2024"), None);
    /// ```
    pub fn of<'a>(cells: impl Iterator<Item = &'a str>, given: Option<DateOrder>) -> Self {
        if let Some(order) = given {
            return Self { order, guessed: false };
        }
        let (mut day_first, mut month_first, mut year_first) = (false, false, false);
        for (numbers, iso) in cells.filter_map(parts) {
            year_first |= iso;
            day_first |= !iso && numbers[0] > 12;
            month_first |= !iso && numbers[1] > 12;
        }
        let order = match (day_first, month_first) {
            (false, false) if year_first => DateOrder::YearMonthDay,
            (false, true) => DateOrder::MonthDayYear,
            _ => DateOrder::DayMonthYear,
        };
        Self { order, guessed: !day_first && !month_first && !year_first }
    }

    /// A cell as a date; `None` when it is none. A year of four digits in front always is a year.
    pub fn parse(self, cell: &str) -> Option<Date> {
        let ([a, b, c], year_first) = parts(cell)?;
        let (year, month, day) = match self.order {
            _ if year_first => (a, b, c),
            DateOrder::MonthDayYear => (c, a, b),
            DateOrder::DayMonthYear | DateOrder::YearMonthDay => (c, b, a),
        };
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }
}

/// Days from one date to another.
pub fn days_between(from: Date, until: Date) -> f64 {
    f64::from(from.until(until).map_or(0, |span| span.get_days()))
}

/// Days of a mean month (365.25 / 12).
pub const DAYS_PER_MONTH: f64 = 30.4375;

#[cfg(test)]
mod tests {
    use super::*;

    fn read(cells: &[&str]) -> (DateFormat, Vec<Option<String>>) {
        let format = DateFormat::of(cells.iter().copied(), None);
        (format, cells.iter().map(|cell| format.parse(cell).map(|date| date.to_string())).collect())
    }

    #[test]
    fn dutch_american_and_iso() {
        let (format, dates) = read(&["01-02-2024", "15-6-2024 10:30"]);
        assert_eq!((format.order, format.guessed), (DateOrder::DayMonthYear, false));
        assert_eq!(dates, [Some("2024-02-01".into()), Some("2024-06-15".into())]);
        assert_eq!(read(&["02/01/2024", "06/15/2024"]).1[1], Some("2024-06-15".into()));
        assert_eq!(read(&["2024-02-01", "20240615", "2024-02-01T00:00:00"]).1[1], Some("2024-06-15".into()));
        assert!(read(&["1/2/2024"]).0.guessed);
        assert_eq!(read(&["31-02-2024", "3-4-24", "45321", "x"]).1, [None, None, None, None]);
    }

    #[test]
    fn days() {
        let date = |text: &str| DateFormat::of([text].into_iter(), None).parse(text).unwrap();
        assert_eq!(days_between(date("28-02-2024"), date("01-03-2024")), 2.0);
        assert_eq!(days_between(date("01-01-2020"), date("01-01-2024")), 1461.0);
        assert_eq!(days_between(date("02-01-2020"), date("01-01-2020")), -1.0);
    }
}
