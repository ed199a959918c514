//! What was found about one essay.
use crate::event::text::wire_enum;
use crate::event::{ContractError, check::At};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

wire_enum! {
    /// How sure a grade is.
    ConfidenceLabel {
        High = "HIGH",
        Mid = "MID",
        Low = "LOW",
    }
}

/// Score, rank and grade of one essay.
///
/// The fields from `grade` on are additions: left out when absent, and ignored by older readers.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct EssayResultV1 {
    /// 1 to 36 characters.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = 36)))]
    pub essay_id: String,
    /// Place on the scale of grades, 0 to 1; 0 without a grade.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
    pub normalized_score: f64,
    /// `A` to `F` with `+` or `-`, or `U`: no grade, or one of a scale without letters.
    #[cfg_attr(feature = "schema", schemars(regex(pattern = r"^([A-F][+-]?|U)$")))]
    pub letter_grade: String,
    /// Probability of the grade; 0 without one.
    #[cfg_attr(feature = "schema", schemars(range(min = 0.0, max = 1.0)))]
    pub confidence_score: f64,
    /// The same in a word; `LOW` without a grade.
    pub confidence_label: ConfidenceLabel,
    /// Bradley–Terry score, in logits.
    pub bt_score: f64,
    /// 1 is best.
    #[cfg_attr(feature = "schema", schemars(range(min = 1)))]
    pub rank: u32,
    /// Whether it is an anchor, of which the grade was known.
    #[serde(default)]
    pub is_anchor: bool,
    /// Unused by this engine.
    pub feedback_uri: Option<String>,
    /// Unused by this engine.
    pub metrics_uri: Option<String>,
    /// What to show instead of the id.
    pub display_name: Option<String>,
    /// The grade in its own scale's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<String>,
    /// The scale that `grade` is on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade_scale: Option<String>,
    /// The grade with its finer step, where the scale has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fine_grade: Option<String>,
    /// Probability of every grade of the scale; together 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade_probabilities: Option<BTreeMap<String, f64>>,
    /// Why there is no grade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade_unavailable_reason: Option<String>,
    /// Standard error of the score, in logits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bt_se: Option<f64>,
    /// Best rank within the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank_low: Option<u32>,
    /// Worst rank within the interval.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank_high: Option<u32>,
    /// Verdicts that the score rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub comparison_count: Option<u32>,
}

impl EssayResultV1 {
    /// A scored essay without a grade, and why it has none.
    pub fn ungraded(essay_id: &str, bt_score: f64, rank: u32, reason: &str) -> Self {
        Self {
            essay_id: essay_id.to_owned(),
            normalized_score: 0.0,
            letter_grade: NO_LETTER.to_owned(),
            confidence_score: 0.0,
            confidence_label: ConfidenceLabel::Low,
            bt_score,
            rank,
            is_anchor: false,
            feedback_uri: None,
            metrics_uri: None,
            display_name: None,
            grade: None,
            grade_scale: None,
            fine_grade: None,
            grade_probabilities: None,
            grade_unavailable_reason: Some(reason.to_owned()),
            bt_se: None,
            rank_low: None,
            rank_high: None,
            comparison_count: None,
        }
    }

    /// The same essay with a grade of `scale`, its place on that scale and how sure it is.
    ///
    /// A grade that is no letter travels as `U` in the old field.
    #[must_use]
    pub fn with_grade(
        self,
        grade: &str,
        scale: &str,
        normalized_score: f64,
        confidence_score: f64,
        confidence_label: ConfidenceLabel,
    ) -> Self {
        let letter = if is_letter_grade(grade) { grade } else { NO_LETTER };
        Self {
            normalized_score,
            letter_grade: letter.to_owned(),
            confidence_score,
            confidence_label,
            grade: Some(grade.to_owned()),
            grade_scale: Some(scale.to_owned()),
            grade_unavailable_reason: None,
            ..self
        }
    }

    pub(in crate::event) fn check(&self, at: At<'_>) -> Result<(), ContractError> {
        at.field("essay_id").essay_id(&self.essay_id)?;
        at.field("normalized_score").within(self.normalized_score, 0.0..=1.0)?;
        if !is_letter_grade(&self.letter_grade) {
            let found = format_args!("{:?}", self.letter_grade);
            return Err(at.field("letter_grade").broken("A to F with + or -, or U", found));
        }
        at.field("confidence_score").within(self.confidence_score, 0.0..=1.0)?;
        at.field("bt_score").finite(self.bt_score)?;
        if self.rank == 0 {
            return Err(at.field("rank").broken("a whole number from 1", 0));
        }
        if let Some(se) = self.bt_se {
            at.field("bt_se").not_negative(se)?;
        }
        if let Some(probabilities) = &self.grade_probabilities {
            check_probabilities(probabilities, at.field("grade_probabilities"))?;
        }
        if self.rank_low.is_some_and(|low| low == 0 || low > self.rank) {
            return Err(at.field("rank_low").broken("a rank from 1 to that of the essay", self.rank_low.unwrap_or(0)));
        }
        match self.rank_high {
            Some(high) if high < self.rank => {
                Err(at.field("rank_high").broken("a rank from that of the essay on", high))
            }
            _ => Ok(()),
        }
    }
}

fn is_letter_grade(text: &str) -> bool {
    match text.as_bytes() {
        [b'A'..=b'F'] | [b'A'..=b'F', b'+' | b'-'] => true,
        other => other == NO_LETTER.as_bytes(),
    }
}

fn check_probabilities(probabilities: &BTreeMap<String, f64>, at: At<'_>) -> Result<(), ContractError> {
    for (grade, &probability) in probabilities {
        at.key(grade).within(probability, 0.0..=1.0)?;
    }
    let sum: f64 = probabilities.values().sum();
    if (sum - 1.0).abs() <= SUM_TOLERANCE {
        return Ok(());
    }
    Err(at.broken("probabilities that sum to 1", format_args!("a sum of {sum}")))
}

const NO_LETTER: &str = "U";
/// Rounding to three decimals over nine grades stays within.
const SUM_TOLERANCE: f64 = 0.005;
