//! A number with the marks of a language: `−0,25` in Dutch, `−0.25` in English.

use std::fmt::{self, Display, LowerExp};

use super::Lang;

/// The minus sign of people; a hyphen is that of files.
const MINUS: char = '\u{2212}';

/// A number as it stands in a text; it takes the precision, the sign and the `e` of its place, as in `format!`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number<T> {
    /// The number.
    value: T,
    /// Whose marks.
    lang: Lang,
}

impl<T> Number<T> {
    /// A number in a language.
    pub(crate) fn new(value: T, lang: Lang) -> Self {
        Self { value, lang }
    }
}

/// The digits of a number with the marks of the language.
pub(crate) fn marked(digits: &str, lang: Lang) -> String {
    let in_language = |mark: char| match mark {
        '.' => lang.pick(',', '.'),
        '-' => MINUS,
        digit => digit,
    };
    digits.chars().map(in_language).collect()
}

impl<T: Display> Display for Number<T> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match (to.precision(), to.sign_plus()) {
            (Some(digits), true) => format!("{:+.digits$}", self.value),
            (Some(digits), false) => format!("{:.digits$}", self.value),
            (None, true) => format!("{:+}", self.value),
            (None, false) => self.value.to_string(),
        };
        to.write_str(&marked(&text, self.lang))
    }
}

impl<T: LowerExp> LowerExp for Number<T> {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match to.precision() {
            Some(digits) => format!("{:.digits$e}", self.value),
            None => format!("{:e}", self.value),
        };
        to.write_str(&marked(&text, self.lang))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_marks_of_the_language() {
        let shown = |value: f64, lang| {
            let number = Number::new(value, lang);
            [format!("{number}"), format!("{number:.2}"), format!("{number:+.1}"), format!("{number:.1e}")]
        };
        assert_eq!(shown(-0.125, Lang::Nl), ["−0,125", "−0,12", "−0,1", "−1,2e−1"]);
        assert_eq!(shown(1234.5, Lang::En), ["1234.5", "1234.50", "+1234.5", "1.2e3"]);
        assert_eq!(Number::new(-3_i64, Lang::Nl).to_string(), "−3");
        assert_eq!(format!("{:+}", Number::new(3_i64, Lang::Nl)), "+3");
    }
}
