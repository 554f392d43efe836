//! What a run found: per world, arm, group, measure and reported month a mean with its Monte Carlo error and its range.
//!
//! `summary.json` is this type written out (format in `docs/results.md`); it is enough to make every table, figure, page
//! and comparison again without simulating.

use serde::{Deserialize, Serialize};

use super::drivers::Drivers;
use super::measure::{Measure, Section, Visibility};
use crate::language::Lang;
use crate::scenario::Structure;

/// Name of the format, first field of `summary.json`.
pub(crate) const FORMAT: &str = "stapjes-summary";
/// Version of the format; raised when a reader of the previous one would misread it.
pub(crate) const FORMAT_VERSION: u32 = 1;

/// One value of a series at one month.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stat {
    /// Mean over replicates: the adjusted one where there is one.
    pub mean: f64,
    /// Monte Carlo standard error of the mean: shrinks with the number of replicates.
    pub mcse: f64,
    /// 2.5 % point over replicates: what chance does to one municipality or study.
    pub low: f64,
    /// 97.5 % point over replicates.
    pub high: f64,
}

/// One measure over the reported months. Undefined values are NaN in memory and `null` in files.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Series {
    /// Name of the measure, as `docs/results.md` lists it.
    pub measure: String,
    /// Label of the measure: a reason, a step, a rung; empty for measures that have none.
    pub label: String,
    /// Means over replicates, one per reported month.
    #[serde(with = "nullable")]
    pub mean: Vec<f64>,
    /// Monte Carlo standard errors of the means; null with fewer than two replicates.
    #[serde(with = "nullable")]
    pub mcse: Vec<f64>,
    /// 2.5 % points over replicates.
    #[serde(with = "nullable")]
    pub low: Vec<f64>,
    /// 97.5 % points over replicates.
    #[serde(with = "nullable")]
    pub high: Vec<f64>,
    /// The means at the known means of sites, staff and leaving, for the main measures of planners; `None` elsewhere.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) adjusted: Option<Adjusted>,
}

/// Means with what the luck of sites, staff and leaving explains taken out, one per reported month.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Adjusted {
    /// Adjusted means.
    #[serde(with = "nullable")]
    pub mean: Vec<f64>,
    /// Their Monte Carlo standard errors.
    #[serde(with = "nullable")]
    pub mcse: Vec<f64>,
    /// How many times more replicates the plain mean would need for the same error, out of sample.
    #[serde(with = "nullable")]
    pub gain: Vec<f64>,
}

impl Series {
    /// Forgets all but the first months.
    fn truncate(&mut self, count: usize) {
        let plain = [&mut self.mean, &mut self.mcse, &mut self.low, &mut self.high];
        plain.into_iter().for_each(|values| values.truncate(count));
        if let Some(by_covariates) = &mut self.adjusted {
            [&mut by_covariates.mean, &mut by_covariates.mcse, &mut by_covariates.gain]
                .into_iter()
                .for_each(|values| values.truncate(count));
        }
    }

    /// The value at a reported month (index into `Results::months`), when it is defined there.
    pub fn at(&self, month: usize) -> Option<Stat> {
        let plain = [*self.mean.get(month)?, *self.mcse.get(month)?];
        let adjusted = self.adjusted.as_ref().and_then(|by_covariates| {
            Some([*by_covariates.mean.get(month)?, *by_covariates.mcse.get(month)?])
        });
        let [mean, mcse] = adjusted.filter(|[mean, _]| mean.is_finite()).unwrap_or(plain);
        let stat = Stat { mean, mcse, low: *self.low.get(month)?, high: *self.high.get(month)? };
        mean.is_finite().then_some(stat)
    }
}

/// All series of one group of clients.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct GroupResults {
    /// "overall", the name of a site, or a part of the caseload.
    pub group: String,
    /// One series per measure, in the order of `Results::measures`.
    pub series: Vec<Series>,
}

/// All groups of one arm.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct ArmResults {
    /// Name of the arm.
    pub arm: String,
    /// Overall first, then each site when there is more than one, then each part of the caseload.
    pub groups: Vec<GroupResults>,
}

impl ArmResults {
    /// The series of the group over all sites.
    pub(crate) fn overall(&self) -> &[Series] {
        self.groups.first().map_or(&[], |group| &group.series)
    }
}

