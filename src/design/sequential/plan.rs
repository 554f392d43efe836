//! A group-sequential plan: boundaries, the information it needs, and where it stops.
//!
//! Everything is relative to the fixed design with the same error and power: its drift is z(alpha) + z(power), and the
//! **inflation factor** is (drift of the sequential plan / drift of the fixed design)^2: multiply the fixed size by it.
//!
//! With futility bounds from beta spending, the drift is the one at which the last lower bound meets the last upper bound,
//! so that exactly beta is spent. *Non-binding*: the upper bounds are those without futility, so the error holds also when a
//! futility stop is overruled. *Binding*: the upper bounds are lowered because studies stop early.
//!
//! References: Jennison & Turnbull (2000), doi:10.1201/9780367805326; Pampallona & Tsiatis (1994),
//! doi:10.1016/0378-3758(94)90187-2. R: `gsDesign::gsDesign` (test.type 1, 2, 3, 4), `rpact::getDesignGroupSequential`.

use super::boundaries::{Boundary, bound_below, efficacy_bounds};
use super::crossing::{Bounds, Crossing, Running, crossing};
use super::spending::Spending;
use crate::stats::normal;
use crate::stats::root::brent;

/// How to stop for futility.
#[derive(Clone, Debug, PartialEq)]
pub enum FutilityRule {
    /// Spend the type II error over the looks.
    BetaSpending(Spending),
    /// Critical values at the interim looks (the last look has none); minus infinity for no rule there.
    Fixed(Vec<f64>),
}

/// A futility rule and its terms.
#[derive(Clone, Debug, PartialEq)]
pub struct Futility {
    /// The rule.
    pub rule: FutilityRule,
    /// Whether a crossing obliges to stop (then the upper bounds may come down).
    pub binding: bool,
    /// Looks before this information fraction have no futility rule: an effect that starts late must get the time to be
    /// seen. Error not spent there is spent at the next look.
    pub not_before: f64,
}

/// What is asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct SequentialRequest {
    /// Information at each look as a share of the last, increasing, ending at 1.
    pub fractions: Vec<f64>,
    /// Type I error in all (both sides together when two-sided).
    pub alpha: f64,
    /// 1 or 2.
    pub sides: u8,
    /// The efficacy boundary.
    pub boundary: Boundary,
    /// Futility, for one-sided plans.
    pub futility: Option<Futility>,
}

/// Boundaries that hold for every effect (futility by beta spending depends on the drift they were made for).
#[derive(Clone, Debug, PartialEq)]
pub struct SequentialPlan {
    /// What was asked for.
    pub request: SequentialRequest,
    /// Boundaries on the z scale; the lower one is minus the upper when two-sided.
    pub bounds: Bounds,
    /// Mean of z at the last look under the alternative: theta sqrt(I_max).
    pub drift: f64,
    /// Power at that drift.
    pub power: f64,
    /// Information needed, relative to the fixed design with the same error and power.
    pub inflation: f64,
    /// Crossing probabilities under no effect (both boundaries acting).
    pub null: Crossing,
    /// Crossing probabilities at `drift`.
    pub alternative: Crossing,
}

impl SequentialRequest {
    /// Number of looks.
    fn looks(&self) -> usize {
        self.fractions.len()
    }

    /// Whether a lower bound was asked for: futility or the second side.
    pub(crate) fn has_lower(&self) -> bool {
        self.futility.is_some() || self.sides == 2
    }

    /// The upper bounds when nobody stops for futility.
    fn upper_without_futility(&self) -> Vec<f64> {
        efficacy_bounds(&self.boundary, &self.fractions, self.alpha, self.sides, None)
    }

    /// Bounds for the effects `theta` at looks with `information`, when a futility rule may spend `beta`.
    fn bounds_at(&self, information: &[f64], theta: &[f64], beta: f64) -> Bounds {
        let free = self.upper_without_futility();
        let Some(futility) = &self.futility else {
            let lower = free.iter().map(|b| if self.sides == 2 { -b } else { f64::NEG_INFINITY }).collect();
            return Bounds { upper: free, lower };
        };
        match &futility.rule {
            FutilityRule::Fixed(values) => self.fixed_futility(futility, values, free),
            FutilityRule::BetaSpending(spending) if futility.binding => {
                self.binding_beta((futility, spending), (information, theta), beta, free)
            }
            FutilityRule::BetaSpending(spending) => {
                let lower = self.lower_by_beta((futility, spending), (information, theta), beta, &free);
                Bounds { upper: free, lower }
            }
        }
    }

