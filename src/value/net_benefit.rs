//! The expected net benefit of a study: what its findings are worth to everybody who would be served, less what it costs.
//!
//! ```text
//! ENBS(t, n) = EVSI(t, n) x clients a year x discounted years after t
//!            - extra clients x extra cost - fixed cost - value forgone while waiting
//! ```
//!
//! (Strong, Oakley, Brennan & Breeze 2015, doi:10.1177/0272989X15575286; Eckermann & Willan 2007, doi:10.1002/hec.1161,
//! on the value forgone.) While the study runs, clients outside it get what is done now; when the service would be chosen
//! now, each of them forgoes its mean net benefit.

use serde::{Deserialize, Serialize};

/// What a study serves and costs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stakes {
    /// Clients a year for whom the decision is made.
    pub clients_per_year: f64,
    /// Years for which the decision holds, counted from the start of the study.
    pub years: f64,
    /// Discount rate per year.
    pub discount_rate: f64,
    /// Cost of the study per client in it, over what serving the client costs anyway.
    pub cost_per_client: f64,
    /// Cost of the study whatever its size.
    pub fixed_cost: f64,
}

impl Stakes {
    /// Discounted years between two moments, in years from the start: `integral (1 + r)^-s ds`.
    pub(crate) fn discounted_years(&self, from: f64, to: f64) -> f64 {
        let (from, to) = (from.min(self.years), to.min(self.years));
        let rate = libm::log1p(self.discount_rate);
        if rate.abs() < 1e-12 {
            return (to - from).max(0.0);
        }
        ((libm::exp(-rate * from) - libm::exp(-rate * to)) / rate).max(0.0)
    }

    /// The expected net benefit of a study of `months` with `clients` that is worth `evsi` per client served afterwards,
    /// when the mean net benefit of the service is `mean_inb` per client.
    pub(crate) fn net_benefit(&self, months: f64, clients: f64, evsi: f64, mean_inb: f64) -> f64 {
        let end = months / 12.0;
        let served = self.clients_per_year * self.discounted_years(end, self.years);
        let waiting = (self.clients_per_year * self.discounted_years(0.0, end) - clients / 2.0).max(0.0);
        evsi * served - clients * self.cost_per_client - self.fixed_cost - mean_inb.max(0.0) * waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STAKES: Stakes = Stakes {
        clients_per_year: 100.0,
        years: 10.0,
        discount_rate: 0.0,
        cost_per_client: 50.0,
        fixed_cost: 1_000.0,
    };

    #[test]
    fn by_hand() {
        // Two years of ten: 800 clients served at 10 each, 200 study clients at 50, 1,000 fixed.
        assert!((STAKES.net_benefit(24.0, 200.0, 10.0, -5.0) - (8_000.0 - 10_000.0 - 1_000.0)).abs() < 1e-9);
        // Adopting now would gain 5 for each of 200 clients in those years but the 100 who get the service in the study.
        let waiting = STAKES.net_benefit(24.0, 200.0, 10.0, 5.0);
        assert!((waiting - (8_000.0 - 11_000.0 - 500.0)).abs() < 1e-9);
    }

    #[test]
    fn discounting_and_a_study_longer_than_the_decision_holds() {
        let discounted = Stakes { discount_rate: 0.03, ..STAKES };
        assert!(
            (discounted.discounted_years(0.0, 10.0) - (1.0 - libm::pow(1.03, -10.0)) / libm::log(1.03)).abs()
                < 1e-12
        );
        assert!(STAKES.net_benefit(240.0, 0.0, 1e9, -1.0) == -1_000.0);
    }
}
