//! 2. Inflow and returns: who comes (back) on benefit at the start of a step.

use super::absent::Gone;
use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::invitation;
use super::plan;
use super::setting::{Setting, Staff};
use super::small_steps;
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
    client.activity = small_steps::activity(&setting.single.steps, client.active);
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
