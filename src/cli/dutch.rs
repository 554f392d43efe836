//! Help and mistakes on the command line in Dutch.
//!
//! English stands at the commands and flags themselves, as clap wants it; every one of them has its
//! Dutch here by name, and a test fails for a flag without Dutch and for Dutch without a flag. What
//! clap builds by itself (headings, defaults, possible values, mistakes) has no place for another
//! language, so it is built here again from clap's own structures.

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command};

/// What every command does, by name; `NAME/after` is what follows its flags.
const COMMANDS: &[(&str, &str)] = &[
    (
        "stapjes",
        "Simuleert proeven met frequente, intensieve, persoonlijke gesprekken met mensen met bijstand, en analyseert hun gegevens",
    ),
    ("analyze", "Schattingen en toetsen op elke CSV met waarnemingsduur, uitkomsten of aantallen"),
    (
        "calibrate",
        "Leer de parameters uit gepubliceerde of eigen cijfers: een posterior, wat die voorspelt en wat geen cijfer zegt",
    ),
    (
        "check",
        "Controleer een scenario en toon het plan: klanten, consulenten, gesprekken en plekken, tijd, geheugen, schijf",
    ),
    ("new", "Schrijf een scenario met uitleg om mee te beginnen"),
    ("parameters", "Toon elke parameter met waarde, status en bron, en wat het scenario veranderde"),
    ("patterns", "De gepubliceerde onderzoeken nagebootst: laat het model zien wat de onderzoekers zagen?"),
    (
        "power",
        "Power van een onderzoek: elke uitkomst, toets, duur en omvang uit één gesimuleerde groep per herhaling",
    ),
    ("duration", "Het kortste onderzoek dat het effect vindt: duur naar uitkomst, toets en omvang"),
    (
        "sensitivity",
        "Welke parameters een uitkomst bewegen: bevestigde oorzaken, elementaire effecten of Sobol-indices",
    ),
    ("value", "Welk onderzoek het waard is: wat meer weten waard is, per parameter, groep en onderzoek"),
    (
        "schema",
        "Druk een JSON Schema af: van scenario's (voor editors), of van wat analyze en design schrijven",
    ),
    ("run", "Simuleer een scenario en schrijf de uitkomsten: output/NAAM/summary.json, curves.csv en meer"),
    (
        "design",
        "Ontwerp met formules: power, omvang of duur van een onderzoek uit een ontwerpbestand, zonder simulatie",
    ),
    ("compare", "Reken twee tot zes scenario's door met dezelfde toevalsgetallen en zeg wat verschilt"),
    ("report", "Schrijf rapport, werkmap en figuren van een afgeronde run opnieuw, zonder te simuleren"),
    ("runs", "Toon werk dat is gestopt en verder kan, met omvang en leeftijd, of verwijder het"),
    (
        "verify",
        "Controleer of een map met uitkomsten is wat de manifesten zeggen; --rerun rekent een steekproef opnieuw",
    ),
    (
        "slurm",
        "Druk een script af dat een opdracht over de taken van een Slurm-cluster verdeelt en de uitkomsten samenvoegt",
    ),
    ("merge", "Schrijf de uitkomsten van een opdracht waarvan alle delen klaar zijn"),
    ("serve", "Open de pagina voor planners in een browser op deze computer"),
    ("completions", "Druk de aanvullingen voor een shell af (bash, zsh, fish, elvish, powershell)"),
    ("man", "Druk de man-pagina af (bekijk die met `stapjes man | man -l -`)"),
    ("help", "Toon de hulp van het programma, of die van een opdracht"),
    (
        "design/after",
        "Soorten ontwerp: survival, events, proportions, counts, clusters, stepped-wedge, sequential, interim. Uitgewerkte\nvoorbeelden: scenarios/design/*.toml; elke sleutel: docs/design.md.",
    ),
    (
        "serve/after",
        "De pagina is voor wie aan deze computer zit. Wat u typt, de uitkomsten en uw varianten blijven hier: in het geheugen van\ndit programma en in uw browser. Er wordt niets verstuurd en niets op schijf gezet.",
    ),
];

