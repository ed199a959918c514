use super::{
    Diagnostics, Document, ItemScore, JudgeFit, OrderEffect, PairOutput, Reliability, ScoreOutput, Section,
    TieParameter, short,
};

/// The items as a person reads them.
pub fn items_table(items: &[ItemScore]) -> Section {
    let has_ties = items.iter().any(|item| item.ties > 0);
    let mut header = vec!["rank", "item", "score", "se", "rank 90 %", "n", "won", "lost"];
    if has_ties {
        header.push("tied");
    }
    header.extend(["infit", "outfit"]);
    let rows = items.iter().map(|item| {
        let range = match (item.rank_low, item.rank_high) {
            (Some(low), Some(high)) => format!("{low}–{high}"),
            _ => short(None),
        };
        let mut row = vec![
            item.rank.map_or_else(|| short(None), |rank| rank.to_string()),
            item.id.clone(),
            figure(item.score),
            figure(item.se),
            range,
            item.comparisons.to_string(),
            item.wins.to_string(),
            item.losses.to_string(),
        ];
        if has_ties {
            row.push(item.ties.to_string());
        }
        row.extend([hundredths(item.infit), hundredths(item.outfit)]);
        row
    });
    let rows = rows.collect();
    Section { title: String::new(), header, rows }
}

/// The items with all their figures, for CSV.
pub fn items_csv(items: &[ItemScore]) -> Section {
    let rows = items.iter().map(|item| {
        vec![
            item.id.clone(),
            full(item.score),
            full(item.se),
            whole(item.rank),
            whole(item.rank_low),
            whole(item.rank_high),
            item.comparisons.to_string(),
            item.wins.to_string(),
            item.losses.to_string(),
            item.ties.to_string(),
            full(item.infit),
            full(item.outfit),
        ]
    });
    let header = vec![
        "id",
        "score",
        "se",
        "rank",
        "rank_low",
        "rank_high",
        "comparisons",
        "wins",
        "losses",
        "ties",
        "infit",
        "outfit",
    ];
    Section { title: String::new(), header, rows: rows.collect() }
}

/// The judges as a person reads them; none where there are none.
pub fn judges_table(judges: &[JudgeFit]) -> Option<Section> {
    if judges.is_empty() {
        return None;
    }
    let (has_orders, has_times) =
        (judges.iter().any(|judge| judge.order_effect.is_some()), judges.iter().any(|judge| judge.median_ms.is_some()));
    let mut header = vec!["judge", "n", "left"];
    header.extend(has_orders.then_some("order"));
    header.extend(["agrees", "infit", "outfit"]);
    header.extend(has_times.then_some("median s"));
    header.push("flags");
    let rows = judges.iter().map(|judge| {
        let mut row = vec![judge.id.clone(), judge.judgements.to_string(), percent(judge.share_left)];
        row.extend(has_orders.then(|| hundredths(judge.order_effect)));
        row.extend([percent(judge.agreement), hundredths(judge.infit), hundredths(judge.outfit)]);
        let seconds = || judge.median_ms.map_or_else(|| short(None), |ms| format!("{:.1}", ms / 1000.0));
        row.extend(has_times.then(seconds));
        row.push(judge.flags.join("; "));
        row
    });
    let rows = rows.collect();
    Some(Section { title: "Judges".to_owned(), header, rows })
}

/// Reliability, effects and diagnostics as a person reads them: figures that are there.
pub fn summary_table(
    reliability: &Reliability,
    order_effect: Option<&OrderEffect>,
    tie_parameter: Option<&TieParameter>,
    diagnostics: &Diagnostics,
) -> Section {
    let mut rows = Vec::new();
    let mut add = |name: &str, value: Option<String>| rows.extend(value.map(|value| vec![name.to_owned(), value]));
    let range = |low: Option<f64>, high: Option<f64>| low.zip(high).map(|(low, high)| format!(" ({low:.2}–{high:.2})"));
    add(
        "reliability",
        reliability.honest.map(|honest| {
            format!("{honest:.2}{}", range(reliability.honest_low, reliability.honest_high).unwrap_or_default())
        }),
    );
    let basis = reliability.ssr_basis.as_deref().unwrap_or("–");
    add("scale separation reliability", reliability.ssr.map(|ssr| format!("{ssr:.2} (from {basis})")));
    add(
        "separation G, strata H",
        reliability.separation.zip(reliability.strata).map(|(g, strata)| format!("{g:.2}, {strata:.1}")),
    );
    add("split-half reliability", reliability.split_half.map(|value| format!("{value:.2}")));
    add("SD of the true scores", reliability.latent_sd.map(|value| format!("{value:.2}")));
    add(
        "advantage of the left side",
        order_effect.map(|effect| {
            format!("{:.3} ± {}, wins {:.0} % of equals", effect.estimate, figure(effect.se), 100.0 * effect.p_first)
        }),
    );
    add("log tie parameter", tie_parameter.map(|effect| format!("{:.3} ± {}", effect.estimate, figure(effect.se))));
    add("log-likelihood", diagnostics.log_likelihood.map(|value| format!("{value:.2}")));
    add("groups of connected items", Some(diagnostics.components.len().to_string()));
    Section { title: "Summary".to_owned(), header: vec!["figure", "value"], rows }
}

impl Document for ScoreOutput {
    fn sections(&self) -> Vec<Section> {
        let summary = summary_table(
            &self.reliability,
            self.order_effect.as_ref(),
            self.tie_parameter.as_ref(),
            &self.diagnostics,
        );
        let mut sections = vec![items_table(&self.items)];
        sections.extend(judges_table(&self.judges));
        sections.push(summary);
        sections
    }

    fn csv(&self) -> Section {
        items_csv(&self.items)
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

impl Document for PairOutput {
    fn sections(&self) -> Vec<Section> {
        vec![self.csv()]
    }

    fn csv(&self) -> Section {
        let has_judges = self.settings.judges.is_some();
        let rows = self.pairs.iter().map(|pair| {
            let mut row = vec![pair.left.clone(), pair.right.clone()];
            if has_judges {
                row.push(pair.judge.clone().unwrap_or_default());
            }
            row
        });
        let rows = rows.collect();
        let header = if has_judges { vec!["left", "right", "judge"] } else { vec!["left", "right"] };
        Section { title: String::new(), header, rows }
    }

    fn warnings(&self) -> &[String] {
        &self.warnings
    }
}

fn figure(value: Option<f64>) -> String {
    value.map_or_else(|| short(None), |value| format!("{value:.3}"))
}

fn hundredths(value: Option<f64>) -> String {
    value.map_or_else(|| short(None), |value| format!("{value:.2}"))
}

fn percent(value: Option<f64>) -> String {
    value.map_or_else(|| short(None), |value| format!("{:.0} %", 100.0 * value))
}

fn full(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn whole(value: Option<u64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
