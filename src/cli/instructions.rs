//! `STAPJES_SIMD`: the vector instructions to compute with, instead of the widest of the machine.

use crate::error::Error;
use crate::said;
use crate::stats::instructions;

/// Takes the choice from the environment, once, before anything is computed. The results have the same
/// bits whatever is chosen; it serves to check that on one machine, and to measure what wider vectors
/// bring. Not set or empty: the widest set that the processor has.
///
/// # Errors
/// `Usage` for a name that is not known, or a set that this processor lacks.
pub(super) fn choose() -> Result<(), Error> {
    let Some(name) = std::env::var_os("STAPJES_SIMD").filter(|name| !name.is_empty()) else {
        return Ok(());
    };
    let level = instructions::named(&name.to_string_lossy())
        .map_err(|message| Error::usage(said!("STAPJES_SIMD: {}", "STAPJES_SIMD: {}", message)))?;
    instructions::choose(level);
    Ok(())
}
