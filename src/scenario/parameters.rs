//! Every parameter of the model as a plain struct: names, meaning, units and allowed ranges.
//!
//! The values, priors and sources stand in `scenarios/reference.toml`; this file says which parameters exist and
//! within which limits the model is defined. One macro writes both the struct and the list of its leaves, so that the
//! validator, the schema and the engine can never disagree.

use crate::kinds::PerStep;

/// One numeric leaf of the parameter tree: its key within the group and the limits the model allows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaf {
    /// Key within the group, as written in a scenario.
    pub key: &'static str,
    /// Smallest allowed value (inclusive).
    pub min: f64,
    /// Largest allowed value (inclusive).
    pub max: f64,
}

impl Leaf {
    /// The key as it is written in a scenario (`move`, where Rust needs `r#move`).
    pub(crate) fn name(&self) -> &'static str {
        self.key.strip_prefix("r#").unwrap_or(self.key)
    }
}

/// A group of parameters whose leaves can be listed and reached by key.
pub trait Group {
    /// The leaves in the order in which they are declared.
    const LEAVES: &'static [Leaf];
    /// The value behind `key`, for reading.
    fn get(&self, key: &str) -> Option<f64>;
    /// The place behind `key`, for writing.
    fn slot(&mut self, key: &str) -> Option<&mut f64>;
}

