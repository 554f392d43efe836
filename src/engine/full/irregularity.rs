//! 8. Irregularities begin and end by themselves; calls on own initiative (model page 7.7).

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::{Caseload, ClientBlock, flag};
use super::clock::Clock;
use super::luck::Luck;
use super::place::{Hits, lanes_of};
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Irregularity, Kind, LifeEvent, Step};
use crate::random::lanes::{happens, unit};
use crate::random::{Process, sample};
use crate::stats::lanes::{self, Floats, LANES, Simd, choose, exp, has};

/// Onset, spontaneous end, and the client's own calls. Knowledge protects against unintentional onset, perceived
/// detection deters intentional onset and hastens its end.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    (changes, onsets, calls): (&mut Hits, &mut Vec<Onsets>, &mut Hits),
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    lanes::with!(setting.means.level, simd => {
        decide(simd, load, luck, (changes, onsets, calls), setting, clock)
    });
    setting.lap("irregularity: who changes or calls");
    for row in calls.rows() {
        call(load, row, !changes.has(row), setting, clock, book);
    }
    for ((block, changing), onsets) in changes.blocks().zip(onsets.iter()) {
        for lane in lanes_of(changing) {
            let row = block * LANES + lane;
            let u = sample::single::unit(luck.word(row, Process::Irregularity));
            begin_or_end(load, row, u, onsets.map(|hazard| hazard[lane]), book);
        }
    }
}

/// Hazards over the step of the four onsets, of sixteen clients: by mistake and on purpose, and of these two the part that is about
/// wages. They hold for those who have no irregularity.
pub(super) type Onsets = [[f32; LANES]; 4];

/// Whose irregularity begins or ends (`changes`), at most one in a step, and who calls, at hazard
/// `call_base * exp(call_trust * (T - .4))`. Every block with changes gets its `onsets`.
#[inline(always)]
fn decide<S: Simd>(
    simd: S,
    load: &Caseload,
    luck: &Luck,
    (changes, onsets, calls): (&mut Hits, &mut Vec<Onsets>, &mut Hits),
    setting: &Setting,
    clock: &Clock,
) {
    let p = &setting.single.fraud.clone();
    let dt = clock.length as f32;
    changes.make_room(load);
    onsets.clear();
    calls.make_room(load);
    for (block, clients) in load.all().enumerate() {
        let spontaneous = spontaneous(simd, clients, setting);
        let u = unit(simd, luck.of(simd, block, Process::Irregularity));
        if changes.set(block, happens(simd, u, spontaneous.change * dt).to_bitmask()) {
            onsets.push(onset_hazards(&spontaneous, dt, setting));
        }
    }
    for (block, clients) in load.all().enumerate() {
        let trust = clients.trust.load(simd);
        let call = exp(simd, (trust - 0.4) * p.call_trust) * (p.call_base * dt);
        let u = unit(simd, luck.of(simd, block, Process::OwnInitiative));
        calls.set(block, happens(simd, u, call).to_bitmask());
    }
}

/// What makes irregularities begin and end by themselves.
struct Spontaneous<S: Simd> {
    /// Hazard per month that an irregularity begins, or the one that there is ends.
    change: Floats<S>,
    /// What protection leaves of the hazard of an onset, for those without an irregularity: by mistake, on purpose.
    unprotected: [Floats<S>; 2],
    /// [`onset_rates`].
    rates: [Floats<S>; 2],
}

/// An onset has two exponentials, an end one of them with the other sign.
#[inline(always)]
fn spontaneous<S: Simd>(simd: S, clients: &ClientBlock, setting: &Setting) -> Spontaneous<S> {
    let p = &setting.single.fraud;
    let irregularity = clients.irregularity.load(simd);
    let none = irregularity.simd_eq(Irregularity::None as u32);
    let unintentional = irregularity.simd_eq(Irregularity::Unintentional as u32);
    let [knowledge, deterred] = protection(simd, clients, setting);
    let personal =
        exp(simd, none.select(knowledge * -p.info_protects, unintentional.select(knowledge, deterred)));
    let undeterred = exp(simd, -deterred);
    let rates = onset_rates(simd, clients, setting);
    let onset = personal * rates[0] + undeterred * rates[1];
    let end = personal * choose(simd, unintentional, p.fix_unintentional, p.fix_intentional);
    Spontaneous { change: none.select(onset, end), unprotected: [personal, undeterred], rates }
}

