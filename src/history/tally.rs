//! Monthly totals of one group of clients (one arm at one site): counts and sums, all additive over groups.

use crate::kinds::{Away, Band, Domain, ExitReason, Kind, Rung, SpellClass, Step, Tercile};

/// What a column of totals is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TallyKind {
    /// Events during a month; the entry of month m counts what happened in the month that ends at m.
    Flow,
    /// A state at the end of a month; the entry of month m is the state at m.
    Stock,
}

macro_rules! tallies {
    ($($(#[$meta:meta])* $variant:ident $(($member:ident: $Kind:ident))? $name:literal $kind:ident $unit:literal;)*) => {
        /// A monthly total. Totals by reason, step, rung or band carry the member of their list.
        ///
        /// ```
        /// use stapjes::history::{Tally, TallyKind};
        /// use stapjes::kinds::ExitReason;
        ///
        /// let work = Tally::Exit(ExitReason::Work);
        /// assert_eq!((work.name(), work.kind(), work.unit()), ("exit_work".to_owned(), TallyKind::Flow, "exits"));
        /// assert!(Tally::all().nth(work.index()) == Some(work));
        /// ```
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Tally { $($(#[$meta])* $variant $(($Kind))?,)* }

        /// The rows of the list without their members, for counting columns.
        #[derive(Clone, Copy)]
        enum Row { $($variant,)* }

        /// Columns of each row.
        const WIDTHS: &[usize] = &[$(width(&[$(<$Kind as Kind>::ALL.len())?])),*];

        impl Tally {
            /// Column of the total: the rows in order, each with the members of its list.
            #[inline]
            pub fn index(self) -> usize {
                match self {
                    $(Tally::$variant $(($member))? => FIRST[Row::$variant as usize] $(+ $member.index())?,)*
                }
            }

            /// All totals in column order.
            pub fn all() -> impl Iterator<Item = Tally> {
                let rows = [$(Self::members_of(Row::$variant)),*];
                rows.into_iter().flatten()
            }

            /// The totals of a row of the list: one, or one for every member of its kind.
            fn members_of(row: Row) -> Vec<Tally> {
                match row {
                    $(Row::$variant => members!(Tally::$variant $(, $Kind)?),)*
                }
            }

            /// Name in files.
            pub fn name(self) -> String {
                match self { $(Tally::$variant $(($member))? => String::from($name) $(+ $member.name())?,)* }
            }

            /// Flow or stock.
            pub fn kind(self) -> TallyKind {
                match self { $(Tally::$variant { .. } => TallyKind::$kind,)* }
            }

            /// Unit of the total.
            pub fn unit(self) -> &'static str {
                match self { $(Tally::$variant { .. } => $unit,)* }
            }
        }
    };
}

macro_rules! members {
    ($make:path) => {
        vec![$make]
    };
    ($make:path, $Kind:ident) => {
        <$Kind as Kind>::ALL.iter().copied().map($make).collect()
    };
}

/// Columns of a row: one, or one per member of its list.
const fn width(members: &[usize]) -> usize {
    if members.is_empty() { 1 } else { members[0] }
}

/// Columns before each row, and of all rows.
const fn columns() -> ([usize; WIDTHS.len()], usize) {
    let (mut first, mut column, mut row) = ([0; WIDTHS.len()], 0, 0);
    while row < WIDTHS.len() {
        first[row] = column;
        column += WIDTHS[row];
        row += 1;
    }
    (first, column)
}

/// First column of each row.
const FIRST: [usize; WIDTHS.len()] = columns().0;

/// Number of totals.
pub(crate) const TALLIES: usize = columns().1;

tallies! {
    /// Clients who came in: participants at their enrolment and new entrants.
    Entered "entered" Flow "clients";
    /// Returns to benefit after an exit.
    Returned "returned" Flow "clients";
    /// Clients on benefit.
    OnBenefit "on_benefit" Stock "clients";
    /// Benefit paid: client-months on benefit.
    BenefitMonths "benefit_months" Flow "client-months";
    /// Benefit not paid: client-months off benefit, by the true reason of the exit that they follow.
    OffBenefit(reason: ExitReason) "off_benefit_" Flow "client-months";
    /// Clients who left for the first time.
    FirstExits "first_exits" Flow "clients";
    /// How far luck went beyond the hazard of leaving: draws below it less the probability of that (mean zero).
    ExitLuck "exit_luck" Flow "exits";
    /// The same for leaving to work (mean zero).
    WorkLuck "work_luck" Flow "exits";
    /// Exits before pension age, by months on benefit in the spell.
    ExitAfter(spell: SpellClass) "exit_after_" Flow "exits";
    /// Client-months on benefit, by months on benefit in the spell.
    MonthsIn(spell: SpellClass) "months_in_" Flow "client-months";
    /// Returns by months away.
    BackAfter(away: Away) "back_after_" Flow "clients";
    /// Returns within six months of an exit, by its true reason.
    BackWithin6(reason: ExitReason) "back_within_6m_" Flow "clients";
    /// Exits by true reason.
    Exit(reason: ExitReason) "exit_" Flow "exits";
    /// Exits by the reason on file.
    Recorded(reason: ExitReason) "recorded_" Flow "exits";
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
    /// Clients who left for work for the first time.
    EverWorked "ever_worked" Flow "clients";
    /// Investigations that confirmed an irregularity.
    Confirmed "confirmed" Flow "investigations";
    /// Investigations that confirmed an intentional irregularity.
    ConfirmedIntentional "confirmed_intentional" Flow "investigations";
    /// Investigations that confirmed wages that were not reported.
    ConfirmedWages "confirmed_wages" Flow "investigations";
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
    /// Of the new irregularities: wages of a small job that were not reported (truth).
    OnsetWages "onset_wages" Flow "irregularities";
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
    /// Starts of a step.
    Start(step: Step) "start_" Flow "starts";
    /// Clients in a step.
    Active(step: Step) "active_" Stock "clients";
    /// Extensions of a visible step.
    Extension(step: Step) "extension_" Flow "extensions";
    /// Client-months in a trajectory.
    TrajectoryMonths "trajectory_months" Flow "client-months";
    /// Client-months in a small job whose wages are on file.
    WagesMonths "wages_months" Flow "client-months";
    /// On benefit, by rung of the participation ladder.
    Rung(rung: Rung) "" Stock "clients";
    /// On benefit, by recorded band.
    Band(band: Band) "band_" Stock "clients";
    /// Sum of true distances of clients on benefit (truth).
    DistanceTrue "distance_true" Stock "months";
    /// Sum of recorded distances of clients on benefit.
    DistanceRecorded "distance_recorded" Stock "months";
    /// Clients who came within 12 months of work (true distance) for the first time.
    CameNear "came_near" Flow "clients";
    /// Clients with capacity that is not on file: recorded minus true distance over 12 months (truth).
    HiddenCapacity "hidden_capacity" Stock "clients";
    /// Clients with capacity that is not on file as they come in (truth).
    HiddenCapacityAtEntry "hidden_capacity_at_entry" Flow "clients";
    /// Client-months on benefit with capacity that is not on file, of clients who had it as they came in (truth).
    CapacityUnseenMonths "capacity_unseen_months" Flow "client-months";
    /// Hidden capacity seen in a talk.
    CapacityFound "capacity_found" Flow "clients";
    /// Sum of trust of clients on benefit (truth).
    Trust "trust" Stock "index";
    /// Sum of self-confidence of clients on benefit (truth).
    Confidence "confidence" Stock "index";
    /// Sum of motivation of clients on benefit (truth).
    Motivation "motivation" Stock "index";
    /// Problems disclosed in talks, by domain.
    Disclosed(domain: Domain) "disclosed_" Flow "problems";
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
    /// Clients who came in, by the match with their first caseworker (truth).
    MatchEntered(tercile: Tercile) "match_entered_" Flow "clients";
    /// First exits to work, by the match with the first caseworker (truth).
    MatchWorked(tercile: Tercile) "match_worked_" Flow "clients";
    /// First visible activations, by the match with the first caseworker (truth).
    MatchActivated(tercile: Tercile) "match_activated_" Flow "clients";
    /// Clients who came in, by the skill of their first caseworker (truth).
    SkillEntered(tercile: Tercile) "skill_entered_" Flow "clients";
    /// First exits to work, by the skill of the first caseworker (truth).
    SkillWorked(tercile: Tercile) "skill_worked_" Flow "clients";
    /// First visible activations, by the skill of the first caseworker (truth).
    SkillActivated(tercile: Tercile) "skill_activated_" Flow "clients";
    /// New caseworkers by turnover.
    NewCaseworkers "new_caseworkers" Flow "caseworkers";
}

impl Tally {
    /// The totals of exits by true reason.
    pub fn exits() -> impl Iterator<Item = Tally> {
        ExitReason::ALL.iter().copied().map(Tally::Exit)
    }

    /// The total of exits with this reason on file, or with none.
    pub(crate) fn on_file(recorded: Option<ExitReason>) -> Tally {
        recorded.map_or(Tally::RecordedUnknown, Tally::Recorded)
    }

    /// The totals of exits by reason on file, those without a reason last.
    pub fn recorded() -> impl Iterator<Item = Tally> {
        ExitReason::ALL.iter().copied().map(Some).chain([None]).map(Tally::on_file)
    }
}

/// Totals of one group, month by month: `values[tally.index() * (months + 1) + month]`.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupTally {
    /// Months of the run; month 0 comes before the first.
    months: usize,
    /// Total by total, month by month.
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
    pub(crate) fn add(&mut self, tally: Tally, month: usize, amount: f64) {
        self.values[tally.index() * (self.months + 1) + month] += amount;
    }

    /// One total over all months 0 to `months`.
    pub fn column(&self, tally: Tally) -> &[f64] {
        let start = tally.index() * (self.months + 1);
        &self.values[start..start + self.months + 1]
    }

    /// All totals over all months, in the order of [`Tally::index`], for writing.
    pub(crate) fn columns_mut(&mut self) -> impl Iterator<Item = &mut [f64]> {
        self.values.chunks_exact_mut(self.months + 1)
    }

    /// Adds another group of the same length, entry by entry.
    pub fn merge(&mut self, other: &GroupTally) {
        for (mine, theirs) in self.values.iter_mut().zip(&other.values) {
            *mine += theirs;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_7_10_an_exit_is_on_file_with_a_reason_or_without() {
        assert_eq!(Tally::on_file(None), Tally::RecordedUnknown);
        assert_eq!(Tally::on_file(Some(ExitReason::Work)), Tally::Recorded(ExitReason::Work));
        assert_eq!(Tally::exits().count(), ExitReason::ALL.len());
        assert_eq!(Tally::recorded().last(), Some(Tally::RecordedUnknown));
        assert_eq!(Tally::recorded().count(), ExitReason::ALL.len() + 1);
    }

    #[test]
    fn section_2_totals_of_groups_add_up() {
        let (mut one, mut two) = (GroupTally::new(2), GroupTally::new(2));
        one.add(Tally::Exit(ExitReason::Work), 1, 2.0);
        two.add(Tally::Exit(ExitReason::Work), 1, 3.0);
        one.merge(&two);
        assert_eq!(one.column(Tally::Exit(ExitReason::Work)), [0.0, 5.0, 0.0]);
        assert_eq!(one.column(Tally::Exit(ExitReason::Death)), [0.0; 3]);
        assert_eq!(one.months(), 2);
    }

    #[test]
    fn columns_are_numbered_in_order_and_named_once() {
        let all: Vec<Tally> = Tally::all().collect();
        assert_eq!(all.len(), TALLIES);
        assert!(all.iter().enumerate().all(|(at, tally)| tally.index() == at));
        let names: std::collections::BTreeSet<String> = all.iter().map(|tally| tally.name()).collect();
        assert_eq!(names.len(), TALLIES);
        assert!(names.contains("exit_work") && names.contains("band_over_48") && names.contains("rung_6"));
    }
}
