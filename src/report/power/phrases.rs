//! Sentences that the design floor hands over in English, in Dutch: a phrase book with gaps for numbers and names.

use crate::report::language::Lang;

/// English and Dutch; `{}` is a gap that keeps its content. What is not in the book stays English: better than nothing.
const BOOK: [(&str, &str); 19] = [
    (
        "Clients were analysed as independent though those of one caseworker share that caseworker: true uncertainty is larger than \
         these tests assume. See the type I error.",
        "Klanten zijn geanalyseerd alsof ze los van elkaar staan, hoewel klanten van één medewerker die medewerker delen: de echte \
         onzekerheid is groter dan deze toetsen aannemen. Zie de fout van de eerste soort.",
    ),
    (
        "Caseworkers are the independent units: errors are robust by caseworker, corrected for few clusters and held against t. What \
         all caseworkers of a site share is taken out where every site has both arms (one degree of freedom a site). That the effect \
         itself differs between sites is then only partly in these errors: cluster = \"site\" counts it in full.",
        "Medewerkers zijn de onafhankelijke eenheden: fouten zijn robuust per medewerker, gecorrigeerd voor kleine aantallen en getoetst \
         aan de t-verdeling. Wat alle medewerkers van een vestiging delen, is eruit gehaald waar elke vestiging beide groepen heeft (één \
         vrijheidsgraad per vestiging). Dat het effect zelf per vestiging verschilt, zit dan maar voor een deel in deze fouten: cluster = \
         \"site\" telt dat helemaal mee.",
    ),
    (
        "Sites are the independent units: errors are robust by site, corrected for few clusters and held against t (sites - 1 degrees \
         of freedom where every site has both arms, else sites - 2).",
        "Vestigingen zijn de onafhankelijke eenheden: fouten zijn robuust per vestiging, gecorrigeerd voor kleine aantallen en getoetst \
         aan de t-verdeling (vestigingen - 1 vrijheidsgraden waar elke vestiging beide groepen heeft, anders vestigingen - 2).",
    ),
    (
        "chi_square and fisher take clients as independent though those of one caseworker share that caseworker; cluster_chi_square \
         does not.",
        "chi_square en fisher nemen klanten als onafhankelijk, hoewel klanten van één medewerker die medewerker delen; \
         cluster_chi_square doet dat niet.",
    ),
    (
        "cluster_permutation reassigns the arms to whole clusters, within sites where every site has both arms: exact for any number \
         of clusters, but with few of them no assignment is rare enough to be significant (three against three: p is at least 0.1).",
        "cluster_permutation verdeelt de groepen opnieuw over hele clusters, binnen vestigingen waar elke vestiging beide groepen heeft: \
         exact voor elk aantal clusters, maar met weinig clusters is geen verdeling zeldzaam genoeg om significant te zijn (drie tegen \
         drie: p is minstens 0,1).",
    ),
    (
        "Sizes with too few clusters for a variance between them cannot be tested by cluster: their power is 0 by definition.",
        "Omvangen met te weinig clusters voor een spreiding ertussen zijn niet per cluster te toetsen: hun onderscheidend vermogen is per \
         definitie 0.",
    ),
    (
        "Bias and coverage are against the value in {} pooled studies of their own: {}.",
        "Vertekening en dekking zijn ten opzichte van de waarde in {} samengevoegde, eigen onderzoeken: {}.",
    ),
    (
        "Type I error: {} studies of the same design in which every arm gets the service of {}.",
        "Fout van de eerste soort: {} onderzoeken met dezelfde opzet waarin elke groep de dienstverlening van {} krijgt.",
    ),
    (
        "log hazard ratio over the study (cause-specific)",
        "log van de hazardratio over het onderzoek (per oorzaak)",
    ),
    (
        "log subdistribution hazard ratio over the study",
        "log van de hazardratio van de subverdeling over het onderzoek",
    ),
    (
        "difference in mean months after the event, within the follow-up",
        "verschil in gemiddeld aantal maanden na de gebeurtenis, binnen de waarneming",
    ),
    (
        "difference in the share with the event at the cut-off",
        "verschil in het aandeel met de gebeurtenis op het meetmoment",
    ),
    ("log ratio of mean event rates", "log van de verhouding van gemiddelde aantallen"),
    (
        "Futility acts from month {} on; before, the simulated effect cannot be seen or the plan says to wait.",
        "Opgeven kan vanaf maand {}; eerder is het gesimuleerde effect niet te zien, of zegt het plan te wachten.",
    ),
    ("No stopping for futility.", "Tussentijds opgeven is er niet."),
    (
        "Information does not rise from look to look, so there is no plan with looks: one analysis at the end.",
        "De informatie neemt niet van meetmoment tot meetmoment toe; daarom is er geen plan met tussentijdse toetsen: één analyse aan \
         het eind.",
    ),
    (
        "too few caseworkers to test by caseworker at all: at least three are needed",
        "te weinig medewerkers om per medewerker te toetsen: er zijn er minstens drie nodig",
    ),
    (
        "power stays at alpha: no difference that any simulated duration up to {} months could show",
        "het onderscheidend vermogen blijft gelijk aan alpha: geen verschil dat bij een duur tot {} maanden te zien is",
    ),
    (
        "power reaches {} % at most, at {} months",
        "het onderscheidend vermogen is hoogstens {} %, bij {} maanden",
    ),
];

