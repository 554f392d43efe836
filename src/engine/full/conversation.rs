//! The conversation, sub-step 4: who meets, its quality, trust, knowledge, perceived detection, disclosure, discovery
//! (model page 7.2 and 7.3).

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::{Caseload, ClientBlock, flag};
use super::clock::Clock;
use super::entry::matches;
use super::place::{gather, lanes_of, scatter};
use super::setting::{Setting, Staff, by_service};
use crate::history::Tally;
use crate::kinds::{Band, Domain, Happening, Kind, LifeEvent};
use crate::population::{Caseworker, HIDDEN_CAPACITY_MONTHS, pool_caseworker_id};
use crate::random::lanes::{self as draws, happens, normal, unit};
use crate::random::{Process, sample};
use crate::stats::lanes::{
    self, Bits, Block, Floats, LANES, Mask, Simd, Words, all, bits_if, choose, clamp01, exp, expit, has,
    words,
};

/// Turnover of the caseworker, talks of those who attended (`talks`), and what fades without contact.
pub(super) fn run(
    load: &mut Caseload,
    (talks, batch): (&[u32], &mut ClientBlock),
    staff: &mut Staff,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    turnover(load, staff, setting, clock, book);
    setting.lap("conversation: turnover");
    for chosen in talks.chunks(LANES) {
        let outcome = meet(load, chosen, batch, staff, setting, clock);
        add_quality(load, chosen, &outcome, book);
        for lane in lanes_of(outcome.news & lanes::live(chosen.len(), 0)) {
            book.turn_to(load, chosen[lane] as usize);
            write_down(load, chosen[lane] as usize, lane, &outcome, book);
        }
    }
    setting.lap("conversation: talks");
    lanes::with!(setting.means.level, simd => fade(simd, load, setting, clock));
}

/// Talks with at most sixteen clients.
fn meet(
    load: &mut Caseload,
    chosen: &[u32],
    batch: &mut ClientBlock,
    staff: &Staff,
    setting: &Setting,
    clock: &Clock,
) -> Outcome {
    gather!(
        batch, load, chosen;
        id, flags, service, trust, match_now, talks, knowledge, perceived, disclosed, distance, recorded, observed,
        severity_housing, severity_finances, severity_relations, severity_health, severity_meaning,
    );
    let service = by_service(&setting.services.quality, &batch.service, chosen.len());
    let outcome =
        lanes::with!(setting.means.level, simd => talk(simd, batch, &service, staff, setting, clock));
    scatter!(
        batch, load, chosen;
        quality, kick, talks, trust, knowledge, perceived, disclosed, recorded, observed,
    );
    outcome
}

/// With turnover somebody new holds the place, under any service; clients with a fixed caseworker lose a share of their trust.
fn turnover(load: &mut Caseload, staff: &mut Staff, setting: &Setting, clock: &Clock, book: &mut Book) {
    let Caseworker { id, generation, .. } = staff.caseworker;
    let word = setting.dice.draw(id, clock.step, Process::Turnover);
    if sample::happens(word, setting.parameters.caseworker.turnover * clock.length) {
        staff.caseworker = Caseworker::draw(&setting.dice, id, generation + 1);
        book.part = 0; // a caseworker belongs to no part of the caseload
        book.count(Tally::NewCaseworkers);
        lanes::with!(setting.means.level, simd => get_to_know(simd, load, &staff.caseworker, setting));
    }
}

/// Everybody on benefit gets another caseworker.
#[inline(always)]
fn get_to_know<S: Simd>(simd: S, load: &mut Caseload, caseworker: &Caseworker, setting: &Setting) {
    let kept = 1.0 - setting.single.conversation.trust_loss_change;
    for clients in load.all_mut() {
        let fixed = has(clients.flags.load(simd), flag::FIXED_CASEWORKER);
        let trust = clients.trust.load(simd) * choose(simd, fixed, kept, 1.0);
        clients.trust.store(trust);
        let ids = clients.id.load(simd);
        clients.match_now.store(matches(simd, &setting.dice, ids, caseworker));
    }
}

/// What sixteen talks brought about, lane by lane.
struct Outcome {
    /// Quality Q of the talk, 0 to 1.
    quality: [f32; LANES],
    /// Domains told in the talk, one bit each.
    told: [u32; LANES],
    /// Recorded distance before the talk.
    recorded_before: [f32; LANES],
    /// Hidden capacity was seen, one bit per lane.
    seen: u64,
    /// Something was told or seen, or the recorded band changed: there is more to write down than a talk.
    news: Bits,
}

