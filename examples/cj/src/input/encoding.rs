use std::path::Path;

use crate::error::{Error, Problem};

/// The text of a file: UTF-8 with or without a byte order mark, UTF-16 with one, and otherwise Windows-1252, which
/// also reads Latin-1. Line ends become `\n`.
///
/// # Errors
/// [`Error::Input`] when the bytes are no text at all: an archive, a PDF, or full of zeros.
pub fn decode(path: &Path, bytes: Vec<u8>) -> Result<String, Error> {
    if let Some((_, what)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(Problem::new(path, "text", *what).into());
    }
    let text = match bytes.as_slice() {
        [0xEF, 0xBB, 0xBF, rest @ ..] => match str::from_utf8(rest) {
            Ok(text) => text.to_owned(),
            Err(_) => windows_1252(rest),
        },
        [0xFF, 0xFE, rest @ ..] => utf16(path, rest, u16::from_le_bytes)?,
        [0xFE, 0xFF, rest @ ..] => utf16(path, rest, u16::from_be_bytes)?,
        _ => match String::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => windows_1252(error.as_bytes()),
        },
    };
    if text.contains('\0') {
        return Err(Problem::new(path, "text", "zero bytes: a binary file, or UTF-16 without a byte order mark").into());
    }
    Ok(if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text })
}

/// What the first bytes of files that are not text look like.
const MAGIC: [(&[u8], &str); 4] = [
    (b"PK\x03\x04", "a ZIP archive (a workbook or a document?): save it as CSV or text"),
    (b"\xD0\xCF\x11\xE0", "an old Office file: save it as CSV or text"),
    (b"%PDF-", "a PDF"),
    (b"SQLite format 3\0", "an SQLite database"),
];

fn utf16(path: &Path, bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, Error> {
    let (pairs, rest) = bytes.as_chunks::<2>();
    let text = char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<String, _>>();
    match text {
        Ok(text) if rest.is_empty() => Ok(text),
        _ => Err(Problem::new(path, "UTF-16, as its byte order mark says", "bytes that are none").into()),
    }
}

/// Every byte has a character: the five that Windows-1252 leaves open are read as Latin-1 has them.
fn windows_1252(bytes: &[u8]) -> String {
    bytes
        .iter()
        .map(|&byte| if let 0x80..=0x9F = byte { C1[usize::from(byte - 0x80)] } else { char::from(byte) })
        .collect()
}

/// What Windows-1252 has at 80 to 9F.
pub(super) const C1: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> String {
        decode(Path::new("t"), bytes.to_vec()).unwrap()
    }

    #[test]
    fn every_encoding_reads_as_the_same_text() {
        assert_eq!(read("på “ö”\r\nny\rrad".as_bytes()), "på “ö”\nny\nrad");
        assert_eq!(read(b"\xEF\xBB\xBFp\xC3\xA5"), "på");
        assert_eq!(read(b"p\xE5 \x93\xF6\x94 \x80"), "på “ö” €");
        assert_eq!(read(b"\xFF\xFEp\0\xE5\0"), "på");
        assert_eq!(read(b"\xFE\xFF\0p\0\xE5"), "på");
    }

    #[test]
    fn what_is_no_text_is_named() {
        let error = decode(Path::new("j.csv"), b"PK\x03\x04...".to_vec()).unwrap_err();
        assert!(error.to_string().starts_with("j.csv: expected text, found a ZIP archive"), "{error}");
        assert!(decode(Path::new("j.csv"), b"a\0b".to_vec()).is_err());
        assert!(decode(Path::new("j.csv"), b"\xFF\xFEa".to_vec()).is_err());
    }
}
