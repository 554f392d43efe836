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
const PAIRS: [&str; 2] = ["Said", "Text"];

/// The literals of a source file in one language only, with their lines.
pub(crate) fn in_one_language(text: &str) -> Vec<(usize, String)> {
    let tokens: TokenStream = text.parse().expect("Rust");
    let mut found = Vec::new();
    walk(tokens, &mut found);
    found
}

fn walk(tokens: TokenStream, found: &mut Vec<(usize, String)>) {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut of_language = false;
    let mut at = 0;
    while at < tokens.len() {
        // `Lang::Nl => ...,` and `Lang::En => ...,` stand beside each other: a `match` without one of them does not compile.
        of_language = of_language && !is_punct(&tokens[at], ',') || begins_language_arm(&tokens[at..]);
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
            }
            TokenTree::Group(group) if !of_language && !is_said(&tokens[..at], group.delimiter()) => {
                walk(group.stream(), found);
            }
            TokenTree::Literal(literal) if !of_language => {
                if let Ok(text) = syn::parse_str::<syn::LitStr>(&literal.to_string())
                    && is_prose(&text.value())
                {
                    found.push((literal.span().start().line, text.value()));
                }
            }
            _ => {}
        }
        at += 1;
    }
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

fn begins_language_arm(tokens: &[TokenTree]) -> bool {
    let arrow = tokens.get(4).is_some_and(|token| is_punct(token, '='))
        && tokens.get(5).is_some_and(|token| is_punct(token, '>'));
    is_ident(tokens.first(), &["Lang"]) && is_ident(tokens.get(3), &["Nl", "En"]) && arrow
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
