//! 5. Small steps start, stop and are extended (model page 7.4).
//!
//! One word per client decides whether anything at all happens among the eleven kinds, against the sum of their hazards; the few
//! to whom something does are then looked at kind by kind. Both read one formula, [`hazards`].

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::{Caseload, ClientBlock, flag};
use super::clock::Clock;
use super::luck::Luck;
use super::place::{Hits, gather, lanes_of, scatter};
use super::setting::Setting;
use super::steps_taken::{self, Counts, Happens, Taken};
use crate::kinds::{Domain, Kind, Need, PerStep, Step};
use crate::random::Process;
use crate::random::lanes::{self as draws, happens, probability, unit};
use crate::scenario::parameters::{DistanceNeed, StepParameters, Steps};
use crate::stats::lanes::{
    self, Block, Column, Floats, LANES, Mask, Simd, Words, all, bits_if, choose, exp, has, words,
};

/// Memory that caseloads use one after the other.
#[derive(Default)]
pub(super) struct Work {
    /// Readiness of everybody to start steps.
    readiness: Column<f32>,
    /// Starts and extensions.
    counts: Counts,
}

/// Starts, stops and extensions of all kinds. Hazards read the state as it was when the sub-step began.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    (work, hits, list, batch): (&mut Work, &mut Hits, &mut Vec<u32>, &mut ClientBlock),
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let Work { readiness, counts } = work;
    let rates = Rates::new(&setting.single.steps, clock.length as f32);
    lanes::with!(setting.means.level, simd => {
        anything(simd, load, luck, (&mut *readiness, &mut *hits), &rates, clock)
    });
    setting.lap("small steps: to whom anything happens");
    let fall = setting.single.steps.common.help_heals * clock.length as f32;
    lanes::with!(setting.means.level, simd => heal(simd, load, fall));
    setting.lap("small steps: healing");
    hits.list(list);
    counts.clear(book.totals.len());
    for chosen in list.chunks(LANES) {
        gather!(
            batch, load, chosen;
            id, part, active, disclosed, flags, recorded, distance, confidence, motivation,
        );
        let (any, readiness) = (luck.gather(chosen, Process::AnyStep), readiness.gather(chosen));
        let taken = lanes::with!(setting.means.level, simd => {
            take(simd, batch, (&any, &readiness), counts, chosen.len(), &rates, (setting, clock))
        });
        scatter!(batch, load, chosen; active, activity, confidence, motivation);
        for lane in lanes_of(taken.activates) {
            book.turn_to(load, chosen[lane] as usize);
            book.activate(load, chosen[lane] as usize);
        }
        if book.tells() {
            for (lane, &row) in chosen.iter().enumerate() {
                taken.tell(load, row as usize, lane, book);
            }
        }
    }
    counts.write(book);
}

/// What the hazards of a client's steps depend on.
struct State<S: Simd> {
    /// Steps that run.
    active: Words<S>,
    /// Domains in which the municipality knows of a problem, one bit each.
    disclosed: Words<S>,
    /// Whether Dutch practice is needed.
    language_need: Mask<S>,
    /// Recorded distance x_r, months: a trajectory looks at it.
    recorded: Floats<S>,
    /// True distance x, months: a small job looks at it.
    distance: Floats<S>,
    /// `exp(trust*(T-.4) + confidence*(E-.35) + motivation*(M-.4) + kick of a talk in the last month)`: factor on every start.
    readiness: Floats<S>,
}

/// Readiness of sixteen clients to start steps; `start` is the start of the step in months since month 0. The push of the last talk
/// works for a month.
#[inline(always)]
fn readiness<S: Simd>(simd: S, clients: &ClientBlock, common: &StepParameters<f32>, start: f32) -> Floats<S> {
    let talked = (all(simd, start) - clients.last_talk.load(simd)).simd_lt(1.0);
    let kick = talked.select(clients.kick.load(simd), all(simd, 0.0));
    let readiness = (clients.trust.load(simd) - 0.4) * common.trust
        + (clients.confidence.load(simd) - 0.35) * common.confidence
        + (clients.motivation.load(simd) - 0.4) * common.motivation
        + kick;
    exp(simd, readiness)
}

/// Reads the state of sixteen clients.
#[inline(always)]
fn state<S: Simd>(simd: S, clients: &ClientBlock, readiness: Floats<S>) -> State<S> {
    State {
        active: clients.active.load(simd),
        disclosed: clients.disclosed.load(simd),
        language_need: has(clients.flags.load(simd), flag::LANGUAGE_NEED),
        recorded: clients.recorded.load(simd),
        distance: clients.distance.load(simd),
        readiness,
    }
}

