//! The life-first domains.

kinds! {
    /// A domain of life in which a client may have a problem.
    Domain, PerDomain {
        /// Housing.
        Housing "housing";
        /// Finances.
        Finances "finances";
        /// Relations.
        Relations "relations";
        /// Health.
        Health "health";
        /// Meaning: something to get up for.
        Meaning "meaning";
    }
}
