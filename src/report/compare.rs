//! The report and workbook of a comparison: one question answered for every plan, what differs in the input, effects, levels and
//! totals side by side.
//!
//! Plans are compared at the last month that all of them report, per client and as totals of each
//! plan's own clients. Every difference between plans was taken replicate by replicate, so its range is
//! narrower than those of the plans beside it; the tables say which is which.

mod answer;
mod figures;
mod inputs;
mod plans;
mod tables;

use std::io;
use std::path::Path;

use askama::Template;
use rust_xlsxwriter::{Workbook, XlsxError};

use crate::disk;
use crate::trial::compare::Comparison;

use super::facts::Facts;
use super::figure_block::FigureBlock;
use super::figures as drawing;
use super::figures::draw::Style;
use super::html::{Frame, unbroken};
use super::language::Lang;
use super::table::Table;
use super::workbook;
use super::{FIGURES, REPORT, WORKBOOK};
use plans::{Cut, Plans};

/// Name of the file with the results of a comparison.
pub(crate) const COMPARISON: &str = "comparison.json";

/// What stands on the page.
struct ComparePage<'a> {
    /// Language.
    lang: Lang,
    /// What the first plan was made from: it names seed, replicates and version for all.
    facts: &'a Facts,
    /// The command, word by word: a line may break between words only.
    command: Vec<String>,
    /// Title.
    title: String,
    /// A sentence per plan.
    answers: Vec<String>,
    /// What must be read with them.
    notes: Vec<String>,
    /// What differs in the input, setting by setting.
    inputs: Table,
    /// Results.
    tables: Vec<Table>,
    /// The figure on top, as SVG.
    main_figure: String,
    /// Further figures.
    figures: Vec<FigureBlock>,
}

/// Words that are the same on every page.
struct CompareWords {
    /// Link past the head.
    skip: &'static str,
    /// What kind of page it is.
    kind: &'static str,
    /// Heading of the answers.
    better: &'static str,
    /// Heading of the differences.
    differs: &'static str,
    /// What stands below it when there are none.
    same: &'static str,
    /// Heading of the results.
    results: &'static str,
    /// What the ranges are.
    luck: &'static str,
    /// Heading of the figures.
    curves: &'static str,
    /// Heading of the limits.
    limits: &'static str,
    /// What the page cannot say.
    never: &'static str,
    /// How to repeat it.
    command: &'static str,
}

/// The page for the template.
#[derive(Template)]
#[template(path = "compare.html", config = "src/report/templates/askama.toml")]
struct CompareTemplate<'a> {
    /// Contents.
    page: &'a ComparePage<'a>,
    /// Fixed words.
    words: &'a CompareWords,
    /// Style sheet.
    style: &'a str,
    /// Its hash for the security policy.
    style_hash: &'a str,
    /// Script.
    script: &'a str,
    /// Its hash.
    script_hash: &'a str,
}

