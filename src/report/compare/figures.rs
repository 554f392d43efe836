//! A curve stands for a plan here, not for an arm; colors are those of the plans, in the order in which
//! they were given. Each panel is left out when no plan has its measure.

use super::answer::asked;
use super::plans::Plans;
use crate::kinds::Question;
use crate::language::Text;
use crate::report::figures::chart::{Figure, NumberKind, Panel, PlottedCurve};
use crate::report::figures::gallery;
use crate::report::language::Lang;
use crate::report::words::{arm_name, measures};
use crate::trial::view::{Basis, Key};

/// A figure to draw: identifier, title, and its panels (title, unit, kind of number, measure).
type FigurePlan<'a> = (&'static str, &'a str, Vec<(&'a str, &'a str, NumberKind, Key<'static>)>);

/// What every other plan has more than the first over time: the effect that answers the question, and
/// the balance of money. `None` when there is nothing to draw.
pub(super) fn of_difference(plans: &Plans<'_>) -> Option<Figure> {
    let t = plans.lang;
    let points = measures::POINTS.text(t);
    let money = money(t);
    let (answers, key) = answering(asked(plans));
    let apart: FigurePlan<'_> = (
        "compare-difference",
        t.pick("Verschil in effect met het eerste plan", "Difference in effect from the first plan"),
        vec![
            (answers.text(t), points, NumberKind::Points, key),
            (
                t.pick("Verschil in saldo van de gemeente", "Difference in the municipality's balance"),
                money,
                NumberKind::Euro,
                ("money_discounted", "municipality"),
            ),
        ],
    );
    figure(plans, apart, Basis::Difference)
}

fn money(t: Lang) -> &'static str {
    t.pick("per klant, teruggerekend; plus is besparing", "per client, discounted; plus is a saving")
}

/// The differences first, then the curves of the judged arm under every plan.
pub(super) fn all(plans: &Plans<'_>) -> Vec<Figure> {
    let t = plans.lang;
    let share = measures::OF_ALL.text(t);
    let money = money(t);
    let sets: [FigurePlan<'_>; 3] = [
        (
            "compare-outflow",
            t.pick("Uitstroom onder elk plan", "Outflow under each plan"),
            vec![
                (measures::EXITS.text(t), share, NumberKind::Percent, ("exits", "")),
                (measures::EXITS_TO_WORK.text(t), share, NumberKind::Percent, ("exits_true", "work")),
            ],
        ),
        (
            "compare-steps",
            t.pick("Signalen en stappen onder elk plan", "Signals and steps under each plan"),
            vec![
                (measures::WITH_SIGNAL.text(t), share, NumberKind::Percent, ("clients_with_signal", "")),
                (measures::WITH_STEP.text(t), share, NumberKind::Percent, ("activated", "")),
            ],
        ),
        (
            "compare-money",
            t.pick("Geld onder elk plan", "Money under each plan"),
            vec![
                (
                    measures::TALKS_AND_TRAJECTORIES.text(t),
                    money,
                    NumberKind::Euro,
                    ("money_discounted", "implementation"),
                ),
                (measures::BALANCE.text(t), money, NumberKind::Euro, ("money_discounted", "municipality")),
            ],
        ),
    ];
    let overlaid = sets.into_iter().filter_map(|set| figure(plans, set, Basis::Paired));
    of_difference(plans).into_iter().chain(overlaid).collect()
}

/// The outcome that answers a question, beside the balance of money.
fn answering(question: Question) -> (Text, Key<'static>) {
    match question {
        Question::Payback | Question::Work => (measures::EXITS_TO_WORK, ("exits_true", "work")),
        Question::Exits => (measures::EXITS, ("exits", "")),
        Question::Steps => (measures::WITH_STEP, ("activated", "")),
        Question::Signals => (measures::WITH_SIGNAL, ("clients_with_signal", "")),
        Question::Caseload => (Text::new("Mensen met bijstand", "People on benefit"), ("on_benefit", "")),
    }
}

/// A figure with a curve per plan of its judged arm; `None` when no panel has a curve. Named after the
/// judged arm of the first plan, to which those of the others correspond.
fn figure(plans: &Plans<'_>, (id, title, panels): FigurePlan<'_>, world: Basis) -> Option<Figure> {
    let judged = plans.facts[0].arms.get(plans.judged());
    let name = judged.map_or_else(String::new, |arm| arm_name(plans.lang, arm));
    let panels: Vec<Panel> = panels
        .into_iter()
        .filter_map(|(title, unit, kind, key)| panel(plans, (title, unit, kind), world, key))
        .collect();
    let title = format!("{title} ({name})");
    let source = plans.levels(0);
    let description = gallery::describe(&source, &title, &panels);
    (!panels.is_empty()).then(|| Figure {
        id: id.to_owned(),
        title,
        description,
        panels,
        notes: gallery::notes(&source, world),
    })
}

/// Levels of every plan, or what every other plan has more than the first (then the first has no curve:
/// it would be the zero line).
fn panel(
    plans: &Plans<'_>,
    what: (&str, &str, NumberKind),
    world: Basis,
    key: Key<'static>,
) -> Option<Panel> {
    let curve = |plan: usize| -> Option<PlottedCurve> {
        let points = if world == Basis::Difference {
            gallery::curve(&plans.differences(plan), world, plans.place(plan, plans.judged())?, key).points
        } else {
            gallery::curve(&plans.levels(plan), world, plans.judged_of(plan), key).points
        };
        Some(PlottedCurve { arm: plan, label: plans.title(plan), points })
    };
    let first = usize::from(world == Basis::Difference);
    let series: Vec<PlottedCurve> = (first..plans.count()).filter_map(curve).collect();
    gallery::panel_of(&plans.levels(0), what, world, series)
}
