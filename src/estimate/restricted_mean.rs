//! Restricted mean time: the area under the Kaplan-Meier curve up to a horizon, or within a window.
//!
//! The mean of min(T, tau) is the integral of S from 0 to tau. Its variance is the sum over event times u of
//! A(u)^2 d / (n (n - d)), A(u) the area between u and tau; for two windows the product of their areas gives the covariance.
//! Optionally the variance is multiplied by m / (m - 1), m the number of events up to the end of the window (Karrison;
//! lrstat's and SAS's "bias correction"); R's survival and survRM2 do not.
//!
//! Assumes independent censoring; needs follow-up up to the horizon in every arm, no proportional hazards. Time lost is the
//! width of the window less time remaining, with the same standard error.
//!
//! References: Irwin (1949); Karrison (1987), doi:10.1080/01621459.1987.10478514; Royston & Parmar (2013),
//! doi:10.1186/1471-2288-13-152; windows: Paukner & Chappell (2021), doi:10.1002/sim.8910. Checked against R
//! survival::print.survfit(rmean), survRM2::rmst2, simtrial::rmst, lrstat::rmdiff and SAS PROC LIFETEST.

use super::EstimateError;
use super::case_weights;
use super::kaplan_meier::SurvivalCurve;
use crate::said;

/// A stretch of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    /// Beginning, 0 or more.
    pub from: f64,
    /// End.
    pub to: f64,
}

impl Window {
    /// From the start of follow-up to `tau`.
    pub fn until(tau: f64) -> Self {
        Self { from: 0.0, to: tau }
    }

    /// Fails unless 0 <= from < to < infinity.
    ///
    /// # Errors
    /// [`EstimateError::InvalidOption`].
    pub(crate) fn require_valid(self) -> Result<(), EstimateError> {
        if self.from >= 0.0 && self.from < self.to && self.to.is_finite() {
            return Ok(());
        }
        let message = said!(
            "{} tot {} is geen tijdvak na het begin",
            "{} to {} is not a stretch of time after the start",
            self.from,
            self.to
        );
        Err(EstimateError::option("tau", message))
    }
}

/// Mean time remaining within a window, with the pieces that variances and covariances are made of.
#[derive(Clone, Debug, PartialEq)]
pub struct RestrictedMean {
    /// The window.
    pub window: Window,
    /// Area under the curve within the window.
    pub mean: f64,
    /// Events up to the end of the window.
    pub events: f64,
    /// Area still to come within the window, just after each event time of the curve.
    areas: Vec<f64>,
    /// d / (n (n - d)) at those times; 0 where the curve falls to 0.
    spreads: Vec<f64>,
    /// With sampling weights: what each cluster, person or row adds, whose products are then the covariance.
    influence: Option<Vec<f64>>,
}

impl RestrictedMean {
    /// The restricted mean of a curve that reaches the end of the window.
    ///
    /// # Example
    /// ```
    /// use stapjes::estimate::kaplan_meier::kaplan_meier;
    /// use stapjes::estimate::restricted_mean::{RestrictedMean, Window};
    /// use stapjes::estimate::risk_table::Ending;
    /// use stapjes::observe::Dataset;
    ///
    /// let curves = kaplan_meier(&Dataset::example(), Ending::Any)?;
    /// let year = RestrictedMean::new(&curves[1], Window::until(12.0));
    /// // R: print(survfit(Surv(time, cause > 0) ~ arm), rmean = 12): 6.25 months, standard error 1.414214
    /// assert!((year.mean - 6.25).abs() < 1e-12 && (year.lost() - 5.75).abs() < 1e-12);
    /// assert!((year.variance(false) - 2.0).abs() < 1e-9);
    /// // Two halves of the year add up to it, with their covariance.
    /// let halves = [(0.0, 6.0), (6.0, 12.0)].map(|(from, to)| RestrictedMean::new(&curves[1], Window { from, to }));
    /// assert!((halves[0].mean + halves[1].mean - year.mean).abs() < 1e-12);
    /// let sum = halves[0].variance(false) + halves[1].variance(false) + 2.0 * halves[0].covariance(&halves[1]);
    /// assert!((sum - year.variance(false)).abs() < 1e-9);
    /// # Ok::<(), stapjes::estimate::EstimateError>(())
    /// ```
    pub fn new(curve: &SurvivalCurve, window: Window) -> Self {
        let table = &curve.table;
        let inside = table.times.partition_point(|&t| t <= window.to);
        let (mut areas, mut spreads, mut events) = (vec![0.0; inside], vec![0.0; inside], 0.0);
        let (mut area, mut right) = (0.0, window.to);
        for t in (0..inside).rev() {
            let left = table.times[t].max(window.from).min(right);
            area += curve.survival[t] * (right - left);
            right = left;
            let (n, d) = (table.at_risk(t, 0), table.all_events(t, 0));
            areas[t] = area;
            spreads[t] = if d > 0.0 && n > d { d / (n * (n - d)) } else { 0.0 };
            events += d;
        }
        let weighted = curve.weighted.as_ref();
        let influence = weighted.map(|rows| case_weights::area_influence(table, rows, &areas));
        Self { window, mean: area + (right - window.from).max(0.0), events, areas, spreads, influence }
    }

