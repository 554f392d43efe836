//! One client at month 0.

use super::margins::{Margins, prevalences};
use super::start::StartWords;
use crate::kinds::{Domain, Irregularity, Kind, PerDomain, Set, Step};
use crate::random::{Process, sample};
use crate::scenario::parameters::{Parameters, UnitState};
use crate::stats::normal;

/// Household, as far as the exits ask for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Household {
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
    pub(crate) household: Household,
    /// Needs language practice.
    pub language_need: bool,
    /// True distance to the labor market, months.
    pub distance_true: f64,
    /// Recorded distance, months.
    pub distance_recorded: f64,
    /// True distance when it was last observed, months.
    pub distance_observed: f64,
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
    /// Problems that the municipality knows of.
    pub(crate) disclosed: Set<Domain>,
    /// Paid work is out of reach; unknown to everybody.
    pub out_of_reach: bool,
    /// Steps that run.
    pub active: Set<Step>,
    /// Level to which confidence returns.
    pub confidence_rest: f64,
    /// Level to which motivation returns.
    pub motivation_rest: f64,
    /// Hidden irregularity.
    pub irregularity: Irregularity,
    /// The irregularity is about wages of a small job.
    pub wages: bool,
    /// Frailty on the hazard of work; mean 1 among new clients.
    pub frailty: f64,
    /// Luck of the month of enrolment, uniform on (0, 1).
    pub enrollment_luck: f64,
}

/// Whether a client of a whole caseload is one of the near ones, who have this share.
pub(super) fn is_near(words: &StartWords, share: f64) -> bool {
    sample::occurs(words.of(Process::StartNear), share)
}

/// A recorded distance this many months above the true one is hidden capacity.
pub(crate) const HIDDEN_CAPACITY_MONTHS: f64 = 12.0;

/// What kind of client to draw.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// Of the trial population, far from work.
    Trial,
    /// Of a whole caseload: there at the start, or a new entrant; near to work, or far.
    Stock {
        /// Comes in later.
        entrant: bool,
        /// Near to work.
        near: bool,
    },
}

/// Draws a client in no step yet. `stock` multiplies the probabilities of an irregularity at the start.
pub(super) fn draw(
    parameters: &Parameters,
    margins: &Margins,
    words: &StartWords,
    id: u32,
    origin: Origin,
    stock: f64,
) -> Client {
    let far = &parameters.far;
    let z = margins.copula.draw(words);
    let stock_population = &parameters.stock;
    let (distance, duration) = match origin {
        Origin::Trial => (&far.recorded_distance, &far.months_on_benefit),
        Origin::Stock { near: false, .. } => {
            (&stock_population.far_recorded_distance, &stock_population.far_months_on_benefit)
        }
        Origin::Stock { near: true, .. } => {
            (&stock_population.near_recorded_distance, &stock_population.near_months_on_benefit)
        }
    };
    let entrant = matches!(origin, Origin::Stock { entrant: true, .. });
    let near = matches!(origin, Origin::Stock { near: true, .. });
    let age = if entrant { &margins.entrant_age } else { &margins.age };
    let months_on_benefit = if entrant { 0.0 } else { duration.median * libm::exp(duration.sigma * z[1]) };
    let recorded = (distance.median * libm::exp(distance.sigma * z[0]))
        // Bounds that were drawn from priors may cross, which clamp does not forgive.
        .max(distance.min)
        .min(distance.max)
        .clamp(0.5, 120.0);
    let severity = severities(parameters, margins, words, z[3], z[4]);
    let distance_true = true_distance(
        parameters,
        margins,
        recorded,
        words.of(Process::StartHiddenCapacity),
        words.normal(Process::StartTrueDistance),
    );
    let (confidence, motivation) = (state(&far.confidence, z[6]), state(&far.motivation, z[7]));
    Client {
        id,
        age_months: age.months(z[2]),
        months_on_benefit,
        household: household_of(words.of(Process::StartHousehold), far.scalars.single_or_lone_parent_share),
        language_need: sample::occurs(words.of(Process::StartLanguage), far.scalars.language_need_share),
        distance_true,
        distance_observed: distance_true,
        distance_recorded: recorded,
        trust: state(&far.trust, z[5]),
        confidence,
        motivation,
        knowledge: state(&far.knowledge, z[8]),
        severity,
        disclosed: disclosed(far.scalars.disclosed_share, words, &severity),
        out_of_reach: !near
            && sample::occurs(words.of(Process::StartOutOfReach), parameters.reach.out_of_reach_share),
        active: Set::EMPTY,
        confidence_rest: confidence,
        motivation_rest: motivation,
        irregularity: irregularity_of(parameters, words.of(Process::StartIrregularity), stock),
        wages: false,
        frailty: margins.frailty.at(words.normal(Process::StartFrailty)),
        enrollment_luck: sample::unit(words.of(Process::StartEnrollment)),
    }
}

/// The problems that the municipality knows of at the start.
fn disclosed(share: f64, words: &StartWords, severity: &PerDomain<f64>) -> Set<Domain> {
    Set::of(|domain: Domain| {
        severity[domain] > 0.0 && sample::occurs(words.member(Process::StartDisclosed, domain.index()), share)
    })
}

/// A state between 0 and 1 from a normal score, clamped.
fn state(distribution: &UnitState, z: f64) -> f64 {
    (distribution.mean + distribution.sd * z).clamp(0.0, 1.0)
}