    /// Bounds with stated futility values.
    fn fixed_futility(&self, futility: &Futility, values: &[f64], free: Vec<f64>) -> Bounds {
        let last = self.looks() - 1;
        let early = |look: usize| self.fractions[look] < futility.not_before;
        let value = |look: usize| if early(look) { f64::NEG_INFINITY } else { values[look] };
        let mut lower: Vec<f64> = (0..last).map(value).collect();
        lower.push(f64::NEG_INFINITY);
        let upper = if futility.binding {
            efficacy_bounds(&self.boundary, &self.fractions, self.alpha, self.sides, Some(&lower))
        } else {
            free
        };
        lower[last] = upper[last];
        for look in 0..last {
            lower[look] = lower[look].min(upper[look]);
        }
        Bounds { upper, lower }
    }

    /// Lower bounds that spend beta under the alternative against given upper bounds.
    fn lower_by_beta(
        &self,
        (futility, spending): (&Futility, &Spending),
        (information, theta): (&[f64], &[f64]),
        beta: f64,
        upper: &[f64],
    ) -> Vec<f64> {
        let last = self.looks() - 1;
        let mut running = Running::start();
        let mut spent = 0.0;
        let mut lower = Vec::new();
        for (look, &now) in information.iter().enumerate() {
            let (mean, fraction) = (theta[look] * now, self.fractions[look]);
            let allowed = (spending.spent(beta, fraction, look) - spent).max(0.0);
            let bound = if look == last {
                upper[look]
            } else if fraction < futility.not_before {
                f64::NEG_INFINITY
            } else {
                bound_below(&running, now, mean, allowed).min(upper[look])
            };
            spent += running.below(bound, now, mean);
            if let Some(&next) = information.get(look + 1) {
                running = running.after(bound, upper[look], now, mean, Some(next));
            }
            lower.push(bound);
        }
        lower
    }

    /// Both boundaries, each made against the other: with binding futility a lower bound frees error for the upper one.
    fn binding_beta(
        &self,
        rule: (&Futility, &Spending),
        effect: (&[f64], &[f64]),
        beta: f64,
        free: Vec<f64>,
    ) -> Bounds {
        let mut upper = free;
        let mut lower = self.lower_by_beta(rule, effect, beta, &upper);
        // The lower bound of a look depends on the upper bounds before it only, and the upper bound of a look on the lower
        // bounds before it: after as many passes as there are looks nothing moves any more for spending boundaries; shapes
        // with one height converge quickly.
        for _ in 0..4 * self.looks() + 20 {
            let mut against = lower.clone();
            if let Some(last) = against.last_mut() {
                *last = f64::NEG_INFINITY;
            }
            let next =
                efficacy_bounds(&self.boundary, &self.fractions, self.alpha, self.sides, Some(&against));
            let moved = next.iter().zip(&upper).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            upper = next;
            lower = self.lower_by_beta(rule, effect, beta, &upper);
            if moved < 1e-12 || moved.is_nan() {
                break;
            }
        }
        Bounds { upper, lower }
    }

    /// Bounds and crossing probabilities when z at the last look has mean `drift`; `beta` shapes futility by beta spending.
    pub(crate) fn at_drift(&self, drift: f64, beta: f64) -> SequentialPlan {
        self.at_effect(&self.fractions, &vec![drift; self.looks()], beta)
    }

    /// The same for an effect `theta` that may differ between looks, with `information` on the scale of theta. Spending
    /// follows the planned fractions, probabilities the information given here.
    pub(crate) fn at_effect(&self, information: &[f64], theta: &[f64], beta: f64) -> SequentialPlan {
        let bounds = self.bounds_at(information, theta, beta);
        self.finish(information, theta, bounds)
    }

