//! What a request says beside its contract.
use crate::event::{ContractError, LlmBatchingMode, OpenMap, check::At};

/// What the sender of a request wrote into the envelope's metadata for this engine.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
#[non_exhaustive]
pub struct RequestHints {
    /// Budget of the batch, in comparisons; at least 1.
    pub max_comparisons: Option<u32>,
    /// How questions are to be put to a provider. A hint: one that is not known is no hint.
    pub llm_batching_mode: Option<LlmBatchingMode>,
    /// Settings of the batch, as the sender wrote them.
    pub batch_config_overrides: OpenMap,
}

impl RequestHints {
    /// Reads an envelope's metadata; null values are as good as absent.
    ///
    /// # Errors
    /// A budget that is not a whole number from 1, or settings that are not a map.
    pub fn from_metadata(metadata: Option<&OpenMap>) -> Result<Self, ContractError> {
        let at = At::root(NAME);
        let value = |key| metadata.and_then(|map| map.get(key)).filter(|value| !value.is_null());
        let max_comparisons = value("max_comparisons").map(|value| {
            let count = value.as_u64().and_then(|count| u32::try_from(count).ok()).filter(|&count| count > 0);
            count.ok_or_else(|| at.field("max_comparisons").broken("a whole number from 1", value))
        });
        let mode = value("llm_batching_mode_hint").and_then(|value| value.as_str());
        let overrides = value("batch_config_overrides").map(|value| {
            let map = value.as_object().ok_or_else(|| at.field("batch_config_overrides").broken("a map", value))?;
            Ok(map.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
        });
        Ok(Self {
            max_comparisons: max_comparisons.transpose()?,
            llm_batching_mode: mode.and_then(|mode| mode.to_ascii_lowercase().parse().ok()),
            batch_config_overrides: overrides.transpose()?.unwrap_or_default(),
        })
    }
}

const NAME: &str = "EventEnvelope.metadata";

#[cfg(test)]
mod tests {
    use super::RequestHints;
    use crate::event::{LlmBatchingMode, OpenMap};
    use serde_json::{Value, json};

    fn metadata(value: Value) -> OpenMap {
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn hints_are_read() {
        let map = metadata(json!({
            "max_comparisons": 60, "runner_mode": "execute", "llm_batching_mode_hint": "Serial_Bundle",
            "batch_config_overrides": {"batch_size": 50},
        }));
        let hints = RequestHints::from_metadata(Some(&map)).unwrap();
        assert_eq!(hints.max_comparisons, Some(60));
        assert_eq!(hints.llm_batching_mode, Some(LlmBatchingMode::SerialBundle));
        assert_eq!(hints.batch_config_overrides.count("batch_size"), Some(50));
    }

    #[test]
    fn what_is_absent_null_or_unknown_is_no_hint() {
        assert_eq!(RequestHints::from_metadata(None), Ok(RequestHints::default()));
        let map = metadata(json!({
            "max_comparisons": null, "llm_batching_mode_hint": "all_at_once", "batch_config_overrides": null,
        }));
        assert_eq!(RequestHints::from_metadata(Some(&map)), Ok(RequestHints::default()));
    }

    #[test]
    fn a_budget_that_is_none_is_refused() {
        for budget in [json!(0), json!(-5), json!("60"), json!(1.5), json!(u64::MAX)] {
            let error = RequestHints::from_metadata(Some(&metadata(json!({ "max_comparisons": budget })))).unwrap_err();
            assert_eq!((error.field.as_str(), error.expected.as_str()), ("max_comparisons", "a whole number from 1"));
        }
        let error = RequestHints::from_metadata(Some(&metadata(json!({"batch_config_overrides": []})))).unwrap_err();
        assert_eq!(error.field, "batch_config_overrides");
    }
}
