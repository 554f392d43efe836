//! 2. Inflow and returns: who comes (back) on benefit at the start of a step.

use super::aging;
use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::invitation;
use super::plan;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Away, Happening, LifeEvent};

/// Returners whose time has come: a new spell (`d = 0`) with `x = max(x - 3, 3)`. The record is not touched: the
/// municipality sees the change at the next talk. Nobody returns from pension age on.
pub(super) fn returns(load: &mut Caseload, setting: &Setting, clock: &Clock, book: &mut Book) {
    for index in 0..load.away.len() {
        let row = load.away[index] as usize;
        if load.return_at[row] > clock.end || load.age_at_zero[row] + clock.end >= clock.pension_age_months {
            continue;
        }
        book.turn_to(load, row);
        let away = Away::of(load.return_at[row] - load.left_at[row]);
        book.count(Tally::BackAfter(away));
        if let Some(reason) = load.out[row] {
            book.off[book.part][reason] -= 1.0;
            if away == Away::UpTo6 {
                book.count(Tally::BackWithin6(reason));
            }
        }
        load.out[row] = None;
        load.spell_start[row] = clock.start;
        load.distance[row] = (load.distance[row] - 3.0).max(3.0);
        plan::decide(load, row, setting, clock.start, clock.month as u32 - 1);
        load.next_due[row] = invitation::first_due(load, row, setting, clock.step, clock.start);
        aging::begin(load, row, setting, clock.start);
        load.on.push(row as u32);
        book.count(Tally::Returned);
        book.event(load, row, Happening::Return);
        book.note(row, LifeEvent::Return);
    }
    let out = &load.out;
    load.away.retain(|&row| out[row as usize].is_some());
}
