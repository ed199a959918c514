//! A stored batch as an HTML report.

use cj_core::change::WaveRecord;

use super::BatchView;
use crate::error::Error;
use crate::output::RunOutput;
use crate::report::{PairCount, ReportView, Sides, Wave, WaveReliability, render};

impl BatchView {
    /// The report of the batch.
    ///
    /// # Errors
    /// A template that cannot be rendered.
    pub fn report(&self, output: &RunOutput) -> Result<String, Error> {
        let titles =
            self.rows.essays.iter().filter_map(|essay| Some((essay.essay_id.to_string(), essay.title.clone()?)));
        let pairs = self.rows.matrix.iter().map(|(key, cell)| PairCount {
            left: key.essay_a.to_string(),
            right: key.essay_b.to_string(),
            left_wins: u64::from(cell.wins_a),
            right_wins: u64::from(cell.wins_b),
            ties: u64::from(cell.ties),
        });
        let mut view = ReportView::from(output)
            .names(titles.collect())
            .waves(self.rows.waves.iter().map(|wave| self.wave(wave)).collect())
            .pairs(pairs.collect(), Sides::Shown);
        if let Some(prompt) = &self.header().request.student_prompt {
            view = view.prompt(prompt.clone());
        }
        if let Some(rubric) = &self.header().request.judge_rubric {
            view = view.rubric(rubric.clone());
        }
        render(&view).map_err(|error| Error::failed(format!("the report could not be made: {error}")))
    }

    fn wave(&self, record: &WaveRecord) -> Wave {
        let outcome = self.rows.outcomes().remove(&record.wave).unwrap_or_default();
        let sheet = record.sheet.as_ref();
        let scores = sheet.map(|sheet| sheet.essays.iter().map(|row| (row.essay_id.to_string(), row.score)).collect());
        let reliability = sheet.and_then(|sheet| sheet.reliability.as_ref());
        Wave {
            number: u64::from(record.wave),
            planned: u64::from(record.pairs_planned),
            decided: u64::from(outcome.decided),
            failed: u64::from(outcome.failed),
            reliability: reliability.map(|r| WaveReliability { estimate: r.median, low: r.low, high: r.high }),
            max_change: sheet.and_then(|sheet| sheet.max_change),
            scores: scores.unwrap_or_default(),
        }
    }
}
