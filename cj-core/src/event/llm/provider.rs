//! Providers of judges, and what can be asked of them.
use crate::event::text::wire_enum;

wire_enum! {
    /// Who runs the model that judges.
    LlmProviderType {
        Anthropic = "anthropic",
        OpenAi = "openai",
        Google = "google",
        OpenRouter = "openrouter",
        Mock = "mock",
    }
}

wire_enum! {
    /// How long a model is asked to think.
    ReasoningEffort {
        None = "none",
        Low = "low",
        Medium = "medium",
        High = "high",
    }
}

wire_enum! {
    /// How much a model is asked to write.
    OutputVerbosity {
        Low = "low",
        Medium = "medium",
        High = "high",
    }
}

wire_enum! {
    /// How questions are put to a provider.
    LlmBatchingMode {
        PerRequest = "per_request",
        SerialBundle = "serial_bundle",
        ProviderBatchApi = "provider_batch_api",
    }
}
