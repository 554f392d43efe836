//! Errors of the system and of libraries in the reader's language.

use std::any::Any;
use std::error::Error;
use std::fmt::{self, Display};
use std::io::{self, ErrorKind};

use super::Said;

/// Words of the program in the place of an error that a library asks for; see [`in_io`].
#[derive(Debug)]
struct Worded(Said);

impl Display for Worded {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(self.0.english())
    }
}

impl Error for Worded {}

/// An input or output error of the program's own, in both languages; [`spoken`] says them again.
pub(crate) fn in_io(kind: ErrorKind, words: Said) -> io::Error {
    io::Error::new(kind, Worded(words))
}

/// An error as it is told: what the system says in Dutch too, by its kind and number. What a library
/// says of its own (a place in a file, a wrong field) is told as it says it.
pub(crate) fn spoken<E: Display + 'static>(error: &E) -> Said {
    let Some(of_system) = (error as &dyn Any).downcast_ref::<io::Error>() else {
        return Said::same(error.to_string());
    };
    if let Some(worded) = of_system.get_ref().and_then(|inner| inner.downcast_ref::<Worded>()) {
        return worded.0.clone();
    }
    let english = of_system.to_string();
    let Some(words) = dutch(of_system.kind()) else { return Said::same(english) };
    let number = of_system.raw_os_error().map_or_else(String::new, |number| format!(" (os error {number})"));
    // Behind a number stand the system's words; without one, words of a library that know more.
    if number.is_empty() && of_system.get_ref().is_some() {
        return Said::same(english);
    }
    Said::new(format!("{words}{number}"), english)
}

/// The Dutch of what the system says.
fn dutch(kind: ErrorKind) -> Option<&'static str> {
    Some(match kind {
        ErrorKind::NotFound => "dat bestand of die map bestaat niet",
        ErrorKind::PermissionDenied => "geen toegang",
        ErrorKind::AlreadyExists => "bestaat al",
        ErrorKind::IsADirectory => "dat is een map",
        ErrorKind::NotADirectory => "dat is geen map",
        ErrorKind::DirectoryNotEmpty => "die map is niet leeg",
        ErrorKind::ReadOnlyFilesystem => "daar kan alleen worden gelezen",
        ErrorKind::StorageFull => "de schijf is vol",
        ErrorKind::QuotaExceeded => "er mag niet meer worden geschreven (quotum)",
        ErrorKind::FileTooLarge => "het bestand wordt te groot",
        ErrorKind::InvalidFilename => "die naam mag of kan niet",
        ErrorKind::BrokenPipe => "de lezer is weg",
        ErrorKind::AddrInUse => "die poort is al in gebruik",
        ErrorKind::AddrNotAvailable => "dat adres is er op deze computer niet",
        ErrorKind::OutOfMemory => "er is te weinig geheugen",
        ErrorKind::Interrupted => "onderbroken",
        ErrorKind::TimedOut => "het duurde te lang",
        ErrorKind::InvalidData => "de inhoud is geen geldige tekst",
        ErrorKind::UnexpectedEof => "het houdt te vroeg op",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::super::Lang;
    use super::*;

    #[test]
    fn the_system_speaks_dutch_with_its_number_and_own_words_come_back() {
        let missing = std::fs::read("no/such/file").unwrap_err();
        let said = spoken(&missing);
        assert!(
            said.text(Lang::Nl).starts_with("dat bestand of die map bestaat niet (os error "),
            "{said:?}"
        );
        assert_eq!(said.english(), missing.to_string());
        let error = in_io(ErrorKind::InvalidData, crate::said!("geen samenvatting", "not a summary"));
        assert_eq!(spoken(&error), crate::said!("geen samenvatting", "not a summary"));
        assert_eq!(error.to_string(), "not a summary");
        let library = io::Error::other("line 3: a comma too many");
        assert_eq!(spoken(&library), Said::same("line 3: a comma too many"));
        assert_eq!(spoken(&"x"), Said::same("x"));
    }
}
