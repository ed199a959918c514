use std::{
    collections::{BTreeMap, BTreeSet},
    fs, io,
    path::{Path, PathBuf},
};

use super::{
    document::{Kind, extension, read_document},
    essay::{Essay, EssaySet, Gathering},
    manifest::read_manifest,
};
use crate::error::{Error, Problem};

/// Reads the essays of a folder, or of a manifest.
///
/// A folder gives its documents (`.txt .md .docx .odt .pdf`), those of its sub-folders too, in the order of their
/// paths; hidden files, the lock files of word processors (`~$…`), and `prompt.txt` and `rubric.txt`, which are about the
/// essays, are passed over. A folder that holds a file `manifest.csv` gives what that manifest names. Ids are made of file
/// names: see [`essay_id`](super::essay_id).
///
/// # Errors
/// [`Error::Unreadable`], or [`Error::Input`] with every document that cannot be read and every id that two of them
/// have. Nothing is read in part.
pub fn read_essays(path: &Path) -> Result<EssaySet, Error> {
    let about = fs::metadata(path).map_err(|source| Error::unreadable(path, source))?;
    if !about.is_dir() {
        if Kind::of(path).is_some() {
            return Err(Problem::new(path, "a folder of essays, or a manifest (CSV)", "a single document").into());
        }
        return read_manifest(path);
    }
    let listing = Listing::of(path)?;
    if let Some(manifest) = &listing.manifest {
        return read_manifest(manifest);
    }
    if listing.documents.is_empty() && listing.unreadable.is_empty() {
        let found = if listing.others.is_empty() { "an empty folder" } else { "none" };
        return Err(Problem::new(path, "essays (.txt, .md, .docx, .odt or .pdf)", found).into());
    }
    let mut gathering = Gathering::default();
    for file in &listing.unreadable {
        let found = "a document that cannot be read: save it as .docx, .odt, .pdf or .txt";
        gathering.problem(Problem::new(file, "essays (.txt, .md, .docx, .odt or .pdf)", found));
    }
    for file in &listing.documents {
        let name = stem(file);
        let Some(id) = gathering.claim(&name, &file.display().to_string(), |problem| problem, file) else { continue };
        let Some(text) = gathering.note(read_document(file))? else { continue };
        gathering.take(Essay { id, name, title: None, text, quality: None, grade: None });
    }
    Ok(EssaySet { essays: gathering.finish()?, remarks: listing.remarks() })
}

/// A file's name without its ending.
pub(super) fn stem(path: &Path) -> String {
    path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default()
}

/// What a folder and its sub-folders hold.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The documents, in the order of their paths.
    pub(super) documents: Vec<PathBuf>,
    manifest: Option<PathBuf>,
    /// Files that are about the essays.
    about: Vec<&'static str>,
    /// Documents of kinds that cannot be read.
    unreadable: Vec<PathBuf>,
    /// How many other files there are, by the ends of their names.
    others: BTreeMap<String, usize>,
}

impl Listing {
    /// Looks through the folder at `path`.
    pub(super) fn of(path: &Path) -> Result<Self, Error> {
        let mut listing = Self::default();
        listing.enter(path, &mut BTreeSet::new())?;
        let manifest = path.join("manifest.csv");
        listing.manifest = manifest.is_file().then_some(manifest);
        for name in ABOUT {
            let (about, count) = (path.join(name), listing.documents.len());
            listing.documents.retain(|document| *document != about);
            listing.about.extend((listing.documents.len() < count).then_some(name));
        }
        listing.documents.sort_unstable();
        listing.unreadable.sort_unstable();
        Ok(listing)
    }

    /// `entered` keeps a link to a folder above from leading round in circles.
    fn enter(&mut self, folder: &Path, entered: &mut BTreeSet<PathBuf>) -> Result<(), Error> {
        let unreadable = |source: io::Error| Error::unreadable(folder, source);
        if !entered.insert(folder.canonicalize().map_err(unreadable)?) {
            return Ok(());
        }
        for entry in fs::read_dir(folder).map_err(unreadable)? {
            let entry = entry.map_err(unreadable)?;
            let (path, name) = (entry.path(), entry.file_name());
            let name = name.to_string_lossy();
            if name.starts_with('.') || name.starts_with("~$") || name == "__MACOSX" {
                continue;
            }
            let about = fs::metadata(&path).map_err(|source| Error::unreadable(&path, source))?;
            if about.is_dir() {
                self.enter(&path, entered)?;
            } else if Kind::of(&path).is_some() {
                self.documents.push(path);
            } else if UNREADABLE.contains(&extension(&path).as_str()) {
                self.unreadable.push(path);
            } else {
                *self.others.entry(extension(&path)).or_default() += 1;
            }
        }
        Ok(())
    }

    fn remarks(&self) -> Vec<String> {
        let mut remarks = Vec::new();
        match self.about.as_slice() {
            [] => {}
            [one] => remarks.push(format!("{one} is taken for what its name says, not for an essay")),
            [..] => remarks
                .push(format!("{} are taken for the task and the rubric, not for essays", self.about.join(" and "))),
        }
        remarks.extend(self.passed_over());
        remarks
    }

    fn passed_over(&self) -> Option<String> {
        let count: usize = self.others.values().sum();
        if count == 0 {
            return None;
        }
        let ends: Vec<_> =
            self.others.keys().map(|end| if end.is_empty() { "none".to_owned() } else { format!(".{end}") }).collect();
        let files = if count == 1 {
            "1 file that is no document was"
        } else {
            &format!("{count} files that are no documents were")
        };
        Some(format!("{files} passed over (endings: {})", ends.join(", ")))
    }
}

/// Files beside essays that are about them.
const ABOUT: [&str; 2] = ["prompt.txt", "rubric.txt"];

/// Kinds of documents that would be essays, if they could be read: passing them over would lose somebody's work.
const UNREADABLE: [&str; 4] = ["doc", "rtf", "pages", "wps"];
