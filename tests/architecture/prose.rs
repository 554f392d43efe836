//! Words for people that stand in one language only: string literals of two words or more outside the places where both languages
//! stand side by side.

use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// Calls whose literals are in both languages, or are read by nobody who uses the program.
const BOTH: [&str; 11] = [
    "said",
    "pick",
    "expect",
    "panic",
    "unreachable",
    "assert",
    "assert_eq",
    "assert_ne",
    "debug_assert",
    "debug_assert_eq",
    "doc",
];

/// Types whose `new` takes both languages.
const PAIRS: [&str; 3] = ["Said", "Text", "Bilingual"];

/// The literals of a source file in one language only, with their lines.
pub(crate) fn in_one_language(text: &str) -> Vec<(usize, String)> {
    let tokens: TokenStream = text.parse().expect("Rust");
    let mut found = Vec::new();
    walk(tokens, &mut found);
    found
}

/// Every text of a source file, with its line.
pub(crate) fn literals(text: &str) -> Vec<(usize, String)> {
    fn collect(tokens: TokenStream, found: &mut Vec<(usize, String)>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => collect(group.stream(), found),
                TokenTree::Literal(literal) => {
                    if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string()) {
                        found.push((literal.span().start().line, text.value()));
                    }
                }
                _ => {}
            }
        }
    }
    let mut found = Vec::new();
    collect(text.parse().expect("Rust"), &mut found);
    found
}

fn walk(tokens: TokenStream, found: &mut Vec<(usize, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    // Where the pattern or item at hand begins.
    let mut begin = 0;
    let mut at = 0;
    while at < tokens.len() {
        match &tokens[at] {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                let tested = matches!(tokens.get(at + 1), Some(TokenTree::Group(group)) if is_test(group));
                at += if matches!(tokens.get(at + 1), Some(TokenTree::Punct(_))) { 2 } else { 1 };
                if tested {
                    // The item behind it ends with its body or a semicolon.
                    while at < tokens.len() && !ends_item(&tokens[at]) {
                        at += 1;
                    }
                }
                begin = at + 1;
            }
            // An arm of a `match` on the language: without its other half it does not compile.
            TokenTree::Punct(mark) if mark.as_char() == '=' && is_arrow(&tokens, at) => {
                if names_language(&tokens[begin..at]) {
                    at = end_of_arm(&tokens, at + 2);
                    begin = at + 1;
                } else {
                    at += 1;
                    begin = at + 1;
                }
            }
            TokenTree::Punct(mark) if [',', ';'].contains(&mark.as_char()) => begin = at + 1,
            TokenTree::Group(group)
                if !is_said(&tokens[..at], group.delimiter()) && !is_of_one(&tokens[..at]) =>
            {
                walk(group.stream(), found);
                if group.delimiter() == Delimiter::Brace {
                    begin = at + 1;
                }
            }
            TokenTree::Literal(literal) => {
                if let Some(text) = prose_of(literal) {
                    match pair(&tokens, at) {
                        Some(behind) => at = behind,
                        None if is_other_half(&tokens, at) || is_second(&tokens, at) => {}
                        None => found.push((literal.span().start().line, text)),
                    }
                }
            }
            _ => {}
        }
        at += 1;
    }
}

/// The text of a literal with words for people in it.
fn prose_of(literal: &proc_macro2::Literal) -> Option<String> {
    let text = syn::parse_str::<syn::LitStr>(&literal.to_string()).ok()?.value();
    is_prose(&text).then_some(text)
}

/// Where the second of two texts stands when the one here and the next in the list are Dutch and English: an array, a tuple or the
/// arguments of a call that has a place for both.
fn pair(tokens: &[TokenTree], at: usize) -> Option<usize> {
    let (Some(TokenTree::Literal(first)), true) =
        (tokens.get(at), tokens.get(at + 1).is_some_and(|token| is_punct(token, ',')))
    else {
        return None;
    };
    let Some(TokenTree::Literal(second)) = tokens.get(at + 2) else { return None };
    let [dutch, english] = [first, second]
        .map(|literal| syn::parse_str::<syn::LitStr>(&literal.to_string()).ok().map(|text| text.value()));
    let (dutch, english) = (dutch?, english?);
    let fits = (is_dutch(&dutch) || !is_english(&dutch)) && (is_english(&english) || !is_dutch(&english));
    (fits && dutch != english).then_some(at + 2)
}

/// Whether the text here is the second of two, of which the first is a word by itself.
fn is_second(tokens: &[TokenTree], at: usize) -> bool {
    at.checked_sub(2).is_some_and(|first| pair(tokens, first) == Some(at))
}

/// Whether a list gets a name that says its language (`let dutch = [...]`, `const ENGLISH: [...] = [...]`): its other half stands beside it.
fn is_of_one(before: &[TokenTree]) -> bool {
    if !before.last().is_some_and(|token| is_punct(token, '=')) {
        return false;
    }
    let named = before.windows(2).rev().find(|pair| is_ident(pair.first(), &["let", "const", "static"]));
    named.is_some_and(|pair| is_ident(pair.get(1), &["dutch", "english", "DUTCH", "ENGLISH", "NL", "EN"]))
}

