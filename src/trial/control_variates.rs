//! Means with less Monte Carlo error from the same replicates: what luck explains is taken out by regression.
//!
//! A replicate draws sites and staff whose effects have a *known* mean. If these replicates happened to draw sites with a
//! labor market of 1.02 instead of 1, their mean number of exits is too high by an amount that the replicates themselves
//! show. Least squares of a cell on such covariates, read off at the known means, is the control-variate estimate with
//! estimated coefficients (Lavenberg & Welch 1981, "A perspective on the use of control variables to increase the
//! efficiency of Monte Carlo simulations", Management Science 27:322-335, doi 10.1287/mnsc.27.3.322). It is linear in
//! the cell, so adjusted parts still add up to adjusted totals, and a difference that is zero stays zero.
//!
//! The error is the regression's own standard error at the known means. The gain (how many times fewer replicates give
//! the same error) is taken out of sample: five folds, each predicted from the other four. Only moments are kept, so
//! memory does not grow with the replicates.

use serde::{Deserialize, Serialize};

/// Folds of the out-of-sample check: replicate `r` belongs to fold `r % FOLDS`.
const FOLDS: usize = 5;
/// No mean of fewer replicates is adjusted: a slope from a handful is luck itself.
const FEWEST_REPLICATES: u32 = 20;
/// Replicates that a covariate must have to be used.
const REPLICATES_PER_COVARIATE: u32 = 5;
/// A covariate that the ones before it explain but for this share of its variance is left out.
const NEW_SHARE: f64 = 1e-9;

/// The adjusted mean of a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct AdjustedMean {
    /// Mean at the known means of the covariates.
    pub(super) mean: f64,
    /// Its Monte Carlo standard error.
    pub(super) error: f64,
    /// Out-of-sample variance of the plain mean over that of the adjusted one.
    pub(super) gain: f64,
}

/// Moments of one cell and its covariates in one fold; the cell is shifted by its first value.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Moments {
    /// Sum of the values.
    y: f64,
    /// Sum of their squares.
    yy: f64,
    /// Sum of the products with each covariate.
    yc: Vec<f64>,
}

/// Moments of the covariates in one fold.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Shared {
    /// Replicates.
    count: f64,
    /// Sum of each covariate, less its known mean.
    c: Vec<f64>,
    /// Sum of the products of covariates, row by row.
    cc: Vec<f64>,
}

/// Takes in the covariates and cells of every replicate, in order.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct ControlVariates {
    /// Covariates per month.
    covariates: usize,
    /// Replicates taken in.
    taken: u32,
    /// Per month and fold.
    shared: Vec<Vec<Shared>>,
    /// Per cell and fold; the month of a cell is its number modulo the number of months.
    cells: Vec<Vec<Moments>>,
    /// First value of each cell: everything is summed as the difference from it.
    origin: Vec<f64>,
}

impl ControlVariates {
    /// For lists of `cells` values, month by month in turn, and in every month so many covariates with mean zero.
    pub(super) fn new(cells: usize, months: usize, covariates: usize) -> Self {
        let shared = Shared::new(covariates);
        let empty = Moments { yc: vec![0.0; covariates], ..Moments::default() };
        Self {
            covariates,
            taken: 0,
            shared: vec![vec![shared; FOLDS]; months],
            cells: vec![vec![empty; FOLDS]; cells],
            origin: vec![f64::NAN; cells],
        }
    }

    /// Takes in a replicate: its covariates by month, and its values. A cell that is undefined in any replicate has no
    /// adjusted mean.
    pub(super) fn push(&mut self, replicate: u32, covariates: &[Vec<f64>], values: &[f64]) {
        let fold = replicate as usize % FOLDS;
        for (shared, covariates) in self.shared.iter_mut().zip(covariates) {
            shared[fold].take(covariates);
        }
        if self.taken == 0 {
            self.origin.copy_from_slice(values);
        }
        let months = covariates.iter().cycle();
        for (((folds, origin), covariates), value) in
            self.cells.iter_mut().zip(&self.origin).zip(months).zip(values)
        {
            folds[fold].take(value - origin, covariates);
        }
        self.taken += 1;
    }

