use crate::input::encoding::C1;

/// The encodings that simple fonts begin from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Base {
    /// Adobe's own, where a font says nothing.
    Standard,
    /// Windows-1252.
    WinAnsi,
    /// The Macintosh's.
    MacRoman,
}

impl Base {
    /// The encoding of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "StandardEncoding" => Some(Self::Standard),
            "WinAnsiEncoding" => Some(Self::WinAnsi),
            "MacRomanEncoding" => Some(Self::MacRoman),
            _ => None,
        }
    }

    /// The character of a code.
    pub(super) fn character(self, code: u8) -> Option<char> {
        let high = |table: &str| table.chars().nth(usize::from(code - 0x80)).filter(|c| *c != ' ');
        match (self, code) {
            (Self::Standard, b'\'') => Some('’'),
            (Self::Standard, b'`') => Some('‘'),
            (_, 0x20..=0x7E) | (Self::WinAnsi, 0xA0..) => Some(char::from(code)),
            (_, 0..=0x1F | 0x7F) => None,
            (Self::WinAnsi, 0x80..=0x9F) => Some(C1[usize::from(code - 0x80)]),
            (Self::MacRoman, 0xCA) => Some('\u{a0}'),
            (Self::MacRoman, _) => high(MAC_ROMAN),
            (Self::Standard, _) => high(STANDARD),
        }
    }
}

/// The characters from 80 on; a space where there is none.
const MAC_ROMAN: &str = "ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»… ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\u{f8ff}ÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ";
const STANDARD: &str = "                                 ¡¢£⁄¥ƒ§¤'“«‹›ﬁﬂ –†‡· ¶•‚„”»…‰ ¿ `´ˆ˜¯˘˙¨ ˚¸ ˝˛ˇ—                Æ ª    ŁØŒº     æ   ı  łøœß    ";

/// What the name of a glyph says, as in `eacute`, `f_i`, `uni00E9` or `one.oldstyle`.
pub(super) fn glyph_text(name: &str) -> Option<String> {
    let name = name.split('.').next().filter(|name| !name.is_empty())?;
    name.split('_').map(part_text).collect()
}

fn part_text(name: &str) -> Option<String> {
    let mut letters = name.chars();
    if let (Some(letter), None) = (letters.next(), letters.next()) {
        return letter.is_alphabetic().then(|| letter.to_string());
    }
    if let Some((_, text)) = NAMES.iter().find(|(known, _)| *known == name) {
        return Some((*text).to_owned());
    }
    let hexadecimal = name.strip_prefix("uni").filter(|digits| digits.len() == 4).or_else(|| name.strip_prefix('u'));
    if let Some(c) = hexadecimal.and_then(|digits| u32::from_str_radix(digits, 16).ok()).and_then(char::from_u32) {
        return Some(c.to_string());
    }
    accented(name)
}

/// A letter and its accent, as in `Odieresis`.
fn accented(name: &str) -> Option<String> {
    let letter = name.chars().next().filter(char::is_ascii_alphabetic)?;
    let (_, letters) = ACCENTS.iter().find(|(accent, _)| *accent == &name[1..])?;
    let mut letters = letters.chars();
    while let (Some(plain), Some(with)) = (letters.next(), letters.next()) {
        if plain == letter {
            return Some(with.to_string());
        }
    }
    None
}

/// The letters that have an accent, each before the one with it.
const ACCENTS: [(&str, &str); 14] = [
    ("acute", "AÁEÉIÍOÓUÚYÝaáeéiíoóuúyýCĆcćLĹlĺNŃnńRŔrŕSŚsśZŹzź"),
    ("grave", "AÀEÈIÌOÒUÙaàeèiìoòuù"),
    ("circumflex", "AÂEÊIÎOÔUÛaâeêiîoôuûCĈcĉGĜgĝWŴwŵYŶyŷ"),
    ("dieresis", "AÄEËIÏOÖUÜYŸaäeëiïoöuüyÿ"),
    ("tilde", "AÃNÑOÕaãnñoõIĨiĩUŨuũ"),
    ("ring", "AÅaåUŮuů"),
    ("cedilla", "CÇcçSŞsş"),
    ("caron", "CČcčDĎdďEĚeěNŇnňRŘrřSŠsšTŤtťZŽzž"),
    ("slash", "OØoø"),
    ("macron", "AĀaāEĒeēIĪiīOŌoōUŪuū"),
    ("breve", "AĂaăGĞgğUŬuŭ"),
    ("ogonek", "AĄaąEĘeęIĮiįUŲuų"),
    ("dotaccent", "IİZŻzżEĖeė"),
    ("hungarumlaut", "OŐoőUŰuű"),
];

