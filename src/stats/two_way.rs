//! Rows with the same columns of luck: their means, and the noise that rows and columns make together.
//!
//! With x_kr the value of row k under luck r, the luck that all rows share moves them together and does not blur their
//! differences; what blurs them is the interaction,
//! `s^2 = sum (x_kr - mean_k - mean_r + mean)^2 / ((K - 1)(m - 1))` (Scheffé 1959, *The Analysis of Variance*, ch. 4).

/// The mean of every row, and the variance of the noise of such a mean; `values` row by row, `columns` to a row. No noise can
/// be found with one row or one column: then it is 0.
///
/// # Example
/// All rows move together: nothing blurs their difference.
///
/// ```
/// use stapjes::stats::two_way::means_and_noise;
///
/// let (means, noise) = means_and_noise(&[1.0, 4.0, 2.0, 5.0], 2);
/// assert_eq!((means, noise), (vec![2.5, 3.5], 0.0));
/// ```
pub fn means_and_noise(values: &[f64], columns: usize) -> (Vec<f64>, f64) {
    let (rows, per_row) = (values.len() / columns.max(1), columns as f64);
    let means: Vec<f64> =
        values.chunks(columns.max(1)).map(|row| row.iter().sum::<f64>() / per_row).collect();
    let all = means.iter().sum::<f64>() / rows as f64;
    let luck: Vec<f64> = (0..columns)
        .map(|column| values.iter().skip(column).step_by(columns).sum::<f64>() / rows as f64)
        .collect();
    let square = |(at, value): (usize, &f64)| {
        let rest = value - means[at / columns] - luck[at % columns] + all;
        rest * rest
    };
    let squares: f64 = values.iter().enumerate().map(square).sum();
    let freedom = (rows as f64 - 1.0) * (per_row - 1.0);
    (means, if freedom > 0.0 { squares / freedom / per_row } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shared_luck_is_no_noise_and_the_rest_is() {
        let shared: Vec<f64> =
            (0..20).map(|at| 100.0 * f64::from(at / 4) + 7.0 * f64::from(at % 4)).collect();
        let (means, noise) = means_and_noise(&shared, 4);
        assert!(noise < 1e-9 && (means[1] - 110.5).abs() < 1e-9);
        let checkered: Vec<f64> =
            (0..20).map(|at| if (at / 4 + at % 4) % 2 == 0 { 1.0 } else { -1.0 }).collect();
        assert!((means_and_noise(&checkered, 4).1 - (20.0 - 0.8) / 12.0 / 4.0).abs() < 1e-9);
        assert_eq!(means_and_noise(&[1.0, 2.0], 1), (vec![1.0, 2.0], 0.0));
    }
}
