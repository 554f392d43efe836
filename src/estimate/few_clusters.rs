//! Inference by cluster that holds with few clusters: corrected scores and their degrees of freedom.
//!
//! The plain sandwich takes the fitted scores of clusters for the true ones. With few clusters they are too small, the more
//! so the larger the share of the information that one cluster carries, and a normal reference ignores how uncertain a
//! variance from a handful of clusters is. Bell & McCaffrey (2002), Survey Methodology 28:169-181, multiply the scores of a
//! cluster with leverage `H_k` by `(1 - H_k)^-1/2` (here: by a higher power when clusters are unequal) and hold the statistic against Student's t with Satterthwaite's degrees
//! of freedom, both under the working model that rows are independent; Pustejovsky & Tipton (2018),
//! <https://doi.org/10.1080/07350015.2016.1247004>, carry that to weighted and generalized models, of which this is the form for
//! estimating equations. McCaffrey & Bell (2006), <https://doi.org/10.1002/sim.2502>, for binary outcomes.
//!
//! A baseline that is profiled out (one level per stratum of a Cox model) takes part in the leverage: its martingale
//! residuals are scores of their own. Without that an arm with two clusters would seem to have more information than it has.

use super::EstimateError;
use crate::said;
use nalgebra::{DMatrix, DVector, SymmetricEigen};
use std::collections::BTreeMap;

/// A direction with more leverage than this rests on one cluster.
const ALL: f64 = 1.0 - 1e-8;

/// What one cluster adds to the estimating equations.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct ClusterPart {
    /// Its score for the coefficients.
    pub(crate) score: DVector<f64>,
    /// Its part of their information under the working model.
    pub(crate) information: DMatrix<f64>,
    /// By baseline level: score, information, and information shared with the coefficients (which sums to zero over
    /// clusters: the coefficients are counted from the mean of their level).
    pub(crate) levels: BTreeMap<u32, LevelPart>,
}

/// What one cluster adds for one level of the baseline.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct LevelPart {
    /// Score.
    pub(crate) score: f64,
    /// Information.
    pub(crate) information: f64,
    /// What it has in common with the columns.
    pub(crate) shared: DVector<f64>,
}

impl ClusterPart {
    /// Nothing yet.
    pub(crate) fn empty(columns: usize) -> Self {
        Self {
            score: DVector::zeros(columns),
            information: DMatrix::zeros(columns, columns),
            levels: BTreeMap::new(),
        }
    }

    /// A level, made when it is new.
    pub(crate) fn level(&mut self, level: u32) -> &mut LevelPart {
        let columns = self.score.len();
        self.levels.entry(level).or_insert_with(|| LevelPart {
            score: 0.0,
            information: 0.0,
            shared: DVector::zeros(columns),
        })
    }
}

/// Corrected covariance of the scores, with what is needed to read tests off it.
#[derive(Clone, Debug)]
pub(crate) struct FewClusters {
    /// Covariance of the total score.
    pub(crate) score_covariance: DMatrix<f64>,
    /// Satterthwaite's degrees of freedom for the variance of each linear combination asked for; `None` where the
    /// combination rests on one cluster.
    pub(crate) degrees_of_freedom: Vec<Option<f64>>,
}

/// Corrects. `directions`: the combinations of *scores* whose variance will be used, one a column.
///
/// # Errors
/// A working information that is singular.
pub(crate) fn correct(
    parts: &[ClusterPart],
    directions: &DMatrix<f64>,
) -> Result<FewClusters, EstimateError> {
    let columns = directions.nrows();
    let singular = || EstimateError::Singular {
        what: said!("werkinformatie van de clusters", "working information of the clusters"),
    };
    let mut total = DMatrix::zeros(columns, columns);
    let mut total_score = DVector::zeros(columns);
    let mut levels: BTreeMap<u32, f64> = BTreeMap::new();
    for part in parts {
        total += &part.information;
        total_score += &part.score;
        for (level, share) in &part.levels {
            *levels.entry(*level).or_insert(0.0) += share.information;
        }
    }
    let root = total.cholesky().ok_or_else(singular)?.l();
    let position: BTreeMap<u32, usize> = levels.keys().copied().zip(columns..).collect();
    let whiten = |x: &DVector<f64>| root.solve_lower_triangular(x).ok_or_else(singular);
    let whole = whiten(&total_score)?;
    let wanted: Vec<DVector<f64>> = directions.column_iter().map(|c| root.transpose() * c).collect();
    let mut spread = DMatrix::zeros(columns, columns);
    let mut moments: Vec<Moments> = wanted.iter().map(|_| Moments::default()).collect();
    let power = exponent(parts, &root, &levels)?;
    for part in parts {
        // Coefficients first, then the levels in which this cluster has rows.
        let part_levels: Vec<(usize, f64, &LevelPart)> = part
            .levels
            .iter()
            .filter(|(level, _)| levels[level] > 0.0)
            .map(|(level, share)| (position[level], libm::sqrt(levels[level]), share))
            .collect();
        let size = columns + part_levels.len();
        let mut score = DVector::zeros(size);
        let mut leverage = DMatrix::zeros(size, size);
        score.rows_mut(0, columns).copy_from(&whiten(&part.score)?);
        let half = root.solve_lower_triangular(&part.information).ok_or_else(singular)?;
        let block = root.solve_lower_triangular(&half.transpose()).ok_or_else(singular)?;
        leverage.view_mut((0, 0), (columns, columns)).copy_from(&block);
        for (slot, (_, scale, level)) in part_levels.iter().enumerate() {
            let at = columns + slot;
            score[at] = level.score / scale;
            leverage[(at, at)] = level.information / (scale * scale);
            let shared = whiten(&level.shared)? / *scale;
            for i in 0..columns {
                leverage[(at, i)] = shared[i];
                leverage[(i, at)] = shared[i];
            }
        }
        // Levels have no total score at the estimate; the coefficients have one in a score test.
        let mut all = DVector::zeros(size);
        all.rows_mut(0, columns).copy_from(&whole);
        let residual = score - &leverage * all;
        let eigen = SymmetricEigen::new((&leverage + leverage.transpose()) / 2.0);
        let weight =
            eigen.eigenvalues.map(|h| if h > ALL { 0.0 } else { libm::pow(1.0 - h.max(0.0), -power) });
        let adjust = &eigen.eigenvectors * DMatrix::from_diagonal(&weight) * eigen.eigenvectors.transpose();
        let adjusted = &root * (&adjust * residual).rows(0, columns);
        spread += &adjusted * adjusted.transpose();
        for (moments, wanted) in moments.iter_mut().zip(&wanted) {
            let mut direction = DVector::zeros(size);
            direction.rows_mut(0, columns).copy_from(wanted);
            let seen = eigen.eigenvectors.transpose() * &direction;
            let lone = seen.iter().zip(eigen.eigenvalues.iter()).filter(|(_, h)| **h > ALL);
            moments.rests_on_one |=
                lone.map(|(part, _)| part * part).sum::<f64>() > 1e-6 * wanted.norm_squared();
            let turned = &adjust * direction;
            let image = &leverage * &turned;
            let places = (0..columns).chain(part_levels.iter().map(|(at, _, _)| *at));
            moments.add(turned.dot(&image), places.zip(image.iter().copied()).collect());
        }
    }
    Ok(FewClusters {
        score_covariance: spread,
        degrees_of_freedom: moments
            .iter()
            .map(|moments| moments.degrees_of_freedom(columns + levels.len()))
            .collect(),
    })
}

