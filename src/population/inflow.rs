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
