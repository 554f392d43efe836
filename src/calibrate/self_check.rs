//! Simulation-based calibration: over many data sets simulated at parameters from the prior, the truth's rank among the
//! posterior's draws must be uniform, and intervals must cover as often as they say (Talts et al. 2018, arXiv:1804.06788). A
//! check that cannot fail is worth nothing: the same with errors overstated or understated must fail.
//!
//! Ranked are the parameters and also the outcomes of the figures. One figure about the sum of two parameters shows why: the
//! parameters' own intervals are as wide as their priors whatever error is stated, so that only the sum finds out a wrong one
//! (Modrák et al. 2023, doi:10.1214/23-BA1404, on quantities that depend on the data).

use serde::Serialize;

use super::fit::{CalibrateError, FitPlan, calibrate};
use super::known::{Hazards, Known, Linear, WithStatedErrors};
use super::model::Model;
use super::smc::systematic;
use super::target::Target;
use crate::random::numbers::Numbers;
use crate::random::{Dice, Process};
use crate::stats::chi_square;
use crate::trial::{Stopped, Watch};

/// Draws of a posterior among which the true value is ranked: 99 give 100 places, five to a bin.
const DRAWS: usize = 99;
/// Bins of the ranks.
const BINS: usize = 20;
/// Nominal coverage of the intervals.
pub(crate) const LEVELS: [f64; 3] = [0.5, 0.8, 0.95];
/// How many standard errors a coverage may be off.
const ERRORS: f64 = 3.0;
/// Chance that one of the chi-squares of a right sampler is too large, over all its quantities
/// together.
const CHANCE: f64 = 0.01;
/// Particles: fewer than in a calibration, whose answer is looked at once.
const PARTICLES: usize = 500;

/// Three figures about two parameters.
const THREE: Linear =
    Linear { name: "three figures", rows: &[[1.0, 0.0], [1.0, 1.0], [0.0, 2.0]], errors: &[0.5, 1.0, 0.8] };
/// One figure about their sum: a product on the log scale.
const ONE: Linear = Linear { name: "one figure", rows: &[[0.5, 0.8]], errors: &[0.1] };

/// How the truth ranks among the draws, over all data sets.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Ranks {
    /// The largest chi-square of the ranks in 20 bins, over the quantities.
    pub chi_square: f64,
    /// What it must stay under: 1 % over all quantities together.
    pub limit: f64,
    /// Coverage of the central 50, 80 and 95 % intervals, over all quantities and data sets.
    pub coverage: [f64; 3],
    /// Its standard error between data sets.
    pub error: [f64; 3],
}

impl Ranks {
    /// Whether ranks are uniform and coverages as they say.
    pub(crate) fn pass(&self) -> bool {
        let covers = LEVELS
            .iter()
            .zip(self.coverage)
            .zip(self.error)
            .all(|((level, found), error)| (found - level).abs() <= ERRORS * error + 0.5 / DRAWS as f64);
        covers && self.chi_square < self.limit
    }
}

/// One check.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SelfCheck {
    /// Which model.
    pub model: String,
    /// The errors in the likelihood over the true ones; 1 in the checks that must pass.
    pub stated_over_true: f64,
    /// Data sets simulated.
    pub data_sets: u32,
    /// Of them, those whose figures conflict by chance: no posterior; counted as not covered.
    pub conflicts: u32,
    /// The parameters.
    pub(crate) parameters: Ranks,
    /// The outcomes that the figures are about.
    pub(crate) outcomes: Ranks,
}

impl SelfCheck {
    /// Whether parameters and outcomes pass.
    pub(crate) fn passes(&self) -> bool {
        self.parameters.pass() && self.outcomes.pass()
    }

    /// Whether it must pass: only with the true errors.
    pub(crate) fn must_pass(&self) -> bool {
        self.stated_over_true == 1.0
    }
}

/// All checks of the sampler: three models with the true errors, and two with errors overstated 1.25 times and understated .8
/// times, which must fail.
///
/// # Errors
/// [`Stopped`] by the user.
pub(crate) fn checks(data_sets: u32, seed: u64, watch: Watch<'_>) -> Result<Vec<SelfCheck>, Stopped> {
    let plans: [(&dyn Known, f64); CHECKS as usize] = [
        (&THREE, 1.0),
        (&Hazards, 1.0),
        (&ONE, 1.0),
        (&THREE, 1.25),
        (&THREE, 0.8),
        (&ONE, 1.25),
        (&ONE, 0.8),
    ];
    plans.into_iter().map(|(known, factor)| check(known, factor, data_sets, seed, watch)).collect()
}

/// Number of checks.
pub(crate) const CHECKS: u32 = 7;

/// The check of a model (the emulators of a real one) with the errors of a targets file.
///
/// # Errors
/// [`Stopped`] by the user.
pub(crate) fn check_stated(
    name: &str,
    model: &dyn Model,
    targets: &[Target],
    (data_sets, seed): (u32, u64),
    watch: Watch<'_>,
) -> Result<SelfCheck, Stopped> {
    check(&WithStatedErrors { name, model, targets }, 1.0, data_sets, seed, watch)
}

