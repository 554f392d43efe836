//! What a figure of curves by arm shows: a step function with its band, censoring marks and numbers at risk.
//!
//! For curves of observed data (`analyze --figure`): they are step functions that change at events
//! only, so they are drawn as steps and never smoothed, and below them stands how many people they
//! still rest on.

/// One arm's curve.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ArmCurve {
    /// Name of the arm.
    pub name: String,
    /// Times at which the curve or its band changes, ascending, above 0.
    pub times: Vec<f64>,
    /// Value from each time on; it begins at [`CurvePanel::start`].
    pub values: Vec<f64>,
    /// Limits from each time on; `None` where there are none, for instance when the last person at risk
    /// has left.
    pub band: Vec<Option<(f64, f64)>>,
    /// Times of censoring, ascending: a stroke on the curve each.
    pub censored: Vec<f64>,
    /// Distinct times of follow-up, ascending, with the number at risk just before each.
    pub at_risk: Vec<(f64, f64)>,
    /// Last time of follow-up: where the curve ends.
    pub last: f64,
}

impl ArmCurve {
    /// Number at risk just before a time; 0 beyond the last follow-up.
    pub(crate) fn at_risk_at(&self, time: f64) -> f64 {
        let at = self.at_risk.partition_point(|(from, _)| *from < time);
        self.at_risk.get(at).map_or(0.0, |(_, number)| *number)
    }

    /// The value from a time on; `start` before the first change.
    pub(crate) fn value_at(&self, time: f64, start: f64) -> f64 {
        match self.times.partition_point(|earlier| *earlier <= time) {
            0 => start,
            count => self.values[count - 1],
        }
    }
}

/// The arms of one curve: one cause, one part of the data.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CurvePanel {
    /// Title; may be empty when there is one panel.
    pub title: String,
    /// Value at time 0: 1 for remaining, 0 for incidence.
    pub start: f64,
    /// Arms, control first.
    pub arms: Vec<ArmCurve>,
}

/// A figure of one or more panels below each other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Curves {
    /// Title.
    pub title: String,
    /// What is to be seen, for people who cannot see it.
    pub description: String,
    /// Name of the horizontal axis.
    pub time: String,
    /// Name of the vertical axis.
    pub share: String,
    /// Heading of the numbers at risk.
    pub at_risk: String,
    /// Panels.
    pub panels: Vec<CurvePanel>,
    /// Sentences below: level, kind of band, what the marks are.
    pub notes: Vec<String>,
}
