//! Learning the parameters from figures: history matching by emulators, a posterior by tempered sequential Monte Carlo, and
//! its correction by real runs.
//!
//! Figures with stated errors *are* a likelihood, so this is no approximate Bayesian computation. See `docs/calibrate.md`
//! for the method, its assumptions and where it breaks.
//!
//! * `model`: what is calibrated; [`target`]: a figure and its likelihood.
//! * [`emulator`], `fit`: waves of runs, emulators, implausibility (Craig et al. 1997, doi:10.1007/978-1-4612-2290-3_2;
//!   Vernon, Goldstein & Bower 2010, doi:10.1214/10-BA524).
//! * [`smc`], `pareto`: the sampler and the correction's weights; `conflict`: figures that cannot be met together.
//! * `outcome`, `town`, [`stated`]: the real model under calibration (its caseloads in `place`, its patterns in `shown`) and
//!   the targets file.
//! * [`self_check`]: simulation-based calibration of the sampler, on models whose truth is known and on emulators of the real
//!   one (`stand_in`); it must fail with wrong errors.
//! * `summary`: what the posterior says about parameters and figures.

pub mod answer;
pub(crate) mod conflict;
pub mod emulator;
pub(crate) mod fit;
mod known;
pub(crate) mod model;
pub(crate) mod outcome;
pub(crate) mod pareto;
mod place;
pub mod self_check;
mod shown;
pub mod smc;
pub(crate) mod stand_in;
pub mod stated;
pub(crate) mod summary;
pub mod target;
pub(crate) mod town;

#[cfg(test)]
mod exact_cases;
