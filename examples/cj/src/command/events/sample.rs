//! `cj events sample`: one of each message that this engine sends, made as it makes them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use cj_core::batch::{BatchRequest, RequestedEssay};
use cj_core::change::{EssayContent, EssayKind, MessageKind, OutboxMessage, RequestSnapshot, Verdict, Winner};
use cj_core::config::Settings;
use cj_core::event::{
    AssessmentResultV1, BatchAssessmentCompletedV1, BatchResultsReadyV1, BatchStatus, Contract, Envelope,
    LlmComparisonRequestV1, NotificationType, OpenMap, PhaseResultSummary, SystemProcessingMetadata,
    TeacherNotificationRequestedV1, Timestamp, Topic, decode,
};
use cj_core::id::{ComparisonId, EssayId, EventId, WorkerId};
use cj_core::port::ManualClock;
use cj_core::service::{Answer, Service};
use cj_core::store::memory::MemoryStore;
use cj_core::store::{OutboxQuery, Store as _};
use serde_json::{Value, json};

use crate::cli::Globals;
use crate::console::Console;
use crate::error::Error;
use crate::exit::Exit;
use crate::output::{EventsSampleOutput, SampleFile};
use crate::store::runtime;

/// Options of `cj events sample`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_help = "Example:\n  cj events sample messages/ && cj events check messages/*.json")]
pub(super) struct Args {
    /// Where to; made where it is not there
    #[arg(value_name = "DIR")]
    folder: PathBuf,
}

/// Writes one file per message, `{"topic", "value"}`. The same seed writes the same files.
///
/// # Errors
/// [`Error::Unwritable`].
pub(super) fn run(args: &Args, globals: &Globals, console: &Console) -> Result<Exit, Error> {
    let samples = runtime()?.block_on(samples(globals.seed)).map_err(|error| Error::failed(error.to_string()))?;
    std::fs::create_dir_all(&args.folder).map_err(|error| Error::unwritable(&args.folder, error))?;
    let mut files = Vec::new();
    for (topic, value) in samples {
        let path = args.folder.join(file_name(topic));
        write(&path, topic, &value)?;
        let contract = topic.contract().to_owned();
        files.push(SampleFile { file: path.display().to_string(), topic: topic.to_string(), contract });
    }
    console.print(&EventsSampleOutput { files })?;
    Ok(Exit::Complete)
}

fn write(path: &Path, topic: Topic, value: &Value) -> Result<(), Error> {
    let failed = |error: std::io::Error| Error::unwritable(path, error);
    let mut text = serde_json::to_string_pretty(&json!({ "topic": topic, "value": value }))
        .map_err(|error| failed(error.into()))?;
    text.push('\n');
    std::fs::write(path, text).map_err(failed)
}

