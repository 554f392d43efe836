//! The value of knowing more, in words, tables, a figure and on a page.

use std::fmt::Write;

use crate::report::escape;
use crate::report::figures::chart::{Figure, NumberKind, Panel, Point, Series};
use crate::report::figures::{self, draw::Look};
use crate::report::language::Lang;
use crate::report::number;
use crate::report::sections::{Section, SectionsPage, aligned, csv_line, row, table};
use crate::report::table::{Cell, Table};
use crate::report::words;
use crate::value::net_benefit::Stakes;
use crate::value::question::{Answer, Named, Study, Value};

/// What the answer is about.
#[derive(Clone, Copy, Debug)]
pub struct About<'a> {
    /// Scenario.
    pub scenario: &'a str,
    /// Arm.
    pub arm: &'a str,
    /// Control.
    pub control: &'a str,
    /// Month to which money is counted.
    pub months: u32,
    /// Who is served, and what a study costs.
    pub stakes: Stakes,
}

impl About<'_> {
    fn title(&self, lang: Lang) -> String {
        let (scenario, arm, control) =
            (escape::name(self.scenario), escape::name(self.arm), escape::name(self.control));
        match lang {
            Lang::Nl => {
                format!("{scenario}: wat is het waard om meer te weten over {arm} tegenover {control}?")
            }
            Lang::En => format!("{scenario}: what is it worth to know more about {arm} against {control}?"),
        }
    }
}

/// An amount per client, rounded to what its error allows.
fn amount(lang: Lang, value: f64, error: f64) -> String {
    number::euro(lang, value, if error >= 10.0 { -1 } else { 0 })
}

/// The paragraph for a report: what a wrong choice costs, and which study is worth doing.
pub fn paragraph(about: &About<'_>, found: &Answer, lang: Lang) -> Vec<String> {
    let [perfect, error] = found.perfect;
    let (mean, sd) = (number::euro(lang, found.mean, -1), number::euro(lang, found.sd, -1));
    let share = number::percent(lang, found.favorable, 0);
    let cost = amount(lang, perfect, error);
    let months = about.months;
    let mut list = vec![match lang {
        Lang::Nl => format!(
            "Gemiddeld levert de aanpak {mean} per klant op over {months} maanden (contant gemaakt; negatief = kost geld), met een onzekerheid van \
             {sd} (standaardafwijking over de aannames). In {share} van de doorrekeningen is zij haar geld waard. Een verkeerde keuze kost \
             gemiddeld {cost} per klant: meer is het ook niet waard om alles te weten."
        ),
        Lang::En => format!(
            "On average the service brings {mean} per client over {months} months (discounted; negative = costs money), with an uncertainty of \
             {sd} (standard deviation over the assumptions). In {share} of the calculations it is worth its money. A wrong choice costs {cost} \
             per client on average: to know everything is worth no more."
        ),
    }];
    list.push(match found.best() {
        Some(study) => best(about, study, lang),
        None => lang
            .pick(
                "Geen van de doorgerekende onderzoeken brengt meer op dan het kost. Kies op grond van wat nu bekend is.",
                "None of the studies that were weighed brings more than it costs. Choose on what is known now.",
            )
            .to_owned(),
    });
    let (clients, years) = (
        number::decimal(lang, about.stakes.clients_per_year, 0),
        number::decimal(lang, about.stakes.years, 0),
    );
    list.push(match lang {
        Lang::Nl => format!(
            "Gerekend is met {clients} klanten per jaar voor wie de keuze geldt, {years} jaar lang. Power vraagt of een onderzoek significant wordt; \
             hier is gevraagd of het de keuze verandert."
        ),
        Lang::En => format!(
            "Counted are {clients} clients a year for whom the choice is made, for {years} years. Power asks whether a study will be significant; \
             this asks whether it will change the choice."
        ),
    });
    list
}

