//! What must be read with the numbers of power, duration and interim looks; the words stand in `report::words`.

use serde::Serialize;

use crate::study::Estimand;

/// What must be read with a power surface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// Clients are taken as independent though they share caseworkers.
    IndependentClients,
    /// Caseworkers are the independent units.
    CaseworkersAreUnits,
    /// Sites are the independent units.
    SitesAreUnits,
    /// Some tests take clients as independent, others do not.
    SomeTestsIgnoreClusters,
    /// The permutation test reassigns whole clusters.
    PermutationReassignsClusters,
    /// Some sizes have too few clusters to be tested.
    TooFewClusters,
    /// What bias and coverage are against.
    TruthFrom {
        /// Pooled studies.
        studies: u32,
        /// Their values.
        estimands: Vec<Estimand>,
    },
    /// One-sided tests, and which way each endpoint is tested.
    OneSided {
        /// Endpoints tested for more (earlier) events in the treated arm.
        sooner: Vec<String>,
        /// Endpoints tested for fewer (later) events.
        later: Vec<String>,
    },
    /// Endpoints without a single event: nothing can be tested.
    NeverHappens {
        /// Endpoints.
        endpoints: Vec<&'static str>,
        /// Studies that were looked at.
        studies: u32,
        /// Whether the dynamics are a ladder, which has exits only.
        ladder: bool,
    },
    /// Exits without a reason on file count for no endpoint of one reason.
    ReasonUnknown {
        /// Percent of the exits.
        percent: u32,
    },
    /// Where the type I error comes from.
    NullFrom {
        /// Studies.
        studies: u32,
        /// The arm whose service all arms get.
        control: String,
    },
}

/// What must be read with a plan of interim looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum InterimNote {
    /// Information does not rise from look to look: one analysis at the end.
    InformationDoesNotRise,
    /// A study may give up from this month on.
    FutilityFrom {
        /// Month.
        month: u32,
    },
    /// A study does not give up before its end.
    NoFutility,
}

/// Why a power is not reached.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(tag = "limit", rename_all = "snake_case")]
pub enum LimitReason {
    /// Too few caseworkers to test by caseworker.
    TooFewCaseworkers,
    /// Power stays at alpha at any duration.
    NothingToSee {
        /// The longest duration that was simulated, months.
        until: u32,
    },
    /// Power is about the target, and these replicates cannot say that it is reached.
    NotSure {
        /// Highest power, at or above the target.
        power: f64,
        /// At this duration, months.
        months: u32,
    },
    /// Power rises no higher.
    Highest {
        /// Highest power.
        power: f64,
        /// At this duration, months.
        months: u32,
    },
}
