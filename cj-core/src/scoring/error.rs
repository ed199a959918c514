use std::fmt::Write;

use thiserror::Error;

/// What stops an estimate: bad input, a setting out of range, or data for which no finite estimate exists.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ScoringError {
    /// An item meets itself.
    #[error("judgement {row}: {item:?} is compared with itself; expected two different items")]
    SelfPair {
        /// Position in the input, counting from 1.
        row: usize,
        /// The item on both sides.
        item: String,
    },
    /// A weight, count or time that is no number of judgements.
    #[error("judgement {row} ({left:?} against {right:?}): {what} is {found}; expected a finite number, at least 0")]
    Amount {
        /// Position in the input, counting from 1.
        row: usize,
        /// Item shown first.
        left: String,
        /// Item shown second.
        right: String,
        /// Which number: `weight`, `wins_left`, `milliseconds`, …
        what: &'static str,
        /// The number that was given.
        found: f64,
    },
    /// An index beyond the named items.
    #[error("count {row}: item index {index} is out of range; {items} items are named, so expected 0 to {last}", last = items.saturating_sub(1))]
    UnknownItem {
        /// Position in the input, counting from 1.
        row: usize,
        /// The index that was given.
        index: usize,
        /// How many items are named.
        items: usize,
    },
    /// Two items with one name.
    #[error("item {name:?} is named twice; expected every name once")]
    DuplicateItem {
        /// The repeated name.
        name: String,
    },
    /// A name that is none of the items.
    #[error("{what} names {name:?}, which is none of the {items} items")]
    UnknownName {
        /// What named it.
        what: &'static str,
        /// The name that was given.
        name: String,
        /// How many items there are.
        items: usize,
    },
    /// A setting out of range.
    #[error("{setting} is {found}; expected {expected}")]
    Setting {
        /// Which setting.
        setting: &'static str,
        /// What was given.
        found: String,
        /// What would be accepted.
        expected: &'static str,
    },
    /// Start values that do not match the items.
    #[error(
        "{found} start values for {expected} items; expected one finite number per item, in the order of the items"
    )]
    Start {
        /// Number of items.
        expected: usize,
        /// Number of finite start values that were given.
        found: usize,
    },
    /// The comparison graph falls apart: scores of different parts have no common zero.
    #[error(
        "no maximum-likelihood estimate: the comparisons fall into {count} separate groups ({groups}); \
         compare items across the groups, or use a prior",
        count = components.len(),
        groups = list(components.iter().map(|group| format!("[{}]", quoted(group))), " | "),
    )]
    Disconnected {
        /// The connected groups of items, each sorted.
        components: Vec<Vec<String>>,
    },
    /// Some group never lost to, or never beat, the rest: its scores run to infinity.
    #[error(
        "no maximum-likelihood estimate: {}; more comparisons, or a prior, make every score finite",
        separation(unbeaten, winless, groups)
    )]
    Separated {
        /// Items that won every comparison.
        unbeaten: Vec<String>,
        /// Items that lost every comparison.
        winless: Vec<String>,
        /// Groups that are held together by wins in both directions, the strongest first.
        groups: Vec<Vec<String>>,
    },
    /// A parameter beside the scores has no finite estimate.
    #[error("no finite estimate of the {parameter}: {reason}")]
    NoFiniteParameter {
        /// Which parameter.
        parameter: &'static str,
        /// Why.
        reason: &'static str,
    },
    /// The solver stopped short of its accuracy.
    #[error("the estimate did not settle: after {iterations} iterations a step would still change a score by {step:e}")]
    NotConverged {
        /// Iterations made.
        iterations: usize,
        /// Largest change that the next step would make, in logits.
        step: f64,
    },
    /// Figures that compare the spread of the scores with their errors need a spread.
    #[error("the {items} items show no spread of scores; expected at least two items with different scores")]
    NoSpread {
        /// Number of items.
        items: usize,
    },
    /// What the scores differ by is less than their errors.
    #[error(
        "the standard errors (RMSE {rmse:.2} logits) outweigh the differences of the scores (SD {spread:.2}): some items have too few comparisons"
    )]
    Drowned {
        /// Root mean square of the standard errors.
        rmse: f64,
        /// Standard deviation of the scores.
        spread: f64,
    },
    /// A figure that compares judges with each other needs several.
    #[error("{judges} named judges; expected at least 2")]
    TooFewJudges {
        /// Number of named judges.
        judges: usize,
    },
    /// An item was judged less than an estimate can work with.
    #[error("the judgements of {item:?} weigh {found}; expected more than {least} for the {estimate}")]
    TooLittle {
        /// The item.
        item: String,
        /// Weight of its decided judgements.
        found: f64,
        /// Weight above which there is an estimate.
        least: f64,
        /// Which estimate.
        estimate: &'static str,
    },
    /// A figure about judges needs to know who judged.
    #[error("{judgements} judgements name no judge; expected a judge for every judgement")]
    Unnamed {
        /// Weight of the judgements without a judge.
        judgements: f64,
    },
    /// A dense answer was asked for more items than it is computed for.
    #[error("{what} of {items} items is not computed; the limit is {limit} items")]
    TooLarge {
        /// What was asked for.
        what: &'static str,
        /// Number of items.
        items: usize,
        /// Largest number of items for which it is computed.
        limit: usize,
    },
}

fn separation(unbeaten: &[String], winless: &[String], groups: &[Vec<String>]) -> String {
    let mut parts = Vec::new();
    if !unbeaten.is_empty() {
        parts.push(format!("{} won every comparison", quoted(unbeaten)));
    }
    if !winless.is_empty() {
        parts.push(format!("{} lost every comparison", quoted(winless)));
    }
    if parts.is_empty() {
        let strongest = groups.first().map(|group| quoted(group)).unwrap_or_default();
        parts.push(format!("no item of [{strongest}] ever lost to an item outside that group"));
    }
    parts.join(", ")
}

fn quoted(names: &[String]) -> String {
    list(names.iter().map(|name| format!("{name:?}")), ", ")
}

/// The first few entries and the number of the others: an error text stays readable with 100,000 items.
fn list(entries: impl ExactSizeIterator<Item = String>, separator: &str) -> String {
    let more = entries.len().saturating_sub(SHOWN);
    let mut text = entries.take(SHOWN).collect::<Vec<_>>().join(separator);
    if more > 0 {
        let _ = write!(text, "{separator}and {more} more");
    }
    text
}

const SHOWN: usize = 5;
