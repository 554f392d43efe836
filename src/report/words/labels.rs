//! Labels in two languages, by `match`: a missing one does not compile.
//!
//! A new member of a closed list has no label until somebody writes both, and the program does not
//! build before. Parameters are known by path, which no compiler can count: those that are uncertain or
//! cost money have words, and a test names any that has none.

use crate::kinds::{Domain, Endpoint, ExitReason, Kind, Question, Rung, Step, TestKind};
use crate::language::Lang;
use crate::report::escape;
use crate::report::facts::ArmFact;
use crate::scenario::registry::Status;

/// The reason of an exit, true or on file; `None` = no reason on file.
pub(crate) fn reason(lang: Lang, reason: Option<ExitReason>) -> &'static str {
    match reason {
        Some(ExitReason::Work) => lang.pick("naar werk", "to work"),
        Some(ExitReason::Education) => lang.pick("naar een opleiding", "to education"),
        Some(ExitReason::Relationship) => lang.pick("door een relatie", "by a relationship"),
        Some(ExitReason::Move) => lang.pick("door verhuizing", "by moving away"),
        Some(ExitReason::Death) => lang.pick("overlijden", "death"),
        Some(ExitReason::Pension) => lang.pick("AOW-leeftijd", "pension age"),
        Some(ExitReason::Fraud) => lang.pick("beëindigd na onderzoek", "terminated after an investigation"),
        Some(ExitReason::Withdrawal) => lang.pick("afgehaakt of zelf gestopt", "withdrew"),
        Some(ExitReason::Other) => lang.pick("andere reden", "another reason"),
        None => lang.pick("reden onbekend", "reason unknown"),
    }
}

/// A kind of small step.
pub(crate) fn step(lang: Lang, step: Step) -> &'static str {
    match step {
        Step::Sport => lang.pick("sport", "sport"),
        Step::NeighborhoodTeam => lang.pick("wijkteam", "neighborhood team"),
        Step::MentalCare => lang.pick("geestelijke zorg (ggz)", "mental care"),
        Step::Gp => lang.pick("huisarts", "family doctor"),
        Step::DebtCounselling => lang.pick("schuldhulp", "debt counselling"),
        Step::FoodBank => lang.pick("voedselbank", "food bank"),
        Step::DutchPractice => lang.pick("taalles", "Dutch practice"),
        Step::Volunteering => lang.pick("vrijwilligerswerk", "volunteering"),
        Step::InformalCare => lang.pick("mantelzorg", "informal care"),
        Step::Trajectory => lang.pick("traject", "trajectory"),
        Step::SmallJob => lang.pick("kleine baan naast de uitkering", "small job beside benefit"),
    }
}

/// An endpoint of a study in a reader's words, as it stands in a sentence.
fn endpoint(lang: Lang, endpoint: Endpoint) -> &'static str {
    match endpoint {
        Endpoint::Exit => lang.pick("Uit de bijstand, alle redenen", "Off benefit, all reasons"),
        Endpoint::ExitToWork => lang.pick("Uitstroom naar werk", "Exits to work"),
        Endpoint::FraudOrWithdrawal => {
            lang.pick("Beëindigd na onderzoek of afgehaakt", "Terminated after an investigation or withdrew")
        }
        Endpoint::FirstSignal => lang.pick("Eerste fraudesignaal", "First fraud signal"),
        Endpoint::SignalCount => lang.pick("Aantal fraudesignalen", "Number of fraud signals"),
        Endpoint::VisibleActivation => lang.pick("Zichtbare stap", "Visible step"),
        Endpoint::DistanceBand => lang.pick("Stap vooruit in het dossier", "A step forward on file"),
    }
}

/// The endpoint with this name in files, in a reader's words; a name that no endpoint has stays as it is.
pub(crate) fn endpoint_named(lang: Lang, name: &str) -> &str {
    Endpoint::from_name(name).map_or(name, |found| endpoint(lang, found))
}