macro_rules! group {
    ($(#[$meta:meta])* $name:ident { $($(#[$field_meta:meta])* $field:ident : $min:expr, $max:expr;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct $name<N = f64> {
            $($(#[$field_meta])* pub $field: N,)*
        }
        impl $name {
            /// The same in single precision, for the lanes of the engine.
            pub fn single(&self) -> $name<f32> {
                $name { $($field: self.$field as f32,)* }
            }
        }
        impl Group for $name {
            const LEAVES: &'static [Leaf] = &[$(Leaf { key: stringify!($field), min: $min, max: $max }),*];
            fn get(&self, key: &str) -> Option<f64> {
                match key { $(stringify!($field) => Some(self.$field),)* _ => None }
            }
            fn slot(&mut self, key: &str) -> Option<&mut f64> {
                match key { $(stringify!($field) => Some(&mut self.$field),)* _ => None }
            }
        }
    };
}

group! {
    /// A lognormal distribution, truncated by clamping to `[min, max]`.
    ClampedLogNormal {
        /// Median, in the unit of the variable.
        median: 1e-3, 1e4;
        /// Standard deviation of the logarithm.
        sigma: 0.0, 5.0;
        /// Lower limit, same unit as the median.
        min: 0.0, 1e4;
        /// Upper limit, same unit as the median.
        max: 1e-3, 1e4;
    }
}

group! {
    /// A lognormal distribution without limits.
    LogNormal {
        /// Median, in the unit of the variable.
        median: 1e-3, 1e4;
        /// Standard deviation of the logarithm.
        sigma: 0.0, 5.0;
    }
}

group! {
    /// Age at the start: `min + (max - min) * Beta`, in years.
    AgeYears {
        /// Youngest, years.
        min: 18.0, 70.0;
        /// Oldest, years.
        max: 18.0, 70.0;
        /// Mean of the Beta distribution, as a share of the span.
        mean_share: 0.01, 0.99;
        /// Standard deviation of the Beta distribution, as a share of the span; 0 gives everybody the mean.
        sd_share: 0.0, 0.49;
    }
}

group! {
    /// Share of clients with a problem in each life domain at the start.
    ProblemPrevalence {
        /// Housing.
        housing: 0.0, 1.0;
        /// Finances.
        finances: 0.0, 1.0;
        /// Relations.
        relations: 0.0, 1.0;
        /// Health.
        health: 0.0, 1.0;
        /// Meaning.
        meaning: 0.0, 1.0;
    }
}

group! {
    /// A state between 0 and 1 at the start: normal, clamped to [0, 1].
    UnitState {
        /// Mean.
        mean: 0.0, 1.0;
        /// Standard deviation before clamping.
        sd: 0.0, 1.0;
    }
}

group! {
    /// Single numbers of the trial population.
    PopulationScalars {
        /// Share whose true distance is far shorter than recorded (`x = x_r * Beta(2,3)`).
        hidden_capacity_share: 0.0, 1.0;
        /// Spread of the true around the recorded distance for everybody else, sd of the log.
        true_distance_noise: 0.0, 2.0;
        /// Share that is single or lone parent.
        single_or_lone_parent_share: 0.0, 1.0;
        /// Share that needs language practice.
        language_need_share: 0.0, 1.0;
        /// Loading of the common liability on the problems: `loading * copula + sqrt(1 - loading^2) * own`.
        problem_liability_loading: 0.0, 1.0;
        /// Variance of the gamma frailty (mean 1) on the hazard of work.
        frailty_variance: 0.0, 10.0;
        /// Share of problems that the municipality already knows of at the start.
        disclosed_share: 0.0, 1.0;
    }
}

/// The population at the start (`population.far`, model page section 5).
#[derive(Clone, Debug, Default, PartialEq)]
pub struct FarPopulation {
    /// Recorded distance to the labor market, months.
    pub recorded_distance: ClampedLogNormal,
    /// Months on benefit in the current spell at the start.
    pub months_on_benefit: LogNormal,
    /// Age, years.
    pub age_years: AgeYears,
    /// Problems per life domain.
    pub problem_prevalence: ProblemPrevalence,
    /// Trust in the municipality.
    pub trust: UnitState,
    /// Self-confidence.
    pub confidence: UnitState,
    /// Motivation.
    pub motivation: UnitState,
    /// Applied knowledge of the rules.
    pub knowledge: UnitState,
    /// Single numbers.
    pub scalars: PopulationScalars,
}

group! {
    /// Who can be reached at all (`population`, model page section 5).
    Reach {
        /// Share of the far clients for whom paid work is out of reach: no hazard of work.
        out_of_reach_share: 0.0, 1.0;
    }
}

group! {
    /// Single numbers of the whole-caseload population (`population.stock`).
    StockScalars {
        /// Share of the caseload that is near (drawn from the near distributions).
        near_share: 0.0, 1.0;
        /// Share of new entrants that is near.
        entrant_near_share: 0.0, 1.0;
        /// Hazard per month on benefit that hidden capacity has been seen before the start.
        capacity_seen: 0.0, 5.0;
        /// Expected entries per month, as a share of the caseload at the start.
        inflow_share_of_stock: 0.0, 0.2;
        /// Expected returns per month at the start, as a share of the caseload, of those who left before the start.
        returns_share_of_stock: 0.0, 0.2;
        /// Variance of the monthly number of entries divided by its mean (1 = Poisson).
        inflow_overdispersion: 1.0, 100.0;
    }
}

/// A whole caseload: its near part, the months on benefit of both parts, and its inflow.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StockPopulation {
    /// Recorded distance of near clients and near entrants, months.
    pub near_recorded_distance: ClampedLogNormal,
    /// Recorded distance of far clients and far entrants, months.
    pub far_recorded_distance: ClampedLogNormal,
    /// Months on benefit of near clients at the start.
    pub near_months_on_benefit: LogNormal,
    /// Months on benefit of far clients at the start.
    pub far_months_on_benefit: LogNormal,
    /// Age of new entrants, years.
    pub entrant_age_years: AgeYears,
    /// Single numbers.
    pub scalars: StockScalars,
}

/// The nine variables that the Gaussian copula joins, in the order of the correlation matrix.
pub(crate) const COPULA_VARIABLES: [&str; 9] =
    ["distance", "duration", "age", "problems", "health", "trust", "confidence", "motivation", "knowledge"];

/// Correlations of the Gaussian copula, a symmetric matrix with ones on the diagonal, positive definite.
#[derive(Clone, Debug, PartialEq)]
pub struct Correlation(pub [[f64; 9]; 9]);

impl Default for Correlation {
    fn default() -> Self {
        let mut matrix = [[0.0; 9]; 9];
        for (index, row) in matrix.iter_mut().enumerate() {
            row[index] = 1.0;
        }
        Self(matrix)
    }
}

group! {
    /// Random effects between sites, and neglect.
    SiteEffects {
        /// Sd of the conversation-quality effect, logit scale.
        quality_sd: 0.0, 3.0;
        /// Sd of the log of the stock of irregularities (mean-one multiplier).
        irregularity_stock_sd: 0.0, 3.0;
        /// Sd of the log of the signalling culture (mean-one multiplier).
        signalling_sd: 0.0, 3.0;
        /// Sd of the log of the labor market (mean-one multiplier).
        labour_market_sd: 0.0, 3.0;
        /// How long clients have been unseen: 1 = as usual, 1.4 = long unseen; multiplies the stock of irregularities.
        neglect: 0.0, 10.0;
    }
}

group! {
    /// Caseworkers.
    CaseworkerParameters {
        /// Conversation slots a month.
        slots_per_month: 0.0, 1e6;
        /// Hazard per month that a caseworker is replaced.
        turnover: 0.0, 5.0;
        /// Effect of optimism on the log hazard of work, per unit of optimism in [-1/2, 1/2].
        optimism: 0.0, 3.0;
    }
}

group! {
    /// No-show and suspension (model page 7.1).
    NoShow {
        /// Logit of the no-show probability at trust .4 without health problem.
        base: -50.0, 20.0;
        /// Fall of the logit per unit of trust.
        trust: -20.0, 20.0;
        /// Rise of the logit with a health problem.
        health: -20.0, 20.0;
        /// No-shows in a row that suspend the client.
        suspend_after: 1.0, 1000.0;
        /// Part of a slot that a no-show takes.
        slot_share: 0.0, 1.0;
        /// Hazard per month of leaving as withdrawn while suspended.
        suspension_exit: 0.0, 10.0;
    }
}

group! {
    /// Conversation quality, trust, information, disclosure and discovery (model page 7.2 and 7.3).
    Conversation {
        /// Weight of the caseworker's skill, logit scale.
        quality_skill: 0.0, 5.0;
        /// Weight of the match of client and caseworker, logit scale.
        quality_match: 0.0, 5.0;
        /// Sd of the talk-to-talk noise, logit scale.
        quality_noise: 0.0, 5.0;
        /// Effect of trust on quality, logit per unit of trust.
        quality_trust: -10.0, 10.0;
        /// Gain of trust per talk with a fixed caseworker, share of what is missing, times quality.
        trust_gain: 0.0, 1.0;
        /// Return of trust to the client's own level, per month.
        trust_decay: 0.0, 1.0;
        /// Share of trust lost when a fixed caseworker is replaced.
        trust_loss_change: 0.0, 1.0;
        /// Share of trust lost with a confirmed irregularity.
        trust_loss_sanction: 0.0, 1.0;
        /// Gain of knowledge per talk, share of what is missing, times quality.
        info_gain: 0.0, 1.0;
        /// Decay of knowledge towards its rest level, per month.
        info_decay: 0.0, 1.0;
        /// Level that knowledge decays to without contact.
        info_rest: 0.0, 1.0;
        /// Rise of the perceived chance of detection per talk, share of the way to `detect_face`.
        detect_gain: 0.0, 1.0;
        /// Perceived chance of detection while sitting face to face.
        detect_face: 0.0, 1.0;
        /// Perceived chance of detection without contact.
        detect_rest: 0.0, 1.0;
        /// Decay of the perceived chance of detection, per month.
        detect_decay: 0.0, 1.0;
        /// Hazard per talk of disclosing a problem domain, times quality.
        disclose: 0.0, 20.0;
        /// Log-effect of trust on disclosure.
        disclose_trust: -10.0, 10.0;
        /// Hazard per talk of discovering hidden capacity, times quality.
        discover: 0.0, 20.0;
    }
}

group! {
    /// What is common to all small steps (model page 7.4).
    StepParameters {
        /// Log-effect of trust on starting.
        trust: -20.0, 20.0;
        /// Log-effect of confidence on starting.
        confidence: -20.0, 20.0;
        /// Log-effect of motivation on starting.
        motivation: -20.0, 20.0;
        /// Kick of an attended talk: log-effect 2 * kick * quality.
        kick: 0.0, 10.0;
        /// Fading of the kick: its factor is exp(-kick_fade * talks held before since entry).
        kick_fade: 0.0, 10.0;
        /// Hazard per month of extending a visible step that runs, at trust .4, confidence .35, motivation .4.
        extend: 0.0, 5.0;
        /// Gain of confidence with a start.
        start_confidence: 0.0, 1.0;
        /// Gain of motivation with a start.
        start_motivation: 0.0, 1.0;
        /// Share of stops that are a drop-out.
        dropout_share: 0.0, 1.0;
        /// Loss of confidence with a drop-out.
        dropout_confidence: 0.0, 1.0;
        /// Gain of confidence with showing up for the first time in a year or after a no-show.
        show_up_confidence: 0.0, 1.0;
        /// Fall of a disclosed problem's severity per month of active help.
        help_heals: 0.0, 1.0;
    }
}

group! {
    /// Start, stop and weight of one kind of step.
    StepKindRates {
        /// Start hazard per month at trust .4, confidence .35, motivation .4.
        start: 0.0, 5.0;
        /// Stop hazard per month.
        stop: 0.0, 5.0;
        /// Weight on the distance while active.
        weight: 0.0, 1.0;
    }
}

group! {
    /// Need of a help step by disclosed problems: `base + per_disclosed * (disclosed domains it serves)`.
    HelpNeed {
        /// Need without disclosed problems.
        base: 0.0, 100.0;
        /// Need added by each disclosed domain.
        per_disclosed: 0.0, 100.0;
    }
}

group! {
    /// Need of a step by distance: of a trajectory by the recorded, of a small job by the true distance.
    DistanceNeed {
        /// Distance up to 12 months.
        within_12: 0.0, 100.0;
        /// Distance over 12 and up to 24 months.
        within_24: 0.0, 100.0;
        /// Distance over 24 months.
        beyond_24: 0.0, 100.0;
    }
}

impl DistanceNeed {
    /// The need at a distance in months.
    #[inline]
    pub(crate) fn at(&self, distance: f64) -> f64 {
        if distance <= 12.0 {
            self.within_12
        } else if distance <= 24.0 {
            self.within_24
        } else {
            self.beyond_24
        }
    }
}

/// Everything about small steps.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Steps<N = f64> {
    /// What is common.
    pub common: StepParameters<N>,
    /// Rates per kind.
    pub kind: PerStep<StepKindRates<N>>,
    /// Need of the help steps; zero for the others.
    pub help_need: PerStep<HelpNeed<N>>,
    /// Need by distance of a trajectory and a small job; zero for the others.
    pub distance_need: PerStep<DistanceNeed<N>>,
}

