use std::collections::BTreeMap;

use serde_json::Value;

use super::{PairCount, Sides, Wave};
use crate::output::{
    BatchSummary, Cost, Diagnostics, GradeProjection, ItemScore, JudgeFit, OrderEffect, Reliability, RunOutput,
    ScoreOutput, TieParameter,
};

/// Everything that a report shows: a result, and what its JSON does not hold.
///
/// Made from the output of a command; the rest is added where there is any, and what is not added is left out of the
/// report rather than shown empty.
///
/// ```
/// # fn example(output: &cj::output::RunOutput, waves: Vec<cj::report::Wave>) -> Result<(), cj::report::ReportError> {
/// use cj::report::{ReportView, render};
/// let html = render(&ReportView::from(output).title("Year 9, spring").waves(waves))?;
/// assert!(html.starts_with("<!DOCTYPE html>"));
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone)]
pub struct ReportView<'a> {
    pub(super) title: String,
    pub(super) simulated: bool,
    pub(super) items: &'a [ItemScore],
    pub(super) judges: &'a [JudgeFit],
    pub(super) reliability: &'a Reliability,
    pub(super) order_effect: Option<&'a OrderEffect>,
    pub(super) tie_parameter: Option<&'a TieParameter>,
    pub(super) diagnostics: &'a Diagnostics,
    pub(super) warnings: &'a [String],
    pub(super) batch: Option<&'a BatchSummary>,
    pub(super) grades: &'a [GradeProjection],
    pub(super) cost: Option<&'a Cost>,
    pub(super) target: Option<f64>,
    pub(super) settings: Value,
    pub(super) names: BTreeMap<String, String>,
    pub(super) waves: Vec<Wave>,
    pub(super) pairs: Vec<PairCount>,
    pub(super) sides: Sides,
    pub(super) thresholds: Vec<f64>,
    pub(super) prompt: Option<String>,
    pub(super) rubric: Option<String>,
}

impl ReportView<'_> {
    /// The name of the report, in its heading and in the title of the window.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// The titles of items by their ids; an item without one is shown by its id alone.
    #[must_use]
    pub fn names(mut self, names: BTreeMap<String, String>) -> Self {
        self.names = names;
        self
    }

    /// The history of the batch, in the order of the waves.
    #[must_use]
    pub fn waves(mut self, waves: Vec<Wave>) -> Self {
        self.waves = waves;
        self
    }

    /// What came of every pair. Pairs with an item that the result does not have are left out.
    #[must_use]
    pub fn pairs(mut self, pairs: Vec<PairCount>, sides: Sides) -> Self {
        self.pairs = pairs;
        self.sides = sides;
        self
    }

    /// The scores at which one grade passes into the next, in logits, lowest first.
    #[must_use]
    pub fn thresholds(mut self, thresholds: Vec<f64>) -> Self {
        self.thresholds = thresholds;
        self
    }

    /// The task that the essays answer, as the judges were shown it.
    #[must_use]
    pub fn prompt(mut self, prompt: impl Into<String>) -> Self {
        self.prompt = Some(prompt.into());
        self
    }

    /// What the judges were asked to weigh.
    #[must_use]
    pub fn rubric(mut self, rubric: impl Into<String>) -> Self {
        self.rubric = Some(rubric.into());
        self
    }
}

impl<'a> From<&'a RunOutput> for ReportView<'a> {
    fn from(output: &'a RunOutput) -> Self {
        Self {
            title: file_name(&output.settings.essays),
            simulated: output.simulated,
            items: &output.items,
            judges: &output.judges,
            reliability: &output.reliability,
            order_effect: output.order_effect.as_ref(),
            tie_parameter: output.tie_parameter.as_ref(),
            diagnostics: &output.diagnostics,
            warnings: &output.warnings,
            batch: Some(&output.batch),
            grades: &output.grades,
            cost: output.cost.as_ref(),
            target: output.settings.target_reliability,
            settings: serde_json::to_value(&output.settings).unwrap_or_default(),
            names: BTreeMap::new(),
            waves: Vec::new(),
            pairs: Vec::new(),
            sides: Sides::Shown,
            thresholds: Vec::new(),
            prompt: None,
            rubric: None,
        }
    }
}

impl<'a> From<&'a ScoreOutput> for ReportView<'a> {
    fn from(output: &'a ScoreOutput) -> Self {
        Self {
            title: file_name(&output.settings.judgements),
            simulated: false,
            items: &output.items,
            judges: &output.judges,
            reliability: &output.reliability,
            order_effect: output.order_effect.as_ref(),
            tie_parameter: output.tie_parameter.as_ref(),
            diagnostics: &output.diagnostics,
            warnings: &output.warnings,
            batch: None,
            grades: &[],
            cost: None,
            target: None,
            settings: serde_json::to_value(&output.settings).unwrap_or_default(),
            names: BTreeMap::new(),
            waves: Vec::new(),
            pairs: Vec::new(),
            sides: Sides::Unknown,
            thresholds: Vec::new(),
            prompt: None,
            rubric: None,
        }
    }
}

/// The last part of a path as it was named.
fn file_name(path: &str) -> String {
    path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(path).to_owned()
}
