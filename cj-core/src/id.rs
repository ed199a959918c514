//! Typed identifiers. None of them is random: each is derived from what it names, so that work done twice meets itself.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use uuid::{Builder, Uuid};

/// The longest essay id, in characters.
pub const ESSAY_ID_MAX: usize = 36;
/// The longest judge or worker id, in characters.
pub const NAME_MAX: usize = 100;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Wraps a UUID that already names the thing.
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The UUID.
            pub const fn as_uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Uuid::parse_str(text).map(Self).map_err(|_| IdError::NotAUuid { kind: stringify!($name), found: text.to_owned() })
            }
        }
    };
}

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident, $max:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Arc<str>);

        impl $name {
            /// Checks and wraps a text.
            ///
            /// # Errors
            /// Empty, longer than the limit, or holding a control character.
            pub fn new(text: impl AsRef<str>) -> Result<Self, IdError> {
                let text = text.as_ref();
                let kind = stringify!($name);
                let length = text.chars().count();
                if length == 0 || text.trim().is_empty() {
                    return Err(IdError::Empty { kind });
                }
                if length > $max {
                    return Err(IdError::TooLong { kind, limit: $max, length, found: text.to_owned() });
                }
                if text.chars().any(char::is_control) {
                    return Err(IdError::ControlCharacter { kind, found: text.escape_debug().to_string() });
                }
                Ok(Self(Arc::from(text)))
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                Self::new(text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.as_str().to_owned()
            }
        }
    };
}

uuid_id! {
    /// Names one batch: uuid v5 of the request's event id, so that a redelivered request meets its own batch.
    BatchId
}
uuid_id! {
    /// Names one attempt of one question to one judge; the `correlation_id` on the wire.
    ComparisonId
}
uuid_id! {
    /// Names one event or one stored message, in or out.
    EventId
}
text_id! {
    /// Names an essay inside its batch; identity is (batch, essay), never the essay id alone.
    EssayId, ESSAY_ID_MAX
}
text_id! {
    /// Names a judge: a person, or a model.
    JudgeId, NAME_MAX
}
text_id! {
    /// Names a worker that holds leases: one process, or one task of it.
    WorkerId, NAME_MAX
}

impl BatchId {
    /// The batch that a request starts.
    ///
    /// ```
    /// use cj_core::id::{BatchId, EventId};
    /// let event: EventId = "5387f613-76c4-48ae-8732-1cc007b37e14".parse().unwrap();
    /// assert_eq!(BatchId::of_request(event), BatchId::of_request(event));
    /// ```
    pub fn of_request(event: EventId) -> Self {
        Self(Uuid::new_v5(&event.0, b"batch"))
    }

    /// The id of the `ordinal`-th event that the batch's `version`-th input puts out.
    pub fn event_id(self, version: u64, ordinal: u32) -> EventId {
        let mut name = [0; 13];
        name[0] = b'e';
        name[1..9].copy_from_slice(&version.to_be_bytes());
        name[9..].copy_from_slice(&ordinal.to_be_bytes());
        EventId(Uuid::new_v5(&self.0, &name))
    }

    /// The id of one attempt of the `ordinal`-th question of a wave, of version 8: the first 32 bits of the batch's id, 16 of the
    /// wave, 18 of the place, and 56 of a digest of all four. Ids sort as questions are put out, so that whatever is kept by id
    /// is written side by side by answers that come about in that order. A wave or a place that is too large for its bits
    /// costs the order, not the id, which rests on the digest.
    pub fn comparison_id(self, wave: u32, ordinal: u32, attempt: u32) -> ComparisonId {
        let mut name = [0; 13];
        name[0] = b'c';
        name[1..5].copy_from_slice(&wave.to_be_bytes());
        name[5..9].copy_from_slice(&ordinal.to_be_bytes());
        name[9..].copy_from_slice(&attempt.to_be_bytes());
        let mut bytes = Uuid::new_v5(&self.0, &name).into_bytes();
        bytes[..4].copy_from_slice(&self.0.as_bytes()[..4]);
        bytes[4..6].copy_from_slice(&wave.min(WAVE_MAX).to_be_bytes()[2..]);
        let place = ordinal.min(PLACE_MAX);
        // Four bits beside the version and eight; six beside the variant.
        bytes[6..8].copy_from_slice(&(place >> 6).to_be_bytes()[2..]);
        bytes[8] = place.to_be_bytes()[3] & 0x3f;
        ComparisonId(Builder::from_custom_bytes(bytes).into_uuid())
    }
}

