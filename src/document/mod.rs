//! TOML files, read strictly: every key is asked for, every value has limits, and whatever is wrong comes back at once,
//! each with its line, what is allowed and a hint.
//!
//! Scenario files and design files are read through here; nothing past this floor and `scenario` sees TOML. Every key and
//! every value of the tree knows where it stands. How any reader works:
//!
//! ```
//! use stapjes::document::{Sink, TableReader, parse, source_from_bytes};
//!
//! let sink = Sink::default();
//! let source = source_from_bytes("design.toml", b"alpha = 0,05\n", &sink);
//! let root = parse(0, &source.text, &sink);
//! let table = TableReader::root(&root, &sink);
//! let alpha = table.number("alpha", 0.0, 1.0).unwrap_or(0.05); // absent: your default; wrong: already reported
//! table.finish(); // reports every key that nobody asked for
//! let problems = sink.into_problems(vec![source]).expect("0,05 is not a number");
//! let message = problems.render(false); // file, line, column, what is allowed, hint
//! assert!(message.contains("decimal point"));
//! ```

mod nearest;
mod node;
mod parse;
mod problem;
mod render;
mod showable;
mod table;

pub use nearest::nearest;
pub(crate) use nearest::{did_you_mean, one_of};
pub use node::{Entry, Node, Value};
pub(crate) use parse::{MAX_BYTES, quoted};
pub use parse::{parse, source_from_bytes};
pub use problem::{Place, Problem, ProblemKind, SourceText};
pub use problem::{Problems, Sink};
pub(crate) use showable::{is_showable, showable};
pub use table::TableReader;
pub(crate) use table::{integer, number, unknown_key};
