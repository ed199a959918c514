//! The question that a judge sees.
//!
//! It is blind: nothing in it names an essay, a pupil, a file or an anchor. An essay is data between two lines that
//! carry a code; the code is derived from the texts and occurs in none of them, so no essay can close its own frame.
mod fence;
mod question;

pub use question::Question;

#[cfg(test)]
mod tests;
