//! Why somebody left, as it really was and as it stands on file.

/// True reason of an exit from benefit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum ExitReason {
    /// Paid work.
    Work = 0,
    /// Education with student finance.
    Education = 1,
    /// A new relationship: joint means.
    Relationship = 2,
    /// Moved to another municipality.
    Move = 3,
    /// Death.
    Death = 4,
    /// Reached the statutory pension (AOW) age.
    Pension = 5,
    /// Terminated after a confirmed irregularity.
    Fraud = 6,
    /// Withdrew: asked for termination, stayed away, or was suspended.
    Withdrawal = 7,
    /// Another reason: a transition table does not say which. Never in the full model.
    Other = 8,
}

/// Number of true reasons.
pub const EXIT_REASONS: usize = 9;

impl ExitReason {
    /// All reasons, in the order of every column that counts them.
    pub const ALL: [ExitReason; EXIT_REASONS] = [
        ExitReason::Work,
        ExitReason::Education,
        ExitReason::Relationship,
        ExitReason::Move,
        ExitReason::Death,
        ExitReason::Pension,
        ExitReason::Fraud,
        ExitReason::Withdrawal,
        ExitReason::Other,
    ];

    /// Name in files.
    pub fn name(self) -> &'static str {
        ["work", "education", "relationship", "move", "death", "pension", "fraud", "withdrawal", "other"]
            [self as usize]
    }
}

/// Index of "no reason on file" behind the true reasons in columns of recorded reasons.
pub const REASON_UNKNOWN: u8 = EXIT_REASONS as u8;
