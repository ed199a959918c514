//! What `cj run` refuses: one line says what and where, and nothing is half-written.
use std::{fs, path::Path};

use cj_core::store::Store;
use cj_storage_sqlite::SqliteStore;
use sqlx::Connection as _;

use crate::support::{Call, Files, cj, manifest};

/// Runs with options that are refused; neither a store nor anything else is made.
fn refused(files: &Files, options: &[&str]) -> String {
    let before = files.names();
    let line = cj().arg("run").args(options).store(files.path("new.db")).refused();
    assert_eq!(files.names(), before, "{options:?}: {line}");
    line
}

/// Calls that need no essays to be read.
fn migrate(store: &Path) -> Call {
    cj().arg("migrate").store(store)
}

#[test]
fn essays_that_cannot_be_compared_are_named() {
    let files = Files::new(&[
        ("one.csv", "id,text,quality\na,One,1\n"),
        ("header.csv", "id,text,quality\n"),
        ("twice.csv", "id,text,quality\na,One,1\nA,Two,2\n"),
        ("text.csv", "id,quality\na,1\nb,2\n"),
        ("file.csv", "id,file,quality\na,gone.txt,1\n"),
        ("number.csv", "id,text,quality\na,One,1\nb,Two,high\n"),
        ("nan.csv", "id,text,quality\na,One,1\nb,Two,NaN\n"),
        ("blank.csv", "id,text,quality\na,One,1\nb,,2\nc, ,3\n"),
        ("anchors.csv", "id,text,quality,grade\na,One,1,A\nb,Two,2,B\n"),
        ("grade.csv", "id,text,quality,grade\na,One,1,\nb,Two,2,Z\n"),
        ("empty.csv", ""),
        ("essay.txt", "One essay alone."),
        ("essay.docx", "no Word document"),
    ]);
    for folder in ["empty", "alone", "damaged"] {
        fs::create_dir(files.path(folder)).unwrap();
    }
    fs::write(files.path("alone/essay.txt"), "One essay alone.").unwrap();
    fs::copy(files.path("essay.docx"), files.path("damaged/essay.docx")).unwrap();
    for (essays, expected) in [
        ("empty", "empty: expected essays (.txt, .md, .docx, .odt or .pdf), found an empty folder"),
        ("alone", "alone: expected at least 2 essays to compare, found 1"),
        ("damaged", "essay.docx: expected a Word document (.docx), found a file of another kind"),
        ("one.csv", "one.csv: expected at least 2 essays to compare, found 1"),
        ("header.csv", "header.csv: expected rows with essays, found a header line only"),
        ("empty.csv", "empty.csv: expected a header line and rows, found an empty file"),
        ("twice.csv", "twice.csv, line 3, column `id`: expected an id of its own, found `A`"),
        ("file.csv", "file.csv, line 2, column `file`: expected a document in "),
        ("number.csv", "number.csv, line 3, column `quality`: expected a number, or nothing, found `high`"),
        ("nan.csv", "nan.csv, line 3, column `quality`: expected a number, or nothing, found `NaN`"),
        ("blank.csv", "blank.csv: expected at least 2 essays to compare, found 1 and 2 without a text"),
        ("anchors.csv", "anchors.csv: every essay is an anchor"),
        ("gone", "gone: No such file or directory"),
        ("essay.txt", "essay.txt: expected a folder of essays, or a manifest (CSV), found a single document"),
        ("essay.txt/deeper", "essay.txt/deeper: Not a directory"),
    ] {
        let line = refused(&files, &[files.path(essays).to_str().unwrap()]);
        assert!(line.contains(expected), "{essays}: {line}");
    }
    let line = refused(&files, &[files.path("grade.csv").to_str().unwrap(), "--scale", "swedish_8_anchor"]);
    assert!(line.contains("anchor B: expected a grade of swedish_8_anchor (") && line.contains("found `Z`"), "{line}");
    // Every row that names no document is told, a line each.
    let ended = cj().arg("run").arg(files.path("text.csv")).store(files.path("new.db")).run();
    assert_eq!((ended.code, ended.stderr.lines().count()), (2, 2), "{}", ended.stderr);
    assert!(ended.stderr.contains("line 2, column `id`: expected a document of this name in "), "{}", ended.stderr);
    assert!(ended.stderr.contains("(there is no column `text` or `file`)"), "{}", ended.stderr);
}

