//! Columns of labels: arms, clusters, strata, levels.
//!
//! Labels become codes 0, 1, ... in sorted order, so that the order of rows in the file changes no
//! result. Labels that differ by case, blanks or composed letters only are kept apart and told: merging
//! them would be a guess about somebody else's data.

use super::reading::ColumnReading;
use super::{Reader, TableProblem, vocabulary};
use crate::language::Said;
use crate::said;
use std::collections::BTreeMap;

impl Reader<'_> {
    /// The arm of every kept row and the names of the arms, control first: the one named, else one that
    /// is called so in Dutch or English, else the first.
    pub(super) fn arms(&mut self, name: &str) -> (Vec<u32>, Vec<String>) {
        let column = self.column(name);
        let mut names = self.distinct(column);
        self.tell_labels("arm", name, &names);
        let first = match self.columns.control.as_deref() {
            Some(wanted) => self.control(wanted, &names),
            None => vocabulary::control_of(&names).unwrap_or(0),
        };
        names[..=first].rotate_right(1);
        let position: BTreeMap<&str, u32> =
            names.iter().zip(0..).map(|(name, i)| (name.as_str(), i)).collect();
        let arms = self.kept.iter().map(|&row| position[self.cell(row, column)]).collect();
        (arms, names)
    }

    /// The arm that was named: the same text, or the only one that looks the same.
    fn control(&mut self, wanted: &str, names: &[String]) -> usize {
        if let Some(found) = names.iter().position(|arm| arm == wanted) {
            return found;
        }
        let wanted_likeness = vocabulary::likeness(wanted);
        let alike: Vec<usize> =
            (0..names.len()).filter(|&i| vocabulary::likeness(&names[i]) == wanted_likeness).collect();
        if let [only] = alike[..] {
            return only;
        }
        self.problems.push(TableProblem::general(said!(
            "er is geen groep \"{wanted}\"; de groepen zijn: {names}",
            "there is no arm \"{wanted}\"; the arms are: {names}",
            names = names.join(", "),
            wanted = wanted
        )));
        0
    }

    /// Distinct cells of a column: in numeric order when all are numbers (2 before 10), alphabetical
    /// otherwise.
    pub(super) fn distinct(&self, column: usize) -> Vec<String> {
        let mut names: Vec<&str> = self.kept.iter().map(|&row| self.cell(row, column)).collect();
        names.sort_unstable();
        names.dedup();
        let mut names: Vec<String> = names.into_iter().map(str::to_owned).collect();
        if names.iter().all(|name| name.parse::<f64>().is_ok()) {
            names.sort_by(|a, b| a.parse::<f64>().unwrap_or(0.0).total_cmp(&b.parse::<f64>().unwrap_or(0.0)));
        }
        names
    }

    /// One code per distinct combination of cells, in sorted order; told as a column of this part.
    pub(super) fn labels(&mut self, part: &str, names: &[String]) -> Vec<u32> {
        for name in names {
            let values = self.distinct(self.column(name));
            self.tell_labels(part, name, &values);
        }
        self.codes(names)
    }

    /// One code per kept row: the place of its combination of cells among all that occur, in sorted
    /// order.
    fn codes(&self, names: &[String]) -> Vec<u32> {
        let columns: Vec<usize> = names.iter().map(|name| self.column(name)).collect();
        let cells = |row: usize| columns.iter().map(|&c| self.cell(row, c)).collect::<Vec<_>>();
        let mut code: BTreeMap<Vec<&str>, u32> = self.kept.iter().map(|&row| (cells(row), 0)).collect();
        code.values_mut().zip(0..).for_each(|(value, i)| *value = i);
        self.kept.iter().map(|&row| code[&cells(row)]).collect()
    }

    /// The rows of each combination of cells, named by it (`site=A, year=2024`); rows as places among
    /// those kept.
    pub(super) fn parts(&mut self, names: &[String]) -> Vec<(String, Vec<usize>)> {
        let codes = self.labels("by", names);
        let mut parts: Vec<(String, Vec<usize>)> = Vec::new();
        parts.resize_with(codes.iter().max().map_or(0, |&last| last as usize + 1), Default::default);
        for (i, (&row, &code)) in self.kept.iter().zip(&codes).enumerate() {
            let (name, rows) = &mut parts[code as usize];
            if rows.is_empty() {
                let cell = |name: &String| format!("{name}={}", self.cell(row, self.column(name)));
                *name = names.iter().map(cell).collect::<Vec<_>>().join(", ");
            }
            rows.push(i);
        }
        parts
    }

    /// Says which values a column has, and which of them only look alike.
    pub(super) fn tell_labels(&mut self, part: &str, name: &str, values: &[String]) {
        let shown = values.iter().take(6).map(String::as_str).collect::<Vec<_>>().join(", ");
        let more = if values.len() > 6 { ", ..." } else { "" };
        self.reading.columns.push(ColumnReading {
            column: name.into(),
            part: part.into(),
            values: said!(
                "{count} namen: {shown}{more}",
                "{count} labels: {shown}{more}",
                count = values.len(),
                shown = shown,
                more = more
            ),
            ..ColumnReading::default()
        });
        let mut alike: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for value in values {
            alike.entry(vocabulary::likeness(value)).or_default().push(value);
        }
        for group in alike.into_values().filter(|group| group.len() > 1) {
            let quoted: Vec<String> =
                group.iter().map(|label| format!("\"{}\"", label.escape_debug())).collect();
            self.notes.push(said!(
                "{name}: {quoted} zijn verschillende namen die op elkaar lijken (hoofdletters, \
                     samengestelde letters, spaties of onzichtbare tekens); bedoelen zij hetzelfde, maak \
                     ze dan gelijk in het bestand",
                "{name}: {quoted} are different labels that look alike (case, composed letters, blanks or invisible characters); if they \
                 mean the same, make them the same in the file",
                quoted = Said::each(|lang| quoted.join(lang.pick(" en ", " and "))),
                name = name
            ));
        }
    }
}
