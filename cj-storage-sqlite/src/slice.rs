//! The rows of one write as one parameter.

use std::fmt::Write as _;
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use crate::time::format_time;

/// The rows of one write as one JSON text: an array of arrays, taken apart again by `json_each` inside the statement.
///
/// Written by hand: this is where the time of a write would go otherwise.
#[derive(Debug)]
pub(crate) struct Slice {
    json: String,
}

impl Slice {
    /// Puts every item down with `columns`, in the order in which the statement takes them apart.
    pub(crate) fn of<T>(items: impl IntoIterator<Item = T>, mut columns: impl FnMut(&mut Self, T)) -> String {
        let items = items.into_iter();
        let mut slice = Self { json: String::with_capacity(2 + 256 * items.size_hint().0) };
        slice.json.push('[');
        for item in items {
            slice.separate();
            slice.json.push('[');
            columns(&mut slice, item);
            slice.json.push(']');
        }
        slice.json.push(']');
        slice.json
    }

    /// Ids only: a flat array.
    pub(crate) fn of_ids(ids: impl IntoIterator<Item = Uuid>) -> String {
        let ids = ids.into_iter();
        let mut slice = Self { json: String::with_capacity(2 + 39 * ids.size_hint().0) };
        slice.json.push('[');
        for id in ids {
            slice.uuid(id);
        }
        slice.json.push(']');
        slice.json
    }

    /// Places only: a flat array.
    pub(crate) fn of_places(places: &[i64]) -> String {
        let mut slice = Self { json: String::with_capacity(2 + 9 * places.len()) };
        slice.json.push('[');
        for place in places {
            slice.int(*place);
        }
        slice.json.push(']');
        slice.json
    }

    pub(crate) fn uuid(&mut self, id: Uuid) -> &mut Self {
        self.separate();
        self.json.push('"');
        self.json.push_str(id.hyphenated().encode_lower(&mut Uuid::encode_buffer()));
        self.json.push('"');
        self
    }

    pub(crate) fn text(&mut self, text: &str) -> &mut Self {
        self.separate();
        self.json.push('"');
        let mut clean = 0;
        for (at, byte) in text.bytes().enumerate() {
            if byte >= b' ' && byte != b'"' && byte != b'\\' {
                continue;
            }
            self.json.push_str(&text[clean..at]);
            clean = at + 1;
            match byte {
                b'"' | b'\\' => {
                    self.json.push('\\');
                    self.json.push(char::from(byte));
                }
                _ => write!(self.json, "\\u{byte:04x}").expect(INFALLIBLE),
            }
        }
        self.json.push_str(&text[clean..]);
        self.json.push('"');
        self
    }

    pub(crate) fn int(&mut self, number: impl Into<i64>) -> &mut Self {
        self.separate();
        write!(self.json, "{}", number.into()).expect(INFALLIBLE);
        self
    }

    /// All 64 bits of an unsigned number, read as a signed one.
    pub(crate) fn bits(&mut self, number: u64) -> &mut Self {
        self.int(number.cast_signed())
    }

    /// A number with a fraction, for [`real!`]. One that is not finite has no JSON form: it is put down as a text, which
    /// the column refuses, so that it is never mistaken for an absent one.
    pub(crate) fn real(&mut self, number: f64) -> &mut Self {
        if !number.is_finite() {
            return self.text("not a finite number");
        }
        self.separate();
        if number == 0.0 || PLAIN.contains(&number.abs()) {
            write!(self.json, "{number:?}").expect(INFALLIBLE);
        } else {
            let (mantissa, [one, two, three]) = factors(number);
            write!(self.json, "[{mantissa},{one:?},{two:?},{three:?}]").expect(INFALLIBLE);
        }
        self
    }

    pub(crate) fn flag(&mut self, flag: bool) -> &mut Self {
        self.int(flag)
    }

    pub(crate) fn time(&mut self, time: DateTime<Utc>) -> &mut Self {
        self.separate();
        self.json.push('"');
        self.json.extend(format_time(time).map(char::from));
        self.json.push('"');
        self
    }

    /// Bytes, as hex digits: the statement has them through `unhex`.
    pub(crate) fn hex(&mut self, bytes: &[u8]) -> &mut Self {
        self.separate();
        self.json.reserve(2 + 2 * bytes.len());
        self.json.push('"');
        for byte in bytes {
            for half in [byte >> 4, byte & 15] {
                self.json.push(char::from(b"0123456789abcdef"[usize::from(half)]));
            }
        }
        self.json.push('"');
        self
    }

    /// A document, as the text of its JSON.
    pub(crate) fn document(&mut self, document: &impl Serialize) -> &mut Self {
        let text = serde_json::to_string(document).expect("documents have text keys and no failing serializers");
        self.text(&text)
    }

    /// A code that its type writes as a JSON string.
    pub(crate) fn code(&mut self, code: &impl Serialize) -> &mut Self {
        let quoted = serde_json::to_string(code).expect("a code is a plain string");
        self.separate();
        self.json.push_str(&quoted);
        self
    }

    pub(crate) fn optional<T>(&mut self, value: Option<T>, put: impl FnOnce(&mut Self, T) -> &mut Self) -> &mut Self {
        if let Some(value) = value {
            return put(self, value);
        }
        self.separate();
        self.json.push_str("null");
        self
    }

