//! The list of measures behind [`measures`](super::measures()), section by section.
//!
//! A measure is a row: name, label, unit, whether it is true or on file, and a ratio of totals.
//! Results, files and JSON follow from the list; `docs/results.md` must name each, which a test sees
//! to, and what the report tells of it is decided there. Denominators are few and named, since a share
//! of clients who entered and a share of clients on benefit are different claims.

use crate::history::Tally;
use crate::kinds::{Band, Domain, ExitReason, Kind, Rung, Step, Tercile};
use crate::language::Text;

use super::measure::{Measure, Over, Ratio, Section, Span, Visibility, WeightedTotal};

/// Talks held.
const HELD: Over = Over::Totals(&[Tally::TalksHeld]);
/// Talks held and no-shows: everybody who was invited.
const CALLED: Over = Over::Totals(&[Tally::TalksHeld, Tally::NoShows]);
/// Client-months on benefit.
const ON_BENEFIT_TIME: Over = Over::Totals(&[Tally::BenefitMonths]);
/// Talks that were due: invited or left waiting.
const WAITING_OR_CALLED: Over = Over::Totals(&[Tally::Invited, Tally::Backlog]);

/// All measures, in the order of every file.
pub(super) fn all() -> Vec<Measure> {
    let mut list = Vec::new();
    outflow(&mut list);
    signals(&mut list);
    steps(&mut list);
    distance(&mut list);
    people(&mut list);
    by_tercile(&mut list);
    load(&mut list);
    list.extend(super::costs::money());
    list
}

/// A sum of totals, each with weight 1.
pub(crate) fn ratio(tallies: &[Tally], span: Span, over: Over, scale: f64) -> Ratio {
    let terms = tallies.iter().map(|&tally| WeightedTotal { tally, weight: |_| 1.0 }).collect();
    Ratio { terms, span, over, scale }
}

/// A measure; ladders have those about outflow.
fn measure(
    (name, label): (&'static str, &'static str),
    unit: &'static str,
    section: Section,
    view: Visibility,
    ratio: Ratio,
    definition: Text,
) -> Measure {
    let in_ladder = section == Section::Outflow;
    Measure { name, label, unit, section, view, in_ladder, ratio, less: None, definition }
}

/// Cumulative, as a share of (or number per) clients entered.
fn so_far(tallies: &[Tally], scale: f64) -> Ratio {
    ratio(tallies, Span::SoFar, Over::Entered, scale)
}

/// State, as a share of (or mean over) clients on benefit.
fn now(tallies: &[Tally]) -> Ratio {
    ratio(tallies, Span::Now, Over::OnBenefit, 1.0)
}

