//! Every method that `stapjes analyze` can run, by name.
//!
//! A file of estimators offers its methods as a constant list of [`Method`]s; this file joins the lists. A method that
//! lacks something in the data (an arm, a cluster, a count) says so by its error.

mod adjusted;
mod clusters;
mod competing;
mod counts;
mod cox;
mod curves;
mod estimand;
mod incidence;
mod proportions;
mod rank_tests;
mod shape;
mod two_samples;
mod weighted;

use super::{Estimate, EstimateError, MethodArguments, Options};
use crate::document::nearest;
use crate::kinds::TestKind;
use crate::language::{Said, Text};
use crate::observe::Dataset;
use crate::said;

/// What a method computes: a data set, the choices, and the arguments behind its name.
pub(crate) type Run = fn(&Dataset, &Options, &MethodArguments) -> Result<Vec<Estimate>, EstimateError>;

/// What a method looks at, which decides when it belongs to the default set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Times and endings.
    Times,
    /// Times and endings of two or more causes.
    Causes,
    /// Times, endings and a cluster per row.
    Clusters,
    /// Only whether the event happened (no times).
    Outcomes,
    /// Whether the event happened, and a cluster per row.
    ClusteredOutcomes,
    /// Whether the event happened or a measured value, and a cluster per row.
    ClusteredValues,
    /// A number of events and an exposure per row.
    Counts,
    /// A person per row, with several rows per person.
    Recurrent,
    /// Covariates.
    Covariates,
    /// A measured value per row.
    Values,
}

/// One named method.
#[derive(Clone, Copy)]
pub struct Method {
    /// Name in `--tests`; lower case with hyphens.
    pub name: &'static str,
    /// Other names it answers to.
    pub aliases: &'static [&'static str],
    /// Arguments, as they are shown by `--tests list`: "(rho, gamma)"; empty when there are none.
    pub arguments: &'static str,
    /// One line saying what it does.
    pub summary: Text,
    /// What it looks at.
    pub needs: Needs,
    /// Whether it runs without being asked for, when the data have what it needs.
    pub by_default: bool,
    /// The method.
    pub run: Run,
}

impl Method {
    /// Whether the method accounts for clusters when the data have them; the others take rows as independent.
    pub(crate) fn uses_clusters(&self) -> bool {
        let also = ["lwyy", "cox-piecewise", "fine-gray", "poisson", "quasi-poisson", "negative-binomial"];
        let needs = [Needs::Clusters, Needs::ClusteredOutcomes, Needs::ClusteredValues];
        needs.contains(&self.needs)
            || also.contains(&self.name)
            || ["mean-cumulative", "ghosh-lin"].contains(&self.name)
    }

    /// Whether the method takes sampling weights; the others refuse them.
    pub(crate) fn uses_weights(&self) -> bool {
        weighted::METHODS.contains(&self.name)
    }

    /// Whether the method takes frequencies as weights in its likelihood; for the others rows occur so many times.
    pub(crate) fn counts_frequencies(&self) -> bool {
        weighted::COUNTED.contains(&self.name)
    }

    /// Whether the method adjusts for covariates; the others take no notice of them.
    pub fn uses_covariates(&self) -> bool {
        let listed = |list: &[Method]| list.iter().any(|method| method.name == self.name);
        let regressions = [
            "adjusted-rmst",
            "fine-gray",
            "poisson",
            "quasi-poisson",
            "negative-binomial",
            "icc",
            "design-effect",
            "cluster-linear",
        ];
        listed(cox::METHODS) && self.name != "robust-log-rank" || regressions.contains(&self.name)
    }

    /// Whether the method compares within strata when the data have them; the others take all strata together.
    pub fn uses_strata(&self) -> bool {
        let stratified =
            ["stratified-rmst", "gray", "cause-specific-log-rank", "mantel-haenszel", "cluster-permutation"];
        let listed = |list: &[Method]| list.iter().any(|method| method.name == self.name);
        listed(rank_tests::METHODS) || listed(cox::METHODS) || stratified.contains(&self.name)
    }
}

