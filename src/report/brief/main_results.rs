//! The main results at a month: two arms side by side, more of them below each other under every measure.

use super::rows::{ROWS, ShortRow, show};
use crate::report::language::Lang;
use crate::report::number::{decimal, round_to};
use crate::report::round::decimals_of_range;
use crate::report::terminal::{self, TextLine};
use crate::report::words::arm_named;
use crate::trial::view::{Basis, View};
use crate::trial::{ArmResults, Results};

/// The results at a month, one table.
pub(super) fn table(view: &View<'_>, month: u32, lang: Lang) -> String {
    let at = At { view, month, lang };
    if view.results.arms.len() > 2 { at.below_each_other() } else { at.side_by_side() }
}

/// What is shown of a run: a month, in a language.
struct At<'a> {
    /// The run.
    view: &'a View<'a>,
    /// The month.
    month: u32,
    /// The language.
    lang: Lang,
}

impl At<'_> {
    /// The results of the run.
    fn results(&self) -> &Results {
        self.view.results
    }

    /// The arms with the control first, for a list in which the others are compared with it.
    fn control_first(&self) -> Vec<usize> {
        let control = self.results().control;
        let others = (0..self.results().arms.len()).filter(|&arm| arm != control);
        std::iter::once(control).chain(others).collect()
    }

    /// Heading of the ranges; none without draws.
    fn of_range(&self) -> Option<String> {
        let words = self.lang.pick("over de aannames (8 van de 10)", "over the assumptions (8 in 10)");
        self.results().draws.is_some().then(|| words.to_owned())
    }

    /// The measures that the run has.
    fn rows(&self) -> impl Iterator<Item = &'static ShortRow> {
        ROWS.iter().filter(|row| self.results().index_of(row.key.0, row.key.1).is_some())
    }

    /// A row per measure, a column per arm, then the difference and its range.
    fn side_by_side(&self) -> String {
        let arms = 0..self.results().arms.len();
        let other = arms.clone().find(|&arm| arm != self.results().control);
        let mut head = vec![String::new()];
        head.extend(arms.clone().map(|arm| arm_named(self.lang, &self.results().arms[arm])));
        if other.is_some() {
            head.push(self.lang.pick("verschil", "difference").to_owned());
            head.extend(self.of_range());
        }
        let mut lines = Vec::new();
        for row in self.rows() {
            let mut cells = vec![self.lang.pick(row.words[0], row.words[1]).to_owned()];
            cells.extend(arms.clone().map(|arm| self.stat(&self.results().paired, arm, row)));
            cells.extend(other.into_iter().flat_map(|arm| self.difference(row, arm)));
            lines.push(TextLine::Cells(cells));
            if self.has_exact(row) {
                let exact = arms.clone().map(|arm| self.exact(row, arm).unwrap_or_default());
                lines.push(TextLine::Cells(std::iter::once(self.exact_word()).chain(exact).collect()));
            }
        }
        terminal::table(&head, &lines, 1)
    }

    /// A line per measure, and below it a row per arm: its level, its difference from the control, the range of that.
    fn below_each_other(&self) -> String {
        let control = arm_named(self.lang, &self.results().arms[self.results().control]);
        let from = format!("{} {control}", self.lang.pick("verschil met", "difference from"));
        let mut head = vec![String::new(), String::new(), from];
        head.extend(self.of_range());
        let mut lines = Vec::new();
        for row in self.rows() {
            lines.push(TextLine::Group(self.lang.pick(row.words[0], row.words[1]).trim_start().to_owned()));
            for arm in self.control_first() {
                let name = arm_named(self.lang, &self.results().arms[arm]);
                let mut cells = vec![format!("  {name}"), self.stat(&self.results().paired, arm, row)];
                if arm != self.results().control {
                    cells.extend(self.difference(row, arm));
                }
                lines.push(TextLine::Cells(cells));
                if let Some(exact) = self.exact(row, arm) {
                    lines.push(TextLine::Cells(vec![self.exact_word(), exact]));
                }
            }
        }
        terminal::table(&head, &lines, 1)
    }

    /// A value with its error; a dash where a measure is not defined.
    fn stat(&self, world: &[ArmResults], arm: usize, row: &ShortRow) -> String {
        let found = self.results().stat(world, arm, 0, row.key, self.month);
        found.map_or_else(|| "–".to_owned(), |stat| show(row, stat, self.lang))
    }

    /// A difference from the control, and its range where there are draws.
    fn difference(&self, row: &ShortRow, arm: usize) -> Vec<String> {
        let mut cells = vec![self.stat(&self.results().difference, arm, row)];
        cells.extend(self.results().draws.is_some().then(|| self.over_draws(arm, row)));
        cells
    }

    /// The range of a difference over the draws of the parameters: a tenth of them lies below it, and a tenth above.
    fn over_draws(&self, arm: usize, row: &ShortRow) -> String {
        let at = self.results().month_index(self.month);
        let found = at.and_then(|at| self.view.estimate(Basis::Difference, arm, row.key, at));
        let Some(found) = found.filter(|found| !found.drawn.is_empty()) else { return "–".to_owned() };
        let mut ends = [found.low * row.factor(), found.high * row.factor()];
        ends.sort_by(f64::total_cmp);
        let decimals = decimals_of_range(ends[0], ends[1]).min(row.most);
        let [low, high] = ends.map(|end| decimal(self.lang, round_to(end, decimals), decimals.max(0)));
        format!("{low} {} {high}", self.lang.pick("tot", "to"))
    }

    /// The name of a row of exact values.
    fn exact_word(&self) -> String {
        format!("    {}", self.lang.pick("precies", "exact"))
    }

    /// Whether a transition table gives exact values of a measure.
    fn has_exact(&self, row: &ShortRow) -> bool {
        (0..self.results().arms.len()).any(|arm| self.exact(row, arm).is_some())
    }

    /// The exact value of a transition table, with two decimals more than the simulated one; `None` where there is none.
    fn exact(&self, row: &ShortRow, arm: usize) -> Option<String> {
        let at = self.results().month_index(self.month)?;
        let name = self.results().arms.get(arm)?;
        let curve =
            self.results().exact.iter().find(|curve| {
                curve.arm == *name && (curve.measure.as_str(), curve.label.as_str()) == row.key
            })?;
        curve.values.get(at).map(|value| decimal(self.lang, value * row.factor(), row.most + 2))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::terminal::WIDEST;
    use crate::scenario::embedded;
    use crate::trial::{self, Plan};

    /// The last table of a small run.
    fn shown(scenario: &str, lang: Lang) -> String {
        let small = [
            "replicates=2",
            "horizon_months=12",
            "uncertainty.parameter_draws=8",
            "participants=40",
            "caseworkers=1",
        ];
        let changes: Vec<String> = small.iter().flat_map(|change| of_arms(scenario, change)).collect();
        let resolved = embedded(scenario, &changes).map_err(|problems| problems.render(false)).unwrap();
        let results = trial::run(&Plan::whole(&resolved)).unwrap();
        table(&View::new(&results), 12, lang)
    }

    /// A change, and one of arms for every arm.
    fn of_arms(scenario: &str, change: &str) -> Vec<String> {
        if !change.starts_with(['p', 'c']) {
            return vec![change.to_owned()];
        }
        let arms = embedded(scenario, &[]).unwrap().scenario.arms;
        arms.iter().map(|arm| format!("arm.\"{}\".{change}", arm.name)).collect()
    }

    #[test]
    fn no_table_is_wider_than_a_terminal() {
        for scenario in ["lange-adem", "gespreksfrequentie", "brabantse-wal"] {
            for lang in Lang::ALL {
                let text = shown(scenario, lang);
                let widest = text.lines().map(|line| line.trim_end().chars().count()).max().unwrap();
                assert!(widest <= WIDEST, "{scenario} {lang:?} {widest}\n{text}");
                let range = lang.pick("aannames", "assumptions");
                assert!(text.contains(range), "{text}");
            }
        }
    }

    #[test]
    fn more_than_two_arms_stand_below_each_other_with_their_difference() {
        let text = shown("gespreksfrequentie", Lang::En);
        let at = text.lines().position(|line| line.trim() == "left benefit, %").unwrap();
        let rows: Vec<&str> = text.lines().skip(at + 1).take(5).collect();
        assert!(rows[0].starts_with("  regular service") && rows[0].matches(" ± ").count() == 1, "{text}");
        for row in &rows[1..] {
            assert!(row.starts_with("  FIP") && row.matches(" ± ").count() == 2, "{row}");
        }
    }
}
