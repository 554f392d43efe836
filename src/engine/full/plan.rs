//! Who gets which service: decided at the start of a spell, again at a review, and when a row of the plan begins or ends
//! (model page, *Plans for a whole caseload*).

use super::caseload::{Caseload, Row, flag};
use super::clock::Clock;
use super::invitation;
use super::setting::Setting;
use crate::scenario::{ClientFile, Contact};

/// A new client: what is on file at entry decides in which part of the caseload the client is counted, and the service.
pub(super) fn enter(client: &mut Row, setting: &Setting, now: f64, month: u32) {
    let file = on_file(client, now);
    client.part = setting.parts.iter().position(|who| who.fits(&file)).unwrap_or(0) as u32;
    decide(client, setting, now, month);
}

/// The start of a spell: what is on file decides.
pub(super) fn decide(client: &mut Row, setting: &Setting, now: f64, month: u32) {
    client.fits = setting.arm.fitting(&on_file(client, now));
    client.decided_at = now as f32;
    let service = service(client.fits, setting, month);
    give(client, service, setting);
}

/// At the start of a month: reviews, and rows that begin or end. Whoever gets another service gets its first talk as at the
/// start of a spell; a talk that was due under the old service is no longer held.
pub(super) fn run(load: &mut Caseload, setting: &Setting, clock: &Clock) {
    if setting.arm.serves.is_empty() || !clock.opens_month {
        return;
    }
    let month = clock.month as u32 - 1;
    for row in 0..load.rows() {
        let before = load.service[row];
        let review = setting
            .arm
            .review_months
            .is_some_and(|months| clock.start - f64::from(load.decided_at[row]) >= f64::from(months));
        if !review && service(load.fits[row], setting, month) == before {
            continue;
        }
        let mut client = load.row(row);
        if review {
            decide(&mut client, setting, clock.start, month);
        } else {
            let service = service(client.fits, setting, month);
            give(&mut client, service, setting);
        }
        if client.service != before {
            client.flags &= !flag::WAITING;
            client.next_due = invitation::first_due(&client, setting, clock.step, clock.start);
        }
        load.replace(row, &client);
    }
}

/// What of a service the lanes read client by client.
fn give(client: &mut Row, service: u32, setting: &Setting) {
    client.service = service;
    let service = setting.service(service);
    client.flags &= !flag::FIXED_CASEWORKER;
    if service.fixed_caseworker {
        client.flags |= flag::FIXED_CASEWORKER;
    }
    [client.contact_far, client.contact_near] = match service.contact {
        Contact::Scheduled { .. } => [0.0; 2],
        Contact::Hazard { far, near } => [far as f32, near as f32],
    };
}

fn service(fits: u32, setting: &Setting, month: u32) -> u32 {
    setting.arm.service_of(fits, setting.site_index, setting.caseworker, month) as u32
}

fn on_file(client: &Row, now: f64) -> ClientFile {
    ClientFile {
        recorded_months: client.recorded.into(),
        duration_months: now - f64::from(client.spell_start),
        age_years: (f64::from(client.age_at_zero) + now) / 12.0,
    }
}