/// Parameters of the hazards over a step. A pass copies them to where nothing else can change them.
#[derive(Clone)]
struct Rates {
    /// The parameters.
    steps: Steps<f32>,
    /// Hazard of a start before need and readiness.
    start: PerStep<f32>,
    /// Hazard of a stop.
    stop: PerStep<f32>,
    /// Hazard of an extension before readiness.
    extend: f32,
}

impl Rates {
    /// Over a step of `dt` months.
    fn new(steps: &Steps<f32>, dt: f32) -> Self {
        let mut rates = Self {
            steps: steps.clone(),
            start: PerStep::default(),
            stop: PerStep::default(),
            extend: steps.common.extend * dt,
        };
        for &step in Step::ALL {
            rates.start[step] = steps.kind[step].start * dt;
            rates.stop[step] = steps.kind[step].stop * dt;
        }
        rates
    }
}

/// Does something for every kind of step, in their order, with the kind as a constant `STEP`: a loop would ask at each turn which
/// formula it is.
macro_rules! every_step {
    ($STEP:ident => $body:block) => {
        every_step!(@ $STEP $body Sport NeighborhoodTeam MentalCare Gp DebtCounselling FoodBank DutchPractice Volunteering InformalCare Trajectory SmallJob)
    };
    (@ $STEP:ident $body:block $($kind:ident)*) => {
        $({
            const $STEP: Step = Step::$kind;
            $body
        })*
    };
}

/// What multiplies the hazard of a start: disclosed problems, a language need, a short distance.
#[inline(always)]
fn need<S: Simd>(simd: S, steps: &Steps<f32>, state: &State<S>, step: Step) -> Floats<S> {
    match step.need() {
        Need::Same => all(simd, 1.0),
        Need::Disclosed => {
            let need = &steps.help_need[step];
            let mut sum = all(simd, need.base);
            for domain in step.serves() {
                sum += choose(simd, has(state.disclosed, 1 << domain.index()), need.per_disclosed, 0.0);
            }
            sum
        }
        Need::Language => choose(simd, state.language_need, 1.0, 0.0),
        Need::Recorded => by_distance(simd, &steps.distance_need[step], state.recorded),
        Need::Reach => by_distance(simd, &steps.distance_need[step], state.distance),
    }
}

/// The need at a distance: up to 12 months, over 12 and up to 24, over 24.
#[inline(always)]
fn by_distance<S: Simd>(simd: S, need: &DistanceNeed<f32>, distance: Floats<S>) -> Floats<S> {
    let beyond_12 = choose(simd, distance.simd_le(24.0), need.within_24, need.beyond_24);
    distance.simd_le(12.0).select(all(simd, need.within_12), beyond_12)
}

/// Hazard over the step of anything happening to one kind: of its start, or of its stop or extension while it runs.
#[inline(always)]
fn hazard<S: Simd>(simd: S, rates: &Rates, state: &State<S>, step: Step) -> Floats<S> {
    let start = need(simd, &rates.steps, state, step) * rates.start[step] * state.readiness;
    let stop = all(simd, rates.stop[step]);
    // Only what is on file can be extended.
    let running = if step.visible() { state.readiness * rates.extend + stop } else { stop };
    has(state.active, 1 << step.index()).select(running, start)
}

/// To whom anything happens among all kinds. Two short loops: of one long one the processor would see a single block at a time.
#[inline(always)]
fn anything<S: Simd>(
    simd: S,
    load: &Caseload,
    luck: &Luck,
    (ready, hits): (&mut Column<f32>, &mut Hits),
    rates: &Rates,
    clock: &Clock,
) {
    let rates = rates.clone();
    ready.resize(load.rows());
    for (block, clients) in load.all().enumerate() {
        ready.store(block, readiness(simd, clients, &rates.steps.common, clock.start as f32));
    }
    hits.make_room(load);
    for (block, clients) in load.all().enumerate() {
        let state = state(simd, clients, ready.load(simd, block));
        let mut total = all(simd, 0.0);
        every_step!(STEP => {
            total += hazard(simd, &rates, &state, STEP);
        });
        let u = unit(simd, luck.of(simd, block, Process::AnyStep));
        hits.set(block, happens(simd, u, total).to_bitmask());
    }
}

/// Of at most sixteen clients to whom something happens: what, and what comes of it.
#[inline(always)]
fn take<S: Simd>(
    simd: S,
    clients: &mut ClientBlock,
    drawn: (&Block<u32>, &Block<f32>),
    counts: &mut Counts,
    number: usize,
    rates: &Rates,
    (setting, clock): (&Setting, &Clock),
) -> Taken {
    let happens = which(simd, clients, drawn, rates, (setting, clock));
    steps_taken::carry_out(simd, clients, &happens, &setting.single.steps);
    counts.add(simd, clients, &happens, number);
    Taken::new(simd, clients, &happens, number)
}

