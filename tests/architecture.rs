//! Imports go down only, and no files need each other in a circle: reads the sources and fails when they do.

#[path = "architecture/imports.rs"]
mod imports;
#[path = "architecture/prose.rs"]
mod prose;
#[path = "architecture/public.rs"]
mod public;

use imports::Crate;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Floors from the bottom up. Modules of one floor do not import each other.
const FLOORS: [&[&str]; 16] = [
    &["language"],
    &["stats", "disk", "halt", "document", "kinds"],
    &["random", "error"],
    &["scenario"],
    &["population"],
    &["history"],
    &["engine"],
    &["observe"],
    &["estimate"],
    &["trial"],
    &["study"],
    &["design", "patterns", "calibrate", "sensitivity", "value"],
    &["report"],
    &["app"],
    &["serve"],
    &["cli"],
];

fn floor(module: &str) -> Option<usize> {
    FLOORS.iter().position(|names| names.contains(&module))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("readable source folder") {
        let path = entry.expect("readable entry").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every source file of the library: path below `src` and text.
fn texts() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 50, "the walk found only {} files", files.len());
    files.sort();
    files
        .iter()
        .map(|file| {
            let parts = file.strip_prefix(&root).expect("below src").components();
            let relative: Vec<_> = parts.map(|part| part.as_os_str().to_string_lossy()).collect();
            (relative.join("/"), fs::read_to_string(file).expect("readable source"))
        })
        .filter(|(file, _)| file != "main.rs")
        .collect()
}

fn read(files: &[(String, String)]) -> Crate {
    Crate::read(files.iter().map(|(file, text)| (file.as_str(), text.as_str())))
}

/// Imports that do not point down, as `file:line: a imports b`.
fn pointing_up(sources: &Crate) -> Vec<String> {
    let mut wrong = Vec::new();
    for import in sources.imports() {
        let below = import.from.split('/').next().unwrap_or_default();
        let from = below.trim_end_matches(".rs");
        let to = import.to.split("::").next().unwrap_or_default();
        if let (Some(importing), Some(imported)) = (floor(from), floor(to))
            && imported >= importing
            && from != to
        {
            wrong.push(format!("{}:{}: {from} imports {to}", import.from, import.line));
        }
    }
    wrong
}

#[test]
fn imports_go_down_only() {
    let wrong = pointing_up(&read(&texts()));
    assert!(wrong.is_empty(), "imports that point up:\n{}", wrong.join("\n"));
}

#[test]
fn no_files_need_each_other_in_a_circle() {
    let circles: Vec<String> = read(&texts()).circles().iter().map(|circle| circle.join(", ")).collect();
    assert!(circles.is_empty(), "circles of files:\n{}", circles.join("\n"));
}

/// A room without a floor would be free to import anything.
#[test]
fn every_room_has_a_floor() {
    for (file, _) in texts() {
        let room = file.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        assert!(room == "lib" || floor(room).is_some(), "{file}: give `{room}` a floor in FLOORS");
    }
}

#[test]
fn a_planted_import_that_points_up_is_found() {
    let plain = [("stats/mod.rs", ""), ("trial/mod.rs", "pub struct Plan;"), ("random.rs", "")];
    let with = |text: &'static str| {
        let mut files = plain.to_vec();
        files.push(("stats/normal.rs", text));
        pointing_up(&Crate::read(files))
    };
    assert_eq!(with("use std::fmt;\nfn f() {}"), Vec::<String>::new());
    let found = ["stats/normal.rs:2: stats imports trial"];
    assert_eq!(with("\nuse crate::trial::Plan;"), found);
    // Over several lines, in a list.
    assert_eq!(with("use crate::{\n    trial::Plan,\n};"), found);
    // Without `use`, upwards by `super`, inside a macro call, under another name.
    assert_eq!(with("fn f() {\n    let _ = crate::trial::Plan;\n}"), found);
    assert_eq!(with("fn f() {\n    let _ = super::super::trial::Plan;\n}"), found);
    assert_eq!(with("fn f() {\n    println!(\"{}\", crate::trial::Plan);\n}"), found);
    assert_eq!(
        with("use crate::trial as below;\nfn f() -> below::Plan { below::Plan }"),
        ["stats/normal.rs:1: stats imports trial", "stats/normal.rs:2: stats imports trial"]
    );
    // In a comment or a string it is only talk.
    assert_eq!(with("//! crate::trial::Plan\nconst X: &str = \"crate::trial::Plan\";"), Vec::<String>::new());
    // Modules of one floor do not know each other.
    let beside = Crate::read([("stats.rs", "use crate::kinds::Kind;"), ("kinds.rs", "pub enum Kind {}")]);
    assert_eq!(pointing_up(&beside), ["stats.rs:1: stats imports kinds"]);
}

