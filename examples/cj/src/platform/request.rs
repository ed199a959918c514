//! Asking for an assessment.

use std::io::BufRead as _;

use cj_core::event::{
    Contract as _, CourseCode, ElsCjAssessmentRequestV1, Envelope, EssayProcessingInputRefV1, OpenMap,
    SystemProcessingMetadata, Timestamp,
};
use cj_core::port::{Clock as _, EventPublisher as _, SystemClock};
use cj_kafka::{KafkaPublisher, KafkaSettings};
use uuid::Uuid;

use crate::{Failure, message};

/// Options of `platform request`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The name of the batch; the same name is the same request
    #[arg(long, default_value = "demo")]
    batch: String,
    /// How many batches; from the second on, a number is put behind the name
    #[arg(long, default_value_t = 1)]
    batches: u32,
    /// The course
    #[arg(long, default_value = "SV1")]
    course: CourseCode,
    /// The language of the texts
    #[arg(long, default_value = "sv")]
    language: String,
    /// Comparisons, at most
    #[arg(long)]
    budget: Option<u32>,
}

pub(crate) async fn run(args: &Args, settings: &KafkaSettings) -> Result<(), Failure> {
    let mut essays = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (id, name) = line.split_once('\t').ok_or("expected lines of an id, a tab and a name")?;
        essays.push(EssayProcessingInputRefV1::new(name, id));
    }
    let at = Timestamp::from(SystemClock::new().now());
    let mut requests = Vec::new();
    for number in 1..=args.batches {
        let name = if number == 1 { args.batch.clone() } else { format!("{}-{number}", args.batch) };
        let about = SystemProcessingMetadata::batch(&name, at);
        let request = ElsCjAssessmentRequestV1::new(about, essays.clone(), &args.language, args.course, "teacher-1");
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        let mut envelope = Envelope::new(request, id, id, "essay_lifecycle_service", at);
        if let Some(budget) = args.budget {
            let mut hints = OpenMap::new();
            hints.insert("max_comparisons", budget);
            envelope.metadata = Some(hints);
        }
        requests.push(message(ElsCjAssessmentRequestV1::TOPIC.as_str(), id, &name, envelope.encode()?));
    }
    for outcome in KafkaPublisher::connect(settings)?.publish(&requests).await {
        outcome?;
    }
    Ok(())
}
