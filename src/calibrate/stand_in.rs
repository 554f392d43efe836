//! Emulators as a model of their own: what a calibration can be checked on many times, since a run of it costs nothing.
//!
//! A calibration of the real model takes hours; of its emulators, seconds. Whether posteriors with the
//! errors of *this* targets file cover as they say can be checked on the latter. That the emulators fit
//! the model is another question, which `r2` answers.

use super::emulator::Emulator;
use super::model::{Model, Outcome};

/// The outcomes that emulators predict, without error.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StandIn {
    /// Parameters.
    dimensions: usize,
    /// One per outcome.
    emulators: Vec<Emulator>,
}

impl StandIn {
    /// Stands in for a model with so many free parameters; one emulator per figure.
    pub(crate) fn new(dimensions: usize, emulators: Vec<Emulator>) -> Self {
        Self { dimensions, emulators }
    }

    /// The smallest share of variance of the real runs that an emulator predicts.
    pub(crate) fn smallest_r2(&self) -> f64 {
        self.emulators.iter().map(|emulator| emulator.r2).fold(f64::INFINITY, f64::min)
    }
}

impl Model for StandIn {
    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn run(&self, z: &[f64]) -> Vec<Outcome> {
        self.emulators.iter().map(|emulator| Outcome::exact(emulator.predict(z).0)).collect()
    }
}