#[test]
fn a_planted_circle_is_found() {
    let circle = |first: &'static str, second: &'static str| {
        Crate::read([
            ("trial/mod.rs", "mod first;\nmod second;\npub use first::One;\npub use second::Two;"),
            ("trial/first.rs", first),
            ("trial/second.rs", second),
        ])
        .circles()
    };
    let none: Vec<Vec<String>> = Vec::new();
    assert_eq!(circle("pub struct One;", "use super::first::One;\npub struct Two(One);"), none);
    let both = vec![vec!["trial::first".to_owned(), "trial::second".to_owned()]];
    assert_eq!(
        circle("use super::second::Two;\npub struct One(Two);", "pub struct Two(super::first::One);"),
        both
    );
    // Through the names that the folder hands on.
    assert_eq!(
        circle("use crate::trial::Two;\npub struct One(Two);", "use super::One;\npub struct Two(One);"),
        both
    );
    // A test may look at what is built on top of it.
    assert_eq!(
        circle(
            "pub struct One;\n#[cfg(test)]\nmod tests {\n    use super::super::second::Two;\n}",
            "use super::One;\npub struct Two(One);"
        ),
        none
    );
    // The head of a folder may be used by its parts, but not to lead one part back to another.
    let folder = |part: &'static str| {
        Crate::read([
            ("trial/mod.rs", "mod run;\npub const MOST: u32 = 8;\npub fn all() { run::one() }"),
            ("trial/run.rs", part),
            ("observe.rs", "pub fn two() { crate::trial::all() }"),
        ])
        .circles()
    };
    assert_eq!(folder("use super::MOST;\npub fn one() {}"), none);
    let three = vec!["observe".to_owned(), "trial".to_owned(), "trial::run".to_owned()];
    assert_eq!(folder("pub fn one() { crate::observe::two() }"), vec![three]);
}

/// The scenario gate: TOML is read and quoted in one room.
#[test]
fn toml_is_known_to_one_room() {
    for (file, text) in texts() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        assert!(!code.contains("toml::") || file.starts_with("document/"), "{file} knows TOML");
    }
}

/// One road for a replicate: people are drawn and months simulated in one file, whatever is asked of them.
#[test]
fn replicates_are_simulated_in_one_file() {
    for (file, text) in texts() {
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let simulates = code.contains("engine::simulate(") || code.contains("population::draw(");
        let allowed = file == "trial/replicate.rs" || file.starts_with("engine/");
        assert!(!simulates || allowed, "{file} simulates by itself: see trial/replicate.rs");
    }
}

