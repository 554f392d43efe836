//! Imports go down only: reads the sources and fails when a module names a floor above its own.

use std::fs;
use std::path::{Path, PathBuf};

/// Floors from the bottom up. Modules of one floor do not import each other.
const FLOORS: [&[&str]; 12] = [
    &["stats"],
    &["random"],
    &["scenario"],
    &["population"],
    &["history"],
    &["engine"],
    &["observe"],
    &["estimate"],
    &["trial"],
    &["design"],
    &["report"],
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

/// Modules of this crate named in a line of code: `crate::name` and the names in `crate::{a::.., b::..}`.
fn named(line: &str) -> Vec<String> {
    let mut names = Vec::new();
    for part in line.split("crate::").skip(1) {
        let list = part.strip_prefix('{').map_or(part, |inner| inner);
        let take = if part.starts_with('{') { usize::MAX } else { 1 };
        for item in list.split(',').take(take) {
            let name: String =
                item.trim_start().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                names.push(name);
            }
        }
    }
    names
}

#[test]
fn imports_go_down_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 50, "the walk found only {} files", files.len());
    let mut wrong = Vec::new();
    for file in files {
        let relative = file.strip_prefix(&root).expect("below src");
        let module =
            relative.components().next().expect("a module").as_os_str().to_string_lossy().to_string();
        let Some(own) = floor(&module) else { continue };
        let text = fs::read_to_string(&file).expect("readable source");
        for (number, line) in text.lines().enumerate() {
            if line.trim_start().starts_with("//") {
                continue;
            }
            for name in named(line) {
                if floor(&name).is_some_and(|other| other >= own && name != module) {
                    wrong.push(format!("{}:{}: {module} imports {name}", relative.display(), number + 1));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports that point up:\n{}", wrong.join("\n"));
}

/// `println!` and exits belong to the doors; `clippy` denies them elsewhere, and this holds the allowance to `cli`.
#[test]
fn only_the_doors_may_print() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    for file in files {
        let relative = file.strip_prefix(&root).expect("below src");
        let text = fs::read_to_string(&file).expect("readable source");
        let allows = ["print_stdout", "print_stderr", "clippy::exit"].iter().any(|lint| text.contains(lint));
        assert!(!allows || relative.starts_with("cli"), "{} allows printing", relative.display());
    }
}
