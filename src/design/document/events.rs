//! `kind = "events"`: a log-rank or Cox design from event shares alone.

use super::common::{Goal, Solve, add, allow, begin, infeasible, put};
use super::{NamedValues, assurance};
use crate::design::event_driven::{EventDesign, EventFormula};
use crate::document::TableReader;
use crate::said;

/// Answers `kind = "events"`.
pub(super) fn answer(table: &TableReader<'_>, goal: &Goal) -> Option<NamedValues> {
    let permitted = allow(table, goal, &[Solve::Power, Solve::Size]);
    let hazard_ratio = table.required("hazard_ratio", 1e-6, 1e6, "1.5");
    let treated_share = table.required("treated_event_share", 1e-9, 1.0, "0.3");
    let control_share = table.required("control_event_share", 1e-9, 1.0, "0.2");
    let formulas = [("freedman", EventFormula::Freedman), ("schoenfeld", EventFormula::Schoenfeld)];
    let formula = table.choice("method", &formulas).unwrap_or(EventFormula::Freedman);
    let ratio = table.number("allocation_ratio", 1e-3, 1e3).unwrap_or(1.0);
    let treated = table.number("participants_treated", 1.0, 1e9);
    let control = table.number("participants_control", 1.0, 1e9);
    let total = table.number("participants", 2.0, 1e9);
    let prior = assurance::prior(table, goal);
    let size = match (goal.solve, total, treated, control) {
        (Solve::Size, None, None, None) => None,
        (Solve::Power, Some(total), None, None) => {
            Some((total * ratio / (1.0 + ratio), total / (1.0 + ratio)))
        }
        (Solve::Power, None, Some(treated), Some(control)) => Some((treated, control)),
        _ => {
            let allowed = said!(
                "voor power: participants, of participants_treated en participants_control; voor \
                     size: geen",
                "for power: participants, or participants_treated and participants_control; for size: none"
            );
            table.problem(
                "participants",
                said!("hoeveel deelnemers?", "how many participants?"),
                allowed,
                None,
            );
            return None;
        }
    };
    permitted?;
    let design = EventDesign {
        hazard_ratio: hazard_ratio?,
        treated_share: treated_share?,
        control_share: control_share?,
        allocation_ratio: size.map_or(ratio, |(n1, n2)| n1 / n2),
        formula,
    };
    let alpha = goal.level.one_sided();
    let mut answer = begin(goal);
    let total = match size {
        Some((n1, n2)) => Some(n1 + n2),
        None => design.size(goal.power, alpha),
    };
    let Some(total) = total else {
        infeasible(
            &mut answer,
            said!(
                "de hazardratio is 1: het onderscheidend vermogen is alfa bij elke omvang",
                "the hazard ratio is 1: power equals alpha for any size"
            ),
        );
        return Some(answer);
    };
    let k = design.allocation_ratio;
    add(&mut answer, "feasible", true);
    put(&mut answer, "power", design.power(total, alpha));
    put(&mut answer, "participants", total);
    put(&mut answer, "participants_treated", total * k / (1.0 + k));
    put(&mut answer, "participants_control", total / (1.0 + k));
    put(&mut answer, "participants_treated_rounded_up", libm::ceil(total * k / (1.0 + k) - 1e-9));
    put(&mut answer, "participants_control_rounded_up", libm::ceil(total / (1.0 + k) - 1e-9));
    put(&mut answer, "events", design.events(total));
    assurance::put_mean(&mut answer, prior, |by| {
        let moved = EventDesign { hazard_ratio: design.hazard_ratio * libm::exp(by), ..design };
        moved.power_towards(design.hazard_ratio >= 1.0, total, alpha)
    });
    Some(answer)
}
