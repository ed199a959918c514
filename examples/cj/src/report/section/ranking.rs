use std::collections::BTreeMap;

use serde::Serialize;

use crate::output::ItemScore;
use crate::report::ReportView;
use crate::report::format::{count, fixed, signed};
use crate::report::frame::{Frame, logit_ticks, ticks};
use crate::report::scale::Scale;
use crate::report::svg::{Anchor, Svg};

/// The ranking: one row per item with its interval drawn beside the figures, and an overview where the rows are many.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Ranking {
    axis: String,
    rows: Vec<Row>,
    overview: Option<String>,
    has_ties: bool,
    has_grades: bool,
    has_names: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    rank: String,
    range: String,
    id: String,
    name: Option<String>,
    score: String,
    se: String,
    interval: String,
    comparisons: String,
    wins: String,
    losses: String,
    ties: String,
    infit: String,
    outfit: String,
    grade: Option<String>,
}

/// From this number of items on, the ranking has an overview above the table.
const MANY: usize = 60;
/// From this number on, the intervals of the overview run together into a band.
const BAND: usize = 300;
const WIDTH: f64 = 250.0;
const HEIGHT: f64 = 30.0;

impl Ranking {
    pub(in crate::report) fn of(view: &ReportView<'_>) -> Self {
        let scale = Scale::around(view.items.iter().flat_map(reach), 8.0, WIDTH - 8.0);
        let grades: BTreeMap<&str, &str> =
            view.grades.iter().map(|grade| (grade.id.as_str(), grade.grade.as_str())).collect();
        let rows = view
            .items
            .iter()
            .map(|item| Row {
                rank: item.rank.map_or_else(|| "–".to_owned(), |rank| rank.to_string()),
                range: match (item.rank_low, item.rank_high) {
                    (Some(low), Some(high)) if low == high => low.to_string(),
                    (Some(low), Some(high)) => format!("{low}–{high}"),
                    _ => "–".to_owned(),
                },
                id: item.id.clone(),
                name: view.names.get(&item.id).filter(|name| !name.is_empty() && **name != item.id).cloned(),
                score: signed(item.score, 2),
                se: fixed(item.se, 2),
                interval: interval(&scale, item),
                comparisons: count(item.comparisons),
                wins: count(item.wins),
                losses: count(item.losses),
                ties: count(item.ties),
                infit: fixed(item.infit, 2),
                outfit: fixed(item.outfit, 2),
                grade: grades.get(item.id.as_str()).map(|grade| (*grade).to_owned()),
            })
            .collect::<Vec<_>>();
        Self {
            axis: axis(&scale),
            has_ties: view.items.iter().any(|item| item.ties > 0),
            has_grades: rows.iter().any(|row| row.grade.is_some()),
            has_names: rows.iter().any(|row| row.name.is_some()),
            rows,
            overview: (view.items.len() > MANY).then(|| overview(view)),
        }
    }
}

/// The ends of the 95 % interval of a score, kept within reach of the score so that one wild error does not flatten
/// the picture of all others.
fn reach(item: &ItemScore) -> impl Iterator<Item = f64> + use<> {
    let ends = item.score.map(|score| {
        let half = item.se.map_or(0.0, |se| (1.96 * se).min(4.0));
        [score - half, score + half]
    });
    ends.into_iter().flatten()
}

fn interval(scale: &Scale, item: &ItemScore) -> String {
    let mut svg = Svg::new(WIDTH, HEIGHT);
    svg.strokes("grid", scale.ticks(6).into_iter().map(|tick| ((scale.at(tick), 0.0), (scale.at(tick), HEIGHT))));
    if let Some(score) = item.score.filter(|score| score.is_finite()) {
        if let Some(se) = item.se.filter(|se| se.is_finite()) {
            let (low, high) = (score - 1.96 * se, score + 1.96 * se);
            svg.line("whisker", (scale.at(low), HEIGHT / 2.0), (scale.at(high), HEIGHT / 2.0));
            svg.line("core", (scale.at(score - se), HEIGHT / 2.0), (scale.at(score + se), HEIGHT / 2.0));
        }
        svg.circle("dot", (scale.at(score), HEIGHT / 2.0), 4.0, "");
    }
    svg.decoration()
}

fn axis(scale: &Scale) -> String {
    let mut svg = Svg::new(WIDTH, 18.0);
    for (x, text) in logit_ticks(scale, 6) {
        svg.text("tick", (x, 13.0), Anchor::Middle, &text);
    }
    svg.decoration()
}

/// All items from best to worst with their intervals.
fn overview(view: &ReportView<'_>) -> String {
    let placed: Vec<(f64, f64)> = view
        .items
        .iter()
        .filter_map(|item| {
            Some((item.score.filter(|s| s.is_finite())?, item.se.filter(|se| se.is_finite()).unwrap_or(0.0)))
        })
        .collect();
    let frame = Frame { left: 56.0, right: 950.0, top: 10.0, bottom: 300.0 };
    let mut svg = Svg::new(960.0, 345.0);
    let y = Scale::around(view.items.iter().flat_map(reach), frame.bottom, frame.top);
    let x = Scale::new(0.0, placed.len() as f64 + 1.0, frame.left, frame.right);
    frame.beside(&mut svg, &logit_ticks(&y, 6), "score in logits");
    frame.below(&mut svg, &ticks(&x, 8, |rank| format!("{rank:.0}")), "place in the ranking, best first");
    let at = |place: usize| x.at(place as f64 + 1.0);
    let ends = |k: usize| [1.96, -1.96].map(|z| (at(k), y.at(placed[k].0 + z * placed[k].1)));
    if placed.len() > BAND {
        let there = (0..placed.len()).map(|k| ends(k)[0]);
        svg.polygon("band", &there.chain((0..placed.len()).rev().map(|k| ends(k)[1])).collect::<Vec<_>>());
    } else {
        svg.strokes("whisker thin", (0..placed.len()).map(|k| (ends(k)[0], ends(k)[1])));
    }
    svg.strokes(
        "points",
        placed.iter().enumerate().map(|(k, (score, _))| ((at(k), y.at(*score)), (at(k), y.at(*score)))),
    );
    let (best, worst) = (placed.first().map(|p| p.0), placed.last().map(|p| p.0));
    svg.figure(
        "overview",
        "All items from best to worst with their 95 % intervals",
        &format!(
            "{} items; the scores run from {} down to {} logits.",
            placed.len(),
            signed(best, 2),
            signed(worst, 2)
        ),
    )
}
