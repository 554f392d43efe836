//! The tables of results, by name.

use super::escape;
use super::language::Lang;
use super::number;
use super::part_tables;
use super::payback::payback;
use super::source::{Key, MEASURED_MONTHS, Source, World};
use super::table::{self, Cell, Form, Line, Row, Table};
use super::words;
use super::words::arm_name;
use crate::kinds::{ExitReason, Kind, Step};

/// All tables of results with their names; some may have no rows.
pub fn all(source: &Source<'_>) -> Vec<(&'static str, Table)> {
    let horizon = source.horizon();
    let early = horizon.min(MEASURED_MONTHS);
    let mut list = vec![
        (
            "overview",
            at_month(
                source,
                source.lang.pick("De hoofduitkomsten", "The main results"),
                horizon,
                &overview(source.lang),
            ),
        ),
        (
            "reasons",
            at_month(
                source,
                source.lang.pick("Waarom mensen uitstromen", "Why people leave"),
                horizon,
                &reasons(source.lang),
            ),
        ),
        (
            "signals",
            at_month(
                source,
                source.lang.pick("Signalen en wat erachter zit", "Signals and what is behind them"),
                horizon,
                &signals(source.lang),
            ),
        ),
        (
            "steps",
            at_month(
                source,
                source.lang.pick("Stappen per soort", "Steps by kind"),
                horizon,
                &steps(source.lang),
            ),
        ),
        (
            "people",
            at_month(
                source,
                source
                    .lang
                    .pick("Afstand, vertrouwen en eigen initiatief", "Distance, trust and own initiative"),
                horizon,
                &people(source.lang),
            ),
        ),
        (
            "load",
            at_month(
                source,
                source.lang.pick("Gesprekken en uren", "Talks and hours"),
                horizon,
                &load(source.lang),
            ),
        ),
        (
            "money",
            at_month(
                source,
                source.lang.pick("Geld per klant, opgeteld", "Money per client, added up"),
                horizon,
                &money(source.lang, "money"),
            ),
        ),
        (
            "discounted",
            at_month(
                source,
                source.lang.pick("Geld per klant, teruggerekend naar nu", "Money per client, discounted"),
                horizon,
                &money(source.lang, "money_discounted"),
            ),
        ),
    ];
    if early < horizon {
        let caption = source
            .lang
            .pick("De hoofduitkomsten in de gemeten periode", "The main results within the measured period");
        list.push(("early", at_month(source, caption, early, &overview(source.lang))));
    }
    list.push(("years", years(source)));
    list.push(("payback", paybacks(source)));
    list.push(("study", study(source, early)));
    list.push(("sites", sites(source)));
    list.push(("parts", part_tables::parts(source)));
    list.push(("stories", part_tables::stories(source)));
    list.push(("exact", exact(source)));
    list
}

fn at_month(source: &Source<'_>, caption: &str, month: u32, lines: &[Line<'_>]) -> Table {
    let shown = source.results.months.get(source.at_or_before(month)).copied().unwrap_or(0);
    let time = number::months(source.lang, shown);
    let caption = match source.lang {
        Lang::Nl => format!("{caption}, na {time}"),
        Lang::En => format!("{caption}, after {time}"),
    };
    let mut table = table::results(source, caption, month, lines);
    rename(source, &mut table.head);
    table
}

/// Puts the names that readers know in the headings.
fn rename(source: &Source<'_>, head: &mut [String]) {
    for (at, arm) in source.facts.arms.iter().enumerate() {
        let (plain, known) = (escape::name(&arm.name), arm_name(source.lang, arm));
        if plain != known
            && let Some(cell) = head.get_mut(at + 1)
        {
            *cell = known.clone();
        }
    }
    for (order, arm) in source.treated().into_iter().enumerate() {
        let known = source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(source.lang, fact));
        if let Some(cell) = head.get_mut(1 + source.results.arms.len() + order) {
            *cell = match source.lang {
                Lang::Nl => format!("verschil {known} [interval]"),
                Lang::En => format!("difference {known} [interval]"),
            };
        }
    }
}

fn line<'k>(text: &str, form: Form, key: Key<'k>) -> Line<'k> {
    (text.to_owned(), form, key)
}

