//! `kind = "counts"`: negative-binomial or Poisson rates.
//!
//! Events per person vary more than a Poisson count does; the negative binomial allows for that, with
//! dispersion 0 as its Poisson case (Muetze et al. 2019, doi:10.1177/0962280218773115; `design::counts`
//! has the formulas). Looks at calendar times are turned into shares of information, which hang a
//! little on the size that is sought.

use crate::language::AsTyped;
use crate::said;
use serde_json::Value;

use super::common::{Goal, Solve, add, allow, begin, cluster_answer, clustering, infeasible, list, put};
use super::sequential::{CLOSEST, Staging, plan_answer, staging};
use super::{NamedValues, assurance};
use crate::design::counts::{CountDesign, FollowUp};
use crate::design::sequential::{SequentialPlan, crossing};
use crate::document::TableReader;
use crate::stats::normal;

/// Most participants per arm: entry times are summed one by one.
const MOST: f64 = 1e6;

/// Answers `kind = "counts"`.
/// `None` when something is wrong with the file, which is then reported.
pub(super) fn answer(table: &TableReader<'_>, goal: &Goal) -> Option<NamedValues> {
    let permitted = allow(table, goal, &[Solve::Power, Solve::Size, Solve::FollowUp]);
    let treated_rate = table.required("treated_rate", 1e-9, 1e6, "0.9");
    let control_rate = table.required("control_rate", 1e-9, 1e6, "0.6");
    let dispersion = table.required("dispersion", 0.0, 1e4, "1.5");
    let null_ratio = table.number("null_rate_ratio", 1e-3, 1e3).unwrap_or(1.0);
    let ratio = table.number("allocation_ratio", 1e-3, 1e3).unwrap_or(1.0);
    let loss_rate = table.number("loss_rate", 0.0, 1e3).unwrap_or(0.0);
    let follow_up = follow_up(table, goal);
    let sizes = sizes(table, goal, ratio);
    let clustering = clustering(table);
    let prior = assurance::prior(table, goal);
    let staging = staging(table, goal, Some("times"));
    if staging.is_some() && goal.solve == Solve::FollowUp {
        table.problem(
            "sequential",
            said!(
                "tussentijdse toetsen worden geplaatst bij een bekende duur",
                "looks are placed for a known duration"
            ),
            said!("solve = \"power\" of \"size\"", "solve = \"power\" or \"size\""),
            None,
        );
        return None;
    }
    permitted?;
    let sizes = sizes?;
    let design = CountDesign {
        treated_rate: treated_rate?,
        control_rate: control_rate?,
        dispersion: dispersion?,
        allocation_ratio: sizes.map_or(ratio, |(n1, n2)| n1 as f64 / n2 as f64),
        null_ratio,
        design_effect: clustering.map_or(1.0, |clustering| clustering.effect),
        loss_rate,
    };
    let (follow_up, accrual) = follow_up?;
    let mut staging = staging;
    if let Some(staging) = &mut staging {
        at_times(table, &design, staging, sizes.unwrap_or((1000, 1000)), follow_up)?;
    }
    let alpha = goal.level.one_sided();
    let mut answer = begin(goal);
    let mut plan = match (&staging, goal.solve) {
        (Some(staging), Solve::Size) => Some(staging.request.with_power(goal.power)),
        _ => None,
    };
    let needed = design.needed_information(goal.power, alpha);
    let Some(fixed) = needed.or((goal.solve == Solve::Power).then_some(f64::INFINITY)) else {
        infeasible(
            &mut answer,
            said!(
                "de verhouding is die van de nulhypothese: het onderscheidend vermogen is alfa bij elke \
                 omvang",
                "the rate ratio is the one of the null hypothesis: power equals alpha for any size"
            ),
        );
        return Some(answer);
    };
    let mut needed = fixed * plan.as_ref().map_or(1.0, |plan| plan.inflation);
    // The shares of information at calendar times hang a little on the size, and the size on them.
    if let (Some(staging), Some(plan), Some(follow_up)) = (&mut staging, &mut plan, follow_up)
        && staging.months.is_some()
    {
        // Six rounds settle it to far below one participant.
        for _ in 0..6 {
            let Some(sizes) = design.size(needed, follow_up) else { break };
            at_times(table, &design, staging, sizes, Some(follow_up))?;
            *plan = staging.request.with_power(goal.power);
            needed = fixed * plan.inflation;
        }
    }
    let solved = match (goal.solve, sizes, follow_up) {
        (Solve::Size, _, Some(follow_up)) => design.size(needed, follow_up).map(|sizes| (sizes, follow_up)),
        (Solve::Power, Some(sizes), Some(follow_up)) => Some((sizes, follow_up)),
        (Solve::FollowUp, Some(sizes), _) => design
            .study_length(needed, sizes, accrual)
            .map(|study| (sizes, FollowUp::Staggered { accrual, study })),
        _ => None,
    };
    let Some((sizes, follow_up)) = solved else {
        if goal.solve == Solve::Size {
            infeasible(
                &mut answer,
                said!(
                    "er zouden meer dan 100 miljoen deelnemers nodig zijn",
                    "more than 100 million participants would be needed"
                ),
            );
            return Some(answer);
        }
        let most = design.information(sizes.unwrap_or((1, 1)), FollowUp::Fixed { length: 1e9 });
        infeasible(
            &mut answer,
            said!(
                "met deze spreiding geeft geen waarneming deze deelnemers genoeg informatie",
                "with this dispersion no follow-up gives these participants enough information"
            ),
        );
        put(&mut answer, "limiting_power", design.power(most, alpha));
        return Some(answer);
    };
    let information = design.information(sizes, follow_up);
    add(&mut answer, "feasible", true);
    put(&mut answer, "power", design.power(information, alpha));
    put(&mut answer, "rate_ratio", design.treated_rate / design.control_rate);
    if needed.is_finite() {
        put(&mut answer, "needed_information", needed);
    }
    put(&mut answer, "information", information);
    put(&mut answer, "participants", (sizes.0 + sizes.1) as f64);
    put(&mut answer, "participants_treated", sizes.0 as f64);
    put(&mut answer, "participants_control", sizes.1 as f64);
    match follow_up {
        FollowUp::Fixed { length } => put(&mut answer, "follow_up_each", length),
        FollowUp::Staggered { accrual, study } => {
            put(&mut answer, "accrual_period", accrual);
            put(&mut answer, "study_period", study);
        }
    }
    if let Some(clustering) = clustering {
        add(&mut answer, "clusters", cluster_answer(clustering, (sizes.0 + sizes.1) as f64));
    }
    if let Some(staging) = staging {
        let plan = plan.unwrap_or_else(|| {
            let drift = design.effect().abs() * libm::sqrt(information);
            let fractions = staging.request.fractions.clone();
            staging.request.consistent_at_effect(&fractions, &vec![drift; fractions.len()])
        });
        put(&mut answer, "power", plan.power);
        plan_answer(&mut answer, &plan, &[]);
        if let Some(times) = &staging.months {
            put_times(&mut answer, &design, &plan, times, (sizes, follow_up));
        }
        assurance::put_mean(&mut answer, prior, |by| {
            let drift = drift_towards(&design, by, sizes, follow_up).clamp(-60.0, 60.0);
            let fractions = &plan.request.fractions;
            crossing(fractions, &vec![drift; fractions.len()], &plan.bounds).power()
        });
        return Some(answer);
    }
    assurance::put_mean(&mut answer, prior, |by| {
        normal::cdf(drift_towards(&design, by, sizes, follow_up) - normal::quantile(1.0 - alpha))
    });
    Some(answer)
}

