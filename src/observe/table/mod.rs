//! A text table as it came from a file: headers, cells, and the line each row stood on.
//!
//! Comma, semicolon, tab or bar separated, with or without a byte-order mark or Excel's `sep=;` line, in UTF-8, UTF-16 or
//! Windows-1252. How numbers and dates are written is decided column by column.

mod dates;
mod encoding;
mod notation;

use crate::language::Said;
use crate::said;
use std::io::Read;

pub(crate) use dates::{DAYS_PER_MONTH, days_between, is_never};
pub use dates::{DateFormat, DateOrder};
pub use encoding::Encoding;
pub use notation::Decimal;
pub(crate) use notation::Notation;

use super::vocabulary;

/// A rectangular table of text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextTable {
    /// Column names.
    pub headers: Vec<String>,
    /// Cells, row by row.
    pub rows: Vec<Vec<String>>,
    /// Line of the file on which each row starts (the header stands on line 1, or behind `sep=`).
    pub lines: Vec<u64>,
    /// What stands between cells.
    pub separator: char,
    /// How the text was written.
    pub encoding: Encoding,
}

/// Something wrong with the input, at a line when it belongs to one.
#[derive(Clone, Debug, PartialEq)]
pub struct TableProblem {
    /// Line of the file, counted from 1.
    pub line: Option<u64>,
    /// What is wrong and what is allowed.
    pub message: Said,
}

impl TableProblem {
    /// A problem of the file as a whole.
    pub(crate) fn general(message: impl Into<Said>) -> Self {
        Self { line: None, message: message.into() }
    }

    /// A problem on one line.
    pub(crate) fn at(line: u64, message: impl Into<Said>) -> Self {
        Self { line: Some(line), message: message.into() }
    }
}

impl TableProblem {
    /// The message with its line.
    pub(crate) fn said(&self) -> Said {
        match self.line {
            Some(line) => said!(
                "regel {line}: {message}",
                "line {line}: {message}",
                message = self.message,
                line = line
            ),
            None => self.message.clone(),
        }
    }
}

/// The English words; people read `TableProblem::said` in their language.
impl std::fmt::Display for TableProblem {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(self.said().english())
    }
}

impl TextTable {
    /// Reads a table.
    ///
    /// # Example
    /// ```
    /// use stapjes::observe::table::TextTable;
    ///
    /// // Separated by semicolons as a Dutch spreadsheet writes it, or by commas or tabs: found out by itself.
    /// let table = TextTable::read("months;arm\n12,5;fip\n;regular\n".as_bytes()).map_err(|_| "unreadable")?;
    /// let months = table.column("months").ok_or("no such column")?;
    /// assert!(!table.is_missing(0, months) && table.is_missing(1, months));
    /// # Ok::<(), &str>(())
    /// ```
    ///
    /// # Errors
    /// A file that is no text; every ragged line; an empty file.
    pub fn read(mut source: impl Read) -> Result<Self, Vec<TableProblem>> {
        let mut bytes = Vec::new();
        source.read_to_end(&mut bytes).map_err(|error| {
            vec![TableProblem::general(said!(
                "kan niet worden gelezen: {error}",
                "cannot read: {error}",
                error = crate::language::spoken(&error)
            ))]
        })?;
        let (text, encoding) = encoding::decode(&bytes).map_err(|problem| vec![problem])?;
        drop(bytes);
        let (told, body) = separator_line(&text);
        let separator = told.unwrap_or_else(|| separator_of(body));
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(separator as u8)
            .flexible(true)
            .trim(csv::Trim::All)
            .from_reader(body.as_bytes());
        let headers = match reader.headers() {
            Ok(headers) => headers.iter().map(str::to_owned).collect::<Vec<_>>(),
            Err(error) => {
                return Err(vec![TableProblem::at(
                    1,
                    said!(
                        "de kopregel kan niet worden gelezen: {error}",
                        "the header cannot be read: {error}",
                        error = crate::language::spoken(&error)
                    ),
                )]);
            }
        };
        let mut table = Self { headers, separator, encoding, ..Self::default() };
        let mut problems = Vec::new();
        let first = if told.is_some() { 2 } else { 1 };
        let mut lines = LineCounter { bytes: body.as_bytes(), at: 0, line: first };
        for record in reader.records() {
            match record {
                Ok(record) => {
                    let line = lines.line_of(record.position().map_or(0, csv::Position::byte) as usize);
                    table.push(&record, line, &mut problems);
                }
                Err(error) => {
                    let line = error.position().map(csv::Position::line);
                    problems.push(TableProblem {
                        line,
                        message: said!(
                            "kan niet worden gelezen: {error}",
                            "cannot be read: {error}",
                            error = crate::language::spoken(&error)
                        ),
                    });
                }
            }
        }
        if table.rows.is_empty() && problems.is_empty() {
            problems.push(TableProblem::general(said!(
                "het bestand heeft geen rijen onder de kopregel",
                "the file has no rows below its header"
            )));
        }
        if problems.is_empty() {
            return Ok(table);
        }
        problems.extend(table.why_ragged(&problems).map(TableProblem::general));
        Err(problems)
    }

