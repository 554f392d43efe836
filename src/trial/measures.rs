//! All measures, made once.

use super::catalogue;
use super::measure::Measure;
use std::sync::LazyLock;

/// All measures, in the order of every file.
pub fn measures() -> &'static [Measure] {
    /// Every measure, made once.
    static ALL: LazyLock<Vec<Measure>> = LazyLock::new(catalogue::all);
    &ALL
}

/// The measures that a scenario has: all in the full model, those without psychology for a transition table.
pub(crate) fn measures_of(ladder: bool) -> Vec<&'static Measure> {
    measures().iter().filter(|measure| measure.in_ladder || !ladder).collect()
}

#[cfg(test)]
mod tests {
    use super::super::measure::Section;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_and_labels_are_unique() {
        let keys: BTreeSet<_> = measures().iter().map(|m| (m.name, m.label)).collect();
        assert_eq!(keys.len(), measures().len());
    }

    #[test]
    fn names_are_plain_words() {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        for measure in measures() {
            assert!(!measure.name.is_empty() && measure.name.chars().all(plain), "{}", measure.name);
            assert!(measure.label.chars().all(plain), "{}", measure.label);
            assert!(!measure.unit.is_empty());
        }
    }

    #[test]
    fn a_ladder_has_fewer_measures_but_all_of_outflow() {
        let ladder = measures_of(true);
        assert!(ladder.len() < measures().len());
        let outflow = |list: &[&Measure]| list.iter().filter(|m| m.section == Section::Outflow).count();
        assert_eq!(outflow(&ladder), outflow(&measures_of(false)));
    }
}
