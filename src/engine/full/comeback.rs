//! 2. Inflow and returns: who comes (back) on benefit at the start of a step.

use super::absent::Gone;
use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::invitation;
use super::plan;
use super::setting::{Setting, Staff};
use super::steps_taken;
use crate::history::Tally;
use crate::kinds::{Away, Happening, LifeEvent};

/// Returners whose time has come: a new spell (`d = 0`) with `x = max(x - 3, 3)`. The record is not touched: the
/// municipality sees the change at the next talk. Nobody returns from pension age on.
pub(super) fn returns(load: &mut Caseload, staff: &Staff, setting: &Setting, clock: &Clock, book: &mut Book) {
    let returners = book.absent.returning(clock.step);
    for gone in &returners {
        if gone.row.age_at_zero + clock.end as f32 >= clock.pension_age_months as f32 {
            book.absent.stay(*gone);
        } else {
            come_back(load, gone, staff, setting, clock, book);
        }
    }
    book.absent.recycle(clock.step, returners);
}

/// One return: the spell starts anew (`d = 0`), `x := max(x - 3, 3)`, and the plan decides again which service it is. The match
/// is with whoever holds the caseworker's place now.
fn come_back(
    load: &mut Caseload,
    gone: &Gone,
    staff: &Staff,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let mut client = gone.row;
    client.spell_start = clock.start as f32;
    client.distance = (client.distance - 3.0).max(3.0);
    client.activity = steps_taken::activity_of(&setting.single.steps, client.active);
    client.match_now = staff.caseworker.match_with(&setting.dice, client.id);
    plan::decide(&mut client, setting, clock.start, clock.month as u32 - 1);
    client.next_due = invitation::first_due(&client, setting, clock.step, clock.start);
    load.push(&client);

    let row = load.rows() - 1;
    book.turn_to(load, row);
    let away = Away::of(gone.months_away);
    book.count(Tally::BackAfter(away));
    book.off[book.part][gone.reason] -= 1.0;
    if away == Away::UpTo6 {
        book.count(Tally::BackWithin6(gone.reason));
    }
    book.count(Tally::Returned);
    book.event(load, row, Happening::Return);
    book.note(load, row, LifeEvent::Return);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, staff, written};
    use crate::kinds::ExitReason;

    #[test]
    fn section_7_9_a_return_is_a_new_spell_three_months_nearer() {
        let stage = Stage::new();
        let (setting, clock) = (stage.setting(), stage.clock(4));
        for (left_at, back_at) in [(40.0, 37.0), (4.0, 3.0), (2.0, 3.0)] {
            let row = Row { distance: left_at, recorded: 50.0, spell_start: -60.0, ..Row::default() };
            let mut load = Caseload::default();
            let gone = Gone { row, reason: ExitReason::Work, months_away: 3.5 };
            let count = written(|book| come_back(&mut load, &gone, &staff(), &setting, &clock, book));
            assert_eq!((load.distance(0), load.recorded(0), load.spell_start(0)), (back_at, 50.0, 4.0));
            assert_eq!([count(Tally::Returned), count(Tally::BackWithin6(ExitReason::Work))], [1.0; 2]);
        }
    }

    #[test]
    fn section_7_9_nobody_returns_from_pension_age_on() {
        let stage = Stage::new();
        let (setting, clock) = (stage.setting(), stage.clock(1));
        let mut load = Caseload::default();
        let _ = written(|book| {
            for years in [40.0, 70.0] {
                let row = Row { age_at_zero: years * 12.0, distance: 20.0, ..Row::default() };
                book.absent.leave(Gone { row, reason: ExitReason::Move, months_away: 1.0 }, Some(1));
            }
            returns(&mut load, &staff(), &setting, &clock, book);
        });
        assert_eq!((load.rows(), load.age_at_zero(0)), (1, 480.0));
    }
}
