//! One client at month 0.

use super::copula::Copula;
use crate::kinds::{Domain, Irregularity, PerDomain};
use crate::random::{Dice, Process, sample};
use crate::scenario::Scenario;
use crate::scenario::parameters::{Parameters, UnitState};
use crate::stats::{beta, normal};

/// Household, as far as the exits ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Household {
    /// Single.
    Single,
    /// Lone parent.
    LoneParent,
    /// Couple.
    Couple,
    /// Couple with children.
    CoupleWithChildren,
}

/// A client at the start (or at entry). Months, unless said otherwise; indices are 0 to 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Client {
    /// Stable identifier.
    pub id: u32,
    /// Age, months.
    pub age_months: f64,
    /// Months on benefit in this spell.
    pub months_on_benefit: f64,
    /// Household.
    pub household: Household,
    /// Needs language practice.
    pub language_need: bool,
    /// True distance to the labor market, months.
    pub distance_true: f64,
    /// Recorded distance, months.
    pub distance_recorded: f64,
    /// Trust.
    pub trust: f64,
    /// Self-confidence.
    pub confidence: f64,
    /// Motivation.
    pub motivation: f64,
    /// Applied knowledge of the rules.
    pub knowledge: f64,
    /// Severity of problems per domain, 0 = no problem.
    pub severity: PerDomain<f64>,
    /// Hidden irregularity.
    pub irregularity: Irregularity,
    /// Frailty on the hazard of work, mean 1.
    pub frailty: f64,
    /// Luck of the month of enrolment, uniform on (0, 1).
    pub enrollment_luck: f64,
}

/// Whether a client of a whole caseload is one of the near ones.
pub(super) fn is_near(scenario: &Scenario, dice: &Dice, id: u32) -> bool {
    sample::occurs(dice.draw(id, 0, Process::StartNear), scenario.parameters.stock.scalars.near_share)
}

/// Draws a client. `stock` multiplies the probabilities of an irregularity at the start.
pub(super) fn draw(
    parameters: &Parameters,
    copula: &Copula,
    dice: &Dice,
    id: u32,
    near: bool,
    stock: f64,
) -> Client {
    let far = &parameters.far;
    let z = copula.draw(dice, id);
    let [_, capacity, truth, _] = dice.block(id, 0, Process::StartKnowledge.block());
    let [household, language, frailty, irregularity] = dice.block(id, 0, Process::StartHousehold.block());
    let distance = if near { &parameters.stock.near_recorded_distance } else { &far.recorded_distance };
    let duration = if near { &parameters.stock.near_months_on_benefit } else { &far.months_on_benefit };
    let recorded = (distance.median * libm::exp(distance.sigma * z[0]))
        .clamp(distance.min, distance.max)
        .clamp(0.5, 120.0);
    Client {
        id,
        age_months: age_months(parameters, z[2]),
        months_on_benefit: duration.median * libm::exp(duration.sigma * z[1]),
        household: household_of(household, far.scalars.single_or_lone_parent_share),
        language_need: sample::occurs(language, far.scalars.language_need_share),
        distance_true: true_distance(parameters, recorded, capacity, truth),
        distance_recorded: recorded,
        trust: state(&far.trust, z[5]),
        confidence: state(&far.confidence, z[6]),
        motivation: state(&far.motivation, z[7]),
        knowledge: state(&far.knowledge, z[8]),
        severity: severities(parameters, dice, id, z[3], z[4]),
        irregularity: irregularity_of(parameters, irregularity, stock),
        frailty: sample::gamma_mean_one(frailty, far.scalars.frailty_variance),
        enrollment_luck: sample::unit(dice.draw(id, 0, Process::StartEnrollment)),
    }
}

fn state(distribution: &UnitState, z: f64) -> f64 {
    (distribution.mean + distribution.sd * z).clamp(0.0, 1.0)
}

/// `min + (max - min) * Beta`, by the quantile at the copula's probability.
fn age_months(parameters: &Parameters, z: f64) -> f64 {
    let age = &parameters.far.age_years;
    let (mean, sd) = (age.mean_share, age.sd_share);
    let strength = if sd > 0.0 { mean * (1.0 - mean) / (sd * sd) - 1.0 } else { 0.0 };
    let share = if strength > 0.0 && strength.is_finite() {
        beta::quantile(mean * strength, (1.0 - mean) * strength, normal::cdf(z))
    } else {
        mean
    };
    12.0 * (age.min + (age.max - age.min) * share)
}

/// With hidden capacity `x = x_r * Beta(2, 3)`, else `x = x_r * exp(N(0, noise))`; kept within 0.5 to 120 months.
fn true_distance(parameters: &Parameters, recorded: f64, capacity: u32, truth: u32) -> f64 {
    let scalars = &parameters.far.scalars;
    let factor = if sample::occurs(capacity, scalars.hidden_capacity_share) {
        beta::quantile(2.0, 3.0, sample::unit(truth))
    } else {
        libm::exp(scalars.true_distance_noise * sample::normal(truth))
    };
    (recorded * factor).clamp(0.5, 120.0)
}

/// Half of the singles and lone parents are lone parents, half of the couples have children: no exit asks for the
/// difference, only for a partner.
fn household_of(word: u32, alone_share: f64) -> Household {
    let u = sample::unit(word);
    if u < alone_share {
        if u < alone_share / 2.0 { Household::LoneParent } else { Household::Single }
    } else if u < (1.0 + alone_share) / 2.0 {
        Household::Couple
    } else {
        Household::CoupleWithChildren
    }
}

/// A domain has a problem when its liability exceeds the threshold of its prevalence. The severity then is
/// `1/2 + rank / 2`, with the rank of the liability among those with a problem: uniform on (1/2, 1) for them and 0 for
/// the others, so that a problem at the start is a severity over one half.
///
/// Health has its own copula variable; the other domains share the problem liability through the loading.
fn severities(parameters: &Parameters, dice: &Dice, id: u32, problems: f64, health: f64) -> PerDomain<f64> {
    let prevalence = &parameters.far.problem_prevalence;
    let loading = parameters.far.scalars.problem_liability_loading;
    let own_weight = libm::sqrt(1.0 - loading * loading);
    let own = dice.block(id, 0, Process::StartOwnHousing.block());
    let joint = |word: u32| loading * problems + own_weight * sample::normal(word);
    let severity = |liability: f64, share: f64| {
        let rank = normal::cdf(liability) - (1.0 - share);
        if rank > 0.0 && share > 0.0 { 0.5 + 0.5 * (rank / share).min(1.0) } else { 0.0 }
    };
    PerDomain::from_fn(|domain| match domain {
        Domain::Housing => severity(joint(own[0]), prevalence.housing),
        Domain::Finances => severity(joint(own[1]), prevalence.finances),
        Domain::Relations => severity(joint(own[2]), prevalence.relations),
        Domain::Health => severity(health, prevalence.health),
        Domain::Meaning => severity(joint(own[3]), prevalence.meaning),
    })
}

/// Intentional first, then unintentional, laid out on the unit interval; together at most certain.
fn irregularity_of(parameters: &Parameters, word: u32, stock: f64) -> Irregularity {
    let u = sample::unit(word);
    let intentional = (parameters.fraud.initial_intentional * stock).min(1.0);
    let either = (intentional + parameters.fraud.initial_unintentional * stock).min(1.0);
    if u < intentional {
        Irregularity::Intentional
    } else if u < either {
        Irregularity::Unintentional
    } else {
        Irregularity::None
    }
}
