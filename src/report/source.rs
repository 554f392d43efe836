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

/// A value as people read it, with the range that belongs to it. With draws of the parameters it is the center of the draws and
/// eight in ten of them; without draws the mean over replicates and 95 % of them. No page shows one beside the other.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Center.
    pub center: f64,
    /// Monte Carlo standard error of the center.
    pub error: f64,
    /// Lower end of the range: 10 % of the draws lie below (2.5 % of the replicates when there are no draws).
    pub low: f64,
    /// Upper end.
    pub high: f64,
    /// The value under every draw; empty without draws.
    pub drawn: Vec<f64>,
}

impl Estimate {
    /// What the replicates say: chance only.
    pub fn of_replicates(stat: Stat) -> Self {
        Self { center: stat.mean, error: stat.mcse, low: stat.low, high: stat.high, drawn: Vec::new() }
    }

    /// What the draws say; `None` with fewer than two, or one without a value. `shared` is the error that all draws have in
    /// common.
    pub fn of_draws(drawn: Vec<f64>, shared: f64) -> Option<Self> {
        let count = drawn.len() as f64;
        if drawn.len() < 2 || drawn.iter().any(|value| !value.is_finite()) {
            return None;
        }
        let center = drawn.iter().sum::<f64>() / count;
        let squares: f64 = drawn.iter().map(|value| (value - center) * (value - center)).sum();
        let shared = if shared.is_finite() { shared * shared } else { 0.0 };
        let (low, high) = (spread::quantile(&drawn, 0.1), spread::quantile(&drawn, 0.9));
        Some(Self { center, error: (squares / (count - 1.0) / count + shared).sqrt(), low, high, drawn })
    }
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
        let list = |draw: &'a Draw| match world {
            World::Paired => draw.paired.get(arm),
            World::Difference => draw.difference.get(arm),
            World::Study => None,
        };
        self.drawn(list, key, at)
    }

    /// The difference of a part of the caseload (a group of the results) under every draw.
    fn part_under_draws(&self, arm: usize, group: usize, key: Key<'_>, at: usize) -> Vec<f64> {
        let Some(part) = group.checked_sub(self.results.part_groups().start) else { return Vec::new() };
        self.drawn(|draw| draw.parts.get(arm)?.get(part), key, at)
    }

    fn drawn(&self, list: impl Fn(&'a Draw) -> Option<&'a Vec<Series>>, key: Key<'_>, at: usize) -> Vec<f64> {
        let value = |draw: &'a Draw| {
            let series = list(draw)?.iter().find(|own| own.measure == key.0 && own.label == key.1)?;
            Some((*series.mean.get(at)?, series.mcse.get(at).copied().unwrap_or(f64::NAN)))
        };
        let noisy: Option<Vec<(f64, f64)>> = self.draws().iter().map(value).collect();
        spread::without_noise(&noisy.unwrap_or_default())
    }

    /// A measure as people read it; `None` when the run does not have it.
    pub fn estimate(&self, world: World, arm: usize, key: Key<'_>, at: usize) -> Option<Estimate> {
        let stat = self.stat(world, arm, key, at)?;
        let drawn = self.under_draws(world, arm, key, at);
        let told = Estimate::of_draws(drawn, self.shared_error(world, arm, key, at));
        Some(told.unwrap_or_else(|| Estimate::of_replicates(stat)))
    }

    /// The Monte Carlo error that the values under all draws share; that of the run at the center where no other is known.
    pub fn shared_error(&self, world: World, arm: usize, key: Key<'_>, at: usize) -> f64 {
        let known = match world {
            World::Paired => self.left_by_luck(|luck| luck.paired.get(arm), key, at),
            World::Difference => self.left_by_luck(|luck| luck.difference.get(arm), key, at),
            World::Study => None,
        };
        known.or_else(|| Some(self.stat(world, arm, key, at)?.mcse)).unwrap_or(f64::NAN)
    }

    fn left_by_luck(
        &self,
        list: impl Fn(&'a Draw) -> Option<&'a Vec<Series>>,
        key: Key<'_>,
        at: usize,
    ) -> Option<f64> {
        let luck = self.results.draws.as_ref()?.luck.as_ref()?;
        let series = list(luck)?.iter().find(|own| own.measure == key.0 && own.label == key.1)?;
        series.mcse.get(at).copied().filter(|error| error.is_finite())
    }

    /// The difference of one group (a part of the caseload) as people read it.
    pub fn estimate_of(&self, arm: usize, group: usize, key: Key<'_>, at: usize) -> Option<Estimate> {
        if group == 0 {
            return self.estimate(World::Difference, arm, key, at);
        }
        let stat = self.stat_of(World::Difference, arm, group, key, at)?;
        let drawn = self.part_under_draws(arm, group, key, at);
        let part = group.checked_sub(self.results.part_groups().start);
        let shared = part.and_then(|part| self.left_by_luck(|luck| luck.parts.get(arm)?.get(part), key, at));
        let told = Estimate::of_draws(drawn, shared.unwrap_or(stat.mcse));
        Some(told.unwrap_or_else(|| Estimate::of_replicates(stat)))
    }
}
