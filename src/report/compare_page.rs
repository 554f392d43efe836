//! The report and workbook of a comparison: what differs in the input, every main result side by side, which plan is
//! better on what.

use std::io;
use std::path::Path;

use askama::Template;
use rust_xlsxwriter::{Workbook, XlsxError};

use crate::disk;
use crate::trial::Results;
use crate::trial::compare::Comparison;

use super::between::{Between, Plan};
use super::escape;
use super::facts::Facts;
use super::figure_block::FigureBlock;
use super::figures::chart::{Figure, NumberKind, Panel, Point, Series};
use super::figures::{self, draw::Look, gallery};
use super::html::Frame;
use super::language::Lang;
use super::number;
use super::parameter_tables::significant;
use super::source::{MEASURED_MONTHS, Source};
use super::table::{self, Cell, Form, Row, Table};
use super::words;
use super::words::{arm_name, capital};
use super::workbook;
use super::{FIGURES, REPORT, WORKBOOK};
use crate::trial::view::{Estimate, Key, View, World};

/// Name of the file with the results of a comparison.
pub const COMPARISON: &str = "comparison.json";

/// A result that is compared: words, how it is written, measure, and whether more of it is better (`None`: no judgment).
type Line = (&'static str, Form, Key<'static>, Option<bool>);

fn lines(t: Lang) -> Vec<Line> {
    vec![
        (t.pick("uitstroom naar werk", "exits to work"), Form::PERCENT, ("exits_true", "work"), Some(true)),
        (t.pick("uitstroom, alle redenen", "exits, all reasons"), Form::PERCENT, ("exits", ""), None),
        (
            t.pick("maanden bijstand per klant", "months of benefit per client"),
            Form::PLAIN,
            ("months_on_benefit", ""),
            None,
        ),
        (
            t.pick("klanten met een fraudesignaal", "clients with a fraud signal"),
            Form::PERCENT,
            ("clients_with_signal", ""),
            None,
        ),
        (
            t.pick("verborgen onjuiste opgaven", "hidden irregularities"),
            Form::PERCENT,
            ("hidden_irregularities", "all"),
            Some(false),
        ),
        (
            t.pick("klanten met een zichtbare stap", "clients with a visible step"),
            Form::PERCENT,
            ("activated", ""),
            Some(true),
        ),
        (t.pick("vertrouwen (index)", "trust (index)"), Form::INDEX, ("trust", ""), Some(true)),
        (
            t.pick("uren van consulenten per klant", "caseworkers' hours per client"),
            Form::PLAIN,
            ("caseworker_hours", ""),
            None,
        ),
        (
            t.pick("gesprekken die moeten wachten", "talks left waiting"),
            Form::PERCENT,
            ("waiting_share", ""),
            Some(false),
        ),
        (
            t.pick("kosten van gesprekken en trajecten", "costs of talks and trajectories"),
            Form::EURO,
            ("money_discounted", "implementation"),
            None,
        ),
        (
            t.pick("netto kosten van de gemeente", "net costs of the municipality"),
            Form::EURO,
            ("money_discounted", "municipality"),
            Some(false),
        ),
    ]
}

/// The scenarios of a comparison in one language.
struct Plans<'a> {
    /// Of each scenario's results, and of its difference with the first.
    views: [&'a [View<'a>]; 2],
    facts: &'a [Facts],
    lang: Lang,
}

impl<'a> Plans<'a> {
    fn source(&self, view: &'a View<'a>, at: usize) -> Source<'a> {
        Source { view, facts: &self.facts[at], lang: self.lang }
    }

    fn levels(&self, at: usize) -> Source<'a> {
        self.source(&self.views[0][at], at)
    }

    fn differences(&self, at: usize) -> Source<'a> {
        self.source(&self.views[1][at], at)
    }

    fn title(&self, at: usize) -> String {
        escape::name(&self.facts[at].title)
    }

    fn count(&self) -> usize {
        self.facts.len()
    }
}