/// What stands in one language, and why that is right: a file or room, the beginning of its literals, and the reason.
const ONE_LANGUAGE: [(&str, &str, &str); 44] = [
    ("cli/dutch.rs", "", "the Dutch of what clap says in English; a test holds it complete"),
    ("cli/exit.rs", "", "the same, of the exit codes"),
    (
        "cli/new.rs",
        "",
        "a scenario to start from, in Dutch for planners or in English after another scenario",
    ),
    ("cli/slurm.rs", "", "a shell script, with its remarks in both languages"),
    ("language/spoken.rs", "", "the Dutch of what the system says in English"),
    ("observe/vocabulary.rs", "", "words of others, to be understood"),
    ("observe/table/mod.rs", "cells where", "how a problem is recognized"),
    ("report/analysis/forest.rs", "", "how an estimand is recognized"),
    ("report/words/labels.rs", "gewone aanpak", "Dutch names that take an article"),
    ("report/words/labels.rs", "aanpak van nu", "the same"),
    ("report/words/labels.rs", "as now", "a name of an arm in a built-in scenario"),
    ("report/words/labels.rs", "FIP for", "the same"),
    ("report/words/labels.rs", "one year of FIP", "the same"),
    ("report/words/labels.rs", "FIP kept up", "the same"),
    (
        "report/words/stated.rs",
        "",
        "the Dutch of figures and sources that files have in English; a test holds it complete",
    ),
    ("report/words/units.rs", "", "the Dutch of units that files have in English; a test holds it complete"),
    (
        "report/words/remarks.rs",
        "",
        "the Dutch of remarks that the reference has in English; a test holds it complete",
    ),
    ("trial/catalogue.rs", "per ", "a unit in files; the report has words for it"),
    ("trial/catalogue.rs", "hours per client", "the same"),
    ("trial/costs.rs", "EUR per client", "the same"),
    ("estimate/catalogue/", "(", "arguments, as they are typed"),
    ("estimate/adjusted_mean.rs", "{} in stratum {}", "the same words in both languages"),
    ("calibrate/answer.rs", "stapjes calibration", "the name of a format"),
    ("calibrate/exact_cases.rs", "", "names of a test of the sampler"),
    ("calibrate/known.rs", "", "names of a test of the sampler"),
    ("calibrate/self_check.rs", "", "names of a test of the sampler"),
    ("kinds/happening.rs", "", "names in trajectories.csv, for programs"),
    ("report/events.rs", "on benefit", "a value in trajectories.csv, for programs"),
    ("report/curves.rs", "all stories", "a value in curves.csv, for programs"),
    ("report/parquet_file.rs", "", "the schema of a file for programs"),
    ("report/r_script.rs", "", "an R script for researchers, in English like its output"),
    ("design/power/analytic.rs", "", "a column of power.csv, for programs"),
    ("design/patterns/", "", "names of what a simulated study counts; what people read of it is Bilingual"),
    ("scenario/keys.rs", "", "sentences of the JSON schema, which editors show in English"),
    ("scenario/schema.rs", "", "the same"),
    ("scenario/load.rs", "value = 0.0", "TOML"),
    ("scenario/load.rs", "fitted to", "a source in a scenario: sources are in English"),
    ("scenario/load.rs", " is missing", "how a problem is recognized"),
    ("scenario/posterior.rs", "# stapjes posterior", "the first line of a format"),
    ("serve/form.rs", "\n[structure", "TOML"),
    ("serve/", "stapjes ", "a command line"),
    ("engine/full/", "", "names of the steps of a month, for measuring speed"),
    ("disk/", "", "names of operations, for tests that make them fail"),
    ("report/folder/tests.rs", "", "a test"),
];

/// Words for people stand in both languages: what comes from one of them alone does not pass.
#[test]
fn what_is_said_is_said_in_both_languages() {
    let mut wrong = Vec::new();
    let mut used = BTreeSet::new();
    for (file, text) in texts() {
        let allowed = |words: &str| {
            ONE_LANGUAGE
                .iter()
                .position(|(room, start, _)| file.starts_with(room) && words.starts_with(start))
        };
        for (line, words) in prose::in_one_language(&text) {
            match allowed(&words) {
                Some(exception) => {
                    used.insert(exception);
                }
                None => wrong.push(format!("src/{file}:{line}: {words:?}")),
            }
        }
    }
    assert!(wrong.is_empty(), "words in one language (see `said!`):\n{}", wrong.join("\n"));
    let idle = ONE_LANGUAGE.iter().enumerate().filter(|(at, _)| !used.contains(at));
    let idle: Vec<_> = idle.map(|(_, exception)| exception).collect();
    assert!(idle.is_empty(), "exceptions that nothing needs: {idle:?}");
}