/// The lists of methods, in the order in which results are shown.
const LISTS: &[&[Method]] = &[
    curves::METHODS,
    adjusted::METHODS,
    rank_tests::METHODS,
    cox::METHODS,
    incidence::METHODS,
    competing::METHODS,
    counts::METHODS,
    proportions::METHODS,
    two_samples::METHODS,
    clusters::METHODS,
];

/// All methods in their order.
///
/// # Example
/// ```
/// use stapjes::estimate::catalogue::methods;
///
/// let log_rank = methods().find(|method| method.name == "log-rank").expect("in the list");
/// assert!(log_rank.uses_strata() && !log_rank.uses_covariates());
/// ```
pub fn methods() -> impl Iterator<Item = &'static Method> {
    LISTS.iter().flat_map(|list| list.iter())
}

/// A request: a method and the arguments it came with.
pub struct Request {
    /// The method.
    pub method: &'static Method,
    /// Its arguments.
    pub arguments: MethodArguments,
    /// The request as it was written.
    pub text: String,
}

impl Request {
    /// A method without arguments.
    pub(crate) fn plain(method: &'static Method) -> Self {
        Self { method, arguments: MethodArguments::default(), text: method.name.to_owned() }
    }

    /// Runs the method; results carry its arguments in their name: "fleming-harrington(0, 1)".
    ///
    /// # Errors
    /// Whatever the method refuses.
    pub fn run(&self, data: &Dataset, options: &Options) -> Result<Vec<Estimate>, EstimateError> {
        if data.weight.is_some() && !self.method.uses_weights() {
            return Err(EstimateError::option(
                "--weights",
                said!(
                    "{} neemt geen steekproefgewichten (alleen frequenties: hele aantallen rijen)",
                    "{} takes no sampling weights (only frequencies: whole numbers of rows)",
                    self.method.name
                ),
            ));
        }
        let mut estimates = (self.method.run)(data, options, &self.arguments)?;
        for estimate in &mut estimates {
            if !self.arguments.is_empty() {
                estimate.name = format!("{}({})", self.method.name, self.arguments);
            }
            estimate.drop_not_a_number();
        }
        Ok(estimates)
    }
}

/// Reads "log-rank, fleming-harrington(0,1)" into requests.
///
/// # Example
/// ```
/// use stapjes::estimate::Options;
/// use stapjes::estimate::catalogue::parse_requests;
/// use stapjes::observe::Dataset;
///
/// // One road from names to numbers: what `stapjes analyze --tests` does.
/// let requests = parse_requests("log-rank, fleming-harrington(0, 1)")?;
/// let late = requests[1].run(&Dataset::example(), &Options::default())?;
/// // The sums written out in R: z = 0.5590152, p = 2 * pnorm(-0.5590152)
/// assert!((late[0].p_value.expect("a test") - 0.576_151).abs() < 1e-5);
/// assert!(parse_requests("lograng").is_err());
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// [`EstimateError::InvalidOption`] for an unknown name (offering the nearest) or unbalanced parentheses.
pub fn parse_requests(text: &str) -> Result<Vec<Request>, EstimateError> {
    split_outside_parentheses(text)?.into_iter().map(parse_request).collect()
}

/// A method with its arguments.
fn parse_request(text: &str) -> Result<Request, EstimateError> {
    let (name, arguments) = match text.split_once('(') {
        Some((name, rest)) => (name, rest.strip_suffix(')').unwrap_or(rest)),
        None => (text, ""),
    };
    let name = name.trim().to_lowercase().replace('_', "-");
    let found = methods().find(|method| method.name == name || method.aliases.contains(&name.as_str()));
    match found {
        Some(method) => {
            Ok(Request { method, arguments: MethodArguments::parse(arguments), text: text.to_owned() })
        }
        // As scenarios write it.
        None => match TestKind::from_either(&name).filter(|test| test.method() != text) {
            Some(test) => parse_request(test.method()),
            None => Err(unknown(&name)),
        },
    }
}

