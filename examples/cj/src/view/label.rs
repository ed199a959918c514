//! What a run notes with its batch, by name.

/// The file of anchors, as it was named.
pub const ANCHORS: &str = "anchors";
/// Where the essays came from, as it was named.
pub const ESSAYS: &str = "essays";
/// Who judged, in the notation of `--judge`.
pub const JUDGE: &str = "judge";
/// How many essays were drawn.
pub const SAMPLE: &str = "sample";
/// There where the judgements were made up.
pub const SIMULATED: &str = "simulated";
