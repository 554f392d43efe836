//! What is calibrated: anything that gives the outcomes of all targets at a point of its parameters.

use serde::{Deserialize, Serialize};

/// One outcome of a run.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Outcome {
    /// Its value.
    pub value: f64,
    /// Its Monte Carlo standard error; 0 when it is exact.
    pub error: f64,
}

impl Outcome {
    /// An outcome without Monte Carlo error.
    pub(crate) const fn exact(value: f64) -> Self {
        Self { value, error: 0.0 }
    }
}

/// A model under calibration.
///
/// A point `z` has one coordinate per free parameter, `z = Phi^-1(F(parameter))` with `F` the prior's distribution
/// function: whatever the priors, the prior of `z` is the standard normal distribution with independent coordinates.
pub(crate) trait Model: Sync {
    /// Number of free parameters.
    fn dimensions(&self) -> usize;

    /// The outcomes of all targets at a point, held-out targets included, in the order of the targets. The same point must
    /// always give the same outcomes.
    fn run(&self, z: &[f64]) -> Vec<Outcome>;
}
