//! What must hold between parameters.
//!
//! Limits of single values are checked where they are read. Here are the contradictions between values
//! that are each within their limits; the engine has no error path, so what passes here must be
//! possible.

use super::analysis::TestKind;
use super::leaves::LeafPath;
use super::parameters::{COPULA_VARIABLES, ClampedLogNormal, Correlation};
use super::plan::{PopulationKind, Scenario};
use super::read_parameters::ReadParameters;
use super::serves::Who;
use crate::document::{Problem, ProblemKind, Sink, TableReader};
use crate::kinds::Kind;
use crate::language::{AsTyped, Said};
use crate::said;

/// Reports every contradiction between parameters, at the place of one of them: minima over maxima, a
/// spread that no Beta distribution has, probabilities that add up to more than 1, correlations that no
/// population can have.
pub(super) fn check_parameters(read: &ReadParameters, sink: &Sink) {
    let parameters = &read.parameters;
    let over = |path: &str, min: f64, max: f64| {
        said!(
            "{path}: min {min} is groter dan max {max}",
            "{path}: min {min} is over max {max}",
            path = path,
            min = AsTyped(min),
            max = AsTyped(max)
        )
    };
    let at_most_max = || said!("moet hoogstens max zijn", "must be at most max");
    let report = |path: &str, message: Said, allowed: Said| {
        sink.push(match read.places.get(path) {
            Some(place) => Problem::at(place, message, allowed),
            None => Problem::whole(ProblemKind::Invalid, message),
        });
    };
    let clamped = |path: &str, distribution: &ClampedLogNormal| {
        if distribution.min > distribution.max {
            report(&format!("{path}.min"), over(path, distribution.min, distribution.max), at_most_max());
        }
    };
    clamped("population.far.recorded_distance", &parameters.far.recorded_distance);
    clamped("population.stock.near_recorded_distance", &parameters.stock.near_recorded_distance);
    clamped("population.stock.far_recorded_distance", &parameters.stock.far_recorded_distance);
    let age = &parameters.far.age_years;
    if age.min > age.max {
        let path = "population.far.age_years";
        report(&format!("{path}.min"), over(path, age.min, age.max), at_most_max());
    }
    // The largest variance of a distribution on [0, 1] with this mean; beyond it there is no Beta.
    if age.sd_share * age.sd_share >= age.mean_share * (1.0 - age.mean_share) {
        let (path, wide) = ("population.far.age_years.sd_share", age.sd_share);
        report(
            path,
            said!(
                "{path} = {wide} is te breed voor het gemiddelde",
                "{path} = {wide} is too wide for its mean",
                path = path,
                wide = AsTyped(wide)
            ),
            said!(
                "het kwadraat moet onder mean_share * (1 - mean_share) liggen",
                "its square must be under mean_share * (1 - mean_share)"
            ),
        );
    }
    let start = parameters.fraud.initial_unintentional + parameters.fraud.initial_intentional;
    if start > 1.0 {
        report(
            "fraud.initial_unintentional",
            said!(
                "de twee beginkansen op onregelmatigheden zijn samen {start}",
                "the two initial irregularities add up to {start}",
                start = start
            ),
            said!("samen hoogstens 1", "at most 1 together"),
        );
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
    let others = COPULA_VARIABLES[..failing].join(", ");
    let message = said!(
        "population.correlation is niet positief definiet: geen \"{name}\" kan deze correlaties hebben met {others}",
        "population.correlation is not positive definite: no \"{name}\" can have these correlations with {others}",
        name = name,
        others = others
    );
    let problem = match latest {
        Some((_, place)) => Problem::at(place, message, said!("een van deze", "among these")),
        None => Problem::whole(ProblemKind::Invalid, message),
    };
    sink.push(problem.hint(said!(
        "breng de correlaties van deze variabele dichter bij 0",
        "bring the correlations of this variable nearer to 0"
    )));
}

/// Cholesky factorization; the index of the first pivot that is not positive.
fn first_indefinite(correlation: &Correlation) -> Option<usize> {
    /// Variables of the copula.
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
        let (path, min, max) = (&record.path, record.min, record.max);
        let message = said!(
            "de prior {prior} van {path} loopt van {low:.6} tot {high:.6}, maar {min} tot {max} mag",
            "the prior {prior} of {path} ranges from {low:.6} to {high:.6}, but {min} to {max} is allowed",
            prior = AsTyped(prior),
            path = path,
            low = AsTyped(low),
            high = AsTyped(high),
            min = AsTyped(min),
            max = AsTyped(max)
        );
        let known = leaves.iter().any(|leaf| leaf.path == record.path) || record.path.starts_with("service.");
        let problem = match read.places.get(&record.path).filter(|_| known) {
            Some(place) => Problem::at(place, message, said!("deze parameter", "this parameter")),
            None => Problem::whole(ProblemKind::Invalid, message),
        };
        sink.push(
            problem.hint(said!(
                "trekkingen van parameters vragen een prior binnen de grenzen: maak hem smaller, of neem een begrensde",
                "parameter draws need a prior within the limits: narrow it, or use a bounded one"
            )),
        );
    }
}

