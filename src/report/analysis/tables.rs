//! The table has one row per estimate and below it what a row cannot hold: each method's convention
//! once, what was not given and why, what to mind. A method that refused is named with its reason, as a
//! missing row would pass for a method that was not asked for. Text from the file (arms, columns) goes
//! through `on_one_line`, because a line break in it would tear the table.

use super::{Analysis, arm_shown, percent};
use crate::estimate::catalogue::{Needs, methods};
use crate::estimate::{Detail, Estimate};
use crate::language::{Lang, Said, Text, marked};
use crate::observe::columns::Reading;
use crate::report::escape;
use crate::said;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// The whole analysis as JSON.
///
/// # Errors
/// When the results have no JSON form.
pub fn json(analysis: &Analysis) -> serde_json::Result<String> {
    serde_json::to_string_pretty(analysis).map(|text| text + "\n")
}

/// Which options a kind of method needs, as they are typed.
pub(crate) fn need_in_words(needs: Needs) -> Text {
    match needs {
        Needs::Times => Text::new("--time en --status", "--time and --status"),
        Needs::Causes => Text::new(
            "--time en --status met twee of meer oorzaken",
            "--time and --status with two or more causes",
        ),
        Needs::Clusters => Text::new("--time, --status en --cluster", "--time, --status and --cluster"),
        Needs::Outcomes => Text::new("--status", "--status"),
        Needs::ClusteredOutcomes => Text::new("--status en --cluster", "--status and --cluster"),
        Needs::ClusteredValues => {
            Text::new("--cluster en --status of --outcome", "--cluster and --status or --outcome")
        }
        Needs::Counts => Text::new("--count en --exposure", "--count and --exposure"),
        Needs::Recurrent => Text::new("--time, --status en --id", "--time, --status and --id"),
        Needs::Covariates => {
            Text::new("--time, --status en --covariates", "--time, --status and --covariates")
        }
        Needs::Values => Text::new("--outcome", "--outcome"),
    }
}

/// One line per method: its name with its arguments, what it does, and which options it needs. From the
/// catalogue, so that a new method is listed without a change here.
pub(crate) fn method_list(lang: Lang) -> String {
    let header = lang.pick(["toets", "doet", "vraagt"], ["test", "does", "needs"]);
    let mut table = empty_table(&header);
    for method in methods() {
        let name = format!("{}{}", method.name, method.arguments);
        let by_default = match method.by_default {
            true => lang.pick(" (ook zonder --tests)", " (by default)"),
            false => "",
        };
        table.add_row([
            name,
            format!("{}{by_default}", method.summary.text(lang)),
            need_in_words(method.needs).text(lang).to_owned(),
        ]);
    }
    format!("{table}\n")
}

/// The analysis as tables: what was read, the numbers, conventions, refusals and notes, ended by a line
/// break.
pub fn tables(analysis: &Analysis, lang: Lang) -> String {
    let mut text = counted(analysis).text(lang).to_owned() + "\n";
    if let Some(reading) = &analysis.reading {
        text += &(understood(reading, lang).join("\n  ") + "\n");
    }
    if analysis.results.iter().any(has_numbers) {
        text += &results(&analysis.results, lang);
    }
    text += &conventions(&analysis.results, lang);
    if !analysis.results.iter().all(|e| has_numbers(e) || e.missing.is_some()) {
        text += lang.pick(
            "hele curven staan in --json; --at leest ze af op gekozen tijden\n",
            "whole curves are in --json; --at reads them at chosen times\n",
        );
    }
    let not_given = lang.pick("niet gegeven", "not given");
    for (estimate, reason) in analysis.results.iter().filter_map(|e| Some((e, e.missing.as_ref()?))) {
        text += &format!(
            "{not_given}: {}, {}: {}\n",
            estimate.name,
            on_one_line(estimate.label.text(lang)),
            on_one_line(reason.text(lang))
        );
    }
    for refusal in &analysis.refused {
        text += &format!(
            "{not_given}: {}: {}\n",
            on_one_line(&refusal.test),
            on_one_line(refusal.reason.text(lang))
        );
    }
    for note in &analysis.notes {
        text += &format!("{}: {}\n", lang.pick("let op", "note"), on_one_line(note.text(lang)));
    }
    text
}

