//! Many rows as one value.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, SeqAccess, Unexpected, Visitor};

/// The cells of many rows, one row after the other, that a statement put together with `json_group_array(json_array(…))`.
///
/// The driver hands over rows one by one between two threads, which costs several times what reading them does. Numbers
/// with a fraction do not come this way: their decimal form is not exact.
pub(crate) struct Cells<'r>(Vec<Cell<'r>>);

/// One column of one row.
pub(crate) enum Cell<'r> {
    Int(i64),
    Null,
    Text(Cow<'r, str>),
}

impl<'r> Cells<'r> {
    pub(crate) fn parse(json: &'r str) -> Result<Self, serde_json::Error> {
        let mut cells = Vec::new();
        let mut json = serde_json::Deserializer::from_str(json);
        Each { cells: &mut cells, depth: 0 }.deserialize(&mut json)?;
        json.end()?;
        Ok(Self(cells))
    }

    /// The rows, of `width` columns each.
    pub(crate) fn rows(&self, width: usize) -> impl Iterator<Item = &[Cell<'r>]> {
        self.0.chunks(width)
    }
}

/// Reads what stands at one depth: the array of all rows, one row, one cell.
struct Each<'a, 'r> {
    cells: &'a mut Vec<Cell<'r>>,
    depth: u8,
}

impl<'r> DeserializeSeed<'r> for Each<'_, 'r> {
    type Value = ();

    fn deserialize<D: Deserializer<'r>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.depth {
            0 | 1 => deserializer.deserialize_seq(self),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'r> Visitor<'r> for Each<'_, 'r> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(["an array of rows", "a row", "null, a whole number or a text"][usize::from(self.depth)])
    }

    fn visit_seq<A: SeqAccess<'r>>(self, mut seq: A) -> Result<(), A::Error> {
        if self.depth > 1 {
            return Err(A::Error::invalid_type(Unexpected::Seq, &self));
        }
        while seq.next_element_seed(Each { cells: self.cells, depth: self.depth + 1 })?.is_some() {}
        Ok(())
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.cells.push(Cell::Null);
        Ok(())
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<(), E> {
        self.cells.push(Cell::Int(number));
        Ok(())
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<(), E> {
        let number = i64::try_from(number).map_err(|_| E::custom(format!("{number} is too large")))?;
        self.visit_i64(number)
    }

    fn visit_borrowed_str<E: Error>(self, text: &'r str) -> Result<(), E> {
        self.cells.push(Cell::Text(Cow::Borrowed(text)));
        Ok(())
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.cells.push(Cell::Text(Cow::Owned(text.to_owned())));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_taken_apart_again() {
        let cells = Cells::parse(r#"[["a\n\"b\"",1,null],["å",-9223372036854775808,""]]"#).unwrap();
        let shown: Vec<String> = cells
            .rows(3)
            .flatten()
            .map(|cell| match cell {
                Cell::Int(number) => number.to_string(),
                Cell::Null => "null".to_owned(),
                Cell::Text(text) => text.to_string(),
            })
            .collect();
        assert_eq!(shown, ["a\n\"b\"", "1", "null", "å", "-9223372036854775808", ""]);
        assert_eq!(Cells::parse("[]").unwrap().rows(3).count(), 0);
    }

    #[test]
    fn what_is_not_rows_is_refused() {
        for json in ["", "1", "[1]", "[[1.5]]", "[[[]]]", "[[1]", "[[1]] 2", "[[18446744073709551615]]"] {
            assert!(Cells::parse(json).is_err(), "{json}");
        }
    }
}