/// A test in a reader's words, with the name that the literature knows it by.
fn test(lang: Lang, test: TestKind) -> &'static str {
    match test {
        TestKind::LogRank => lang.pick("log-rank", "log-rank"),
        TestKind::FlemingHarringtonLate => {
            lang.pick("Fleming-Harrington, late verschillen", "Fleming-Harrington, late differences")
        }
        TestKind::ModestlyWeighted => lang.pick("licht gewogen log-rank", "modestly weighted log-rank"),
        TestKind::MaxCombo => lang.pick("MaxCombo (vier log-rank)", "MaxCombo (four log-rank)"),
        TestKind::CoxRobust => lang.pick("Cox, robuust per cluster", "Cox, robust by cluster"),
        TestKind::Gray => lang.pick("Gray", "Gray"),
        TestKind::RestrictedMean => lang.pick("maanden na de gebeurtenis", "months after the event"),
        TestKind::Milestone => lang.pick("aandeel op het eind", "share at the end"),
        TestKind::Fisher => lang.pick("Fisher exact", "Fisher exact"),
        TestKind::ChiSquare => lang.pick("chikwadraat", "chi-square"),
        TestKind::ClusterChiSquare => lang.pick("chikwadraat per cluster", "chi-square by cluster"),
        TestKind::NegativeBinomial => lang.pick("negatief-binomiaal", "negative binomial"),
        TestKind::Lwyy => lang.pick("LWYY (aantallen)", "LWYY (counts)"),
        TestKind::ClusterPermutation => lang.pick("permutatie van clusters", "permutation of clusters"),
        TestKind::PeriodAdjusted => lang.pick("met effecten van perioden", "adjusted for periods"),
    }
}

/// The test with this name in files, in a reader's words, marked when it is the primary one; a name that no test has stays as it
/// is.
pub(crate) fn test_named(lang: Lang, name: &str, primary: bool) -> String {
    let words = TestKind::from_name(name).map_or(name, |found| test(lang, found));
    if primary { format!("{words} {}", lang.pick("(primair)", "(primary)")) } else { words.to_owned() }
}

/// An arm that is known by its name alone: those of the built-in scenarios in the reader's language, others as they are.
pub(crate) fn arm_named(lang: Lang, name: &str) -> String {
    let known = match name {
        "fip" => "FIP",
        "regular" => lang.pick("gewone aanpak", "regular service"),
        "as now" => lang.pick("aanpak van nu", "service as now"),
        "FIP for the far, same staff" => {
            lang.pick("FIP voor wie ver van werk is", "FIP for the far, same staff")
        }
        "FIP for all, same staff" => lang.pick("FIP voor iedereen", "FIP for all, same staff"),
        "FIP for the far, enough staff" => {
            lang.pick("FIP voor wie ver van werk is, met genoeg consulenten", "FIP for the far, enough staff")
        }
        "one year of FIP" => lang.pick("één jaar FIP", "one year of FIP"),
        "FIP kept up" => lang.pick("FIP volgehouden", "FIP kept up"),
        "fip 2 a year" => lang.pick("FIP 2 keer per jaar", "FIP 2 a year"),
        "fip 4 a year" => lang.pick("FIP 4 keer per jaar", "FIP 4 a year"),
        "fip 6 a year" => lang.pick("FIP 6 keer per jaar", "FIP 6 a year"),
        "fip 12 a year" => lang.pick("FIP 12 keer per jaar", "FIP 12 a year"),
        name => return escape::name(name),
    };
    known.to_owned()
}

/// A domain of life in which clients can have a problem.
pub(crate) fn domain(lang: Lang, domain: Domain) -> &'static str {
    match domain {
        Domain::Housing => lang.pick("wonen", "housing"),
        Domain::Finances => lang.pick("geld en schulden", "money and debts"),
        Domain::Relations => lang.pick("relaties en netwerk", "relations"),
        Domain::Health => lang.pick("gezondheid", "health"),
        Domain::Meaning => lang.pick("zingeving", "meaning in life"),
    }
}

