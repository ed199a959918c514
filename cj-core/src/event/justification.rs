//! A judge's reasons.

/// The longest justification, in characters: longer ones do not decode at the other services.
pub const MAX_CHARS: usize = 500;

/// The longest beginning of a justification that the wire takes, cut between characters.
///
/// ```
/// use cj_core::event::justification::{MAX_CHARS, truncate};
/// let said = "å".repeat(600);
/// assert_eq!(truncate(&said).chars().count(), MAX_CHARS);
/// assert_eq!(truncate("clearer thesis"), "clearer thesis");
/// ```
pub fn truncate(text: &str) -> &str {
    text.char_indices().nth(MAX_CHARS).map_or(text, |(end, _)| &text[..end])
}
