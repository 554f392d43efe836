//! Smaller studies inside a large one: the first whole caseworkers (or sites) of each arm.

use super::periods::Schedule;
use crate::estimate::grouped::{ClusterContrast, Clusters};
use crate::history::Record;
use crate::scenario::Scenario;
use crate::scenario::analysis::ClusterUnit;

/// The units of a study: its caseworkers' caseloads, in the order of the record.
#[derive(Clone, Debug, PartialEq)]
pub struct Units {
    /// Unit of each participant.
    pub unit: Vec<u32>,
    /// Arm of each unit.
    pub arm: Vec<usize>,
    /// Site of each unit.
    pub site: Vec<u32>,
    /// Participants of each unit.
    pub participants: Vec<u32>,
    /// Cluster of each unit in the analysis.
    pub label: Vec<u32>,
    /// Stratum of each unit in the analysis.
    pub stratum: Vec<u32>,
    /// When each unit has another service than control.
    pub schedule: Schedule,
}

/// One size of one comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Size {
    /// Share of the participants of the scenario.
    pub share: f64,
    /// Units that take part.
    pub units: Vec<u32>,
    /// Participants in control and treated.
    pub clients: [u32; 2],
    /// Caseworkers in control and treated.
    pub caseworkers: [u32; 2],
    /// Degrees of freedom of the variance between clusters; below 1 nothing can be tested by cluster.
    pub degrees_of_freedom: f64,
}

/// Reads the units off the record of one replicate; every replicate has the same.
///
/// # Example
/// ```
/// use stapjes::scenario::{EXAMPLE, Scenario};
/// use stapjes::study::units_of;
/// use stapjes::trial::replicate;
///
/// let scenario = Scenario::from_text(EXAMPLE).expect("a scenario");
/// let units = units_of(&scenario, &replicate::study(&scenario, 0).record);
/// // Two arms of ten caseworkers with ten clients each.
/// assert_eq!((units.arm.len(), units.unit.len()), (20, 200));
/// assert!(units.participants.iter().all(|count| *count == 10));
/// assert_eq!(units.arm.iter().filter(|arm| **arm == 1).count(), 10);
/// ```
pub fn units_of(scenario: &Scenario, record: &Record) -> Units {
    let count = record.caseworker.iter().map(|unit| *unit as usize + 1).max().unwrap_or(0);
    let mut units = Units {
        unit: record.caseworker.clone(),
        arm: vec![0; count],
        site: vec![0; count],
        participants: vec![0; count],
        label: Vec::new(),
        stratum: Vec::new(),
        schedule: Schedule::default(),
    };
    for (row, unit) in record.caseworker.iter().enumerate() {
        let unit = *unit as usize;
        units.arm[unit] = usize::from(record.arm[row]);
        units.site[unit] = u32::from(record.site[row]);
        units.participants[unit] += 1;
    }
    units.label = match scenario.analysis.cluster {
        ClusterUnit::Site => units.site.clone(),
        ClusterUnit::Caseworker | ClusterUnit::Independent => (0..count as u32).collect(),
    };
    units.schedule = Schedule::new(scenario, &places(&units));
    units.stratum = if scenario.analysis.adjust_for_site { units.site.clone() } else { vec![0; count] };
    units
}

/// Arm, site and number within them of each unit.
fn places(units: &Units) -> Vec<(usize, usize, u32)> {
    let mut places: Vec<(usize, usize, u32)> = Vec::with_capacity(units.arm.len());
    for (&arm, &site) in units.arm.iter().zip(&units.site) {
        let before = places.iter().filter(|place| (place.0, place.1) == (arm, site as usize)).count();
        places.push((arm, site as usize, before as u32));
    }
    places
}

