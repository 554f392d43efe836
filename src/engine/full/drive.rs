//! 7. Confidence and motivation (model page 7.6).

use fearless_simd::prelude::*;

use super::caseload::{Caseload, flag};
use super::clock::Clock;
use super::setting::Setting;
use crate::kinds::{Band, Kind};
use crate::stats::lanes::{self, Floats, Simd, all, clamp01, has};

/// Talks lift confidence and motivation, both return to the client's own level, and motivation rises towards the end
/// of the current band while a step is active (goal gradient).
pub(super) fn run(load: &mut Caseload, setting: &Setting, clock: &Clock) {
    lanes::with!(setting.means.level, simd => drive(simd, load, setting, clock));
}

/// `E += confidence_talk*Q*(1-E)*[attended] - confidence_revert*(E-E_0)*dt`, and for motivation the same with the goal gradient
/// `goal_gradient*g*[A>0]*(1-M)*dt` (model page 7.6). Both from the values at the start of the step.
#[inline(always)]
fn drive<S: Simd>(simd: S, load: &mut Caseload, setting: &Setting, clock: &Clock) {
    let p = &setting.single.drive;
    let dt = clock.length as f32;
    let (zero, one) = (all(simd, 0.0), all(simd, 1.0));
    for clients in load.all_mut() {
        let confidence = clients.confidence.load(simd);
        let motivation = clients.motivation.load(simd);
        let attended = has(clients.flags.load(simd), flag::ATTENDED);
        let talk = attended.select(clients.quality.load(simd), zero);
        let covered = band_covered(simd, clients.distance.load(simd));
        let goal = clients.active.load(simd).simd_eq(0u32).select(zero, covered * (p.goal_gradient * dt));
        let resting = [clients.confidence_resting.load(simd), clients.motivation_resting.load(simd)];
        let confidence = confidence + talk * p.confidence_talk * (one - confidence)
            - (confidence - resting[0]) * (p.confidence_revert * dt);
        let motivation = motivation + (talk * p.motivation_talk + goal) * (one - motivation)
            - (motivation - resting[1]) * (p.motivation_revert * dt);
        clients.confidence.store(clamp01(confidence));
        clients.motivation.store(clamp01(motivation));
    }
}

/// Share of the current band (of the true distance) that is already covered.
#[inline(always)]
fn band_covered<S: Simd>(simd: S, distance: Floats<S>) -> Floats<S> {
    let (near, far) = Band::Over48.limits();
    let [mut end, mut per_month] = [all(simd, far as f32), all(simd, 1.0 / (far - near) as f32)];
    for &band in &Band::ALL[1..] {
        let (near, far) = band.limits();
        let inside = distance.simd_le(far as f32);
        end = inside.select(all(simd, far as f32), end);
        per_month = inside.select(all(simd, 1.0 / (far - near) as f32), per_month);
    }
    (end - distance) * per_month
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::caseload::Row;
    use crate::engine::full::testing::{Stage, close, in_lanes, load_of};

    #[test]
    fn a_band_is_covered_from_its_far_end() {
        let mut distances = [48.0; 16];
        distances[..4].copy_from_slice(&[48.0, 36.0, 120.0, 3.0]);
        let covered: [f32; 16] = fearless_simd::dispatch!(crate::stats::instructions::widest(), simd => {
            band_covered(simd, Floats::simd_from(simd, distances)).into()
        });
        assert_eq!(covered[..4], [0.0, 0.5, 0.0, 0.5]);
    }

    /// Confidence and motivation of a client after the first step.
    fn after(stage: &Stage, row: &Row) -> [f32; 2] {
        let (mut load, setting, clock) = (load_of(row), stage.setting(), stage.clock(0));
        in_lanes!(simd => drive(simd, &mut load, &setting, &clock));
        [load.confidence(0), load.motivation(0)]
    }

    #[test]
    fn section_7_6_both_return_to_the_own_level() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters.drive;
        let row = Row {
            confidence: 0.7,
            confidence_resting: 0.3,
            motivation: 0.2,
            motivation_resting: 0.6,
            ..Row::default()
        };
        let [confidence, motivation] = after(&stage, &Row { distance: 60.0, ..row });
        assert!(close(confidence, 0.7 - 0.4 * p.confidence_revert));
        assert!(close(motivation, 0.2 + 0.4 * p.motivation_revert));
    }

    #[test]
    fn section_7_6_a_talk_lifts_by_a_share_of_what_is_missing() {
        let stage = Stage::new();
        let p = &stage.scenario.parameters.drive;
        let row = Row {
            confidence: 0.4,
            confidence_resting: 0.4,
            motivation: 0.4,
            motivation_resting: 0.4,
            ..Row::default()
        };
        let talk = Row { quality: 0.5, flags: flag::ATTENDED, distance: 60.0, ..row };
        let [confidence, motivation] = after(&stage, &talk);
        assert!(close(confidence, 0.4 + 0.5 * p.confidence_talk * 0.6));
        assert!(close(motivation, 0.4 + 0.5 * p.motivation_talk * 0.6));
        assert_eq!(after(&stage, &Row { flags: 0, ..talk }), [0.4, 0.4]);
    }

    #[test]
    fn section_7_6_the_goal_gradient_needs_an_active_step() {
        let stage = Stage::new();
        let row = Row { motivation: 0.5, motivation_resting: 0.5, distance: 36.0, ..Row::default() };
        assert_eq!(after(&stage, &row)[1], 0.5);
        let expected = 0.5 + 0.5 * stage.scenario.parameters.drive.goal_gradient * 0.5;
        assert!(close(after(&stage, &Row { active: 1, ..row })[1], expected));
    }
}
