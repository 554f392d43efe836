//! `kind = "proportions"`: two proportions at a fixed time.

use super::common::{
    Clustering, Goal, Solve, add, allow, begin, cluster_answer, clustering, infeasible, put,
};
use super::sequential::{plan_answer, staging};
use super::{NamedValues, assurance};
use crate::design::proportions::{ExactDesign, ExactTarget, TableTest, TwoProportions};
use crate::design::sequential::{SequentialPlan, SequentialRequest, crossing};
use crate::document::TableReader;
use crate::language::Said;
use crate::said;

/// Exact power is computed for at most so many participants in an arm.
const LARGEST_EXACT: u64 = 10_000;
/// The exact search starts at this share of the size of the normal approximation.
const START_SHARE: f64 = 0.7;

/// How power is computed.
#[derive(Clone, Copy, PartialEq)]
enum Method {
    /// Normal approximation.
    Normal,
    /// Over all tables.
    Exact(TableTest),
}

/// Answers `kind = "proportions"`.
pub(super) fn answer(table: &TableReader<'_>, goal: &Goal) -> Option<NamedValues> {
    let permitted = allow(table, goal, &[Solve::Power, Solve::Size]);
    let methods = [
        ("normal", Method::Normal),
        ("exact-pooled-z", Method::Exact(TableTest::PooledZ)),
        ("exact-corrected-z", Method::Exact(TableTest::CorrectedZ)),
        ("exact-fisher", Method::Exact(TableTest::Fisher)),
        ("exact-fisher-doubled", Method::Exact(TableTest::FisherDoubled)),
    ];
    let treated = table.required("treated", 0.0, 1.0, "0.13");
    let control = table.required("control", 0.0, 1.0, "0.06");
    let method = table.choice("method", &methods).unwrap_or(Method::Normal);
    let strict = table.boolean("strict").unwrap_or(false);
    let sizes = sizes(table, goal);
    let ratio = table.number("allocation_ratio", 1e-3, 1e3).unwrap_or(1.0);
    let clustering = clustering(table);
    let prior = assurance::prior(table, goal);
    let staging = staging(table, goal, None);
    if method != Method::Normal && prior.is_some() {
        assurance::refuse(
            table,
            said!("de prior hoort bij de normale benadering", "the prior goes with the normal approximation"),
            Said::same("method = \"normal\""),
        );
        return None;
    }
    if method != Method::Normal && (clustering.is_some() || staging.is_some()) {
        table.problem(
            "method",
            said!(
                "het exacte onderscheidend vermogen kent geen clusters en geen tussentijdse toetsen",
                "exact power has neither clusters nor looks"
            ),
            Said::same("method = \"normal\""),
            None,
        );
        return None;
    }
    permitted?;
    let (treated, control) = (treated?, control?);
    let sizes = sizes?;
    let allocation_ratio = sizes.map_or(ratio, |(n1, n2)| n1 / n2);
    let plan = TwoProportions { treated, control, allocation_ratio };
    let mut answer = begin(goal);
    match (method, sizes) {
        (Method::Normal, _) => {
            let staging = staging.map(|staging| staging.request);
            let study = Normal { plan, clustering, strict, prior };
            match staging {
                None => study.fixed(&mut answer, goal, sizes),
                Some(request) => study.sequential(&mut answer, goal, sizes, &request),
            }
        }
        (Method::Exact(test), Some((n1, n2))) => {
            if n1.max(n2) > LARGEST_EXACT as f64 || n1.fract() != 0.0 || n2.fract() != 0.0 {
                let allowed = said!(
                    "hele getallen tot {largest_exact} per groep",
                    "whole numbers up to {largest_exact} per arm",
                    largest_exact = LARGEST_EXACT
                );
                table.problem(
                    "participants",
                    said!(
                        "het exacte onderscheidend vermogen vraagt hele deelnemers",
                        "exact power needs whole participants"
                    ),
                    allowed,
                    None,
                );
                return None;
            }
            let design = ExactDesign { treated, control, treated_size: n1 as u64, control_size: n2 as u64 };
            report_exact(&mut answer, &design, test, goal);
        }
        (Method::Exact(test), None) => exact_size(&mut answer, &plan, test, goal),
    }
    Some(answer)
}

