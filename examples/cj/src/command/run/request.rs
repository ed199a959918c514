//! The request that a run makes: everything that the batch's id depends on.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::RequestSnapshot;
use cj_core::config::{Settings, Strategy};
use cj_core::id::{EssayId, EventId};

use super::args::Args;
use super::judges::{JudgePlan, character};
use super::material::Material;
use crate::error::Error;
use crate::view::label;

/// Builds the request. The same essays, settings, judge and seed make the same request, down to its id.
pub(super) fn build(args: &Args, seed: u64, plan: &JudgePlan, material: &Material) -> Result<BatchRequest, Error> {
    let settings = settings(args, plan)?;
    let count = material.essays.len();
    if let Some(budget) = args.budget
        && (budget as usize) + 1 < count
    {
        let least = count - 1;
        return Err(Error::usage(format!(
            "--budget {budget}: expected at least {least}, without which {count} essays cannot be connected"
        )));
    }
    let essays = material.essays.iter().map(|essay| {
        let essay_id = EssayId::new(&essay.id).map_err(|error| Error::usage(error.to_string()))?;
        let (kind, title) = (essay.kind.clone(), essay.title.clone());
        Ok(RequestedEssay { essay_id, kind, title, content: essay.content.clone() })
    });
    let essays = essays.collect::<Result<Vec<_>, Error>>()?;
    let labels = labels(args, plan, material);
    let event_id = identity(args, seed, plan, material, &settings)?;
    let request = RequestSnapshot {
        student_prompt: material.prompt.clone(),
        judge_rubric: material.rubric.clone(),
        grade_scale: args.scale.clone(),
        labels,
        ..RequestSnapshot::default()
    };
    Ok(BatchRequest {
        event_id,
        bos_batch_id: event_id.to_string(),
        correlation_id: event_id.as_uuid(),
        settings,
        request,
        seed: Some(seed),
        course_code: "ENG5".to_owned(),
        language: "en".to_owned(),
        assignment_id: None,
        user_id: "cj".to_owned(),
        org_id: None,
        essays,
    })
}

fn settings(args: &Args, plan: &JudgePlan) -> Result<Settings, Error> {
    let strategy = strategy(&args.strategy)?;
    let mut settings = plan.shape(Settings::builder().budget(args.budget).strategy(strategy));
    if args.target_reliability.is_some() {
        settings = settings.target_reliability(args.target_reliability);
    }
    settings.build().map_err(|error| Error::usage(error.to_string()))
}

/// A strategy that needs nothing but essays: `anchored` also wants known grades, and `given` a list of pairs.
fn strategy(name: &str) -> Result<Strategy, Error> {
    let choices = || Strategy::ALL.iter().filter(|choice| !matches!(choice, Strategy::Anchored | Strategy::Given));
    let found = name.parse().ok().filter(|found| choices().any(|choice| choice == found));
    found.ok_or_else(|| {
        let names: Vec<String> = choices().map(|choice| choice.as_str().replace('_', "-")).collect();
        Error::usage(format!("--strategy {name}: expected one of {}", names.join(", ")))
    })
}

fn labels(args: &Args, plan: &JudgePlan, material: &Material) -> BTreeMap<String, String> {
    let mut labels = BTreeMap::new();
    let mut note = |name: &str, value: Option<String>| {
        if let Some(value) = value {
            labels.insert(name.to_owned(), value);
        }
    };
    note(label::ESSAYS, Some(material.source.clone()));
    note(label::JUDGE, Some(plan.name()));
    note(label::SIMULATED, plan.is_simulated().then(|| "true".to_owned()));
    note(label::SAMPLE, args.sample.map(|count| count.to_string()));
    note(label::ANCHORS, args.anchors.as_ref().map(|path| path.display().to_string()));
    labels
}

/// The id of the request: a hash of everything that the run depends on, and of nothing else.
fn identity(
    args: &Args,
    seed: u64,
    plan: &JudgePlan,
    material: &Material,
    settings: &Settings,
) -> Result<EventId, Error> {
    let mut text = format!("cj run 1\nseed {seed}\njudge {}\n", plan.name());
    let settings = serde_json::to_string(settings).map_err(|error| Error::failed(error.to_string()))?;
    let mut line = |name: &str, value: &str| {
        writeln!(text, "{name} {}:{value}", value.len()).expect("writing to a string cannot fail");
    };
    line("settings", &settings);
    line("prompt", material.prompt.as_deref().unwrap_or_default());
    line("rubric", material.rubric.as_deref().unwrap_or_default());
    line("scale", args.scale.as_deref().unwrap_or_default());
    if plan.is_simulated() {
        line("character", &format!("{:?}", character(args)?));
    }
    for essay in &material.essays {
        line("essay", &essay.id);
        line("text", essay.content.sha256.as_deref().unwrap_or_default());
        line("kind", &format!("{:?}", essay.kind));
        line("title", essay.title.as_deref().unwrap_or_default());
        line("quality", &essay.quality.map_or_else(String::new, |quality| quality.to_bits().to_string()));
    }
    Ok(EventId::of_bytes(text.as_bytes()))
}