/// Who leaves, why, for how long.
fn outflow(list: &mut Vec<Measure>) {
    use Section::Outflow;
    list.push(measure(
        ("exits", ""),
        "share",
        Outflow,
        Visibility::OnFile,
        so_far(&[Tally::FirstExits], 1.0),
        Text::new("klanten die minstens één keer uit de bijstand gingen, als deel van wie binnenkwam (eerste uitstroom)", "clients who left benefit at least once, as a share of clients entered (first exits)"),
    ));
    for &reason in ExitReason::ALL {
        list.push(measure(
            ("exits_true", reason.name()),
            "share",
            Outflow,
            Visibility::Truth,
            so_far(&[Tally::Exit(reason)], 1.0),
            Text::new("uitstroom met deze werkelijke reden, per klant die binnenkwam; wie terugkomt kan vaker uitstromen", "exits with this true reason per client entered; with returns a client can leave more than once"),
        ));
    }
    for recorded in ExitReason::ALL.iter().copied().map(Some).chain([None]) {
        let label = recorded.map_or("unknown", ExitReason::name);
        list.push(measure(
            ("exits_recorded", label),
            "share",
            Outflow,
            Visibility::OnFile,
            so_far(&[Tally::on_file(recorded)], 1.0),
            Text::new("uitstroom met deze reden in het dossier, per klant die binnenkwam; wie terugkomt kan vaker uitstromen", "exits with this reason on file per client entered; with returns a client can leave more than once"),
        ));
    }
    list.push(measure(
        ("ever_worked", ""),
        "share",
        Outflow,
        Visibility::Truth,
        so_far(&[Tally::EverWorked], 1.0),
        Text::new(
            "klanten die minstens één keer naar werk gingen, als deel van wie binnenkwam: mensen, geen keren",
            "clients who left for work at least once, as a share of clients entered: persons, not exits",
        ),
    ));
    list.push(measure(
        ("on_benefit", ""),
        "share",
        Outflow,
        Visibility::OnFile,
        ratio(&[Tally::OnBenefit], Span::Now, Over::Entered, 1.0),
        Text::new(
            "klanten met bijstand, als deel van wie tot dan binnenkwam",
            "clients on benefit as a share of clients entered so far",
        ),
    ));
    list.push(measure(
        ("returns", ""),
        "share",
        Outflow,
        Visibility::OnFile,
        so_far(&[Tally::Returned], 1.0),
        Text::new(
            "keren dat iemand terugkwam in de bijstand, per klant die binnenkwam",
            "returns to benefit per client entered",
        ),
    ));
    list.push(measure(
        ("months_on_benefit", ""),
        "months",
        Outflow,
        Visibility::OnFile,
        so_far(&[Tally::BenefitMonths], 1.0),
        Text::new(
            "gemiddeld aantal maanden bijstand sinds de start, per klant die binnenkwam",
            "mean months on benefit per client entered, since the start",
        ),
    ));
    list.push(measure(
        ("clients_on_benefit", ""),
        "clients",
        Outflow,
        Visibility::OnFile,
        ratio(&[Tally::OnBenefit], Span::Now, Over::Nothing, 1.0),
        Text::new("aantal klanten met bijstand in de groep", "number of clients on benefit in the group"),
    ));
    list.push(measure(
        ("clients_entered", ""),
        "clients",
        Outflow,
        Visibility::OnFile,
        ratio(&[Tally::Entered], Span::SoFar, Over::Nothing, 1.0),
        Text::new(
            "aantal klanten dat in de groep kwam: deelnemers en nieuwe instroom",
            "number of clients who came into the group: participants and new entrants",
        ),
    ));
}

