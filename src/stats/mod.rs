//! Mathematics that never met a person: special functions, distributions, quadrature, roots.

pub mod beta;
pub mod chi_square;
pub mod f_distribution;
pub mod gamma;
pub mod normal;
pub mod root;
pub mod student_t;
