//! A scale was fitted.

use super::machine::{Batch, Folded};
use super::{Context, Decision, Facts, Rejection, Scored, decide};
use crate::change::{
    BatchResult, BatchState, ChangeSet, EssayRecord, EssayResult, EvidenceTotals, Phase, ScoreSheet, WaitingFor,
    WaveRecord,
};

impl Batch {
    pub(super) fn scored(
        &mut self,
        scored: Scored,
        cx: &Context<'_>,
        change: &mut ChangeSet,
    ) -> Result<Folded, Rejection> {
        let Phase::Scoring(cause) = self.state.phase else {
            return Err(Rejection::WrongPhase { input: "Scored", phase: self.state.phase });
        };
        let Scored { sheet, wave, essays, totals } = scored;
        let counters = self.state.counters;
        if sheet.watermark != counters.decided {
            return Err(Rejection::StaleScores { expected: counters.decided, found: sheet.watermark });
        }
        change.put_wave(WaveRecord { scored_at: Some(cx.now), sheet: Some(sheet.clone()), ..wave });
        let compared = sheet.essays.len() as u32;
        let look = looks_at_reliability(&self.state, compared);
        let decision = decide(&Facts {
            settings: &self.header.settings,
            cause,
            essays: compared,
            decided: counters.questions_decided(),
            failed: counters.failed,
            open: counters.open(),
            verdicts: counters.decided,
            budget_left: counters.left(),
            connected: sheet.fit.components.len() == 1,
            fewest_verdicts: sheet.essays.iter().map(|essay| essay.comparisons).min().unwrap_or(0),
            reliability: sheet.reliability.as_ref().filter(|_| look),
            max_change: sheet.max_change,
        });
        if look && sheet.reliability.is_some() {
            self.state.reliability_judged_at = counters.decided;
        }
        match decision {
            Decision::AnotherWave => {
                keep_scores(&sheet, &essays, change);
                self.enter_work(Phase::Pairing, cx);
            }
            Decision::Wait => {
                keep_scores(&sheet, &essays, change);
                self.enter_waiting(WaitingFor::Stragglers);
            }
            Decision::Fail(reason) => self.fail(reason, cx, change)?,
            Decision::Complete(reason) => {
                keep_scores(&sheet, &essays, change);
                change.add_results(results(&sheet, &essays));
                let result = result(sheet, &essays, totals);
                self.complete(reason, result, &essays, cx, change)?;
            }
        }
        Ok(Folded::Activity)
    }
}

/// Whether there were enough new verdicts to look at the honest reliability again: looking oftener inflates it.
pub fn looks_at_reliability(state: &BatchState, essays: u32) -> bool {
    state.counters.decided - state.reliability_judged_at >= essays
}

fn keep_scores(sheet: &ScoreSheet, essays: &[EssayRecord], change: &mut ChangeSet) {
    let by_id: std::collections::BTreeMap<_, _> = essays.iter().map(|essay| (&essay.essay_id, essay)).collect();
    for row in &sheet.essays {
        if let Some(essay) = by_id.get(&row.essay_id) {
            change.update_essay(EssayRecord {
                score: Some(row.score),
                se: Some(row.se),
                rank: Some(row.rank),
                comparison_count: row.comparisons,
                ..(*essay).clone()
            });
        }
    }
}

fn results(sheet: &ScoreSheet, essays: &[EssayRecord]) -> Vec<EssayResult> {
    let anchors: std::collections::BTreeSet<_> =
        essays.iter().filter(|essay| essay.kind.is_anchor()).map(|essay| &essay.essay_id).collect();
    let batch_id = essays.first().map(|essay| essay.batch_id);
    let row = |row: &crate::change::EssayScore| {
        Some(EssayResult {
            batch_id: batch_id?,
            essay_id: row.essay_id.clone(),
            is_anchor: anchors.contains(&row.essay_id),
            score: row.score,
            se: row.se,
            rank: row.rank,
            rank_low: row.rank_low,
            rank_high: row.rank_high,
            comparisons: row.comparisons,
            infit: row.infit,
            outfit: row.outfit,
        })
    };
    sheet.essays.iter().filter_map(row).collect()
}

fn result(sheet: ScoreSheet, essays: &[EssayRecord], totals: EvidenceTotals) -> BatchResult {
    let missing = essays.iter().filter(|essay| essay.status == crate::change::EssayStatus::Missing);
    let anchors = essays.iter().any(|essay| essay.kind.is_anchor());
    let reason = if anchors { "grades are not projected by this version" } else { "there are no anchor essays" };
    BatchResult {
        missing: missing.map(|essay| essay.essay_id.clone()).collect(),
        cost: totals.cost,
        prompt_tokens: totals.prompt_tokens,
        completion_tokens: totals.completion_tokens,
        judge: totals.judge,
        grades_unavailable: Some(reason.to_owned()),
        warnings: sheet.warnings.clone(),
        sheet: Some(sheet),
    }
}
