//! How many clients come in: overdispersed monthly counts.

use super::identity::MAX_ENTRANTS_PER_MONTH;
use crate::random::{Dice, Process, sample};
use crate::scenario::parameters::StockScalars;

/// Number of entrants at a site in a month (1 = the first): negative binomial with mean
/// `inflow_share_of_stock * clients at the start` and variance `inflow_overdispersion` times the mean.
pub fn entrants(scalars: &StockScalars, dice: &Dice, site: usize, month: u32, clients_at_start: u32) -> u32 {
    let mean = scalars.inflow_share_of_stock * f64::from(clients_at_start);
    let word = dice.draw(site as u32, month, Process::Inflow);
    sample::negative_binomial(word, mean, scalars.inflow_overdispersion).min(MAX_ENTRANTS_PER_MONTH - 1)
}