/// A rung of the participation ladder, with its number.
pub(crate) fn rung(lang: Lang, rung: Rung) -> &'static str {
    match rung {
        Rung::Isolated => lang.pick("1 Geïsoleerd", "1 Isolated"),
        Rung::Contacts => lang.pick("2 Sociale contacten", "2 Social contacts"),
        Rung::Activities => lang.pick("3 Georganiseerde activiteiten", "3 Organized activities"),
        Rung::Unpaid => lang.pick("4 Onbetaald werk", "4 Unpaid work"),
        Rung::Supported => lang.pick("5 Betaald werk met hulp", "5 Paid work with support"),
        Rung::Paid => lang.pick("6 en hoger", "6 and higher"),
    }
}

/// How well founded a parameter is.
pub(crate) fn status(lang: Lang, status: Status) -> &'static str {
    match status {
        Status::Evidence => lang.pick("gemeten (bron)", "measured (source)"),
        Status::Derived => lang.pick("afgeleid uit bronnen", "derived from sources"),
        Status::Calibrated => lang.pick("afgestemd op proeven of cijfers", "tuned to pilots or figures"),
        Status::Scenario => lang.pick("gekozen in dit scenario", "chosen in this scenario"),
        Status::Expert => lang.pick("deskundige schatting", "expert guess"),
    }
}

/// "gewone aanpak" and "aanpak van nu" take an article in a sentence.
pub(crate) fn definite(lang: Lang, name: String) -> String {
    let takes = lang == Lang::Nl && ["gewone aanpak", "aanpak van nu"].contains(&name.as_str());
    if takes { format!("de {name}") } else { name }
}

/// The built-in set of figures: of the country, not of a municipality.
pub(crate) const OF_THE_COUNTRY: &str = "nederland";

/// The figures that parameters were fitted to.
pub(crate) fn figures(lang: Lang, name: &str) -> String {
    match (name, lang) {
        (OF_THE_COUNTRY, Lang::Nl) => "landelijke cijfers en de FIP-proeven".to_owned(),
        (OF_THE_COUNTRY, Lang::En) => "national figures and the FIP pilots".to_owned(),
        (other, Lang::Nl) => format!("de cijfers van {}", escape::name(other)),
        (other, Lang::En) => format!("the figures of {}", escape::name(other)),
    }
}

/// The same in a column of a table.
pub(crate) fn figures_in_short(lang: Lang, name: &str) -> String {
    match name {
        OF_THE_COUNTRY => lang.pick("landelijke cijfers", "national figures").to_owned(),
        other => escape::name(other),
    }
}

