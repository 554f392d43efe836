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
        let before = load.service(row);
        let review = setting
            .arm
            .review_months
            .is_some_and(|months| clock.start - f64::from(load.decided_at(row)) >= f64::from(months));
        if !review && service(load.fits(row), setting, month) == before {
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

/// The service of who fits these rows of the plan, here and in this month (counted from 0): the first row that holds decides.
fn service(fits: u32, setting: &Setting, month: u32) -> u32 {
    setting.arm.service_of(fits, setting.site_index, setting.caseworker, month) as u32
}

/// What the municipality knows at time `now`: recorded distance and months on benefit, months, and age, years.
fn on_file(client: &Row, now: f64) -> ClientFile {
    ClientFile {
        recorded_months: client.recorded.into(),
        duration_months: now - f64::from(client.spell_start),
        age_years: (f64::from(client.age_at_zero) + now) / 12.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::testing::Stage;
    use crate::scenario::{Serves, Who};

    #[test]
    fn section_7_13_the_municipality_decides_by_what_is_on_file() {
        let row =
            Row { recorded: 30.0, distance: 5.0, spell_start: -20.0, age_at_zero: 480.0, ..Row::default() };
        let file = on_file(&row, 4.0);
        assert_eq!([file.recorded_months, file.duration_months, file.age_years], [30.0, 24.0, 484.0 / 12.0]);
    }

    #[test]
    fn section_7_13_a_service_brings_its_contacts_and_its_caseworker() {
        let stage = Stage::new();
        let setting = stage.setting();
        let mut client = Row::default();
        give(&mut client, stage.service("regular"), &setting);
        let Contact::Hazard { far, near } = setting.service(stage.service("regular")).contact else {
            panic!("regular contact is by chance");
        };
        assert_eq!([client.contact_far, client.contact_near], [far as f32, near as f32]);
        assert_eq!(client.flags & flag::FIXED_CASEWORKER, 0);
        give(&mut client, stage.service("fip"), &setting);
        assert_eq!([client.contact_far, client.contact_near], [0.0; 2]);
        assert_eq!(client.flags & flag::FIXED_CASEWORKER, flag::FIXED_CASEWORKER);
    }

    #[test]
    fn section_7_13_a_row_that_begins_gives_its_clients_a_first_talk() {
        let mut stage = Stage::new();
        let (regular, fip) = (stage.service("regular"), stage.service("fip"));
        let row = Serves {
            who: Who::Far,
            service: fip as usize,
            sites: Vec::new(),
            caseworkers: Vec::new(),
            from_month: 3,
            until_month: u32::MAX,
        };
        stage.scenario.arms[0].service = regular as usize;
        stage.scenario.arms[0].serves = vec![row];
        let setting = stage.setting();
        let mut load = Caseload::default();
        for recorded in [30.0, 10.0] {
            let mut client = Row { recorded, next_due: super::super::clock::NEVER, ..Row::default() };
            decide(&mut client, &setting, 0.0, 0);
            load.push(&client);
        }
        run(&mut load, &setting, &stage.clock(2));
        assert_eq!([load.service(0), load.service(1)], [regular; 2]);
        run(&mut load, &setting, &stage.clock(3));
        assert_eq!([load.service(0), load.service(1)], [fip, regular]);
        assert!(load.next_due(0) < super::super::clock::NEVER);
    }
}
