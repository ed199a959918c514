use serde::Serialize;

use crate::report::format::{count, fixed, short, signed};
use crate::report::frame::{Frame, logit_ticks, ticks};
use crate::report::scale::Scale;
use crate::report::spread::spread;
use crate::report::svg::{Anchor, Svg};
use crate::report::{ReportView, Wave};

/// How scores and reliability came to rest over the waves.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Convergence {
    reliability: Option<String>,
    scores: Option<String>,
    drawn: usize,
    items: usize,
    rows: Vec<Row>,
    has_failed: bool,
    long: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    wave: u64,
    planned: String,
    decided: String,
    failed: String,
    total: String,
    reliability: String,
    interval: String,
    max_change: String,
}

/// So many items at most are drawn as lines of their own; of more, a sample evenly spread over the ranking.
const MOST_LINES: usize = 60;
/// So many lines at most get their name at the end.
const MOST_NAMES: usize = 26;

impl Convergence {
    /// None without waves.
    pub(in crate::report) fn of(view: &ReportView<'_>) -> Option<Self> {
        if view.waves.is_empty() {
            return None;
        }
        let totals = totals(&view.waves);
        let lines = lines(view, &totals);
        Some(Self {
            reliability: reliability(view, &totals),
            drawn: lines.len(),
            items: view.items.len(),
            scores: trajectories(&lines, &totals),
            long: view.waves.len() > 30,
            has_failed: view.waves.iter().any(|wave| wave.failed > 0),
            rows: view
                .waves
                .iter()
                .zip(&totals)
                .map(|(wave, total)| Row {
                    wave: wave.number,
                    planned: count(wave.planned),
                    decided: count(wave.decided),
                    failed: count(wave.failed),
                    total: count(*total),
                    reliability: fixed(wave.reliability.map(|r| r.estimate), 2),
                    interval: wave.reliability.map_or_else(
                        || "–".to_owned(),
                        |r| format!("{} to {}", fixed(Some(r.low), 2), fixed(Some(r.high), 2)),
                    ),
                    max_change: fixed(wave.max_change, 2),
                })
                .collect(),
        })
    }
}

/// The verdicts there were after each wave.
fn totals(waves: &[Wave]) -> Vec<u64> {
    waves
        .iter()
        .scan(0, |sum, wave| {
            *sum += wave.decided;
            Some(*sum)
        })
        .collect()
}

fn reliability(view: &ReportView<'_>, totals: &[u64]) -> Option<String> {
    let known: Vec<_> = view
        .waves
        .iter()
        .zip(totals)
        .filter_map(|(wave, total)| wave.reliability.map(|r| (wave.number, *total as f64, r)))
        .filter(|(.., r)| r.estimate.is_finite() && r.low.is_finite() && r.high.is_finite())
        .collect();
    let last = known.last()?;
    let frame = Frame { left: 48.0, right: 520.0, top: 14.0, bottom: 320.0 };
    let mut svg = Svg::new(540.0, 364.0);
    let x = Scale::new(0.0, last.1.max(1.0) * 1.02, frame.left, frame.right);
    let y = Scale::new(0.0, 1.0, frame.bottom, frame.top);
    frame.beside(&mut svg, &ticks(&y, 5, |value| fixed(Some(value), 1)), "reliability");
    frame.below(&mut svg, &ticks(&x, 6, |verdicts| count(verdicts.round() as u64)), "verdicts");
    let there = known.iter().map(|(_, at, r)| (x.at(*at), y.at(r.high)));
    let back = known.iter().rev().map(|(_, at, r)| (x.at(*at), y.at(r.low)));
    svg.polygon("band", &there.chain(back).collect::<Vec<_>>());
    svg.polyline("series", &known.iter().map(|(_, at, r)| (x.at(*at), y.at(r.estimate))).collect::<Vec<_>>(), "");
    svg.strokes("whisker thin", known.iter().map(|(_, at, r)| ((x.at(*at), y.at(r.low)), (x.at(*at), y.at(r.high)))));
    for (wave, at, r) in &known {
        let tip = format!(
            "wave {wave}: {} ({} to {})",
            fixed(Some(r.estimate), 2),
            fixed(Some(r.low), 2),
            fixed(Some(r.high), 2)
        );
        svg.circle("dot", (x.at(*at), y.at(r.estimate)), 3.5, &tip);
    }
    if let Some(target) = view.target {
        svg.line("target", (frame.left, y.at(target)), (frame.right, y.at(target)));
        svg.text(
            "tick",
            (frame.left + 6.0, y.at(target) - 6.0),
            Anchor::Start,
            &format!("target {}", fixed(Some(target), 2)),
        );
    }
    Some(svg.figure(
        "convergence-reliability",
        "Reliability after each wave",
        &format!(
            "From {} after wave {} to {} after wave {}.",
            fixed(known.first().map(|k| k.2.estimate), 2),
            known[0].0,
            fixed(Some(last.2.estimate), 2),
            last.0
        ),
    ))
}

