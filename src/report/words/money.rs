//! What it costs, in sentences.
//!
//! A ratio of two uncertain numbers is told only where the interval of what it is divided by leaves out
//! zero; elsewhere the reason stands instead, since euros per exit have no meaning when there may be no
//! more exits.

use super::{calculations, number};
use crate::language::Lang;
use crate::report::round::decimals_of_range;
use crate::report::source::Source;
use crate::sensitivity::payback::{Payback, PaybackRatio};

/// The sentences of the chapter on money: cost per effect, break-even month and effect.
pub(crate) fn details(source: &Source<'_>, payback: &Payback) -> Vec<(String, String)> {
    let lang = source.lang;
    vec![
        (
            lang.pick("Kosten per extra uitstroom naar werk", "Cost per extra exit to work").to_owned(),
            ratio(
                (lang, source.has_draws()),
                payback.per_exit_to_work,
                lang.pick("extra uitstroom naar werk per klant", "extra exits to work per client"),
            ),
        ),
        (
            lang.pick("Kosten per vermeden maand bijstand", "Cost per avoided month of benefit").to_owned(),
            ratio(
                (lang, source.has_draws()),
                payback.per_benefit_month,
                lang.pick("vermeden maanden per klant", "avoided months per client"),
            ),
        ),
        (lang.pick("Terugverdiend na", "Paid back after").to_owned(), break_even_month(source, payback)),
        (
            lang.pick("Nodig om quitte te spelen", "Needed to break even").to_owned(),
            break_even_effect(lang, payback),
        ),
        (
            lang.pick("Verdient zichzelf terug", "Pays for itself").to_owned(),
            calculations(lang, &payback.net, |value| value <= 0.0).unwrap_or_else(|| {
                lang.pick(
                    "niet doorgerekend (geen trekkingen van de aannames)",
                    "not calculated (no draws of the assumptions)",
                )
                .to_owned()
            }),
        ),
    ]
}

/// A ratio in euros per `denominator`, with its range, or why there is none.
fn ratio((lang, has_draws): (Lang, bool), ratio: PaybackRatio, denominator: &str) -> String {
    match ratio {
        PaybackRatio::Known(value, low, high) => {
            let decimals = decimals_of_range(low, high).min(0);
            let [value, low, high] = [value, low, high].map(|amount| number::euro(lang, amount, decimals));
            // Brackets hold assumptions where there are draws, and chance elsewhere: this is neither.
            match (has_draws, lang) {
                (true, _) => format!("{value} {}", number::interval(lang, &low, &high)),
                (false, Lang::Nl) => format!("{value} (rekenfout: {low} tot {high})"),
                (false, Lang::En) => format!("{value} (Monte Carlo error: {low} to {high})"),
            }
        }
        PaybackRatio::NoDenominator(low, high) => {
            let ends =
                number::interval(lang, &number::decimal(lang, low, 3), &number::decimal(lang, high, 3));
            match lang {
                Lang::Nl => format!("niet te geven: het interval van de {denominator} bevat 0 {ends}"),
                Lang::En => format!("cannot be given: the interval of the {denominator} holds 0 {ends}"),
            }
        }
        PaybackRatio::Missing => number::NO_NUMBER.to_owned(),
    }
}

/// The month in which it breaks even, or that it does not within the horizon.
fn break_even_month(source: &Source<'_>, payback: &Payback) -> String {
    let lang = source.lang;
    let horizon = number::months(lang, source.horizon());
    let main = match (lang, payback.break_even_month) {
        (Lang::Nl, Some(month)) => format!("maand {month}"),
        (Lang::En, Some(month)) => format!("month {month}"),
        (Lang::Nl, None) => format!("niet binnen {horizon}"),
        (Lang::En, None) => format!("not within {horizon}"),
    };
    let Some((low, high)) = payback.break_even_range else { return main };
    match lang {
        Lang::Nl => format!(
            "{main}; in de doorrekeningen die zich terugverdienen meestal tussen maand {low:.0} en {high:.0}"
        ),
        Lang::En => {
            format!("{main}; in the calculations that pay back mostly between month {low:.0} and {high:.0}")
        }
    }
}

/// Decimals with which what is needed and what is reached stand apart as printed: who reads that 0.4 is needed and 0.4 is reached takes
/// it for enough.
fn places_apart(needed: f64, reached: f64) -> i32 {
    let same = |places: i32| number::round_to(needed, places) == number::round_to(reached, places);
    if same(1) { 2 } else { 1 }
}

/// How many months of benefit fewer per client would pay for the service, and how many the model gives,
/// each with its range.
fn break_even_effect(lang: Lang, payback: &Payback) -> String {
    let Some((needed, reached)) = payback.break_even_effect else { return number::NO_NUMBER.to_owned() };
    let places = places_apart(needed, reached);
    let months = |value| number::decimal(lang, value, places);
    let range = |at: usize| {
        payback.break_even_effect_range.map_or_else(String::new, |ranges| {
            let (low, high) = ranges[at];
            let ends = number::interval(lang, &months(low), &months(high));
            match (lang, number::round_to(low, places) < 0.0) {
                (_, false) => format!(" {ends}"),
                (Lang::Nl, true) => format!(" {ends} (min is meer uitkering)"),
                (Lang::En, true) => format!(" {ends} (minus is more benefit)"),
            }
        })
    };
    let fewer = |value: f64| {
        let (shown, rounded) = (months(value.abs()), number::round_to(value, places));
        match (lang, rounded == 0.0, rounded > 0.0) {
            (Lang::Nl, true, _) => "geen besparing".to_owned(),
            (Lang::En, true, _) => "no saving".to_owned(),
            (Lang::Nl, _, true) => format!("{shown} maanden uitkering bespaard"),
            (Lang::En, _, true) => format!("{shown} months of benefit saved"),
            (Lang::Nl, _, false) => format!("{shown} maanden uitkering meer betaald"),
            (Lang::En, _, false) => format!("{shown} months of benefit more paid"),
        }
    };
    let need = match (lang, number::round_to(needed, places) <= 0.0) {
        (Lang::Nl, true) => "niets: de aanpak kost niet meer".to_owned(),
        (Lang::En, true) => "nothing: the service costs no more".to_owned(),
        (Lang::Nl, false) => format!("{} per klant{}", fewer(needed), range(0)),
        (Lang::En, false) => format!("{} per client{}", fewer(needed), range(0)),
    };
    match lang {
        Lang::Nl => format!("{need}; berekend: {}{}", fewer(reached), range(1)),
        Lang::En => format!("{need}; calculated: {}{}", fewer(reached), range(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_and_what_is_reached_stand_apart() {
        assert_eq!(places_apart(0.43, 0.38), 2, "not 0.4 and 0.4");
        assert_eq!(places_apart(0.43, 0.51), 1);
        assert_eq!(places_apart(2.0, -1.0), 1);
    }
}
