//! What the reference remarks on its parameters, in Dutch. The reference file writes it in English, where
//! who edits it reads it; a remark of a scenario's own stays as it is.

use crate::language::Lang;

/// A remark as readers know it.
pub(crate) fn remark(lang: Lang, note: &str) -> &str {
    let known = REMARKS.iter().find(|(english, _)| lang == Lang::Nl && *english == note);
    known.map_or(note, |(_, dutch)| dutch)
}

/// Remarks of the reference that are not the same in both languages, and their Dutch.
const REMARKS: [(&str, &str); 55] = [
    (
        "of the far clients: no hazard of work, unknown to everybody; paid work is often not attainable",
        "van de klanten ver van werk: geen kans op werk, wat niemand weet; betaald werk is vaak niet haalbaar",
    ),
    ("85 % over 24 months", "85 % boven 24 maanden"),
    ("true distance then x_r * Beta(2,3)", "de werkelijke afstand is dan x_r * Beta(2,3)"),
    (
        "min + (max-min) * Beta, truncated at the statutory pension age of the start",
        "min + (max-min) * Beta, afgekapt op de AOW-leeftijd bij de start",
    ),
    (
        "low literacy about 29 % by Bayes from lezenenschrijven.nl",
        "laaggeletterd ongeveer 29 %, met Bayes uit lezenenschrijven.nl",
    ),
    ("liability = .6 * copula + .8 * own", "vatbaarheid = 0,6 * copula + 0,8 * eigen"),
    (
        "problems that the municipality knows of at the start; nothing published was found",
        "problemen die de gemeente bij de start kent; er is niets gepubliceerd gevonden",
    ),
    (
        "with the two medians below: the stock by months on benefit within 1.3 points in every class",
        "met de twee medianen hieronder: het bestand naar maanden bijstand binnen 1,3 punt in elke klasse",
    ),
    (
        "keeps the caseload in balance under regular service",
        "houdt het bestand in evenwicht onder de gewone aanpak",
    ),
    (
        "with the far part: bands that stay as they are under regular service",
        "met het deel ver van werk: afstanden die onder de gewone aanpak blijven zoals zij zijn",
    ),
    ("as above", "zoals hierboven"),
    ("half of those who come in are under 35", "de helft van wie instroomt is jonger dan 35"),
    (
        "hidden capacity that talks before the start have seen",
        "wat gesprekken vóór de start al zagen van wat iemand meer kan",
    ),
    (
        "79-108 thousand entries a year on about 410 thousand, less 20-29 thousand who were out under a year and about as many thirds of those out for longer: those returns the model makes itself",
        "79.000 tot 108.000 per jaar op ongeveer 410.000, min 20.000 tot 29.000 die korter dan een jaar weg waren en ongeveer zoveel derden van wie langer weg was: die laat het model zelf terugkomen",
    ),
    (
        "a third of the exits of a fifth of the caseload a year: returns of those who left before the start, falling as they thin out",
        "een derde van de uitstroom van een vijfde van het bestand per jaar: terugkeer van wie vóór de start vertrok, steeds minder",
    ),
    (
        "1.4 for clients long unseen (Brabantse Wal)",
        "1,4 voor klanten die lang niet gesproken zijn (Brabantse Wal)",
    ),
    ("clients long unseen", "klanten die lang niet gesproken zijn"),
    ("180 clients * 4 / 12", "180 klanten * 4 / 12"),
    ("ln 1.32 between extremes, times o in [-1/2, 1/2]", "ln 1,32 tussen uitersten, maal o in [-1/2, 1/2]"),
    (
        "by definition: detection in other talks is relative to FIP",
        "per definitie: wat in andere gesprekken opvalt, is ten opzichte van FIP",
    ),
    ("one talk in 30 months", "één gesprek in 30 maanden"),
    (
        "about 15 % of invitations in the long run; 5 to 50 % is possible",
        "op den duur ongeveer 15 % van de oproepen; 5 tot 50 % is mogelijk",
    ),
    ("hours per no-show / hours per talk", "uren als iemand niet komt / uren per gesprek"),
    ("success stands or falls with the match", "succes staat of valt bij de aansluiting"),
    ("with a fixed caseworker only", "alleen met een vaste consulent"),
    ("to the client's own level", "naar het eigen niveau van de klant"),
    (
        "P4 holds over most of this range; seen once it says little more",
        "P4 klopt over het grootste deel van deze band; meer zegt één keer zien niet",
    ),
    (
        "effects of trials level off: evidence of five-year follow-ups",
        "effecten van proeven vlakken af: bewijs uit onderzoek dat vijf jaar volgde",
    ),
    ("extension of a visible step that runs", "uitbreiding van een zichtbare stap die loopt"),
    ("showing up is a first step", "komen opdagen is een eerste stap"),
    ("a third volunteers in balance", "in evenwicht doet een derde vrijwilligerswerk"),
    ("nearly a third gives care in balance", "in evenwicht geeft bijna een derde mantelzorg"),
    ("8 % of clients earn beside benefit", "8 % van de klanten verdient iets naast de uitkering"),
    (
        "further growth while no step is active and no talk is held",
        "verdere groei zolang er geen stap loopt en geen gesprek is",
    ),
    (
        "NOT identified by any pilot; drives the five-year result; none is a possibility",
        "door GEEN proef bepaald; bepaalt de uitkomst na vijf jaar; niets is mogelijk",
    ),
    (
        "recorded distance over 12 months: little help to work",
        "in het dossier meer dan 12 maanden: weinig hulp naar werk",
    ),
    (
        "statutory AOW age; later years hold the last value",
        "de wettelijke AOW-leeftijd; latere jaren houden de laatste waarde",
    ),
    ("times (1 + d/12)^-shape", "maal (1 + d/12)^-vorm"),
    (
        "15 % within 6 and 30 % within 24 months: share .329, hazard .1016",
        "15 % binnen 6 en 30 % binnen 24 maanden: deel 0,329, kans 0,1016",
    ),
    (
        "at most 11 % within 6 months, 9 % back at 18 months",
        "hooguit 11 % binnen 6 maanden, 9 % terug na 18 maanden",
    ),
    (
        "whoever moves away may return to benefit elsewhere, out of this municipality's sight",
        "wie verhuist kan elders bijstand krijgen, buiten het zicht van deze gemeente",
    ),
    (
        "28 % of enforcement exits back within 6 months",
        "28 % van wie na handhaving vertrekt is binnen 6 maanden terug",
    ),
    ("between enforcement and work", "tussen handhaving en werk"),
    ("such that 33 % of all exits come back", "zo dat 33 % van alle uitstroom terugkomt"),
    (
        "with the others: a breach found in 8 % of benefits a year",
        "met de andere: per jaar een overtreding gevonden bij 8 % van de uitkeringen",
    ),
    ("with calls at trust .4 about .020 in all", "met bellen bij vertrouwen 0,4 samen ongeveer 0,020"),
    ("data matching is monthly", "bestanden worden elke maand vergeleken"),
    ("the rest is put right silently", "de rest wordt stil rechtgezet"),
    ("2 FTE * 1,363 h / 1,440 talks, all in", "2 fte * 1.363 uur / 1.440 gesprekken, alles meegeteld"),
    (
        "preparation and rebooking; nothing published was found",
        "voorbereiden en opnieuw plannen; er is niets gepubliceerd gevonden",
    ),
    ("full cost; tariff by scale not found", "volledige kosten; geen tarief naar schaal gevonden"),
    ("14,400 a year", "14.400 per jaar"),
    ("2,000-2,500, skewed to the right", "2.000 tot 2.500, scheef naar rechts"),
    (
        "set off against the benefit; the temporary disregard of a quarter is not in it",
        "verrekend met de uitkering; de tijdelijke vrijlating van een kwart zit er niet in",
    ),
    (
        "Dutch government discount rate for public investment; check the year",
        "discontovoet van het Rijk voor publieke investeringen; controleer het jaar",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::embedded;

    #[test]
    fn every_remark_of_the_built_in_scenarios_is_dutch() {
        /// Names of patterns.
        const SAME: [&str; 3] = ["", "P3", "P5, P6"];
        for name in ["lange-adem", "brabantse-wal"] {
            for record in &embedded(name, &[]).unwrap().registry.records {
                let note = record.note.as_deref().unwrap_or_default();
                assert!(SAME.contains(&note) || remark(Lang::Nl, note) != note, "{}: {note}", record.path);
                assert_eq!(remark(Lang::En, note), note);
            }
        }
    }
}
