//! The result of a batch as tables.

use super::{Document, RunOutput, Section, items_csv, items_table, judges_table, summary_table};

impl Document for RunOutput {
    fn sections(&self) -> Vec<Section> {
        let mut sections = vec![items_table(&self.items)];
        sections.extend(judges_table(&self.judges));
        let (order, ties) = (self.order_effect.as_ref(), self.tie_parameter.as_ref());
        let mut summary = summary_table(&self.reliability, order, ties, &self.diagnostics);
        summary.rows.splice(0..0, self.batch_rows());
        sections.push(summary);
        if self.simulated {
            "SIMULATED: judged by known qualities, not by reading".clone_into(&mut sections[0].title);
        }
        sections
    }

    fn csv(&self) -> Section {
        items_csv(&self.items)
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl RunOutput {
    fn batch_rows(&self) -> Vec<Vec<String>> {
        let batch = &self.batch;
        let ended =
            batch.reason.as_ref().map_or_else(|| batch.phase.clone(), |reason| format!("{}: {reason}", batch.phase));
        let mut rows = vec![
            vec!["batch".to_owned(), batch.id.clone()],
            vec!["ended".to_owned(), ended],
            vec!["judge".to_owned(), self.settings.judge.clone()],
            vec![
                "questions".to_owned(),
                format!(
                    "{} asked in {} waves, {} decided, {} failed, budget {}",
                    batch.asked, batch.waves, batch.decided, batch.failed, batch.budget
                ),
            ],
        ];
        if let Some(erased) = &batch.erased {
            rows.push(vec!["erased".to_owned(), erased.replace('_', " ")]);
        }
        if let Some(cost) = &self.cost {
            let tokens = cost.input_tokens.zip(cost.output_tokens);
            let tokens = tokens.map(|(read, written)| format!(" · {read} tokens read, {written} written"));
            let usd = cost.usd.map(|usd| format!("{usd:.4} US dollars"));
            rows.push(vec!["cost".to_owned(), format!("{}{}", usd.unwrap_or_default(), tokens.unwrap_or_default())]);
        }
        rows
    }
}
