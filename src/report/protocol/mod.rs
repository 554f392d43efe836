//! The first sentence answers the question of the scenario, not the endpoint with the highest power: a
//! table alone invites one to choose afterwards what to look at. The other endpoints follow as points,
//! tables hold all of them, and notes say what must be read with the numbers.

mod methods;

use crate::design::duration::{RequiredDuration, RequiredDurations};
use crate::design::power::{Assurance, LimitReason, PowerCell, PowerSurface};
use crate::kinds::{Endpoint, Kind, Question};
use crate::language::Lang;
use crate::report::assurance;
use crate::report::escape;
use crate::report::figure_block::FigureBlock;
use crate::report::figures::chart::Figure;
use crate::report::number;
use crate::report::power::comparison;
use crate::report::sections::{Section, SectionsPage, row, table};
use crate::report::table::{Cell, Table};
use crate::report::words::{self, endpoint_named};
use crate::scenario::Scenario;

pub(crate) use methods::{Simulated, methods};

/// The endpoint that a study of this question would be about. A study has no endpoint of money or of
/// caseload; the nearest event stands for those.
fn endpoint(question: Question) -> Endpoint {
    match question {
        Question::Payback | Question::Work => Endpoint::ExitToWork,
        Question::Exits | Question::Caseload => Endpoint::Exit,
        Question::Steps => Endpoint::VisibleActivation,
        Question::Signals => Endpoint::FirstSignal,
    }
}

/// The page of `power`, in one file without links to others: answer, figures beside it, tables, notes,
/// methods. `assured` adds what uncertain assumptions make of the answer.
pub(crate) fn power(
    (surface, assured): (&PowerSurface, Option<&Assurance>),
    figures: &[Figure],
    scenario: &Scenario,
    simulated: Simulated<'_>,
    lang: Lang,
) -> String {
    let full = full_size(surface);
    let mut arms: Vec<&str> = full.iter().map(|cell| cell.arm.as_str()).collect();
    arms.dedup();
    let mut first = answer_section(lang);
    first.sentences = power_answer(surface, assured, scenario, lang);
    let asked = endpoint(scenario.asked).name();
    let target = surface.target_power;
    for arm in &arms {
        let endpoints = scenario.analysis.tests.iter().map(|(endpoint, _)| endpoint.name());
        let others = endpoints.filter(|name| *name != asked).map(|name| primary(&full, arm, name));
        let (found, missed): (Vec<_>, Vec<_>) =
            others.partition(|cells| cells.iter().any(|cell| cell.power.value >= target));
        first.points.extend(found.iter().map(|cells| power_sentence(arm, cells, target, lang)));
        first.points.extend(power_out_of_reach(arm, &missed, target, lang));
    }
    first.points.retain(|point| !point.is_empty());
    let tables = arms.iter().map(|arm| power_table(arm, &full, lang)).collect();
    finish(lang, scenario, simulated, first, (figures, tables), notes(surface, lang))
}

/// The answer of `power` to the question of the scenario, a sentence per arm; with draws also what uncertain assumptions make of it.
pub(crate) fn power_answer(
    surface: &PowerSurface,
    assured: Option<&Assurance>,
    scenario: &Scenario,
    lang: Lang,
) -> Vec<String> {
    let full = full_size(surface);
    let asked = endpoint(scenario.asked).name();
    let mut arms: Vec<&str> = full.iter().map(|cell| cell.arm.as_str()).collect();
    arms.dedup();
    let of = |arm: &&str| power_sentence(arm, &primary(&full, arm, asked), surface.target_power, lang);
    let mut list: Vec<String> = arms.iter().map(of).filter(|sentence| !sentence.is_empty()).collect();
    list.extend(assured.into_iter().flat_map(|found| assurance::sentences(found, asked, scenario, lang)));
    list
}