fn best(about: &About<'_>, study: &Study, lang: Lang) -> String {
    let (months, clients) = (study.months, number::decimal(lang, f64::from(study.clients), 0));
    let worth = amount(lang, study.value.value, study.value.error);
    let most = if study.value.at_most { lang.pick("hooguit ", "at most ") } else { "" };
    let thousand = |value: f64| number::euro(lang, value, -3);
    let (low, high) = (
        thousand(study.net_benefit - NORMAL_95 * study.net_benefit_error),
        thousand(study.net_benefit + NORMAL_95 * study.net_benefit_error),
    );
    let net = thousand(study.net_benefit);
    let fewest = break_even(about, study);
    let band = number::interval(lang, &low, &high);
    let needed = fewest.map_or_else(String::new, |clients| {
        let clients = number::decimal(lang, clients, 0);
        match lang {
            Lang::Nl => format!(" Onder {clients} klanten per jaar kost het meer dan het oplevert."),
            Lang::En => format!(" Below {clients} clients a year it costs more than it brings."),
        }
    });
    match lang {
        Lang::Nl => format!(
            "Het meest waard is een onderzoek van {months} maanden met {clients} klanten: {most}{worth} per klant die daarna komt, netto {net} \
             (95 %: {band}).{needed}"
        ),
        Lang::En => format!(
            "Worth most is a study of {months} months with {clients} clients: {most}{worth} per client served afterwards, {net} net (95 %: \
             {band}).{needed}"
        ),
    }
}

/// Clients a year below which the study costs more than it brings; `None` when it always brings more (it costs nothing).
fn break_even(about: &About<'_>, study: &Study) -> Option<f64> {
    let stakes = about.stakes;
    let cost = f64::from(study.clients) * stakes.cost_per_client + stakes.fixed_cost;
    let each = study.value.value * stakes.discounted_years(f64::from(study.months) / 12.0, stakes.years);
    (cost > 0.0 && each > 0.0).then(|| cost / each)
}

/// Standard deviations on each side of the mean that hold 95 % of a normal distribution.
const NORMAL_95: f64 = 1.959_963_984_540_054;

/// The answer on a terminal.
pub fn words(about: &About<'_>, found: &Answer, lang: Lang) -> String {
    let mut text = about.title(lang) + "\n";
    for sentence in paragraph(about, found, lang) {
        let _ = writeln!(text, "{sentence}");
    }
    for table in tables(found, lang) {
        let _ = write!(text, "\n{}\n{}", table.caption, aligned(&table));
    }
    text
}

