//! What is judged: essays, prompt and rubric.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cj_core::change::{EssayContent, EssayKind};
use cj_core::grading::GradeScale;

use super::args::Args;
use super::judges::JudgePlan;
use crate::error::Error;
use crate::input::{Essay, decode, essay_id, read_essays, read_manifest};

/// One essay, ready for a request.
pub(super) struct Piece {
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) content: EssayContent,
    pub(super) kind: EssayKind,
    pub(super) quality: Option<f64>,
}

/// What is judged.
pub(super) struct Material {
    /// Where it came from, as it was named.
    pub(super) source: String,
    pub(super) essays: Vec<Piece>,
    pub(super) prompt: Option<String>,
    pub(super) rubric: Option<String>,
    pub(super) remarks: Vec<String>,
}

impl Material {
    pub(super) fn read(args: &Args, plan: &JudgePlan, seed: u64) -> Result<Self, Error> {
        let mut material = match (&args.essays, plan) {
            (Some(path), _) => Self::from_files(path, args, seed)?,
            (None, JudgePlan::Replay { path, table }) => Self::from_recording(path, &table.items)?,
            (None, _) => {
                return Err(Error::usage("cj run: expected a folder of essays or a manifest, found neither"));
            }
        };
        if let Some(path) = &args.anchors {
            material.add_anchors(path)?;
        }
        material.check(args)?;
        let beside = args.essays.as_deref().map(folder_of);
        material.prompt = text(args.prompt.as_deref(), beside.as_deref(), "prompt.txt")?;
        material.rubric = text(args.rubric.as_deref(), beside.as_deref(), "rubric.txt")?;
        Ok(material)
    }

    fn from_files(path: &Path, args: &Args, seed: u64) -> Result<Self, Error> {
        let set = if path.is_file() { read_manifest(path)? } else { read_essays(path)? };
        let set = match args.sample {
            Some(count) => set.sample(count, seed),
            None => set,
        };
        Ok(Self {
            source: path.display().to_string(),
            essays: set.essays.into_iter().map(piece).collect(),
            prompt: None,
            rubric: None,
            remarks: set.remarks,
        })
    }

    fn from_recording(path: &Path, items: &[String]) -> Result<Self, Error> {
        let mut essays = Vec::with_capacity(items.len());
        for name in items {
            let id = essay_id(name).ok_or_else(|| {
                Error::usage(format!(
                    "{}: expected an item name with a letter or digit, found `{name}`",
                    path.display()
                ))
            })?;
            let title = (id != *name).then(|| name.clone());
            let content = EssayContent::with_judge();
            essays.push(Piece { id, title, content, kind: EssayKind::Student, quality: None });
        }
        essays.sort_by(|a, b| a.id.cmp(&b.id));
        Ok(Self { source: path.display().to_string(), essays, prompt: None, rubric: None, remarks: Vec::new() })
    }

    fn add_anchors(&mut self, path: &Path) -> Result<(), Error> {
        let set = if path.is_file() { read_manifest(path)? } else { read_essays(path)? };
        for essay in set.essays {
            if essay.grade.is_none() {
                let id = &essay.id;
                return Err(Error::usage(format!(
                    "{}: anchor {id} has no grade; expected a column `grade`",
                    path.display()
                )));
            }
            self.essays.push(piece(essay));
        }
        Ok(())
    }

    fn check(&self, args: &Args) -> Result<(), Error> {
        let source = &self.source;
        let count = self.essays.len();
        if count < 2 {
            return Err(Error::usage(format!("{source}: expected at least 2 essays to compare, found {count}")));
        }
        let mut ids = BTreeSet::new();
        for essay in &self.essays {
            if !ids.insert(&essay.id) {
                return Err(Error::usage(format!(
                    "{source}: expected an id of its own for each essay, found `{}` twice",
                    essay.id
                )));
            }
        }
        let scale = args.scale.as_deref().map(GradeScale::find).transpose();
        let scale = scale.map_err(|error| Error::usage(format!("--scale: {error}")))?;
        let anchors = self.essays.iter().filter(|essay| essay.kind.is_anchor());
        for anchor in anchors {
            if let (Some(scale), EssayKind::Anchor { grade: Some(grade), .. }) = (scale, &anchor.kind)
                && scale.place(grade).is_none()
            {
                let (id, name) = (&anchor.id, scale.id());
                let grades = scale.grades().join(", ");
                return Err(Error::usage(format!(
                    "anchor {id}: expected a grade of {name} ({grades}), found `{grade}`"
                )));
            }
        }
        if self.essays.iter().all(|essay| essay.kind.is_anchor()) {
            return Err(Error::usage(format!(
                "{source}: every essay is an anchor; expected at least one without a grade"
            )));
        }
        Ok(())
    }
}

fn piece(essay: Essay) -> Piece {
    let kind = match &essay.grade {
        Some(grade) => EssayKind::Anchor { label: essay.id.clone(), grade: Some(grade.clone()) },
        None => EssayKind::Student,
    };
    Piece { id: essay.id, title: essay.title, content: EssayContent::of_text(essay.text), kind, quality: essay.quality }
}

fn folder_of(essays: &Path) -> PathBuf {
    if essays.is_dir() { essays.to_owned() } else { essays.parent().map_or_else(PathBuf::new, Path::to_owned) }
}

/// The text of a file that was named, or of one that lies beside the essays.
fn text(named: Option<&Path>, beside: Option<&Path>, name: &str) -> Result<Option<String>, Error> {
    let path = match (named, beside) {
        (Some(path), _) => path.to_owned(),
        (None, Some(folder)) if folder.join(name).is_file() => folder.join(name),
        _ => return Ok(None),
    };
    let bytes = std::fs::read(&path).map_err(|error| Error::unreadable(&path, error))?;
    let text = decode(&path, bytes)?.trim().to_owned();
    if text.is_empty() {
        return Err(Error::usage(format!("{}: expected a text, found nothing", path.display())));
    }
    Ok(Some(text))
}
