//! The page before it is written: every number formatted, every table filled, in one language.

use super::escape;
use super::facts::{ArmFact, Facts};
use super::figure_block::FigureBlock;
use super::figures::gallery;
use super::language::Lang;
use super::number;
use super::parameter_tables;
use super::payback::payback;
use super::source::{Key, MEASURED_MONTHS, Source, World};
use super::stored_power::{self, StoredPower};
use super::table::{Form, Table};
use super::tables;
use super::words::{self, arm_name, capital};
use crate::trial::{Driver, Stat};

/// One of the numbers on the first page.
#[derive(Clone, Debug)]
pub struct Card {
    /// What is counted, and when.
    pub label: String,
    /// The difference.
    pub value: String,
    /// Its unit.
    pub unit: &'static str,
    /// Its interval.
    pub interval: String,
    /// The levels behind it.
    pub levels: String,
}

/// Everything that the templates show.
#[derive(Clone, Debug)]
pub struct Page<'a> {
    /// Language.
    pub lang: Lang,
    /// What was run.
    pub facts: &'a Facts,
    /// Title of the scenario.
    pub title: String,
    /// Question in the reader's language; may be empty.
    pub question: String,
    /// The answer in one sentence.
    pub answer: String,
    /// The numbers of the first page.
    pub cards: Vec<Card>,
    /// What the intervals on the first page are.
    pub interval_words: String,
    /// Whether there are draws of the parameters.
    pub has_draws: bool,
    /// Number of draws.
    pub draws: usize,
    /// Largest uncertainties, one sentence each.
    pub uncertainties: Vec<String>,
    /// What it costs, one sentence each; empty when money was not measured.
    pub costs: Vec<String>,
    /// What is compared with what, and how many people.
    pub compared: Vec<String>,
    /// Horizon in words.
    pub horizon: String,
    /// The sentence about what lies beyond the measured months; empty when nothing does.
    pub beyond: String,
    /// Parameters that matter, all others, and what the scenario changed.
    pub parameters: Table,
    /// All other parameters.
    pub other_parameters: Table,
    /// What the scenario changed.
    pub changes: Table,
    /// Definitions of all measures.
    pub measures: Table,
    figures: Vec<FigureBlock>,
    tables: Vec<(&'static str, Table)>,
}

impl<'a> Page<'a> {
    /// Fills the page.
    pub fn new(source: &Source<'a>) -> Self {
        let lang = source.lang;
        let horizon = source.horizon();
        let figures = gallery::all(source).iter().map(|figure| FigureBlock::new(figure, lang)).collect();
        Self {
            lang,
            facts: source.facts,
            title: escape::name(&source.facts.title),
            question: escape::clean(&source.facts.question[lang.pick(0, 1)]),
            answer: answer(source),
            cards: cards(source),
            interval_words: interval_words(source),
            has_draws: source.has_draws(),
            draws: source.draws().len(),
            uncertainties: uncertainties(source),
            costs: costs(source),
            compared: compared(source),
            horizon: number::months(lang, horizon),
            beyond: if horizon > MEASURED_MONTHS { gallery::beyond_measured(source) } else { String::new() },
            parameters: parameter_tables::that_matter(source),
            other_parameters: parameter_tables::others(source),
            changes: parameter_tables::changes(source),
            measures: parameter_tables::measures(source),
            figures,
            tables: tables::all(source),
        }
    }

    /// Adds what a power study of this scenario found, when there is one.
    pub fn show_power(&mut self, power: Option<&StoredPower>) {
        self.tables.extend(power.map(|power| ("power", stored_power::table(power, self.lang))));
    }

    /// A figure as HTML; empty when the run has none of that name.
    pub fn figure(&self, id: &str) -> String {
        let found = self.figures.iter().find(|figure| figure.id == id);
        found.map_or_else(String::new, ToString::to_string)
    }

    /// A table as HTML; empty when the run has none of that name or it has no rows.
    pub fn table(&self, id: &str) -> String {
        let found = self.tables.iter().find(|(name, table)| *name == id && !table.rows.is_empty());
        found.map_or_else(String::new, |(_, table)| table.to_string())
    }

    /// The tables of results by name, for the workbook.
    pub fn tables(&self) -> &[(&'static str, Table)] {
        &self.tables
    }

    /// Whether anything was measured of signals, steps and so on (a transition table has outflow only).
    pub fn is_full(&self) -> bool {
        !self.facts.ladder
    }
}

fn name(source: &Source<'_>, arm: usize) -> String {
    source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(source.lang, fact))
}

