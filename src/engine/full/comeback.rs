//! 2. Inflow and returns: who comes (back) on benefit at the start of a step.

use super::aging;
use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::invitation;
use super::plan;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{ExitReason, Happening, LifeEvent};
use crate::random::{Process, sample};
use crate::scenario::parameters::ReturnHazards;

/// Return hazard per month after an exit. Work counts 1.5 times when the true distance at exit was over 12 months.
fn hazard(returns: &ReturnHazards, out: Option<ExitReason>, exit_distance: f64) -> f64 {
    match out {
        Some(ExitReason::Work) => returns.work * if exit_distance > 12.0 { 1.5 } else { 1.0 },
        Some(ExitReason::Education) => returns.education,
        Some(ExitReason::Relationship) => returns.relationship,
        Some(ExitReason::Move) => returns.r#move,
        Some(ExitReason::Fraud) => returns.fraud,
        Some(ExitReason::Withdrawal) => returns.withdrawal,
        Some(ExitReason::Death | ExitReason::Pension | ExitReason::Other) | None => 0.0,
    }
}

/// Returns of clients who left: a new spell (`d = 0`) with `x = max(x - 3, 3)`. The record is not touched: the
/// municipality sees the change at the next talk. Nobody returns from pension age on.
pub(super) fn returns(load: &mut Caseload, setting: &Setting, clock: &Clock, book: &mut Book) {
    if !setting.scenario.returns || load.away.is_empty() {
        return;
    }
    let returns = &setting.parameters.returns;
    for index in 0..load.away.len() {
        let row = load.away[index] as usize;
        if load.age_at_zero[row] + clock.end >= clock.pension_age_months {
            continue;
        }
        let word = setting.dice.draw(load.id[row], clock.step, Process::Return);
        if sample::happens(word, hazard(returns, load.out[row], load.exit_distance[row]) * clock.length) {
            load.out[row] = None;
            load.spell_start[row] = clock.start;
            load.distance[row] = (load.distance[row] - 3.0).max(3.0);
            plan::decide(load, row, setting, clock.start, clock.month as u32 - 1);
            load.next_due[row] = invitation::first_due(load, row, setting, clock.step, clock.start);
            aging::begin(load, row, setting, clock.start);
            load.on.push(row as u32);
            book.turn_to(load, row);
            book.count(Tally::Returned);
            book.event(load, row, Happening::Return);
            book.note(row, LifeEvent::Return);
        }
    }
    let out = &load.out;
    load.away.retain(|&row| out[row as usize].is_some());
}