/// First of the blocks with the draws of a talk.
const FIRST_BLOCK: u32 = Process::TalkNoise.block();

/// The draws of sixteen talks, by block and word.
type Drawn = [[Block<u32>; 4]; (Process::DiscloseMeaning.block() - FIRST_BLOCK + 1) as usize];

/// A draw of a talk, by the first of its list and the place in it.
#[inline(always)]
fn word<S: Simd>(simd: S, drawn: &Drawn, first: Process, index: usize) -> Words<S> {
    let (block, word) = first.member(index);
    drawn[(block - FIRST_BLOCK) as usize][word].load(simd)
}

/// Talks. Quality reads the trust with which the client comes in. Trust grows with a fixed caseworker only: what talks with
/// another person each time lack is the gain that builds up with one person.
#[inline(always)]
fn talk<S: Simd>(
    simd: S,
    clients: &mut ClientBlock,
    service: &Block<f32>,
    staff: &Staff,
    setting: &Setting,
    clock: &Clock,
) -> Outcome {
    let p = &setting.single.conversation;
    let one = all(simd, 1.0);
    let id = clients.id.load(simd);
    let mut drawn = Drawn::default();
    draws::neighbors(simd, &setting.dice, id, (clock.step, FIRST_BLOCK), &mut drawn);
    let trust = clients.trust.load(simd);
    let fixed = has(clients.flags.load(simd), flag::FIXED_CASEWORKER);
    let (skill, matched) = caseworkers(simd, clients, fixed, staff, setting, clock);
    let quality = expit(
        simd,
        service.load(simd)
            + skill * p.quality_skill
            + matched * p.quality_match
            + normal(simd, word(simd, &drawn, Process::TalkNoise, 0)) * p.quality_noise
            + (trust - 0.4) * p.quality_trust,
    );
    clients.quality.store(quality);
    kick(simd, clients, quality, setting);
    let gained = trust + (one - trust) * quality * p.trust_gain;
    clients.trust.store(fixed.select(gained, trust));
    let knowledge = clients.knowledge.load(simd);
    clients.knowledge.store(knowledge + (one - knowledge) * quality * p.info_gain);
    let perceived = clients.perceived.load(simd);
    clients.perceived.store(perceived + (all(simd, p.detect_face) - perceived) * p.detect_gain);
    let told = disclose(simd, clients, quality, trust, &drawn, setting);
    let before = clients.recorded.load(simd);
    let (seen, after) = see_distance(simd, clients, quality, trust, &drawn, setting);
    let mut news = seen | !told.simd_eq(0u32);
    for band in &Band::ALL[..Band::ALL.len() - 1] {
        let limit = band.limits().0 as f32;
        news |= before.simd_gt(limit) ^ after.simd_gt(limit);
    }
    Outcome {
        quality: quality.into(),
        told: told.into(),
        recorded_before: before.into(),
        seen: seen.to_bitmask(),
        news: news.to_bitmask() as Bits,
    }
}

/// Skill of the caseworker and match with the client: of the own caseworker, or of somebody of the site's pool of caseworkers, in
/// practice another person each time.
#[inline(always)]
fn caseworkers<S: Simd>(
    simd: S,
    clients: &ClientBlock,
    fixed: Mask<S>,
    staff: &Staff,
    setting: &Setting,
    clock: &Clock,
) -> (Floats<S>, Floats<S>) {
    let usual = (all(simd, staff.caseworker.skill as f32), clients.match_now.load(simd));
    if fixed.all_true() {
        return usual;
    }
    let dice = &setting.dice;
    let id = clients.id.load(simd);
    let pool = draws::block(simd, dice, id, clock.step, Process::PoolCaseworker.block());
    let place = (pool[Process::PoolCaseworker.lane()] >> 8) | pool_caseworker_id(setting.site_index, 0);
    let first = 0;
    let skill = draws::block(simd, dice, place, first, Process::Skill.block())[Process::Skill.lane()];
    let matched = draws::block_at(simd, dice, id, place, Process::Match.block())[Process::Match.lane()];
    (fixed.select(usual.0, normal(simd, skill)), fixed.select(usual.1, normal(simd, matched)))
}

