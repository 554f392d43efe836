//! The scenarios that are built into the program.

/// The reference: every setting and parameter.
pub(super) const REFERENCE: &str = include_str!("../../scenarios/reference.toml");

/// Built-in scenarios by name, the default first.
const SHIPPED: [(&str, &str); 1] = [("lange-adem", include_str!("../../scenarios/lange-adem.toml"))];

/// The name of the scenario that runs when none is named.
pub const DEFAULT_SCENARIO: &str = "lange-adem";

/// The text of a built-in scenario.
pub fn text(name: &str) -> Option<&'static str> {
    if name == "reference" {
        return Some(REFERENCE);
    }
    SHIPPED.iter().find(|(shipped, _)| *shipped == name).map(|(_, text)| *text)
}

/// The names of the built-in scenarios, the default first.
pub fn names() -> impl Iterator<Item = &'static str> {
    SHIPPED.iter().map(|(name, _)| *name)
}