/// The name of the contract in snake case: `CJAssessmentCompletedV1` is in `cj_assessment_completed.v1.json`.
fn file_name(topic: Topic) -> String {
    let name = topic.contract();
    let (name, version) = name.rsplit_once('V').unwrap_or((name, "1"));
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let after_small = at > 0 && letters[at - 1].is_lowercase();
        let before_small = letters.get(at + 1).is_some_and(|next| next.is_lowercase());
        if at > 0 && letter.is_uppercase() && (after_small || before_small) {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    format!("{text}.v{version}.json")
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A batch is judged to its end and another cancelled, in memory, and what they put out is taken; the messages of the
/// aggregation are made of the rich one.
async fn samples(seed: u64) -> Result<BTreeMap<Topic, Value>, Failure> {
    let store = MemoryStore::new();
    let clock = Arc::new(ManualClock::at(at()));
    let service = Service::new(Arc::new(store.clone()), clock.clone(), WorkerId::new("sample")?);
    let mut found = BTreeMap::new();

    let id = service.submit(request("judged", seed)?).await?;
    let mut phase = service.advance(id).await?;
    while !phase.is_terminal() {
        let questions = service.claim_questions(1_000, TimeDelta::minutes(5)).await?;
        if let Some(question) = questions.first() {
            found.insert(Topic::LlmComparisonRequest, as_event(question)?);
        }
        let answers: Vec<Answer> = questions.iter().map(answer).collect();
        clock.advance_to(cj_core::port::Clock::now(&*clock) + TimeDelta::seconds(2));
        service.take_verdicts(&answers).await?;
        phase = service.advance(id).await?;
    }
    let cancelled = service.submit(request("cancelled", seed)?).await?;
    service.advance(cancelled).await?;
    service.cancel(cancelled).await?;

    let query = OutboxQuery::Waiting { kind: MessageKind::Event, limit: 100 };
    for entry in store.read().await?.entries(&query).await? {
        found.insert(entry.message.topic.parse()?, serde_json::from_slice(&entry.message.payload)?);
    }
    let rich = serde_json::to_vec(found.get(&Topic::AssessmentResult).ok_or("a completed batch tells its result")?)?;
    let rich = Envelope::decode(&rich)?.typed::<AssessmentResultV1>()?;
    aggregated(&rich, &mut found)?;
    Ok(found)
}

/// Prefers the essay with the smaller id, but for every seventh question.
fn answer(question: &OutboxMessage) -> Answer {
    let winner = if question.ordinal % 7 == 3 { Winner::B } else { Winner::A };
    Answer::of(Verdict::decided(ComparisonId::new(question.id.as_uuid()), winner))
}

/// A question as it travels to a provider that reads a topic: its body in an envelope, under the comparison's id.
fn as_event(question: &OutboxMessage) -> Result<Value, Failure> {
    let body: LlmComparisonRequestV1 = decode(&question.payload)?;
    let (id, at) = (question.id.as_uuid(), Timestamp::from(question.created_at));
    value(&Envelope::new(body, id, id, "cj_assessment_service", at))
}

fn aggregated(rich: &Envelope<AssessmentResultV1>, found: &mut BTreeMap<Topic, Value>) -> Result<(), Failure> {
    let (result, at) = (&rich.data, rich.data.assessed_at);
    let about = || SystemProcessingMetadata::batch(&result.batch_id, at);
    let essays = u32::try_from(result.essay_results.len())?;
    let phases = ["spellcheck", "cj_assessment"];
    let phases = phases.map(|name| (name.to_owned(), PhaseResultSummary::new(name, "completed", essays, 0)));
    let status = BatchStatus::CompletedSuccessfully;
    let ready = BatchResultsReadyV1::new(about(), USER, status, essays, essays, phases.into(), 42.5);
    let completed =
        BatchAssessmentCompletedV1::new(about(), USER, &result.cj_assessment_job_id, &result.essay_results)?;
    let mut payload = OpenMap::new();
    payload.insert("batch_id", result.batch_id.clone());
    payload.insert("message", "Klar ✓");
    let kind = NotificationType::BatchResultsReady;
    let mut told = TeacherNotificationRequestedV1::new(USER, kind, payload, &rich.correlation_id.to_string(), at);
    told.batch_id = Some(result.batch_id.clone());
    found.insert(Topic::BatchResultsReady, aggregate(ready, rich)?);
    found.insert(Topic::BatchAssessmentCompleted, aggregate(completed, rich)?);
    found.insert(Topic::TeacherNotification, aggregate(told, rich)?);
    Ok(())
}

fn aggregate<C: Contract>(data: C, cause: &Envelope<AssessmentResultV1>) -> Result<Value, Failure> {
    let id = EventId::of_bytes(format!("{} {}", cause.event_id, C::NAME).as_bytes()).as_uuid();
    value(&Envelope::new(data, id, cause.correlation_id, "result_aggregator_service", cause.event_timestamp))
}

fn value<C: Contract>(envelope: &Envelope<C>) -> Result<Value, Failure> {
    Ok(serde_json::from_slice(&envelope.encode()?)?)
}

fn request(name: &str, seed: u64) -> Result<BatchRequest, Failure> {
    let event_id = EventId::of_bytes(format!("cj events sample {seed} {name}").as_bytes());
    let essay = |number: u32| -> Result<RequestedEssay, Failure> {
        let essay_id = EssayId::new(format!("essay-{number:02}"))?;
        let content = EssayContent::of_text(format!("Uppsats nummer {number} – åäö, “citat”."));
        Ok(RequestedEssay { essay_id, kind: EssayKind::Student, title: None, content })
    };
    Ok(BatchRequest {
        event_id,
        bos_batch_id: event_id.to_string(),
        correlation_id: event_id.as_uuid(),
        settings: Settings::default(),
        request: RequestSnapshot { student_prompt: Some("Skriv om en resa.".to_owned()), ..RequestSnapshot::default() },
        seed: Some(seed),
        course_code: "SV2".to_owned(),
        language: "sv".to_owned(),
        assignment_id: Some("sample-assignment".to_owned()),
        user_id: USER.to_owned(),
        org_id: None,
        essays: (1..=6).map(essay).collect::<Result<_, _>>()?,
    })
}

fn at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_767_603_600, 123_000).unwrap_or_default()
}

const USER: &str = "teacher-å";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_like_the_schemas() {
        let names = [Topic::CjAssessmentCompleted, Topic::LlmComparisonRequest, Topic::CjAssessmentRequested];
        let names = names.map(file_name);
        assert_eq!(
            names,
            ["cj_assessment_completed.v1.json", "llm_comparison_request.v1.json", "els_cj_assessment_request.v1.json"]
        );
    }
}