/// Mean of z in the direction of the stated effect when the log rate ratio moves by `by`: for averaging
/// power over a prior.
fn drift_towards(design: &CountDesign, by: f64, sizes: (u64, u64), follow_up: FollowUp) -> f64 {
    let moved = CountDesign { treated_rate: design.treated_rate * libm::exp(by), ..*design };
    moved.effect() * design.effect().signum() * libm::sqrt(moved.information(sizes, follow_up))
}

/// The study as it stands at a time after the first entry, in the unit of the file.
fn until(follow_up: FollowUp, time: f64) -> FollowUp {
    match follow_up {
        FollowUp::Fixed { .. } => FollowUp::Fixed { length: time },
        FollowUp::Staggered { accrual, .. } => FollowUp::Staggered { accrual, study: time },
    }
}

/// Looks at calendar times become shares of the information that participants have given by then.
fn at_times(
    table: &TableReader<'_>,
    design: &CountDesign,
    staging: &mut Staging,
    sizes: (u64, u64),
    follow_up: Option<FollowUp>,
) -> Option<()> {
    let (Some(times), Some(follow_up)) = (&staging.months, follow_up) else { return Some(()) };
    let end = match follow_up {
        FollowUp::Fixed { length } => length,
        FollowUp::Staggered { study, .. } => study,
    };
    if times.last().is_none_or(|last| (last - end).abs() > 1e-9 * end) {
        table.problem(
            "sequential",
            said!(
                "het laatste toetsmoment is aan het eind van het onderzoek",
                "the last look is at the end of the study"
            ),
            said!("tijden die eindigen op {end}", "times that end at {end}", end = AsTyped(end)),
            None,
        );
        return None;
    }
    let information: Vec<f64> =
        times.iter().map(|time| design.information(sizes, until(follow_up, *time))).collect();
    let whole = information[information.len() - 1];
    let fractions: Vec<f64> = information.iter().map(|at_look| at_look / whole).collect();
    let apart = |pair: &[f64]| pair[1] - pair[0] >= CLOSEST;
    if !(fractions[0] >= 1e-4 && fractions.windows(2).all(apart)) {
        let allowed = said!(
            "tijden waartussen minstens 0,001 van de informatie binnenkomt",
            "times between which at least 0.001 of the information comes in"
        );
        table.problem(
            "sequential",
            said!(
                "twee toetsmomenten bij bijna dezelfde informatie zijn één toetsmoment",
                "two looks at nearly the same information are one look"
            ),
            allowed,
            None,
        );
        return None;
    }
    staging.request.fractions = fractions;
    Some(())
}

