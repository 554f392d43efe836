//! Exit codes, after BSD's sysexits: a script can tell a typing error from bad data.
//!
//! The codes are part of the interface: a script can go on (75), make room on the disk (74) or call its
//! author (65) without reading a message in one of two languages. A new kind of error needs a row in
//! each list of this file; the match in `code` does not compile without.

use crate::error::ErrorKind;

/// The exit codes in words: the end of `stapjes --help`.
pub const EXIT_CODES: &str = "Exit codes:
  0   done
  2   the command line is wrong
  65  the scenario or other input is not valid
  66  an input file is missing
  70  a bug in stapjes
  73  the output cannot be created
  74  reading or writing failed, or the disk is full
  75  stopped by the user
  78  over the resource limit";

/// The same in Dutch, for the help of `--lang nl`.
pub(super) const EXIT_CODES_IN_DUTCH: &str = "Afsluitcodes:
  0   klaar
  2   de opdrachtregel klopt niet
  65  het scenario of andere invoer is niet geldig
  66  een invoerbestand ontbreekt
  70  een fout in stapjes
  73  de uitvoer kan niet worden gemaakt
  74  lezen of schrijven mislukte, of de schijf is vol
  75  gestopt door de gebruiker
  78  boven de grens aan middelen";

/// The exit code of a kind of error. A reader that closed its pipe has got what it wanted: that is 0.
pub(super) fn code(kind: ErrorKind) -> u8 {
    match kind {
        ErrorKind::ReaderGone => 0,
        ErrorKind::Usage => 2,
        ErrorKind::Data => 65,
        ErrorKind::NoInput => 66,
        ErrorKind::Internal => 70,
        ErrorKind::CannotCreate => 73,
        ErrorKind::Output => 74,
        ErrorKind::Stopped => 75,
        ErrorKind::OverLimit => 78,
    }
}
