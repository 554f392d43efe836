//! The plans of a comparison, seen up to the last month that all of them report.
//!
//! Scenarios may differ in horizon, arms and size. What can be compared is what all have: months up to
//! the shortest horizon, arms by name, and per client. Everything on the pages asks this type, so that
//! no table compares what another does not.

use crate::report::escape;
use crate::report::facts::Facts;
use crate::report::language::Lang;
use crate::report::source::Source;
use crate::trial::Results;
use crate::trial::compare::Comparison;
use crate::trial::view::{Basis, Key, ShownValue, View};

/// What all plans of a comparison report: up to the last month that is in all of them.
pub(super) struct Cut {
    /// The facts of every plan, with the shared horizon.
    facts: Vec<Facts>,
    /// Results of every plan up to the shared month.
    levels: Vec<Results>,
    /// Every plan less the first, up to the shared month.
    differences: Vec<Results>,
}

impl Cut {
    /// Cuts all results off at the last month that every plan reports.
    pub(super) fn new(comparison: &Comparison, facts: &[Facts]) -> Self {
        let first = comparison.differences.first();
        let months = first.map_or(&[][..], |first| &first.months);
        let shared =
            |month: &&u32| comparison.differences.iter().all(|difference| difference.months.contains(month));
        let last = months.iter().filter(shared).max().copied().unwrap_or(0);
        let until = |results: &[Results]| results.iter().map(|result| result.until(last)).collect();
        Self {
            facts: facts
                .iter()
                .map(|facts_of_plan| Facts { horizon_months: last, ..facts_of_plan.clone() })
                .collect(),
            levels: until(&comparison.results),
            differences: until(&comparison.differences),
        }
    }
}

/// The scenarios of a comparison in one language.
pub(super) struct Plans<'a> {
    /// Language of the page.
    pub(super) lang: Lang,
    /// As they were asked for.
    pub(super) facts: &'a [Facts],
    /// What the plans have in common.
    cut: &'a Cut,
    /// Views of the levels, in the order of the plans.
    levels: Vec<View<'a>>,
    /// Views of each plan less the first.
    differences: Vec<View<'a>>,
    /// Up to its own horizon.
    whole: Vec<View<'a>>,
    /// What each is called; two of the same name get numbers.
    titles: Vec<String>,
}

impl<'a> Plans<'a> {
    /// Makes the views; draws are shrunk once for all tables.
    pub(super) fn new(cut: &'a Cut, comparison: &'a Comparison, facts: &'a [Facts], lang: Lang) -> Self {
        let views = |results: &'a [Results]| results.iter().map(View::new).collect();
        Self {
            lang,
            facts,
            cut,
            levels: views(&cut.levels),
            differences: views(&cut.differences),
            whole: views(&comparison.results),
            // A title up to a colon.
            titles: apart(facts.iter().map(|facts_of_plan| {
                let title = escape::name(&facts_of_plan.title[lang.pick(0, 1)]);
                title.split(": ").next().unwrap_or_default().to_owned()
            })),
        }
    }

    /// The same plans under names of the reader's own.
    #[cfg(feature = "serve")]
    pub(super) fn called(self, names: &[String]) -> Self {
        Self { titles: apart(names.iter().map(|name| escape::name(name))), ..self }
    }

    /// Number of plans, the first included.
    pub(super) fn count(&self) -> usize {
        self.facts.len()
    }

