use serde::{Deserialize, Serialize};

/// The comparisons to ask next: what `cj pair --format json` prints (`pair.v1`).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PairOutput {
    /// The comparisons, in the order to ask them.
    pub pairs: Vec<ProposedPair>,
    /// What the proposal depends on.
    pub settings: PairSettings,
    /// What a reader must know, one sentence each.
    pub warnings: Vec<String>,
}

/// One question to one judge.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ProposedPair {
    /// The item shown left (first).
    pub left: String,
    /// The item shown right (second).
    pub right: String,
    /// Who is to judge it; null where no judges were named.
    pub judge: Option<String>,
}

/// What a proposal depends on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PairSettings {
    /// The file of items, as it was named.
    pub items: String,
    /// The file of judgements already made, as it was named.
    pub judgements: Option<String>,
    /// The file of judges, as it was named.
    pub judges: Option<String>,
    /// The pairing strategy, as in `round_robin`.
    pub strategy: String,
    /// How many comparisons were asked for.
    pub count: u64,
    /// The seed of everything drawn at random.
    pub seed: u64,
}
