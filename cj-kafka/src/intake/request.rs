//! A request on the wire becomes one that the engine understands.

use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{EssayContent, EssayKind, RequestSnapshot};
use cj_core::config::Settings;
use cj_core::event::{ElsCjAssessmentRequestV1, Envelope, LlmConfigOverrides, RequestHints};
use cj_core::id::{EssayId, EventId};
use serde_json::Value;

use super::IntakeSettings;

/// The longest name of a batch that the engine takes, in characters.
const BATCH_NAME: usize = 36;

/// Reads a request.
///
/// # Errors
/// What in it cannot be meant, for a person.
pub(super) fn read(
    envelope: Envelope<ElsCjAssessmentRequestV1>,
    defaults: &IntakeSettings,
) -> Result<BatchRequest, String> {
    let hints = RequestHints::from_metadata(envelope.metadata.as_ref()).map_err(|error| error.to_string())?;
    let wire = envelope.data;
    let bos_batch_id = wire.bos_batch_id().to_owned();
    let length = bos_batch_id.chars().count();
    if length > BATCH_NAME {
        return Err(format!("entity_id: expected at most {BATCH_NAME} characters, found {length}"));
    }
    let essay = |essay: cj_core::event::EssayProcessingInputRefV1| {
        let essay_id = EssayId::new(&essay.essay_id).map_err(|error| format!("essays_for_cj: {error}"))?;
        let content = EssayContent { storage_id: Some(essay.text_storage_id), ..EssayContent::default() };
        Ok(RequestedEssay { essay_id, kind: EssayKind::Student, title: None, content })
    };
    let essays = wire.essays_for_cj.into_iter().map(essay).collect::<Result<Vec<_>, String>>()?;
    Ok(BatchRequest {
        event_id: EventId::new(envelope.event_id),
        bos_batch_id,
        correlation_id: envelope.correlation_id,
        settings: settings(&defaults.batch, &hints)?,
        request: judge(&defaults.judge, wire.llm_config_overrides),
        seed: None,
        course_code: wire.course_code.to_string(),
        language: wire.language,
        assignment_id: wire.assignment_id,
        user_id: wire.user_id,
        org_id: wire.org_id,
        essays,
    })
}

/// The storage id of the assignment as the pupils saw it, where the request brings one.
pub(super) fn prompt_id(wire: &ElsCjAssessmentRequestV1) -> Option<&str> {
    wire.student_prompt_ref.as_ref()?.student_prompt()
}

/// The settings of the host, with those that the request names in their place.
fn settings(host: &Settings, hints: &RequestHints) -> Result<Settings, String> {
    let mut overrides = hints.batch_config_overrides.clone();
    if let Some(budget) = hints.max_comparisons {
        overrides.insert("budget", budget);
    }
    if overrides.is_empty() {
        return Ok(host.clone());
    }
    let known = serde_json::to_value(host).map_err(|error| error.to_string())?;
    let Value::Object(mut all) = known else { return Err("the settings of the host are no map".to_owned()) };
    for (name, value) in overrides.iter() {
        // Settings of the predecessor that have no counterpart here are passed over.
        if let Some(setting) = all.get_mut(name) {
            *setting = value.clone();
        }
    }
    serde_json::from_value(Value::Object(all)).map_err(|error| format!("batch_config_overrides: {error}"))
}

/// What judges are told, with the wishes of the request in their place.
fn judge(host: &RequestSnapshot, wishes: Option<LlmConfigOverrides>) -> RequestSnapshot {
    let Some(wishes) = wishes else { return host.clone() };
    RequestSnapshot {
        provider: wishes.provider_override.or_else(|| host.provider.clone()),
        model: wishes.model_override.or_else(|| host.model.clone()),
        temperature: wishes.temperature_override.or(host.temperature),
        system_prompt: wishes.system_prompt_override.or_else(|| host.system_prompt.clone()),
        max_tokens: wishes.max_tokens_override.or(host.max_tokens),
        judge_rubric: wishes.judge_rubric_override.or_else(|| host.judge_rubric.clone()),
        reasoning_effort: wishes.reasoning_effort.or_else(|| host.reasoning_effort.clone()),
        output_verbosity: wishes.output_verbosity.or_else(|| host.output_verbosity.clone()),
        ..host.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hints(overrides: &[(&str, Value)], budget: Option<u32>) -> RequestHints {
        let mut hints = RequestHints::default();
        for (name, value) in overrides {
            hints.batch_config_overrides.insert(*name, value.clone());
        }
        hints.max_comparisons = budget;
        hints
    }

    #[test]
    fn a_request_may_name_its_settings() {
        let host = Settings::builder().min_success_rate(0.5).build().unwrap();
        let read =
            settings(&host, &hints(&[("max_resampling_passes", 3.into()), ("unknown", 1.into())], Some(60))).unwrap();
        assert_eq!((read.max_resampling_passes(), read.budget(), read.min_success_rate()), (3, Some(60), 0.5));
        assert_eq!(settings(&host, &RequestHints::default()).unwrap(), host);
    }

    #[test]
    fn a_setting_out_of_its_range_is_refused_by_name() {
        let refused = settings(&Settings::default(), &hints(&[("min_success_rate", 2.into())], None)).unwrap_err();
        assert!(refused.contains("min_success_rate"), "{refused}");
        assert!(settings(&Settings::default(), &hints(&[("budget", "many".into())], None)).is_err());
    }

    #[test]
    fn wishes_stand_in_the_place_of_defaults() {
        let host =
            RequestSnapshot { model: Some("m".into()), provider: Some("p".into()), ..RequestSnapshot::default() };
        let mut wishes = LlmConfigOverrides::default();
        wishes.model_override = Some("other".into());
        let told = judge(&host, Some(wishes));
        assert_eq!((told.model.as_deref(), told.provider.as_deref()), (Some("other"), Some("p")));
    }
}