/// The cells of an endpoint's primary test in one arm, a cell per duration; empty when it was not
/// simulated.
fn primary<'c>(full: &[&'c PowerCell], arm: &str, endpoint: &str) -> Vec<&'c PowerCell> {
    let cells = full.iter().copied();
    cells.filter(|cell| cell.arm == arm && cell.primary && cell.endpoint == endpoint).collect()
}

/// The answer of `duration` to the question of the scenario, a sentence per arm; with draws also what uncertain assumptions make of
/// it.
pub(crate) fn duration_answer(answer: &RequiredDurations, scenario: &Scenario, lang: Lang) -> Vec<String> {
    let asked = endpoint(scenario.asked).name();
    let of = |required: &&RequiredDuration| required.endpoint == asked;
    let full = full_durations(answer);
    let mut list: Vec<String> =
        full.iter().copied().filter(of).map(|required| duration_sentence(required, answer, lang)).collect();
    let assured = answer.assurance.iter();
    list.extend(assured.flat_map(|found| assurance::sentences(found, asked, scenario, lang)));
    list
}

/// The primary tests at the largest size, all arms and endpoints.
fn full_durations(answer: &RequiredDurations) -> Vec<&RequiredDuration> {
    let largest = answer.required.iter().map(|required| required.size).fold(0.0, f64::max);
    answer.required.iter().filter(|required| required.size == largest && required.primary).collect()
}

/// The page of `duration`: the same order as that of `power`, with the months needed by size in its
/// table. A dash for months or interval means that the target was not reached or not for sure.
pub(crate) fn duration(
    answer: &RequiredDurations,
    figures: &[Figure],
    scenario: &Scenario,
    simulated: Simulated<'_>,
    lang: Lang,
) -> String {
    let asked = endpoint(scenario.asked).name();
    let mut first = answer_section(lang);
    first.sentences = duration_answer(answer, scenario, lang);
    let others: Vec<&RequiredDuration> =
        full_durations(answer).into_iter().filter(|required| required.endpoint != asked).collect();
    let mut arms: Vec<&str> = others.iter().map(|required| required.arm.as_str()).collect();
    arms.dedup();
    for arm in arms {
        let of_arm = others.iter().copied().filter(|required| required.arm == arm);
        let (missed, found): (Vec<_>, Vec<_>) = of_arm.partition(|required| is_out_of_reach(required));
        first.points.extend(found.into_iter().map(|required| duration_sentence(required, answer, lang)));
        first.points.extend(out_of_reach(arm, &missed, answer, lang));
    }
    let mut arms: Vec<&str> = answer.required.iter().map(|required| required.arm.as_str()).collect();
    arms.dedup();
    let tables = arms.into_iter().map(|arm| months_table(arm, answer, lang)).collect();
    let notes = answer.notes.iter().map(|note| words::note(note, lang)).collect();
    finish(lang, scenario, simulated, first, (figures, tables), notes)
}