/// The page.
pub fn page(about: &About<'_>, found: &Answer, lang: Lang) -> String {
    let drawing = figures::to_svg(&figure(about, found, lang), Look::FILE, lang, "value");
    let section = Section {
        id: "value",
        heading: lang.pick("Welk onderzoek is het waard?", "Which study is worth doing?").to_owned(),
        sentences: paragraph(about, found, lang),
        figures: vec![drawing],
        tables: tables(found, lang),
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

fn value_cells(lang: Lang, value: &Value) -> Vec<Cell> {
    let shown = amount(lang, value.value, value.error);
    let shown = if value.at_most { format!("{}{shown}", lang.pick("hooguit ", "at most ")) } else { shown };
    vec![
        Cell::number(shown, value.value),
        Cell::number(number::euro(lang, value.error, 0), value.error),
        Cell::number(amount(lang, value.cross_fitted, value.cross_fitted_error), value.cross_fitted),
    ]
}

/// Most parameters in the table.
const MOST: usize = 12;

fn tables(found: &Answer, lang: Lang) -> Vec<Table> {
    let head = lang
        .pick(["wat", "per klant", "fout", "kruislings"], ["what", "per client", "error", "cross-fitted"]);
    let named = |own: &Named| {
        let name = words::parameter(lang, &own.name)
            .map_or_else(|| own.name.clone(), |words| format!("{words} ({})", own.name));
        row(name, value_cells(lang, &own.value))
    };
    let list =
        |caption: &str, list: &[Named]| table(caption, &head, list.iter().take(MOST).map(named).collect());
    let head = lang.pick(
        ["maanden", "klanten", "per klant", "fout", "kruislings", "netto", "fout"],
        ["months", "clients", "per client", "error", "cross-fitted", "net", "error"],
    );
    let study = |own: &Study| {
        let clients = f64::from(own.clients);
        let mut cells = vec![Cell::number(number::decimal(lang, clients, 0), clients)];
        cells.extend(value_cells(lang, &own.value));
        cells.extend(
            [own.net_benefit, own.net_benefit_error]
                .map(|value| Cell::number(number::euro(lang, value, -3), value)),
        );
        row(own.months.to_string(), cells)
    };
    vec![
        table(lang.pick("Onderzoeken", "Studies"), &head, found.studies.iter().map(study).collect()),
        list(
            lang.pick("Alles weten over een groep aannames", "Knowing all about a group of assumptions"),
            &found.groups,
        ),
        list(
            lang.pick("Alles weten over één aanname", "Knowing all about one assumption"),
            &found.parameters,
        ),
    ]
}

/// Value per client of the studies, by duration, one curve per size.
pub fn figure(about: &About<'_>, found: &Answer, lang: Lang) -> Figure {
    let mut sizes: Vec<f64> = found.studies.iter().map(|study| study.size).collect();
    sizes.sort_by(f64::total_cmp);
    sizes.dedup();
    let panel = |title: &str, unit: &str, of: &dyn Fn(&Study) -> (f64, f64)| Panel {
        title: title.to_owned(),
        unit: unit.to_owned(),
        kind: NumberKind::Euro,
        series: sizes.iter().enumerate().map(|(at, size)| series(found, at, *size, lang, of)).collect(),
        zero_line: true,
        measured_until: None,
    };
    Figure {
        id: "value",
        title: about.title(lang),
        description: lang
            .pick("Waarde van een onderzoek naar duur en omvang.", "Value of a study by duration and size.")
            .to_owned(),
        panels: vec![
            panel(
                lang.pick("Waarde per klant die daarna komt", "Value per client served afterwards"),
                lang.pick("euro per klant", "euros per client"),
                &|study| (study.value.value, study.value.error),
            ),
            panel(lang.pick("Netto waarde van het onderzoek", "Net value of the study"), lang.pick("euro", "euros"), &|study| {
                (study.net_benefit, study.net_benefit_error)
            }),
        ],
        notes: vec![
            lang.pick(
                "Band: 95 %, bootstrap over de doorrekeningen. Waarde van verbeterde keuzes, niet de kans op een significant verschil.",
                "Band: 95 %, bootstrap over the calculations. Value of better choices, not the probability of a significant difference.",
            )
            .to_owned(),
        ],
    }
}

fn series(found: &Answer, at: usize, size: f64, lang: Lang, of: &dyn Fn(&Study) -> (f64, f64)) -> Series {
    let own = || found.studies.iter().filter(|study| study.size == size);
    let clients = own().next().map_or(0, |study| study.clients);
    let clients = number::decimal(lang, f64::from(clients), 0);
    let point = |study: &Study| {
        let (value, error) = of(study);
        let bands = vec![(value - NORMAL_95 * error, value + NORMAL_95 * error)];
        Point { month: f64::from(study.months), value, bands }
    };
    let label = match lang {
        Lang::Nl => format!("{clients} klanten"),
        Lang::En => format!("{clients} clients"),
    };
    Series { arm: at, label, points: own().map(point).collect() }
}

/// `value.csv`: one line per study, group and parameter.
pub fn csv(found: &Answer) -> String {
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
    let values = |value: &Value| {
        [
            value.value.to_string(),
            value.error.to_string(),
            value.at_most.to_string(),
            value.cross_fitted.to_string(),
            value.cross_fitted_error.to_string(),
        ]
    };
    let none = String::new;
    let [perfect, error] = found.perfect;
    let mut fields =
        vec!["perfect".to_owned(), none(), none(), none(), none(), perfect.to_string(), error.to_string()];
    fields.extend(std::iter::repeat_n(none(), 5));
    text += &csv_line(&fields);
    for own in &found.studies {
        let mut fields = vec![
            "study".to_owned(),
            none(),
            own.months.to_string(),
            own.size.to_string(),
            own.clients.to_string(),
        ];
        fields.extend(values(&own.value));
        fields.extend([own.net_benefit.to_string(), own.net_benefit_error.to_string()]);
        text += &csv_line(&fields);
    }
    for (kind, list) in [("group", &found.groups), ("parameter", &found.parameters)] {
        for own in list {
            let mut fields = vec![kind.to_owned(), own.name.clone(), none(), none(), none()];
            fields.extend(values(&own.value));
            fields.extend([none(), none()]);
            text += &csv_line(&fields);
        }
    }
    text
}
