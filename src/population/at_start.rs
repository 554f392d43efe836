//! Who is already on the way: steps that run at the start, and the levels to which confidence and motivation return
//! (model page section 5).

use crate::kinds::{Band, Domain, Irregularity, Kind, Need, PerStep, Set, Step};
use crate::random::{Process, sample};
use crate::scenario::parameters::{Parameters, Steps};

use super::client::Client;
use super::start::StartWords;

/// Each step runs with its stationary share without talks, `start / (start + stop)`, for this client.
///
/// Confidence and motivation are in balance with the starts that come by themselves: each returns to the level that lies lower
/// by what those starts bring, so that without talks it stays where it is.
pub(super) fn steps(parameters: &Parameters, words: &StartWords, client: &mut Client) {
    let start = hazards(parameters, client);
    let share = shares(parameters, &start);
    client.active = Set::of(|step: Step| {
        share[step] > 0.0 && sample::occurs(words.member(Process::StartStep, step.index()), share[step])
    });
    let starts: f64 = start.iter().map(|(step, start)| start * (1.0 - share[step])).sum();
    let idle: f64 = share.iter().map(|(_, share)| 1.0 - share).product();
    client.confidence_rest = confidence_rest(parameters, client.confidence, starts);
    client.motivation_rest = motivation_rest(parameters, client, starts, 1.0 - idle);
    wages_not_reported(parameters, words, client);
}

/// Expected growth of the true distance per month without talks, with each step active for its stationary share of the time.
pub(super) fn growth(parameters: &Parameters, client: &Client) -> f64 {
    let share = shares(parameters, &hazards(parameters, client));
    let idle: f64 = share.iter().map(|(_, share)| 1.0 - share).product();
    let activity: f64 = 1.0
        - share.iter().map(|(step, share)| 1.0 - share * parameters.steps.kind[step].weight).product::<f64>();
    let severity = client.severity.0.iter().sum::<f64>() / Domain::ALL.len() as f64;
    let p = &parameters.distance;
    p.decay + p.decay_idle * idle
        - p.progress * activity * (1.0 - p.problem_drag * severity) * (0.5 + client.confidence)
}

/// Hazard per month with which each step starts by itself.
fn hazards(parameters: &Parameters, client: &Client) -> PerStep<f64> {
    let steps = &parameters.steps;
    let readiness = libm::exp(
        steps.common.trust * (client.trust - 0.4)
            + steps.common.confidence * (client.confidence - 0.35)
            + steps.common.motivation * (client.motivation - 0.4),
    );
    PerStep::from_fn(|step| steps.kind[step].start * need(steps, client, step) * readiness)
}

/// Share of the time in which each step is active in balance.
fn shares(parameters: &Parameters, start: &PerStep<f64>) -> PerStep<f64> {
    PerStep::from_fn(|step| {
        let both = start[step] + parameters.steps.kind[step].stop;
        if both > 0.0 { start[step] / both } else { 0.0 }
    })
}