/// Blocks with the draws of the kinds.
const STEP_BLOCKS: usize = (Process::Step.member(Step::ALL.len() - 1).0 - Process::Step.block() + 1) as usize;

/// Of those to whom something happens: to which kinds, and what.
///
/// The kinds lie end to end on the line of hazards. The first kind to which something happens is where the client's word falls;
/// the kinds before it have none, and each kind after it is drawn with its own word. Altogether every kind has its own
/// probability, `1 - exp(-h)`, independent of the others. Of a kind that runs, the lower part of its word is a stop (two
/// competing hazards), and the lowest part of that a drop-out.
#[inline(always)]
fn which<S: Simd>(
    simd: S,
    clients: &ClientBlock,
    (any, readiness): (&Block<u32>, &Block<f32>),
    rates: &Rates,
    (setting, clock): (&Setting, &Clock),
) -> Happens<S> {
    let state = state(simd, clients, readiness.load(simd));
    let mut drawn = [[Block::default(); 4]; STEP_BLOCKS];
    let blocks = (clock.step, Process::Step.block());
    draws::neighbors(simd, &setting.dice, clients.id.load(simd), blocks, &mut drawn);
    let any = unit(simd, any.load(simd));
    let none = words(simd, 0);
    let (mut started, mut stopped, mut dropped, mut extended) = (none, none, none, none);
    let mut passed = all(simd, 0.0);
    let mut found = has(none, 1);
    for &step in Step::ALL {
        let (block, word) = Process::Step.member(step.index());
        let drawn = &drawn[(block - Process::Step.block()) as usize][word];
        let uniform = unit(simd, drawn.load(simd));
        let hazard = hazard(simd, rates, &state, step);
        passed += hazard;
        let first = !found & happens(simd, any, passed);
        let later = found & happens(simd, uniform, hazard);
        found |= first;

        let bit = 1 << step.index();
        let runs = has(state.active, bit);
        let mut place = uniform * hazard;
        // Rare, and a division: only when it is asked for.
        if (later & runs).any_true() {
            let again = uniform / probability(simd, hazard).max(f32::MIN_POSITIVE) * hazard;
            place = first.select(place, again);
        }
        let stop = rates.stop[step];
        let stops = place.simd_lt(stop);
        let drops = place.simd_lt(stop * rates.steps.common.dropout_share);
        let happens = first | later;
        started |= bits_if(simd, happens & !runs, bit);
        stopped |= bits_if(simd, happens & runs & stops, bit);
        dropped |= bits_if(simd, happens & runs & stops & drops, bit);
        extended |= bits_if(simd, happens & runs & !stops, bit);
    }
    Happens { started, stopped, dropped, extended }
}

/// The steps that serve each domain ([`Step::serves`], the other way round).
const SERVED_BY: [(Domain, &[Step]); Domain::ALL.len()] = [
    (Domain::Housing, &[Step::NeighborhoodTeam]),
    (Domain::Finances, &[Step::DebtCounselling, Step::FoodBank]),
    (Domain::Relations, &[Step::NeighborhoodTeam]),
    (Domain::Health, &[Step::MentalCare, Step::Gp]),
    (Domain::Meaning, &[Step::NeighborhoodTeam, Step::Sport, Step::Volunteering]),
];

/// Does something for every domain and the steps that serve it, with both as constants, as [`every_step!`] does.
macro_rules! every_domain {
    (($DOMAIN:ident, $STEPS:ident) => $body:block) => {
        every_domain!(@ $DOMAIN $STEPS $body 0 1 2 3 4)
    };
    (@ $DOMAIN:ident $STEPS:ident $body:block $($number:literal)*) => {
        $({
            const $DOMAIN: Domain = SERVED_BY[$number].0;
            const $STEPS: &[Step] = SERVED_BY[$number].1;
            $body
        })*
    };
}

