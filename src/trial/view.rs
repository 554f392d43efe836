//! Results as people read them: a value with the range that belongs to it, and the values under every draw without the noise
//! inside a draw.
//!
//! Every number that a report shows comes through here with the range that belongs to it, so that no
//! page can put the range of replicates (chance) beside a mean over draws (parameters), or forget the
//! Monte Carlo error.

use std::ops::Range;

use super::results::{ArmResults, Draw, Results, Series, Stat};
use super::spread;

/// Which worlds a number comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    /// Everybody under this arm.
    Paired,
    /// Everybody under this arm, less everybody under the control.
    Difference,
    /// The study: each participant in one arm.
    Study,
}

/// A measure: its name and label.
pub(crate) type Key<'k> = (&'k str, &'k str);

/// A value as people read it, with the range that belongs to it. With draws of the parameters it is the center of the draws and
/// eight in ten of them; without draws the mean over replicates and 95 % of them. No page shows one beside the other.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ShownValue {
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

impl ShownValue {
    /// What the replicates say: chance only.
    pub(crate) fn of_replicates(stat: Stat) -> Self {
        Self { center: stat.mean, error: stat.mcse, low: stat.low, high: stat.high, drawn: Vec::new() }
    }

    /// What the draws say; `None` with fewer than two, or one without a value. `shared` is the error that all draws have in
    /// common.
    pub(crate) fn of_draws(drawn: Vec<f64>, shared: f64) -> Option<Self> {
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

/// Results to look things up in. The draws are shrunk to the spread of the parameters once, when the view is made.
#[derive(Clone, Debug)]
pub(crate) struct View<'a> {
    /// What the run found.
    pub results: &'a Results,
    /// The values under every draw without the noise inside a draw.
    shrunk: Shrunk,
}

impl<'a> View<'a> {
    /// A view of these results.
    pub(crate) fn new(results: &'a Results) -> Self {
        let draws = results.draws.as_ref().map_or(&[][..], |draws| &draws.draws);
        Self { results, shrunk: Shrunk::new(results.arms.len(), draws) }
    }

    /// The last reported month.
    pub(crate) fn horizon(&self) -> u32 {
        self.results.months.last().copied().unwrap_or(0)
    }

    /// Index of the last reported month that is not after `month`.
    pub(crate) fn at_or_before(&self, month: u32) -> usize {
        self.results.months.iter().rposition(|&reported| reported <= month).unwrap_or(0)
    }

    /// The arms that are compared with the control.
    pub(crate) fn treated(&self) -> Vec<usize> {
        (0..self.results.arms.len()).filter(|&arm| arm != self.results.control).collect()
    }

    /// The results of a world, by arm.
    fn world(&self, world: Basis) -> &'a [ArmResults] {
        match world {
            Basis::Paired => &self.results.paired,
            Basis::Difference => &self.results.difference,
            Basis::Study => &self.results.study,
        }
    }

    /// Whether a measure exists for this run.
    pub(crate) fn has(&self, (name, label): Key<'_>) -> bool {
        self.results.index_of(name, label).is_some()
    }

    /// A measure of an arm over all sites (group 0), at one site, or of one part of the caseload.
    pub(crate) fn stat_of(
        &self,
        world: Basis,
        arm: usize,
        group: usize,
        key: Key<'_>,
        at: usize,
    ) -> Option<Stat> {
        let measure = self.results.index_of(key.0, key.1)?;
        self.world(world).get(arm)?.groups.get(group)?.series.get(measure)?.at(at)
    }

    /// A measure of an arm over all sites.
    pub(crate) fn stat(&self, world: Basis, arm: usize, key: Key<'_>, at: usize) -> Option<Stat> {
        self.stat_of(world, arm, 0, key, at)
    }

    /// Whether there are draws of the parameters to show a fan from.
    pub(crate) fn has_draws(&self) -> bool {
        self.draws().len() >= 2
    }

    /// The draws of the parameters; empty when there are none.
    pub(crate) fn draws(&self) -> &'a [Draw] {
        self.results.draws.as_ref().map_or(&[], |draws| &draws.draws)
    }

    /// A measure under every draw, shrunk to the spread of the parameters; empty when the draws do not have it.
    pub(crate) fn under_draws(&self, world: Basis, arm: usize, key: Key<'_>, at: usize) -> &[f64] {
        let lists = match world {
            Basis::Paired => &self.shrunk.paired,
            Basis::Difference => &self.shrunk.difference,
            Basis::Study => return &[],
        };
        lists.get(arm).map_or(&[], |list| list.get(key, at))
    }

    /// A measure as people read it; `None` when the run does not have it.
    pub(crate) fn estimate(&self, world: Basis, arm: usize, key: Key<'_>, at: usize) -> Option<ShownValue> {
        let stat = self.stat(world, arm, key, at)?;
        let drawn = self.under_draws(world, arm, key, at).to_vec();
        let told = ShownValue::of_draws(drawn, self.shared_error(world, arm, key, at));
        Some(told.unwrap_or_else(|| ShownValue::of_replicates(stat)))
    }

    /// The Monte Carlo error that the values under all draws share; that of the run at the center where no other is known.
    pub(crate) fn shared_error(&self, world: Basis, arm: usize, key: Key<'_>, at: usize) -> f64 {
        let known = match world {
            Basis::Paired => self.error_of_all_draws(|all| all.paired.get(arm), key, at),
            Basis::Difference => self.error_of_all_draws(|all| all.difference.get(arm), key, at),
            Basis::Study => None,
        };
        known.or_else(|| Some(self.stat(world, arm, key, at)?.mcse)).unwrap_or(f64::NAN)
    }

    /// The Monte Carlo error that all draws share.
    fn error_of_all_draws(
        &self,
        list: impl Fn(&'a Draw) -> Option<&'a Vec<Series>>,
        key: Key<'_>,
        at: usize,
    ) -> Option<f64> {
        let all = self.results.draws.as_ref()?.luck.as_ref()?;
        find(list(all)?, key)?.mcse.get(at).copied().filter(|error| error.is_finite())
    }

    /// The difference of one group (a part of the caseload) as people read it.
    pub(crate) fn estimate_of(
        &self,
        arm: usize,
        group: usize,
        key: Key<'_>,
        at: usize,
    ) -> Option<ShownValue> {
        if group == 0 {
            return self.estimate(Basis::Difference, arm, key, at);
        }
        let stat = self.stat_of(Basis::Difference, arm, group, key, at)?;
        let part = group.checked_sub(self.results.part_groups().start);
        let list = part.and_then(|part| self.shrunk.parts.get(arm)?.get(part));
        let drawn = list.map_or_else(Vec::new, |list| list.get(key, at).to_vec());
        let shared =
            part.and_then(|part| self.error_of_all_draws(|all| all.parts.get(arm)?.get(part), key, at));
        let told = ShownValue::of_draws(drawn, shared.unwrap_or(stat.mcse));
        Some(told.unwrap_or_else(|| ShownValue::of_replicates(stat)))
    }
}

