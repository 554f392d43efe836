//! Plans in which clusters get another service in turn: who has it when.

use crate::scenario::{Scenario, Who};

/// When each unit has another service than the control arm. Months are calendar months since month 0, which are months since entry,
/// because such a study does not enrol over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Schedule {
    /// First month of each period: a period ends where some unit goes over.
    starts: Vec<u32>,
    /// Whether the unit has the other service: `exposed[unit * periods + period]`.
    exposed: Vec<bool>,
}

impl Schedule {
    /// Reads the schedule off the plans; `place` is (arm, site, caseworker of the arm at the site) of each unit.
    pub(super) fn new(scenario: &Scenario, place: &[(usize, usize, u32)]) -> Self {
        let service = |arm: usize, site: usize, caseworker: u32, month: u32| {
            let plan = &scenario.arms[arm];
            plan.service_of(for_everybody(plan), site, caseworker, month)
        };
        let other = |&(arm, site, caseworker): &(usize, usize, u32), month: u32| {
            service(arm, site, caseworker, month) != service(scenario.control, site, caseworker, month)
        };
        let changes = |month: &u32| {
            *month == 0 || place.iter().any(|place| other(place, *month) != other(place, *month - 1))
        };
        let starts: Vec<u32> = (0..scenario.horizon_months).filter(changes).collect();
        let exposed = place.iter().flat_map(|place| starts.iter().map(move |month| other(place, *month)));
        Self { exposed: exposed.collect(), starts }
    }

    /// Periods, each with its first month and the month at which the next begins (the last has none).
    pub(super) fn periods(&self) -> impl Iterator<Item = (u32, Option<u32>)> {
        self.starts.iter().enumerate().map(|(at, &start)| (start, self.starts.get(at + 1).copied()))
    }

    /// Whether the unit has the other service in the period.
    pub(super) fn exposed(&self, unit: usize, period: usize) -> bool {
        self.exposed[unit * self.starts.len() + period]
    }
}

/// The rows of a plan that are for everybody, as [`Arm::fitting`](crate::scenario::Arm::fitting) gives them.
fn for_everybody(plan: &crate::scenario::Arm) -> u32 {
    let rows = plan.serves.iter().enumerate().filter(|(_, row)| row.who == Who::Everybody);
    rows.fold(0, |bits, (index, _)| bits | 1 << index)
}
