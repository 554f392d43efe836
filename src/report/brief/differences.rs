//! Differences from the control at the horizon: by part of the caseload, and by story.

use super::rows::{DIFFERENCES, ShortRow, show};
use crate::report::escape::name;
use crate::report::language::Lang;
use crate::report::terminal::{self, TextLine};
use crate::report::words::{arm_named, part};
use crate::trial::{Results, Stat, stories};

/// What every part of the caseload gains and loses: differences from the control at the horizon. Empty
/// when everybody is served alike.
pub(super) fn by_part(results: &Results, lang: Lang) -> String {
    let groups = results.part_groups();
    let last = results.months.last().copied().unwrap_or(0);
    if groups.is_empty() {
        return String::new();
    }
    let mut list = Differences::new(results, lang);
    for arm in others(results) {
        list.begin(arm);
        for group in groups.clone() {
            let stat = |key| results.stat(&results.difference, arm, group, key, last);
            list.add(&part(lang, &results.groups[group]), stat);
        }
    }
    let head = match lang {
        Lang::Nl => format!("Per groep na {last} maanden, {} (± Monte Carlo-fout)", list.from()),
        Lang::En => format!("By group after {last} months, {} (± Monte Carlo standard error)", list.from()),
    };
    format!("\n{head}\n{}", list.table())
}

/// The answer per story, under the draws of the parameters.
pub(super) fn by_story(results: &Results, lang: Lang) -> String {
    let answers = results.draws.as_ref().map(stories::answers).unwrap_or_default();
    let last = results.months.len().saturating_sub(1);
    if answers.is_empty() {
        return String::new();
    }
    let mut list = Differences::new(results, lang);
    for arm in others(results) {
        list.begin(arm);
        for told in &answers {
            let of = |key: (&str, &str)| {
                let series = told.difference.get(arm)?;
                series.iter().find(|series| (&*series.measure, &*series.label) == key)?.at(last)
            };
            let all = lang.pick("alle verhalen", "all stories");
            let story = told.story.map_or(all, |story| &story.title[lang.pick(0, 1)]);
            let draws = if told.draws == 1 {
                lang.pick("trekking", "draw")
            } else {
                lang.pick("trekkingen", "draws")
            };
            list.add(&format!("{story} ({} {draws})", told.draws), of);
        }
    }
    let month = results.months.get(last).copied().unwrap_or(0);
    let head = match lang {
        Lang::Nl => {
            format!(
                "Per verhaal na {month} maanden, {} (± fout van het gemiddelde over trekkingen)",
                list.from()
            )
        }
        Lang::En => {
            format!("By story after {month} months, {} (± error of the mean over draws)", list.from())
        }
    };
    format!("\n{head}\n{}", list.table())
}

/// The arms that are compared with the control.
fn others(results: &Results) -> impl Iterator<Item = usize> + '_ {
    (0..results.arms.len()).filter(|&arm| arm != results.control)
}

/// A table of the measures of [`DIFFERENCES`], a row per group or story; with several arms, under the name of each.
struct Differences<'a> {
    /// The run.
    results: &'a Results,
    /// The language.
    lang: Lang,
    /// What was added.
    lines: Vec<TextLine>,
}

impl<'a> Differences<'a> {
    /// The table with its headings only.
    fn new(results: &'a Results, lang: Lang) -> Self {
        Self { results, lang, lines: Vec::new() }
    }

    /// Whether there are several arms to tell apart.
    fn has_several(&self) -> bool {
        others(self.results).count() > 1
    }

    /// Names the arm of the rows that follow, where there are several.
    fn begin(&mut self, arm: usize) {
        if self.has_several() {
            self.lines.push(TextLine::Group(arm_named(self.lang, &self.results.arms[arm])));
        }
    }

    /// A row; a dash where a measure is not defined.
    fn add(&mut self, what: &str, stat: impl Fn((&'static str, &'static str)) -> Option<Stat>) {
        let shown =
            |row: &ShortRow| stat(row.key).map_or_else(|| "–".to_owned(), |stat| show(row, stat, self.lang));
        let indent = if self.has_several() { "  " } else { "" };
        let what = format!("{indent}{}", name(what));
        let cells = std::iter::once(what).chain(DIFFERENCES.iter().map(shown)).collect();
        self.lines.push(TextLine::Cells(cells));
    }

    /// All of it.
    fn table(&self) -> String {
        let words = DIFFERENCES.iter().map(|row| row.words[self.lang.pick(0, 1)].to_owned());
        let head: Vec<String> = std::iter::once(String::new()).chain(words).collect();
        terminal::table(&head, &self.lines, 1)
    }

    /// What is compared with what.
    fn from(&self) -> String {
        let named = |arm: usize| arm_named(self.lang, &self.results.arms[arm]);
        let control = named(self.results.control);
        let arms: Vec<usize> = others(self.results).collect();
        match (arms.as_slice(), self.lang) {
            ([arm], Lang::Nl) => format!("verschil van {} met {control}", named(*arm)),
            ([arm], Lang::En) => format!("difference of {} from {control}", named(*arm)),
            (_, Lang::Nl) => format!("verschil met {control}"),
            (_, Lang::En) => format!("difference from {control}"),
        }
    }
}
