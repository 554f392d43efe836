//! The variance of a whole incidence curve in one sweep.
//!
//! The variance of F(L) by [`IncidenceCurves::variance_at`] costs a walk over all times up to L. Every coefficient in it is a straight
//! line in x = F(L): an event of the cause at t counts `S(t-) - (x - F(t)) / q(t)`, another one `-(x - F(t)) / q(t)`, q the share that
//! has no event at t. So the variance is a quadratic function of x whose coefficients are sums over t, and all L together cost one walk.

use super::aalen_johansen::{IncidenceCurves, Variance};

/// `constant + slope * x`.
#[derive(Clone, Copy, Debug, Default)]
struct Line {
    /// Value at 0.
    constant: f64,
    /// Slope.
    slope: f64,
}

/// `c[0] + c[1] x + c[2] x^2`.
#[derive(Clone, Copy, Debug, Default)]
struct Parabola([f64; 3]);

impl Line {
    /// Product of two lines.
    fn times(self, other: Self) -> Parabola {
        Parabola([
            self.constant * other.constant,
            self.constant * other.slope + self.slope * other.constant,
            self.slope * other.slope,
        ])
    }

    /// A multiple.
    fn scaled(self, factor: f64) -> Self {
        Self { constant: self.constant * factor, slope: self.slope * factor }
    }

    /// Sum of two lines.
    fn plus(self, other: Self) -> Self {
        Self { constant: self.constant + other.constant, slope: self.slope + other.slope }
    }

    /// Value at a point.
    fn at(self, x: f64) -> f64 {
        self.constant + self.slope * x
    }
}

impl Parabola {
    /// Adds a multiple.
    fn add(&mut self, other: Self, factor: f64) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, c)| *sum += factor * c);
    }

    /// Value at a point.
    fn at(self, x: f64) -> f64 {
        self.0[0] + x * (self.0[1] + x * self.0[2])
    }
}

/// What is known of one time: events of the cause and of others, at risk, and the coefficient of each kind of event.
struct Point {
    /// At risk.
    at_risk: f64,
    /// Events of the cause.
    events: f64,
    /// Events of other causes.
    other: f64,
    /// Coefficient of the events of the cause.
    own_line: Line,
    /// Coefficient of the other events.
    other_line: Line,
}

impl IncidenceCurves {
    /// What happens at a time.
    fn point(&self, cause: u32, t: usize) -> Point {
        let (at_risk, all) = (self.table.at_risk(t, 0), self.table.all_events(t, 0));
        let events = self.table.events(t, 0, cause as usize - 1);
        let left = 1.0 - all / at_risk;
        let other_line = if left > 0.0 && all > 0.0 {
            Line { constant: self.incidence[cause as usize - 1][t] / left, slope: -1.0 / left }
        } else {
            Line::default()
        };
        let own_line = other_line.plus(Line { constant: self.survival_before[t], slope: 0.0 });
        Point { at_risk, events, other: all - events, own_line, other_line }
    }

    /// Variance of F of a cause (from 1) just after each time of the table; equal to [`IncidenceCurves::variance_at`].
    pub(crate) fn variances(&self, cause: u32, kind: Variance) -> Vec<f64> {
        if self.weighted || kind == Variance::Jackknife {
            return self.jackknife_variances(cause);
        }
        let factor = |n: f64, d: f64| if d > 1.0 { (n - d) / (n - 1.0) } else { 1.0 };
        let mut sum = Parabola::default();
        let mut variance = |t: usize| {
            let point = self.point(cause, t);
            let (n, events, other) = (point.at_risk, point.events, point.other);
            let squares = [point.own_line.times(point.own_line), point.other_line.times(point.other_line)];
            if events + other > 0.0 && kind == Variance::Aalen {
                sum.add(squares[0], events * factor(n, events) / (n * n));
                sum.add(squares[1], other * factor(n, other) / (n * n));
            } else if events + other > 0.0 {
                sum.add(squares[0], events / (n * n));
                sum.add(squares[1], other / (n * n));
                let mean = point.own_line.scaled(events / n).plus(point.other_line.scaled(other / n));
                sum.add(mean.times(mean), -1.0 / n);
            }
            sum.at(self.incidence[cause as usize - 1][t]).max(0.0)
        };
        (0..self.table.len()).map(&mut variance).collect()
    }

