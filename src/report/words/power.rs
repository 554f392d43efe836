//! Notes of power, duration and interim looks.
//!
//! Notes are values that the rooms below give with their numbers; here they get sentences. Each says
//! what the number does not: what was assumed, what was left out, and where it is known to be off.

use super::{labels, number};
use crate::design::power::{InterimNote, LimitReason, Note};
use crate::language::Lang;
use crate::report::escape;
use crate::study::Estimand;

/// What must be read with a power surface, as one sentence.
pub(crate) fn note(note: &Note, lang: Lang) -> String {
    match note {
        Note::IndependentClients => lang
            .pick(
                "Klanten zijn geanalyseerd alsof ze los van elkaar staan, hoewel klanten van één consulent die consulent delen: de \
                 echte onzekerheid is groter dan deze toetsen aannemen. Zie de fout van de eerste soort.",
                "Clients were analysed as independent though those of one caseworker share that caseworker: true uncertainty is larger \
                 than these tests assume. See the type I error.",
            )
            .to_owned(),
        Note::CaseworkersAreUnits => lang
            .pick(
                "Consulenten zijn de onafhankelijke eenheden: fouten zijn robuust per consulent, gecorrigeerd voor kleine aantallen en \
                 getoetst aan de t-verdeling. Wat alle consulenten van een locatie delen, is eruit gehaald waar elke locatie beide \
                 groepen heeft (één vrijheidsgraad per locatie). Dat het effect zelf per locatie verschilt, zit dan maar voor een \
                 deel in deze fouten: cluster = \"site\" telt dat helemaal mee.",
                "Caseworkers are the independent units: errors are robust by caseworker, corrected for few clusters and held against t. \
                 What all caseworkers of a site share is taken out where every site has both arms (one degree of freedom a site). That \
                 the effect itself differs between sites is then only partly in these errors: cluster = \"site\" counts it in full.",
            )
            .to_owned(),
        Note::SitesAreUnits => lang
            .pick(
                "Locaties zijn de onafhankelijke eenheden: fouten zijn robuust per locatie, gecorrigeerd voor kleine aantallen en \
                 getoetst aan de t-verdeling (locaties - 1 vrijheidsgraden waar elke locatie beide groepen heeft, anders \
                 locaties - 2).",
                "Sites are the independent units: errors are robust by site, corrected for few clusters and held against t (sites - 1 \
                 degrees of freedom where every site has both arms, else sites - 2).",
            )
            .to_owned(),
        Note::SomeTestsIgnoreClusters => lang
            .pick(
                "chi_square en fisher nemen klanten als onafhankelijk, hoewel klanten van één consulent die consulent delen; \
                 cluster_chi_square doet dat niet.",
                "chi_square and fisher take clients as independent though those of one caseworker share that caseworker; \
                 cluster_chi_square does not.",
            )
            .to_owned(),
        Note::PermutationReassignsClusters => lang
            .pick(
                "cluster_permutation verdeelt de groepen opnieuw over hele clusters, binnen locaties waar elke locatie beide \
                 groepen heeft: exact voor elk aantal clusters, maar met weinig clusters is geen verdeling zeldzaam genoeg om \
                 significant te zijn (drie tegen drie: p is minstens 0,1).",
                "cluster_permutation reassigns the arms to whole clusters, within sites where every site has both arms: exact for any \
                 number of clusters, but with few of them no assignment is rare enough to be significant (three against three: p is at \
                 least 0.1).",
            )
            .to_owned(),
        Note::TooFewClusters => lang
            .pick(
                "Omvangen met te weinig clusters voor een spreiding ertussen zijn niet per cluster te toetsen: hun onderscheidend \
                 vermogen is per definitie 0.",
                "Sizes with too few clusters for a variance between them cannot be tested by cluster: their power is 0 by definition.",
            )
            .to_owned(),
        Note::TruthFrom { studies, estimands } => {
            let list: Vec<&str> = estimands.iter().map(|one| estimand(*one, lang)).collect();
            let list = list.join("; ");
            match lang {
                Lang::Nl => format!(
                    "Vertekening en dekking zijn ten opzichte van de waarde in {studies} samengevoegde, eigen onderzoeken: {list}."
                ),
                Lang::En => format!(
                    "Bias and coverage are against the value in {studies} pooled studies of their own: {list}."
                ),
            }
        }
        Note::OneSided { sooner, later } => {
            let side = |names: &[String], what: [&'static str; 2]| {
                let names: Vec<String> = names.iter().map(|name| escape::name(labels::endpoint_named(lang, name))).collect();
                (!names.is_empty()).then(|| format!("{} {}", lang.pick(what[0], what[1]), names.join(", ")))
            };
            let sides = [
                side(sooner, ["meer of eerder:", "more or sooner:"]),
                side(later, ["minder of later:", "fewer or later:"]),
            ];
            let sides: Vec<String> = sides.into_iter().flatten().collect();
            let sides = sides.join("; ");
            match lang {
                Lang::Nl => format!(
                    "Eenzijdig getoetst; welke kant telt, per uitkomst: {sides}. Zonder analysis.benefit is dat de kant van het \
                     gesimuleerde effect na de langste duur."
                ),
                Lang::En => format!(
                    "One-sided tests; the direction that counts, by endpoint: {sides}. Without analysis.benefit it is that of the \
                     simulated effect at the longest duration."
                ),
            }
        }
        Note::NeverHappens { endpoints, studies, ladder } => {
            let list = endpoints.join(", ");
            match (lang, ladder) {
                (Lang::Nl, true) => format!(
                    "Een ladder kent alleen uitstroom: {list} kan niet gebeuren en is niet te toetsen (een streepje in de tabel)."
                ),
                (Lang::En, true) => format!(
                    "A ladder has exits only: {list} cannot happen and cannot be tested (a dash in the table)."
                ),
                (Lang::Nl, false) => format!(
                    "In {studies} onderzoeken gebeurde {list} nooit: er is niets te toetsen (een streepje in de tabel)."
                ),
                (Lang::En, false) => format!(
                    "In {studies} studies {list} never happened: there is nothing to test (a dash in the table)."
                ),
            }
        }
        Note::ReasonUnknown { percent } => match lang {
            Lang::Nl => format!(
                "Van {percent}% van de uitstroom staat geen reden op het dossier (observation.reason_unknown): die telt niet mee als \
                 uitstroom naar werk of door fraude."
            ),
            Lang::En => format!(
                "{percent}% of exits have no reason on file (observation.reason_unknown): they count neither as exits to work nor by \
                 fraud."
            ),
        },
        Note::NullFrom { studies, control } => {
            let control = labels::arm_named(lang, control);
            match lang {
                Lang::Nl => format!(
                    "Fout van de eerste soort: {studies} onderzoeken met dezelfde opzet waarin elke groep de dienstverlening van \
                     {control} krijgt."
                ),
                Lang::En => format!(
                    "Type I error: {studies} studies of the same design in which every arm gets the service of {control}."
                ),
            }
        }
    }
}

