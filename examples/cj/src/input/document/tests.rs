use miniz_oxide::deflate::compress_to_vec;

use super::{docx, odt};

/// A ZIP archive with one part after the other, packed.
fn archive(parts: &[(&str, &str)]) -> Vec<u8> {
    let (mut bytes, mut directory) = (Vec::new(), Vec::new());
    for (name, text) in parts {
        let packed = compress_to_vec(text.as_bytes(), 6);
        let mut about = Vec::new();
        about.extend([20, 0, 0, 0, 8, 0, 0, 0, 0, 0]);
        about.extend(rawzip::crc32(text.as_bytes()).to_le_bytes());
        about.extend((packed.len() as u32).to_le_bytes());
        about.extend((text.len() as u32).to_le_bytes());
        about.extend((name.len() as u16).to_le_bytes());
        about.extend([0, 0]);
        directory.extend(b"PK\x01\x02\x14\0");
        directory.extend(&about);
        directory.extend([0; 10]);
        directory.extend((bytes.len() as u32).to_le_bytes());
        directory.extend(name.as_bytes());
        bytes.extend(b"PK\x03\x04");
        bytes.extend(&about);
        bytes.extend(name.as_bytes());
        bytes.extend(packed);
    }
    let (start, count) = (bytes.len() as u32, parts.len() as u16);
    bytes.extend(&directory);
    bytes.extend(b"PK\x05\x06\0\0\0\0");
    bytes.extend(count.to_le_bytes());
    bytes.extend(count.to_le_bytes());
    bytes.extend((directory.len() as u32).to_le_bytes());
    bytes.extend(start.to_le_bytes());
    bytes.extend([0, 0]);
    bytes
}

fn docx_text(body: &str) -> String {
    let xml = format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><w:document xmlns:w="w" xmlns:mc="mc"><w:body>{body}</w:body></w:document>"#
    );
    docx::text(&archive(&[("word/document.xml", &xml)])).unwrap()
}

fn odt_text(body: &str) -> String {
    let xml = format!(
        "<office:document-content><office:automatic-styles><x>no</x></office:automatic-styles>\
         <office:body><office:text>\n{body}\n</office:text></office:body></office:document-content>"
    );
    odt::text(&archive(&[("mimetype", "application/vnd.oasis.opendocument.text"), ("content.xml", &xml)])).unwrap()
}

#[test]
fn word_paragraphs_are_kept_and_words_split_over_runs_are_whole() {
    let body = r#"<w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>To</w:t></w:r><w:r><w:t xml:space="preserve">gether </w:t></w:r><w:r><w:t>&amp; &#229;lone</w:t><w:br/><w:t>next line</w:t></w:r></w:p>
      <w:p/><w:p><w:r><w:t>One</w:t><w:tab/><w:t>two</w:t></w:r></w:p>"#;
    assert_eq!(docx_text(body), "Together & ålone\nnext line\n\nOne\ttwo");
}

#[test]
fn tracked_changes_in_word_are_accepted() {
    let body = r"<w:p><w:r><w:t>kept</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del><w:ins><w:r><w:t> new</w:t></w:r></w:ins>
      <w:moveFrom><w:r><w:t>moved away</w:t></w:r></w:moveFrom><w:r><w:instrText>PAGE</w:instrText></w:r></w:p>";
    assert_eq!(docx_text(body), "kept new");
}

#[test]
fn a_text_box_in_word_is_a_paragraph_of_its_own_and_comes_once() {
    let body = "<w:p><w:r><w:t>around</w:t></w:r><w:r><mc:AlternateContent><mc:Choice><w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p>\
      </w:txbxContent></mc:Choice><mc:Fallback><w:p><w:r><w:t>boxed</w:t></w:r></w:p></mc:Fallback></mc:AlternateContent></w:r></w:p>";
    assert_eq!(docx_text(body), "boxed\n\naround");
}

#[test]
fn the_package_says_where_the_word_document_is() {
    let relations = r#"<Relationships><Relationship Type="http://x/relationships/officeDocument" Target="/word/document2.xml"/></Relationships>"#;
    let parts = [("_rels/.rels", relations), ("word/document2.xml", "<w:p><w:r><w:t>here</w:t></w:r></w:p>")];
    assert_eq!(docx::text(&archive(&parts)).unwrap(), "here");
}

#[test]
fn open_document_paragraphs_are_kept() {
    let body = "<text:h>Title</text:h><text:p>One\n   two<text:s text:c=\"2\"/>three<text:line-break/>four \
       <text:span>five</text:span><text:note><text:note-body><text:p>note</text:p></text:note-body></text:note>.</text:p>\
       <text:p/><text:tracked-changes><text:p>gone</text:p></text:tracked-changes><text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>";
    assert_eq!(odt_text(body), "Title\n\nOne two  three\nfour five.\n\nitem");
}

#[test]
fn what_is_no_document_is_told() {
    let told = |bytes: &[u8]| docx::text(bytes).unwrap_err().found;
    assert_eq!(told(b"\xD0\xCF\x11\xE0 and so on"), "an old Office document, or one with a password");
    assert_eq!(told(b"just text"), "a file of another kind, or a damaged one");
    assert_eq!(told(&archive(&[("a", "b")])), "an archive without word/document.xml");
    let mut damaged = archive(&[("word/document.xml", "<w:p><w:t>some text that is packed</w:t></w:p>")]);
    damaged[60] ^= 0x55;
    assert!(told(&damaged).contains("a damaged one"));
    let open = archive(&[("word/document.xml", "<w:p></w:q>")]);
    assert!(told(&open).contains("a damaged one"));
}
