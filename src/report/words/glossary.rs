//! The words of the report that not everybody knows, explained in a sentence each.
//!
//! Only words that the report uses and a councillor may not know; a sentence each, without another such
//! word in it.

use crate::language::Lang;

/// A word and what it means.
pub(crate) type GlossaryTerm = (&'static str, &'static str);

/// The glossary in a language, in alphabetical order.
pub(crate) fn glossary(lang: Lang) -> &'static [GlossaryTerm] {
    match lang {
        Lang::Nl => &DUTCH,
        Lang::En => &ENGLISH,
    }
}

/// Dutch.
const DUTCH: [GlossaryTerm; 20] = [
    (
        "aannames",
        "wat wij niet gemeten hebben maar moeten kiezen, zoals hoe snel iemand dichter bij werk komt",
    ),
    ("AOW", "het pensioen van de overheid: wie de leeftijd ervoor bereikt, krijgt geen bijstand meer"),
    ("BUIG", "het geld waarmee het Rijk gemeenten de bijstand laat betalen"),
    ("consulent", "medewerker van de gemeente die gesprekken voert met mensen met bijstand"),
    ("doorrekening", "één keer alles uitrekenen met één keuze van de aannames"),
    ("FIP", "frequent, intensief en persoonlijk: vaak een gesprek, met tijd, met een vaste consulent"),
    ("fraudesignaal", "een aanwijzing dat gegevens niet kloppen; geen bewijs, en vaak geen opzet"),
    ("fte", "een volledige baan: 1.363 werkbare uren per jaar (Handleiding overheidstarieven 2023)"),
    ("gewone aanpak", "hoe de gemeente het nu doet; daarmee wordt vergeleken"),
    ("herhaling", "dezelfde berekening met ander toeval"),
    ("klant", "iemand met een bijstandsuitkering"),
    ("locatie", "een gemeente of kantoor met eigen klanten en consulenten"),
    ("onzichtbare stap", "een stap die in geen dossier staat, zoals sport, taalles of hulp zoeken"),
    ("plekken (voor gesprekken)", "hoeveel gesprekken de consulenten in een maand kunnen voeren"),
    ("procentpunt", "verschil tussen twee percentages: van 10% naar 13% is 3 procentpunt"),
    (
        "saldo",
        "wat er overblijft: minder uitkering en teruggevorderd geld, min de kosten van gesprekken en trajecten",
    ),
    ("teruggerekend naar nu", "geld van later telt iets minder dan geld van nu"),
    ("uitstroom", "het einde van een bijstandsuitkering, om welke reden ook"),
    ("verhaal", "een samenhangende keuze van aannames over hoe kleine stappen werken"),
    ("zichtbare stap", "een stap die een onderzoek kan tellen, zoals vrijwilligerswerk of een traject"),
];

/// English.
const ENGLISH: [GlossaryTerm; 19] = [
    (
        "assumptions",
        "what we have not measured but must choose, such as how fast somebody comes closer to work",
    ),
    ("balance", "what is left: less benefit and recovered money, less the costs of talks and trajectories"),
    ("BUIG", "the money with which the state lets municipalities pay social assistance"),
    ("calculation", "working everything out once, with one choice of the assumptions"),
    ("caseworker", "somebody of the municipality who talks with people on benefit"),
    ("client", "somebody on social assistance benefit"),
    ("discounted", "money of later counts a little less than money of now"),
    ("exits", "ends of a benefit, for whatever reason"),
    ("FIP", "frequent, intensive and personal: many talks, with time, with a fixed caseworker"),
    ("fraud signal", "a sign that data do not agree; no proof, and often no intent"),
    ("fte", "a full job: 1,363 working hours a year (Handleiding overheidstarieven 2023)"),
    ("invisible step", "a step that stands in no file, such as sport, language lessons or seeking help"),
    ("percentage points", "difference between two percentages: from 10% to 13% is 3 percentage points"),
    ("regular service", "what the municipality does now; everything is compared with it"),
    ("replicate", "the same calculation with other luck"),
    ("site", "a municipality or an office with clients and caseworkers of its own"),
    ("slots", "how many talks the caseworkers can hold in a month"),
    ("story", "a choice of assumptions that belong together, about how small steps work"),
    ("visible step", "a step that a study can count, such as volunteering or a trajectory"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_glossary_is_in_order_and_without_doubles() {
        for lang in Lang::ALL {
            let words: Vec<String> = glossary(lang).iter().map(|(word, _)| word.to_lowercase()).collect();
            let mut sorted = words.clone();
            sorted.sort();
            sorted.dedup();
            assert_eq!(words, sorted, "{lang:?}");
        }
    }
}
