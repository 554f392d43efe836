//! There are three kinds of answer and `GroupEffects` holds one of them: drivers confirmed by moving
//! one parameter at a time, elementary effects of groups (Morris 1991,
//! doi:10.1080/00401706.1991.10484804), or Sobol' indices with their bootstrap intervals. Each has its
//! own sentence, columns and axis here; which one it is follows from what is filled.

use std::fmt::Write;

use crate::report::escape;
use crate::report::figures::chart::NumberKind;
use crate::report::figures::forest::{Forest, ForestPanel, ForestRow, Scale, Sign};
use crate::report::figures::forest_to_svg;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::round;
use crate::report::sections::{
    Section, SectionsPage, aligned, csv_line, number_cell, row, significant, table,
};
use crate::report::sign;
use crate::report::table::{Cell, Form, Table};
use crate::report::{tables, words};
use crate::sensitivity::question::GroupEffects;
use crate::trial::Driver;

/// What the answer is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SensitivityContext<'a> {
    /// Scenario.
    pub scenario: &'a str,
    /// Arm.
    pub arm: &'a str,
    /// Control.
    pub control: &'a str,
    /// Measure.
    pub measure: &'a str,
    /// Its label.
    pub label: &'a str,
    /// Its unit.
    pub unit: &'a str,
    /// Month.
    pub month: u32,
}

impl SensitivityContext<'_> {
    /// The result in words and how it is written; for a measure that no table of a report has, its name as after `--measure` and
    /// three digits.
    fn result(&self, lang: Lang) -> (String, Option<Form>) {
        match tables::of_measure(lang, (self.measure, self.label)) {
            Some((words, form)) => (words, Some(form.difference())),
            None if self.label.is_empty() => (self.measure.to_owned(), None),
            None => (format!("{}:{}", self.measure, self.label), None),
        }
    }

    /// Unit of the result.
    fn unit_of(&self, lang: Lang) -> String {
        match self.result(lang).1.map(|form| form.kind) {
            Some(NumberKind::Points) => lang.pick("procentpunten", "percentage points").to_owned(),
            _ => words::measure_unit(lang, self.unit).to_owned(),
        }
    }

    /// What the result is multiplied by before it is written.
    fn factor(&self, lang: Lang) -> f64 {
        self.result(lang).1.map_or(1.0, |form| form.kind.scale())
    }

    /// A result as `run` shows it: a saving is plus. One without words of a report stays as it is.
    fn with_sign(&self, lang: Lang, value: f64) -> f64 {
        let has_words = self.result(lang).1.is_some();
        if has_words { value * sign::shown_sign((self.measure, self.label)) } else { value }
    }

    /// A result as printed, with the digits that its error supports.
    fn shown(&self, lang: Lang, value: f64, error: f64) -> String {
        match self.result(lang).1 {
            Some(form) => {
                let decimals = round::decimals(error * form.kind.scale(), form.most + 1);
                number::signed(form.kind.format(lang, self.with_sign(lang, value), decimals))
            }
            None => significant(lang, value),
        }
    }

    /// Title of the answer.
    fn title(&self, lang: Lang) -> String {
        let scenario = escape::name(self.scenario);
        let (arm, control) = (words::arm_named(lang, self.arm), words::arm_named(lang, self.control));
        let (result, time) = (self.result(lang).0, number::months(lang, self.month));
        match lang {
            Lang::Nl => {
                format!("{scenario}: wat beweegt “{result}” na {time}? Verschil van {arm} met {control}")
            }
            Lang::En => {
                format!("{scenario}: what moves “{result}” after {time}? Difference of {arm} from {control}")
            }
        }
    }
}

/// The answer on a terminal.
pub(crate) fn words(about: &SensitivityContext<'_>, effects: &GroupEffects, lang: Lang) -> String {
    let mut text = about.title(lang) + "\n";
    for sentence in sentences(effects, lang) {
        let _ = writeln!(text, "{sentence}");
    }
    text.push('\n');
    text + &aligned(&result_table(about, effects, lang))
}