impl Steps {
    /// The same in single precision, for the lanes of the engine.
    pub(crate) fn single(&self) -> Steps<f32> {
        Steps {
            common: self.common.single(),
            kind: PerStep::from_fn(|step| self.kind[step].single()),
            help_need: PerStep::from_fn(|step| self.help_need[step].single()),
            distance_need: PerStep::from_fn(|step| self.distance_need[step].single()),
        }
    }
}

group! {
    /// The true distance (model page 7.5).
    Distance {
        /// Growth of the distance without any step, months per month. Negative values (the distance shrinks by itself) are
        /// there for checks against exact first-passage times.
        decay: -10.0, 10.0;
        /// Further growth while no step is active and no talk is held, months per month.
        decay_idle: 0.0, 10.0;
        /// Fall of the distance at full activity, months per month.
        progress: 0.0, 100.0;
        /// Share of progress lost at full problem severity.
        problem_drag: 0.0, 1.0;
        /// Noise, months per square root of a month.
        noise: 0.0, 20.0;
    }
}

group! {
    /// Confidence and motivation (model page 7.6).
    Drive {
        /// Gain of confidence per talk, share of what is missing, times quality.
        confidence_talk: 0.0, 1.0;
        /// Return of confidence to the client's own level, per month.
        confidence_revert: 0.0, 1.0;
        /// Gain of motivation per talk, share of what is missing, times quality.
        motivation_talk: 0.0, 1.0;
        /// Return of motivation to the client's own level, per month.
        motivation_revert: 0.0, 1.0;
        /// Goal gradient: gain of motivation per month at the end of the current band.
        goal_gradient: 0.0, 1.0;
    }
}