/// "17 van de 100 klanten": a share as people, or as exits when the same client can leave more than once.
fn of_hundred(lang: Lang, stat: &Stat, repeated: bool) -> String {
    let count = number::decimal(lang, stat.mean * 100.0, number::decimals_for(stat.mcse * 100.0, 0));
    match (lang, repeated) {
        (Lang::Nl, false) => format!("{count} van de 100 klanten"),
        (Lang::En, false) => format!("{count} in 100 clients"),
        (Lang::Nl, true) => format!("{count} keer"),
        (Lang::En, true) => count,
    }
}

fn answer(source: &Source<'_>) -> String {
    let (lang, at) = (source.lang, source.at_or_before(source.horizon()));
    let work: Key<'_> = ("exits_true", "work");
    let control = source.results.control;
    let (Some(&arm), Some(base)) = (source.treated().first(), source.stat(World::Paired, control, work, at))
    else {
        return String::new();
    };
    let Some(level) = source.stat(World::Paired, arm, work, at) else { return String::new() };
    let repeated = source.facts.returns;
    let (with, without) = (of_hundred(lang, &level, repeated), of_hundred(lang, &base, repeated));
    let treated = name(source, arm);
    let regular = name(source, control).replace("gewone aanpak", "de gewone aanpak");
    let time = number::months(lang, source.horizon());
    let sure = source.share_positive(World::Difference, arm, work, at);
    let tail = sure.map_or_else(String::new, |share| match lang {
        Lang::Nl => format!("; {} is het met {treated} meer", number::of_ten(lang, share)),
        Lang::En => format!("; {} it is more with {treated}", number::of_ten(lang, share)),
    });
    match (lang, repeated) {
        (Lang::Nl, true) => format!(
            "Met {treated} is er in {time} naar verwachting {with} uitstroom naar werk per 100 klanten, met {regular} {without}{tail}."
        ),
        (Lang::Nl, false) => {
            format!(
                "Met {treated} gaan in {time} naar verwachting {with} naar werk, met {regular} {without}{tail}."
            )
        }
        (Lang::En, true) => format!(
            "With {treated} there are an expected {with} exits to work per 100 clients within {time}, with {regular} {without}{tail}."
        ),
        (Lang::En, false) => {
            format!(
                "With {treated} an expected {with} go to work within {time}, with {regular} {without}{tail}."
            )
        }
    }
}

fn cards(source: &Source<'_>) -> Vec<Card> {
    let lang = source.lang;
    let horizon = source.horizon();
    let early = horizon.min(MEASURED_MONTHS);
    let plans: [(&str, u32, Key<'_>); 4] = [
        (lang.pick("Uitstroom naar werk", "Exits to work"), horizon, ("exits_true", "work")),
        (lang.pick("Uit de bijstand, alle redenen", "Off benefit, all reasons"), horizon, ("exits", "")),
        (
            lang.pick("Klanten met een zichtbare stap", "Clients with a visible step"),
            early,
            ("activated", ""),
        ),
        (
            lang.pick("Klanten met een fraudesignaal", "Clients with a fraud signal"),
            early,
            ("clients_with_signal", ""),
        ),
    ];
    plans.iter().filter_map(|plan| card(source, plan)).collect()
}

fn card(source: &Source<'_>, &(label, month, key): &(&str, u32, Key<'_>)) -> Option<Card> {
    let (lang, at) = (source.lang, source.at_or_before(month));
    let arm = source.treated().first().copied()?;
    let difference = source.estimate(World::Difference, arm, key, at)?;
    let with = source.stat(World::Paired, arm, key, at)?;
    let without = source.stat(World::Paired, source.results.control, key, at)?;
    let form = Form::PERCENT.difference();
    let value = number::signed(form.value(lang, difference.mean, difference.mcse));
    let unit = lang.pick("procentpunt", "percentage points");
    let percent = |stat: Stat| Form::PERCENT.value(lang, stat.mean, stat.mcse);
    let month = number::months(lang, source.results.months[at]);
    let (treated, control) = (name(source, arm), name(source, source.results.control));
    Some(Card {
        label: match lang {
            Lang::Nl => format!("{label}, na {month}"),
            Lang::En => format!("{label}, after {month}"),
        },
        value,
        unit,
        interval: form.interval(lang, &difference),
        levels: format!("{treated} {}, {control} {}", percent(with), percent(without)),
    })
}

