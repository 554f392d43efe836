//! Why an estimate cannot be given. Every message says what is wrong and, where there is one, the way out.

use std::fmt;

/// The reason an estimator refuses a data set or an option.
#[derive(Clone, Debug, PartialEq)]
pub enum EstimateError {
    /// A value in the data that no analysis can use.
    InvalidData {
        /// What is wrong, naming column and row (rows count from 1).
        message: String,
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
        what: String,
    },
    /// The variance is zero, so that no statistic exists.
    NoVariance {
        /// Which variance, and why.
        what: String,
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
        what: String,
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
        message: String,
    },
    /// An iterative fit that did not settle.
    NotConverged {
        /// What was being fitted, and the likely cause.
        what: String,
    },
    /// A matrix that must be inverted is singular: columns determine each other, or a group has no information.
    Singular {
        /// Which matrix, and the likely cause.
        what: String,
    },
}

impl fmt::Display for EstimateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidData { message } => f.write_str(message),
            Self::EmptyArm { arm } => write!(f, "arm {arm} has no rows"),
            Self::TooFewArms { found, needed } => {
                write!(f, "the comparison needs at least {needed} arms; the data have {found}")
            }
            Self::TooManyArms { found, allowed } => {
                write!(f, "the method compares {allowed} arms; the data have {found}")
            }
            Self::NoEvents { what } => write!(f, "no {what}: there is nothing to estimate"),
            Self::NoVariance { what } => write!(f, "no variance: {what}"),
            Self::TooFewClusters { found, needed } => write!(
                f,
                "robust inference needs at least {needed} clusters; the data have {found}. With so few caseworkers or \
                 sites, effect and caseworker cannot be told apart"
            ),
            Self::MissingColumn { what } => write!(f, "the method needs {what}"),
            Self::HorizonBeyondFollowUp { horizon, latest, arm } => write!(
                f,
                "horizon {horizon} lies beyond the follow-up of arm {arm}; the latest horizon these data support is {latest}"
            ),
            Self::InvalidOption { option, message } => write!(f, "{option}: {message}"),
            Self::NotConverged { what } => write!(f, "no convergence: {what}"),
            Self::Singular { what } => write!(f, "singular matrix: {what}"),
        }
    }
}

impl std::error::Error for EstimateError {}

impl EstimateError {
    /// An [`EstimateError::InvalidOption`].
    pub fn option(option: &str, message: impl Into<String>) -> Self {
        Self::InvalidOption { option: option.into(), message: message.into() }
    }

    /// An [`EstimateError::InvalidData`].
    pub fn data(message: impl Into<String>) -> Self {
        Self::InvalidData { message: message.into() }
    }
}
