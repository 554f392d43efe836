//! What it costs, in sentences.

use super::{calculations, number};
use crate::language::Lang;
use crate::report::source::Source;
use crate::sensitivity::payback::{Payback, Ratio};

/// The sentences of the chapter on money: cost per effect, break-even month and effect.
pub fn details(source: &Source<'_>, payback: &Payback) -> Vec<(String, String)> {
    let lang = source.lang;
    vec![
        (
            lang.pick("Kosten per extra uitstroom naar werk", "Cost per extra exit to work").to_owned(),
            ratio(
                lang,
                payback.per_exit_to_work,
                lang.pick("extra uitstroom naar werk per klant", "extra exits to work per client"),
            ),
        ),
        (
            lang.pick("Kosten per vermeden maand bijstand", "Cost per avoided month of benefit").to_owned(),
            ratio(
                lang,
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

fn ratio(lang: Lang, ratio: Ratio, denominator: &str) -> String {
    let euro = |value: f64| {
        let size = value.abs().max(1.0);
        number::euro(lang, value, 2 - libm::log10(size).floor() as i32)
    };
    match ratio {
        Ratio::Known(value, low, high) => {
            format!("{} {}", euro(value), number::interval(lang, &euro(low), &euro(high)))
        }
        Ratio::NoDenominator(low, high) => {
            let ends =
                number::interval(lang, &number::decimal(lang, low, 3), &number::decimal(lang, high, 3));
            match lang {
                Lang::Nl => format!("niet te geven: het interval van de {denominator} bevat 0 {ends}"),
                Lang::En => format!("cannot be given: the interval of the {denominator} holds 0 {ends}"),
            }
        }
        Ratio::Missing => number::NO_NUMBER.to_owned(),
    }
}

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

fn break_even_effect(lang: Lang, payback: &Payback) -> String {
    let Some((needed, reached)) = payback.break_even_effect else { return number::NO_NUMBER.to_owned() };
    let months = |value| number::decimal(lang, value, 1);
    let range = |at: usize| {
        payback.break_even_effect_range.map_or_else(String::new, |ranges| {
            let (low, high) = ranges[at];
            format!(" {}", number::interval(lang, &months(low), &months(high)))
        })
    };
    let (needed, reached, need_range, reach_range) = (months(needed), months(reached), range(0), range(1));
    match lang {
        Lang::Nl => format!(
            "{needed} maanden minder bijstand per klant{need_range}; berekend: {reached} maanden minder{reach_range}"
        ),
        Lang::En => {
            format!(
                "{needed} fewer months of benefit per client{need_range}; calculated: {reached} fewer{reach_range}"
            )
        }
    }
}