group! {
    /// The hazard of work (model page 7.9).
    WorkExit {
        /// Hazard per month at distance 0, average confidence and motivation.
        base: 0.0, 5.0;
        /// Distance over which the hazard falls by a factor e, months.
        scale: 0.1, 1e12;
        /// Log-effect of confidence.
        confidence: -20.0, 20.0;
        /// Log-effect of motivation.
        motivation: -20.0, 20.0;
        /// Factor for a recorded distance over 12 months.
        unseen: 0.0, 1.0;
        /// Factor during a trajectory.
        lock_in: 0.0, 1.0;
        /// Log-effect of an invitation in the month, true distance up to 12 months.
        threat: -5.0, 5.0;
        /// Factor with a severe health problem (over .5).
        health: 0.0, 10.0;
        /// Power of (1 + d / 12), d = months on benefit.
        duration: -5.0, 5.0;
    }
}

group! {
    /// Exits that are not to work (model page 7.9).
    OtherExits {
        /// Hazard per month up to age 27, falling by exp(-.12) a year.
        education: 0.0, 5.0;
        /// Hazard per month of a new relationship, single or lone parent.
        relationship: 0.0, 5.0;
        /// Hazard per month of moving away.
        r#move: 0.0, 5.0;
        /// Hazard per month of death at 45, times exp(.08) a year.
        death: 0.0, 5.0;
        /// Hazard per month of withdrawing without being called.
        withdrawal: 0.0, 5.0;
    }
}

