//! `stapjes new`: a commented scenario to start from.
//!
//! Three ways to begin: a copy of a built-in scenario, an extension of a file in this folder, or a
//! municipality in a few numbers. Every key is written with its meaning, so the file is its own manual;
//! an existing file is never written over.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Args;

use super::console::{self, unwritable};
use super::language::{self, LanguageArgument};
use crate::disk;
use crate::document::{quoted, showable};
use crate::error::Error;
use crate::language::Lang;
use crate::said;
use crate::scenario::{Contact, Scenario, open, resolve_text, shipped_names, shipped_text};

/// `stapjes new NAME [--from SCENARIO | --clients N ...]`.
#[derive(Args, Debug)]
pub(super) struct NewArguments {
    /// Name of the scenario; the file NAME.toml is written here
    name: String,
    /// Start from a scenario: a file in this folder is extended, a built-in one is copied
    #[arg(long, value_name = "SCENARIO")]
    from: Option<PathBuf>,
    #[command(flatten)]
    municipality: Municipality,
    /// Do not say what was written
    #[arg(long, short)]
    quiet: bool,
    #[command(flatten)]
    language: LanguageArgument,
}

/// A municipality in a few numbers.
#[derive(Args, Debug, Default)]
struct Municipality {
    /// Clients far from work: writes a scenario of your own municipality, with its costs and its question
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1_000_000), conflicts_with = "from")]
    clients: Option<u32>,
    /// Full-time equivalents of caseworkers for talks with them [default: one for 180 clients]
    #[arg(long, value_name = "FTE", value_parser = staff, requires = "clients")]
    caseworkers: Option<f64>,
    /// Years to look ahead [default: 4]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=30), requires = "clients")]
    years: Option<u32>,
    /// Sites that the clients are divided over [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100), requires = "clients")]
    sites: Option<u32>,
}

/// Clients of one caseworker (full-time equivalent) in the pilots: the caseload that is assumed when
/// none is named.
const CLIENTS_PER_CASEWORKER: f64 = 180.0;
/// Most full-time equivalents that the command takes; more is a slip of the keyboard.
const MOST_STAFF: f64 = 10_000.0;

/// A number of full-time equivalents above 0, for clap; a decimal comma will do.
fn staff(text: &str) -> Result<f64, String> {
    let lang = language::of_errors();
    let number = said!("is geen getal", "is not a number");
    let between = said!("moet boven 0 en hoogstens {} zijn", "must lie above 0 and at most {}", MOST_STAFF);
    let value: f64 = text.replace(',', ".").parse().map_err(|_| number.text(lang).to_owned())?;
    let known = value > 0.0 && value <= MOST_STAFF;
    if known { Ok(value) } else { Err(between.text(lang).to_owned()) }
}

/// Divides a whole number over so many parts that differ by one at most, the larger ones first.
fn divided(total: u64, parts: u32) -> impl Iterator<Item = u64> {
    let parts = u64::from(parts);
    (0..parts).map(move |part| total / parts + u64::from(part < total % parts))
}

/// Full-time equivalents as a whole number of the smallest unit they are written in, at most hundredths unless more digits were
/// typed, and the digits of that unit.
fn in_units(staff: f64) -> (u64, i32) {
    let scaled = |digits: i32| staff * libm::pow(10.0, f64::from(digits));
    let is_whole = |digits: &i32| (scaled(*digits) - scaled(*digits).round()).abs() < 1e-6;
    let digits = (2..6).find(is_whole).unwrap_or(6);
    (scaled(digits).round() as u64, digits)
}

impl Municipality {
    /// Full-time equivalents of caseworkers for so many clients: those typed, or as in the pilots.
    fn staff(&self, clients: u32) -> f64 {
        let usual = || (f64::from(clients) / CLIENTS_PER_CASEWORKER * 10.0).ceil() / 10.0;
        self.caseworkers.unwrap_or_else(usual)
    }

    /// Clients and caseworkers of each site; together they are what was typed.
    fn by_site(&self, clients: u32) -> Vec<(u64, f64)> {
        let sites = self.sites.unwrap_or(1);
        let (units, digits) = in_units(self.staff(clients));
        let unit = libm::pow(10.0, f64::from(digits));
        let caseworkers = divided(units, sites).map(|units| units as f64 / unit);
        divided(u64::from(clients), sites).zip(caseworkers).collect()
    }