/// Irregularities: what exists, what is found, what follows.
fn signals(list: &mut Vec<Measure>) {
    use Visibility::{OnFile, Truth};
    let mut add = |key, unit, view, ratio, definition| {
        list.push(measure(key, unit, Section::Signals, view, ratio, definition));
    };
    let per_1000 = "per 1,000 clients";
    add(
        ("signals", ""),
        per_1000,
        OnFile,
        so_far(&[Tally::Signals], 1000.0),
        Text::new(
            "fraudesignalen tot dan, per 1.000 klanten die binnenkwamen",
            "fraud signals so far per 1,000 clients entered",
        ),
    );
    add(
        ("signals_half_year", ""),
        per_1000,
        OnFile,
        ratio(&[Tally::Signals], Span::Last(6), Over::Entered, 1000.0),
        Text::new(
            "fraudesignalen in het laatste half jaar, per 1.000 klanten die binnenkwamen; bestaat niet vóór maand 6",
            "fraud signals in the last six months per 1,000 clients entered; undefined before month 6",
        ),
    );
    add(
        ("signals_half_year_on_benefit", ""),
        "per 1,000 clients on benefit",
        OnFile,
        ratio(&[Tally::Signals], Span::Last(6), ON_BENEFIT_TIME, 6000.0),
        Text::new(
            "fraudesignalen in het laatste half jaar, per 1.000 halve jaren bijstand; bestaat niet vóór maand 6",
            "fraud signals in the last six months per 1,000 half-years on benefit; undefined before month 6",
        ),
    );
    add(
        ("clients_with_signal", ""),
        "share",
        OnFile,
        so_far(&[Tally::SignalClients], 1.0),
        Text::new(
            "klanten met minstens één fraudesignaal, als deel van wie binnenkwam",
            "clients with at least one fraud signal, as a share of clients entered",
        ),
    );
    for (label, tally) in [("talk", Tally::SignalsTalk), ("background", Tally::SignalsBackground)] {
        add(
            ("signals_by_channel", label),
            per_1000,
            OnFile,
            so_far(&[tally], 1000.0),
            Text::new(
                "fraudesignalen tot dan langs deze weg (gesprekken; vergelijking van bestanden en tips), per 1.000 klanten die binnenkwamen",
                "fraud signals so far from this channel (talks; data matching and tips) per 1,000 clients entered",
            ),
        );
    }
    for (label, tally) in [("talk", Tally::SignalsTalk), ("background", Tally::SignalsBackground)] {
        add(
            ("signals_half_year_by_channel", label),
            per_1000,
            OnFile,
            ratio(&[tally], Span::Last(6), Over::Entered, 1000.0),
            Text::new(
                "fraudesignalen in het laatste half jaar langs deze weg, per 1.000 klanten die binnenkwamen; bestaat niet vóór maand 6",
                "fraud signals in the last six months from this channel per 1,000 clients entered; undefined before month 6",
            ),
        );
    }
    add(
        ("signals_false", ""),
        per_1000,
        Truth,
        so_far(&[Tally::SignalsFalse], 1000.0),
        Text::new(
            "fraudesignalen tot dan over klanten bij wie alles klopte, per 1.000 klanten die binnenkwamen",
            "fraud signals so far about clients without an irregularity, per 1,000 clients entered",
        ),
    );
    add(
        ("confirmed", ""),
        per_1000,
        OnFile,
        so_far(&[Tally::Confirmed], 1000.0),
        Text::new(
            "onderzoeken tot dan die een onjuiste opgave bevestigden, per 1.000 klanten die binnenkwamen",
            "investigations so far that confirmed an irregularity, per 1,000 clients entered",
        ),
    );
    add(
        ("corrected", ""),
        per_1000,
        OnFile,
        so_far(&[Tally::Corrected], 1000.0),
        Text::new(
            "bevestigde onjuiste opgaven die tot dan zijn hersteld terwijl de uitkering doorliep, per 1.000 klanten die binnenkwamen",
            "confirmed irregularities corrected without termination so far, per 1,000 clients entered",
        ),
    );
    add(
        ("terminated", ""),
        per_1000,
        OnFile,
        so_far(&[Tally::Exit(ExitReason::Fraud)], 1000.0),
        Text::new(
            "beëindigingen tot dan na een bevestigde onjuiste opgave, per 1.000 klanten die binnenkwamen",
            "terminations after a confirmed irregularity so far, per 1,000 clients entered",
        ),
    );
    for (label, tally) in [("intentional", Tally::ConfirmedIntentional), ("wages", Tally::ConfirmedWages)] {
        add(
            ("confirmed_kind", label),
            per_1000,
            OnFile,
            so_far(&[tally], 1000.0),
            Text::new(
                "onderzoeken tot dan die opzet of niet gemeld loon bevestigden, per 1.000 klanten die binnenkwamen",
                "investigations so far that confirmed an intentional irregularity, or wages that were not reported, per 1,000 clients entered",
            ),
        );
    }
    for (label, tally) in [("talk", Tally::PutRightInTalk), ("own_call", Tally::PutRightByCall)] {
        add(
            ("put_right", label),
            per_1000,
            Truth,
            so_far(&[tally], 1000.0),
            Text::new(
                "onbedoelde fouten die tot dan zonder signaal zijn rechtgezet (in een gesprek; doordat de klant zelf belde), per 1.000 klanten die binnenkwamen",
                "unintentional irregularities put right without a signal so far (in a talk; by the client's own call), per 1,000 clients entered",
            ),
        );
    }
    add(
        ("ended_by_itself", ""),
        per_1000,
        Truth,
        so_far(&[Tally::EndedByItself], 1000.0),
        Text::new(
            "onjuiste opgaven die tot dan vanzelf ophielden, per 1.000 klanten die binnenkwamen",
            "irregularities that ended by themselves so far, per 1,000 clients entered",
        ),
    );
    let kinds = [
        ("unintentional", Tally::OnsetUnintentional, Tally::HiddenUnintentional),
        ("intentional", Tally::OnsetIntentional, Tally::HiddenIntentional),
    ];
    for (label, onset, hidden) in kinds {
        add(
            ("onset", label),
            per_1000,
            Truth,
            so_far(&[onset], 1000.0),
            Text::new(
                "nieuwe onjuiste opgaven tot dan, per 1.000 klanten die binnenkwamen",
                "new irregularities so far per 1,000 clients entered",
            ),
        );
        add(
            ("hidden_irregularities", label),
            "share",
            Truth,
            now(&[hidden]),
            Text::new(
                "klanten met een verborgen onjuiste opgave, als deel van wie bijstand heeft",
                "clients with a hidden irregularity as a share of clients on benefit",
            ),
        );
    }
    add(
        ("onset", "wages"),
        per_1000,
        Truth,
        so_far(&[Tally::OnsetWages], 1000.0),
        Text::new(
            "nieuwe onjuiste opgaven tot dan over loon uit een kleine baan, per 1.000 klanten die binnenkwamen; ook geteld bij onbedoeld of opzettelijk",
            "new irregularities so far about wages of a small job, per 1,000 clients entered; also in unintentional or intentional",
        ),
    );
    add(
        ("onset", "all"),
        per_1000,
        Truth,
        so_far(&[Tally::OnsetUnintentional, Tally::OnsetIntentional], 1000.0),
        Text::new(
            "nieuwe onjuiste opgaven tot dan, per 1.000 klanten die binnenkwamen; wat een groep er minder heeft dan de controlegroep, is voorkomen",
            "new irregularities so far per 1,000 clients entered; what an arm has fewer than the control was prevented",
        ),
    );
    add(
        ("hidden_irregularities", "all"),
        "share",
        Truth,
        now(&[Tally::HiddenUnintentional, Tally::HiddenIntentional]),
        Text::new(
            "klanten met een verborgen onjuiste opgave, als deel van wie bijstand heeft",
            "clients with a hidden irregularity as a share of clients on benefit",
        ),
    );
}

