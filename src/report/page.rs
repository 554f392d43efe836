//! The page before it is written: every number formatted, every table filled, in one language.
//!
//! Templates only place what is here: every choice of words and digits is made before, so that
//! terminal, page and workbook cannot tell the same number in two ways. Text of others is clean by now;
//! the templates escape it for HTML.

use super::answer::{self, Answer, Origin, Part};
use super::effects::Effects;
use super::escape;
use super::facts::{ArmFact, Facts};
use super::figure_block::FigureBlock;
use super::figures::chart::Figure;
use super::figures::{gallery, style};
use super::language::Lang;
use super::lives;
use super::number;
use super::parameter_tables;
use super::round::signed_euros;
use super::served;
use super::source::{MEASURED_MONTHS, Source};
use super::stored_power::{self, StoredPower};
use super::stored_value::StoredValue;
use super::table::Table;
use super::tables;
use super::words::{self, arm_name, capital};
use crate::trial::Driver;

/// Everything that the templates show.
#[derive(Clone, Debug)]
pub(crate) struct Page<'a> {
    /// Language.
    pub lang: Lang,
    /// What was run.
    pub facts: &'a Facts,
    /// Title of the scenario.
    pub title: String,
    /// Question in the reader's language; empty when the scenario gives none.
    pub question: String,
    /// The first page: the answer, four figures, where the balance comes from.
    pub answer: Answer,
    /// Where the balance comes from, as bars.
    pub origin: Vec<OriginRow>,
    /// What stands between the tables of the later pages.
    pub effects: Effects,
    /// Three simulated lives; empty when the run was made without.
    pub lives: Vec<String>,
    /// The prices' years, from the sources of the amounts: "2018 tot 2023"; empty when no source names one.
    pub price_years: String,
    /// Whether there are draws of the parameters.
    pub has_draws: bool,
    /// Number of draws of the parameters; 0 without.
    pub draws: usize,
    /// Replicates that were taken.
    pub replicates: u32,
    /// Whether means of the main measures are adjusted for known luck.
    pub adjusted: bool,
    /// Largest uncertainties, one sentence each.
    pub uncertainties: Vec<String>,
    /// What they move: "het saldo per klant".
    pub moved: String,
    /// What all others are compared with, as in a sentence: "de gewone aanpak".
    pub control: String,
    /// What is compared with what, and how many people.
    pub compared: Vec<String>,
    /// Horizon in words, such as "4 years".
    pub horizon: String,
    /// The sentence about what lies beyond the measured months; empty when nothing does.
    pub beyond: String,
    /// The assumptions that move the answer most, and the prices.
    pub short_parameters: Table,
    /// Every uncertain parameter and every price, with range and source.
    pub parameters: Table,
    /// All other parameters.
    pub other_parameters: Table,
    /// What the scenario changed.
    pub changes: Table,
    /// Definitions of all measures.
    pub measures: Table,
    /// The glossary.
    pub terms: &'static [words::GlossaryTerm],
    /// Figures by their id, in the order of the page.
    figures: Vec<FigureBlock>,
    /// Tables with the anchors under which the page and the workbook ask for them.
    tables: Vec<(&'static str, Table)>,
    /// What a wrong choice costs, and which study is worth doing; empty when it was not computed.
    pub value: Vec<String>,
}

/// A row of where the balance comes from.
#[derive(Clone, Debug)]
pub(crate) struct OriginRow {
    /// What it is.
    pub label: String,
    /// Euros as printed, with their sign.
    pub value: String,
    /// A bar as long as the amount, as SVG: to the right is a saving.
    pub bar: String,
    /// Whether it is the balance itself.
    pub total: bool,
}

/// Half the width of the drawing that bars stand in.
const HALF_BAR: f64 = 60.0;

