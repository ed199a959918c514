//! Maps that a contract leaves open.
use super::ContractError;
use serde::de::{DeserializeOwned, value::MapDeserializer};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// A map whose keys the contract leaves to its sender. Nothing in it is lost on the way through.
///
/// What this library itself puts in or looks for has a struct of its own (`ProcessingSummary`, `FailureInfo`, …)
/// that is written into such a map and read out of it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(transparent)]
pub struct OpenMap(BTreeMap<String, Value>);

impl OpenMap {
    /// An empty map.
    pub const fn new() -> Self {
        Self(BTreeMap::new())
    }

    /// Puts a value under a key, in the place of what was there.
    pub fn insert(&mut self, key: impl Into<String>, value: impl Into<Value>) {
        self.0.insert(key.into(), value.into());
    }

    /// Takes over every key of `other`, in the place of what was there.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The value under a key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.0.get(key)
    }

    /// The text under a key, where it is a text.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.get(key).and_then(Value::as_str)
    }

    /// The count under a key, where it is a whole number from 0.
    pub fn count(&self, key: &str) -> Option<u64> {
        self.get(key).and_then(Value::as_u64)
    }

    /// Keys and values, in the order of the keys.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// How many keys there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there is no key at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn read<T: DeserializeOwned>(&self, contract: &'static str) -> Result<T, ContractError> {
        let entries = self.0.iter().map(|(key, value)| (key.as_str(), value));
        let mut track = serde_path_to_error::Track::new();
        let source = serde_path_to_error::Deserializer::new(MapDeserializer::new(entries), &mut track);
        T::deserialize(source)
            .map_err(|error: serde_json::Error| ContractError::from_json(contract, &track.path().to_string(), &error))
    }

    pub(crate) fn of<T: Serialize>(contract: &'static str, view: &T) -> Result<Self, ContractError> {
        match serde_json::to_value(view) {
            Ok(Value::Object(map)) => Ok(map.into_iter().collect()),
            Ok(other) => Err(ContractError::new(contract, "$", "a map", other)),
            Err(error) => Err(ContractError::from_json(contract, "$", &error)),
        }
    }
}

impl FromIterator<(String, Value)> for OpenMap {
    fn from_iter<I: IntoIterator<Item = (String, Value)>>(entries: I) -> Self {
        Self(entries.into_iter().collect())
    }
}