/// What a test estimates, for the note that says against which truth bias and coverage were held;
/// without it two tests of one endpoint seem to disagree where they answer different questions.
fn estimand(estimand: Estimand, lang: Lang) -> &'static str {
    match estimand {
        Estimand::LogHazardRatio => lang.pick(
            "log van de hazardratio over het onderzoek (per oorzaak)",
            "log hazard ratio over the study (cause-specific)",
        ),
        Estimand::LogSubdistributionHazardRatio => lang.pick(
            "log van de hazardratio van de subverdeling over het onderzoek",
            "log subdistribution hazard ratio over the study",
        ),
        Estimand::MeanMonthsAfter => lang.pick(
            "verschil in gemiddeld aantal maanden na de gebeurtenis, binnen de waarneming",
            "difference in mean months after the event, within the follow-up",
        ),
        Estimand::ShareAtCutOff => lang.pick(
            "verschil in het aandeel met de gebeurtenis op het meetmoment",
            "difference in the share with the event at the cut-off",
        ),
        Estimand::LogRateRatio => {
            lang.pick("log van de verhouding van gemiddelde aantallen", "log ratio of mean event rates")
        }
        Estimand::RateDifference => lang.pick(
            "verschil in gebeurtenissen per maand zolang een cluster de andere dienstverlening heeft, gecorrigeerd voor de kalender",
            "difference in events per month while a cluster has the other service, adjusted for the date",
        ),
    }
}

/// What must be read with a plan of interim looks: that there is none after all, or from when giving up
/// can happen.
pub(crate) fn interim_note(note: InterimNote, lang: Lang) -> String {
    match (note, lang) {
        (InterimNote::InformationDoesNotRise, _) => lang
            .pick(
                "De informatie neemt niet van meetmoment tot meetmoment toe; daarom is er geen plan met tussentijdse toetsen: één \
                 analyse aan het eind.",
                "Information does not rise from look to look, so there is no plan with looks: one analysis at the end.",
            )
            .to_owned(),
        (InterimNote::FutilityFrom { month }, Lang::Nl) => format!(
            "Opgeven kan vanaf maand {month}; eerder is het gesimuleerde effect niet te zien, of zegt het plan te wachten."
        ),
        (InterimNote::FutilityFrom { month }, Lang::En) => format!(
            "Futility acts from month {month} on; before, the simulated effect cannot be seen or the plan says to wait."
        ),
        (InterimNote::NoFutility, _) => {
            lang.pick("Tussentijds opgeven is er niet.", "No stopping for futility.").to_owned()
        }
    }
}

/// Why a power is not reached, as the end of a sentence (no capital, no period). The four reasons ask
/// for different things: more caseworkers, another endpoint, more replicates, or a larger effect.
pub(crate) fn limit_reason(reason: LimitReason, lang: Lang) -> String {
    match (reason, lang) {
        (LimitReason::TooFewCaseworkers, _) => lang
            .pick(
                "te weinig consulenten om per consulent te toetsen: er zijn er minstens drie nodig",
                "too few caseworkers to test by caseworker at all: at least three are needed",
            )
            .to_owned(),
        (LimitReason::NothingToSee { until }, Lang::Nl) => format!(
            "het onderscheidend vermogen blijft gelijk aan alpha: geen verschil dat bij een duur tot {until} maanden te zien is"
        ),
        (LimitReason::NothingToSee { until }, Lang::En) => format!(
            "power stays at alpha: no difference that any simulated duration up to {until} months could show"
        ),
        (LimitReason::NotSure { power, months }, Lang::Nl) => format!(
            "het onderscheidend vermogen is ongeveer {}, bij {months} maanden, maar zo weinig herhalingen kunnen dat niet bevestigen: \
             neem er meer (--replicates)",
            number::percent(lang, power, 0)
        ),
        (LimitReason::NotSure { power, months }, Lang::En) => format!(
            "power is about {}, at {months} months, but so few replicates cannot confirm it: take more (--replicates)",
            number::percent(lang, power, 0)
        ),
        (LimitReason::Highest { power, months }, Lang::Nl) => format!(
            "het onderscheidend vermogen is hoogstens {}, bij {months} maanden",
            number::percent(lang, power, 0)
        ),
        (LimitReason::Highest { power, months }, Lang::En) => {
            format!("power reaches {} at most, at {months} months", number::percent(lang, power, 0))
        }
    }
}
