//! Why somebody left benefit.

kinds! {
    /// Reason of an exit from benefit. On file the reason is an `Option`: a share of the exits has none.
    ExitReason, PerReason {
        /// Paid work.
        Work "work";
        /// Education with student finance.
        Education "education";
        /// A new relationship: joint means.
        Relationship "relationship";
        /// Moved to another municipality.
        Move "move";
        /// Death.
        Death "death";
        /// Reached the statutory pension (AOW) age.
        Pension "pension";
        /// Terminated after a confirmed irregularity.
        Fraud "fraud";
        /// Withdrew: asked for termination, stayed away, or was suspended.
        Withdrawal "withdrawal";
        /// Another reason: income of the household, administrative, detention. In a transition table: any reason it does not name.
        Other "other";
    }
}
