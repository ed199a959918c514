//! The numbers of a result are those of its answers.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use cj_core::change::{EssayStatus, Phase, Winner};

use super::Invariant;
use crate::sim::Snapshot;

/// A completed batch has one result for each essay that was compared, from every counted verdict and no other.
pub(super) struct RightScale;

impl Invariant for RightScale {
    fn name(&self) -> &'static str {
        "the scale is that of the counted verdicts"
    }

    fn on_change(&mut self, _before: Option<&Snapshot>, after: &Snapshot, _now: DateTime<Utc>) -> Result<(), String> {
        let state = &after.record.state;
        let Phase::Completed(_) = state.phase else { return Ok(()) };
        let Some(sheet) = state.result.as_ref().and_then(|result| result.sheet.as_ref()) else { return Ok(()) };
        if sheet.watermark != state.counters.decided {
            return Err(format!("the scale rests on {} of {} verdicts", sheet.watermark, state.counters.decided));
        }
        let mut counts: BTreeMap<_, (u32, u32)> = BTreeMap::new();
        for row in &after.comparisons {
            let (a, b) = match row.verdict {
                Some(Winner::A) => (1, 0),
                Some(Winner::B) => (0, 1),
                Some(Winner::Tie) => (0, 0),
                None => continue,
            };
            for (essay, wins) in [(&row.essay_a, a), (&row.essay_b, b)] {
                let count = counts.entry(essay).or_default();
                count.0 += 1;
                count.1 += wins;
            }
        }
        let ready = after.essays.iter().filter(|essay| essay.status == EssayStatus::Ready).count();
        if after.results.len() != ready || sheet.essays.len() != ready {
            return Err(format!("{} results for {ready} essays", after.results.len()));
        }
        for row in &sheet.essays {
            let expected = counts.get(&row.essay_id).copied().unwrap_or_default();
            if (row.comparisons, row.wins) != expected || !row.score.is_finite() || !row.se.is_finite() {
                return Err(format!(
                    "{}: {} of {} won, expected {expected:?}",
                    row.essay_id, row.wins, row.comparisons
                ));
            }
        }
        Ok(())
    }
}
