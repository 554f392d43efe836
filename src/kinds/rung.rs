//! Rungs of the participation ladder.

kinds! {
    /// Rung of the participation ladder (*participatieladder*), low to high.
    Rung, PerRung {
        /// 1: isolated.
        Isolated "rung_1";
        /// 2: social contacts outside the home.
        Contacts "rung_2";
        /// 3: organized activities.
        Activities "rung_3";
        /// 4: unpaid work.
        Unpaid "rung_4";
        /// 5: paid work with support.
        Supported "rung_5";
        /// 6: paid work. In a transition table: its sixth rung and higher.
        Paid "rung_6";
    }
}

impl Rung {
    /// Number of the rung, 1 to 6.
    pub(crate) const fn number(self) -> u8 {
        self as u8 + 1
    }

    /// The rung with a number from 0, as a transition table counts them; those above the sixth count as the sixth.
    pub(crate) fn of_table(rung: usize) -> Self {
        <Self as super::Kind>::ALL[rung.min(Rung::Paid as usize)]
    }
}