fn interval_words(source: &Source<'_>) -> String {
    let draws = source.draws().len();
    match (source.lang, source.has_draws()) {
        (Lang::Nl, true) => format!(
            "De vier getallen zijn verschillen met de gewone aanpak. Tussen haken staat hoe ver het uiteen kan lopen als onze \
             aannames anders uitvallen: 95% van de {draws} doorrekeningen ligt ertussen."
        ),
        (Lang::En, true) => format!(
            "The four numbers are differences from regular service. In brackets: how far they range when our assumptions turn out \
             otherwise; 95% of the {draws} calculations lie between."
        ),
        (Lang::Nl, false) => "De getallen zijn verschillen met de gewone aanpak. Tussen haken staat wat toeval doet bij andere klanten \
             en consulenten (95% van de simulaties), met vaste aannames."
            .to_owned(),
        (Lang::En, false) => "The numbers are differences from regular service. In brackets: what chance does with other clients and \
             caseworkers (95% of the simulations), with fixed assumptions."
            .to_owned(),
    }
}

/// Most drivers on the first page.
const DRIVERS: usize = 4;

/// The parameters that move exits to work, each confirmed by a paired run with its low and its high value.
fn uncertainties(source: &Source<'_>) -> Vec<String> {
    let lang = source.lang;
    let points = |value: f64| number::signed(number::decimal(lang, value * 100.0, 1));
    let sentence = |driver: &Driver| {
        let label = words::parameter(lang, &driver.path).map_or_else(|| driver.path.clone(), str::to_owned);
        let [low, high] = driver.result.map(points);
        match lang {
            Lang::Nl => format!("{}: van {low} (lage waarde) naar {high} (hoge waarde).", capital(&label)),
            Lang::En => format!("{}: from {low} (low value) to {high} (high value).", capital(&label)),
        }
    };
    let confirmed = source.results.drivers.iter().flat_map(|drivers| &drivers.confirmed);
    confirmed.take(DRIVERS).map(sentence).collect()
}

fn costs(source: &Source<'_>) -> Vec<String> {
    let Some(&arm) = source.treated().first() else { return Vec::new() };
    let benefit = source.facts.parameter("costs.benefit_month").map_or(0.0, |parameter| parameter.value);
    match payback(source, arm, benefit) {
        Some(payback) => words::money::first_page(source, arm, &payback, &name(source, arm)),
        None => Vec::new(),
    }
}

fn compared(source: &Source<'_>) -> Vec<String> {
    let lang = source.lang;
    let sentence = |(at, arm): (usize, &ArmFact)| {
        let talks = talks_in_words(lang, arm);
        let participants = number::decimal(lang, f64::from(source.facts.participants(at)), 0);
        let full_time = source.facts.caseworkers(at);
        let caseworkers = number::decimal(lang, full_time, if full_time.fract() == 0.0 { 0 } else { 1 });
        let fixed = match (lang, arm.fixed_caseworker) {
            (Lang::Nl, true) => "een vaste consulent",
            (Lang::Nl, false) => "wisselende consulenten",
            (Lang::En, true) => "a fixed caseworker",
            (Lang::En, false) => "changing caseworkers",
        };
        match lang {
            Lang::Nl if source.facts.ladder => format!("{}: {participants} klanten.", name(source, at)),
            Lang::En if source.facts.ladder => format!("{}: {participants} clients.", name(source, at)),
            Lang::Nl => format!(
                "{}: {talks}, {fixed}; {participants} klanten en {caseworkers} consulenten in het onderzoek.",
                capital(&name(source, at))
            ),
            Lang::En => format!(
                "{}: {talks}, {fixed}; {participants} clients and {caseworkers} caseworkers in the study.",
                capital(&name(source, at))
            ),
        }
    };
    source.facts.arms.iter().enumerate().map(sentence).collect()
}

fn talks_in_words(lang: Lang, arm: &ArmFact) -> String {
    if let Some(interval) = arm.interval_months {
        let months = number::decimal(lang, interval, if interval.fract() == 0.0 { 0 } else { 1 });
        return match lang {
            Lang::Nl if interval == 1.0 => "elke maand een gesprek".to_owned(),
            Lang::Nl => format!("elke {months} maanden een gesprek"),
            Lang::En if interval == 1.0 => "a talk every month".to_owned(),
            Lang::En => format!("a talk every {months} months"),
        };
    }
    let far = arm.contact_hazards.map_or(0.0, |(far, _)| far);
    if far <= 0.0 {
        return lang
            .pick("geen gesprekken met klanten ver van werk", "no talks with clients far from work")
            .to_owned();
    }
    let months = number::decimal(lang, 1.0 / far, 0);
    match lang {
        Lang::Nl => format!("ver van werk gemiddeld eens in de {months} maanden een gesprek"),
        Lang::En => format!("far from work one talk in {months} months on average"),
    }
}
