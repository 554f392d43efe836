//! Which client is in which arm and caseload. Places depend on numbers and ratios only, never on luck.

use crate::scenario::{Allocation, Scenario};

/// The clients of one arm at one site, divided over caseloads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Client numbers within the site, in the order in which they fill the caseloads.
    pub(super) numbers: Vec<u32>,
    /// Clients at the start.
    pub(super) clients: u32,
    /// Number of caseloads.
    pub(super) caseloads: u32,
    /// Clients per caseload; the last may have fewer.
    pub(super) size: u32,
    /// Place of the first caseworker at the site.
    pub(super) first_caseworker: u32,
}

impl Place {
    fn new(numbers: Vec<u32>, size: u32, first_caseworker: u32) -> Self {
        let clients = numbers.len() as u32;
        let caseloads = if size == 0 { 0 } else { clients.div_ceil(size) };
        Self { numbers, clients, caseloads, size, first_caseworker }
    }

    /// The client numbers of a caseload.
    pub(super) fn members(&self, caseload: u32) -> &[u32] {
        let start = (caseload * self.size) as usize;
        let end = (start + self.size as usize).min(self.numbers.len());
        &self.numbers[start..end]
    }
}

/// The paired world of an arm: all clients of the site, at the caseload per caseworker that the arm has in the study.
/// An arm without clients at this site takes its caseload from the first site where it has some.
pub(super) fn paired_places(scenario: &Scenario, site: usize, arm: usize) -> Place {
    let own = scenario.sites[site].arms[arm].caseload();
    let elsewhere = || scenario.sites.iter().map(|other| other.arms[arm].caseload()).find(|&size| size > 0);
    let size = if own > 0 { own } else { elsewhere().unwrap_or(1) };
    let participants: u32 = scenario.sites[site].arms.iter().map(|group| group.participants).sum();
    Place::new((0..participants).collect(), size, 0)
}

/// The study: each client of the site in one arm. Entry `a` of the result is arm `a`.
///
/// Allocated client by client, arms alternate in proportion to their sizes, so that the first clients of a large study
/// are a small study with the same ratio; otherwise arms take consecutive clients.
pub(super) fn study_places(scenario: &Scenario, site: usize) -> Vec<Place> {
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
        let place = Place::new(numbers, group.caseload(), first_caseworker);
        first_caseworker += group.caseworkers;
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