#[test]
fn a_planted_text_in_one_language_is_found() {
    let found = |code: &str| -> Vec<String> {
        prose::in_one_language(code).into_iter().map(|(line, words)| format!("{line}: {words}")).collect()
    };
    let planted = "fn f() -> Error {\n    Error::data(\"the file has no rows\")\n}";
    assert_eq!(found(planted), ["2: the file has no rows"]);
    assert_eq!(
        found("fn f(n: usize) { refuse(&format!(\"arm {} has {n} rows left\", n)) }"),
        ["1: arm {} has {n} rows left"]
    );
    // Behind `Said::same` too: the same text for both is for names.
    assert_eq!(found("fn f() -> Said { Said::same(\"no rows at all\") }"), ["1: no rows at all"]);
    let none: [&str; 0] = [];
    for right in [
        "fn f() -> Said { said!(\"geen rijen over\", \"no rows left\") }",
        "const T: Text = Text::new(\"geen rijen over\", \"no rows left\");",
        "fn f(lang: Lang) -> &'static str { lang.pick(\"geen rijen over\", \"no rows left\") }",
        "fn f(l: Lang) -> &'static str { match l { Lang::Nl => \"geen rijen over\", Lang::En => \"no rows left\" } }",
        "/// The file has no rows.\nfn f(x: Option<u8>) -> u8 { x.expect(\"there are rows left\") }",
        "fn f() -> &'static str { \"log-rank\" }\n#[cfg(test)]\nmod tests { const X: &str = \"the file has no rows\"; }",
        "fn f(n: f64) -> String { format!(\"{n:.1} {}\", n) }",
    ] {
        assert_eq!(found(right), none, "{right}");
    }
    // Two texts beside each other are Dutch and English; two of one language are not.
    assert_eq!(found("fn f() { at_month(\"de hele groep\", \"the whole group\") }"), none);
    assert_eq!(
        found("fn f() { refuse(\"the file has no rows\", \"add some to it\") }"),
        ["1: the file has no rows", "1: add some to it"]
    );
    assert_eq!(found("const X: Row = Row { name: \"all of it\", name_nl: \"het hele\" };"), none);
    assert_eq!(found("const X: Row = Row { name: \"all of it\", other: 3 };"), ["1: all of it"]);
    // What follows the arms of a language is read again.
    let behind = "fn f(l: Lang) -> [&'static str; 2] { [match l { Lang::Nl => \"ja en nee\", Lang::En => \"yes and no\" }, \"not this one\"] }";
    assert_eq!(found(behind), ["1: not this one"]);
}

/// What is wrong with the words for a site of a study in a Dutch text: it is a *locatie*, and a *plek* is a caseworker's slot for a talk.
fn wrong_site(text: &str) -> Option<String> {
    let text = text.to_lowercase();
    let of_talks = text.contains("gesprek") || text.contains("per maand");
    let wrong = |word: &&str| {
        word.starts_with("vestiging")
            || *word == "plaatsen"
            || !of_talks && ["plek", "plekken"].contains(word)
    };
    text.split(|c: char| !c.is_alphabetic()).find(wrong).map(str::to_owned)
}

#[test]
fn a_site_has_one_dutch_name() {
    let mut wrong = Vec::new();
    for (file, text) in texts() {
        // Words that a planner may type for a key.
        if file == "document/nearest.rs" {
            continue;
        }
        for (line, words) in prose::literals(&text) {
            wrong.extend(wrong_site(&words).map(|word| format!("src/{file}:{line}: {word}")));
        }
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages = 0;
    for folder in ["src/report/templates", "src/serve/page", "scenarios", "scenarios/design", "docs"] {
        for entry in fs::read_dir(root.join(folder)).expect("a folder") {
            let path = entry.expect("readable entry").path();
            let Ok(text) = fs::read_to_string(&path) else { continue };
            pages += 1;
            for (at, line) in text.lines().enumerate() {
                wrong.extend(wrong_site(line).map(|word| format!("{}:{}: {word}", path.display(), at + 1)));
            }
        }
    }
    assert!(pages > 30, "the walk found only {pages} pages");
    assert!(wrong.is_empty(), "a site is a locatie:\n{}", wrong.join("\n"));
    assert_eq!(wrong_site("op elke Vestiging"), Some("vestiging".to_owned()));
    assert_eq!(wrong_site("klanten per plek"), Some("plek".to_owned()));
    assert_eq!(wrong_site("285 gesprekken nodig, 240 plekken"), None);
}

/// `println!` and exits belong to the doors; `clippy` denies them elsewhere, and this holds the allowance to `cli`.
#[test]
fn only_the_doors_may_print() {
    for (file, text) in texts() {
        let allows = ["print_stdout", "print_stderr", "clippy::exit"].iter().any(|lint| text.contains(lint));
        assert!(!allows || file.starts_with("cli/"), "{file} allows printing");
    }
}

/// The drawings of the house, in `lib.rs` and on the page, show the floors in their order: an arrow that an import runs against
/// would be a wrong drawing.
#[test]
fn drawings_follow_the_floors() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for (file, arrow) in [("src/lib.rs", " -> "), ("docs/architecture.md", " ─► ")] {
        let text = fs::read_to_string(root.join(file)).expect("a readable page");
        let start = format!("scenario{arrow}");
        let line = text.lines().find(|line| line.contains(&start)).expect("a drawing of the house");
        let rooms: Vec<&str> = line.trim_start_matches("//! ").split(arrow).map(str::trim).collect();
        let floors: Vec<Option<usize>> = rooms.iter().map(|room| floor(room)).collect();
        assert!(floors.iter().all(Option::is_some), "{file}: a room without a floor in {rooms:?}");
        assert!(floors.windows(2).all(|pair| pair[0] < pair[1]), "{file}: {rooms:?} lie on {floors:?}");
    }
}