group! {
    /// Exit for other reasons: income of the household, administrative, detention (model page 7.9).
    OtherExit {
        /// Hazard per month at the start of a spell.
        base: 0.0, 5.0;
        /// Fall with the months on benefit d: the hazard is base * (1 + d/12)^-shape.
        shape: 0.0, 5.0;
    }
}

group! {
    /// Probability of withdrawing when called, by hidden irregularity.
    WithdrawalAtInvitation {
        /// No irregularity.
        none: 0.0, 0.999999;
        /// Unintentional irregularity.
        unintentional: 0.0, 0.999999;
        /// Intentional irregularity.
        intentional: 0.0, 0.999999;
    }
}

group! {
    /// Return to benefit: a mixture of returners and others (model page 7.9).
    Returns {
        /// Hazard per month since exit of those who come back.
        hazard: 0.0, 5.0;
    }
}

group! {
    /// Share of those who left for a reason that will come back.
    ReturnShares {
        /// After work.
        work: 0.0, 1.0;
        /// After education.
        education: 0.0, 1.0;
        /// After a relationship.
        relationship: 0.0, 1.0;
        /// After moving away.
        r#move: 0.0, 1.0;
        /// After a termination for fraud.
        fraud: 0.0, 1.0;
        /// After withdrawal.
        withdrawal: 0.0, 1.0;
        /// After another reason.
        other: 0.0, 1.0;
    }
}

group! {
    /// Irregularities, detection and sanction (model page 7.7 and 7.8).
    Fraud {
        /// Probability of an unintentional irregularity at the start.
        initial_unintentional: 0.0, 1.0;
        /// Probability of an intentional irregularity at the start.
        initial_intentional: 0.0, 1.0;
        /// Onset hazard per month, unintentional.
        onset_unintentional: 0.0, 5.0;
        /// Onset hazard per month, intentional.
        onset_intentional: 0.0, 5.0;
        /// Onset hazard per month of a small job: wages that are not reported.
        onset_wages: 0.0, 5.0;
        /// Share of wages not reported that is intentional.
        wages_intentional: 0.0, 1.0;
        /// Log-effect of knowledge on unintentional onset.
        info_protects: -20.0, 20.0;
        /// Log-effect of perceived detection on intentional onset and ending.
        deterrence: -20.0, 20.0;
        /// Hazard per month that an unintentional irregularity ends by itself.
        fix_unintentional: 0.0, 5.0;
        /// Hazard per month that an intentional irregularity ends by itself.
        fix_intentional: 0.0, 5.0;
        /// Hazard per month of calling on own initiative at trust .4.
        call_base: 0.0, 5.0;
        /// Log-effect of trust on calling.
        call_trust: -20.0, 20.0;
        /// Probability that a call puts an unintentional irregularity right.
        call_fix: 0.0, 1.0;
        /// Background detection hazard per month, unintentional.
        background_unintentional: 0.0, 5.0;
        /// Background detection hazard per month, intentional.
        background_intentional: 0.0, 5.0;
        /// Background hazard per month of a false signal.
        background_false: 0.0, 5.0;
        /// Detection hazard per month by data matching of wages that are not reported.
        match_wages: 0.0, 20.0;
        /// Detection hazard per talk, unintentional.
        talk_unintentional: 0.0, 20.0;
        /// Detection hazard per talk, intentional.
        talk_intentional: 0.0, 20.0;
        /// Hazard per talk of a false signal.
        talk_false: 0.0, 20.0;
        /// Share of unintentional irregularities found in a talk that becomes a signal; the rest is put right silently.
        booked: 0.0, 1.0;
        /// Hazard per month that an investigation ends.
        investigate: 0.0, 20.0;
        /// Probability that an investigation confirms a real irregularity.
        confirm: 0.0, 1.0;
        /// Probability of termination after a confirmed intentional irregularity.
        terminate_intentional: 0.0, 1.0;
        /// Probability of termination after a confirmed unintentional irregularity.
        terminate_unintentional: 0.0, 1.0;
    }
}

