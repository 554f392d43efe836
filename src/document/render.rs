//! Problems as text for people: rustc's layout, with everything harmless for a terminal.
//!
//! The crate `annotate-snippets` draws the marked line; what it is given is made harmless here first,
//! because names and values come from files of others. Long lines are cut around the mark: a table on
//! one line would fill the screen.

use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet, Title};

use super::problem::{Problem, Problems, floor_boundary};
use super::showable::{is_showable, showable};
use crate::language::Lang;
use crate::said;

/// Characters of a source line that are shown around the marked text.
const WINDOW: usize = 100;

impl Problems {
    /// All problems as text in English, each with its file, line and column, what is allowed and a hint.
    pub fn render(&self, color: bool) -> String {
        self.render_in(Lang::En, color)
    }

    /// [`Problems::render`] in a language.
    pub fn render_in(&self, lang: Lang, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut text = String::new();
        for problem in &self.list {
            text.push_str(&self.render_one(problem, lang, &renderer));
            text.push_str("\n\n");
        }
        if self.more > 0 {
            let more = self.more;
            text.push_str(
                said!("… en nog {more} problemen\n", "… and {more} more problems\n", more = more).text(lang),
            );
        }
        text
    }

    /// One problem with its excerpt, note and hint.
    fn render_one(&self, problem: &Problem, lang: Lang, renderer: &Renderer) -> String {
        let title = Level::ERROR
            .with_name(lang.pick("fout", "error"))
            .primary_title(showable(problem.message.text(lang), 400));
        let excerpt = self.excerpt(problem);
        let mut group = match &excerpt {
            Some(excerpt) => excerpt.under(title, problem.label.text(lang)),
            None => Group::with_title(title),
        };
        if let Some(hint) = &problem.hint {
            group = group.element(
                Level::HELP.with_name(lang.pick("hulp", "help")).message(showable(hint.text(lang), 500)),
            );
        }
        renderer.render(&[group])
    }

    /// The line of the source around a problem, cut to a width that fits a terminal; `None` when the
    /// problem has no place.
    fn excerpt(&self, problem: &Problem) -> Option<Excerpt> {
        let place = problem.place.as_ref()?;
        let source = self.sources.get(place.source)?;
        let (line, column) = self.line_and_column(problem)?;
        let (text, span, is_cut) = window(&source.text, place.span.clone());
        Some(Excerpt { name: source.name.clone(), line, column, text, span, is_cut })
    }
}

/// A line of a source with the stretch that is meant.
struct Excerpt {
    /// Name of the source.
    name: String,
    /// Line, from 1.
    line: usize,
    /// Column of the line at which the text begins, from 1.
    column: usize,
    /// The text of the line, or a part of it.
    text: String,
    /// The stretch that is meant, bytes of `text`.
    span: std::ops::Range<usize>,
    /// Whether the line was longer.
    is_cut: bool,
}

impl Excerpt {
    /// The title with the marked line under it. The renderer counts columns in the text it is given, so a line that was
    /// cut at its start gets its position in a line of its own.
    fn under<'a>(&'a self, title: Title<'a>, label: &str) -> Group<'a> {
        let mark = AnnotationKind::Primary.span(self.span.clone()).label(showable(label, 300));
        let snippet = Snippet::source(self.text.as_str()).line_start(self.line).fold(false).annotation(mark);
        if self.is_cut {
            let origin = Origin::path(self.name.as_str()).line(self.line).char_column(self.column);
            title.element(origin).element(snippet)
        } else {
            title.element(snippet.path(self.name.as_str()))
        }
    }
}

/// The part of the line around a span, made showable, and the span within it.
///
/// The last value says whether the start of the line was cut.
fn window(text: &str, span: std::ops::Range<usize>) -> (String, std::ops::Range<usize>, bool) {
    let start = floor_boundary(text, span.start);
    let line_start = text[..start].rfind('\n').map_or(0, |index| index + 1);
    let line_end = text[start..].find('\n').map_or(text.len(), |index| start + index);
    let end = floor_boundary(text, span.end.clamp(start, line_end)).max(start);
    let before: Vec<char> = text[line_start..start].chars().rev().take(WINDOW).collect();
    let safe = |c: char| {
        if c == '\t' || c == '\r' {
            ' '
        } else if is_showable(c) {
            c
        } else {
            '\u{fffd}'
        }
    };
    let mut shown = String::new();
    let is_cut = text[line_start..start].chars().nth(WINDOW).is_some();
    if is_cut {
        shown.push('…');
    }
    shown.extend(before.into_iter().rev().map(safe));
    let marked_start = shown.len();
    shown.extend(text[start..end].chars().take(WINDOW).map(safe));
    let marked_end = shown.len();
    let marked_cut = text[start..end].chars().nth(WINDOW).is_some();
    if marked_cut {
        shown.push('…');
    } else {
        shown.extend(text[end..line_end].chars().take(WINDOW).map(safe));
        if text[end..line_end].chars().nth(WINDOW).is_some() {
            shown.push('…');
        }
    }
    let shown = shown.trim_end().to_string();
    let clamp = |index: usize| index.min(shown.len());
    let (a, b) = (clamp(marked_start), clamp(marked_end));
    (shown, a..b, is_cut)
}
