//! Several p-values at once: those of this analysis (`--adjust`), or a column of them (`--p`).

use crate::estimate::Estimate;
use crate::estimate::multiplicity::{Adjustment, adjust};
use crate::observe::table::{Decimal, Notation, TableProblem, TextTable};
use crate::said;

/// The method as `--adjust` and the results write it.
pub(super) fn method_name(method: Adjustment) -> &'static str {
    match method {
        Adjustment::Holm => "holm",
        Adjustment::Hochberg => "hochberg",
    }
}

/// Adds the detail `p_adjusted` to every result with a p-value, over all of them together.
pub(super) fn adjust_results(estimates: &mut [Estimate], method: Adjustment) {
    let p_values: Vec<f64> = estimates.iter().filter_map(|estimate| estimate.p_value).collect();
    let adjusted = adjust(&p_values, method);
    for (estimate, p) in estimates.iter_mut().filter(|estimate| estimate.p_value.is_some()).zip(adjusted) {
        estimate.details.insert("p_adjusted".into(), p.into());
        estimate.details.insert("p_adjustment".into(), method_name(method).into());
    }
}

/// One result per row of a column of p-values.
///
/// # Errors
/// A wrong column name, or every cell that is no probability.
pub(super) fn adjust_column(
    table: &TextTable,
    column_name: &str,
    method: Adjustment,
    decimal: Option<Decimal>,
) -> Result<Vec<Estimate>, Vec<TableProblem>> {
    let Some(column) = table.column(column_name) else {
        let columns = table.headers.join(", ");
        return Err(vec![TableProblem::general(said!(
            "er is geen kolom \"{column_name}\"; de kolommen zijn: {columns}",
            "there is no column \"{column_name}\"; the columns are: {columns}",
            column_name = column_name,
            columns = columns
        ))]);
    };
    let known: Vec<usize> = (0..table.rows.len()).filter(|&row| !table.is_missing(row, column)).collect();
    let cells = known.iter().map(|&row| table.rows[row][column].as_str());
    let notation = Notation::of_most(cells, table.separator, decimal);
    let read = |row: usize| notation.parse(&table.rows[row][column]).filter(|p| (0.0..=1.0).contains(p));
    let bad = |row: usize| {
        let message = said!(
            "{column_name} is \"{cell}\"; het moet een kans zijn",
            "{column_name} is \"{cell}\"; it must be a probability",
            cell = table.rows[row][column],
            column_name = column_name
        );
        TableProblem::at(table.lines[row], message)
    };
    let problems: Vec<TableProblem> =
        known.iter().filter(|&&row| read(row).is_none()).map(|&row| bad(row)).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    if known.is_empty() {
        return Err(vec![TableProblem::general(said!(
            "{column_name} heeft geen p-waarde",
            "{column_name} has no p-value",
            column_name = column_name
        ))]);
    }
    let p_values: Vec<f64> = known.iter().filter_map(|&row| read(row)).collect();
    let mut adjusted = p_values.iter().copied().zip(adjust(&p_values, method));
    let result = |row: usize| {
        let label = said!("regel {}", "line {}", table.lines[row]);
        let mut estimate = Estimate::new(
            method_name(method),
            label,
            said!("aangepaste p-waarde", "adjusted p-value"),
            said!("vergelijk met de alfa van de hele groep toetsen", "compare with the family-wise alpha"),
        );
        // What is not known stays unknown and does not count among the tests, as in R's p.adjust.
        match (!table.is_missing(row, column)).then(|| adjusted.next()).flatten() {
            Some((p, adjusted)) => {
                estimate.value = Some(adjusted);
                estimate.p_value = Some(p);
            }
            None => {
                estimate.missing = Some(said!(
                    "{column_name} ontbreekt daar",
                    "{column_name} is missing there",
                    column_name = column_name
                ))
            }
        }
        estimate
    };
    Ok((0..table.rows.len()).map(result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_p_values() {
        let table = TextTable::read("test,p\na,0.01\nb,0.04\nc,0.03\n".as_bytes()).unwrap();
        let values: Vec<Option<f64>> = adjust_column(&table, "p", Adjustment::Holm, None)
            .unwrap()
            .iter()
            .map(|estimate| estimate.value)
            .collect();
        assert_eq!(values, vec![Some(0.03), Some(0.06), Some(0.06)]);
        assert_eq!(adjust_column(&table, "test", Adjustment::Holm, None).unwrap_err().len(), 3);
        assert!(adjust_column(&table, "q", Adjustment::Holm, None).is_err());
    }

    /// R 4.2: p.adjust(c(.012, .001, .04, NA, .5), "holm") is .036 .004 .08 NA .5.
    #[test]
    fn a_missing_p_value_stays_missing() {
        let table = TextTable::read("toets;p\nA;0,012\nB;0,001\nC;0,04\nD;NA\nE;0,5\n".as_bytes()).unwrap();
        let found = adjust_column(&table, "p", Adjustment::Holm, None).unwrap();
        for (adjusted, r) in found.iter().zip([Some(0.036), Some(0.004), Some(0.08), None, Some(0.5)]) {
            assert_eq!(adjusted.value.is_some(), r.is_some());
            assert!((adjusted.value.unwrap_or(0.0) - r.unwrap_or(0.0)).abs() < 1e-15);
        }
        assert!(found[3].missing.is_some());
    }

    #[test]
    fn results_without_p_value_stay_as_they_are() {
        let mut estimates = vec![Estimate::default(), Estimate::default(), Estimate::default()];
        estimates[0].p_value = Some(0.02);
        estimates[2].p_value = Some(0.03);
        adjust_results(&mut estimates, Adjustment::Hochberg);
        assert!(estimates[1].details.is_empty());
        assert_eq!(estimates[0].details["p_adjusted"], 0.03.into());
    }
}