/// The rows of the origin of a number, with bars on one scale: parts, balance, and the balance without
/// those who dropped out.
fn origin_rows(origin: &Origin) -> Vec<OriginRow> {
    let every = || origin.parts.iter().chain([&origin.balance, &origin.without]);
    let largest = every().map(|part| part.number.abs()).fold(1.0, f64::max);
    let count = origin.parts.len();
    let row = |(at, part): (usize, &Part)| OriginRow {
        label: part.label.clone(),
        value: part.value.clone(),
        bar: bar(HALF_BAR * part.number / largest),
        total: at == count,
    };
    every().enumerate().map(row).collect()
}

/// A bar from the middle to the right (blue) or to the left (vermillion, as in the figures).
fn bar(length: f64) -> String {
    let (from, width) = (HALF_BAR + length.min(0.0), length.abs());
    let color = style::of_arm(if length < 0.0 { 2 } else { 1 }).color.hex();
    let ink = style::INK.hex();
    format!(
        "<svg class=\"bar\" viewBox=\"0 0 {0} 12\" aria-hidden=\"true\" focusable=\"false\">\
         <rect x=\"{from:.1}\" y=\"2\" width=\"{width:.1}\" height=\"8\" fill=\"{color}\"/>\
         <line x1=\"{HALF_BAR}\" x2=\"{HALF_BAR}\" y1=\"0\" y2=\"12\" stroke=\"{ink}\"/></svg>",
        2.0 * HALF_BAR
    )
}

impl<'a> Page<'a> {
    /// Fills the page.
    pub(crate) fn new(source: &Source<'a>) -> Self {
        let lang = source.lang;
        let horizon = source.horizon();
        let answer = Answer::new(source, source.facts.question_asked());
        let block = |figure: &Figure| match figure.id.as_str() {
            gallery::OUTFLOW => FigureBlock::on_first_page(figure, lang),
            _ => FigureBlock::new(figure, lang),
        };
        let figures = gallery::all(source).iter().map(block).collect();
        Self {
            lang,
            facts: source.facts,
            title: escape::name(&source.facts.title[lang.pick(0, 1)]),
            question: escape::clean(&source.facts.question[lang.pick(0, 1)]),
            origin: answer.origin.as_ref().map(origin_rows).unwrap_or_default(),
            answer,
            effects: Effects::new(source),
            lives: lives::tell(source.facts, lang),
            price_years: price_years(source.facts, lang),
            has_draws: source.has_draws(),
            draws: source.draws().len(),
            replicates: source.results.replicates,
            adjusted: source.results.is_adjusted(),
            uncertainties: uncertainties(source),
            moved: moved(source),
            control: words::definite(lang, name(source, source.results.control)),
            compared: compared(source),
            horizon: number::months(lang, horizon),
            beyond: if horizon > MEASURED_MONTHS { gallery::beyond_measured(source) } else { String::new() },
            short_parameters: parameter_tables::in_short(source),
            parameters: parameter_tables::that_matter(source),
            other_parameters: parameter_tables::others(source),
            changes: parameter_tables::changes(source),
            measures: parameter_tables::measures(source),
            terms: words::glossary(lang),
            figures,
            tables: tables::all(source),
            value: Vec::new(),
        }
    }

    /// Adds what a power study of this scenario found, when there is one.
    pub(crate) fn show_power(&mut self, power: Option<&StoredPower>) {
        self.tables.extend(power.map(|power| ("power", stored_power::table(power, self.lang))));
    }

    /// Adds what knowing more is worth, when that was computed.
    pub(crate) fn show_value(&mut self, value: Option<&StoredValue>) {
        let Some(value) = value else { return };
        self.value = value.sentences(self.lang);
        self.figures.push(FigureBlock::new(&value.figure(self.lang), self.lang));
    }

    /// A figure as HTML; empty when the run has none of that name.
    pub(crate) fn figure(&self, id: &str) -> String {
        let found = self.figures.iter().find(|figure| figure.id == id);
        found.map_or_else(String::new, ToString::to_string)
    }

    /// A table as HTML; empty when the run has none of that name or it has no rows.
    pub(crate) fn table(&self, id: &str) -> String {
        let found = self.tables.iter().find(|(name, table)| *name == id && !table.rows.is_empty());
        found.map_or_else(String::new, |(_, table)| table.to_string())
    }

