//! Why an estimate cannot be given. Every message says what is wrong and, where there is one, the way out.

use std::fmt;

use crate::language::{Lang, Said};
use crate::said;

/// The reason an estimator refuses a data set or an option.
#[derive(Clone, Debug, PartialEq)]
pub enum EstimateError {
    /// A value in the data that no analysis can use.
    InvalidData {
        /// What is wrong, naming column and row (rows count from 1).
        message: Said,
    },
    /// An arm without rows.
    EmptyArm {
        /// Name of the arm.
        arm: String,
    },
    /// Fewer arms than the method compares.
    TooFewArms {
        /// Arms in the data.
        found: usize,
        /// Arms needed.
        needed: usize,
    },
    /// More arms than the method compares.
    TooManyArms {
        /// Arms in the data.
        found: usize,
        /// Most arms the method can handle.
        allowed: usize,
    },
    /// Nothing happened, so nothing can be compared.
    NoEvents {
        /// Which events were looked for, for instance "events of cause 1 in arm treated".
        what: Said,
    },
    /// The variance is zero, so that no statistic exists.
    NoVariance {
        /// Which variance, and why.
        what: Said,
    },
    /// Robust methods need several clusters.
    TooFewClusters {
        /// Clusters in the data.
        found: usize,
        /// Clusters needed.
        needed: usize,
    },
    /// The method needs a column that the data set does not have.
    MissingColumn {
        /// What is needed, for instance "a cluster for every row".
        what: Said,
    },
    /// A horizon after the last follow-up of an arm.
    HorizonBeyondFollowUp {
        /// The horizon asked for.
        horizon: f64,
        /// The latest horizon that the data can support.
        latest: f64,
        /// Arm whose follow-up is too short.
        arm: String,
    },
    /// An option outside its range.
    InvalidOption {
        /// Name of the option.
        option: String,
        /// What is wrong and what is allowed.
        message: Said,
    },
    /// An iterative fit that did not settle.
    NotConverged {
        /// What was being fitted, and the likely cause.
        what: Said,
    },
    /// A matrix that must be inverted is singular: columns determine each other, or a group has no information.
    Singular {
        /// Which matrix, and the likely cause.
        what: Said,
    },
}

impl EstimateError {
    /// An [`EstimateError::InvalidOption`].
    pub(crate) fn option(option: &str, message: impl Into<Said>) -> Self {
        Self::InvalidOption { option: option.into(), message: message.into() }
    }

    /// An [`EstimateError::InvalidData`].
    pub(crate) fn data(message: impl Into<Said>) -> Self {
        Self::InvalidData { message: message.into() }
    }

    /// The reason in words.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::EstimateError;
    /// use stapjes::language::Lang;
    ///
    /// let refused = EstimateError::TooFewArms { found: 1, needed: 2 };
    /// assert_eq!(refused.said().text(Lang::Nl), "de vergelijking vraagt minstens 2 groepen; de gegevens hebben er 1");
    /// assert_eq!(refused.to_string(), "the comparison needs at least 2 arms; the data have 1");
    /// ```
    pub fn said(&self) -> Said {
        match self {
            Self::InvalidData { message } => message.clone(),
            Self::EmptyArm { arm } => {
                said!("groep {arm} heeft geen rijen", "arm {arm} has no rows", arm = arm)
            }
            Self::TooFewArms { found, needed } => said!(
                "de vergelijking vraagt minstens {needed} groepen; de gegevens hebben er {found}",
                "the comparison needs at least {needed} arms; the data have {found}",
                needed = needed,
                found = found
            ),
            Self::TooManyArms { found, allowed } => said!(
                "de methode vergelijkt {allowed} groepen; de gegevens hebben er {found}",
                "the method compares {allowed} arms; the data have {found}",
                allowed = allowed,
                found = found
            ),
            Self::NoEvents { what } => said!(
                "geen {what}: er is niets te schatten",
                "no {what}: there is nothing to estimate",
                what = what
            ),
            Self::NoVariance { what } => said!("geen variantie: {}", "no variance: {}", what),
            Self::TooFewClusters { found, needed } => said!(
                "robuuste uitspraken vragen minstens {needed} clusters; de gegevens hebben er {found}. Met zo weinig consulenten \
                 of locaties zijn effect en consulent niet uit elkaar te houden",
                "robust inference needs at least {needed} clusters; the data have {found}. With so few caseworkers or \
                 sites, effect and caseworker cannot be told apart",
                needed = needed,
                found = found
            ),
            Self::MissingColumn { what } => said!("de methode vraagt {}", "the method needs {}", what),
            Self::HorizonBeyondFollowUp { horizon, latest, arm } => said!(
                "tijd {horizon} ligt voorbij de waarneming van groep {arm}; de laatste tijd die deze gegevens dragen is {latest}",
                "horizon {horizon} lies beyond the follow-up of arm {arm}; the latest horizon these data support is {latest}",
                horizon = horizon,
                arm = arm,
                latest = latest
            ),
            Self::InvalidOption { option, message } => said!("{}: {}", "{}: {}", option, message),
            Self::NotConverged { what } => said!("geen convergentie: {}", "no convergence: {}", what),
            Self::Singular { what } => said!("singuliere matrix: {}", "singular matrix: {}", what),
        }
    }
}

impl From<EstimateError> for Said {
    fn from(error: EstimateError) -> Self {
        error.said()
    }
}

/// The English words; people read [`EstimateError::said`] in their language.
impl fmt::Display for EstimateError {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.said().text(Lang::En))
    }
}

impl std::error::Error for EstimateError {}