/// In a small job at the start, wages are not reported with the stationary share of those found by data matching.
fn wages_not_reported(parameters: &Parameters, words: &StartWords, client: &mut Client) {
    let p = &parameters.fraud;
    let both = p.onset_wages + p.match_wages;
    if client.irregularity != Irregularity::None || !client.active.has(Step::SmallJob) || both <= 0.0 {
        return;
    }
    let u = sample::unit(words.of(Process::StartWages)) * both / p.onset_wages.max(f64::MIN_POSITIVE);
    if u < 1.0 {
        client.wages = true;
        client.irregularity =
            if u < p.wages_intentional { Irregularity::Intentional } else { Irregularity::Unintentional };
    }
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

/// `M_0`: as [`confidence_rest`], with the gain of starts and the goal gradient of those who are active (model page 5).
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
    use super::*;
    use crate::population::{ClientMaker, client_id};
    use crate::random::Dice;
    use crate::scenario::Scenario;

    /// A client of the trial population, with the parameters behind it.
    fn client() -> (Parameters, Client) {
        let scenario = Scenario::from_text("extends = \"lange-adem\"\nname = \"start\"").expect("a scenario");
        let client = ClientMaker::new(&scenario, Dice::new(5, 0)).client(client_id(0, 0), 1.0);
        (scenario.parameters, client)
    }

    #[test]
    fn section_5_a_step_runs_with_its_share_in_balance() {
        let (mut p, _) = client();
        p.steps.kind[Step::Volunteering].stop = 0.06;
        let share = shares(&p, &PerStep::from_fn(|_| 0.02));
        assert!((share[Step::Volunteering] - 0.02 / 0.08).abs() < 1e-15);
        p.steps.kind[Step::Volunteering].stop = 0.0;
        assert_eq!(shares(&p, &PerStep::from_fn(|_| 0.0))[Step::Volunteering], 0.0);
    }

    #[test]
    fn section_7_4_what_a_step_needs_multiplies_its_start() {
        let (p, mut client) = client();
        for &step in Step::ALL {
            let factor = need(&p.steps, &client, step);
            match step.need() {
                Need::Same => assert_eq!(factor, 1.0),
                Need::Language => {
                    for spoken in [false, true] {
                        client.language_need = spoken;
                        assert_eq!(need(&p.steps, &client, step), f64::from(u8::from(spoken)));
                    }
                }
                Need::Disclosed => {
                    client.disclosed = Set::EMPTY;
                    assert_eq!(need(&p.steps, &client, step), p.steps.help_need[step].base);
                }
                Need::Recorded => {
                    assert_eq!(factor, p.steps.distance_need[step].at(client.distance_recorded))
                }
                Need::Reach => assert_eq!(factor, p.steps.distance_need[step].at(client.distance_true)),
            }
        }
    }

    #[test]
    fn section_7_4_readiness_is_one_at_usual_trust_confidence_and_motivation() {
        let (p, mut client) = client();
        (client.trust, client.confidence, client.motivation) = (0.4, 0.35, 0.4);
        let hazard = hazards(&p, &client);
        let same = Step::ALL.iter().copied().find(|step| step.need() == Need::Same).expect("such a step");
        assert_eq!(hazard[same], p.steps.kind[same].start);
    }

    #[test]
    fn section_7_5_idleness_makes_distance_grow() {
        let (mut p, client) = client();
        for &step in Step::ALL {
            p.steps.kind[step].start = 0.0;
        }
        assert!((growth(&p, &client) - (p.distance.decay + p.distance.decay_idle)).abs() < 1e-15);
    }

    #[test]
    fn section_5_rest_levels_lie_lower_by_what_starts_bring() {
        let (p, client) = client();
        let common = &p.steps.common;
        let dropout = common.dropout_share * common.dropout_confidence * 0.5;
        let lift = 0.1 * (common.start_confidence * 0.5 - dropout);
        let rest = confidence_rest(&p, 0.5, 0.1);
        assert!((rest - (0.5 - lift / p.drive.confidence_revert)).abs() < 1e-12);
        // Nothing starts and nothing runs: motivation stays where it is.
        assert_eq!(motivation_rest(&p, &client, 0.0, 0.0), client.motivation);
        assert!(motivation_rest(&p, &client, 0.1, 1.0) < client.motivation);
    }

    #[test]
    fn section_5_wages_need_a_small_job_and_no_other_irregularity() {
        let (p, mut client) = client();
        (client.irregularity, client.wages, client.active) = (Irregularity::None, false, Set::EMPTY);
        wages_not_reported(&p, &StartWords::draw(&Dice::new(1, 0), 0), &mut client);
        assert!(!client.wages && client.irregularity == Irregularity::None);
    }

    #[test]
    fn a_level_in_balance_stays() {
        let rest = lowered(0.4, 0.002, 0.01);
        assert!((0.002 - 0.01 * (0.4 - rest)).abs() < 1e-15);
        assert_eq!(lowered(0.4, 0.002, 0.0), 0.4);
    }
}
