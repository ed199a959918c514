//! What an assessment used.
use crate::event::check::At;
use crate::event::contract::sealed::Sealed;
use crate::event::{Contract, ContractError, EventName, Timestamp, Topic};
use serde::{Deserialize, Serialize};

/// What is to be billed: the verdicts that were given, never an estimate.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ResourceConsumptionV1 {
    /// Always `resource.consumption.reported`.
    #[cfg_attr(feature = "schema", schemars(with = "String", extend("const" = event_name())))]
    #[serde(default = "event_name")]
    pub event_name: EventName,
    /// The caller's batch id.
    pub entity_id: Option<String>,
    /// `batch`.
    pub entity_type: Option<String>,
    /// What the batch belongs to.
    pub parent_id: Option<String>,
    /// When this was sent.
    pub timestamp: Timestamp,
    /// Who pays.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 255)))]
    pub user_id: String,
    /// The payer's organisation.
    pub org_id: Option<String>,
    /// `cj_comparison`.
    pub resource_type: String,
    /// How many.
    pub quantity: u64,
    /// The service that used them.
    pub service_name: String,
    /// The work they were used in: this engine's batch id.
    pub processing_id: String,
    /// When they were used up.
    pub consumed_at: Timestamp,
}

impl ResourceConsumptionV1 {
    /// `quantity` comparisons that a batch used.
    pub fn comparisons(
        batch_id: &str,
        user_id: &str,
        quantity: u64,
        service_name: &str,
        processing_id: &str,
        consumed_at: Timestamp,
    ) -> Self {
        Self {
            event_name: event_name(),
            entity_id: Some(batch_id.to_owned()),
            entity_type: Some("batch".to_owned()),
            parent_id: None,
            timestamp: consumed_at,
            user_id: user_id.to_owned(),
            org_id: None,
            resource_type: COMPARISON.to_owned(),
            quantity,
            service_name: service_name.to_owned(),
            processing_id: processing_id.to_owned(),
            consumed_at,
        }
    }
}

impl Sealed for ResourceConsumptionV1 {}

impl Contract for ResourceConsumptionV1 {
    const NAME: &'static str = "ResourceConsumptionV1";
    const TOPIC: Topic = Topic::ResourceConsumption;
    const EVENT_TYPE: &'static str = Topic::ResourceConsumption.as_str();

    fn check(&self) -> Result<(), ContractError> {
        let at = At::root(Self::NAME);
        at.field("event_name").equal(&self.event_name, &event_name())?;
        at.field("user_id").foreign_id(&self.user_id)
    }
}

const fn event_name() -> EventName {
    EventName::ResourceConsumptionReported
}

const COMPARISON: &str = "cj_comparison";
