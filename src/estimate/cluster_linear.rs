//! Least squares with a variance by cluster that is unbiased in small samples (CR2), and its degrees of freedom.

use super::EstimateError;
use super::cox::{Term, cluster_members};
use super::newton::collinear;
use crate::said;
use crate::stats::student_t;
use nalgebra::{DMatrix, DVector, SymmetricEigen};

/// Which correction of the cluster residuals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClusterVariance {
    /// None: too small with few clusters.
    Cr0,
    /// Residuals times `(I - H_kk)^-1/2`: unbiased when rows are in truth independent with equal variance.
    Cr2,
    /// The same with a power between 1/2, where the clusters' leverages are equal, and 1 (the jackknife), where they are very unequal: the
    /// working model of CR2 takes rows as independent, and where they are not, large clusters vary more than it knows.
    Raised,
}

/// A linear regression with a cluster-robust covariance.
#[derive(Clone, Debug)]
pub struct ClusterLinearFit {
    /// "(intercept)", then the covariates.
    pub names: Vec<String>,
    /// Least-squares coefficients.
    pub coefficients: Vec<f64>,
    /// Cluster-robust covariance.
    pub covariance: DMatrix<f64>,
    /// Satterthwaite degrees of freedom of each coefficient (for CR2); clusters minus coefficients for CR0.
    pub degrees_of_freedom: Vec<f64>,
    /// Number of clusters.
    pub clusters: usize,
}

impl ClusterLinearFit {
    /// Cluster-robust standard errors.
    #[must_use]
    pub fn standard_errors(&self) -> Vec<f64> {
        self.covariance.diagonal().iter().map(|variance| variance.sqrt()).collect()
    }

    /// Two-sided p-values by t with the degrees of freedom of each coefficient.
    #[must_use]
    pub fn p_values(&self) -> Vec<f64> {
        let pairs = self.coefficients.iter().zip(self.standard_errors());
        pairs.zip(&self.degrees_of_freedom).map(|((b, se), df)| student_t::two_sided_p(b / se, *df)).collect()
    }
}

/// Regresses `outcome` on an intercept and `terms`. A 0/1 outcome and a 0/1 arm give the difference of two proportions.
///
/// Bell & McCaffrey (2002), Survey Methodology 28:169-181; Pustejovsky & Tipton (2018),
/// <https://doi.org/10.1080/07350015.2016.1247004>. The working model of CR2 and of its degrees of freedom is independence with
/// equal variance. Assumes independent clusters. Checked against `vcovCR(type = "CR2")` and `coef_test` of R's
/// `clubSandwich`.
///
/// # Example
/// ```
/// use stapjes::estimate::cluster_linear::{ClusterVariance, fit};
/// use stapjes::estimate::cox::Term;
///
/// let outcome = [3.0, 5.0, 4.0, 6.0, 8.0, 9.0, 2.0, 7.0, 6.0, 5.0];
/// let arm = [0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0];
/// let caseworker = [1, 1, 2, 2, 3, 3, 1, 4, 4, 5];
/// let terms = [Term { name: "personal".into(), values: arm.to_vec() }];
/// let found = fit(&outcome, &terms, &caseworker, ClusterVariance::Cr2)?;
/// // R: clubSandwich::coef_test(lm(y ~ arm), vcov = "CR2", cluster = caseworker)
/// assert!((found.coefficients[1] - 3.0).abs() < 1e-12);
/// assert!((found.standard_errors()[1] - 1.238_278_374_7).abs() < 1e-9);
/// assert!((found.degrees_of_freedom[1] - 2.571_428_571_4).abs() < 1e-9);
/// assert!((found.p_values()[1] - 0.108_217_692_9).abs() < 1e-9);
/// # Ok::<(), stapjes::estimate::EstimateError>(())
/// ```
///
/// # Errors
/// Bad rows, collinear covariates, fewer than two clusters.
pub fn fit(
    outcome: &[f64],
    terms: &[Term],
    cluster: &[u32],
    variance: ClusterVariance,
) -> Result<ClusterLinearFit, EstimateError> {
    let rows = outcome.len();
    if rows <= terms.len() + 1 || terms.iter().any(|term| term.values.len() != rows) {
        return Err(EstimateError::data(said!(
            "er zijn niet meer rijen dan coëfficiënten, of de kolommen zijn niet even lang",
            "there are not more rows than coefficients, or columns differ in length"
        )));
    }
    let finite = |values: &[f64]| values.iter().all(|value| value.is_finite());
    if !finite(outcome) || !terms.iter().all(|term| finite(&term.values)) {
        return Err(EstimateError::data(said!(
            "de uitkomst of een covariaat bevat een waarde die geen eindig getal is",
            "the outcome or a covariate holds a value that is not a finite number"
        )));
    }
    let (member, clusters) = cluster_members(cluster, rows)?;
    let p = terms.len() + 1;
    let x = DMatrix::from_fn(
        rows,
        p,
        |row, column| if column == 0 { 1.0 } else { terms[column - 1].values[row] },
    );
    let y = DVector::from_column_slice(outcome);
    let names: Vec<String> =
        std::iter::once("(intercept)".to_owned()).chain(terms.iter().map(|t| t.name.clone())).collect();
    let found = regress(&x, &y, &names, &member, clusters, variance)?;
    Ok(ClusterLinearFit {
        names,
        coefficients: found.coefficients.iter().copied().collect(),
        covariance: found.covariance,
        degrees_of_freedom: found.degrees_of_freedom,
        clusters,
    })
}

