//! What answers cost, in sum.

/// The answers of a batch in sum: how many there are, by what became of them, and what all of them cost, failures too.
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
    /// Verdicts that count.
    pub counted: u32,
    /// Answers without a verdict that ended their attempt.
    pub failed: u32,
    /// Answers that came after the batch had ended.
    pub late: u32,
    /// Answers that contradict the one that counted.
    pub conflicts: u32,
}
