//! Mathematics that never met a person: special functions, distributions, quadrature, roots.