/// `I - .6` and `deterrence * (q - detect_rest)`.
#[inline(always)]
fn protection<S: Simd>(simd: S, clients: &ClientBlock, setting: &Setting) -> [Floats<S>; 2] {
    let p = setting.single;
    let knowledge = clients.knowledge.load(simd) - 0.6;
    let deterred = (clients.perceived.load(simd) - p.conversation.detect_rest) * p.fraud.deterrence;
    [knowledge, deterred]
}

/// Hazard per month of an onset by mistake and on purpose, without protection. A small job adds an onset of its own: wages that
/// are not reported.
#[inline(always)]
fn onset_rates<S: Simd>(simd: S, clients: &ClientBlock, setting: &Setting) -> [Floats<S>; 2] {
    let p = &setting.single.fraud;
    let job = has(clients.active.load(simd), 1 << Step::SmallJob.index());
    let wages = [p.onset_wages * (1.0 - p.wages_intentional), p.onset_wages * p.wages_intentional];
    [
        choose(simd, job, p.onset_unintentional + wages[0], p.onset_unintentional),
        choose(simd, job, p.onset_intentional + wages[1], p.onset_intentional),
    ]
}

/// The four onsets of a block in which something changes.
#[inline(always)]
fn onset_hazards<S: Simd>(spontaneous: &Spontaneous<S>, dt: f32, setting: &Setting) -> Onsets {
    let p = &setting.single.fraud;
    let [by_mistake, on_purpose] = [spontaneous.unprotected[0] * dt, spontaneous.unprotected[1] * dt];
    let rates = spontaneous.rates;
    [
        (by_mistake * p.onset_unintentional).into(),
        (on_purpose * p.onset_intentional).into(),
        (by_mistake * (rates[0] - p.onset_unintentional)).into(),
        (on_purpose * (rates[1] - p.onset_intentional)).into(),
    ]
}

/// The irregularity that there is ends, or one of the four begins.
fn begin_or_end(load: &mut Caseload, row: usize, u: f32, onsets: [f32; 4], book: &mut Book) {
    book.turn_to(load, row);
    if load.irregularity_of(row) != Irregularity::None {
        end(load, row);
        book.count(Tally::EndedByItself);
        book.note(load, row, LifeEvent::EndedByItself);
        return;
    }
    match sample::single::which(u, &onsets) {
        0 => begin(load, row, Irregularity::Unintentional, false, book),
        1 => begin(load, row, Irregularity::Intentional, false, book),
        2 => begin(load, row, Irregularity::Unintentional, true, book),
        _ => begin(load, row, Irregularity::Intentional, true, book),
    }
}

/// A client who trusts calls first; an unintentional irregularity that did not end by itself is then put right with probability
/// `call_fix`.
fn call(load: &mut Caseload, row: usize, goes_on: bool, setting: &Setting, clock: &Clock, book: &mut Book) {
    book.turn_to(load, row);
    book.count(Tally::OwnInitiative);
    book.note(load, row, LifeEvent::CalledFirst);
    let unintentional = goes_on && load.irregularity_of(row) == Irregularity::Unintentional;
    let word = || setting.dice.draw(load.id(row), clock.step, Process::CallFix);
    if unintentional && sample::occurs(word(), setting.parameters.fraud.call_fix) {
        end(load, row);
        book.count(Tally::PutRightByCall);
        book.note(load, row, LifeEvent::PutRightByCall);
    }
}

/// An irregularity begins; `wages` when it is earnings of a small job that are not reported.
fn begin(load: &mut Caseload, row: usize, irregularity: Irregularity, wages: bool, book: &mut Book) {
    load.of(row).irregularity[row] = irregularity as u32;
    if wages {
        load.raise(row, flag::WAGES);
        book.count(Tally::OnsetWages);
        book.note(load, row, LifeEvent::WagesNotReported);
    }
    if irregularity == Irregularity::Intentional {
        book.count(Tally::OnsetIntentional);
        book.note(load, row, LifeEvent::BeganIntentional);
    } else {
        book.count(Tally::OnsetUnintentional);
        book.note(load, row, LifeEvent::BeganUnintentional);
    }
}

