//! Every numeric parameter by its dotted path: the one list behind the loader, the registry, the schema
//! and the draws.
//!
//! One walk visits all leaves with their limits; whoever needs the list (reading, checking, schema,
//! registry, draws of priors) is a visitor of it. So a new parameter is a field in `parameters`, a
//! value with its source in the reference, and for a new group a line in `walk`; nothing else can
//! forget it.

use super::parameters::{COPULA_VARIABLES, Group, Leaf, Parameters};
use crate::kinds::{Kind, Need, Step};

/// How a leaf is written in a scenario.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeafNotation {
    /// `key = 0.2` or `key = { value = 0.2, source = "…" }`.
    Single,
    /// One of several numbers in a table that share one source: `trust = { mean = 0.4, sd = 0.2, source = "…" }`.
    Member,
}

/// One numeric parameter.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LeafPath {
    /// Dotted path, for instance `conversation.trust_gain`.
    pub path: String,
    /// Smallest allowed value, in the unit of the parameter.
    pub min: f64,
    /// Largest allowed value.
    pub max: f64,
    /// How it is written.
    pub notation: LeafNotation,
}

impl LeafPath {
    /// A leaf with its path and limits.
    fn new(path: String, leaf: &Leaf, notation: LeafNotation) -> Self {
        Self { path, min: leaf.min, max: leaf.max, notation }
    }

    /// The path of the table that holds the leaf, and the leaf's own key.
    pub(crate) fn split(&self) -> (&str, &str) {
        self.path.rsplit_once('.').unwrap_or(("", &self.path))
    }
}

/// What [`walk`] calls for each leaf.
type Visitor<'v> = &'v mut dyn FnMut(&LeafPath, &mut f64);

/// Visits every numeric parameter with its path, in the order of the reference file. The visitor gets
/// the place of the value and may change it; limits are not looked at here.
pub(crate) fn walk(parameters: &mut Parameters, visit: Visitor<'_>) {
    use LeafNotation::{Member, Single};
    let far = &mut parameters.far;
    group("population.far.recorded_distance", Member, &mut far.recorded_distance, visit);
    group("population.far.months_on_benefit", Member, &mut far.months_on_benefit, visit);
    group("population.far.age_years", Member, &mut far.age_years, visit);
    group("population.far.problem_prevalence", Member, &mut far.problem_prevalence, visit);
    group("population.far.trust", Member, &mut far.trust, visit);
    group("population.far.confidence", Member, &mut far.confidence, visit);
    group("population.far.motivation", Member, &mut far.motivation, visit);
    group("population.far.knowledge", Member, &mut far.knowledge, visit);
    group("population.far", Single, &mut far.scalars, visit);
    group("population", Single, &mut parameters.reach, visit);
    let stock = &mut parameters.stock;
    group("population.stock.near_recorded_distance", Member, &mut stock.near_recorded_distance, visit);
    group("population.stock.far_recorded_distance", Member, &mut stock.far_recorded_distance, visit);
    group("population.stock.near_months_on_benefit", Member, &mut stock.near_months_on_benefit, visit);
    group("population.stock.far_months_on_benefit", Member, &mut stock.far_months_on_benefit, visit);
    group("population.stock.entrant_age_years", Member, &mut stock.entrant_age_years, visit);
    group("population.stock", Single, &mut stock.scalars, visit);
    correlation(parameters, visit);
    group("site_effects", Single, &mut parameters.site, visit);
    group("caseworker", Single, &mut parameters.caseworker, visit);
    group("no_show", Single, &mut parameters.no_show, visit);
    group("conversation", Single, &mut parameters.conversation, visit);
    steps(parameters, visit);
    group("distance", Single, &mut parameters.distance, visit);
    drive(parameters, visit);
    group("exit.work", Single, &mut parameters.work, visit);
    group("exit", Single, &mut parameters.exit, visit);
    group("exit.other", Single, &mut parameters.other, visit);
    group("exit.withdrawal_at_invitation", Member, &mut parameters.withdrawal_at_invitation, visit);
    group("return", Single, &mut parameters.returns, visit);
    group("return.share", Single, &mut parameters.return_shares, visit);
    group("fraud", Single, &mut parameters.fraud, visit);
    group("observation", Single, &mut parameters.observation, visit);
    group("costs", Single, &mut parameters.costs, visit);
}