/// What every flag and argument means: `command.name` where a command has words of its own, else `name`
/// for all commands that share it. The name is that of the field, with underscores.
const ARGUMENTS: &[(&str, &str)] = &[
    ("help", "Toon de hulp"),
    ("help.command", "De opdracht waarover hulp wordt gevraagd [standaard: het hele programma]"),
    ("version", "Toon de versie"),
    ("scenario", "Bestand met een scenario, of de naam van een ingebouwd scenario [standaard: lange-adem]"),
    (
        "set",
        "Overschrijf een sleutel van het scenario; mag vaker (groepen en locaties bij naam: arm.fip.participants=500)",
    ),
    (
        "posterior",
        "Trekkingen en middenwaarden van de parameters uit een kalibratie (posterior.csv, of het ingebouwde nederland) in plaats van wat het scenario noemt; '' voor hun priors",
    ),
    ("fresh", "Begin opnieuw: verwijder wat een eerdere, gestopte run in NAAM.chunks liet staan"),
    ("keep_chunks", "Bewaar de afgeronde brokken (NAAM.chunks) nadat de uitkomsten zijn geschreven"),
    (
        "shard",
        "Reken één van zoveel delen, naar NAAM.chunks; als alle er zijn, schrijft `stapjes merge NAAM` de uitkomsten",
    ),
    ("merge", "Reken niets: schrijf de uitkomsten uit de brokken die er zijn (wat `stapjes merge` doet)"),
    ("max_hours", "Weiger als er meer rekenuren nodig zijn [standaard: limits.max_hours van het scenario]"),
    (
        "max_memory_gib",
        "Weiger als er meer geheugen nodig is, GiB [standaard: limits.max_memory_gib van het scenario]",
    ),
    (
        "max_disk_gib",
        "Weiger als er meer schijfruimte nodig is, GiB [standaard: limits.max_disk_gib van het scenario]",
    ),
    ("force", "Begin, wat er ook nodig is"),
    ("threads", "Threads; verandert de snelheid, nooit de uitkomsten [standaard: alle kernen]"),
    ("out", "Schrijf de uitkomsten ook naar deze map"),
    ("quiet", "Druk geen tabellen, voortgang of waarschuwingen af, en niet waar de bestanden staan"),
    ("json", "Druk één JSON-document af"),
    (
        "progress",
        "Hoe voortgang op stderr wordt gemeld: auto (een balk op een terminal, anders elke 30 s een regel), json (een document per regel, hoogstens één per seconde) of none (niet)",
    ),
    (
        "lang",
        "Taal van wat voor mensen wordt geschreven: nl of en [standaard: STAPJES_LANG, anders de taal van het systeem, anders nl]",
    ),
    ("csv_nl", "Schrijf ook curves-nl.csv: puntkomma's en decimale komma's, voor een Nederlandse Excel"),
    ("run.seed", "Startgetal van al het toeval (hetzelfde als `--set seed=N`)"),
    (
        "run.replicates",
        "Aantal herhalingen, precies [standaard: zoveel als `precision.difference` vraagt, hoogstens `replicates`]",
    ),
    ("run.draws", "Trekkingen van de onzekere parameters uit hun priors, elk met hetzelfde geluk; 0 = geen"),
    (
        "run.events",
        "Schrijf ook events.csv, de gegevens die het onderzoek van één herhaling zou hebben (standaard: herhaling 0), en analysis.R",
    ),
    (
        "run.trajectories",
        "Schrijf ook trajectories.csv: maandelijkse toestanden en gebeurtenissen van N klanten per locatie onder elke groep",
    ),
    ("run.out", "Map voor de uitvoer [standaard: output/NAAM-VAN-HET-SCENARIO]"),
    (
        "compare.scenarios",
        "Twee tot zes scenario's: bestanden of namen van ingebouwde; de andere worden met het eerste vergeleken",
    ),
    ("compare.set", "Overschrijf een sleutel van elk scenario; mag vaker"),
    (
        "compare.posterior",
        "Trekkingen en middenwaarden van de parameters van elk scenario uit een kalibratie (posterior.csv, of het ingebouwde nederland; '' voor de priors)",
    ),
    (
        "compare.replicates",
        "Aantal herhalingen van elk scenario, precies [standaard: zoveel als `run` er van elk neemt, met de precisie van het eerste]",
    ),
    ("compare.draws", "Trekkingen van de parameters van elk scenario [standaard: die van het eerste]"),
    ("compare.out", "Map voor de uitvoer [standaard: output/compare-A-B]"),
    ("power.replicates", "Gesimuleerde onderzoeken [standaard: replicates van het scenario]"),
    (
        "power.null_replicates",
        "Gesimuleerde onderzoeken met gelijke dienstverlening, voor de fout van de eerste soort; 0 = geen [standaard: evenveel]",
    ),
    (
        "power.draws",
        "Ook de assurance: power gemiddeld over zoveel trekkingen van de parameters, en evenveel verse, onder elke één onderzoek",
    ),
    ("power.out", "Schrijf ook power.html, power.csv, power.json en de figuren naar deze map"),
    ("duration.power", "Power die gehaald moet worden [standaard: target_power van het scenario]"),
    ("duration.confidence", "Zekerheid dat die gehaald wordt, eenzijdig"),
    (
        "duration.replicates",
        "Gesimuleerde onderzoeken om te zoeken, en evenveel verse ter bevestiging [standaard: replicates van het scenario]",
    ),
    (
        "duration.draws",
        "Ook de assurance: hetzelfde met zoveel trekkingen van de parameters om te zoeken en evenveel verse, onder elke één onderzoek",
    ),
    (
        "duration.out",
        "Schrijf ook duration.html, duration.json, duration-power.csv en de figuren naar deze map",
    ),
    ("patterns.quick", "Een eerste indruk: 60 onderzoeken, alleen de standaardstructuur"),
    (
        "patterns.replicates",
        "Gesimuleerde onderzoeken van elk gepubliceerd onderzoek en elke structuur [standaard: 1000]",
    ),
    (
        "patterns.set",
        "Overschrijf een instelling van elk scenario dat wordt gedraaid, bijv. --set distance.progress=0; mag vaker",
    ),
    (
        "patterns.posterior",
        "Middenwaarden van de parameters uit een kalibratie (posterior.csv, of het ingebouwde nederland; '' voor de priors); met --draws ook de trekkingen",
    ),
    (
        "patterns.draws",
        "Elk gesimuleerd onderzoek heeft een eigen trekking van de parameters: uit de posterior, anders uit hun priors",
    ),
    ("patterns.out", "Schrijf ook patterns.md en patterns.json naar deze map"),
    (
        "sensitivity.draws",
        "Trekkingen van alle parameters; wat zij aanwijzen wordt met gepaarde runs bevestigd",
    ),
    (
        "sensitivity.morris",
        "In plaats daarvan: zoveel trajecten van elementaire effecten, per groep parameters (20 is gebruikelijk)",
    ),
    (
        "sensitivity.sobol",
        "In plaats daarvan: Sobol-indices uit zoveel rijen (een macht van 2; elke rij kost een run per parameter en twee extra)",
    ),
    (
        "sensitivity.given",
        "In plaats daarvan: de trekkingen van een afgeronde run van het scenario (de map); alleen de gepaarde runs worden gesimuleerd",
    ),
    (
        "sensitivity.measure",
        "De uitkomst: MAAT@MAAND of MAAT:LABEL@MAAND, behandeld min controle [standaard: exits_true:work aan het eind]",
    ),
    ("sensitivity.replicates", "Herhalingen van elke run, overal hetzelfde geluk [standaard: 2]"),
    (
        "sensitivity.out",
        "Schrijf ook sensitivity.json, sensitivity.csv, de figuur en de pagina's naar deze map",
    ),
    ("value.draws", "Trekkingen van alle parameters"),
    ("value.replicates", "Herhalingen onder elke trekking, overal hetzelfde geluk [standaard: 2]"),
    (
        "value.groups",
        "Groepen parameters, gescheiden door komma's: eerste delen van paden [standaard: één per eerste sleutel]",
    ),
    (
        "value.studies",
        "Onderzoeken om te wegen en wat er op het spel staat: een bestand met months, sizes, clients_per_year, years, cost_per_client, fixed_cost, value_per_exit_to_work",
    ),
    ("value.out", "Schrijf ook value.json, value.csv, de figuur en de pagina's naar deze map"),
    (
        "calibrate.targets",
        "Bestand met cijfers en hun fouten, of de naam van een ingebouwde verzameling: nederland",
    ),
    (
        "calibrate.template",
        "Druk een bestand met uitleg af voor de eigen cijfers van een gemeente, in het Nederlands",
    ),
    (
        "calibrate.self_check",
        "In plaats daarvan: controleer de trekker op zoveel gegevens, gesimuleerd bij bekende parameters, en dat hij faalt met verkeerde fouten; met een bestand: op gegevens uit emulators van het model, met de fouten van het bestand",
    ),
    (
        "calibrate.free",
        "Parameters om te leren, gescheiden door komma's: paden zoals exit.work.base, of eerste delen zoals fraud [standaard: elke parameter met een prior]",
    ),
    (
        "calibrate.budget",
        "Hoogstens zoveel runs van het model [standaard: wat alle rondes en correcties nodig hebben]",
    ),
    ("calibrate.seed", "Startgetal [standaard: dat van het scenario]"),
    ("calibrate.out", "Schrijf ook posterior.csv, de tabellen, figuren en pagina's naar deze map"),
    ("check.quiet", "Druk geen plan of waarschuwingen af: de afsluitcode zegt of het geldig is"),
    ("new.quiet", "Zeg niet wat is geschreven"),
    ("verify.quiet", "Druk alleen af wat niet klopt"),
    ("check.threads", "Threads waarvoor de tijd wordt geschat [standaard: alle]"),
    ("new.name", "Naam van het scenario; het bestand NAAM.toml wordt hier geschreven"),
    (
        "new.from",
        "Begin vanuit een scenario: een bestand in deze map wordt uitgebreid, een ingebouwd scenario gekopieerd",
    ),
    ("new.clients", "Klanten ver van werk: schrijft een scenario van uw eigen gemeente, met kosten en vraag"),
    ("new.caseworkers", "Consulenten in fte voor gesprekken met hen [standaard: één op 180 klanten]"),
    ("new.years", "Jaren om vooruit te kijken [standaard: 4]"),
    ("new.sites", "Locaties waarover de klanten zijn verdeeld [standaard: 1]"),
    ("parameters.changed", "Alleen wat het scenario veranderde"),
    ("schema.format", "Scenario's, of wat `analyze --json` of `design --json` schrijft"),
    ("design.file", "Het ontwerpbestand; `-` leest de standaardinvoer"),
    ("design.json", "Druk het antwoord af als JSON, met alle cijfers"),
    ("report.folder", "Map met de uitvoer van een afgeronde run"),
    ("report.quiet", "Druk niets af"),
    (
        "runs.folders",
        "Waar te zoeken: mappen met onaf werk, of mappen waar die in staan [standaard: output en deze map]",
    ),
    ("runs.clean", "Verwijder het onaffe werk dat wordt gevonden, tenzij een proces eraan werkt"),
    ("verify.folder", "Map met uitkomsten"),
    (
        "verify.rerun",
        "Reken ook zoveel brokken van elke fase opnieuw en vergelijk ze met wat --keep-chunks in MAP.chunks bewaarde; all: elk brok, bewaard of niet",
    ),
    ("slurm.tasks", "Taken die het werk delen: shards"),
    ("slurm.hours", "Kloktijd van een taak; wat dan niet af is, gaat daarna vanzelf verder"),
    ("slurm.cpus", "Kernen van een taak"),
    ("slurm.command", "Wat wordt berekend"),
    (
        "slurm.replicates",
        "Herhalingen (run) of gesimuleerde onderzoeken (power, duration) [standaard: die van het scenario]",
    ),
    (
        "slurm.out",
        "Map van de uitkomsten, op een schijf die elk knooppunt ziet [standaard: output/NAAM-VAN-HET-SCENARIO]",
    ),
    ("slurm.warning", "Seconden vóór het einde van zijn tijd waarop een taak hoort dat hij stopt"),
    ("slurm.sbatch", "Een extra optie van elke sbatch, zoals --sbatch=--partition=rome; mag vaker"),
    (
        "merge.results",
        "De uitkomsten waar de delen voor waren: de map van hun --out (de brokken staan in NAAM.chunks)",
    ),
    ("serve.port", "Poort op deze computer (0: een vrije)"),
    (
        "serve.host",
        "Luister op dit adres in plaats van het eigen adres; andere computers die het bereiken, kunnen de pagina gebruiken met adres en sleutel. Vraagt --allow-others",
    ),
    ("serve.allow_others", "Laat andere computers toe dan deze; de verbinding is niet versleuteld"),
    ("serve.name", "Naam waaronder andere computers deze bereiken"),
    ("serve.threads", "Threads om op te rekenen (standaard: alle kernen)"),
    (
        "serve.replicates",
        "Herhalingen van de eindantwoorden [standaard: replicates van het scenario]; minder is sneller en minder precies",
    ),
    (
        "serve.draws",
        "Trekkingen van de aannames van de eindantwoorden [standaard: uncertainty.parameter_draws van het scenario]",
    ),
    ("completions.shell", "Welke shell"),
    (
        "analyze.data",
        "De gegevens: een CSV met een kopregel (komma, puntkomma of tab); - leest de standaardinvoer",
    ),
    ("analyze.time", "Kolom met de waarnemingsduur (elke eenheid; 0 of meer)"),
    ("analyze.from", "In plaats van --time: kolom met de datum waarop de waarneming begon (met --until)"),
    ("analyze.until", "Kolom met de datum waarop die eindigde"),
    ("analyze.unit", "Eenheid van de duur tussen datums; een maand heeft 30,4375 dagen"),
    ("analyze.cut_off", "Laatste dag waarop iets is gezien: rijen zonder einddatum zijn tot dan gevolgd"),
    ("analyze.date_format", "Volgorde van dag, maand en jaar in datums, waar het bestand dat openlaat"),
    ("analyze.decimal", "Decimaalteken van getallen, waar het bestand dat openlaat"),
    (
        "analyze.status",
        "Kolom met wat de waarneming beëindigde: 0 = nog niets (gecensureerd), 1, 2, ... = oorzaken; of woorden",
    ),
    (
        "analyze.cause",
        "De gebeurtenis waar het om gaat, als getal of woord; zonder telt elke oorzaak als één gebeurtenis",
    ),
    (
        "analyze.censored",
        "Meer waarden van de statuskolom die \"nog niets\" betekenen, gescheiden door komma's (status 1/2 van R: --censored 1)",
    ),
    (
        "analyze.events",
        "Waarden van de statuskolom die gebeurtenissen zijn, gescheiden door komma's; alle andere zijn dan \"nog niets\"",
    ),
    ("analyze.arm", "Kolom met de groep; zonder zijn alle rijen één groep"),
    (
        "analyze.control",
        "De controlegroep (standaard: een groep die control, placebo of iets dergelijks heet, anders de eerste op volgorde)",
    ),
    (
        "analyze.cluster",
        "Kolom met het cluster (consulent, locatie) waarbinnen rijen niet onafhankelijk zijn",
    ),
    (
        "analyze.weights",
        "Kolom met gewichten: hele getallen zijn aantallen (een rij telt voor zo veel mensen), andere zijn steekproefgewichten",
    ),
    ("analyze.weights_as", "Wat de gewichten zijn, waar hele getallen dat openlaten"),
    ("analyze.strata", "Kolommen met strata, gescheiden door komma's"),
    (
        "analyze.by",
        "Kolommen waarvan de waarden de gegevens splitsen: alles wordt per deel gedaan, bijvoorbeeld curven per stratum",
    ),
    (
        "analyze.covariates",
        "Kolommen met covariaten bij het begin, gescheiden door komma's; woorden worden niveaus, factor(KOLOM) maakt niveaus van getallen",
    ),
    ("analyze.id", "Kolom met de persoon"),
    (
        "analyze.start",
        "Kolom met het begin van het interval onder risico: late instroom, of meer intervallen per persoon",
    ),
    ("analyze.count", "Kolom met een aantal gebeurtenissen (met --exposure)"),
    ("analyze.exposure", "Kolom met de tijd waarover --count is geteld"),
    (
        "analyze.outcome",
        "Kolom met een gemeten waarde (een score, een bedrag), voor methoden op geclusterde waarden",
    ),
    (
        "analyze.tests",
        "Methoden, gescheiden door komma's, met argumenten tussen haakjes: log-rank,fleming-harrington(0,1). \"list\" toont ze alle",
    ),
    ("analyze.tau", "Horizon van beperkte gemiddelden (standaard: de laatste die elke groep draagt)"),
    ("analyze.until_time", "Horizon van de hele analyse: latere gebeurtenissen tellen als dan gecensureerd"),
    (
        "analyze.at",
        "Tijden waarop curven worden gelezen, mijlpalen vergeleken en uitkomsten genomen, gescheiden door komma's",
    ),
    ("analyze.level", "Betrouwbaarheid van de intervallen"),
    (
        "analyze.sided",
        "Richting van de toetsen: \"less\" en \"greater\" gaan over het teken van de getoonde statistiek of het contrast",
    ),
    ("analyze.ties", "Gelijke tijden in modellen van het soort Cox"),
    ("analyze.interval", "Schaal van de intervallen van Kaplan-Meier- en incidentiecurven"),
    ("analyze.adjust", "Pas de p-waarden van deze analyse samen aan (detail `p_adjusted`)"),
    (
        "analyze.pairwise",
        "Met meer dan twee groepen: ook elke twee ervan, met p-waarden aangepast over de paren (Holm, of zoals --adjust zegt)",
    ),
    (
        "analyze.p",
        "Pas alleen een kolom p-waarden aan (Holm tenzij --adjust anders zegt); andere kolommen blijven buiten beschouwing",
    ),
    ("analyze.figure", "Teken ook een figuur (zie --figure-of): een bestand dat eindigt op .png of .svg"),
    (
        "analyze.figure_of",
        "Wat de figuur toont [standaard: een forest; curven als --tests alleen daarom vraagt]",
    ),
    (
        "analyze.json",
        "Schrijf JSON met alle cijfers in plaats van tabellen (docs/analyze.md noemt de sleutels)",
    ),
];

