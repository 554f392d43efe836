//! Tables in a terminal: no wider than a hundred columns, with headings over several lines where that makes them narrow.
//!
//! Widths count characters, so accents do not shift a column. Columns that do not fit follow below, beside the same names; nothing
//! is left to the terminal, so that what is shown does not depend on its width.

/// Columns of a terminal that every table fits in.
pub(super) const WIDEST: usize = 100;
/// Signs of a name on one line.
const NAME: usize = 34;
/// Signs of another cell on one line.
const LONG: usize = 40;
/// Signs of a heading on one line, where the numbers below it are not wider.
const HEADING: usize = 9;
/// Blanks between columns.
const BETWEEN: usize = 2;

/// A line of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum TextLine {
    /// What the lines below it are about.
    Group(String),
    /// Names, then numbers; fewer than there are columns leave the others empty.
    Cells(Vec<String>),
}

/// A table: so many columns of names go to the left, all others are numbers and go to the right. Each line ends with a line break;
/// blanks at its end are cut, so that output can be compared and put in mails.
pub(super) fn table(head: &[String], lines: &[TextLine], names: usize) -> String {
    let cells: Vec<Vec<String>> = lines
        .iter()
        .map(|line| match line {
            TextLine::Group(_) => Vec::new(),
            TextLine::Cells(cells) => cells
                .iter()
                .enumerate()
                .map(|(at, cell)| over_lines(cell, if at < names { NAME } else { LONG }))
                .collect(),
        })
        .collect();
    let content = |column: usize| {
        cells.iter().filter_map(|cells| cells.get(column)).map(|cell| width(cell)).max().unwrap_or(0)
    };
    let heads: Vec<String> =
        head.iter().enumerate().map(|(at, head)| over_lines(head, content(at).max(HEADING))).collect();
    let widths: Vec<usize> =
        heads.iter().enumerate().map(|(at, head)| content(at).max(width(head))).collect();
    let mut text = String::new();
    for columns in parts(&widths, names) {
        if !text.is_empty() {
            text.push('\n');
        }
        let place = Place { columns: &columns, widths: &widths, names };
        text += &place.row(&heads, true);
        for (line, cells) in lines.iter().zip(&cells) {
            text += &match line {
                TextLine::Group(what) => format!("{what}\n"),
                TextLine::Cells(_) => place.row(cells, false),
            };
        }
    }
    text
}

/// A table of rows alone.
pub(super) fn of_rows(head: &[String], rows: Vec<Vec<String>>, names: usize) -> String {
    let lines: Vec<TextLine> = rows.into_iter().map(TextLine::Cells).collect();
    table(head, &lines, names)
}

/// A table in which rows with the same first cell stand under it.
pub(super) fn grouped(head: &[String], rows: Vec<Vec<String>>, names: usize) -> String {
    let mut lines = Vec::new();
    let mut last = None;
    for mut row in rows {
        let what = row.remove(0);
        if last.as_ref() != Some(&what) {
            lines.push(TextLine::Group(what.clone()));
            last = Some(what);
        }
        if let Some(name) = row.first_mut() {
            *name = format!(" {name}");
        }
        lines.push(TextLine::Cells(row));
    }
    let [group, name, rest @ ..] = head else { return String::new() };
    let mut head = vec![format!("{group}, {name}")];
    head.extend(rest.iter().cloned());
    table(&head, &lines, names)
}

/// The columns of each part of a table: all names, and as many of the others as fit.
fn parts(widths: &[usize], names: usize) -> Vec<Vec<usize>> {
    let of_names = || (0..names.min(widths.len())).collect::<Vec<usize>>();
    let taken = |columns: &[usize]| columns.iter().map(|&at| widths[at] + BETWEEN).sum::<usize>();
    let mut parts = vec![of_names()];
    for (column, width) in widths.iter().enumerate().skip(names) {
        let last = parts.len() - 1;
        if taken(&parts[last]) + width > WIDEST && parts[last].len() > names {
            parts.push(of_names());
        }
        if let Some(part) = parts.last_mut() {
            part.push(column);
        }
    }
    parts
}