/// Small steps and activation.
fn steps(list: &mut Vec<Measure>) {
    use Visibility::{OnFile, Truth};
    let mut add = |key, unit, view, ratio, definition| {
        list.push(measure(key, unit, Section::Steps, view, ratio, definition));
    };
    let per_1000 = "per 1,000 clients";
    add(
        ("activated", ""),
        "share",
        OnFile,
        so_far(&[Tally::ActivatedClients], 1.0),
        Text::new(
            "klanten met een zichtbare stap (begin of uitbreiding van vrijwilligerswerk, mantelzorg of een traject, of een kortere afstand in het dossier), als deel van wie binnenkwam",
            "clients with a visible activation (start or extension of volunteering, informal care or a trajectory, or progress of a recorded band) as a share of clients entered",
        ),
    );
    let steps = |wanted: fn(Step) -> bool| Step::ALL.iter().copied().filter(move |&step| wanted(step));
    let visible: Vec<Tally> = steps(Step::visible)
        .flat_map(|step| [Tally::Start(step), Tally::Extension(step)])
        .chain([Tally::BandForward])
        .collect();
    add(
        ("visible_steps", ""),
        per_1000,
        OnFile,
        so_far(&visible, 1000.0),
        Text::new(
            "zichtbare stappen tot dan (begin en uitbreiding van vrijwilligerswerk, mantelzorg, trajecten en kleine banen, en stappen vooruit in het dossier), per 1.000 klanten die binnenkwamen",
            "visible steps so far (starts and extensions of volunteering, informal care, trajectories and small jobs, bands forward) per 1,000 clients entered",
        ),
    );
    add(
        ("bands_forward", ""),
        per_1000,
        OnFile,
        so_far(&[Tally::BandForward], 1000.0),
        Text::new(
            "stappen vooruit in het dossier tot dan, per 1.000 klanten die binnenkwamen",
            "moves forward of the recorded band so far per 1,000 clients entered",
        ),
    );
    let invisible: Vec<Tally> =
        [Tally::ShowingUp].into_iter().chain(steps(|step| !step.visible()).map(Tally::Start)).collect();
    add(
        ("invisible_steps", ""),
        per_1000,
        Truth,
        so_far(&invisible, 1000.0),
        Text::new(
            "onzichtbare stappen tot dan (beginnen met sport, hulp of taalles, en weer komen opdagen), per 1.000 klanten die binnenkwamen",
            "invisible steps so far (starts of sport, help and Dutch practice, and showing up) per 1,000 clients entered",
        ),
    );
    add(
        ("showing_up", ""),
        per_1000,
        Truth,
        so_far(&[Tally::ShowingUp], 1000.0),
        Text::new(
            "eerste gesprekken na een jaar zonder of na een gemiste afspraak, tot dan, per 1.000 klanten die binnenkwamen",
            "first attended talks after a year or after a no-show so far, per 1,000 clients entered",
        ),
    );
    for &step in Step::ALL {
        let (label, view) = (step.name(), if step.visible() { OnFile } else { Truth });
        add(
            ("step_starts", label),
            per_1000,
            view,
            so_far(&[Tally::Start(step)], 1000.0),
            Text::new(
                "keren dat iemand met deze soort stap begon, tot dan, per 1.000 klanten die binnenkwamen",
                "starts of this kind of step so far per 1,000 clients entered",
            ),
        );
        add(
            ("step_active", label),
            "share",
            view,
            now(&[Tally::Active(step)]),
            Text::new(
                "klanten die met deze soort stap bezig zijn, als deel van wie bijstand heeft",
                "clients active in this kind of step as a share of clients on benefit",
            ),
        );
    }
    for &step in Step::ALL.iter().filter(|step| step.visible()) {
        add(
            ("step_extensions", step.name()),
            per_1000,
            OnFile,
            so_far(&[Tally::Extension(step)], 1000.0),
            Text::new(
                "uitbreidingen van deze soort stap tot dan, per 1.000 klanten die binnenkwamen",
                "extensions of this kind of step so far per 1,000 clients entered",
            ),
        );
    }
    add(
        ("disclosed", ""),
        per_1000,
        Truth,
        so_far(&Domain::ALL.iter().map(|&domain| Tally::Disclosed(domain)).collect::<Vec<_>>(), 1000.0),
        Text::new(
            "problemen die klanten tot dan in gesprekken vertelden, per 1.000 klanten die binnenkwamen",
            "problems disclosed in talks so far per 1,000 clients entered",
        ),
    );
    for &domain in Domain::ALL {
        add(
            ("disclosed_domain", domain.name()),
            per_1000,
            Truth,
            so_far(&[Tally::Disclosed(domain)], 1000.0),
            Text::new(
                "problemen op dit gebied die klanten tot dan in gesprekken vertelden, per 1.000 klanten die binnenkwamen",
                "problems of this domain disclosed in talks so far per 1,000 clients entered",
            ),
        );
    }
}