/// Where the looks lie in time, who has entered by then, and when the study is expected to stop.
fn put_times(
    answer: &mut NamedValues,
    design: &CountDesign,
    plan: &SequentialPlan,
    times: &[f64],
    (sizes, follow_up): ((u64, u64), FollowUp),
) {
    let entered = |size: u64, time: f64| match follow_up {
        FollowUp::Staggered { accrual, .. } if accrual > 0.0 && size > 1 => {
            (libm::floor(time / accrual * (size - 1) as f64 + 1e-9) + 1.0).min(size as f64)
        }
        _ => size as f64,
    };
    let participants: Vec<f64> =
        times.iter().map(|time| entered(sizes.0, *time) + entered(sizes.1, *time)).collect();
    let information: Vec<f64> =
        times.iter().map(|time| design.information(sizes, until(follow_up, *time))).collect();
    let Some(Value::Object(sequential)) = answer.get_mut("sequential") else { return };
    sequential.insert("times".to_owned(), list(times));
    sequential.insert("participants".to_owned(), list(&participants));
    sequential.insert("statistical_information".to_owned(), list(&information));
    put(sequential, "expected_time_no_effect", plan.null.expected(times));
    put(sequential, "expected_time", plan.alternative.expected(times));
    put(sequential, "expected_participants", plan.alternative.expected(&participants));
}

/// Follow-up, and the accrual period when the study length is sought; `None` when too little or too
/// much is given.
fn follow_up(table: &TableReader<'_>, goal: &Goal) -> Option<(Option<FollowUp>, f64)> {
    let each = table.number("follow_up_each", 1e-9, 1e6);
    let accrual = table.number("accrual_period", 0.0, 1e6);
    let study = table.number("study_period", 1e-9, 1e6);
    match (goal.solve, each, accrual, study) {
        (Solve::FollowUp, None, Some(accrual), None) => Some((None, accrual)),
        (Solve::FollowUp, ..) => {
            table.problem(
                "accrual_period",
                said!("de duur van het onderzoek wordt gezocht", "the study period is sought"),
                said!("alleen accrual_period", "accrual_period alone"),
                None,
            );
            None
        }
        (_, Some(length), None, None) => Some((Some(FollowUp::Fixed { length }), 0.0)),
        (_, None, Some(accrual), Some(study)) if study >= accrual => {
            Some((Some(FollowUp::Staggered { accrual, study }), accrual))
        }
        _ => {
            let allowed = said!(
                "follow_up_each, of accrual_period en een study_period die minstens zo lang is",
                "follow_up_each, or accrual_period and a study_period at least as long"
            );
            table.problem(
                "follow_up_each",
                said!("hoe lang worden deelnemers gevolgd?", "how long are participants followed?"),
                allowed,
                None,
            );
            None
        }
    }
}

/// Numbers in treated and control; `Some(None)` when the size is what is sought.
fn sizes(table: &TableReader<'_>, goal: &Goal, ratio: f64) -> Option<Option<(u64, u64)>> {
    let total = table.number("participants", 2.0, MOST);
    let treated = table.integer("participants_treated", 1, MOST as i64);
    let control = table.integer("participants_control", 1, MOST as i64);
    match (goal.solve, total, treated, control) {
        (Solve::Size, None, None, None) => Some(None),
        (Solve::Power | Solve::FollowUp, Some(total), None, None) => {
            let treated = libm::ceil(total * ratio / (1.0 + ratio) - 1e-9) as u64;
            Some(Some((treated, libm::ceil(total / (1.0 + ratio) - 1e-9) as u64)))
        }
        (Solve::Power | Solve::FollowUp, None, Some(treated), Some(control)) => {
            Some(Some((treated as u64, control as u64)))
        }
        _ => {
            let allowed = said!(
                "participants, of participants_treated en participants_control; geen van alle bij \
                     solve = \"size\"",
                "participants, or participants_treated and participants_control; none when solve = \"size\""
            );
            table.problem(
                "participants",
                said!("hoeveel deelnemers?", "how many participants?"),
                allowed,
                None,
            );
            None
        }
    }
}