    /// Results of a plan up to the month that all have.
    pub(super) fn levels(&self, plan: usize) -> Source<'_> {
        Source { view: &self.levels[plan], facts: &self.cut.facts[plan], lang: self.lang }
    }

    /// A plan less the first one; arms are those of the first that the plan has too.
    pub(super) fn differences(&self, plan: usize) -> Source<'_> {
        Source { view: &self.differences[plan], facts: &self.cut.facts[0], lang: self.lang }
    }

    /// Results of a plan over its full horizon.
    pub(super) fn full(&self, plan: usize) -> Source<'_> {
        Source { view: &self.whole[plan], facts: &self.facts[plan], lang: self.lang }
    }

    /// What a plan is called.
    pub(super) fn title(&self, plan: usize) -> String {
        self.titles.get(plan).cloned().unwrap_or_default()
    }

    /// What the judged arm of every plan gains or loses against its own control, per client, at the
    /// last month up to `month`; `None` where a plan has no such measure.
    pub(super) fn effects(&self, key: Key<'_>, month: u32) -> Vec<Option<ShownValue>> {
        let of = |plan: usize| {
            let source = self.levels(plan);
            source.estimate(Basis::Difference, self.judged_of(plan), key, source.at_or_before(month))
        };
        (0..self.count()).map(of).collect()
    }

    /// How much more a plan has per client than the first one, in an arm of the first.
    pub(super) fn more(
        &self,
        plan: usize,
        (world, arm): (Basis, usize),
        key: Key<'_>,
        month: u32,
    ) -> Option<ShownValue> {
        let source = self.differences(plan);
        source.estimate(world, self.place(plan, arm)?, key, source.at_or_before(month))
    }

    /// Arms of the first plan that every plan has, as an index into the arms of the first.
    pub(super) fn shared_arms(&self) -> Vec<usize> {
        let in_all = |arm: &usize| (1..self.count()).all(|plan| self.place(plan, *arm).is_some());
        (0..self.facts[0].arms.len()).filter(in_all).collect()
    }

    /// Where an arm of the first plan stands among the differences of a plan; `None` when the plan has
    /// no arm of that name.
    pub(super) fn place(&self, plan: usize, arm: usize) -> Option<usize> {
        let name = &self.facts[0].arms.get(arm)?.name;
        self.differences[plan].results.arms.iter().position(|arm| arm == name)
    }

    /// The arm that plans are judged on: the first that all have and that is not the control.
    pub(super) fn judged(&self) -> usize {
        let control = self.facts[0].control;
        let treated = |arm: &usize| *arm != control;
        let shared = self.shared_arms().into_iter().find(treated);
        shared.or_else(|| (0..self.facts[0].arms.len()).find(treated)).unwrap_or(control)
    }

    /// The arm of a plan that goes with the judged arm of the first.
    pub(super) fn judged_of(&self, plan: usize) -> usize {
        let name = &self.facts[0].arms[self.judged()].name;
        let facts = &self.facts[plan];
        let treated = || (0..facts.arms.len()).filter(|arm| *arm != facts.control);
        treated()
            .find(|arm| facts.arms[*arm].name == *name)
            .or_else(|| treated().next())
            .unwrap_or(facts.control)
    }

    /// The last month that all report.
    pub(super) fn month(&self) -> u32 {
        self.levels(0).horizon()
    }

    /// Whether some plan goes on beyond the shared month: then its own totals stand in a table of their
    /// own.
    pub(super) fn has_other_horizons(&self) -> bool {
        self.facts.iter().any(|facts| facts.horizon_months != self.month())
    }
}

/// The plans as a title: `“A”, “B” or “C”`. Names may have commas and an *or* of their own.
pub(super) fn named(titles: &[String], lang: Lang) -> String {
    let quoted: Vec<String> = titles.iter().map(|title| format!("“{title}”")).collect();
    match quoted.as_slice() {
        [before @ .., last] if !before.is_empty() => {
            format!("{} {} {last}", before.join(", "), lang.pick("of", "or"))
        }
        _ => quoted.join(""),
    }
}

/// Names with a number where two would be the same.
fn apart(names: impl Iterator<Item = String>) -> Vec<String> {
    let names: Vec<String> = names.collect();
    let number = |(at, name): (usize, &String)| {
        let same = names.iter().filter(|other| *other == name).count();
        if same > 1 { format!("{name} ({})", at + 1) } else { name.clone() }
    };
    names.iter().enumerate().map(number).collect()
}
