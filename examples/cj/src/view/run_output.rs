//! A stored batch as the document `run.v1`.

use cj_core::change::{EssayContent, ScoreSheet};
use cj_core::id::EssayId;

use super::{BatchView, label, summary};
use crate::error::Error;
use crate::output::{BatchSummary, Cost, Diagnostics, ItemScore, Reliability, RunOutput, RunSettings, ScoringSettings};

impl BatchView {
    /// The batch as `cj run` and `cj results` print it: from what is stored alone, so that it prints the same again.
    ///
    /// # Errors
    /// Stored judgements that make no scale.
    pub fn run_output(&self) -> Result<RunOutput, Error> {
        let sheet = self.rows.sheet();
        let judges = self.judges()?;
        Ok(RunOutput {
            simulated: self.label(label::SIMULATED).is_some(),
            batch: self.summary(),
            items: self.items(sheet),
            judges,
            reliability: sheet.map(reliability).unwrap_or_default(),
            grades: Vec::new(),
            order_effect: None,
            tie_parameter: None,
            diagnostics: sheet.map(diagnostics).unwrap_or_default(),
            cost: self.cost(),
            settings: self.settings(sheet),
            warnings: self.warnings(sheet),
        })
    }

    pub(crate) fn summary(&self) -> BatchSummary {
        summary(&self.summary.progress, self.rows.erasure.as_ref())
    }

    fn items(&self, sheet: Option<&ScoreSheet>) -> Vec<ItemScore> {
        let mut items: Vec<ItemScore> = sheet.map(scored).unwrap_or_default();
        let compared =
            |essay: &EssayId| sheet.is_some_and(|sheet| sheet.essays.iter().any(|row| row.essay_id == *essay));
        let unscored = self.rows.essays.iter().filter(|essay| !compared(&essay.essay_id));
        items.extend(unscored.map(|essay| ItemScore { id: essay.essay_id.to_string(), ..ItemScore::default() }));
        items.sort_by(|a, b| {
            let by_score = b.score.unwrap_or(f64::NEG_INFINITY).total_cmp(&a.score.unwrap_or(f64::NEG_INFINITY));
            by_score.then_with(|| a.id.cmp(&b.id))
        });
        items
    }

    fn cost(&self) -> Option<Cost> {
        let spent = &self.summary.spending;
        let tokens = |count: u64| (spent.prompt_tokens + spent.completion_tokens > 0).then_some(count);
        let counts = spent.usd.is_some() || tokens(0).is_some();
        counts.then(|| Cost {
            questions: u64::from(self.state().counters.asked),
            input_tokens: tokens(spent.prompt_tokens),
            output_tokens: tokens(spent.completion_tokens),
            usd: spent.usd,
        })
    }

    fn settings(&self, sheet: Option<&ScoreSheet>) -> RunSettings {
        let header = self.header();
        RunSettings {
            essays: self.label(label::ESSAYS).unwrap_or_default().to_owned(),
            judge: self.label(label::JUDGE).unwrap_or_default().to_owned(),
            strategy: header.settings.strategy().to_string(),
            scale: header.request.grade_scale.clone(),
            anchors: self.label(label::ANCHORS).map(str::to_owned),
            target_reliability: header.settings.target_reliability(),
            sample: self.label(label::SAMPLE).and_then(|count| count.parse().ok()),
            prompt_sha256: hash(header.request.student_prompt.as_deref()),
            rubric_sha256: hash(header.request.judge_rubric.as_deref()),
            seed: header.seed,
            scoring: ScoringSettings {
                prior: sheet.map_or_else(|| "eb".to_owned(), |sheet| sheet.fit.prior.clone()),
                ties: "drop".to_owned(),
                davidson_order: None,
                order_effect: false,
                se: "absolute".to_owned(),
                by_judge: false,
                anchors: None,
            },
        }
    }
}

fn scored(sheet: &ScoreSheet) -> Vec<ItemScore> {
    let row = |row: &cj_core::change::EssayScore| ItemScore {
        id: row.essay_id.to_string(),
        score: Some(row.score),
        se: Some(row.se),
        rank: Some(u64::from(row.rank)),
        rank_low: Some(u64::from(row.rank_low)),
        rank_high: Some(u64::from(row.rank_high)),
        comparisons: u64::from(row.comparisons),
        wins: u64::from(row.wins),
        losses: u64::from(row.losses),
        ties: u64::from(row.ties),
        infit: row.infit,
        outfit: row.outfit,
    };
    sheet.essays.iter().map(row).collect()
}

fn diagnostics(sheet: &ScoreSheet) -> Diagnostics {
    let names = |group: &Vec<EssayId>| group.iter().map(ToString::to_string).collect();
    let isolated = sheet.essays.iter().filter(|row| row.comparisons == 0).map(|row| row.essay_id.to_string());
    Diagnostics {
        log_likelihood: Some(sheet.fit.log_likelihood),
        iterations: u64::from(sheet.fit.iterations),
        max_gradient: sheet.fit.max_gradient,
        components: sheet.fit.components.iter().map(names).collect(),
        isolated: isolated.collect(),
    }
}

fn reliability(sheet: &ScoreSheet) -> Reliability {
    let honest = sheet.reliability.as_ref();
    let separation = sheet.separation.as_ref();
    Reliability {
        honest: honest.map(|honest| honest.median),
        honest_low: honest.map(|honest| honest.low),
        honest_high: honest.map(|honest| honest.high),
        ssr: separation.map(|found| found.ssr),
        ssr_alternative: separation.map(|found| found.ssr_alternative),
        ssr_basis: separation.map(|found| found.ssr_basis.clone()),
        separation: separation.map(|found| found.separation),
        strata: separation.map(|found| found.strata),
        split_half: None,
        latent_sd: honest.map(|honest| honest.latent_sd),
    }
}

/// The hash of a text, in hex.
fn hash(text: Option<&str>) -> Option<String> {
    text.and_then(|text| EssayContent::of_text(text).sha256)
}
