use std::collections::BTreeMap;

/// What the character codes of a font mean: a `ToUnicode` table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct CMap {
    /// How many bytes a code has, where the table says so.
    pub(super) code_bytes: Option<usize>,
    meanings: BTreeMap<u32, String>,
}

impl CMap {
    /// Reads the table in `data`; what makes no sense in it is passed over.
    pub(super) fn read(data: &[u8]) -> Self {
        let mut cmap = Self::default();
        let tokens = Tokens { data, at: 0 };
        let mut section = Vec::new();
        for token in tokens {
            match token {
                Token::Word(b"begincodespacerange" | b"beginbfchar" | b"beginbfrange") => section.clear(),
                Token::Word(b"endcodespacerange") => {
                    let longest = section.iter().filter_map(Token::bytes).map(<[u8]>::len).max();
                    cmap.code_bytes = cmap.code_bytes.max(longest);
                }
                Token::Word(b"endbfchar") => {
                    for pair in section.chunks_exact(2) {
                        if let (Some(code), Some(text)) = (pair[0].bytes(), pair[1].bytes()) {
                            cmap.meanings.insert(number(code), utf16(text));
                        }
                    }
                }
                Token::Word(b"endbfrange") => cmap.take_ranges(&section),
                other => section.push(other),
            }
        }
        cmap
    }

    /// What a code means.
    pub(super) fn meaning(&self, code: u32) -> Option<&str> {
        self.meanings.get(&code).map(String::as_str)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.meanings.is_empty()
    }

    /// `<first> <last> <text>`, the last unit of the text counting up, or `<first> <last> [<text> <text> …]`.
    fn take_ranges(&mut self, section: &[Token<'_>]) {
        let mut rest = section.iter();
        while let (Some(first), Some(last), Some(target)) = (rest.next(), rest.next(), rest.next()) {
            let (Some(first), Some(last)) = (first.bytes().map(number), last.bytes().map(number)) else { continue };
            let codes = first..=last.min(first.saturating_add(LONGEST_RANGE));
            match target {
                Token::Open => {
                    let texts = rest.by_ref().take_while(|token| !matches!(token, Token::Close));
                    let texts: Vec<_> = texts.filter_map(Token::bytes).collect();
                    self.meanings.extend(codes.zip(texts.into_iter().map(utf16)));
                }
                Token::Bytes(text) if text.len() >= 2 => {
                    let (start, end) = text.split_at(text.len() - 2);
                    let last_unit = u32::from(u16::from_be_bytes([end[0], end[1]]));
                    for (step, code) in (0..).zip(codes) {
                        let unit = ((last_unit + step) as u16).to_be_bytes();
                        self.meanings.insert(code, utf16(&[start, &unit].concat()));
                    }
                }
                _ => {}
            }
        }
    }
}

const LONGEST_RANGE: u32 = 0xFFFF;

fn number(bytes: &[u8]) -> u32 {
    bytes.iter().take(4).fold(0, |number, byte| (number << 8) | u32::from(*byte))
}

fn utf16(bytes: &[u8]) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    let units = units.iter().map(|unit| u16::from_be_bytes(*unit));
    char::decode_utf16(units).filter_map(Result::ok).filter(|c| *c != '\0').collect()
}

/// A piece of a table of codes.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token<'a> {
    Bytes(Vec<u8>),
    Open,
    Close,
    Word(&'a [u8]),
}

impl Token<'_> {
    fn bytes(&self) -> Option<&[u8]> {
        match self {
            Self::Bytes(bytes) => Some(bytes),
            _ => None,
        }
    }
}

#[derive(Debug)]
struct Tokens<'a> {
    data: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Tokens<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        loop {
            let byte = *self.data.get(self.at)?;
            self.at += 1;
            match byte {
                b'%' => self.until(|byte| byte == b'\n' || byte == b'\r'),
                b'[' => return Some(Token::Open),
                b']' => return Some(Token::Close),
                b'<' if self.data.get(self.at) != Some(&b'<') => {
                    let start = self.at;
                    self.until(|byte| byte == b'>');
                    return Some(Token::Bytes(hexadecimal(&self.data[start..self.at])));
                }
                byte if is_space(byte) || matches!(byte, b'<' | b'>' | b'(' | b')') => {}
                _ => {
                    let start = self.at - 1;
                    self.until(|byte| is_space(byte) || matches!(byte, b'[' | b']' | b'<' | b'>' | b'/'));
                    return Some(Token::Word(&self.data[start..self.at]));
                }
            }
        }
    }
}

impl Tokens<'_> {
    fn until(&mut self, end: impl Fn(u8) -> bool) {
        while self.data.get(self.at).is_some_and(|byte| !end(*byte)) {
            self.at += 1;
        }
    }
}

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'\0')
}

/// An odd last digit stands before a zero.
fn hexadecimal(text: &[u8]) -> Vec<u8> {
    let digits: Vec<u8> =
        text.iter().filter_map(|byte| char::from(*byte).to_digit(16)).map(|digit| digit as u8).collect();
    digits.chunks(2).map(|pair| (pair[0] << 4) | pair.get(1).copied().unwrap_or_default()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_ranges_and_lists_are_read() {
        let cmap = CMap::read(
            b"/CMapName /X def 1 begincodespacerange <0000> <FFFF> endcodespacerange\n2 beginbfchar <0003> <0020> <0010><D83DDE00> endbfchar\n\
              % a remark\n3 beginbfrange <0024> <0026> <0041> <0030> <0031> [<00660069> <00E5>] <0040> <FFFFFFFF> <0061> endbfrange",
        );
        assert_eq!(cmap.code_bytes, Some(2));
        let meanings: Vec<_> = [3, 0x10, 0x24, 0x26, 0x30, 0x31, 0x41].map(|code| cmap.meaning(code).unwrap()).into();
        assert_eq!(meanings, [" ", "😀", "A", "C", "fi", "å", "b"]);
        assert_eq!(cmap.meaning(0x27), None);
        assert_eq!(CMap::read(b"<<<>[ beginbfrange <00> endbfrange <"), CMap::default());
    }
}
