//! Warnings, with what to do about them.
//!
//! A warning without a remedy is noise: each ends with what to change, or with what not to conclude.

use super::labels::arm_named;
use super::number::{decimal, percent};
use crate::language::Lang;
use crate::report::escape::name;
use crate::report::source::MEASURED_MONTHS;
use crate::report::warnings::{BINDING_SHARE, CheckWarning, Warning};
use crate::scenario::Why;

/// A warning about results, without a capital at its start or a period at its end, so that a terminal
/// can put "warning:" before it and a page a bullet. Names that others wrote are made safe for a
/// terminal here.
pub(crate) fn warning(warning: &Warning, lang: Lang) -> String {
    match warning {
        Warning::OneReplicate => lang
            .pick(
                "één herhaling heeft geen Monte Carlo-fout en geen spreiding: neem er meer met --replicates N",
                "one replicate has no Monte Carlo error and no range: run more with --replicates N",
            )
            .to_owned(),
        Warning::UnclearDifference { month, arm, control, difference, error, needed } => {
            let (arm, control) = (arm_named(lang, arm), arm_named(lang, control));
            let (difference, error) =
                (decimal(lang, 100.0 * difference, 2), decimal(lang, 100.0 * error, 2));
            match lang {
                Lang::Nl => {
                    let advice = needed.map_or_else(
                        || "het ligt te dicht bij nul om met meer herhalingen te beslissen".to_owned(),
                        |needed| format!("ongeveer --replicates {needed} zou het beslissen"),
                    );
                    format!(
                        "het verschil in uitstroom na {month} maanden tussen {arm} en {control} ({difference} procentpunt) is kleiner dan \
                         twee keer zijn Monte Carlo-fout ({error}): {advice}"
                    )
                }
                Lang::En => {
                    let advice = needed.map_or_else(
                        || "it is too close to zero to settle by more replicates".to_owned(),
                        |needed| format!("about --replicates {needed} would settle it"),
                    );
                    format!(
                        "the difference in exits after {month} months between {arm} and {control} ({difference} percentage points) is \
                         smaller than twice its Monte Carlo error ({error}): {advice}"
                    )
                }
            }
        }
        Warning::CapacityBinds { arm, from, worst_month, worst_share } => {
            let (arm, share, worst) =
                (arm_named(lang, arm), percent(lang, BINDING_SHARE, 0), percent(lang, *worst_share, 0));
            match lang {
                Lang::Nl => format!(
                    "de capaciteit knelt in groep {arm}: vanaf maand {from} moet meer dan {share} van de gesprekken die aan de beurt zijn \
                     wachten ({worst} rond maand {worst_month}): geef meer consulenten of slots_per_month, of meer tijd tussen gesprekken"
                ),
                Lang::En => format!(
                    "capacity binds in arm {arm}: from month {from} on more than {share} of the talks that are due must wait ({worst} \
                     around month {worst_month}): give it more caseworkers or slots_per_month, or a longer interval between talks"
                ),
            }
        }
        Warning::FewEffective { name: figures, draws, effective } => {
            let figures = name(figures);
            match lang {
                Lang::Nl => format!(
                    "de {draws} trekkingen komen uit een posterior ({figures}) met ongeveer {effective} effectieve: meer trekkingen maken de \
                     banden niet scherper dan {effective} dat doen"
                ),
                Lang::En => format!(
                    "the {draws} draws come from a posterior ({figures}) with about {effective} effective ones: more draws than that do not \
                     make the bands sharper"
                ),
            }
        }
        Warning::BeyondMeasured { last } => match lang {
            Lang::Nl => format!(
                "onderzoeken hebben hoogstens {MEASURED_MONTHS} maanden gemeten; wat tussen {MEASURED_MONTHS} en {last} maanden ligt, rust \
                 op aannames: zie met --draws 64 hoeveel die uitmaken"
            ),
            Lang::En => format!(
                "studies measured at most {MEASURED_MONTHS} months; what lies between {MEASURED_MONTHS} and {last} months rests on assumed \
                 parameters: see how much they matter with --draws 64"
            ),
        },
    }
}

