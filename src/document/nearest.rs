//! The word that was probably meant.
//!
//! A slip of the keyboard and a Dutch word for an English key look the same to a parser: an unknown
//! key. Both are answered with the word that exists, so that a planner need not look it up.

use crate::language::Said;
use crate::said;

/// Advice: the word that was probably meant.
pub(crate) fn did_you_mean(word: &str) -> Said {
    said!("bedoelt u {word}?", "did you mean {word}?", word = word)
}

/// What is allowed: one of these, as a list that the caller has put together.
pub(crate) fn one_of(words: &str) -> Said {
    said!("een van {words}", "one of {words}", words = words)
}

/// Dutch words that planners write, with the key or value they mean.
const DUTCH: [(&str, &str); 28] = [
    ("aanpak", "service"),
    ("arm_regulier", "regular"),
    ("bestand", "stock"),
    ("capaciteit", "capacity"),
    ("consulenten", "caseworkers"),
    ("deelnemers", "participants"),
    ("dienstverlening", "service"),
    ("doorlooptijd_maanden", "horizon_months"),
    ("groep", "arm"),
    ("herhalingen", "replicates"),
    ("horizon_maanden", "horizon_months"),
    ("gemeente", "municipality"),
    ("inwoners", "inhabitants"),
    ("instroom", "inflow"),
    ("klanten", "participants"),
    ("kosten", "costs"),
    ("locatie", "site"),
    ("maanden", "horizon_months"),
    ("naam", "name"),
    ("opvolging_maanden", "follow_up_months"),
    ("plekken_per_maand", "slots_per_month"),
    ("prijsjaar", "price_year"),
    ("terugkeer", "returns"),
    ("titel", "title"),
    ("uitkering_maand", "benefit_month"),
    ("uur", "hour"),
    ("vestiging", "site"),
    ("vraag", "question"),
];

/// The candidate nearest to `word` when it is near enough to be a slip: insertions, deletions, replacements and swapped
/// neighbours together at most a third of its letters, at least one. Case and `-`/`_` make no difference. A Dutch word
/// for a candidate is that candidate.
///
/// ```
/// use stapjes::document::nearest;
///
/// assert_eq!(nearest("trust_gian", ["trust_gain", "info_gain"]), Some("trust_gain"));
/// assert_eq!(nearest("weather", ["trust_gain", "info_gain"]), None);
/// ```
/// Of equally near candidates the first is taken. Words of more than 60 characters are near to nothing:
/// no key is that long, and the distance costs their product.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    if word.chars().count() > 60 {
        return None;
    }
    // A third of the letters: `trust_gian` is a slip, and `weather` is another word.
    let limit = word.chars().count().div_ceil(3).max(1);
    let word = plain(word);
    let meant = DUTCH.iter().find(|(dutch, _)| *dutch == word).map(|(_, english)| *english);
    let mut best: Option<(usize, &str)> = None;
    for candidate in candidates {
        if meant == Some(candidate) {
            return Some(candidate);
        }
        let edits = strsim::osa_distance(&word, &plain(candidate));
        if edits <= limit && best.is_none_or(|(least, _)| edits < least) {
            best = Some((edits, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// Lower case with underscores, so that `Horizon-Months` is `horizon_months`.
fn plain(word: &str) -> String {
    word.to_lowercase().replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_key_finds_slips_and_leaves_strangers_alone() {
        let keys = ["trust_gain", "trust_decay", "info_gain"];
        assert_eq!(nearest("trust_gian", keys), Some("trust_gain"));
        assert_eq!(nearest("Trust-gain", keys), Some("trust_gain"));
        assert_eq!(nearest("weather", keys), None);
    }

    #[test]
    fn dutch_words_are_understood() {
        assert_eq!(nearest("vraag", ["seed", "question"]), Some("question"));
        assert_eq!(nearest("Consulenten", ["participants", "caseworkers"]), Some("caseworkers"));
        assert_eq!(nearest("klanten", ["caseworkers"]), None);
        assert_eq!(nearest("langeadem", ["lange-adem", "drie-gemeenten"]), Some("lange-adem"));
    }

    #[test]
    fn capitals_and_accents_are_no_edits() {
        assert_eq!(nearest("RUÏNE", ["ruïne"]), Some("ruïne"));
        assert_eq!(nearest("", ["a", "ab"]), Some("a"));
        assert_eq!(nearest(&"x".repeat(61), ["x"]), None);
    }
}