/// What a parameter means, for those that are uncertain and those about money; `None` for the others, which are named
/// by their path alone.
pub(crate) fn parameter(lang: Lang, path: &str) -> Option<&'static str> {
    let (dutch, english) = match path {
        "population.far.hidden_capacity_share" => (
            "deel van de klanten dat dichter bij werk staat dan het dossier zegt",
            "share of clients closer to work than on file",
        ),
        "population.far.frailty_variance" => (
            "hoeveel klanten onderling verschillen in kans op werk",
            "how much clients differ in their chance of work",
        ),
        "population.stock.returns_share_of_stock" => (
            "klanten die bij de start even weg zijn en terugkomen",
            "clients who are out at the start and come back",
        ),
        "population.stock.inflow_share_of_stock" => ("nieuwe klanten per maand", "new clients a month"),
        "site_effects.quality_sd" => {
            ("hoeveel locaties verschillen in kwaliteit", "how much sites differ in quality")
        }
        "site_effects.irregularity_stock_sd" => (
            "hoeveel locaties verschillen in onjuiste opgaven bij de start",
            "how much sites differ in irregularities at the start",
        ),
        "site_effects.signalling_sd" => (
            "hoeveel locaties verschillen in het melden van signalen",
            "how much sites differ in reporting signals",
        ),
        "site_effects.labour_market_sd" => {
            ("hoeveel locaties verschillen in kans op werk", "how much sites differ in the chance of work")
        }
        "site_effects.neglect" => (
            "hoe lang klanten hier niet gesproken zijn (1 = zoals elders)",
            "how long clients here have not been talked to (1 = as elsewhere)",
        ),
        "service.fip.interval_months" => {
            ("maanden tussen twee FIP-gesprekken", "months between two FIP talks")
        }
        "service.fip.quality" => ("kwaliteit van de FIP-gesprekken", "quality of the FIP talks"),
        "service.regular.quality" => ("kwaliteit van de gewone gesprekken", "quality of the regular talks"),
        "service.regular.contact_far" => (
            "hoe vaak de gewone aanpak klanten ver van werk spreekt",
            "how often regular service talks with clients far from work",
        ),
        "service.regular.contact_near" => (
            "hoe vaak de gewone aanpak kansrijke klanten spreekt",
            "how often regular service talks with clients near work",
        ),
        "no_show.base" => ("hoe vaak klanten niet komen opdagen", "how often clients do not show up"),
        "no_show.trust" => ("invloed van vertrouwen op komen opdagen", "effect of trust on showing up"),
        "conversation.quality_skill" => {
            ("invloed van de vaardigheid van de consulent", "effect of the caseworker's skill")
        }
        "conversation.quality_match" => (
            "invloed van de klik tussen klant en consulent",
            "effect of the match between client and caseworker",
        ),
        "conversation.trust_gain" => ("hoe snel gesprekken vertrouwen geven", "how fast talks build trust"),
        "conversation.trust_decay" => ("hoe snel vertrouwen wegzakt", "how fast trust fades"),
        "steps.kick" => ("hoe sterk een gesprek aanzet tot een stap", "how strongly a talk sets off a step"),
        "distance.decay" => (
            "hoe snel klanten zonder stappen verder van werk raken",
            "how fast clients drift away from work without steps",
        ),
        "distance.progress" => (
            "hoe snel klanten met stappen dichter bij werk komen",
            "how fast clients with steps come closer to work",
        ),
        "distance.problem_drag" => {
            ("hoeveel problemen de vooruitgang remmen", "how much problems slow progress down")
        }
        "exit.work.base" => {
            ("kans op werk voor wie er dicht bij staat", "chance of work for those close to it")
        }
        "exit.work.scale" => (
            "hoe snel de kans op werk daalt met de afstand",
            "how fast the chance of work falls with distance",
        ),
        "exit.work.confidence" => ("invloed van zelfvertrouwen op werk", "effect of confidence on work"),
        "exit.work.motivation" => ("invloed van motivatie op werk", "effect of motivation on work"),
        "exit.work.unseen" => (
            "kans op werk voor wie als ver van werk in het dossier staat",
            "chance of work for those on file as far from work",
        ),
        "exit.work.lock_in" => {
            ("minder kans op werk tijdens een traject", "less chance of work during a trajectory")
        }
        "exit.work.threat" => ("invloed van een oproep op werk", "effect of an invitation on work"),
        "exit.work.health" => ("invloed van ziekte op werk", "effect of illness on work"),
        "exit.work.duration" => ("invloed van de duur in de bijstand", "effect of time on benefit"),
        "exit.education" => ("uitstroom naar opleiding", "exits to education"),
        "exit.relationship" => ("uitstroom door een relatie", "exits by a relationship"),
        "exit.move" => ("uitstroom door verhuizing", "exits by moving away"),
        "exit.death" => ("overlijden", "death"),
        "exit.withdrawal" => ("zelf stoppen zonder oproep", "withdrawing without being called"),
        "exit.withdrawal_at_invitation.intentional" => (
            "stoppen bij een oproep, bij opzettelijk onjuiste opgave",
            "withdrawing when called, with an intentional irregularity",
        ),
        "fraud.initial_unintentional" => {
            ("onbedoelde onjuiste opgaven bij de start", "unintentional irregularities at the start")
        }
        "fraud.initial_intentional" => {
            ("opzettelijk onjuiste opgaven bij de start", "intentional irregularities at the start")
        }
        "fraud.onset_unintentional" => {
            ("nieuwe onbedoelde onjuiste opgaven", "new unintentional irregularities")
        }
        "fraud.onset_intentional" => {
            ("nieuwe opzettelijk onjuiste opgaven", "new intentional irregularities")
        }
        "fraud.info_protects" => {
            ("hoe goed kennis van de regels beschermt", "how well knowledge of the rules protects")
        }
        "fraud.deterrence" => ("hoe sterk de kans op ontdekking afschrikt", "how strongly detection deters"),
        "fraud.fix_unintentional" => (
            "hoe snel onbedoelde fouten vanzelf stoppen",
            "how fast unintentional irregularities end by themselves",
        ),
        "fraud.fix_intentional" => (
            "hoe snel opzettelijke fouten vanzelf stoppen",
            "how fast intentional irregularities end by themselves",
        ),
        "fraud.call_base" => ("hoe vaak klanten uit zichzelf bellen", "how often clients call by themselves"),
        "fraud.call_trust" => ("invloed van vertrouwen op zelf bellen", "effect of trust on calling"),
        "fraud.background_unintentional" => (
            "onbedoelde fouten gevonden buiten gesprekken",
            "unintentional irregularities found outside talks",
        ),
        "fraud.background_intentional" => (
            "opzettelijke fouten gevonden buiten gesprekken",
            "intentional irregularities found outside talks",
        ),
        "fraud.talk_unintentional" => (
            "hoe goed een gesprek onbedoelde fouten aan het licht brengt",
            "how well a talk reveals unintentional irregularities",
        ),
        "fraud.talk_intentional" => (
            "hoe goed een gesprek opzettelijke fouten aan het licht brengt",
            "how well a talk reveals intentional irregularities",
        ),
        "costs.hours_per_talk" => ("uren per gesprek", "hours per talk"),
        "costs.hours_per_no_show" => ("uren als iemand niet komt", "hours per no-show"),
        "costs.hour" => ("kosten van een uur", "cost of an hour"),
        "costs.benefit_month" => ("uitkering per maand", "benefit per month"),
        "costs.mean_claim" => ("gemiddelde vordering", "mean claim"),
        "costs.recovery_share" => {
            ("deel van de vordering dat wordt terugbetaald", "share of claims recovered")
        }
        "costs.trajectory_month" => ("kosten van een maand traject", "cost of a month of trajectory"),
        "costs.discount_rate" => ("discontovoet per jaar", "discount rate per year"),
        "population.out_of_reach_share" => (
            "deel van de klanten ver van werk voor wie betaald werk niet haalbaar is",
            "share of far clients for whom paid work is out of reach",
        ),
        "population.far.disclosed_share" => (
            "deel van de problemen dat de gemeente bij de start kent",
            "share of problems that the municipality knows at the start",
        ),
        "population.stock.near_share" => {
            ("deel van het bestand dat kansrijk is", "share of the caseload near work")
        }
        "population.stock.entrant_near_share" => {
            ("deel van de instroom dat kansrijk is", "share of new clients near work")
        }
        "population.stock.capacity_seen" => (
            "hoe snel verborgen mogelijkheden eerder al zijn gezien",
            "how fast hidden capacity was seen before the start",
        ),
        "caseworker.turnover" => ("verloop onder consulenten", "turnover of caseworkers"),
        "service.regular.detection_factor" => (
            "hoeveel gewone gesprekken zien vergeleken met FIP",
            "how much regular talks detect compared with FIP",
        ),
        "no_show.suspension_exit" => {
            ("hoe vaak een opschorting tot stoppen leidt", "how often a suspension ends the benefit")
        }
        "no_show.slot_share" => {
            ("deel van de gesprekstijd dat een niet-verschijnen kost", "part of a slot that a no-show takes")
        }
        "conversation.quality_trust" => (
            "invloed van vertrouwen op de kwaliteit van gesprekken",
            "effect of trust on the quality of talks",
        ),
        "conversation.trust_loss_change" => {
            ("vertrouwen dat verloren gaat met een nieuwe consulent", "trust lost with a new caseworker")
        }
        "conversation.info_gain" => {
            ("hoeveel een gesprek leert over de regels", "how much a talk teaches about the rules")
        }
        "conversation.detect_gain" => (
            "hoeveel een gesprek de ervaren pakkans verhoogt",
            "how much a talk raises the perceived chance of detection",
        ),
        "conversation.detect_decay" => {
            ("hoe snel de ervaren pakkans wegzakt", "how fast the perceived chance of detection fades")
        }
        "conversation.disclose" => {
            ("hoe snel klanten hun problemen vertellen", "how fast clients tell of their problems")
        }
        "conversation.discover" => {
            ("hoe snel een gesprek verborgen mogelijkheden ziet", "how fast a talk sees hidden capacity")
        }
        "steps.trust" => ("invloed van vertrouwen op stapjes", "effect of trust on steps"),
        "steps.confidence" => ("invloed van zelfvertrouwen op stapjes", "effect of confidence on steps"),
        "steps.motivation" => ("invloed van motivatie op stapjes", "effect of motivation on steps"),
        "steps.kick_fade" => ("hoe snel de aanzet van gesprekken slijt", "how fast the push of talks fades"),
        "steps.extend" => ("hoe vaak een stap wordt uitgebreid", "how often a step is extended"),
        "steps.start_confidence" => ("zelfvertrouwen dat een stap geeft", "confidence that a step gives"),
        "steps.start_motivation" => ("motivatie die een stap geeft", "motivation that a step gives"),
        "steps.help_heals" => ("hoe snel hulp problemen vermindert", "how fast help lowers problems"),
        "steps.kind.volunteering.start" => {
            ("hoe vaak klanten vrijwilligerswerk beginnen", "how often clients start volunteering")
        }
        "steps.kind.informal_care.start" => {
            ("hoe vaak klanten mantelzorg beginnen", "how often clients start informal care")
        }
        "steps.kind.trajectory.start" => {
            ("hoe vaak klanten een traject beginnen", "how often clients start a trajectory")
        }
        "steps.kind.small_job.start" => {
            ("hoe vaak klanten een kleine baan beginnen", "how often clients start a small job")
        }
        "distance.decay_idle" => (
            "hoe snel wie niets doet en niemand spreekt verder van werk raakt",
            "how fast those without steps and talks drift away from work",
        ),
        "exit.withdrawal_at_invitation.none" => (
            "stoppen bij een oproep, zonder onjuiste opgave",
            "withdrawing when called, without an irregularity",
        ),
        "exit.withdrawal_at_invitation.unintentional" => (
            "stoppen bij een oproep, bij een onbedoelde fout",
            "withdrawing when called, with an unintentional irregularity",
        ),
        "exit.other.base" => {
            ("uitstroom om andere redenen aan het begin", "exits for other reasons at the start of a spell")
        }
        "exit.other.shape" => (
            "hoe snel uitstroom om andere redenen daalt met de duur",
            "how fast exits for other reasons fall with time on benefit",
        ),
        "return.hazard" => ("hoe snel terugkeerders terugkomen", "how fast returners come back"),
        "return.share.work" => ("deel dat terugkomt na werk", "share that comes back after work"),
        "return.share.education" => {
            ("deel dat terugkomt na een opleiding", "share that comes back after education")
        }
        "return.share.relationship" => {
            ("deel dat terugkomt na een relatie", "share that comes back after a relationship")
        }
        "return.share.fraud" => (
            "deel dat terugkomt na beëindiging om een onjuiste opgave",
            "share that comes back after a termination",
        ),
        "return.share.withdrawal" => {
            ("deel dat terugkomt na zelf stoppen", "share that comes back after withdrawing")
        }
        "return.share.other" => {
            ("deel dat terugkomt na een andere reden", "share that comes back after another reason")
        }
        "fraud.onset_wages" => (
            "hoe vaak loon van een kleine baan niet wordt gemeld",
            "how often wages of a small job are not reported",
        ),
        "fraud.wages_intentional" => {
            ("deel van niet gemeld loon dat opzettelijk is", "share of unreported wages that is intentional")
        }
        "fraud.call_fix" => {
            ("kans dat een telefoontje een fout rechtzet", "chance that a call puts an irregularity right")
        }
        "fraud.background_false" => ("onterechte signalen buiten gesprekken", "false signals outside talks"),
        "fraud.match_wages" => (
            "hoe snel gegevensvergelijking niet gemeld loon vindt",
            "how fast data matching finds unreported wages",
        ),
        "fraud.talk_false" => ("onterechte signalen in gesprekken", "false signals in talks"),
        "fraud.booked" => (
            "deel van gevonden fouten dat een signaal wordt",
            "share of irregularities found that become a signal",
        ),
        "fraud.confirm" => (
            "kans dat een onderzoek een fout bevestigt",
            "chance that an investigation confirms an irregularity",
        ),
        "fraud.terminate_intentional" => {
            ("kans op beëindiging na opzet", "chance of termination after intent")
        }
        "fraud.terminate_unintentional" => (
            "kans op beëindiging na een onbedoelde fout",
            "chance of termination after an unintentional irregularity",
        ),
        "costs.wages_month" => (
            "loon uit een kleine baan dat wordt verrekend",
            "wages of a small job set off against the benefit",
        ),
        _ => return None,
    };
    Some(lang.pick(dutch, english))
}

