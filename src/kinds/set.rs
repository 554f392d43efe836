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
    pub const EMPTY: Self = Self::from_bits(0);

    /// From bits: bit `i` is the member with index `i`.
    pub const fn from_bits(bits: u16) -> Self {
        Self { bits, kind: PhantomData }
    }

    /// As bits: bit `i` is the member with index `i`.
    #[inline]
    pub const fn bits(self) -> u16 {
        self.bits
    }

    /// Whether there is nothing in it.
    #[inline]
    pub const fn is_empty(self) -> bool {
        self.bits == 0
    }

    /// Whether something is in both.
    #[inline]
    pub const fn meets(self, other: Self) -> bool {
        self.bits & other.bits != 0
    }

    /// What is in both.
    #[inline]
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self::from_bits(self.bits & other.bits)
    }

    /// What is here but not there.
    #[inline]
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self::from_bits(self.bits & !other.bits)
    }

    /// How many are in it.
    #[inline]
    pub const fn len(self) -> u32 {
        self.bits.count_ones()
    }
}

impl<K: Kind> Set<K> {
    /// The members that satisfy a condition.
    pub fn of(has: impl Fn(K) -> bool) -> Self {
        let bits = K::ALL.iter().filter(|&&member| has(member)).map(|member| 1 << member.index()).sum();
        Self::from_bits(bits)
    }

    /// Whether a member is in it.
    #[inline]
    pub fn has(self, member: K) -> bool {
        self.bits >> member.index() & 1 == 1
    }

    /// Puts a member in.
    #[inline]
    pub fn insert(&mut self, member: K) {
        self.bits |= 1 << member.index();
    }

    /// Takes a member out.
    #[inline]
    pub fn remove(&mut self, member: K) {
        self.bits &= !(1 << member.index());
    }

    /// The members, in the order of the list.
    #[inline]
    pub fn iter(self) -> impl Iterator<Item = K> {
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
        let mut set: Set<Step> = Set::EMPTY;
        set.insert(Step::Trajectory);
        set.insert(Step::Sport);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Step::Sport, Step::Trajectory]);
        assert!(set.has(Step::Sport) && !set.has(Step::Gp));
        set.remove(Step::Sport);
        assert_eq!((set.len(), set.is_empty()), (1, false));
        assert_eq!(Set::<Step>::of(|_| true).len() as usize, Step::ALL.len());
        assert!(set.meets(Set::of(Step::visible)) && set.without(Set::of(Step::visible)).is_empty());
    }
}