/// The push of a talk on starting steps, `2 * kick * Q`, which fades with the talks held since entry:
/// times `exp(-kick_fade * talks before)`.
#[inline(always)]
fn kick<S: Simd>(simd: S, clients: &mut ClientBlock, quality: Floats<S>, setting: &Setting) {
    let p = &setting.single.steps.common;
    let talks = clients.talks.load(simd);
    clients.kick.store(quality * (2.0 * p.kick) * exp(simd, talks * -p.kick_fade));
    clients.talks.store(talks + 1.0);
}

/// Each undisclosed problem is told with hazard `disclose * Q * exp(disclose_trust * (T - .5))`: the domains told now.
#[inline(always)]
fn disclose<S: Simd>(
    simd: S,
    clients: &mut ClientBlock,
    quality: Floats<S>,
    trust: Floats<S>,
    drawn: &Drawn,
    setting: &Setting,
) -> Words<S> {
    let p = &setting.single.conversation;
    let hazard = quality * p.disclose * exp(simd, (trust - 0.5) * p.disclose_trust);
    let before = clients.disclosed.load(simd);
    let mut told = words(simd, 0);
    for &domain in Domain::ALL {
        let uniform = unit(simd, word(simd, drawn, Process::DiscloseHousing, domain.index()));
        let bit = 1 << domain.index();
        let problem = clients.severity(domain).load(simd).simd_gt(0.0) & !has(before, bit);
        told |= bits_if(simd, happens(simd, uniform, hazard) & problem, bit);
    }
    clients.disclosed.store(before | told);
    told
}

/// Hidden capacity is seen, or else the talk updates the record: `x_r += x - x_s`. Only the latter can be a step
/// forward of the client; the former corrects the file. Returns where capacity was seen, and the recorded distance after the talk.
#[inline(always)]
fn see_distance<S: Simd>(
    simd: S,
    clients: &mut ClientBlock,
    quality: Floats<S>,
    trust: Floats<S>,
    drawn: &Drawn,
    setting: &Setting,
) -> (Mask<S>, Floats<S>) {
    let distance = clients.distance.load(simd);
    let recorded = clients.recorded.load(simd);
    let observed = clients.observed.load(simd);
    let hazard = quality * setting.single.conversation.discover * exp(simd, trust - 0.5);
    let hidden = (recorded - distance).simd_gt(HIDDEN_CAPACITY_MONTHS as f32);
    let seen = hidden & happens(simd, unit(simd, word(simd, drawn, Process::Discovery, 0)), hazard);
    let updated = !seen & unit(simd, word(simd, drawn, Process::RecordUpdate, 0)).simd_lt(quality);
    let moved = (recorded + distance - observed).max(0.5).min(120.0);
    let after = seen.select(distance, updated.select(moved, recorded));
    clients.recorded.store(after);
    clients.observed.store((seen | updated).select(distance, observed));
    (seen, after)
}

/// Adds up the quality of talks, each in the part of its client.
fn add_quality(load: &Caseload, chosen: &[u32], outcome: &Outcome, book: &mut Book) {
    if book.totals.len() > 1 {
        for (&row, &quality) in chosen.iter().zip(&outcome.quality) {
            book.turn_to(load, row as usize);
            book.add(Tally::Quality, quality.into());
        }
        return;
    }
    let mut sum = 0.0;
    for &quality in &outcome.quality[..chosen.len()] {
        sum += f64::from(quality);
    }
    book.add(Tally::Quality, sum);
}

/// The totals, events and notes of one talk that brought more than its quality.
fn write_down(load: &mut Caseload, row: usize, lane: usize, outcome: &Outcome, book: &mut Book) {
    for &domain in Domain::ALL {
        if outcome.told[lane] >> domain.index() & 1 == 1 {
            book.count(Tally::Disclosed(domain));
        }
    }
    let corrected = outcome.seen >> lane & 1 == 1;
    if corrected {
        load.lower(row, flag::CAPACITY_UNSEEN);
        book.count(Tally::CapacityFound);
        book.note(load, row, LifeEvent::CapacitySeen);
    }
    let [from, to] =
        [outcome.recorded_before[lane], load.recorded(row)].map(|months| Band::of(months.into()));
    if from != to {
        book.event(load, row, Happening::Band { from, to, corrected });
    }
    if to > from && !corrected {
        book.count(Tally::BandForward);
        book.activate(load, row);
        book.note(load, row, LifeEvent::BandForward);
    }
}

