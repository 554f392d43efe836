//! From a text table to a [`Dataset`]: which column plays which part, and every row that cannot play along.
//!
//! Rows with a missing value in a used column are left out and listed (as R's `na.omit` does); rows with a value that
//! cannot be right (a word where a number belongs, a negative time) stop the reading, all of them at once.

use super::table::{Problem, Table};
use super::{Covariate, Dataset};
use crate::document::nearest;
use std::collections::BTreeMap;

/// Words that mean "nothing happened yet" in a status column.
const NO_EVENT: [&str; 10] =
    ["0", "censored", "censor", "alive", "no", "false", "none", "nee", "geen", "ongoing"];

/// Words for one and the same single event.
const PLAIN_EVENT: [&str; 8] = ["event", "dead", "died", "yes", "true", "ja", "exit", "failed"];

/// Words that name a control arm, in order of preference.
const CONTROL: [&str; 8] =
    ["control", "controle", "placebo", "standard", "usual", "reguliere", "regulier", "referentie"];

/// Column names by their part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Columns {
    /// Follow-up time.
    pub time: Option<String>,
    /// What ended it.
    pub status: Option<String>,
    /// Arm; without it all rows are one arm.
    pub arm: Option<String>,
    /// Cluster.
    pub cluster: Option<String>,
    /// Strata; several columns are combined.
    pub strata: Vec<String>,
    /// Columns whose values split the data into parts that are analyzed one by one.
    pub by: Vec<String>,
    /// Covariates.
    pub covariates: Vec<String>,
    /// Person.
    pub person: Option<String>,
    /// Start of the at-risk interval.
    pub start: Option<String>,
    /// Number of events.
    pub count: Option<String>,
    /// Time over which they were counted.
    pub exposure: Option<String>,
    /// A measured value.
    pub outcome: Option<String>,
    /// Name of the control arm.
    pub control: Option<String>,
    /// Further values of the status column that mean "no event".
    pub censored: Vec<String>,
}

/// A data set with what happened on the way.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Prepared {
    /// The rows that can be analyzed.
    pub data: Dataset,
    /// Name of each cause, in the order of their codes (code 1 first).
    pub cause_names: Vec<String>,
    /// Code of each cause.
    pub cause_codes: Vec<u32>,
    /// The parts of the data when they are split: a name ("site=A") and the rows of each.
    pub parts: Vec<(String, Vec<usize>)>,
    /// Lines left out because a used column is missing there.
    pub left_out: Vec<Problem>,
}

struct Reader<'a> {
    table: &'a Table,
    kept: Vec<usize>,
    problems: Vec<Problem>,
}

/// Makes the data set.
///
/// # Errors
/// Every wrong column name (offering the nearest) or else every bad row.
pub fn prepare(table: &Table, columns: &Columns) -> Result<Prepared, Vec<Problem>> {
    let used = used_columns(table, columns)?;
    let missing = |row: usize| used.iter().filter(move |&&column| table.is_missing(row, column));
    let kept: Vec<usize> = (0..table.rows.len()).filter(|&row| missing(row).next().is_none()).collect();
    let left_out = (0..table.rows.len())
        .filter(|&row| missing(row).next().is_some())
        .map(|row| {
            let names: Vec<&str> = missing(row).map(|&column| table.headers[column].as_str()).collect();
            Problem::at(table.lines[row], format!("{} missing", names.join(", ")))
        })
        .collect::<Vec<_>>();
    if kept.is_empty() {
        return Err(vec![Problem::general("every row misses a value in a column that is used")]);
    }
    let mut reader = Reader { table, kept, problems: Vec::new() };
    let mut prepared = Prepared { left_out, ..Prepared::default() };
    reader.read(columns, &mut prepared);
    if reader.problems.is_empty() { Ok(prepared) } else { Err(sorted(reader.problems)) }
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort_by_key(|problem| problem.line);
    problems
}

