//! The full model: one process per file, and the order of the day.

mod absent;
mod attendance;
mod book;
mod calendar;
mod caseload;
mod clock;
mod comeback;
mod conversation;
mod detection;
mod distance;
mod drive;
mod entry;
mod invitation;
mod irregularity;
mod leaving;
mod luck;
mod means;
mod place;
mod plan;
mod queue;
mod recording;
mod returner;
mod setting;
mod single;
mod small_steps;
mod steps_taken;
#[cfg(test)]
mod testing;
mod totals;
mod world;

pub use means::Means;
pub(super) use world::{lives, simulate};

use book::Book;
use caseload::{Caseload, ClientBlock};
use clock::Clock;
use entry::Arrivals;
use invitation::Invitations;
use irregularity::Onsets;
use leaving::Hazards;
use luck::Luck;
use place::Hits;
use setting::{Setting, Staff};

use crate::stats::lanes::Column;

/// Memory that caseloads use one after the other.
#[derive(Default)]
struct Workspace {
    /// The clients on benefit.
    load: Caseload,
    /// The draws that everybody needs in a step.
    luck: Luck,
    /// The talks that are due.
    invitations: Invitations,
    /// Rows that attend a talk in the step.
    talks: Vec<u32>,
    /// Rows to which something happens in a process.
    list: Vec<u32>,
    /// To whom something happens, as bits.
    hits: Hits,
    /// Who calls on own initiative, as bits.
    calls: Hits,
    /// Columns of the few to whom something happens, side by side.
    batch: ClientBlock,
    /// Distances before the step.
    before: Column<f32>,
    /// What small steps need.
    steps: small_steps::Work,
    /// Hazards of onsets, of the blocks in which an irregularity begins or ends.
    onsets: Vec<Onsets>,
    /// Hazards of leaving of everybody, by reason.
    hazards: Vec<Hazards>,
}

/// The order of the day, for one caseload. Readers can see and dispute it (model page section 3).
///
/// A process is one or more dense passes over all clients in vector lanes, which say to whom something happens, and a loop over
/// those few.
fn step(
    workspace: &mut Workspace,
    staff: &mut Staff,
    arrivals: &mut Arrivals,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let Workspace {
        load,
        luck,
        invitations,
        talks,
        list,
        hits,
        calls,
        batch,
        before,
        steps,
        onsets,
        hazards,
    } = workspace;
    calendar::run(load, (hits, list), setting, clock, book); //                       1. age, months of benefit, pension
    setting.lap("calendar");
    arrivals.run(load, staff, setting, clock, book); //                               2. enrolment and inflow ...
    comeback::returns(load, staff, setting, clock, book); //                             ... and returns
    plan::run(load, setting, clock); //                                                  ... and who gets which service
    setting.lap("arrivals");
    luck::draw(luck, load, setting, clock.step);
    setting.lap("luck");
    invitation::run(load, luck, (invitations, talks, batch), setting, clock); //      3. invitations, capacity ...
    setting.lap("invitation: slots, no-show");
    attendance::run(load, invitations, setting, clock, book); //                         ... and who comes, stays away, waits
    setting.lap("invitation: who comes, stays away, waits");
    conversation::run(load, (talks, batch), staff, setting, clock, book); //          4. trust, information, disclosure, discovery
    setting.lap("conversation: what fades");
    small_steps::run(load, luck, (steps, hits, list, batch), setting, clock, book); // 5. steps start and stop
    setting.lap("small steps: which");
    distance::run(load, luck, (hits, before), setting, clock, book); //               6. distance
    setting.lap("distance: who came near");
    drive::run(load, setting, clock); //                                              7. confidence and motivation
    setting.lap("drive");
    irregularity::run(load, luck, (hits, onsets, calls), setting, clock, book); //    8. irregularities begin and end
    setting.lap("irregularity: calls, which");
    detection::run(load, luck, (talks, hits, batch), setting, clock, book); //        9. detection, investigation, sanction
    setting.lap("detection: outside talks");
    recording::client_months(load, setting, clock, book);
    setting.lap("client-months");
    leaving::run(load, luck, (hazards, hits), (staff, setting), clock, book); //      10. competing exits
    setting.lap("leaving: why");
    if clock.closes_month {
        recording::run(load, setting, book); //                                       11. record
        recording::lives(load, clock.end, book);
        setting.lap("recording");
    }
}
