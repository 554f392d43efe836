//! So the JSON is the same in both languages and only the text for people changes. A test holds the
//! list against the published schema: a new key without Dutch words does not pass.

use crate::language::Lang;

/// Key and Dutch words, by key in alphabetical order. Short, as they stand in a column of 34
/// characters; "idem" repeats the line above it.
const DUTCH: [(&str, &str); 99] = [
    ("accrual_period", "duur van de instroom"),
    ("alpha", "alfa"),
    ("alpha_spent", "alfa gebruikt"),
    ("assurance", "assurance"),
    ("average_hazard_ratio", "gemiddelde hazardratio"),
    ("benefit", "gunstig is"),
    ("beta_spent", "beta gebruikt"),
    ("clusters", "clusters"),
    ("clusters_control", "clusters controle"),
    ("clusters_control_rounded_up", "clusters controle naar boven"),
    ("clusters_per_arm", "clusters per groep"),
    ("clusters_treated", "clusters behandeld"),
    ("clusters_treated_rounded_up", "clusters behandeld naar boven"),
    ("conditional_power_effect", "voorwaardelijk bij effect"),
    ("conditional_power_estimate", "voorwaardelijk bij schatting"),
    ("conditional_power_no_effect", "voorwaardelijk zonder effect"),
    ("critical_stretch", "kritieke rek"),
    ("critical_z", "kritieke z"),
    ("curve", "verloop"),
    ("design_effect", "ontwerpeffect"),
    ("drift", "drift"),
    ("effect", "effect"),
    ("effect_starts_months_after_entry", "effect begint na (maanden)"),
    ("effective_participants", "effectieve deelnemers"),
    ("enrollment_months", "instroom in maanden"),
    ("estimate", "schatting"),
    ("events", "gebeurtenissen"),
    ("events_control", "gebeurtenissen controle"),
    ("events_treated", "gebeurtenissen behandeld"),
    ("expected_events", "verwachte gebeurtenissen"),
    ("expected_information", "verwachte informatie"),
    ("expected_information_no_effect", "idem zonder effect"),
    ("expected_months", "verwachte maanden"),
    ("expected_months_no_effect", "idem zonder effect"),
    ("expected_participants", "verwachte deelnemers"),
    ("expected_size", "verwachte omvang"),
    ("expected_size_no_effect", "idem zonder effect"),
    ("expected_statistical_information", "verwachte statistische informatie"),
    ("expected_time", "verwachte tijd"),
    ("expected_time_no_effect", "idem zonder effect"),
    ("feasible", "haalbaar"),
    ("fixed_size", "omvang zonder tussentijdse toets"),
    ("follow_up_each", "waarneming per deelnemer"),
    ("follow_up_months", "waarneming in maanden"),
    ("futility_may_stop", "opgeven mag"),
    ("futility_stops", "opgeven moet"),
    ("inflation_factor", "factor van de omvang"),
    ("information", "informatie"),
    ("kind", "soort"),
    ("limiting_month", "maand van de grens"),
    ("limiting_power", "grens van het vermogen"),
    ("losses", "uitval"),
    ("lower_crossed", "ondergrens gehaald"),
    ("lower_crossed_no_effect", "idem zonder effect"),
    ("lower_z", "ondergrens z"),
    ("maximum_size", "grootste omvang"),
    ("mean_z", "gemiddelde z"),
    ("method", "methode"),
    ("months", "maanden"),
    ("needed_information", "nodige informatie"),
    ("participants", "deelnemers"),
    ("participants_at_end", "deelnemers aan het eind"),
    ("participants_at_looks", "deelnemers per toetsmoment"),
    ("participants_control", "deelnemers controle"),
    ("participants_control_rounded_up", "deelnemers controle naar boven"),
    ("participants_per_cluster", "deelnemers per cluster"),
    ("participants_per_cluster_period", "deelnemers per clusterperiode"),
    ("participants_per_cluster_period_rounded_up", "idem naar boven"),
    ("participants_treated", "deelnemers behandeld"),
    ("participants_treated_rounded_up", "deelnemers behandeld naar boven"),
    ("periods", "perioden"),
    ("power", "onderscheidend vermogen"),
    ("power_at_size", "vermogen bij deze omvang"),
    ("power_both_directions", "vermogen in beide richtingen"),
    ("power_so_far", "vermogen tot dan"),
    ("predictive_power", "voorspellend vermogen"),
    ("rate_ratio", "verhouding van aantallen"),
    ("reason", "reden"),
    ("reject", "verwerpt"),
    ("reject_no_effect", "verwerpt zonder effect"),
    ("results", "uitkomsten"),
    ("sequential", "tussentijdse toetsen"),
    ("sides", "zijden"),
    ("size_at_looks", "omvang per toetsmoment"),
    ("solve", "gevraagd"),
    ("standard_error", "standaardfout"),
    ("statistical_information", "statistische informatie"),
    ("stop", "stopt"),
    ("stop_no_effect", "stopt zonder effect"),
    ("study_months", "onderzoek in maanden"),
    ("study_period", "duur van het onderzoek"),
    ("target_power", "gewenst vermogen"),
    ("test", "toets"),
    ("times", "tijden"),
    ("title", "titel"),
    ("type_i_error_at_control", "fout van de eerste soort"),
    ("upper_p", "bovengrens p"),
    ("upper_z", "bovengrens z"),
    ("variance", "variantie"),
];

/// A key of an answer in words; a key without Dutch, or any key in English, is itself with blanks for
/// underscores.
pub(crate) fn design_key(key: &str, lang: Lang) -> String {
    let dutch = || DUTCH.iter().find(|(name, _)| *name == key).map(|(_, words)| (*words).to_owned());
    let known = if lang == Lang::Nl { dutch() } else { None };
    known.unwrap_or_else(|| key.replace('_', " "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;
    use std::collections::BTreeSet;

    fn keys(schema: &Value, found: &mut BTreeSet<String>) {
        match schema {
            Value::Object(map) => {
                found.extend(
                    map.get("properties")
                        .and_then(Value::as_object)
                        .into_iter()
                        .flatten()
                        .map(|(k, _)| k.clone()),
                );
                map.values().for_each(|value| keys(value, found));
            }
            Value::Array(items) => items.iter().for_each(|item| keys(item, found)),
            _ => {}
        }
    }

    /// The schema lists every key that an answer can have (`tests/schemas.rs`).
    #[test]
    fn every_key_of_an_answer_has_dutch_words() {
        let schema = include_str!("../../../docs/schemas/design.schema.json");
        let mut wanted = BTreeSet::new();
        keys(&serde_json::from_str(schema).unwrap(), &mut wanted);
        let have: BTreeSet<String> = DUTCH.iter().map(|(key, _)| (*key).to_owned()).collect();
        assert_eq!(have, wanted);
        assert!(DUTCH.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(design_key("target_power", Lang::Nl), "gewenst vermogen");
        assert_eq!(design_key("target_power", Lang::En), "target power");
    }
}