    /// Greenwood-type variance; with `corrected` times m / (m - 1).
    pub fn variance(&self, corrected: bool) -> f64 {
        let factor = if corrected && self.events > 1.0 { self.events / (self.events - 1.0) } else { 1.0 };
        factor * self.covariance(self)
    }

    /// Covariance with the restricted mean of another window on the same curve.
    pub fn covariance(&self, other: &Self) -> f64 {
        if let Some((influence, others)) = self.influence.as_ref().zip(other.influence.as_ref()) {
            return influence.iter().zip(others).map(|(a, b)| a * b).sum();
        }
        self.areas
            .iter()
            .zip(&other.areas)
            .zip(&self.spreads)
            .fold(0.0, |sum, ((a, b), spread)| sum + a * b * spread)
    }

    /// Mean time lost within the window.
    pub fn lost(&self) -> f64 {
        self.window.to - self.window.from - self.mean
    }
}

#[cfg(test)]
mod tests {
    use super::super::kaplan_meier::kaplan_meier;
    use super::super::risk_table::Ending;
    use super::*;
    use crate::observe::Dataset;

    fn curve() -> SurvivalCurve {
        let data = Dataset {
            time: vec![1.0, 2.0, 2.0, 4.0, 6.0, 7.0, 9.0, 3.0],
            cause: vec![1, 1, 0, 1, 1, 0, 1, 1],
            arm: vec![0; 8],
            arm_names: vec!["all".into()],
            ..Dataset::default()
        };
        kaplan_meier(&data, Ending::Any).unwrap().remove(0)
    }

    #[test]
    fn windows_add_up() {
        let curve = curve();
        let whole = RestrictedMean::new(&curve, Window::until(8.0));
        let early = RestrictedMean::new(&curve, Window::until(3.5));
        let late = RestrictedMean::new(&curve, Window { from: 3.5, to: 8.0 });
        assert!((whole.mean - early.mean - late.mean).abs() < 1e-14);
        // The covariance of two windows follows from the three variances (shorter vectors end where the window ends).
        let sum = early.variance(false) + late.variance(false) + 2.0 * early.covariance(&late);
        assert!((whole.variance(false) - sum).abs() < 1e-13);
        assert!((whole.mean + whole.lost() - 8.0).abs() < 1e-14);
    }

    #[test]
    fn without_censoring_it_is_the_mean_of_the_minimum() {
        let data = Dataset {
            time: vec![1.0, 2.0, 5.0, 8.0],
            cause: vec![1; 4],
            arm: vec![0; 4],
            arm_names: vec!["all".into()],
            ..Dataset::default()
        };
        let curve = kaplan_meier(&data, Ending::Any).unwrap().remove(0);
        let mean = RestrictedMean::new(&curve, Window::until(6.0));
        assert!((mean.mean - 14.0 / 4.0).abs() < 1e-14);
        // The variance is that of the sample mean with divisor n.
        let center = 3.5;
        let square: f64 = [1.0_f64, 2.0, 5.0, 6.0].iter().map(|x| (x - center) * (x - center)).sum();
        assert!((mean.variance(false) - square / 16.0).abs() < 1e-13);
        assert!((mean.variance(true) - square / 16.0 * 3.0 / 2.0).abs() < 1e-13);
    }

    #[test]
    fn refuses_odd_windows() {
        assert!(Window { from: 5.0, to: 3.0 }.require_valid().is_err());
        assert!(Window::until(f64::INFINITY).require_valid().is_err());
        assert!(Window::until(2.0).require_valid().is_ok());
    }
}