/// Reports settings that contradict each other: inflow into a trial population, two arms at one site
/// where whole sites are allocated, and a test that the plan cannot feed.
pub(super) fn check_settings(root: &TableReader<'_>, scenario: &Scenario) {
    if scenario.inflow && scenario.population != PopulationKind::Stock {
        root.problem(
            "inflow",
            said!("inflow = true vraagt een heel bestand", "inflow = true needs a whole caseload"),
            said!("alleen met population.kind = \"stock\"", "only with population.kind = \"stock\""),
            Some(said!("zet population.kind = \"stock\"", "set population.kind = \"stock\"")),
        );
    }
    if scenario.allocation == super::plan::Allocation::Site {
        let mixed = scenario
            .sites
            .iter()
            .find(|site| site.arms.iter().filter(|group| group.participants > 0).count() > 1);
        if let Some(site) = mixed {
            let site = &site.name;
            let message = said!(
                "allocation = \"site\", maar locatie \"{site}\" heeft deelnemers in meer dan één groep",
                "allocation = \"site\", but site \"{site}\" has participants in more than one arm",
                site = site
            );
            let hint = said!(
                "geef elke locatie participants = {{ fip = 200, regular = 0 }} of andersom",
                "give each site participants = {{ fip = 200, regular = 0 }} or the reverse"
            );
            root.problem(
                "allocation",
                message,
                said!("één groep per locatie", "one arm per site"),
                Some(hint),
            );
        }
    }
    check_periods(root, scenario);
}

/// `period_adjusted` counts whole caseworkers in periods of the calendar: it needs a plan that changes with the calendar for everybody.
fn check_periods(root: &TableReader<'_>, scenario: &Scenario) {
    let asked = |tests: &[TestKind]| tests.contains(&TestKind::PeriodAdjusted);
    let Some((endpoint, _)) = scenario.analysis.tests.iter().find(|(_, tests)| asked(tests)) else { return };
    let rows = || scenario.arms.iter().flat_map(|arm| arm.serves.iter().map(move |row| (arm, row)));
    let name = endpoint.name();
    let refuse = |message: Said, allowed: Said| {
        if let Some(tests) = root.table("analysis").and_then(|analysis| analysis.table("tests")) {
            tests.problem(name, message, allowed, None);
        }
    };
    if !rows().any(|(_, row)| row.from_month > 0 || row.until_month < scenario.horizon_months) {
        refuse(
            said!(
                "period_adjusted is voor clusters die om beurten overgaan, en geen groep verandert op een datum van dienstverlening",
                "period_adjusted is for clusters that go over in turn, and no arm changes its service on a date"
            ),
            said!(
                "met [[arm.serves]] from_month of until_month",
                "with [[arm.serves]] from_month or until_month"
            ),
        );
    } else if let Some((arm, _)) = rows().find(|(_, row)| row.who != Who::Everybody) {
        let arm = &arm.name;
        refuse(
            said!(
                "period_adjusted telt hele consulenten, en groep \"{arm}\" bedient maar een deel van hun klanten",
                "period_adjusted counts whole caseworkers, and arm \"{arm}\" serves some of their clients only",
                arm = arm
            ),
            said!("met [[arm.serves]] zonder who", "with [[arm.serves]] without who"),
        );
    } else if scenario.enrollment_months > 0 {
        let months = scenario.enrollment_months;
        refuse(
            said!(
                "period_adjusted vraagt dat iedereen er vanaf het begin is, en klanten stromen in over {months} maanden",
                "period_adjusted needs everybody in from the start, and clients enrol over {months} months",
                months = months
            ),
            said!("met enrollment_months = 0", "with enrollment_months = 0"),
        );
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
