//! Links of the documentation: every relative one leads to a file that is there, and to a heading that it has.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut pages: Vec<PathBuf> =
        ["README.md", "CONTRIBUTING.md", "CHANGELOG.md", "tests/fixtures/README.md"]
            .map(|page| root.join(page))
            .to_vec();
    for entry in fs::read_dir(root.join("docs")).expect("docs") {
        let path = entry.expect("readable entry").path();
        if path.extension().is_some_and(|extension| extension == "md") {
            pages.push(path);
        }
    }
    assert!(pages.len() > 10, "the walk found only {} pages", pages.len());
    pages
}

/// The text without code: fenced blocks and `code spans`.
fn prose(text: &str) -> String {
    let mut fenced = false;
    let mut prose = String::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        } else if !fenced {
            let parts = line.split('`').enumerate();
            prose.extend(parts.filter(|(at, _)| at % 2 == 0).map(|(_, part)| part));
        }
        prose.push('\n');
    }
    prose
}

/// Targets of `[text](target)` with their line.
fn links(text: &str) -> Vec<(usize, String)> {
    let mut links = Vec::new();
    for (at, line) in prose(text).lines().enumerate() {
        for part in line.split("](").skip(1) {
            links.extend(part.split(')').next().map(|target| (at + 1, target.to_owned())));
        }
    }
    links
}

/// The anchors of a page, as forges make them: lower case, words joined by hyphens, other signs dropped.
fn anchors(text: &str) -> BTreeSet<String> {
    let heading = |line: &str| {
        let words = line.trim_start_matches('#').trim().to_lowercase();
        let kept = words.chars().filter(|c| c.is_alphanumeric() || [' ', '-', '_'].contains(c));
        kept.map(|c| if c == ' ' { '-' } else { c }).collect()
    };
    text.lines().filter(|line| line.starts_with('#')).map(heading).collect()
}

/// What is wrong with the links of one page.
fn broken(page: &Path, text: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for (line, target) in links(text) {
        if target.contains("://") || target.starts_with("mailto:") {
            continue;
        }
        let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
        let path = if file.is_empty() { page.to_owned() } else { page.with_file_name("").join(file) };
        let there = match fs::read_to_string(&path) {
            Ok(text) => anchor.is_empty() || anchors(&text).contains(anchor),
            // Folders and pictures have no headings.
            Err(_) => path.exists() && anchor.is_empty(),
        };
        if !there {
            broken.push(format!("{}:{line}: {target}", page.display()));
        }
    }
    broken
}

#[test]
fn every_link_leads_somewhere() {
    let wrong: Vec<String> = pages()
        .iter()
        .flat_map(|page| broken(page, &fs::read_to_string(page).expect("readable page")))
        .collect();
    assert!(wrong.is_empty(), "links that lead nowhere:\n{}", wrong.join("\n"));
}

#[test]
fn a_planted_broken_link_is_found() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/README.md");
    let found = |text: &str| broken(&page, text).len();
    assert_eq!(found("[model](model.md) [home](../README.md) [web](https://example.org/x)"), 0);
    assert_eq!(found("[a](no-such-page.md)"), 1);
    assert_eq!(found("[b](#in-which-order-to-read) [c](#three)"), 1);
    assert_eq!(found("`[in code](nowhere.md)`\n```\n[in code](nowhere.md)\n```"), 0);
}
