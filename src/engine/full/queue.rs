//! 3. The queue for the caseworker's slots (model page 7.1, 7.13).

use super::caseload::Caseload;
use super::place::Hits;
use super::setting::Setting;
use crate::scenario::serves::MAX_DEDICATED;

/// Tolerance on slots: parts of slots do not add up exactly in binary.
const SLOT_TOLERANCE: f64 = 1e-9;

/// Clients to look at for each slot: some do not come, and leave a part of theirs over.
const MORE_THAN_SLOTS: f64 = 1.25;

/// A client whose talk is due.
#[derive(Clone, Copy, Debug)]
pub(super) struct Due {
    /// Place in the queue, see [`order`].
    pub(super) order: u128,
    /// The client.
    pub(super) row: u32,
}

/// Place in the queue as one number, the lowest first: by the rank of the service in the plan's priority, then the longest overdue
/// (`since`, the tick in which the talk was due), ties by an addressed draw, and those by the client.
pub(super) fn order(rank: u32, since: u32, tie: u32, client: u32) -> u128 {
    [rank, since, tie, client].iter().fold(0, |order, &part| order << 32 | u128::from(part))
}

/// What is left of the caseworker's slots in a step: of those for one service only, in the order of the setting, and of those
/// for everybody.
pub(super) struct Slots {
    /// Slots left for the clients of one service each, in the order of [`Setting::dedicated`].
    dedicated: [f64; MAX_DEDICATED],
    /// Slots left for everybody; infinite without capacity.
    shared: f64,
}

impl Slots {
    /// The slots of a step: the dedicated shares first, what is left of the caseworker's time for everybody.
    pub(super) fn of_step(setting: &Setting, step: u32) -> Self {
        let mut dedicated = [0.0; MAX_DEDICATED];
        if !setting.scenario.capacity {
            return Self { dedicated, shared: f64::INFINITY };
        }
        let mut rest = 1.0;
        for (slots, &(_, share)) in dedicated.iter_mut().zip(setting.dedicated) {
            *slots = setting.slots_in_step(share, step);
            rest -= share;
        }
        Self { dedicated, shared: setting.slots_in_step(rest, step) }
    }

    /// Whether so many talks that are due all get a slot.
    pub(super) fn suffice(&self, due: usize) -> bool {
        due as f64 <= self.shared
    }

    /// Slots left of all kinds together: under one, nobody gets any.
    fn left(&self) -> f64 {
        self.dedicated.iter().sum::<f64>() + self.shared
    }

    /// A slot for a client of this service; `None` when nothing is left for it.
    fn take(&mut self, service: u32, setting: &Setting) -> Option<&mut f64> {
        let slot = setting.dedicated.iter().position(|&(index, _)| index == service as usize);
        match slot {
            Some(slot) if self.dedicated[slot] >= 1.0 - SLOT_TOLERANCE => Some(&mut self.dedicated[slot]),
            _ if self.shared >= 1.0 - SLOT_TOLERANCE => Some(&mut self.shared),
            _ => None,
        }
    }
}

