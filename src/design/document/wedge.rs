//! `kind = "stepped-wedge"`: clusters that switch one after another, or any schedule of exposures.

use super::common::{Goal, Solve, add, allow, begin, infeasible, put};
use super::{NamedValues, assurance};
use crate::design::clusters::{TimeTrend, Wedge, WedgeVariance, stepped_exposure};
use crate::document::TableReader;
use crate::said;
use crate::stats::normal;
use crate::stats::root::brent;

/// Most clusters times periods: each cluster costs the cube of the periods.
const MOST_CELLS: usize = 20_000;

/// Answers `kind = "stepped-wedge"`.
pub(super) fn answer(table: &TableReader<'_>, goal: &Goal) -> Option<NamedValues> {
    let permitted = allow(table, goal, &[Solve::Power, Solve::Size]);
    let prior = assurance::prior(table, goal);
    let exposure = exposure(table);
    let outcome = outcome(table);
    // Asked for also when the outcome is wrong, so that its keys are known.
    let variance = variance(table, outcome.map_or(1.0, |(_, residual)| residual));
    let trends = [("periods", TimeTrend::Periods), ("linear", TimeTrend::Linear), ("none", TimeTrend::None)];
    let trend = table.choice("trend", &trends).unwrap_or(TimeTrend::Periods);
    let participants = participants(table, goal, exposure.as_deref());
    permitted?;
    let (effect, _) = outcome?;
    let wedge = Wedge { exposure: exposure?, participants: participants?, variance: variance?, trend };
    let mut answer = begin(goal);
    let Some(unit) = wedge.effect_variance() else {
        infeasible(
            &mut answer,
            said!(
                "het schema kan het effect niet onderscheiden van de verandering in de tijd",
                "the schedule cannot tell the effect from the change over time"
            ),
        );
        return Some(answer);
    };
    let factor = match goal.solve {
        Solve::Size => size_factor(&wedge, effect, goal),
        _ => Some(1.0),
    };
    let Some(factor) = factor else {
        let most = wedge.with_participants_times(1e9).power(effect, goal.level.alpha, goal.level.sides);
        infeasible(
            &mut answer,
            said!(
                "meer deelnemers helpen niet: de clusters verschillen te veel; er zijn meer clusters \
                 nodig",
                "more participants do not help: clusters differ too much; more clusters are needed"
            ),
        );
        put(&mut answer, "limiting_power", most.unwrap_or(f64::NAN));
        return Some(answer);
    };
    let sized = wedge.with_participants_times(factor);
    let variance = sized.effect_variance().unwrap_or(unit);
    add(&mut answer, "feasible", true);
    put(&mut answer, "power", sized.power(effect, goal.level.alpha, goal.level.sides).unwrap_or(f64::NAN));
    put(&mut answer, "effect", effect);
    put(&mut answer, "standard_error", libm::sqrt(variance));
    put(&mut answer, "variance", variance);
    put(&mut answer, "clusters", sized.exposure.len() as f64);
    put(&mut answer, "periods", sized.exposure[0].len() as f64);
    put(&mut answer, "participants", sized.participants.iter().flatten().sum());
    if goal.solve == Solve::Size {
        put(&mut answer, "participants_per_cluster_period", sized.participants[0][0]);
        put(
            &mut answer,
            "participants_per_cluster_period_rounded_up",
            libm::ceil(sized.participants[0][0] - 1e-9),
        );
    }
    // The variance stays the stated one, also of proportions.
    assurance::put_mean(&mut answer, prior, |by| {
        let drift = (effect + by) * effect.signum() / libm::sqrt(variance);
        normal::cdf(drift - normal::quantile(1.0 - goal.level.one_sided()))
    });
    Some(answer)
}

/// Factor on the participants for the power.
fn size_factor(wedge: &Wedge, effect: f64, goal: &Goal) -> Option<f64> {
    let gap = |log: f64| {
        let power =
            wedge.with_participants_times(libm::exp(log)).power(effect, goal.level.alpha, goal.level.sides);
        power.map_or(f64::NAN, |power| power - goal.power)
    };
    brent(-12.0, 20.0, 1e-12, gap).ok().map(libm::exp)
}

/// Exposure by cluster and period.
fn exposure(table: &TableReader<'_>) -> Option<Vec<Vec<f64>>> {
    let build_up = table.numbers("build_up", 0.0, 1.0).unwrap_or_default();
    if table.has("exposure") {
        let rows = table.matrix("exposure", 0.0, 1.0)?;
        if rows.len() * rows[0].len() > MOST_CELLS {
            table.problem(
                "exposure",
                said!("het schema is te groot", "the schedule is too large"),
                said!("hoogstens {most_cells} cellen", "at most {most_cells} cells", most_cells = MOST_CELLS),
                None,
            );
            return None;
        }
        return Some(rows);
    }
    table.missing(
        "clusters_per_step",
        said!(
            "clusters_per_step = [2, 2, 2, 2], of exposure = [[0, 1], [0, 1]]",
            "clusters_per_step = [2, 2, 2, 2], or exposure = [[0, 1], [0, 1]]"
        ),
    );
    let steps = table.integers("clusters_per_step", 0, 10_000);
    let periods = table.integer("periods", 2, 200);
    let steps: Vec<usize> = steps?.into_iter().map(|step| step as usize).collect();
    let periods = periods.map_or(steps.len() + 1, |periods| periods as usize);
    let clusters: usize = steps.iter().sum();
    if clusters == 0 || clusters * periods > MOST_CELLS {
        let allowed = said!(
            "minstens één cluster; hoogstens {most_cells} clusterperioden",
            "at least one cluster; at most {most_cells} cluster-periods",
            most_cells = MOST_CELLS
        );
        table.problem(
            "clusters_per_step",
            said!("het schema is leeg of te groot", "the schedule is empty or too large"),
            allowed,
            None,
        );
        return None;
    }
    Some(stepped_exposure(&steps, periods, &build_up))
}