/// A measure as it stands in a file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct MeasureInfo {
    /// Name.
    pub name: String,
    /// Label.
    pub label: String,
    /// Unit of its values, in words: "share", "months", "EUR per client".
    pub unit: String,
    /// Part of the story that it belongs to: outflow, signals, steps, money and so on.
    pub section: Section,
    /// Whether it is the truth of the simulation or what a municipality could have on file.
    pub view: Visibility,
    /// Definition in words, numerator and denominator.
    pub definition: String,
}

impl From<&Measure> for MeasureInfo {
    fn from(measure: &Measure) -> Self {
        Self {
            name: measure.name.into(),
            label: measure.label.into(),
            unit: measure.unit.into(),
            section: measure.section,
            view: measure.view,
            definition: measure.definition.text(Lang::En).to_owned(),
        }
    }
}

/// Exact curves of a transition table beside the simulated ones (share of clients entered, at the reported months).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactCurve {
    /// Name of the arm.
    pub arm: String,
    /// Name of the measure.
    pub measure: String,
    /// Label of the measure.
    pub label: String,
    /// Exact values, one per reported month.
    pub values: Vec<f64>,
}

/// One story of the scenario: a structural alternative that some of the draws follow.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Story {
    /// Short name.
    pub name: String,
    /// Title in Dutch and English.
    pub title: [String; 2],
    /// Share of the mixture; the weights of all stories add up to 1.
    pub weight: f64,
}

impl From<&Structure> for Story {
    fn from(structure: &Structure) -> Self {
        let Structure { name, title, weight, .. } = structure.clone();
        Self { name, title, weight }
    }
}

/// One draw of the parameters: the overall means of a small run under it.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Draw {
    /// The story that the draw follows: an index into [`Draws::stories`]; `None` without stories.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub story: Option<usize>,
    /// The drawn parameters: dotted path and value, in the unit of the parameter.
    pub parameters: Vec<(String, f64)>,
    /// Overall group of every arm's paired world, in arm order (`mean` and `mcse` only).
    pub paired: Vec<Vec<Series>>,
    /// Overall paired difference to the control, in arm order (`mean` and `mcse` only; zero for the control).
    pub difference: Vec<Vec<Series>>,
    /// Paired difference to the control of every part of the caseload: arm by arm, part by part (`mean` and `mcse` only);
    /// empty for the control, and when nobody is served apart.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Vec<Vec<Series>>>,
}

/// Uncertainty over parameters: the same luck under parameters drawn from their priors.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Draws {
    /// Replicates under each draw.
    pub replicates: u32,
    /// The stories between which the draws are divided; empty = none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stories: Vec<Story>,
    /// The draws, in order.
    pub draws: Vec<Draw>,
    /// The luck that all draws share, which was taken out of their means (`mean`), and the Monte Carlo error that they still
    /// share (`mcse`); no parameters and no story. `None` when the run at the center had fewer replicates than a draw.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub luck: Option<Draw>,
}

/// What a run found.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Results {
    /// `FORMAT`.
    pub format: String,
    /// `FORMAT_VERSION`.
    pub format_version: u32,
    /// Short name of the scenario.
    pub scenario: String,
    /// Title of the scenario.
    pub title: String,
    /// SHA-256 of the scenario after inheritance and overrides, hexadecimal.
    pub scenario_hash: String,
    /// Seed of the scenario.
    pub seed: u64,
    /// Replicates that were taken: fewer than the scenario allows when the precision was reached
    /// before.
    pub replicates: u32,
    /// Replicates behind `low` and `high`: the first so many (all of them, unless memory would grow too large).
    pub range_replicates: u32,
    /// Whether clients move by a transition table.
    pub ladder: bool,
    /// Reported months, ascending; every series has one value for each.
    pub months: Vec<u32>,
    /// Names of the arms, in the order of every list of arms.
    pub arms: Vec<String>,
    /// Index of the control arm.
    pub control: usize,
    /// "overall", then the names of the sites when there are several, then the parts of the caseload that plans name.
    pub groups: Vec<String>,
    /// How many of the groups, at their end, are parts of the caseload.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub parts: usize,
    /// What is measured, in the order of every list of series.
    pub(crate) measures: Vec<MeasureInfo>,
    /// Everybody under each arm with the same luck: one entry per arm. Effects come from here.
    pub paired: Vec<ArmResults>,
    /// Arm minus control, paired by replicate, with its own error: one entry per arm (zero for the control).
    pub difference: Vec<ArmResults>,
    /// The study, each participant in one arm: one entry per arm. What a study would see comes from here.
    pub(crate) study: Vec<ArmResults>,
    /// Exact curves of a transition table; empty in the full model.
    pub exact: Vec<ExactCurve>,
    /// Uncertainty over parameters, when draws were asked for.
    pub(crate) draws: Option<Draws>,
    /// Parameters that move exits to work under the first treated arm at the horizon, confirmed by paired runs; with draws.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) drivers: Option<Drivers>,
}

