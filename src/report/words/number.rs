//! Numbers as people in the Netherlands and in English-speaking countries read them, with no more digits than the
//! error behind them supports.

use crate::language::Lang;

/// The minus sign.
const MINUS: char = '\u{2212}';
/// Keeps number and unit together.
const NO_BREAK_SPACE: char = '\u{a0}';

/// What stands where a number cannot be computed.
pub(crate) const NO_NUMBER: &str = "–";

/// Decimals that a Monte Carlo standard error supports, at most `most`: the last digit shown is not smaller than the
/// error. Negative results mean rounding to tens, hundreds and so on. An error of 0 (or none) gives `most`.
pub(crate) fn decimals_for(error: f64, most: i32) -> i32 {
    if !error.is_finite() || error <= 0.0 {
        return most;
    }
    let supported = (-libm::log10(error)).floor();
    (supported.clamp(-12.0, 12.0) as i32).min(most)
}

/// Rounds to a number of decimals (negative: to tens, hundreds and so on), halves away from zero.
pub(crate) fn round_to(value: f64, decimals: i32) -> f64 {
    // By a whole power of ten, which is exact: 750,000 times a hundred-thousandth is a hair less than 7.5.
    let scale = libm::pow(10.0, f64::from(decimals.clamp(-12, 12).abs()));
    if decimals < 0 { (value / scale).round() * scale } else { (value * scale).round() / scale }
}

/// A number with `decimals` decimals, grouped by thousands, minus as U+2212: `1.234,5` or `1,234.5`.
pub(crate) fn decimal(lang: Lang, value: f64, decimals: i32) -> String {
    if !value.is_finite() {
        return NO_NUMBER.to_owned();
    }
    let rounded = round_to(value, decimals);
    let plain = format!("{:.*}", decimals.max(0) as usize, rounded.abs());
    let (whole, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let (group, point) = lang.pick(('.', ','), (',', '.'));
    let mut text = String::with_capacity(plain.len() + 8);
    if rounded < 0.0 {
        text.push(MINUS);
    }
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(group);
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push(point);
        text.push_str(fraction);
    }
    text
}

/// A share as a percentage: `.125` is `12,5%`.
pub(crate) fn percent(lang: Lang, share: f64, decimals: i32) -> String {
    with_unit(decimal(lang, share * 100.0, decimals), "%")
}

/// An amount in euros: `€ 1.234` or `€1,234`, with a minus in front when negative.
pub(crate) fn euro(lang: Lang, amount: f64, decimals: i32) -> String {
    let number = decimal(lang, amount, decimals);
    if number == NO_NUMBER {
        return number;
    }
    let (sign, digits) = match number.strip_prefix(MINUS) {
        Some(digits) => (MINUS.to_string(), digits.to_owned()),
        None => (String::new(), number),
    };
    match lang {
        Lang::Nl => format!("{sign}€{NO_BREAK_SPACE}{digits}"),
        Lang::En => format!("{sign}€{digits}"),
    }
}

/// An interval from its two formatted ends: `[−1,2; 3,4]` or `[−1.2, 3.4]`.
pub(crate) fn interval(lang: Lang, low: &str, high: &str) -> String {
    if low == NO_NUMBER || high == NO_NUMBER {
        return NO_NUMBER.to_owned();
    }
    let separator = lang.pick(";", ",");
    format!("[{low}{separator} {high}]")
}

/// The sign in front of a difference: `+3,4`, `−1,2`, `0,0`.
pub(crate) fn signed(number: String) -> String {
    let is_zero = number.chars().all(|c| !c.is_ascii_digit() || c == '0');
    if number == NO_NUMBER || number.starts_with(MINUS) || is_zero { number } else { format!("+{number}") }
}

