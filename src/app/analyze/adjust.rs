//! Several p-values at once: those of this analysis (`--adjust`), or a column of them (`--p`).

use crate::estimate::Estimate;
use crate::estimate::multiplicity::{Adjustment, adjust};
use crate::observe::table::{Problem, Table};

fn name(method: Adjustment) -> &'static str {
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
        estimate.details.insert("p_adjustment".into(), name(method).into());
    }
}

/// One result per row of a column of p-values.
///
/// # Errors
/// A wrong column name, or every cell that is no probability.
pub(super) fn adjust_column(
    table: &Table,
    column_name: &str,
    method: Adjustment,
) -> Result<Vec<Estimate>, Vec<Problem>> {
    let Some(column) = table.column(column_name) else {
        let columns = table.headers.join(", ");
        return Err(vec![Problem::general(format!(
            "there is no column \"{column_name}\"; the columns are: {columns}"
        ))]);
    };
    let read = |row: usize| table.number(row, column).filter(|p| (0.0..=1.0).contains(p));
    let bad = |row: usize| {
        let message = format!("{column_name} is \"{}\"; it must be a probability", table.rows[row][column]);
        Problem::at(table.lines[row], message)
    };
    let problems: Vec<Problem> = (0..table.rows.len()).filter(|&row| read(row).is_none()).map(bad).collect();
    if !problems.is_empty() {
        return Err(problems);
    }
    let p_values: Vec<f64> = (0..table.rows.len()).filter_map(read).collect();
    let adjusted = adjust(&p_values, method);
    let result = |row: usize| {
        let label = format!("line {}", table.lines[row]);
        let mut estimate =
            Estimate::new(name(method), label, "adjusted p-value", "compare with the family-wise alpha");
        estimate.value = Some(adjusted[row]);
        estimate.p_value = Some(p_values[row]);
        estimate
    };
    Ok((0..p_values.len()).map(result).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_of_p_values() {
        let table = Table::read("test,p\na,0.01\nb,0.04\nc,0.03\n".as_bytes()).unwrap();
        let values: Vec<Option<f64>> = adjust_column(&table, "p", Adjustment::Holm)
            .unwrap()
            .iter()
            .map(|estimate| estimate.value)
            .collect();
        assert_eq!(values, vec![Some(0.03), Some(0.06), Some(0.06)]);
        assert_eq!(adjust_column(&table, "test", Adjustment::Holm).unwrap_err().len(), 3);
        assert!(adjust_column(&table, "q", Adjustment::Holm).is_err());
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
