//! Every throw of the dice has an address: which decision, for whom, when, in which replicate.
