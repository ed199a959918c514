use std::fmt::Write;

use sha2::{Digest, Sha256};

/// The id of an essay made of a name: every run outside `[A-Za-z0-9]` becomes `_`, the ends are trimmed, letters are
/// upper-case. More than 36 characters become the first 27, `_`, and the first 8 hexadecimal digits of the SHA-256 of
/// the whole. None when nothing is left.
///
/// ```
/// assert_eq!(cj::input::essay_id("Anna  Ek (9b)").as_deref(), Some("ANNA_EK_9B"));
/// ```
pub fn essay_id(name: &str) -> Option<String> {
    let mut id = String::with_capacity(name.len());
    for c in name.chars() {
        if c.is_ascii_alphanumeric() {
            id.push(c.to_ascii_uppercase());
        } else if !id.is_empty() && !id.ends_with('_') {
            id.push('_');
        }
    }
    id.truncate(id.trim_end_matches('_').len());
    if id.len() > LONGEST {
        let digest = Sha256::digest(id.as_bytes());
        id.truncate(KEPT);
        id.push('_');
        for byte in &digest[..4] {
            write!(id, "{byte:02X}").expect("a string takes all that is written to it");
        }
    }
    (!id.is_empty()).then_some(id)
}

const LONGEST: usize = 36;
const KEPT: usize = 27;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_of_other_characters_become_one_underscore() {
        assert_eq!(essay_id("--Åsa Öberg, 9 B--").as_deref(), Some("SA_BERG_9_B"));
        assert_eq!(essay_id("a__b").as_deref(), Some("A_B"));
        assert_eq!(essay_id("åäö"), None);
    }

    #[test]
    fn essay_id_is_truncated_with_hash() {
        let kept = "x".repeat(36);
        assert_eq!(essay_id(&kept).unwrap(), kept.to_uppercase());

        let id = essay_id("A student with quite a long name.final version").unwrap();
        // printf A_STUDENT_WITH_QUITE_A_LONG_NAME_FINAL_VERSION | sha256sum
        assert_eq!(id, "A_STUDENT_WITH_QUITE_A_LONG_7A515636");
        assert_eq!(id.len(), 36);

        let other = essay_id("A student with quite a long name.first version").unwrap();
        assert_eq!(other[..28], id[..28]);
        assert_ne!(other, id);
    }
}