/// A part of the caseload as readers know it; a part by bounds is named by them.
pub(crate) fn part(lang: Lang, name: &str) -> String {
    match name {
        "far" => lang.pick("ver van werk", "far from work").to_owned(),
        "near" => lang.pick("dicht bij werk", "near work").to_owned(),
        "others" => lang.pick("de anderen", "the others").to_owned(),
        bounds if lang == Lang::Nl => {
            let dutch = bounds.replace("recorded", "afstand").replace("duration", "maanden in de bijstand");
            escape::name(&dutch.replace("age", "leeftijd"))
        }
        bounds => escape::name(bounds),
    }
}

/// What is asked, as a short question.
pub(crate) fn question(lang: Lang, question: Question) -> &'static str {
    match question {
        Question::Payback => lang.pick("Verdient het zich terug?", "Does it pay for itself?"),
        Question::Work => lang.pick("Gaan meer mensen naar werk?", "Do more people go to work?"),
        Question::Exits => lang.pick("Gaan meer mensen uit de bijstand?", "Do more people leave benefit?"),
        Question::Steps => {
            lang.pick("Zetten meer mensen kleine stappen?", "Do more people take small steps?")
        }
        Question::Signals => {
            lang.pick("Wordt meer gezien wat niet klopt?", "Is more seen of what is not right?")
        }
        Question::Caseload => lang.pick("Hebben minder mensen bijstand?", "Are fewer people on benefit?"),
    }
}