/// A field that names its language (`nl`, `name_nl`, `dutch`), or one beside such a field (`name`, `name_nl`).
fn is_other_half(tokens: &[TokenTree], at: usize) -> bool {
    let field = |at: usize| match (tokens.get(at), tokens.get(at + 1)) {
        (Some(TokenTree::Ident(name)), Some(colon)) if is_punct(colon, ':') => Some(name.to_string()),
        _ => None,
    };
    let Some(own) = at.checked_sub(2).and_then(field) else { return false };
    let both = |name: &str| ["nl", "en", "dutch", "english"].contains(&name);
    let beside = || (0..tokens.len()).filter_map(field).any(|name| name == format!("{own}_nl"));
    both(&own) || own.ends_with("_nl") || beside()
}

/// Words that one of the two languages has and the other has not.
const DUTCH: [&str; 30] = [
    "de",
    "het",
    "een",
    "van",
    "naar",
    "en",
    "op",
    "met",
    "bij",
    "geen",
    "niet",
    "voor",
    "die",
    "dat",
    "wie",
    "uit",
    "zijn",
    "wordt",
    "aan",
    "elke",
    "uw",
    "klanten",
    "gesprekken",
    "aanpak",
    "maanden",
    "maand",
    "jaar",
    "verschil",
    "onderzoek",
    "uitkering",
];
const ENGLISH: [&str; 29] = [
    "the",
    "to",
    "and",
    "on",
    "with",
    "at",
    "no",
    "not",
    "for",
    "who",
    "that",
    "from",
    "are",
    "by",
    "a",
    "each",
    "your",
    "clients",
    "talks",
    "service",
    "months",
    "month",
    "years",
    "difference",
    "study",
    "benefit",
    "an",
    "per-client",
    "is-not",
];

fn has_word(text: &str, words: &[&str]) -> bool {
    text.split(|c: char| !c.is_alphabetic()).any(|word| words.contains(&word.to_lowercase().as_str()))
}

fn is_dutch(text: &str) -> bool {
    has_word(text, &DUTCH)
}

fn is_english(text: &str) -> bool {
    has_word(text, &ENGLISH)
}

fn is_arrow(tokens: &[TokenTree], at: usize) -> bool {
    tokens.get(at + 1).is_some_and(|token| is_punct(token, '>'))
}

/// Whether a pattern names one of the languages.
fn names_language(pattern: &[TokenTree]) -> bool {
    pattern.iter().enumerate().any(|(at, token)| match token {
        TokenTree::Ident(name) => name == "Lang" && is_ident(pattern.get(at + 3), &["Nl", "En"]),
        TokenTree::Group(group) => {
            let inside: Vec<TokenTree> = group.stream().into_iter().collect();
            names_language(&inside)
        }
        _ => false,
    })
}

/// Where the arm of a `match` ends: its body in braces, or the comma behind it.
fn end_of_arm(tokens: &[TokenTree], from: usize) -> usize {
    if matches!(tokens.get(from), Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace) {
        return from;
    }
    (from..tokens.len()).find(|&at| is_punct(&tokens[at], ',')).unwrap_or(tokens.len())
}

fn is_punct(token: &TokenTree, mark: char) -> bool {
    matches!(token, TokenTree::Punct(own) if own.as_char() == mark)
}

fn is_ident(token: Option<&TokenTree>, names: &[&str]) -> bool {
    matches!(token, Some(TokenTree::Ident(own)) if names.iter().any(|name| own == name))
}

fn is_test(attribute: &proc_macro2::Group) -> bool {
    attribute.stream().to_string().replace(' ', "") == "cfg(test)"
}

fn ends_item(token: &TokenTree) -> bool {
    is_punct(token, ';') || matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

/// Whether a group holds the arguments of a call whose texts need no second language.
fn is_said(before: &[TokenTree], delimiter: Delimiter) -> bool {
    if delimiter == Delimiter::None {
        return false;
    }
    let before = match before.split_last() {
        Some((last, rest)) if is_punct(last, '!') => rest,
        _ => before,
    };
    match before.last() {
        Some(TokenTree::Ident(name)) if name == "new" => {
            is_ident(before.len().checked_sub(4).and_then(|at| before.get(at)), &PAIRS)
        }
        last => is_ident(last, &BOTH),
    }
}

/// Two words of two letters or more beside each other; what stands in braces is a value.
fn is_prose(text: &str) -> bool {
    let mut plain = String::new();
    let mut depth = 0_usize;
    for c in text.chars() {
        match c {
            '{' => depth += 1,
            '}' => {
                depth = depth.saturating_sub(1);
                plain.push('0');
            }
            c if depth == 0 => plain.push(c),
            _ => {}
        }
    }
    let word = |word: &str| word.chars().count() > 1 && word.chars().all(char::is_alphabetic);
    let words: Vec<&str> = plain.split(' ').collect();
    words.windows(2).any(|pair| {
        word(pair[0].trim_start_matches(['(', '"', '\n']).trim_end_matches([',', ';', ':']))
            && word(pair[1].trim_end_matches([',', ';', ':', '.', '?', ')', '"', '\n']))
            && pair[1].starts_with(char::is_lowercase)
    })
}