    /// Adds the replicates that follow.
    pub(super) fn append(&mut self, later: &Self) {
        if self.taken == 0 {
            self.clone_from(later);
            return;
        }
        let months = later.shared.iter().cycle();
        for (((moments, origin), (folds, other)), shared) in
            self.cells.iter_mut().zip(&self.origin).zip(later.cells.iter().zip(&later.origin)).zip(months)
        {
            for ((moments, fold), shared) in moments.iter_mut().zip(folds).zip(shared) {
                moments.append(fold, other - origin, shared);
            }
        }
        for (moments, folds) in self.shared.iter_mut().zip(&later.shared) {
            moments.iter_mut().zip(folds).for_each(|(moments, fold)| moments.append(fold));
        }
        self.taken += later.taken;
    }

    /// Replicates taken in.
    pub(super) fn taken(&self) -> u32 {
        self.taken
    }

    /// How many covariates so many replicates carry.
    fn used(&self) -> usize {
        let carried = self.taken / REPLICATES_PER_COVARIATE;
        if self.taken < FEWEST_REPLICATES { 0 } else { self.covariates.min(carried as usize) }
    }

    /// Error of the best mean of a cell so far: adjusted where there are covariates, else plain; `None` while undefined.
    pub(super) fn error(&self, cell: usize) -> Option<f64> {
        let month = Month::new(&self.shared[cell % self.shared.len()], self.used());
        let all = sum_of(&self.cells[cell], |_| true);
        (self.taken > 1 && all.yy.is_finite()).then(|| month.whole.at_known_means(&all).1)
    }

    /// The adjusted means, one per cell; `None` where a value was undefined, everywhere when there are too few replicates.
    pub(super) fn adjusted(&self) -> Vec<Option<AdjustedMean>> {
        let used = self.used();
        if used == 0 {
            return vec![None; self.cells.len()];
        }
        let months: Vec<Month> = self.shared.iter().map(|folds| Month::new(folds, used)).collect();
        self.cells
            .iter()
            .zip(&self.origin)
            .zip(months.iter().cycle())
            .map(|((folds, origin), month)| {
                let all = sum_of(folds, |_| true);
                if !all.yy.is_finite() {
                    return None;
                }
                let (mean, error) = month.whole.at_known_means(&all);
                Some(AdjustedMean { mean: origin + mean, error, gain: month.gain(folds) })
            })
            .collect()
    }
}

impl Moments {
    /// Takes in a value with its covariates.
    fn take(&mut self, y: f64, covariates: &[f64]) {
        self.y += y;
        self.yy += y * y;
        self.yc.iter_mut().zip(covariates).for_each(|(sum, c)| *sum += y * c);
    }
}

impl Moments {
    /// Adds moments whose cell was shifted by `apart` more.
    fn append(&mut self, later: &Self, apart: f64, shared: &Shared) {
        self.yy += later.yy + 2.0 * apart * later.y + apart * apart * shared.count;
        self.y += later.y + apart * shared.count;
        for ((sum, yc), c) in self.yc.iter_mut().zip(&later.yc).zip(&shared.c) {
            *sum += yc + apart * c;
        }
    }
}

impl Shared {
    /// Adds later replicates.
    fn append(&mut self, later: &Self) {
        self.count += later.count;
        self.c.iter_mut().zip(&later.c).for_each(|(sum, c)| *sum += c);
        self.cc.iter_mut().zip(&later.cc).for_each(|(sum, c)| *sum += c);
    }

    /// Nothing yet, for so many covariates.
    fn new(covariates: usize) -> Self {
        Self { count: 0.0, c: vec![0.0; covariates], cc: vec![0.0; covariates * covariates] }
    }

