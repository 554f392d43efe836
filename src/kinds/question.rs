//! What a planner wants to know: it decides which outcome a run answers with.

kinds! {
    /// The question of a scenario (`question.kind`), or of the planner's page.
    Question {
        /// Does it pay for itself?
        Payback "payback";
        /// Do more people go to work?
        Work "work";
        /// Do more people leave benefit, for whatever reason?
        Exits "exits";
        /// Do more people take small steps?
        Steps "steps";
        /// Are more irregularities seen?
        Signals "signals";
        /// Are fewer people on benefit at the end?
        Caseload "caseload";
    }
}

impl Question {
    /// The measure that answers it: name and label.
    ///
    /// ```
    /// use stapjes::kinds::Question;
    /// assert_eq!(Question::Work.measure(), ("exits_true", "work"));
    /// ```
    pub fn measure(self) -> (&'static str, &'static str) {
        match self {
            Self::Payback => ("money_discounted", "municipality"),
            Self::Work => ("exits_true", "work"),
            Self::Exits => ("exits", ""),
            Self::Steps => ("activated", ""),
            Self::Signals => ("clients_with_signal", ""),
            Self::Caseload => ("on_benefit", ""),
        }
    }

    /// 1 when more of the measure is what the question hopes for, -1 when less of it is (net costs, people on benefit).
    pub(crate) fn sign(self) -> f64 {
        match self {
            Self::Payback | Self::Caseload => -1.0,
            Self::Work | Self::Exits | Self::Steps | Self::Signals => 1.0,
        }
    }
}

/// The default: FIP is about work.
impl Default for Question {
    fn default() -> Self {
        Self::Work
    }
}