/// The page.
pub(crate) fn page(about: &SensitivityContext<'_>, effects: &GroupEffects, lang: Lang) -> String {
    let section = Section {
        id: "drivers",
        heading: lang.pick("Wat de uitkomst beweegt", "What moves the result").to_owned(),
        sentences: sentences(effects, lang),
        // What the page says above it does not stand below it once more.
        figures: vec![forest_to_svg(&Forest { notes: Vec::new(), ..forest(about, effects, lang) }, lang)],
        tables: vec![result_table(about, effects, lang)],
        ..Section::default()
    };
    SectionsPage::new(lang, lang.pick("Gevoeligheid", "Sensitivity"), about.title(lang), vec![section]).html()
}

/// How to read the answer, then how many studies were simulated. The share that is chance stands with
/// it, because a parameter cannot explain what is luck.
fn sentences(effects: &GroupEffects, lang: Lang) -> Vec<String> {
    let mut list = Vec::new();
    if let Some(drivers) = &effects.drivers {
        let (r2, noise) = (
            number::percent(lang, drivers.left_out_r2.max(0.0), 0),
            number::percent(lang, drivers.noise_share, 0),
        );
        let first = match (drivers.left_out_r2 > 0.0, lang) {
            (true, Lang::Nl) => format!(
                "De parameters verklaren {r2} van de spreiding van de trekkingen; {noise} is toeval binnen de trekkingen."
            ),
            (true, Lang::En) => format!(
                "The parameters predict {r2} of the spread of the draws; {noise} is chance inside the draws."
            ),
            (false, Lang::Nl) => format!(
                "Zo weinig trekkingen laten niet zien hoeveel van hun spreiding de parameters verklaren, dus ook niet welk aandeel elk heeft \
                 (neem er meer, --draws); {noise} is toeval binnen de trekkingen."
            ),
            (false, Lang::En) => format!(
                "So few draws do not show how much of their spread the parameters predict, nor the share of each (take more, --draws); \
                 {noise} is chance inside the draws."
            ),
        };
        list.push(match lang {
            Lang::Nl => format!(
                "{first} Getoond wordt alleen wat standhoudt als die ene parameter wordt verzet (10 en 90% van wat erover wordt aangenomen), \
                 al het andere gelijk en met hetzelfde toeval."
            ),
            Lang::En => format!(
                "{first} Shown is only what holds when that one parameter is moved (10 and 90% of what is believed about it), all else equal \
                 and with the same luck."
            ),
        });
        if !drivers.dropped.is_empty() {
            let dropped: Vec<String> =
                drivers.dropped.iter().map(|path| words::parameter_named(lang, path)).collect();
            let dropped = dropped.join("; ");
            list.push(match lang {
                Lang::Nl => format!("Niet bevestigd, dus weggelaten: {dropped}."),
                Lang::En => format!("Not confirmed, so left out: {dropped}."),
            });
        }
    } else if let Some(noise) = effects.noise_share {
        let noise = number::percent(lang, noise, 0);
        list.push(match lang {
            Lang::Nl => format!("{noise} van de spreiding is toeval; de indices zijn daarvoor gecorrigeerd. Tussen haken: 95% (bootstrap)."),
            Lang::En => format!("{noise} of the spread is chance; the indices are corrected for it. In brackets: 95% (bootstrap)."),
        });
    } else {
        list.push(
            lang.pick(
                "Gemiddelde verandering van de uitkomst als alle parameters van een groep twee derde van hun bereik (95% van wat wordt aangenomen) \
                 verschuiven. Een grote spreiding betekent kromming of samenspel.",
                "Mean change of the result when all parameters of a group move two thirds of their range (95% of what is believed). A large spread \
                 means curvature or interplay.",
            )
            .to_owned(),
        );
    }
    let runs = number::decimal(lang, effects.runs as f64, 0);
    list.push(match lang {
        Lang::Nl => format!("{runs} gesimuleerde onderzoeken."),
        Lang::En => format!("{runs} simulated studies."),
    });
    list
}

/// A parameter in words, with its path.
fn named(lang: Lang, path: &str) -> String {
    words::parameter(lang, path).map_or_else(|| path.to_owned(), |words| format!("{words} ({path})"))
}

