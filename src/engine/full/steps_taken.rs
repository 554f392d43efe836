//! 5. What small steps bring once they start, stop or are extended (model page 7.4, 7.5).

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::{Caseload, ClientBlock, flag};
use crate::history::Tally;
use crate::kinds::{Happening, Kind, LifeEvent, PerStep, Set, Step};
use crate::scenario::parameters::Steps;
use crate::scenario::serves::MAX_PARTS;
use crate::stats::lanes::{self, Bits, Floats, LANES, Simd, Words, all, has};

/// What happens to sixteen clients: steps, one bit each.
pub(super) struct Happens<S: Simd> {
    /// Steps that begin.
    pub(super) started: Words<S>,
    /// Steps that stop.
    pub(super) stopped: Words<S>,
    /// Of the stops: drop-outs.
    pub(super) dropped: Words<S>,
    /// Steps that are extended.
    pub(super) extended: Words<S>,
}

/// Stops first, then starts, then the activity that results. A drop-out costs confidence; a start raises confidence and motivation;
/// an extension is on file as activation and changes no state.
#[inline(always)]
pub(super) fn carry_out<S: Simd>(
    simd: S,
    clients: &mut ClientBlock,
    happens: &Happens<S>,
    steps: &Steps<f32>,
) {
    let (common, one) = (&steps.common, all(simd, 1.0));
    let mut confidence = clients.confidence.load(simd);
    let mut dropped = happens.dropped;
    // Every kind has the same effect: one turn for each drop-out, and for each start, of the client who has most of them.
    while !dropped.simd_eq(0u32).all_true() {
        let lower = confidence * (1.0 - common.dropout_confidence);
        confidence = dropped.simd_eq(0u32).select(confidence, lower);
        dropped = without_lowest(dropped);
    }
    let mut motivation = clients.motivation.load(simd);
    let mut started = happens.started;
    while !started.simd_eq(0u32).all_true() {
        let none = started.simd_eq(0u32);
        confidence = none.select(confidence, confidence + (one - confidence) * common.start_confidence);
        motivation = none.select(motivation, motivation + (one - motivation) * common.start_motivation);
        started = without_lowest(started);
    }
    let active = (clients.active.load(simd) & !happens.stopped) | happens.started;
    clients.confidence.store(confidence);
    clients.motivation.store(motivation);
    clients.active.store(active);
    clients.activity.store(activity(simd, steps, active));
}

/// Takes the lowest bit away.
#[inline(always)]
fn without_lowest<S: Simd>(words: Words<S>) -> Words<S> {
    let rest = words & (words - 1u32);
    words.simd_eq(0u32).select(words, rest)
}

/// `A = 1 - prod(1 - w_s * active_s)`: steps work in parallel.
#[inline(always)]
fn activity<S: Simd>(simd: S, steps: &Steps<f32>, active: Words<S>) -> Floats<S> {
    let mut idle = all(simd, 1.0);
    for &step in Step::ALL {
        let less = idle * (1.0 - steps.kind[step].weight);
        idle = has(active, 1 << step.index()).select(less, idle);
    }
    all(simd, 1.0) - idle
}

/// The same of one client.
pub(super) fn activity_of(steps: &Steps<f32>, active: u32) -> f32 {
    let mut idle = 1.0;
    for step in Set::<Step>::from_bits(active as u16).iter() {
        idle *= 1.0 - steps.kind[step].weight;
    }
    1.0 - idle
}

/// How many steps of each kind begin and are extended in a step of time, by part of the caseload.
#[derive(Default)]
pub(super) struct Counts {
    /// Parts of the caseload.
    parts: usize,
    /// Starts.
    started: [PerStep<u32>; MAX_PARTS + 1],
    /// Extensions.
    extended: [PerStep<u32>; MAX_PARTS + 1],
}

impl Counts {
    /// None yet, in so many parts.
    pub(super) fn clear(&mut self, parts: usize) {
        self.parts = parts;
        self.started[..parts].fill(PerStep::default());
        self.extended[..parts].fill(PerStep::default());
    }

