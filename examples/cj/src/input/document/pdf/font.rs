use std::collections::BTreeMap;

use hayro_syntax::object::{Array, Dict, Name, Object, Stream};

use super::{
    cmap::CMap,
    encoding::{Base, glyph_text},
};

/// What the strings of a font say, and how wide their characters are.
#[derive(Debug, Clone, Default)]
pub(super) struct Font {
    /// Bytes per character: 1 for simple fonts, mostly 2 for composite ones.
    code_bytes: usize,
    to_unicode: CMap,
    /// What the codes of a simple font mean by its encoding.
    simple: BTreeMap<u32, String>,
    /// Whether codes are UTF-16.
    is_utf16: bool,
    /// Widths by code, in thousandths of the font's size.
    widths: BTreeMap<u32, f64>,
    other_width: f64,
}

/// One character of a string.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Shown {
    /// What it says, where the font tells.
    pub(super) text: Option<String>,
    /// Its width as a part of the font's size.
    pub(super) width: f64,
    /// Whether it is the one-byte code 32, which word spacing widens.
    pub(super) is_word_space: bool,
}

impl Font {
    /// The font that a dictionary describes.
    pub(super) fn of(font: &Dict<'_>) -> Self {
        let to_unicode = font.get::<Stream<'_>>("ToUnicode").and_then(|stream| stream.decoded().ok());
        let to_unicode = to_unicode.map(|data| CMap::read(&data)).unwrap_or_default();
        if font.get::<Name<'_>>("Subtype").is_some_and(|name| name.as_str() == "Type0") {
            Self::composite(font, to_unicode)
        } else {
            Self::simple(font, to_unicode)
        }
    }

    /// The characters of a string.
    pub(super) fn show<'a>(&'a self, string: &'a [u8]) -> impl Iterator<Item = Shown> + 'a {
        string.chunks(self.code_bytes.max(1)).map(|bytes| {
            let code = bytes.iter().fold(0, |code, byte| (code << 8) | u32::from(*byte));
            let by_table = self.to_unicode.meaning(code).filter(|text| !text.is_empty());
            let by_encoding = || {
                if self.is_utf16 { char::from_u32(code).map(String::from) } else { self.simple.get(&code).cloned() }
            };
            Shown {
                text: by_table.map(str::to_owned).or_else(by_encoding),
                width: self.widths.get(&code).copied().unwrap_or(self.other_width) / 1000.0,
                is_word_space: bytes == b" ",
            }
        })
    }

    fn simple(font: &Dict<'_>, to_unicode: CMap) -> Self {
        let descriptor = font.get::<Dict<'_>>("FontDescriptor").unwrap_or_default();
        let first = font.get::<u32>("FirstChar").unwrap_or_default();
        let widths = font.get::<Array<'_>>("Widths").map(|widths| widths.iter::<f64>().collect::<Vec<_>>());
        let widths: BTreeMap<u32, f64> = (first..).zip(widths.unwrap_or_default()).take(256).collect();
        // Type 3 fonts have units of their own, mostly thousandths too.
        let scale = font.get::<[f64; 6]>("FontMatrix").map_or(1.0, |matrix| matrix[0] * 1000.0);
        Self {
            code_bytes: 1,
            to_unicode,
            simple: simple_encoding(font, &descriptor),
            is_utf16: false,
            other_width: descriptor.get::<f64>("MissingWidth").filter(|_| !widths.is_empty()).unwrap_or(USUAL_WIDTH),
            widths: widths.into_iter().map(|(code, width)| (code, width * scale)).collect(),
        }
    }

    fn composite(font: &Dict<'_>, to_unicode: CMap) -> Self {
        let descendant = font.get::<Array<'_>>("DescendantFonts").and_then(|fonts| fonts.iter::<Dict<'_>>().next());
        let descendant = descendant.unwrap_or_default();
        let encoding = font.get::<Name<'_>>("Encoding");
        let is_utf16 = encoding.is_some_and(|name| name.as_str().contains("UCS2") || name.as_str().contains("UTF16"));
        let embedded = font.get::<Stream<'_>>("Encoding").and_then(|stream| stream.decoded().ok());
        let code_bytes = embedded.and_then(|data| CMap::read(&data).code_bytes).or(to_unicode.code_bytes).unwrap_or(2);
        Self {
            code_bytes: if is_utf16 || to_unicode.is_empty() { 2 } else { code_bytes },
            to_unicode,
            simple: BTreeMap::new(),
            is_utf16,
            widths: descendant.get::<Array<'_>>("W").map(|widths| composite_widths(&widths)).unwrap_or_default(),
            other_width: descendant.get::<f64>("DW").unwrap_or(1000.0),
        }
    }
}

const USUAL_WIDTH: f64 = 500.0;

fn simple_encoding(font: &Dict<'_>, descriptor: &Dict<'_>) -> BTreeMap<u32, String> {
    const SYMBOLIC: u32 = 4;
    let is_symbolic = descriptor.get::<u32>("Flags").is_some_and(|flags| flags & SYMBOLIC != 0);
    let by_name = font.get::<Name<'_>>("Encoding");
    let by_table = font.get::<Dict<'_>>("Encoding");
    let base_name = by_table.as_ref().and_then(|table| table.get::<Name<'_>>("BaseEncoding")).or(by_name);
    let base = base_name.and_then(|name| Base::named(name.as_str()));
    // What the letters of a symbolic font without an encoding are is inside the font.
    let base = if base.is_none() && is_symbolic { None } else { base.or(Some(Base::Standard)) };
    let mut meanings: BTreeMap<u32, String> =
        (0..=u8::MAX).filter_map(|code| Some((u32::from(code), base?.character(code)?.to_string()))).collect();
    let differences = by_table.and_then(|table| table.get::<Array<'_>>("Differences"));
    let mut code = 0;
    for entry in differences.iter().flat_map(Array::iter::<Object<'_>>) {
        match entry {
            Object::Number(number) => code = number.as_i64() as u32,
            Object::Name(name) => {
                match glyph_text(name.as_str()) {
                    Some(text) => meanings.insert(code, text),
                    None => meanings.remove(&code),
                };
                code += 1;
            }
            _ => {}
        }
    }
    meanings
}

/// `first [width width …]` or `first last width`.
fn composite_widths(array: &Array<'_>) -> BTreeMap<u32, f64> {
    let mut widths = BTreeMap::new();
    let mut entries = array.iter::<Object<'_>>();
    let whole = |entry: Object<'_>| entry.into_number().map(|number| number.as_i64() as u32);
    while let (Some(first), Some(next)) = (entries.next().and_then(whole), entries.next()) {
        match next {
            Object::Array(list) => widths.extend((first..).zip(list.iter::<f64>())),
            Object::Number(last) => {
                let last = (last.as_i64() as u32).min(first.saturating_add(0xFFFF));
                let width = entries.next().and_then(Object::into_number).map(|number| number.as_f64());
                widths.extend((first..=last).zip(std::iter::repeat(width.unwrap_or_default())));
            }
            _ => {}
        }
    }
    widths
}