/// The numbers of the answer, one row per parameter or group, in the order of the answer.
fn result_table(about: &SensitivityContext<'_>, effects: &GroupEffects, lang: Lang) -> Table {
    if let Some(drivers) = &effects.drivers {
        let head = lang.pick(
            ["parameter", "aandeel", "laag", "hoog", "uitkomst laag", "uitkomst hoog", "toevalsfout"],
            ["parameter", "share", "low", "high", "result low", "result high", "MC error"],
        );
        let of = |driver: &Driver| {
            let result = |value: f64| {
                Cell::number(about.shown(lang, value, driver.error), about.with_sign(lang, value))
            };
            let error = about.factor(lang) * driver.error;
            let cells = vec![
                if drivers.left_out_r2 > 0.0 {
                    Cell::number(number::percent(lang, driver.share, 0), driver.share)
                } else {
                    Cell::text(number::NO_NUMBER)
                },
                number_cell(lang, driver.at[0]),
                number_cell(lang, driver.at[1]),
                result(driver.result[0]),
                result(driver.result[1]),
                Cell::number(two_digits(lang, error), driver.error),
            ];
            row(named(lang, &driver.path), cells)
        };
        return table(
            &format!(
                "{} ({} {})",
                lang.pick("Bevestigde invloeden", "Confirmed drivers"),
                lang.pick("uitkomst in", "result in"),
                about.unit_of(lang)
            ),
            &head,
            drivers.confirmed.iter().map(of).collect(),
        );
    }
    if !effects.groups.is_empty() {
        let head = lang.pick(
            ["groep", "parameters", "mu*", "fout", "sigma"],
            ["group", "parameters", "mu*", "error", "sigma"],
        );
        let rows = effects.groups.iter().map(|group| {
            let cells = [group.parameters as f64, group.mu_star, group.error, group.sigma];
            row(
                words::group(lang, &group.group),
                cells.iter().map(|&value| number_cell(lang, value)).collect(),
            )
        });
        return table(lang.pick("Elementaire effecten", "Elementary effects"), &head, rows.collect());
    }
    let head = lang.pick(
        ["parameter", "alleen (S)", "95%", "totaal (T)", "95%"],
        ["parameter", "first (S)", "95%", "total (T)", "95%"],
    );
    let range = |index: &[f64; 3]| {
        Cell::text(number::interval(
            lang,
            &number::decimal(lang, index[1], 2),
            &number::decimal(lang, index[2], 2),
        ))
    };
    let value = |index: &[f64; 3]| Cell::number(number::decimal(lang, index[0], 3), index[0]);
    let rows = effects.indices.iter().map(|parameter| {
        row(
            named(lang, &parameter.path),
            vec![
                value(&parameter.first),
                range(&parameter.first),
                value(&parameter.total),
                range(&parameter.total),
            ],
        )
    });
    table(lang.pick("Sobol'-indices", "Sobol' indices"), &head, rows.collect())
}

/// An error in two significant digits.
fn two_digits(lang: Lang, error: f64) -> String {
    if error.is_nan() || error <= 0.0 {
        return number::decimal(lang, error, 0);
    }
    number::decimal(lang, error, (1 - libm::log10(error).floor() as i32).clamp(-9, 8))
}

/// Most rows of the figure.
const MOST: usize = 20;

