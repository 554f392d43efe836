//! Which client is in which arm and caseload. Places depend on numbers and ratios only, never on luck.
//!
//! Two worlds need it. In the study each client is in one arm, by the scenario's way of allocation; in
//! a paired world everybody is in the same arm, with as many caseworkers per client as that arm has in
//! the study, so that effects are those of the service and not of the staff.

use crate::scenario::{Allocation, ArmAtSite, Scenario};

/// The clients of one arm at one site, divided over caseloads.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ArmClients {
    /// Client numbers within the site, in the order in which they fill the caseloads.
    pub(super) numbers: Vec<u32>,
    /// Clients at the start.
    pub(super) clients: u32,
    /// Number of caseloads, one for each caseworker.
    pub(super) caseloads: u32,
    /// Clients per caseload; the last may have fewer.
    pub(super) size: u32,
    /// Full-time equivalents of each caseworker.
    pub(super) full_time: f64,
    /// Full-time equivalents of the arm at this site in the study.
    pub(super) arm_full_time: f64,
    /// Caseloads of the arm at this site in the study: rows of a plan name these.
    pub(super) in_study: u32,
    /// Place of the first caseworker at the site.
    pub(super) first_caseworker: u32,
}

impl ArmClients {
    /// Caseloads are as large as in the study, the last may be smaller, so that one client more moves nobody to another
    /// caseworker. The hours are divided evenly.
    fn new(numbers: Vec<u32>, full_time: f64, group: ArmAtSite, first_caseworker: u32) -> Self {
        let clients = numbers.len() as u32;
        let in_study = group.persons();
        let size = group.participants.div_ceil(in_study.max(1)).max(1);
        let caseloads = if full_time > 0.0 { clients.div_ceil(size) } else { 0 };
        let per_caseload = full_time / f64::from(caseloads.max(1));
        let arm_full_time = group.caseworkers;
        Self {
            numbers,
            clients,
            caseloads,
            size,
            full_time: per_caseload,
            arm_full_time,
            in_study,
            first_caseworker,
        }
    }

    /// The client numbers of a caseload, counted from 0; fewer in the last.
    pub(super) fn members(&self, caseload: u32) -> &[u32] {
        let start = (caseload * self.size) as usize;
        let end = (start + self.size as usize).min(self.numbers.len());
        &self.numbers[start..end]
    }

    /// The caseworker of the study, counted from 0, whose rows of the plan hold for a caseload: in a paired world the
    /// caseloads are divided evenly between the caseworkers of the study.
    pub(super) fn as_in_study(&self, caseload: u32) -> u32 {
        (u64::from(caseload) * u64::from(self.in_study) / u64::from(self.caseloads.max(1))) as u32
    }
}

/// The paired world of an arm: all clients of the site, with as many caseworkers per client as the arm has in the study.
/// An arm without clients at this site takes that from the first site where it has some.
pub(super) fn paired_places(scenario: &Scenario, site: usize, arm: usize) -> ArmClients {
    let planned = scenario.sites[site].arms[arm];
    let elsewhere =
        || scenario.sites.iter().map(|other| other.arms[arm]).find(|group| group.participants > 0);
    let group = if planned.participants > 0 { planned } else { elsewhere().unwrap_or(planned) };
    let participants: u32 = scenario.sites[site].arms.iter().map(|group| group.participants).sum();
    let full_time = f64::from(participants) * group.caseworkers / f64::from(group.participants.max(1));
    ArmClients::new((0..participants).collect(), full_time, group, 0)
}

/// The study: each client of the site in one arm. Entry `a` of the result is arm `a`.
///
/// Allocated client by client, arms alternate in proportion to their sizes, so that the first clients of a large study
/// are a small study with the same ratio; otherwise arms take consecutive clients.
pub(super) fn study_places(scenario: &Scenario, site: usize) -> Vec<ArmClients> {
    let groups = &scenario.sites[site].arms;
    let total: u32 = groups.iter().map(|group| group.participants).sum();
    let mut numbers: Vec<Vec<u32>> = vec![Vec::new(); groups.len()];
    match scenario.allocation {
        Allocation::Client => {
            for number in 0..total {
                let arm = most_behind(groups.iter().map(|group| group.participants), &numbers, number, total);
                numbers[arm].push(number);
            }
        }
        Allocation::Caseworker | Allocation::Site => {
            let mut next = 0;
            for (arm, group) in groups.iter().enumerate() {
                numbers[arm] = (next..next + group.participants).collect();
                next += group.participants;
            }
        }
    }
    let mut first_caseworker = 0;
    let mut places = Vec::with_capacity(groups.len());
    for (numbers, group) in numbers.into_iter().zip(groups) {
        let place = ArmClients::new(numbers, group.caseworkers, *group, first_caseworker);
        first_caseworker += group.persons();
        places.push(place);
    }
    places
}

/// The arm that lags most behind its share after `number` clients; ties go to the first arm.
fn most_behind(sizes: impl Iterator<Item = u32>, numbers: &[Vec<u32>], number: u32, total: u32) -> usize {
    let mut best = (i64::MIN, 0);
    for (arm, size) in sizes.enumerate() {
        let lag = i64::from(size) * i64::from(number + 1) - i64::from(total) * numbers[arm].len() as i64;
        if (numbers[arm].len() as u32) < size && lag > best.0 {
            best = (lag, arm);
        }
    }
    best.1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_time_caseworkers_share_the_hours_evenly() {
        let group = |participants, caseworkers| ArmAtSite { participants, caseworkers };
        let place = ArmClients::new((0..10).collect(), 3.9, group(10, 3.9), 0);
        assert_eq!((place.caseloads, place.full_time), (4, 3.9 / 4.0));
        let sizes: Vec<usize> = (0..4).map(|caseload| place.members(caseload).len()).collect();
        assert_eq!(sizes, [3, 3, 3, 1]);
        // More caseworkers than caseloads can be filled: nobody's hours are lost.
        let few = ArmClients::new((0..5).collect(), 4.0, group(5, 4.0), 0);
        assert_eq!((few.caseloads, few.full_time), (3, 4.0 / 3.0));
        let paired = ArmClients::new((0..40).collect(), 8.0, group(15, 3.0), 0);
        let rows: Vec<u32> = (0..8).map(|caseload| paired.as_in_study(caseload)).collect();
        assert_eq!(rows, [0, 0, 0, 1, 1, 1, 2, 2]);
    }
}
