//! Results as JSON with every digit, or as tables for people.

use super::{Analysis, percent};
use crate::estimate::catalogue::{Needs, methods};
use crate::estimate::{Detail, Estimate};
use crate::observe::columns::Reading;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};

/// The whole analysis as JSON.
///
/// # Errors
/// When the results have no JSON form.
pub fn json(analysis: &Analysis) -> serde_json::Result<String> {
    serde_json::to_string_pretty(analysis).map(|text| text + "\n")
}

/// What a kind of method looks at, in words.
pub fn need_in_words(needs: Needs) -> &'static str {
    match needs {
        Needs::Times => "--time and --status",
        Needs::Causes => "--time and --status with two or more causes",
        Needs::Clusters => "--time, --status and --cluster",
        Needs::Outcomes => "--status",
        Needs::ClusteredOutcomes => "--status and --cluster",
        Needs::ClusteredValues => "--cluster and --status or --outcome",
        Needs::Counts => "--count and --exposure",
        Needs::Recurrent => "--time, --status and --id",
        Needs::Covariates => "--time, --status and --covariates",
        Needs::Values => "--outcome",
    }
}

/// One line per method.
pub fn method_list() -> String {
    let mut table = empty_table(&["test", "does", "needs"]);
    for method in methods() {
        let name = format!("{}{}", method.name, method.arguments);
        let by_default = if method.by_default { " (by default)" } else { "" };
        table.add_row([
            name,
            format!("{}{by_default}", method.summary),
            need_in_words(method.needs).to_owned(),
        ]);
    }
    format!("{table}\n")
}

/// The analysis as tables.
pub fn tables(analysis: &Analysis) -> String {
    let mut text = format!("{}: {} rows", analysis.file, analysis.rows);
    if !analysis.rows_left_out.is_empty() {
        text += &format!(" ({} left out)", analysis.rows_left_out.len());
    }
    for arm in &analysis.arms {
        text += &format!("; {} {} rows, {} events", on_one_line(&arm.name), arm.rows, arm.events);
        if let Some(clusters) = arm.clusters {
            text += &format!(", {clusters} clusters");
        }
    }
    text += "\n";
    if let Some(reading) = &analysis.reading {
        text += &understood(reading);
    }
    if analysis.results.iter().any(has_numbers) {
        text += &results(&analysis.results);
    }
    text += &conventions(&analysis.results);
    if !analysis.results.iter().all(|e| has_numbers(e) || e.missing.is_some()) {
        text += "whole curves are in --json; --at reads them at chosen times\n";
    }
    for (estimate, reason) in analysis.results.iter().filter_map(|e| Some((e, e.missing.as_ref()?))) {
        text += &format!(
            "not given: {}, {}: {}\n",
            estimate.name,
            on_one_line(&estimate.label),
            on_one_line(reason)
        );
    }
    for refusal in &analysis.refused {
        text += &format!("not given: {}: {}\n", on_one_line(&refusal.test), on_one_line(&refusal.reason));
    }
    for note in &analysis.notes {
        text += &format!("note: {}\n", on_one_line(note));
    }
    text
}

/// What was understood of the file, a line per column.
fn understood(reading: &Reading) -> String {
    let mut text = format!("read as: {} separated, {}\n", reading.separator, reading.encoding);
    for column in &reading.columns {
        let guess = match &column.say_otherwise {
            Some(otherwise) => format!(" (a guess; {otherwise} says otherwise)"),
            None => String::new(),
        };
        let values = on_one_line(&column.values);
        text += &format!("  {} = {}: {values}{guess}\n", column.part, on_one_line(&column.column));
    }
    text
}

fn results(estimates: &[Estimate]) -> String {
    let level = estimates.iter().find_map(|e| e.interval.map(|i| i.level)).unwrap_or(0.95);
    let interval = format!("{}% interval", percent(level));
    // With clusters each row says whether it accounts for them.
    let clustered = estimates.iter().any(|e| e.uses_clusters.is_some());
    let adjusted = estimates.iter().any(|e| e.details.contains_key("p_adjusted"));
    let mut header =
        vec!["test", "about", "estimand", "estimate", "std. error", &interval, "statistic", "df", "p"];
    if adjusted {
        header.push("p adjusted");
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
        let number = |value: Option<f64>| value.map(short).unwrap_or_default();
        let range =
            e.interval.map(|i| format!("{} to {}", short(i.lower), short(i.upper))).unwrap_or_default();
        let df = match (e.degrees_of_freedom, e.denominator_degrees_of_freedom) {
            (Some(a), Some(b)) => format!("{}, {}", short(a), short(b)),
            (a, _) => number(a),
        };
        let mut row = vec![
            e.name.clone(),
            on_one_line(&e.label),
            e.estimand.clone(),
            number(e.value),
            number(e.standard_error),
            range,
            number(e.statistic),
            df,
            e.p_value.map(p_value).unwrap_or_default(),
        ];
        if adjusted {
            row.push(match e.details.get("p_adjusted") {
                Some(Detail::Number(p)) => p_value(*p),
                _ => String::new(),
            });
        }
        if clustered {
            row.push(if e.uses_clusters == Some(true) { "yes" } else { "no" }.into());
        }
        table.add_row(row);
    }
    format!("{table}\n")
}

/// Whole curves have only details: they are in the JSON.
fn has_numbers(e: &Estimate) -> bool {
    e.value.is_some()
        || e.statistic.is_some()
        || e.p_value.is_some()
        || e.interval.is_some()
        || e.name == "quantile"
}

/// Each method's convention once.
fn conventions(estimates: &[Estimate]) -> String {
    let mut text = String::new();
    let mut seen: Vec<(&str, &str)> = Vec::new();
    for e in estimates {
        if !e.convention.is_empty() && !seen.contains(&(&e.name, &e.convention)) {
            seen.push((&e.name, &e.convention));
            text += &format!("{}: {}\n", e.name, on_one_line(&e.convention));
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

fn empty_table(header: &[&str]) -> Table {
    let mut table = Table::new();
    table
        .load_style(presets::ASCII_BORDERS_ONLY_CONDENSED)
        .set_content_arrangement(ContentArrangement::Dynamic);
    table.set_header(header.iter().copied());
    table
}

/// Five significant digits.
fn short(value: f64) -> String {
    if value.is_infinite() {
        return if value > 0.0 { "no limit".into() } else { "-no limit".into() };
    }
    if value == 0.0 || value == value.trunc() && value.abs() < 1e6 {
        return format!("{value}");
    }
    let magnitude = libm::floor(libm::log10(value.abs())) as i32;
    if (-4..=6).contains(&magnitude) {
        format!("{value:.*}", (4 - magnitude).max(0) as usize)
    } else {
        format!("{value:.4e}")
    }
}

fn p_value(p: f64) -> String {
    if p < 0.0001 { format!("{p:.1e}") } else { format!("{p:.4}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_people() {
        assert_eq!(short(0.0123456), "0.012346");
        assert_eq!(short(123.456), "123.46");
        assert_eq!(short(3.0), "3");
        assert_eq!(short(1.234e-9), "1.2340e-9");
        assert_eq!(short(f64::INFINITY), "no limit");
        assert_eq!(p_value(0.00001), "1.0e-5");
        assert_eq!(on_one_line("fip\r\nnieuw\tx"), "fip\\nnieuw\\tx");
    }
}
