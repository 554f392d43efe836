//! Stable identifiers: who somebody is never depends on a position in an array.
//!
//! | identifier | bits |
//! |---|---|
//! | client at the start | 0, site (7), number in the site (24) |
//! | entrant | 1, site (7), month (9), number in the month (15) |
//! | caseworker with a caseload | 0, site (7), place (24) |
//! | caseworker of the pool | 1, site (7), number (24) |

/// Most entrants at one site in one month.
pub(super) const MAX_ENTRANTS_PER_MONTH: u32 = 1 << 15;

/// A client who is there at the start.
pub(crate) const fn client_id(site: usize, number: u32) -> u32 {
    ((site as u32) << 24) | (number & 0x00FF_FFFF)
}

/// A client who comes in during a month.
pub(crate) const fn entrant_id(site: usize, month: u32, number: u32) -> u32 {
    0x8000_0000 | ((site as u32) << 24) | ((month & 0x1FF) << 15) | (number & 0x7FFF)
}

/// A caseworker's place at a site; who holds it changes with turnover (the generation).
pub(crate) const fn caseworker_id(site: usize, place: u32) -> u32 {
    ((site as u32) << 24) | (place & 0x00FF_FFFF)
}

/// Somebody of a site's pool of caseworkers, whom clients without a fixed caseworker meet.
pub(crate) const fn pool_caseworker_id(site: usize, number: u32) -> u32 {
    0x8000_0000 | ((site as u32) << 24) | (number & 0x00FF_FFFF)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::MAX_CLIENTS_PER_SITE;
    use crate::scenario::plan::MAX_SITES;

    #[test]
    fn identifiers_of_different_people_differ() {
        assert_ne!(client_id(0, 1), client_id(1, 1));
        assert_ne!(client_id(3, 5), entrant_id(3, 0, 5));
        assert_ne!(entrant_id(3, 1, 0), entrant_id(3, 0, MAX_ENTRANTS_PER_MONTH - 1));
        assert_eq!(client_id(MAX_SITES - 1, MAX_CLIENTS_PER_SITE - 1) >> 31, 0);
    }
}