/// The largest wave, and the largest place in it, that ids of comparisons tell apart by their order.
const WAVE_MAX: u32 = 0xffff;
const PLACE_MAX: u32 = 0x3_ffff;

impl EventId {
    /// The id of an incoming message that carries none: derived from its bytes.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(Uuid::new_v5(&Uuid::NAMESPACE_OID, bytes))
    }
}

/// Why a text names nothing.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum IdError {
    /// A control character inside.
    #[error("{kind} holds a control character: {found:?}")]
    ControlCharacter {
        /// The type that was asked for.
        kind: &'static str,
        /// The text, escaped.
        found: String,
    },
    /// Nothing, or only blanks.
    #[error("{kind} is empty")]
    Empty {
        /// The type that was asked for.
        kind: &'static str,
    },
    /// Not in the form of a UUID.
    #[error("{kind} is not a UUID: {found:?}")]
    NotAUuid {
        /// The type that was asked for.
        kind: &'static str,
        /// The text.
        found: String,
    },
    /// Over the limit.
    #[error("{kind} has {length} characters, at most {limit} are allowed: {found:?}")]
    TooLong {
        /// The type that was asked for.
        kind: &'static str,
        /// The limit.
        limit: usize,
        /// The length found.
        length: usize,
        /// The text.
        found: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch() -> BatchId {
        BatchId::of_request(EventId::of_bytes(b"request"))
    }

    #[test]
    fn an_essay_id_is_bounded_in_characters_not_bytes() {
        assert!(EssayId::new("å".repeat(36)).is_ok());
        assert!(matches!(EssayId::new("å".repeat(37)), Err(IdError::TooLong { length: 37, .. })));
        assert!(matches!(EssayId::new("  "), Err(IdError::Empty { .. })));
        assert!(matches!(EssayId::new("a\nb"), Err(IdError::ControlCharacter { .. })));
    }

    #[test]
    fn derived_ids_differ_in_every_part() {
        let mut ids = vec![batch().event_id(1, 0).as_uuid(), batch().event_id(0, 1).as_uuid()];
        for (wave, ordinal, attempt) in [(1, 0, 1), (0, 1, 1), (1, 1, 0), (1, 1, 1)] {
            ids.push(batch().comparison_id(wave, ordinal, attempt).as_uuid());
        }
        let count = ids.len();
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), count);
    }

    #[test]
    fn ids_of_comparisons_sort_as_questions_are_put_out() {
        let places =
            [(0, 0), (0, 63), (0, 64), (0, 16_383), (0, 16_384), (0, PLACE_MAX), (1, 0), (256, 3), (WAVE_MAX, 0)];
        let ids = places.map(|(wave, ordinal)| batch().comparison_id(wave, ordinal, 1));
        assert!(ids.is_sorted(), "{ids:?}");
        assert!(ids.iter().all(|id| id.as_uuid().get_version_num() == 8));
        let retry = batch().comparison_id(0, 63, 2);
        assert!(ids[0] < retry && retry < ids[2]);
    }

    #[test]
    fn what_is_too_large_for_its_bits_still_has_an_id_of_its_own() {
        let ids = [(1, PLACE_MAX), (1, PLACE_MAX + 1), (1, u32::MAX), (WAVE_MAX, 1), (WAVE_MAX + 1, 1), (u32::MAX, 1)];
        let ids = ids.map(|(wave, ordinal)| batch().comparison_id(wave, ordinal, 1));
        assert_eq!(ids.iter().collect::<std::collections::BTreeSet<_>>().len(), ids.len());
        // A batch whose id begins alike.
        let mut other = batch().as_uuid().into_bytes();
        other[15] ^= 1;
        let other = BatchId::new(Uuid::from_bytes(other)).comparison_id(1, 1, 1);
        assert_ne!(other, batch().comparison_id(1, 1, 1));
    }

    #[test]
    fn serde_checks_what_it_reads() {
        let long = format!("\"{}\"", "x".repeat(40));
        assert!(serde_json::from_str::<EssayId>(&long).is_err());
        assert_eq!(serde_json::to_string(&EssayId::new("E1").unwrap()).unwrap(), "\"E1\"");
    }
}
