//! One rounding rule for a row of numbers that belong together: the decimals come from the difference, and what is printed
//! adds up.
//!
//! Every number rounded by itself gives tables in which 10.7 and 10.4 differ by 0.4 and shares add up
//! to 101. So the least certain number of a row settles the digits of all, levels are printed so that
//! differences are what a reader computes, and parts so that they add up.

use crate::report::language::Lang;
use crate::report::number;

/// Units of the last digit that the error may be: 400,000 with an error of 130,000 is shown as 400,000, not as 0.
const UNITS_OF_ERROR: f64 = 2.5;

/// Decimals that a Monte Carlo error supports on the first page: the last digit shown is uncertain by
/// at most 2.5 units. Negative for tens and hundreds, at most `most`.
pub(super) fn decimals(error: f64, most: i32) -> i32 {
    number::decimals_for(error / UNITS_OF_ERROR, most)
}

/// Level of the control, level of the arm and their difference, as printed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Printed {
    /// Level of the control.
    pub control: f64,
    /// Level of the arm: control plus difference, as printed.
    pub arm: f64,
    /// Difference.
    pub difference: f64,
    /// Decimals of all three; negative for tens, hundreds and so on.
    pub decimals: i32,
}

/// Rounds a row; tens and hundreds are kept where the level of the control would round to nothing. `error` is the Monte Carlo error of the difference, `most` the most decimals.
///
/// ```text
/// control 10.74, difference -0.31 with error 0.4   ->   11, 11, 0          (not "10 against 11, -0")
/// the same with error 0.2                          ->   10.7, 10.4, -0.3
/// ```
pub(super) fn row(control: f64, difference: f64, error: f64, most: i32) -> Printed {
    let decimals = not_zero(control, decimals(error, most), 0.min(most));
    let round = |value: f64| number::round_to(value, decimals);
    let (control, difference) = (round(control), round(difference));
    Printed { control, difference, arm: round(control + difference), decimals }
}

/// Parts of a total, as printed: every part and the total are rounded, and where the rounded parts do not add up to the rounded
/// total, those that rounding changed most are rounded to the other side (largest remainders).
pub(super) fn parts(parts: &[f64], total: f64, decimals: i32) -> Vec<f64> {
    let unit = libm::pow(10.0, -f64::from(decimals));
    let mut rounded: Vec<f64> = parts.iter().map(|part| number::round_to(*part, decimals)).collect();
    let missing = (number::round_to(total, decimals) - rounded.iter().sum::<f64>()) / unit;
    let (step, count) = (missing.signum(), missing.round().abs() as usize);
    let mut order: Vec<usize> = (0..parts.len()).collect();
    // How far each part was rounded away from the side on which the sum lacks.
    let left = |at: &usize| step * (parts[*at] - rounded[*at]);
    order.sort_by(|a, b| left(b).total_cmp(&left(a)));
    for at in order.into_iter().take(count) {
        rounded[at] = number::round_to(rounded[at] + step * unit, decimals);
    }
    rounded
}

/// A number that is a total or a part of one, before and after rounding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Addend {
    /// What it is multiplied by in the total.
    pub weight: f64,
    /// Before rounding.
    pub exact: f64,
    /// As printed.
    pub printed: f64,
    /// Decimals.
    pub decimals: i32,
    /// Whether it stands as it is printed.
    pub is_settled: bool,
}

impl Addend {
    /// One in its last digit.
    fn unit(&self) -> f64 {
        libm::pow(10.0, -f64::from(self.decimals))
    }
}

/// Makes a total and its parts agree: who adds up the parts as printed and rounds like the total finds the total. Parts that are as coarse
/// as the total, and a total that is not settled, are rounded to the other side, those first that rounding changed most; where none is, the
/// total follows its parts.
pub(super) fn agree(mut total: Addend, mut parts: Vec<Addend>) -> (Addend, Vec<Addend>) {
    for _ in 0..=parts.len() {
        let sum: f64 = parts.iter().map(|part| part.weight * part.printed).sum();
        let wanted = number::round_to(sum, total.decimals);
        let missing = total.printed - wanted;
        // Also where a part is not known.
        if missing.is_nan() || missing.abs() < 0.5 * total.unit() {
            break;
        }
        let step = |part: &Addend| missing.signum() * part.weight.signum() * part.unit();
        let left = |part: &Addend| (part.exact - part.printed) * step(part);
        // A part that is printed does not become nothing.
        let is_free = |part: &&mut Addend| {
            let is_kept = number::round_to(part.printed + step(part), part.decimals) != 0.0;
            !part.is_settled && part.decimals == total.decimals && left(part) > 0.0 && is_kept
        };
        let left_of_total = (total.printed - total.exact) * missing.signum() * total.unit();
        let gives_way = !total.is_settled && missing.abs() < 1.5 * total.unit();
        match parts.iter_mut().filter(is_free).max_by(|a, b| left(a).total_cmp(&left(b))) {
            Some(part) if !gives_way || left(part) >= left_of_total => {
                part.printed = number::round_to(part.printed + step(part), part.decimals);
            }
            _ => {
                total.printed = wanted;
                break;
            }
        }
    }
    (total, parts)
}

