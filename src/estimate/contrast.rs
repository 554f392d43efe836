//! From a coefficient and its standard error to a presentable estimate, one way for all regression models.

use super::cox::Term;
use super::{Alternative, Estimate, EstimateError, Interval, Options};
use crate::language::Said;
use crate::observe::Dataset;
use crate::said;
use crate::stats::{normal, student_t};

/// Distribution that a standardized coefficient is held against.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Reference {
    /// Standard normal.
    Normal,
    /// Student's t with these degrees of freedom.
    StudentT(f64),
}

impl Reference {
    /// The p-value of a statistic.
    pub(crate) fn p_value(self, statistic: f64, alternative: Alternative) -> f64 {
        let (upper, lower) = match self {
            Self::Normal => (normal::upper_tail(statistic), normal::cdf(statistic)),
            Self::StudentT(df) => (student_t::upper_tail(statistic, df), student_t::cdf(statistic, df)),
        };
        match (alternative, self) {
            (Alternative::TwoSided, Self::Normal) => normal::two_sided_p(statistic),
            (Alternative::TwoSided, Self::StudentT(df)) => student_t::two_sided_p(statistic, df),
            (Alternative::Less, _) => lower,
            (Alternative::Greater, _) => upper,
        }
    }

    /// Half width of an interval in standard errors.
    fn quantile(self, level: f64) -> f64 {
        match self {
            Self::Normal => normal::two_sided_quantile(level),
            Self::StudentT(df) => student_t::quantile(0.5 + level / 2.0, df),
        }
    }
}

/// A coefficient on the log scale, shown as a ratio: `value` is the ratio, `standard_error` that of its logarithm.
pub(crate) fn ratio(
    estimate: Estimate,
    coefficient: f64,
    standard_error: f64,
    reference: Reference,
    options: &Options,
) -> Estimate {
    let half = reference.quantile(options.level) * standard_error;
    let interval = Interval {
        lower: libm::exp(coefficient - half),
        upper: libm::exp(coefficient + half),
        level: options.level,
    };
    let shown = with_statistic(estimate, coefficient, standard_error, reference, options);
    Estimate { value: Some(libm::exp(coefficient)), interval: Some(interval), ..shown }
        .with("coefficient", coefficient)
}

/// A coefficient shown as it is.
pub(crate) fn difference(
    estimate: Estimate,
    coefficient: f64,
    standard_error: f64,
    reference: Reference,
    options: &Options,
) -> Estimate {
    let half = reference.quantile(options.level) * standard_error;
    let interval = Interval { lower: coefficient - half, upper: coefficient + half, level: options.level };
    let shown = with_statistic(estimate, coefficient, standard_error, reference, options);
    Estimate { value: Some(coefficient), interval: Some(interval), ..shown }
}

/// A result with its statistic and p-value.
fn with_statistic(
    estimate: Estimate,
    coefficient: f64,
    standard_error: f64,
    reference: Reference,
    options: &Options,
) -> Estimate {
    let statistic = coefficient / standard_error;
    Estimate {
        standard_error: Some(standard_error),
        statistic: Some(statistic),
        degrees_of_freedom: match reference {
            Reference::Normal => None,
            Reference::StudentT(df) => Some(df),
        },
        p_value: Some(reference.p_value(statistic, options.alternative)),
        ..estimate
    }
}

/// The covariates of a regression: one 0/1 column for each arm after the first, then the baseline covariates.
///
/// # Errors
/// Neither a second arm nor a covariate.
pub(crate) fn terms(data: &Dataset) -> Result<Vec<Term>, EstimateError> {
    let mut terms = arm_terms(data);
    terms.extend(data.covariates.iter().map(|c| Term { name: c.name.clone(), values: c.values.clone() }));
    if terms.is_empty() {
        return Err(EstimateError::MissingColumn {
            what: said!(
                "een kolom met twee groepen (--arm), of covariaten",
                "an arm column with two arms, or covariates"
            ),
        });
    }
    Ok(terms)
}