/// Distance, bands and rungs.
fn distance(list: &mut Vec<Measure>) {
    use Visibility::{OnFile, Truth};
    let mut add = |key, unit, view, ratio, definition| {
        list.push(measure(key, unit, Section::Distance, view, ratio, definition));
    };
    add(
        ("distance_true", ""),
        "months",
        Truth,
        now(&[Tally::DistanceTrue]),
        Text::new(
            "gemiddelde werkelijke afstand tot werk van wie bijstand heeft",
            "mean true distance to the labor market of clients on benefit",
        ),
    );
    add(
        ("distance_recorded", ""),
        "months",
        OnFile,
        now(&[Tally::DistanceRecorded]),
        Text::new(
            "gemiddelde afstand tot werk volgens het dossier, van wie bijstand heeft",
            "mean recorded distance to the labor market of clients on benefit",
        ),
    );
    add(
        ("came_near", ""),
        "share",
        Truth,
        so_far(&[Tally::CameNear], 1.0),
        Text::new(
            "klanten die voor het eerst binnen 12 maanden van werk kwamen, als deel van wie binnenkwam",
            "clients who came within 12 months of work for the first time, as a share of clients entered",
        ),
    );
    for &band in Band::ALL {
        add(
            ("band", band.name()),
            "share",
            OnFile,
            now(&[Tally::Band(band)]),
            Text::new(
                "klanten met deze afstand in het dossier (maanden tot werk), als deel van wie bijstand heeft",
                "clients in this recorded band (months to work) as a share of clients on benefit",
            ),
        );
    }
    add(
        ("hidden_capacity", ""),
        "share",
        Truth,
        now(&[Tally::HiddenCapacity]),
        Text::new(
            "klanten bij wie de afstand in het dossier meer dan 12 maanden langer is dan de werkelijke, als deel van wie bijstand heeft",
            "clients whose recorded distance exceeds the true one by more than 12 months, as a share of clients on benefit",
        ),
    );
    add(
        ("capacity_found", ""),
        "per 1,000 clients",
        Truth,
        so_far(&[Tally::CapacityFound], 1000.0),
        Text::new(
            "keren dat in een gesprek bleek dat iemand meer kan dan het dossier zegt, tot dan, per 1.000 klanten die binnenkwamen",
            "hidden capacity seen in talks so far per 1,000 clients entered",
        ),
    );
    add(
        ("capacity_unseen", ""),
        "months",
        Truth,
        ratio(
            &[Tally::CapacityUnseenMonths],
            Span::SoFar,
            Over::Totals(&[Tally::HiddenCapacityAtEntry]),
            1.0,
        ),
        Text::new(
            "gemiddeld aantal maanden bijstand tot gezien is dat iemand meer kan dan het dossier bij binnenkomst zei, zover als het onderzoek reikt; wat een groep er minder heeft dan de controlegroep, is hoeveel eerder het gezien is",
            "mean months on benefit until capacity that was hidden at entry was seen, as far as the study goes; what an arm has fewer \
         than the control is how much earlier it is seen",
        ),
    );
    add(
        ("capacity_seen", ""),
        "share",
        Truth,
        ratio(&[Tally::CapacityFound], Span::SoFar, Over::Totals(&[Tally::HiddenCapacityAtEntry]), 1.0),
        Text::new(
            "hoe vaak in een gesprek bleek dat iemand meer kan dan het dossier bij binnenkomst zei, per klant bij wie dat zo was; de maand waarin het boven de helft komt is de mediane tijd tot ontdekking",
            "hidden capacity seen in talks so far per client who had it at entry; the month at which it passes one half is the median \
         time to discovery",
        ),
    );
    for &rung in Rung::ALL {
        let mut on_rung = measure(
            ("rung", rung.name()),
            "share",
            Section::Distance,
            Truth,
            now(&[Tally::Rung(rung)]),
            Text::new(
                "klanten op deze trede van de participatieladder, als deel van wie bijstand heeft (volledig model: trede 1 tot en met 5, trede 6 is betaald werk; overgangstabel: de zesde trede en hoger samen)",
                "clients on this rung of the participation ladder as a share of clients on benefit (full model: rungs 1 to 5; \
             rung 6 is paid work; transition table: the sixth rung and higher count as rung_6)",
            ),
        );
        on_rung.in_ladder = true;
        list.push(on_rung);
    }
}

