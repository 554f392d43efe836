//! Counts per participant (fraud signals, talks, steps): negative-binomial or Poisson rates, compared by their ratio.
//!
//! With rate r, dispersion k (variance = mean + k mean^2; 0 is Poisson) and follow-up times t, one arm has information
//! sum of r t / (1 + k r t) for its log rate; the log ratio has information 1 / (1/I1 + 1/I2).
//!
//! Reference: Muetze et al. (2019), doi:10.1177/0962280218773115. R: `gscounts::design_nb` (its `shape` or `dispersion` is k;
//! theta of `MASS::glm.nb` is 1/k).

use crate::stats::normal;
use crate::stats::quadrature::GaussLegendre;
use crate::stats::root::brent;

/// Two rates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CountDesign {
    /// Events per unit of time in the treated arm.
    pub treated_rate: f64,
    /// In the control arm.
    pub control_rate: f64,
    /// Dispersion k >= 0.
    pub dispersion: f64,
    /// Participants treated per participant in control.
    pub allocation_ratio: f64,
    /// Rate ratio treated / control under the null hypothesis (1 for superiority).
    pub null_ratio: f64,
    /// Variance inflation by clustering, at least 1.
    pub design_effect: f64,
    /// Hazard of dropping out, per unit of time; 0: everybody is followed to the end.
    pub loss_rate: f64,
}

/// How long participants are followed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum FollowUp {
    /// Everybody equally long.
    Fixed {
        /// Follow-up of each.
        length: f64,
    },
    /// Evenly spread entry over the accrual, all followed to the end of the study.
    Staggered {
        /// Accrual period.
        accrual: f64,
        /// From the first entry to the end, at least `accrual`.
        study: f64,
    },
}

/// Arms beyond this size are summed by a formula when participants drop out.
const FEW: u64 = 200;

/// Arms beyond this size are summed by a formula.
const MANY: u64 = 50_000;

/// Integral of r t / (1 + b t) from 0 to `time`: (r / b) (t - ln(1 + b t) / b), by its series where b t is small.
fn integral(rate: f64, bend: f64, time: f64) -> f64 {
    let x = bend * time;
    if x < 0.02 {
        let series = (0..12).rev().fold(0.0, |sum, term| 1.0 / f64::from(term + 2) - x * sum);
        return rate * time * time * series;
    }
    rate / bend * (time - libm::log1p(x) / bend)
}

impl CountDesign {
    /// Numbers per arm (treated, control), each rounded up, for `size` participants in all.
    pub(crate) fn whole(&self, size: f64) -> (u64, u64) {
        let ratio = self.allocation_ratio;
        (libm::ceil(size / (1.0 + 1.0 / ratio)) as u64, libm::ceil(size / (1.0 + ratio)) as u64)
    }

    /// Information for the log rate ratio with whole participants who enter evenly (first at 0, last at the end of accrual).
    ///
    /// # Example
    /// ```
    /// use stapjes::design::counts::{CountDesign, FollowUp};
    ///
    /// let design = CountDesign {
    ///     treated_rate: 0.0875,
    ///     control_rate: 0.125,
    ///     dispersion: 5.0,
    ///     allocation_ratio: 2.0,
    ///     null_ratio: 1.0,
    ///     design_effect: 1.0,
    ///     loss_rate: 0.0,
    /// };
    /// // R: gscounts::design_nb(rate1 = .0875, rate2 = .125, dispersion = 5, power = .8, sig_level = .025, random_ratio = 2, ...)
    /// let follow_up = FollowUp::Staggered { accrual: 1.0, study: 4.0 };
    /// let needed = design.needed_information(0.8, 0.025).expect("an effect");
    /// assert!((needed - 61.719_490).abs() < 0.05);
    /// assert_eq!(design.size(needed, follow_up), Some((1411, 706)));
    /// // Everybody followed for a year: each arm has n r / (1 + k r) for its log rate.
    /// let equal = design.information((200, 100), FollowUp::Fixed { length: 1.0 });
    /// let arm = |n: f64, rate: f64| n * rate / (1.0 + 5.0 * rate);
    /// assert!((equal - 1.0 / (1.0 / arm(200.0, 0.0875) + 1.0 / arm(100.0, 0.125))).abs() < 1e-9);
    /// ```
    pub fn information(&self, sizes: (u64, u64), follow_up: FollowUp) -> f64 {
        let rule = GaussLegendre::new(if self.loss_rate > 0.0 { 48 } else { 1 });
        let one = |rate: f64, size: u64| -> f64 {
            let single = |time: f64| self.seen(rate, time, &rule);
            if let (true, FollowUp::Staggered { accrual, study }) = (self.loss_rate > 0.0, follow_up)
                && size > FEW
                && accrual > 0.0
            {
                // Entry evenly over the accrual, with the correction of the ends (trapezoid against midpoint).
                let shortest = (study - accrual).max(0.0);
                let mean = rule.integrate(shortest, study, single) / accrual;
                let ends = 0.5 * (single(shortest) + single(study));
                return (size - 1) as f64 * mean + ends;
            }
            match follow_up {
                FollowUp::Fixed { length } => size as f64 * single(length),
                FollowUp::Staggered { accrual, study } => {
                    if size > MANY && accrual > 0.0 {
                        return self.many(rate, size as f64, accrual, study);
                    }
                    let step = if size > 1 { accrual / (size - 1) as f64 } else { 0.0 };
                    (0..size).map(|i| single((study - step * i as f64).max(0.0))).sum()
                }
            }
        };
        let (treated, control) = (one(self.treated_rate, sizes.0), one(self.control_rate, sizes.1));
        1.0 / (1.0 / treated + 1.0 / control) / self.design_effect
    }

