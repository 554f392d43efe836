//! Piecewise-constant functions of time: hazards and enrollment rates.

use crate::language::Said;
use crate::said;

/// Constant between breaks and after the last one.
#[derive(Clone, Debug, PartialEq)]
pub struct Piecewise {
    /// Starts of the pieces, the first 0.
    starts: Vec<f64>,
    /// Value on each piece.
    values: Vec<f64>,
}

impl Piecewise {
    /// The same value at all times.
    pub fn constant(value: f64) -> Self {
        Self { starts: vec![0.0], values: vec![value] }
    }

    /// `values[i]` from `starts[i]` months on.
    ///
    /// # Example
    /// ```
    /// use stapjes::design::analytic::Piecewise;
    ///
    /// // A hazard of .02 a month for a year, .01 afterwards.
    /// let hazard = Piecewise::new(vec![0.0, 12.0], vec![0.02, 0.01])?;
    /// assert_eq!([hazard.at(11.9), hazard.at(12.0)], [0.02, 0.01]);
    /// assert!((hazard.integral(24.0) - (12.0 * 0.02 + 12.0 * 0.01)).abs() < 1e-12);
    /// assert!(Piecewise::new(vec![0.0, 0.0], vec![0.02, 0.01]).is_err());
    /// # Ok::<(), stapjes::language::Said>(())
    /// ```
    ///
    /// # Errors
    /// A sentence when lengths differ, the first start is not 0, starts do not increase, or a value is negative or not finite.
    pub fn new(starts: Vec<f64>, values: Vec<f64>) -> Result<Self, Said> {
        if starts.len() != values.len() || starts.is_empty() {
            return Err(said!(
                "{} begintijden voor {} waarden",
                "{} starts for {} values",
                starts.len(),
                values.len()
            ));
        }
        if starts[0] != 0.0 {
            return Err(said!(
                "het eerste stuk moet op maand 0 beginnen, niet op {}",
                "the first piece must start at month 0, not {}",
                starts[0]
            ));
        }
        if starts.iter().any(|x| !x.is_finite()) || starts.windows(2).any(|pair| pair[1] <= pair[0]) {
            return Err(said!(
                "de begintijden van de stukken moeten stijgen",
                "the starts of the pieces must increase"
            ));
        }
        if values.iter().any(|x| !(*x >= 0.0 && x.is_finite())) {
            return Err(said!(
                "een kans per maand is negatief of geen getal",
                "a rate is negative or not a number"
            ));
        }
        Ok(Self { starts, values })
    }

    /// Where pieces start; the first is 0.
    pub(crate) fn starts(&self) -> &[f64] {
        &self.starts
    }

    /// The values of the pieces.
    pub(crate) fn values(&self) -> &[f64] {
        &self.values
    }

    /// Value at `time`.
    pub fn at(&self, time: f64) -> f64 {
        self.values[self.starts.partition_point(|start| *start <= time).max(1) - 1]
    }

    /// Integral from 0 to `time`.
    pub fn integral(&self, time: f64) -> f64 {
        let mut total = 0.0;
        for (index, (&start, &value)) in self.starts.iter().zip(&self.values).enumerate() {
            if start >= time {
                break;
            }
            let end = self.starts.get(index + 1).map_or(time, |next| next.min(time));
            total += value * (end - start);
        }
        total
    }

    /// Sum with another function.
    pub(crate) fn plus(&self, other: &Self) -> Self {
        self.combined(other, |a, b| a + b)
    }

    /// Any combination of two functions, piece by piece.
    pub fn combined(&self, other: &Self, function: impl Fn(f64, f64) -> f64) -> Self {
        let mut starts: Vec<f64> = self.starts.iter().chain(&other.starts).copied().collect();
        starts.sort_by(f64::total_cmp);
        starts.dedup();
        let values = starts.iter().map(|start| function(self.at(*start), other.at(*start))).collect();
        Self { starts, values }
    }

    /// The same function with every value multiplied.
    pub(crate) fn scaled(&self, factor: f64) -> Self {
        Self { starts: self.starts.clone(), values: self.values.iter().map(|v| v * factor).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integrates_and_adds() {
        let early = Piecewise::new(vec![0.0, 6.0], vec![0.1, 0.2]).unwrap();
        assert_eq!(early.at(5.999), 0.1);
        assert_eq!(early.at(6.0), 0.2);
        assert!((early.integral(10.0) - 1.4).abs() < 1e-15);
        assert_eq!(early.integral(0.0), 0.0);
        let sum = early.plus(&Piecewise::new(vec![0.0, 3.0], vec![1.0, 2.0]).unwrap());
        assert_eq!(sum.starts(), [0.0, 3.0, 6.0]);
        assert!((sum.values()[2] - 2.2).abs() < 1e-15);
    }

    #[test]
    fn refuses_what_makes_no_sense() {
        assert!(Piecewise::new(vec![1.0], vec![0.1]).is_err());
        assert!(Piecewise::new(vec![0.0, 0.0], vec![0.1, 0.2]).is_err());
        assert!(Piecewise::new(vec![0.0], vec![f64::NAN]).is_err());
        assert!(Piecewise::new(vec![0.0], vec![]).is_err());
    }
}
