//! Where two JSON values differ.

use serde_json::Value;

use crate::output::{Difference, DifferenceKind};

/// The places, as JSON pointers, at which `written` is not what `read` was; in the order of `read`, then of `written`.
pub(super) fn differences(read: &Value, written: &Value) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(read, written, "", &mut found);
    found
}

fn compare(read: &Value, written: &Value, at: &str, found: &mut Vec<Difference>) {
    let mut note = |pointer: String, kind| found.push(Difference { pointer, kind });
    match (read, written) {
        (Value::Object(read), Value::Object(written)) => {
            for (key, value) in read {
                let pointer = format!("{at}/{}", escaped(key));
                match written.get(key) {
                    Some(again) => compare(value, again, &pointer, found),
                    None => found.push(Difference { pointer, kind: DifferenceKind::Dropped }),
                }
            }
            for key in written.keys().filter(|key| !read.contains_key(*key)) {
                found.push(Difference { pointer: format!("{at}/{}", escaped(key)), kind: DifferenceKind::Added });
            }
        }
        (Value::Array(read), Value::Array(written)) => {
            for (index, pair) in read.iter().zip(written).enumerate() {
                compare(pair.0, pair.1, &format!("{at}/{index}"), found);
            }
            for index in written.len()..read.len() {
                found.push(Difference { pointer: format!("{at}/{index}"), kind: DifferenceKind::Dropped });
            }
            for index in read.len()..written.len() {
                found.push(Difference { pointer: format!("{at}/{index}"), kind: DifferenceKind::Added });
            }
        }
        (read, written) if read != written => note(at.to_owned(), DifferenceKind::Changed),
        _ => {}
    }
}

fn escaped(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn every_difference_has_its_place() {
        let read = json!({"same": [1, {"deep": "å"}], "gone/~": 1, "other": 1.0, "list": [1, 2, 3], "kind": {}});
        let written = json!({"same": [1, {"deep": "å"}], "other": 1, "list": [1, 4], "kind": [], "new": null});
        let found: Vec<_> = differences(&read, &written).into_iter().map(|it| (it.pointer, it.kind)).collect();
        let expected = [
            ("/gone~1~0", DifferenceKind::Dropped),
            ("/kind", DifferenceKind::Changed),
            ("/list/1", DifferenceKind::Changed),
            ("/list/2", DifferenceKind::Dropped),
            ("/other", DifferenceKind::Changed),
            ("/new", DifferenceKind::Added),
        ];
        let expected = expected.map(|(pointer, kind)| (pointer.to_owned(), kind));
        assert_eq!(found, expected);
        assert_eq!(differences(&read, &read), []);
        assert_eq!(differences(&json!(1), &json!(2))[0].pointer, "", "the whole of it");
    }
}