/// Types that other files can see, with the files that define them: structs, enums, aliases, unions and traits, also inside
/// modules of a file. Those visible in the whole crate, and all.
#[derive(Default)]
struct VisibleTypes {
    in_crate: BTreeMap<String, BTreeSet<String>>,
    in_room: BTreeMap<String, BTreeSet<String>>,
}

fn room_of(file: &str) -> &str {
    file.split('/').next().unwrap_or_default().trim_end_matches(".rs")
}

impl VisibleTypes {
    fn read(&mut self, file: &str, items: &[syn::Item]) {
        for item in items {
            let (name, visibility) = match item {
                syn::Item::Struct(item) => (&item.ident, &item.vis),
                syn::Item::Enum(item) => (&item.ident, &item.vis),
                syn::Item::Type(item) => (&item.ident, &item.vis),
                syn::Item::Union(item) => (&item.ident, &item.vis),
                syn::Item::Trait(item) => (&item.ident, &item.vis),
                syn::Item::Mod(item) => {
                    if let Some((_, inner)) = &item.content {
                        self.read(file, inner);
                    }
                    continue;
                }
                _ => continue,
            };
            let everywhere = match visibility {
                syn::Visibility::Public(_) => true,
                syn::Visibility::Restricted(limit) => limit.path.is_ident("crate"),
                syn::Visibility::Inherited => continue,
            };
            let found = |types: &mut BTreeMap<String, BTreeSet<String>>| {
                types.entry(name.to_string()).or_default().insert(file.to_owned());
            };
            found(&mut self.in_room);
            if everywhere {
                found(&mut self.in_crate);
            }
        }
    }
}

/// Names that several rooms, or several files of one room, give to a type of theirs, as `name: file, file`.
fn names_with_two_meanings<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut types = VisibleTypes::default();
    for (file, text) in files {
        types.read(file, &syn::parse_file(text).expect("Rust").items);
    }
    let mut wrong = BTreeSet::new();
    let mut note = |name: &str, files: Vec<&str>| {
        if files.len() > 1 {
            wrong.insert(format!("{name}: {}", files.join(", ")));
        }
    };
    for (name, files) in &types.in_crate {
        note(name, files.iter().map(String::as_str).collect());
    }
    for (name, files) in &types.in_room {
        for room in files.iter().map(|file| room_of(file)).collect::<BTreeSet<_>>() {
            note(name, files.iter().map(String::as_str).filter(|file| room_of(file) == room).collect());
        }
    }
    wrong.into_iter().collect()
}

/// One noun, one meaning: who reads `Estimate` must not have to ask whose.
#[test]
fn no_two_files_give_a_type_the_same_name() {
    let texts = texts();
    let wrong = names_with_two_meanings(texts.iter().map(|(file, text)| (file.as_str(), text.as_str())));
    assert!(wrong.is_empty(), "types of one name in several files:\n{}", wrong.join("\n"));
    assert_eq!(
        names_with_two_meanings([
            ("trial/run.rs", "pub struct Plan;\nstruct Row;"),
            ("trial/cube.rs", "pub(super) enum Cell {}\nstruct Row;"),
            ("trial/fold.rs", "pub(super) struct Cell;"),
            ("report/mod.rs", "pub(crate) enum Plan {}\npub(super) struct Row;\npub(super) struct Cell;"),
            ("stats.rs", "pub mod inner {\n    pub trait Row {}\n}"),
            ("value.rs", "pub type Row = u32;"),
        ]),
        [
            "Cell: trial/cube.rs, trial/fold.rs",
            "Plan: report/mod.rs, trial/run.rs",
            "Row: stats.rs, value.rs"
        ]
    );
}

