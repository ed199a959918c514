//! What a reader of a batch's figures must know.

use cj_core::change::ScoreSheet;
use cj_core::id::EssayId;

use super::{BatchView, label};
use crate::judge::TURNED;
use crate::output::absence;

impl BatchView {
    pub(super) fn warnings(&self, sheet: Option<&ScoreSheet>) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.label(label::SIMULATED).is_some() {
            warnings.push(
                "SIMULATED: the judgements were made up from known qualities; this says nothing about the essays"
                    .to_owned(),
            );
        }
        if !self.state().phase.is_terminal() {
            warnings.push("the batch has not ended: the scores are those of the last wave that was scored".to_owned());
        }
        warnings.extend(self.erased());
        match sheet {
            None if self.summary.erased.is_some_and(|erased| erased.scores_at.is_some()) => {}
            None => warnings.push("there are no scores: nothing was scored".to_owned()),
            Some(sheet) => {
                warnings.extend(sheet.warnings.iter().cloned());
                if sheet.reliability.is_none() {
                    warnings.push(absence("honest", "the reliability was not estimated"));
                }
                warnings.push(absence("split_half", "there are no judges to split"));
                warnings.push(absence("order_effect and tie_parameter", "neither was modelled"));
            }
        }
        if let Some(reason) = self.summary.grades_unavailable.as_deref() {
            warnings.push(absence("grades", reason));
        }
        let missing: Vec<&str> = self.summary.missing.iter().map(EssayId::as_str).collect();
        if !missing.is_empty() {
            warnings.push(format!(
                "{} had no text and could not be compared: {}",
                counted(missing.len(), "essay"),
                missing.join(", ")
            ));
        }
        warnings.extend(self.failures());
        warnings.extend(self.notes());
        if self.summary.spending.usd.is_none() {
            warnings.push(absence("cost", "the judge did not say what it used"));
        }
        warnings
    }

    /// What is not there any more, and since when.
    fn erased(&self) -> Option<String> {
        let erased = self.summary.erased?;
        let day = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d").to_string();
        let texts = day(erased.texts_at);
        Some(match erased.scores_at.map(day) {
            None => format!("its texts were erased on {texts}"),
            Some(scores) if scores == texts => format!("its texts and scores were erased on {texts}"),
            Some(scores) => format!("its texts were erased on {texts}, its scores on {scores}"),
        })
    }

    /// Attempts that failed, by code.
    fn failures(&self) -> Vec<String> {
        let codes = self.rows.failures();
        let line = |(code, count): (_, &u32)| format!("{} failed with {code}", counted(*count as usize, "attempt"));
        let mut lines: Vec<String> = codes.iter().map(line).collect();
        let retried = self.summary.failure_pool.retried;
        if retried > 0 {
            lines.push(format!("questions were asked again after a failure: {retried}"));
        }
        lines
    }

    fn notes(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let turned =
            self.rows.counted().filter(|(decision, _)| decision.evidence.justification.as_deref() == Some(TURNED));
        let turned = turned.count();
        if turned > 0 {
            lines.push(format!("recorded with the two essays in the other order: {}", counted(turned, "answer")));
        }
        let (late, conflicts) = (self.summary.answers.late as usize, self.summary.answers.conflicts as usize);
        if late > 0 {
            lines.push(format!("not counted, for they came after the batch had ended: {}", counted(late, "answer")));
        }
        if conflicts > 0 {
            lines.push(format!(
                "kept for audit, for they contradict the one that counted: {}",
                counted(conflicts, "answer")
            ));
        }
        lines
    }
}

/// A count and its noun.
fn counted(count: usize, noun: &str) -> String {
    if count == 1 { format!("1 {noun}") } else { format!("{count} {noun}s") }
}