struct ComparePage<'a> {
    lang: Lang,
    facts: &'a Facts,
    title: String,
    verdicts: Vec<String>,
    interval_words: String,
    changes: Vec<String>,
    inputs: Table,
    tables: Vec<Table>,
    main_figure: String,
    figures: Vec<FigureBlock>,
}

struct CompareWords {
    skip: &'static str,
    kind: &'static str,
    better: &'static str,
    differs: &'static str,
    results: &'static str,
    luck: &'static str,
    curves: &'static str,
    limits: &'static str,
    never: &'static str,
    command: &'static str,
}

#[derive(Template)]
#[template(path = "compare.html", config = "src/report/templates/askama.toml")]
struct CompareTemplate<'a> {
    page: &'a ComparePage<'a>,
    words: &'a CompareWords,
    style: &'a str,
    style_hash: &'a str,
    script: &'a str,
    script_hash: &'a str,
}

fn fixed_words(t: Lang) -> CompareWords {
    CompareWords {
        skip: t.pick("Naar de inhoud", "To the content"),
        kind: t.pick(
            "Vergelijking met stapjes: een vooruitblik over groepen, geen meting",
            "A comparison with stapjes: a projection about groups, not a measurement",
        ),
        better: t.pick("Welk plan doet het beter, en waarop", "Which plan does better, and on what"),
        differs: t.pick("Wat er verschilt in de invoer", "What differs in the input"),
        results: t.pick("De uitkomsten naast elkaar", "The results side by side"),
        luck: t.pick(
            "Elk plan is doorgerekend met dezelfde klanten en hetzelfde geluk. Het interval hoort bij het verschil zelf.",
            "Every plan was calculated with the same clients and the same luck. The interval is that of the difference itself.",
        ),
        curves: t.pick("De curven over elkaar", "The curves overlaid"),
        limits: t.pick("Grenzen", "Limits"),
        never: t.pick(
            "Dit is een vooruitblik over groepen en mag nooit worden gebruikt om over een persoon te beslissen. Na 18 maanden heeft geen \
             onderzoek gemeten; wat daarna komt, rust op aannames.",
            "This is a projection about groups and must never be used to decide about a person. No study measured beyond 18 months; what \
             follows rests on assumptions.",
        ),
        command: t.pick("Opdracht:", "Command:"),
    }
}

/// Writes `comparison.json`, `report.html`, `results.xlsx` and the figures. There is one entry in `facts` per scenario.
///
/// # Errors
/// When a file cannot be written, or a figure or workbook cannot be made ([`io::ErrorKind::Other`]).
pub fn write(folder: &Path, comparison: &Comparison, facts: &[Facts], lang: Lang) -> io::Result<()> {
    disk::create_dir(&folder.join(FIGURES))?;
    for (name, bytes) in files(comparison, facts, lang)? {
        disk::write_new(&folder.join(name), &bytes)?;
    }
    Ok(())
}

