//! Efficacy boundaries: by spending an error, or by a shape whose height is solved for.

use super::crossing::{Bounds, Running, crossing};
use super::spending::Spending;
use crate::stats::root::brent;

/// How the efficacy boundary is made.
#[derive(Clone, Debug, PartialEq)]
pub enum Boundary {
    /// Critical value c * t^(delta - 1/2), the same c at every look: Wang & Tsiatis (1987), doi:10.2307/2531959. delta = 0 is
    /// O'Brien & Fleming (1979), doi:10.2307/2530245; delta = 1/2 is Pocock (1977), doi:10.1093/biomet/64.2.191.
    WangTsiatis {
        /// Shape, usually 0 to 0.5.
        delta: f64,
    },
    /// A spending function (Lan-DeMets and others).
    Spending(Spending),
    /// A constant at the interim looks, and whatever is left at the end (Haybittle 1971, doi:10.1259/0007-1285-44-526-793).
    HaybittlePeto {
        /// Critical value at the interim looks, usually 3.
        interim: f64,
    },
}

/// The largest critical value looked for: the tail beyond it is below 1e-90.
const HIGHEST: f64 = 20.0;

/// Upper critical values at information `fractions` for error `alpha` (in all: two-sided when `sides` is 2).
///
/// Two-sided boundaries are symmetric and each side spends alpha / 2, counting only studies that crossed neither before.
/// `lower` gives binding futility bounds; without them (or with non-binding ones) pass `None`.
///
/// # Example
/// ```
/// use stapjes::design::sequential::{Boundary, Spending, efficacy_bounds};
///
/// // R: gsDesign::gsDesign(k = 3, test.type = 2, sfu = sfLDOF)$upper$bound
/// let thirds = [1.0 / 3.0, 2.0 / 3.0, 1.0];
/// let bounds = efficacy_bounds(&Boundary::Spending(Spending::OBrienFleming), &thirds, 0.025, 1, None);
/// for (ours, theirs) in bounds.iter().zip([3.710_302_873, 2.511_427_014, 1.993_047_523]) {
///     assert!((ours - theirs).abs() < 1e-5);
/// }
/// ```
pub fn efficacy_bounds(
    boundary: &Boundary,
    fractions: &[f64],
    alpha: f64,
    sides: u8,
    lower: Option<&[f64]>,
) -> Vec<f64> {
    let one_side = alpha / f64::from(sides);
    let below = |upper: &[f64]| lower_for(upper, sides, lower);
    let spent = |upper: &[f64]| {
        let bounds = Bounds { upper: upper.to_vec(), lower: below(upper) };
        crossing(fractions, &vec![0.0; fractions.len()], &bounds).power()
    };
    match boundary {
        Boundary::Spending(spending) => {
            let increments = spending.increments(one_side, fractions);
            spend_upper(fractions, &vec![0.0; fractions.len()], &increments, sides, lower)
        }
        Boundary::WangTsiatis { delta } => {
            let last = fractions.last().copied().unwrap_or(1.0);
            let shape: Vec<f64> = fractions.iter().map(|t| libm::pow(t / last, delta - 0.5)).collect();
            let bounds = |c: f64| shape.iter().map(|s| c * s).collect::<Vec<f64>>();
            let c = brent(0.0, HIGHEST, 1e-13, |c| spent(&bounds(c)) - one_side).unwrap_or(f64::NAN);
            bounds(c)
        }
        Boundary::HaybittlePeto { interim } => {
            let mut upper = vec![*interim; fractions.len()];
            let last = fractions.len() - 1;
            let solved = brent(-HIGHEST, HIGHEST, 1e-13, |c| {
                upper[last] = c;
                spent(&upper) - one_side
            });
            upper[last] = solved.unwrap_or(f64::NAN);
            upper
        }
    }
}

/// The lower bounds against which an upper bound is made.
fn lower_for(upper: &[f64], sides: u8, lower: Option<&[f64]>) -> Vec<f64> {
    match lower {
        Some(lower) => lower.to_vec(),
        None if sides == 2 => upper.iter().map(|b| -b).collect(),
        None => vec![f64::NEG_INFINITY; upper.len()],
    }
}

/// Upper bounds that spend `increments` look by look under the effects `theta`.
fn spend_upper(
    information: &[f64],
    theta: &[f64],
    increments: &[f64],
    sides: u8,
    lower: Option<&[f64]>,
) -> Vec<f64> {
    let mut running = Running::start();
    let mut upper = Vec::new();
    for (look, &now) in information.iter().enumerate() {
        let drift = theta[look] * now;
        let bound = bound_above(&running, now, drift, increments[look]);
        let below = lower.map_or(if sides == 2 { -bound } else { f64::NEG_INFINITY }, |lower| lower[look]);
        if let Some(&next) = information.get(look + 1) {
            running = running.after(below, bound, now, drift, Some(next));
        }
        upper.push(bound);
    }
    upper
}

/// The bound above which the still running studies have probability `probability`.
pub(super) fn bound_above(running: &Running, information: f64, drift: f64, probability: f64) -> f64 {
    let middle = drift / libm::sqrt(information);
    let tail = |bound: f64| running.above(bound, information, drift) - probability;
    if probability <= 0.0 || tail(middle + HIGHEST) > 0.0 {
        return f64::INFINITY;
    }
    brent(middle - HIGHEST, middle + HIGHEST, 1e-13, tail).unwrap_or(f64::NEG_INFINITY)
}

/// The bound below which the still running studies have probability `probability`.
pub(super) fn bound_below(running: &Running, information: f64, drift: f64, probability: f64) -> f64 {
    let middle = drift / libm::sqrt(information);
    let tail = |bound: f64| running.below(bound, information, drift) - probability;
    if probability <= 0.0 || tail(middle - HIGHEST) > 0.0 {
        return f64::NEG_INFINITY;
    }
    brent(middle - HIGHEST, middle + HIGHEST, 1e-13, tail).unwrap_or(f64::INFINITY)
}
