use std::{fs, path::Path};

use tempfile::TempDir;

use super::{Essay, read_anchor_scores, read_essays, read_names};

/// A folder with the given files.
fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn ids(essays: &[Essay]) -> Vec<&str> {
    essays.iter().map(|essay| essay.id.as_str()).collect()
}

fn problems(path: &Path, root: &TempDir) -> Vec<String> {
    let text = read_essays(path).unwrap_err().to_string();
    text.replace(&root.path().display().to_string(), "ROOT").lines().map(str::to_owned).collect()
}

#[test]
fn a_folder_gives_its_documents_and_those_below() {
    let root = folder(&[
        ("b.txt", "\u{feff}Second\r\n\r\nparagraph\n\n"),
        ("a.MD", "First"),
        ("class 2/c.text", "Third"),
        (".hidden.txt", "no"),
        (".git/x.txt", "no"),
        ("~$b.txt", "no"),
        ("picture.jpg", "no"),
        ("Thumbs.db", "no"),
    ]);
    let set = read_essays(root.path()).unwrap();
    assert_eq!(ids(&set.essays), ["A", "B", "C"]);
    assert_eq!(set.essays[1].text, "Second\n\nparagraph");
    assert_eq!(set.remarks, ["2 files that are no documents were passed over (endings: .db, .jpg)"]);
}

#[test]
fn everything_wrong_with_a_folder_is_told_at_once() {
    let root = folder(&[("a.txt", "x"), ("sub/A.md", "y"), ("old.doc", "z"), ("åä.txt", "z"), ("t.docx", "z")]);
    assert_eq!(
        problems(root.path(), &root),
        [
            "ROOT/old.doc: expected essays (.txt, .md, .docx, .odt or .pdf), found a document that cannot be read: save it as .docx, .odt, .pdf or .txt",
            "ROOT/sub/A.md: expected an id of its own, found `A`, which is also that of ROOT/a.txt",
            "ROOT/t.docx: expected a Word document (.docx), found a file of another kind, or a damaged one",
            "ROOT/åä.txt: expected a name with a letter from A to Z or a digit, to make an id of, found `åä`",
        ]
    );
}

#[test]
fn a_blank_essay_is_an_essay_without_a_text() {
    let root = folder(&[("a.txt", "x"), ("b.md", " \n\n"), ("c.txt", ""), ("m.csv", "id,text\nd,y\ne,\nf, \n")]);
    let texts = |path: &Path| {
        let essays = read_essays(path).unwrap().essays;
        essays.into_iter().map(|essay| essay.text).collect::<Vec<_>>()
    };
    assert_eq!(texts(root.path()), ["x", "", ""]);
    assert_eq!(texts(&root.path().join("m.csv")), ["y", "", ""]);
}

#[test]
fn the_task_and_the_rubric_beside_essays_are_no_essays() {
    let root = folder(&[("a.txt", "x"), ("prompt.txt", "p"), ("rubric.txt", "r"), ("sub/prompt.txt", "an essay")]);
    let set = read_essays(root.path()).unwrap();
    assert_eq!(ids(&set.essays), ["A", "PROMPT"]);
    assert_eq!(set.remarks, ["prompt.txt and rubric.txt are taken for the task and the rubric, not for essays"]);
}

#[test]
fn a_folder_without_essays_and_a_single_document_are_refused() {
    let root = folder(&[("one/essay.docx", "x")]);
    let empty = tempfile::tempdir().unwrap();
    assert_eq!(
        problems(empty.path(), &empty),
        ["ROOT: expected essays (.txt, .md, .docx, .odt or .pdf), found an empty folder"]
    );
    assert!(problems(&root.path().join("one/essay.docx"), &root)[0].contains("found a single document"));
    assert!(read_essays(&root.path().join("gone")).unwrap_err().lines()[0].starts_with("cannot read "));
}

