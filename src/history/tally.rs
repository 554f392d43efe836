//! Monthly totals of one group of clients (one arm at one site): counts and sums, all additive over groups.

use super::reason::EXIT_REASONS;

/// What a column of totals is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TallyKind {
    /// Events during a month; the entry of month m counts what happened in the month that ends at m.
    Flow,
    /// A state at the end of a month; the entry of month m is the state at m.
    Stock,
}

macro_rules! tallies {
    ($($(#[$meta:meta])* $variant:ident $name:literal $kind:ident $unit:literal;)*) => {
        /// A monthly total. Ranges such as the exits by reason are consecutive: see the `*_AT` functions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        #[repr(usize)]
        pub enum Tally { $($(#[$meta])* $variant,)* }

        impl Tally {
            /// All totals in column order.
            pub const ALL: &'static [Tally] = &[$(Tally::$variant),*];

            /// Name in files.
            pub fn name(self) -> &'static str {
                match self { $(Tally::$variant => $name,)* }
            }

            /// Flow or stock.
            pub fn kind(self) -> TallyKind {
                match self { $(Tally::$variant => TallyKind::$kind,)* }
            }

            /// Unit of the total.
            pub fn unit(self) -> &'static str {
                match self { $(Tally::$variant => $unit,)* }
            }
        }
    };
}

tallies! {
    /// Clients who came in: participants at their enrolment and new entrants.
    Entered "entered" Flow "clients";
    /// Returns to benefit after an exit.
    Returned "returned" Flow "clients";
    /// Clients on benefit.
    OnBenefit "on_benefit" Stock "clients";
    /// Benefit paid: client-months on benefit.
    BenefitMonths "benefit_months" Flow "client-months";
    /// Clients who left for the first time.
    FirstExits "first_exits" Flow "clients";
    /// Exits to work.
    ExitWork "exit_work" Flow "exits";
    /// Exits to education.
    ExitEducation "exit_education" Flow "exits";
    /// Exits by a new relationship.
    ExitRelationship "exit_relationship" Flow "exits";
    /// Exits by moving away.
    ExitMove "exit_move" Flow "exits";
    /// Deaths.
    ExitDeath "exit_death" Flow "exits";
    /// Exits at pension age.
    ExitPension "exit_pension" Flow "exits";
    /// Terminations after a confirmed irregularity.
    ExitFraud "exit_fraud" Flow "exits";
    /// Withdrawals.
    ExitWithdrawal "exit_withdrawal" Flow "exits";
    /// Exits for another reason (transition tables only).
    ExitOther "exit_other" Flow "exits";
    /// Exits recorded as work.
    RecordedWork "recorded_work" Flow "exits";
    /// Exits recorded as education.
    RecordedEducation "recorded_education" Flow "exits";
    /// Exits recorded as relationship.
    RecordedRelationship "recorded_relationship" Flow "exits";
    /// Exits recorded as a move.
    RecordedMove "recorded_move" Flow "exits";
    /// Exits recorded as death.
    RecordedDeath "recorded_death" Flow "exits";
    /// Exits recorded as pension.
    RecordedPension "recorded_pension" Flow "exits";
    /// Exits recorded as fraud.
    RecordedFraud "recorded_fraud" Flow "exits";
    /// Exits recorded as withdrawal.
    RecordedWithdrawal "recorded_withdrawal" Flow "exits";
    /// Exits recorded as another reason (transition tables only).
    RecordedOther "recorded_other" Flow "exits";
    /// Exits without a recorded reason.
    RecordedUnknown "recorded_unknown" Flow "exits";
    /// Fraud signals, all channels.
    Signals "signals" Flow "signals";
    /// Fraud signals from talks.
    SignalsTalk "signals_talk" Flow "signals";
    /// Fraud signals from data matching and tips.
    SignalsBackground "signals_background" Flow "signals";
    /// Fraud signals about clients without an irregularity (truth).
    SignalsFalse "signals_false" Flow "signals";
    /// Clients with their first signal.
    SignalClients "signal_clients" Flow "clients";
    /// Investigations that confirmed an irregularity.
    Confirmed "confirmed" Flow "investigations";
    /// Confirmed irregularities that were corrected without termination.
    Corrected "corrected" Flow "investigations";
    /// Unintentional irregularities put right silently in a talk (prevention).
    PutRightInTalk "put_right_in_talk" Flow "irregularities";
    /// Unintentional irregularities put right after a call on own initiative.
    PutRightByCall "put_right_by_call" Flow "irregularities";
    /// Irregularities that ended by themselves.
    EndedByItself "ended_by_itself" Flow "irregularities";
    /// New unintentional irregularities (truth).
    OnsetUnintentional "onset_unintentional" Flow "irregularities";
    /// New intentional irregularities (truth).
    OnsetIntentional "onset_intentional" Flow "irregularities";
    /// Hidden unintentional irregularities (truth).
    HiddenUnintentional "hidden_unintentional" Stock "clients";
    /// Hidden intentional irregularities (truth).
    HiddenIntentional "hidden_intentional" Stock "clients";
    /// Contacts on the client's own initiative.
    OwnInitiative "own_initiative" Flow "calls";
    /// Clients with their first visible activation.
    ActivatedClients "activated_clients" Flow "clients";
    /// Moves forward of the recorded band by progress (corrections of the file are not counted).
    BandForward "band_forward" Flow "moves";
    /// First attended talk after a year or after a no-show: showing up as a step.
    ShowingUp "showing_up" Flow "steps";
    /// Starts of sport.
    StartSport "start_sport" Flow "starts";
    /// Starts with the neighborhood team.
    StartNeighborhoodTeam "start_neighborhood_team" Flow "starts";
    /// Starts of mental care.
    StartMentalCare "start_mental_care" Flow "starts";
    /// Starts with the GP.
    StartGp "start_gp" Flow "starts";
    /// Starts of debt counselling.
    StartDebtCounselling "start_debt_counselling" Flow "starts";
    /// Starts with the food bank.
    StartFoodBank "start_food_bank" Flow "starts";
    /// Starts of Dutch practice.
    StartDutchPractice "start_dutch_practice" Flow "starts";
    /// Starts of volunteering.
    StartVolunteering "start_volunteering" Flow "starts";
    /// Starts of informal care.
    StartInformalCare "start_informal_care" Flow "starts";
    /// Starts of a trajectory.
    StartTrajectory "start_trajectory" Flow "starts";
    /// Clients in sport.
    ActiveSport "active_sport" Stock "clients";
    /// Clients with the neighborhood team.
    ActiveNeighborhoodTeam "active_neighborhood_team" Stock "clients";
    /// Clients in mental care.
    ActiveMentalCare "active_mental_care" Stock "clients";
    /// Clients with the GP.
    ActiveGp "active_gp" Stock "clients";
    /// Clients in debt counselling.
    ActiveDebtCounselling "active_debt_counselling" Stock "clients";
    /// Clients with the food bank.
    ActiveFoodBank "active_food_bank" Stock "clients";
    /// Clients in Dutch practice.
    ActiveDutchPractice "active_dutch_practice" Stock "clients";
    /// Clients who volunteer.
    ActiveVolunteering "active_volunteering" Stock "clients";
    /// Clients who give informal care.
    ActiveInformalCare "active_informal_care" Stock "clients";
    /// Clients in a trajectory.
    ActiveTrajectory "active_trajectory" Stock "clients";
    /// Client-months in a trajectory.
    TrajectoryMonths "trajectory_months" Flow "client-months";
    /// On benefit, rung 1: isolated.
    Rung1 "rung_1" Stock "clients";
    /// On benefit, rung 2: social contacts.
    Rung2 "rung_2" Stock "clients";
    /// On benefit, rung 3: organized activities.
    Rung3 "rung_3" Stock "clients";
    /// On benefit, rung 4: unpaid work.
    Rung4 "rung_4" Stock "clients";
    /// On benefit, rung 5: paid work with support.
    Rung5 "rung_5" Stock "clients";
    /// On benefit, further rungs of a ladder table (its rungs above the fifth).
    Rung6 "rung_6" Stock "clients";
    /// Recorded band over 48 months.
    BandOver48 "band_over_48" Stock "clients";
    /// Recorded band over 24, up to 48 months.
    Band24To48 "band_24_48" Stock "clients";
    /// Recorded band over 12, up to 24 months.
    Band12To24 "band_12_24" Stock "clients";
    /// Recorded band over 6, up to 12 months.
    Band6To12 "band_6_12" Stock "clients";
    /// Recorded band up to 6 months.
    BandUpTo6 "band_up_to_6" Stock "clients";
    /// Sum of true distances of clients on benefit (truth).
    DistanceTrue "distance_true" Stock "months";
    /// Sum of recorded distances of clients on benefit.
    DistanceRecorded "distance_recorded" Stock "months";
    /// Clients who came within 12 months of work (true distance) for the first time.
    CameNear "came_near" Flow "clients";
    /// Clients with capacity that is not on file: recorded minus true distance over 12 months (truth).
    HiddenCapacity "hidden_capacity" Stock "clients";
    /// Hidden capacity seen in a talk.
    CapacityFound "capacity_found" Flow "clients";
    /// Sum of trust of clients on benefit (truth).
    Trust "trust" Stock "index";
    /// Sum of self-confidence of clients on benefit (truth).
    Confidence "confidence" Stock "index";
    /// Sum of motivation of clients on benefit (truth).
    Motivation "motivation" Stock "index";
    /// Problem domains disclosed in talks.
    Disclosed "disclosed" Flow "domains";
    /// Talks that were due (or contacts that came up).
    TalksDue "talks_due" Flow "talks";
    /// Invitations sent: due talks that got a slot.
    Invited "invited" Flow "talks";
    /// Talks held.
    TalksHeld "talks_held" Flow "talks";
    /// No-shows.
    NoShows "no_shows" Flow "talks";
    /// Due talks left waiting at the end of the month.
    Backlog "backlog" Stock "talks";
    /// Sum of the quality of talks held (truth).
    Quality "quality" Flow "index";
    /// New caseworkers by turnover.
    NewCaseworkers "new_caseworkers" Flow "caseworkers";
}

/// Number of totals.
pub const TALLIES: usize = Tally::ALL.len();

impl Tally {
    /// The total that lies `offset` columns after this one (for consecutive ranges such as exits by reason).
    pub fn plus(self, offset: usize) -> Tally {
        Tally::ALL[(self as usize + offset).min(TALLIES - 1)]
    }

    /// The totals of exits by true reason.
    pub fn exits() -> impl Iterator<Item = Tally> {
        (0..EXIT_REASONS).map(|offset| Tally::ExitWork.plus(offset))
    }
}

/// Totals of one group, month by month: `values[tally * (months + 1) + month]`.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupTally {
    months: usize,
    values: Vec<f64>,
}

impl GroupTally {
    /// All zero, for months 0 to `months`.
    pub fn new(months: u32) -> Self {
        let months = months as usize;
        Self { months, values: vec![0.0; TALLIES * (months + 1)] }
    }

    /// Last month.
    pub fn months(&self) -> usize {
        self.months
    }

    /// Adds to a total in a month.
    #[inline]
    pub fn add(&mut self, tally: Tally, month: usize, amount: f64) {
        self.values[tally as usize * (self.months + 1) + month] += amount;
    }

    /// One total over all months 0 to `months`.
    pub fn column(&self, tally: Tally) -> &[f64] {
        let start = tally as usize * (self.months + 1);
        &self.values[start..start + self.months + 1]
    }

    /// Adds another group of the same length, entry by entry.
    pub fn merge(&mut self, other: &GroupTally) {
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            *mine += theirs;
        }
    }
}