/// Rooms whose public functions show by an example what they compute.
const WITH_EXAMPLES: [&str; 4] = ["estimate", "design", "study", "stats"];

/// Methods of `estimate` by which a model is fitted or tested.
const FITTING: [&str; 12] = [
    "fit",
    "score_test",
    "robust",
    "robust_score_test",
    "small_sample",
    "proportional_hazards",
    "proportional_hazards_of",
    "scores",
    "max_combo",
    "rank_scores",
    "cox",
    "by_arm",
];

/// Public functions without an example of their own, with the reason.
const NO_EXAMPLE: &[(&str, &str)] = &[
    ("stats/instructions.rs: choose", "it settles the instruction set of the whole process"),
    (
        "estimate/risk_table.rs: by_arm",
        "the table of a data set; the function of that name that estimates has one",
    ),
];

/// Every free public function of the four rooms, and the methods of `estimate` that fit or test a model, have an example that runs.
#[test]
fn every_public_function_of_statistics_has_an_example() {
    let (mut seen, mut without) = (0, Vec::new());
    for (file, text) in texts() {
        let room = file.split('/').next().unwrap_or_default();
        // The lanes are shown together, at the head of their module.
        if !WITH_EXAMPLES.contains(&room) || file == "stats/lanes/mod.rs" {
            continue;
        }
        let syntax = syn::parse_file(&text).expect("Rust");
        let mut look =
            |item: &syn::Signature, visibility: &syn::Visibility, attributes: &[syn::Attribute]| {
                let called = format!("{file}: {}", item.ident);
                let excused = NO_EXAMPLE.iter().any(|(name, _)| *name == called);
                if !matches!(visibility, syn::Visibility::Public(_)) || excused {
                    return;
                }
                seen += 1;
                if !documentation(attributes).contains("```") {
                    without.push(called);
                }
            };
        for item in &syntax.items {
            match item {
                syn::Item::Fn(item) => look(&item.sig, &item.vis, &item.attrs),
                syn::Item::Impl(item) if item.trait_.is_none() && room == "estimate" => {
                    for member in &item.items {
                        if let syn::ImplItem::Fn(member) = member
                            && FITTING.contains(&member.sig.ident.to_string().as_str())
                        {
                            look(&member.sig, &member.vis, &member.attrs);
                        }
                    }
                }
                _ => {}
            }
        }
    }
    assert!(seen > 150, "the walk found only {seen} functions");
    assert!(without.is_empty(), "functions without an example that runs:\n{}", without.join("\n"));
}

/// Lines of one source file outside its tests: those that are not blank, and those of them that are comments.
fn lines_and_comments(text: &str) -> (usize, usize) {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let opens_tests = |pair: &[&str]| {
        let plain = pair[1].trim_start_matches("pub(crate) ").trim_start_matches("pub(super) ");
        pair[0] == "#[cfg(test)]" && plain.starts_with("mod ") && plain.ends_with('{')
    };
    let end = lines.windows(2).position(opens_tests).unwrap_or(lines.len());
    let written = lines[..end].iter().filter(|line| !line.is_empty());
    (written.clone().count(), written.filter(|line| line.starts_with("//")).count())
}

/// Percentage of comments among the lines of `src` outside tests that the project keeps at the least.
const DOCUMENTED: f64 = 20.0;

/// Who carries this on reads it before changing it: a fifth of the lines outside tests says what and why.
#[test]
fn a_fifth_of_the_lines_is_documentation() {
    let mut rooms: BTreeMap<String, (usize, usize)> = BTreeMap::new();
    for (file, text) in texts() {
        if file.ends_with("tests.rs") || file.contains("/tests/") {
            continue;
        }
        let (lines, comments) = lines_and_comments(&text);
        let room = file.split('/').next().unwrap_or_default().trim_end_matches(".rs");
        let own = rooms.entry(room.to_owned()).or_default();
        *own = (own.0 + lines, own.1 + comments);
    }
    let share = |(lines, comments): (usize, usize)| 100.0 * comments as f64 / lines as f64;
    let all = rooms.values().fold((0, 0), |sum, own| (sum.0 + own.0, sum.1 + own.1));
    assert!(all.0 > 50_000, "the walk found only {} lines", all.0);
    let mut lowest: Vec<(f64, &str)> = rooms.iter().map(|(room, own)| (share(*own), room.as_str())).collect();
    lowest.sort_by(|one, other| one.0.total_cmp(&other.0));
    let named: Vec<String> =
        lowest.iter().take(5).map(|(share, room)| format!("{room} {share:.1} %")).collect();
    assert!(
        share(all) >= DOCUMENTED,
        "{:.2} % of the lines outside tests are documentation, fewer than {DOCUMENTED} %; lowest: {}",
        share(all),
        named.join(", ")
    );
}

