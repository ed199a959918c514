//! The wrapper of every message.
use super::{Contract, ContractError, OpenMap, Payload, Timestamp, check::At, contract};
use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};
use uuid::Uuid;

/// What every message on a topic is wrapped in.
///
/// Reading takes two steps, since only the topic tells what `data` is, and never `event_type`:
/// [`Envelope::decode`], then [`Envelope::typed`].
///
/// ```
/// # use cj_core::event::{ContractError, Envelope, Payload, ResourceConsumptionV1};
/// # let bytes = br#"{"event_id":"356f8bd1-1711-4b57-9304-145212ca3f70","event_type":"x","source_service":"s",
/// # "event_timestamp":"2026-01-05T11:39:07Z","correlation_id":"5e617f8e-99ed-4ce7-83f8-670d3e361858","data":{
/// # "event_name":"resource.consumption.reported","timestamp":"2026-01-05T11:46:39.345057Z","user_id":"teacher-60",
/// # "resource_type":"cj_comparison","quantity":17,"service_name":"s","processing_id":"4037",
/// # "consumed_at":"2026-01-05T10:20:54.405051Z"}}"#;
/// let raw = Envelope::decode(bytes)?;
/// let message: Envelope<ResourceConsumptionV1> = raw.typed()?;
/// assert_eq!(message.data.quantity, 17);
/// assert_eq!(Envelope::decode(&message.encode()?)?.typed::<ResourceConsumptionV1>()?, message);
/// # Ok::<(), ContractError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Envelope<T> {
    /// Identity of the message: what duplicates share.
    pub event_id: Uuid,
    /// A label. It differs from producer to producer, and nothing is decided by it.
    pub event_type: String,
    /// When the message was made.
    pub event_timestamp: Timestamp,
    /// The service that made it.
    pub source_service: String,
    /// Version of the envelope, not of the payload.
    pub schema_version: u32,
    /// What ties the messages of one piece of work together.
    pub correlation_id: Uuid,
    /// Unused by the platform, kept on the way through.
    pub data_schema_uri: Option<String>,
    /// The payload.
    pub data: T,
    /// Trace context and hints of the sender; no data of the domain.
    pub metadata: Option<OpenMap>,
}

impl<C: Contract> Envelope<C> {
    /// Wraps a payload under the contract's own `event_type`.
    pub fn new(data: C, event_id: Uuid, correlation_id: Uuid, source_service: &str, at: Timestamp) -> Self {
        Self {
            event_id,
            event_type: C::EVENT_TYPE.to_owned(),
            event_timestamp: at,
            source_service: source_service.to_owned(),
            schema_version: SCHEMA_VERSION,
            correlation_id,
            data_schema_uri: None,
            data,
            metadata: None,
        }
    }

    /// Checks the message and writes the bytes that travel.
    ///
    /// # Errors
    /// The bound that the message breaks; nothing is written then.
    pub fn encode(&self) -> Result<Vec<u8>, ContractError> {
        let at = At::root(NAME);
        at.field("event_type").chars(&self.event_type, 1..=LABEL_CHARS)?;
        at.field("source_service").chars(&self.source_service, 1..=LABEL_CHARS)?;
        self.data.check()?;
        contract::write(C::NAME, self)
    }
}

impl Envelope<Payload> {
    /// Reads the envelope and leaves the payload as it is.
    ///
    /// Without a usable `event_id` one is derived from the bytes, so that a redelivered message meets itself;
    /// without a `correlation_id` the message stands for itself.
    ///
    /// # Errors
    /// The place that is not JSON or not of the envelope's shape.
    pub fn decode(bytes: &[u8]) -> Result<Self, ContractError> {
        let read: Incoming = contract::parse(NAME, bytes)?;
        let said_id = read.event_id.as_ref().and_then(Value::as_str).and_then(|text| Uuid::parse_str(text).ok());
        let event_id = said_id.unwrap_or_else(|| Uuid::new_v5(&Uuid::NAMESPACE_OID, bytes));
        Ok(Self {
            event_id,
            event_type: read.event_type,
            event_timestamp: read.event_timestamp,
            source_service: read.source_service,
            schema_version: read.schema_version,
            correlation_id: read.correlation_id.unwrap_or(event_id),
            data_schema_uri: read.data_schema_uri,
            data: Payload::new(read.data),
            metadata: read.metadata,
        })
    }

    /// Reads the payload as the contract that its topic says, and checks its bounds.
    ///
    /// # Errors
    /// The place in the payload that is not of the contract's shape or out of bounds.
    pub fn typed<C: Contract>(&self) -> Result<Envelope<C>, ContractError> {
        let data = contract::decode(self.data.as_json().as_bytes())?;
        Ok(Envelope {
            event_id: self.event_id,
            event_type: self.event_type.clone(),
            event_timestamp: self.event_timestamp,
            source_service: self.source_service.clone(),
            schema_version: self.schema_version,
            correlation_id: self.correlation_id,
            data_schema_uri: self.data_schema_uri.clone(),
            data,
            metadata: self.metadata.clone(),
        })
    }
}

impl<T> Envelope<T> {
    /// W3C `traceparent` of the sender.
    pub fn trace_parent(&self) -> Option<&str> {
        self.metadata.as_ref()?.text(TRACE_PARENT)
    }

    /// W3C `tracestate` of the sender.
    pub fn trace_state(&self) -> Option<&str> {
        self.metadata.as_ref()?.text(TRACE_STATE)
    }

    /// Sends a W3C trace context along.
    #[must_use]
    pub fn with_trace(mut self, parent: &str, state: Option<&str>) -> Self {
        let metadata = self.metadata.get_or_insert_default();
        metadata.insert(TRACE_PARENT, parent);
        if let Some(state) = state {
            metadata.insert(TRACE_STATE, state);
        }
        self
    }
}

/// As [`Envelope`], with what a sender may leave out.
#[derive(Deserialize)]
struct Incoming {
    event_id: Option<Value>,
    event_type: String,
    event_timestamp: Timestamp,
    source_service: String,
    #[serde(default = "first_version")]
    schema_version: u32,
    correlation_id: Option<Uuid>,
    data_schema_uri: Option<String>,
    data: Box<RawValue>,
    metadata: Option<OpenMap>,
}

const fn first_version() -> u32 {
    SCHEMA_VERSION
}

const NAME: &str = "EventEnvelope";
const SCHEMA_VERSION: u32 = 1;
const LABEL_CHARS: usize = 255;
const TRACE_PARENT: &str = "traceparent";
const TRACE_STATE: &str = "tracestate";
