//! What is assumed: TOML in, a valid `Scenario` out. Nothing past this floor sees TOML.
