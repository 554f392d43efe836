//! What two plans have in common: arms, measures and months that stand in the value lists of both.

use crate::scenario::Scenario;

use super::accumulate::Summary;
use super::cube::{Cell, Cube};
use super::layout::Layout;
use super::results::{ArmResults, Draw, GroupResults, MeasureInfo, Results, Series};
use super::view::World;

/// Worlds in a value list without a study.
const WORLDS: [World; 2] = [World::Paired, World::Difference];

/// What a plan (`own`) has in common with the first one (`base`), each as [own, base].
pub(super) struct Common {
    arms: Vec<[usize; 2]>,
    measures: Vec<[usize; 2]>,
    months: Vec<[usize; 2]>,
    /// Places in the two value lists of everybody together: world by world, arm by arm, measure by measure, month by month.
    places: Vec<[usize; 2]>,
}

/// Reported months of both plans after the start.
pub(super) fn months(own: &Scenario, base: &Scenario) -> Vec<u32> {
    let (own, base) = (Layout::new(own, false), Layout::new(base, false));
    own.months().iter().copied().filter(|month| *month > 0 && base.months().contains(month)).collect()
}

impl Common {
    /// Arms go together by name; the controls do; and where the plans share no other arm, the first of each that is not the
    /// control.
    pub(super) fn new([own, base]: [&Scenario; 2], [own_layout, base_layout]: [&Layout<'_>; 2]) -> Self {
        let arms = arms(own, base);
        let both = |own: &[u32], base: &[u32]| -> Vec<[usize; 2]> {
            let place = |(at, month)| Some([own.iter().position(|own| own == month)?, at]);
            base.iter().enumerate().filter_map(place).collect()
        };
        let months = both(own_layout.months(), base_layout.months());
        let of = |(at, base): (usize, &&super::measure::Measure)| {
            let same = |own: &&super::measure::Measure| (own.name, own.label) == (base.name, base.label);
            Some([own_layout.measures().iter().position(same)?, at])
        };
        let measures: Vec<[usize; 2]> = base_layout.measures().iter().enumerate().filter_map(of).collect();
        let mut places = Vec::new();
        for world in WORLDS {
            for &[own_arm, base_arm] in &arms {
                for &[own_measure, base_measure] in &measures {
                    let own = own_layout.overall(world, own_arm, own_measure);
                    let base = base_layout.overall(world, base_arm, base_measure);
                    places.extend(
                        months
                            .iter()
                            .map(|[own_month, base_month]| [own.start + own_month, base.start + base_month]),
                    );
                }
            }
        }
        Self { arms, measures, months, places }
    }

    /// Length of the list of differences.
    pub(super) fn cells(&self) -> usize {
        self.places.len()
    }

    /// The plan less the first one, in what they have in common.
    pub(super) fn difference(&self, own: &[f64], base: &[f64]) -> Vec<f64> {
        self.places.iter().map(|&[own_place, base_place]| own[own_place] - base[base_place]).collect()
    }

    /// The summary of differences as results with the arms of the first plan that the other has too.
    pub(super) fn results(&self, own: &Results, base: &Results, summary: &Summary) -> Results {
        let cube = Cube {
            arms: self.arms.len(),
            groups: 1,
            measures: self.measures.len(),
            months: self.months.len(),
        };
        let world = |world: World| -> Vec<ArmResults> {
            let arm = |(arm, &[_, base_arm]): (usize, &[usize; 2])| {
                let series = self.measures.iter().enumerate().map(|(measure, &[_, place])| {
                    let info = &base.measures[place];
                    let places = cube.series(Cell { world, arm, group: 0, measure });
                    summary.series(places, &info.name, &info.label)
                });
                let group = GroupResults { group: base.groups[0].clone(), series: series.collect() };
                ArmResults { arm: base.arms[base_arm].clone(), groups: vec![group] }
            };
            self.arms.iter().enumerate().map(arm).collect()
        };
        let measures: Vec<MeasureInfo> =
            self.measures.iter().map(|&[_, measure]| base.measures[measure].clone()).collect();
        Results {
            months: self.months.iter().map(|&[_, month]| base.months[month]).collect(),
            arms: self.arms.iter().map(|&[_, arm]| base.arms[arm].clone()).collect(),
            control: self.arms.iter().position(|&[_, arm]| arm == base.control).unwrap_or(0),
            groups: base.groups[..1].to_vec(),
            parts: 0,
            measures,
            paired: world(World::Paired),
            difference: world(World::Difference),
            exact: Vec::new(),
            draws: None,
            ..own.clone()
        }
    }

    /// Draw by draw, the plan less the first one. The error is left out, so the band of a difference keeps its noise: it is
    /// rather too wide than too narrow.
    pub(super) fn draw(&self, own: &Draw, base: &Draw) -> Draw {
        let series = |own: &[Series], base: &Series| -> Option<Series> {
            let same = |own: &&Series| own.measure == base.measure && own.label == base.label;
            let own = own.iter().find(same)?;
            let less = |&[at, base_at]: &[usize; 2]| Some(own.mean.get(at)? - base.mean.get(base_at)?);
            Some(Series {
                measure: base.measure.clone(),
                label: base.label.clone(),
                mean: self.months.iter().map(less).collect::<Option<_>>()?,
                mcse: vec![0.0; self.months.len()],
                ..Series::default()
            })
        };
        let arms = |own: &[Vec<Series>], base: &[Vec<Series>]| -> Vec<Vec<Series>> {
            let arm = |&[own_arm, base_arm]: &[usize; 2]| {
                let (own, base) = (own.get(own_arm)?, base.get(base_arm)?);
                Some(base.iter().filter_map(|base| series(own, base)).collect())
            };
            self.arms.iter().map(|pair| arm(pair).unwrap_or_default()).collect()
        };
        Draw {
            story: own.story,
            parameters: own.parameters.clone(),
            paired: arms(&own.paired, &base.paired),
            difference: arms(&own.difference, &base.difference),
            parts: Vec::new(),
        }
    }
}

fn arms(own: &Scenario, base: &Scenario) -> Vec<[usize; 2]> {
    let treated = |scenario: &Scenario| -> Vec<usize> {
        (0..scenario.arms.len()).filter(|&arm| arm != scenario.control).collect()
    };
    let (own_treated, base_treated) = (treated(own), treated(base));
    let named = |&at: &usize| {
        let same = |other: &&usize| own.arms[**other].name == base.arms[at].name;
        own_treated.iter().find(same).map(|&other| [other, at])
    };
    let mut pairs: Vec<[usize; 2]> = base_treated.iter().filter_map(named).collect();
    if let (true, Some(&own), Some(&base)) = (pairs.is_empty(), own_treated.first(), base_treated.first()) {
        pairs.push([own, base]);
    }
    pairs.push([own.control, base.control]);
    pairs.sort_unstable_by_key(|pair| pair[1]);
    pairs
}
