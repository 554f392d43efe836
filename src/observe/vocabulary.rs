//! Words that offices and spreadsheets write, and what they mean.
//!
//! Lists, because a reading must be explicable: whoever wonders why a row counts as running finds the
//! word here, and what was taken for what stands in every answer (`columns::Reading`). They grew from
//! files of municipalities, of R and of spreadsheets, in Dutch and English; a new word goes into the
//! list of what it means. A status in no list is an event with that name.

use unicode_normalization::UnicodeNormalization;

/// Characters by which a spreadsheet takes a cell for a formula.
pub(crate) const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Cells that mean "not known", in lower case: of R, databases and spreadsheets (English and Dutch).
const MISSING: [&str; 13] =
    ["", "na", ".", "nan", "n/a", "null", "nil", "-", "--", "?", "missing", "ontbreekt", "n.b."];

/// Errors of spreadsheets (English and Dutch), in lower case.
const SHEET_ERRORS: [&str; 20] = [
    "#n/a",
    "#n/b",
    "#na",
    "#value!",
    "#waarde!",
    "#div/0!",
    "#deel/0!",
    "#ref!",
    "#verw!",
    "#name?",
    "#naam?",
    "#num!",
    "#getal!",
    "#null!",
    "#leeg!",
    "#spill!",
    "#overloop!",
    "#calc!",
    "#berekenen!",
    "#####",
];

/// Statuses that mean "nothing happened yet", in lower case.
const NO_EVENT: [&str; 55] = [
    "0",
    "censored",
    "censor",
    "censoring",
    "cens",
    "gecensureerd",
    "gecensoreerd",
    "censuur",
    "alive",
    "in leven",
    "no",
    "n",
    "false",
    "f",
    "nee",
    "onwaar",
    "none",
    "no event",
    "geen",
    "geen event",
    "geen gebeurtenis",
    "geen uitstroom",
    "niet uitgestroomd",
    "ongoing",
    "running",
    "open",
    "active",
    "actief",
    "lopend",
    "lopende",
    "loopt",
    "loopt nog",
    "nog lopend",
    "doorlopend",
    "lopende uitkering",
    "nog in uitkering",
    "in uitkering",
    "on benefit",
    "still on benefit",
    "event-free",
    "niet",
    "nog",
    "nog niet",
    "still",
    "not yet",
    "in de bijstand",
    "in bijstand",
    "lost to follow-up",
    "lost to follow up",
    "loss to follow-up",
    "ltfu",
    "einde onderzoek",
    "einde studie",
    "end of study",
    "end of follow-up",
];

/// Words behind which a status is the opposite of another one: "niet beëindigd", "geen werk".
const NEGATIONS: [&str; 8] = ["nog niet ", "nog geen ", "niet ", "geen ", "not yet ", "not ", "no ", "non-"];

/// Statuses that are one and the same single event, in lower case.
const PLAIN_EVENT: [&str; 36] = [
    "1",
    "event",
    "dead",
    "died",
    "death",
    "deceased",
    "overleden",
    "yes",
    "y",
    "true",
    "t",
    "ja",
    "j",
    "waar",
    "exit",
    "failed",
    "failure",
    "ended",
    "stopped",
    "closed",
    "gebeurtenis",
    "uitgestroomd",
    "uitstroom",
    "uit uitkering",
    "beëindigd",
    "beeindigd",
    "geëindigd",
    "geeindigd",
    "gestopt",
    "afgesloten",
    "gesloten",
    "left",
    "vertrokken",
    "uit",
    "wel",
    "gebeurd",
];

/// Names of a control arm, in order of preference, in lower case.
const CONTROL: [&str; 12] = [
    "control",
    "controle",
    "controlegroep",
    "placebo",
    "standard",
    "standaard",
    "usual",
    "regular",
    "reguliere",
    "regulier",
    "referentie",
    "reference",
];

/// Trimmed, with accents composed, in lower case.
fn folded(word: &str) -> String {
    word.trim().nfc().collect::<String>().to_lowercase()
}

/// Whether a cell means "not known".
pub(super) fn is_missing(cell: &str) -> bool {
    cell.is_empty() || {
        // Longer cells are none of the words.
        cell.chars().count() <= 12 && {
            let word = folded(cell);
            MISSING.contains(&word.as_str()) || is_sheet_error(&word)
        }
    }
}

/// An error of a spreadsheet: `#DIV/0!` and the like.
fn is_sheet_error(word: &str) -> bool {
    SHEET_ERRORS.contains(&word) || word.len() > 2 && word.chars().all(|c| c == '#')
}

/// Whether a status means "nothing happened yet": one of the words, something that is censored, or something that goes on still.
pub(super) fn is_no_event(status: &str) -> bool {
    let word = folded(status);
    let word = word.trim_end_matches('.');
    let part = |part: &str| {
        part.starts_with("censor") || part.starts_with("gecensor") || part.starts_with("gecensur")
    };
    NO_EVENT.contains(&word)
        || word.split(|c: char| !c.is_alphanumeric()).any(part)
        || ["nog ", "still "].iter().any(|still| word.starts_with(still))
}

/// Whether a status says that another one, or "the event", did not happen: "niet beëindigd" beside "beëindigd".
pub(super) fn denies<'a>(status: &str, mut others: impl Iterator<Item = &'a str>) -> bool {
    let word = folded(status);
    let Some(rest) = NEGATIONS.iter().find_map(|negation| word.strip_prefix(negation)) else { return false };
    is_plain_event(rest) || others.any(|other| folded(other) == rest.trim())
}