#[test]
fn a_manifest_gives_texts_qualities_grades_and_titles() {
    let root = folder(&[(
        "m.csv",
        "\"ID\",\"text\",\"theta_true\",\"grade\",\"title\"\n\"s-1\",\"One\n\nmore\",-1.25,,First\ns 2,Two,,B,\n",
    )]);
    let essays = read_essays(&root.path().join("m.csv")).unwrap().essays;
    assert_eq!(ids(&essays), ["S_1", "S_2"]);
    assert_eq!((essays[0].text.as_str(), essays[0].quality), ("One\n\nmore", Some(-1.25)));
    assert_eq!((essays[0].title.as_deref(), essays[1].grade.as_deref()), (Some("First"), Some("B")));
    assert_eq!((essays[1].name.as_str(), essays[1].quality), ("s 2", None));
}

#[test]
fn a_manifest_names_files_beside_it() {
    let root = folder(&[
        ("texts/a.txt", "A text"),
        ("b.txt", "B text"),
        ("left out.txt", "C"),
        ("manifest.csv", "name,file,quality\nx,texts/a.txt,1\ny,b.txt,2\n"),
    ]);
    let essays = read_essays(root.path()).unwrap().essays;
    assert_eq!(ids(&essays), ["X", "Y"]);
    assert_eq!(essays[0].text, "A text");

    let by_name =
        folder(&[("in/anna ek.txt", "Anna"), ("bo.md", "Bo"), ("manifest.csv", "id;grade\nAnna-Ek;C\nbo.md;D\n")]);
    let essays = read_essays(by_name.path()).unwrap().essays;
    assert_eq!((essays[0].text.as_str(), essays[1].text.as_str()), ("Anna", "Bo"));
}

#[test]
fn everything_wrong_with_the_documents_of_a_manifest_is_told() {
    let root = folder(&[("e.docx", ""), ("m.csv", "id,file\na 1,e.docx\na-1,e.docx\n")]);
    assert_eq!(
        problems(&root.path().join("m.csv"), &root),
        [
            "ROOT/e.docx: expected a Word document (.docx), found a file of another kind, or a damaged one",
            "ROOT/m.csv, line 3, column `id`: expected an id of its own, found `A_1`, which is also that of line 2",
        ]
    );
    let gone = folder(&[("m.csv", "id,file,quality\na,gone.txt,1\nb,,2\nc,m.csv,x\n")]);
    assert_eq!(
        problems(&gone.path().join("m.csv"), &gone),
        [
            "ROOT/m.csv, line 2, column `file`: expected a document in ROOT, found `gone.txt`, which is not there",
            "ROOT/m.csv, line 3, column `file`: expected the name of a document, found nothing",
            "ROOT/m.csv, line 4, column `quality`: expected a number, or nothing, found `x`",
        ]
    );
}

#[test]
fn names_come_from_the_named_column_or_the_first() {
    let root = folder(&[("i.csv", "note,ID\nx,a\ny,b\n"), ("j.csv", "who\nAda\nBo\nAda\n")]);
    assert_eq!(read_names(&root.path().join("i.csv"), &["id"]).unwrap(), ["a", "b"]);
    let error = read_names(&root.path().join("j.csv"), &["judge"]).unwrap_err().to_string();
    assert!(
        error.ends_with("j.csv, line 4, column `who`: expected every name once, found `Ada` again, after line 2"),
        "{error}"
    );
}

#[test]
fn anchors_are_exact_or_have_an_sd() {
    let root = folder(&[("a.csv", "id,score,sd\na,1.5,\nb,-1,0.25\n"), ("b.csv", "id,score\na,\na,x\n")]);
    let anchors = read_anchor_scores(&root.path().join("a.csv")).unwrap();
    assert_eq!((anchors[0].score, anchors[0].sd), (1.5, None));
    assert_eq!((anchors[1].id.as_str(), anchors[1].sd), ("b", Some(0.25)));
    assert_eq!(read_anchor_scores(&root.path().join("b.csv")).unwrap_err().to_string().lines().count(), 2);
}