    /// Takes in the covariates of a replicate.
    fn take(&mut self, covariates: &[f64]) {
        self.count += 1.0;
        for (i, &c) in covariates.iter().enumerate() {
            self.c[i] += c;
            for (j, &other) in covariates.iter().enumerate() {
                self.cc[i * covariates.len() + j] += c * other;
            }
        }
    }

    /// The folds that take part, added up.
    fn sum_of(folds: &[Self], takes_part: impl Fn(usize) -> bool) -> Self {
        let mut sum = Self::new(folds[0].c.len());
        for (_, fold) in folds.iter().enumerate().filter(|(fold, _)| takes_part(*fold)) {
            sum.append(fold);
        }
        sum
    }
}

/// The regressions of a month: on all replicates, and on all but those of one fold.
struct Month<'a> {
    /// Moments of the covariates by fold.
    folds: &'a [Shared],
    /// Regression on all folds.
    whole: Regression,
    /// Regression with each fold left out.
    without: Vec<Regression>,
}

impl<'a> Month<'a> {
    /// The regressions with the first `used` covariates.
    fn new(folds: &'a [Shared], used: usize) -> Self {
        let regression =
            |left_out: usize| Regression::new(&Shared::sum_of(folds, |fold| fold != left_out), used);
        Self { folds, whole: regression(FOLDS), without: (0..FOLDS).map(regression).collect() }
    }

    /// Squared errors of predicting each fold from the others: by their mean, over by their regression.
    fn gain(&self, cell: &[Moments]) -> f64 {
        let (mut plain, mut adjusted) = (0.0, 0.0);
        for (left_out, regression) in self.without.iter().enumerate() {
            let others = sum_of(cell, |fold| fold != left_out);
            let (moments, shared) = (&cell[left_out], &self.folds[left_out]);
            let mean = others.y / regression.count;
            plain += squared_error(moments, shared, mean, &[]);
            let slopes = regression.slopes(&others);
            let level = mean - dot(&slopes, &regression.mean);
            adjusted += squared_error(moments, shared, level, &slopes);
        }
        if adjusted > 0.0 { plain / adjusted } else { f64::NAN }
    }
}

/// `sum (y - level - slopes c)^2` from moments.
fn squared_error(moments: &Moments, shared: &Shared, level: f64, slopes: &[f64]) -> f64 {
    let covariates = shared.c.len();
    let mut sum = moments.yy - 2.0 * level * moments.y + level * level * shared.count;
    for (i, slope) in slopes.iter().enumerate() {
        sum += 2.0 * slope * (level * shared.c[i] - moments.yc[i]);
        for (j, other) in slopes.iter().enumerate() {
            sum += slope * other * shared.cc[i * covariates + j];
        }
    }
    sum.max(0.0)
}

/// The folds that take part, added up.
fn sum_of(folds: &[Moments], takes_part: impl Fn(usize) -> bool) -> Moments {
    let mut sum = Moments { yc: vec![0.0; folds[0].yc.len()], ..Moments::default() };
    for (_, fold) in folds.iter().enumerate().filter(|(fold, _)| takes_part(*fold)) {
        sum.y += fold.y;
        sum.yy += fold.yy;
        sum.yc.iter_mut().zip(&fold.yc).for_each(|(sum, yc)| *sum += yc);
    }
    sum
}

/// Inner product.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The covariates' side of a regression with intercept: the Cholesky factor of their centred products.
struct Regression {
    /// Replicates.
    count: f64,
    /// Means of the covariates used.
    mean: Vec<f64>,
    /// Lower triangle, row by row; a row of zeros for a covariate that is left out.
    factor: Vec<Vec<f64>>,
    /// `factor^-1 mean`.
    deviation: Vec<f64>,
    /// Covariates with a row.
    rank: f64,
}

