//! Points in time as the wire writes them.
use chrono::{DateTime, Datelike, NaiveDateTime, Timelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};
use std::fmt;

/// A point in time, to the microsecond.
///
/// Written as RFC 3339 in UTC with `Z` and six digits; a whole second is written without a fraction, as the
/// platform's other services do. Any offset is read; a time without one is UTC.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Timestamp(DateTime<Utc>);

impl Timestamp {
    /// The same point as a chrono time.
    pub const fn to_utc(self) -> DateTime<Utc> {
        self.0
    }

    fn parse(text: &str) -> Option<Self> {
        let time = DateTime::parse_from_rfc3339(text)
            .map(|time| time.to_utc())
            .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%.f").map(|time| time.and_utc()));
        time.ok().map(Self::from).filter(|time| time.is_writable())
    }

    /// RFC 3339 has four digits for a year, and the platform's other services start at year 1.
    fn is_writable(self) -> bool {
        (1..=9999).contains(&self.0.year())
    }
}

impl From<DateTime<Utc>> for Timestamp {
    /// Cuts what is below a microsecond.
    fn from(time: DateTime<Utc>) -> Self {
        let micros = time.nanosecond() / 1_000 * 1_000;
        Self(time.with_nanosecond(micros).unwrap_or(time))
    }
}

impl From<Timestamp> for DateTime<Utc> {
    fn from(time: Timestamp) -> Self {
        time.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A leap second counts on past 10⁹ nanoseconds.
        if self.0.nanosecond().is_multiple_of(1_000_000_000) {
            write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%SZ"))
        } else {
            write!(f, "{}", self.0.format("%Y-%m-%dT%H:%M:%S%.6fZ"))
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if !self.is_writable() {
            return Err(ser::Error::custom(format_args!("invalid value: year {}, {EXPECTED}", self.0.year())));
        }
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl de::Visitor<'_> for Visitor {
            type Value = Timestamp;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an RFC 3339 time of the years 1 to 9999")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Timestamp, E> {
                Timestamp::parse(text).ok_or_else(|| E::invalid_value(de::Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Timestamp {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Timestamp".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({ "type": "string", "format": "date-time" })
    }
}

const EXPECTED: &str = "expected one of the years 1 to 9999";

#[cfg(test)]
mod tests {
    use super::Timestamp;
    use chrono::{DateTime, Utc};

    fn rewritten(text: &str) -> String {
        let time: Timestamp = serde_json::from_value(text.into()).unwrap();
        serde_json::to_value(time).unwrap().as_str().unwrap().to_owned()
    }

    #[test]
    fn what_the_wire_writes_comes_back() {
        for text in [
            "2026-01-05T09:39:57.223724Z",
            "2026-01-05T09:39:57.500000Z",
            "2026-01-05T09:00:00Z",
            "0001-01-01T00:00:00Z",
        ] {
            assert_eq!(rewritten(text), text);
        }
    }

    #[test]
    fn other_spellings_are_read() {
        assert_eq!(rewritten("2026-01-05T10:39:57.2237249+01:00"), "2026-01-05T09:39:57.223724Z");
        assert_eq!(rewritten("2026-01-05T09:39:57.5"), "2026-01-05T09:39:57.500000Z");
        assert_eq!(rewritten("2026-01-05T09:39:57"), "2026-01-05T09:39:57Z");
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in ["", "now", "2026-13-05T09:00:00Z", "2026-01-05", "0000-01-01T00:00:00Z"] {
            assert!(serde_json::from_value::<Timestamp>(text.into()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_year_that_does_not_fit_is_not_written() {
        let far = Timestamp::from(DateTime::<Utc>::MAX_UTC);
        assert!(serde_json::to_value(far).unwrap_err().to_string().contains("years 1 to 9999"));
    }
}