/// File, rows and those left out, then rows, events and clusters of each arm: who read the file wrongly
/// sees it here first.
fn counted(analysis: &Analysis) -> Said {
    let mut said = said!("{}: {} rijen", "{}: {} rows", analysis.file, analysis.rows);
    if !analysis.rows_left_out.is_empty() {
        said = said.then(&said!(" ({} weggelaten)", " ({} left out)", analysis.rows_left_out.len()));
    }
    for arm in &analysis.arms {
        let name = Said::each(|lang| on_one_line(&arm_shown(lang, &arm.name)).to_string());
        said = said.then(&said!(
            "; {name} {rows} rijen, {events} gebeurtenissen",
            "; {name} {rows} rows, {events} events",
            name = name,
            rows = arm.rows,
            events = arm.events
        ));
        if let Some(clusters) = arm.clusters {
            said = said.then(&said!(", {clusters} clusters", ", {clusters} clusters", clusters = clusters));
        }
    }
    said
}

/// What was understood of the file, as the caption of a figure: rows, arms and clusters, then how it was read and what every
/// column that was used holds.
pub fn captions(analysis: &Analysis, lang: Lang) -> Vec<String> {
    let read = analysis.reading.as_ref().map(|reading| understood(reading, lang).join("; "));
    let first = counted(analysis).text(lang).to_owned();
    std::iter::once(first).chain(read).map(|text| escape::clean(&text) + ".").collect()
}

/// What was understood of the file: how it was written, then every column.
fn understood(reading: &Reading, lang: Lang) -> Vec<String> {
    let first = said!(
        "gelezen als: gescheiden door {}, {}",
        "read as: {} separated, {}",
        reading.separator,
        reading.encoding
    );
    let mut lines = vec![first.text(lang).to_owned()];
    for column in &reading.columns {
        let guess = match &column.say_otherwise {
            Some(otherwise) => {
                said!(" (een gok; {} zegt het anders)", " (a guess; {} says otherwise)", otherwise)
            }
            None => Said::default(),
        };
        let values = on_one_line(column.values.text(lang));
        lines.push(format!(
            "{} = {}: {values}{}",
            column.part,
            on_one_line(&column.column),
            guess.text(lang)
        ));
    }
    lines
}

/// One row per estimate that has a number. Columns for adjusted p values and for clusters appear only
/// where some row fills them. The heading names the level of the first interval; one run has one level.
fn results(estimates: &[Estimate], lang: Lang) -> String {
    let level = estimates.iter().find_map(|e| e.interval.map(|i| i.level)).unwrap_or(0.95);
    let interval = format!("{}{}", marked(&percent(level), lang), lang.pick("%-interval", "% interval"));
    // With clusters each row says whether it accounts for them.
    let clustered = estimates.iter().any(|e| e.uses_clusters.is_some());
    let adjusted = estimates.iter().any(|e| e.details.contains_key("p_adjusted"));
    let mut header = lang
        .pick(
            ["toets", "over", "wat", "schatting", "standaardfout", &interval, "statistiek", "df", "p"],
            ["test", "about", "estimand", "estimate", "std. error", &interval, "statistic", "df", "p"],
        )
        .to_vec();
    if adjusted {
        header.push(lang.pick("p aangepast", "p adjusted"));
    }
    if clustered {
        header.push("clusters");
    }
    let mut table = empty_table(&header);
    for column in 3..9 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for e in estimates.iter().filter(|e| has_numbers(e)) {
        let number = |value: Option<f64>| value.map(|value| short(value, lang)).unwrap_or_default();
        let to = lang.pick("tot", "to");
        let range = e
            .interval
            .map(|i| format!("{} {to} {}", short(i.lower, lang), short(i.upper, lang)))
            .unwrap_or_default();
        let df = match (e.degrees_of_freedom, e.denominator_degrees_of_freedom) {
            (Some(a), Some(b)) => format!("{}{} {}", short(a, lang), lang.pick(";", ","), short(b, lang)),
            (a, _) => number(a),
        };
        let mut row = vec![
            e.name.clone(),
            on_one_line(e.label.text(lang)),
            e.estimand.text(lang).to_owned(),
            number(e.value),
            number(e.standard_error),
            range,
            number(e.statistic),
            df,
            e.p_value.map(|p| p_value(p, lang)).unwrap_or_default(),
        ];
        if adjusted {
            row.push(match e.details.get("p_adjusted") {
                Some(Detail::Number(p)) => p_value(*p, lang),
                _ => String::new(),
            });
        }
        if clustered {
            let yes = e.uses_clusters == Some(true);
            row.push(if yes { lang.pick("ja", "yes") } else { lang.pick("nee", "no") }.into());
        }
        table.add_row(row);
    }
    format!("{table}\n")
}

