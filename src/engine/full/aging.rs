//! Factors on the exits that depend on age and on the length of the spell, carried from step to step.
//!
//! Computing `exp(.08 * age)` anew for everybody in every step would cost more than all decisions about leaving, so
//! each factor is computed once when a spell begins and then multiplied by its growth over one step.

use super::caseload::Caseload;
use super::clock::Clock;
use super::setting::Setting;

/// Growth of the factors over one step: the same for everybody.
#[derive(Clone, Copy, Debug)]
pub(super) struct Growth {
    education: f64,
    death: f64,
}

impl Growth {
    /// Growth over steps of this length, months.
    pub(super) fn new(step_months: f64) -> Self {
        Self {
            education: libm::exp(EDUCATION_PER_YEAR * step_months / 12.0),
            death: libm::exp(DEATH_PER_YEAR * step_months / 12.0),
        }
    }
}

/// Fall of the log hazard of education per year of age over 27.
const EDUCATION_PER_YEAR: f64 = -0.12;
/// Age in months up to which the hazard of education is constant: the age limit of the law for young people.
const EDUCATION_FROM: f64 = 27.0 * 12.0;
/// Rise of the log hazard of death per year of age.
const DEATH_PER_YEAR: f64 = 0.08;
/// Age in months at which the hazard of death is the parameter.
const DEATH_AT: f64 = 45.0 * 12.0;

/// The factors of a spell that is under way at time `now`.
pub(super) fn begin(load: &mut Caseload, row: usize, setting: &Setting, now: f64) {
    let age = load.age_at_zero[row] + now;
    let months = (now - load.spell_start[row]).max(0.0);
    load.education_factor[row] = libm::exp(EDUCATION_PER_YEAR * (age - EDUCATION_FROM).max(0.0) / 12.0);
    load.death_factor[row] = libm::exp(DEATH_PER_YEAR * (age - DEATH_AT) / 12.0);
    let log = libm::log1p(months / 12.0);
    load.duration_factor[row] = libm::exp(setting.parameters.work.duration * log);
    load.other_factor[row] = libm::exp(-setting.parameters.other.shape * log);
}

/// Carries the factors of everybody on benefit over one step, for use in the next.
pub(super) fn run(load: &mut Caseload, setting: &Setting, clock: &Clock, growth: &Growth) {
    let (power, shape) = (setting.parameters.work.duration, -setting.parameters.other.shape);
    for &row in &load.on {
        let row = row as usize;
        if load.age_at_zero[row] + clock.start >= EDUCATION_FROM {
            load.education_factor[row] *= growth.education;
        } else if load.age_at_zero[row] + clock.end > EDUCATION_FROM {
            let over = load.age_at_zero[row] + clock.end - EDUCATION_FROM;
            load.education_factor[row] = libm::exp(EDUCATION_PER_YEAR * over / 12.0);
        }
        load.death_factor[row] *= growth.death;
        let months = (clock.start - load.spell_start[row]).max(0.0);
        let longer = clock.length / (12.0 + months);
        load.duration_factor[row] *= power_of_one_plus(longer, power);
        load.other_factor[row] *= power_of_one_plus(longer, shape);
    }
}

/// `(1 + e)^power` for 0 <= e <= 1/12 and |power| <= 5 by the binomial series to the eighth order: relative error
/// below 3e-7 in the first month of a spell at the limits of the power, below 1e-10 at the default.
fn power_of_one_plus(e: f64, power: f64) -> f64 {
    let mut value = 1.0;
    for order in (0..8).rev() {
        let order = f64::from(order);
        value = 1.0 + value * e * (power - order) / (order + 1.0);
    }
    value
}

#[cfg(test)]
mod tests {
    use super::power_of_one_plus;

    #[test]
    fn the_series_is_the_power() {
        for power in [-5.0, -0.3, -0.1, 0.0, 1.0, 2.5, 5.0] {
            for e in [0.0, 1e-3, 1.0 / 60.0, 1.0 / 12.0] {
                let exact = libm::pow(1.0 + e, power);
                let relative = (power_of_one_plus(e, power) / exact - 1.0).abs();
                assert!(relative < 3e-7, "{power} {e}: {relative}");
            }
        }
    }
}