fn overview(t: Lang) -> Vec<Line<'static>> {
    vec![
        line(
            t.pick("Uit de bijstand, alle redenen", "Off benefit, all reasons"),
            Form::PERCENT,
            ("exits", ""),
        ),
        line(t.pick("Uitstroom naar werk", "Exits to work"), Form::PERCENT, ("exits_true", "work")),
        line(t.pick("Nu in de bijstand", "On benefit now"), Form::PERCENT, ("on_benefit", "")),
        line(
            t.pick("Maanden in de bijstand per klant", "Months on benefit per client"),
            Form::PLAIN,
            ("months_on_benefit", ""),
        ),
        line(t.pick("Teruggekomen", "Came back"), Form::PERCENT, ("returns", "")),
        line(
            t.pick("Klanten met een fraudesignaal", "Clients with a fraud signal"),
            Form::PERCENT,
            ("clients_with_signal", ""),
        ),
        line(
            t.pick("Klanten met een zichtbare stap", "Clients with a visible step"),
            Form::PERCENT,
            ("activated", ""),
        ),
        line(t.pick("Vertrouwen (index 0 tot 1)", "Trust (index 0 to 1)"), Form::INDEX, ("trust", "")),
        line(
            t.pick("Uren van consulenten per klant", "Caseworkers' hours per client"),
            Form::PLAIN,
            ("caseworker_hours", ""),
        ),
    ]
}

fn reasons(t: Lang) -> Vec<Line<'static>> {
    let truth = t.pick("werkelijk", "true");
    let on_file = t.pick("in het dossier", "on file");
    let in_the_model = ExitReason::ALL.iter().copied();
    let mut list: Vec<Line<'static>> = in_the_model
        .map(|reason| {
            let words = words::reason(t, Some(reason));
            (format!("{words} ({truth})"), Form::PERCENT, ("exits_true", reason.name()))
        })
        .collect();
    for recorded in [Some(ExitReason::Work), Some(ExitReason::Fraud), Some(ExitReason::Withdrawal), None] {
        list.push((
            format!("{} ({on_file})", words::reason(t, recorded)),
            Form::PERCENT,
            ("exits_recorded", recorded.map_or("unknown", ExitReason::name)),
        ));
    }
    list
}

fn signals(t: Lang) -> Vec<Line<'static>> {
    let plain = Form::PLAIN;
    vec![
        line(t.pick("Signalen per 1.000 klanten", "Signals per 1,000 clients"), plain, ("signals", "")),
        line(t.pick("… uit gesprekken", "… from talks"), plain, ("signals_by_channel", "talk")),
        line(
            t.pick("… uit bestanden en tips", "… from data matching and tips"),
            plain,
            ("signals_by_channel", "background"),
        ),
        line(
            t.pick("… waar niets aan de hand was (werkelijk)", "… with nothing wrong (truth)"),
            plain,
            ("signals_false", ""),
        ),
        line(t.pick("Bevestigd na onderzoek", "Confirmed by an investigation"), plain, ("confirmed", "")),
        line(
            t.pick("… hersteld, uitkering loopt door", "… corrected, benefit goes on"),
            plain,
            ("corrected", ""),
        ),
        line(t.pick("… uitkering beëindigd", "… benefit terminated"), plain, ("terminated", "")),
        line(
            t.pick(
                "Rechtgezet in een gesprek, zonder signaal (werkelijk)",
                "Put right in a talk, no signal (truth)",
            ),
            plain,
            ("put_right", "talk"),
        ),
        line(
            t.pick("Zelf gebeld en rechtgezet (werkelijk)", "Called and put right (truth)"),
            plain,
            ("put_right", "own_call"),
        ),
        line(
            t.pick("Vanzelf gestopt (werkelijk)", "Ended by itself (truth)"),
            plain,
            ("ended_by_itself", ""),
        ),
        line(
            t.pick(
                "Nog verborgen: onbedoeld (werkelijk, van wie bijstand heeft)",
                "Still hidden: unintentional (truth, of those on benefit)",
            ),
            Form::PERCENT,
            ("hidden_irregularities", "unintentional"),
        ),
        line(
            t.pick(
                "Nog verborgen: opzettelijk (werkelijk, van wie bijstand heeft)",
                "Still hidden: intentional (truth, of those on benefit)",
            ),
            Form::PERCENT,
            ("hidden_irregularities", "intentional"),
        ),
    ]
}