/// A regression on any columns.
pub(super) struct Regression {
    /// Coefficients.
    pub(super) coefficients: DVector<f64>,
    /// `(X'X)^-1`.
    pub(super) inverse: DMatrix<f64>,
    /// Covariance by cluster.
    pub(super) covariance: DMatrix<f64>,
    /// Degrees of freedom of each coefficient.
    pub(super) degrees_of_freedom: Vec<f64>,
}

/// Regresses `y` on the columns of `x` (named for errors; with weights: both times their roots), with a variance by cluster.
pub(super) fn regress(
    x: &DMatrix<f64>,
    y: &DVector<f64>,
    names: &[String],
    member: &[usize],
    clusters: usize,
    variance: ClusterVariance,
) -> Result<Regression, EstimateError> {
    let p = x.ncols();
    let (coefficients, inverse) = least_squares(x, y, names)?;
    let residuals = y - x * &coefficients;
    let root = inverse.clone().cholesky().ok_or_else(|| collinear(&names[p - 1]))?.l();
    let mut rows = vec![Vec::new(); clusters];
    member.iter().enumerate().for_each(|(row, cluster)| rows[*cluster].push(row));
    let power = match variance {
        ClusterVariance::Cr0 => 0.0,
        ClusterVariance::Cr2 => 0.5,
        ClusterVariance::Raised => {
            let leverage = |members: &Vec<usize>| (x.select_rows(members) * &root).norm_squared();
            let leverages: Vec<f64> = rows.iter().map(leverage).collect();
            0.5 + squared_variation(&leverages).min(0.5)
        }
    };
    let pieces: Vec<Piece> = rows.iter().map(|rows| Piece::new(x, &residuals, rows, &root, power)).collect();
    let meat =
        pieces.iter().fold(DMatrix::zeros(p, p), |sum, piece| sum + &piece.score * piece.score.transpose());
    let degrees_of_freedom = match variance {
        ClusterVariance::Cr0 => vec![(clusters as f64 - p as f64).max(1.0); p],
        ClusterVariance::Cr2 | ClusterVariance::Raised => {
            (0..p).map(|column| satterthwaite(&pieces, &inverse, column)).collect()
        }
    };
    Ok(Regression { covariance: &inverse * meat * &inverse, coefficients, inverse, degrees_of_freedom })
}

/// Squared coefficient of variation.
fn squared_variation(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    values.iter().map(|value| (value - mean) * (value - mean)).sum::<f64>() / count / (mean * mean)
}