/// The fixed words in a language.
fn fixed_words(t: Lang) -> CompareWords {
    CompareWords {
        skip: t.pick("Naar de inhoud", "To the content"),
        kind: t.pick(
            "Vergelijking met stapjes: een vooruitblik over groepen, geen meting",
            "A comparison with stapjes: a projection about groups, not a measurement",
        ),
        better: t.pick("Het antwoord", "The answer"),
        differs: t.pick("Wat er verschilt in de invoer", "What differs in the input"),
        same: inputs::SAME.text(t),
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
pub(crate) fn write(folder: &Path, comparison: &Comparison, facts: &[Facts], lang: Lang) -> io::Result<()> {
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
pub(crate) fn files(
    comparison: &Comparison,
    facts: &[Facts],
    lang: Lang,
) -> io::Result<Vec<(String, Vec<u8>)>> {
    let Some(first) = facts.first() else { return Ok(Vec::new()) };
    let cut = Cut::new(comparison, facts);
    let plans = Plans::new(&cut, comparison, facts, lang);
    let drawn = figures::all(&plans);
    let titles: Vec<String> = (0..plans.count()).map(|at| plans.title(at)).collect();
    let page = ComparePage {
        lang,
        facts: first,
        command: first.command_shown().split(' ').map(str::to_owned).collect(),
        title: plans::named(&titles, lang),
        answers: answer::sentences(&plans),
        notes: answer::notes(&plans),
        inputs: inputs::table(&plans),
        tables: tables::all(&plans),
        main_figure: drawn
            .first()
            .map_or_else(String::new, |figure| FigureBlock::new(figure, lang).to_string()),
        figures: drawn.iter().skip(1).map(|figure| FigureBlock::new(figure, lang)).collect(),
    };
    let json = serde_json::to_string(comparison).map_err(io::Error::other)?;
    let mut files = vec![
        (COMPARISON.to_owned(), (json + "\n").into_bytes()),
        (REPORT.to_owned(), html(&page, plans.count())?.into_bytes()),
        (WORKBOOK.to_owned(), bytes(&page).map_err(io::Error::other)?),
    ];
    for figure in &drawn {
        let name = |kind: &str| format!("{FIGURES}/{}.{kind}", figure.id);
        files.push((name("svg"), drawing::to_svg(figure, Style::FILE, lang, &figure.id).into_bytes()));
        files.push((name("png"), drawing::to_png(figure, Style::FILE, lang).map_err(io::Error::other)?));
    }
    Ok(files)
}

/// The page as text, with a style for so many curves in its figures.
fn html(page: &ComparePage<'_>, curves: usize) -> io::Result<String> {
    let Frame { style, style_hash, script, script_hash } = &Frame::new(curves);
    let words = &fixed_words(page.lang);
    let html = CompareTemplate { page, words, style, style_hash, script, script_hash }.render();
    html.map(|html| unbroken(&html)).map_err(io::Error::other)
}

/// The workbook as bytes.
fn bytes(page: &ComparePage<'_>) -> Result<Vec<u8>, XlsxError> {
    let t = page.lang;
    let mut workbook = Workbook::new();
    workbook.set_properties(&workbook::properties(&page.title)?);
    workbook::tables(workbook.add_worksheet(), t, t.pick("Uitkomsten", "Results"), page.tables.iter())?;
    workbook::tables(workbook.add_worksheet(), t, t.pick("Invoer", "Input"), std::iter::once(&page.inputs))?;
    workbook.save_to_buffer()
}

/// What a comparison shows on a page that is not its report: the same words, numbers and figure.
#[cfg(feature = "serve")]
pub(crate) struct Shown {
    /// Which plan does best, what each brings, what lies between them.
    pub answers: Vec<String>,
    /// What the numbers are about and what the brackets hold.
    pub notes: Vec<String>,
    /// What differs in the input.
    pub changes: Vec<String>,
    /// Totals of every plan, and what one client has.
    pub tables: Vec<Table>,
    /// The difference over time; `None` when there is none.
    pub figure: Option<FigureBlock>,
}

/// The answer of a comparison under the names that a reader gave to the plans. There is one entry in `facts` and `names` per
/// scenario.
#[cfg(feature = "serve")]
pub(crate) fn shown(comparison: &Comparison, facts: &[Facts], names: &[String], lang: Lang) -> Option<Shown> {
    facts.first()?;
    let cut = Cut::new(comparison, facts);
    let plans = Plans::new(&cut, comparison, facts, lang).called(names);
    Some(Shown {
        answers: answer::sentences(&plans),
        notes: answer::notes(&plans),
        changes: inputs::in_words(&plans),
        tables: tables::of_answer(&plans),
        figure: figures::of_difference(&plans).map(|figure| FigureBlock::new(&figure, lang)),
    })
}

/// The answer of a comparison, for the terminal: the sentences, and what the numbers are.
pub(crate) fn brief(comparison: &Comparison, facts: &[Facts], lang: Lang) -> String {
    if facts.is_empty() {
        return String::new();
    }
    let cut = Cut::new(comparison, facts);
    let plans = Plans::new(&cut, comparison, facts, lang);
    let lines = answer::sentences(&plans).into_iter().chain(answer::notes(&plans));
    lines.collect::<Vec<_>>().join("\n") + "\n"
}