#[test]
fn a_judge_has_to_be_named_and_known() {
    let files = Files::new(&[
        ("m.csv", &manifest(4)),
        ("plain.csv", "id,text\na,One\nb,Two\n"),
        ("column.csv", "judge,left,winner\nj,a,a\n"),
        ("self.csv", "left,right,winner\na,b,a\na,c,a\nb,c,c\nc,a,a\nb,a,a\nc,c,c\n"),
        ("header.csv", "left,right,winner\n"),
    ]);
    fs::create_dir(files.path("folder")).unwrap();
    let (essays, plain) = (files.path("m.csv"), files.path("plain.csv"));
    let (essays, plain) = (essays.to_str().unwrap(), plain.to_str().unwrap());
    let replay = |name: &str| format!("replay:{}", files.path(name).display());
    for (options, expected) in [
        (&[][..], "expected a folder of essays or a manifest, found neither"),
        (&[plain], "no judge was named, and nobody says how good A truly is: choose --judge `simulated`"),
        (&[plain, "--judge", "simulated"], "the manifest does not say the quality of A; expected a number in a column"),
        (&[essays, "--judge", "nobody"], "--judge nobody: expected `simulated`"),
        (&[essays, "--judge", "replay:"], "--judge replay:: expected `simulated`"),
        (&["--judge", &replay("gone.csv")], "gone.csv: No such file or directory"),
        (&["--judge", &replay("folder")], "folder: expected a file, found a folder"),
        (
            &["--judge", &replay("column.csv")],
            "column.csv, line 1: expected a column `right`, found the columns `judge`, `left`, `winner`",
        ),
        (&["--judge", &replay("self.csv")], "self.csv, line 7, column `right`: expected another item"),
        (&["--judge", &replay("header.csv")], "header.csv: expected rows with judgements, found none"),
    ] {
        let line = refused(&files, options);
        assert!(line.contains(expected), "{options:?}: {line}");
    }
}

#[test]
fn options_out_of_bounds_are_named() {
    let files = Files::new(&[("m.csv", &manifest(6)), ("empty.txt", " ")]);
    fs::create_dir(files.path("folder")).unwrap();
    let path = |name: &str| files.path(name).display().to_string();
    let (essays, folder, gone, empty, file) =
        (path("m.csv"), path("folder"), path("gone"), path("empty.txt"), path("m.csv/x"));
    for (option, value, expected) in [
        ("--scale", "nonsense", "--scale: unknown grade scale \"nonsense\": expected one of swedish_8_anchor, "),
        ("--strategy", "best", "--strategy best: expected one of round-robin, balanced, "),
        ("--strategy", "given", "--strategy given: expected one of "),
        ("--strategy", "anchored", "--strategy anchored: expected one of "),
        ("--budget", "4", "--budget 4: expected at least 5, without which 6 essays cannot be connected"),
        ("--budget", "0", "budget: expected at least 1, found 0"),
        ("--budget", "-1", "'-1' for '--budget <N>': expected a whole number from 0 on"),
        ("--budget", "many", "'many' for '--budget <N>': expected a whole number from 0 on"),
        ("--sample", "-3", "'-3' for '--sample <N>': expected a whole number from 0 on"),
        ("--sample", "1", "expected at least 2 essays to compare, found 1 in a sample of 1"),
        ("--target-reliability", "nan", "target_reliability: expected a share from 0 to 1, found NaN"),
        ("--target-reliability", "1.5", "target_reliability: expected a share from 0 to 1, found 1.5"),
        ("--target-reliability", "-0.5", "target_reliability: expected a share from 0 to 1, found -0.5"),
        ("--noise", "-1", "--noise -1: expected a number from 0 on"),
        ("--noise", "nan", "--noise NaN: expected a number from 0 on"),
        ("--position-bias", "inf", "--position-bias inf: expected a number"),
        ("--lapse", "-0.1", "--lapse -0.1: expected a share from 0 to 1"),
        ("--lapse", "1.01", "--lapse 1.01: expected a share from 0 to 1"),
        ("--failure-rate", "NaN", "--failure-rate NaN: expected a share from 0 to 1"),
        ("--failure-rate", "half", "'half' for '--failure-rate <F>': expected a number"),
        ("--delay", "-5", "--delay -5: expected seconds from 0 to 86400"),
        ("--delay", "inf", "--delay inf: expected seconds from 0 to 86400"),
        ("--format", "xml", "'xml' for '--format <FORMAT>' [possible values: table, json, csv]"),
        ("--prompt", &gone, "gone: No such file or directory"),
        ("--prompt", &folder, "folder: Is a directory"),
        ("--rubric", &empty, "empty.txt: expected a text, found nothing"),
        ("--anchors", &gone, "gone: No such file or directory"),
        ("--anchors", &essays, "m.csv: anchor E000 has no grade; expected a column `grade`"),
        ("--report", &folder, "folder: expected a file, found a folder"),
        ("--report", &format!("{gone}/r.html"), "there is no folder "),
        ("--out", &essays, "m.csv: expected a folder, found the file "),
        ("--out", &file, "m.csv/x: expected a folder, found the file "),
    ] {
        let line = refused(&files, &[&essays, option, value]);
        assert!(line.contains(expected), "{option} {value}: {line}");
    }
}