/// What fades towards its resting level in every step.
#[inline(always)]
fn fade<S: Simd>(simd: S, load: &mut Caseload, setting: &Setting, clock: &Clock) {
    let p = &setting.single.conversation;
    let dt = clock.length as f32;
    for clients in load.all_mut() {
        let (trust, resting) = (clients.trust.load(simd), clients.trust_resting.load(simd));
        clients.trust.store(toward(trust, resting, p.trust_decay * dt));
        let knowledge = clients.knowledge.load(simd);
        clients.knowledge.store(toward(knowledge, all(simd, p.info_rest), p.info_decay * dt));
        let perceived = clients.perceived.load(simd);
        clients.perceived.store(toward(perceived, all(simd, p.detect_rest), p.detect_decay * dt));
    }
}

/// `value - (value - rest) * share`, within 0 to 1: the share of the way to the resting level that a step goes.
#[inline(always)]
fn toward<S: Simd>(value: Floats<S>, rest: Floats<S>, share: f32) -> Floats<S> {
    clamp01(value - (value - rest) * share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, close, in_lanes, load_of, staff, written};
    use crate::scenario::parameters::Parameters;

    /// A stage on which talks have no noise and caseworkers no weight.
    fn quiet(change: impl FnOnce(&mut Parameters)) -> Stage {
        Stage::with(|p| {
            let talk = &mut p.conversation;
            (talk.quality_noise, talk.quality_skill, talk.quality_match) = (0.0, 0.0, 0.0);
            change(p);
        })
    }

    /// A client after a talk in the first step.
    fn after(stage: &Stage, row: &Row) -> Caseload {
        let (mut load, setting, clock) = (load_of(row), stage.setting(), stage.clock(0));
        meet(&mut load, &[0], &mut ClientBlock::default(), &staff(), &setting, &clock);
        load
    }

    #[test]
    fn section_7_2_quality_is_on_the_logit_scale() {
        let mut stage = quiet(|_| ());
        stage.luck.quality = 0.3;
        let p = stage.scenario.parameters.conversation.clone();
        let service = stage.service("fip");
        let z = stage.scenario.services[service as usize].quality + 0.3 + 0.2 * p.quality_trust;
        let load = after(&stage, &Row { service, trust: 0.6, ..Row::default() });
        assert!(close(load.quality(0), 1.0 / (1.0 + libm::exp(-z))));
    }

    #[test]
    fn section_7_3_trust_builds_up_with_a_fixed_caseworker_only() {
        let stage = quiet(|_| ());
        let row = Row { trust: 0.4, flags: flag::FIXED_CASEWORKER, ..Row::default() };
        let load = after(&stage, &row);
        let gain = stage.scenario.parameters.conversation.trust_gain * f64::from(load.quality(0));
        assert!(close(load.trust(0), 0.4 + 0.6 * gain));
        assert_eq!(after(&stage, &Row { flags: 0, ..row }).trust(0), 0.4);
    }

    #[test]
    fn section_7_3_a_talk_teaches_the_rules_and_raises_what_detection_is_believed_to_be() {
        let stage = quiet(|_| ());
        let p = &stage.scenario.parameters.conversation;
        let load = after(&stage, &Row { trust: 0.4, knowledge: 0.3, perceived: 0.1, ..Row::default() });
        assert!(close(load.knowledge(0), 0.3 + 0.7 * p.info_gain * f64::from(load.quality(0))));
        assert!(close(load.perceived(0), 0.1 + p.detect_gain * (p.detect_face - 0.1)));
    }

    #[test]
    fn section_7_4_the_push_of_a_talk_fades_with_their_number() {
        let stage = quiet(|_| ());
        let p = &stage.scenario.parameters.steps.common;
        for before in [0.0, 5.0] {
            let load = after(&stage, &Row { trust: 0.4, talks: before as f32, ..Row::default() });
            let push = 2.0 * p.kick * f64::from(load.quality(0)) * libm::exp(-p.kick_fade * before);
            assert!(close(load.kick(0), push));
            assert_eq!(load.talks(0), before as f32 + 1.0);
        }
    }

    #[test]
    fn section_7_3_what_is_a_problem_and_not_known_yet_can_be_told() {
        let told = |disclose| {
            let stage = quiet(|p| (p.conversation.disclose, p.conversation.disclose_trust) = (disclose, 0.0));
            let known = 1 << Domain::Housing.index();
            let row = Row { severity_housing: 0.7, severity_health: 0.7, disclosed: known, ..Row::default() };
            after(&stage, &row).disclosed(0)
        };
        let housing = 1 << Domain::Housing.index();
        assert_eq!([told(0.0), told(1e6)], [housing, housing | 1 << Domain::Health.index()]);
    }

    #[test]
    fn section_7_3_hidden_capacity_is_seen_or_the_record_follows_the_distance() {
        let stage = quiet(|p| p.conversation.discover = 1e6);
        let setting = stage.setting();
        let row = |recorded, distance, observed| Row { recorded, distance, observed, ..Row::default() };
        // Quality, word of the update: below the quality the record is updated.
        let moved = |row: &Row, quality: f32, word: u32| {
            let mut load = load_of(row);
            let mut drawn = Drawn::default();
            let (block, place) = Process::RecordUpdate.member(0);
            drawn[(block - FIRST_BLOCK) as usize][place][0] = word;
            in_lanes!(simd => {
                let trust = all(simd, 0.5);
                see_distance(simd, load.of(0), all(simd, quality), trust, &drawn, &setting).0.to_bitmask()
            });
            [load.recorded(0), load.observed(0)]
        };
        // Over twelve months hidden: the file is set to the truth.
        assert_eq!(moved(&row(40.0, 20.0, 25.0), 0.5, u32::MAX), [20.0, 20.0]);
        // Twelve months or less: the file moves as the distance has since it was last seen, or not at all.
        assert_eq!(moved(&row(30.0, 20.0, 25.0), 0.5, 0), [25.0, 20.0]);
        assert_eq!(moved(&row(30.0, 20.0, 25.0), 0.5, u32::MAX), [30.0, 25.0]);
        assert_eq!(moved(&row(119.0, 120.0, 110.0), 0.5, 0), [120.0, 120.0]);
    }

    #[test]
    fn section_7_3_a_band_forward_by_progress_is_a_step_and_by_correction_is_not() {
        for (seen, steps) in [(0, 1.0), (1, 0.0)] {
            let mut load = load_of(&Row { recorded: 20.0, ..Row::default() });
            let outcome = Outcome {
                quality: [0.5; LANES],
                told: [0; LANES],
                recorded_before: [30.0; LANES],
                seen,
                news: 1,
            };
            let count = written(|book| write_down(&mut load, 0, 0, &outcome, book));
            let expected = [steps, steps, 1.0 - steps];
            let found = [Tally::BandForward, Tally::ActivatedClients, Tally::CapacityFound].map(count);
            assert_eq!(found, expected);
        }
    }

    #[test]
    fn section_7_3_without_talks_everything_returns_to_rest() {
        let stage = Stage::new();
        let (p, setting, clock) = (&stage.scenario.parameters.conversation, stage.setting(), stage.clock(0));
        let row = Row { trust: 0.8, trust_resting: 0.4, knowledge: 0.9, perceived: 0.9, ..Row::default() };
        let mut load = load_of(&row);
        in_lanes!(simd => fade(simd, &mut load, &setting, &clock));
        assert!(close(load.trust(0), 0.8 - 0.4 * p.trust_decay));
        assert!(close(load.knowledge(0), 0.9 - (0.9 - p.info_rest) * p.info_decay));
        assert!(close(load.perceived(0), 0.9 - (0.9 - p.detect_rest) * p.detect_decay));
    }

    #[test]
    fn section_7_3_a_change_of_caseworker_costs_trust_in_a_fixed_one() {
        let stage = Stage::new();
        let setting = stage.setting();
        let mut load = load_of(&Row { id: 1, trust: 0.5, flags: flag::FIXED_CASEWORKER, ..Row::default() });
        load.push(&Row { id: 2, trust: 0.5, ..Row::default() });
        let new = Caseworker::draw(&setting.dice, 3, 1);
        in_lanes!(simd => get_to_know(simd, &mut load, &new, &setting));
        let kept = 1.0 - stage.scenario.parameters.conversation.trust_loss_change;
        assert!(close(load.trust(0), 0.5 * kept));
        assert_eq!(load.trust(1), 0.5);
        assert_eq!(
            [load.match_now(0), load.match_now(1)],
            [1, 2].map(|client| new.match_with(&setting.dice, client))
        );
    }
}
