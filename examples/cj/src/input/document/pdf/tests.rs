use std::fmt::Write;

use super::text;

/// A PDF with these pages (their instructions) and fonts `/F1`, `/F2`, …, each with the objects that it needs.
fn pdf(pages: &[&str], fonts: &[&str], more: &[&str]) -> Vec<u8> {
    let first_font = 3 + 2 * pages.len();
    let first_more = first_font + fonts.len();
    let kids: String = (0..pages.len()).fold(String::new(), |mut kids, page| {
        write!(kids, "{} 0 R ", 3 + 2 * page).unwrap();
        kids
    });
    let mut objects = vec![
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        format!("<< /Type /Pages /Kids [{kids}] /Count {} >>", pages.len()),
    ];
    let named: String = (0..fonts.len()).fold(String::new(), |mut named, font| {
        write!(named, "/F{} {} 0 R ", font + 1, first_font + font).unwrap();
        named
    });
    for (i, page) in pages.iter().enumerate() {
        let contents = 4 + 2 * i;
        objects.push(format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 400 600] /Resources << /Font << {named} >> >> /Contents {contents} 0 R >>"
        ));
        objects.push(format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()));
    }
    for object in fonts.iter().chain(more) {
        objects.push(object.replace("MORE", &first_more.to_string()).replace("NEXT", &(first_more + 1).to_string()));
    }
    let mut file = "%PDF-1.4\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        write!(file, "{number} 0 obj\n{object}\nendobj\n").unwrap();
    }
    let start = file.len();
    write!(file, "xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).unwrap();
    for place in places {
        writeln!(file, "{place:010} 00000 n ").unwrap();
    }
    write!(file, "trailer << /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF", objects.len() + 1).unwrap();
    file.into_bytes()
}

const HELVETICA: &str = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>";

#[test]
fn lines_are_joined_to_paragraphs() {
    // Characters are 5 wide: the first two lines are as full as they can be.
    let page = "BT /F1 10 Tf 14 TL 50 500 Td (The first paragraph is so long that) Tj T* (it goes on, with a fianc\\351e, to a third) Tj \
        T* (line.) Tj T* [(A sec) -20 (ond) -300 (para) 10 (graph.)] TJ 0 -40 Td (After a gap.) Tj ET";
    assert_eq!(
        text(&pdf(&[page], &[HELVETICA], &[])).unwrap(),
        "The first paragraph is so long that it goes on, with a fiancée, to a third line.\n\nA second paragraph.\n\nAfter a gap."
    );
}

#[test]
fn composite_fonts_and_words_without_spaces_are_read() {
    let fonts = [
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [MORE 0 R] /ToUnicode NEXT 0 R >>",
    ];
    let table = "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0001> <001A> <0061> endbfrange \
        1 beginbfchar <0020> <FB01> endbfchar";
    let table = format!("<< /Length {} >>\nstream\n{table}\nendstream", table.len());
    let descendant = "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /DW 1000 /W [1 [500 500] 3 26 600] >>";
    let page = "q 2 0 0 2 0 0 cm BT /F1 10 Tf 1 0 0 1 20 200 Tm <000100020003> Tj 1 0 0 1 40 200 Tm <00200004> Tj ET Q";
    assert_eq!(text(&pdf(&[page], &fonts, &[descendant, &table])).unwrap(), "abc fid");
    let unknown = ["<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [MORE 0 R] >>"];
    let flaw = text(&pdf(&[page], &unknown, &[descendant])).unwrap_err();
    assert!(flaw.found.contains("does not say which letters"), "{}", flaw.found);
}

#[test]
fn encodings_of_single_letters_are_respected() {
    let font = "<< /Type /Font /Subtype /Type1 /BaseFont /X /Encoding << /Differences [1 /a /odieresis /f_i /quoteright /space] >> >>";
    let page = "BT /F1 10 Tf 50 500 Td <0102050304> Tj ET";
    assert_eq!(text(&pdf(&[page], &[font], &[])).unwrap(), "aö fi’");
}

#[test]
fn forms_are_read_and_rotated_text_too() {
    let page = "BT /F1 10 Tf 0 1 -1 0 200 100 Tm (Upwards) Tj 0 -12 Td (next) Tj ET";
    assert_eq!(text(&pdf(&[page], &[HELVETICA], &[])).unwrap(), "Upwards next");
}

#[test]
fn page_numbers_and_what_is_on_every_page_are_left_out() {
    let page = |number: u32, words: &str| {
        format!(
            "BT /F1 10 Tf 50 570 Td (Anna Ek, class 9) Tj 0 -70 Td ({words}) Tj 0 -14 Td (goes on) Tj 0 -440 Td ({number}) Tj ET"
        )
    };
    let pages = [page(1, "The text of the first page that"), page(2, "through to the end of the second")];
    let pages: Vec<_> = pages.iter().map(String::as_str).collect();
    let found = text(&pdf(&pages, &[HELVETICA], &[])).unwrap();
    assert!(!found.contains("Anna") && !found.contains(|c: char| c.is_ascii_digit()), "{found}");
    assert!(found.starts_with("The text of the first page that") && found.ends_with("goes on"), "{found}");
}

#[test]
fn hyphens_at_line_ends_go_where_hyphenation_is_automatic() {
    let lines = |broken: &[&str]| {
        let shown: String = broken.iter().fold(String::new(), |mut shown, line| {
            write!(shown, "({line}) Tj T* ").unwrap();
            shown
        });
        text(&pdf(&[&format!("BT /F1 10 Tf 14 TL 50 500 Td {shown} ET")], &[HELVETICA], &[])).unwrap()
    };
    assert_eq!(
        lines(&[
            "Every line of this para-",
            "graph has been hyphen-",
            "ated, and so all of the hy-",
            "phens can be taken away"
        ]),
        "Every line of this paragraph has been hyphenated, and so all of the hyphens can be taken away"
    );
    assert_eq!(
        lines(&["This one is about a well-", "known person and her work"]),
        "This one is about a well-known person and her work"
    );
}

#[test]
fn what_has_no_text_is_told() {
    let told = |bytes: &[u8]| text(bytes).unwrap_err().found;
    assert!(told(&pdf(&["0 0 m 10 10 l S"], &[], &[])).contains("a scan?"));
    assert_eq!(told(b"just text"), "a file of another kind, or a damaged one");
    assert_eq!(told(b"%PDF-1.4 cut off"), "a file of another kind, or a damaged one");
}

#[test]
fn damaged_files_do_no_harm() {
    let sound = pdf(&["BT /F1 10 Tf 50 500 Td (Some text) Tj ET"], &[HELVETICA], &[]);
    for cut in (0..sound.len()).step_by(37) {
        drop(text(&sound[..cut]));
        let mut bent = sound.clone();
        bent[cut] ^= 0x2A;
        drop(text(&bent));
    }
}
