//! What every closed list offers, and the macro that writes one.

/// A member of a closed list.
pub trait Kind: Copy + Eq + std::fmt::Debug + 'static {
    /// All members, in the order of every column that counts them.
    const ALL: &'static [Self];

    /// Place in [`Kind::ALL`].
    fn index(self) -> usize;

    /// Name in files and scenarios.
    fn name(self) -> &'static str;

    /// The member with this name in files.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|member| member.name() == name)
    }
}

/// Writes a closed list and, where something is kept by member, the array with one entry per member:
/// `/// doc; Name, PerName { /// doc; Member "name"; ... }`; without an array `Name { ... }`.
macro_rules! kinds {
    (@array $name:ident, $per:ident) => {
        #[doc = concat!("One entry per [`", stringify!($name), "`].")]
        #[derive(Clone, Copy, Debug, Default, PartialEq)]
        pub struct $per<T>(pub [T; <$name as $crate::kinds::Kind>::ALL.len()]);

        impl<T> $per<T> {
            /// The entry of each member.
            #[inline]
            pub fn from_fn(mut entry: impl FnMut($name) -> T) -> Self {
                Self(std::array::from_fn(|at| entry(<$name as $crate::kinds::Kind>::ALL[at])))
            }

            /// Members with their entries, in the order of the list.
            pub fn iter(&self) -> impl Iterator<Item = ($name, &T)> {
                <$name as $crate::kinds::Kind>::ALL.iter().copied().zip(&self.0)
            }
        }

        impl<T> std::ops::Index<$name> for $per<T> {
            type Output = T;

            #[inline]
            fn index(&self, member: $name) -> &T {
                &self.0[member as usize]
            }
        }

        impl<T> std::ops::IndexMut<$name> for $per<T> {
            #[inline]
            fn index_mut(&mut self, member: $name) -> &mut T {
                &mut self.0[member as usize]
            }
        }
    };
    ($(#[$meta:meta])* $name:ident $(, $per:ident)? { $($(#[$row_meta:meta])* $member:ident $text:literal;)* }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$row_meta])* $member,)* }

        impl $crate::kinds::Kind for $name {
            const ALL: &'static [Self] = &[$($name::$member),*];

            #[inline]
            fn index(self) -> usize {
                self as usize
            }

            fn name(self) -> &'static str {
                match self { $($name::$member => $text,)* }
            }
        }

        $(kinds!(@array $name, $per);)?
    };
}

#[cfg(test)]
mod tests {
    use crate::kinds::{
        Band, Benefit, Domain, Endpoint, ExitReason, Irregularity, Kind, PerStep, Question, Rung, Step,
        TestKind,
    };

    fn names_are_unique_and_numbered<K: Kind>() {
        for (at, &member) in K::ALL.iter().enumerate() {
            assert_eq!(member.index(), at);
            assert_eq!(K::from_name(member.name()), Some(member));
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            assert!(member.name().chars().all(plain), "{member:?}");
        }
    }

    #[test]
    fn every_list_has_unique_plain_names() {
        names_are_unique_and_numbered::<ExitReason>();
        names_are_unique_and_numbered::<Step>();
        names_are_unique_and_numbered::<Domain>();
        names_are_unique_and_numbered::<Band>();
        names_are_unique_and_numbered::<Rung>();
        names_are_unique_and_numbered::<Irregularity>();
        names_are_unique_and_numbered::<Endpoint>();
        names_are_unique_and_numbered::<TestKind>();
        names_are_unique_and_numbered::<Benefit>();
        names_are_unique_and_numbered::<Question>();
        assert_eq!(ExitReason::from_name("no such reason"), None);
    }

    #[test]
    fn an_array_has_the_entry_of_each_member() {
        let mut lengths = PerStep::from_fn(|step| step.name().len());
        lengths[Step::Gp] += 1;
        assert_eq!((lengths[Step::Gp], lengths[Step::Sport]), (3, 5));
        assert_eq!(lengths.iter().count(), Step::ALL.len());
    }
}