    /// Information that a participant who may be followed for `time` gives on average: the integral of the slope of
    /// r t / (1 + k r t) against the probability of still being there.
    fn seen(&self, rate: f64, time: f64, rule: &GaussLegendre) -> f64 {
        let bend = self.dispersion * rate;
        if self.loss_rate <= 0.0 {
            return rate * time / (1.0 + bend * time);
        }
        // Beyond 40 mean times of dropping out nobody is left.
        let until = time.min(40.0 / self.loss_rate);
        if self.dispersion == 0.0 {
            return -rate * libm::expm1(-self.loss_rate * until) / self.loss_rate;
        }
        rule.integrate(0.0, until, |t| {
            rate / ((1.0 + bend * t) * (1.0 + bend * t)) * libm::exp(-self.loss_rate * t)
        })
    }

    /// The sum over very many evenly spread entries: Euler and Maclaurin's integral with its first two corrections.
    fn many(&self, rate: f64, size: f64, accrual: f64, study: f64) -> f64 {
        let step = accrual / (size - 1.0);
        // Who would enter after the end counts for nothing.
        let shortest = (study - accrual).max(0.0);
        let bend = self.dispersion * rate;
        let single = |time: f64| rate * time / (1.0 + bend * time);
        let slope = |time: f64| rate / ((1.0 + bend * time) * (1.0 + bend * time));
        let area = (integral(rate, bend, study) - integral(rate, bend, shortest)) / step;
        area + 0.5 * (single(study) + single(shortest)) + step / 12.0 * (slope(study) - slope(shortest))
    }

    /// ln of the ratio of the true rate ratio to the one of the null hypothesis.
    pub(crate) fn effect(&self) -> f64 {
        libm::log(self.treated_rate / self.control_rate / self.null_ratio)
    }

    /// Power at one-sided error `alpha`.
    pub(crate) fn power(&self, information: f64, alpha: f64) -> f64 {
        normal::cdf(self.effect().abs() * libm::sqrt(information) - normal::quantile(1.0 - alpha))
    }

    /// Information needed; `None` without an effect.
    pub fn needed_information(&self, power: f64, alpha: f64) -> Option<f64> {
        let effect = self.effect();
        let root = (normal::quantile(1.0 - alpha) + normal::quantile(power)) / effect;
        (effect != 0.0).then_some(root * root)
    }

    /// Smallest whole numbers per arm whose information reaches `information`.
    pub fn size(&self, information: f64, follow_up: FollowUp) -> Option<(u64, u64)> {
        let enough = |size: f64| self.information(self.whole(size), follow_up) >= information;
        let mut high = 2.0;
        while !enough(high) {
            high *= 2.0;
            if high > 1e8 {
                return None;
            }
        }
        let mut low = 0.5 * high;
        while high - low > 1e-7 {
            let middle = 0.5 * (low + high);
            *(if enough(middle) { &mut high } else { &mut low }) = middle;
        }
        Some(self.whole(high))
    }

