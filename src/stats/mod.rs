//! Mathematics that never met a person: special functions, distributions, quadrature, roots.

pub mod beta;
pub mod binomial;
pub mod bivariate_normal;
pub mod chi_square;
pub mod f_distribution;
pub mod forward_selection;
pub mod gamma;
pub mod hypergeometric;
pub mod instructions;
pub mod lanes;
pub mod logistic;
pub mod multivariate_normal;
pub mod normal;
mod normal_maximum;
pub mod normal_scores;
pub mod poisson;
pub mod polygamma;
pub mod quadrature;
pub(crate) mod quantile_table;
pub mod root;
pub mod single;
pub mod student_t;
pub mod two_way;