    /// Refuses sites without a client or a caseworker.
    fn check(&self, clients: u32) -> Result<(), Error> {
        let sites = self.sites.unwrap_or(1);
        if clients < sites {
            return Err(Error::usage(said!(
                "--sites {sites}: {clients} klanten zijn over hoogstens {clients} locaties te verdelen",
                "--sites {sites}: {clients} clients can be divided over {clients} sites at most",
                sites = sites,
                clients = clients
            )));
        }
        let staff = self.staff(clients);
        if self.by_site(clients).iter().any(|(_, caseworkers)| *caseworkers <= 0.0) {
            return Err(Error::usage(said!(
                "--caseworkers {staff} is te weinig voor {sites} locaties: elke locatie heeft minstens 0,01 voltijdbaan nodig",
                "--caseworkers {staff} is too few for {sites} sites: every site needs a full-time equivalent of at least 0.01",
                staff = staff,
                sites = sites
            )));
        }
        Ok(())
    }

    /// The scenario, with Dutch remarks: those who fill it in are Dutch. Clients and caseworkers are
    /// divided over sites as evenly as whole clients can be; each arm has all of them, because the arms are two policies for the
    /// same municipality and not two groups in it.
    fn scenario(&self, name: &str, clients: u32) -> String {
        let years = self.years.unwrap_or(4);
        let sites = self.by_site(clients);
        let numbers = |clients: u64, caseworkers: f64, staff: &str| {
            format!(
                "participants = {clients:<12} # klanten ver van werk\ncaseworkers = {caseworkers:<13} # {staff}\n"
            )
        };
        let mut text = format!(
            "# Uw gemeente: FIP tegenover de gewone aanpak. Wat hier niet staat, is zoals in lange-adem; docs/scenario.md noemt elke sleutel.\n\
             extends = \"lange-adem\"\n\
             name = \"{name}\"\n\
             title = \"{name}\"\n\
             question.nl = \"Verdient FIP zich terug in {years} jaar?\"\n\
             question.en = \"Does FIP pay for itself in {years} years?\"\n\
             question.kind = \"payback\"             # of work, exits, steps, signals, caseload\n\n\
             horizon_months = {:<20} # maanden die worden doorgerekend\n\
             service.fip.interval_months = 3       # maanden tussen gesprekken: 3 is vier gesprekken per jaar\n\n\
             # Prijzen. Zet er uw eigen bedrag met bron en jaar neer, bijvoorbeeld:\n\
             # costs.hour = {{ value = 68, source = \"eigen tarief, 2025\" }}            # euro per uur van een consulent\n\
             # costs.benefit_month = {{ value = 1350, source = \"eigen cijfer, 2025\" }} # euro uitkering per maand\n\n",
            12 * years
        );
        for (arm, remark) in [("regular", "volledige banen, nu"), ("fip", "volledige banen, met FIP")] {
            text += &format!("[[arm]]\nname = \"{arm}\"\nservice = \"{arm}\"\n");
            if let [(clients, caseworkers)] = sites[..] {
                text += &numbers(clients, caseworkers, remark);
            }
            text.push('\n');
        }
        if sites.len() == 1 {
            return text + "[[site]]\nname = \"Gemeente\"\n";
        }
        text += "# Klanten en consulenten van elke locatie, onder beide aanpakken; { regular = 2, fip = 3 } zegt het per aanpak.\n";
        for (at, (clients, caseworkers)) in sites.into_iter().enumerate() {
            text += &format!("[[site]]\nname = \"Locatie {}\"\n", at + 1);
            text += &numbers(clients, caseworkers, "volledige banen");
            text.push('\n');
        }
        text.trim_end().to_owned() + "\n"
    }
}