/// Most settings that one warning names; the rest are counted. A scenario of the full model that is
/// turned into a ladder leaves all its services and parameters idle at once.
const MOST_KEYS: usize = 12;

/// Why a setting has no effect, as the end of a sentence.
fn reason(why: Why, lang: Lang) -> &'static str {
    match why {
        Why::Ladder => lang.pick("een ladder kent alleen haar tabel", "a ladder knows its table only"),
        Why::UnusedService => lang.pick("geen groep krijgt deze aanpak", "no arm gives this service"),
        Why::PastTheEnd => lang.pick("na het einde van het onderzoek", "past the end of the study"),
        Why::NoLooks => lang.pick("er zijn geen tussentijdse toetsen", "there are no interim looks"),
        Why::NoFutility => lang.pick("er is geen regel om op te geven", "there is no futility rule"),
        Why::NoShape => {
            lang.pick("deze bestedingsfunctie heeft geen vorm", "this spending function has no shape")
        }
        Why::NoDraws => lang.pick("er zijn geen trekkingen van parameters", "no parameters are drawn"),
        Why::TwoSided => lang.pick("er wordt tweezijdig getoetst", "tests are two-sided"),
        Why::NotTested => lang.pick("deze uitkomst wordt niet getoetst", "this endpoint is not tested"),
        Why::NoReturns => {
            lang.pick("niemand keert terug (returns = false)", "nobody returns (returns = false)")
        }
        Why::AmpleCapacity => {
            lang.pick("capaciteit telt niet (capacity = false)", "capacity does not count (capacity = false)")
        }
    }
}

/// A warning about a scenario that has not been run, in the same form. It tells what will happen, so
/// that nobody waits an hour to learn it.
pub(crate) fn check_warning(warning: &CheckWarning, lang: Lang) -> String {
    match warning {
        CheckWarning::QueueGrows { arm, asked, slots } => {
            let (arm, asked, slots) = (name(arm), decimal(lang, *asked, 0), decimal(lang, *slots, 0));
            match lang {
                Lang::Nl => format!(
                    "groep \"{arm}\" vraagt {asked} plekken per maand en de consulenten hebben er {slots}: vanaf het begin groeit een rij. \
                     Neem meer consulenten, meer tijd tussen gesprekken, of capacity = false om te zien wat ruime capaciteit zou geven"
                ),
                Lang::En => format!(
                    "arm \"{arm}\" asks for {asked} slots a month and its caseworkers have {slots}: at the start a queue grows. Add \
                     caseworkers, lengthen the interval, or set capacity = false to see what ample capacity would bring"
                ),
            }
        }
        CheckWarning::WithoutEffect { keys, why } => {
            let shown: Vec<String> = keys.iter().take(MOST_KEYS).map(|key| name(key)).collect();
            let mut list = shown.join(", ");
            if keys.len() > MOST_KEYS {
                let rest = keys.len() - MOST_KEYS;
                list += &match lang {
                    Lang::Nl => format!(" en nog {rest}"),
                    Lang::En => format!(" and {rest} more"),
                };
            }
            format!("{list}: {} ({})", lang.pick("doet niets", "without effect"), reason(*why, lang))
        }
        CheckWarning::ReasonUnknown { share } => {
            let share = percent(lang, *share, 0);
            match lang {
                Lang::Nl => format!(
                    "observation.reason_unknown: van {share} van de uitstroom op de ladder komt geen reden op het dossier; uitkomsten naar \
                     reden missen die"
                ),
                Lang::En => format!(
                    "observation.reason_unknown: {share} of the ladder's exits get no reason on file; endpoints of one reason miss them"
                ),
            }
        }
        CheckWarning::BeyondMeasured => match lang {
            Lang::Nl => format!(
                "geen onderzoek heeft na maand {MEASURED_MONTHS} gemeten: latere maanden rusten op de aannames \
                 (uncertainty.parameter_draws laat zien hoeveel)"
            ),
            Lang::En => format!(
                "no study has measured beyond month {MEASURED_MONTHS}: later months rest on the priors of the parameters \
                 (uncertainty.parameter_draws shows how much)"
            ),
        },
    }
}