/// The effect, and the residual standard deviation of one participant.
fn outcome(table: &TableReader<'_>) -> Option<(f64, f64)> {
    if table.has("treated") || table.has("control") {
        let treated = table.required("treated", 0.0, 1.0, "0.10");
        let control = table.required("control", 0.0, 1.0, "0.06");
        let (treated, control) = (treated?, control?);
        let mean = 0.5 * (treated + control);
        return Some((treated - control, libm::sqrt(mean * (1.0 - mean))));
    }
    let effect = table.required(
        "effect",
        -1e9,
        1e9,
        said!("0.5, of treated en control voor aandelen", "0.5, or treated and control for proportions"),
    );
    let residual = table.required("residual_sd", 0.0, 1e9, "1.0");
    Some((effect?, residual?))
}

/// Variances of the outcome.
fn variance(table: &TableReader<'_>, residual: f64) -> Option<WedgeVariance> {
    let autocorrelation = table.number("autocorrelation", 0.0, 1.0).unwrap_or(1.0);
    let treatment = table.number("treatment_sd", 0.0, 1e9).unwrap_or(0.0);
    let participant = table.number("participant_sd", 0.0, 1e9).unwrap_or(0.0);
    let correlation = table.number("treatment_correlation", -1.0, 1.0).unwrap_or(0.0);
    let (mut cluster, mut period) =
        (table.number("cluster_sd", 0.0, 1e9), table.number("period_sd", 0.0, 1e9).unwrap_or(0.0));
    if table.has("icc") {
        if cluster.is_some() {
            table.problem(
                "icc",
                said!(
                    "icc en cluster_sd zeggen hetzelfde twee keer",
                    "icc and cluster_sd say the same twice"
                ),
                said!("een van beide", "one of them"),
                None,
            );
            return None;
        }
        let icc = table.number("icc", 0.0, 1.0 - 1e-9)?;
        let cac = table.number("cac", 0.0, 1.0).unwrap_or(1.0);
        let between = residual * residual * icc / (1.0 - icc);
        cluster = Some(libm::sqrt(between * cac));
        period = libm::sqrt(between * (1.0 - cac));
    }
    if cluster.is_none() {
        table.missing(
            "cluster_sd",
            said!("cluster_sd = 0.1, of icc = 0.02", "cluster_sd = 0.1, or icc = 0.02"),
        );
    }
    Some(WedgeVariance {
        residual,
        cluster: cluster?,
        autocorrelation,
        treatment,
        correlation,
        period,
        participant,
    })
}

/// Participants per cluster and period: one number, one per cluster, or a row per cluster.
fn participants(
    table: &TableReader<'_>,
    goal: &Goal,
    exposure: Option<&[Vec<f64>]>,
) -> Option<Vec<Vec<f64>>> {
    let listed = table.node("participants").is_some_and(|node| {
        matches!(&node.value, crate::document::Value::Array(items)
            if items.iter().any(|item| matches!(item.value, crate::document::Value::Array(_))))
    });
    let rows = if listed { Some(table.matrix("participants", 0.0, 1e9)?) } else { None };
    let numbers = if listed { None } else { table.one_or_more("participants", 0.0, 1e9) };
    let exposure = exposure?;
    let (clusters, periods) = (exposure.len(), exposure[0].len());
    if let Some(rows) = rows {
        if rows.len() == clusters && rows[0].len() == periods {
            return Some(rows);
        }
        let allowed = said!(
            "{clusters} rijen van {periods} getallen",
            "{clusters} rows of {periods} numbers",
            clusters = clusters,
            periods = periods
        );
        table.problem(
            "participants",
            said!("de rijen passen niet bij het schema", "the rows do not fit the schedule"),
            allowed,
            None,
        );
        return None;
    }
    match numbers {
        None if goal.solve == Solve::Size => Some(vec![vec![1.0; periods]; clusters]),
        None => {
            table.missing("participants", "participants = 20");
            None
        }
        Some(one) if one.len() == 1 => Some(vec![vec![one[0]; periods]; clusters]),
        Some(each) if each.len() == clusters => Some(each.into_iter().map(|n| vec![n; periods]).collect()),
        Some(_) => {
            let allowed = said!(
                "één getal, of een voor elk van de {clusters} clusters",
                "one number, or one for each of the {clusters} clusters",
                clusters = clusters
            );
            table.problem(
                "participants",
                said!("de deelnemers passen niet bij het schema", "the participants do not fit the schedule"),
                allowed,
                None,
            );
            None
        }
    }
}