/// The files of a comparison with their names: the same scenarios give the same bytes.
///
/// # Errors
/// When a page, figure or workbook cannot be made.
pub fn files<'a>(
    comparison: &'a Comparison,
    facts: &'a [Facts],
    lang: Lang,
) -> io::Result<Vec<(String, Vec<u8>)>> {
    let views = |results: &'a [Results]| -> Vec<View<'a>> { results.iter().map(View::new).collect() };
    let (levels, differences) = (views(&comparison.results), views(&comparison.differences));
    let plans = Plans { views: [&levels, &differences], facts, lang };
    let Some(first) = facts.first() else { return Ok(Vec::new()) };
    let between = between(&plans);
    let (said, table, figure) =
        between.map_or_else(Default::default, |own| (own.sentences, Some(own.table), own.figure));
    let overlaid: Vec<Figure> = figure.into_iter().chain(overlaid(&plans)).collect();
    let inputs = inputs(&plans);
    let titles: Vec<String> = (0..plans.count()).map(|at| plans.title(at)).collect();
    let page = ComparePage {
        lang,
        facts: first,
        title: titles.join(lang.pick(" of ", " or ")),
        verdicts: said.into_iter().chain(verdicts(&plans)).collect(),
        interval_words: interval_words(&plans),
        changes: changes(lang, &inputs),
        inputs,
        tables: table.into_iter().chain(tables(&plans)).collect(),
        main_figure: overlaid
            .first()
            .map_or_else(String::new, |figure| FigureBlock::new(figure, lang).to_string()),
        figures: overlaid.iter().skip(1).map(|figure| FigureBlock::new(figure, lang)).collect(),
    };
    let json = serde_json::to_string(comparison).map_err(io::Error::other)?;
    let mut files = vec![
        (COMPARISON.to_owned(), (json + "\n").into_bytes()),
        (REPORT.to_owned(), html(&page, plans.count())?.into_bytes()),
        (WORKBOOK.to_owned(), bytes(&page).map_err(io::Error::other)?),
    ];
    for figure in &overlaid {
        let name = |kind: &str| format!("{FIGURES}/{}.{kind}", figure.id);
        files.push((name("svg"), figures::to_svg(figure, Look::FILE, lang, figure.id).into_bytes()));
        files.push((name("png"), figures::to_png(figure, Look::FILE, lang).map_err(io::Error::other)?));
    }
    Ok(files)
}

/// What each plan brings more than the first.
fn between(plans: &Plans<'_>) -> Option<Between> {
    let plan = |at: usize| Plan {
        levels: &plans.views[0][at],
        difference: &plans.views[1][at],
        facts: &plans.facts[at],
        name: plans.title(at),
    };
    let all: Vec<Plan<'_>> = (0..plans.count()).map(plan).collect();
    Between::new(&all, plans.facts[0].question_asked(), plans.lang)
}

fn html(page: &ComparePage<'_>, curves: usize) -> io::Result<String> {
    let Frame { style, style_hash, script, script_hash } = &Frame::new(curves);
    let words = &fixed_words(page.lang);
    CompareTemplate { page, words, style, style_hash, script, script_hash }.render().map_err(io::Error::other)
}

fn bytes(page: &ComparePage<'_>) -> Result<Vec<u8>, XlsxError> {
    let t = page.lang;
    let mut workbook = Workbook::new();
    workbook.set_properties(&workbook::properties(&page.title)?);
    workbook::tables(workbook.add_worksheet(), t, t.pick("Uitkomsten", "Results"), page.tables.iter())?;
    workbook::tables(workbook.add_worksheet(), t, t.pick("Invoer", "Input"), std::iter::once(&page.inputs))?;
    workbook.save_to_buffer()
}

/// The arm that plans are judged on: the first that is not the control.
fn judged(plans: &Plans<'_>) -> usize {
    plans.levels(0).treated().first().copied().unwrap_or(0)
}

fn verdicts(plans: &Plans<'_>) -> Vec<String> {
    let (t, arm) = (plans.lang, judged(plans));
    let mut sentences = Vec::new();
    for other in 1..plans.count() {
        let source = plans.differences(other);
        let at = source.at_or_before(source.horizon());
        for (what, form, key, more_is_better) in lines(t) {
            let Some(estimate) = source.estimate(World::Paired, arm, key, at) else { continue };
            sentences.push(verdict(plans, other, (what, form, more_is_better), &estimate));
        }
    }
    sentences
}

