//! Lines around a text that the text cannot contain.
use crate::event::llm::sha256_hex;
use std::fmt::Write;

/// A code that occurs in none of the texts it frames.
pub(super) struct Fence(String);

impl Fence {
    /// The same texts in the same order always get the same code.
    pub(super) fn around(texts: &[&str]) -> Self {
        let mut seed = String::new();
        for text in texts {
            // The length keeps texts apart that join to the same whole.
            write!(seed, "{}:{text}", text.len()).expect("writing into a string");
        }
        Self::beginning_with(sha256_hex(&seed), texts)
    }

    /// The first code from `code` on that none of the texts holds, in whatever case.
    fn beginning_with(mut code: String, texts: &[&str]) -> Self {
        let lowered: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
        loop {
            code.truncate(DIGITS);
            if !lowered.iter().any(|text| text.contains(&code)) {
                return Self(code);
            }
            code = sha256_hex(&code);
        }
    }

    /// The text between its two lines.
    pub(super) fn frame(&self, label: &str, text: &str) -> String {
        let code = &self.0;
        format!("----- BEGIN {label} {code} -----\n{text}\n----- END {label} {code} -----")
    }
}

const DIGITS: usize = 16;

#[cfg(test)]
mod tests {
    use super::{DIGITS, Fence, sha256_hex};

    #[test]
    fn a_code_that_occurs_is_passed_over() {
        let first = sha256_hex("a")[..DIGITS].to_owned();
        let second = sha256_hex(&first)[..DIGITS].to_owned();
        assert_eq!(Fence::beginning_with(first.clone(), &["x", "y"]).0, first);
        let holds_first = format!("x {} y", first.to_uppercase());
        assert_eq!(Fence::beginning_with(first.clone(), &["x", &holds_first]).0, second);
        let third = Fence::beginning_with(first.clone(), &[&second, &holds_first]).0;
        assert!(third != first && third != second && third.len() == DIGITS);
    }
}