/// One half (Bell & McCaffrey) where clusters are of one size, up to 1 (the jackknife) where they are very unequal: the working
/// model takes rows as independent, and where they are not, the large clusters vary more than it knows. In between, one half and
/// the squared coefficient of variation of the clusters' shares of the information.
fn exponent(
    parts: &[ClusterPart],
    root: &DMatrix<f64>,
    levels: &BTreeMap<u32, f64>,
) -> Result<f64, EstimateError> {
    let singular = || EstimateError::Singular {
        what: said!("werkinformatie van de clusters", "working information of the clusters"),
    };
    let mut shares = Vec::with_capacity(parts.len());
    for part in parts {
        let half = root.solve_lower_triangular(&part.information).ok_or_else(singular)?;
        let block = root.solve_lower_triangular(&half.transpose()).ok_or_else(singular)?;
        let part_levels = part.levels.iter().filter(|(level, _)| levels[level] > 0.0);
        let level: f64 =
            part_levels.map(|(level, part_levels)| part_levels.information / levels[level]).sum();
        shares.push(block.trace() + level);
    }
    let mean = shares.iter().sum::<f64>() / shares.len() as f64;
    let variance =
        shares.iter().map(|share| (share - mean) * (share - mean)).sum::<f64>() / shares.len() as f64;
    Ok(0.5 + (variance / (mean * mean)).min(0.5))
}

/// Under the working model the corrected scores of clusters `k` and `l` along a direction have covariance
/// `[k = l] own_k - image_k' image_l`; with `B` that matrix, the degrees of freedom are `(trace B)^2 / trace(B^2)`.
#[derive(Default)]
struct Moments {
    /// Squared length of each piece.
    square: Vec<f64>,
    /// Its image.
    image: Vec<Vec<(usize, f64)>>,
    /// Whether one cluster decides all.
    rests_on_one: bool,
}

impl Moments {
    /// Takes in a piece.
    fn add(&mut self, square: f64, image: Vec<(usize, f64)>) {
        self.square.push(square);
        self.image.push(image);
    }

    /// Satterthwaite's degrees of freedom.
    fn degrees_of_freedom(&self, dimensions: usize) -> Option<f64> {
        if self.rests_on_one || self.square.len() < 2 {
            return None;
        }
        let (mut trace, mut squares) = (0.0, 0.0);
        for (square, image) in self.square.iter().zip(&self.image) {
            let length: f64 = image.iter().map(|(_, value)| value * value).sum();
            trace += square - length;
            squares += square * square - 2.0 * square * length;
        }
        squares += self.squared_products(dimensions);
        let found = trace * trace / squares;
        (found.is_finite() && trace > 0.0).then_some(found)
    }

    /// Sum over all pairs of clusters of the squared product of their images: the squared norm of the sum of their outer
    /// products.
    fn squared_products(&self, dimensions: usize) -> f64 {
        let mut sum: BTreeMap<(usize, usize), f64> = BTreeMap::new();
        let dense = dimensions <= 64;
        let mut square: DMatrix<f64> =
            DMatrix::zeros(if dense { dimensions } else { 0 }, if dense { dimensions } else { 0 });
        for image in &self.image {
            for (i, a) in image {
                for (j, b) in image {
                    if dense {
                        square[(*i, *j)] += a * b;
                    } else {
                        *sum.entry((*i, *j)).or_insert(0.0) += a * b;
                    }
                }
            }
        }
        if dense { square.norm_squared() } else { sum.values().map(|value| value * value).sum() }
    }
}