    /// The tables of results by name, for the workbook.
    pub(crate) fn tables(&self) -> &[(&'static str, Table)] {
        &self.tables
    }

    /// The figures that parameters were fitted to, if any.
    pub(crate) fn fitted_to(&self) -> Option<String> {
        self.facts.fitted_to.as_deref().map(|name| words::figures(self.lang, name))
    }

    /// Whether the caseworkers' work stands under the balance: where there is more to tell beside it, or no balance.
    pub(crate) fn capacity_is_left(&self) -> bool {
        let is_full = !self.answer.stories.is_empty() || !self.answer.parts.is_empty();
        !self.answer.capacity.is_empty() && (self.origin.is_empty() || is_full)
    }

    /// Whether anything was measured of signals, steps and so on; a transition table has outflow only.
    pub(crate) fn is_full(&self) -> bool {
        !self.facts.ladder
    }
}

/// Name of an arm in the reader's language; empty for an arm that the facts do not have.
fn name(source: &Source<'_>, arm: usize) -> String {
    source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(source.lang, fact))
}

/// Years that the sources of the amounts name, the first to the last.
fn price_years(facts: &Facts, lang: Lang) -> String {
    let costs = facts.parameters.iter().filter(|parameter| parameter.path.starts_with("costs."));
    let years =
        costs.flat_map(|parameter| match facts.price_year.filter(|_| !parameter.changed_by.is_empty()) {
            Some(group) => vec![group],
            None => years_in(&parameter.source).chain(years_in(&parameter.note)).collect(),
        });
    let (first, last) = years.fold((u32::MAX, 0), |(first, last), year| (first.min(year), last.max(year)));
    match (first, last, lang) {
        (u32::MAX, ..) => String::new(),
        (first, last, _) if first == last => first.to_string(),
        (first, last, Lang::Nl) => format!("{first} tot {last}"),
        (first, last, Lang::En) => format!("{first} to {last}"),
    }
}

/// Numbers of four digits in a text that can be years: 1990 to 2099.
fn years_in(text: &str) -> impl Iterator<Item = u32> + '_ {
    let numbers = text.split(|letter: char| !letter.is_ascii_digit()).filter(|digits| digits.len() == 4);
    numbers.filter_map(|digits| digits.parse().ok()).filter(|year| (1990..2100).contains(year))
}

/// Most drivers on the first page.
const DRIVERS: usize = 4;

/// The parameters that move the answer, each confirmed by a paired run with its low and its high value:
/// one sentence per driver that moves something as printed, at most [`DRIVERS`].
fn uncertainties(source: &Source<'_>) -> Vec<String> {
    let lang = source.lang;
    let Some(drivers) = source.results.drivers.as_ref() else { return Vec::new() };
    let money = drivers.is_money();
    let shown = |value: f64| {
        // Net costs: less of them is more left.
        if money {
            signed_euros(lang, -value, -2)
        } else {
            number::signed(number::decimal(lang, value * 100.0, 1))
        }
    };
    // What moves nothing that can be printed is not shown to move something.
    let moves = |driver: &&Driver| shown(driver.result[0]) != shown(driver.result[1]);
    let sentence = |driver: &Driver| {
        let label = words::parameter(lang, &driver.path).map_or_else(|| driver.path.clone(), str::to_owned);
        let [low, high] = driver.result.map(shown);
        match lang {
            // Two sentences, as some labels are long.
            Lang::Nl => format!("{}. Lage waarde: {low}, hoge waarde: {high}.", capital(&label)),
            Lang::En => format!("{}. Low value: {low}, high value: {high}.", capital(&label)),
        }
    };
    drivers.confirmed.iter().filter(moves).take(DRIVERS).map(sentence).collect()
}