/// Gives the slots to those first in the queue. A talk takes a slot, a no-show a part of one: what it leaves over is for the next.
/// Who gets one is `invited`; `talks` are the rows of those of them who come, in the order of the queue. Only as much of the queue is put
/// in order as there are slots for: behind it a backlog may be long.
pub(super) fn give(
    queue: &mut [Due],
    mut slots: Slots,
    (load, setting): (&Caseload, &Setting),
    come: &Hits,
    invited: &mut Hits,
    talks: &mut Vec<u32>,
) {
    let mut rest = queue;
    while !rest.is_empty() && slots.left() >= 1.0 - SLOT_TOLERANCE {
        let enough = (slots.left() * MORE_THAN_SLOTS) as usize + 1;
        let number = enough.min(rest.len());
        if number < rest.len() {
            rest.select_nth_unstable_by_key(number - 1, |due| due.order);
        }
        let (first, later) = rest.split_at_mut(number);
        first.sort_unstable_by_key(|due| due.order);
        for due in first {
            let row = due.row as usize;
            let Some(slot) = slots.take(load.service(row), setting) else { continue };
            let comes = come.has(row);
            *slot -= if comes { 1.0 } else { setting.parameters.no_show.slot_share };
            invited.put(row);
            if comes {
                talks.push(due.row);
            }
        }
        rest = later;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::Stage;

    /// So many clients, of whom nobody comes and nobody is invited yet.
    fn nobody_of(clients: u32) -> (Caseload, Hits, Hits) {
        let mut load = Caseload::default();
        for id in 0..clients {
            load.push(&Row { id, ..Row::default() });
        }
        let mut nobody = Hits::default();
        nobody.clear(&load);
        (load, nobody.clone(), nobody)
    }

    #[test]
    fn section_7_1_the_longest_overdue_go_first_and_ties_go_by_the_draw() {
        let due = |client, rank, since, tie| Due { order: order(rank, since, tie, client), row: client };
        let mut queue = [due(7, 1, 1, 1), due(5, 0, 9, 9), due(6, 0, 3, 8), due(4, 0, 3, 2), due(3, 0, 3, 2)];
        queue.sort_unstable_by_key(|due| due.order);
        assert_eq!(queue.map(|due| due.row), [3, 4, 6, 5, 7]);
    }

    #[test]
    fn section_7_1_a_talk_takes_a_slot_and_a_no_show_a_part_of_one() {
        let mut stage = Stage::new();
        stage.scenario.sites[0].slots_per_month = 2.0;
        let setting = stage.setting();
        let (load, mut come, mut invited) = nobody_of(4);
        for row in 1..4 {
            come.put(row);
        }
        let mut queue = [(3, 1), (0, 0), (1, 3), (2, 2)].map(|(row, order)| Due { order, row });
        let mut talks = Vec::new();
        give(&mut queue, Slots::of_step(&setting, 0), (&load, &setting), &come, &mut invited, &mut talks);
        // The first stays away, the second comes; what they leave over is not a whole slot.
        assert_eq!((talks, invited.rows().collect::<Vec<_>>()), (vec![3], vec![0, 3]));
    }

    #[test]
    fn section_7_1_a_long_backlog_is_served_in_the_same_order() {
        let mut stage = Stage::new();
        stage.scenario.sites[0].slots_per_month = 9.0;
        let setting = stage.setting();
        let (load, mut come, mut invited) = nobody_of(200);
        // Two of three stay away, and each of them leaves a part of a slot: more of the queue is needed than was put in order first.
        (0..200).step_by(3).for_each(|row| come.put(row));
        let place = |row: u32| u128::from(row * 77 % 200);
        let mut queue: Vec<Due> = (0..200).map(|row| Due { order: place(row), row }).collect();
        let mut talks = Vec::new();
        give(&mut queue, Slots::of_step(&setting, 0), (&load, &setting), &come, &mut invited, &mut talks);
        let mut rows: Vec<u32> = (0..200).collect();
        rows.sort_by_key(|&row| place(row));
        let share = setting.parameters.no_show.slot_share;
        let mut left = 9.0;
        rows.retain(|row| {
            let gets = left >= 1.0 - SLOT_TOLERANCE;
            left -= if !gets {
                0.0
            } else if row % 3 == 0 {
                1.0
            } else {
                share
            };
            gets
        });
        assert_eq!(talks, rows.iter().copied().filter(|row| row % 3 == 0).collect::<Vec<_>>());
        rows.sort_unstable();
        assert_eq!(invited.rows().map(|row| row as u32).collect::<Vec<_>>(), rows);
    }

    #[test]
    fn section_7_1_slots_for_one_service_serve_it_first_and_nobody_else() {
        let mut stage = Stage::new();
        let (fip, regular) = (stage.service("fip"), stage.service("regular"));
        stage.scenario.sites[0].slots_per_month = 4.0;
        stage.dedicated = vec![(fip as usize, 0.5)];
        let setting = stage.setting();
        let mut slots = Slots::of_step(&setting, 0);
        assert_eq!((slots.dedicated[0], slots.shared), (2.0, 2.0));
        for left in [1.0, 0.0] {
            let slot = slots.take(fip, &setting).expect("a slot of its own");
            *slot -= 1.0;
            assert_eq!((slots.dedicated[0], slots.shared), (left, 2.0));
        }
        *slots.take(fip, &setting).expect("one of those for everybody") -= 1.0;
        *slots.take(regular, &setting).expect("the last") -= 1.0;
        assert!(slots.take(fip, &setting).is_none() && slots.take(regular, &setting).is_none());
    }

    #[test]
    fn section_7_1_without_capacity_every_talk_has_a_slot() {
        let mut stage = Stage::new();
        stage.scenario.capacity = false;
        assert!(Slots::of_step(&stage.setting(), 3).suffice(1_000_000));
    }
}
