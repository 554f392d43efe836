//! Plans in which clusters get another service in turn: who has it when, and what each of them shows in each period.

use super::endpoint_data::EndpointData;
use crate::estimate::period_adjusted::Cell;
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

    /// Events and time at risk of each unit in each period until the cut-off.
    pub(super) fn cells(&self, data: &EndpointData) -> Vec<Cell> {
        let (table, periods) = (&data.cause_specific, self.starts.len());
        let step_of = |month: u32| libm::round(f64::from(month) / data.step_months) as usize;
        let mut cells = Vec::with_capacity(table.arm.len() * periods);
        for unit in 0..table.arm.len() {
            let own = |column: &[f64], from: usize, until: usize| -> f64 {
                column[unit * table.steps + from..unit * table.steps + until].iter().sum()
            };
            for period in 0..periods {
                let from = step_of(self.starts[period]).min(table.steps);
                let until =
                    self.starts.get(period + 1).map_or(table.steps, |month| step_of(*month).min(table.steps));
                cells.push(Cell {
                    unit: unit as u32,
                    cluster: table.label[unit],
                    period: period as u32,
                    exposure: f64::from(u8::from(self.exposed[unit * periods + period])),
                    events: own(&table.events, from, until),
                    time: own(&table.at_risk, from, until) * data.step_months,
                });
            }
        }
        cells
    }
}

/// The rows of a plan that are for everybody, as [`Arm::fitting`](crate::scenario::Arm::fitting) gives them.
fn for_everybody(plan: &crate::scenario::Arm) -> u32 {
    let rows = plan.serves.iter().enumerate().filter(|(_, row)| row.who == Who::Everybody);
    rows.fold(0, |bits, (index, _)| bits | 1 << index)
}