/// The months that the primary tests of an arm need by size, with their interval, and the power in the fresh studies of the largest
/// size. A size of the arm has a column, an endpoint a row.
fn months_table(arm: &str, answer: &RequiredDurations, lang: Lang) -> Table {
    let of_arm: Vec<&RequiredDuration> =
        answer.required.iter().filter(|required| required.arm == arm && required.primary).collect();
    let mut sizes: Vec<&RequiredDuration> = Vec::new();
    let mut endpoints: Vec<&RequiredDuration> = Vec::new();
    for required in &of_arm {
        if !sizes.iter().any(|known| known.size == required.size) {
            sizes.push(required);
        }
        if !endpoints.iter().any(|known| known.endpoint == required.endpoint) {
            endpoints.push(required);
        }
    }
    sizes.sort_by(|a, b| a.size.total_cmp(&b.size));
    let clients = |required: &RequiredDuration| number::decimal(lang, f64::from(required.clients[1]), 0);
    let mut head = vec![lang.pick("uitkomst en primaire toets", "endpoint and primary test").to_owned()];
    head.extend(sizes.iter().map(|required| match lang {
        Lang::Nl => format!("{} klanten", clients(required)),
        Lang::En => format!("{} clients", clients(required)),
    }));
    head.push(lang.pick("power, verse onderzoeken", "power, fresh studies").to_owned());
    let none = || Cell::text(number::NO_NUMBER);
    let line = |of: &&RequiredDuration| {
        let at = |size: &&RequiredDuration| {
            of_arm.iter().find(|found| found.endpoint == of.endpoint && found.size == size.size)
        };
        let mut cells: Vec<Cell> =
            sizes.iter().map(|size| at(size).map_or_else(none, |found| months_cell(found, lang))).collect();
        let fresh = sizes.last().and_then(at).and_then(|found| found.fresh_power);
        cells.push(fresh.map_or_else(none, |power| Cell::number(number::percent(lang, power, 0), power)));
        row(
            format!("{}: {}", endpoint_named(lang, of.endpoint), words::test_named(lang, of.test, false)),
            cells,
        )
    };
    let arm = words::capital(&words::arm_named(lang, arm));
    let caption = match lang {
        Lang::Nl => {
            format!("{arm}: maanden die nodig zijn, naar klanten in de groep; power bij de meeste klanten")
        }
        Lang::En => format!("{arm}: months needed, by clients in the arm; power with the most clients"),
    };
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    table(&caption, &head, endpoints.iter().map(line).collect())
}

/// Months and their interval; a dash where the target is not reached, or not for sure.
fn months_cell(required: &RequiredDuration, lang: Lang) -> Cell {
    let month = |value: Option<u32>| value.map_or(number::NO_NUMBER.to_owned(), |months| months.to_string());
    let Some(months) = required.months else { return Cell::text(number::NO_NUMBER) };
    let ends = [required.months_low, required.months_high];
    if let [Some(low), None] = ends {
        // Missed again, or not sure, at some longer duration.
        let open = format!("{months} [{low}; {}]", number::NO_NUMBER);
        return Cell::number(open, f64::from(months));
    }
    let range = number::interval(lang, &month(ends[0]), &month(ends[1]));
    let [low, high] = ends.map(|end| end.map_or(f64::NAN, f64::from));
    Cell::ranged(months.to_string(), f64::from(months), range, (low, high))
}

/// The section of the answer, empty.
fn answer_section(lang: Lang) -> Section {
    Section {
        id: "answer",
        heading: lang.pick("Het antwoord", "The answer").to_owned(),
        ..Section::default()
    }
}

/// The cells of the largest study, all arms, endpoints, tests and durations.
fn full_size(surface: &PowerSurface) -> Vec<&PowerCell> {
    let largest = surface.cells.iter().map(|cell| cell.size).fold(0.0, f64::max);
    surface.cells.iter().filter(|cell| cell.size == largest).collect()
}

