//! The answer is made once, as the JSON that programs read; the text is a walk over that JSON, so that
//! both can never say different things and a new field shows up by itself. Names of fields get words in
//! `words::design`.

use serde_json::{Map, Value};

use super::words::design_key;
use crate::language::{Lang, marked};

/// Lists longer than this are cut in the text (JSON has them whole).
const LONGEST_LIST: usize = 12;

/// One line per value: the name in words of the language, the number with six significant digits; tables and lists indented below their name.
pub fn answer_as_text(answer: &Map<String, Value>, lang: Lang) -> String {
    let mut text = String::new();
    // With one result its values stand at the top already.
    // A list of one would say everything twice.
    let single = answer.get("results").and_then(Value::as_array).is_some_and(|results| results.len() == 1);
    for (key, value) in answer {
        if !(single && key == "results") {
            line(&mut text, 0, key, value, lang);
        }
    }
    text
}

/// One field with its name at `depth` levels of indentation; tables and lists of tables go on below it,
/// a list of plain values stays on its line and is cut after `LONGEST_LIST`.
fn line(text: &mut String, depth: usize, key: &str, value: &Value, lang: Lang) {
    let indent = "  ".repeat(depth);
    let name = design_key(key, lang);
    match value {
        Value::Object(table) => {
            text.push_str(&format!("{indent}{name}:\n"));
            for (key, value) in table {
                line(text, depth + 1, key, value, lang);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for (index, item) in items.iter().enumerate() {
                text.push_str(&format!("{indent}{name} {}:\n", index + 1));
                for (key, value) in item.as_object().into_iter().flatten() {
                    line(text, depth + 1, key, value, lang);
                }
            }
        }
        Value::Array(items) => {
            let mut shown: Vec<String> =
                items.iter().take(LONGEST_LIST).map(|item| scalar(item, lang)).collect();
            if items.len() > LONGEST_LIST {
                shown.push("…".to_owned());
            }
            text.push_str(&format!("{indent}{name:<34}{}\n", shown.join("  ")));
        }
        _ => text.push_str(&format!("{indent}{name:<34}{}\n", scalar(value, lang))),
    }
}

/// A plain value: yes or no, a number with the decimal mark of the language, a dash for null ("does not
/// apply").
fn scalar(value: &Value, lang: Lang) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Bool(true) => lang.pick("ja", "yes").to_owned(),
        Value::Bool(false) => lang.pick("nee", "no").to_owned(),
        Value::Number(number) => {
            marked(&number.as_f64().map_or_else(|| number.to_string(), significant), lang)
        }
        _ => "–".to_owned(),
    }
}

/// Six significant digits, without an exponent in the usual range and without trailing zeros.
fn significant(value: f64) -> String {
    let size = value.abs();
    if value == 0.0 || (1e-4..1e9).contains(&size) {
        let before = if size >= 1.0 { libm::floor(libm::log10(size)) as usize + 1 } else { 1 };
        let decimals = if size >= 1.0 { 6_usize.saturating_sub(before) } else { 6 };
        let text = format!("{value:.decimals$}");
        if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
    } else {
        format!("{value:.5e}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_true() {
        for (value, text) in [
            (0.8, "0.8"),
            (463.077965814, "463.078"),
            (0.0249999987, "0.025"),
            (120000.0, "120000"),
            (1.5e-7, "1.50000e-7"),
            (0.0, "0"),
            (-1.96, "-1.96"),
        ] {
            assert_eq!(significant(value), text);
        }
    }

    #[test]
    fn lists_and_tables_are_indented() {
        let answer: Map<String, Value> = serde_json::from_str(
            r#"{"power":0.8,"sequential":{"upper_z":[2.5,null]},"curve":[{"months":12}]}"#,
        )
        .unwrap();
        let text = answer_as_text(&answer, Lang::En);
        assert!(
            text.contains("sequential:\n  upper z")
                && text.contains("2.5  –")
                && text.contains("curve 1:\n  months")
        );
        let dutch = answer_as_text(&answer, Lang::Nl);
        assert!(dutch.contains("onderscheidend vermogen           0,8\n"), "{dutch}");
        assert!(dutch.contains("verloop 1:\n  maanden"), "{dutch}");
    }
}
