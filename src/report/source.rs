//! Looking things up in results: values with the interval that belongs to them.

use crate::trial::results::{ArmResults, Draw, Results, Series, Stat};
use crate::trial::spread;

use super::facts::Facts;
use super::language::Lang;

/// Months that the FIP studies measured at most (Van der Valk & Fenger 2019: 10 to 18 months). Beyond it every number
/// rests on priors.
pub const MEASURED_MONTHS: u32 = 18;

/// Which worlds a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum World {
    /// Everybody under this arm.
    Paired,
    /// Everybody under this arm, less everybody under the control.
    Difference,
    /// The study: each participant in one arm.
    Study,
}

/// A measure: its name and label.
pub type Key<'k> = (&'k str, &'k str);

/// A value with the interval that belongs to it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// Mean over replicates under the scenario's parameters.
    pub mean: f64,
    /// Monte Carlo standard error of the mean.
    pub mcse: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// Whether the interval is that of the parameters (draws) or of chance (replicates).
    pub from_draws: bool,
}

/// Results and facts of one run, seen in one language.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// What the run found.
    pub results: &'a Results,
    /// What was run.
    pub facts: &'a Facts,
    /// Language.
    pub lang: Lang,
}

impl<'a> Source<'a> {
    /// The last reported month.
    pub fn horizon(&self) -> u32 {
        self.results.months.last().copied().unwrap_or(0)
    }

    /// Index of the last reported month that is not after `month`.
    pub fn at_or_before(&self, month: u32) -> usize {
        self.results.months.iter().rposition(|&reported| reported <= month).unwrap_or(0)
    }

    /// Reported months among 12, 18, 24, 60, 120 and the horizon: those that tables show.
    pub fn milestones(&self) -> Vec<u32> {
        let wanted = [12, 18, 24, 60, 120, self.horizon()];
        self.results.months.iter().copied().filter(|month| wanted.contains(month)).collect()
    }

    /// The arms that are compared with the control.
    pub fn treated(&self) -> Vec<usize> {
        (0..self.results.arms.len()).filter(|&arm| arm != self.results.control).collect()
    }

    fn world(&self, world: World) -> &'a [ArmResults] {
        match world {
            World::Paired => &self.results.paired,
            World::Difference => &self.results.difference,
            World::Study => &self.results.study,
        }
    }

    /// Whether a measure exists for this run.
    pub fn has(&self, (name, label): Key<'_>) -> bool {
        self.results.index_of(name, label).is_some()
    }

    /// A measure of an arm over all sites (group 0) or at one site.
    pub fn stat_of(&self, world: World, arm: usize, group: usize, key: Key<'_>, at: usize) -> Option<Stat> {
        let measure = self.results.index_of(key.0, key.1)?;
        self.world(world).get(arm)?.groups.get(group)?.series.get(measure)?.at(at)
    }

    /// A measure of an arm over all sites.
    pub fn stat(&self, world: World, arm: usize, key: Key<'_>, at: usize) -> Option<Stat> {
        self.stat_of(world, arm, 0, key, at)
    }

    /// Whether there are draws of the parameters to show a fan from.
    pub fn has_draws(&self) -> bool {
        self.draws().len() >= 2
    }

    /// The draws of the parameters; empty when there are none.
    pub fn draws(&self) -> &'a [Draw] {
        self.results.draws.as_ref().map_or(&[], |draws| &draws.draws)
    }

    /// A measure under every draw, shrunk to the spread of the parameters; empty when the draws do not have it.
    pub fn under_draws(&self, world: World, arm: usize, key: Key<'_>, at: usize) -> Vec<f64> {
        let value = |draw: &Draw| {
            let list = match world {
                World::Paired => &draw.paired,
                World::Difference => &draw.difference,
                World::Study => return None,
            };
            let is_it = |series: &&Series| series.measure == key.0 && series.label == key.1;
            let series = list.get(arm)?.iter().find(is_it)?;
            Some((*series.mean.get(at)?, series.mcse.get(at).copied().unwrap_or(f64::NAN)))
        };
        let noisy: Option<Vec<(f64, f64)>> = self.draws().iter().map(value).collect();
        spread::without_noise(&noisy.unwrap_or_default())
    }

    /// A measure with its interval: over the draws of the parameters when there are draws of it, else over replicates.
    pub fn estimate(&self, world: World, arm: usize, key: Key<'_>, at: usize) -> Option<Estimate> {
        let Stat { mean, mcse, low, high } = self.stat(world, arm, key, at)?;
        let drawn = self.under_draws(world, arm, key, at);
        if drawn.iter().filter(|value| value.is_finite()).count() < 2 {
            return Some(Estimate { mean, mcse, low, high, from_draws: false });
        }
        let (low, high) = (spread::quantile(&drawn, 0.025), spread::quantile(&drawn, 0.975));
        Some(Estimate { mean, mcse, low, high, from_draws: true })
    }

    /// Share of the draws in which a measure is above 0; `None` without draws.
    pub fn share_positive(&self, world: World, arm: usize, key: Key<'_>, at: usize) -> Option<f64> {
        let drawn = self.under_draws(world, arm, key, at);
        let share = spread::share(&drawn, |value| value > 0.0);
        share.is_finite().then_some(share)
    }
}
