//! Who is already on the way: steps that run at the start, and the levels to which confidence and motivation return
//! (model page section 5).

use crate::kinds::{Band, Irregularity, Kind, Need, PerStep, Set, Step};
use crate::random::{Dice, Process, sample};
use crate::scenario::parameters::{Parameters, Steps};

use super::client::{Client, HIDDEN_CAPACITY_MONTHS};

/// Each step runs with its stationary share without talks, `start / (start + stop)`, for this client.
///
/// Confidence and motivation are in balance with the starts that come by themselves: each returns to the level that lies lower
/// by what those starts bring, so that without talks it stays where it is.
pub(super) fn steps(parameters: &Parameters, dice: &Dice, client: &mut Client) {
    let steps = &parameters.steps;
    let readiness = libm::exp(
        steps.common.trust * (client.trust - 0.4)
            + steps.common.confidence * (client.confidence - 0.35)
            + steps.common.motivation * (client.motivation - 0.4),
    );
    let start = PerStep::from_fn(|step| steps.kind[step].start * need(steps, &*client, step) * readiness);
    let share = PerStep::from_fn(|step| {
        let both = start[step] + steps.kind[step].stop;
        if both > 0.0 { start[step] / both } else { 0.0 }
    });
    let id = client.id;
    let word = |step: Step| {
        let (block, lane) = Process::StartStep.member(step.index());
        dice.block(id, 0, block)[lane]
    };
    client.active = Set::of(|step| share[step] > 0.0 && sample::occurs(word(step), share[step]));
    let starts: f64 = start.iter().map(|(step, start)| start * (1.0 - share[step])).sum();
    let idle: f64 = share.iter().map(|(_, share)| 1.0 - share).product();
    client.confidence_rest = confidence_rest(parameters, client.confidence, starts);
    client.motivation_rest = motivation_rest(parameters, client, starts, 1.0 - idle);
    wages_not_reported(parameters, dice, client);
}

/// What the months on benefit have already done in a caseload in balance: the employable have left, and hidden capacity has been
/// seen with hazard `capacity_seen` a month.
pub(super) fn in_balance(parameters: &Parameters, dice: &Dice, client: &mut Client) {
    client.frailty *= still_there(parameters, client);
    let seen = parameters.stock.scalars.capacity_seen * client.months_on_benefit;
    if client.distance_recorded - client.distance_true > HIDDEN_CAPACITY_MONTHS
        && sample::happens(dice.draw(client.id, 0, Process::StartCapacitySeen), seen)
    {
        client.distance_recorded = client.distance_true;
    }
}

/// In a small job at the start, wages are not reported with the stationary share of those found by data matching.
fn wages_not_reported(parameters: &Parameters, dice: &Dice, client: &mut Client) {
    let p = &parameters.fraud;
    let both = p.onset_wages + p.match_wages;
    if client.irregularity != Irregularity::None || !client.active.has(Step::SmallJob) || both <= 0.0 {
        return;
    }
    let u = sample::unit(dice.draw(client.id, 0, Process::StartWages)) * both
        / p.onset_wages.max(f64::MIN_POSITIVE);
    if u < 1.0 {
        client.wages = true;
        client.irregularity =
            if u < p.wages_intentional { Irregularity::Intentional } else { Irregularity::Unintentional };
    }
}

/// Of a whole caseload in balance, those who have been on benefit for long are the less employable: a gamma frailty with mean one
/// and variance `s`, given that its owner has not left for work during a cumulative hazard `H`, is the same gamma times
/// `1 / (1 + s H)`. `H` is the client's hazard of work at the start, for all months on benefit.
fn still_there(parameters: &Parameters, client: &Client) -> f64 {
    let work = &parameters.work;
    let unseen = if client.distance_recorded > 12.0 { work.unseen } else { 1.0 };
    let hazard = work.base
        * unseen
        * libm::exp(
            work.confidence * (client.confidence - 0.35) + work.motivation * (client.motivation - 0.4)
                - client.distance_true / work.scale,
        );
    1.0 / (1.0 + parameters.far.scalars.frailty_variance * hazard * client.months_on_benefit)
}

/// What multiplies the hazard of a start at the start of a spell.
fn need(steps: &Steps, client: &Client, step: Step) -> f64 {
    match step.need() {
        Need::Same => 1.0,
        Need::Disclosed => {
            let need = &steps.help_need[step];
            let known = step.serves().iter().filter(|&&domain| client.disclosed.has(domain)).count();
            need.base + need.per_disclosed * known as f64
        }
        Need::Language => f64::from(u8::from(client.language_need)),
        Need::Recorded => steps.distance_need[step].at(client.distance_recorded),
        Need::Reach => steps.distance_need[step].at(client.distance_true),
    }
}

/// Starts lift by a share of what is missing; as many stops as starts, a share of them drop-outs.
fn confidence_rest(parameters: &Parameters, confidence: f64, starts: f64) -> f64 {
    let common = &parameters.steps.common;
    let dropout = common.dropout_share * common.dropout_confidence * confidence;
    let lift = starts * (common.start_confidence * (1.0 - confidence) - dropout);
    lowered(confidence, lift, parameters.drive.confidence_revert)
}

fn motivation_rest(parameters: &Parameters, client: &Client, starts: f64, active: f64) -> f64 {
    let (near, far) = Band::of(client.distance_true).limits();
    let covered = (far - client.distance_true) / (far - near);
    let goal = parameters.drive.goal_gradient * covered * active;
    let lift = (starts * parameters.steps.common.start_motivation + goal) * (1.0 - client.motivation);
    lowered(client.motivation, lift, parameters.drive.motivation_revert)
}

/// The level from which a lift per month keeps up `value` against a return at `revert` per month.
fn lowered(value: f64, lift: f64, revert: f64) -> f64 {
    if revert > 0.0 { value - lift / revert } else { value }
}

#[cfg(test)]
mod tests {
    use super::lowered;

    #[test]
    fn a_level_in_balance_stays() {
        let rest = lowered(0.4, 0.002, 0.01);
        assert!((0.002 - 0.01 * (0.4 - rest)).abs() < 1e-15);
        assert_eq!(lowered(0.4, 0.002, 0.0), 0.4);
    }
}
