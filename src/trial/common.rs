//! What two plans have in common: arms, measures and months that stand in the value lists of both.

use crate::scenario::Scenario;

use super::accumulate::Summary;
use super::cube::{Cell, Cube};
use super::layout::CubeLayout;
use super::results::{Adjusted, ArmResults, Draw, GroupResults, MeasureInfo, Results, Series};
use super::view::Basis;

/// Worlds in a value list without a study.
const WORLDS: [Basis; 2] = [Basis::Paired, Basis::Difference];

/// What a plan (`own`) has in common with the first one (`base`), each as [own, base].
pub(super) struct Common {
    /// Arms, in each of the two plans.
    arms: Vec<[usize; 2]>,
    /// Measures likewise.
    measures: Vec<[usize; 2]>,
    /// Reported months likewise.
    months: Vec<[usize; 2]>,
    /// Places in the two value lists of everybody together: world by world, arm by arm, measure by measure, month by month.
    places: Vec<[usize; 2]>,
}

/// Reported months of both plans after the start.
pub(super) fn months(plan: &Scenario, base: &Scenario) -> Vec<u32> {
    let (plan, base) = (CubeLayout::new(plan, false), CubeLayout::new(base, false));
    plan.months().iter().copied().filter(|month| *month > 0 && base.months().contains(month)).collect()
}