/// One item's score after each wave that has one.
struct Line {
    name: String,
    points: Vec<(f64, f64)>,
}

fn lines(view: &ReportView<'_>, totals: &[u64]) -> Vec<Line> {
    let items = view.items.len();
    let drawn = items.min(MOST_LINES);
    (0..drawn)
        .map(|k| &view.items[if drawn > 1 { k * (items - 1) / (drawn - 1) } else { 0 }])
        .map(|item| Line {
            name: item.id.clone(),
            points: view
                .waves
                .iter()
                .zip(totals)
                .filter_map(|(wave, total)| Some((*total as f64, *wave.scores.get(&item.id)?)))
                .filter(|(_, score)| score.is_finite())
                .collect(),
        })
        .filter(|line| !line.points.is_empty())
        .collect()
}

fn trajectories(lines: &[Line], totals: &[u64]) -> Option<String> {
    if lines.iter().all(|line| line.points.len() < 2) {
        return None;
    }
    let named = lines.len() <= MOST_NAMES;
    let frame = Frame { left: 48.0, right: if named { 430.0 } else { 520.0 }, top: 14.0, bottom: 320.0 };
    let mut svg = Svg::new(540.0, 364.0);
    let x = Scale::new(0.0, totals.last().copied().unwrap_or(1).max(1) as f64 * 1.02, frame.left, frame.right);
    let y = Scale::around(lines.iter().flat_map(|line| line.points.iter().map(|p| p.1)), frame.bottom, frame.top);
    frame.beside(&mut svg, &logit_ticks(&y, 6), "score in logits");
    frame.below(&mut svg, &ticks(&x, 6, |verdicts| count(verdicts.round() as u64)), "verdicts");
    for (place, line) in lines.iter().enumerate() {
        let points: Vec<_> = line.points.iter().map(|(at, score)| (x.at(*at), y.at(*score))).collect();
        let hue = place * 5 / lines.len();
        let tip = format!("{}: {}", line.name, signed(line.points.last().map(|p| p.1), 2));
        svg.polyline(&format!("trace h{hue}"), &points, &tip);
    }
    if named {
        let ends: Vec<f64> =
            lines.iter().filter_map(|line| line.points.last()).map(|(_, score)| y.at(*score)).collect();
        let places = spread(&ends, 11.4, (frame.top, frame.bottom + 8.0));
        for ((line, end), place) in lines.iter().zip(&ends).zip(&places) {
            let at = line.points.last().map_or(frame.right, |p| x.at(p.0));
            svg.line("lead", (at + 2.0, *end), (frame.right + 12.0, *place));
            svg.text("small", (frame.right + 15.0, *place + 3.2), Anchor::Start, &short(&line.name, 14));
        }
    }
    Some(svg.figure(
        "convergence-scores",
        "Scores after each wave",
        &format!("One line for each of {} items; the table of the ranking has where they end.", lines.len()),
    ))
}
