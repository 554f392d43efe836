//! Which vector instructions to compute with. The results have the same bits whatever is chosen.

use crate::language::Said;
use crate::said;
use std::sync::OnceLock;

use fearless_simd::Level;

/// What was chosen for the process.
static CHOSEN: OnceLock<Level> = OnceLock::new();

/// The instruction set to compute with: the one that was chosen, else the widest.
///
/// # Example
/// ```
/// use stapjes::stats::instructions;
///
/// assert!(instructions::all().iter().any(|(_, level)| format!("{level:?}") == format!("{:?}", instructions::chosen())));
/// ```
#[inline]
pub fn chosen() -> Level {
    *CHOSEN.get_or_init(widest)
}

/// Chooses the instruction set of the whole process, before anything is computed; afterwards it has no effect.
pub(crate) fn choose(level: Level) {
    CHOSEN.get_or_init(|| level);
}

/// The widest instruction set of this machine.
///
/// # Example
/// ```
/// use stapjes::stats::instructions;
///
/// let (_, first) = instructions::all()[0];
/// assert_eq!(format!("{first:?}"), format!("{:?}", instructions::widest()));
/// ```
pub fn widest() -> Level {
    Level::new()
}

/// The instruction sets that can be chosen on this machine, with their names, widest first: `avx512`, `avx2`, `sse2`,
/// `neon`, and `scalar` where the fallback of `fearless_simd` is compiled in (`--cfg stapjes_scalar`).
///
/// # Example
/// ```
/// let names: Vec<&str> = stapjes::stats::instructions::all().into_iter().map(|(name, _)| name).collect();
/// assert!(!names.is_empty() && names.iter().all(|name| ["avx512", "avx2", "sse2", "neon", "scalar"].contains(name)));
/// ```
pub fn all() -> Vec<(&'static str, Level)> {
    let widest = widest();
    let mut found = Vec::new();
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    {
        use fearless_simd::Simd;
        found.extend(widest.as_avx512().map(|set| ("avx512", set.level())));
        found.extend(widest.as_avx2().map(|set| ("avx2", set.level())));
        found.extend(widest.as_sse2().map(|set| ("sse2", set.level())));
    }
    #[cfg(target_arch = "aarch64")]
    {
        use fearless_simd::Simd;
        found.extend(widest.as_neon().map(|set| ("neon", set.level())));
    }
    #[cfg(stapjes_scalar)]
    found.push(("scalar", Level::fallback()));
    if found.is_empty() {
        found.push(("scalar", widest));
    }
    found
}

/// The instruction set with a name.
///
/// # Example
/// ```
/// use stapjes::language::Lang;
/// use stapjes::stats::instructions;
///
/// let (name, _) = instructions::all()[0];
/// assert!(instructions::named(name).is_ok());
/// let refused = instructions::named("abacus").map(|_| ()).unwrap_err();
/// assert!(refused.text(Lang::En).contains(name));
/// ```
///
/// # Errors
/// The names that this machine knows, when it is none of them.
pub fn named(name: &str) -> Result<Level, Said> {
    let sets = all();
    sets.iter().find(|(known, _)| *known == name).map(|(_, level)| *level).ok_or_else(|| {
        let names: Vec<&str> = sets.iter().map(|(known, _)| *known).collect();
        said!(
            "\"{name}\" is geen instructieset van deze computer; die heeft {known}",
            "\"{name}\" is no instruction set of this machine; it has {known}",
            name = name,
            known = names.join(", ")
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_known_and_others_are_refused_with_the_list() {
        for (name, level) in all() {
            let found = named(name).unwrap();
            assert_eq!(std::mem::discriminant(&found), std::mem::discriminant(&level));
        }
        let message = named("mmx").unwrap_err();
        let said = message.english();
        assert!(said.contains("mmx") && said.contains(all()[0].0), "{said}");
    }
}