fn steps(t: Lang) -> Vec<Line<'static>> {
    let visible = t.pick("zichtbaar", "visible");
    let invisible = t.pick("onzichtbaar", "invisible");
    let mut list = vec![
        line(
            t.pick("Klanten met een zichtbare stap", "Clients with a visible step"),
            Form::PERCENT,
            ("activated", ""),
        ),
        line(
            t.pick(
                "Stap vooruit in het dossier per 1.000 (zichtbaar)",
                "Step forward on file per 1,000 (visible)",
            ),
            Form::PLAIN,
            ("bands_forward", ""),
        ),
        line(
            t.pick(
                "Komen opdagen als stap per 1.000 (onzichtbaar)",
                "Showing up as a step per 1,000 (invisible)",
            ),
            Form::PLAIN,
            ("showing_up", ""),
        ),
    ];
    for (steps_are_visible, kind) in [(true, visible), (false, invisible)] {
        for &step in Step::ALL.iter().filter(|step| step.visible() == steps_are_visible) {
            let per = t.pick("begonnen per 1.000", "starts per 1,000");
            list.push((
                format!("{}: {per} ({kind})", words::step(t, step)),
                Form::PLAIN,
                ("step_starts", step.name()),
            ));
        }
    }
    list
}

fn people(t: Lang) -> Vec<Line<'static>> {
    vec![
        line(
            t.pick("Werkelijke afstand tot werk, maanden", "True distance to work, months"),
            Form::PLAIN,
            ("distance_true", ""),
        ),
        line(
            t.pick("Afstand in het dossier, maanden", "Distance on file, months"),
            Form::PLAIN,
            ("distance_recorded", ""),
        ),
        line(
            t.pick("Kwam binnen 12 maanden van werk (werkelijk)", "Came within 12 months of work (truth)"),
            Form::PERCENT,
            ("came_near", ""),
        ),
        line(
            t.pick("Kan meer dan het dossier zegt (werkelijk)", "Can do more than on file (truth)"),
            Form::PERCENT,
            ("hidden_capacity", ""),
        ),
        line(
            t.pick("Zulke mogelijkheden gezien per 1.000", "Such capacity seen per 1,000"),
            Form::PLAIN,
            ("capacity_found", ""),
        ),
        line(
            t.pick(
                "Vertrouwen, beeld van de gemeente (index 0 tot 1)",
                "Trust, image of the municipality (index 0 to 1)",
            ),
            Form::INDEX,
            ("trust", ""),
        ),
        line(
            t.pick("Zelfvertrouwen (index 0 tot 1)", "Self-confidence (index 0 to 1)"),
            Form::INDEX,
            ("confidence", ""),
        ),
        line(
            t.pick("Motivatie (index 0 tot 1)", "Motivation (index 0 to 1)"),
            Form::INDEX,
            ("motivation", ""),
        ),
        line(
            t.pick("Eerder zelf contact gezocht, per 1.000", "Contact on own initiative, per 1,000"),
            Form::PLAIN,
            ("own_initiative", ""),
        ),
    ]
}

fn load(t: Lang) -> Vec<Line<'static>> {
    vec![
        line(t.pick("Gesprekken per klant", "Talks per client"), Form::PLAIN, ("talks_held", "")),
        line(t.pick("Niet gekomen per klant", "No-shows per client"), Form::PLAIN, ("no_shows", "")),
        line(
            t.pick("Niet gekomen, van de oproepen", "No-shows, of the invitations"),
            Form::PERCENT,
            ("no_show_share", ""),
        ),
        line(
            t.pick("Moet wachten, van de geplande gesprekken", "Left waiting, of the talks due"),
            Form::PERCENT,
            ("waiting_share", ""),
        ),
        line(t.pick("Uren per klant", "Hours per client"), Form::PLAIN, ("caseworker_hours", "")),
        line(
            t.pick("Uren in totaal", "Hours in all"),
            Form { most: 0, ..Form::PLAIN },
            ("caseworker_hours_total", ""),
        ),
        line(t.pick("Vertrokken consulenten", "Caseworkers replaced"), Form::PLAIN, ("new_caseworkers", "")),
        line(
            t.pick("Tevredenheid van consulenten (index)", "Caseworkers' satisfaction (index)"),
            Form::INDEX,
            ("caseworker_satisfaction", ""),
        ),
    ]
}

/// What the items of money are called.
fn money_words(t: Lang, label: &str) -> &'static str {
    match label {
        "talks" => t.pick("Gesprekken", "Talks"),
        "no_shows" => t.pick("Niet gekomen", "No-shows"),
        "trajectories" => t.pick("Trajecten", "Trajectories"),
        "implementation" => t.pick("Uitvoering samen", "Implementation together"),
        "benefit" => t.pick("Uitkering", "Benefit"),
        "recovered" => t.pick("Terugontvangen vorderingen", "Recovered claims"),
        "municipality" => t.pick("Gemeente, per saldo", "Municipality, on balance"),
        "state" => t.pick(
            "Rijk, op termijn: uitkering min terugontvangen",
            "State, in the long run: benefit less recovered",
        ),
        _ => t.pick("Klant: uitkering min terugbetaald", "Client: benefit less repaid"),
    }
}