impl Units {
    /// The sizes of the comparison of `arm` with `control`: shares that give the same study occur once.
    pub(crate) fn sizes(&self, shares: &[f64], control: usize, arm: usize, whole_sites: bool) -> Vec<Size> {
        let mut sizes: Vec<Size> = Vec::new();
        for &share in shares {
            let mut units = self.first(share, control, whole_sites);
            units.extend(self.first(share, arm, whole_sites));
            if sizes.last().is_some_and(|last| last.units == units) {
                if let Some(last) = sizes.last_mut() {
                    last.share = share;
                }
                continue;
            }
            sizes.push(self.size(share, units, [control, arm]));
        }
        sizes
    }

    /// A study of these units.
    fn size(&self, share: f64, units: Vec<u32>, arms: [usize; 2]) -> Size {
        let of =
            |arm: usize| units.iter().map(|unit| *unit as usize).filter(move |unit| self.arm[*unit] == arm);
        let clients = arms.map(|arm| of(arm).map(|unit| self.participants[unit]).sum());
        let caseworkers = arms.map(|arm| of(arm).count() as u32);
        let degrees_of_freedom = self.between(&units, arms).degrees_of_freedom();
        Size { share, clients, caseworkers, degrees_of_freedom, units }
    }

    /// Degrees of freedom of their clusters and strata.
    fn between(&self, units: &[u32], [_, treated]: [usize; 2]) -> ClusterContrast {
        let mut clusters = Clusters::default();
        for unit in units.iter().map(|unit| *unit as usize) {
            clusters.add(self.label[unit], usize::from(self.arm[unit] == treated), self.stratum[unit]);
        }
        let mut between = ClusterContrast::default();
        between.assign(&clusters);
        between
    }

    /// The first units of an arm: that share of its units (or of its sites), at least one.
    fn first(&self, share: f64, arm: usize, whole_sites: bool) -> Vec<u32> {
        let units = (0..self.arm.len() as u32).filter(|unit| self.arm[*unit as usize] == arm);
        let units: Vec<u32> = units.filter(|unit| self.participants[*unit as usize] > 0).collect();
        if !whole_sites {
            return units[..count(share, units.len())].to_vec();
        }
        let mut sites: Vec<u32> = units.iter().map(|unit| self.site[*unit as usize]).collect();
        sites.dedup();
        let last = sites.get(count(share, sites.len()).saturating_sub(1)).copied().unwrap_or(0);
        units.into_iter().filter(|unit| self.site[*unit as usize] <= last).collect()
    }
}

/// How many units a share of them is: rounded, at least one.
fn count(share: f64, all: usize) -> usize {
    ((share * all as f64).round() as usize).clamp(usize::from(all > 0), all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two sites of two arms with two caseworkers each.
    fn example() -> Units {
        Units {
            unit: Vec::new(),
            arm: vec![0, 0, 1, 1, 0, 0, 1, 1],
            site: vec![0, 0, 0, 0, 1, 1, 1, 1],
            participants: vec![10; 8],
            label: (0..8).collect(),
            stratum: vec![0, 0, 0, 0, 1, 1, 1, 1],
            schedule: Schedule::default(),
        }
    }

    #[test]
    fn sizes_are_nested_and_take_whole_caseworkers() {
        let sizes = example().sizes(&[0.25, 0.3, 0.5, 1.0], 0, 1, false);
        assert_eq!(sizes.iter().map(|size| size.clients).collect::<Vec<_>>(), [[10, 10], [20, 20], [40, 40]]);
        assert_eq!(sizes[0].units, [0, 2]);
        assert_eq!(sizes[0].share, 0.3, "two shares that give one study: the larger is shown");
        for pair in sizes.windows(2) {
            assert!(pair[0].units.iter().all(|unit| pair[1].units.contains(unit)));
        }
    }

    #[test]
    fn whole_sites() {
        let sizes = example().sizes(&[0.25, 0.75, 1.0], 0, 1, true);
        assert_eq!(sizes.iter().map(|size| size.degrees_of_freedom).collect::<Vec<_>>(), [2.0, 5.0]);
    }
}
