//! One place for it, so that page, workbook and comparison say the same thing of the same measure. A
//! line is words, form (how its number is written and rounded) and key (measure and label of the
//! results); a key that a run does not have makes no row. "(truth)" marks what no file shows: a reader
//! must not look for it in his own records.

use crate::kinds::{Domain, ExitReason, Kind, Step};
use crate::report::language::Lang;
use crate::report::table::{Form, Line};
use crate::report::words;
use crate::trial::view::Key;

/// A row to be: its words, how its numbers are written, and where they stand in the results.
fn line<'k>(text: &str, form: Form, key: Key<'k>) -> Line<'k> {
    (text.to_owned(), form, key)
}

/// The main results.
pub(super) fn overview(t: Lang) -> Vec<Line<'static>> {
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

/// What the workbook shows year by year, with a chart each.
pub(in crate::report) fn by_year(t: Lang) -> Vec<Line<'static>> {
    let mut list = overview(t);
    list.push(line(
        t.pick("Gesprekken en trajecten, per klant", "Talks and trajectories, per client"),
        Form::EURO,
        ("money_discounted", "implementation"),
    ));
    list.push(line(
        t.pick("Gemeente, per saldo, per klant", "Municipality, on balance, per client"),
        Form::EURO,
        ("money_discounted", "municipality"),
    ));
    list
}

/// Exits by true reason, per client who entered. With returns a client can leave more than once, so the
/// rows can add up to more than the share that ever left.
pub(super) fn reasons(t: Lang) -> Vec<Line<'static>> {
    let every = ExitReason::ALL.iter().copied();
    every
        .map(|reason| {
            let words = words::capital(words::reason(t, Some(reason)));
            (words, Form::PERCENT, ("exits_true", reason.name()))
        })
        .collect()
}

/// The reasons that the municipality knows, and "unknown": who does not say why he leaves is on file
/// without a reason, however true his work is.
pub(super) fn reasons_on_file(t: Lang) -> Vec<Line<'static>> {
    let known = [Some(ExitReason::Work), Some(ExitReason::Fraud), Some(ExitReason::Withdrawal), None];
    known
        .map(|reason| {
            let words = words::capital(words::reason(t, reason));
            (words, Form::PERCENT, ("exits_recorded", reason.map_or("unknown", ExitReason::name)))
        })
        .to_vec()
}

/// Irregularities and signals. "…" begins a part of the line above it; signals without anything wrong
/// and what was put right without a signal stand beside the confirmed ones, as a count of signals alone
/// would call harm what is help.
pub(super) fn signals(t: Lang) -> Vec<Line<'static>> {
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
            t.pick("Onjuiste opgaven die begonnen (werkelijk)", "Irregularities that began (truth)"),
            plain,
            ("onset", "all"),
        ),
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

/// Small steps together: visible ones, which a caseworker can put on file, apart from those that only
/// the model knows.
pub(super) fn steps(t: Lang) -> Vec<Line<'static>> {
    vec![
        line(
            t.pick("Klanten met een zichtbare stap", "Clients with a visible step"),
            Form::PERCENT,
            ("activated", ""),
        ),
        line(
            t.pick("Zichtbare stappen per 1.000 klanten", "Visible steps per 1,000 clients"),
            Form::PLAIN,
            ("visible_steps", ""),
        ),
        line(
            t.pick("… stap vooruit in het dossier", "… a step forward on file"),
            Form::PLAIN,
            ("bands_forward", ""),
        ),
        line(
            t.pick(
                "Onzichtbare stappen per 1.000 klanten (werkelijk)",
                "Invisible steps per 1,000 clients (truth)",
            ),
            Form::PLAIN,
            ("invisible_steps", ""),
        ),
        line(t.pick("… weer komen opdagen", "… showing up again"), Form::PLAIN, ("showing_up", "")),
    ]
}

/// Starts of every kind of step per 1,000 clients, visible kinds first.
pub(super) fn kinds_of_step(t: Lang) -> Vec<Line<'static>> {
    let mut list = Vec::new();
    for (visible, kind) in
        [(true, t.pick("zichtbaar", "visible")), (false, t.pick("onzichtbaar", "invisible"))]
    {
        for &step in Step::ALL.iter().filter(|step| step.visible() == visible) {
            let words = words::capital(words::step(t, step));
            list.push((format!("{words} ({kind})"), Form::PLAIN, ("step_starts", step.name())));
        }
    }
    list
}

/// Problems that clients told of, by domain of life.
pub(super) fn problems(t: Lang) -> Vec<Line<'static>> {
    let every = Domain::ALL.iter();
    every
        .map(|&domain| {
            (words::capital(words::domain(t, domain)), Form::PLAIN, ("disclosed_domain", domain.name()))
        })
        .collect()
}

/// Who it works for, in thirds of the clients: by how well client and caseworker match, and by how able
/// the caseworker is. Both are truths of the model that no file has.
pub(super) fn terciles(t: Lang) -> Vec<Line<'static>> {
    let third = |label: &str| match label {
        "poor" => t.pick("minste derde", "lowest third"),
        "average" => t.pick("middelste derde", "middle third"),
        _ => t.pick("beste derde", "best third"),
    };
    let blocks: [(&str, &'static str); 4] = [
        (t.pick("Naar werk, klik", "To work, match"), "worked_by_match"),
        (t.pick("Naar werk, consulent", "To work, caseworker"), "worked_by_caseworker"),
        (t.pick("Zichtbare stap, klik", "Visible step, match"), "activated_by_match"),
        (t.pick("Zichtbare stap, consulent", "Visible step, caseworker"), "activated_by_caseworker"),
    ];
    let of = |(words, name): &(&str, &'static str)| {
        ["poor", "average", "good"]
            .map(|label| (format!("{words}: {}", third(label)), Form::PERCENT, (*name, label)))
    };
    blocks.iter().flat_map(of).collect()
}

/// States of the clients: distance in months of work away, beside what the file says of it; trust,
/// confidence and motivation as indices from 0 to 1 without a unit.
pub(super) fn people(t: Lang) -> Vec<Line<'static>> {
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
            t.pick(
                "Maanden dat zulke mogelijkheden ongezien bleven (werkelijk)",
                "Months that such capacity stayed unseen (truth)",
            ),
            Form::PLAIN,
            ("capacity_unseen", ""),
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

/// The caseworkers' load: talks and hours per client, and shares of the invitations and of the talks
/// that were due.
pub(super) fn load(t: Lang) -> Vec<Line<'static>> {
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
            t.pick("Tevredenheid van consulenten (index)", "Caseworkers' satisfaction (index)"),
            Form::INDEX,
            ("caseworker_satisfaction", ""),
        ),
    ]
}

/// What an item of money is called; every label that is not listed is the client's balance.
pub(super) fn money_words(t: Lang, label: &str) -> &'static str {
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

/// The amounts as labels of the results: what is spent, what is paid, then the balance of each who
/// pays.
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

/// Amounts in euros per client of the measure `name`, which decides whether they are added up as they
/// fall or discounted to the start.
pub(super) fn money(t: Lang, name: &'static str) -> Vec<Line<'static>> {
    MONEY.iter().map(|&label| line(money_words(t, label), Form::EURO, (name, label))).collect()
}
