//! Simulation-based calibration: over many data sets simulated at parameters from the prior, the true parameter's rank among
//! the posterior's draws must be uniform, and intervals must cover as often as they say (Talts et al. 2018,
//! arXiv:1804.06788). A check that cannot fail is worth nothing: the same with errors overstated or understated must fail.

use serde::Serialize;

use super::fit::{CalibrateError, Plan, calibrate};
use super::model::{Model, Outcome};
use super::smc::systematic;
use super::target::{Evidence, Link, Target};
use crate::random::numbers::Numbers;
use crate::random::{Dice, Process};
use crate::trial::{Stopped, Watch};

/// Draws of a posterior among which the true value is ranked, and bins of the ranks.
const DRAWS: usize = 99;
const BINS: usize = 20;
/// 99 % point of chi-square with 19 degrees of freedom.
pub const CHI_SQUARE_LIMIT: f64 = 36.19;
/// Nominal coverage of the intervals.
pub const LEVELS: [f64; 3] = [0.5, 0.8, 0.95];
/// How many standard errors a coverage may be off.
const ERRORS: f64 = 3.0;
/// Particles: fewer than in a calibration, whose answer is looked at once.
const PARTICLES: usize = 500;

/// A linear model with normal errors: `y = A theta + e`.
#[derive(Clone, Debug)]
struct Linear {
    rows: &'static [[f64; 2]],
    errors: &'static [f64],
}

/// Three figures about two parameters; one figure about their sum (a product on the log scale); and a sharp figure about each,
/// beside which the prior counts for little: there wrong errors show most.
const MODELS: [(&str, Linear); 3] = [
    ("three figures", Linear { rows: &[[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]], errors: &[0.5, 1.0, 0.8] }),
    ("one figure", Linear { rows: &[[0.5, 0.8]], errors: &[0.1] }),
    ("sharp figures", Linear { rows: &[[1.0, 0.0], [0.0, 1.0]], errors: &[0.2, 0.2] }),
];

impl Linear {
    fn outcomes(&self, z: &[f64]) -> impl Iterator<Item = f64> {
        let (x, y) = (z[0], z[1]);
        self.rows.iter().map(move |[a, b]| a * x + b * y)
    }
}

impl Model for Linear {
    fn dimensions(&self) -> usize {
        2
    }

    fn run(&self, z: &[f64]) -> Vec<Outcome> {
        self.outcomes(z).map(Outcome::exact).collect()
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Check {
    /// Which model.
    pub model: &'static str,
    /// The errors in the likelihood over the true ones.
    pub stated_over_true: f64,
    /// Data sets.
    pub data_sets: u32,
    /// Chi-square of the ranks in 20 bins.
    pub chi_square: f64,
    /// Coverage of the central 50, 80 and 95 % intervals.
    pub coverage: [f64; 3],
}

impl Check {
    /// Whether ranks are uniform and coverages as they say.
    pub fn passes(&self) -> bool {
        let count = 2.0 * f64::from(self.data_sets);
        let covers = LEVELS.iter().zip(self.coverage).all(|(level, found)| {
            (found - level).abs() <= ERRORS * (level * (1.0 - level) / count).sqrt() + 0.5 / DRAWS as f64
        });
        covers && self.chi_square < CHI_SQUARE_LIMIT
    }

    /// Whether it must pass: only with the true errors.
    pub fn must_pass(&self) -> bool {
        self.stated_over_true == 1.0
    }
}

/// All checks: two models with the true errors, and the sharp one with errors overstated 1.25 times and understated .8 times.
///
/// # Errors
/// [`Stopped`] by the user.
pub fn checks(data_sets: u32, seed: u64, watch: Watch<'_>) -> Result<Vec<Check>, Stopped> {
    let plans = [(0, 1.0), (1, 1.0), (2, 1.25), (2, 0.8)];
    plans.into_iter().map(|(model, factor)| check(&MODELS[model], factor, data_sets, seed, watch)).collect()
}

/// Number of checks.
pub const CHECKS: u32 = 4;

fn check(
    (name, model): &(&'static str, Linear),
    factor: f64,
    data_sets: u32,
    seed: u64,
    watch: Watch<'_>,
) -> Result<Check, Stopped> {
    let mut bins = [0.0; BINS];
    let mut covered = [0.0; 3];
    let quiet = Watch { progress: None, ..watch };
    for data_set in 0..data_sets {
        let mut numbers = Numbers::new(Dice::new(seed, data_set).stream(0, 0, Process::LearnData));
        let truth = [numbers.normal(), numbers.normal()];
        let target = |(outcome, error): (f64, &f64)| Target {
            id: String::new(),
            evidence: Evidence::Normal { value: outcome + error * numbers.normal(), error: factor * error },
            discrepancy: 0.0,
            link: Link::Identity,
            held_out: false,
        };
        let targets: Vec<Target> = model.outcomes(&truth).zip(model.errors).map(target).collect();
        let plan = Plan {
            particles: PARTICLES,
            watch: quiet,
            ..Plan::new(&targets, seed ^ u64::from(data_set) << 20)
        };
        let posterior = match calibrate(model, &plan) {
            Ok(posterior) => posterior,
            Err(CalibrateError::Stopped) => return Err(Stopped),
            // Figures that conflict by chance: the truth lies where the model cannot be.
            Err(_) => {
                bins[0] += 2.0;
                continue;
            }
        };
        let chosen = systematic(&posterior.weights, numbers.unit(), DRAWS);
        for (at, truth) in truth.iter().enumerate() {
            let rank = chosen.iter().filter(|&&draw| posterior.points[draw][at] < *truth).count();
            bins[rank * BINS / (DRAWS + 1)] += 1.0;
            let place = (rank as f64 + 0.5) / (DRAWS as f64 + 1.0);
            for (covered, level) in covered.iter_mut().zip(LEVELS) {
                *covered += f64::from(u8::from((place - 0.5).abs() <= level / 2.0));
            }
        }
        watch.progress.iter().for_each(|tell| tell(data_set + 1));
    }
    let count = 2.0 * f64::from(data_sets);
    let expected = count / BINS as f64;
    Ok(Check {
        model: name,
        stated_over_true: factor,
        data_sets,
        chi_square: bins.iter().map(|own| (own - expected) * (own - expected) / expected).sum(),
        coverage: covered.map(|own| own / count),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The small version: few data sets, and errors so wrong that these show it. `checks` with a thousand is the full one.
    #[test]
    fn true_errors_pass_and_wrong_errors_fail() {
        for (model, factor) in [(0, 1.0), (2, 2.0), (2, 0.5)] {
            let found = check(&MODELS[model], factor, 60, 7, Watch::default()).unwrap();
            assert_eq!(found.passes(), found.must_pass(), "{found:?}");
        }
    }
}
