//! JSON Schemas of the contracts: the golden files in `schemas/events/`.
use super::{
    AssessmentResultV1, BatchAssessmentCompletedV1, BatchEssaysRegisteredV1, BatchPipelineCompletedV1,
    BatchResultsReadyV1, CjAssessmentCompletedV1, CjAssessmentFailedV1, Contract, ElsBatchPhaseOutcomeV1,
    ElsCjAssessmentRequestV1, Envelope, EssaySlotAssignedV1, LlmComparisonRequestV1, LlmComparisonResultV1,
    ResourceConsumptionV1, SpellcheckResultV1, TeacherNotificationRequestedV1, Topic,
};
use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, Schema};
use serde_json::Value;

/// The JSON Schema of a contract's payload, or of the envelope around all of them, as this library writes them.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct ContractSchema {
    /// Name of its file: `cj_assessment_completed.v1.json`.
    pub file: &'static str,
    /// Where such payloads travel; the envelope travels everywhere.
    pub topic: Option<Topic>,
    /// The schema.
    pub schema: Value,
}

/// The schema of the envelope and of every contract, in the order of their files' names.
pub fn all() -> Vec<ContractSchema> {
    vec![
        of::<AssessmentResultV1>("assessment_result.v1.json"),
        of::<BatchAssessmentCompletedV1>("batch_assessment_completed.v1.json"),
        of::<BatchEssaysRegisteredV1>("batch_essays_registered.v1.json"),
        of::<BatchPipelineCompletedV1>("batch_pipeline_completed.v1.json"),
        of::<BatchResultsReadyV1>("batch_results_ready.v1.json"),
        of::<CjAssessmentCompletedV1>("cj_assessment_completed.v1.json"),
        of::<CjAssessmentFailedV1>("cj_assessment_failed.v1.json"),
        of::<ElsBatchPhaseOutcomeV1>("els_batch_phase_outcome.v1.json"),
        of::<ElsCjAssessmentRequestV1>("els_cj_assessment_request.v1.json"),
        of::<EssaySlotAssignedV1>("essay_slot_assigned.v1.json"),
        ContractSchema {
            file: "event_envelope.v1.json",
            topic: None,
            schema: described::<Envelope<Value>>("EventEnvelope"),
        },
        of::<LlmComparisonRequestV1>("llm_comparison_request.v1.json"),
        of::<LlmComparisonResultV1>("llm_comparison_result.v1.json"),
        of::<ResourceConsumptionV1>("resource_consumption.v1.json"),
        of::<SpellcheckResultV1>("spellcheck_result.v1.json"),
        of::<TeacherNotificationRequestedV1>("teacher_notification_requested.v1.json"),
    ]
}

fn of<C: Contract + JsonSchema>(file: &'static str) -> ContractSchema {
    ContractSchema { file, topic: Some(C::TOPIC), schema: described::<C>(C::NAME) }
}

/// What is written is described, not what is forgiven: every field that is always there is required.
fn described<T: JsonSchema>(title: &str) -> Value {
    let settings = SchemaSettings::draft2020_12().for_serialize();
    let generator = settings.with_transform(RecursiveTransform(first_paragraph)).into_generator();
    let mut schema = generator.into_root_schema_for::<T>();
    schema.insert("title".to_owned(), title.into());
    schema.to_value()
}

/// What follows the first paragraph of a doc comment is for readers of the code.
fn first_paragraph(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    }
}
