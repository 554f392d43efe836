//! The list of decisions that are left to chance. **Append only**: the number of a process is part of its address, so
//! changing one changes every result (a golden test and the changelog guard this).
//!
//! Process `p` is word `p % 4` of block `p / 4`. Decisions of one sub-step share a block, because one block of random
//! bits costs the same whether one or four of its words are used. Entities of different kinds (clients, caseworkers,
//! sites, pairs) never share a block: their identifiers overlap.
//!
//! | blocks | for |
//! |---|---|
//! | 0-63 | the full model |
//! | 64-79 | ladder dynamics |

/// A decision left to chance: which, and of whom.
#[repr(u32)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Process {
    /// Client at month 0: copula normal of the distance.
    StartDistance = 0,
    /// Client at month 0: copula normal of the months on benefit.
    StartDuration = 1,
    /// Client at month 0: copula normal of the age.
    StartAge = 2,
    /// Client at month 0: copula normal of the common problem liability.
    StartProblems = 3,
    /// Client at month 0: copula normal of the health liability.
    StartHealth = 4,
    /// Client at month 0: copula normal of trust.
    StartTrust = 5,
    /// Client at month 0: copula normal of confidence.
    StartConfidence = 6,
    /// Client at month 0: copula normal of motivation.
    StartMotivation = 7,
    /// Client at month 0: copula normal of knowledge.
    StartKnowledge = 8,
    /// Client at month 0: whether there is hidden capacity.
    StartHiddenCapacity = 9,
    /// Client at month 0: the true distance given the recorded one.
    StartTrueDistance = 10,
    /// Client at month 0: near or far (whole caseload).
    StartNear = 11,
    /// Client at month 0: household.
    StartHousehold = 12,
    /// Client at month 0: language need.
    StartLanguage = 13,
    /// Client at month 0: frailty on the hazard of work.
    StartFrailty = 14,
    /// Client at month 0: irregularity.
    StartIrregularity = 15,
    /// Client at month 0: own part of the liability for problems with housing.
    StartOwnHousing = 16,
    /// Client at month 0: own part of the liability for problems with finances.
    StartOwnFinances = 17,
    /// Client at month 0: own part of the liability for problems with relations.
    StartOwnRelations = 18,
    /// Client at month 0: own part of the liability for problems with meaning.
    StartOwnMeaning = 19,
    /// Client at month 0: the month of enrolment.
    StartEnrollment = 20,
    /// Client at month 0: whether paid work is out of reach.
    StartOutOfReach = 21,
    /// Client at month 0: whether hidden capacity has been seen before.
    StartCapacitySeen = 22,
    /// Client at month 0: how many spells on benefit there were before this one.
    StartEarlierSpells = 23,
    /// Client at entry or return: place of the first talk within the interval.
    FirstTalk = 24,
    /// Client at exit: whether the client is a returner.
    Returner = 25,
    /// Client at exit: how long a returner stays away.
    TimeAway = 26,
    /// Client per step: whether a call on own initiative puts an irregularity right.
    CallFix = 28,
    /// Client per step: place in the queue among equally overdue.
    QueueTie = 29,
    /// Client per step: no-show.
    NoShow = 30,
    /// Client per step: which caseworker of the pool is met.
    PoolCaseworker = 31,
    /// Client per talk: noise of the conversation quality.
    TalkNoise = 32,
    /// Client per talk: whether hidden capacity is seen.
    Discovery = 33,
    /// Client per talk: whether the talk updates the record.
    RecordUpdate = 34,
    /// Client per talk: disclosure of problems with housing.
    DiscloseHousing = 36,
    /// Client per talk: disclosure of problems with finances.
    DiscloseFinances = 37,
    /// Client per talk: disclosure of problems with relations.
    DiscloseRelations = 38,
    /// Client per talk: disclosure of problems with health.
    DiscloseHealth = 39,
    /// Client per talk: disclosure of problems with meaning.
    DiscloseMeaning = 40,
    /// Client per talk: detection in the talk.
    TalkDetection = 41,
    /// Client per talk: whether an unintentional irregularity that was found is booked as a signal.
    Booked = 42,
    /// Client per step, of those to whom anything happens among the steps: start, stop or extension of the first step of the
    /// list; the others follow, eleven in all.
    Step = 44,
    /// Client per step: whether the path between two grid points came within 12 months.
    DistanceBridge = 55,
    /// Client per step: an irregularity begins or ends by itself.
    Irregularity = 56,
    /// Client per step: a call on own initiative.
    OwnInitiative = 57,
    /// Client per step: whether the client leaves, and why.
    Exit = 58,
    /// Client per step: detection by data matching or a tip; under investigation, whether the investigation ends.
    Detection = 59,
    /// Client per step: whether a contact comes up under regular service.
    Contact = 60,
    /// Client per step: noise of the distance.
    DistanceNoise = 61,
    /// Client per step: whether the reason of an exit gets on file.
    ReasonRecorded = 62,
    /// Client per step: whether anything starts, stops or is extended among the steps, and the first that does.
    AnyStep = 63,
    /// Client per step: whether an investigation that ends confirms the irregularity.
    Confirmation = 64,
    /// Client per step: whether the benefit is terminated.
    Termination = 65,
    /// Pair of client and caseworker (moment = caseworker): the match.
    Match = 68,
    /// Caseworker (moment = generation): skill.
    Skill = 72,
    /// Caseworker (moment = generation): optimism.
    Optimism = 73,
    /// Caseworker per step: turnover.
    Turnover = 76,
    /// Site: random effect on conversation quality.
    SiteQuality = 80,
    /// Site: random effect on the stock of irregularities.
    SiteIrregularity = 81,
    /// Site: random effect on the signalling culture.
    SiteSignalling = 82,
    /// Site: random effect on the labor market.
    SiteLaborMarket = 83,
    /// Site per month: number of entrants.
    Inflow = 84,
    /// Client at month 0: whether the first step of the list runs; the others follow, eleven in all.
    StartStep = 88,
    /// Client at month 0: whether wages of a small job that runs are not reported, and whether on purpose.
    StartWages = 99,
    /// Client at month 0: whether the problem in the first domain of the list is known; the others follow, five in all.
    StartDisclosed = 100,
    /// Client at month 0: how long ago the record was brought up to date.
    StartRecordAge = 108,
    /// Client at month 0: noise of the distance since then.
    StartDistanceNoise = 109,
    /// Ladder, client at month 0: the rung on which the client starts.
    LadderStartRung = 256,
    /// Ladder, client at month 0: the trust with which the client starts.
    LadderStartTrust = 257,
    /// Ladder, client: first 16 bits of the monthly event (the whole block; moments as in `engine::ladder`).
    LadderEvent = 260,
    /// Ladder, client per month: the further 32 bits of a month whose first 16 bits left the event open.
    LadderEventRefined = 264,
    /// Ladder in hazard form, client: first 16 bits of the move of a step (the whole block).
    LadderMove = 268,
    /// Ladder in hazard form, client per step: the further 32 bits of the move.
    LadderMoveRefined = 272,
    /// Ladder in hazard form, client per step: the further 32 bits of the exit.
    LadderExitRefined = 273,
    /// Ladder in hazard form, client: first 16 bits of the exit of a step (the whole block).
    LadderExit = 276,
    /// Learning, particle: where it starts under the prior (moment 0).
    LearnStart = 512,
    /// Learning, particle per sweep: proposal and acceptance of a move.
    LearnMove = 516,
    /// Learning, per temperature: the one number of systematic resampling.
    LearnResample = 520,
    /// Learning: local search for the smallest implausibility, one stream per start.
    LearnSearch = 524,
    /// Learning: bootstrap samples and folds of a regression.
    LearnBootstrap = 528,
    /// Learning: trajectories of elementary effects.
    LearnTrajectory = 532,
    /// Learning: data simulated at known parameters.
    LearnData = 536,
}

impl Process {
    /// Block and word of a member of a list whose first member is this process.
    #[inline]
    pub(crate) const fn member(self, index: usize) -> (u32, usize) {
        let number = self as u32 + index as u32;
        (number / 4, number as usize % 4)
    }

    /// The block of random bits in which the process lives.
    #[inline]
    pub(crate) const fn block(self) -> u32 {
        self as u32 / 4
    }

    /// The word of the block, 0 to 3.
    #[inline]
    pub(crate) const fn lane(self) -> usize {
        self as usize % 4
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn block_and_lane_are_quotient_and_remainder() {
        assert_eq!((Process::LadderStartTrust.block(), Process::LadderStartTrust.lane()), (64, 1));
        assert_eq!((Process::LadderExit.block(), Process::LadderExit.lane()), (69, 0));
    }
}
