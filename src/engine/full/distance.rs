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
        let word = || setting.dice.draw(load.id(row), clock.step, Process::DistanceBridge);
        if crossed(before[row], load.distance(row), scatter, word) {
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
    let p = &p.clone();
    before.resize(load.rows());
    for block in 0..load.all().len() {
        before.store(block, normal(simd, luck.of(simd, block, Process::DistanceNoise)));
    }
    hits.make_room(load);
    for (block, clients) in load.all_mut().enumerate() {
        let flags = clients.flags.load(simd);
        let mut severity = all(simd, 0.0);
        for &domain in Domain::ALL {
            severity += clients.severity(domain).load(simd);
        }
        let mean_severity = severity * (1.0 / Domain::ALL.len() as f32);
        let progress = clients.activity.load(simd)
            * (all(simd, 1.0) - mean_severity * p.problem_drag)
            * (clients.confidence.load(simd) + 0.5)
            * p.progress;
        let idle = clients.active.load(simd).simd_eq(0u32) & !has(flags, flag::ATTENDED);
        let decay = choose(simd, idle, p.decay + p.decay_idle, p.decay);
        let noise = before.load(simd, block) * scatter;
        let from = clients.distance.load(simd);
        let to = (from + (decay - progress) * dt + noise).max(0.5).min(120.0);
        before.store(block, from);
        clients.distance.store(to);
        let close = (from - NEAR_MONTHS) * (to - NEAR_MONTHS) * 2.0;
        let may_have_crossed = to.simd_le(NEAR_MONTHS) | close.simd_lt(FAR_FROM_CROSSING * scatter * scatter);
        hits.set(block, (may_have_crossed & !has(flags, flag::CAME_NEAR)).to_bitmask());
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, close, in_lanes, load_of};

    /// The true distance of a client after the first step.
    fn after(stage: &Stage, row: &Row) -> f32 {
        let (mut load, setting, clock) = (load_of(row), stage.setting(), stage.clock(0));
        let (mut luck, mut hits, mut before) = (Luck::default(), Hits::default(), Column::default());
        super::super::luck::draw(&mut luck, &load, &setting, clock.step);
        in_lanes!(simd => walk(simd, &mut load, &luck, &mut hits, &mut before, &setting, &clock));
        load.distance(0)
    }

    #[test]
    fn section_7_5_distance_falls_by_activity_and_grows_by_idleness() {
        let stage = Stage::with(|p| p.distance.noise = 0.0);
        let p = &stage.scenario.parameters.distance;
        let row = Row {
            distance: 40.0,
            activity: 0.3,
            active: 1,
            confidence: 0.4,
            severity_health: 0.5,
            ..Row::default()
        };
        let fall = p.progress * 0.3 * (1.0 - p.problem_drag * 0.1) * 0.9;
        assert!(close(after(&stage, &row), 40.0 + p.decay - fall));
        let idle = Row { activity: 0.0, active: 0, ..row };
        assert!(close(after(&stage, &idle), 40.0 + p.decay + p.decay_idle));
        assert!(close(after(&stage, &Row { flags: flag::ATTENDED, ..idle }), 40.0 + p.decay));
    }

    #[test]
    fn section_7_5_distance_stays_between_half_a_month_and_ten_years() {
        let far = Stage::with(|p| (p.distance.noise, p.distance.decay) = (0.0, 10.0));
        assert_eq!(after(&far, &Row { distance: 119.0, ..Row::default() }), 120.0);
        let near =
            Stage::with(|p| (p.distance.noise, p.distance.decay, p.distance.decay_idle) = (0.0, -10.0, 0.0));
        assert_eq!(after(&near, &Row { distance: 5.0, ..Row::default() }), 0.5);
    }

    #[test]
    fn section_7_5_noise_grows_with_the_root_of_the_step() {
        let mut stage = Stage::new();
        let month = scatter(&stage.setting(), &stage.clock(0));
        assert!(close(month, stage.scenario.parameters.distance.noise));
        stage.scenario.steps_per_month = 4;
        assert_eq!(scatter(&stage.setting(), &stage.clock(0)), month / 2.0);
    }

    #[test]
    fn section_7_5_a_path_touches_twelve_months_with_the_chance_of_a_brownian_bridge() {
        assert!(crossed(14.0, 12.0, 1.0, || unreachable!("certain")));
        assert!(!crossed(40.0, 40.0, 1.0, || unreachable!("out of reach")));
        // exp(-2 * 1 * 1 / 1) = .1353: words on both sides of it.
        let word = |u: f64| (u * 4_294_967_296.0) as u32;
        assert!(crossed(13.0, 13.0, 1.0, || word(0.135)));
        assert!(!crossed(13.0, 13.0, 1.0, || word(0.136)));
    }
}
