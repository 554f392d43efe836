//! Which way money counts: everywhere that a person reads, plus is money that comes in and minus is money that goes out.
//!
//! Results hold what is spent as positive amounts, since costs are added up. A reader who sees a saving
//! as plus on page one must not find it as minus in the tables, so every page, figure and workbook asks
//! here. Files for programs (`summary.json`, `curves.csv`) keep the sign of the results.

use super::source::Source;
use crate::trial::view::{Basis, Key, ShownValue};

/// Measures of money that have these labels.
const MEASURES: [&str; 3] = ["money", "money_year", "money_discounted"];
/// What is spent, and the balance of who pays more than he receives.
const SPENT: [&str; 7] =
    ["talks", "no_shows", "trajectories", "implementation", "benefit", "municipality", "state"];

/// What a measure is multiplied by before it is shown: -1 for money that goes out.
pub(crate) fn shown_sign((name, label): Key<'_>) -> f64 {
    if MEASURES.contains(&name) && SPENT.contains(&label) { -1.0 } else { 1.0 }
}

/// A value as it is shown.
pub(crate) fn shown(key: Key<'_>, value: ShownValue) -> ShownValue {
    if shown_sign(key) < 0.0 { value.times(-1.0) } else { value }
}

impl Source<'_> {
    /// A measure of an arm as people read it.
    pub(super) fn shown(&self, world: Basis, arm: usize, key: Key<'_>, at: usize) -> Option<ShownValue> {
        self.estimate(world, arm, key, at).map(|value| shown(key, value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_saving_is_plus() {
        let costs = ShownValue { center: -600.0, error: 50.0, low: -900.0, high: -100.0, drawn: Vec::new() };
        let saved = shown(("money_discounted", "municipality"), costs.clone());
        assert_eq!((saved.center, saved.low, saved.high), (600.0, 100.0, 900.0));
        assert_eq!(shown(("money", "recovered"), costs.clone()), costs);
        assert_eq!(shown(("exits", ""), costs.clone()), costs);
    }

    #[test]
    fn every_amount_of_money_has_its_side() {
        let received = ["recovered", "client"];
        for measure in crate::trial::measures().iter().filter(|measure| MEASURES.contains(&measure.name)) {
            let label = measure.label;
            let is_known = SPENT.contains(&label) || received.contains(&label) || label.starts_with("saved_");
            assert!(is_known, "{label}");
        }
    }
}