/// A number of months in words: `5 jaar`, `18 maanden`, `1 month`.
pub(crate) fn months(lang: Lang, months: u32) -> String {
    match (lang, months) {
        (_, m) if m >= 24 && m.is_multiple_of(12) => {
            format!("{}{NO_BREAK_SPACE}{}", m / 12, lang.pick("jaar", "years"))
        }
        (Lang::Nl, 1) => format!("1{NO_BREAK_SPACE}maand"),
        (Lang::En, 1) => format!("1{NO_BREAK_SPACE}month"),
        (Lang::Nl, m) => format!("{m}{NO_BREAK_SPACE}maanden"),
        (Lang::En, m) => format!("{m}{NO_BREAK_SPACE}months"),
    }
}

/// A positive amount in three digits or so, for what a run needs: `1.5`, `1,234`, `under 0.001`.
pub(crate) fn amount(lang: Lang, value: f64) -> String {
    if value < 0.001 {
        format!("{} {}", lang.pick("minder dan", "under"), decimal(lang, 0.001, 3))
    } else if value < 10.0 {
        let text = decimal(lang, value, 3);
        text.trim_end_matches('0').trim_end_matches(['.', ',']).to_owned()
    } else {
        decimal(lang, value, 0)
    }
}

/// A number with its unit.
fn with_unit(number: String, unit: &str) -> String {
    if number == NO_NUMBER { number } else { number + unit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dutch_and_english_numbers() {
        assert_eq!(decimal(Lang::Nl, 1234.5, 1), "1.234,5");
        assert_eq!(decimal(Lang::En, 1234.5, 1), "1,234.5");
        assert_eq!(decimal(Lang::Nl, -1_234_567.0, 0), "\u{2212}1.234.567");
        assert_eq!(decimal(Lang::Nl, -0.04, 1), "0,0");
        assert_eq!(decimal(Lang::Nl, 1267.0, -2), "1.300");
        assert_eq!(decimal(Lang::Nl, 750_000.0, -5), "800.000");
        assert_eq!(decimal(Lang::Nl, f64::NAN, 1), NO_NUMBER);
        assert_eq!(percent(Lang::Nl, 0.125, 1), "12,5%");
        assert_eq!(euro(Lang::Nl, 1234.0, 0), "€\u{a0}1.234");
        assert_eq!(euro(Lang::En, -1234.0, 0), "\u{2212}€1,234");
        assert_eq!(
            interval(Lang::Nl, &decimal(Lang::Nl, -1.2, 1), &decimal(Lang::Nl, 3.4, 1)),
            "[\u{2212}1,2; 3,4]"
        );
    }

    #[test]
    fn digits_follow_the_error() {
        assert_eq!(decimals_for(0.03, 3), 1);
        assert_eq!(decimals_for(0.1, 3), 1);
        assert_eq!(decimals_for(0.3, 3), 0);
        assert_eq!(decimals_for(30.0, 3), -2);
        assert_eq!(decimals_for(0.0, 2), 2);
        assert_eq!(decimals_for(1e-9, 2), 2);
        assert_eq!(decimals_for(f64::NAN, 1), 1);
    }

    #[test]
    fn a_sign_stands_before_what_is_not_zero() {
        assert_eq!(signed(decimal(Lang::Nl, 0.2, 1)), "+0,2");
        assert_eq!(signed(decimal(Lang::Nl, 0.02, 1)), "0,0");
        assert_eq!(signed(decimal(Lang::Nl, -0.2, 1)), "\u{2212}0,2");
    }

    #[test]
    fn amounts_are_short() {
        assert_eq!(amount(Lang::En, 0.0), "under 0.001");
        assert_eq!(amount(Lang::Nl, 1.5), "1,5");
        assert_eq!(amount(Lang::En, 1_234_567.0), "1,234,567");
        assert_eq!(amount(Lang::Nl, 2.0), "2");
    }

    #[test]
    fn years_when_they_are_whole() {
        assert_eq!(months(Lang::Nl, 120), "10\u{a0}jaar");
        assert_eq!(months(Lang::En, 18), "18\u{a0}months");
    }
}