    /// The plan at an effect when futility may spend exactly the type II error that results: power + beta = 1.
    pub(crate) fn consistent_at_effect(&self, information: &[f64], theta: &[f64]) -> SequentialPlan {
        let spends = matches!(&self.futility, Some(Futility { rule: FutilityRule::BetaSpending(_), .. }));
        if !spends {
            return self.at_effect(information, theta, 0.0);
        }
        let gap = |beta: f64| self.at_effect(information, theta, beta).power + beta - 1.0;
        let beta = brent(1e-9, 1.0 - 1e-9, 1e-12, gap).unwrap_or(f64::NAN);
        self.at_effect(information, theta, beta)
    }

    /// The plan that reaches `power` (strictly between alpha and 1).
    ///
    /// # Example
    /// ```
    /// use stapjes::design::sequential::{Boundary, SequentialRequest, Spending};
    ///
    /// let request = SequentialRequest {
    ///     fractions: vec![1.0 / 3.0, 2.0 / 3.0, 1.0],
    ///     alpha: 0.025,
    ///     sides: 1,
    ///     boundary: Boundary::Spending(Spending::OBrienFleming),
    ///     futility: None,
    /// };
    /// let plan = request.with_power(0.9);
    /// // R: gsDesign(k = 3, test.type = 1, sfu = sfLDOF, alpha = .025, beta = .1)
    /// let close = |found: f64, gs_design: f64| (found - gs_design).abs() < 1e-5;
    /// assert!(close(plan.bounds.upper[0], 3.710_303) && close(plan.bounds.upper[2], 1.993_048));
    /// assert!(close(plan.inflation, 1.011_852));
    /// assert!(close(plan.null.upper[1], 0.005_944_883) && close(plan.alternative.upper[1], 0.526_513_8));
    /// ```
    pub fn with_power(&self, power: f64) -> SequentialPlan {
        let fixed = self.fixed_drift(power);
        let at = |drift: f64| self.at_drift(drift, 1.0 - power);
        let drift = match &self.futility {
            Some(Futility { rule: FutilityRule::BetaSpending(_), .. }) => {
                brent(0.2 * fixed, 4.0 * fixed, 1e-12, |drift| at(drift).power - power)
            }
            // Bounds that do not depend on the drift are made once.
            _ => {
                let bounds = at(fixed).bounds;
                let power_at = |drift: f64| {
                    crossing(&self.fractions, &vec![drift; self.looks()], &bounds).power() - power
                };
                brent(0.2 * fixed, 4.0 * fixed, 1e-12, power_at)
            }
        };
        at(drift.unwrap_or(f64::NAN))
    }

    /// Mean of z that a fixed design with one look needs: z(alpha) + z(power).
    ///
    /// # Example
    /// ```
    /// use stapjes::design::sequential::{Boundary, SequentialRequest, Spending};
    ///
    /// let boundary = Boundary::Spending(Spending::Pocock);
    /// let request = SequentialRequest { fractions: vec![0.5, 1.0], alpha: 0.05, sides: 2, boundary, futility: None };
    /// assert!((request.fixed_drift(0.8) - (1.959_963_985 + 0.841_621_234)).abs() < 1e-8);
    /// ```
    pub fn fixed_drift(&self, power: f64) -> f64 {
        normal::quantile(1.0 - self.alpha / f64::from(self.sides)) + normal::quantile(power)
    }

    /// Crossing probabilities, power and inflation of bounds.
    fn finish(&self, information: &[f64], theta: &[f64], bounds: Bounds) -> SequentialPlan {
        let null = crossing(information, &vec![0.0; self.looks()], &bounds);
        let alternative = crossing(information, theta, &bounds);
        let power = alternative.power();
        let last = self.looks() - 1;
        let drift = theta[last] * libm::sqrt(information[last]);
        // A power that cannot be told from 1 fits fixed designs of any larger size: there is no one to compare with.
        let relative = if power < 1.0 - 1e-12 { drift / self.fixed_drift(power) } else { f64::NAN };
        SequentialPlan {
            request: self.clone(),
            bounds,
            drift,
            power,
            inflation: relative * relative,
            null,
            alternative,
        }
    }
}

impl SequentialPlan {
    /// Probability of crossing either boundary of a two-sided plan under the alternative.
    pub(crate) fn power_both_directions(&self) -> f64 {
        self.power + self.alternative.lower.iter().sum::<f64>()
    }

