//! The questions every estimator asks of its data before it computes anything.

use super::EstimateError;
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;

/// Fails when there is nothing to compute from.
///
/// # Errors
/// [`EstimateError::InvalidData`].
pub(super) fn require_some(rows: usize) -> Result<(), EstimateError> {
    if rows == 0 {
        return Err(EstimateError::data(said!("de gegevens hebben geen rijen", "the data set has no rows")));
    }
    Ok(())
}

/// Fails unless all columns of bare numbers, which have no names to tell, are as long as the first.
///
/// # Errors
/// [`EstimateError::InvalidData`].
pub(super) fn require_equal(
    rows: usize,
    lengths: impl IntoIterator<Item = usize>,
) -> Result<(), EstimateError> {
    if lengths.into_iter().any(|length| length != rows) {
        return Err(EstimateError::data(said!(
            "de kolommen zijn niet allemaal even lang",
            "the columns do not all have the same length"
        )));
    }
    Ok(())
}

/// Fails unless every column has one finite value per row, times are non-negative, and intervals are not empty.
///
/// # Example
/// ```
/// use stapjes::estimate::require_valid;
/// use stapjes::observe::Dataset;
///
/// let mut data = Dataset::example();
/// assert_eq!(require_valid(&data), Ok(()));
/// data.time[3] = f64::NAN;
/// assert!(require_valid(&data).unwrap_err().to_string().contains("row 4"));
/// ```
///
/// # Errors
/// [`EstimateError::InvalidData`] naming the first bad row (rows count from 1) and how many there are.
pub fn require_valid(data: &Dataset) -> Result<(), EstimateError> {
    let rows = data.time.len();
    require_some(rows)?;
    require_length("cause", data.cause.len(), rows)?;
    require_length("arm", data.arm.len(), rows)?;
    for (name, length) in [
        ("cluster", data.cluster.as_ref().map(Vec::len)),
        ("stratum", data.stratum.as_ref().map(Vec::len)),
        ("start", data.start.as_ref().map(Vec::len)),
        ("person", data.person.as_ref().map(Vec::len)),
    ] {
        require_length(name, length.unwrap_or(rows), rows)?;
    }
    require_rows(
        "time",
        Text::new("geen eindig getal van 0 of meer", "not a finite, non-negative number"),
        rows,
        |i| {
            let t = data.time[i];
            t.is_finite() && t >= 0.0
        },
    )?;
    require_rows(
        "arm",
        Text::new("geen nummer van een groep", "not an index into the arm names"),
        rows,
        |i| (data.arm[i] as usize) < data.arm_names.len(),
    )?;
    if let Some(start) = &data.start {
        require_rows(
            "start",
            Text::new(
                "niet eindig, onder nul, of niet voor het eind van het interval",
                "not finite, negative, or not before the end of its interval",
            ),
            rows,
            |i| start[i].is_finite() && start[i] >= 0.0 && start[i] < data.time[i],
        )?;
    }
    if let Some(outcome) = &data.outcome {
        require_length("outcome", outcome.len(), rows)?;
        require_rows("outcome", Text::new("geen eindig getal", "not a finite number"), rows, |i| {
            outcome[i].is_finite()
        })?;
    }
    if let Some(weight) = &data.weight {
        require_length("weight", weight.len(), rows)?;
        require_rows(
            "weight",
            Text::new("geen eindig getal boven 0", "not a finite number above 0"),
            rows,
            |i| weight[i].is_finite() && weight[i] > 0.0,
        )?;
    }
    for covariate in &data.covariates {
        require_length(&covariate.name, covariate.values.len(), rows)?;
        require_rows(&covariate.name, Text::new("geen eindig getal", "not a finite number"), rows, |i| {
            covariate.values[i].is_finite()
        })?;
    }
    Ok(())
}

/// Fails unless the data are valid, between `least` and `most` arms exist, and each has rows.
///
/// # Example
/// ```
/// use stapjes::estimate::{EstimateError, require_arms};
/// use stapjes::observe::Dataset;
///
/// let data = Dataset::example();
/// assert_eq!(require_arms(&data, 2, 2), Ok(()));
/// assert!(matches!(require_arms(&data, 3, 3), Err(EstimateError::TooFewArms { .. })));
/// ```
///
/// # Errors
/// As [`require_valid`], and [`EstimateError::TooFewArms`], [`EstimateError::TooManyArms`], [`EstimateError::EmptyArm`].
pub fn require_arms(data: &Dataset, least: usize, most: usize) -> Result<(), EstimateError> {
    require_valid(data)?;
    let found = data.arm_names.len();
    if found < least {
        return Err(EstimateError::TooFewArms { found, needed: least });
    }
    if found > most {
        return Err(EstimateError::TooManyArms { found, allowed: most });
    }
    let mut sizes = vec![0_usize; found];
    for &arm in &data.arm {
        sizes[arm as usize] += 1;
    }
    match sizes.iter().position(|&n| n == 0) {
        Some(arm) => Err(EstimateError::EmptyArm { arm: data.arm_names[arm].clone() }),
        None => Ok(()),
    }
}

/// Refuses a column of another length.
fn require_length(name: &str, found: usize, rows: usize) -> Result<(), EstimateError> {
    if found == rows {
        return Ok(());
    }
    Err(EstimateError::data(said!(
        "kolom {name} heeft {found} waarden waar de gegevens {rows} rijen hebben",
        "column {name} has {found} values where the data set has {rows} rows",
        name = name,
        found = found,
        rows = rows
    )))
}

/// Refuses rows with a value that is not allowed.
fn require_rows(
    name: &str,
    problem: Text,
    rows: usize,
    good: impl Fn(usize) -> bool,
) -> Result<(), EstimateError> {
    let Some(first) = (0..rows).find(|&i| !good(i)) else { return Ok(()) };
    let bad = (first..rows).filter(|&i| !good(i)).count();
    let more = match bad {
        1 => Said::default(),
        _ => said!(" (en nog {} rijen)", " (and {} more rows)", bad - 1),
    };
    Err(EstimateError::data(said!(
        "{name} in rij {row} is {problem}{more}",
        "{name} in row {row} is {problem}{more}",
        row = first + 1,
        problem = problem,
        more = more,
        name = name
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> Dataset {
        Dataset {
            time: vec![1.0, 2.0],
            cause: vec![1, 0],
            arm: vec![0, 1],
            arm_names: vec!["control".into(), "treated".into()],
            ..Dataset::default()
        }
    }

    #[test]
    fn names_the_row() {
        let mut bad = data();
        bad.time[1] = f64::INFINITY;
        assert!(require_valid(&bad).unwrap_err().to_string().starts_with("time in row 2"));
        let mut short = data();
        short.cause.pop();
        assert!(require_valid(&short).unwrap_err().to_string().contains("cause has 1 values"));
        let mut empty = data();
        empty.arm[1] = 0;
        assert_eq!(require_arms(&empty, 2, 2), Err(EstimateError::EmptyArm { arm: "treated".into() }));
        assert_eq!(require_arms(&data(), 3, 9), Err(EstimateError::TooFewArms { found: 2, needed: 3 }));
        assert_eq!(require_arms(&data(), 2, 2), Ok(()));
    }
}