/// Whether a status is just "the event".
pub(super) fn is_plain_event(status: &str) -> bool {
    PLAIN_EVENT.contains(&folded(status).as_str())
}

/// Position of the control arm among names, when one is called that.
pub(super) fn control_of(names: &[String]) -> Option<usize> {
    CONTROL.iter().find_map(|word| names.iter().position(|name| folded(name) == *word))
}

/// A code in front of a label, as registrations export them: "1 - werk", "2: verhuisd", "(3) anders", "4. overig"; or in brackets
/// behind it: "werk (1)".
pub(super) fn code_and_label(status: &str) -> Option<(u32, &str)> {
    if let Some((label, code)) = status.strip_suffix([')', ']']).and_then(|open| open.rsplit_once(['(', '[']))
    {
        let words = label.chars().next().is_some_and(char::is_alphabetic);
        let digits = !code.is_empty() && code.chars().all(|c| c.is_ascii_digit());
        if words && digits {
            return Some((code.parse().ok()?, label.trim()));
        }
    }
    let open = status.strip_prefix(['(', '[']).unwrap_or(status);
    let digits = open.chars().take_while(char::is_ascii_digit).count();
    let (code, rest) = open.split_at(digits);
    let marks = ['-', '–', '—', ':', '=', '.', ')', ']', '_', '/', '|'];
    let rest = rest.trim_start();
    let label = rest
        .strip_prefix(marks)
        .or_else(|| (open.len() > digits && open[digits..].starts_with(' ')).then_some(rest))?;
    let label = label.trim();
    let words = label.chars().next().is_some_and(char::is_alphabetic);
    words.then_some(())?;
    Some((code.parse().ok()?, label))
}

/// What is left of a label when case, composition of letters, blanks and invisible characters do not count.
pub(crate) fn likeness(label: &str) -> String {
    visible(label).to_lowercase()
}

/// What is left of a label when composition of letters, kinds of blanks and invisible characters do not count.
pub(super) fn visible(label: &str) -> String {
    let seen = label
        .nfkc()
        .filter(|c| c.is_whitespace() || !c.is_control() && !is_invisible(*c))
        .collect::<String>();
    seen.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A character that nobody sees: soft hyphens, zero-width spaces, marks of direction, the byte-order mark.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_cells_and_errors_of_spreadsheets() {
        for cell in ["", "NA", ".", "NaN", "#N/B", "#DEEL/0!", "n/a", "NULL", "#WAARDE!", "########", "-"] {
            assert!(is_missing(cell), "{cell}");
        }
        for cell in ["0", "nee", "geen", "-1", "nader", "#1", "onbekend"] {
            assert!(!is_missing(cell), "{cell}");
        }
    }

    #[test]
    fn statuses_of_dutch_offices() {
        for (no, event) in [
            ("nee", "ja"),
            ("onwaar", "WAAR"),
            ("N", "J"),
            ("lopend", "uitgestroomd"),
            ("open", "bee\u{308}indigd"),
            ("Gecensureerd", "Beëindigd"),
        ] {
            assert!(is_no_event(no) && !is_plain_event(no), "{no}");
            assert!(is_plain_event(event) && !is_no_event(event), "{event}");
        }
    }

    #[test]
    fn censored_still_and_denied() {
        for no in [
            "right censored",
            "administratief gecensureerd",
            "cens.",
            "nog open",
            "nog in de bijstand",
            "Niet",
            "LTFU",
        ] {
            assert!(is_no_event(no), "{no}");
        }
        // Reasons for leaving that only sound like a denial.
        for event in ["niet verlengd", "geen recht meer", "nogal laat", "werk"] {
            assert!(!is_no_event(event) && !denies(event, ["werk", event].into_iter()), "{event}");
        }
        assert!(
            denies("niet beëindigd", ["beëindigd"].into_iter()) && denies("Geen werk", ["WERK"].into_iter())
        );
    }

    #[test]
    fn codes_in_front_of_labels() {
        assert_eq!(code_and_label("1 - werk"), Some((1, "werk")));
        assert_eq!(code_and_label("02: verhuisd"), Some((2, "verhuisd")));
        assert_eq!(code_and_label("(3) anders"), Some((3, "anders")));
        assert_eq!(code_and_label("4 overig"), Some((4, "overig")));
        assert_eq!(code_and_label("[5] overig"), Some((5, "overig")));
        assert_eq!(code_and_label("6/overig"), Some((6, "overig")));
        assert_eq!(code_and_label("7|overig"), Some((7, "overig")));
        assert_eq!(code_and_label("werk (1)"), Some((1, "werk")));
        for plain in ["werk", "1", "1-2-2024", "1,5", "- werk", "3x", "12e", "werk (deels)", "(1)", "werk ()"]
        {
            assert_eq!(code_and_label(plain), None, "{plain}");
        }
    }

    #[test]
    fn labels_that_look_alike() {
        let same = ["Geïnformeerd", "Gei\u{308}nformeerd", " geïnformeerd\u{a0}", "GEÏN\u{200b}FORMEERD"];
        assert!(same.iter().all(|label| likeness(label) == likeness(same[0])));
        assert_ne!(likeness("fip"), likeness("fip2"));
    }
}
