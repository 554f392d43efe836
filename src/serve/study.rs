//! The question "a study": what a study of this plan would see, from the studies that `stapjes power` simulates.
//!
//! The numbers of `stapjes power` in the words of somebody who must decide whether to do the study. An
//! endpoint counts as seen when the lower end of its interval reaches the target, as missed when the
//! upper end does not: what lies in between is said to be open.

use serde_json::{Value, json};

use crate::app::power::PowerAnswer;
use crate::design::power::{PowerCell, PowerSurface};
use crate::report::figure_block::FigureBlock;
use crate::report::language::Lang;
use crate::report::number;
use crate::report::power::figures;
use crate::report::stored_power::{self, StoredPower};
use crate::report::words as labels;

/// Studies of the first impression: enough to tell a hopeless study from a good one.
pub(super) const FIRST: u32 = 40;

/// The part of the surface that the report shows, in the form in which it is read from a folder.
pub(super) fn stored(answer: &PowerAnswer) -> Option<StoredPower> {
    serde_json::to_value(answer).ok().and_then(|value| serde_json::from_value(value).ok())
}

/// What the page shows; `command` repeats it.
pub(super) fn shown(answer: &PowerAnswer, lang: Lang, command: &str) -> Value {
    let surface = &answer.surface;
    let sentence = sentences(surface, lang).join(" ");
    let interval = interval(surface, lang);
    let table =
        stored(answer).map_or_else(String::new, |power| stored_power::table(&power, lang).to_string());
    let figure = figures(surface, lang).into_iter().map(|figure| FigureBlock::new(&figure, lang).to_string());
    json!({
        "council": format!("{sentence} {interval}"),
        "sentence": sentence,
        "interval": interval,
        "main_figure": figure.chain([table]).collect::<String>(),
        "warnings": surface.notes.iter().map(|note| labels::note(note, lang)).collect::<Vec<_>>(),
        "command": command,
    })
}

/// One sentence per arm and class: what the study sees, what it misses, and what these studies cannot tell.
fn sentences(surface: &PowerSurface, lang: Lang) -> Vec<String> {
    let largest = surface.cells.iter().map(|cell| cell.size).fold(0.0, f64::max);
    let longest = surface.cells.iter().map(|cell| cell.months).max().unwrap_or(0);
    let shown: Vec<&PowerCell> = surface
        .cells
        .iter()
        .filter(|cell| cell.primary && cell.size == largest && cell.months == longest)
        .collect();
    let mut arms: Vec<&str> = shown.iter().map(|cell| cell.arm.as_str()).collect();
    arms.dedup();
    let target = surface.target_power;
    let mut sentences = Vec::new();
    for arm in &arms {
        let of_arm = |wanted: fn(&PowerCell, f64) -> bool| -> Vec<&str> {
            let cells = shown.iter().filter(|cell| cell.arm == *arm && wanted(cell, target));
            cells.map(|cell| labels::endpoint_named(lang, cell.endpoint)).collect()
        };
        let Some([control, treated]) = shown.iter().find(|cell| cell.arm == *arm).map(|cell| cell.clients)
        else {
            continue;
        };
        let (clients, months) =
            (number::decimal(lang, f64::from(control + treated), 0), number::months(lang, longest));
        let named =
            if arms.len() > 1 { format!(" ({})", labels::arm_named(lang, arm)) } else { String::new() };
        let percent = number::percent(lang, target, 0);
        let classes = [
            of_arm(|cell, target| cell.power.low >= target),
            of_arm(|cell, target| cell.power.high < target),
            of_arm(|cell, target| cell.power.low < target && cell.power.high >= target),
        ];
        let nobody = classes[0].is_empty();
        let sees = match lang {
            Lang::Nl => format!(
                "Een onderzoek met {clients} klanten, {months} gevolgd{named}, ziet {} met een kans van minstens {percent}",
                if nobody { "niets" } else { "dit" }
            ),
            Lang::En => format!(
                "A study with {clients} clients, followed for {months}{named}, sees {} with a chance of at least {percent}",
                if nobody { "nothing" } else { "this" }
            ),
        };
        let misses = lang.pick("Het is te klein of te kort voor", "It is too small or too short for");
        let between = match lang {
            Lang::Nl => format!("Rond die {percent} ligt"),
            Lang::En => format!("Around that {percent} lies"),
        };
        let listed = |names: &[&str]| names.join("; ").to_lowercase();
        sentences.push(if nobody { format!("{sees}.") } else { format!("{sees}: {}.", listed(&classes[0])) });
        for (text, names) in [(misses, &classes[1]), (between.as_str(), &classes[2])] {
            if !names.is_empty() {
                sentences.push(format!("{text}: {}.", listed(names)));
            }
        }
    }
    sentences
}

/// What the powers rest on: so many simulated studies, and what stands in brackets.
fn interval(surface: &PowerSurface, lang: Lang) -> String {
    let studies = number::decimal(lang, f64::from(surface.replicates), 0);
    match lang {
        Lang::Nl => format!(
            "Geteld in {studies} gesimuleerde onderzoeken, als de aannames kloppen; tussen haken het toeval van dat aantal (95%)."
        ),
        Lang::En => format!(
            "Counted in {studies} simulated studies, if the assumptions hold; in brackets the chance of that number (95%)."
        ),
    }
}
