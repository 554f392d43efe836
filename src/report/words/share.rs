//! A share of calculations in words that need no statistics: "in 6 tot 8 van de 10 doorrekeningen".

use crate::language::Lang;

/// How many of the calculations meet a condition, as the range that their number supports (95 % interval of Wilson 1927,
/// doi:10.1080/01621459.1927.10502953). Never "in all": the draws say no more than the priors that they come from. `None` with
/// fewer than two draws.
pub(crate) fn calculations(lang: Lang, drawn: &[f64], meets: impl Fn(f64) -> bool) -> Option<String> {
    let known: Vec<f64> = drawn.iter().copied().filter(|value| value.is_finite()).collect();
    if known.len() < 2 {
        return None;
    }
    let count = known.len() as f64;
    let share = known.iter().filter(|value| meets(**value)).count() as f64 / count;
    let (low, high) = wilson(share, count);
    Some(tenths(lang, (low * 10.0).round() as u32, (high * 10.0).round() as u32))
}

/// A share as so many in ten.
fn tenths(lang: Lang, low: u32, high: u32) -> String {
    match (lang, low, high) {
        (Lang::Nl, 9.., _) => "in bijna elke doorrekening".to_owned(),
        (Lang::En, 9.., _) => "in nearly every calculation".to_owned(),
        (Lang::Nl, _, 0..=1) => "in bijna geen doorrekening".to_owned(),
        (Lang::En, _, 0..=1) => "in almost no calculation".to_owned(),
        (Lang::Nl, low, high) if low == high => format!("in {low} van de 10 doorrekeningen"),
        (Lang::En, low, high) if low == high => format!("in {low} of 10 calculations"),
        (Lang::Nl, low, high) => format!("in {low} tot {high} van de 10 doorrekeningen"),
        (Lang::En, low, high) => format!("in {low} to {high} of 10 calculations"),
    }
}

/// Wilson's interval.
fn wilson(share: f64, count: f64) -> (f64, f64) {
    /// 95 %.
    const Z: f64 = 1.959_963_984_540_054;
    let (square, scale) = (Z * Z / count, 1.0 + Z * Z / count);
    let middle = (share + square / 2.0) / scale;
    let half = Z / scale * (share * (1.0 - share) / count + square / (4.0 * count)).sqrt();
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_are_ranges_and_never_all() {
        let mut values = vec![1.0; 180];
        values.resize(256, -1.0);
        let words = |values: &[f64], lang| calculations(lang, values, |value| value > 0.0).unwrap();
        assert_eq!(
            words(&values, Lang::Nl),
            "in 6 tot 8 van de 10 doorrekeningen",
            ".70, interval .64 to .76"
        );
        assert_eq!(words(&[1.0; 64], Lang::Nl), "in bijna elke doorrekening");
        assert_eq!(words(&[-1.0; 64], Lang::En), "in almost no calculation");
        assert_eq!(tenths(Lang::En, 7, 7), "in 7 of 10 calculations");
        assert_eq!(calculations(Lang::Nl, &[1.0, f64::NAN], |_| true), None);
    }

    #[test]
    fn wilson_as_published() {
        // 81 of 263, in Newcombe 1998 (doi 10.1002/(SICI)1097-0258(19980430)17:8<857): .2553 to .3662.
        let (low, high) = wilson(81.0 / 263.0, 263.0);
        assert!((low - 0.2553).abs() < 5e-5 && (high - 0.3662).abs() < 5e-5, "{low} {high}");
    }
}