/// What the largest uncertainties move.
fn moved(source: &Source<'_>) -> String {
    let (lang, drivers) = (source.lang, source.results.drivers.as_ref());
    let label = drivers.map_or(["", ""], |drivers| drivers.measure_key());
    let words = match label {
        ["money_discounted", _] => lang.pick("het saldo per klant", "the balance per client"),
        ["exits", _] => lang.pick(
            "het verschil in uitstroom (in procentpunten)",
            "the difference in exits (percentage points)",
        ),
        ["activated", _] => lang.pick(
            "het verschil in klanten met een zichtbare stap (in procentpunten)",
            "the difference in clients with a visible step (percentage points)",
        ),
        ["clients_with_signal", _] => lang.pick(
            "het verschil in klanten met een fraudesignaal (in procentpunten)",
            "the difference in clients with a fraud signal (percentage points)",
        ),
        ["on_benefit", _] => lang.pick(
            "het verschil in klanten met bijstand (in procentpunten)",
            "the difference in clients on benefit (percentage points)",
        ),
        _ => lang.pick(
            "het verschil in uitstroom naar werk (in procentpunten)",
            "the difference in exits to work (percentage points)",
        ),
    };
    let arm = drivers.and_then(|drivers| drivers.arm).filter(|_| source.treated().len() > 1);
    arm.map_or_else(
        || words.to_owned(),
        |arm| format!("{words} {} {}", lang.pick("met", "with"), name(source, arm)),
    )
}

/// What is compared, one sentence per arm: clients, caseworkers, how often they talk, and who gets
/// another service.
fn compared(source: &Source<'_>) -> Vec<String> {
    let lang = source.lang;
    let sentence = |(at, arm): (usize, &ArmFact)| {
        let talks = served::contacts(lang, arm);
        // As large as on page one: where parts of a caseload are served apart it is the whole municipality.
        let clients = answer::clients_at_start(source, at);
        let participants = number::decimal(lang, clients, 0);
        let full_time = answer::caseworkers(source, at);
        let caseworkers = number::decimal(lang, full_time, if full_time.fract() == 0.0 { 0 } else { 1 });
        let name = capital(&name(source, at));
        match lang {
            Lang::Nl if source.facts.ladder => format!("{name}: {participants} klanten."),
            Lang::En if source.facts.ladder => format!("{name}: {participants} clients."),
            Lang::Nl => {
                let whole = if clients == 1.0 { "klant" } else { "klanten" };
                let staff = if full_time == 1.0 { "consulent" } else { "consulenten" };
                format!("{name}: {talks}; {participants} {whole} en {caseworkers} {staff}.")
            }
            Lang::En => {
                let whole = if clients == 1.0 { "client" } else { "clients" };
                let staff = if full_time == 1.0 { "caseworker" } else { "caseworkers" };
                format!("{name}: {talks}; {participants} {whole} and {caseworkers} {staff}.")
            }
        }
    };
    source.facts.arms.iter().enumerate().map(sentence).collect()
}

#[cfg(test)]
mod price_tests {
    use super::*;

    #[test]
    fn years_come_from_the_sources() {
        assert_eq!(
            years_in("Handleiding overheidstarieven 2023: 1,363 hours, EUR 2250, art. 54")
                .collect::<Vec<_>>(),
            [2023]
        );
        let mut facts = Facts::default();
        assert_eq!(price_years(&facts, Lang::Nl), "");
        let cost = |source: &str| super::super::facts::ParameterFact {
            path: "costs.hour".into(),
            source: source.into(),
            ..Default::default()
        };
        facts.parameters = vec![cost("own price, 2025")];
        assert_eq!(price_years(&facts, Lang::En), "2025");
        facts.parameters.push(cost("Macrobudget 2019"));
        assert_eq!(price_years(&facts, Lang::Nl), "2019 tot 2025");
        facts.parameters[1].changed_by = "mine.toml".into();
        facts.price_year = Some(2026);
        assert_eq!(
            price_years(&facts, Lang::Nl),
            "2025 tot 2026",
            "own prices have the year of the scenario"
        );
    }
}
