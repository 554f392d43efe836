//! The reference file writes units in English beside each value, where who edits it reads them. A test
//! asks for Dutch for every unit of the reference; only a scenario of one's own can bring a unit that
//! stays as it is.

use crate::language::Lang;

/// A unit as readers know it; a unit of the scenario's own stays as it is written there.
pub(crate) fn unit(lang: Lang, unit: &str) -> &str {
    if lang == Lang::En {
        return unit;
    }
    match unit {
        "months" => "maanden",
        "hours" => "uren",
        "EUR" => "euro",
        "share" => "deel",
        "probability" => "kans",
        "per month" => "per maand",
        "per month at the start" => "per maand aan het begin",
        "per year" => "per jaar",
        "per talk held" => "per gesprek",
        "talks" => "gesprekken",
        "no-shows in a row" => "keer achter elkaar niet gekomen",
        "share of a slot" => "deel van een gesprekstijd",
        "share of exits" => "deel van de uitstroom",
        "months per month" => "maanden per maand",
        "months per sqrt(month)" => "maanden per wortel van een maand",
        "severity per month" => "ernst per maand",
        "log" => "logaritme",
        "logit" => "logit",
        "sd of log" => "standaardafwijking van de logaritme",
        "hazard per talk" => "kans per gesprek",
        "hazard per month" => "kans per maand",
        "hazard per month on benefit" => "kans per maand in de bijstand",
        "hazard per month of a small job" => "kans per maand met een kleine baan",
        "hazard per month at trust .4" => "kans per maand bij vertrouwen 0,4",
        "hazard per month at the start of a spell" => "kans per maand aan het begin van de bijstand",
        "hazard per month, single or lone parent" => "kans per maand, zonder partner",
        "hazard per month since exit of who comes back" => "kans per maand na uitstroom, van wie terugkomt",
        "hazard per month up to age 27, falling by exp(-.12) a year" => {
            "kans per maand tot 27 jaar, daarna per jaar maal exp(−0,12)"
        }
        "hazard per month at 45, times exp(.08) a year" => {
            "kans per maand op 45 jaar, per jaar maal exp(0,08)"
        }
        other => other,
    }
}

/// The unit of a measure as readers know it.
pub(crate) fn measure_unit(lang: Lang, unit: &str) -> &str {
    if lang == Lang::En {
        return unit;
    }
    match unit {
        "share" => "deel",
        "months" => "maanden",
        "clients" => "klanten",
        "per 1,000 clients" => "per 1.000 klanten",
        "per 1,000 clients on benefit" => "per 1.000 klanten met bijstand",
        "index" => "index",
        "index 0-1" => "index 0 tot 1",
        "per client" => "per klant",
        "per client-year" => "per klant per jaar",
        "talks" => "gesprekken",
        "hours" => "uren",
        "hours per client" => "uren per klant",
        "caseworkers" => "consulenten",
        "EUR per client" => "euro per klant",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    #[test]
    fn every_unit_of_a_measure_is_dutch() {
        for measure in crate::trial::measures() {
            let dutch = measure_unit(Lang::Nl, measure.unit);
            assert!(dutch != measure.unit || dutch == "index", "{}", measure.unit);
            assert_eq!(measure_unit(Lang::En, measure.unit), measure.unit);
            assert_ne!(measure.definition.text(Lang::Nl), measure.definition.text(Lang::En));
        }
    }

    #[test]
    fn every_unit_of_the_reference_is_dutch() {
        let resolved = embedded("lange-adem", &[]).unwrap();
        for record in &resolved.registry.records {
            let Some(word) = record.unit.as_deref() else { continue };
            let is_word_of_both = ["", "logit"].contains(&word);
            assert!(is_word_of_both || unit(Lang::Nl, word) != word, "{word}");
            assert_eq!(unit(Lang::En, word), word);
        }
    }
}