const MONEY: [&str; 9] = [
    "talks",
    "no_shows",
    "trajectories",
    "implementation",
    "benefit",
    "recovered",
    "municipality",
    "state",
    "client",
];

fn money(t: Lang, name: &'static str) -> Vec<Line<'static>> {
    MONEY.iter().map(|&label| line(money_words(t, label), Form::EURO, (name, label))).collect()
}

/// Money of each year: the difference from the control.
fn years(source: &Source<'_>) -> Table {
    let t = source.lang;
    let Some(&arm) = source.treated().first() else { return Table::default() };
    let months: Vec<u32> = source
        .results
        .months
        .iter()
        .copied()
        .filter(|month| *month > 0 && month.is_multiple_of(12))
        .collect();
    let shown = ["implementation", "benefit", "recovered", "municipality"];
    let mut head = vec![t.pick("jaar", "year").to_owned()];
    head.extend(shown.iter().map(|label| money_words(t, label).to_owned()));
    let row = |&month: &u32| {
        let at = source.at_or_before(month);
        let cell = |label: &&str| table::difference(source, arm, ("money_year", label), at, Form::EURO);
        Row { head: format!("{}", month / 12), cells: shown.iter().map(cell).collect(), month: None }
    };
    let known = source.has(("money_year", "municipality"));
    let name = source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(t, fact));
    Table {
        caption: match t {
            Lang::Nl => {
                format!("Geld per klant en per jaar: verschil van {name} met de gewone aanpak [toeval]")
            }
            Lang::En => {
                format!("Money per client and per year: difference of {name} from regular service [chance]")
            }
        },
        head,
        rows: if known { months.iter().map(row).collect() } else { Vec::new() },
        panel: None,
    }
}

fn paybacks(source: &Source<'_>) -> Table {
    let t = source.lang;
    let benefit = source.facts.parameter("costs.benefit_month").map_or(0.0, |parameter| parameter.value);
    let columns: Vec<(String, Vec<(String, String)>)> = source
        .treated()
        .into_iter()
        .filter_map(|arm| Some((arm_name(t, source.facts.arms.get(arm)?), payback(source, arm, benefit)?)))
        .map(|(name, payback)| (name, words::money::details(source, &payback)))
        .collect();
    let Some((_, first)) = columns.first() else { return Table::default() };
    let row = |(at, (heading, _)): (usize, &(String, String))| Row {
        head: heading.clone(),
        cells: columns.iter().map(|(_, details)| Cell::text(details[at].1.clone())).collect(),
        month: None,
    };
    let mut head = vec![String::new()];
    head.extend(columns.iter().map(|(name, _)| name.clone()));
    Table {
        caption: t
            .pick(
                "Wat het kost per resultaat, en wanneer het zich terugverdient",
                "Cost per effect, and when it pays back",
            )
            .to_owned(),
        head,
        rows: first.iter().enumerate().map(row).collect(),
        panel: None,
    }
}

/// What a study of this size would see: the range over simulated studies.
fn study(source: &Source<'_>, month: u32) -> Table {
    let t = source.lang;
    let at = source.at_or_before(month);
    let lines = [
        line(t.pick("Uit de bijstand", "Off benefit"), Form::PERCENT, ("exits", "")),
        line(
            t.pick("Naar werk, volgens het dossier", "To work, on file"),
            Form::PERCENT,
            ("exits_recorded", "work"),
        ),
        line(
            t.pick("Klanten met een fraudesignaal", "Clients with a fraud signal"),
            Form::PERCENT,
            ("clients_with_signal", ""),
        ),
        line(
            t.pick("Klanten met een zichtbare stap", "Clients with a visible step"),
            Form::PERCENT,
            ("activated", ""),
        ),
    ];
    let arms = 0..source.results.arms.len();
    let cell = |arm: usize, form: Form, key: Key<'_>| match source.stat(World::Study, arm, key, at) {
        Some(stat) => {
            let end = |value| form.value(source.lang, value, f64::NAN);
            let interval = number::interval(t, &end(stat.low), &end(stat.high));
            Cell {
                text: format!("{} {interval}", form.value(t, stat.mean, stat.mcse)),
                value: Some(stat.mean),
            }
        }
        None => Cell::text(number::NO_NUMBER),
    };
    let row = |(heading, form, key): &Line<'_>| Row {
        head: heading.clone(),
        cells: arms.clone().map(|arm| cell(arm, *form, *key)).collect(),
        month: None,
    };
    let mut head = vec![String::new()];
    head.extend(source.facts.arms.iter().map(|arm| arm_name(t, arm)));
    let time = number::months(t, source.results.months.get(at).copied().unwrap_or(0));
    Table {
        caption: match t {
            Lang::Nl => format!(
                "Wat één onderzoek van deze omvang ziet na {time} [95% van de gesimuleerde onderzoeken]"
            ),
            Lang::En => {
                format!("What one study of this size sees after {time} [95% of the simulated studies]")
            }
        },
        head,
        rows: if source.results.study.is_empty() {
            Vec::new()
        } else {
            lines.iter().filter(|(_, _, key)| source.has(*key)).map(row).collect()
        },
        panel: None,
    }
}

