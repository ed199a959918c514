//! Messages of the aggregation, as far as their contracts go.
use crate::strategy::{about, essay_ref, essay_result, id, open_map, text, time, uuid};
use cj_core::event::{
    BatchAssessmentCompletedV1, BatchEssaysRegisteredV1, BatchPipelineCompletedV1, BatchResultsReadyV1, BatchStatus,
    ContentType, CourseCode, ElsBatchPhaseOutcomeV1, EssaySlotAssignedV1, EssayStatus, NotificationType, PhaseName,
    PhaseResultSummary, RankingEntry, SpellcheckMetricsV1, SpellcheckResultV1, StorageReferenceMetadata,
    TeacherNotificationRequestedV1,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn storage_id() -> impl Strategy<Value = String> {
    "[0-9a-f]{32}"
}

pub(crate) fn registered() -> impl Strategy<Value = BatchEssaysRegisteredV1> {
    let phases = option::of(vec(select(PhaseName::ALL), 0..3));
    (about(), vec(id(), 0..4), select(CourseCode::ALL), id(), option::of(storage_id()), option::of(text()), phases)
        .prop_map(|(about, essays, course, user, prompt, class, phases)| {
            let mut registered = BatchEssaysRegisteredV1::new(about, essays, course, &user);
            registered.student_prompt_ref =
                prompt.map(|id| StorageReferenceMetadata::one(ContentType::StudentPromptText, &id));
            registered.class_id = class;
            registered.requested_pipelines = phases;
            registered
        })
}

pub(crate) fn slot() -> impl Strategy<Value = EssaySlotAssignedV1> {
    (id(), id(), text(), storage_id(), text(), uuid(), time()).prop_map(
        |(batch, essay, upload, storage, name, correlation, at)| {
            EssaySlotAssignedV1::new(&batch, &essay, &upload, &storage, &name, correlation, at)
        },
    )
}

pub(crate) fn spellcheck() -> impl Strategy<Value = SpellcheckResultV1> {
    let counts = (any::<u32>(), any::<u32>(), any::<u32>());
    let rest = (option::of(storage_id()), any::<u64>(), option::of(text()));
    (about(), select(EssayStatus::ALL), id(), text(), counts, storage_id(), rest).prop_map(
        |(about, status, batch, correlation, (l2, other, words), original, (corrected, took, user))| {
            let metrics = SpellcheckMetricsV1::new(l2, other, words);
            let mut result = SpellcheckResultV1::new(about, status, &batch, &correlation, metrics, &original);
            result.corrected_text_storage_id = corrected;
            result.processing_duration_ms = took;
            result.user_id = user;
            result
        },
    )
}

pub(crate) fn phase_outcome() -> impl Strategy<Value = ElsBatchPhaseOutcomeV1> {
    (id(), select(PhaseName::ALL), select(BatchStatus::ALL), vec(essay_ref(), 0..3), vec(id(), 0..3), uuid()).prop_map(
        |(batch, phase, status, processed, failed, correlation)| {
            ElsBatchPhaseOutcomeV1::new(&batch, phase, status, processed, failed, correlation)
        },
    )
}

pub(crate) fn pipeline_completed() -> impl Strategy<Value = BatchPipelineCompletedV1> {
    (about(), vec(text(), 0..3), select(BatchStatus::ALL), 0.0..1e9, uuid(), any::<(u32, u32)>()).prop_map(
        |(about, phases, status, seconds, correlation, (successful, failed))| {
            let mut completed = BatchPipelineCompletedV1::new(about, phases, status, seconds, correlation);
            completed.successful_essay_count = successful;
            completed.failed_essay_count = failed;
            completed
        },
    )
}

pub(crate) fn results_ready() -> impl Strategy<Value = BatchResultsReadyV1> {
    let phase = (text(), text(), any::<u32>(), any::<u32>(), option::of(0.0..1e9));
    let phase = phase.prop_map(|(name, status, completed, failed, seconds)| {
        let mut phase = PhaseResultSummary::new(&name, &status, completed, failed);
        phase.processing_time_seconds = seconds;
        phase
    });
    let counts = any::<(u32, u32)>();
    (about(), id(), select(BatchStatus::ALL), counts, btree_map(text(), phase, 0..3), 0.0..1e9).prop_map(
        |(about, user, status, (total, completed), phases, seconds)| {
            BatchResultsReadyV1::new(about, &user, status, total, completed, phases, seconds)
        },
    )
}

pub(crate) fn assessment_completed() -> impl Strategy<Value = BatchAssessmentCompletedV1> {
    (about(), id(), id(), vec(essay_result(), 0..4)).prop_map(|(about, user, job, results)| {
        let completed = BatchAssessmentCompletedV1::new(about, &user, &job, &results).unwrap();
        let students = results.iter().filter(|result| !result.is_anchor);
        assert_eq!(completed.rankings().unwrap(), students.map(RankingEntry::from).collect::<Vec<_>>());
        completed
    })
}

pub(crate) fn notification() -> impl Strategy<Value = TeacherNotificationRequestedV1> {
    (id(), select(NotificationType::ALL), open_map(), text(), time(), option::of(text()), option::of(time())).prop_map(
        |(teacher, kind, payload, correlation, at, batch, deadline)| {
            let mut told = TeacherNotificationRequestedV1::new(&teacher, kind, payload, &correlation, at);
            told.batch_id = batch;
            told.deadline_timestamp = deadline;
            told
        },
    )
}
