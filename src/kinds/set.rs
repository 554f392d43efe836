//! A small set of members of one list, as bits: which steps run, which domains have been disclosed.

use super::Kind;
use std::marker::PhantomData;

/// A set of at most sixteen kinds.
pub struct Set<K> {
    /// One bit per member, by its number.
    bits: u16,
    /// The kind of the members.
    kind: PhantomData<K>,
}

impl<K> Clone for Set<K> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<K> Copy for Set<K> {}

impl<K> PartialEq for Set<K> {
    fn eq(&self, other: &Self) -> bool {
        self.bits == other.bits
    }
}

impl<K> Eq for Set<K> {}

impl<K> Default for Set<K> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<K: Kind> std::fmt::Debug for Set<K> {
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.debug_set().entries(self.iter()).finish()
    }
}

impl<K> Set<K> {
    /// Nothing.
    pub(crate) const EMPTY: Self = Self::from_bits(0);

    /// From bits: bit `i` is the member with index `i`.
    pub(crate) const fn from_bits(bits: u16) -> Self {
        Self { bits, kind: PhantomData }
    }

    /// As bits: bit `i` is the member with index `i`.
    #[inline]
    pub(crate) const fn bits(self) -> u16 {
        self.bits
    }
}

impl<K: Kind> Set<K> {
    /// The members that satisfy a condition.
    pub(crate) fn of(has: impl Fn(K) -> bool) -> Self {
        let bits = K::ALL.iter().filter(|&&member| has(member)).map(|member| 1 << member.index()).sum();
        Self::from_bits(bits)
    }

    /// Whether a member is in it.
    #[inline]
    pub fn has(self, member: K) -> bool {
        self.bits >> member.index() & 1 == 1
    }

    /// The members, in the order of the list.
    #[inline]
    pub(crate) fn iter(self) -> impl Iterator<Item = K> {
        let mut rest = self.bits;
        std::iter::from_fn(move || {
            let member = K::ALL.get(rest.trailing_zeros() as usize).copied();
            rest &= rest.wrapping_sub(1);
            member
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Set;
    use crate::kinds::{Kind, Step};

    #[test]
    fn a_set_has_what_was_put_in() {
        let set: Set<Step> = Set::of(|step| matches!(step, Step::Trajectory | Step::Sport));
        assert_eq!(set.iter().collect::<Vec<_>>(), [Step::Sport, Step::Trajectory]);
        assert!(set.has(Step::Sport) && !set.has(Step::Gp));
        assert_eq!(Set::<Step>::from_bits(set.bits()), set);
        assert_eq!(Set::<Step>::of(|_| true).iter().count(), Step::ALL.len());
        assert_eq!(Set::<Step>::EMPTY.iter().next(), None);
    }
}