/// The main differences per site.
fn sites(source: &Source<'_>) -> Table {
    let t = source.lang;
    let (Some(&arm), groups) = (source.treated().first(), &source.results.groups) else {
        return Table::default();
    };
    let at = source.at_or_before(source.horizon());
    let keys: [(&str, Key<'_>); 3] = [
        (t.pick("uit de bijstand", "off benefit"), ("exits", "")),
        (t.pick("naar werk", "to work"), ("exits_true", "work")),
        (t.pick("met een fraudesignaal", "with a fraud signal"), ("clients_with_signal", "")),
    ];
    let shown: Vec<_> = keys.into_iter().filter(|(_, key)| source.has(*key)).collect();
    let form = Form::PERCENT.difference();
    let cell = |group: usize, key: Key<'_>| match source.stat_of(World::Difference, arm, group, key, at) {
        Some(stat) => {
            let end = |value| form.value(t, value, stat.mcse);
            let interval = number::interval(t, &end(stat.low), &end(stat.high));
            Cell { text: format!("{} {interval}", number::signed(end(stat.mean))), value: Some(stat.mean) }
        }
        None => Cell::text(number::NO_NUMBER),
    };
    let row = |(group, name): (usize, &String)| Row {
        head: escape::name(name),
        cells: shown.iter().map(|(_, key)| cell(group, *key)).collect(),
        month: None,
    };
    let name = source.facts.arms.get(arm).map_or_else(String::new, |fact| arm_name(t, fact));
    let mut head = vec![t.pick("locatie", "site").to_owned()];
    head.extend(shown.iter().map(|(text, _)| (*text).to_owned()));
    Table {
        caption: match t {
            Lang::Nl => {
                format!("Verschil van {name} met de gewone aanpak per locatie, in procentpunten [toeval]")
            }
            Lang::En => {
                format!("Difference of {name} from regular service by site, percentage points [chance]")
            }
        },
        head,
        rows: source.results.site_groups().map(|group| row((group, &groups[group]))).collect(),
        panel: None,
    }
}

/// Exact and simulated shares of a transition table.
fn exact(source: &Source<'_>) -> Table {
    let t = source.lang;
    let at = source.at_or_before(source.horizon());
    let row = |curve: &crate::trial::ExactCurve| {
        let arm = source.results.arms.iter().position(|arm| *arm == curve.arm)?;
        let exact = *curve.values.get(at)?;
        let stat = source.stat(World::Paired, arm, (&curve.measure, &curve.label), at)?;
        let text = |value: f64| number::percent(t, value, 2);
        let errors = (stat.mean - exact) / stat.mcse;
        let name = arm_name(t, source.facts.arms.get(arm)?);
        let what = if curve.label.is_empty() {
            t.pick("alle redenen", "all reasons")
        } else {
            words::reason(t, ExitReason::from_name(&curve.label))
        };
        Some(Row {
            head: format!("{name}: {what}"),
            cells: vec![
                Cell { text: text(exact), value: Some(exact) },
                Cell { text: text(stat.mean), value: Some(stat.mean) },
                Cell { text: number::decimal(t, errors, 1), value: errors.is_finite().then_some(errors) },
            ],
            month: None,
        })
    };
    let time = number::months(t, source.horizon());
    Table {
        caption: match t {
            Lang::Nl => format!("Precies berekend en gesimuleerd, na {time}"),
            Lang::En => format!("Exact and simulated, after {time}"),
        },
        head: [
            String::new(),
            t.pick("precies", "exact").into(),
            t.pick("gesimuleerd", "simulated").into(),
            t.pick("verschil in standaardfouten", "difference in standard errors").into(),
        ]
        .to_vec(),
        rows: source.results.exact.iter().filter_map(row).collect(),
        panel: None,
    }
}
