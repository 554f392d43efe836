//! Figures and sources that stand in files in English, in the reader's language.

use crate::report::escape;
use crate::report::language::Lang;

/// A figure of a targets file as readers know it: those that ship have Dutch names; a municipality's own is as it is called.
pub(crate) fn figure_named(lang: Lang, id: &str) -> String {
    let dutch = match id {
        "exits a year" => "uitstroom per jaar",
        "hazard up to 6 months" => "uitstroom per maand, tot een half jaar bijstand",
        "hazard 6 to 12 months" => "uitstroom per maand, een half tot 1 jaar bijstand",
        "hazard 1 to 2 years" => "uitstroom per maand, 1 tot 2 jaar bijstand",
        "hazard 2 to 5 years" => "uitstroom per maand, 2 tot 5 jaar bijstand",
        "hazard over 5 years" => "uitstroom per maand, meer dan 5 jaar bijstand",
        "exits to work" => "aandeel van de uitstroom naar werk",
        "back within 12 months" => "terug binnen 12 maanden",
        "breaches a year" => "overtredingen per jaar",
        "Brabantse Wal: more exits" => "Brabantse Wal: meer uitstroom",
        "three towns: work not more" => "drie gemeenten: niet meer naar werk",
        "three towns: more signals" => "drie gemeenten: meer signalen",
        "new spells after 12 months" => "nieuwe uitkeringen die er na 12 maanden nog zijn",
        "back within 6 months" => "terug binnen 6 maanden",
        "back within 24 months" => "terug binnen 24 maanden",
        "back within 6 months after enforcement" => "terug binnen 6 maanden na handhaving",
        "ended by enforcement a year" => "beëindigd door handhaving per jaar",
        "over 2 years on benefit" => "meer dan 2 jaar in de bijstand",
        "far from work, to work in a year" => "ver van werk, naar werk binnen een jaar",
        _ => return escape::name(id),
    };
    lang.pick(dutch, id).to_owned()
}

/// A source; of a fitted value the words around the names are of the program, and speak the reader's language.
pub(crate) fn source(lang: Lang, source: &str) -> String {
    match source.strip_prefix("fitted to ") {
        Some(rest) if lang == Lang::Nl => {
            format!("afgestemd op {}", rest.replacen("; prior: ", "; vooraf: ", 1))
        }
        _ => source.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_that_ships_has_its_dutch() {
        let figures = include_str!("../../../scenarios/targets/nederland.toml");
        let ids: Vec<&str> =
            figures.lines().filter_map(|line| line.strip_prefix("id = \"")?.strip_suffix('"')).collect();
        assert!(ids.len() > 15, "{ids:?}");
        for id in ids {
            assert_ne!(figure_named(Lang::Nl, id), id);
            assert_eq!(figure_named(Lang::En, id), id);
        }
        assert_eq!(figure_named(Lang::Nl, "our own"), "our own");
    }
}