/// What stands in the place of a value, `<FILE>`, where Dutch has another word for it.
const VALUES: &[(&str, &str)] = &[
    ("ADDRESS", "ADRES"),
    ("ADJUST", "AANPASSING"),
    ("CAUSE", "OORZAAK"),
    ("CHUNKS", "BROKKEN"),
    ("COLUMN", "KOLOM"),
    ("COLUMNS", "KOLOMMEN"),
    ("COMMAND", "OPDRACHT"),
    ("DATA", "GEGEVENS"),
    ("DATASETS", "AANTAL"),
    ("DATE", "DATUM"),
    ("DATE_FORMAT", "VOLGORDE"),
    ("DECIMAL", "TEKEN"),
    ("DIR", "MAP"),
    ("FIGURE_OF", "WAT"),
    ("FILE", "BESTAND"),
    ("FOLDER", "MAP"),
    ("FOLDERS", "MAPPEN"),
    ("FORM", "VORM"),
    ("FORMAT", "VORM"),
    ("HOURS", "UREN"),
    ("INTERVAL", "SCHAAL"),
    ("KEY=VALUE", "SLEUTEL=WAARDE"),
    ("LANGUAGE", "TAAL"),
    ("LEVEL", "ZEKERHEID"),
    ("LIST", "LIJST"),
    ("M@MONTH", "MAAT@MAAND"),
    ("NAME", "NAAM"),
    ("OPTION", "OPTIE"),
    ("REPLICATE", "HERHALING"),
    ("RESULTS", "UITKOMSTEN"),
    ("SECONDS", "SECONDEN"),
    ("SIDED", "RICHTING"),
    ("SCENARIOS", "SCENARIO"),
    ("TARGETS", "CIJFERS"),
    ("TIES", "WIJZE"),
    ("TIME", "TIJD"),
    ("TIMES", "TIJDEN"),
    ("UNIT", "EENHEID"),
    ("VALUES", "WAARDEN"),
    ("WEIGHTS_AS", "SOORT"),
];