    /// Cumulative type I error spent at each look on both sides together, futility not acting unless it binds.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::sequential::{Boundary, SequentialRequest, Spending};
    ///
    /// let boundary = Boundary::Spending(Spending::OBrienFleming);
    /// let fractions = vec![1.0 / 3.0, 2.0 / 3.0, 1.0];
    /// let plan = SequentialRequest { fractions, alpha: 0.025, sides: 1, boundary, futility: None }.with_power(0.9);
    /// // R: cumsum(gsDesign(k = 3, test.type = 1, sfu = sfLDOF)$upper$spend)
    /// for (spent, gs_design) in plan.alpha_spent().iter().zip([0.000_103_506, 0.006_048_389, 0.025]) {
    ///     assert!((spent - gs_design).abs() < 1e-8);
    /// }
    /// ```
    pub fn alpha_spent(&self) -> Vec<f64> {
        let binding = self.request.futility.as_ref().is_some_and(|f| f.binding);
        let both = f64::from(self.request.sides);
        let upper = if self.request.futility.is_some() && !binding {
            let lower = vec![f64::NEG_INFINITY; self.bounds.upper.len()];
            let free = Bounds { upper: self.bounds.upper.clone(), lower };
            crossing(&self.request.fractions, &vec![0.0; free.upper.len()], &free).upper
        } else {
            self.null.upper.clone()
        };
        cumulative(&upper).iter().map(|spent| spent * both).collect()
    }

    /// Cumulative type II error spent on futility under the alternative; none without a futility rule.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::sequential::{Boundary, Futility, FutilityRule, SequentialRequest, Spending};
    ///
    /// let rule = FutilityRule::BetaSpending(Spending::OBrienFleming);
    /// let request = SequentialRequest {
    ///     fractions: vec![1.0 / 3.0, 2.0 / 3.0, 1.0],
    ///     alpha: 0.025,
    ///     sides: 1,
    ///     boundary: Boundary::Spending(Spending::OBrienFleming),
    ///     futility: Some(Futility { rule, binding: false, not_before: 0.0 }),
    /// };
    /// let plan = request.with_power(0.9);
    /// // R: gsDesign(k = 3, test.type = 4, sfu = sfLDOF, sfl = sfLDOF, alpha = .025, beta = .1)
    /// assert!((plan.bounds.lower[0] + 0.694_541).abs() < 1e-4 && (plan.inflation - 1.059_394).abs() < 1e-5);
    /// for (spent, gs_design) in plan.beta_spent().expect("a rule").iter().zip([0.004_386_1, 0.043_954_3, 0.1]) {
    ///     assert!((spent - gs_design).abs() < 1e-6);
    /// }
    /// ```
    pub fn beta_spent(&self) -> Option<Vec<f64>> {
        self.request.futility.as_ref().map(|_| cumulative(&self.alternative.lower))
    }

    /// One-sided p-value that crosses the upper bound at each look.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::sequential::{Boundary, SequentialRequest, Spending};
    ///
    /// let boundary = Boundary::Spending(Spending::OBrienFleming);
    /// let fractions = vec![1.0 / 3.0, 2.0 / 3.0, 1.0];
    /// let plan = SequentialRequest { fractions, alpha: 0.025, sides: 1, boundary, futility: None }.with_power(0.9);
    /// // R: pnorm(-gsDesign(k = 3, test.type = 1, sfu = sfLDOF)$upper$bound)
    /// assert!((plan.stage_levels()[1] - 0.006_012_207).abs() < 1e-8);
    /// ```
    pub fn stage_levels(&self) -> Vec<f64> {
        self.bounds.upper.iter().map(|b| normal::upper_tail(*b)).collect()
    }