/// Whether an estimate has a row: whole curves have only details, which are in the JSON. A quantile
/// always has one, since "not reached" is an answer.
fn has_numbers(e: &Estimate) -> bool {
    e.value.is_some()
        || e.statistic.is_some()
        || e.p_value.is_some()
        || e.interval.is_some()
        || e.name == "quantile"
}

/// Each method's convention once.
fn conventions(estimates: &[Estimate], lang: Lang) -> String {
    let mut text = String::new();
    let mut seen: Vec<(&str, &Said)> = Vec::new();
    for e in estimates {
        if !e.convention.is_empty() && !seen.contains(&(&e.name, &e.convention)) {
            seen.push((&e.name, &e.convention));
            text += &format!("{}: {}\n", e.name, on_one_line(e.convention.text(lang)));
        }
    }
    text
}

/// Text of others without the line breaks and tabs that would tear the table apart.
fn on_one_line(text: &str) -> String {
    text.replace("\r\n", "\\n")
        .replace(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'], "\\n")
        .replace('\t', "\\t")
}

/// A table with this header.
fn empty_table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_BORDERS_ONLY_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().copied());
    table
}

/// Five significant digits, whole numbers as they are, and "no limit" for infinity: an interval that is
/// open at one end is not an error.
fn short(value: f64, lang: Lang) -> String {
    if value.is_infinite() {
        let no_limit = lang.pick("geen grens", "no limit");
        return if value > 0.0 { no_limit.into() } else { format!("\u{2212}{no_limit}") };
    }
    if value == 0.0 || value == value.trunc() && value.abs() < 1e6 {
        return marked(&value.to_string(), lang);
    }
    let magnitude = libm::floor(libm::log10(value.abs())) as i32;
    let digits = if (-4..=6).contains(&magnitude) {
        format!("{value:.*}", (4 - magnitude).max(0) as usize)
    } else {
        format!("{value:.4e}")
    };
    marked(&digits, lang)
}

/// Four decimals, and below 0.0001 a power of ten with one decimal, as 0.0000 would say that it cannot
/// happen.
fn p_value(p: f64, lang: Lang) -> String {
    marked(&if p < 0.0001 { format!("{p:.1e}") } else { format!("{p:.4}") }, lang)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        let english = |value| short(value, Lang::En);
        assert_eq!(english(0.0123456), "0.012346");
        assert_eq!(english(123.456), "123.46");
        assert_eq!(english(3.0), "3");
        assert_eq!(english(1.234e-9), "1.2340e−9");
        assert_eq!(english(f64::INFINITY), "no limit");
        assert_eq!(
            (short(123.456, Lang::Nl).as_str(), short(f64::NEG_INFINITY, Lang::Nl).as_str()),
            ("123,46", "−geen grens")
        );
        assert_eq!(
            (p_value(0.00001, Lang::En), p_value(0.0123, Lang::Nl)),
            ("1.0e−5".into(), "0,0123".into())
        );
        assert_eq!(on_one_line("fip\r\nnieuw\tx"), "fip\\nnieuw\\tx");
    }
}