/// The name of an arm as readers know it: the two services of the studies get their usual names.
pub(crate) fn arm_name(lang: Lang, arm: &ArmFact) -> String {
    match (arm.name.as_str(), arm.gives.service.as_str()) {
        ("fip", service) if service != "fip" => "fip".to_owned(),
        ("regular", service) if service != "regular" => "regular".to_owned(),
        (name, _) => arm_named(lang, name),
    }
}

/// A parameter as readers know it: what it means, for a service of the scenario's own with the name of that service; else its path.
pub(crate) fn parameter_named(lang: Lang, path: &str) -> String {
    if let Some(words) = parameter(lang, path) {
        return capital(words);
    }
    let of_service_path = path.strip_prefix("service.").and_then(|rest| rest.split_once('.'));
    let known = of_service_path.and_then(|(service, key)| Some((service, of_service(lang, key)?)));
    known.map_or_else(
        || escape::clean(path),
        |(service, words)| format!("{} ({})", capital(words), arm_named(lang, service)),
    )
}

/// A group of parameters, the first part of their paths, in words with that part; another group as it is named.
pub(crate) fn group(lang: Lang, name: &str) -> String {
    let (dutch, english) = match name {
        "population" => ("wie de klanten zijn", "who the clients are"),
        "site_effects" => ("verschillen tussen locaties", "differences between sites"),
        "caseworker" => ("consulenten", "caseworkers"),
        "service" => ("de aanpak", "the service"),
        "no_show" => ("niet komen", "no-shows"),
        "conversation" => ("gesprekken", "talks"),
        "steps" => ("kleine stappen", "small steps"),
        "distance" => ("afstand tot werk", "distance to work"),
        "confidence" => ("zelfvertrouwen", "self-confidence"),
        "motivation" => ("motivatie", "motivation"),
        "exit" => ("uitstroom", "exits"),
        "return" => ("terugkomen", "returns"),
        "fraud" => ("onjuiste opgaven", "irregularities"),
        "costs" => ("kosten", "costs"),
        "observation" => ("wat in het dossier komt", "what is on file"),
        "stories" => ("verhalen over hoe stappen werken", "stories of how steps work"),
        other => return escape::clean(other),
    };
    format!("{} ({name})", lang.pick(dutch, english))
}

