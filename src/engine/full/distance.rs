//! 6. The true distance to the labor market (model page 7.5).

use fearless_simd::prelude::*;

use super::book::Book;
use super::caseload::{Caseload, flag};
use super::clock::Clock;
use super::luck::Luck;
use super::place::Hits;
use super::setting::Setting;
use crate::history::Tally;
use crate::kinds::{Domain, Kind, LifeEvent};
use crate::random::lanes::normal;
use crate::random::{Process, sample};
use crate::stats::lanes::{self, Column, Simd, all, choose, has};
use crate::stats::single;

/// A true distance of at most this many months is near ("kansrijk").
const NEAR_MONTHS: f32 = 12.0;

/// The distance moves; who came within [`NEAR_MONTHS`] for the first time is counted.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    (hits, before): (&mut Hits, &mut Column<f32>),
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    lanes::with!(setting.means.level, simd => walk(simd, load, luck, hits, before, setting, clock));
    setting.lap("distance: walk");
    let scatter = scatter(setting, clock);
    for row in hits.rows() {
        let word = || setting.dice.draw(load.id[row], clock.step, Process::DistanceBridge);
        if crossed(before[row], load.distance[row], scatter, word) {
            book.turn_to(load, row);
            load.raise(row, flag::CAME_NEAR);
            book.count(Tally::CameNear);
            book.note(load, row, LifeEvent::CameNear);
        }
    }
}

/// Standard deviation of the noise of a step, months.
fn scatter(setting: &Setting, clock: &Clock) -> f32 {
    setting.single.distance.noise * (clock.length as f32).sqrt()
}

/// `dx = [decay + decay_idle*[no step active and no talk] - progress*A*(1 - drag*mean(S))*(.5 + E)]*dt + noise*sqrt(dt)*N(0,1)`,
/// kept within 0.5 to 120. Hits are those who may have come near for the first time.
#[inline(always)]
fn walk<S: Simd>(
    simd: S,
    load: &mut Caseload,
    luck: &Luck,
    hits: &mut Hits,
    before: &mut Column<f32>,
    setting: &Setting,
    clock: &Clock,
) {
    let p = &setting.single.distance;
    let dt = clock.length as f32;
    let scatter = scatter(setting, clock);
    before.resize(load.rows());
    hits.clear();
    for block in load.blocks() {
        let flags = load.flags.load(simd, block);
        let mut severity = all(simd, 0.0);
        for &domain in Domain::ALL {
            severity += load.severity(domain).load(simd, block);
        }
        let mean_severity = severity * (1.0 / Domain::ALL.len() as f32);
        let progress = load.activity.load(simd, block)
            * (all(simd, 1.0) - mean_severity * p.problem_drag)
            * (load.confidence.load(simd, block) + 0.5)
            * p.progress;
        let idle = load.active.load(simd, block).simd_eq(0u32) & !has(flags, flag::ATTENDED);
        let decay = choose(simd, idle, p.decay + p.decay_idle, p.decay);
        let noise = normal(simd, luck.of(Process::DistanceNoise).load(simd, block)) * scatter;
        let from = load.distance.load(simd, block);
        let to = (from + (decay - progress) * dt + noise).max(0.5).min(120.0);
        before.store(block, from);
        load.distance.store(block, to);
        let close = (from - NEAR_MONTHS) * (to - NEAR_MONTHS) * 2.0;
        let may_have_crossed = to.simd_le(NEAR_MONTHS) | close.simd_lt(FAR_FROM_CROSSING * scatter * scatter);
        hits.push(load, (may_have_crossed & !has(flags, flag::CAME_NEAR)).to_bitmask());
    }
}

/// Exponents from here on are a chance below any that can be drawn.
const FAR_FROM_CROSSING: f32 = 30.0;

/// Whether the path within the step came within [`NEAR_MONTHS`]: certain when it ends there, else with the chance that
/// a Brownian bridge between the two ends touches the line, `exp(-2 (a - c)(b - c) / variance)`. First-passage times
/// are therefore those of continuous time, for any length of step.
fn crossed(before: f32, after: f32, scatter: f32, word: impl FnOnce() -> u32) -> bool {
    if after <= NEAR_MONTHS {
        return true;
    }
    let exponent = 2.0 * (before - NEAR_MONTHS) * (after - NEAR_MONTHS);
    let variance = scatter * scatter;
    exponent < FAR_FROM_CROSSING * variance
        && sample::single::unit(word()) < single::exp(-exponent / variance)
}