impl Regression {
    /// Factors the covariance of the covariates.
    fn new(shared: &Shared, used: usize) -> Self {
        let covariates = shared.c.len();
        let mean: Vec<f64> = shared.c[..used].iter().map(|sum| sum / shared.count).collect();
        let mut factor: Vec<Vec<f64>> = Vec::with_capacity(used);
        for i in 0..used {
            let centred = |j: usize| shared.cc[i * covariates + j] - shared.count * mean[i] * mean[j];
            let mut row = vec![0.0; i + 1];
            for j in 0..i {
                let known: f64 = dot(&row[..j], &factor[j][..j]);
                let pivot = factor[j][j];
                row[j] = if pivot > 0.0 { (centred(j) - known) / pivot } else { 0.0 };
            }
            let rest = centred(i) - dot(&row[..i], &row[..i]);
            let is_new = rest > NEW_SHARE * shared.cc[i * covariates + i];
            row[i] = if is_new { libm::sqrt(rest) } else { 0.0 };
            factor.push(row);
        }
        let rank = factor.iter().enumerate().filter(|(i, row)| row[*i] > 0.0).count() as f64;
        let mut regression = Self { count: shared.count, mean, factor, deviation: Vec::new(), rank };
        regression.deviation = regression.solve(&regression.mean);
        regression
    }

    /// `factor^-1 right`, zero for covariates that are left out.
    fn solve(&self, right: &[f64]) -> Vec<f64> {
        let mut solution = vec![0.0; self.factor.len()];
        for (i, row) in self.factor.iter().enumerate() {
            if row[i] > 0.0 {
                solution[i] = (right[i] - dot(&row[..i], &solution[..i])) / row[i];
            }
        }
        solution
    }

    /// Products of a cell with the covariates, whitened.
    fn products(&self, moments: &Moments) -> Vec<f64> {
        let centred: Vec<f64> =
            self.mean.iter().zip(&moments.yc).map(|(mean, yc)| yc - mean * moments.y).collect();
        self.solve(&centred)
    }

    /// Mean and error where every covariate has its known mean, zero.
    fn at_known_means(&self, moments: &Moments) -> (f64, f64) {
        let products = self.products(moments);
        let mean = moments.y / self.count;
        let left = (moments.yy - mean * moments.y - dot(&products, &products)).max(0.0);
        let variance = left / (self.count - 1.0 - self.rank).max(1.0);
        let distance = 1.0 / self.count + dot(&self.deviation, &self.deviation);
        (mean - dot(&products, &self.deviation), libm::sqrt(variance * distance))
    }

    /// Slope on every covariate: `factor^-T products`.
    fn slopes(&self, moments: &Moments) -> Vec<f64> {
        let mut slopes = self.products(moments);
        for i in (0..slopes.len()).rev() {
            let later: f64 = (i + 1..slopes.len()).map(|j| self.factor[j][i] * slopes[j]).sum();
            let pivot = self.factor[i][i];
            slopes[i] = if pivot > 0.0 { (slopes[i] - later) / pivot } else { 0.0 };
        }
        slopes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Dice, Process, sample};

    const DICE: Dice = Dice::new(77, 3);

    /// Cell 0 hangs on two covariates with the given noise, cell 1 on none, cell 2 is constant, cell 3 has a hole.
    /// The third covariate is the sum of the first two, the fourth nothing at all.
    fn example(first: u32, replicates: u32, noise: f64) -> ControlVariates {
        let mut variates = ControlVariates::new(4, 1, 4);
        for replicate in first..first + replicates {
            let z = DICE.block(replicate, 0, Process::StartDistance.block()).map(sample::normal);
            let y = 5.0 + 2.0 * z[0] - z[1] + noise * z[2];
            let hole = if replicate == first + 7 { f64::NAN } else { 1.0 };
            variates.push(replicate, &[vec![z[0], z[1], z[0] + z[1], 0.0]], &[y, z[3], 3.0, hole]);
        }
        variates
    }