/// From when a study finds an endpoint's difference, or how near it comes; empty when the endpoint was not simulated.
fn power_sentence(arm: &str, cells: &[&PowerCell], target: f64, lang: Lang) -> String {
    let Some(last) = cells.iter().copied().max_by_key(|cell| cell.months) else { return String::new() };
    // From this month on the target is met at every longer duration too.
    let mut sorted = cells.to_vec();
    sorted.sort_by_key(|cell| cell.months);
    let missed = sorted.iter().rposition(|cell| cell.power.value < target);
    let reached = sorted.get(missed.map_or(0, |at| at + 1));
    let (name, arm) = (endpoint_named(lang, last.endpoint), words::arm_named(lang, arm));
    let shown = reached.copied().unwrap_or(last);
    let (months, share) = (number::months(lang, shown.months), number::percent(lang, shown.power.value, 0));
    let end = |value| number::percent(lang, value, 0);
    let range = number::interval(lang, &end(shown.power.low), &end(shown.power.high));
    let (wanted, clients) =
        (number::percent(lang, target, 0), number::decimal(lang, f64::from(shown.clients[1]), 0));
    let peak =
        sorted.iter().copied().filter(|cell| cell.power.value >= target).max_by_key(|cell| cell.months);
    if let (None, Some(peak)) = (reached, peak) {
        let (until, high) = (number::months(lang, peak.months), number::percent(lang, peak.power.value, 0));
        return match lang {
            Lang::Nl => format!(
                "{name}, {arm}: {wanted} kans om het verschil te vinden wordt gehaald na {until} ({high}) maar niet bij elke langere duur: \
                 na {months} is die kans {share} {range}."
            ),
            Lang::En => format!(
                "{name}, {arm}: a chance of {wanted} to find the difference is reached after {until} ({high}) but not at every longer \
                 duration: after {months} it is {share} {range}."
            ),
        };
    }
    // A share of simulated studies that lies above the target by luck alone is no promise.
    if reached.is_some() && shown.power.low < target {
        return match lang {
            Lang::Nl => format!(
                "{name}, {arm}: met {clients} klanten vindt een onderzoek van {months} het verschil met {share} kans {range}. Of dat \
                 {wanted} haalt, kan dit aantal herhalingen niet bevestigen."
            ),
            Lang::En => format!(
                "{name}, {arm}: with {clients} clients a study of {months} finds the difference with a chance of {share} {range}. \
                 Whether that reaches {wanted}, this number of replicates cannot confirm."
            ),
        };
    }
    match (lang, reached.is_some()) {
        (Lang::Nl, true) => format!(
            "{name}, {arm}: met {clients} klanten vindt een onderzoek van {months} of langer het verschil met {wanted} kans of meer (na \
             {months} {share} {range})."
        ),
        (Lang::En, true) => format!(
            "{name}, {arm}: with {clients} clients a study of {months} or longer finds the difference with a chance of {wanted} or more \
             (after {months} {share} {range})."
        ),
        (Lang::Nl, false) => format!(
            "{name}, {arm}: {wanted} kans om het verschil te vinden wordt niet gehaald; na {months} is die kans {share} {range}."
        ),
        (Lang::En, false) => format!(
            "{name}, {arm}: a chance of {wanted} to find the difference is not reached; after {months} it is {share} {range}."
        ),
    }
}

/// The endpoints of an arm that no duration finds, in one sentence with the power at the longest; `None`
/// without any.
fn power_out_of_reach(arm: &str, missed: &[Vec<&PowerCell>], target: f64, lang: Lang) -> Option<String> {
    let last = missed.iter().filter_map(|cells| cells.iter().copied().max_by_key(|cell| cell.months));
    let last: Vec<&PowerCell> = last.collect();
    let longest = last.first()?;
    let named = last.iter().map(|cell| {
        let percent = |value| number::percent(lang, value, 0);
        let range = number::interval(lang, &percent(cell.power.low), &percent(cell.power.high));
        format!("{} {} {range}", endpoint_named(lang, cell.endpoint), percent(cell.power.value))
    });
    let (arm, named) = (words::capital(&words::arm_named(lang, arm)), named.collect::<Vec<_>>().join("; "));
    let (months, wanted) = (number::months(lang, longest.months), number::percent(lang, target, 0));
    Some(match lang {
        Lang::Nl => format!(
            "{arm}: {wanted} kans om het verschil te vinden wordt niet gehaald voor de volgende uitkomsten; na {months} is die kans: {named}."
        ),
        Lang::En => format!(
            "{arm}: a chance of {wanted} to find the difference is not reached for the following endpoints; after {months} it is: {named}."
        ),
    })
}