/// One check: `data_sets` times a truth from the prior, data from it, a calibration to these, and the
/// rank of the truth among its draws.
fn check(
    known: &dyn Known,
    factor: f64,
    data_sets: u32,
    seed: u64,
    watch: Watch<'_>,
) -> Result<SelfCheck, Stopped> {
    let model = known.model();
    let (dimensions, links) = (model.dimensions(), known.links());
    let mut parameters = Tally::new(dimensions);
    let mut outcomes = Tally::new(links.len());
    let mut conflicts = 0;
    let quiet = Watch { progress: None, chunks: None, ..watch };
    for data_set in 0..data_sets {
        let mut numbers = Numbers::new(Dice::new(seed, data_set).stream(0, 0, Process::LearnData));
        let truth: Vec<f64> = (0..dimensions).map(|_| numbers.normal()).collect();
        let values = |z: &[f64]| model.run(z).into_iter().map(|outcome| outcome.value).collect::<Vec<f64>>();
        let true_outcomes = values(&truth);
        let target = |(evidence, link)| Target {
            id: String::new(),
            evidence,
            discrepancy: 0.0,
            link,
            held_out: false,
        };
        let data = known.data(&true_outcomes, factor, &mut numbers);
        let targets: Vec<Target> = data.into_iter().zip(links.iter().copied()).map(target).collect();
        let plan = FitPlan {
            particles: PARTICLES,
            watch: quiet,
            ..FitPlan::new(&targets, seed ^ u64::from(data_set) << 20)
        };
        match calibrate(model, &plan) {
            Ok(posterior) => {
                let chosen = systematic(&posterior.weights, numbers.unit(), DRAWS);
                let draws: Vec<&[f64]> = chosen.iter().map(|&at| posterior.points[at].as_slice()).collect();
                parameters.add(&truth, |at, draw| draws[draw][at]);
                outcomes.add(&true_outcomes, |at, draw| posterior.outcomes[chosen[draw]][at].value);
            }
            Err(CalibrateError::Stopped) => return Err(Stopped),
            // Figures that conflict by chance: the truth lies where the model cannot be.
            Err(_) => {
                conflicts += 1;
                parameters.add(&truth, |_, _| f64::INFINITY);
                outcomes.add(&true_outcomes, |_, _| f64::INFINITY);
            }
        }
        watch.progress.iter().for_each(|tell| tell(data_set + 1));
    }
    Ok(SelfCheck {
        model: known.name(),
        stated_over_true: factor,
        data_sets,
        conflicts,
        parameters: parameters.ranks(),
        outcomes: outcomes.ranks(),
    })
}

/// Ranks so far.
struct Tally {
    /// Counts of ranks: one row per quantity, one column per bin.
    bins: Vec<[f64; BINS]>,
    /// Per data set, the share of the quantities that each interval covers.
    covered: Vec<[f64; 3]>,
}

impl Tally {
    /// Nothing yet.
    fn new(quantities: usize) -> Self {
        Self { bins: vec![[0.0; BINS]; quantities], covered: Vec::new() }
    }

    /// A data set: the truth of every quantity, and `value(quantity, draw)` in every draw of the
    /// posterior.
    fn add(&mut self, truth: &[f64], value: impl Fn(usize, usize) -> f64) {
        let mut covered = [0.0; 3];
        for (at, truth) in truth.iter().enumerate() {
            let rank = (0..DRAWS).filter(|&draw| value(at, draw) < *truth).count();
            self.bins[at][rank * BINS / (DRAWS + 1)] += 1.0;
            let place = (rank as f64 + 0.5) / (DRAWS as f64 + 1.0);
            for (covered, level) in covered.iter_mut().zip(LEVELS) {
                *covered += f64::from(u8::from((place - 0.5).abs() <= level / 2.0));
            }
        }
        self.covered.push(covered.map(|hits| hits / truth.len().max(1) as f64));
    }

    /// What the ranks and coverages say. The error of a coverage is that between data sets, whose
    /// quantities are not independent within one.
    fn ranks(&self) -> Ranks {
        let count = self.covered.len() as f64;
        let expected = count / BINS as f64;
        let chi_square = |bins: &[f64; BINS]| {
            bins.iter().map(|found| (found - expected) * (found - expected) / expected).sum::<f64>()
        };
        let mean = |at: usize| self.covered.iter().map(|shares| shares[at]).sum::<f64>() / count;
        let error = |at: usize| {
            let center = mean(at);
            let squares = self.covered.iter().map(|shares| (shares[at] - center) * (shares[at] - center));
            let between = (squares.sum::<f64>() / (count - 1.0) / count).sqrt();
            // Few data sets, all covered: the error is not nothing.
            let level = LEVELS[at];
            between.max((level * (1.0 - level) / count / self.bins.len().max(1) as f64).sqrt())
        };
        Ranks {
            chi_square: self.bins.iter().map(chi_square).fold(0.0, f64::max),
            limit: chi_square::quantile(1.0 - CHANCE / self.bins.len().max(1) as f64, BINS as f64 - 1.0),
            coverage: [0, 1, 2].map(mean),
            error: [0, 1, 2].map(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The small version: few data sets, and errors so wrong that these show it. `checks` with a thousand is the full one.
    #[test]
    fn true_errors_pass_and_wrong_errors_fail() {
        let plans: [(&dyn Known, f64); 5] =
            [(&THREE, 1.0), (&Hazards, 1.0), (&THREE, 2.0), (&THREE, 0.5), (&ONE, 2.5)];
        for (known, factor) in plans {
            let found = check(known, factor, 60, 7, Watch::default()).unwrap();
            assert_eq!(found.passes(), found.must_pass(), "{found:?}");
        }
    }

    #[test]
    fn a_wrong_error_of_a_sum_shows_in_the_sum_and_not_in_its_parts() {
        let found = check(&ONE, 2.5, 60, 7, Watch::default()).unwrap();
        assert!(found.parameters.pass() && !found.outcomes.pass(), "{found:?}");
    }
}