/// States of the clients.
fn people(list: &mut Vec<Measure>) {
    let mut add = |key, unit, view, ratio, definition| {
        list.push(measure(key, unit, Section::People, view, ratio, definition));
    };
    let truth = Visibility::Truth;
    add(
        ("trust", ""),
        "index 0-1",
        truth,
        now(&[Tally::Trust]),
        Text::new("gemiddeld vertrouwen van wie bijstand heeft", "mean trust of clients on benefit"),
    );
    add(
        ("confidence", ""),
        "index 0-1",
        truth,
        now(&[Tally::Confidence]),
        Text::new(
            "gemiddeld zelfvertrouwen van wie bijstand heeft",
            "mean self-confidence of clients on benefit",
        ),
    );
    add(
        ("motivation", ""),
        "index 0-1",
        truth,
        now(&[Tally::Motivation]),
        Text::new("gemiddelde motivatie van wie bijstand heeft", "mean motivation of clients on benefit"),
    );
    add(
        ("image", ""),
        "index 0-1",
        truth,
        now(&[Tally::Trust]),
        Text::new(
            "het beeld dat klanten van de gemeente hebben: gemiddeld vertrouwen van wie bijstand heeft, een index en geen meting",
            "the client's image of the municipality: mean trust of clients on benefit, an index and not a measurement",
        ),
    );
    add(
        ("own_initiative", ""),
        "per 1,000 clients",
        Visibility::OnFile,
        so_far(&[Tally::OwnInitiative], 1000.0),
        Text::new(
            "keren dat een klant zelf contact zocht, tot dan, per 1.000 klanten die binnenkwamen",
            "contacts on the client's own initiative so far per 1,000 clients entered",
        ),
    );
    add(
        ("own_initiative_half_year", ""),
        "per 1,000 clients on benefit",
        Visibility::OnFile,
        ratio(&[Tally::OwnInitiative], Span::Last(6), ON_BENEFIT_TIME, 6000.0),
        Text::new(
            "keren dat een klant zelf contact zocht in het laatste half jaar, per 1.000 halve jaren bijstand; bestaat niet vóór maand 6",
            "contacts on own initiative in the last six months per 1,000 half-years on benefit; undefined before month 6",
        ),
    );
}