/// Writes `NAME.toml` in this folder; never over an existing file.
///
/// # Errors
/// `Usage` for a name that cannot name a scenario or a file in another folder, `NoInput` for an unknown
/// scenario, `CannotCreate` when the file exists, `Output` when it cannot be written.
pub(super) fn run(arguments: &NewArguments) -> Result<(), Error> {
    let name = arguments.name.strip_suffix(".toml").unwrap_or(&arguments.name);
    let text = match arguments.municipality.clients {
        Some(clients) => {
            require_name(name)?;
            arguments.municipality.check(clients)?;
            arguments.municipality.scenario(name, clients)
        }
        None => text(name, arguments.from.as_deref(), arguments.language.choose())?,
    };
    let path = PathBuf::from(format!("{name}.toml"));
    disk::create(&path, text.as_bytes()).map_err(|error| {
        let shown = path.display();
        match error.kind() {
            ErrorKind::AlreadyExists => Error::cannot_create(said!(
                "{shown} is er al; kies een andere naam",
                "{shown} is there already; choose another name",
                shown = shown
            )),
            ErrorKind::PermissionDenied | ErrorKind::ReadOnlyFilesystem | ErrorKind::NotFound => {
                Error::cannot_create(said!(
                    "{shown} kan niet worden gemaakt: {error}",
                    "cannot create {shown}: {error}",
                    error = crate::language::spoken(&error),
                    shown = shown
                ))
            }
            _ => Error::output(
                unwritable(&path, &error).then(&said!("; er is niets geschreven", "; nothing was written")),
            ),
        }
    })?;
    let written = said!(
        "{path} is geschreven\ndaarna: pas het aan, dan stapjes check {path}",
        "wrote {path}\nnext: edit it, then stapjes check {path}",
        path = path.display()
    );
    if !arguments.quiet {
        console::say(written.text(arguments.language.choose()));
    }
    Ok(())
}

/// The new text; its name has passed the gate.
fn text(name: &str, from: Option<&Path>, lang: Lang) -> Result<String, Error> {
    let template = shipped_text("lange-adem").unwrap_or_default();
    let text = match from {
        None => renamed(template, name),
        Some(path) if !path.exists() => copy_of_shipped(name, path)?,
        Some(path) => extension_of(name, path, lang)?,
    };
    require_name(name)?;
    Ok(text)
}

/// Refuses what cannot name a scenario: the name becomes a file and a folder, on any system, so it is 1
/// to 60 ASCII letters, digits, `-`, `_` or `.`, and does not hide or begin like a flag.
fn require_name(name: &str) -> Result<(), Error> {
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !is_name || name.is_empty() || name.len() > 60 || name.starts_with(['.', '-']) || name.ends_with('.') {
        let shown = showable(name, 60);
        return Err(Error::usage(said!(
            "\"{shown}\" kan geen scenario noemen: gebruik 1 tot 60 letters, cijfers, - _ of . (niet vooraan of achteraan)",
            "\"{shown}\" cannot name a scenario: use 1 to 60 letters, digits, - _ or . (not first or last)",
            shown = shown
        )));
    }
    Ok(())
}

/// The text of a built-in scenario under another name, with its remarks. What it extends is laid into
/// it, unless that is the reference that every program has, so that it stands alone.
fn copy_of_shipped(name: &str, path: &Path) -> Result<String, Error> {
    let wanted = path.to_str().unwrap_or_default();
    if !shipped_names().any(|shipped| shipped == wanted) {
        let names: Vec<&str> = shipped_names().collect();
        let shown = showable(&path.display().to_string(), 200);
        return Err(Error::no_input(said!(
            "er is geen scenario {shown}; ingebouwd zijn {names}",
            "there is no scenario {shown}; built in are {names}",
            names = names.join(", "),
            shown = shown
        )));
    }
    let text = shipped_text(wanted).unwrap_or_default();
    if resolve_text(text, &[]).is_ok() && text.contains("extends = \"reference\"") {
        return Ok(renamed(text, name));
    }
    let resolved = crate::scenario::embedded(wanted, &[])?;
    Ok(renamed(&resolved.text, name))
}

/// A file that extends another in the same folder and has room for changes, with examples as remarks.
/// The other file is opened first: extending a file with mistakes would give a second file with
/// mistakes.
fn extension_of(name: &str, path: &Path, lang: Lang) -> Result<String, Error> {
    let extended = open(Some(path), &[])?.scenario;
    let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
    let in_this_folder =
        path.parent().is_none_or(|parent| parent.as_os_str().is_empty() || parent == Path::new("."));
    if !in_this_folder {
        return Err(Error::usage(said!(
            "{shown} staat in een andere map; een scenario breidt alleen bestanden uit zijn eigen map uit: kopieer het eerst hierheen",
            "{shown} stands in another folder; a scenario extends files of its own folder only: copy it here first",
            shown = showable(&path.display().to_string(), 200)
        )));
    }
    Ok(variant(name, file, &extended, lang))
}

