use std::fmt::Write as _;

use serde::Serialize;

use crate::report::ReportView;
use crate::report::format::{count, counted, fixed, percent};
use crate::report::scale::Scale;
use crate::report::svg::{Anchor, Svg};

/// The first thing that a reader sees: a few large figures and what they say in words.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Brief {
    tiles: Vec<Tile>,
    sentences: Vec<String>,
    gauge: Option<String>,
}

#[derive(Debug, Serialize)]
struct Tile {
    name: &'static str,
    value: String,
    note: String,
}

impl Brief {
    pub(in crate::report) fn of(view: &ReportView<'_>) -> Self {
        Self { tiles: tiles(view), sentences: sentences(view), gauge: gauge(view) }
    }
}

fn tiles(view: &ReportView<'_>) -> Vec<Tile> {
    let judgements = judgements(view);
    let items = view.items.len() as f64;
    let r = view.reliability;
    let mut tiles = vec![
        Tile {
            name: "Reliability",
            value: fixed(r.honest, 2),
            note: match (r.honest, r.honest_low, r.honest_high) {
                (Some(_), Some(low), Some(high)) => {
                    format!("80\u{a0}% interval {} to {}", fixed(Some(low), 2), fixed(Some(high), 2))
                }
                (None, ..) => "could not be computed".to_owned(),
                _ => "honest estimate".to_owned(),
            },
        },
        Tile {
            name: "Items",
            value: count(view.items.len() as u64),
            note: r.strata.map(|h| format!("about {} levels can be told apart", fixed(Some(h), 1))).unwrap_or_default(),
        },
        Tile {
            name: "Judgements",
            value: count(judgements),
            note: if items > 0.0 {
                format!("{} per item", fixed(Some(2.0 * judgements as f64 / items), 1))
            } else {
                String::new()
            },
        },
    ];
    if !view.judges.is_empty() {
        let flagged = view.judges.iter().filter(|judge| !judge.flags.is_empty()).count();
        tiles.push(Tile {
            name: if view.judges.len() == 1 { "Judge" } else { "Judges" },
            value: count(view.judges.len() as u64),
            note: if flagged == 0 { "none flagged".to_owned() } else { format!("{flagged} flagged") },
        });
    }
    if let Some(cost) = view.cost {
        tiles.push(match cost.usd {
            Some(usd) => Tile {
                name: "Cost",
                value: format!("${}", fixed(Some(usd), 2)),
                note: counted(cost.questions, "question", "questions"),
            },
            None => Tile { name: "Questions", value: count(cost.questions), note: "cost not counted".to_owned() },
        });
    }
    tiles
}

fn sentences(view: &ReportView<'_>) -> Vec<String> {
    let mut said = Vec::new();
    if let Some(batch) = view.batch {
        said.push(outcome(&batch.phase, batch.reason.as_deref()));
    }
    let r = view.reliability;
    if let Some(honest) = r.honest.filter(|honest| honest.is_finite()) {
        let mut text = format!(
            "The order of the items is {}: the scores share an estimated {} of their variation with the true order",
            match honest {
                h if h >= 0.9 => "very reliable",
                h if h >= 0.8 => "reliable",
                h if h >= 0.7 => "fairly reliable, but not enough for decisions about single items",
                h if h >= 0.5 => "only roughly known",
                _ => "hardly known",
            },
            percent(Some(honest)),
        );
        if let (Some(target), Some(low)) = (view.target, r.honest_low) {
            let _ = write!(
                text,
                "; the lower bound of {} {} the target of {}",
                fixed(Some(low), 2),
                if low >= target { "reaches" } else { "misses" },
                fixed(Some(target), 2)
            );
        }
        text.push('.');
        said.push(text);
    }
    if let Some(order) = view.order_effect {
        let lean = (order.p_first - 0.5).abs();
        let sure = order.se.is_some_and(|se| order.estimate.abs() > 2.0 * se);
        said.push(if sure {
            format!(
                "Position mattered: of two equal items, the one shown {} wins in {} of the cases. The scores are corrected for it.",
                if order.p_first > 0.5 { "first" } else { "second" },
                percent(Some(0.5 + lean))
            )
        } else {
            "No effect of the position could be shown: being first or second made no clear difference.".to_owned()
        });
    }
    if view.diagnostics.components.len() > 1 {
        said.push(format!(
            "The judgements fall into {} groups that were never compared with each other; scores of different groups say nothing about one another.",
            view.diagnostics.components.len()
        ));
    }
    said
}

/// How the batch ended, in words.
fn outcome(phase: &str, reason: Option<&str>) -> String {
    let why = reason.map(|reason| match reason {
        "target_reliability" => "the target reliability was reached".to_owned(),
        "stable" => "the scores no longer moved".to_owned(),
        "no_signal" => "the judges did not agree on anything, so that the ranking means nothing".to_owned(),
        "budget_exhausted" => "the budget of questions was used up".to_owned(),
        "pairs_exhausted" => "no pair was left to ask".to_owned(),
        "forced_recovery" => "it had stood still for too long; it was scored with the answers there were".to_owned(),
        "low_success_rate" => "too many questions failed".to_owned(),
        "stuck_timeout" => "it had stood still for too long with too few answers".to_owned(),
        "cancelled" => "somebody cancelled it".to_owned(),
        other => other.replace('_', " "),
    });
    let what = match phase {
        "COMPLETED" => "The batch is complete",
        "FAILED" => "The batch failed",
        "CANCELLED" => "The batch was cancelled before it was complete",
        _ => "The batch is not finished; the figures are those of the answers so far",
    };
    match why {
        Some(why) if phase != "CANCELLED" => format!("{what}: {why}."),
        _ => format!("{what}."),
    }
}

/// The reliability with its interval and the target on a line from 0 to 1.
fn gauge(view: &ReportView<'_>) -> Option<String> {
    let r = view.reliability;
    let honest = r.honest.filter(|honest| honest.is_finite())?;
    let scale = Scale::new(0.0, 1.0, 8.0, 344.0);
    let mut svg = Svg::new(360.0, 58.0);
    svg.rect("track", (8.0, 22.0), (336.0, 12.0), "");
    if let (Some(low), Some(high)) = (r.honest_low, r.honest_high) {
        svg.rect("reach", (scale.at(low), 22.0), (scale.at(high) - scale.at(low), 12.0), "");
    }
    svg.line("mark", (scale.at(honest), 17.0), (scale.at(honest), 39.0));
    for value in [0.0, 0.5, 0.7, 0.8, 0.9, 1.0] {
        svg.text("tick", (scale.at(value), 52.0), Anchor::Middle, &fixed(Some(value), 1));
    }
    let mut description = format!("Estimate {}", fixed(Some(honest), 2));
    if let Some(target) = view.target {
        svg.line("target", (scale.at(target), 14.0), (scale.at(target), 38.0));
        svg.text("tick", (scale.at(target), 10.0), Anchor::Middle, &format!("target {}", fixed(Some(target), 2)));
        let _ = write!(description, ", target {}", fixed(Some(target), 2));
    }
    Some(svg.figure("gauge", "Reliability on a scale from 0 to 1", &description))
}

/// All judgements: each is counted at two items.
fn judgements(view: &ReportView<'_>) -> u64 {
    view.items.iter().map(|item| item.comparisons).sum::<u64>() / 2
}