#[test]
fn a_store_that_is_none_is_named_and_left_alone() {
    let text = "This is no database, although it may well be longer than the header of one. ".repeat(4);
    let files = Files::new(&[("m.csv", &manifest(4)), ("notes.txt", &text)]);
    fs::create_dir(files.path("folder")).unwrap();
    let before = files.names();
    let inside = |name: &str| files.path(name).display().to_string();
    for (store, expected) in [
        (inside("gone/cj.db"), "gone/cj.db: there is no folder "),
        (inside("notes.txt/cj.db"), "notes.txt/cj.db: there is no folder "),
        (inside("folder"), "folder: expected a SQLite file, found a folder"),
        (inside("notes.txt"), "notes.txt: error returned from database: (code: 26) file is not a database"),
        (
            "mysql://localhost/cj".to_owned(),
            "--store mysql://…: expected sqlite:PATH, a path, or postgres://HOST/DATABASE",
        ),
        ("sqlite:".to_owned(), "--store sqlite:PATH: the path is empty"),
        (format!("sqlite:{}?mode=ro", inside("x.db")), "expected `busy_timeout=SECONDS`, found `mode=ro`"),
    ] {
        let line = cj().arg("run").arg(files.path("m.csv")).store(&store).refused();
        assert!(line.contains(expected), "{store}: {line}");
    }
    assert_eq!(files.names(), before);
    assert_eq!(fs::read_to_string(files.path("notes.txt")).unwrap(), text);
}

#[tokio::test]
async fn a_store_that_another_program_writes_to_is_waited_for_and_then_refused() {
    let files = Files::new(&[("m.csv", &manifest(4))]);
    let path = files.path("cj.db");
    let run = || cj().arg("run").arg(files.path("m.csv")).store(format!("sqlite:{}?busy_timeout=0.1", path.display()));
    assert_eq!(migrate(&path).run().code, 0);
    let store = SqliteStore::open(&path).await.unwrap();
    let unit = store.begin().await.unwrap();
    let line = run().refused();
    assert!(line.contains("cj.db") && line.contains("database is locked"), "{line}");
    // Whoever only reads needs no lock.
    let status = cj().arg("status").store(&path).json("status.v1");
    assert_eq!(status["batches"].as_array().unwrap().len(), 0, "no batch is half-written");
    assert_eq!(migrate(&path).arg("--check").run().code, 0);
    drop(unit);
    store.close().await;
    assert_eq!(run().run().code, 0);
}

#[tokio::test]
async fn a_store_of_a_newer_version_is_left_alone() {
    let files = Files::new(&[("m.csv", &manifest(4))]);
    let path = files.path("cj.db");
    assert_eq!(migrate(&path).run().code, 0);
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(&path);
    let mut raw = sqlx::SqliteConnection::connect_with(&options).await.unwrap();
    let later = "INSERT INTO _cj_migrations SELECT 9999, 'later', installed_on, success, checksum, 0 FROM _cj_migrations LIMIT 1";
    sqlx::query(later).execute(&mut raw).await.unwrap();
    raw.close().await.unwrap();
    let before = fs::read(&path).unwrap();
    let calls = [
        cj().arg("run").arg(files.path("m.csv")),
        cj().arg("status"),
        cj().arg("results"),
        cj().arg("report"),
        cj().args(["cancel", "any"]),
        cj().arg("migrate"),
        cj().args(["migrate", "--check"]),
    ];
    for call in calls {
        let line = call.store(&path).refused();
        assert!(line.contains("cj.db: schema version 9999, this program knows versions up to "), "{line}");
    }
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[test]
fn a_database_of_somebody_else_is_not_searched_for_batches() {
    let files = Files::new(&[("foreign.db", "")]);
    for command in ["status", "results", "report"] {
        let line = cj().arg(command).store(files.path("foreign.db")).refused();
        assert!(line.ends_with("foreign.db: there are no batches in this file"), "{line}");
    }
}

#[cfg(unix)]
#[test]
fn a_store_that_may_only_be_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;
    let files = Files::new(&[("m.csv", &manifest(4))]);
    fs::create_dir(files.path("kept")).unwrap();
    assert_eq!(migrate(&files.path("kept/cj.db")).run().code, 0);
    let allow = |name: &str, mode: u32| {
        fs::set_permissions(files.path(name), fs::Permissions::from_mode(mode)).unwrap();
    };
    for (name, mode) in [("", 0o755), ("m.csv", 0o644), ("kept/cj.db", 0o444), ("kept", 0o555)] {
        allow(name, mode);
    }
    // Permissions do not bind the administrator, who lends the call to somebody whom they do bind.
    let binds = fs::write(files.path("kept/probe"), "").is_err();
    let call = || if binds { cj() } else { crate::support::cj_of_nobody(&files) };
    let line = call().arg("run").arg(files.path("m.csv")).store(files.path("kept/cj.db")).refused();
    assert!(line.contains("kept/cj.db: "), "{line}");
    let line = call().arg("run").arg(files.path("m.csv")).store(files.path("kept/new.db")).refused();
    assert!(line.contains("kept/new.db: "), "{line}");
    allow("kept", 0o755);
    let left: Vec<_> = fs::read_dir(files.path("kept")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| name == "cj.db" || name == "probe"), "{left:?}");
}
