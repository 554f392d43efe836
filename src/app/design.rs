//! `design`: a design file in, the answer of the formulas out.
//!
//! There is nothing here to stop or to watch: formulas answer within a second. So it takes no context.

use crate::design::document::{self, NamedValues};
use crate::error::Error;
use crate::language::Lang;

/// A design file.
#[derive(Clone, Debug)]
pub struct DesignRequest {
    /// How it is called in messages.
    pub name: String,
    /// The file as it was read; that it is UTF-8 is looked at with everything else.
    pub bytes: Vec<u8>,
    /// The language of what stands in words: the reason of a question without an answer.
    pub lang: Lang,
}

/// Reads the design and computes what it asks for: named values in the order in which they are shown;
/// their keys and meanings are those of `docs/schemas/design.schema.json`.
///
/// # Errors
/// Every problem of the file, with line, key, value and what is allowed.
pub fn run(request: &DesignRequest) -> Result<NamedValues, Error> {
    Ok(document::answer_in(&request.name, &request.bytes, request.lang)?)
}
