//! The Gaussian copula that joins the margins of the population (model page section 5).

use super::start::StartWords;
use crate::scenario::parameters::Correlation;

/// Lower triangle of the Cholesky factor of the correlation matrix.
pub(super) struct Copula {
    /// Lower triangle L with `L L' = ` the correlations.
    factor: [[f64; 9]; 9],
}

impl Copula {
    /// Factors a correlation matrix, which the scenario guarantees to be positive definite.
    pub(super) fn new(correlation: &Correlation) -> Self {
        let mut factor = [[0.0; 9]; 9];
        for row in 0..9 {
            for column in 0..=row {
                let known: f64 = (0..column).map(|k| factor[row][k] * factor[column][k]).sum();
                let rest = correlation.0[row][column] - known;
                factor[row][column] =
                    if row == column { libm::sqrt(rest.max(0.0)) } else { rest / factor[column][column] };
            }
        }
        Self { factor }
    }

    /// Nine correlated standard normals of a client, in the order of `COPULA_VARIABLES`.
    pub(super) fn draw(&self, words: &StartWords) -> [f64; 9] {
        let independent = words.copula();
        let mut joint = [0.0; 9];
        for (row, value) in joint.iter_mut().enumerate() {
            *value = (0..=row).map(|column| self.factor[row][column] * independent[column]).sum();
        }
        joint
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::Scenario;

    #[test]
    fn section_5_the_factor_times_itself_is_the_correlation() {
        let scenario =
            Scenario::from_text("extends = \"lange-adem\"\nname = \"copula\"").expect("a scenario");
        let correlation = &scenario.parameters.correlation;
        let factor = Copula::new(correlation).factor;
        for (row, wanted) in correlation.0.iter().enumerate() {
            for (column, wanted) in wanted.iter().enumerate() {
                let found: f64 = (0..9).map(|k| factor[row][k] * factor[column][k]).sum();
                assert!((found - wanted).abs() < 1e-12, "{row} {column}: {found} instead of {wanted}");
            }
        }
    }
}