/// Euros with a sign, in millions from a million on: `+€ 1,3 miljoen`.
pub(super) fn signed_euros(lang: Lang, amount: f64, decimals: i32) -> String {
    number::signed(euros(lang, amount, decimals))
}

/// So many decimals, or more where an amount that is not zero would be shown as zero: what follows from a number that is printed
/// must not say that there is nothing.
pub(super) fn not_zero(amount: f64, decimals: i32, most: i32) -> i32 {
    let shows = |decimals: &i32| number::round_to(amount, *decimals) != 0.0;
    (decimals..=most).find(shows).unwrap_or(decimals)
}

/// Decimals of the ends of a range: two digits of its width, and one of the end nearest to zero.
pub(super) fn decimals_of_range(low: f64, high: f64) -> i32 {
    let first_digit = |value: f64| -(libm::log10(value.abs()).floor() as i32);
    let width = if high > low { first_digit(high - low) + 1 } else { 2 };
    let ends = [low, high].into_iter().filter(|end| *end != 0.0).map(first_digit);
    ends.fold(width, i32::max).clamp(-9, 9)
}

/// Euros without a sign, in millions from a million on as printed.
pub(super) fn euros(lang: Lang, amount: f64, decimals: i32) -> String {
    if number::round_to(amount, decimals).abs() < 1e6 {
        return number::euro(lang, amount, decimals);
    }
    let millions = number::euro(lang, number::round_to(amount, decimals) / 1e6, (decimals + 6).clamp(0, 3));
    format!("{millions}\u{a0}{}", lang.pick("miljoen", "million"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_has_the_digits_of_its_width() {
        for (low, high, decimals) in
            [(0.2763, 1.303, 1), (1527.0, 3316.0, -2), (60.88, 94.13, 0), (0.00375, 0.1463, 3), (0.0, 0.5, 2)]
        {
            assert_eq!(decimals_of_range(low, high), decimals, "{low} {high}");
        }
    }

    #[test]
    fn large_amounts_are_millions() {
        assert_eq!(euros(Lang::Nl, 1_340_000.0, -5), "€\u{a0}1,3\u{a0}miljoen");
        assert_eq!(euros(Lang::En, -12_340_000.0, -6), "\u{2212}€12\u{a0}million");
        assert_eq!(euros(Lang::Nl, 960_000.0, -5), "€\u{a0}1,0\u{a0}miljoen");
        assert_eq!(euros(Lang::Nl, 940_000.0, -5), "€\u{a0}900.000");
        assert_eq!(signed_euros(Lang::Nl, 400.0, 0), "+€\u{a0}400");
    }

    #[test]
    fn what_is_not_zero_is_not_shown_as_zero() {
        assert_eq!(not_zero(1.4, -1, 0), 0);
        assert_eq!(not_zero(0.0, -1, 0), -1);
        assert_eq!(not_zero(0.3, -1, 0), -1, "less than a euro stays nothing");
        assert_eq!(not_zero(-140.0, -1, 0), -1);
    }

    #[test]
    fn what_is_printed_adds_up() {
        for step in 0..2000 {
            let control = f64::from(step) * 0.377 - 200.0;
            let difference = f64::from(step % 97) * 0.613 - 30.0;
            for error in [0.003, 0.04, 0.4, 3.0, 40.0] {
                let printed = row(control, difference, error, 2);
                let sum = number::round_to(printed.control + printed.difference, printed.decimals);
                assert!((printed.arm - sum).abs() < 1e-9);
                assert!(
                    (printed.difference - difference).abs()
                        <= 0.5 * libm::pow(10.0, -f64::from(printed.decimals)) + 1e-9
                );
            }
        }
        let small = row(10.74, -0.31, 0.4, 1);
        assert_eq!((small.control, small.arm, small.difference), (11.0, 11.0, 0.0));
        let large = row(3100.0, 12_400.0, 20_000.0, 1);
        assert_eq!((large.control, large.arm, large.difference), (3000.0, 15_000.0, 12_000.0));
        let sharper = row(10.74, -0.31, 0.2, 1);
        assert_eq!((sharper.control, sharper.arm, sharper.difference), (10.7, 10.4, -0.3));
    }

    #[test]
    fn totals_and_parts_agree_as_printed() {
        let rounded = |exact: f64, decimals: i32, weight: f64| Addend {
            weight,
            exact,
            printed: number::round_to(exact, decimals),
            decimals,
            is_settled: false,
        };
        let settled = |addend: Addend| Addend { is_settled: true, ..addend };
        let printed = |total: Addend, parts: Vec<Addend>| {
            let (total, parts) = agree(total, parts);
            let parts = parts.iter().map(|part| part.printed);
            std::iter::once(total.printed).chain(parts).collect::<Vec<f64>>()
        };
        // 700 = 100 + 700: the part that rounding changed most gives way.
        let parts = vec![rounded(85.0, -2, 1.0), rounded(655.0, -2, 1.0)];
        assert_eq!(printed(rounded(740.0, -2, 1.0), parts), [700.0, 100.0, 600.0]);
        let parts = vec![rounded(72.0, -2, 1.0), rounded(655.0, -2, 1.0)];
        assert_eq!(printed(rounded(727.0, -2, 1.0), parts), [700.0, 100.0, 600.0], "not 0 and 700");
        // Adjusted means do not add up to the last digit: 64 = 51 + 14 is nearer to 65 than to 13.
        let parts = || vec![rounded(51.07, 0, 1.0), rounded(13.87, 0, 1.0)];
        assert_eq!(printed(rounded(64.45, 0, 1.0), parts()), [65.0, 51.0, 14.0]);
        assert_eq!(printed(settled(rounded(64.45, 0, 1.0)), parts()), [64.0, 51.0, 13.0]);
        // Finer parts are kept: the total follows.
        let parts = vec![rounded(110.0, -1, 1.0), rounded(39.0, -1, 1.0)];
        assert_eq!(printed(rounded(151.0, -2, 1.0), parts), [200.0, 110.0, 40.0]);
        let parts = vec![rounded(114.0, -1, 1.0), rounded(38.0, -1, 1.0)];
        assert_eq!(printed(rounded(152.0, -2, 1.0), parts), [200.0, 110.0, 40.0]);
        let parts = vec![settled(rounded(10_400.0, -3, 1.0)), rounded(200.0, -2, 1.0)];
        assert_eq!(printed(rounded(10_600.0, -3, 1.0), parts), [10_000.0, 10_000.0, 200.0]);
        let parts = vec![rounded(f64::NAN, 0, 1.0)];
        assert_eq!(printed(rounded(5.0, 0, 1.0), parts)[0], 5.0, "a part that is not known");
        // Whatever the numbers: the sum of what is printed rounds to the total.
        for case in 0..3000 {
            let value = |by: f64| f64::from(case % 613) * by - 40.0 * by;
            let exact = [value(0.37), value(1.93), -value(0.71)];
            let decimals = [case % 3, case % 2, case / 7 % 3];
            let total: f64 = exact.iter().sum();
            let coarsest = decimals.into_iter().min().unwrap();
            let parts =
                exact.into_iter().zip(decimals).map(|(exact, most)| rounded(exact, most, 1.0)).collect();
            let (total, parts) = agree(rounded(total, coarsest, 1.0), parts);
            let sum: f64 = parts.iter().map(|part| part.printed).sum();
            assert!((number::round_to(sum, coarsest) - total.printed).abs() < 1e-9, "{total:?} {parts:?}");
            assert!(
                parts.iter().chain([&total]).all(|one| (one.exact - one.printed).abs() <= 1.5 * one.unit())
            );
        }
    }

    #[test]
    fn parts_add_up_to_the_total_that_stands_elsewhere() {
        assert_eq!(parts(&[1340.0, -2040.0], -700.0, -2), [1300.0, -2000.0]);
        assert_eq!(parts(&[5.6e6, 7.4e6, 1.4e6, -3.5e6], 10.9e6, -6), [6e6, 7e6, 1e6, -3e6]);
        assert_eq!(parts(&[0.4, 0.4, 0.4], 1.2, 0), [1.0, 0.0, 0.0]);
    }
}