/// With hidden capacity `x = x_r * Beta(2, 3)`, else `x = x_r * exp(N(0, noise))`; kept within 0.5 to 120 months.
fn true_distance(
    parameters: &Parameters,
    margins: &Margins,
    recorded: f64,
    capacity: u32,
    score: f64,
) -> f64 {
    let scalars = &parameters.far.scalars;
    let factor = if sample::occurs(capacity, scalars.hidden_capacity_share) {
        margins.capacity.at(score)
    } else {
        libm::exp(scalars.true_distance_noise * score)
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
fn severities(
    parameters: &Parameters,
    margins: &Margins,
    words: &StartWords,
    problems: f64,
    health: f64,
) -> PerDomain<f64> {
    let prevalence = prevalences(parameters);
    let loading = parameters.far.scalars.problem_liability_loading;
    let own_weight = libm::sqrt(1.0 - loading * loading);
    let joint = |draw: Process| loading * problems + own_weight * words.normal(draw);
    PerDomain::from_fn(|domain| {
        let liability = match domain {
            Domain::Housing => joint(Process::StartOwnHousing),
            Domain::Finances => joint(Process::StartOwnFinances),
            Domain::Relations => joint(Process::StartOwnRelations),
            Domain::Health => health,
            Domain::Meaning => joint(Process::StartOwnMeaning),
        };
        if liability < margins.free_of_problems[domain] {
            return 0.0;
        }
        let share = prevalence[domain];
        let rank = normal::cdf(liability) - (1.0 - share);
        if rank > 0.0 && share > 0.0 { 0.5 + 0.5 * (rank / share).min(1.0) } else { 0.0 }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::population::{ClientMaker, client_id};
    use crate::random::Dice;
    use crate::scenario::Scenario;

    fn parameters() -> Parameters {
        Scenario::from_text("extends = \"lange-adem\"\nname = \"clients\"").expect("a scenario").parameters
    }

    #[test]
    fn section_5_states_are_normal_and_clamped() {
        let trust = UnitState { mean: 0.4, sd: 0.2 };
        assert_eq!([-9.0, 0.0, 1.0, 9.0].map(|z| state(&trust, z)), [0.0, 0.4, 0.4 + 0.2, 1.0]);
    }

    #[test]
    fn section_5_half_of_those_alone_are_lone_parents() {
        let household = |u: f64| household_of((u * 4_294_967_296.0) as u32, 0.6);
        assert_eq!([household(0.29), household(0.31)], [Household::LoneParent, Household::Single]);
        assert_eq!([household(0.79), household(0.81)], [Household::Couple, Household::CoupleWithChildren]);
    }

    #[test]
    fn section_5_true_distance_is_noise_around_the_record_or_a_hidden_part_of_it() {
        let p = parameters();
        let margins = Margins::of(&p, 800.0);
        // A word of the middle has a normal score of 0: no noise, and the median of Beta(2, 3).
        let [middle, largest] = [1 << 31, u32::MAX].map(sample::normal);
        assert!((true_distance(&p, &margins, 40.0, u32::MAX, middle) - 40.0).abs() < 1e-6);
        assert!((true_distance(&p, &margins, 40.0, 0, middle) / 40.0 - 0.385_727_568).abs() < 1e-5);
        assert_eq!(true_distance(&p, &margins, 120.0, u32::MAX, largest), 120.0);
    }

    #[test]
    fn section_5_a_problem_has_a_severity_over_one_half() {
        let p = parameters();
        let words = StartWords::draw(&Dice::new(1, 0), 0);
        let health =
            |liability: f64| severities(&p, &Margins::of(&p, 800.0), &words, 0.0, liability)[Domain::Health];
        assert_eq!(health(-9.0), 0.0);
        assert!(health(9.0) > 0.999 && health(9.0) <= 1.0);
        let threshold = sample::normal_quantile(1.0 - p.far.problem_prevalence.health);
        assert_eq!(health(threshold - 1e-6), 0.0);
        assert!((health(threshold + 1e-6) - 0.5).abs() < 1e-4);
    }

    #[test]
    fn section_5_an_irregularity_is_intentional_first_and_at_most_certain() {
        let p = parameters();
        let at = |u: f64, stock: f64| irregularity_of(&p, (u * 4_294_967_296.0) as u32, stock);
        let (first, both) =
            (p.fraud.initial_intentional, p.fraud.initial_intentional + p.fraud.initial_unintentional);
        assert_eq!(at(first * 0.99, 1.0), Irregularity::Intentional);
        assert_eq!(at(both * 0.99, 1.0), Irregularity::Unintentional);
        assert_eq!(at(both * 1.01, 1.0), Irregularity::None);
        assert_eq!([at(0.999, 1e6), at(0.0, 0.0)], [Irregularity::Intentional, Irregularity::None]);
    }

    #[test]
    fn section_5_only_problems_are_disclosed() {
        let severity = PerDomain::from_fn(|domain| f64::from(u8::from(domain == Domain::Finances)));
        let known = disclosed(1.0, &StartWords::draw(&Dice::new(1, 0), 7), &severity);
        assert!(Domain::ALL.iter().all(|&domain| known.has(domain) == (domain == Domain::Finances)));
    }

    #[test]
    fn section_5_the_trial_population_is_far_and_within_its_limits() {
        let scenario =
            Scenario::from_text("extends = \"lange-adem\"\nname = \"clients\"").expect("a scenario");
        let maker = ClientMaker::new(&scenario, Dice::new(3, 0));
        let limits = &scenario.parameters.far.recorded_distance;
        for number in 0..200 {
            let client = maker.client(client_id(0, number), 1.0);
            assert!(client.distance_recorded >= limits.min && client.distance_recorded <= limits.max);
            assert!((0.5..=120.0).contains(&client.distance_true));
        }
    }
}
