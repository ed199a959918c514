//! What a message did not keep to.
use std::fmt;

/// A message, ours or another's, that breaks its contract: which contract, where, what was due and what was there.
///
/// `found` is cut to a short excerpt, and never holds an essay or a justification.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{contract}: {field}: expected {expected}, found {found}")]
#[non_exhaustive]
pub struct ContractError {
    /// Name of the contract, as in `CJAssessmentCompletedV1`.
    pub contract: &'static str,
    /// Path of the value inside the message, as in `essays_for_cj[3].essay_id`; `$` is the whole of it.
    pub field: String,
    /// What the contract asks for.
    pub expected: String,
    /// What was found.
    pub found: String,
}

impl ContractError {
    pub(crate) fn new(
        contract: &'static str,
        field: impl Into<String>,
        expected: impl Into<String>,
        found: impl fmt::Display,
    ) -> Self {
        Self { contract, field: field.into(), expected: expected.into(), found: excerpt(&found.to_string()) }
    }

    /// Splits serde's sentence into its parts; `path` is where it happened, `.` at the root.
    pub(crate) fn from_json(contract: &'static str, path: &str, error: &serde_json::Error) -> Self {
        let text = error.to_string();
        let path = if path.is_empty() || path == "." { "$" } else { path };
        if !error.is_data() {
            return Self::new(contract, path, "JSON", text);
        }
        // The position is relative to the payload, which the sender never saw as a text of its own.
        let said = text.rfind(" at line ").map_or(text.as_str(), |end| &text[..end]);
        if let Some(name) = said.strip_prefix("missing field `").and_then(|rest| rest.strip_suffix('`')) {
            let field = if path == "$" { name.to_owned() } else { format!("{path}.{name}") };
            return Self::new(contract, field, "a value", "nothing");
        }
        match said.rfind(", expected ") {
            Some(cut) => Self::new(contract, path, &said[cut + ", expected ".len()..], &said[..cut]),
            None => Self::new(contract, path, "a value of the contract's type", said),
        }
    }
}

fn excerpt(text: &str) -> String {
    match text.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

const EXCERPT: usize = 120;