/// How long a study must run for one endpoint, or that the target is not reached, or that so few
/// replicates cannot say: three things that ask for three different next steps.
fn duration_sentence(required: &RequiredDuration, answer: &RequiredDurations, lang: Lang) -> String {
    let (name, arm) = (endpoint_named(lang, required.endpoint), words::arm_named(lang, &required.arm));
    let (wanted, clients) =
        (number::percent(lang, answer.power, 0), number::decimal(lang, f64::from(required.clients[1]), 0));
    let last = number::months(lang, answer.months.last().copied().unwrap_or(0));
    if let Some(LimitReason::NotSure { power, months }) = required.limit.as_ref().map(|limit| limit.reason) {
        let (power, months) = (number::percent(lang, power, 0), number::months(lang, months));
        return match lang {
            Lang::Nl => format!(
                "{name}, {arm}: of de kans om het verschil te vinden binnen {last} {wanted} wordt, is niet zeker: na {months} is die \
                 ongeveer {power}, en zo weinig herhalingen kunnen dat niet bevestigen."
            ),
            Lang::En => format!(
                "{name}, {arm}: whether the chance to find the difference becomes {wanted} within {last} is not sure: after {months} it \
                 is about {power}, and so few replicates cannot confirm it."
            ),
        };
    }
    match (lang, required.months.map(|months| number::months(lang, months))) {
        (Lang::Nl, Some(months)) => format!(
            "{name}, {arm}: met {clients} klanten moet een onderzoek {months} duren om het verschil met {wanted} kans te vinden."
        ),
        (Lang::En, Some(months)) => format!(
            "{name}, {arm}: with {clients} clients a study must run {months} to find the difference with a chance of {wanted}."
        ),
        (Lang::Nl, None) => format!(
            "{name}, {arm}: {wanted} kans om het verschil te vinden wordt binnen {last} niet gehaald."
        ),
        (Lang::En, None) => format!(
            "{name}, {arm}: a chance of {wanted} to find the difference is not reached within {last}."
        ),
    }
}

/// Whether no duration reaches the target, as far as the replicates can tell.
fn is_out_of_reach(required: &RequiredDuration) -> bool {
    let unsure =
        matches!(required.limit.as_ref().map(|limit| limit.reason), Some(LimitReason::NotSure { .. }));
    required.months.is_none() && !unsure
}

/// The endpoints of an arm that no duration reaches, in one sentence; `None` without any.
fn out_of_reach(
    arm: &str,
    missed: &[&RequiredDuration],
    answer: &RequiredDurations,
    lang: Lang,
) -> Option<String> {
    let names: Vec<&str> = missed.iter().map(|required| endpoint_named(lang, required.endpoint)).collect();
    let (arm, names) = (words::capital(&words::arm_named(lang, arm)), names.join("; "));
    let last = number::months(lang, answer.months.last().copied().unwrap_or(0));
    let wanted = number::percent(lang, answer.power, 0);
    (!missed.is_empty()).then(|| match lang {
        Lang::Nl => format!(
            "{arm}: binnen {last} wordt {wanted} kans om het verschil te vinden niet gehaald voor: {names}."
        ),
        Lang::En => format!(
            "{arm}: within {last} a chance of {wanted} to find the difference is not reached for: {names}."
        ),
    })
}

/// Power of every test by duration for one arm at the size of `full`; the primary test of an endpoint is
/// marked. A test has a cell per duration, and they need not stand together: each makes one row.
fn power_table(arm: &str, full: &[&PowerCell], lang: Lang) -> Table {
    let of_arm: Vec<&PowerCell> = full.iter().copied().filter(|cell| cell.arm == arm).collect();
    let mut months: Vec<u32> = of_arm.iter().map(|cell| cell.months).collect();
    months.sort_unstable();
    months.dedup();
    let mut kinds: Vec<(&str, &str, bool)> =
        of_arm.iter().map(|cell| (cell.endpoint, cell.test, cell.primary)).collect();
    kinds.dedup();
    let mut seen: Vec<(&str, &str, bool)> = Vec::new();
    kinds.retain(|kind| {
        let new = !seen.contains(kind);
        if new {
            seen.push(*kind);
        }
        new
    });
    let line = |(endpoint, test, primary): &(&str, &str, bool)| {
        let cell = |month: &u32| {
            let found = of_arm
                .iter()
                .find(|cell| cell.endpoint == *endpoint && cell.test == *test && cell.months == *month);
            found.map_or(Cell::text(number::NO_NUMBER), |cell| {
                let power = cell.power;
                Cell::number(number::percent(lang, power.value, 0), power.value)
            })
        };
        let test = words::test_named(lang, test, *primary);
        row(format!("{}: {test}", endpoint_named(lang, endpoint)), months.iter().map(cell).collect())
    };
    let rows = kinds.iter().map(line).collect();
    let mut head =
        vec![lang.pick("uitkomst en toets, naar maanden", "endpoint and test, by months").to_owned()];
    head.extend(months.iter().map(u32::to_string));
    let head: Vec<&str> = head.iter().map(String::as_str).collect();
    let caption =
        of_arm.first().map_or_else(String::new, |cell| comparison(arm, cell.clients, cell.caseworkers, lang));
    table(&caption, &head, rows)
}

