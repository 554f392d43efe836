//! Names written by others, made harmless: scenario, arm and site names end up in HTML, SVG, workbooks, CSV and on
//! terminals. This is the one place that knows what is dangerous where.
//!
//! Escaping happens where text goes out, never where it comes in: a name keeps its characters in JSON
//! and in the scenario, and two names that differ stay different.

use crate::observe::FORMULA;

/// Longest name that is shown, in characters; longer ones end in `…`.
pub(crate) const LONGEST_NAME: usize = 120;

/// Strips what no document needs: control characters (also terminal escapes), direction overrides, invisible
/// characters, line separators and what XML forbids. Text in any script stays as it is.
pub(crate) fn clean(text: &str) -> String {
    text.chars().filter(|&c| !is_hostile(c)).collect()
}

/// [`clean`], cut at [`LONGEST_NAME`] characters: for names in legends, headings, cells and on terminals.
pub(crate) fn name(text: &str) -> String {
    let clean = clean(text);
    if clean.chars().count() <= LONGEST_NAME {
        return clean;
    }
    let mut cut: String = clean.chars().take(LONGEST_NAME - 1).collect();
    cut.push('…');
    cut
}

/// Text for HTML and SVG, in elements and in quoted attributes.
pub(crate) fn markup(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in clean(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Text for a cell of a CSV file or workbook: what a spreadsheet would run as a formula gets an apostrophe in front
/// (OWASP, CSV injection). `analyze` takes it off again.
pub(crate) fn cell(text: &str) -> String {
    let clean = clean(text);
    if clean.trim_start().starts_with(FORMULA) { format!("'{clean}") } else { clean }
}

/// A name for a file or folder made of a-z, 0-9 and `-`; `scenario` when nothing is left.
pub(crate) fn file_name(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase).take(LONGEST_NAME) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.is_empty() && !out.ends_with('-') {
            out.push('-');
        }
    }
    let out = out.trim_end_matches('-');
    if out.is_empty() { "scenario".to_owned() } else { out.to_owned() }
}

/// Characters that change how other text is shown, or that no XML document may hold: controls,
/// invisible and direction marks, tags, noncharacters.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}'
            | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff9}'..='\u{fffc}' | '\u{fffe}' | '\u{ffff}'
            | '\u{e0000}'..='\u{e007f}')
        || (c as u32) & 0xfffe == 0xfffe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_of_terminals_and_directions_vanish() {
        assert_eq!(clean("a\u{1b}[31mb\u{7}\r\n\tc\u{202e}d\u{2066}e\u{0}\u{9b}1m"), "a[31mbcde1m");
        assert_eq!(clean("Zoë عربي 日本"), "Zoë عربي 日本");
    }

    #[test]
    fn markup_cannot_open_a_tag_or_leave_an_attribute() {
        let text = markup("<script>alert('x')</script>&\"\u{1}");
        assert_eq!(text, "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;");
    }

    #[test]
    fn formulas_are_defused() {
        for hostile in ["=1+1", "@SUM(A1)", "+1", "-1", "\t=1", " =1", "＝1"] {
            assert!(cell(hostile).starts_with('\''), "{hostile:?}");
        }
        assert_eq!(cell("FIP"), "FIP");
    }

    #[test]
    fn long_names_are_cut() {
        assert_eq!(name(&"x".repeat(500)).chars().count(), LONGEST_NAME);
    }

    #[test]
    fn file_names_are_plain() {
        assert_eq!(file_name("../../Étappe <1>"), "tappe-1");
        assert_eq!(file_name("日本"), "scenario");
    }
}
