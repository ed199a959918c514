//! The ranking of a batch is in.
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{
    BatchStatus, ConfidenceLabel, Contract, ContractError, EssayResultV1, EventName, OpenMap, SystemProcessingMetadata,
    Timestamp, Topic,
};
use serde::{Deserialize, Serialize};

/// The ranking of a batch is in: its pupils' essays, without anchors.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct BatchAssessmentCompletedV1 {
    /// Always `batch.assessment.completed`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    #[serde(default = "event_name")]
    pub event_name: EventName,
    /// The batch; older senders leave it null.
    pub entity_id: Option<String>,
    /// `batch`; older senders leave it null.
    pub entity_type: Option<String>,
    /// What the batch belongs to.
    pub parent_id: Option<String>,
    /// When the ranking was in.
    pub timestamp: Timestamp,
    /// `completed_successfully`.
    pub status: BatchStatus,
    /// The batch, once more.
    pub system_metadata: SystemProcessingMetadata,
    /// The batch.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub batch_id: String,
    /// Who owns it.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub user_id: String,
    /// The assessment that it comes from.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub assessment_job_id: String,
    /// One map for each essay; what other senders write may be less than a [`RankingEntry`].
    pub rankings_summary: Vec<OpenMap>,
}

/// One essay in a ranking.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct RankingEntry {
    /// The essay.
    pub essay_id: String,
    /// 1 is best.
    pub rank: u32,
    /// Bradley–Terry score, in logits.
    pub score: f64,
    /// The grade, `U` without one.
    pub letter_grade: String,
    /// Probability of the grade.
    pub confidence_score: f64,
    /// The same in a word.
    pub confidence_label: ConfidenceLabel,
}

impl From<&EssayResultV1> for RankingEntry {
    fn from(result: &EssayResultV1) -> Self {
        Self {
            essay_id: result.essay_id.clone(),
            rank: result.rank,
            score: result.bt_score,
            letter_grade: result.letter_grade.clone(),
            confidence_score: result.confidence_score,
            confidence_label: result.confidence_label,
        }
    }
}

impl BatchAssessmentCompletedV1 {
    /// The ranking that an assessment found; anchors are left out.
    ///
    /// # Errors
    /// A result that is out of bounds.
    pub fn new(
        system_metadata: SystemProcessingMetadata,
        user_id: &str,
        assessment_job_id: &str,
        results: &[EssayResultV1],
    ) -> Result<Self, ContractError> {
        let root = At::root(Self::NAME);
        let at = root.field("rankings_summary");
        let students = results.iter().filter(|result| !result.is_anchor).enumerate();
        let rankings = students.map(|(index, result)| {
            result.check(at.index(index))?;
            OpenMap::of(Self::NAME, &RankingEntry::from(result))
        });
        Ok(Self {
            event_name: event_name(),
            entity_id: Some(system_metadata.entity_id.clone()),
            entity_type: Some(system_metadata.entity_type.clone()),
            parent_id: system_metadata.parent_id.clone(),
            timestamp: system_metadata.timestamp,
            status: BatchStatus::CompletedSuccessfully,
            batch_id: system_metadata.entity_id.clone(),
            system_metadata,
            user_id: user_id.to_owned(),
            assessment_job_id: assessment_job_id.to_owned(),
            rankings_summary: rankings.collect::<Result<_, ContractError>>()?,
        })
    }

    /// The ranking, typed.
    ///
    /// # Errors
    /// The key that is missing or not of its type.
    pub fn rankings(&self) -> Result<Vec<RankingEntry>, ContractError> {
        self.rankings_summary.iter().map(|entry| entry.read(Self::NAME)).collect()
    }
}

impl Sealed for BatchAssessmentCompletedV1 {}

impl Contract for BatchAssessmentCompletedV1 {
    const NAME: &'static str = "BatchAssessmentCompletedV1";
    const TOPIC: Topic = Topic::BatchAssessmentCompleted;
    const EVENT_TYPE: &'static str = Topic::BatchAssessmentCompleted.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event_name").equal(&self.event_name, &event_name())?;
        self.system_metadata.check(at.field("system_metadata"))?;
        at.field("batch_id").foreign_id(&self.batch_id)?;
        at.field("user_id").foreign_id(&self.user_id)?;
        at.field("assessment_job_id").foreign_id(&self.assessment_job_id)
    }
}

const fn event_name() -> EventName {
    EventName::BatchAssessmentCompleted
}