    /// The likely reason why many lines have another number of cells than the header.
    fn why_ragged(&self, problems: &[TableProblem]) -> Option<Said> {
        let is_ragged = |problem: &&TableProblem| problem.message.english().contains("cells where");
        let ragged = problems.iter().filter(is_ragged).count();
        if ragged < 2 || ragged <= 4 * self.rows.len() {
            return None;
        }
        Some(match (self.headers.len(), self.separator) {
            (1, _) => said!(
                "de eerste regel moet de namen van de kolommen bevatten: haal titels en opmerkingen \
                 erboven weg",
                "the first line must hold the names of the columns: remove titles and remarks above it"
            ),
            (_, ',') => {
                said!(
                    "zijn komma's in dit bestand decimaaltekens, sla het dan op met puntkomma's of tabs \
                     tussen de cellen, of met aanhalingstekens om de getallen",
                    "if commas are decimal marks in this file, save it with semicolons or tabs between the cells, or with quotes around \
                 the numbers"
                )
            }
            _ => said!(
                "de eerste regel moet de namen van alle kolommen bevatten",
                "the first line must hold the names of all columns"
            ),
        })
    }

    /// Adds a row, or says what is wrong with it.
    fn push(&mut self, record: &csv::StringRecord, line: u64, problems: &mut Vec<TableProblem>) {
        let (found, expected) = (record.len(), self.headers.len());
        if record.iter().all(str::is_empty) {
            // A spreadsheet's empty line.
            return;
        }
        // Some programs end every line but the first with a separator.
        let surplus = found > expected && record.iter().skip(expected).all(str::is_empty);
        if found != expected && !surplus {
            problems.push(TableProblem::at(
                line,
                said!(
                    "{found} cellen waar de kopregel {expected} kolommen heeft",
                    "{found} cells where the header has {expected} columns",
                    found = found,
                    expected = expected
                ),
            ));
            return;
        }
        self.rows.push(record.iter().take(expected).map(unguarded).map(str::to_owned).collect());
        self.lines.push(line);
    }

    /// Position of a column: the same text, or the only one that differs in what nobody sees.
    pub fn column(&self, name: &str) -> Option<usize> {
        self.headers.iter().position(|header| header == name).or_else(|| {
            let wanted = vocabulary::visible(name);
            let mut alike = (0..self.headers.len())
                .filter(|&at| !wanted.is_empty() && vocabulary::visible(&self.headers[at]) == wanted);
            alike.next().filter(|_| alike.next().is_none())
        })
    }

    /// Why a column that is there cannot be used: another one has its name.
    pub(crate) fn ambiguous(&self, name: &str) -> Option<TableProblem> {
        let same = self.headers.iter().filter(|header| *header == name).count();
        (same > 1).then(|| {
            TableProblem::at(
                1,
                said!(
                    "{same} kolommen heten \"{name}\": geef alle op één na een andere naam",
                    "{same} columns are called \"{name}\": rename all but one",
                    same = same,
                    name = name
                ),
            )
        })
    }

    /// The line on which names of columns stand that are missing in the header: a title above it, for instance.
    pub(crate) fn line_with<'a>(&self, mut names: impl Iterator<Item = &'a str> + Clone) -> Option<u64> {
        // A title of one cell hides the separator: the names then stand in one cell.
        let is = |cell: &String, name: &str| cell == name || self.headers.len() == 1 && cell.contains(name);
        let holds = |row: &Vec<String>| names.clone().all(|name| row.iter().any(|cell| is(cell, name)));
        let found = self.rows.iter().position(holds).map(|row| self.lines[row]);
        found.filter(|_| names.next().is_some())
    }

    /// Whether a cell means "not known".
    pub fn is_missing(&self, row: usize, column: usize) -> bool {
        vocabulary::is_missing(&self.rows[row][column])
    }
}

/// A cell without the apostrophe that keeps a spreadsheet from running it as a formula.
fn unguarded(cell: &str) -> &str {
    let guarded = |rest: &&str| rest.trim_start().starts_with(vocabulary::FORMULA);
    cell.strip_prefix('\'').filter(guarded).unwrap_or(cell)
}

/// Excel's first line `sep=;`: the separator, and the text behind that line.
fn separator_line(text: &str) -> (Option<char>, &str) {
    let (line, rest) = text.split_once('\n').unwrap_or((text, ""));
    let told = line.trim().trim_matches('"').to_ascii_lowercase();
    let told = told.strip_prefix("sep=").map(|mark| mark.chars().next().unwrap_or('\t'));
    match told.filter(|mark| CANDIDATES.contains(mark)) {
        Some(mark) => (Some(mark), rest),
        None => (None, text),
    }
}

