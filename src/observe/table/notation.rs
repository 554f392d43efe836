//! How the numbers of one column are written: decided by the column as a whole, so that one notation holds for all its cells.
//!
//! Where a decimal comma occurs, a point is a thousands mark, and the other way round. A cell like `1.100` could be either; the
//! other cells of the column decide, and where they do not, the guess is told.

/// The decimal mark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decimal {
    /// `1.5`
    Point,
    /// `1,5`
    Comma,
}

impl Decimal {
    /// The mark as a character.
    pub(crate) fn mark(self) -> char {
        match self {
            Self::Point => '.',
            Self::Comma => ',',
        }
    }

    /// The mark that is not the decimal one.
    fn other(self) -> char {
        match self {
            Self::Point => ',',
            Self::Comma => '.',
        }
    }
}

/// How the numbers of a column are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Notation {
    /// The decimal mark.
    pub decimal: Decimal,
    /// Whether marks were taken for thousands marks.
    pub thousands: bool,
    /// Whether nothing in the column says so and it is a guess.
    pub guessed: bool,
    /// Whether every cell carries a percent sign, which is taken off: `12%` is read as 12.
    pub percent: bool,
}

/// A number stripped of currency, percent sign, blanks between thousands; `None` when it is no number.
fn bare(cell: &str) -> Option<(String, bool)> {
    let (text, percent) = match cell.strip_suffix('%') {
        Some(rest) => (rest, true),
        None => (cell, false),
    };
    let text = without_currency(text.trim()).replace('\u{2212}', "-");
    let mut out = String::with_capacity(text.len());
    let mut previous_digit = false;
    let mut characters = text.chars().peekable();
    while let Some(c) = characters.next() {
        let blank = matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’');
        if blank {
            // Only between digits: "1 100,50".
            if !(previous_digit && characters.peek().is_some_and(char::is_ascii_digit)) {
                return None;
            }
            continue;
        }
        previous_digit = c.is_ascii_digit();
        out.push(c);
    }
    let body = out.strip_prefix(['+', '-']).unwrap_or(&out);
    let numeric = |c: char| c.is_ascii_digit() || matches!(c, '.' | ',' | 'e' | 'E' | '+' | '-');
    let first = body.chars().next()?;
    (body.chars().all(numeric) && (first.is_ascii_digit() || matches!(first, '.' | ',')))
        .then_some((out, percent))
}

/// An amount without the sign or code of euros in front or behind; other currencies stay and make it no
/// number.
fn without_currency(text: &str) -> &str {
    let ends = |text: &str| {
        ["EUR", "eur", "€"].iter().find(|sign| text.ends_with(**sign)).map_or(0, |sign| sign.len())
    };
    let begins = |text: &str| {
        ["EUR", "eur", "€"].iter().find(|sign| text.starts_with(**sign)).map_or(0, |sign| sign.len())
    };
    match (begins(text), ends(text)) {
        (0, 0) => text,
        (0, behind) => text[..text.len() - behind].trim_end(),
        (before, _) => text[before..].trim_start(),
    }
}

/// What one number says about its marks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Evidence {
    /// No mark.
    Whole,
    /// This is the decimal mark.
    Sure(Decimal),
    /// The mark that occurs is followed by three digits and could be either.
    Either(Decimal),
}

/// What one number says about the notation, by its marks: `1.100,5` is sure, `1.5` is sure, `1.100`
/// could be either.
fn evidence(number: &str) -> Evidence {
    let (points, commas) = (number.matches('.').count(), number.matches(',').count());
    let (decimal, single) = match (points, commas) {
        (0, 0) => return Evidence::Whole,
        (0, n) => (Decimal::Comma, n == 1),
        (n, 0) => (Decimal::Point, n == 1),
        _ => {
            let last = if number.rfind('.') > number.rfind(',') { Decimal::Point } else { Decimal::Comma };
            return Evidence::Sure(last);
        }
    };
    let opposite = |decimal| if decimal == Decimal::Point { Decimal::Comma } else { Decimal::Point };
    if !single {
        // 1.100.000: the mark that repeats is not the decimal one.
        return Evidence::Sure(opposite(decimal));
    }
    let (whole, fraction) = number.split_once(decimal.mark()).unwrap_or((number, ""));
    let whole = whole.trim_start_matches(['+', '-']);
    let group = fraction.len() == 3 && fraction.chars().all(|c| c.is_ascii_digit());
    if group && (1..=3).contains(&whole.len()) && !whole.starts_with('0') {
        Evidence::Either(decimal)
    } else {
        Evidence::Sure(decimal)
    }
}

