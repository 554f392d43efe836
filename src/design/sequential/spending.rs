//! How much of an error may be spent by which share of the information.
//!
//! | name | cumulative error at information fraction t | reference |
//! |---|---|---|
//! | Lan-DeMets O'Brien-Fleming | 2 [1 - Phi(z(e/2) / sqrt(t))] | Lan & DeMets (1983), doi:10.1093/biomet/70.3.659 |
//! | Lan-DeMets Pocock | e ln[1 + (exp(1) - 1) t] | the same |
//! | Hwang-Shih-DeCani(gamma) | e (1 - exp(-gamma t)) / (1 - exp(-gamma)) | doi:10.1002/sim.4780091207 |
//! | Kim-DeMets(rho) | e t^rho | Kim & DeMets (1987), doi:10.1093/biomet/74.1.149 |
//!
//! R: `gsDesign::sfLDOF`, `sfLDPocock`, `sfHSD`, `sfPower`; rpact `asOF`, `asP`, `asHSD`, `asKD`.

use crate::stats::normal;

/// A spending function.
#[derive(Clone, Debug, PartialEq)]
pub enum Spending {
    /// Lan-DeMets, O'Brien-Fleming type: next to nothing early.
    OBrienFleming,
    /// Lan-DeMets, Pocock type: nearly proportional to information.
    Pocock,
    /// Hwang-Shih-DeCani; negative `gamma` is conservative early, 0 is linear.
    HwangShihDeCani {
        /// Shape, any real number; -4 resembles O'Brien-Fleming, 1 resembles Pocock.
        gamma: f64,
    },
    /// Kim-DeMets power family.
    KimDeMets {
        /// Exponent, positive; 1 is linear, 3 is conservative early.
        rho: f64,
    },
    /// Stated outright: the cumulative share of the error spent at each look, ending at 1.
    Stated {
        /// One share per look, increasing.
        shares: Vec<f64>,
    },
}

impl Spending {
    /// Cumulative error spent at information `fraction`, the look with index `look`; `total` at and after fraction 1.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::sequential::Spending;
    ///
    /// // R: gsDesign::sfLDOF(.025, .5), sfLDPocock, sfHSD(gamma = -4), sfPower(3)
    /// let half = |spending: Spending| spending.spent(0.025, 0.5, 0);
    /// assert!((half(Spending::OBrienFleming) - 0.001_525_322_758).abs() < 1e-12);
    /// assert!((half(Spending::Pocock) - 0.015_502_862_674).abs() < 1e-12);
    /// assert!((half(Spending::HwangShihDeCani { gamma: -4.0 }) - 0.002_980_073_051).abs() < 1e-12);
    /// assert!((half(Spending::KimDeMets { rho: 3.0 }) - 0.003_125).abs() < 1e-12);
    /// ```
    pub fn spent(&self, total: f64, fraction: f64, look: usize) -> f64 {
        if let Self::Stated { shares } = self {
            return total * shares.get(look).copied().unwrap_or(1.0);
        }
        if fraction >= 1.0 {
            return total;
        }
        if fraction <= 0.0 {
            return 0.0;
        }
        match self {
            Self::OBrienFleming => {
                2.0 * normal::upper_tail(normal::quantile(1.0 - 0.5 * total) / libm::sqrt(fraction))
            }
            Self::Pocock => total * libm::log1p((std::f64::consts::E - 1.0) * fraction),
            Self::HwangShihDeCani { gamma } if gamma.abs() < 1e-12 => total * fraction,
            Self::HwangShihDeCani { gamma } => total * libm::expm1(-gamma * fraction) / libm::expm1(-gamma),
            Self::KimDeMets { rho } => total * libm::pow(fraction, *rho),
            Self::Stated { .. } => total,
        }
    }

    /// Error to spend at each look: the differences of [`Self::spent`].
    ///
    /// # Example
    /// ```
    /// use stapjes::design::sequential::Spending;
    ///
    /// // R: sfHSD(.025, c(.5, 1), -4)$spend
    /// let spent = Spending::HwangShihDeCani { gamma: -4.0 }.increments(0.025, &[0.5, 1.0]);
    /// assert!((spent[0] - 0.002_980_073).abs() < 1e-9 && (spent[0] + spent[1] - 0.025).abs() < 1e-15);
    /// ```
    pub fn increments(&self, total: f64, fractions: &[f64]) -> Vec<f64> {
        let mut before = 0.0;
        let spend = |(look, fraction): (usize, &f64)| {
            let now = self.spent(total, *fraction, look);
            let increment = (now - before).max(0.0);
            before = now;
            increment
        };
        fractions.iter().enumerate().map(spend).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_spent_at_the_end() {
        let functions = [
            Spending::OBrienFleming,
            Spending::Pocock,
            Spending::HwangShihDeCani { gamma: -4.0 },
            Spending::HwangShihDeCani { gamma: 0.0 },
            Spending::KimDeMets { rho: 2.5 },
            Spending::Stated { shares: vec![0.1, 0.3, 1.0] },
        ];
        for function in functions {
            let increments = function.increments(0.025, &[0.2, 0.7, 1.0]);
            assert!((increments.iter().sum::<f64>() - 0.025).abs() < 1e-16, "{function:?}");
            assert!(increments.iter().all(|x| *x > 0.0), "{function:?}");
        }
    }

    #[test]
    fn hwang_is_continuous_in_its_shape() {
        let near = Spending::HwangShihDeCani { gamma: 1e-9 }.spent(0.05, 0.3, 0);
        assert!((near - 0.015).abs() < 1e-10);
    }
}