/// Numbers per arm: `None` inside when the size is sought.
fn sizes(table: &TableReader<'_>, goal: &Goal) -> Option<Option<(f64, f64)>> {
    let total = table.number("participants", 2.0, 1e9);
    let treated = table.number("participants_treated", 1.0, 1e9);
    let control = table.number("participants_control", 1.0, 1e9);
    let ratio = table.number("allocation_ratio", 1e-3, 1e3).unwrap_or(1.0);
    match (goal.solve, total, treated, control) {
        (Solve::Size, None, None, None) => Some(None),
        (Solve::Size, ..) => {
            table.problem(
                "participants",
                said!("de omvang wordt gezocht", "the size is what is sought"),
                said!("laat het weg, of solve = \"power\"", "leave it out, or solve = \"power\""),
                None,
            );
            None
        }
        (_, Some(total), None, None) => Some(Some((total * ratio / (1.0 + ratio), total / (1.0 + ratio)))),
        (_, None, Some(treated), Some(control)) => Some(Some((treated, control))),
        _ => {
            let allowed = said!(
                "participants, of participants_treated en participants_control",
                "participants, or participants_treated and participants_control"
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

/// The normal approximation with all that the file says.
struct Normal {
    /// The shares.
    plan: TwoProportions,
    /// Clusters.
    clustering: Option<Clustering>,
    /// Whether rejections in the wrong direction count for nothing.
    strict: bool,
    /// Standard deviation of the effect, when it is uncertain.
    prior: Option<f64>,
}

impl Normal {
    /// 1 without clusters.
    fn design_effect(&self) -> f64 {
        self.clustering.map_or(1.0, |clustering| clustering.effect)
    }

    /// Participants of a study without looks.
    fn fixed_size(&self, answer: &mut NamedValues, goal: &Goal) -> Option<f64> {
        let size = self.plan.size(goal.power, goal.level.one_sided());
        if size.is_none() {
            infeasible(
                answer,
                said!(
                    "de aandelen zijn gelijk: het onderscheidend vermogen is alfa bij elke omvang",
                    "the proportions are equal: power equals alpha for any size"
                ),
            );
        }
        size
    }

    /// The answer without looks.
    fn fixed(&self, answer: &mut NamedValues, goal: &Goal, sizes: Option<(f64, f64)>) {
        let alpha = goal.level.one_sided();
        let effective = match sizes {
            Some((n1, n2)) => Some((n1 + n2) / self.design_effect()),
            None => self.fixed_size(answer, goal),
        };
        let Some(effective) = effective else { return };
        let effective = if self.strict && sizes.is_none() && goal.level.sides == 2 {
            self.strict_size(effective, goal)
        } else {
            effective
        };
        let power = self.plan.power(effective, alpha);
        let both = power + self.plan.wrong_direction(effective, alpha);
        add(answer, "feasible", true);
        put(answer, "power", if self.strict && goal.level.sides == 2 { both } else { power });
        if goal.level.sides == 2 {
            put(answer, "power_both_directions", both);
        }
        self.report_size(answer, effective * self.design_effect());
        assurance::put_mean(answer, self.prior, |by| {
            let (moved, towards) = self.moved(by);
            // Beyond no effect the direction turns: what counts then is the wrong tail.
            if towards { moved.power(effective, alpha) } else { moved.wrong_direction(effective, alpha) }
        });
    }

    /// The proportions with the difference moved, and whether it still points the way that was stated.
    fn moved(&self, by: f64) -> (TwoProportions, bool) {
        let treated = (self.plan.treated + by).clamp(0.0, 1.0);
        let towards = (treated - self.plan.control) * (self.plan.treated - self.plan.control) >= 0.0;
        (TwoProportions { treated, ..self.plan }, towards)
    }

    /// Size at which both directions together have the power.
    fn strict_size(&self, start: f64, goal: &Goal) -> f64 {
        let alpha = goal.level.one_sided();
        let gap = |n: f64| self.plan.power(n, alpha) + self.plan.wrong_direction(n, alpha) - goal.power;
        crate::stats::root::brent(1e-3 * start, start * 1.01, 1e-10, gap).unwrap_or(start)
    }

    /// Numbers in both arms, rounded up.
    fn report_size(&self, answer: &mut NamedValues, size: f64) {
        let ratio = self.plan.allocation_ratio;
        let (treated, control) = (size * ratio / (1.0 + ratio), size / (1.0 + ratio));
        put(answer, "participants", size);
        put(answer, "participants_treated", treated);
        put(answer, "participants_control", control);
        put(answer, "participants_treated_rounded_up", libm::ceil(treated - 1e-9));
        put(answer, "participants_control_rounded_up", libm::ceil(control - 1e-9));
        if let Some(clustering) = self.clustering {
            add(answer, "clusters", cluster_answer(clustering, size));
        }
    }

    /// The plan with looks of a size.
    fn staged(&self, size: f64, goal: &Goal, request: &SequentialRequest) -> SequentialPlan {
        // Beyond 60 the power is 1 to every digit.
        let drift = self.plan.drift(size, goal.level.one_sided()).clamp(-60.0, 60.0);
        let fractions = request.fractions.clone();
        request.consistent_at_effect(&fractions, &vec![drift; fractions.len()])
    }

    /// The answer with looks.
    fn sequential(
        &self,
        answer: &mut NamedValues,
        goal: &Goal,
        sizes: Option<(f64, f64)>,
        request: &SequentialRequest,
    ) {
        let (plan, size) = match sizes {
            None => {
                let Some(fixed) = self.fixed_size(answer, goal) else { return };
                let plan = request.with_power(goal.power);
                let size = fixed * plan.inflation;
                put(answer, "fixed_size", fixed * self.design_effect());
                // Put back, the pooled critical value does not grow with the size as the inflation factor has it.
                put(answer, "power_at_size", self.staged(size, goal, request).power);
                (plan, size)
            }
            Some((n1, n2)) => {
                let effective = (n1 + n2) / self.design_effect();
                (self.staged(effective, goal, request), effective)
            }
        };
        add(answer, "feasible", true);
        put(answer, "power", plan.power);
        self.report_size(answer, size * self.design_effect());
        let at: Vec<f64> = request.fractions.iter().map(|t| t * size * self.design_effect()).collect();
        answer.insert("participants_at_looks".to_owned(), super::common::list(&at));
        put(answer, "expected_participants_no_effect", plan.null.expected(&at));
        put(answer, "expected_participants", plan.alternative.expected(&at));
        plan_answer(answer, &plan, &[]);
        assurance::put_mean(answer, self.prior, |by| {
            let (moved, towards) = self.moved(by);
            let alpha = goal.level.one_sided();
            let critical = crate::stats::normal::quantile(1.0 - alpha);
            let drift = match towards {
                true => moved.drift(size, alpha),
                // On the scale where the wrong tail of a fixed design is Phi(drift - z).
                false => critical + crate::stats::normal::quantile(moved.wrong_direction(size, alpha)),
            };
            let drift = drift.clamp(-60.0, 60.0);
            crossing(&request.fractions, &vec![drift; request.fractions.len()], &plan.bounds).power()
        });
    }
}

/// The exact power of a study.
fn report_exact(answer: &mut NamedValues, design: &ExactDesign, test: TableTest, goal: &Goal) {
    let power = |design: &ExactDesign| design.power(test, goal.level.alpha, goal.level.sides);
    add(answer, "feasible", true);
    put(answer, "power", power(design));
    put(answer, "type_i_error_at_control", power(&ExactDesign { treated: design.control, ..*design }));
    put(answer, "participants", (design.treated_size + design.control_size) as f64);
    put(answer, "participants_treated", design.treated_size as f64);
    put(answer, "participants_control", design.control_size as f64);
}

/// The smallest study with the power, exactly.
fn exact_size(answer: &mut NamedValues, plan: &TwoProportions, test: TableTest, goal: &Goal) {
    let Some(size) = plan.size(goal.power, goal.level.one_sided()) else {
        return infeasible(
            answer,
            said!(
                "de aandelen zijn gelijk: het onderscheidend vermogen is alfa bij elke omvang",
                "the proportions are equal: power equals alpha for any size"
            ),
        );
    };
    let control = size / (1.0 + plan.allocation_ratio);
    let target = ExactTarget {
        test,
        alpha: goal.level.alpha,
        sides: goal.level.sides,
        power: goal.power,
        largest_control_size: 3000,
    };
    let start = (START_SHARE * control) as u64;
    let design =
        ExactDesign { treated: plan.treated, control: plan.control, treated_size: 1, control_size: 1 };
    if control > target.largest_control_size as f64 {
        let most = target.largest_control_size;
        return infeasible(
            answer,
            said!(
                "er zijn meer dan {most} deelnemers in de controlegroep nodig: gebruik method = \
                 \"normal\"",
                "more than {most} participants in control are needed: use method = \"normal\"",
                most = most
            ),
        );
    }
    match design.smallest(start, plan.allocation_ratio, &target) {
        Some((found, _)) => report_exact(answer, &found, test, goal),
        None => infeasible(
            answer,
            said!(
                "geen omvang tot de grens heeft dit onderscheidend vermogen",
                "no size up to the limit has the power"
            ),
        ),
    }
}
