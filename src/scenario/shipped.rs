//! The scenarios and posteriors that are built into the program.
//!
//! They are compiled in, so the program is one file and its examples cannot be another edition than it
//! is. Names of files win over names of these where a file exists, but for posteriors.

/// The reference: every setting and parameter with its source. Every scenario lies over it.
pub(super) const REFERENCE: &str = include_str!("../../scenarios/reference.toml");

/// Built-in scenarios by name (with the folder for verification scenarios), the default first.
const SHIPPED: [(&str, &str); 25] = [
    ("lange-adem", include_str!("../../scenarios/lange-adem.toml")),
    ("brabantse-wal", include_str!("../../scenarios/brabantse-wal.toml")),
    ("drie-gemeenten", include_str!("../../scenarios/drie-gemeenten.toml")),
    ("heel-bestand", include_str!("../../scenarios/heel-bestand.toml")),
    ("gespreksfrequentie", include_str!("../../scenarios/gespreksfrequentie.toml")),
    ("gemeente", include_str!("../../scenarios/gemeente.toml")),
    ("eenmalig-jaar", include_str!("../../scenarios/eenmalig-jaar.toml")),
    ("stepped-wedge", include_str!("../../scenarios/stepped-wedge.toml")),
    ("verification/ladder-6", include_str!("../../scenarios/verification/ladder-6.toml")),
    ("verification/o1", include_str!("../../scenarios/verification/o1.toml")),
    ("verification/o1-ladder", include_str!("../../scenarios/verification/o1-ladder.toml")),
    ("verification/o12", include_str!("../../scenarios/verification/o12.toml")),
    ("verification/o13", include_str!("../../scenarios/verification/o13.toml")),
    ("verification/o14", include_str!("../../scenarios/verification/o14.toml")),
    ("verification/o2", include_str!("../../scenarios/verification/o2.toml")),
    ("verification/o3", include_str!("../../scenarios/verification/o3.toml")),
    ("verification/o4", include_str!("../../scenarios/verification/o4.toml")),
    ("verification/o4-half", include_str!("../../scenarios/verification/o4-half.toml")),
    ("verification/o4-quarter", include_str!("../../scenarios/verification/o4-quarter.toml")),
    ("verification/o4b", include_str!("../../scenarios/verification/o4b.toml")),
    ("verification/o5", include_str!("../../scenarios/verification/o5.toml")),
    ("verification/o6", include_str!("../../scenarios/verification/o6.toml")),
    ("verification/o7", include_str!("../../scenarios/verification/o7.toml")),
    ("verification/o8", include_str!("../../scenarios/verification/o8.toml")),
    ("verification/quiet", include_str!("../../scenarios/verification/quiet.toml")),
];

/// Posteriors that are built in, by name: what `stapjes calibrate NAME` writes (`scenarios/posteriors/README.md`).
pub(super) const POSTERIORS: [(&str, &str); 1] =
    [("nederland", include_str!("../../scenarios/posteriors/nederland.csv"))];

/// The name of the scenario that runs when none is named.
pub const DEFAULT_SCENARIO: &str = "lange-adem";

/// The text of a built-in scenario, or of the `reference`; `None` for a name that is not built in.
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