/// A sentence in the language of the report.
pub(crate) fn in_language(text: &str, lang: Lang) -> String {
    match lang {
        Lang::En => text.to_owned(),
        Lang::Nl => BOOK
            .iter()
            .find_map(|(english, dutch)| translated(text, english, dutch))
            .unwrap_or(text.to_owned()),
    }
}

fn translated(text: &str, english: &str, dutch: &str) -> Option<String> {
    let gaps = gaps(text, english)?;
    let mut parts = dutch.split("{}");
    let mut out = parts.next()?.to_owned();
    for (gap, part) in gaps.iter().zip(parts) {
        // A list of phrases within a phrase.
        let inner: Vec<String> = gap.split("; ").map(|phrase| in_language(phrase, Lang::Nl)).collect();
        out += &inner.join("; ");
        out += part;
    }
    Some(out)
}

/// What stands in the gaps; `None` when the text is another one.
fn gaps<'a>(text: &'a str, template: &str) -> Option<Vec<&'a str>> {
    let mut parts = template.split("{}");
    let mut rest = text.strip_prefix(parts.next()?)?;
    let mut found = Vec::new();
    let parts: Vec<&str> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        let at = if index + 1 == parts.len() {
            rest.ends_with(part).then(|| rest.len() - part.len())?
        } else {
            rest.find(part)?
        };
        found.push(&rest[..at]);
        rest = &rest[at + part.len()..];
    }
    rest.is_empty().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_keep_their_content() {
        let english =
            "Type I error: 400 studies of the same design in which every arm gets the service of gewoon (.).";
        assert_eq!(
            in_language(english, Lang::Nl),
            "Fout van de eerste soort: 400 onderzoeken met dezelfde opzet waarin elke groep de dienstverlening van gewoon (.) krijgt."
        );
        assert_eq!(in_language(english, Lang::En), english);
        assert_eq!(in_language("Something else.", Lang::Nl), "Something else.");
        let nested = in_language(
            "Bias and coverage are against the value in 50 pooled studies of their own: log ratio of mean event rates; difference in the \
             share with the event at the cut-off.",
            Lang::Nl,
        );
        assert!(nested.contains("gemiddelde aantallen; verschil in het aandeel"), "{nested}");
    }

    #[test]
    fn both_sides_have_the_same_gaps() {
        for (english, dutch) in BOOK {
            assert_eq!(english.matches("{}").count(), dutch.matches("{}").count(), "{english}");
        }
    }
}