impl Notation {
    /// The notation of a column; `None` when a cell is no number at all. `separator`: what stands between the cells of the
    /// file; `given`: what the analyst says.
    pub(crate) fn of<'a>(
        cells: impl Iterator<Item = &'a str>,
        separator: char,
        given: Option<Decimal>,
    ) -> Option<Self> {
        let numbers: Vec<(String, bool)> = cells.map(bare).collect::<Option<_>>()?;
        let percent = numbers.iter().filter(|(_, percent)| *percent).count();
        (percent == 0 || percent == numbers.len()).then(|| Self::of_numbers(&numbers, separator, given))
    }

    /// The notation of those cells of a column that are numbers.
    pub(crate) fn of_most<'a>(
        cells: impl Iterator<Item = &'a str>,
        separator: char,
        given: Option<Decimal>,
    ) -> Self {
        Self::of_numbers(&cells.filter_map(bare).collect::<Vec<_>>(), separator, given)
    }

    /// The notation of a column: as given, else as its numbers say, else as the separator of columns makes likely.
    fn of_numbers(numbers: &[(String, bool)], separator: char, given: Option<Decimal>) -> Self {
        let (mut sure, mut either, mut whole, mut both) = ([0_usize; 2], [0_usize; 2], 0_usize, false);
        for (number, _) in numbers {
            both |= number.contains('.') && number.contains(',');
            match evidence(number) {
                Evidence::Whole => whole += 1,
                Evidence::Sure(decimal) => sure[decimal as usize] += 1,
                Evidence::Either(decimal) => either[decimal as usize] += 1,
            }
        }
        let [points, commas] = either;
        let (decimal, guessed) = match (given, sure) {
            (Some(decimal), _) => (decimal, false),
            // Where both occur cell by cell, the commoner is the notation and the others are reported.
            (None, [point, comma]) if point > 0 || comma > 0 => {
                (if comma > point { Decimal::Comma } else { Decimal::Point }, false)
            }
            (None, _) if points == 0 && commas == 0 => (Decimal::Point, false),
            // A comma in a file that is separated by semicolons or tabs is a decimal one.
            (None, _) if points == 0 => {
                (if separator == ',' { Decimal::Point } else { Decimal::Comma }, true)
            }
            // 1.250 beside 980 in such a file: nobody writes 980 and 1.250 with decimals.
            (None, _) => {
                let grouped = separator != ',' && commas == 0 && whole > 0;
                (if grouped { Decimal::Comma } else { Decimal::Point }, true)
            }
        };
        let grouped = either[1 - decimal as usize] > 0 || sure[1 - decimal as usize] > 0;
        let percent = !numbers.is_empty() && numbers.iter().all(|(_, percent)| *percent);
        Self { decimal, thousands: grouped || both, guessed, percent }
    }

    /// A cell as a number; `None` when it is none in this notation.
    pub(crate) fn parse(self, cell: &str) -> Option<f64> {
        let (number, _) = bare(cell).filter(|(_, percent)| *percent == self.percent)?;
        let (head, tail) = match number.find(self.decimal.mark()) {
            Some(at) => number.split_at(at),
            None => (number.as_str(), ""),
        };
        let (digits, exponent) = match (tail, head.find(['e', 'E'])) {
            ("", Some(at)) => head.split_at(at),
            _ => (head, ""),
        };
        let sign = digits.starts_with(['+', '-']);
        let unsigned = if sign { &digits[1..] } else { digits };
        let mut groups = unsigned.split(self.decimal.other());
        let first = groups.next().unwrap_or_default();
        let rest: Vec<&str> = groups.collect();
        let grouped = (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
        if !rest.is_empty() && !grouped || tail.contains(self.decimal.other()) {
            return None;
        }
        let digits: String = digits.chars().filter(|c| *c != self.decimal.other()).collect();
        format!("{digits}{exponent}{}", tail.replacen(self.decimal.mark(), ".", 1)).parse().ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(cells: &[&str], separator: char) -> (Option<Notation>, Vec<Option<f64>>) {
        let notation = Notation::of(cells.iter().copied(), separator, None);
        (notation, cells.iter().map(|cell| notation.and_then(|n| n.parse(cell))).collect())
    }

    #[test]
    fn a_decimal_comma_makes_points_thousands() {
        let (notation, values) = column(&["980,25", "1.100", "365", "1.234.567,5"], ';');
        assert_eq!(values, [Some(980.25), Some(1100.0), Some(365.0), Some(1_234_567.5)]);
        assert!(!notation.unwrap().guessed && notation.unwrap().thousands);
        assert_eq!(column(&["1,100.5", "2,200"], ',').1, [Some(1100.5), Some(2200.0)]);
        assert_eq!(
            column(&["1.100.000", "2.200.000", "1.5"], ';').1,
            [Some(1_100_000.0), Some(2_200_000.0), None]
        );
    }

    #[test]
    fn guesses_are_said() {
        let (notation, values) = column(&["1.250", "980", "1.100"], ';');
        assert_eq!(values, [Some(1250.0), Some(980.0), Some(1100.0)]);
        assert!(notation.unwrap().guessed);
        assert_eq!(column(&["1.250", "0.375"], ';').1, [Some(1.25), Some(0.375)]);
        assert_eq!(column(&["1.250", "2.375"], ',').1, [Some(1.25), Some(2.375)]);
        assert_eq!(column(&["1,250", "2,375"], ';').1, [Some(1.25), Some(2.375)]);
        let given = Notation::of(["1.250", "980"].into_iter(), ';', Some(Decimal::Point)).unwrap();
        assert_eq!((given.parse("1.250"), given.guessed), (Some(1.25), false));
    }

    #[test]
    fn other_ways_to_write_numbers() {
        assert_eq!(
            column(&["€ 1 100,50", "-3", "+2", "\u{2212}4", "1e3"], ';').1[..3],
            [Some(1100.5), Some(-3.0), Some(2.0)]
        );
        assert_eq!(column(&["37%", "4,5%"], ';').1, [Some(37.0), Some(4.5)]);
        assert_eq!(
            column(&["4,25 €", "EUR 1.100", "-3,50 EUR"], ';').1,
            [Some(4.25), Some(1100.0), Some(-3.5)]
        );
        assert_eq!(column(&["1e-3", "2.5E2"], ',').1, [Some(0.001), Some(250.0)]);
        for word in ["€", "EUR", "€ €", "work", "1-2-2024", "3x", "1 2 a", "", "inf", "0x10", "12,34,56"]
        {
            assert_eq!(column(&[word, "1"], ';').1[0], None, "{word}");
        }
    }

    /// Two decimal marks in one column: the rarer ones are not numbers, so that they are reported by line.
    #[test]
    fn mixed_marks() {
        assert_eq!(column(&["1.5", "2,25", "3.5"], ';').1, [Some(1.5), None, Some(3.5)]);
    }
}
