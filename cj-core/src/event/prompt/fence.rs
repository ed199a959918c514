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
        let lowered: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
        let mut code = sha256_hex(&seed);
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
