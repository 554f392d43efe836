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

pub use nearest::{did_you_mean, nearest, one_of};
pub use node::{Entry, Node, Value};
pub use parse::{MAX_BYTES, parse, quoted, source_from_bytes};
pub use problem::{MAX_PROBLEMS, Place, Problem, ProblemKind, Problems, Sink, SourceText};
pub use showable::{is_showable, showable};
pub use table::{TableReader, integer, number, unknown_key};
