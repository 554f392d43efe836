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
pub(crate) const LADDER_REASONS: usize = 3;

impl LadderReason {
    /// All reasons, in the order of columns that count them.
    pub const ALL: [LadderReason; LADDER_REASONS] =
        [LadderReason::Work, LadderReason::Fraud, LadderReason::Other];
}

/// The exit of one client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LadderExit {
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
    pub(crate) client_exits: Vec<Option<LadderExit>>,
}

impl LadderArm {
    /// Clients on benefit on a rung at the end of a month.
    pub fn on_rung(&self, month: usize, rung: usize) -> u32 {
        self.occupancy[month * self.rungs + rung]
    }

    /// Clients on benefit on every rung at the end of a month.
    pub(crate) fn of_month(&mut self, month: usize) -> &mut [u32] {
        &mut self.occupancy[month * self.rungs..][..self.rungs]
    }

    /// Clients on benefit at the end of a month.
    #[cfg(test)]
    pub(crate) fn on_benefit(&self, month: usize) -> u32 {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_7_12_a_ladder_counts_rungs_and_exits() {
        let arm = LadderArm {
            rungs: 2,
            occupancy: vec![3, 1, 1, 2],
            exits: vec![[0, 0, 0], [1, 0, 0]],
            ..LadderArm::default()
        };
        assert_eq!([arm.on_rung(0, 0), arm.on_rung(0, 1), arm.on_rung(1, 1)], [3, 1, 2]);
        assert_eq!([arm.on_benefit(0), arm.on_benefit(1)], [4, 3]);
        assert_eq!(arm.exits_by(1, LadderReason::Work) + arm.on_benefit(1), 4);
    }

    #[test]
    fn section_7_12_reasons_of_a_ladder_are_columns_in_their_order() {
        assert!(LadderReason::ALL.iter().enumerate().all(|(at, reason)| *reason as usize == at));
    }
}
