//! Whether the caseworkers have room for the talks that a plan asks for.

use super::number;
use crate::language::Lang;

/// Talks asked for against slots.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Capacity {
    /// Slots asked for a month.
    pub needed: f64,
    /// Slots that there are.
    pub slots: f64,
    /// Slots of one caseworker a month.
    pub each: f64,
}

impl Capacity {
    /// Whether more is asked for than there is.
    pub(crate) fn is_short(&self) -> bool {
        self.needed > self.slots * (1.0 + 1e-9)
    }

    /// Caseworkers (full-time equivalents) that are needed, in whole ones.
    pub(crate) fn caseworkers(&self) -> f64 {
        (self.needed / self.each.max(1e-9)).ceil()
    }

    /// "285 gesprekken per maand nodig, 240 plekken: 5 consulenten nodig".
    pub(crate) fn sentence(&self, lang: Lang) -> String {
        let whole = |value: f64| number::decimal(lang, value, 0);
        let (needed, slots, caseworkers) = (whole(self.needed), whole(self.slots), whole(self.caseworkers()));
        let staff = match (lang, self.caseworkers() == 1.0) {
            (Lang::Nl, true) => "consulent",
            (Lang::Nl, false) => "consulenten",
            (Lang::En, true) => "caseworker",
            (Lang::En, false) => "caseworkers",
        };
        match (lang, self.is_short()) {
            (Lang::Nl, true) => {
                format!("{needed} gesprekken per maand nodig, {slots} plekken: {caseworkers} {staff} nodig")
            }
            (Lang::Nl, false) => format!("{needed} gesprekken per maand nodig, {slots} plekken: het past"),
            (Lang::En, true) => {
                format!("{needed} talks a month needed, {slots} slots: {caseworkers} {staff} needed")
            }
            (Lang::En, false) => format!("{needed} talks a month needed, {slots} slots: it fits"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_needed_is_said_against_what_there_is() {
        let tight = Capacity { needed: 285.4, slots: 240.0, each: 60.0 };
        assert_eq!(
            tight.sentence(Lang::Nl),
            "285 gesprekken per maand nodig, 240 plekken: 5 consulenten nodig"
        );
        assert!(tight.is_short());
        let roomy = Capacity { needed: 100.0, ..tight };
        assert_eq!(roomy.sentence(Lang::En), "100 talks a month needed, 240 slots: it fits");
    }
}