    /// Expected information at the stop, relative to the fixed design, for a drift of `share` times the design's.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::sequential::{Boundary, SequentialRequest, Spending};
    ///
    /// let boundary = Boundary::Spending(Spending::OBrienFleming);
    /// let fractions = vec![1.0 / 3.0, 2.0 / 3.0, 1.0];
    /// let plan = SequentialRequest { fractions, alpha: 0.025, sides: 1, boundary, futility: None }.with_power(0.9);
    /// // R: gsDesign(k = 3, test.type = 1, sfu = sfLDOF)$en, without effect and with the design's
    /// assert!((plan.expected_information(0.0) - 1.009_778).abs() < 1e-5);
    /// assert!((plan.expected_information(1.0) - 0.811_472).abs() < 1e-5);
    /// ```
    pub fn expected_information(&self, share: f64) -> f64 {
        let theta = vec![share * self.drift; self.request.fractions.len()];
        let crossing = crossing(&self.request.fractions, &theta, &self.bounds);
        self.inflation * crossing.expected(&self.request.fractions)
    }
}

/// Running sums.
///
/// # Example
/// ```
/// assert_eq!(stapjes::design::sequential::cumulative(&[1.0, 2.0, 4.0]), [1.0, 3.0, 7.0]);
/// ```
pub fn cumulative(values: &[f64]) -> Vec<f64> {
    let mut total = 0.0;
    let add = |value: &f64| {
        total += value;
        total
    };
    values.iter().map(add).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(boundary: Boundary, sides: u8, alpha: f64) -> SequentialRequest {
        SequentialRequest {
            fractions: vec![1.0 / 3.0, 2.0 / 3.0, 1.0],
            alpha,
            sides,
            boundary,
            futility: None,
        }
    }

    #[test]
    fn spending_sums_to_alpha() {
        for boundary in [
            Boundary::WangTsiatis { delta: 0.25 },
            Boundary::Spending(Spending::OBrienFleming),
            Boundary::Spending(Spending::KimDeMets { rho: 2.0 }),
            Boundary::HaybittlePeto { interim: 3.0 },
        ] {
            for sides in [1, 2] {
                let plan = request(boundary.clone(), sides, 0.05).with_power(0.8);
                let spent = plan.alpha_spent();
                assert!((spent[2] - 0.05).abs() < 1e-12, "{boundary:?} {sides} {spent:?}");
                assert!((plan.power - 0.8).abs() < 1e-11);
                assert!(plan.inflation > 1.0 && plan.inflation < 1.4, "{boundary:?} {}", plan.inflation);
            }
        }
    }

    #[test]
    fn two_sided_is_nearly_twice_one_sided() {
        let one = request(Boundary::Spending(Spending::OBrienFleming), 1, 0.025).with_power(0.9);
        let two = request(Boundary::Spending(Spending::OBrienFleming), 2, 0.05).with_power(0.9);
        for (a, b) in one.bounds.upper.iter().zip(&two.bounds.upper) {
            assert!((a - b).abs() < 1e-6);
        }
        assert!((one.inflation - two.inflation).abs() < 1e-6);
    }

    #[test]
    fn futility_waits_and_spends_all() {
        let mut request = request(Boundary::Spending(Spending::OBrienFleming), 1, 0.025);
        request.futility = Some(Futility {
            rule: FutilityRule::BetaSpending(Spending::HwangShihDeCani { gamma: -2.0 }),
            binding: false,
            not_before: 0.5,
        });
        let plan = request.with_power(0.9);
        assert_eq!(plan.bounds.lower[0], f64::NEG_INFINITY);
        let beta = plan.beta_spent().unwrap();
        assert!((beta[2] - 0.1).abs() < 1e-10 && beta[0] == 0.0);
        assert!((plan.alpha_spent()[2] - 0.025).abs() < 1e-12);
    }

    #[test]
    fn binding_futility_lowers_the_bounds_and_keeps_alpha() {
        let mut request = request(Boundary::Spending(Spending::OBrienFleming), 1, 0.025);
        let rule = FutilityRule::BetaSpending(Spending::OBrienFleming);
        request.futility = Some(Futility { rule: rule.clone(), binding: false, not_before: 0.0 });
        let free = request.with_power(0.8);
        request.futility = Some(Futility { rule, binding: true, not_before: 0.0 });
        let bound = request.with_power(0.8);
        assert!(bound.bounds.upper[2] < free.bounds.upper[2]);
        assert!((bound.alpha_spent()[2] - 0.025).abs() < 1e-10);
        assert!((bound.beta_spent().unwrap()[2] - 0.2).abs() < 1e-9);
        assert!(bound.inflation < free.inflation);
    }
}
