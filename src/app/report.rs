//! `report`: the report of a finished run again, without simulating.
//!
//! The inputs are the numbers and the facts of the run, both checked against the hashes of its
//! manifest; everything else in the folder is made again or, when it is a file that only simulating
//! could make (`events.csv`), carried over unread.

use std::fs;
use std::io;
use std::path::Path;

use super::results::{self, Written};
use crate::disk;
use crate::error::Error;
use crate::report::kind::ResultKind;
use crate::report::language::Lang;
use crate::report::manifest::Manifest;
use crate::report::{
    self, Beside, decimal_comma, escape, facts, manifest, stored_power, stored_value, summary,
};
use crate::said;

/// Writes report, workbook and figures of a finished run again: the folder is replaced whole, and only when what was found
/// in it is what the run wrote.
///
/// # Errors
/// [`ErrorKind::Data`](crate::error::ErrorKind::Data) for files that are not what the run wrote; no finished run there;
/// failures of writing.
pub fn write(folder: &Path, lang: Lang, csv_nl: bool) -> Result<Written, Error> {
    let described = manifest::read(folder, ResultKind::Run)
        .map_err(|error| of_another(folder).unwrap_or_else(|| unreadable(folder, &error)))?;
    let altered = described.altered(folder).find(|file| INPUTS.contains(&file.path.as_str()));
    if let Some(file) = altered {
        return Err(Error::data(said!(
            "{file} in {folder} is niet wat de run schreef (de hash is niet die van {manifest}); draai het scenario opnieuw",
            "{file} in {folder} is not what the run wrote (its hash is not that of {manifest}); run the scenario again",
            file = &file.path,
            folder = folder.display(),
            manifest = ResultKind::Run.manifest(),
        )));
    }
    let found = summary::read(folder).map_err(|error| unreadable(folder, &error))?;
    let facts = report::read_facts(folder).map_err(|error| unreadable(folder, &error))?;
    let place = results::check(folder, ResultKind::Run, &[])?;
    // A power analysis or a value of information that stands in the same folder is told in the report
    // too, when it is of the same scenario.
    let power = stored_power::read(folder, &facts.name);
    let value = stored_value::read(folder, &facts.name);
    results::write_described(place, |new| {
        let beside = Beside { power: power.as_ref(), value: value.as_ref() };
        report::write(new, &found, &facts, beside, lang)?;
        if csv_nl {
            decimal_comma::write(new, &found)?;
        }
        keep_the_rest(&described, folder, new)?;
        manifest::listed_again(described.clone(), new)
    })
}

/// What the report is made of; only these must be unchanged. A figure that somebody retouched is simply
/// drawn again.
const INPUTS: [&str; 2] = [summary::SUMMARY, facts::FILE];

/// Carries over the files of the run that are not made again, as hard links where the disk has them,
/// else as copies. Figures that are no longer drawn go: a folder of two versions would mislead.
fn keep_the_rest(described: &Manifest, folder: &Path, new: &Path) -> io::Result<()> {
    for file in described.files.iter().filter(|file| !file.path.contains('/')) {
        let (old, new) = (folder.join(&file.path), new.join(&file.path));
        if old.exists() && !new.exists() {
            disk::link(&old, &new).or_else(|_| disk::write_new(&new, &fs::read(&old)?))?;
        }
    }
    Ok(())
}

/// That a folder holds what another command made, with the command that makes its page again; `None` when
/// it does not. Those commands keep their answers, not what their page and figures are drawn from.
fn of_another(folder: &Path) -> Option<Error> {
    let others = ResultKind::ALL.into_iter().filter(|kind| *kind != ResultKind::Run);
    let found = others.filter_map(|kind| manifest::read(folder, kind).ok());
    let lines: Vec<String> = found.map(|made| escape::clean(&results::shown(&made.command_line))).collect();
    let first = lines.first()?;
    let shown = folder.display();
    let line = if lines.len() == 1 { first.clone() } else { lines.join("\n  ") };
    Some(Error::data(said!(
        "in {shown} staat geen uitkomst van `run`: alleen daarvan kan een rapport opnieuw worden gemaakt zonder te rekenen. Reken dit \
         opnieuw, met --lang voor een andere taal:\n  {line}",
        "{shown} holds no results of `run`, the only ones whose report can be made again without computing. Compute this again, with \
         --lang for another language:\n  {line}",
        shown = shown,
        line = line
    )))
}

/// The folder's manifest or results cannot be read: `Data` for broken files, `NoInput` when there are
/// none, else `Output`.
fn unreadable(folder: &Path, error: &io::Error) -> Error {
    let shown = folder.display();
    if error.kind() == io::ErrorKind::NotFound && folder.is_dir() {
        return Error::no_input(said!(
            "{shown} is niet de uitvoer van een afgeronde run: {manifest} staat er niet in",
            "{shown} is not the output of a finished run: {manifest} is not in it",
            manifest = ResultKind::Run.manifest(),
            shown = shown
        ));
    }
    let message = said!(
        "{shown} is niet de uitvoer van een afgeronde run: {error}",
        "{shown} is not the output of a finished run: {error}",
        error = crate::language::spoken(error),
        shown = shown
    );
    match error.kind() {
        io::ErrorKind::InvalidData => Error::data(message),
        io::ErrorKind::NotFound => Error::no_input(message),
        _ => Error::output(message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::manifest::{Made, Timings, describe};

    #[test]
    fn a_folder_of_another_command_is_told_apart_and_says_what_makes_its_page_again() {
        for kind in ResultKind::ALL.into_iter().filter(|kind| *kind != ResultKind::Run) {
            let place = tempfile::tempdir().unwrap();
            let words = ["stapjes", kind.command(), "onze gemeente.toml", "--lang", "nl"].map(str::to_owned);
            let resolved = crate::scenario::embedded("lange-adem", &[]).unwrap();
            let made = Made {
                kind,
                scenarios: &[resolved],
                replicates: 3,
                command_line: words.to_vec(),
                timings: Timings::default(),
            };
            manifest::write(&describe(made, place.path()).unwrap(), place.path()).unwrap();
            let error = write(place.path(), Lang::Nl, false).unwrap_err();
            let line = format!("\n  stapjes {} 'onze gemeente.toml' --lang nl", kind.command());
            for (lang, why) in [(Lang::Nl, "geen uitkomst van `run`"), (Lang::En, "no results of `run`")] {
                let told = error.text(lang, false);
                assert!(told.contains(why) && told.ends_with(&line), "{told}");
            }
        }
        let empty = tempfile::tempdir().unwrap();
        let told = write(empty.path(), Lang::Nl, false).unwrap_err().text(Lang::Nl, false);
        assert!(told.contains("manifest.json"), "{told}");
    }
}
