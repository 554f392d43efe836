//! What every estimator hands back: a number never travels without its error, its level and its convention.

use crate::language::Said;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// An interval and the confidence level it was made for. An infinite end means "unbounded" and is written as null in JSON.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Confidence level, for instance 0.95.
    pub level: f64,
}

impl Interval {
    /// `value` plus and minus the normal quantile times `standard_error`.
    pub(crate) fn wald(value: f64, standard_error: f64, level: f64) -> Self {
        let half = crate::stats::normal::two_sided_quantile(level) * standard_error;
        Self { lower: value - half, upper: value + half, level }
    }
}

/// A further number, list, matrix or word belonging to an estimate (observed and expected events, a covariance, ...).
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Detail {
    /// One number.
    Number(f64),
    /// Several numbers in a documented order.
    List(Vec<f64>),
    /// Rows of numbers.
    Matrix(Vec<Vec<f64>>),
    /// A word or sentence.
    Text(String),
}

impl From<f64> for Detail {
    fn from(value: f64) -> Self {
        Self::Number(value)
    }
}

impl From<Vec<f64>> for Detail {
    fn from(value: Vec<f64>) -> Self {
        Self::List(value)
    }
}

impl From<Vec<Vec<f64>>> for Detail {
    fn from(value: Vec<Vec<f64>>) -> Self {
        Self::Matrix(value)
    }
}

impl From<&str> for Detail {
    fn from(value: &str) -> Self {
        Self::Text(value.into())
    }
}

/// One result. What a method does not define stays `None`; nothing is ever NaN.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// The method, as it is called in `--tests`.
    pub name: String,
    /// What the value is about: an arm, a contrast, a covariate, a horizon ("treated - control at 24").
    pub label: Said,
    /// The arm it is about, or the treated arm of a comparison.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arm: Option<String>,
    /// The arm it is compared with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub against: Option<String>,
    /// The cause whose events are counted, by its name in the data; absent when every cause counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<String>,
    /// Whether the result accounts for clusters; absent when the data have none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uses_clusters: Option<bool>,
    /// What is estimated ("hazard ratio", "restricted mean time difference"), or the null hypothesis of a bare test.
    pub estimand: Said,
    /// The point estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<f64>,
    /// Standard error of `value` (of its logarithm when `convention` says so).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub standard_error: Option<f64>,
    /// Interval of `value` with its level.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub interval: Option<Interval>,
    /// Test statistic: z, t, chi-square or F, as `convention` says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub statistic: Option<f64>,
    /// Degrees of freedom of a t or chi-square statistic, or the numerator of an F.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "whole_if_some")]
    pub degrees_of_freedom: Option<f64>,
    /// Denominator degrees of freedom of an F statistic.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "whole_if_some")]
    pub denominator_degrees_of_freedom: Option<f64>,
    /// p-value; two-sided unless `convention` says otherwise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub p_value: Option<f64>,
    /// Sidedness, sign, ties, variance: all that must be known to reproduce the number elsewhere.
    pub convention: Said,
    /// Why there are no numbers here although the method gives them elsewhere (another time, arm or cause).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub missing: Option<Said>,
    /// Further numbers by documented key, in alphabetical order.
    #[serde(skip_serializing_if = "BTreeMap::is_empty", serialize_with = "details")]
    pub details: BTreeMap<String, Detail>,
}

/// Details that count something: they are written as integers.
const COUNTS: [&str; 13] = [
    "assignments",
    "at_risk",
    "cause",
    "censored_before_horizon",
    "clusters",
    "events",
    "observed",
    "residual_degrees_of_freedom",
    "rows",
    "strata",
    "total",
    "totals",
    "units",
];

/// A number that is written as an integer when it is one.
struct Whole(f64);

impl Serialize for Whole {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0 == self.0.trunc() && self.0.abs() < 9e15 {
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

/// A number without decimals where it has none.
fn whole_if_some<S: Serializer>(value: &Option<f64>, serializer: S) -> Result<S::Ok, S::Error> {
    value.map(Whole).serialize(serializer)
}

/// Details by name.
fn details<S: Serializer>(details: &BTreeMap<String, Detail>, serializer: S) -> Result<S::Ok, S::Error> {
    let whole = |values: &[f64]| values.iter().copied().map(Whole).collect::<Vec<_>>();
    let mut map = serializer.serialize_map(Some(details.len()))?;
    for (key, detail) in details {
        match detail {
            Detail::Number(value) if COUNTS.contains(&key.as_str()) => {
                map.serialize_entry(key, &Whole(*value))?
            }
            Detail::List(values) if COUNTS.contains(&key.as_str()) => {
                map.serialize_entry(key, &whole(values))?
            }
            Detail::Matrix(rows) if COUNTS.contains(&key.as_str()) => {
                map.serialize_entry(key, &rows.iter().map(|row| whole(row)).collect::<Vec<_>>())?;
            }
            other => map.serialize_entry(key, other)?,
        }
    }
    map.end()
}

impl Estimate {
    /// An estimate without numbers yet.
    pub(crate) fn new(
        name: &str,
        label: impl Into<Said>,
        estimand: impl Into<Said>,
        convention: impl Into<Said>,
    ) -> Self {
        Self {
            name: name.into(),
            label: label.into(),
            estimand: estimand.into(),
            convention: convention.into(),
            ..Self::default()
        }
    }

    /// Removes numbers that are no number, so that none is ever shown.
    pub(crate) fn drop_not_a_number(&mut self) {
        for number in [&mut self.value, &mut self.standard_error, &mut self.statistic, &mut self.p_value] {
            *number = number.filter(|value| !value.is_nan());
        }
        self.interval = self.interval.filter(|interval| !interval.lower.is_nan() && !interval.upper.is_nan());
    }

    /// Adds one detail.
    pub(crate) fn with(mut self, key: &str, detail: impl Into<Detail>) -> Self {
        self.details.insert(key.into(), detail.into());
        self
    }

    /// Adds value, standard error and the symmetric normal interval.
    pub(crate) fn with_wald(mut self, value: f64, standard_error: f64, level: f64) -> Self {
        self.value = Some(value);
        self.standard_error = Some(standard_error);
        self.interval = Some(Interval::wald(value, standard_error, level));
        self
    }

    /// Adds a chi-square statistic and its p-value.
    pub(crate) fn with_chi_square(mut self, statistic: f64, degrees_of_freedom: f64) -> Self {
        self.statistic = Some(statistic);
        self.degrees_of_freedom = Some(degrees_of_freedom);
        self.p_value = Some(crate::stats::chi_square::upper_tail(statistic, degrees_of_freedom));
        self
    }
}
