//! Calendar dates as offices write them.
//!
//! Two rules keep guesses few. The order of day and month belongs to the column, not to the cell; and a
//! date that is certain by itself (a year in front, a month by name) is read as such whatever the
//! column has. Calendar arithmetic is that of the crate `jiff`.

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
    pub(crate) fn name(self) -> &'static str {
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
    /// Order of the parts where a cell leaves it open.
    pub order: DateOrder,
    /// Whether no cell settles the order: month and day could be the other way round in every one.
    pub guessed: bool,
    /// Whether a year has two digits somewhere: 69 to 99 are of the last century, 00 to 68 of this one, as POSIX has it.
    pub short_years: bool,
    /// Whether all cells are the day numbers of a spreadsheet, which counts from 30-12-1899.
    pub day_numbers: bool,
}

/// What stands in a cell: three numbers in the order of the column, or a date whose order is beyond doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Parts {
    /// Day and month could be either way; whether a time of day stands with it.
    Open([i16; 3], bool),
    /// Year, month and day; whether a time of day stands with it.
    Certain([i16; 3], bool),
}

/// Names of months, Dutch and English, by their first three letters.
const MONTHS: [&[&str]; 12] = [
    &["jan"],
    &["feb"],
    &["mar", "maa", "mrt"],
    &["apr"],
    &["mei", "may"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec"],
];

/// The number of a month by the first letters of its name, Dutch or English.
fn month(word: &str) -> Option<i16> {
    let word = word.trim_end_matches('.').to_lowercase();
    let short: String = word.chars().take(3).collect();
    let known = word.chars().all(char::is_alphabetic) && short.len() == 3;
    MONTHS.iter().position(|names| known && names.contains(&short.as_str())).map(|at| at as i16 + 1)
}

/// A year of two digits in full, as POSIX has it: 69 to 99 of the last century, 00 to 68 of this one.
fn full(year: i16) -> i16 {
    if year < 69 { 2000 + year } else { 1900 + year }
}

/// The parts of a cell and whether its year has two digits; a time of day behind them is cut off.
/// `None` when it is no date in any notation.
fn parts(cell: &str) -> Option<Parts> {
    if cell.contains(char::is_alphabetic) && !cell.contains(':') && !cell.starts_with('T') {
        let fields: Vec<&str> = cell.split([' ', '-', '/', ',']).filter(|field| !field.is_empty()).collect();
        if let [a, b, c] = fields.as_slice() {
            let (day, month) = month(b).map(|m| (*a, m)).or_else(|| month(a).map(|m| (*b, m)))?;
            let digits = |field: &str, most: usize| {
                (1..=most).contains(&field.len()) && field.chars().all(|c| c.is_ascii_digit())
            };
            let good = digits(day, 2) && digits(c, 4) && [2, 4].contains(&c.len());
            let year: i16 = good.then(|| c.parse().ok()).flatten()?;
            let short = c.len() == 2;
            return Some(Parts::Certain(
                [if short { full(year) } else { year }, month, day.parse().ok()?],
                short,
            ));
        }
    }
    let day = cell.split([' ', 'T']).next()?;
    let fields: Vec<&str> = if day.len() == 8 && day.chars().all(|c| c.is_ascii_digit()) {
        vec![&day[..4], &day[4..6], &day[6..]]
    } else {
        day.split(['-', '/', '.']).collect()
    };
    let [a, b, c] = fields.as_slice() else { return None };
    let digits = |field: &str| !field.is_empty() && field.chars().all(|c| c.is_ascii_digit());
    fields.iter().all(|field| digits(field)).then_some(())?;
    let numbers = [a.parse().ok()?, b.parse().ok()?, c.parse().ok()?];
    match [a.len(), b.len(), c.len()] {
        [4, 1 | 2, 1 | 2] => Some(Parts::Certain(numbers, false)),
        [1 | 2, 1 | 2, 4] => Some(Parts::Open(numbers, false)),
        [1 | 2, 1 | 2, 2] => Some(Parts::Open([numbers[0], numbers[1], full(numbers[2])], true)),
        _ => None,
    }
}

/// The day number of a spreadsheet, between 1954 and 2119: a smaller number is rather an age, an amount
/// or a year.
fn day_number(cell: &str) -> Option<i32> {
    let days = cell.strip_suffix(".0").or_else(|| cell.strip_suffix(",0")).unwrap_or(cell);
    days.parse().ok().filter(|number| (20_000..80_000).contains(number))
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
        let (mut day_first, mut month_first, mut year_first, mut short_years) = (false, false, false, false);
        let (mut any, mut day_numbers) = (false, true);
        for cell in cells {
            any = true;
            day_numbers &= day_number(cell).is_some();
            match parts(cell) {
                Some(Parts::Open(numbers, short)) => {
                    day_first |= numbers[0] > 12;
                    month_first |= numbers[1] > 12;
                    short_years |= short;
                }
                Some(Parts::Certain(_, short)) => {
                    year_first = true;
                    short_years |= short;
                }
                None => {}
            }
        }
        let day_numbers = any && day_numbers;
        let order = given.unwrap_or(match (day_first, month_first) {
            (false, false) if year_first => DateOrder::YearMonthDay,
            (false, true) => DateOrder::MonthDayYear,
            _ => DateOrder::DayMonthYear,
        });
        let guessed = given.is_none() && !day_numbers && !day_first && !month_first && !year_first;
        Self { order, guessed, short_years, day_numbers }
    }

    /// A cell as a date; `None` when it is none. A year of four digits in front always is a year.
    pub fn parse(self, cell: &str) -> Option<Date> {
        if self.day_numbers {
            let epoch = Date::constant(1899, 12, 30);
            return epoch.checked_add(jiff::Span::new().days(day_number(cell)?)).ok();
        }
        let (year, month, day) = match parts(cell)? {
            Parts::Certain([year, month, day], _) => (year, month, day),
            Parts::Open([a, b, c], _) => match self.order {
                DateOrder::MonthDayYear => (c, a, b),
                DateOrder::DayMonthYear | DateOrder::YearMonthDay => (c, b, a),
            },
        };
        Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
    }
}

