//! Who gets which service: decided at the start of a spell, again at a review, and when a row of the plan begins or ends
//! (model page, *Plans for a whole caseload*).

use super::caseload::Caseload;
use super::clock::Clock;
use super::invitation;
use super::setting::Setting;
use crate::scenario::OnFile;

/// A new client: the last row of the caseload, whose other columns are there already.
pub(super) fn enter(load: &mut Caseload, setting: &Setting, now: f64, month: u32) {
    let row = load.id.len() - 1;
    let file = on_file(load, row, now);
    let part = setting.parts.iter().position(|who| who.fits(&file)).unwrap_or(0);
    load.decided.part.push(part as u8);
    load.decided.service.push(0);
    load.decided.fits.push(0);
    load.decided.at.push(now);
    decide(load, row, setting, now, month);
}

/// The start of a spell: what is on file decides.
pub(super) fn decide(load: &mut Caseload, row: usize, setting: &Setting, now: f64, month: u32) {
    load.decided.fits[row] = setting.arm.fitting(&on_file(load, row, now));
    load.decided.at[row] = now;
    load.decided.service[row] = service(load, row, setting, month);
}

/// At the start of a month: reviews, and rows that begin or end. Whoever gets another service gets its first talk as at the
/// start of a spell; a talk that was due under the old service is no longer held.
pub(super) fn run(load: &mut Caseload, setting: &Setting, clock: &Clock) {
    if setting.arm.serves.is_empty() || !clock.opens_month {
        return;
    }
    let month = clock.month as u32 - 1;
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        let before = load.decided.service[row];
        match setting.arm.review_months {
            Some(months) if clock.start - load.decided.at[row] >= f64::from(months) => {
                decide(load, row, setting, clock.start, month);
            }
            _ => load.decided.service[row] = service(load, row, setting, month),
        }
        if load.decided.service[row] != before {
            load.waiting[row] = false;
            load.next_due[row] = invitation::first_due(load, row, setting, clock.step, clock.start);
        }
    }
}

fn service(load: &Caseload, row: usize, setting: &Setting, month: u32) -> u16 {
    setting.arm.service_of(load.decided.fits[row], setting.site_index, setting.caseworker, month) as u16
}

fn on_file(load: &Caseload, row: usize, now: f64) -> OnFile {
    OnFile {
        recorded_months: load.recorded[row],
        duration_months: now - load.spell_start[row],
        age_years: (load.age_at_zero[row] + now) / 12.0,
    }
}