/// An irregularity ends, for whatever reason.
pub(super) fn end(load: &mut Caseload, row: usize) {
    load.of(row).irregularity[row] = Irregularity::None as u32;
    load.lower(row, flag::WAGES);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, close, in_lanes, load_of, written};

    /// Onset hazards of the first client over the first step: by mistake, on purpose, and of each the part about wages.
    fn onsets(stage: &Stage, row: &Row) -> [f32; 4] {
        let (load, setting) = (load_of(row), stage.setting());
        in_lanes!(simd => onset_hazards(&spontaneous(simd, load.at(0), &setting), 1.0, &setting))
            .map(|hazard| hazard[0])
    }

    #[test]
    fn section_7_7_knowledge_protects_from_mistakes_and_detection_deters_intent() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters;
        let row = Row { knowledge: 0.8, perceived: 0.5, ..Row::default() };
        let [by_mistake, on_purpose, ..] = onsets(&stage, &row);
        let protects = libm::exp(-p.fraud.info_protects * 0.2);
        let deters = libm::exp(-p.fraud.deterrence * (0.5 - p.conversation.detect_rest));
        assert!(close(by_mistake, p.fraud.onset_unintentional * protects));
        assert!(close(on_purpose, p.fraud.onset_intentional * deters));
    }

    #[test]
    fn section_7_7_a_small_job_adds_wages_that_are_not_reported() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters;
        let row = Row { knowledge: 0.6, perceived: p.conversation.detect_rest as f32, ..Row::default() };
        assert_eq!(onsets(&stage, &row)[2..], [0.0; 2]);
        let [.., by_mistake, on_purpose] =
            onsets(&stage, &Row { active: 1 << Step::SmallJob.index(), ..row });
        assert!(
            (f64::from(by_mistake) - p.fraud.onset_wages * (1.0 - p.fraud.wages_intentional)).abs() < 1e-8
        );
        assert!((f64::from(on_purpose) - p.fraud.onset_wages * p.fraud.wages_intentional).abs() < 1e-8);
    }

    #[test]
    fn section_7_7_what_is_there_ends_and_else_one_of_four_begins() {
        for (u, kind, wages) in [
            (0.1, Irregularity::Unintentional, false),
            (0.4, Irregularity::Intentional, false),
            (0.6, Irregularity::Unintentional, true),
            (0.9, Irregularity::Intentional, true),
        ] {
            let mut load = load_of(&Row::default());
            let count = written(|book| begin_or_end(&mut load, 0, u, [1.0; 4], book));
            assert_eq!((load.irregularity_of(0), load.has(0, flag::WAGES)), (kind, wages));
            assert_eq!(count(Tally::OnsetWages), f64::from(u8::from(wages)));
            let count = written(|book| begin_or_end(&mut load, 0, u, [1.0; 4], book));
            assert_eq!((load.irregularity_of(0), load.has(0, flag::WAGES)), (Irregularity::None, false));
            assert_eq!(count(Tally::EndedByItself), 1.0);
        }
    }

    #[test]
    fn section_7_7_a_call_puts_a_mistake_right_and_nothing_else() {
        let stage = Stage::with(|p| p.fraud.call_fix = 1.0);
        let (setting, clock) = (stage.setting(), stage.clock(0));
        for (kind, goes_on, fixed) in [
            (Irregularity::Unintentional, true, 1.0),
            (Irregularity::Unintentional, false, 0.0),
            (Irregularity::Intentional, true, 0.0),
            (Irregularity::None, true, 0.0),
        ] {
            let mut load = load_of(&Row { irregularity: kind as u32, ..Row::default() });
            let count = written(|book| call(&mut load, 0, goes_on, &setting, &clock, book));
            assert_eq!([count(Tally::OwnInitiative), count(Tally::PutRightByCall)], [1.0, fixed]);
            assert_eq!(
                load.irregularity_of(0) == Irregularity::None,
                fixed == 1.0 || kind == Irregularity::None
            );
        }
    }
}