/// Tornado of the confirmed drivers (from the low to the high value of the parameter, in the unit of
/// the measure), or the effects of groups with two standard errors, or total indices with their 95 %
/// interval; at most `MOST` rows, all others are in the table.
pub(crate) fn forest(about: &SensitivityContext<'_>, effects: &GroupEffects, lang: Lang) -> Forest {
    let plain = |name: String, value: f64, interval: Option<(f64, f64)>, numbers: String| ForestRow {
        name,
        about: String::new(),
        value,
        interval,
        range: None,
        truth: None,
        numbers: vec![numbers],
    };
    let rows: Vec<ForestRow> = if let Some(drivers) = &effects.drivers {
        let of = |driver: &Driver| {
            // A parameter may lower the result as it rises: the bar goes from the smaller result to the
            // larger.
            let [low, high] = driver.result.map(|value| about.with_sign(lang, value));
            let [from, to] = driver.result.map(|value| about.shown(lang, value, driver.error));
            let name = words::parameter_named(lang, &driver.path);
            plain(name, (low + high) / 2.0, Some((low.min(high), low.max(high))), format!("{from} → {to}"))
        };
        drivers.confirmed.iter().take(MOST).map(of).collect()
    } else if !effects.groups.is_empty() {
        let of = |group: &crate::sensitivity::question::GroupEffect| {
            let interval = (group.mu_star - 2.0 * group.error, group.mu_star + 2.0 * group.error);
            plain(
                words::group(lang, &group.group),
                group.mu_star,
                Some(interval),
                significant(lang, group.mu_star),
            )
        };
        effects.groups.iter().take(MOST).map(of).collect()
    } else {
        let of = |parameter: &crate::sensitivity::question::ParameterIndices| {
            plain(
                words::parameter_named(lang, &parameter.path),
                parameter.total[0],
                Some((parameter.total[1], parameter.total[2])),
                number::decimal(lang, parameter.total[0], 2),
            )
        };
        effects.indices.iter().take(MOST).map(of).collect()
    };
    let (legend, numbers) = if effects.drivers.is_some() {
        (
            lang.pick(
                "van lage naar hoge waarde van de parameter",
                "from the low to the high value of the parameter",
            ),
            lang.pick("laag → hoog", "low → high"),
        )
    } else {
        ("95%", lang.pick("waarde", "value"))
    };
    let mut forest = Forest {
        id: "sensitivity".to_owned(),
        title: about.title(lang),
        description: lang
            .pick("Per parameter: hoe ver de uitkomst beweegt.", "Per parameter: how far the result moves.")
            .to_owned(),
        panels: vec![ForestPanel {
            title: lang.pick("Invloed", "Influence").to_owned(),
            unit: if effects.drivers.is_some() { about.unit_of(lang) } else { String::new() },
            scale: Scale::Difference,
            factor: if effects.drivers.is_some() { about.factor(lang) } else { 1.0 },
            lower: String::new(),
            higher: String::new(),
            numbers: numbers.to_owned(),
            rows,
        }],
        legend: vec![(Sign::Interval, legend.to_owned())],
        notes: sentences(effects, lang),
    };
    forest.describe_rows();
    forest
}

/// `sensitivity.csv`: a header and one line per parameter or group with every digit; the columns are
/// those of the kind of answer.
pub(crate) fn csv(effects: &GroupEffects) -> String {
    let line = |fields: &[String]| csv_line(fields);
    if let Some(drivers) = &effects.drivers {
        let head = ["parameter", "share", "low", "high", "result_low", "result_high", "mc_error"];
        let mut text = line(&head.map(str::to_owned));
        for driver in &drivers.confirmed {
            let numbers =
                [driver.share, driver.at[0], driver.at[1], driver.result[0], driver.result[1], driver.error];
            text += &line(&fields(&driver.path, &numbers));
        }
        return text;
    }
    if !effects.groups.is_empty() {
        let mut text = line(&["group", "parameters", "mu_star", "error", "sigma"].map(str::to_owned));
        for group in &effects.groups {
            text += &line(&fields(
                &group.group,
                &[group.parameters as f64, group.mu_star, group.error, group.sigma],
            ));
        }
        return text;
    }
    let head = ["parameter", "first", "first_low", "first_high", "total", "total_low", "total_high"];
    let mut text = line(&head.map(str::to_owned));
    for parameter in &effects.indices {
        let numbers: Vec<f64> = parameter.first.iter().chain(&parameter.total).copied().collect();
        text += &line(&fields(&parameter.path, &numbers));
    }
    text
}

/// A row of the file.
fn fields(name: &str, numbers: &[f64]) -> Vec<String> {
    std::iter::once(name.to_owned()).chain(numbers.iter().map(f64::to_string)).collect()
}
