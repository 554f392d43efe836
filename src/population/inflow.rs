//! How many clients come in: overdispersed monthly counts.

use super::identity::MAX_ENTRANTS_PER_MONTH;
use crate::random::{Dice, Process, sample};

/// Number of entrants at a site in a month (1 = the first): negative binomial with mean `share * clients at the start` and
/// variance `overdispersion` times the mean.
pub(super) fn entrants(
    share: f64,
    overdispersion: f64,
    dice: &Dice,
    site: usize,
    month: u32,
    clients_at_start: u32,
) -> u32 {
    let word = dice.draw(site as u32, month, Process::Inflow);
    let mean = share * f64::from(clients_at_start);
    sample::negative_binomial(word, mean, overdispersion).min(MAX_ENTRANTS_PER_MONTH - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_7_9_inflow_has_its_mean_and_its_overdispersion() {
        let counts: Vec<f64> =
            (1..=4000).map(|month| f64::from(entrants(0.02, 1.5, &Dice::new(9, 0), 0, month, 500))).collect();
        let mean = counts.iter().sum::<f64>() / 4000.0;
        let variance = counts.iter().map(|count| (count - mean) * (count - mean)).sum::<f64>() / 3999.0;
        // Mean 10, variance 15: five standard errors of either (seed 9, 4000 months: a false alarm in a million).
        assert!((mean - 10.0).abs() < 5.0 * libm::sqrt(15.0 / 4000.0), "{mean}");
        assert!((variance - 15.0).abs() < 5.0 * 15.0 * libm::sqrt(2.3 / 4000.0), "{variance}");
        assert_eq!(entrants(0.0, 1.5, &Dice::new(9, 0), 0, 1, 500), 0);
    }
}