fn verdict(
    plans: &Plans<'_>,
    other: usize,
    (what, form, more_is_better): (&str, Form, Option<bool>),
    estimate: &Estimate,
) -> String {
    let t = plans.lang;
    let form = form.difference();
    let cell = form.signed(t, estimate);
    let range = cell.range.map_or_else(String::new, |range| range.text);
    let unit =
        if form.kind == NumberKind::Points { t.pick(" procentpunt", " percentage points") } else { "" };
    let text = format!("{} – {}: {}{unit} {range}", capital(what), plans.title(other), cell.text);
    if estimate.center == 0.0 && estimate.low == 0.0 && estimate.high == 0.0 {
        return format!("{text}; {}.", t.pick("geen verschil", "no difference"));
    }
    let better = more_is_better.and_then(|more| {
        words::calculations(t, &estimate.drawn, |value| if more { value > 0.0 } else { value < 0.0 })
    });
    match (t, better) {
        (_, None) => format!("{text}."),
        (Lang::Nl, Some(often)) => format!("{text}; {often} beter dan {}.", plans.title(0)),
        (Lang::En, Some(often)) => format!("{text}; better than {} {often}.", plans.title(0)),
    }
}

fn interval_words(plans: &Plans<'_>) -> String {
    let first = plans.title(0);
    match (plans.lang, plans.levels(0).has_draws()) {
        (Lang::Nl, true) => format!(
            "Verschillen met “{first}”. Tussen haken: acht van de tien doorrekeningen met andere aannames, dezelfde in beide plannen."
        ),
        (Lang::En, true) => format!(
            "Differences from “{first}”. In brackets: eight in ten calculations with other assumptions, the same in both plans."
        ),
        (Lang::Nl, false) => format!(
            "Verschillen met “{first}”. Tussen haken: wat toeval doet met het verschil (95% van de herhalingen), met vaste aannames."
        ),
        (Lang::En, false) => format!(
            "Differences from “{first}”. In brackets: what chance does to the difference (95% of replicates), with fixed assumptions."
        ),
    }
}

/// One input of a plan: what it is, and its value in words.
type Input = (String, String);

fn plan_inputs(t: Lang, facts: &Facts) -> Vec<Input> {
    let mut list: Vec<Input> = Vec::new();
    for (at, arm) in facts.arms.iter().enumerate() {
        let name = arm_name(t, arm);
        let mut add = |what: &str, value: String| list.push((format!("{name}: {what}"), value));
        add(t.pick("maanden tussen gesprekken", "months between talks"), optional(t, arm.interval_months));
        add(
            t.pick("contactkans per maand, ver", "contact hazard a month, far"),
            optional(t, arm.contact_hazards.map(|h| h.0)),
        );
        add(
            t.pick("contactkans per maand, dichtbij", "contact hazard a month, near"),
            optional(t, arm.contact_hazards.map(|h| h.1)),
        );
        add(t.pick("kwaliteit van gesprekken", "quality of talks"), significant(t, arm.quality));
        let fixed = if arm.fixed_caseworker { t.pick("ja", "yes") } else { t.pick("nee", "no") };
        add(t.pick("vaste consulent", "fixed caseworker"), fixed.to_owned());
        add(t.pick("opsporing in gesprekken", "detection in talks"), significant(t, arm.detection_factor));
        add(t.pick("consulenten", "caseworkers"), facts.caseworkers(at).to_string());
    }
    for site in &facts.sites {
        let name = escape::name(&site.name);
        list.push((
            format!(
                "{name}: {}",
                t.pick("gesprekken per consulent per maand", "talks per caseworker a month")
            ),
            significant(t, site.slots_per_month),
        ));
        list.push((format!("{name}: {}", t.pick("verwaarlozing", "neglect")), significant(t, site.neglect)));
    }
    let yes = |value: bool| if value { t.pick("ja", "yes") } else { t.pick("nee", "no") }.to_owned();
    list.push((t.pick("terugkeer mogelijk", "returns possible").to_owned(), yes(facts.returns)));
    list.push((
        t.pick("plekken voor gesprekken begrensd", "places for talks limited").to_owned(),
        yes(facts.capacity),
    ));
    for parameter in facts.parameters.iter().filter(|parameter| !parameter.path.starts_with("service.")) {
        let what =
            words::parameter(t, &parameter.path).map_or_else(|| escape::clean(&parameter.path), capital);
        let prior =
            if parameter.prior.is_empty() { String::new() } else { format!(" ({})", parameter.prior) };
        list.push((what, format!("{}{prior}", significant(t, parameter.value))));
    }
    list
}

