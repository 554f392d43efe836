//! Which arm, which comparison and which cause a result is about, as keys of their own; and no two results with one name and label.

use crate::estimate::Estimate;
use crate::language::{InLanguage, Lang, Said};
use crate::observe::columns::Prepared;
use crate::said;
use std::collections::BTreeMap;

/// Fills `arm`, `against` and `cause`; words take the place of cause numbers.
pub(super) fn identify(estimate: &mut Estimate, arms: &[String], prepared: &Prepared, cause: Option<u32>) {
    (estimate.arm, estimate.against) = arms_of(estimate.label.english(), arms);
    let timed = prepared.reading.statuses.iter().any(|status| status.event);
    let mut event_code = cause.filter(|_| timed);
    for (&code, name) in prepared.cause_codes.iter().zip(&prepared.cause_names) {
        for text in [&mut estimate.label, &mut estimate.convention] {
            if find_word(text.english(), &cause_in(Lang::En, &code)).is_some() {
                event_code = Some(code);
                *text = Said::each(|lang| {
                    with_name(text.text(lang), &cause_in(lang, &code), &cause_in(lang, name))
                });
            }
        }
    }
    let position =
        event_code.and_then(|event_code| prepared.cause_codes.iter().position(|code| *code == event_code));
    estimate.cause = position.map(|at| prepared.cause_names[at].clone());
}

/// A cause as estimators write it.
fn cause_in(lang: Lang, cause: &impl InLanguage) -> String {
    said!("oorzaak {cause}", "cause {cause}", cause = cause).text(lang).to_owned()
}

/// The text with a name in the place of a number.
fn with_name(text: &str, number: &str, name: &str) -> String {
    match find_word(text, number) {
        Some(at) => format!("{}{name}{}", &text[..at], &text[at + number.len()..]),
        None => text.to_owned(),
    }
}

/// Where a word with a number stands that is not the beginning of a longer number.
fn find_word(text: &str, word: &str) -> Option<usize> {
    let ends = |at: &usize| !text[at + word.len()..].starts_with(|c: char| c.is_ascii_digit());
    text.match_indices(word).map(|(at, _)| at).find(ends)
}

/// The arms a label begins with: "treated / control", "treated - control", "arm at 12", or all of them.
fn arms_of(label: &str, arms: &[String]) -> (Option<String>, Option<String>) {
    if let [control, treated] = arms
        && label == format!("{control}, {treated}")
    {
        return (Some(treated.clone()), Some(control.clone()));
    }
    if arms.len() > 1 && label == arms.join(", ") {
        return (None, None);
    }
    let ends = |rest: &str| {
        rest.is_empty()
            || [" at ", ", ", " (", ": ", " until ", " from "].iter().any(|mark| rest.starts_with(mark))
    };
    let mut best: (usize, Option<&String>, Option<&String>) = (0, None, None);
    for arm in arms {
        let others = arms.iter().filter(|other| *other != arm);
        let pairs =
            others.flat_map(|other| [" / ", " - "].map(|mark| (format!("{arm}{mark}{other}"), Some(other))));
        for (text, against) in std::iter::once((arm.clone(), None)).chain(pairs) {
            if text.len() > best.0 && label.strip_prefix(text.as_str()).is_some_and(ends) {
                best = (text.len(), Some(arm), against);
            }
        }
    }
    // A single arm stands for itself only where there are several.
    (best.1.cloned(), best.2.cloned())
}

/// Results of one name and label get what tells them apart: what they estimate, else a number.
pub(super) fn tell_apart(estimates: &mut [Estimate]) {
    let mut seen: BTreeMap<(String, Said), usize> = BTreeMap::new();
    let key = |estimate: &Estimate| (estimate.name.clone(), estimate.label.clone());
    for estimate in &*estimates {
        *seen.entry(key(estimate)).or_insert(0) += 1;
    }
    let shared = |estimate: &Estimate| seen[&key(estimate)] > 1;
    let doubled: Vec<bool> = estimates.iter().map(shared).collect();
    let mut taken: BTreeMap<(String, Said), usize> = BTreeMap::new();
    for (estimate, doubled) in estimates.iter_mut().zip(doubled) {
        if doubled {
            estimate.label = said!("{}: {}", "{}: {}", estimate.label, estimate.estimand);
        }
        let count = taken.entry(key(estimate)).or_insert(0);
        *count += 1;
        if *count > 1 {
            estimate.label =
                said!("{label} [{count}]", "{label} [{count}]", label = estimate.label, count = *count);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arms_in_labels() {
        let arms: Vec<String> = ["regular", "fip", "fip - plus"].map(str::to_owned).to_vec();
        let found = |label: &str| {
            let (arm, against) = arms_of(label, &arms);
            format!("{}|{}", arm.unwrap_or_default(), against.unwrap_or_default())
        };
        assert_eq!(found("fip / regular"), "fip|regular");
        assert_eq!(found("fip - plus - regular, 0 to 9"), "fip - plus|regular");
        assert_eq!(found("fip at 12"), "fip|");
        assert_eq!(found("fip / regular (cause 1)"), "fip|regular");
        assert_eq!(found("fipx"), "|");
        assert_eq!(found("regular, fip, fip - plus"), "|");
        assert_eq!(found("whole model"), "|");
    }

    #[test]
    fn no_two_results_share_a_name_and_label() {
        let new =
            |estimand| Estimate::new("rmst", Said::same("a / b"), Said::same(estimand), Said::default());
        let mut all = vec![
            new("ratio"),
            new("ratio lost"),
            new("ratio"),
            Estimate::new("x", Said::same("a / b"), Said::same("y"), Said::default()),
        ];
        tell_apart(&mut all);
        let labels: Vec<&str> = all.iter().map(|estimate| estimate.label.english()).collect();
        assert_eq!(labels, ["a / b: ratio", "a / b: ratio lost", "a / b: ratio [2]", "a / b"]);
    }
}
