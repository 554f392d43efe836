//! The luck of a site: random effects that all its clients share in one replicate.

use crate::random::{Dice, Process, sample};
use crate::scenario::parameters::SiteEffects;

/// Random effects of one site in one replicate.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct SiteLuck {
    /// Effect on the quality of conversations, logit scale, mean 0.
    pub quality: f64,
    /// Multiplier on the stock of irregularities, mean 1.
    pub irregularity_stock: f64,
    /// Multiplier on detection in talks (signalling culture), mean 1.
    pub signalling: f64,
    /// Multiplier on the hazard of work, mean 1.
    pub labor_market: f64,
}

impl SiteLuck {
    /// Draws the effects of a site. Multipliers are lognormal with mean one.
    pub(crate) fn draw(effects: &SiteEffects, dice: &Dice, site: usize) -> Self {
        let block = dice.block(site as u32, 0, Process::SiteQuality.block());
        let multiplier = |lane: usize, sd: f64| libm::exp(sd * sample::normal(block[lane]) - 0.5 * sd * sd);
        Self {
            quality: effects.quality_sd * sample::normal(block[Process::SiteQuality.lane()]),
            irregularity_stock: multiplier(Process::SiteIrregularity.lane(), effects.irregularity_stock_sd),
            signalling: multiplier(Process::SiteSignalling.lane(), effects.signalling_sd),
            labor_market: multiplier(Process::SiteLaborMarket.lane(), effects.labour_market_sd),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn section_2_sites_without_spread_are_alike() {
        let none = SiteEffects {
            quality_sd: 0.0,
            irregularity_stock_sd: 0.0,
            signalling_sd: 0.0,
            labour_market_sd: 0.0,
            neglect: 1.0,
        };
        let luck = SiteLuck::draw(&none, &Dice::new(1, 0), 3);
        let neutral = SiteLuck { quality: 0.0, irregularity_stock: 1.0, signalling: 1.0, labor_market: 1.0 };
        assert_eq!(luck, neutral);
    }
}
