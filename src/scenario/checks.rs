//! What must hold between parameters.

use super::analysis::TestKind;
use super::leaves::LeafPath;
use super::parameters::{COPULA_VARIABLES, ClampedLogNormal, Correlation};
use super::plan::{PopulationKind, Scenario};
use super::read_parameters::ReadParameters;
use super::serves::Who;
use crate::document::{Problem, ProblemKind, Sink, Table};
use crate::kinds::Kind;

/// Reports every contradiction between parameters.
pub(super) fn check_parameters(read: &ReadParameters, sink: &Sink) {
    let parameters = &read.parameters;
    let report = |path: &str, message: String, allowed: &str| {
        sink.push(match read.places.get(path) {
            Some(place) => Problem::at(place, message, allowed),
            None => Problem::whole(ProblemKind::Invalid, message),
        });
    };
    let clamped = |path: &str, distribution: &ClampedLogNormal| {
        if distribution.min > distribution.max {
            let message = format!("{path}: min {} is over max {}", distribution.min, distribution.max);
            report(&format!("{path}.min"), message, "must be at most max");
        }
    };
    clamped("population.far.recorded_distance", &parameters.far.recorded_distance);
    clamped("population.stock.near_recorded_distance", &parameters.stock.near_recorded_distance);
    clamped("population.stock.far_recorded_distance", &parameters.stock.far_recorded_distance);
    let age = &parameters.far.age_years;
    if age.min > age.max {
        let message = format!("population.far.age_years: min {} is over max {}", age.min, age.max);
        report("population.far.age_years.min", message, "must be at most max");
    }
    if age.sd_share * age.sd_share >= age.mean_share * (1.0 - age.mean_share) {
        let message =
            format!("population.far.age_years.sd_share = {} is too wide for its mean", age.sd_share);
        report(
            "population.far.age_years.sd_share",
            message,
            "its square must be under mean_share * (1 - mean_share)",
        );
    }
    let start = parameters.fraud.initial_unintentional + parameters.fraud.initial_intentional;
    if start > 1.0 {
        let message = format!("the two initial irregularities add up to {start}");
        report("fraud.initial_unintentional", message, "at most 1 together");
    }
    check_correlation(read, sink);
}

/// The copula needs a positive definite matrix; the first variable that cannot be fitted in is named.
fn check_correlation(read: &ReadParameters, sink: &Sink) {
    let Some(failing) = first_indefinite(&read.parameters.correlation) else { return };
    let name = COPULA_VARIABLES[failing];
    let latest = read
        .places
        .iter()
        .filter(|(path, _)| path.starts_with("population.correlation.") && path.contains(name))
        .max_by_key(|(_, place)| (place.source != 0, place.source, place.span.start));
    let message = format!(
        "population.correlation is not positive definite: no \"{name}\" can have these correlations with {}",
        COPULA_VARIABLES[..failing].join(", ")
    );
    let problem = match latest {
        Some((_, place)) => Problem::at(place, message, "among these"),
        None => Problem::whole(ProblemKind::Invalid, message),
    };
    sink.push(problem.hint("bring the correlations of this variable nearer to 0"));
}

/// Cholesky factorization; the index of the first pivot that is not positive.
fn first_indefinite(correlation: &Correlation) -> Option<usize> {
    const SIZE: usize = COPULA_VARIABLES.len();
    let matrix = &correlation.0;
    let mut lower = [[0.0; SIZE]; SIZE];
    for row in 0..SIZE {
        for column in 0..=row {
            let dot: f64 = (0..column).map(|k| lower[row][k] * lower[column][k]).sum();
            let rest = matrix[row][column] - dot;
            if row == column {
                if rest <= 1e-10 {
                    return Some(row);
                }
                lower[row][row] = rest.sqrt();
            } else {
                lower[row][column] = rest / lower[column][column];
            }
        }
    }
    None
}

