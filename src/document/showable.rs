//! Text of strangers, made harmless for a terminal.
//!
//! Names in files can hold escape sequences that recolor, clear or retitle a terminal, and direction
//! marks that make a text read as another (CVE-2021-42574, "Trojan Source"). Both are replaced wherever
//! text of others is printed.

/// Whether a character may be shown on a terminal: no control characters, no invisible marks that turn text around.
pub(crate) fn is_showable(character: char) -> bool {
    !(character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'))
}

/// Text made harmless for a terminal: control characters and direction marks become U+FFFD; cut after `limit` characters.
pub(crate) fn showable(text: &str, limit: usize) -> String {
    let mut shown: String =
        text.chars().take(limit).map(|c| if is_showable(c) { c } else { '\u{fffd}' }).collect();
    if text.chars().nth(limit).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_bytes_and_direction_marks_never_pass() {
        assert_eq!(showable("a\u{1b}[31mb\u{202e}c\n", 20), "a\u{fffd}[31mb\u{fffd}c\u{fffd}");
        assert_eq!(showable("abcdef", 3), "abc…");
    }
}
