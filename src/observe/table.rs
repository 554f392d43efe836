//! A text table as it came from a file: headers, cells, and the line each row stood on.
//!
//! Comma, semicolon or tab separated (seen in the header line), with or without a byte-order mark. In a semicolon table a
//! decimal comma is a decimal point, as Dutch spreadsheets write it.

use std::io::Read;

/// Cells that mean "not known".
pub const MISSING: [&str; 4] = ["", "NA", ".", "NaN"];

/// A rectangular table of text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Column names.
    pub headers: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
    /// Line of the file on which each row starts (the header stands on line 1).
    pub lines: Vec<u64>,
    /// Whether numbers may be written with a decimal comma.
    pub decimal_comma: bool,
}

/// Something wrong with the input, at a line when it belongs to one.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Line of the file, counted from 1.
    pub line: Option<u64>,
    /// What is wrong and what is allowed.
    pub message: String,
}

impl Problem {
    /// A problem of the file as a whole.
    pub fn general(message: impl Into<String>) -> Self {
        Self { line: None, message: message.into() }
    }

    /// A problem on one line.
    pub fn at(line: u64, message: impl Into<String>) -> Self {
        Self { line: Some(line), message: message.into() }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "line {line}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl Table {
    /// Reads a table.
    ///
    /// # Errors
    /// Every unreadable or ragged line; an empty file; repeated column names.
    pub fn read(mut source: impl Read) -> Result<Self, Vec<Problem>> {
        let mut bytes = Vec::new();
        source
            .read_to_end(&mut bytes)
            .map_err(|error| vec![Problem::general(format!("cannot read: {error}"))])?;
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
        let delimiter = delimiter_of(bytes);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(bytes);
        let headers = match reader.headers() {
            Ok(headers) => headers.iter().map(str::to_owned).collect::<Vec<_>>(),
            Err(error) => return Err(vec![Problem::at(1, format!("the header cannot be read: {error}"))]),
        };
        let mut table = Self { headers, decimal_comma: delimiter == b';', ..Self::default() };
        let mut problems = table.header_problems();
        let mut lines = LineCounter { bytes, at: 0, line: 1 };
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = lines.line_of(record.position().map_or(0, csv::Position::byte) as usize);
                    table.push(&record, line, &mut problems);
                }
                Err(error) => {
                    let line = error.position().map(csv::Position::line);
                    problems.push(Problem { line, message: format!("cannot be read: {error}") });
                }
            }
        }
        if table.rows.is_empty() && problems.is_empty() {
            problems.push(Problem::general("the file has no rows below its header"));
        }
        if problems.is_empty() { Ok(table) } else { Err(problems) }
    }

    fn header_problems(&self) -> Vec<Problem> {
        let repeated =
            |name: &&String| self.headers.iter().filter(|h| h == name).count() > 1 && !name.is_empty();
        let mut names: Vec<&String> = self.headers.iter().filter(repeated).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| Problem::at(1, format!("two columns are called \"{name}\""))).collect()
    }

    fn push(&mut self, record: &csv::StringRecord, line: u64, problems: &mut Vec<Problem>) {
        let (found, expected) = (record.len(), self.headers.len());
        if found != expected {
            problems
                .push(Problem::at(line, format!("{found} cells where the header has {expected} columns")));
            return;
        }
        self.rows.push(record.iter().map(str::to_owned).collect());
        self.lines.push(line);
    }

    /// Position of a column.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.headers.iter().position(|header| header == name)
    }

    /// A cell as a number; `None` when it is not one.
    pub fn number(&self, row: usize, column: usize) -> Option<f64> {
        let cell = &self.rows[row][column];
        cell.parse()
            .ok()
            .or_else(|| if self.decimal_comma { cell.replace(',', ".").parse().ok() } else { None })
    }

    /// Whether a cell means "not known".
    pub fn is_missing(&self, row: usize, column: usize) -> bool {
        MISSING.contains(&self.rows[row][column].as_str())
    }
}

/// Line numbers of ascending positions; the reader's own are one too low behind `\r\n` and blank lines.
struct LineCounter<'a> {
    bytes: &'a [u8],
    at: usize,
    line: u64,
}

impl LineCounter<'_> {
    fn line_of(&mut self, position: usize) -> u64 {
        while self.at < self.bytes.len()
            && (self.at < position || matches!(self.bytes[self.at], b'\r' | b'\n'))
        {
            self.line += u64::from(self.bytes[self.at] == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// The candidate that occurs most often in the first line, outside quotes.
fn delimiter_of(bytes: &[u8]) -> u8 {
    let first_line = bytes.split(|&b| b == b'\n').next().unwrap_or_default();
    let count = |candidate: u8| {
        let mut quoted = false;
        first_line
            .iter()
            .filter(|&&b| {
                quoted ^= b == b'"';
                b == candidate && !quoted
            })
            .count()
    };
    let mut best = b',';
    for candidate in [b';', b'\t'] {
        if count(candidate) > count(best) {
            best = candidate;
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_dutch_spreadsheets() {
        let table = Table::read("\u{feff}tijd;\"arm, naam\"\r\n1,5;a\r\n\r\n2;NA\r\n".as_bytes()).unwrap();
        assert_eq!(table.headers, vec!["tijd", "arm, naam"]);
        assert_eq!(table.number(0, 0), Some(1.5));
        assert!(table.is_missing(1, 1));
        assert_eq!(table.lines, vec![2, 4]);
        assert_eq!(table.column("tijd"), Some(0));
    }

    #[test]
    fn reports_every_ragged_line() {
        let problems = Table::read("a,b\n1,2\n3\n4,5,6\n".as_bytes()).unwrap_err();
        assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), vec![Some(3), Some(4)]);
        assert!(Table::read("".as_bytes()).is_err());
        assert!(Table::read("a,b\n".as_bytes()).is_err());
        assert!(Table::read("a,a\n1,2\n".as_bytes()).is_err());
    }
}
