//! Thirds of a distribution: of caseworkers by skill, of pairs by match.

kinds! {
    /// A third of a standard normal distribution.
    Tercile {
        /// The lowest third.
        Poor "poor";
        /// The middle third.
        Average "average";
        /// The highest third.
        Good "good";
    }
}

impl Tercile {
    /// The third in which a standard normal value lies.
    ///
    /// ```
    /// use stapjes::kinds::Tercile;
    /// assert_eq!([-1.0, 0.0, 0.5].map(Tercile::of), [Tercile::Poor, Tercile::Average, Tercile::Good]);
    /// ```
    pub fn of(normal: f64) -> Self {
        /// The quantile of 2/3.
        const LIMIT: f64 = 0.430_727_299_295_457_5;
        if normal < -LIMIT {
            Tercile::Poor
        } else if normal > LIMIT {
            Tercile::Good
        } else {
            Tercile::Average
        }
    }
}
