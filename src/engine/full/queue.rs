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
    /// Place in the queue, see [`place`]. Several clients may share one.
    pub(super) place: u64,
    /// The client.
    pub(super) row: u32,
}

/// Place in the queue as one number, the lowest first: by the rank of the service in the plan's priority, then the longest overdue
/// (`since`, the tick in which the talk was due).
pub(super) fn place(rank: u32, since: u32) -> u64 {
    u64::from(rank) << 32 | u64::from(since)
}

/// A client at the front of the queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    /// When it is this client's turn, see [`order`].
    pub(super) order: u128,
    /// The client.
    pub(super) row: u32,
    /// Whether the client comes when invited.
    pub(super) comes: bool,
}

/// What turns go by: the place, ties by an addressed draw, and those by the client.
pub(super) fn order(place: u64, tie: u32, client: u32) -> u128 {
    u128::from(place) << 64 | u128::from(tie) << 32 | u128::from(client)
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

    /// Whether somebody may still get a slot.
    pub(super) fn any(&self) -> bool {
        self.left() >= 1.0 - SLOT_TOLERANCE
    }

    /// How many clients to look at: more than there are slots, since some do not come.
    pub(super) fn enough(&self) -> usize {
        (self.left() * MORE_THAN_SLOTS) as usize + 1
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

/// Parts the front off the queue: at least so many clients, and all who share the place of the last of them. Most of a queue are better
/// looked at than parted.
fn front(queue: &mut [Due], number: usize) -> (&mut [Due], &mut [Due]) {
    if 2 * number >= queue.len() {
        return (queue, &mut []);
    }
    queue.select_nth_unstable_by_key(number - 1, |due| due.place);
    let last = queue[number - 1].place;
    let mut end = number;
    for at in number..queue.len() {
        if queue[at].place == last {
            queue.swap(at, end);
            end += 1;
        }
    }
    queue.split_at_mut(end)
}

/// Gives the slots to those first in the queue. A talk takes a slot, a no-show a part of one: what it leaves over is for the next.
/// Who gets one is `invited`; `talks` are the rows of those of them who come, in the order of the queue. Only its front is asked (`ask`
/// draws who comes, and what settles ties): behind it a backlog may be long.
pub(super) fn give(
    queue: &mut [Due],
    slots: &mut Slots,
    who: (&Caseload, &Setting),
    (turns, mut ask): (&mut Vec<Turn>, impl FnMut(&[Due], &mut Vec<Turn>)),
    invited: &mut Hits,
    talks: &mut Vec<u32>,
) {
    let mut rest = queue;
    while !rest.is_empty() && slots.any() {
        let (first, later) = front(rest, slots.enough());
        turns.clear();
        ask(first, turns);
        take_turns(turns, slots, who, invited, talks);
        rest = later;
    }
}

/// Gives the slots to clients in the order of their turns. Only as many are put in order as there are slots for.
fn take_turns(
    turns: &mut [Turn],
    slots: &mut Slots,
    (load, setting): (&Caseload, &Setting),
    invited: &mut Hits,
    talks: &mut Vec<u32>,
) {
    let mut rest = turns;
    while !rest.is_empty() && slots.any() {
        let number = slots.enough().min(rest.len());
        if number < rest.len() {
            rest.select_nth_unstable_by_key(number - 1, |turn| turn.order);
        }
        let (first, later) = rest.split_at_mut(number);
        first.sort_unstable_by_key(|turn| turn.order);
        for turn in first {
            let row = turn.row as usize;
            let Some(slot) = slots.take(load.service(row), setting) else { continue };
            *slot -= if turn.comes { 1.0 } else { setting.parameters.no_show.slot_share };
            invited.put(row);
            if turn.comes {
                talks.push(turn.row);
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

    /// So many clients, of whom nobody is invited yet.
    fn nobody_of(clients: u32) -> (Caseload, Hits) {
        let mut load = Caseload::default();
        for id in 0..clients {
            load.push(&Row { id, ..Row::default() });
        }
        let mut nobody = Hits::default();
        nobody.clear(&load);
        (load, nobody)
    }

    /// Draws for the clients at the front: ties by the row, and who comes.
    fn asked(comes: impl Fn(u32) -> bool) -> impl Fn(&[Due], &mut Vec<Turn>) {
        move |first, turns| {
            let turn = |due: &Due| Turn {
                order: order(due.place, due.row, due.row),
                row: due.row,
                comes: comes(due.row),
            };
            turns.extend(first.iter().map(turn));
        }
    }

    #[test]
    fn section_7_1_the_longest_overdue_go_first_and_ties_go_by_the_draw() {
        let turn = |client, rank, since, tie| (order(place(rank, since), tie, client), client);
        let mut turns =
            [turn(7, 1, 1, 1), turn(5, 0, 9, 9), turn(6, 0, 3, 8), turn(4, 0, 3, 2), turn(3, 0, 3, 2)];
        turns.sort_unstable();
        assert_eq!(turns.map(|(_, client)| client), [3, 4, 6, 5, 7]);
    }

    #[test]
    fn section_7_1_who_shares_the_last_place_at_the_front_is_at_the_front() {
        let places = [5, 2, 9, 2, 1, 5, 2, 5];
        let queue = || -> Vec<Due> { (0..).zip(places).map(|(row, place)| Due { place, row }).collect() };
        for (number, at_front) in [(1, 1), (2, 4), (3, 4), (4, 8), (8, 8), (9, 8)] {
            let mut queue = queue();
            let (first, later) = front(&mut queue, number);
            assert_eq!((first.len(), later.len()), (at_front, places.len() - at_front), "{number}");
            let last = first.iter().map(|due| due.place).max();
            assert!(later.iter().all(|due| Some(due.place) > last));
            let mut rows: Vec<u32> = first.iter().chain(later.iter()).map(|due| due.row).collect();
            rows.sort_unstable();
            assert_eq!(rows, [0, 1, 2, 3, 4, 5, 6, 7]);
        }
    }

    #[test]
    fn section_7_1_a_talk_takes_a_slot_and_a_no_show_a_part_of_one() {
        let mut stage = Stage::new();
        stage.scenario.sites[0].slots_per_month = 2.0;
        let setting = stage.setting();
        let (load, mut invited) = nobody_of(4);
        let mut queue = [(3, 1), (0, 0), (1, 3), (2, 2)].map(|(row, place)| Due { place, row });
        let (mut turns, mut talks) = (Vec::new(), Vec::new());
        let asked = (&mut turns, asked(|row| row > 0));
        give(
            &mut queue,
            &mut Slots::of_step(&setting, 0),
            (&load, &setting),
            asked,
            &mut invited,
            &mut talks,
        );
        // The first stays away, the second comes; what they leave over is not a whole slot.
        assert_eq!((talks, invited.rows().collect::<Vec<_>>()), (vec![3], vec![0, 3]));
    }

    #[test]
    fn section_7_1_a_long_backlog_is_served_in_the_same_order() {
        let mut stage = Stage::new();
        stage.scenario.sites[0].slots_per_month = 9.0;
        let setting = stage.setting();
        // Two of three stay away, and each of them leaves a part of a slot: more of the queue is needed than was put in order first.
        let comes = |row: u32| row.is_multiple_of(3);
        // Everybody has a place of his own, or three clients share one.
        for sharing in [1, 3] {
            let (load, mut invited) = nobody_of(200);
            let place = |row: u32| u64::from(row * 77 % 200 / sharing);
            let mut queue: Vec<Due> = (0..200).map(|row| Due { place: place(row), row }).collect();
            let (mut turns, mut talks) = (Vec::new(), Vec::new());
            let asked = (&mut turns, asked(comes));
            give(
                &mut queue,
                &mut Slots::of_step(&setting, 0),
                (&load, &setting),
                asked,
                &mut invited,
                &mut talks,
            );
            let mut rows: Vec<u32> = (0..200).collect();
            rows.sort_by_key(|&row| (place(row), row));
            let share = setting.parameters.no_show.slot_share;
            let mut left = 9.0;
            rows.retain(|&row| {
                let gets = left >= 1.0 - SLOT_TOLERANCE;
                left -= if !gets {
                    0.0
                } else if comes(row) {
                    1.0
                } else {
                    share
                };
                gets
            });
            assert_eq!(talks, rows.iter().copied().filter(|&row| comes(row)).collect::<Vec<_>>());
            rows.sort_unstable();
            assert_eq!(invited.rows().map(|row| row as u32).collect::<Vec<_>>(), rows);
        }
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