#[test]
fn comments_are_counted_outside_tests() {
    let text =
        "//! Head.\n\n/// Twice.\nfn f(x: u8) -> u8 {\n    // Why.\n    2 * x // no line of its own\n}\n";
    assert_eq!(lines_and_comments(text), (6, 3));
    assert_eq!(
        lines_and_comments(&format!("{text}\n#[cfg(test)]\nmod tests {{\n    // Not counted.\n}}\n")),
        (6, 3)
    );
    // A module of tests in a file of its own ends nothing here.
    assert_eq!(lines_and_comments("#[cfg(test)]\nmod tests;\n// Still counted.\n"), (3, 1));
}

/// The text of the doc comments.
fn documentation(attributes: &[syn::Attribute]) -> String {
    let text = |attribute: &syn::Attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => match &pair.value {
            syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(line), .. }) => Some(line.value()),
            _ => None,
        },
        _ => None,
    };
    attributes.iter().filter_map(text).collect::<Vec<_>>().join("\n")
}

/// The doors: whoever embeds the program finds requests and answers there, whether or not a test asks for all of them.
const DOORS: [&str; 4] = ["app/", "cli/", "error.rs", "lib.rs"];

/// `pub(crate)` is the rule, so that the compiler sees what is dead: public is what somebody outside calls, and what that needs.
#[test]
fn what_is_public_is_asked_for_outside() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (files, mut outside) = (texts(), BTreeSet::new());
    for folder in ["tests", "benches"] {
        let mut paths = Vec::new();
        sources(&root.join(folder), &mut paths);
        for path in paths {
            public::names(&fs::read_to_string(path).expect("readable source"), &mut outside);
        }
    }
    files.iter().for_each(|(_, text)| public::names(&public::examples(text), &mut outside));
    let mut wrong =
        public::unasked(files.iter().map(|(file, text)| (file.as_str(), text.as_str())), &outside);
    wrong.retain(|place| !DOORS.iter().any(|door| place.starts_with(door)));
    assert!(wrong.is_empty(), "public, but nobody outside asks (make it pub(crate)):\n{}", wrong.join("\n"));
}

#[test]
fn a_planted_public_item_that_nobody_asks_for_is_found() {
    let text = "
        /// ```
        /// # use stapjes::stats::shown;
        /// shown();
        /// ```
        pub fn shown() -> Handed { Handed(0) }
        pub struct Handed(pub u32);
        impl Handed {
            pub fn forgotten(&self) -> u32 { hidden(self.0) }
        }
        pub struct Alone(u32);
        impl Alone {
            pub(crate) fn new() -> Alone { Alone(called()) }
        }
        pub(crate) fn hidden(x: u32) -> u32 { x }
        /// In words, `talked_of` is no use.
        pub fn talked_of() {}
        pub fn called() -> u32 { 0 }
        #[cfg(test)]
        mod tests { pub fn helper() {} }";
    let mut outside = BTreeSet::new();
    public::names(
        "// talked_of()\nfn f() { assert_eq!(stapjes::stats::called(), 0, \"talked_of\") }",
        &mut outside,
    );
    public::names(&public::examples(text), &mut outside);
    let wrong = public::unasked([("stats.rs", text)], &outside);
    let names: Vec<&str> = wrong.iter().filter_map(|place| place.split(": ").last()).collect();
    assert_eq!(names, ["forgotten", "Alone", "talked_of"]);
}

/// A name says what a thing is. `own` said of half the variables only that they belong to something.
#[test]
fn no_variable_is_called_own() {
    for (file, text) in texts() {
        let mut names = BTreeSet::new();
        public::names(&text, &mut names);
        assert!(!names.contains("own"), "{file}: say whose or what `own` is");
    }
}
