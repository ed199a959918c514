//! The bounds that contracts share, with the path of what they look at.
use super::ContractError;
use std::fmt;
use std::ops::RangeInclusive;

/// A place inside a message. It lives on the stack and is only spelt out when a bound is broken.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    contract: &'static str,
    parent: Option<&'a At<'a>>,
    step: Step<'a>,
}

#[derive(Clone, Copy)]
enum Step<'a> {
    Root,
    Field(&'static str),
    Index(usize),
    Key(&'a str),
}

impl At<'static> {
    pub(crate) const fn root(contract: &'static str) -> Self {
        Self { contract, parent: None, step: Step::Root }
    }
}

impl At<'_> {
    pub(crate) const fn field<'b>(&'b self, name: &'static str) -> At<'b> {
        At { contract: self.contract, parent: Some(self), step: Step::Field(name) }
    }

    pub(crate) const fn index(&self, index: usize) -> At<'_> {
        At { contract: self.contract, parent: Some(self), step: Step::Index(index) }
    }

    pub(crate) const fn key<'b>(&'b self, key: &'b str) -> At<'b> {
        At { contract: self.contract, parent: Some(self), step: Step::Key(key) }
    }

    pub(crate) fn broken(&self, expected: impl Into<String>, found: impl fmt::Display) -> ContractError {
        ContractError::new(self.contract, self.to_string(), expected, found)
    }

    /// Counts characters, not bytes.
    pub(crate) fn chars(&self, text: &str, allowed: RangeInclusive<usize>) -> Result<(), ContractError> {
        // A character is one byte at least: most texts are settled without counting.
        if *allowed.start() == 0 && text.len() <= *allowed.end() {
            return Ok(());
        }
        let count = text.chars().count();
        if allowed.contains(&count) {
            return Ok(());
        }
        let expected = format!("{} to {} characters", allowed.start(), allowed.end());
        Err(self.broken(expected, format_args!("{count} characters")))
    }

    pub(crate) fn some_chars(&self, text: Option<&str>, allowed: RangeInclusive<usize>) -> Result<(), ContractError> {
        text.map_or(Ok(()), |text| self.chars(text, allowed))
    }

    pub(crate) fn not_blank(&self, text: &str) -> Result<(), ContractError> {
        if text.trim().is_empty() { Err(self.broken("a text that is not blank", "a blank one")) } else { Ok(()) }
    }

    /// Not a number is in no range.
    pub(crate) fn within(&self, value: f64, allowed: RangeInclusive<f64>) -> Result<(), ContractError> {
        if allowed.contains(&value) {
            return Ok(());
        }
        Err(self.broken(format!("a number from {} to {}", allowed.start(), allowed.end()), value))
    }

    pub(crate) fn finite(&self, value: f64) -> Result<(), ContractError> {
        if value.is_finite() { Ok(()) } else { Err(self.broken("a finite number", value)) }
    }

    pub(crate) fn not_negative(&self, value: f64) -> Result<(), ContractError> {
        if value.is_finite() && value >= 0.0 { Ok(()) } else { Err(self.broken("a finite number from 0", value)) }
    }

    pub(crate) fn lower_hex(&self, text: &str, digits: usize) -> Result<(), ContractError> {
        if text.len() == digits && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) {
            return Ok(());
        }
        Err(self.broken(format!("{digits} lower-case hexadecimal digits"), format_args!("{text:?}")))
    }

    pub(crate) fn equal<T: PartialEq + fmt::Display>(&self, value: &T, due: &T) -> Result<(), ContractError> {
        if value == due { Ok(()) } else { Err(self.broken(due.to_string(), value)) }
    }

    /// Bounds of an id that is not ours: present, and no longer than the columns it ends in.
    pub(crate) fn foreign_id(&self, text: &str) -> Result<(), ContractError> {
        self.chars(text, 1..=FOREIGN_ID_CHARS)
    }

    pub(crate) fn essay_id(&self, text: &str) -> Result<(), ContractError> {
        self.chars(text, 1..=super::ESSAY_ID_CHARS)
    }

    pub(crate) fn storage_id(&self, text: &str) -> Result<(), ContractError> {
        self.lower_hex(text, STORAGE_ID_DIGITS)
    }
}

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(parent) = self.parent else { return f.write_str("$") };
        if !matches!(parent.step, Step::Root) {
            write!(f, "{parent}")?;
        }
        match self.step {
            Step::Root => Ok(()),
            Step::Field(name) if matches!(parent.step, Step::Root) => f.write_str(name),
            Step::Field(name) => write!(f, ".{name}"),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Key(key) => write!(f, "[{key:?}]"),
        }
    }
}

const FOREIGN_ID_CHARS: usize = 255;
const STORAGE_ID_DIGITS: usize = 32;

#[cfg(test)]
mod tests {
    use super::At;

    #[test]
    fn a_broken_bound_names_its_place() {
        let root = At::root("SomeContractV1");
        let list = root.field("essays");
        let essay = list.index(3);
        let error = essay.field("essay_id").essay_id(&"å".repeat(37)).unwrap_err();
        assert_eq!(
            error.to_string(),
            "SomeContractV1: essays[3].essay_id: expected 1 to 36 characters, found 37 characters"
        );
        assert_eq!(essay.field("essay_id").essay_id(&"å".repeat(36)), Ok(()));
    }

    #[test]
    fn not_a_number_is_in_no_range() {
        let at = At::root("C");
        assert!(at.within(f64::NAN, 0.0..=1.0).is_err());
        assert!(at.not_negative(f64::INFINITY).is_err());
        assert!(at.not_negative(f64::NAN).is_err());
        assert!(at.finite(f64::NEG_INFINITY).is_err());
    }

    #[test]
    fn storage_ids_are_not_checksums() {
        let at = At::root("C");
        assert!(at.storage_id("0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f").is_ok());
        assert!(at.storage_id(&"ab".repeat(32)).is_err());
        assert!(at.storage_id("0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F0F").is_err());
        assert!(at.storage_id("0f0f0f0f-0f0f-0f0f-0f0f-0f0f0f0f0f0f").is_err());
    }
}