/// Where cells stand.
struct Place<'a> {
    /// The columns that are shown.
    columns: &'a [usize],
    /// How wide every column of the table is.
    widths: &'a [usize],
    /// Columns that go to the left.
    names: usize,
}

impl Place<'_> {
    /// A row over as many lines as its highest cell; short cells stand at the bottom of headings and at the top of other rows.
    fn row(&self, cells: &[String], at_bottom: bool) -> String {
        let lines = |column: usize| -> Vec<&str> {
            cells.get(column).map(|cell| cell.split('\n').collect()).unwrap_or_default()
        };
        let height = self.columns.iter().map(|&column| lines(column).len()).max().unwrap_or(0);
        let mut text = String::new();
        for at in 0..height {
            let mut line = String::new();
            for (first, &column) in self.columns.iter().enumerate() {
                let cell = lines(column);
                let above = if at_bottom { height - cell.len() } else { 0 };
                let part = at.checked_sub(above).and_then(|at| cell.get(at)).copied().unwrap_or_default();
                let pad = " ".repeat(self.widths[column] - width(part));
                let between = " ".repeat(if first == 0 { 0 } else { BETWEEN });
                line += &if column < self.names {
                    format!("{between}{part}{pad}")
                } else {
                    format!("{between}{pad}{part}")
                };
            }
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

/// The longest line of a cell.
fn width(text: &str) -> usize {
    text.split('\n').map(|line| line.chars().count()).max().unwrap_or(0)
}

/// The text over lines of at most `width` signs where its words allow it; it keeps its indent.
pub(super) fn over_lines(text: &str, width: usize) -> String {
    let words = text.trim_start();
    let indent = &text[..text.len() - words.len()];
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(format!("{indent}{word}")),
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(words: &[&str]) -> Vec<String> {
        words.iter().map(|&word| word.to_owned()).collect()
    }

    #[test]
    fn numbers_stand_to_the_right_under_headings_of_several_lines() {
        let head = owned(&["", "over the assumptions"]);
        let rows = vec![owned(&["row", "10"]), owned(&["another", "2"])];
        let shown =
            "\n            over the\n         assumptions\nrow               10\nanother            2\n";
        assert_eq!(of_rows(&head, rows, 1), shown.trim_start_matches('\n'));
    }

    #[test]
    fn what_rows_share_stands_above_them() {
        let head = owned(&["endpoint", "test", "6"]);
        let rows =
            vec![owned(&["exit", "cox", "1"]), owned(&["exit", "gray", "2"]), owned(&["step", "cox", "3"])];
        let shown = "endpoint,\ntest       6\nexit\n cox       1\n gray      2\nstep\n cox       3\n";
        assert_eq!(grouped(&head, rows, 1), shown);
    }

    #[test]
    fn what_does_not_fit_follows_below_with_its_names() {
        let numbers = |count: usize| (0..count).map(|at| format!("{:8}", 10_000_000 + at));
        let head: Vec<String> = std::iter::once("name".to_owned()).chain(numbers(24)).collect();
        let rows = vec![std::iter::once("row".to_owned()).chain(numbers(24)).collect::<Vec<_>>()];
        let text = of_rows(&head, rows, 1);
        assert!(text.lines().all(|line| line.chars().count() <= WIDEST), "{text}");
        assert_eq!(text.lines().filter(|line| line.starts_with("row")).count(), 3, "{text}");
        for number in numbers(24) {
            assert_eq!(text.matches(&number).count(), 2, "{number} in its heading and its row\n{text}");
        }
    }

    #[test]
    fn long_names_go_on_below_with_their_indent() {
        assert_eq!(
            over_lines("  als stappen niet naar werk leiden", 20),
            "  als stappen niet\n  naar werk leiden"
        );
        assert_eq!(over_lines("verschil", 3), "verschil");
    }
}
