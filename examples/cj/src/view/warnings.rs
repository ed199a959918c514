//! What a reader of a batch's figures must know.

use std::collections::BTreeMap;

use cj_core::change::{ComparisonState, DecisionRole, ScoreSheet};

use super::{BatchView, label};
use crate::judge::TURNED;

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
        match sheet {
            None => warnings.push("there are no scores: nothing was scored".to_owned()),
            Some(sheet) => {
                warnings.extend(sheet.warnings.iter().cloned());
                if sheet.reliability.is_none() {
                    warnings.push("honest reliability (honest, honest_low, honest_high, latent_sd) is absent: it was not estimated".to_owned());
                }
                warnings.push("split_half is absent: there are no judges to split".to_owned());
                warnings.push("order_effect and tie_parameter are absent: neither was modelled".to_owned());
            }
        }
        let result = self.state().result.as_ref();
        if let Some(reason) = result.and_then(|result| result.grades_unavailable.as_deref()) {
            warnings.push(format!("grades are absent: {reason}"));
        }
        let missing = self.missing();
        if !missing.is_empty() {
            warnings.push(format!(
                "{} essays had no text and were not compared: {}",
                missing.len(),
                missing.join(", ")
            ));
        }
        warnings.extend(self.failures());
        warnings.extend(self.notes());
        if self.totals.cost.is_none() {
            warnings.push("cost is absent: the judge did not say what it used".to_owned());
        }
        warnings
    }

    /// Attempts that failed, by code.
    fn failures(&self) -> Vec<String> {
        let mut codes: BTreeMap<&str, u32> = BTreeMap::new();
        for comparison in self.comparisons.values() {
            let lost = matches!(comparison.state, ComparisonState::Failed | ComparisonState::Expired);
            if let Some(code) = comparison.error_code.as_ref().filter(|_| lost) {
                *codes.entry(code.as_str()).or_default() += 1;
            }
        }
        let retried = self.state().counters.retried;
        let mut lines: Vec<String> =
            codes.iter().map(|(code, count)| format!("{count} attempts failed with {code}")).collect();
        if retried > 0 {
            lines.push(format!("{retried} of them were asked again"));
        }
        lines
    }

    fn notes(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let turned = self.counted().filter(|(decision, _)| decision.evidence.justification.as_deref() == Some(TURNED));
        let turned = turned.count();
        if turned > 0 {
            lines.push(format!("{turned} answers were recorded with the two essays in the other order"));
        }
        let of_role = |role| self.decisions.iter().filter(|decision| decision.role == role).count();
        let (late, conflicts) = (of_role(DecisionRole::Late), of_role(DecisionRole::Conflict));
        if late > 0 {
            lines.push(format!("{late} answers came after the batch had ended and were not counted"));
        }
        if conflicts > 0 {
            lines.push(format!("{conflicts} answers contradicted the one that counted and were kept for audit"));
        }
        lines
    }
}
