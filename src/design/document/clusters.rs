//! `kind = "clusters"`: parallel arms of caseworkers or sites.

use super::common::{Goal, Solve, add, allow, begin, infeasible, put};
use super::{NamedValues, assurance};
use crate::design::clusters::{ClusterOutcome, ParallelClusters, SmallSample};
use crate::document::TableReader;
use crate::said;

/// What is measured.
#[derive(Clone, Copy)]
enum Outcome {
    /// Shares.
    Proportions,
    /// Means.
    Means,
    /// Rates.
    Rates,
}

/// Answers `kind = "clusters"`.
pub(super) fn answer(table: &TableReader<'_>, goal: &Goal) -> Option<NamedValues> {
    let permitted = allow(table, goal, &[Solve::Power, Solve::Size]);
    let outcome = outcome(table);
    let size = table.required("cluster_size", 1.0, 1e7, "60");
    let correlation = table.required("icc", 0.0, 1.0, "0.02");
    let variation = table.number("cv", 0.0, 10.0).unwrap_or(0.0);
    let corrections =
        [("one-step", SmallSample::OneStep), ("solved", SmallSample::Solved), ("none", SmallSample::None)];
    let small_sample = table.choice("small_sample", &corrections).unwrap_or(SmallSample::Solved);
    let ratio = table.number("allocation_ratio", 1e-2, 1e2).unwrap_or(1.0);
    let clusters = table.number("clusters_per_arm", 2.0, 1e6);
    let prior = assurance::prior(table, goal);
    if goal.solve == Solve::Power && clusters.is_none() {
        table.missing("clusters_per_arm", "clusters_per_arm = 10");
        return None;
    }
    if goal.solve == Solve::Size && clusters.is_some() {
        table.problem(
            "clusters_per_arm",
            said!("het aantal clusters wordt gezocht", "the number of clusters is sought"),
            said!("laat het weg", "leave it out"),
            None,
        );
        return None;
    }
    permitted?;
    let plan = ParallelClusters {
        outcome: outcome?,
        cluster_size: size?,
        correlation: correlation?,
        variation,
        small_sample,
    };
    let alpha = goal.level.one_sided();
    let mut answer = begin(goal);
    let per_arm = match clusters {
        Some(clusters) => Some(clusters),
        None => plan.clusters_per_arm(goal.power, alpha),
    };
    let Some(per_arm) = per_arm else {
        infeasible(
            &mut answer,
            said!(
                "er is geen verschil: het onderscheidend vermogen is alfa bij elk aantal clusters",
                "there is no difference: power equals alpha for any number of clusters"
            ),
        );
        return Some(answer);
    };
    let (treated, control) = ParallelClusters::unequal(per_arm, ratio);
    add(&mut answer, "feasible", true);
    put(&mut answer, "power", plan.power(per_arm, alpha));
    put(&mut answer, "design_effect", plan.design_effect());
    put(&mut answer, "clusters_per_arm", per_arm);
    put(&mut answer, "clusters_treated", treated);
    put(&mut answer, "clusters_control", control);
    put(&mut answer, "clusters_treated_rounded_up", libm::ceil(treated - 1e-9));
    put(&mut answer, "clusters_control_rounded_up", libm::ceil(control - 1e-9));
    put(&mut answer, "participants", (treated + control) * plan.cluster_size);
    assurance::put_mean(&mut answer, prior, |by| {
        let moved = ParallelClusters { outcome: plan.outcome.moved(by), ..plan };
        moved.power_towards(plan.outcome.is_up(), per_arm, alpha)
    });
    Some(answer)
}

/// Reads the outcome with its effect.
fn outcome(table: &TableReader<'_>) -> Option<ClusterOutcome> {
    let kinds = [("proportions", Outcome::Proportions), ("means", Outcome::Means), ("rates", Outcome::Rates)];
    match table.choice("outcome", &kinds).unwrap_or(Outcome::Proportions) {
        Outcome::Proportions => {
            let treated = table.required("treated", 0.0, 1.0, "0.10");
            let control = table.required("control", 0.0, 1.0, "0.06");
            Some(ClusterOutcome::Proportions { treated: treated?, control: control? })
        }
        Outcome::Means => {
            let difference = table.required("difference", -1e9, 1e9, "0.2");
            let deviation = table.required("deviation", 1e-9, 1e9, "1.0");
            Some(ClusterOutcome::Means { difference: difference?, deviation: deviation? })
        }
        Outcome::Rates => {
            let treated = table.required("treated", 1e-9, 1e6, "0.9");
            let control = table.required("control", 1e-9, 1e6, "0.6");
            let person_time = table.required("person_time", 1e-9, 1e6, "1.0");
            Some(ClusterOutcome::Rates { treated: treated?, control: control?, person_time: person_time? })
        }
    }
}