    #[test]
    fn what_the_covariates_explain_is_gone() {
        let [explained, unrelated, constant, hole] = example(0, 200, 0.5).adjusted()[..] else { panic!() };
        let explained = explained.unwrap();
        assert!((explained.mean - 5.0).abs() < 4.0 * explained.error, "{explained:?}");
        // Variance 5.25 falls to .25, less what three coefficients cost.
        assert!((explained.error - 0.5 / 200_f64.sqrt()).abs() < 0.006, "{explained:?}");
        assert!((14.0..28.0).contains(&explained.gain), "{explained:?}");
        assert!((0.9..1.05).contains(&unrelated.unwrap().gain), "{unrelated:?}");
        assert_eq!((constant.unwrap().mean, constant.unwrap().error, hole), (3.0, 0.0, None));
    }

    #[test]
    fn without_noise_the_known_mean_is_found_exactly() {
        let exact = example(0, 60, 0.0).adjusted()[0].unwrap();
        assert!((exact.mean - 5.0).abs() < 1e-12 && exact.error < 1e-7, "{exact:?}");
    }

    #[test]
    fn few_replicates_carry_few_covariates() {
        let few = example(0, 19, 0.5);
        assert!(few.adjusted().iter().all(Option::is_none));
        // The plain error then: a standard deviation of 2.3 over the root of nineteen.
        assert!((0.3..0.9).contains(&few.error(0).unwrap()) && few.error(3).is_none());
        let many = example(0, 200, 0.5);
        assert_eq!(many.error(0), many.adjusted()[0].map(|cell| cell.error));
        assert_eq!((example(0, 20, 0.5).used(), example(0, 19, 0.5).used()), (4, 0));
    }

    #[test]
    fn chunks_add_up_to_the_whole() {
        let (whole, mut sum) = (example(0, 60, 0.5), example(0, 16, 0.5));
        sum.append(&example(16, 32, 0.5));
        sum.append(&example(48, 12, 0.5));
        assert_eq!(sum.taken(), 60);
        let [a, b] = [whole, sum].map(|all| all.adjusted()[0].unwrap());
        assert!((a.mean - b.mean).abs() < 1e-12 && (a.error - b.error).abs() < 1e-9, "{a:?} {b:?}");
        assert!((a.gain / b.gain - 1.0).abs() < 1e-6, "{a:?} {b:?}");
    }

    /// The stated error is the spread of the adjusted means over many runs, and the mean is not biased.
    #[test]
    fn the_error_is_honest() {
        let runs: Vec<AdjustedMean> =
            (0..400).filter_map(|run| example(run * 40, 40, 1.0).adjusted()[0]).collect();
        let count = runs.len() as f64;
        let mean = runs.iter().map(|run| run.mean).sum::<f64>() / count;
        let spread =
            runs.iter().map(|run| (run.mean - mean) * (run.mean - mean)).sum::<f64>() / (count - 1.0);
        let stated = runs.iter().map(|run| run.error * run.error).sum::<f64>() / count;
        assert!((mean - 5.0).abs() < 4.0 * (spread / count).sqrt(), "{mean}");
        // A variance over 400 runs has a relative standard error of 7 %.
        assert!((spread / stated - 1.0).abs() < 0.28, "{spread} {stated}");
    }

    #[test]
    fn adjusted_parts_add_up() {
        let mut variates = ControlVariates::new(3, 1, 2);
        for replicate in 0..50 {
            let z = DICE.block(replicate, 1, 0).map(sample::normal);
            let sum = z[0] + z[2] + z[1] * z[3];
            variates.push(replicate, &[z[..2].to_vec()], &[z[0] + z[2], z[1] * z[3], sum]);
        }
        let means: Vec<f64> = variates.adjusted().iter().map(|cell| cell.unwrap().mean).collect();
        assert!((means[0] + means[1] - means[2]).abs() < 1e-12);
    }
}