    /// Those of the first `number` lanes.
    #[inline(always)]
    pub(super) fn add<S: Simd>(
        &mut self,
        simd: S,
        clients: &ClientBlock,
        happens: &Happens<S>,
        number: usize,
    ) {
        for part in 0..self.parts {
            let mut members = lanes::live(number, 0);
            if self.parts > 1 {
                members &= clients.part.load(simd).simd_eq(part as u32).to_bitmask() as Bits;
            }
            for &step in Step::ALL {
                let bit = 1 << step.index();
                let count = |steps: Words<S>| (has(steps, bit).to_bitmask() as Bits & members).count_ones();
                self.started[part][step] += count(happens.started);
                self.extended[part][step] += count(happens.extended);
            }
        }
    }

    /// Adds them to the totals.
    pub(super) fn write(&self, book: &mut Book) {
        for (part, (started, extended)) in
            self.started.iter().zip(&self.extended).take(self.parts).enumerate()
        {
            book.part = part;
            let totals = book.totals_now();
            for &step in Step::ALL {
                totals.add(Tally::Start(step), started[step].into());
                totals.add(Tally::Extension(step), extended[step].into());
            }
        }
    }
}

/// What happened to at most sixteen clients, one by one.
pub(super) struct Taken {
    /// Steps that began, one bit each, lane by lane.
    started: [u32; LANES],
    /// Steps that stopped.
    stopped: [u32; LANES],
    /// Of the stops: drop-outs.
    dropped: [u32; LANES],
    /// Steps that were extended.
    extended: [u32; LANES],
    /// Clients with a first visible activation, one bit per lane.
    pub(super) activates: Bits,
}

/// Bits of the steps that are an activation.
fn activations() -> u32 {
    Set::of(Step::is_activation).bits().into()
}

impl Taken {
    /// Of the first `number` lanes.
    #[inline(always)]
    pub(super) fn new<S: Simd>(simd: S, clients: &ClientBlock, happens: &Happens<S>, number: usize) -> Self {
        let active = has(happens.started | happens.extended, activations());
        let first = active & !has(clients.flags.load(simd), flag::ACTIVATED);
        Self {
            started: happens.started.into(),
            stopped: happens.stopped.into(),
            dropped: happens.dropped.into(),
            extended: happens.extended.into(),
            activates: first.to_bitmask() as Bits & lanes::live(number, 0),
        }
    }

