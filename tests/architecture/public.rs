//! What is public and who asks for it: `pub` items of the library beside the names that stand outside it.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::visit::{self, Visit};

/// Names in code: identifiers, not words of comments or texts.
pub(crate) fn names(code: &str, found: &mut BTreeSet<String>) {
    if let Ok(tokens) = code.parse::<TokenStream>() {
        collect(tokens, found);
    }
}

fn collect(tokens: TokenStream, found: &mut BTreeSet<String>) {
    for token in tokens {
        match token {
            TokenTree::Ident(name) => drop(found.insert(name.to_string())),
            TokenTree::Group(group) => collect(group.stream(), found),
            _ => {}
        }
    }
}

/// The examples in the documentation of a source file.
pub(crate) fn examples(text: &str) -> String {
    let mut inside = false;
    let mut code = String::new();
    for line in text.lines() {
        let line = line.trim_start();
        let Some(line) = line.strip_prefix("///").or(line.strip_prefix("//!")) else {
            inside = false;
            continue;
        };
        if line.trim_start().starts_with("```") {
            inside = !inside;
        } else if inside {
            let line = line.trim_start();
            code.push_str(line.strip_prefix("# ").unwrap_or(line));
            code.push('\n');
        }
    }
    code
}

/// A public item.
struct Public {
    /// `file:line: name`.
    place: String,
    name: String,
    /// Whether it is enough that another public item mentions it.
    kind_of_value: bool,
}

#[derive(Default)]
struct Reader {
    file: String,
    items: Vec<Public>,
    /// Types that public items hand out or ask for, by who mentions them.
    mentioned: BTreeMap<String, BTreeSet<String>>,
}

fn is_public(visibility: &syn::Visibility) -> bool {
    matches!(visibility, syn::Visibility::Public(_))
}

impl Reader {
    fn item(&mut self, name: &syn::Ident, visibility: &syn::Visibility, kind_of_value: bool) {
        if is_public(visibility) {
            let line = name.span().start().line;
            let place = format!("{}:{line}: {name}", self.file);
            self.items.push(Public { place, name: name.to_string(), kind_of_value });
        }
    }

    fn mentions(&mut self, by: &syn::Ident, what: &impl ToTokens) {
        let mut names = BTreeSet::new();
        collect(what.to_token_stream(), &mut names);
        for name in names {
            self.mentioned.entry(name).or_default().insert(by.to_string());
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, item: &'ast syn::ItemMod) {
        if !item.attrs.iter().any(|attribute| {
            attribute.path().is_ident("cfg")
                && attribute.parse_args::<syn::Ident>().is_ok_and(|condition| condition == "test")
        }) {
            visit::visit_item_mod(self, item);
        }
    }

    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.item(&item.sig.ident, &item.vis, false);
        if is_public(&item.vis) {
            self.mentions(&item.sig.ident, &item.sig);
        }
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.item(&item.sig.ident, &item.vis, false);
        if is_public(&item.vis) {
            self.mentions(&item.sig.ident, &item.sig);
        }
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        // What an implemented trait promises, as the `Output` of an index.
        if let syn::Type::Path(of) = &*item.self_ty
            && item.trait_.is_some()
            && let Some(of) = of.path.segments.last()
        {
            for member in &item.items {
                match member {
                    syn::ImplItem::Type(member) => self.mentions(&of.ident, member),
                    syn::ImplItem::Fn(member) => self.mentions(&of.ident, &member.sig),
                    _ => {}
                }
            }
        }
        visit::visit_item_impl(self, item);
    }

    fn visit_item_const(&mut self, item: &'ast syn::ItemConst) {
        self.item(&item.ident, &item.vis, false);
        self.mentions(&item.ident, &item.ty);
    }

    fn visit_impl_item_const(&mut self, item: &'ast syn::ImplItemConst) {
        self.item(&item.ident, &item.vis, false);
    }

    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        self.item(&item.ident, &item.vis, true);
        for field in item.fields.iter().filter(|field| is_public(&field.vis)) {
            self.mentions(&item.ident, &field.ty);
        }
        self.mentions(&item.ident, &item.generics);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        self.item(&item.ident, &item.vis, true);
        for variant in &item.variants {
            self.mentions(&item.ident, &variant.fields);
        }
    }

    fn visit_item_type(&mut self, item: &'ast syn::ItemType) {
        self.item(&item.ident, &item.vis, true);
        if is_public(&item.vis) {
            self.mentions(&item.ident, &item.ty);
        }
    }

    fn visit_item_trait(&mut self, item: &'ast syn::ItemTrait) {
        self.item(&item.ident, &item.vis, true);
        for member in &item.items {
            if let syn::TraitItem::Fn(member) = member {
                self.mentions(&item.ident, &member.sig);
            }
        }
    }
}

/// Public items that nobody asks for: functions, methods and constants whose name stands nowhere outside; types that no public
/// item hands out or takes either. A name that is used outside for something else hides a case; that is all it can hide.
pub(crate) fn unasked<'a>(
    files: impl IntoIterator<Item = (&'a str, &'a str)>,
    outside: &BTreeSet<String>,
) -> Vec<String> {
    let mut reader = Reader::default();
    for (file, text) in files {
        reader.file = file.to_owned();
        reader.visit_file(&syn::parse_file(text).expect("Rust"));
    }
    let asked = |item: &Public| {
        let by_others =
            reader.mentioned.get(&item.name).is_some_and(|by| by.iter().any(|by| *by != item.name));
        outside.contains(&item.name) || item.kind_of_value && by_others
    };
    reader.items.iter().filter(|item| !asked(item)).map(|item| item.place.clone()).collect()
}