/// For fields that are left out when there is nothing to say.
fn is_zero(count: &usize) -> bool {
    *count == 0
}

impl Results {
    /// The same results up to a month: as if nothing later had been reported.
    pub(crate) fn until(&self, month: u32) -> Self {
        let count = self.months.iter().take_while(|reported| **reported <= month).count();
        let mut results = self.clone();
        results.months.truncate(count);
        results.exact.iter_mut().for_each(|curve| curve.values.truncate(count));
        let worlds = [&mut results.paired, &mut results.difference, &mut results.study];
        for group in worlds.into_iter().flatten().flat_map(|arm| &mut arm.groups) {
            group.series.iter_mut().for_each(|series| series.truncate(count));
        }
        if let Some(draws) = &mut results.draws {
            for draw in draws.draws.iter_mut().chain(&mut draws.luck) {
                let arms = draw.paired.iter_mut().chain(&mut draw.difference);
                let parts = draw.parts.iter_mut().flatten();
                arms.chain(parts).flatten().for_each(|series| series.truncate(count));
            }
        }
        results
    }

    /// Indices of the groups that are sites; empty with one site.
    pub(crate) fn site_groups(&self) -> std::ops::Range<usize> {
        1..self.groups.len().saturating_sub(self.parts).max(1)
    }

    /// Indices of the groups that are parts of the caseload, as plans name them.
    pub(crate) fn part_groups(&self) -> std::ops::Range<usize> {
        self.site_groups().end..self.groups.len()
    }

    /// Whether means of the main measures are adjusted for luck with a known mean.
    pub(crate) fn is_adjusted(&self) -> bool {
        let arms = self.paired.iter().chain(&self.difference);
        arms.flat_map(ArmResults::overall).any(|series| series.adjusted.is_some())
    }

    /// Index of a measure in every list of series; `None` for one that these results do not have.
    pub(crate) fn index_of(&self, name: &str, label: &str) -> Option<usize> {
        self.measures.iter().position(|measure| measure.name == name && measure.label == label)
    }

    /// Index of a reported month in every series; `None` for a month that is not reported.
    pub(crate) fn month_index(&self, month: u32) -> Option<usize> {
        self.months.iter().position(|&reported| reported == month)
    }

    /// One value from one of the worlds: `results.stat(&results.paired, arm, 0, "exits", "work", month)`.
    pub fn stat(
        &self,
        world: &[ArmResults],
        arm: usize,
        group: usize,
        (name, label): (&str, &str),
        month: u32,
    ) -> Option<Stat> {
        let measure = self.index_of(name, label)?;
        let month = self.month_index(month)?;
        world.get(arm)?.groups.get(group)?.series.get(measure)?.at(month)
    }
}

/// Lists of numbers in which NaN stands for "undefined" and is written as `null`: JSON has no NaN, and
/// an undefined value must not become 0.
mod nullable {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(values: &[f64], to: S) -> Result<S::Ok, S::Error> {
        let options: Vec<Option<f64>> = values.iter().map(|v| v.is_finite().then_some(*v)).collect();
        options.serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<f64>, D::Error> {
        let options = Vec::<Option<f64>>::deserialize(from)?;
        Ok(options.into_iter().map(|value| value.unwrap_or(f64::NAN)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undefined_values_survive_a_round_trip_as_null() {
        let series = Series {
            measure: "trust".into(),
            mean: vec![f64::NAN, 0.1 + 0.2],
            mcse: vec![f64::NAN, 0.0],
            low: vec![f64::NAN, 0.0],
            high: vec![f64::NAN, 1.0],
            ..Series::default()
        };
        let text = serde_json::to_string(&series).unwrap();
        assert!(text.contains("\"mean\":[null,0.30000000000000004]"), "{text}");
        let back: Series = serde_json::from_str(&text).unwrap();
        assert!(back.at(0).is_none());
        assert_eq!(back.at(1).unwrap().mean, 0.1 + 0.2);
        assert!(back.at(2).is_none());
    }
}