/// Places of values that read the same in both languages.
const SAME: &[&str] =
    &["C", "FTE", "GIB", "I/N", "K", "N", "P", "R", "RUN", "RUNS", "SCENARIO", "SHELL", "THREADS"];

/// The help of a whole program in Dutch.
pub(super) fn help(program: Command) -> Command {
    let name = program.get_name().to_owned();
    let mut program = command(program, &name).subcommand_value_name("OPDRACHT");
    program.build();
    with_usage(program)
}

/// A command and all below it with the line of its use as clap makes it, but in Dutch; so it stands
/// under a mistake too. Only a command that was built knows its own full name.
fn with_usage(mut command: Command) -> Command {
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().replace("[OPTIONS]", "[OPTIES]");
    command.override_usage(usage).mut_subcommands(with_usage)
}

/// A command with its help in Dutch, and all below it. Headings stand in a template of ours, and only
/// those that have something below them: clap would print an empty list.
fn command(built: Command, name: &str) -> Command {
    let mut built = built;
    if let Some(about) = found(COMMANDS, name) {
        built = built.about(about).long_about(about);
    }
    let after = found(COMMANDS, &format!("{name}/after"));
    if let Some(after) = after {
        built = built.after_help(after).after_long_help(after);
    } else if name == "stapjes" {
        built = built.after_help(super::exit::EXIT_CODES_IN_DUTCH);
    }
    let has = |is: &dyn Fn(&Arg) -> bool| built.get_arguments().any(|arg| !arg.is_hide_set() && is(arg));
    let (positionals, commands) = (has(&|arg| arg.is_positional()), built.has_subcommands());
    let mut template = "{about-with-newline}\nGebruik: {usage}\n".to_owned();
    if commands {
        template += "\nOpdrachten:\n{subcommands}\n";
    }
    if positionals {
        template += "\nArgumenten:\n{positionals}\n";
    }
    template += "\nOpties:\n{options}{after-help}";
    let parent = name.to_owned();
    if name == "stapjes" {
        let version = Arg::new("version").short('V').long("version").action(clap::ArgAction::Version);
        built = built.disable_version_flag(true).arg(version.help("Toon de versie"));
    }
    built
        .help_template(template)
        .disable_help_flag(true)
        .arg(Arg::new("help").short('h').long("help").action(clap::ArgAction::Help).help("Toon de hulp"))
        .mut_args(move |arg| match argument(&parent, arg.get_id().as_str()) {
            Some(text) => in_dutch(arg, text),
            None => arg,
        })
        .mut_subcommands(|sub| {
            let name = sub.get_name().to_owned();
            command(sub, &name)
        })
}

