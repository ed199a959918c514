//! What makes a struct a message.
use super::{ContractError, Topic};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A versioned message of the platform: the `data` of an [`Envelope`](super::Envelope).
///
/// # Contract
/// Lenient in: unknown fields are ignored, and those with a default may be absent. Strict out: every field is
/// written, nulls too; only fields that older readers do not know are left out when they are absent. Bounds hold
/// both ways, through [`decode`](super::decode) and [`encode`](super::encode).
pub trait Contract: DeserializeOwned + Serialize + sealed::Sealed {
    /// Name of the contract, which is also the `event_type` of its outbox row: `CJAssessmentCompletedV1`.
    const NAME: &'static str;
    /// Where such messages travel.
    const TOPIC: Topic;
    /// What producers write into the envelope's `event_type`. Readers go by the topic.
    const EVENT_TYPE: &'static str;

    /// Looks at every bound that the types do not hold themselves.
    ///
    /// # Errors
    /// The first bound that is broken.
    fn check(&self) -> Result<(), ContractError>;
}

/// Reads a bare payload, such as an HTTP body, and checks its bounds.
///
/// # Errors
/// The place that is not JSON, not of the contract's shape, or out of bounds.
pub fn decode<C: Contract>(json: &[u8]) -> Result<C, ContractError> {
    let contract: C = parse(C::NAME, json)?;
    contract.check()?;
    Ok(contract)
}

/// Checks the bounds of a payload and writes it bare, without an envelope.
///
/// # Errors
/// The bound that it breaks; nothing is written then.
pub fn encode<C: Contract>(contract: &C) -> Result<Vec<u8>, ContractError> {
    contract.check()?;
    write(C::NAME, contract)
}

pub(super) fn parse<T: DeserializeOwned>(contract: &'static str, json: &[u8]) -> Result<T, ContractError> {
    serde_json::from_slice(json).map_err(|error| locate::<T>(contract, json, &error))
}

pub(super) fn write<T: Serialize>(contract: &'static str, value: &T) -> Result<Vec<u8>, ContractError> {
    serde_json::to_vec(value).map_err(|error| ContractError::from_json(contract, "$", &error))
}

/// Reads once more, now keeping track of the path: only messages that fail pay for it.
fn locate<T: DeserializeOwned>(contract: &'static str, json: &[u8], error: &serde_json::Error) -> ContractError {
    let mut source = serde_json::Deserializer::from_slice(json);
    match serde_path_to_error::deserialize::<_, T>(&mut source) {
        Err(located) => ContractError::from_json(contract, &located.path().to_string(), located.inner()),
        // Only what follows the value can be wrong then.
        Ok(_) => ContractError::from_json(contract, "$", error),
    }
}

pub(super) mod sealed {
    #[expect(unnameable_types, reason = "what cannot be named cannot be implemented elsewhere")]
    pub trait Sealed {}
}