/// Work and activation by thirds of the match with the first caseworker and of that caseworker's skill.
fn by_tercile(list: &mut Vec<Measure>) {
    /// Name, total, denominator and definition.
    type Row = (&'static str, fn(Tercile) -> Tally, fn(Tercile) -> Over, Text);
    /// The measures by thirds.
    const ROWS: [Row; 4] = [
        (
            "worked_by_match",
            Tally::MatchWorked,
            entered_by_match,
            Text::new(
                "klanten die ooit naar werk gingen, van wie de klik met de eerste consulent in dit derde deel ligt",
                "clients who ever left for work, of those whose match with their first caseworker lies in this third",
            ),
        ),
        (
            "activated_by_match",
            Tally::MatchActivated,
            entered_by_match,
            Text::new(
                "klanten met een zichtbare stap, van wie de klik met de eerste consulent in dit derde deel ligt",
                "clients with a visible activation, of those whose match with their first caseworker lies in this third",
            ),
        ),
        (
            "worked_by_caseworker",
            Tally::SkillWorked,
            entered_by_skill,
            Text::new(
                "klanten die ooit naar werk gingen, van wie de vaardigheid van de eerste consulent in dit derde deel ligt",
                "clients who ever left for work, of those whose first caseworker's skill lies in this third",
            ),
        ),
        (
            "activated_by_caseworker",
            Tally::SkillActivated,
            entered_by_skill,
            Text::new(
                "klanten met een zichtbare stap, van wie de vaardigheid van de eerste consulent in dit derde deel ligt",
                "clients with a visible activation, of those whose first caseworker's skill lies in this third",
            ),
        ),
    ];
    for (name, tally, over, definition) in ROWS {
        for &tercile in Tercile::ALL {
            let ratio = ratio(&[tally(tercile)], Span::SoFar, over(tercile), 1.0);
            list.push(measure(
                (name, tercile.name()),
                "share",
                Section::People,
                Visibility::Truth,
                ratio,
                definition,
            ));
        }
    }
}

/// Clients who came in, by the match with their first caseworker.
fn entered_by_match(tercile: Tercile) -> Over {
    match tercile {
        Tercile::Poor => Over::Totals(&[Tally::MatchEntered(Tercile::Poor)]),
        Tercile::Average => Over::Totals(&[Tally::MatchEntered(Tercile::Average)]),
        Tercile::Good => Over::Totals(&[Tally::MatchEntered(Tercile::Good)]),
    }
}

/// Clients who came in, by the skill of their first caseworker.
fn entered_by_skill(tercile: Tercile) -> Over {
    match tercile {
        Tercile::Poor => Over::Totals(&[Tally::SkillEntered(Tercile::Poor)]),
        Tercile::Average => Over::Totals(&[Tally::SkillEntered(Tercile::Average)]),
        Tercile::Good => Over::Totals(&[Tally::SkillEntered(Tercile::Good)]),
    }
}

/// The caseworkers' load.
fn load(list: &mut Vec<Measure>) {
    let mut satisfaction = measure(
        ("caseworker_satisfaction", ""),
        "index",
        Section::Load,
        Visibility::Truth,
        ratio(&[Tally::Quality], Span::Last(6), HELD, 1.0),
        Text::new(
            "kwaliteit van de gevoerde gesprekken min het deel van de gesprekken dat moet wachten, over het laatste half jaar: waar een consulent tevreden over kan zijn, een index en geen meting van tevredenheid",
            "quality of the talks held less the share of due talks left waiting, over the last six months: what a caseworker can be satisfied \
         with, an index and no measurement of satisfaction; undefined before month 6",
        ),
    );
    satisfaction.less = Some(ratio(&[Tally::Backlog], Span::Last(6), WAITING_OR_CALLED, 1.0));
    list.push(satisfaction);
    let mut add = |key, unit, ratio, definition| {
        list.push(measure(key, unit, Section::Load, Visibility::OnFile, ratio, definition));
    };
    add(
        ("talks_held", ""),
        "per client",
        so_far(&[Tally::TalksHeld], 1.0),
        Text::new(
            "gevoerde gesprekken tot dan, per klant die binnenkwam",
            "talks held so far per client entered",
        ),
    );
    add(
        ("talks_per_year", ""),
        "per client-year",
        ratio(&[Tally::TalksHeld], Span::Last(6), ON_BENEFIT_TIME, 12.0),
        Text::new(
            "gevoerde gesprekken in het laatste half jaar, per jaar bijstand van een klant; bestaat niet vóór maand 6",
            "talks held in the last six months per client-year on benefit; undefined before month 6",
        ),
    );
    add(
        ("no_shows", ""),
        "per client",
        so_far(&[Tally::NoShows], 1.0),
        Text::new(
            "keren dat een klant niet kwam, tot dan, per klant die binnenkwam",
            "no-shows so far per client entered",
        ),
    );
    add(
        ("no_show_share", ""),
        "share",
        ratio(&[Tally::NoShows], Span::SoFar, CALLED, 1.0),
        Text::new(
            "keren dat een klant niet kwam, tot dan, als deel van de oproepen",
            "no-shows so far as a share of invitations",
        ),
    );
    add(
        ("talks_waiting", ""),
        "talks",
        ratio(&[Tally::Backlog], Span::Now, Over::Nothing, 1.0),
        Text::new(
            "gesprekken die aan de beurt zijn en aan het eind van de maand wachten",
            "due talks left waiting at the end of the month (backlog)",
        ),
    );
    add(
        ("waiting_share", ""),
        "share",
        ratio(&[Tally::Backlog], Span::Last(6), WAITING_OR_CALLED, 1.0),
        Text::new(
            "wachtende gesprekken als deel van de gesprekken die aan de beurt zijn (wachtend of opgeroepen), over het laatste half jaar; bestaat niet vóór maand 6",
            "due talks left waiting as a share of due talks (waiting or called), over the last six months; undefined before month 6",
        ),
    );
    let hours = |span, over| Ratio {
        terms: vec![
            WeightedTotal { tally: Tally::TalksHeld, weight: |costs| costs.hours_per_talk },
            WeightedTotal { tally: Tally::NoShows, weight: |costs| costs.hours_per_no_show },
        ],
        span,
        over,
        scale: 1.0,
    };
    add(
        ("caseworker_hours", ""),
        "hours per client",
        hours(Span::SoFar, Over::Entered),
        Text::new(
            "uren van consulenten voor gesprekken en voor wie niet kwam, tot dan, per klant die binnenkwam",
            "caseworker hours for talks and no-shows so far per client entered",
        ),
    );
    add(
        ("caseworker_hours_total", ""),
        "hours",
        hours(Span::SoFar, Over::Nothing),
        Text::new(
            "uren van consulenten voor gesprekken en voor wie niet kwam, tot dan, in de groep",
            "caseworker hours for talks and no-shows so far in the group",
        ),
    );
    add(
        ("new_caseworkers", ""),
        "caseworkers",
        ratio(&[Tally::NewCaseworkers], Span::SoFar, Over::Nothing, 1.0),
        Text::new(
            "consulenten die tot dan door vertrek zijn vervangen",
            "caseworkers replaced by turnover so far",
        ),
    );
}
