//! A payload before its contract is known.
use serde::{Serialize, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;
use std::fmt;

/// The `data` of a message whose contract is not known yet: one JSON value, as its sender wrote it.
#[derive(Clone)]
pub struct Payload(Box<RawValue>);

impl Payload {
    pub(super) const fn new(json: Box<RawValue>) -> Self {
        Self(json)
    }

    /// The sender's text.
    pub fn as_json(&self) -> &str {
        self.0.get()
    }

    /// The text at a JSON pointer, such as `/entity_id`, where there is one.
    ///
    /// For messages that break their contract: enough to tell their sender so.
    pub fn text_at(&self, pointer: &str) -> Option<String> {
        let value: Value = serde_json::from_str(self.as_json()).ok()?;
        value.pointer(pointer)?.as_str().map(str::to_owned)
    }
}

impl PartialEq for Payload {
    /// Compares the texts: the same value in other spacing is another payload.
    fn eq(&self, other: &Self) -> bool {
        self.as_json() == other.as_json()
    }
}

impl Eq for Payload {}

impl fmt::Debug for Payload {
    /// Tells the size only: payloads hold pupils' data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} bytes)", self.as_json().len())
    }
}

impl Serialize for Payload {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}
