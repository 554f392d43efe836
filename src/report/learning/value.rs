//! The value of knowing more, in words, tables, a figure and on a page.
//!
//! Each value stands with its Monte Carlo error and beside its cross-fitted twin: a value of
//! information fitted and read off on the same draws flatters itself, one fitted on other draws never
//! does, and only where the two agree may the number be taken as it stands.

use std::fmt::Write;

use super::worth::amount;
pub(crate) use super::worth::{ValueContext, figure, paragraph};
use crate::report::figure_block::FigureBlock;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::sections::{Section, SectionsPage, aligned, csv_line, row, table};
use crate::report::table::{Cell, Row, Table};
use crate::report::words;
use crate::value::question::{InformationValue, Named, Study, ValueOfInformation};

/// The answer on a terminal.
pub(crate) fn words(about: &ValueContext<'_>, information: &ValueOfInformation, lang: Lang) -> String {
    let mut text = about.title(lang) + "\n";
    for sentence in paragraph(about, information, lang) {
        let _ = writeln!(text, "{sentence}");
    }
    for table in tables(information, lang) {
        let _ = write!(text, "\n{}\n{}", table.caption, aligned(&table));
    }
    text
}

/// The page.
pub(crate) fn page(about: &ValueContext<'_>, information: &ValueOfInformation, lang: Lang) -> String {
    let section = Section {
        id: "value",
        heading: lang.pick("Welk onderzoek is het waard?", "Which study is worth doing?").to_owned(),
        sentences: paragraph(about, information, lang),
        blocks: vec![FigureBlock::beside(&figure(about, information, lang), lang).to_string()],
        tables: tables(information, lang),
        ..Section::default()
    };
    SectionsPage::new(
        lang,
        lang.pick("Waarde van weten", "Value of information"),
        about.title(lang),
        vec![section],
    )
    .html()
}

/// A value per client with its error, then the cross-fitted one; "at most" where only a bound is known.
fn value_cells(lang: Lang, value: &InformationValue) -> Vec<Cell> {
    let shown = amount(lang, value.value, value.error);
    let shown = if value.at_most { format!("{}{shown}", lang.pick("hooguit ", "at most ")) } else { shown };
    vec![
        Cell::number(shown, value.value),
        Cell::number(number::euro(lang, value.error, 0), value.error),
        Cell::number(amount(lang, value.cross_fitted, value.cross_fitted_error), value.cross_fitted),
    ]
}

/// Whether a number as printed is anything but zero.
fn shows_something(text: &str) -> bool {
    text.chars().any(|letter| letter.is_ascii_digit() && letter != '0')
}

/// Most rows of the tables by parameter and by group.
const MOST: usize = 12;

/// The tables of the answer.
fn tables(information: &ValueOfInformation, lang: Lang) -> Vec<Table> {
    let head = lang
        .pick(["wat", "per klant", "fout", "kruislings"], ["what", "per client", "error", "cross-fitted"]);
    let named = |item: &Named| {
        let name = match words::parameter(lang, &item.name) {
            Some(words) => format!("{words} ({})", item.name),
            None => words::group(lang, &item.name),
        };
        row(name, value_cells(lang, &item.value))
    };
    let list = |caption: &str, list: &[Named]| {
        let rows = list.iter().take(MOST).map(named);
        let (worth, nothing): (Vec<Row>, Vec<Row>) =
            rows.partition(|row| shows_something(&row.cells[0].text));
        let nothing: Vec<String> = nothing.into_iter().map(|row| row.head).collect();
        let nothing = match (nothing.is_empty(), lang) {
            (true, _) => String::new(),
            (false, Lang::Nl) => format!(". Niets waard: {}", nothing.join("; ")),
            (false, Lang::En) => format!(". Worth nothing: {}", nothing.join("; ")),
        };
        table(&format!("{caption}{nothing}"), &head, worth)
    };
    let head = lang.pick(
        ["maanden", "klanten", "per klant", "fout", "kruislings", "netto", "fout"],
        ["months", "clients", "per client", "error", "cross-fitted", "net", "error"],
    );
    let study = |study: &Study| {
        let clients = f64::from(study.clients);
        let mut cells = vec![Cell::number(number::decimal(lang, clients, 0), clients)];
        cells.extend(value_cells(lang, &study.value));
        cells.extend(
            [study.net_benefit, study.net_benefit_error]
                .map(|value| Cell::number(number::euro(lang, value, -3), value)),
        );
        row(study.months.to_string(), cells)
    };
    let studies =
        table(lang.pick("Onderzoeken", "Studies"), &head, information.studies.iter().map(study).collect());
    let known = [
        (
            lang.pick("Alles weten over een groep aannames", "Knowing all about a group of assumptions"),
            &information.groups,
        ),
        (
            lang.pick("Alles weten over één aanname", "Knowing all about one assumption"),
            &information.parameters,
        ),
    ];
    // With few draws nothing is said of single assumptions.
    let known = known.into_iter().filter(|(_, all)| !all.is_empty()).map(|(title, all)| list(title, all));
    std::iter::once(studies).chain(known).collect()
}

/// `value.csv`: one line per study, group and parameter.
pub(crate) fn csv(information: &ValueOfInformation) -> String {
    let head = [
        "kind",
        "name",
        "months",
        "size",
        "clients",
        "value",
        "error",
        "at_most",
        "cross_fitted",
        "cross_fitted_error",
        "net_benefit",
        "net_benefit_error",
    ];
    let mut text = csv_line(&head.map(str::to_owned));
    let values = |value: &InformationValue| {
        [
            value.value.to_string(),
            value.error.to_string(),
            value.at_most.to_string(),
            value.cross_fitted.to_string(),
            value.cross_fitted_error.to_string(),
        ]
    };
    let none = String::new;
    let [perfect, error] = information.perfect;
    let mut fields =
        vec!["perfect".to_owned(), none(), none(), none(), none(), perfect.to_string(), error.to_string()];
    fields.extend(std::iter::repeat_n(none(), 5));
    text += &csv_line(&fields);
    for study in &information.studies {
        let mut fields = vec![
            "study".to_owned(),
            none(),
            study.months.to_string(),
            study.size.to_string(),
            study.clients.to_string(),
        ];
        fields.extend(values(&study.value));
        fields.extend([study.net_benefit.to_string(), study.net_benefit_error.to_string()]);
        text += &csv_line(&fields);
    }
    for (kind, list) in [("group", &information.groups), ("parameter", &information.parameters)] {
        for item in list {
            let mut fields = vec![kind.to_owned(), item.name.clone(), none(), none(), none()];
            fields.extend(values(&item.value));
            fields.extend([none(), none()]);
            text += &csv_line(&fields);
        }
    }
    text
}