/// The text of a file that extends another, with what can be changed as remarks in the reader's language.
fn variant(name: &str, file: &str, extended: &Scenario, lang: Lang) -> String {
    let base = quoted(file);
    // What planners vary first: how often clients are talked to under the arm that is compared.
    let arm = extended.arms.iter().enumerate().find(|(at, _)| *at != extended.control).map(|(_, arm)| arm);
    let scheduled = arm.and_then(|arm| extended.services.get(arm.service));
    let talks = scheduled.filter(|service| matches!(service.contact, Contact::Scheduled { .. })).map_or_else(
        String::new,
        |service| {
            let key = quoted_key(&service.name);
            let remark = lang.pick(
                "maanden tussen gesprekken: 2 is zes gesprekken per jaar",
                "months between talks: 2 is six talks a year",
            );
            format!("# service.{key}.interval_months = 2      # {remark}\n")
        },
    );
    let of_arm = arm.map_or_else(String::new, |arm| {
        let remark = lang.pick("volledige banen", "full-time equivalents");
        format!("# arm.{}.caseworkers = 3               # {remark}\n", quoted_key(&arm.name))
    });
    let shown = showable(file, 200);
    match lang {
        Lang::Nl => format!(
            "# Wat hier niet staat, is zoals in {shown}; docs/scenario.md noemt elke sleutel.\n\
             extends = {base}\nname = \"{name}\"\ntitle = \"{name}\"\n\n\
             # Verander wat anders is: haal het hekje weg.\n\
             # horizon_months = 60                   # maanden die worden doorgerekend\n\n\
             {talks}{of_arm}\n\
             # Een andere aanname, liefst met haar bron:\n\
             # conversation.trust_gain = {{ value = 0.2, prior = \"uniform(0.1, 0.3)\", source = \"eigen onderzoek\" }}\n"
        ),
        Lang::En => format!(
            "# What is not said here is as in {shown}; docs/scenario.md lists every key.\n\
             extends = {base}\nname = \"{name}\"\ntitle = \"{name}\"\n\n\
             # Change what is different: take the hash away.\n\
             # horizon_months = 60                   # months that are computed\n\n\
             {talks}{of_arm}\n\
             # Another assumption, best with its source:\n\
             # conversation.trust_gain = {{ value = 0.2, prior = \"uniform(0.1, 0.3)\", source = \"our own survey\" }}\n"
        ),
    }
}

/// A name as a key of TOML: bare when it can be, else quoted.
fn quoted_key(name: &str) -> String {
    let bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_');
    if bare { name.to_owned() } else { quoted(name) }
}

