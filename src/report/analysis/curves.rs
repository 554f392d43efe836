//! The estimates come with the panels; here they get words. Panels that start at one are of survival
//! (Kaplan-Meier), those that start at zero of the share with each cause (Aalen-Johansen), which is how
//! a figure knows what it shows.

use super::super::escape;
use super::super::figures::curves::{CurvePanel, Curves};
use super::super::number;
use super::forest::AnalysisFacts;
use super::{arm_shown, percent};
use crate::language::{Lang, marked};
use crate::observe::EVERYBODY;

/// The figure, in one language. Below it stand what the band is (an interval at each time by itself,
/// not one for the whole curve), what the strokes mean, and what was understood of the file, so that a
/// column that was read wrongly is seen on the picture too.
pub(crate) fn analysis_curves(panels: &[CurvePanel], facts: &AnalysisFacts<'_>, lang: Lang) -> Curves {
    let remaining = panels.iter().all(|panel| panel.start > 0.0);
    let file = escape::name(facts.file);
    let title = match (lang, remaining) {
        (Lang::Nl, true) => format!("{file}: aandeel zonder de gebeurtenis (Kaplan-Meier)"),
        (Lang::En, true) => format!("{file}: share without the event (Kaplan-Meier)"),
        (Lang::Nl, false) => format!("{file}: aandeel met de gebeurtenis, naar oorzaak (Aalen-Johansen)"),
        (Lang::En, false) => format!("{file}: share with the event, by cause (Aalen-Johansen)"),
    };
    let time = escape::name(facts.time);
    let time = match lang {
        Lang::Nl => format!("tijd ({time})"),
        Lang::En => format!("time ({time})"),
    };
    let level = marked(&percent(facts.level), lang);
    let band = match lang {
        Lang::Nl => format!(
            "De band is op elk tijdstip een {level}%-interval voor dat tijdstip: het toeval van één onderzoek. Streepjes op een lijn: \
             hier hield de waarneming van iemand op."
        ),
        Lang::En => format!(
            "At each time the band is a {level}% interval for that time: the chance of one study. Strokes on a line: somebody's follow-up \
             ended there."
        ),
    };
    let titled = |panel: &CurvePanel| {
        let mut shown = panel.clone();
        if panel.start <= 0.0 {
            shown.title = format!("{} {}", lang.pick("oorzaak", "cause"), escape::name(&panel.title));
        }
        let everybody = shown.arms.iter_mut().filter(|arm| arm.name == EVERYBODY);
        everybody.for_each(|arm| arm.name = arm_shown(lang, EVERYBODY));
        shown
    };
    Curves {
        description: description(panels, lang),
        title,
        time,
        share: lang.pick("aandeel", "share").to_owned(),
        at_risk: lang.pick("Nog gevolgd", "At risk").to_owned(),
        panels: panels.iter().map(titled).collect(),
        notes: std::iter::once(band).chain(facts.understood.iter().cloned()).collect(),
    }
}

/// Where each curve ends and how many were followed at its start, a sentence per curve, for who cannot
/// see the figure.
fn description(panels: &[CurvePanel], lang: Lang) -> String {
    let mut text = String::new();
    for panel in panels {
        for arm in &panel.arms {
            let last = number::percent(lang, arm.value_at(arm.last, panel.start), 0);
            let (name, title) = (arm_shown(lang, &arm.name), escape::name(&panel.title));
            let about = if panel.title.is_empty() { name } else { format!("{title}, {name}") };
            let (time, number) = (number::decimal(lang, arm.last, 1), arm.at_risk_at(0.0));
            text += &match lang {
                Lang::Nl => format!("{about}: {last} op tijdstip {time}; {number} gevolgd aan het begin. "),
                Lang::En => format!("{about}: {last} at time {time}; {number} at risk at the start. "),
            };
        }
    }
    text
}
