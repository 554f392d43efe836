//! One data set as an analyst would hold it: one row per participant (or per at-risk interval).
//!
//! Columns instead of rows, because estimators sort, count and sum one column at a time. The same type
//! holds a simulated study and a CSV file of a municipality: an estimator cannot know which, so what is
//! checked on one holds for the other. `None` means that the data have no such column; it is never a
//! column of defaults.

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
    /// Sampling weight of each row: how much of the population it stands for, finite and above 0; absent means 1. Frequencies (a row
    /// for several people) are no weights here but rows that occur several times.
    pub weight: Option<Vec<f64>>,
}

impl Dataset {
    /// The sampling weight of a row; 1 without weights.
    pub(crate) fn weight_of(&self, row: usize) -> f64 {
        self.weight.as_ref().map_or(1.0, |weight| weight[row])
    }

    /// Sixteen clients, eight with regular talks and eight with personal ones: small enough to follow a method by hand. The
    /// examples of [`estimate`](crate::estimate) use it.
    ///
    /// | arm | months on benefit: reason of the exit (1 = work, 2 = another), 0 = still on benefit |
    /// |---|---|
    /// | regular | 2:1, 3:0, 5:2, 7:1, 9:1, 12:0, 14:2, 15:1 |
    /// | personal | 1:1, 2:1, 4:1, 4:2, 6:1, 8:0, 10:1, 13:0 |
    ///
    /// ```
    /// let data = stapjes::observe::Dataset::example();
    /// let months: f64 = data.time.iter().sum();
    /// assert_eq!((data.time.len(), months), (16, 115.0));
    /// ```
    pub fn example() -> Self {
        let months = [2, 3, 5, 7, 9, 12, 14, 15, 1, 2, 4, 4, 6, 8, 10, 13];
        Self {
            time: months.map(f64::from).to_vec(),
            cause: vec![1, 0, 2, 1, 1, 0, 2, 1, 1, 1, 1, 2, 1, 0, 1, 0],
            arm: [[0; 8], [1; 8]].concat(),
            arm_names: vec!["regular".into(), "personal".into()],
            ..Self::default()
        }
    }

    /// The given rows as a data set of their own: arms without rows are dropped, clusters and persons numbered anew.
    #[must_use]
    pub fn rows(&self, rows: &[usize]) -> Self {
        let codes = |column: &Option<Vec<u32>>| column.as_ref().map(|values| dense(&pick(values, rows)));
        let arms: Vec<u32> = pick(&self.arm, rows);
        let present = |arm: &usize| arms.contains(&(*arm as u32));
        Self {
            time: pick(&self.time, rows),
            cause: pick(&self.cause, rows),
            arm: dense(&arms),
            arm_names: (0..self.arm_names.len()).filter(present).map(|a| self.arm_names[a].clone()).collect(),
            cluster: codes(&self.cluster),
            stratum: codes(&self.stratum),
            start: self.start.as_ref().map(|values| pick(values, rows)),
            person: codes(&self.person),
            count: self.count.as_ref().map(|values| pick(values, rows)),
            outcome: self.outcome.as_ref().map(|values| pick(values, rows)),
            weight: self.weight.as_ref().map(|values| pick(values, rows)),
            covariates: self
                .covariates
                .iter()
                .map(|c| Covariate { name: c.name.clone(), values: pick(&c.values, rows) })
                .collect(),
        }
    }
}

/// The values of some rows.
fn pick<T: Copy>(values: &[T], rows: &[usize]) -> Vec<T> {
    rows.iter().map(|&row| values[row]).collect()
}

/// The same codes numbered 0, 1, ... in their order, without gaps: estimators count clusters by the
/// largest code.
fn dense(codes: &[u32]) -> Vec<u32> {
    let mut known = codes.to_vec();
    known.sort_unstable();
    known.dedup();
    codes.iter().map(|code| known.partition_point(|other| other < code) as u32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_on_their_own() {
        let data = Dataset {
            time: vec![1.0, 2.0, 3.0, 4.0],
            cause: vec![0, 2, 1, 1],
            arm: vec![0, 2, 1, 2],
            arm_names: vec!["a".into(), "b".into(), "c".into()],
            cluster: Some(vec![7, 5, 9, 7]),
            covariates: vec![Covariate { name: "x".into(), values: vec![0.5, 1.5, 2.5, 3.5] }],
            ..Dataset::default()
        };
        let some = data.rows(&[0, 1, 3]);
        assert_eq!(some.arm_names, ["a", "c"]);
        assert_eq!((some.arm, some.cluster), (vec![0, 1, 1], Some(vec![1, 0, 1])));
        assert_eq!((some.cause, some.covariates[0].values.clone()), (vec![0, 2, 1], vec![0.5, 1.5, 3.5]));
        assert_eq!(data.rows(&[0, 1, 2, 3]).time, data.time);
    }
}
