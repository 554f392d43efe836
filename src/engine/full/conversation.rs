//! The conversation, sub-step 4: who meets, its quality, trust, knowledge, perceived detection, disclosure, discovery
//! (model page 7.2 and 7.3).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::setting::{Setting, Staff};
use crate::history::Tally;
use crate::kinds::{Band, Domain, Happening, Kind, LifeEvent};
use crate::population::{Caseworker, HIDDEN_CAPACITY_MONTHS, pool_caseworker_id};
use crate::random::{Process, sample};
use crate::stats::logistic::expit;

/// Turnover of the caseworker, talks of those who attended, and what fades without contact.
pub(super) fn run(load: &mut Caseload, staff: &mut Staff, setting: &Setting, clock: &Clock, book: &mut Book) {
    turnover(load, staff, setting, clock, book);
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        book.turn_to(load, row);
        if load.attended[row] {
            talk(load, row, staff, setting, clock, book);
        }
        fade(load, row, setting, clock);
    }
}

/// With turnover somebody new holds the place, under any service; clients with a fixed caseworker lose a share of their trust.
fn turnover(load: &mut Caseload, staff: &mut Staff, setting: &Setting, clock: &Clock, book: &mut Book) {
    let Caseworker { id, generation, .. } = staff.caseworker;
    let word = setting.dice.draw(id, clock.step, Process::Turnover);
    if sample::happens(word, setting.parameters.caseworker.turnover * clock.length) {
        staff.caseworker = Caseworker::draw(&setting.dice, id, generation + 1);
        book.part = 0; // a caseworker belongs to no part of the caseload
        book.count(Tally::NewCaseworkers);
        for &row in &load.on {
            let row = row as usize;
            if setting.service(load.decided.service[row]).fixed_caseworker {
                load.trust[row] *= 1.0 - setting.parameters.conversation.trust_loss_change;
            }
        }
    }
}

/// One talk. Quality reads the trust with which the client comes in. Trust grows with a fixed caseworker only: what talks with
/// another person each time lack is the gain that builds up with one person.
fn talk(load: &mut Caseload, row: usize, staff: &Staff, setting: &Setting, clock: &Clock, book: &mut Book) {
    let p = &setting.parameters.conversation;
    let id = load.id[row];
    let trust = load.trust[row];
    let words = setting.dice.block(id, clock.step, Process::TalkNoise.block());
    let service = setting.service(load.decided.service[row]);
    let caseworker = if service.fixed_caseworker { staff.caseworker } else { from_pool(setting, id, clock) };
    let quality = expit(
        service.quality
            + setting.luck.quality
            + p.quality_skill * caseworker.skill
            + p.quality_match * caseworker.match_with(&setting.dice, id)
            + p.quality_noise * sample::normal(words[Process::TalkNoise.lane()])
            + p.quality_trust * (trust - 0.4),
    );
    load.quality[row] = quality;
    book.add(Tally::Quality, quality);
    kick(load, row, quality, setting);
    if service.fixed_caseworker {
        load.trust[row] += p.trust_gain * quality * (1.0 - load.trust[row]);
    }
    load.knowledge[row] += p.info_gain * quality * (1.0 - load.knowledge[row]);
    load.perceived[row] += p.detect_gain * (p.detect_face - load.perceived[row]);
    disclose(load, row, quality, trust, setting, clock, book);
    see_distance(load, row, quality, trust, &words, setting, book);
}

/// The push of a talk on starting steps, `2 * kick * Q`, which fades with the talks held since entry:
/// times `exp(-kick_fade * talks before)`.
fn kick(load: &mut Caseload, row: usize, quality: f64, setting: &Setting) {
    let p = &setting.parameters.steps.common;
    load.kick[row] = 2.0 * p.kick * quality * libm::exp(-p.kick_fade * load.talks[row]);
    load.talks[row] += 1.0;
}

/// Somebody of the site's pool of caseworkers: in practice another person each time.
fn from_pool(setting: &Setting, id: u32, clock: &Clock) -> Caseworker {
    let number = setting.dice.draw(id, clock.step, Process::PoolCaseworker) >> 8;
    Caseworker::draw(&setting.dice, pool_caseworker_id(setting.site_index, number), 0)
}

/// Each undisclosed problem is told with hazard `disclose * Q * exp(disclose_trust * (T - .5))`.
fn disclose(
    load: &mut Caseload,
    row: usize,
    quality: f64,
    trust: f64,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let p = &setting.parameters.conversation;
    let hazard = p.disclose * quality * libm::exp(p.disclose_trust * (trust - 0.5));
    for &domain in Domain::ALL {
        if load.severity[row][domain] <= 0.0 || load.disclosed[row].has(domain) {
            continue;
        }
        let number = Process::DiscloseHousing as u32 + domain.index() as u32;
        let words = setting.dice.block(load.id[row], clock.step, number / 4);
        if sample::happens(words[number as usize % 4], hazard) {
            load.disclosed[row].insert(domain);
            book.count(Tally::Disclosed(domain));
        }
    }
}

/// Hidden capacity is seen, or else the talk updates the record: `x_r += x - x_s`. Only the latter can be a step
/// forward of the client; the former corrects the file.
fn see_distance(
    load: &mut Caseload,
    row: usize,
    quality: f64,
    trust: f64,
    words: &[u32; 4],
    setting: &Setting,
    book: &mut Book,
) {
    let (before, distance) = (load.recorded[row], load.distance[row]);
    let mut corrected = false;
    let seen = setting.parameters.conversation.discover * quality * libm::exp(trust - 0.5);
    if before - distance > HIDDEN_CAPACITY_MONTHS && sample::happens(words[Process::Discovery.lane()], seen) {
        corrected = true;
        load.recorded[row] = distance;
        load.observed[row] = distance;
        load.capacity_unseen[row] = false;
        book.count(Tally::CapacityFound);
        book.note(row, LifeEvent::CapacitySeen);
    } else if sample::occurs(words[Process::RecordUpdate.lane()], quality) {
        load.recorded[row] = (before + distance - load.observed[row]).clamp(0.5, 120.0);
        load.observed[row] = distance;
    }
    let (from, to) = (Band::of(before), Band::of(load.recorded[row]));
    if from != to {
        book.event(load, row, Happening::Band { from, to, corrected });
    }
    if to > from && !corrected {
        book.count(Tally::BandForward);
        book.activate(load, row);
        book.note(row, LifeEvent::BandForward);
    }
}

/// What fades towards its resting level in every step.
fn fade(load: &mut Caseload, row: usize, setting: &Setting, clock: &Clock) {
    let p = &setting.parameters.conversation;
    let dt = clock.length;
    let toward = |value: f64, rest: f64, rate: f64| (value - rate * (value - rest) * dt).clamp(0.0, 1.0);
    load.trust[row] = toward(load.trust[row], load.trust_own[row], p.trust_decay);
    load.knowledge[row] = toward(load.knowledge[row], p.info_rest, p.info_decay);
    load.perceived[row] = toward(load.perceived[row], p.detect_rest, p.detect_decay);
}