/// The text with another name and title, both in the head: a `name` below the first table is that of an
/// arm or a site.
fn renamed(text: &str, name: &str) -> String {
    let mut lines = Vec::new();
    let mut in_head = true;
    for line in text.lines() {
        in_head &= !line.starts_with('[');
        if in_head && line.starts_with("name = ") {
            lines.push(format!("name = \"{name}\""));
        } else if in_head && line.starts_with("title.en = ") {
            // One name for both.
        } else if in_head && (line.starts_with("title = ") || line.starts_with("title.nl = ")) {
            lines.push(format!("title = \"{name}\""));
        } else {
            lines.push(line.to_string());
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorKind;

    #[test]
    fn a_new_scenario_is_valid_under_its_own_name_whatever_it_starts_from() {
        let sources = shipped_names().map(|name| Some(PathBuf::from(name))).chain([None]);
        for from in sources {
            let text = text("mine", from.as_deref(), Lang::Nl).unwrap();
            let scenario =
                resolve_text(&text, &[]).map_err(|problems| problems.render(false)).unwrap().scenario;
            assert_eq!((scenario.name.as_str(), scenario.title[0].as_str()), ("mine", "mine"), "{from:?}");
        }
    }

    #[test]
    fn a_municipality_in_a_few_numbers_is_a_valid_payback_question() {
        let municipality =
            |caseworkers, years, sites| Municipality { clients: Some(700), caseworkers, years, sites };
        for (municipality, staff, months, sites) in [
            (municipality(None, None, None), 3.9, 48, 1),
            (municipality(Some(4.5), Some(6), None), 4.5, 72, 1),
            (municipality(Some(4.0), Some(2), Some(2)), 2.0, 24, 2),
        ] {
            let text = municipality.scenario("mijn-gemeente", 700);
            let scenario =
                resolve_text(&text, &[]).map_err(|problems| problems.render(false)).unwrap().scenario;
            assert_eq!((scenario.horizon_months, scenario.sites.len()), (months, sites));
            for arm in 0..2 {
                let clients: u32 = scenario.sites.iter().map(|site| site.arms[arm].participants).sum();
                assert_eq!((clients, scenario.sites[0].arms[arm].caseworkers), (700, staff));
            }
            assert_eq!(scenario.asked, crate::kinds::Question::Payback);
        }
        assert_eq!(staff("4,5"), Ok(4.5));
        assert!(staff("0").is_err() && staff("veel").is_err() && staff("inf").is_err());
    }

    #[test]
    fn clients_and_caseworkers_of_the_sites_are_together_what_was_typed() {
        for (clients, caseworkers, sites) in [
            (100, None, 3),
            (100, Some(4.0), 3),
            (7, Some(0.07), 7),
            (1001, Some(12.345), 12),
            (700, Some(9.0), 2),
            (3, None, 3),
        ] {
            let asked = Municipality { clients: Some(clients), caseworkers, years: None, sites: Some(sites) };
            asked.check(clients).unwrap();
            let text = asked.scenario("mijn-gemeente", clients);
            let scenario =
                resolve_text(&text, &[]).map_err(|problems| problems.render(false)).unwrap().scenario;
            assert_eq!(scenario.sites.len(), sites as usize);
            for arm in 0..2 {
                let of_sites: Vec<u32> =
                    scenario.sites.iter().map(|site| site.arms[arm].participants).collect();
                assert_eq!(of_sites.iter().sum::<u32>(), clients, "{of_sites:?}");
                let (least, most) = (of_sites.iter().min().unwrap(), of_sites.iter().max().unwrap());
                assert!(*least > 0 && most - least <= 1, "{of_sites:?}");
                let staff: f64 = scenario.sites.iter().map(|site| site.arms[arm].caseworkers).sum();
                assert!((staff - asked.staff(clients)).abs() < 1e-9, "{staff}");
            }
        }
        let refused = |clients, caseworkers, sites| {
            let asked = Municipality { clients: Some(clients), caseworkers, years: None, sites: Some(sites) };
            asked.check(clients).unwrap_err().to_string()
        };
        assert!(refused(2, None, 3).contains("2 sites at most"));
        assert!(refused(700, Some(0.02), 3).contains("--caseworkers"));
    }

    #[test]
    fn a_variant_is_written_in_the_readers_language_and_its_remarks_are_valid_without_their_hashes() {
        let folder = tempfile::tempdir().unwrap();
        let base = Municipality { clients: Some(700), ..Municipality::default() }.scenario("base", 700);
        std::fs::write(folder.path().join("base.toml"), base).unwrap();
        for (lang, words) in [(Lang::Nl, "gesprekken per jaar"), (Lang::En, "talks a year")] {
            // The file must stand in this folder for the command; the text is the same wherever it is.
            let text = variant(
                "variant",
                "base.toml",
                &open(Some(&folder.path().join("base.toml")), &[]).unwrap().scenario,
                lang,
            );
            assert!(text.contains(words), "{text}");
            let changed = text.lines().map(|line| match line.strip_prefix("# ") {
                Some(rest) if rest.contains(" = ") => rest,
                _ => line,
            });
            std::fs::write(folder.path().join("variant.toml"), changed.collect::<Vec<_>>().join("\n"))
                .unwrap();
            let read = open(Some(&folder.path().join("variant.toml")), &[]);
            let scenario = read.map_err(|problems| problems.render(false)).unwrap().scenario;
            assert_eq!((scenario.horizon_months, scenario.sites[0].arms[1].caseworkers), (60, 3.0));
        }
    }

    #[test]
    fn impossible_names_are_refused() {
        for name in ["", "../x", "a b", ".hidden", "\u{1b}[31m"] {
            assert_eq!(text(name, None, Lang::En).unwrap_err().kind(), ErrorKind::Usage, "{name:?}");
        }
    }
}
