//! Bands of the distance to the labor market.

kinds! {
    /// Band of a distance, far to near: a larger band is nearer. Upper limits belong to the nearer band.
    Band, PerBand {
        /// Over 48 months.
        Over48 "over_48";
        /// Over 24, up to 48 months.
        From24To48 "24_48";
        /// Over 12, up to 24 months.
        From12To24 "12_24";
        /// Over 6, up to 12 months: *kansrijk*.
        From6To12 "6_12";
        /// Up to 6 months.
        UpTo6 "up_to_6";
    }
}

impl Band {
    /// The band of a distance in months.
    ///
    /// ```
    /// use stapjes::kinds::Band;
    /// assert_eq!([48.1, 48.0, 12.0].map(Band::of), [Band::Over48, Band::From24To48, Band::From6To12]);
    /// ```
    #[inline]
    pub fn of(distance: f64) -> Self {
        if distance > 48.0 {
            Band::Over48
        } else if distance > 24.0 {
            Band::From24To48
        } else if distance > 12.0 {
            Band::From12To24
        } else if distance > 6.0 {
            Band::From6To12
        } else {
            Band::UpTo6
        }
    }

    /// Limits in months: (near end, far end). The far end of the farthest band is the largest distance of the model.
    pub(crate) const fn limits(self) -> (f64, f64) {
        match self {
            Band::Over48 => (48.0, 120.0),
            Band::From24To48 => (24.0, 48.0),
            Band::From12To24 => (12.0, 24.0),
            Band::From6To12 => (6.0, 12.0),
            Band::UpTo6 => (0.0, 6.0),
        }
    }
}