fn optional(t: Lang, value: Option<f64>) -> String {
    value.map_or_else(|| number::NO_NUMBER.to_owned(), |value| significant(t, value))
}

fn inputs(plans: &Plans<'_>) -> Table {
    let t = plans.lang;
    let all: Vec<Vec<Input>> = plans.facts.iter().map(|facts| plan_inputs(t, facts)).collect();
    let value = |plan: usize, what: &str| {
        let found = all[plan].iter().find(|(name, _)| name == what);
        found.map_or_else(|| number::NO_NUMBER.to_owned(), |(_, value)| value.clone())
    };
    let mut names: Vec<&str> = Vec::new();
    for (name, _) in all.iter().flatten() {
        if !names.contains(&name.as_str()) {
            names.push(name);
        }
    }
    let row = |name: &&str| {
        let values: Vec<String> = (0..plans.count()).map(|plan| value(plan, name)).collect();
        let differs = values.iter().any(|value| *value != values[0]);
        let cells = values.into_iter().map(Cell::text).collect();
        differs.then(|| Row { head: (*name).to_owned(), cells, month: None })
    };
    let mut head = vec![t.pick("invoer", "input").to_owned()];
    head.extend((0..plans.count()).map(|at| plans.title(at)));
    Table {
        caption: t.pick("Invoer die niet gelijk is", "Input that is not equal").to_owned(),
        head,
        rows: names.iter().filter_map(row).collect(),
        panel: None,
    }
}

fn changes(t: Lang, table: &Table) -> Vec<String> {
    if table.rows.is_empty() {
        return vec![
            t.pick("De plannen hebben dezelfde invoer.", "The plans have the same input.").to_owned(),
        ];
    }
    let sentence = |row: &Row| {
        let values: Vec<&str> = row.cells.iter().map(|cell| cell.text.as_str()).collect();
        match t {
            Lang::Nl => format!(
                "{}: {} in het eerste plan, {} in het andere.",
                row.head,
                values[0],
                values[1..].join(" / ")
            ),
            Lang::En => format!(
                "{}: {} in the first plan, {} in the other.",
                row.head,
                values[0],
                values[1..].join(" / ")
            ),
        }
    };
    table.rows.iter().take(12).map(sentence).collect()
}

fn tables(plans: &Plans<'_>) -> Vec<Table> {
    let horizon = plans.levels(0).horizon();
    let mut months = vec![horizon];
    if horizon > MEASURED_MONTHS {
        months.push(MEASURED_MONTHS);
    }
    let arms = 0..plans.facts[0].arms.len();
    months
        .iter()
        .flat_map(|&month| arms.clone().map(move |arm| (month, arm)))
        .map(|(month, arm)| table(plans, month, arm))
        .collect()
}

fn table(plans: &Plans<'_>, month: u32, arm: usize) -> Table {
    let t = plans.lang;
    let at = plans.levels(0).at_or_before(month);
    let mut head = vec![String::new()];
    let difference = t.pick("verschil", "difference");
    head.extend((1..plans.count()).map(|other| format!("{difference} {}", plans.title(other))));
    head.extend((0..plans.count()).map(|plan| plans.title(plan)));
    let row = |(what, form, key, _): Line| {
        let base = plans.levels(0).estimate(World::Paired, arm, key, at)?;
        let others: Vec<Option<Estimate>> = (1..plans.count())
            .map(|plan| plans.differences(plan).estimate(World::Paired, arm, key, at))
            .collect();
        let (mut cells, level, levels) = table::row_of(t, form, Some(&base), &others);
        cells.push(level);
        cells.extend(levels);
        Some(Row { head: capital(what), cells, month: None })
    };
    let shown = plans.levels(0).results.months.get(at).copied().unwrap_or(0);
    let name = capital(&arm_name(t, &plans.facts[0].arms[arm]));
    let time = number::months(t, shown);
    let caption = format!("{name}, {} {time}", t.pick("na", "after"));
    Table { caption, head, rows: lines(t).into_iter().filter_map(row).collect(), panel: None }
}

