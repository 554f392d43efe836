//! Which way an event is a benefit: the direction of one-sided tests.

kinds! {
    /// Which direction is a benefit, for an event that happens or not.
    Benefit {
        /// The treated have the event sooner, or more of them (outflow to work).
        Sooner "sooner";
        /// The treated have the event later, or fewer of them.
        Later "later";
    }
}

impl Benefit {
    /// 1 when more events are a benefit, else -1.
    ///
    /// ```
    /// use stapjes::kinds::Benefit;
    /// assert_eq!([Benefit::Sooner, Benefit::Later].map(Benefit::sign), [1.0, -1.0]);
    /// ```
    pub fn sign(self) -> f64 {
        match self {
            Self::Sooner => 1.0,
            Self::Later => -1.0,
        }
    }

    /// The direction of an effect: positive, or not a number, is sooner.
    pub(crate) fn of(effect: f64) -> Self {
        if effect < 0.0 { Self::Later } else { Self::Sooner }
    }
}
