//! `design`: a design file in, the answer of the formulas out.

use crate::design::document::{self, NamedValues};
use crate::error::Error;
use crate::language::Lang;

/// A design file.
#[derive(Clone, Debug)]
pub struct DesignRequest {
    /// How it is called in messages.
    pub name: String,
    /// Its text.
    pub bytes: Vec<u8>,
    /// The language of what stands in words: the reason of a question without an answer.
    pub lang: Lang,
}

/// Reads the design and computes what it asks for.
///
/// # Errors
/// Every problem of the file.
pub fn run(request: &DesignRequest) -> Result<NamedValues, Error> {
    Ok(document::answer_in(&request.name, &request.bytes, request.lang)?)
}
