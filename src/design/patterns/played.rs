//! A scenario whose studies are simulated: with the parameters as they stand, or with a draw of its own for every study.

use std::borrow::Cow;

use crate::scenario::registry::Registry;
use crate::scenario::{Resolved, Scenario};
use crate::trial::drawn;

/// A scenario of the command.
pub(super) struct Played {
    /// The scenario at the center.
    scenario: Scenario,
    /// Parameters are drawn from the posterior or the priors that stand here.
    drawn: Option<Registry>,
}

impl Played {
    /// What a structure leaves open is drawn; stories are structures themselves and play no part.
    pub(super) fn new(resolved: Resolved, draws: bool) -> Self {
        let Resolved { mut scenario, registry, .. } = resolved;
        scenario.structures.clear();
        Self { scenario, drawn: draws.then_some(registry) }
    }

    /// The scenario of one study.
    pub(super) fn study(&self, number: u32) -> Cow<'_, Scenario> {
        match &self.drawn {
            None => Cow::Borrowed(&self.scenario),
            Some(registry) => {
                let values = drawn::values(&self.scenario, registry, number);
                Cow::Owned(drawn::under(&self.scenario, &values))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    #[test]
    fn every_study_has_its_own_draw_and_what_is_set_stays() {
        let load = || embedded("lange-adem", &["distance.progress=0".to_owned()]).unwrap();
        let (fixed, drawn) = (Played::new(load(), false), Played::new(load(), true));
        let base = |played: &Played, study| played.study(study).parameters.work.base;
        assert_eq!(base(&fixed, 0), base(&fixed, 1));
        assert_ne!(base(&drawn, 0), base(&drawn, 1));
        assert_eq!(base(&drawn, 1), base(&drawn, 1));
        assert_eq!(drawn.study(1).parameters.distance.progress, 0.0);
    }
}
