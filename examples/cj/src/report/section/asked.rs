use serde::Serialize;

use crate::report::ReportView;
use crate::report::format::{count, fixed, percent};
use crate::report::scale::Scale;
use crate::report::svg::Svg;

/// What the judges were asked, how much of the budget that took, and what it cost.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Asked {
    figures: Vec<(&'static str, String)>,
    bar: Option<String>,
    prompt: Option<String>,
    rubric: Option<String>,
}

impl Asked {
    /// None where nothing is known but the judgements themselves.
    pub(in crate::report) fn of(view: &ReportView<'_>) -> Option<Self> {
        let known = view.batch.is_some() || view.cost.is_some() || view.prompt.is_some() || view.rubric.is_some();
        known.then(|| Self {
            figures: figures(view),
            bar: bar(view),
            prompt: view.prompt.clone(),
            rubric: view.rubric.clone(),
        })
    }
}

fn figures(view: &ReportView<'_>) -> Vec<(&'static str, String)> {
    let mut figures = Vec::new();
    if let Some(batch) = view.batch {
        figures.push(("Questions allowed (budget)", count(batch.budget)));
        figures.push(("Questions asked, repeated attempts included", count(batch.asked)));
        figures.push(("Answered", count(batch.decided)));
        figures.push(("Failed for good", count(batch.failed)));
        figures.push(("Waves", count(batch.waves)));
    }
    if let Some(cost) = view.cost {
        if view.batch.is_none_or(|batch| batch.asked != cost.questions) {
            figures.push(("Questions sent to judges", count(cost.questions)));
        }
        if let Some(tokens) = cost.input_tokens {
            figures.push(("Tokens read by the model", count(tokens)));
        }
        if let Some(tokens) = cost.output_tokens {
            figures.push(("Tokens written by the model", count(tokens)));
        }
        if let Some(usd) = cost.usd {
            figures.push(("Cost", format!("${}", fixed(Some(usd), 2))));
            if !view.items.is_empty() {
                figures.push(("Cost per item", format!("${}", fixed(Some(usd / view.items.len() as f64), 4))));
            }
        }
    }
    figures
}

/// The budget as a bar: answered, failed, not used.
fn bar(view: &ReportView<'_>) -> Option<String> {
    let batch = view.batch?;
    let whole = batch.budget.max(batch.asked) as f64;
    if whole <= 0.0 {
        return None;
    }
    let scale = Scale::new(0.0, whole, 0.0, 540.0);
    let mut svg = Svg::new(540.0, 18.0);
    svg.rect("track", (0.0, 2.0), (540.0, 14.0), "not used");
    svg.rect("reach soft", (0.0, 2.0), (scale.at(batch.asked as f64), 14.0), "asked");
    svg.rect("reach", (0.0, 2.0), (scale.at(batch.decided as f64), 14.0), "answered");
    Some(svg.figure(
        "budget",
        "How much of the budget was used",
        &format!(
            "{} of the budget was asked and {} answered.",
            percent(Some(batch.asked as f64 / whole)),
            percent(Some(batch.decided as f64 / whole))
        ),
    ))
}
