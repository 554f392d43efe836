//! Hidden irregularities.

kinds! {
    /// Irregularity of a client, hidden from everyone until it is found.
    Irregularity {
        /// None.
        None "none";
        /// Unintentional: the client does not know the rules.
        Unintentional "unintentional";
        /// Intentional.
        Intentional "intentional";
    }
}