/// What a setting of a service means.
fn of_service(lang: Lang, key: &str) -> Option<&'static str> {
    let (dutch, english) = match key {
        "interval_months" => ("maanden tussen twee gesprekken", "months between two talks"),
        "quality" => ("kwaliteit van de gesprekken", "quality of the talks"),
        "contact_far" => ("gesprekken met wie ver van werk is", "talks with those far from work"),
        "contact_near" => ("gesprekken met wie dicht bij werk is", "talks with those near work"),
        "detection_factor" => ("hoeveel in een gesprek opvalt", "how much is noticed in a talk"),
        _ => return None,
    };
    Some(lang.pick(dutch, english))
}

/// The text with its first letter as a capital, for the beginning of a sentence.
pub(crate) fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::facts::Facts;
    use crate::scenario::embedded;

    #[test]
    fn every_group_of_parameters_has_a_label() {
        for parameter in &embedded("lange-adem", &[]).unwrap().registry.records {
            let first = parameter.path.split('.').next().unwrap();
            assert_ne!(group(Lang::Nl, first), first);
        }
    }

    #[test]
    fn what_a_built_in_scenario_changes_has_a_label() {
        for name in crate::scenario::shipped_names() {
            // Cases with an exact answer change everything.
            let Some(resolved) = embedded(name, &[]).ok().filter(|_| !name.starts_with("verification/"))
            else {
                continue;
            };
            for parameter in Facts::new(&resolved, "")
                .parameters
                .iter()
                .filter(|parameter| !parameter.changed_by.is_empty())
            {
                for lang in Lang::ALL {
                    assert_ne!(parameter_named(lang, &parameter.path), parameter.path, "{name}");
                }
            }
        }
    }

    #[test]
    fn every_uncertain_parameter_of_the_reference_has_a_label() {
        let facts = Facts::new(&embedded("lange-adem", &[]).unwrap(), "");
        for parameter_fact in &facts.parameters {
            if !parameter_fact.prior.is_empty() || parameter_fact.path.starts_with("costs.") {
                for lang in Lang::ALL {
                    let label = parameter(lang, &parameter_fact.path).unwrap_or("");
                    // A sentence of its own on page one.
                    let words = label.split_whitespace().count();
                    assert!((1..=20).contains(&words), "{}: {label}", parameter_fact.path);
                }
            }
        }
    }
}