/// The series of a measure.
fn find<'s>(series: &'s [Series], (name, label): Key<'_>) -> Option<&'s Series> {
    series.iter().find(|one| one.measure == name && one.label == label)
}

/// The values under every draw without the noise inside a draw, list by list as in [`Draw`].
#[derive(Clone, Debug, Default)]
struct Shrunk {
    /// Paired worlds, by arm.
    paired: Vec<ShrunkList>,
    /// Differences with the control, by arm.
    difference: Vec<ShrunkList>,
    /// Differences of the parts of the caseload, by arm and part.
    parts: Vec<Vec<ShrunkList>>,
}

impl Shrunk {
    /// Shrinks every list of draws.
    fn new(arms: usize, draws: &[Draw]) -> Self {
        let parts = draws.first().map_or(0..0, |draw| 0..draw.parts.iter().map(Vec::len).max().unwrap_or(0));
        let part = |arm: usize, part: usize| ShrunkList::new(draws, |draw| draw.parts.get(arm)?.get(part));
        Self {
            paired: (0..arms).map(|arm| ShrunkList::new(draws, |draw| draw.paired.get(arm))).collect(),
            difference: (0..arms)
                .map(|arm| ShrunkList::new(draws, |draw| draw.difference.get(arm)))
                .collect(),
            parts: (0..arms).map(|arm| parts.clone().map(|at| part(arm, at)).collect()).collect(),
        }
    }
}

/// One list of series over the draws: for every measure and reported month the value under each draw.
#[derive(Clone, Debug, Default)]
struct ShrunkList {
    /// Names and labels, in order.
    measures: Vec<(String, String)>,
    /// Reported months.
    months: usize,
    /// Number of draws.
    draws: usize,
    /// Measure by measure, month by month, draw by draw. A cell that a draw lacks is NaN throughout.
    values: Vec<f64>,
}

impl ShrunkList {
    /// Shrinks one list.
    fn new<'d>(draws: &'d [Draw], list: impl Fn(&'d Draw) -> Option<&'d Vec<Series>>) -> Self {
        let Some(first) = draws.first().and_then(&list) else { return Self::default() };
        let measures: Vec<_> = first.iter().map(|one| (one.measure.clone(), one.label.clone())).collect();
        let months = first.iter().map(|one| one.mean.len()).max().unwrap_or(0);
        let mut shrunk = Self { measures, months, draws: draws.len(), values: Vec::new() };
        for (at, (name, label)) in shrunk.measures.iter().enumerate() {
            // Every draw has the same measures in the same order; a file from elsewhere need not.
            let of = |draw: &'d Draw| {
                let series = list(draw)?;
                let same = series.get(at).filter(|one| one.measure == *name && one.label == *label);
                same.or_else(|| find(series, (name, label)))
            };
            let series: Option<Vec<&Series>> = draws.iter().map(of).collect();
            for month in 0..months {
                let value = |one: &&Series| {
                    Some((*one.mean.get(month)?, one.mcse.get(month).copied().unwrap_or(f64::NAN)))
                };
                let noisy: Option<Vec<(f64, f64)>> =
                    series.as_ref().and_then(|all| all.iter().map(value).collect());
                let values = noisy.map_or(vec![f64::NAN; draws.len()], |noisy| spread::without_noise(&noisy));
                shrunk.values.extend(values);
            }
        }
        shrunk
    }

    /// Where the values of a measure at a month stand.
    fn cell(&self, measure: usize, month: usize) -> Range<usize> {
        let first = (measure * self.months + month) * self.draws;
        first..first + self.draws
    }

    /// The values of a measure at a month, by draw; empty where they are not defined.
    fn get(&self, (name, label): Key<'_>, month: usize) -> &[f64] {
        let measure = self.measures.iter().position(|one| one.0 == name && one.1 == label);
        let cell = measure.filter(|_| month < self.months).map(|measure| self.cell(measure, month));
        let values = cell.and_then(|cell| self.values.get(cell)).unwrap_or(&[]);
        if values.iter().all(|value| value.is_nan()) { &[] } else { values }
    }
}