    /// Length of the study that reaches `information` when entry is spread over `accrual`; `None` when none does (with
    /// overdispersion, information per participant never exceeds 1 / k).
    pub(crate) fn study_length(&self, information: f64, sizes: (u64, u64), accrual: f64) -> Option<f64> {
        let gap = |study: f64| self.information(sizes, FollowUp::Staggered { accrual, study }) - information;
        let mut high = accrual.max(1.0);
        while gap(high) < 0.0 {
            high *= 2.0;
            if high > 1e9 {
                return None;
            }
        }
        brent(0.0, high, 1e-10, gap).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn design() -> CountDesign {
        CountDesign {
            treated_rate: 0.9,
            control_rate: 0.6,
            dispersion: 1.5,
            allocation_ratio: 1.0,
            null_ratio: 1.0,
            design_effect: 1.0,
            loss_rate: 0.0,
        }
    }

    /// Poisson counts: information is the mean time seen, r (1 - exp(-d L)) / d; overdispersed ones lie below, and a large arm of
    /// staggered entries is what its sum is.
    #[test]
    fn dropping_out_takes_information() {
        let fixed = FollowUp::Fixed { length: 2.0 };
        let with = |dispersion: f64, loss_rate: f64| CountDesign { dispersion, loss_rate, ..design() };
        let share = (1.0 - libm::exp(-1.0)) / 1.0;
        let (lossy, whole) =
            (with(0.0, 0.5).information((50, 50), fixed), with(0.0, 0.0).information((50, 50), fixed));
        assert!((lossy / whole - share).abs() < 1e-12);
        let tiny = with(1.5, 1e-9).information((50, 50), fixed) / with(1.5, 0.0).information((50, 50), fixed);
        assert!((tiny - 1.0).abs() < 1e-8 && with(1.5, 0.5).information((50, 50), fixed) < lossy);
        let staggered = FollowUp::Staggered { accrual: 1.0, study: 3.0 };
        let each = |size: u64| with(1.5, 0.5).information((size, size), staggered) / size as f64;
        assert!((each(200) / each(202) - 1.0).abs() < 1e-4, "{} {}", each(200), each(202));
    }

    #[test]
    fn smallest_size_reaches_the_information() {
        let design = design();
        let needed = design.needed_information(0.8, 0.025).unwrap();
        let follow_up = FollowUp::Staggered { accrual: 0.5, study: 1.5 };
        let (n1, n2) = design.size(needed, follow_up).unwrap();
        assert!(design.information((n1, n2), follow_up) >= needed);
        assert!(design.information((n1 - 1, n2 - 1), follow_up) < needed);
        let length = design.study_length(needed, (n1, n2), 0.5).unwrap();
        assert!(length <= 1.5 && length > 1.4);
        assert!((design.power(needed, 0.025) - 0.8).abs() < 1e-12);
    }

    #[test]
    fn very_many_participants_are_summed_by_a_formula() {
        for (dispersion, study) in [(0.0, 1.5), (1e-3, 1.5), (1.5, 1.5), (40.0, 0.5)] {
            let dispersed = CountDesign { dispersion, ..design() };
            let (size, rate) = (60_001, 0.9);
            let step = 0.5 / (size - 1) as f64;
            let single = |time: f64| rate * time / (1.0 + dispersion * rate * time);
            let sum: f64 = (0..size).map(|i| single(study - step * i as f64)).sum();
            assert!(
                (dispersed.many(rate, size as f64, 0.5, study) / sum - 1.0).abs() < 1e-10,
                "{dispersion}"
            );
        }
        // A rate of nearly nothing: quick all the same.
        let rare = CountDesign { control_rate: 1e-9, ..design() };
        let needed = rare.needed_information(0.8, 0.025).unwrap();
        let follow_up = FollowUp::Staggered { accrual: 0.5, study: 1.5 };
        let sizes = rare.size(needed, follow_up).unwrap();
        assert!(rare.information(sizes, follow_up) >= needed && sizes.0 > 1_000_000);
    }

    #[test]
    fn overdispersion_has_a_ceiling() {
        assert_eq!(design().study_length(1000.0, (100, 100), 1.0), None);
        let poisson = CountDesign { dispersion: 0.0, ..design() };
        assert!(poisson.study_length(1000.0, (100, 100), 1.0).is_some());
    }
}