/// Steps lower the severities of the domains they serve: help only those that have been disclosed.
#[inline(always)]
fn heal<S: Simd>(simd: S, load: &mut Caseload, amount: f32) {
    for clients in load.all_mut() {
        let (active, disclosed) = (clients.active.load(simd), clients.disclosed.load(simd));
        every_domain!((DOMAIN, STEPS) => {
            let known = has(disclosed, 1 << DOMAIN.index());
            let mut fall = all(simd, 0.0);
            for step in STEPS {
                let runs = has(active, 1 << step.index());
                let helps = if step.is_help() { runs & known } else { runs };
                fall += choose(simd, helps, amount, 0.0);
            }
            let severity = clients.severity(DOMAIN).load(simd);
            clients.severity_mut(DOMAIN).store((severity - fall).max(0.0));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, close, in_lanes, load_of};
    use crate::kinds::PerStep;

    #[test]
    fn every_step_is_taken_in_order() {
        let mut steps = Vec::new();
        every_step!(STEP => {
            steps.push(STEP);
        });
        assert_eq!(steps, Step::ALL);
    }

    #[test]
    fn every_step_serves_its_domains() {
        for &step in Step::ALL {
            let domains = SERVED_BY.iter().filter(|(_, steps)| steps.contains(&step));
            let domains: Vec<Domain> = domains.map(|(domain, _)| *domain).collect();
            assert_eq!(domains, step.serves(), "{step:?}");
        }
    }

    /// Hazard of each kind for the first client over the first step.
    fn hazards(stage: &Stage, row: &Row) -> PerStep<f32> {
        let (load, steps) = (load_of(row), stage.scenario.parameters.steps.single());
        PerStep::from_fn(|step| {
            let lanes: [f32; LANES] = in_lanes!(simd => {
                let readiness = readiness(simd, load.at(0), &steps.common, 0.0);
                let state = state(simd, load.at(0), readiness);
                hazard(simd, &Rates::new(&steps, 1.0), &state, step).into()
            });
            lanes[0]
        })
    }

    /// A client at whom readiness is one, far from work, without help or language needs.
    fn usual() -> Row {
        Row {
            trust: 0.4,
            confidence: 0.35,
            motivation: 0.4,
            distance: 60.0,
            recorded: 60.0,
            last_talk: f32::NEG_INFINITY,
            ..Row::default()
        }
    }

    #[test]
    fn section_7_4_a_start_has_its_need() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters.steps;
        let told = Row {
            disclosed: u32::MAX,
            flags: flag::LANGUAGE_NEED,
            distance: 12.0,
            recorded: 24.0,
            ..usual()
        };
        let [plain, needy] = [usual(), told].map(|row| hazards(&stage, &row));
        for &step in Step::ALL {
            let (help, by_distance) = (&p.help_need[step], &p.distance_need[step]);
            let [without, with] = match step.need() {
                Need::Same => [1.0, 1.0],
                Need::Language => [0.0, 1.0],
                Need::Disclosed => [help.base, help.base + help.per_disclosed * step.serves().len() as f64],
                Need::Recorded => [by_distance.beyond_24, by_distance.within_24],
                Need::Reach => [by_distance.beyond_24, by_distance.within_12],
            };
            assert!(close(plain[step], without * p.kind[step].start), "{step:?}");
            assert!(close(needy[step], with * p.kind[step].start), "{step:?}");
        }
    }

    #[test]
    fn section_7_4_readiness_multiplies_starts_and_extensions() {
        let stage = Stage::new();
        let (p, common) = (&stage.scenario.parameters.steps, &stage.scenario.parameters.steps.common);
        let row =
            Row { trust: 0.6, confidence: 0.45, motivation: 0.7, kick: 0.2, last_talk: -0.5, ..usual() };
        let z = 0.2 * common.trust + 0.1 * common.confidence + 0.3 * common.motivation + 0.2;
        let care = Step::InformalCare;
        assert!(close(hazards(&stage, &row)[care], p.kind[care].start * libm::exp(z)));
        let running = Row { active: 1 << care.index(), ..row };
        assert!(close(hazards(&stage, &running)[care], common.extend * libm::exp(z) + p.kind[care].stop));
        // Sport is not on file: nothing extends it.
        let sport = Row { active: 1 << Step::Sport.index(), ..row };
        assert!(close(hazards(&stage, &sport)[Step::Sport], p.kind[Step::Sport].stop));
        // The push lasts a month.
        let later = Row { last_talk: -1.0, ..row };
        assert!(close(hazards(&stage, &later)[care], p.kind[care].start * libm::exp(z - 0.2)));
    }

    #[test]
    fn section_7_4_help_heals_what_has_been_told_and_sport_whatever_there_is() {
        let severity_finances = 0.7;
        let row = Row { severity_finances, severity_meaning: 0.7, ..Row::default() };
        let active =
            1 << Step::DebtCounselling.index() | 1 << Step::FoodBank.index() | 1 << Step::Sport.index();
        let after = |disclosed| {
            let mut load = load_of(&Row { active, disclosed, ..row });
            in_lanes!(simd => heal(simd, &mut load, 0.1));
            [load.severity_finances(0), load.severity_meaning(0)]
        };
        assert!(close(after(1 << Domain::Finances.index())[0], 0.5));
        assert_eq!(after(0)[0], 0.7);
        assert!(close(after(0)[1], 0.6));
    }
}
