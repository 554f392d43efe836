//! Who comes back, settled at the exit (model page 7.9).

use super::clock::Clock;
use super::setting::Setting;
use crate::kinds::ExitReason;
use crate::random::{Process, sample};
use crate::scenario::parameters::ReturnShares;

/// Share of those who left for a reason that will come back (model page 7.9).
fn share(shares: &ReturnShares, reason: ExitReason) -> f64 {
    match reason {
        ExitReason::Work => shares.work,
        ExitReason::Education => shares.education,
        ExitReason::Relationship => shares.relationship,
        ExitReason::Move => shares.r#move,
        ExitReason::Fraud => shares.fraud,
        ExitReason::Withdrawal => shares.withdrawal,
        ExitReason::Other => shares.other,
        ExitReason::Death | ExitReason::Pension => 0.0,
    }
}

/// Months from the exit until a client comes back: a returner comes back with a constant hazard, others never (infinite).
pub(super) fn months_away(client: u32, reason: ExitReason, setting: &Setting, clock: &Clock) -> f64 {
    let share = share(&setting.parameters.return_shares, reason);
    let hazard = setting.parameters.returns.hazard;
    if !setting.scenario.returns || share <= 0.0 || hazard <= 0.0 {
        return f64::INFINITY;
    }
    let words = setting.dice.block(client, clock.step, Process::Returner.block());
    if sample::occurs(words[Process::Returner.lane()], share) {
        sample::exponential(words[Process::TimeAway.lane()], 1.0 / hazard)
    } else {
        f64::INFINITY
    }
}

/// The step at whose start who has been away for so long is back: the first that does not end before the return.
pub(super) fn step_of_return(months_away: f64, clock: &Clock) -> Option<u32> {
    let steps = libm::ceil(months_away / clock.length);
    (steps < f64::from(u32::MAX / 2)).then(|| clock.step + (steps as u32).max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::full::testing::Stage;

    #[test]
    fn who_returns_at_the_end_of_a_step_returns_in_it() {
        let clock = Clock {
            step: 4,
            length: 0.5,
            start: 2.0,
            end: 2.5,
            end_tick: 163_840,
            month: 3,
            opens_month: true,
            closes_month: false,
            pension_age_months: 804.0,
        };
        let steps = [0.01, 0.5, 0.51, 1.0, 1e300, f64::INFINITY].map(|away| step_of_return(away, &clock));
        assert_eq!(steps, [Some(5), Some(5), Some(6), Some(6), None, None]);
    }

    #[test]
    fn section_7_9_nobody_returns_after_death_or_pension() {
        let stage = Stage::with(|p| p.returns.hazard = 5.0);
        let (setting, clock) = (stage.setting(), stage.clock(0));
        for reason in [ExitReason::Death, ExitReason::Pension] {
            assert!((0..200).all(|client| months_away(client, reason, &setting, &clock) == f64::INFINITY));
        }
    }

    #[test]
    fn section_7_9_return_is_a_mixture() {
        let stage = Stage::with(|p| (p.return_shares.work, p.returns.hazard) = (0.5, 0.1));
        let (setting, clock) = (stage.setting(), stage.clock(0));
        let away: Vec<f64> =
            (0..4000).map(|client| months_away(client, ExitReason::Work, &setting, &clock)).collect();
        let back: Vec<f64> = away.iter().copied().filter(|months| months.is_finite()).collect();
        // Half return (standard error .008), after ten months in the mean (standard error .22).
        assert!((back.len() as f64 / 4000.0 - 0.5).abs() < 0.032, "{}", back.len());
        let mean = back.iter().sum::<f64>() / back.len() as f64;
        assert!((mean - 10.0).abs() < 0.9, "{mean}");
    }

    #[test]
    fn section_7_9_without_returns_nobody_comes_back() {
        let mut stage = Stage::with(|p| p.return_shares.work = 1.0);
        stage.scenario.returns = false;
        assert_eq!(months_away(1, ExitReason::Work, &stage.setting(), &stage.clock(0)), f64::INFINITY);
    }
}