/// With parameter draws every prior must stay within what the model allows.
pub(super) fn check_priors(read: &ReadParameters, leaves: &[LeafPath], sink: &Sink) {
    for record in &read.records {
        let Some(prior) = record.prior else { continue };
        let (low, high) = prior.range();
        if low >= record.min && high <= record.max {
            continue;
        }
        let message = format!(
            "the prior {prior} of {} ranges from {low:.6} to {high:.6}, but {} to {} is allowed",
            record.path, record.min, record.max
        );
        let known = leaves.iter().any(|leaf| leaf.path == record.path) || record.path.starts_with("service.");
        let problem = match read.places.get(&record.path).filter(|_| known) {
            Some(place) => Problem::at(place, message, "this parameter"),
            None => Problem::whole(ProblemKind::Invalid, message),
        };
        sink.push(
            problem.hint("parameter draws need a prior within the limits: narrow it, or use a bounded one"),
        );
    }
}

/// Reports settings that contradict each other.
pub(super) fn check_settings(root: &Table<'_>, scenario: &Scenario) {
    if scenario.inflow && scenario.population != PopulationKind::Stock {
        let hint = "set population.kind = \"stock\"".to_string();
        root.problem(
            "inflow",
            "inflow = true needs a whole caseload",
            "only with population.kind = \"stock\"",
            Some(hint),
        );
    }
    if scenario.allocation == super::plan::Allocation::Site {
        let mixed = scenario
            .sites
            .iter()
            .find(|site| site.arms.iter().filter(|group| group.participants > 0).count() > 1);
        if let Some(site) = mixed {
            let message = format!(
                "allocation = \"site\", but site \"{}\" has participants in more than one arm",
                site.name
            );
            let hint = "give each site participants = { fip = 200, regular = 0 } or the reverse".to_string();
            root.problem("allocation", message, "one arm per site", Some(hint));
        }
    }
    check_periods(root, scenario);
}

/// `period_adjusted` counts whole caseworkers in periods of the calendar: it needs a plan that changes with the calendar for everybody.
fn check_periods(root: &Table<'_>, scenario: &Scenario) {
    let asked = |tests: &[TestKind]| tests.contains(&TestKind::PeriodAdjusted);
    let Some((endpoint, _)) = scenario.analysis.tests.iter().find(|(_, tests)| asked(tests)) else { return };
    let rows = || scenario.arms.iter().flat_map(|arm| arm.serves.iter().map(move |row| (arm, row)));
    let name = endpoint.name();
    let refuse = |message: String, allowed: &str| {
        if let Some(tests) = root.table("analysis").and_then(|analysis| analysis.table("tests")) {
            tests.problem(name, message, allowed, None);
        }
    };
    if !rows().any(|(_, row)| row.from_month > 0 || row.until_month < scenario.horizon_months) {
        let message =
            "period_adjusted is for clusters that go over in turn, and no arm changes its service on a date";
        refuse(message.to_owned(), "with [[arm.serves]] from_month or until_month");
    } else if let Some((arm, _)) = rows().find(|(_, row)| row.who != Who::Everybody) {
        let message = format!(
            "period_adjusted counts whole caseworkers, and arm \"{}\" serves some of their clients only",
            arm.name
        );
        refuse(message, "with [[arm.serves]] without who");
    } else if scenario.enrollment_months > 0 {
        let message = format!(
            "period_adjusted needs everybody in from the start, and clients enrol over {} months",
            scenario.enrollment_months
        );
        refuse(message, "with enrollment_months = 0");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_impossible_matrix_is_found_at_its_variable() {
        let mut correlation = Correlation::default();
        assert_eq!(first_indefinite(&correlation), None);
        for (a, b, value) in [(0, 1, 0.9), (0, 2, 0.9), (1, 2, -0.9)] {
            correlation.0[a][b] = value;
            correlation.0[b][a] = value;
        }
        assert_eq!(first_indefinite(&correlation), Some(2));
    }
}
