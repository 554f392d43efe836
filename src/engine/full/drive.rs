//! 7. Confidence and motivation (model page 7.6).

use super::caseload::Caseload;
use super::clock::Clock;
use super::setting::Setting;
use crate::kinds::Band;

/// Talks lift confidence and motivation, both return to the client's own level, and motivation rises towards the end
/// of the current band while a step is active (goal gradient).
pub(super) fn run(load: &mut Caseload, setting: &Setting, clock: &Clock) {
    let p = &setting.parameters.drive;
    let dt = clock.length;
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        let (confidence, motivation) = (load.confidence[row], load.motivation[row]);
        let talk = if load.attended[row] { load.quality[row] } else { 0.0 };
        let goal = if !load.active[row].is_empty() {
            p.goal_gradient * band_covered(load.distance[row]) * dt
        } else {
            0.0
        };
        load.confidence[row] = (confidence + p.confidence_talk * talk * (1.0 - confidence)
            - p.confidence_revert * (confidence - load.confidence_own[row]) * dt)
            .clamp(0.0, 1.0);
        load.motivation[row] = (motivation + (p.motivation_talk * talk + goal) * (1.0 - motivation)
            - p.motivation_revert * (motivation - load.motivation_own[row]) * dt)
            .clamp(0.0, 1.0);
    }
}

/// Share of the current band (of the true distance) that is already covered.
fn band_covered(distance: f64) -> f64 {
    let (near, far) = Band::of(distance).limits();
    (far - distance) / (far - near)
}

#[cfg(test)]
mod tests {
    use super::band_covered;

    #[test]
    fn a_band_is_covered_from_its_far_end() {
        assert_eq!(band_covered(48.0), 0.0);
        assert_eq!(band_covered(36.0), 0.5);
        assert_eq!(band_covered(120.0), 0.0);
        assert_eq!(band_covered(3.0), 0.5);
    }
}