/// Names of glyphs that are not made of a letter and an accent.
const NAMES: [(&str, &str); 94] = [
    ("space", " "),
    ("nbspace", "\u{a0}"),
    ("nonbreakingspace", "\u{a0}"),
    ("exclam", "!"),
    ("quotedbl", "\""),
    ("numbersign", "#"),
    ("dollar", "$"),
    ("percent", "%"),
    ("ampersand", "&"),
    ("quotesingle", "'"),
    ("parenleft", "("),
    ("parenright", ")"),
    ("asterisk", "*"),
    ("plus", "+"),
    ("comma", ","),
    ("hyphen", "-"),
    ("sfthyphen", "-"),
    ("period", "."),
    ("slash", "/"),
    ("zero", "0"),
    ("one", "1"),
    ("two", "2"),
    ("three", "3"),
    ("four", "4"),
    ("five", "5"),
    ("six", "6"),
    ("seven", "7"),
    ("eight", "8"),
    ("nine", "9"),
    ("colon", ":"),
    ("semicolon", ";"),
    ("less", "<"),
    ("equal", "="),
    ("greater", ">"),
    ("question", "?"),
    ("at", "@"),
    ("bracketleft", "["),
    ("backslash", "\\"),
    ("bracketright", "]"),
    ("asciicircum", "^"),
    ("underscore", "_"),
    ("grave", "`"),
    ("braceleft", "{"),
    ("bar", "|"),
    ("braceright", "}"),
    ("asciitilde", "~"),
    ("exclamdown", "¡"),
    ("cent", "¢"),
    ("sterling", "£"),
    ("yen", "¥"),
    ("section", "§"),
    ("dieresis", "¨"),
    ("copyright", "©"),
    ("guillemotleft", "«"),
    ("guillemotright", "»"),
    ("logicalnot", "¬"),
    ("registered", "®"),
    ("degree", "°"),
    ("plusminus", "±"),
    ("acute", "´"),
    ("mu", "µ"),
    ("paragraph", "¶"),
    ("periodcentered", "·"),
    ("questiondown", "¿"),
    ("AE", "Æ"),
    ("ae", "æ"),
    ("OE", "Œ"),
    ("oe", "œ"),
    ("germandbls", "ß"),
    ("Eth", "Ð"),
    ("eth", "ð"),
    ("Thorn", "Þ"),
    ("thorn", "þ"),
    ("dotlessi", "ı"),
    ("multiply", "×"),
    ("divide", "÷"),
    ("quoteleft", "‘"),
    ("quoteright", "’"),
    ("quotesinglbase", "‚"),
    ("quotedblleft", "“"),
    ("quotedblright", "”"),
    ("quotedblbase", "„"),
    ("guilsinglleft", "‹"),
    ("guilsinglright", "›"),
    ("endash", "–"),
    ("emdash", "—"),
    ("bullet", "•"),
    ("ellipsis", "…"),
    ("Euro", "€"),
    ("ff", "ff"),
    ("fi", "fi"),
    ("fl", "fl"),
    ("ffi", "ffi"),
    ("ffl", "ffl"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_hold_the_characters_at_their_codes() {
        assert_eq!((MAC_ROMAN.chars().count(), STANDARD.chars().count()), (128, 128));
        let codes = [
            (Base::MacRoman, 0x8A, 'ä'),
            (Base::MacRoman, 0x8C, 'å'),
            (Base::MacRoman, 0xD5, '’'),
            (Base::MacRoman, 0xFF, 'ˇ'),
            (Base::Standard, 0xA1, '¡'),
            (Base::Standard, 0xAE, 'ﬁ'),
            (Base::Standard, 0xD0, '—'),
            (Base::Standard, 0xE1, 'Æ'),
            (Base::Standard, 0xFB, 'ß'),
            (Base::Standard, 0x27, '’'),
            (Base::WinAnsi, 0x92, '’'),
            (Base::WinAnsi, 0xE5, 'å'),
        ];
        for (base, code, expected) in codes {
            assert_eq!(base.character(code), Some(expected), "{base:?} {code:X}");
        }
        assert_eq!(Base::Standard.character(0xFF), None);
    }

    #[test]
    fn glyph_names_are_understood() {
        for (name, expected) in [
            ("a", "a"),
            ("odieresis", "ö"),
            ("Aring", "Å"),
            ("fi", "fi"),
            ("f_f_i", "ffi"),
            ("uni00E9", "é"),
            ("u1F600", "😀"),
            ("one.oldstyle", "1"),
            ("scaron", "š"),
            ("Oslash", "Ø"),
            ("quoteright", "’"),
        ] {
            assert_eq!(glyph_text(name).as_deref(), Some(expected), "{name}");
        }
        for name in ["g12", ".notdef", "C0001", "", "qacute"] {
            assert_eq!(glyph_text(name), None, "{name}");
        }
    }
}