    fn separate(&mut self) {
        if !self.json.ends_with('[') {
            self.json.push(',');
        }
    }
}

/// Takes a number out of the row `$row` of a slice, at place `$at`, to the last bit.
macro_rules! real {
    ($row:literal, $at:literal) => {
        concat!(
            "iif(json_type(",
            $row,
            ", '$[",
            $at,
            "]') = 'array', (",
            $row,
            " ->> '$[",
            $at,
            "][0]') * (",
            $row,
            " ->> '$[",
            $at,
            "][1]') * (",
            $row,
            " ->> '$[",
            $at,
            "][2]') * (",
            $row,
            " ->> '$[",
            $at,
            "][3]'), ",
            $row,
            " ->> ",
            $at,
            ")"
        )
    };
}
pub(crate) use real;

/// A number as a whole one and powers of two, whose product is exact at every step from left to right.
fn factors(number: f64) -> (i64, [f64; 3]) {
    let bits = number.to_bits();
    let exponent = i32::try_from(bits >> 52 & 0x7ff).expect("eleven bits");
    let fraction = (bits & ((1 << 52) - 1)).cast_signed();
    let (mantissa, exponent) = if exponent == 0 { (fraction, -1_074) } else { (fraction | 1 << 52, exponent - 1_075) };
    let mantissa = if number.is_sign_negative() { -mantissa } else { mantissa };
    // Powers whose decimal form SQLite reads exactly.
    let steps = (f64::from(exponent) / 512.0).round() as i32;
    let step = |taken: bool| if taken { 2_f64.powi(512 * steps.signum()) } else { 1.0 };
    (mantissa, [2_f64.powi(exponent - 512 * steps), step(steps.abs() > 0), step(steps.abs() > 1)])
}

/// SQLite reads decimal numbers of 17 digits exactly from 1e-83 to beyond 1e110, and mostly wrongly in the last bit below.
const PLAIN: RangeInclusive<f64> = 1e-60..=1e60;

const INFALLIBLE: &str = "writing to a string cannot fail";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slice_is_json_that_holds_what_was_put_down() {
        let odd = "quote \" backslash \\ line\nbell \u{7} NUL \0 å 🦀 [";
        let json = Slice::of([1_u32, 2], |row, number| {
            row.int(number).text(odd).real(0.1 + 0.2).flag(true).bits(u64::MAX).hex(b"\0\xff");
            row.optional(None::<&str>, Slice::text).optional(Some(1e-30), Slice::real).uuid(Uuid::NAMESPACE_DNS);
        });
        let read: Vec<Vec<serde_json::Value>> = serde_json::from_str(&json).unwrap();
        assert_eq!(read.len(), 2);
        assert_eq!(read[1][0], 2);
        assert_eq!(read[0][1], odd);
        assert_eq!(read[0][2], 0.1 + 0.2);
        assert_eq!((&read[0][3], &read[0][4], &read[0][5]), (&1.into(), &(-1).into(), &"00ff".into()));
        assert!(read[0][6].is_null());
        assert_eq!(read[0][7], 1e-30);
        assert_eq!(read[0][8], Uuid::NAMESPACE_DNS.to_string());
    }

    #[test]
    fn a_row_that_starts_with_an_empty_text_or_bracket_keeps_its_commas() {
        let json = Slice::of([()], |row, ()| {
            row.text("[").text("").text("[");
        });
        assert_eq!(json, r#"[["[","","["]]"#);
    }

    #[test]
    fn what_is_not_finite_is_not_taken_for_absent() {
        let json = Slice::of([()], |row, ()| {
            row.real(f64::NAN).real(f64::INFINITY);
        });
        assert!(!json.contains("null"), "{json}");
    }

    #[tokio::test]
    async fn every_number_arrives_to_the_last_bit() {
        use sqlx::{Connection as _, Row as _, SqliteConnection};
        let mut state = 88_172_645_463_325_252_u64;
        let random = std::iter::repeat_with(|| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        });
        let spread = random.take(60_000).flat_map(|bits| {
            let unit = 1.0 + (bits >> 12) as f64 / (1_u64 << 52) as f64;
            [f64::from_bits(bits), unit, -10.0 * unit, unit * 1e-60, unit * 1e59]
        });
        let edges = [0.0, -0.0, 5e-324, f64::MIN_POSITIVE, f64::MAX, f64::MIN, f64::EPSILON, 1e-300, 1e60, 1e-60];
        let numbers: Vec<_> = spread.filter(|number| number.is_finite()).chain(edges).collect();
        let slice = Slice::of(&numbers, |row, number| {
            row.text("x").real(*number);
        });
        let sql = concat!("SELECT ", real!("value", 1), " FROM jsonb_each(?1)");
        let mut conn = SqliteConnection::connect(":memory:").await.unwrap();
        let rows = sqlx::query(sql).bind(slice).fetch_all(&mut conn).await.unwrap();
        for (row, number) in rows.iter().zip(&numbers) {
            assert_eq!(row.get_unchecked::<f64, _>(0).to_bits(), number.to_bits(), "{number:?}");
        }
        assert_eq!(rows.len(), numbers.len());
    }
}