/// What must be read with the powers.
fn notes(surface: &PowerSurface, lang: Lang) -> Vec<String> {
    surface.notes.iter().map(|note| words::note(note, lang)).collect()
}

/// The page with its program and command.
fn finish(
    lang: Lang,
    scenario: &Scenario,
    simulated: Simulated<'_>,
    mut answer: Section,
    (figures, tables): (&[Figure], Vec<Table>),
    notes: Vec<String>,
) -> String {
    answer.blocks = figures.iter().map(|figure| FigureBlock::beside(figure, lang).to_string()).collect();
    let section = |id, heading: &str| Section { id, heading: heading.to_owned(), ..Section::default() };
    let sections = vec![
        answer,
        Section { tables, ..section("numbers", lang.pick("De cijfers", "The numbers")) },
        Section {
            points: notes,
            ..section("notes", lang.pick("Wat u erbij moet weten", "What to know with it"))
        },
        Section {
            sentences: methods(scenario, simulated, lang),
            ..section(
                "methods",
                lang.pick("Methoden, voor een onderzoeksprotocol", "Methods, for a study protocol"),
            )
        },
    ];
    let kind = lang.pick(
        "Wat een onderzoek zou zien, met stapjes: gesimuleerd, geen meting",
        "What a study would see, with stapjes: simulated, not measured",
    );
    SectionsPage::new(lang, kind, escape::name(&scenario.title[lang.pick(0, 1)]), sections).html()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::design::duration::{DurationQuestion, required_duration};
    use crate::design::power::PowerPlan;
    use crate::scenario::embedded;

    /// Seven plans that are compared, simulated a few times.
    fn seven_plans() -> (Scenario, PowerSurface) {
        let arm = |name: &str, service: &str| {
            format!(
                "[[arm]]\nname = \"{name}\"\nservice = \"{service}\"\nparticipants = 20\ncaseworkers = 1\n"
            )
        };
        let mut text = "extends = \"lange-adem\"\nname = \"seven\"\nhorizon_months = 6\n".to_owned();
        text += &arm("regular", "regular");
        text.extend((1..=7).map(|at| arm(&format!("plan {at}"), "fip")));
        text += "[[site]]\nname = \"here\"\n[analysis]\ncut_off_months = [6]\n";
        let scenario = Scenario::from_text(&text).unwrap();
        let plan = PowerPlan { null_replicates: 0, ..PowerPlan::new(&scenario, 3) };
        let surface = crate::design::power::power(&plan).unwrap();
        (scenario, surface)
    }

    #[test]
    fn every_compared_plan_has_its_figure() {
        let (scenario, mut surface) = seven_plans();
        for cell in &mut surface.cells {
            cell.power.value = 1.0;
        }
        let ids = |figures: &[Figure]| figures.iter().map(|figure| figure.id.clone()).collect::<Vec<_>>();
        let numbered = |name: &str| {
            let rest = (2..=7).map(|at| format!("{name}-{at}"));
            std::iter::once(name.to_owned()).chain(rest).collect::<Vec<_>>()
        };
        let question = DurationQuestion { power: 0.3, confidence: 0.6 };
        let durations = required_duration(&surface, &surface, &question);
        for lang in Lang::ALL {
            assert_eq!(ids(&crate::report::power::figures(&surface, lang)), numbered("power"));
            let figures = crate::report::duration::figures(&durations, &scenario, lang);
            assert_eq!(ids(&figures), numbered("frontier"));
        }
    }

    #[test]
    fn what_no_duration_finds_is_one_point_per_plan_and_luck_is_no_promise() {
        let (scenario, mut surface) = seven_plans();
        for cell in &mut surface.cells {
            cell.power.value = if cell.endpoint == "visible_activation" { 0.9 } else { 0.1 };
            (cell.power.low, cell.power.high) = (cell.power.value - 0.05, cell.power.value + 0.05);
        }
        let simulated = Simulated { studies: 3, command: "stapjes power seven" };
        let points = |surface: &PowerSurface| {
            let page = power((surface, None), &[], &scenario, simulated, Lang::Nl);
            let list = page.split("<ul>").nth(1).unwrap().split("</ul>").next().unwrap().to_owned();
            list.split("<li>").skip(1).map(str::to_owned).collect::<Vec<_>>()
        };
        let found = points(&surface);
        assert_eq!(
            found.len(),
            14,
            "one that is found and one for all that are not, for each plan: {found:?}"
        );
        assert!(found[0].contains("met 80% kans of meer"), "{}", found[0]);
        assert!(found[1].contains("niet gehaald voor de volgende uitkomsten"), "{}", found[1]);
        assert_eq!(found[1].matches("10% [5%; 15%]").count(), scenario.analysis.tests.len() - 2);
        for cell in surface.cells.iter_mut().filter(|cell| cell.endpoint == "visible_activation") {
            cell.power.low = 0.7;
        }
        let found = points(&surface);
        assert!(!found[0].contains("of meer") && found[0].contains("niet bevestigen"), "{}", found[0]);
    }

    #[test]
    fn months_stand_by_size_in_one_row_per_endpoint() {
        let (scenario, mut surface) = seven_plans();
        for cell in &mut surface.cells {
            cell.power.value = if cell.endpoint == "visible_activation" { 1.0 } else { 0.0 };
        }
        let question = DurationQuestion { power: 0.3, confidence: 0.6 };
        let durations = required_duration(&surface, &surface, &question);
        let found = months_table("plan 2", &durations, Lang::Nl);
        assert_eq!(found.rows.len(), scenario.analysis.tests.len());
        assert!(found.caption.starts_with("Plan 2: maanden die nodig zijn"), "{}", found.caption);
        for row in &found.rows {
            assert_eq!(row.cells.len() + 1, found.head.len());
            let is_found = row.head.starts_with("Zichtbare stap");
            assert_eq!(row.cells[0].value, is_found.then_some(6.0), "{row:?}");
        }
    }

    /// One page must not call an arm "FIP" in its table and "fip" in the sentence above it.
    #[test]
    fn power_and_duration_give_an_arm_the_same_name() {
        let overrides = [
            "arm.regular.participants=40",
            "arm.fip.participants=40",
            "horizon_months=6",
            "analysis.cut_off_months=[6]",
        ]
        .map(str::to_owned);
        let scenario = embedded("lange-adem", &overrides).unwrap().scenario;
        let surface =
            crate::design::power::power(&PowerPlan { null_replicates: 0, ..PowerPlan::new(&scenario, 3) });
        let surface = surface.unwrap();
        let question = DurationQuestion { power: 0.8, confidence: 0.95 };
        let durations = required_duration(&surface, &surface, &question);
        for lang in Lang::ALL {
            let sentences = power_answer(&surface, None, &scenario, lang)
                .into_iter()
                .chain(duration_answer(&durations, &scenario, lang));
            let sentences: Vec<String> = sentences.collect();
            assert_eq!(sentences.len(), 2);
            assert!(sentences.iter().all(|sentence| sentence.contains(", FIP: ")), "{sentences:?}");
        }
    }
}