/// Methods that people look for here and that are not here, with the nearest thing that is.
const LEFT_OUT: [(&[&str], Text); 4] = [
    (
        &["period-adjusted", "stepped-wedge"],
        Text::new(
            "clusters die om de beurt overgaan, onderzoekt `stapjes power`; rijen hebben hier geen datum",
            "clusters that go over in turn are analysed by `stapjes power`; rows have no dates here",
        ),
    ),
    (
        &["frailty", "coxme", "shared-frailty"],
        Text::new(
            "toevalseffecten in Cox-modellen: cox-robust laat de samenhang binnen clusters open",
            "random effects in Cox models: cox-robust leaves the dependence within clusters open",
        ),
    ),
    (
        &["logistic", "glm", "logit"],
        Text::new(
            "logistische regressie; mantel-haenszel corrigeert voor strata, cluster-linear voor \
             covariaten",
            "logistic regression; mantel-haenszel adjusts for strata, cluster-linear for covariates",
        ),
    ),
    (
        &["one-sample-log-rank"],
        Text::new(
            "een log-rank-toets tegen een gegeven curve; binomial-test(share) vergelijkt het aandeel op \
             --at met een gegeven aandeel",
            "a log-rank test against a given curve; binomial-test(share) compares the share by --at with a given one",
        ),
    ),
];

/// No such method; the nearest.
fn unknown(name: &str) -> EstimateError {
    if let Some((_, reason)) = LEFT_OUT.iter().find(|(names, _)| names.contains(&name)) {
        return EstimateError::option(
            "--tests",
            said!(
                "\"{name}\" is er hier niet: {reason}",
                "\"{name}\" is not here: {reason}",
                reason = reason,
                name = name
            ),
        );
    }
    let names =
        methods().flat_map(|method| std::iter::once(method.name).chain(method.aliases.iter().copied()));
    let hint = match nearest(name, names) {
        Some(near) => said!("; bedoelt u \"{near}\"?", "; did you mean \"{near}\"?", near = near),
        None => Said::default(),
    };
    EstimateError::option(
        "--tests",
        said!(
            "onbekende toets \"{name}\"{hint} (--tests list toont alle)",
            "unknown test \"{name}\"{hint} (--tests list shows all)",
            hint = hint,
            name = name
        ),
    )
}

/// Parts at commas that are not between parentheses.
fn split_outside_parentheses(text: &str) -> Result<Vec<&str>, EstimateError> {
    let (mut depth, mut from, mut parts) = (0_i32, 0, Vec::new());
    for (i, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(text[from..i].trim());
                from = i + 1;
            }
            _ => {}
        }
    }
    if depth != 0 {
        return Err(EstimateError::option(
            "--tests",
            said!("de haakjes kloppen niet", "unbalanced parentheses"),
        ));
    }
    parts.push(text[from..].trim());
    Ok(parts.into_iter().filter(|part| !part.is_empty()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kinds::Kind;

    #[test]
    fn every_test_of_power_is_a_method_in_either_spelling() {
        for test in TestKind::ALL.iter().filter(|test| **test != TestKind::PeriodAdjusted) {
            let method = parse_requests(test.method()).unwrap()[0].method.name;
            // `restricted-mean` has always been `rmst` here, which knows no competing exits.
            let wanted = if *test == TestKind::RestrictedMean { "rmst" } else { method };
            assert_eq!(parse_requests(test.name()).unwrap()[0].method.name, wanted, "{test:?}");
        }
        // Needs dates and a plan.
        assert!(parse_requests("period_adjusted").is_err());
    }

    #[test]
    fn every_name_means_one_method() {
        let mut names: Vec<&str> =
            methods().flat_map(|m| std::iter::once(m.name).chain(m.aliases.iter().copied())).collect();
        let all = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), all);
    }

    #[test]
    fn splits_outside_parentheses() {
        assert_eq!(split_outside_parentheses("a, b(1,2) ,c").unwrap(), vec!["a", "b(1,2)", "c"]);
        assert!(split_outside_parentheses("a(1").is_err());
    }
}