/// Whether a date means "no end", as registrations write it: 31-12-9999.
pub(crate) fn is_never(date: Date) -> bool {
    date.year() >= 9000
}

/// Days from one date to another; negative when the second is earlier.
pub(crate) fn days_between(from: Date, until: Date) -> f64 {
    f64::from(from.until(until).map_or(0, |span| span.get_days()))
}

/// Days of a mean month (365.25 / 12): months differ in length, and a follow-up from 31 January has no
/// whole months otherwise.
pub(crate) const DAYS_PER_MONTH: f64 = 30.4375;

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
        assert_eq!(
            read(&["31-02-2024", "2024", "45321", "x", "1-2-024", "10:30"]).1,
            [None, None, None, None, None, None]
        );
    }

    #[test]
    fn names_of_months_short_years_and_day_numbers() {
        let text = |date: &str| Some(date.to_owned());
        let (format, dates) =
            read(&["1 feb 2024", "15 juni 2024", "3-mrt-24", "March 5, 2024", "7 okt. 2024"]);
        assert!(!format.guessed && format.short_years);
        assert_eq!(dates[..3], [text("2024-02-01"), text("2024-06-15"), text("2024-03-03")]);
        assert_eq!(dates[3..], [text("2024-03-05"), text("2024-10-07")]);
        assert_eq!(read(&["1 zom 2024", "31 feb 2024", "x 3 2024"]).1, [None, None, None]);
        let (format, dates) = read(&["15-06-24", "01-07-69"]);
        assert!(format.short_years && !format.guessed);
        assert_eq!(dates, [text("2024-06-15"), text("1969-07-01")]);
        // R: as.Date(45323, origin = "1899-12-30") is 2024-02-01.
        let (format, dates) = read(&["45323", "45458"]);
        assert!(format.day_numbers && !format.guessed);
        assert_eq!(dates, [text("2024-02-01"), text("2024-06-15")]);
    }

    #[test]
    fn days() {
        let date = |text: &str| DateFormat::of([text].into_iter(), None).parse(text).unwrap();
        assert_eq!(days_between(date("28-02-2024"), date("01-03-2024")), 2.0);
        assert_eq!(days_between(date("01-01-2020"), date("01-01-2024")), 1461.0);
        assert_eq!(days_between(date("02-01-2020"), date("01-01-2020")), -1.0);
    }
}
