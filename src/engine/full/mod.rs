//! The full model: one process per file, and the order of the day.

mod aging;
mod book;
mod calendar;
mod caseload;
mod clock;
mod comeback;
mod conversation;
mod decided;
mod detection;
mod distance;
mod drive;
mod entry;
mod invitation;
mod irregularity;
mod leaving;
mod luck;
mod plan;
mod recording;
mod returner;
mod setting;
mod small_steps;
mod world;

pub(super) use world::simulate;

use aging::Growth;
use book::Book;
use caseload::Caseload;
use clock::Clock;
use entry::Arrivals;
use invitation::Due;
use luck::Luck;
use setting::{Setting, Staff};

/// Memory that caseloads use one after the other.
struct Workspace {
    load: Caseload,
    queue: Vec<Due>,
    growth: Growth,
    luck: Luck,
}

impl Workspace {
    fn new(step_months: f64) -> Self {
        Self {
            load: Caseload::default(),
            queue: Vec::new(),
            growth: Growth::new(step_months),
            luck: Luck::default(),
        }
    }
}

/// The order of the day, for one caseload. Readers can see and dispute it (model page section 3).
fn step(
    space: &mut Workspace,
    staff: &mut Staff,
    arrivals: &mut Arrivals,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let Workspace { load, queue, growth, luck } = space;
    calendar::run(load, setting, clock, book); //                    1. age, months of benefit, pension
    arrivals.run(load, staff, setting, clock, book); //              2. enrolment and inflow ...
    comeback::returns(load, setting, clock, book); //                   ... and returns
    plan::run(load, setting, clock); //                              ... and who gets which service
    luck.draw(&setting.dice, clock.step, &load.on, &load.id, setting.contacts_by_chance());
    invitation::run(load, luck, queue, setting, clock, book); //           3. invitations, capacity, no-show
    conversation::run(load, staff, setting, clock, book); //         4. trust, information, disclosure, discovery
    small_steps::run(load, luck, setting, clock, book); //                 5. steps start and stop
    distance::run(load, luck, setting, clock, book); //                    6. distance
    drive::run(load, setting, clock); //                             7. confidence and motivation
    irregularity::run(load, luck, setting, clock, book); //                8. irregularities begin and end by themselves
    detection::run(load, luck, setting, clock, book); //                   9. detection, investigation, sanction
    recording::client_months(load, clock, book);
    leaving::run(load, luck, staff, setting, clock, book); //             10. competing exits
    aging::run(load, setting, clock, growth);
    if clock.closes_month {
        recording::run(load, book); //                              11. record
        recording::lives(load, clock.end, book);
    }
}