/// Coefficients and `(X'X)^-1`.
fn least_squares(
    x: &DMatrix<f64>,
    y: &DVector<f64>,
    names: &[String],
) -> Result<(DVector<f64>, DMatrix<f64>), EstimateError> {
    let decomposition = x.clone().qr();
    let r = decomposition.r();
    let largest = r.diagonal().amax();
    if let Some(column) =
        (0..r.nrows()).find(|i| r[(*i, *i)].abs() <= 1e-10 * largest.min(x.column(*i).norm()))
    {
        return Err(collinear(&names[column]));
    }
    let singular = || collinear(&names[names.len() - 1]);
    let coefficients = r.solve_upper_triangular(&(decomposition.q().transpose() * y)).ok_or_else(singular)?;
    let r_inverse = r.try_inverse().ok_or_else(singular)?;
    let inverse = &r_inverse * r_inverse.transpose();
    Ok((coefficients, inverse))
}

/// One cluster: its adjusted score, `X'A X`, and `X' A A X`.
struct Piece {
    /// The cluster's score.
    score: DVector<f64>,
    /// `X_k' A_k X_k`.
    cross: DMatrix<f64>,
    /// `X_k' A_k A_k X_k`.
    square: DMatrix<f64>,
}

impl Piece {
    /// `H_kk = Z Z'` with `Z = X_k root` has rank at most p, so `A = (I - Z Z')^-power` needs only the p by p matrix `Z'Z`.
    fn new(
        x: &DMatrix<f64>,
        residuals: &DVector<f64>,
        rows: &[usize],
        root: &DMatrix<f64>,
        power: f64,
    ) -> Self {
        let x = x.select_rows(rows);
        let e = residuals.select_rows(rows);
        let z = &x * root;
        if power == 0.0 {
            let gram = x.transpose() * &x;
            return Self { score: x.transpose() * &e, cross: gram.clone(), square: gram };
        }
        let eigen = SymmetricEigen::new(z.transpose() * &z);
        // A = I + Z Q diag(w) Q' Z', w = ((1 - l)^-power - 1) / l; directions with l = 1 have no residual and get weight 0.
        let weight = eigen.eigenvalues.map(|leverage| {
            if leverage > 1.0 - 1e-10 {
                -1.0 / leverage
            } else if leverage < 1e-12 {
                power
            } else {
                (libm::pow(1.0 - leverage, -power) - 1.0) / leverage
            }
        });
        let middle = &eigen.eigenvectors * DMatrix::from_diagonal(&weight) * eigen.eigenvectors.transpose();
        let adjusted_x = &x + &z * (&middle * (z.transpose() * &x));
        Self {
            score: adjusted_x.transpose() * &e,
            cross: adjusted_x.transpose() * &x,
            square: adjusted_x.transpose() * &adjusted_x,
        }
    }
}

/// `(trace B)^2 / trace(B^2)` with `B[k, l] = g_k' g_l`, `g_k = (I - H) columns of k * A_k X_k (X'X)^-1 c`.
fn satterthwaite(pieces: &[Piece], inverse: &DMatrix<f64>, column: usize) -> f64 {
    let c = inverse.column(column);
    let projected: Vec<DVector<f64>> = pieces.iter().map(|piece| &piece.cross.transpose() * c).collect();
    // B = diag(own) - P' inverse P: the squares of its second part sum to the trace of (inverse P P')^2.
    let (mut trace, mut squares) = (0.0, 0.0);
    let mut outer = DMatrix::zeros(inverse.nrows(), inverse.nrows());
    for (piece, projected) in pieces.iter().zip(&projected) {
        let length = (c.transpose() * &piece.square * c)[(0, 0)];
        let shared = projected.dot(&(inverse * projected));
        trace += length - shared;
        squares += length * length - 2.0 * length * shared;
        outer.ger(1.0, projected, projected, 1.0);
    }
    let product = inverse * outer;
    squares += (&product * &product).trace();
    trace * trace / squares
}