/// Visits the leaves of one group.
fn group<G: Group>(prefix: &str, notation: LeafNotation, group: &mut G, visit: Visitor<'_>) {
    for leaf in G::LEAVES {
        let path = LeafPath::new(format!("{prefix}.{}", leaf.name()), leaf, notation);
        if let Some(slot) = group.slot(leaf.key) {
            visit(&path, slot);
        }
    }
}

/// Confidence and motivation share one struct but have a table each in a scenario.
fn drive(parameters: &mut Parameters, visit: Visitor<'_>) {
    for leaf in <super::parameters::Drive as Group>::LEAVES {
        let path = match leaf.key.split_once('_') {
            Some((table @ ("confidence" | "motivation"), key)) => format!("{table}.{key}"),
            _ => format!("motivation.{}", leaf.key),
        };
        if let Some(slot) = parameters.drive.slot(leaf.key) {
            visit(&LeafPath::new(path, leaf, LeafNotation::Single), slot);
        }
    }
}

/// Visits the parameters of the small steps.
fn steps(parameters: &mut Parameters, visit: Visitor<'_>) {
    let steps = &mut parameters.steps;
    group("steps", LeafNotation::Single, &mut steps.common, visit);
    for &step in Step::ALL {
        let table = format!("steps.kind.{}", step.name());
        group(&table, LeafNotation::Member, &mut steps.kind[step], visit);
        let need = format!("{table}.need");
        match step.need() {
            Need::Disclosed => group(&need, LeafNotation::Member, &mut steps.help_need[step], visit),
            Need::Recorded | Need::Reach => {
                group(&need, LeafNotation::Member, &mut steps.distance_need[step], visit)
            }
            Need::Same | Need::Language => {}
        }
    }
}

/// Visits the correlations, each pair once.
fn correlation(parameters: &mut Parameters, visit: Visitor<'_>) {
    let matrix = &mut parameters.correlation.0;
    for first in 0..COPULA_VARIABLES.len() {
        for second in first + 1..COPULA_VARIABLES.len() {
            let path =
                format!("population.correlation.{}-{}", COPULA_VARIABLES[first], COPULA_VARIABLES[second]);
            let leaf = Leaf { key: "", min: -0.99, max: 0.99 };
            let mut value = matrix[first][second];
            visit(&LeafPath::new(path, &leaf, LeafNotation::Member), &mut value);
            matrix[first][second] = value;
            matrix[second][first] = value;
        }
    }
}

/// All leaves of the parameter tree, in the order of [`walk`]; the values are those of nothing.
pub(crate) fn leaves() -> Vec<LeafPath> {
    let mut list = Vec::new();
    walk(&mut Parameters::default(), &mut |leaf, _| list.push(leaf.clone()));
    list
}

/// The number keys of a service, with their limits: `[service.NAME]`.
pub(crate) const SERVICE_LEAVES: [Leaf; 5] = [
    Leaf { key: "interval_months", min: 0.25, max: 360.0 },
    Leaf { key: "contact_far", min: 0.0, max: 10.0 },
    Leaf { key: "contact_near", min: 0.0, max: 10.0 },
    Leaf { key: "quality", min: -10.0, max: 10.0 },
    Leaf { key: "detection_factor", min: 0.0, max: 10.0 },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn value_at(parameters: &Parameters, path: &str) -> Option<f64> {
        let mut found = None;
        walk(&mut parameters.clone(), &mut |leaf, value| {
            if leaf.path == path {
                found = Some(*value);
            }
        });
        found
    }

    #[test]
    fn paths_are_unique_and_reach_their_place() {
        let list = leaves();
        let unique: std::collections::BTreeSet<_> = list.iter().map(|leaf| &leaf.path).collect();
        assert_eq!(unique.len(), list.len());
        let mut parameters = Parameters::default();
        let mut count = 0.0;
        walk(&mut parameters, &mut |_, value| {
            count += 1.0;
            *value = count;
        });
        assert_eq!(parameters.far.recorded_distance.median, 1.0);
        assert_eq!(value_at(&parameters, "return.share.move"), Some(parameters.return_shares.r#move));
        assert_eq!(value_at(&parameters, "confidence.talk"), Some(parameters.drive.confidence_talk));
        assert_eq!(value_at(&parameters, "motivation.goal_gradient"), Some(parameters.drive.goal_gradient));
        let pair = value_at(&parameters, "population.correlation.distance-age").unwrap();
        assert_eq!((parameters.correlation.0[0][2], parameters.correlation.0[2][0]), (pair, pair));
        assert_eq!(value_at(&parameters, "no.such"), None);
    }
}
