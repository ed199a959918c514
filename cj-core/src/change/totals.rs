//! What answers cost, in sum.

/// What the answers of a batch cost, summed over all of them, failures too.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "a store must fill every field")]
pub struct EvidenceTotals {
    /// US dollars, or none where no answer said.
    pub cost: Option<f64>,
    /// Tokens read.
    pub prompt_tokens: u64,
    /// Tokens written.
    pub completion_tokens: u64,
    /// Provider and model of most answers with a verdict that name both; the first by name (provider, then model, byte by
    /// byte) among equals.
    pub judge: Option<(String, String)>,
}