/// An argument with its Dutch text, and what clap would add to it in English: the values it can have
/// and the default.
fn in_dutch(arg: Arg, text: &str) -> Arg {
    let named = arg.get_value_names().unwrap_or_default().iter().map(|name| value_name(name));
    let named: Vec<&'static str> = named.collect();
    let arg = if named.is_empty() { arg } else { arg.value_names(named) };
    if !arg.get_action().takes_values() {
        return arg.help(text.to_owned()).long_help(text.to_owned());
    }
    let mut text = text.to_owned();
    let values: Vec<String> =
        arg.get_possible_values().iter().map(|value| value.get_name().to_owned()).collect();
    if !values.is_empty() {
        text += &format!(" [mogelijk: {}]", values.join(", "));
    }
    let defaults: Vec<_> = arg.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !defaults.is_empty() {
        text += &format!(" [standaard: {}]", defaults.join(", "));
    }
    arg.hide_possible_values(true).hide_default_value(true).help(text.clone()).long_help(text)
}

/// The Dutch of what stands in the place of a value; itself when both languages have the same word.
fn value_name(english: &str) -> &'static str {
    found(VALUES, english).or_else(|| SAME.iter().find(|same| **same == english).copied()).unwrap_or("WAARDE")
}

/// The Dutch text of a name in one of the lists; `None` when it has none.
fn found(list: &[(&'static str, &'static str)], name: &str) -> Option<&'static str> {
    list.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The Dutch of an argument: the command's own words before those that commands share.
