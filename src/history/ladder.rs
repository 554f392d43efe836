//! What happened in one replicate of ladder dynamics: per arm the occupancy of every rung, the exits by reason, and the
//! exit of every client.

/// Why a client left, in a ladder table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum LadderReason {
    /// Paid work.
    Work = 0,
    /// A fraud termination.
    Fraud = 1,
    /// Any other reason: the table does not say which.
    Other = 2,
}

/// Number of reasons in a ladder table.
pub const LADDER_REASONS: usize = 3;

impl LadderReason {
    /// All reasons, in the order of columns that count them.
    pub const ALL: [LadderReason; LADDER_REASONS] =
        [LadderReason::Work, LadderReason::Fraud, LadderReason::Other];

    /// Name in files.
    pub fn name(self) -> &'static str {
        ["work", "fraud", "other"][self as usize]
    }
}

/// The exit of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LadderExit {
    /// Months since the start, at the end of the month in which the client left: 1 to the horizon.
    pub month: u16,
    /// Why.
    pub reason: LadderReason,
}

/// What happened under one arm.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LadderArm {
    /// Number of rungs.
    pub rungs: usize,
    /// Clients on benefit per month and rung, month 0 to the horizon: entry `month * rungs + rung`.
    pub occupancy: Vec<u32>,
    /// Clients who have left by a month, by reason (in the order of [`LadderReason::ALL`]): entry `month`.
    pub exits: Vec<[u32; LADDER_REASONS]>,
    /// The rung on which each client started, 0 = lowest.
    pub start_rung: Vec<u8>,
    /// The exit of each client; `None` = still on benefit at the horizon.
    pub client_exits: Vec<Option<LadderExit>>,
}

impl LadderArm {
    /// Clients on benefit on a rung at the end of a month.
    pub fn on_rung(&self, month: usize, rung: usize) -> u32 {
        self.occupancy[month * self.rungs + rung]
    }

    /// Clients on benefit at the end of a month.
    pub fn on_benefit(&self, month: usize) -> u32 {
        self.occupancy[month * self.rungs..][..self.rungs].iter().sum()
    }

    /// Clients who have left for a reason by the end of a month.
    pub fn exits_by(&self, month: usize, reason: LadderReason) -> u32 {
        self.exits[month][reason as usize]
    }
}

/// One replicate: the same clients with the same luck under each of the arms that were simulated.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LadderHistory {
    /// One entry per simulated arm.
    pub arms: Vec<LadderArm>,
}
