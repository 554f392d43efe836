//! 10. Competing exits (model page 7.9).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::setting::{Setting, Staff};
use super::small_steps::TRAJECTORY;
use crate::history::ExitReason;
use crate::population::Irregularity;
use crate::random::{Process, sample};

/// Index of the health domain.
const HEALTH: usize = 3;
/// A suspended client has this long to put it right by coming to a talk (recovery term, art. 54 Participatiewet, here
/// one month) before the suspension can end the benefit.
const RECOVERY_MONTHS: f64 = 1.0;
/// Reasons that compete, in the order in which they are laid out on the unit interval.
const REASONS: [ExitReason; 6] = [
    ExitReason::Work,
    ExitReason::Education,
    ExitReason::Relationship,
    ExitReason::Move,
    ExitReason::Death,
    ExitReason::Withdrawal,
];

/// Terminations decided in this step take effect; the other causes compete exactly: cause `k` has probability
/// `h_k / H * (1 - exp(-H))`, where withdrawal at an invitation adds `-ln(1 - p)` whatever the length of the step.
pub(super) fn run(load: &mut Caseload, staff: &Staff, setting: &Setting, clock: &Clock, book: &mut Book) {
    let p = setting.parameters;
    let dt = clock.length;
    let labor_market = p.work.base * setting.labor_market(clock.month) * dt;
    let mut somebody_left = false;
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        let reason = if load.terminated[row] {
            Some(ExitReason::Fraud)
        } else {
            let word = setting.dice.draw(load.id[row], clock.step, Process::Exit);
            let years = (load.age_at_zero[row] + clock.start) / 12.0;
            let hazards = [
                labor_market * work(load, row, staff, setting, clock),
                p.exit.education * dt * if years > 25.0 { libm::exp(-0.12 * (years - 25.0)) } else { 1.0 },
                if load.alone[row] { p.exit.relationship * dt } else { 0.0 },
                p.exit.r#move * dt,
                p.exit.death * dt * libm::exp(0.08 * (years - 45.0)),
                withdrawal(load, row, setting, clock),
            ];
            sample::compete(word, &hazards).map(|cause| REASONS[cause])
        };
        if let Some(reason) = reason {
            book.leave(load, row, reason, setting, clock);
            somebody_left = true;
        }
    }
    if somebody_left {
        load.compact();
    }
}

/// Everything on the hazard of work but base, labor market and length of the step.
fn work(load: &Caseload, row: usize, staff: &Staff, setting: &Setting, clock: &Clock) -> f64 {
    let p = &setting.parameters.work;
    let months_on_benefit = (clock.start - load.spell_start[row]).max(0.0);
    let mut exponent = -load.distance[row] / p.scale
        + p.confidence * (load.confidence[row] - 0.35)
        + p.motivation * (load.motivation[row] - 0.4)
        + p.duration * libm::log1p(months_on_benefit / 12.0);
    if setting.service.fixed_caseworker {
        exponent += setting.parameters.caseworker.optimism * staff.caseworker.optimism;
    }
    if load.distance[row] <= 12.0 && clock.start - load.last_invitation[row] < 1.0 {
        exponent += p.threat;
    }
    let mut factor = load.frailty[row];
    if load.recorded[row] > 12.0 {
        factor *= p.unseen;
    }
    if load.active[row] & (1 << TRAJECTORY) != 0 {
        factor *= p.lock_in;
    }
    if load.severity[row][HEALTH] > 0.5 {
        factor *= p.health;
    }
    factor * libm::exp(exponent)
}

/// Hazard of withdrawing in the step: by itself, at an invitation, and while suspended for longer than the recovery term.
fn withdrawal(load: &Caseload, row: usize, setting: &Setting, clock: &Clock) -> f64 {
    let p = setting.parameters;
    let dt = clock.length;
    let mut hazard = p.exit.withdrawal * dt;
    if load.invited[row] {
        let probability = match load.irregularity[row] {
            Irregularity::None => p.withdrawal_at_invitation.none,
            Irregularity::Unintentional => p.withdrawal_at_invitation.unintentional,
            Irregularity::Intentional => p.withdrawal_at_invitation.intentional,
        };
        hazard -= libm::log1p(-probability);
    }
    if clock.start - load.suspended_since[row] >= RECOVERY_MONTHS {
        hazard += p.no_show.suspension_exit * dt;
    }
    hazard
}
