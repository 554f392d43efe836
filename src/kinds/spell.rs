//! Classes of the months on benefit in a spell, and of the months away between two spells.

use super::Kind;

kinds! {
    /// Months on benefit in the spell, in the classes of the statistics (CBS).
    SpellClass, PerSpell {
        /// Under 6 months.
        Under6 "0_6m";
        /// 6 to 12 months.
        From6To12 "6_12m";
        /// 1 to 2 years.
        From1To2 "1_2y";
        /// 2 to 5 years.
        From2To5 "2_5y";
        /// 5 years and more.
        Over5 "over_5y";
    }
}

impl SpellClass {
    /// The class of a number of months on benefit.
    #[inline]
    pub(crate) fn of(months: f64) -> Self {
        let reached = Self::ALL.iter().rev().copied().find(|class| months >= class.least_months());
        reached.unwrap_or(SpellClass::Under6)
    }

    /// The months from which on a spell is in this class.
    #[inline]
    pub(crate) const fn least_months(self) -> f64 {
        match self {
            SpellClass::Under6 => 0.0,
            SpellClass::From6To12 => 6.0,
            SpellClass::From1To2 => 12.0,
            SpellClass::From2To5 => 24.0,
            SpellClass::Over5 => 60.0,
        }
    }
}

kinds! {
    /// Months between an exit and the return.
    Away {
        /// Up to 6 months.
        UpTo6 "up_to_6m";
        /// Over 6, up to 12 months.
        UpTo12 "6_12m";
        /// Over 1, up to 2 years.
        UpTo24 "1_2y";
        /// Over 2, up to 3 years.
        UpTo36 "2_3y";
        /// Over 3 years.
        Longer "over_3y";
    }
}

impl Away {
    /// The class of a number of months away.
    pub(crate) fn of(months: f64) -> Self {
        if months <= 6.0 {
            Away::UpTo6
        } else if months <= 12.0 {
            Away::UpTo12
        } else if months <= 24.0 {
            Away::UpTo24
        } else if months <= 36.0 {
            Away::UpTo36
        } else {
            Away::Longer
        }
    }
}
