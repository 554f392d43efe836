//! Which parameters move a result, as it stands in results: found and confirmed by `sensitivity`.

use serde::{Deserialize, Serialize};

/// A parameter that moves a result.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Driver {
    /// Dotted path.
    pub path: String,
    /// Share of the variance of the draws, without their noise.
    pub share: f64,
    /// Values at 10 and 90 % of what is believed about it.
    pub at: [f64; 2],
    /// The result under each, all else at the center.
    pub result: [f64; 2],
    /// Monte Carlo error of the difference between the two.
    pub error: f64,
}

impl Driver {
    /// Whether the two results differ beyond the noise.
    pub(crate) fn holds(&self) -> bool {
        (self.result[1] - self.result[0]).abs() > 2.0 * self.error
    }
}

/// What the draws say about one result.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Drivers {
    /// The result that they move: name and label of its measure.
    #[serde(default)]
    pub measure: (String, String),
    /// The arm whose difference from the control it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arm: Option<usize>,
    /// Parameters whose influence a paired run confirmed, the largest change first.
    pub confirmed: Vec<Driver>,
    /// Parameters that the draws pointed to and a paired run did not confirm.
    pub dropped: Vec<String>,
    /// Share of the draws' variance that is noise inside the draws.
    pub noise_share: f64,
    /// Share of the draws' variance that the parameters predict, leaving one draw out at a time.
    pub left_out_r2: f64,
}

impl Drivers {
    /// Name and label of the measure.
    pub(crate) fn measure_key(&self) -> [&str; 2] {
        [&self.measure.0, &self.measure.1]
    }

    /// Whether the result is an amount of money.
    pub(crate) fn is_money(&self) -> bool {
        self.measure.0.starts_with("money")
    }
}