fn argument(command: &str, id: &str) -> Option<&'static str> {
    found(ARGUMENTS, &format!("{command}.{id}")).or_else(|| found(ARGUMENTS, id))
}

/// A mistake on the command line in Dutch: what is wrong, what is possible, what was probably meant,
/// and how the command is used. `None` for what is no mistake (help and version), and for kinds that
/// clap words itself.
pub(super) fn mistake(error: &clap::Error) -> Option<String> {
    // Clap keeps the parts of its message by kind; which of them are there depends on the kind of
    // mistake.
    let context = |kind: ContextKind| match error.get(kind)? {
        ContextValue::String(text) => Some(text.clone()),
        ContextValue::Strings(list) => Some(list.join(if suggests(kind) { " of " } else { ", " })),
        ContextValue::StyledStr(text) => Some(text.to_string()),
        ContextValue::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let number = |kind: ContextKind| match error.get(kind)? {
        ContextValue::Number(number) => Some(*number),
        _ => None,
    };
    let (argument, value) = (context(ContextKind::InvalidArg), context(ContextKind::InvalidValue));
    let argument = argument.unwrap_or_default();
    let main = match error.kind() {
        ErrorKind::UnknownArgument => format!("onbekend argument {argument}"),
        ErrorKind::InvalidSubcommand => {
            format!("onbekende opdracht {}", context(ContextKind::InvalidSubcommand)?)
        }
        ErrorKind::InvalidValue if value.as_deref().unwrap_or_default().is_empty() => {
            format!("{argument} vraagt een waarde")
        }
        ErrorKind::InvalidValue => format!("{} past niet bij {argument}", value?),
        ErrorKind::ValueValidation => {
            let why = std::error::Error::source(error).map(|why| format!(": {}", reason(&why.to_string())));
            format!("{} past niet bij {argument}{}", value?, why.unwrap_or_default())
        }
        ErrorKind::MissingRequiredArgument => format!("dit ontbreekt: {argument}"),
        ErrorKind::ArgumentConflict => {
            let other = context(ContextKind::PriorArg).unwrap_or_default();
            if other == argument {
                format!("{argument} mag maar één keer")
            } else {
                format!("{argument} gaat niet samen met {other}")
            }
        }
        ErrorKind::TooManyValues => format!("{} is te veel voor {argument}", value?),
        ErrorKind::TooFewValues => {
            let (least, given) = (number(ContextKind::MinValues)?, number(ContextKind::ActualNumValues)?);
            format!("{argument} vraagt minstens {least} waarden, en kreeg er {given}")
        }
        ErrorKind::WrongNumberOfValues => {
            let asked = number(ContextKind::ExpectedNumValues)?;
            let given = number(ContextKind::ActualNumValues)?;
            format!("{argument} vraagt {asked} waarden, en kreeg er {given}")
        }
        ErrorKind::InvalidUtf8 => "de opdrachtregel is geen geldige tekst (UTF-8)".to_owned(),
        ErrorKind::NoEquals => format!("{argument} vraagt een = voor zijn waarde"),
        ErrorKind::MissingSubcommand => "welke opdracht?".to_owned(),
        _ => return None,
    };
    let mut text = format!("fout: {main}");
    if let Some(valid) = context(ContextKind::ValidValue).filter(|valid| !valid.is_empty()) {
        text += &format!("\n  mogelijk zijn: {valid}");
    }
    for kind in SUGGESTIONS {
        if let Some(near) = context(kind) {
            text += &format!("\n  bedoelt u {near}?");
        }
    }
    if let Some(usage) = context(ContextKind::Usage) {
        text += &format!("\n\n{}", usage.replacen("Usage:", "Gebruik:", 1).trim_end());
    }
    Some(text + "\n\nMeer uitleg met --help.")
}

/// What clap keeps of words that were probably meant.
const SUGGESTIONS: [ContextKind; 3] =
    [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue];

/// Whether a part of a mistake is what was probably meant: one of its words is enough.
fn suggests(kind: ContextKind) -> bool {
    SUGGESTIONS.contains(&kind)
}

/// Why a value cannot be read, where the standard library or clap says so in English. Our own parsers
/// answer in the language asked for and pass through.
fn reason(english: &str) -> String {
    match english {
        "invalid digit found in string" => "geen geheel getal".to_owned(),
        "invalid float literal" | "cannot parse float from empty string" => "geen getal".to_owned(),
        "number too large to fit in target type" => "te groot".to_owned(),
        "number too small to fit in target type" => "te klein".to_owned(),
        "cannot parse integer from empty string" => "geen getal".to_owned(),
        other => other.replace(" is not in ", " ligt niet in "),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn missing(command: &Command, name: &str, list: &mut Vec<String>) {
        if found(COMMANDS, name).is_none() {
            list.push(name.to_owned());
        }
        for arg in command.get_arguments().filter(|arg| !arg.is_hide_set()) {
            let id = arg.get_id().as_str();
            if argument(name, id).is_none() {
                list.push(format!("{name}.{id}"));
            }
            let values = arg.get_value_names().unwrap_or_default();
            for value in values.iter().filter(|_| arg.get_action().takes_values()) {
                if found(VALUES, value).is_none() && !SAME.contains(&value.as_str()) {
                    list.push(format!("{name}.{id}: <{value}>"));
                }
            }
        }
        for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set()) {
            missing(sub, sub.get_name(), list);
        }
    }

    #[test]
    fn every_command_and_every_flag_has_its_dutch() {
        let mut list = Vec::new();
        let mut program = crate::cli::Arguments::command();
        program.build();
        let top: Vec<&Command> = program.get_subcommands().collect();
        for sub in &top {
            missing(sub, sub.get_name(), &mut list);
        }
        assert!(list.is_empty(), "no Dutch for {list:?}");
        // And nothing stands here that no command has.
        let known = |path: &str| match path.split_once('.') {
            None => top.iter().any(|sub| sub.get_arguments().any(|arg| arg.get_id() == path)),
            Some((name, id)) => top
                .iter()
                .any(|sub| sub.get_name() == name && sub.get_arguments().any(|arg| arg.get_id() == id)),
        };
        let idle: Vec<&str> = ARGUMENTS
            .iter()
            .map(|(path, _)| *path)
            .filter(|path| *path != "version" && !known(path))
            .filter(|path| cfg!(feature = "serve") || !path.starts_with("serve."))
            .collect();
        assert!(idle.is_empty(), "no command has {idle:?}");
    }

    /// Words of clap, and words that no Dutch text has, in what a person reads.
    fn english(text: &str) -> Vec<&str> {
        let words = [
            "usage",
            "options",
            "option",
            "arguments",
            "commands",
            "command",
            "print",
            "default",
            "possible",
            "values",
            "the",
            "and",
            "with",
            "which",
            "this",
            "from",
            "given",
            "required",
            "unexpected",
            "provided",
            "similar",
            "exists",
            "found",
            "tip",
            "error",
            "invalid",
            "for",
            "try",
        ];
        let split = text.split(|c: char| !(c.is_alphanumeric() || "-_=./".contains(c)));
        split.filter(|word| words.contains(&word.to_lowercase().as_str())).collect()
    }

    fn each(command: &mut Command, path: &str, seen: &mut usize) {
        *seen += 1;
        let (long, short) = (command.render_long_help().to_string(), command.render_help().to_string());
        for text in [long, short] {
            assert!(english(&text).is_empty(), "{path}: {:?}\n{text}", english(&text));
            assert!(text.contains("Gebruik: stapjes") && text.contains("Toon de hulp"), "{path}\n{text}");
        }
        for sub in command.get_subcommands_mut() {
            let path = format!("{path} {}", sub.get_name());
            each(sub, &path, seen);
        }
    }

    #[test]
    fn no_help_of_any_command_says_a_word_of_english() {
        let mut program = help(crate::cli::Arguments::command());
        let mut seen = 0;
        each(&mut program, "stapjes", &mut seen);
        assert_eq!(seen, crate::cli::Arguments::command().get_subcommands().count() + 1);
        // What `--help` of a command prints is that help.
        let shown = help(crate::cli::Arguments::command()).try_get_matches_from(["stapjes", "run", "--help"]);
        let shown = shown.unwrap_err().to_string();
        assert!(shown.contains("Trekkingen van de onzekere parameters") && shown.contains("Opties:"));
        assert!(english(&shown).is_empty(), "{shown}");
    }

    #[test]
    fn mistakes_are_dutch() {
        let program = || help(crate::cli::Arguments::command());
        let words = |line: &str| program().try_get_matches_from(line.split(' ')).unwrap_err();
        for (line, dutch) in [
            ("stapjes runn", "bedoelt u runs of run?"),
            ("stapjes", ""),
            ("stapjes run --replicate 3", "bedoelt u --replicates?"),
            ("stapjes run --replicates veel", "geen geheel getal"),
            ("stapjes run --replicates 0", "ligt niet in"),
            ("stapjes run --replicates", "--replicates <N> vraagt een waarde"),
            ("stapjes run --replicates 99999999999999999999999", "te groot"),
            ("stapjes run --seed -1", "onbekend argument -1"),
            ("stapjes run een twee", "onbekend argument twee"),
            ("stapjes run --quiet --quiet", "--quiet mag maar één keer"),
            ("stapjes run --quiet=3", "3 is te veel voor --quiet"),
            ("stapjes run --max-hours veel", "is geen getal"),
            ("stapjes run --progress balk", "mogelijk zijn: auto, json, none"),
            ("stapjes run --lang de", "moet nl of en zijn"),
            ("stapjes run --shard 5/4", "moet zijn als 3/10"),
            ("stapjes duration --power 2", "moet tussen 0 en 1 liggen"),
            ("stapjes sensitivity --morris -3", "onbekend argument -3"),
            ("stapjes compare gemeente", "vraagt minstens 2 waarden, en kreeg er 1"),
            ("stapjes report", "dit ontbreekt: <MAP>"),
            ("stapjes calibrate --template nederland", "gaat niet samen met"),
            ("stapjes --lang", "vraagt een waarde"),
        ] {
            let error = words(line);
            let told = mistake(&error);
            if dutch.is_empty() {
                assert!(told.is_none() && english(&error.to_string()).is_empty(), "{line}: {error}");
                continue;
            }
            let told = told.unwrap_or_default();
            assert!(told.starts_with("fout: ") && told.contains(dutch), "{line}: {told}");
            assert!(english(&told).is_empty(), "{line}: {:?} {told}", english(&told));
        }
        assert_eq!(mistake(&words("stapjes --version")), None);
    }
}