/// Line numbers of ascending positions; the reader's own are one too low behind `\r\n` and blank lines.
struct LineCounter<'a> {
    /// The text.
    bytes: &'a [u8],
    /// Position of the counter.
    at: usize,
    /// Line at that position, from 1.
    line: u64,
}

impl LineCounter<'_> {
    /// The line of a position that is not before the last one.
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

/// What may separate columns, the likeliest first where several fit.
const CANDIDATES: [char; 4] = [';', '\t', ',', '|'];

/// The candidate that splits the first lines alike, and most often; outside quotes.
fn separator_of(text: &str) -> char {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    let count = |line: &str, candidate: char| {
        let mut quoted = false;
        line.chars()
            .filter(|&c| {
                quoted ^= c == '"';
                c == candidate && !quoted
            })
            .count()
    };
    let mut best = (',', 0, 0);
    for candidate in CANDIDATES {
        let header = lines.first().map_or(0, |line| count(line, candidate));
        let alike = lines.iter().filter(|line| count(line, candidate) == header).count();
        if header > 0 && (alike, header) > (best.1, best.2) {
            best = (candidate, alike, header);
        }
    }
    best.0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> TextTable {
        TextTable::read(text.as_bytes()).unwrap()
    }

    #[test]
    fn reads_dutch_spreadsheets() {
        let table = read("\u{feff}tijd;\"arm, naam\"\r\n1,5;a\r\n\r\n2;NA\r\n");
        assert_eq!(table.headers, vec!["tijd", "arm, naam"]);
        assert!(table.is_missing(1, 1));
        assert_eq!(table.lines, vec![2, 4]);
        assert_eq!(table.column("tijd"), Some(0));
    }

    #[test]
    fn separators() {
        let tab = read("tijd\tstatus\tarm\n3,5\t1\tregulier\n4,25\t1\tfip\n");
        assert_eq!((tab.separator, tab.headers.len(), tab.rows[1][0].as_str()), ('\t', 3, "4,25"));
        let told = read("sep=;\r\ntijd;status\r\n3,5;1\r\n");
        assert_eq!((told.separator, &told.headers[0], told.lines[0]), (';', &"tijd".to_owned(), 3));
        assert_eq!(read("sep=\t\na\tb\n1\t2\n").separator, '\t');
        // More commas than semicolons in the header, but only semicolons split every line alike.
        assert_eq!(read("tijd, in, maanden;arm\n1;a\n2;b\n").separator, ';');
        assert_eq!(read("a|b\n1|2\n").separator, '|');
    }

    #[test]
    fn reports_every_ragged_line() {
        let problems = TextTable::read("a,b\n1,2\n3\n4,5,6\n".as_bytes()).unwrap_err();
        assert_eq!(problems.iter().map(|p| p.line).collect::<Vec<_>>(), vec![Some(3), Some(4)]);
        assert!(TextTable::read("".as_bytes()).is_err());
        assert!(TextTable::read("a,b\n".as_bytes()).is_err());
    }

    #[test]
    fn lines_that_end_in_a_separator_and_other_first_lines() {
        assert_eq!(read("a;b\n1;2;\n3;4;;\n").rows, [["1", "2"], ["3", "4"]]);
        assert!(TextTable::read("a;b\n1;2;x\n".as_bytes()).is_err());
        let reason = |text: &str| TextTable::read(text.as_bytes()).unwrap_err().pop().unwrap().to_string();
        assert!(reason("tijd,arm\n3,5,a\n4,25,b\n").contains("decimal marks"));
        assert!(reason("# export\ntijd,arm\n3,a\n4,b\n").contains("the first line must hold the names"));
        assert_eq!(read("# export\ntijd;arm\n3;a\n").line_with(["tijd", "arm"].into_iter()), Some(2));
        assert_eq!(read("Rapport;\ntijd;arm\n3;a\n").line_with(["tijd", "arm"].into_iter()), Some(2));
    }

    #[test]
    fn names_of_columns() {
        let table = read("ti\u{ad}jd,x,x,naam\u{a0}arm\n1,2,3,4\n");
        assert_eq!(
            (table.column("tijd"), table.column("naam arm"), table.column("Tijd")),
            (Some(0), Some(3), None)
        );
        assert!(
            table.ambiguous("x").unwrap().message.english().contains("2 columns")
                && table.ambiguous("tijd").is_none()
        );
    }

    #[test]
    fn what_was_guarded_is_read_back() {
        let table = read("a,b\n'-regulier,'=x\n'hello,it's\n");
        assert_eq!(table.rows, [["-regulier", "=x"], ["'hello", "it's"]]);
    }
}