    /// Sum over units of their squared influence `p + q x - r y`: p and q from rows that have ended and from late starts, r the weight
    /// still at risk, y what being at risk has taken away since the beginning.
    fn jackknife_variances(&self, cause: u32) -> Vec<f64> {
        let times = &self.table.times;
        let mut labels: Vec<u32> = self.rows.iter().map(|row| row.unit).collect();
        labels.sort_unstable();
        labels.dedup();
        let (mut starts, mut ends) = (vec![Vec::new(); times.len() + 1], vec![Vec::new(); times.len() + 1]);
        for (i, row) in self.rows.iter().enumerate() {
            let first = if row.start > 0.0 { times.partition_point(|t| *t <= row.start) } else { 0 };
            starts[first].push(i);
            ends[times.partition_point(|t| *t < row.time)].push(i);
        }
        let mut units = Units { each: vec![[0.0; 3]; labels.len()], products: [0.0; 6] };
        let unit = |row: usize| labels.partition_point(|label| *label < self.rows[row].unit);
        let mut taken = Line::default();
        (0..times.len())
            .map(|t| {
                for &i in &starts[t] {
                    let weight = self.rows[i].weight;
                    units.change(unit(i), [weight * taken.constant, weight * taken.slope, weight]);
                }
                let point = self.point(cause, t);
                let n = point.at_risk;
                if point.events + point.other > 0.0 {
                    let step = point.own_line.scaled(point.events).plus(point.other_line.scaled(point.other));
                    taken = taken.plus(step.scaled(1.0 / (n * n)));
                }
                for &i in &ends[t] {
                    let row = &self.rows[i];
                    let event = match row.cause {
                        0 => Line::default(),
                        events if events == cause => point.own_line.scaled(1.0 / n),
                        events if events as usize <= self.table.columns => point.other_line.scaled(1.0 / n),
                        _ => Line::default(),
                    };
                    let fixed = event.plus(taken.scaled(-1.0)).scaled(row.weight);
                    units.change(unit(i), [fixed.constant, fixed.slope, -row.weight]);
                }
                let x = self.incidence[cause as usize - 1][t];
                units.squares(x, taken.at(x)).max(0.0)
            })
            .collect()
    }
}

/// The state of each unit, `[p, q, r]`, and the sums of products of these over the units.
struct Units {
    /// Sums of each unit.
    each: Vec<[f64; 3]>,
    /// Sums over units of their products.
    products: [f64; 6],
}

impl Units {
    /// Changes a unit's sums.
    fn change(&mut self, unit: usize, by: [f64; 3]) {
        let old = self.each[unit];
        let new = [old[0] + by[0], old[1] + by[1], old[2] + by[2]];
        for (sign, [p, q, r]) in [(-1.0, old), (1.0, new)] {
            let products = [p * p, p * q, q * q, p * r, q * r, r * r];
            self.products.iter_mut().zip(products).for_each(|(sum, product)| *sum += sign * product);
        }
        self.each[unit] = new;
    }

    /// Sum of squared influences.
    fn squares(&self, x: f64, y: f64) -> f64 {
        let [pp, pq, qq, pr, qr, rr] = self.products;
        pp + 2.0 * x * pq + x * x * qq - 2.0 * y * (pr + x * qr) + y * y * rr
    }
}

#[cfg(test)]
mod tests {
    use crate::estimate::aalen_johansen::{Variance, aalen_johansen};
    use crate::observe::Dataset;

    /// Ties, delayed entry, clusters, weights: one sweep gives what a walk for each time gives.
    #[test]
    fn one_sweep_is_a_walk_for_each_time() {
        let mut state = 12_345_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            (state >> 33) % below
        };
        let rows = 160;
        let start: Vec<f64> = (0..rows).map(|_| (draw(6) as f64 - 3.0).max(0.0)).collect();
        let plain = Dataset {
            time: start.iter().map(|s| s + 1.0 + draw(25) as f64).collect(),
            cause: (0..rows).map(|_| draw(4) as u32).collect(),
            arm: (0..rows).map(|_| draw(2) as u32).collect(),
            arm_names: vec!["a".into(), "b".into()],
            ..Dataset::default()
        };
        let late = Dataset { start: Some(start), ..plain.clone() };
        let clustered = Dataset { cluster: Some((0..rows as u32).map(|i| i / 7).collect()), ..late.clone() };
        let weighted =
            Dataset { weight: Some((0..rows).map(|_| 0.5 + draw(5) as f64 / 3.0).collect()), ..late.clone() };
        for data in [plain, late, clustered, weighted] {
            for curve in aalen_johansen(&data, 3).unwrap() {
                for (cause, kind) in [1, 2, 3]
                    .into_iter()
                    .flat_map(|c| [Variance::Aalen, Variance::Delta, Variance::Jackknife].map(|k| (c, k)))
                {
                    for (t, swept) in curve.variances(cause, kind).into_iter().enumerate() {
                        let walked = curve.variance_at(cause, curve.table.times[t], kind);
                        assert!(
                            (swept - walked).abs() < 1e-12 + 1e-9 * walked,
                            "{kind:?} {t}: {swept} {walked}"
                        );
                    }
                }
            }
        }
    }
}