group! {
    /// The observation model (model page 7.10).
    Observation {
        /// Share of exits without a recorded reason.
        reason_unknown: 0.0, 1.0;
    }
}

group! {
    /// Costs and benefits (model page 7.11), EUR.
    Costs {
        /// Caseworker hours per talk held, preparation and reporting included.
        hours_per_talk: 0.0, 100.0;
        /// Caseworker hours per no-show.
        hours_per_no_show: 0.0, 100.0;
        /// Cost of a caseworker hour, EUR.
        hour: 0.0, 1000.0;
        /// Benefit per client-month, EUR.
        benefit_month: 0.0, 10000.0;
        /// Mean claim of a confirmed irregularity, EUR.
        mean_claim: 0.0, 1e6;
        /// Share of claims that is recovered.
        recovery_share: 0.0, 1.0;
        /// Cost of a month of trajectory, EUR.
        trajectory_month: 0.0, 1e5;
        /// Wages of a month in a small job that are set off against the benefit, EUR.
        wages_month: 0.0, 10000.0;
        /// Discount rate per year.
        discount_rate: -0.2, 1.0;
    }
}

/// Statutory pension (AOW) age in months by calendar year; later years hold the last value, earlier years the first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PensionAge {
    /// First calendar year of the list.
    pub first_year: i32,
    /// Pension age in months, one per consecutive year.
    pub months: Vec<u32>,
}

impl PensionAge {
    /// Pension age in months in a calendar year.
    pub fn in_year(&self, year: i32) -> u32 {
        let last = self.months.len().saturating_sub(1);
        let index = usize::try_from(year - self.first_year).unwrap_or(0).min(last);
        self.months.get(index).copied().unwrap_or(u32::MAX)
    }
}

/// All parameters of the full model, resolved: what the engine reads.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters {
    /// Population at the start.
    pub far: FarPopulation,
    /// Who can be reached at all.
    pub reach: Reach,
    /// A whole caseload and its inflow.
    pub stock: StockPopulation,
    /// Copula of the population.
    pub correlation: Correlation,
    /// Random effects between sites.
    pub site: SiteEffects,
    /// Caseworkers.
    pub caseworker: CaseworkerParameters,
    /// No-show and suspension.
    pub no_show: NoShow,
    /// Conversations.
    pub conversation: Conversation,
    /// Small steps.
    pub steps: Steps,
    /// True distance.
    pub distance: Distance,
    /// Confidence and motivation.
    pub drive: Drive,
    /// Exit to work.
    pub work: WorkExit,
    /// Other exits.
    pub exit: OtherExits,
    /// Exit for other reasons.
    pub other: OtherExit,
    /// Withdrawal at an invitation.
    pub withdrawal_at_invitation: WithdrawalAtInvitation,
    /// Return to benefit.
    pub returns: Returns,
    /// Who comes back, by reason of exit.
    pub return_shares: ReturnShares,
    /// Irregularities and detection.
    pub fraud: Fraud,
    /// What is on file.
    pub observation: Observation,
    /// Money.
    pub costs: Costs,
    /// Pension age by year.
    pub pension_age: PensionAge,
}