/// A figure to draw: identifier, title, and its panels (title, unit, kind of number, measure).
type FigurePlan<'a> = (&'static str, &'a str, Vec<(&'a str, &'a str, NumberKind, Key<'static>)>);

/// The curves of the judged arm under every plan over each other, and the differences between plans.
fn overlaid(plans: &Plans<'_>) -> Vec<Figure> {
    let t = plans.lang;
    let share = t.pick("van alle klanten", "of all clients");
    let money = t.pick("per klant, teruggerekend naar nu", "per client, discounted");
    let sets: [FigurePlan<'_>; 3] = [
        (
            "compare-outflow",
            t.pick("Uitstroom onder elk plan", "Outflow under each plan"),
            vec![
                (
                    t.pick("Uit de bijstand, alle redenen", "Off benefit, all reasons"),
                    share,
                    NumberKind::Percent,
                    ("exits", ""),
                ),
                (
                    t.pick("Uitstroom naar werk", "Exits to work"),
                    share,
                    NumberKind::Percent,
                    ("exits_true", "work"),
                ),
            ],
        ),
        (
            "compare-steps",
            t.pick("Signalen en stappen onder elk plan", "Signals and steps under each plan"),
            vec![
                (
                    t.pick("Klanten met een fraudesignaal", "Clients with a fraud signal"),
                    share,
                    NumberKind::Percent,
                    ("clients_with_signal", ""),
                ),
                (
                    t.pick("Klanten met een zichtbare stap", "Clients with a visible step"),
                    share,
                    NumberKind::Percent,
                    ("activated", ""),
                ),
            ],
        ),
        (
            "compare-money",
            t.pick("Geld onder elk plan", "Money under each plan"),
            vec![
                (
                    t.pick("Gesprekken en trajecten", "Talks and trajectories"),
                    money,
                    NumberKind::Euro,
                    ("money_discounted", "implementation"),
                ),
                (
                    t.pick("Netto kosten van de gemeente", "Net costs of the municipality"),
                    money,
                    NumberKind::Euro,
                    ("money_discounted", "municipality"),
                ),
            ],
        ),
    ];
    let name = plans.facts[0].arms.get(judged(plans)).map_or_else(String::new, |arm| arm_name(t, arm));
    let figure = |(id, title, panels): FigurePlan<'_>| {
        let panels: Vec<Panel> = panels
            .into_iter()
            .filter_map(|(title, unit, kind, key)| panel(plans, title, unit, kind, key))
            .collect();
        let title = format!("{title} ({name})");
        let description = gallery::describe(&plans.levels(0), &title, &panels);
        let notes = gallery::notes(&plans.levels(0), World::Paired);
        (!panels.is_empty()).then_some(Figure { id, title, description, panels, notes })
    };
    sets.into_iter().filter_map(figure).collect()
}

fn panel(plans: &Plans<'_>, title: &str, unit: &str, kind: NumberKind, key: Key<'static>) -> Option<Panel> {
    let arm = judged(plans);
    let curve = |plan: usize| -> Series {
        let source = plans.levels(plan);
        let points: Vec<Point> = gallery::curve(&source, World::Paired, arm, key).points;
        Series { arm: plan, label: plans.title(plan), points }
    };
    let series: Vec<Series> = (0..plans.count()).map(curve).collect();
    gallery::panel_of(&plans.levels(0), (title, unit, kind), World::Paired, series)
}