impl Common {
    /// Arms go together by name; the controls do; and where the plans share no other arm, the first of each that is not the
    /// control.
    pub(super) fn new(
        [plan, base]: [&Scenario; 2],
        [plan_layout, base_layout]: [&CubeLayout<'_>; 2],
    ) -> Self {
        let arms = arms(plan, base);
        let both = |plan: &[u32], base: &[u32]| -> Vec<[usize; 2]> {
            let place = |(at, month)| Some([plan.iter().position(|plan| plan == month)?, at]);
            base.iter().enumerate().filter_map(place).collect()
        };
        let months = both(plan_layout.months(), base_layout.months());
        let of = |(at, base): (usize, &&super::measure::Measure)| {
            let same = |plan: &&super::measure::Measure| (plan.name, plan.label) == (base.name, base.label);
            Some([plan_layout.measures().iter().position(same)?, at])
        };
        let measures: Vec<[usize; 2]> = base_layout.measures().iter().enumerate().filter_map(of).collect();
        let mut places = Vec::new();
        for world in WORLDS {
            for &[plan_arm, base_arm] in &arms {
                for &[plan_measure, base_measure] in &measures {
                    let plan = plan_layout.overall(world, plan_arm, plan_measure);
                    let base = base_layout.overall(world, base_arm, base_measure);
                    places.extend(
                        months.iter().map(|[plan_month, base_month]| {
                            [plan.start + plan_month, base.start + base_month]
                        }),
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
    pub(super) fn difference(&self, plan: &[f64], base: &[f64]) -> Vec<f64> {
        self.places.iter().map(|&[plan_place, base_place]| plan[plan_place] - base[base_place]).collect()
    }

    /// The summary of paired differences as results with the arms of the first plan that the other has too. Their means are those of
    /// the plans, one less the other: what stands beside each other adds up.
    pub(super) fn results(&self, plan: &Results, base: &Results, summary: &Summary) -> Results {
        let cube = Cube {
            arms: self.arms.len(),
            groups: 1,
            measures: self.measures.len(),
            months: self.months.len(),
        };
        let world = |world: Basis| -> Vec<ArmResults> {
            let arm = |(arm, &[plan_arm, base_arm]): (usize, &[usize; 2])| {
                let series = self.measures.iter().enumerate().map(|(measure, &[plan_place, place])| {
                    let info = &base.measures[place];
                    let places = cube.series(Cell { world, arm, group: 0, measure });
                    let paired = summary.series(places, &info.name, &info.label);
                    let of_plan = of_world(plan, world, plan_arm, plan_place);
                    match (of_plan, of_world(base, world, base_arm, place)) {
                        (Some(of_plan), Some(first)) => self.told((plan, of_plan), (base, first), paired),
                        _ => paired,
                    }
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
            paired: world(Basis::Paired),
            difference: world(Basis::Difference),
            exact: Vec::new(),
            draws: None,
            ..plan.clone()
        }
    }

    /// A paired difference with the difference of what is told of both plans, and the error of that.
    fn told(&self, plan: (&Results, &Series), base: (&Results, &Series), paired: Series) -> Series {
        let (fewer, more) = if plan.0.replicates < base.0.replicates { (plan, base) } else { (base, plan) };
        let apart = 1.0 - f64::from(fewer.0.replicates) / f64::from(more.0.replicates.max(1));
        let fewer_at = |[of_plan, first]: [usize; 2]| {
            if fewer.0.replicates == plan.0.replicates { of_plan } else { first }
        };
        let mut told = Adjusted::default();
        for (at, &[of_plan, first]) in self.months.iter().enumerate() {
            let (plan_stat, base_stat) = (plan.1.at(of_plan), base.1.at(first));
            let mean = plan_stat.zip(base_stat).map_or(f64::NAN, |(plan, base)| plan.mean - base.mean);
            let off = mean - paired.mean[at];
            let unpaired =
                fewer.1.at(fewer_at([of_plan, first])).map_or(0.0, |stat| stat.mcse * apart.sqrt());
            told.mean.push(mean);
            told.mcse.push(libm::hypot(paired.mcse[at], off.abs().max(unpaired)));
            told.gain.push(f64::NAN);
        }
        Series { adjusted: Some(told), ..paired }
    }

    /// Draw by draw, the plan less the first one. The error is left out, so the band of a difference keeps its noise: it is
    /// rather too wide than too narrow.
    pub(super) fn draw(&self, plan: &Draw, base: &Draw) -> Draw {
        let series = |plan: &[Series], base: &Series| -> Option<Series> {
            let same = |plan: &&Series| plan.measure == base.measure && plan.label == base.label;
            let plan = plan.iter().find(same)?;
            let less = |&[at, base_at]: &[usize; 2]| Some(plan.mean.get(at)? - base.mean.get(base_at)?);
            Some(Series {
                measure: base.measure.clone(),
                label: base.label.clone(),
                mean: self.months.iter().map(less).collect::<Option<_>>()?,
                mcse: vec![0.0; self.months.len()],
                ..Series::default()
            })
        };
        let arms = |plan: &[Vec<Series>], base: &[Vec<Series>]| -> Vec<Vec<Series>> {
            let arm = |&[plan_arm, base_arm]: &[usize; 2]| {
                let (plan, base) = (plan.get(plan_arm)?, base.get(base_arm)?);
                Some(base.iter().filter_map(|base| series(plan, base)).collect())
            };
            self.arms.iter().map(|pair| arm(pair).unwrap_or_default()).collect()
        };
        Draw {
            story: plan.story,
            parameters: plan.parameters.clone(),
            paired: arms(&plan.paired, &base.paired),
            difference: arms(&plan.difference, &base.difference),
            parts: Vec::new(),
        }
    }
}

/// The series of an arm, everybody together.
fn of_world(results: &Results, world: Basis, arm: usize, measure: usize) -> Option<&Series> {
    let arms = match world {
        Basis::Paired => &results.paired,
        Basis::Difference => &results.difference,
        Basis::Study => &results.study,
    };
    arms.get(arm)?.overall().get(measure)
}

/// Which arm goes with which.
fn arms(plan: &Scenario, base: &Scenario) -> Vec<[usize; 2]> {
    let treated = |scenario: &Scenario| -> Vec<usize> {
        (0..scenario.arms.len()).filter(|&arm| arm != scenario.control).collect()
    };
    let (plan_treated, base_treated) = (treated(plan), treated(base));
    let named = |&at: &usize| {
        let same = |other: &&usize| plan.arms[**other].name == base.arms[at].name;
        plan_treated.iter().find(same).map(|&other| [other, at])
    };
    let mut pairs: Vec<[usize; 2]> = base_treated.iter().filter_map(named).collect();
    if let (true, Some(&plan), Some(&base)) = (pairs.is_empty(), plan_treated.first(), base_treated.first()) {
        pairs.push([plan, base]);
    }
    pairs.push([plan.control, base.control]);
    pairs.sort_unstable_by_key(|pair| pair[1]);
    pairs
}