    /// Writes in the record and in a sampled life what happened to one client: stops and extensions, then starts.
    pub(super) fn tell(&self, load: &Caseload, row: usize, lane: usize, book: &mut Book) {
        let set = |bits: &[u32; LANES]| Set::<Step>::from_bits(bits[lane] as u16);
        let (stopped, dropped, extended) = (set(&self.stopped), set(&self.dropped), set(&self.extended));
        for step in Set::from_bits(stopped.bits() | extended.bits()).iter() {
            if extended.has(step) {
                book.event(load, row, Happening::Extension { step });
                book.note(load, row, LifeEvent::Extended(step));
            } else {
                let dropped = dropped.has(step);
                book.note(load, row, if dropped { LifeEvent::DroppedOut } else { LifeEvent::FinishedStep });
            }
        }
        for step in set(&self.started).iter() {
            book.note(load, row, LifeEvent::Started(step));
            if step.visible() {
                book.event(load, row, Happening::VisibleStart { step });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, close, in_lanes, load_of, written};

    /// The only client after what happens to the steps with these bits: started, stopped, dropped, extended; and what is counted.
    fn after(stage: &Stage, row: &Row, bits: [u32; 4]) -> (Row, Taken, Box<dyn Fn(Tally) -> f64>) {
        let mut block = load_of(row).at(0).clone();
        let steps = stage.scenario.parameters.steps.single();
        let mut counts = Counts::default();
        counts.clear(1);
        let taken = in_lanes!(simd => {
            let [started, stopped, dropped, extended] = bits.map(|bits| lanes::words(simd, bits));
            let happens = Happens { started, stopped, dropped, extended };
            carry_out(simd, &mut block, &happens, &steps);
            counts.add(simd, &block, &happens, 1);
            Taken::new(simd, &block, &happens, 1)
        });
        let client = Row {
            confidence: block.confidence[0],
            motivation: block.motivation[0],
            active: block.active[0],
            activity: block.activity[0],
            ..*row
        };
        (client, taken, written(|book| counts.write(book)))
    }

    fn bit(step: Step) -> u32 {
        1 << step.index()
    }

    #[test]
    fn section_7_4_gains_are_shares_of_what_is_missing() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters.steps.common;
        let row = Row { confidence: 0.4, motivation: 0.5, ..Row::default() };
        let (client, taken, count) = after(&stage, &row, [bit(Step::Volunteering), 0, 0, 0]);
        assert!(close(client.confidence, 0.4 + 0.6 * p.start_confidence));
        assert!(close(client.motivation, 0.5 + 0.5 * p.start_motivation));
        assert_eq!((client.active, taken.activates), (bit(Step::Volunteering), 1));
        assert_eq!([Step::Volunteering, Step::Sport].map(|step| count(Tally::Start(step))), [1.0, 0.0]);
        // Two at once: each takes its share of what is missing then.
        let (client, ..) = after(&stage, &row, [bit(Step::Sport) | bit(Step::Gp), 0, 0, 0]);
        let missing = 0.6 * (1.0 - p.start_confidence) * (1.0 - p.start_confidence);
        assert!(close(client.confidence, 1.0 - missing));
    }

    #[test]
    fn section_7_4_a_drop_out_costs_confidence_and_a_step_that_is_done_does_not() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters.steps.common;
        let row = Row { confidence: 0.4, active: bit(Step::Sport), ..Row::default() };
        for (dropped, expected) in [(bit(Step::Sport), 0.4 * (1.0 - p.dropout_confidence)), (0, 0.4)] {
            let (client, taken, _) = after(&stage, &row, [0, bit(Step::Sport), dropped, 0]);
            assert!(close(client.confidence, expected));
            assert_eq!((client.active, client.activity, taken.activates), (0, 0.0, 0));
        }
    }

    #[test]
    fn section_7_4_an_extension_is_on_file_and_changes_no_state() {
        let row = Row { confidence: 0.4, motivation: 0.5, active: bit(Step::Trajectory), ..Row::default() };
        let (client, taken, count) = after(&Stage::new(), &row, [0, 0, 0, bit(Step::Trajectory)]);
        assert_eq!((client.confidence, client.motivation, client.active), (0.4, 0.5, row.active));
        assert_eq!((count(Tally::Extension(Step::Trajectory)), taken.activates), (1.0, 1));
        // Only the first activation of a client counts.
        let before = Row { flags: flag::ACTIVATED, ..row };
        assert_eq!(after(&Stage::new(), &before, [0, 0, 0, bit(Step::Trajectory)]).1.activates, 0);
    }

    #[test]
    fn section_7_5_steps_work_in_parallel() {
        let stage = Stage::new();
        let steps = stage.scenario.parameters.steps.single();
        let weight = |step: Step| steps.kind[step].weight;
        assert_eq!(activity_of(&steps, 0), 0.0);
        let both = bit(Step::Sport) | bit(Step::Trajectory);
        let idle = (1.0 - weight(Step::Sport)) * (1.0 - weight(Step::Trajectory));
        assert!((activity_of(&steps, both) - (1.0 - idle)).abs() < 1e-6);
        for active in [0, both, 2047] {
            let (client, ..) = after(&stage, &Row { active, ..Row::default() }, [0; 4]);
            assert_eq!(client.activity, activity_of(&steps, active));
        }
    }
}
