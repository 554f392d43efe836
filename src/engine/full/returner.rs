//! Who comes back, settled at the exit (model page 7.9).

use super::caseload::Caseload;
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

/// Settles at the exit whether and when the client comes back: a returner comes back with a constant hazard, others never.
pub(super) fn leave(load: &mut Caseload, row: usize, reason: ExitReason, setting: &Setting, clock: &Clock) {
    load.left_at[row] = clock.end;
    load.return_at[row] = f64::INFINITY;
    let share = share(&setting.parameters.return_shares, reason);
    let hazard = setting.parameters.returns.hazard;
    if !setting.scenario.returns || share <= 0.0 || hazard <= 0.0 {
        return;
    }
    let words = setting.dice.block(load.id[row], clock.step, Process::Returner.block());
    if sample::occurs(words[Process::Returner.lane()], share) {
        load.return_at[row] = clock.end + sample::exponential(words[Process::TimeAway.lane()], 1.0 / hazard);
        load.away.push(row as u32);
    }
}
