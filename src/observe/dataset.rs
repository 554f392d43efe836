//! One data set as an analyst would hold it: one row per participant (or per at-risk interval).

/// A baseline covariate: a name and one value per row.
#[derive(Clone, Debug, PartialEq)]
pub struct Covariate {
    /// Column name as it is shown in results.
    pub name: String,
    /// One value per row, finite.
    pub values: Vec<f64>,
}

/// Time-to-event data of one study at one cut-off. All columns have the same length; rows are in no particular order.
///
/// Everything that estimators see is in here; true states of the simulation are not.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dataset {
    /// Follow-up time of each row, in months since the participant entered (any unit for outside data); >= 0, finite.
    pub time: Vec<f64>,
    /// What ended the follow-up: 0 = censored (still on benefit at the cut-off, or lost), k >= 1 = an event of cause k.
    pub cause: Vec<u32>,
    /// Arm of each row: an index into `arm_names`. Arm 0 is the control.
    pub arm: Vec<u32>,
    /// Names of the arms, control first.
    pub arm_names: Vec<String>,
    /// Cluster (caseworker, site) of each row when participants are not independent.
    pub cluster: Option<Vec<u32>>,
    /// Stratum of each row for stratified analyses.
    pub stratum: Option<Vec<u32>>,
    /// Start of the at-risk interval of each row (counting-process data); absent means everybody starts at 0.
    pub start: Option<Vec<f64>>,
    /// Person of each row when a person has several rows (recurrent events); absent means one row per person.
    pub person: Option<Vec<u32>>,
    /// Number of events of each row when counts are analysed; `time` is then the exposure over which they were counted.
    pub count: Option<Vec<u32>>,
    /// A measured value of each row (not a time or a count), when such an outcome is analysed.
    pub outcome: Option<Vec<f64>>,
    /// Baseline covariates.
    pub covariates: Vec<Covariate>,
}