/// One 0/1 column for each arm after the first, named "treated / control".
pub(crate) fn arm_terms(data: &Dataset) -> Vec<Term> {
    let term = |(index, name): (usize, &String)| Term {
        name: format!("{name} / {}", data.arm_names[0]),
        values: data.arm.iter().map(|arm| f64::from(u8::from(*arm as usize == index))).collect(),
    };
    data.arm_names.iter().enumerate().skip(1).map(term).collect()
}

/// The causes to analyze one by one: the one asked for, or all in the data.
pub(crate) fn causes(data: &Dataset, options: &Options) -> Vec<u32> {
    if let Some(cause) = options.cause {
        return vec![cause];
    }
    let mut causes: Vec<u32> = data.cause.iter().copied().filter(|cause| *cause > 0).collect();
    causes.sort_unstable();
    causes.dedup();
    causes
}

/// Whether each row ends with an event: of one cause, or of any.
pub(crate) fn events(data: &Dataset, cause: Option<u32>) -> Vec<bool> {
    data.cause.iter().map(|row_cause| cause.map_or(*row_cause > 0, |wanted| *row_cause == wanted)).collect()
}

/// The cluster column.
///
/// # Errors
/// There is none.
pub(crate) fn cluster(data: &Dataset) -> Result<&[u32], EstimateError> {
    let what = || said!("een cluster voor elke rij", "a cluster for every row");
    data.cluster.as_deref().ok_or_else(|| EstimateError::MissingColumn { what: what() })
}

/// Number of clusters with rows in each arm; none without clusters.
///
/// # Example
/// ```
/// use stapjes::estimate::clusters_by_arm;
/// use stapjes::observe::Dataset;
///
/// // Five caseworkers with clients of `regular`, four with clients of `personal`; one has both.
/// let caseworker = vec![0, 0, 1, 1, 2, 3, 3, 4, 4, 4, 5, 5, 6, 6, 7, 7];
/// let data = Dataset { cluster: Some(caseworker), ..Dataset::example() };
/// assert_eq!(clusters_by_arm(&data), [5, 4]);
/// ```
pub fn clusters_by_arm(data: &Dataset) -> Vec<usize> {
    let labels = data.cluster.as_deref().unwrap_or_default();
    let mut seen: Vec<(u32, u32)> = data.arm.iter().copied().zip(labels.iter().copied()).collect();
    seen.sort_unstable();
    seen.dedup();
    let of_arm = |arm: usize| seen.iter().filter(|(label, _)| *label as usize == arm).count();
    (0..data.arm_names.len()).map(of_arm).collect()
}

/// The unit of robust errors: a row.
pub(crate) fn by_row() -> Said {
    said!("rij", "row")
}

/// The unit of robust errors: a person.
pub(crate) fn by_person() -> Said {
    said!("persoon", "person")
}

/// The unit of robust errors: a cluster.
pub(crate) fn by_cluster() -> Said {
    Said::same("cluster")
}

/// The name of a coefficient: the constant is a word, all else is as in the data.
pub(crate) fn coefficient_in_words(name: &str) -> Said {
    if name == "(intercept)" { said!("(constante)", "(intercept)") } else { Said::same(name) }
}

/// Why a comparison by cluster has no p-value: the arm with a single cluster, or what else there is to say.
pub(crate) fn rests_on_one_cluster(data: &Dataset) -> Said {
    let lone = clusters_by_arm(data).into_iter().position(|clusters| clusters < 2);
    match lone {
        Some(arm) => said!(
            "geen p: groep {} heeft één cluster, zodat haar effect en dat van het cluster niet uit \
                 elkaar te houden zijn; een toets vraagt minstens twee clusters in elke groep",
            "no p: arm {} has one cluster, so that its effect and the cluster's cannot be told apart; a test needs at least \
             two clusters in each arm",
            data.arm_names[arm]
        ),
        None => said!(
            "geen p: de vergelijking rust op één enkel cluster",
            "no p: the comparison rests on a single cluster"
        ),
    }
}
