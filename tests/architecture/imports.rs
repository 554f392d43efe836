//! The imports of a crate, read from its sources: which file needs which, through nested `use` lists, `super::` paths,
//! names in the code itself and re-exports.

use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// A path in the code, with its line.
struct Mention {
    path: Vec<String>,
    line: usize,
    in_test: bool,
}

/// What one source file declares and mentions.
#[derive(Default)]
struct Source {
    file: String,
    /// Its own path in the crate.
    module: Vec<String>,
    /// Name in this file -> full path: every `use`, private or not.
    scope: BTreeMap<String, Vec<String>>,
    /// Modules of `use x::*`.
    globs: Vec<Vec<String>>,
    /// Names that other files can reach through this one without needing it: `pub use`.
    handed_on: BTreeSet<String>,
    /// Items that the file itself defines.
    items: BTreeSet<String>,
    mentions: Vec<Mention>,
}

/// One file needs another.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Import {
    /// File that needs.
    pub(crate) from: String,
    /// Line in it, from 1.
    pub(crate) line: usize,
    /// Module that is needed, for instance `stats::normal`.
    pub(crate) to: String,
    /// Only in test code.
    pub(crate) in_test: bool,
}

/// A crate as a set of files.
#[derive(Default)]
pub(crate) struct Crate {
    sources: BTreeMap<Vec<String>, Source>,
}

/// `trial/run.rs` -> `trial::run`; `trial/mod.rs` -> `trial`; `lib.rs` -> the root.
fn module_of(file: &str) -> Vec<String> {
    let mut path: Vec<String> = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if path.last().is_some_and(|last| last == "mod" || (path.len() == 1 && last == "lib")) {
        path.pop();
    }
    path
}

impl Crate {
    /// Reads files: path below `src` with its text.
    pub(crate) fn read<'a>(files: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut sources = BTreeMap::new();
        for (file, text) in files {
            let syntax = syn::parse_file(text).unwrap_or_else(|error| panic!("{file}: {error}"));
            let module = module_of(file);
            let mut reader = Reader {
                source: Source { file: file.to_owned(), module: module.clone(), ..Source::default() },
                inner: Vec::new(),
                in_test: false,
            };
            reader.visit_file(&syntax);
            sources.insert(module, reader.source);
        }
        Self { sources }
    }

    /// Every import, in order of file and line.
    pub(crate) fn imports(&self) -> Vec<Import> {
        let mut all = BTreeSet::new();
        for source in self.sources.values() {
            for mention in &source.mentions {
                let Some(target) = self.resolve(&mention.path, 0) else { continue };
                if target != source.module && !target.is_empty() {
                    all.insert(Import {
                        from: source.file.clone(),
                        line: mention.line,
                        to: target.join("::"),
                        in_test: mention.in_test,
                    });
                }
            }
        }
        all.into_iter().collect()
    }

    /// The module whose file defines what a full path names; re-exports are followed to their source.
    fn resolve(&self, path: &[String], depth: usize) -> Option<Vec<String>> {
        let length = (0..=path.len()).rev().find(|length| self.sources.contains_key(&path[..*length]))?;
        let (module, rest) = path.split_at(length);
        let source = &self.sources[module];
        let here = Some(module.to_vec());
        // A loop of re-exports does not compile; the depth only keeps a planted one from hanging.
        let Some(name) = rest.first().filter(|_| depth < 8) else { return here };
        if source.items.contains(name) {
            return here;
        }
        if let Some(full) = source.scope.get(name).filter(|_| source.handed_on.contains(name)) {
            let full: Vec<String> = full.iter().chain(&rest[1..]).cloned().collect();
            return if full == path { here } else { self.resolve(&full, depth + 1) };
        }
        for glob in &source.globs {
            let holds = self
                .sources
                .get(glob)
                .is_some_and(|other| other.items.contains(name) || other.scope.contains_key(name));
            if holds && glob != module {
                let full: Vec<String> = glob.iter().chain(rest).cloned().collect();
                return self.resolve(&full, depth + 1);
            }
        }
        here
    }

    /// Circles of files, tests left out: every set of two or more modules that all need each other. A part may use what
    /// the file of its own folder defines (`super::X`): a folder is one thought, and that file its head.
    pub(crate) fn circles(&self) -> Vec<Vec<String>> {
        let mut needs: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for import in self.imports().into_iter().filter(|import| !import.in_test) {
            let from = module_of(&import.from).join("::");
            let head = from.strip_prefix(&import.to).is_some_and(|part| part.starts_with("::"));
            if !head {
                needs.entry(from).or_default().insert(import.to);
            }
        }
        let reach: BTreeMap<&String, BTreeSet<String>> =
            needs.keys().map(|module| (module, reachable(&needs, module))).collect();
        let mut circles = BTreeSet::new();
        for (module, reached) in &reach {
            if !reached.contains(*module) {
                continue;
            }
            let circle: Vec<String> = reached
                .iter()
                .filter(|other| reach.get(other).is_some_and(|back| back.contains(*module)))
                .cloned()
                .collect();
            circles.insert(circle);
        }
        circles.into_iter().collect()
    }
}

fn reachable(needs: &BTreeMap<String, BTreeSet<String>>, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(module) = open.pop() {
        for next in needs.get(&module).into_iter().flatten() {
            if seen.insert(next.clone()) {
                open.push(next.clone());
            }
        }
    }
    seen
}

struct Reader {
    source: Source,
    /// Inline modules that we are in.
    inner: Vec<String>,
    in_test: bool,
}

