//! What unfinished work is of: enough to refuse another plan by name and to go on.
//!
//! The key is a hash over everything that a number depends on, with lengths between the parts; the
//! words and the folder are for people and for `merge`, and decide nothing.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::disk;
use crate::engine::MODEL_VERSION;
use crate::random::STREAM_VERSION;

/// Name of the file.
pub(super) const TICKET: &str = "work.json";
/// What a ticket begins with.
const FORMAT: &str = "stapjes-work";

/// What unfinished work is of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ticket {
    /// [`FORMAT`], by which the file is known for ours.
    format: String,
    /// Hash of everything that the numbers depend on: program, random stream, model, command, scenarios, plan.
    pub key: String,
    /// The words of the command line, the program's own name first.
    pub words: Vec<String>,
    /// The folder in which they were typed.
    pub folder: String,
}

impl Ticket {
    /// For a command whose numbers depend on `plan` (hashes of scenarios, numbers of replicates and so on) and nothing else.
    pub(crate) fn new(command: &str, plan: &[String], words: Vec<String>, folder: String) -> Self {
        let mut digest = Sha256::new();
        let versions = format!("stream {STREAM_VERSION}, model {MODEL_VERSION}");
        let fixed = [env!("CARGO_PKG_VERSION"), versions.as_str(), command];
        for part in fixed.into_iter().chain(plan.iter().map(String::as_str)) {
            digest.update((part.len() as u64).to_le_bytes());
            digest.update(part.as_bytes());
        }
        let key = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { format: FORMAT.to_owned(), key, words, folder }
    }

    /// The ticket of a folder.
    ///
    /// # Errors
    /// When there is none (`NotFound`), or the file is not a ticket of ours (`InvalidData`).
    pub(crate) fn read(folder: &Path) -> io::Result<Self> {
        let ticket: Self = serde_json::from_str(&fs::read_to_string(folder.join(TICKET))?)?;
        if ticket.format == FORMAT { Ok(ticket) } else { Err(io::ErrorKind::InvalidData.into()) }
    }

    /// Writes the ticket into the folder.
    pub(super) fn write(&self, folder: &Path) -> io::Result<()> {
        disk::replace(&folder.join(TICKET), serde_json::to_string_pretty(self)?.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_of_the_plan_and_not_of_the_words() {
        let ticket = |command: &str, plan: &[&str], words: &str| {
            let plan: Vec<String> = plan.iter().map(ToString::to_string).collect();
            Ticket::new(command, &plan, vec![words.to_owned()], "here".to_owned())
        };
        let one = ticket("run", &["a", "b"], "x");
        assert_eq!(one.key, ticket("run", &["a", "b"], "y").key);
        for other in
            [ticket("power", &["a", "b"], "x"), ticket("run", &["ab"], "x"), ticket("run", &["a"], "x")]
        {
            assert_ne!(one.key, other.key);
        }
        let place = tempfile::tempdir().unwrap();
        assert!(Ticket::read(place.path()).is_err());
        one.write(place.path()).unwrap();
        assert_eq!(Ticket::read(place.path()).unwrap(), one);
    }
}
