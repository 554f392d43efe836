//! 6. The true distance to the labor market (model page 7.5).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::luck::Luck;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Domain, Kind, LifeEvent, Set, Step};
use crate::random::{Process, sample};
use crate::scenario::parameters::Steps;

/// A true distance of at most this many months is near ("kansrijk").
const NEAR_MONTHS: f64 = 12.0;

/// `dx = [decay + decay_idle*[no step active and no talk] - progress*A*(1 - drag*mean(S))*(.5 + E)]*dt + noise*sqrt(dt)*N(0,1)`,
/// kept within 0.5 to 120.
pub(super) fn run(load: &mut Caseload, luck: &Luck, setting: &Setting, clock: &Clock, book: &mut Book) {
    let p = &setting.parameters.distance;
    let scatter = p.noise * libm::sqrt(clock.length);
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        book.turn_to(load, row);
        let activity = activity(&setting.parameters.steps, load.active[row]);
        let severity: f64 = load.severity[row].0.iter().sum::<f64>() / Domain::ALL.len() as f64;
        let progress =
            p.progress * activity * (1.0 - p.problem_drag * severity) * (0.5 + load.confidence[row]);
        let noise = scatter * sample::normal(luck.word(index, Process::DistanceNoise));
        let idle = load.active[row].is_empty() && !load.attended[row];
        let decay = if idle { p.decay + p.decay_idle } else { p.decay };
        let before = load.distance[row];
        let after = (before + (decay - progress) * clock.length + noise).clamp(0.5, 120.0);
        load.distance[row] = after;
        if !load.came_near[row]
            && crossed(before, after, scatter, || {
                setting.dice.draw(load.id[row], clock.step, Process::DistanceBridge)
            })
        {
            load.came_near[row] = true;
            book.count(Tally::CameNear);
            book.note(row, LifeEvent::CameNear);
        }
    }
}

/// `A = 1 - prod(1 - w_s * active_s)`: steps work in parallel.
#[inline]
pub(super) fn activity(steps: &Steps, active: Set<Step>) -> f64 {
    if active.is_empty() {
        return 0.0;
    }
    let mut idle = 1.0;
    for step in active.iter() {
        idle *= 1.0 - steps.kind[step].weight;
    }
    1.0 - idle
}

/// Whether the path within the step came within [`NEAR_MONTHS`]: certain when it ends there, else with the chance that
/// a Brownian bridge between the two ends touches the line, `exp(-2 (a - c)(b - c) / variance)`. First-passage times
/// are therefore those of continuous time, for any length of step.
fn crossed(before: f64, after: f64, scatter: f64, word: impl FnOnce() -> u32) -> bool {
    if after <= NEAR_MONTHS {
        return true;
    }
    let exponent = 2.0 * (before - NEAR_MONTHS) * (after - NEAR_MONTHS);
    let variance = scatter * scatter;
    exponent < 30.0 * variance && sample::occurs(word(), libm::exp(-exponent / variance))
}
