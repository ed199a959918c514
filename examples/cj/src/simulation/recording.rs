use std::collections::BTreeMap;

use cj_core::pairing::Pair;
use cj_core::scoring::{Judgements, Model, PairCount, Prior};

use crate::error::Error;
use crate::input::{JudgementTable, Outcome};

/// A recorded tournament that answers in place of judges. What the whole of it says is taken for the truth.
#[derive(Debug, Clone)]
pub struct Recording {
    truth: Vec<f64>,
    /// For each pair its answers, in the order of the file: whether the item with the lower number won.
    answers: BTreeMap<(u32, u32), Vec<bool>>,
    missing: Vec<Pair>,
}

impl Recording {
    /// A recording, its truth fitted with the prior N(0, `prior_sd`²) and without an order effect. Ties count as not recorded.
    ///
    /// # Errors
    /// Answers that cannot be fitted.
    pub fn new(table: &JudgementTable, prior_sd: f64) -> Result<Self, Error> {
        let mut answers: BTreeMap<(u32, u32), Vec<bool>> = BTreeMap::new();
        for record in &table.records {
            let left_wins = match record.outcome {
                Outcome::Left => true,
                Outcome::Right => false,
                Outcome::Tie => continue,
            };
            let low_wins = left_wins == (record.left < record.right);
            let pair = Pair::new(record.left, record.right).unordered();
            answers.entry(pair).or_default().extend(std::iter::repeat_n(low_wins, record.count as usize));
        }
        let counts: Vec<PairCount> = answers
            .iter()
            .map(|(&(low, high), answers)| {
                let wins = answers.iter().filter(|low_wins| **low_wins).count();
                PairCount::new(low as usize, high as usize, wins as f64, (answers.len() - wins) as f64)
            })
            .collect();
        let items = table.items.len();
        let judgements = Judgements::from_counts(&names(items), &counts)?;
        let truth = Model::builder().prior(Prior::Normal { sd: prior_sd }).build()?.fit(&judgements)?.scores().to_vec();
        let all = (0..items as u32).flat_map(|high| (0..high).map(move |low| (low, high)));
        let missing = all.filter(|pair| !answers.contains_key(pair)).map(|(low, high)| Pair::new(low, high)).collect();
        Ok(Self { truth, answers, missing })
    }

    /// What the whole recording says of each item, in logits.
    pub fn truth(&self) -> &[f64] {
        &self.truth
    }

    /// Pairs without an answer.
    pub fn missing(&self) -> &[Pair] {
        &self.missing
    }

    /// The answer to a pair that was asked `before` times already: its next record, and after the last the first again. One recorded
    /// in the other order answers with its winner.
    pub(super) fn left_wins(&self, pair: Pair, before: usize) -> bool {
        let low_wins = self.answers.get(&pair.unordered()).is_some_and(|answers| answers[before % answers.len()]);
        low_wins == (pair.left < pair.right)
    }
}

/// Names that sort like their numbers.
pub(super) fn names(items: usize) -> Vec<String> {
    (0..items).map(|item| format!("{item:08}")).collect()
}