impl Reader {
    /// The full path of what is written here, if it belongs to this crate.
    fn full(&self, written: &[String]) -> Option<Vec<String>> {
        let mut here: Vec<String> = self.source.module.iter().chain(&self.inner).cloned().collect();
        let mut rest = written;
        match written.first()?.as_str() {
            "crate" => return Some(written[1..].to_vec()),
            "self" => rest = &rest[1..],
            "super" => {
                while rest.first().is_some_and(|part| part == "super") {
                    here.pop()?;
                    rest = &rest[1..];
                }
            }
            first => {
                let known = self.source.scope.get(first)?;
                return Some(known.iter().chain(&written[1..]).cloned().collect());
            }
        }
        here.extend(rest.iter().cloned());
        Some(here)
    }

    fn mention(&mut self, written: &[String], line: usize) {
        if let Some(path) = self.full(written) {
            self.source.mentions.push(Mention { path, line, in_test: self.in_test });
        }
    }

    fn use_tree(&mut self, tree: &syn::UseTree, before: &mut Vec<String>, public: bool) {
        match tree {
            syn::UseTree::Path(path) => {
                before.push(path.ident.to_string());
                self.use_tree(&path.tree, before, public);
                before.pop();
            }
            syn::UseTree::Group(group) => {
                group.items.iter().for_each(|tree| self.use_tree(tree, before, public));
            }
            syn::UseTree::Name(name) => self.used(&name.ident, &name.ident, before, public),
            syn::UseTree::Rename(name) => self.used(&name.ident, &name.rename, before, public),
            syn::UseTree::Glob(star) => {
                let line = star.star_token.spans[0].start().line;
                if let Some(module) = self.full(before) {
                    if !public {
                        self.source.mentions.push(Mention {
                            path: module.clone(),
                            line,
                            in_test: self.in_test,
                        });
                    }
                    if self.inner.is_empty() {
                        self.source.globs.push(module);
                    }
                }
            }
        }
    }

    fn used(&mut self, name: &syn::Ident, known_as: &syn::Ident, before: &[String], public: bool) {
        let mut path = before.to_vec();
        if name != "self" {
            path.push(name.to_string());
        }
        let known_as = if known_as == "self" {
            before.last().cloned().unwrap_or_default()
        } else {
            known_as.to_string()
        };
        let child = self.source.scope.contains_key(&path[0]);
        let Some(full) = (if child || ["crate", "self", "super"].contains(&path[0].as_str()) {
            self.full(&path)
        } else {
            None
        }) else {
            return;
        };
        // What is handed on is not needed here: whoever asks for it needs the file that defines it.
        if !public {
            self.source.mentions.push(Mention {
                path: full.clone(),
                line: name.span().start().line,
                in_test: self.in_test,
            });
        }
        if self.inner.is_empty() {
            if public {
                self.source.handed_on.insert(known_as.clone());
            }
            self.source.scope.insert(known_as, full);
        }
    }

    /// Paths inside macro calls, which the parser leaves as tokens.
    fn tokens(&mut self, tokens: proc_macro2::TokenStream) {
        let mut path: Vec<String> = Vec::new();
        let mut colons = 0;
        let mut line = 0;
        for token in tokens {
            match token {
                proc_macro2::TokenTree::Ident(name) => {
                    if colons != 2 {
                        self.token_path(&mut path, line);
                    }
                    line = name.span().start().line;
                    path.push(name.to_string());
                    colons = 0;
                }
                proc_macro2::TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    self.token_path(&mut path, line);
                    colons = 0;
                    if let proc_macro2::TokenTree::Group(group) = other {
                        self.tokens(group.stream());
                    }
                }
            }
        }
        self.token_path(&mut path, line);
    }

    fn token_path(&mut self, path: &mut Vec<String>, line: usize) {
        if path.len() > 1 {
            self.mention(path, line);
        }
        path.clear();
    }
}

/// `#[cfg(test)]`.
fn is_test(attributes: &[syn::Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg")
            && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
    })
}

fn name_of(item: &syn::Item) -> Option<&syn::Ident> {
    Some(match item {
        syn::Item::Const(item) => &item.ident,
        syn::Item::Enum(item) => &item.ident,
        syn::Item::Fn(item) => &item.sig.ident,
        syn::Item::Static(item) => &item.ident,
        syn::Item::Struct(item) => &item.ident,
        syn::Item::Trait(item) => &item.ident,
        syn::Item::Type(item) => &item.ident,
        _ => return None,
    })
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_file(&mut self, file: &'ast syn::File) {
        // Children first, so that `use child::X` and `child::f()` are known wherever they stand.
        for item in &file.items {
            if let syn::Item::Mod(child) = item {
                let name = child.ident.to_string();
                let full = self.source.module.iter().chain([&name]).cloned().collect();
                self.source.scope.insert(name.clone(), full);
                self.source.handed_on.insert(name);
            }
        }
        for item in &file.items {
            self.source.items.extend(name_of(item).map(ToString::to_string));
            if let syn::Item::Use(item) = item {
                let in_test = std::mem::replace(&mut self.in_test, is_test(&item.attrs));
                self.use_tree(&item.tree, &mut Vec::new(), !matches!(item.vis, syn::Visibility::Inherited));
                self.in_test = in_test;
            }
        }
        file.items
            .iter()
            .filter(|item| !matches!(item, syn::Item::Use(_)))
            .for_each(|item| self.visit_item(item));
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        let Some((_, items)) = &module.content else { return };
        let in_test = self.in_test;
        self.in_test |= is_test(&module.attrs);
        self.inner.push(module.ident.to_string());
        items.iter().for_each(|item| self.visit_item(item));
        self.inner.pop();
        self.in_test = in_test;
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.use_tree(&item.tree, &mut Vec::new(), false);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let written: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        let line = path.segments[0].ident.span().start().line;
        if written.len() > 1 {
            self.mention(&written, line);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.tokens(call.tokens.clone());
    }
}
