//! What a study measures.

use super::TestKind;

kinds! {
    /// An endpoint of a study. A participant's first exit ends the follow-up of every endpoint.
    Endpoint {
        /// Leaving benefit, whatever the reason.
        Exit "exit";
        /// Leaving benefit for work, as on file.
        ExitToWork "exit_to_work";
        /// Leaving benefit by a fraud termination or a withdrawal, as on file.
        FraudOrWithdrawal "exit_by_fraud_or_withdrawal";
        /// The first fraud signal.
        FirstSignal "first_signal";
        /// The number of fraud signals.
        SignalCount "signal_count";
        /// The first visible activation: volunteering, informal care, a trajectory, or progress of a recorded band.
        VisibleActivation "visible_activation";
        /// The recorded distance band has moved forward.
        DistanceBand "distance_band";
    }
}

impl Endpoint {
    /// Whether a test can be run on this endpoint.
    ///
    /// ```
    /// use stapjes::kinds::{Endpoint, TestKind};
    /// assert!(Endpoint::Exit.fits(TestKind::LogRank) && !Endpoint::SignalCount.fits(TestKind::LogRank));
    /// ```
    pub const fn fits(self, test: TestKind) -> bool {
        use TestKind::{
            ChiSquare, ClusterChiSquare, ClusterPermutation, Fisher, Lwyy, Milestone, NegativeBinomial,
            PeriodAdjusted,
        };
        match self {
            _ if matches!(test, ClusterPermutation) => true,
            Self::SignalCount => matches!(test, Lwyy | NegativeBinomial | PeriodAdjusted),
            Self::DistanceBand => matches!(test, ChiSquare | ClusterChiSquare | Fisher | Milestone),
            Self::Exit
            | Self::ExitToWork
            | Self::FraudOrWithdrawal
            | Self::FirstSignal
            | Self::VisibleActivation => !matches!(test, Lwyy | NegativeBinomial),
        }
    }
}