fn used_columns(table: &Table, columns: &Columns) -> Result<Vec<usize>, Vec<Problem>> {
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
    ];
    let names =
        single.into_iter().flatten().chain(&columns.strata).chain(&columns.by).chain(&columns.covariates);
    let (mut used, mut problems) = (Vec::new(), Vec::new());
    for name in names {
        match table.column(name) {
            Some(column) => used.push(column),
            None => problems.push(unknown_column(table, name)),
        }
    }
    if problems.is_empty() { Ok(used) } else { Err(problems) }
}

fn unknown_column(table: &Table, name: &str) -> Problem {
    let hint = match nearest(name, table.headers.iter().map(String::as_str)) {
        Some(near) => format!("did you mean \"{near}\"? "),
        None => String::new(),
    };
    Problem::general(format!(
        "there is no column \"{name}\"; {hint}the columns are: {}",
        table.headers.join(", ")
    ))
}

impl Reader<'_> {
    fn read(&mut self, columns: &Columns, prepared: &mut Prepared) {
        let rows = self.kept.len();
        let data = &mut prepared.data;
        data.time = match columns.time.as_ref().or(columns.exposure.as_ref()) {
            Some(name) => self.times(name),
            None => vec![0.0; rows],
        };
        data.cause = vec![0; rows];
        if let Some(name) = &columns.status {
            (data.cause, prepared.cause_names, prepared.cause_codes) = self.statuses(name, &columns.censored);
        }
        (data.arm, data.arm_names) = match &columns.arm {
            Some(name) => self.arms(name, columns.control.as_deref()),
            None => (vec![0; rows], vec!["all".into()]),
        };
        data.cluster = columns.cluster.as_ref().map(|name| self.codes(std::slice::from_ref(name)));
        data.person = columns.person.as_ref().map(|name| self.codes(std::slice::from_ref(name)));
        data.stratum = (!columns.strata.is_empty()).then(|| self.codes(&columns.strata));
        data.start = columns.start.as_ref().map(|name| self.starts(name, &data.time));
        data.count = columns.count.as_ref().map(|name| self.counts(name));
        data.outcome =
            columns.outcome.as_ref().map(|name| self.numbers(name, "a finite number", f64::is_finite));
        data.covariates = columns.covariates.iter().flat_map(|name| self.covariate(name)).collect();
        if data.count.is_none() {
            self.check_persons(columns, data);
        }
        if !columns.by.is_empty() {
            prepared.parts = self.parts(&columns.by);
        }
    }

    fn column(&self, name: &str) -> usize {
        // `used_columns` has found every name before.
        self.table.column(name).unwrap_or_default()
    }

    fn problem(&mut self, row: usize, message: String) {
        self.problems.push(Problem::at(self.table.lines[row], message));
    }

    fn numbers(&mut self, name: &str, rule: &str, good: impl Fn(f64) -> bool) -> Vec<f64> {
        let column = self.column(name);
        let mut values = Vec::with_capacity(self.kept.len());
        for row in self.kept.clone() {
            match self.table.number(row, column).filter(|&value| good(value)) {
                Some(value) => values.push(value),
                None => {
                    self.problem(
                        row,
                        format!("{name} is \"{}\"; it must be {rule}", self.table.rows[row][column]),
                    );
                    values.push(0.0);
                }
            }
        }
        values
    }

    fn times(&mut self, name: &str) -> Vec<f64> {
        self.numbers(name, "a finite number, 0 or more", |t| t.is_finite() && t >= 0.0)
    }

    fn starts(&mut self, name: &str, time: &[f64]) -> Vec<f64> {
        let before = self.problems.len();
        let starts = self.times(name);
        if self.problems.len() == before {
            for (i, row) in self.kept.clone().into_iter().enumerate() {
                if starts[i] >= time[i] {
                    self.problem(
                        row,
                        format!("{name} is {}; it must lie before the end {}", starts[i], time[i]),
                    );
                }
            }
        }
        starts
    }

    fn counts(&mut self, name: &str) -> Vec<u32> {
        let whole = |v: f64| v >= 0.0 && v <= f64::from(u32::MAX) && v.fract() == 0.0;
        self.numbers(name, "a whole number, 0 or more", whole).into_iter().map(|v| v as u32).collect()
    }

    fn statuses(&mut self, name: &str, censored: &[String]) -> (Vec<u32>, Vec<String>, Vec<u32>) {
        let column = self.column(name);
        let is_none = |cell: &str| {
            censored.iter().any(|word| word == cell)
                || NO_EVENT.contains(&cell.to_lowercase().as_str())
                || cell.parse::<f64>() == Ok(0.0)
        };
        let cells: Vec<&str> = self.kept.iter().map(|&row| self.table.rows[row][column].as_str()).collect();
        let mut words: Vec<&str> = cells.iter().copied().filter(|cell| !is_none(cell)).collect();
        words.sort_unstable();
        words.dedup();
        if words.iter().all(|word| word.parse::<f64>().is_ok()) {
            let statuses = self.numeric_statuses(name, column, &is_none);
            let mut codes: Vec<u32> = statuses.iter().copied().filter(|&code| code > 0).collect();
            codes.sort_unstable();
            codes.dedup();
            return (statuses, codes.iter().map(u32::to_string).collect(), codes);
        }
        if words.iter().all(|word| PLAIN_EVENT.contains(&word.to_lowercase().as_str())) {
            let statuses = cells.iter().map(|cell| u32::from(!is_none(cell))).collect();
            return (statuses, vec![words.join(" or ")], vec![1]);
        }
        let code = |cell: &str| words.binary_search(&cell).map_or(0, |i| i as u32 + 1);
        let statuses = cells.iter().map(|cell| if is_none(cell) { 0 } else { code(cell) }).collect();
        let codes = (1..=words.len() as u32).collect();
        (statuses, words.iter().map(|&word| word.to_owned()).collect(), codes)
    }

    fn numeric_statuses(&mut self, name: &str, column: usize, is_none: &impl Fn(&str) -> bool) -> Vec<u32> {
        let mut statuses = Vec::with_capacity(self.kept.len());
        for row in self.kept.clone() {
            let cell = &self.table.rows[row][column];
            let value = if is_none(cell) { 0.0 } else { cell.parse::<f64>().unwrap_or(f64::NAN) };
            if value >= 0.0 && value.fract() == 0.0 && value <= 1000.0 {
                statuses.push(value as u32);
            } else {
                self.problem(
                    row,
                    format!("{name} is \"{cell}\"; it must be 0 (no event) or a cause 1, 2, ..."),
                );
                statuses.push(0);
            }
        }
        statuses
    }

    fn arms(&mut self, name: &str, control: Option<&str>) -> (Vec<u32>, Vec<String>) {
        let column = self.column(name);
        let mut names = self.distinct(column);
        let first = match control {
            Some(wanted) => {
                let found = names.iter().position(|arm| arm == wanted);
                if found.is_none() {
                    self.problems.push(Problem::general(format!(
                        "there is no arm \"{wanted}\"; the arms are: {}",
                        names.join(", ")
                    )));
                }
                found.unwrap_or(0)
            }
            None => CONTROL
                .iter()
                .find_map(|word| names.iter().position(|arm| arm.to_lowercase() == *word))
                .unwrap_or(0),
        };
        names[..=first].rotate_right(1);
        let position: BTreeMap<&str, u32> =
            names.iter().zip(0..).map(|(name, i)| (name.as_str(), i)).collect();
        let arms = self.kept.iter().map(|&row| position[self.table.rows[row][column].as_str()]).collect();
        (arms, names)
    }

    /// Distinct cells of a column: in numeric order when all are numbers, alphabetical otherwise.
    fn distinct(&self, column: usize) -> Vec<String> {
        let mut names: Vec<String> =
            self.kept.iter().map(|&row| self.table.rows[row][column].clone()).collect();
        names.sort_unstable();
        names.dedup();
        if names.iter().all(|name| name.parse::<f64>().is_ok()) {
            names.sort_by(|a, b| a.parse::<f64>().unwrap_or(0.0).total_cmp(&b.parse::<f64>().unwrap_or(0.0)));
        }
        names
    }

    /// One code per distinct combination of cells, in sorted order.
    fn codes(&self, names: &[String]) -> Vec<u32> {
        let columns: Vec<usize> = names.iter().map(|name| self.column(name)).collect();
        let cells =
            |row: usize| columns.iter().map(|&c| self.table.rows[row][c].as_str()).collect::<Vec<_>>();
        let mut code: BTreeMap<Vec<&str>, u32> = self.kept.iter().map(|&row| (cells(row), 0)).collect();
        code.values_mut().zip(0..).for_each(|(value, i)| *value = i);
        self.kept.iter().map(|&row| code[&cells(row)]).collect()
    }

    /// The rows of each combination of cells, named by it.
    fn parts(&self, names: &[String]) -> Vec<(String, Vec<usize>)> {
        let codes = self.codes(names);
        let mut parts: Vec<(String, Vec<usize>)> = Vec::new();
        parts.resize_with(codes.iter().max().map_or(0, |&last| last as usize + 1), Default::default);
        for (i, (&row, &code)) in self.kept.iter().zip(&codes).enumerate() {
            let (name, rows) = &mut parts[code as usize];
            if rows.is_empty() {
                let cell = |name: &String| format!("{name}={}", self.table.rows[row][self.column(name)]);
                *name = names.iter().map(cell).collect::<Vec<_>>().join(", ");
            }
            rows.push(i);
        }
        parts
    }

    /// A numeric column as it is; words as one 0/1 column per level after the first.
    fn covariate(&mut self, name: &str) -> Vec<Covariate> {
        let column = self.column(name);
        if self.kept.iter().all(|&row| self.table.number(row, column).is_some()) {
            let values = self.numbers(name, "a finite number", f64::is_finite);
            return vec![Covariate { name: name.into(), values }];
        }
        let levels = self.distinct(column);
        let is = |row: usize, level: &str| f64::from(u8::from(self.table.rows[row][column] == level));
        levels[1..]
            .iter()
            .map(|level| Covariate {
                name: format!("{name}={level}"),
                values: self.kept.iter().map(|&row| is(row, level)).collect(),
            })
            .collect()
    }

    /// Without intervals a person has one row; with intervals they must not overlap.
    fn check_persons(&mut self, columns: &Columns, data: &Dataset) {
        let Some(person) = &data.person else { return };
        let mut order: Vec<usize> = (0..person.len()).collect();
        let start = |i: usize| data.start.as_ref().map_or(0.0, |start| start[i]);
        order.sort_by(|&a, &b| person[a].cmp(&person[b]).then(start(a).total_cmp(&start(b))));
        let name = columns.person.clone().unwrap_or_default();
        for pair in order.windows(2).filter(|pair| person[pair[0]] == person[pair[1]]) {
            let (first, second) = (self.kept[pair[0]], self.kept[pair[1]]);
            let value = self.table.rows[second][self.column(&name)].clone();
            let line = self.table.lines[first];
            if data.start.is_none() {
                let remedy = "give --start for several intervals per person";
                self.problem(second, format!("{name} {value} stands on line {line} too; {remedy}"));
            } else if start(pair[1]) < data.time[pair[0]] {
                self.problem(second, format!("the interval of {name} {value} overlaps that of line {line}"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, set: impl Fn(&mut Columns)) -> Result<Prepared, Vec<Problem>> {
        let mut columns = Columns {
            time: Some("time".into()),
            status: Some("status".into()),
            arm: Some("arm".into()),
            ..Columns::default()
        };
        set(&mut columns);
        prepare(&Table::read(text.as_bytes()).unwrap(), &columns)
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
        assert!(problems[0].message.contains("did you mean \"time\""), "{}", problems[0]);
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
