//! Titles of measures that stand in more than one figure or table.

use crate::language::Text;

pub(crate) const EXITS: Text = Text::new("Uit de bijstand, alle redenen", "Off benefit, all reasons");
pub(crate) const EXITS_TO_WORK: Text = Text::new("Uitstroom naar werk", "Exits to work");
/// Beside other exits.
pub(crate) const TO_WORK: Text = Text::new("Naar werk", "To work");
pub(crate) const WITH_SIGNAL: Text =
    Text::new("Klanten met een fraudesignaal", "Clients with a fraud signal");
pub(crate) const WITH_ANY_SIGNAL: Text =
    Text::new("Klanten met minstens één signaal", "Clients with at least one signal");
pub(crate) const WITH_STEP: Text = Text::new("Klanten met een zichtbare stap", "Clients with a visible step");
pub(crate) const WAITING: Text = Text::new("Gesprekken die moeten wachten", "Talks left waiting");
pub(crate) const TALKS_AND_TRAJECTORIES: Text =
    Text::new("Gesprekken en trajecten", "Talks and trajectories");
pub(crate) const BENEFIT: Text = Text::new("Uitkering", "Benefit");
/// What the municipality spends in all, beside its parts.
pub(crate) const BALANCE: Text = Text::new("Gemeente, per saldo", "Municipality, on balance");
/// What talks and trajectories cost, standing alone: an amount with a minus.
pub(crate) const SPENT: Text = Text::new(
    "Gesprekken en trajecten, euro (min is uitgave)",
    "Talks and trajectories, euros (minus is spent)",
);
/// What is left for the municipality, standing alone.
pub(crate) const SAVED: Text = Text::new(
    "Gemeente, per saldo, euro (plus is besparing)",
    "Municipality, on balance, euros (plus is a saving)",
);

/// Unit of shares.
pub(crate) const OF_ALL: Text = Text::new("van alle klanten", "of all clients");
/// Unit of differences of shares.
pub(crate) const POINTS: Text = Text::new("procentpunt verschil", "percentage points difference");
