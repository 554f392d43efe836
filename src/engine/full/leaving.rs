//! 10. Competing exits (model page 7.9).

use super::book::Book;
use super::caseload::Caseload;
use super::clock::Clock;
use super::luck::Luck;
use super::setting::{Setting, Staff};
use crate::history::Tally;
use crate::kinds::{Domain, ExitReason, Irregularity, Step};
use crate::random::{Process, sample};
use crate::stats::bound::exp_upper;

/// A suspended client has this long to put it right by coming to a talk (recovery term, art. 54 Participatiewet, here
/// one month) before the suspension can end the benefit.
const RECOVERY_MONTHS: f64 = 1.0;
/// Reasons that compete, in the order in which they are laid out on the unit interval.
const REASONS: [ExitReason; 7] = [
    ExitReason::Work,
    ExitReason::Education,
    ExitReason::Relationship,
    ExitReason::Move,
    ExitReason::Death,
    ExitReason::Withdrawal,
    ExitReason::Other,
];

/// Terminations decided in this step take effect; the other causes compete exactly: cause `k` has probability
/// `h_k / H * (1 - exp(-H))`, where withdrawal at an invitation adds `-ln(1 - p)` whatever the length of the step.
///
/// The hazard of work is first replaced by an upper bound: with monthly hazards nearly every draw lies above even
/// that, and the exponential need not be computed. How often a draw lies below the bound, less the probability of that, is
/// luck with a known mean (zero): the trial takes it out of its means.
pub(super) fn run(
    load: &mut Caseload,
    luck: &Luck,
    staff: &Staff,
    setting: &Setting,
    clock: &Clock,
    book: &mut Book,
) {
    let p = setting.parameters;
    let dt = clock.length;
    let labor_market = p.work.base * setting.labor_market(clock.month) * dt;
    let optimism = p.caseworker.optimism * staff.caseworker.optimism;
    let mut somebody_left = false;
    let (mut exit_luck, mut work_luck) = (0.0, 0.0);
    for index in 0..load.on.len() {
        let row = load.on[index] as usize;
        let word = luck.word(index, Process::Exit);
        let (scale, exponent) = work(load, row, setting, clock);
        let fixed = setting.service(load.decided.service[row]).fixed_caseworker;
        let (scale, exponent) = (scale * labor_market, exponent + if fixed { optimism } else { 0.0 });
        let mut hazards = [
            scale * exp_upper(exponent),
            p.exit.education * dt * load.education_factor[row],
            if load.alone[row] { p.exit.relationship * dt } else { 0.0 },
            p.exit.r#move * dt,
            p.exit.death * dt * load.death_factor[row],
            withdrawal(load, row, setting, clock),
            p.other.base * dt * load.other_factor[row],
        ];
        let reason = if load.terminated[row] {
            ExitReason::Fraud
        } else {
            let (u, bound): (f64, f64) = (sample::unit(word), hazards.iter().sum());
            exit_luck -= bound.min(1.0);
            work_luck += f64::from(u8::from(u < hazards[0])) - hazards[0].min(1.0);
            if u >= bound {
                continue;
            }
            exit_luck += 1.0;
            hazards[0] = scale * libm::exp(exponent);
            match sample::compete(word, &hazards) {
                Some(cause) => REASONS[cause],
                None => continue,
            }
        };
        book.leave(load, row, reason, setting, clock);
        somebody_left = true;
    }
    book.add(Tally::ExitLuck, exit_luck);
    book.add(Tally::WorkLuck, work_luck);
    if somebody_left {
        load.compact();
    }
}

/// The hazard of work without base, labor market, length of the step and optimism, as `(scale, exponent)` of
/// `scale * exp(exponent)`.
fn work(load: &Caseload, row: usize, setting: &Setting, clock: &Clock) -> (f64, f64) {
    let p = &setting.parameters.work;
    let mut exponent = -load.distance[row] / p.scale
        + p.confidence * (load.confidence[row] - 0.35)
        + p.motivation * (load.motivation[row] - 0.4);
    if load.distance[row] <= 12.0 && clock.start - load.last_invitation[row] < 1.0 {
        exponent += p.threat;
    }
    if load.out_of_reach[row] {
        return (0.0, 0.0);
    }
    let mut scale = load.frailty[row] * load.duration_factor[row];
    if load.recorded[row] > 12.0 {
        scale *= p.unseen;
    }
    if load.active[row].has(Step::Trajectory) {
        scale *= p.lock_in;
    }
    if load.severity[row][Domain::Health] > 0.5 {
        scale *= p.health;
    }
    (scale, exponent)
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
