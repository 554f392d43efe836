//! The page as one self-contained HTML file: own style, own script, nothing from elsewhere.
//!
//! The content security policy allows exactly this style and this script, by their SHA-256: text that others wrote cannot
//! bring another.

use askama::Template;
use sha2::{Digest, Sha256};

use super::language::Lang;
use super::page::Page;

/// Style sheet of every page.
const STYLE: &str = include_str!("templates/style.css");
/// Script of every page.
const SCRIPT: &str = include_str!("templates/script.js");

/// The script that brings figures to life, for a page that shows the report's figures: `stapjesFigures(root)`.
#[cfg(feature = "serve")]
pub(crate) const FIGURE_SCRIPT: &str = SCRIPT;

/// What the frame of every page needs.
pub(super) struct Frame {
    /// Style sheet with its colors.
    pub(super) style: String,
    /// Its hash for the security policy.
    pub(super) style_hash: String,
    /// Script.
    pub(super) script: &'static str,
    /// Its hash.
    pub(super) script_hash: String,
}

impl Frame {
    /// For figures with so many curves that can be switched off.
    pub(super) fn new(arms: usize) -> Self {
        let style = style(arms);
        Self { style_hash: source_hash(&style), script_hash: source_hash(SCRIPT), style, script: SCRIPT }
    }
}

/// The page for the Dutch template.
#[derive(Template)]
#[template(path = "report.nl.html", config = "src/report/templates/askama.toml")]
struct Dutch<'a> {
    /// Contents.
    page: &'a Page<'a>,
    /// Style sheet.
    style: &'a str,
    /// Its hash.
    style_hash: &'a str,
    /// Script.
    script: &'a str,
    /// Its hash.
    script_hash: &'a str,
}

/// The page for the English template.
#[derive(Template)]
#[template(path = "report.en.html", config = "src/report/templates/askama.toml")]
struct English<'a> {
    /// Contents.
    page: &'a Page<'a>,
    /// Style sheet.
    style: &'a str,
    /// Its hash.
    style_hash: &'a str,
    /// Script.
    script: &'a str,
    /// Its hash.
    script_hash: &'a str,
}

/// The page as HTML.
///
/// # Errors
/// When the template cannot be filled; it can always, since writing to memory does not fail.
pub(crate) fn page(page: &Page<'_>) -> Result<String, askama::Error> {
    let Frame { style, style_hash, script, script_hash } = &Frame::new(page.facts.arms.len());
    let html = match page.lang {
        Lang::Nl => Dutch { page, style, style_hash, script, script_hash }.render(),
        Lang::En => English { page, style, style_hash, script, script_hash }.render(),
    };
    html.map(|html| unbroken(&html))
}

/// Text in which no line ends between a sign and the euro sign behind it (U+2060, word joiner).
pub(crate) fn unbroken(text: &str) -> String {
    text.replace("+€", "+\u{2060}€").replace("\u{2212}€", "\u{2212}\u{2060}€")
}

/// The report's style for a page that shows its figures, with rules per arm: one hides its curves when its box is not
/// checked, one puts its level and its difference side by side on a telephone.
pub(crate) fn style(arms: usize) -> String {
    let mut style = STYLE.to_owned();
    for arm in 0..arms {
        style.push_str(&format!(
            "figure.chart:has(.legend input[value=\"{arm}\"]:not(:checked)) .plot .arm-{arm} {{ display: none; }}\n\
             table.plans td[data-plan=\"{arm}\"] {{ grid-row: {}; }}\n",
            arm + 2
        ));
    }
    style
}

/// A source expression of a content security policy: `sha256-` and the digest in base64.
fn source_hash(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

/// Bytes in the alphabet of RFC 4648.
fn base64(bytes: &[u8]) -> String {
    /// Its letters.
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word =
            group.iter().fold(0u32, |word, &byte| word << 8 | u32::from(byte)) << (8 * (3 - group.len()));
        for place in 0..4 {
            let letter = LETTERS[(word >> (18 - 6 * place) & 63) as usize];
            out.push(if place <= group.len() { char::from(letter) } else { '=' });
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_of_known_texts() {
        for (text, expected) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), expected);
        }
    }

    #[test]
    fn the_script_holds_nothing_that_loads_or_writes_markup() {
        for word in
            ["innerHTML", "fetch(", "XMLHttpRequest", "eval(", "import", "http://", "https://", "</script"]
        {
            let found = SCRIPT.replace("http://www.w3.org/2000/svg", "").contains(word);
            assert!(!found, "{word}");
        }
        assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
    }
}
