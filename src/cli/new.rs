//! `stapjes new`: a commented scenario to start from.

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use clap::Args;

use super::console;
use crate::document::{quoted, showable};
use crate::error::Error;
use crate::scenario::{open, resolve_text, shipped_names, shipped_text};

/// `stapjes new NAME [--from SCENARIO]`.
#[derive(Args, Debug)]
pub(super) struct NewArguments {
    /// Name of the scenario; the file NAME.toml is written here
    name: String,
    /// Start from a scenario: a file in this folder is extended, a built-in one is copied
    #[arg(long, value_name = "SCENARIO")]
    from: Option<PathBuf>,
}

/// Writes the file; never over an existing one.
pub(super) fn run(arguments: &NewArguments) -> Result<(), Error> {
    let name = arguments.name.strip_suffix(".toml").unwrap_or(&arguments.name);
    let text = text(name, arguments.from.as_deref())?;
    let path = PathBuf::from(format!("{name}.toml"));
    let created = std::fs::OpenOptions::new().write(true).create_new(true).open(&path);
    let mut file = created.map_err(|error| {
        let shown = path.display();
        Error::cannot_create(match error.kind() {
            ErrorKind::AlreadyExists => format!("{shown} is there already; choose another name"),
            _ => format!("cannot create {shown}: {error}"),
        })
    })?;
    file.write_all(text.as_bytes())
        .map_err(|error| Error::output(format!("cannot write {}: {error}", path.display())))?;
    console::say(&format!("wrote {0}\nnext: edit it, then stapjes check {0}", path.display()));
    Ok(())
}

/// The new text; its name has passed the gate.
fn text(name: &str, from: Option<&Path>) -> Result<String, Error> {
    let template = shipped_text("lange-adem").unwrap_or_default();
    let text = match from {
        None => renamed(template, name),
        Some(path) if !path.exists() => copy_of_shipped(name, path)?,
        Some(path) => extension_of(name, path)?,
    };
    let is_name = name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !is_name || name.is_empty() || name.len() > 60 || name.starts_with(['.', '-']) || name.ends_with('.') {
        let shown = showable(name, 60);
        return Err(Error::usage(format!(
            "\"{shown}\" cannot name a scenario: use 1 to 60 letters, digits, - _ or . (not first or last)"
        )));
    }
    Ok(text)
}

/// The text of a built-in scenario under another name. What it extends is laid into it, so that it stands alone.
fn copy_of_shipped(name: &str, path: &Path) -> Result<String, Error> {
    let wanted = path.to_str().unwrap_or_default();
    if !shipped_names().any(|shipped| shipped == wanted) {
        let names: Vec<&str> = shipped_names().collect();
        let shown = showable(&path.display().to_string(), 200);
        return Err(Error::no_input(format!(
            "there is no scenario {shown}; built in are {}",
            names.join(", ")
        )));
    }
    let text = shipped_text(wanted).unwrap_or_default();
    if resolve_text(text, &[]).is_ok() && text.contains("extends = \"reference\"") {
        return Ok(renamed(text, name));
    }
    let resolved = crate::scenario::embedded(wanted, &[])?;
    Ok(renamed(&resolved.text, name))
}

/// A file that extends another in the same folder and has room for changes.
fn extension_of(name: &str, path: &Path) -> Result<String, Error> {
    open(Some(path), &[])?;
    let file = path.file_name().and_then(|file| file.to_str()).unwrap_or_default();
    let in_this_folder =
        path.parent().is_none_or(|parent| parent.as_os_str().is_empty() || parent == Path::new("."));
    if !in_this_folder {
        return Err(Error::usage(format!(
            "{} stands in another folder; a scenario extends files of its own folder only: copy it here first",
            showable(&path.display().to_string(), 200)
        )));
    }
    let quoted = quoted(file);
    Ok(format!(
        "# What is not said here is as in {file}; docs/scenario.md lists every key.\n\
         extends = {quoted}\n\
         name = \"{name}\"\n\
         title = \"{name}\"\n\
         # question.nl = \"…?\"\n\
         # question.en = \"…?\"\n\n\
         # Change the study:\n\
         # horizon_months = 60\n\
         # replicates = 500\n\n\
         # Change an arm or a site by its name:\n\
         # [arm.fip]\n\
         # caseworkers = 3\n\n\
         # Change a parameter, best with its source:\n\
         # [conversation]\n\
         # trust_gain = {{ value = 0.2, prior = \"uniform(0.1, 0.3)\", source = \"our own survey\" }}\n"
    ))
}

/// The text with another name and title.
fn renamed(text: &str, name: &str) -> String {
    let mut lines = Vec::new();
    let mut in_head = true;
    for line in text.lines() {
        in_head &= !line.starts_with('[');
        if in_head && line.starts_with("name = ") {
            lines.push(format!("name = \"{name}\""));
        } else if in_head && line.starts_with("title = ") {
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
            let text = text("mine", from.as_deref()).unwrap();
            let scenario =
                resolve_text(&text, &[]).map_err(|problems| problems.render(false)).unwrap().scenario;
            assert_eq!((scenario.name.as_str(), scenario.title.as_str()), ("mine", "mine"), "{from:?}");
        }
    }

    #[test]
    fn impossible_names_are_refused() {
        for name in ["", "../x", "a b", ".hidden", "\u{1b}[31m"] {
            assert_eq!(text(name, None).unwrap_err().kind(), ErrorKind::Usage, "{name:?}");
        }
    }
}
