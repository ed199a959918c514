use serde::Serialize;

use crate::output::GradeProjection;
use crate::report::ReportView;
use crate::report::format::{counted, fixed, percent};
use crate::report::frame::{Frame, Ticks};
use crate::report::scale::Scale;
use crate::report::svg::{Anchor, Svg};

/// The grades with all their probabilities.
#[derive(Debug, Serialize)]
pub(in crate::report) struct Grading {
    grades: Vec<String>,
    figure: String,
    rows: Vec<Row>,
    labels: Vec<(&'static str, &'static str, usize, String)>,
    long: bool,
    has_fine: bool,
    has_distance: bool,
}

#[derive(Debug, Serialize)]
struct Row {
    id: String,
    name: Option<String>,
    grade: String,
    fine: String,
    label: String,
    probability: String,
    within: String,
    distance: String,
    cells: Vec<Cell>,
}

#[derive(Debug, Serialize)]
struct Cell {
    /// The probability in per cent, for the depth of the colour.
    depth: u32,
    text: String,
    chosen: bool,
}

impl Grading {
    /// None without grades.
    pub(in crate::report) fn of(view: &ReportView<'_>) -> Option<Self> {
        let first = view.grades.first()?;
        let grades: Vec<String> = first.probabilities.iter().map(|p| p.grade.clone()).collect();
        Some(Self {
            figure: figure(&grades, view.grades),
            rows: view.grades.iter().map(|grade| row(view, &grades, grade)).collect(),
            labels: labels(view.grades),
            long: view.grades.len() > 60,
            has_fine: view.grades.iter().any(|grade| grade.fine_grade.is_some()),
            has_distance: view.grades.iter().any(|grade| grade.threshold_distance.is_some()),
            grades,
        })
    }
}

fn probability(grade: &GradeProjection, name: &str) -> f64 {
    let p = grade.probabilities.iter().find(|p| p.grade == name).map_or(0.0, |p| p.probability);
    if p.is_finite() { p.clamp(0.0, 1.0) } else { 0.0 }
}

fn row(view: &ReportView<'_>, grades: &[String], grade: &GradeProjection) -> Row {
    let cells = grades.iter().map(|name| {
        let p = probability(grade, name);
        Cell {
            depth: (p * 100.0).round() as u32,
            text: if p < 0.005 { String::new() } else { fixed(Some(p * 100.0), 0) },
            chosen: *name == grade.grade,
        }
    });
    Row {
        id: grade.id.clone(),
        name: view.names.get(&grade.id).cloned(),
        grade: grade.grade.clone(),
        fine: grade.fine_grade.clone().unwrap_or_default(),
        label: grade.label.clone(),
        probability: percent(Some(grade.probability)),
        within: percent(Some(grade.within_one_step)),
        distance: fixed(grade.threshold_distance, 1),
        cells: cells.collect(),
    }
}

/// How many grades are how sure, with what the label means.
fn labels(grades: &[GradeProjection]) -> Vec<(&'static str, &'static str, usize, String)> {
    [("HIGH", "70 % or more"), ("MID", "40 % to 70 %"), ("LOW", "under 40 %")]
        .into_iter()
        .map(|(label, meaning)| {
            let number = grades.iter().filter(|grade| grade.label == label).count();
            (label, meaning, number, percent(Some(number as f64 / grades.len().max(1) as f64)))
        })
        .collect()
}

/// How many items have each grade, and how many are expected to deserve it when all probabilities are added up.
fn figure(names: &[String], grades: &[GradeProjection]) -> String {
    let frame = Frame { left: 48.0, right: 530.0, top: 26.0, bottom: 210.0 };
    let mut svg = Svg::new(540.0, 254.0);
    let given: Vec<usize> = names.iter().map(|name| grades.iter().filter(|g| g.grade == *name).count()).collect();
    let expected: Vec<f64> = names.iter().map(|name| grades.iter().map(|g| probability(g, name)).sum()).collect();
    let most = given.iter().map(|n| *n as f64).chain(expected.iter().copied()).fold(1.0, f64::max);
    let y = Scale::new(0.0, most * 1.1, frame.bottom, frame.top);
    let step = (frame.right - frame.left) / names.len().max(1) as f64;
    let middle = |k: usize| frame.left + step * (k as f64 + 0.5);
    let levels: Ticks =
        y.ticks(4).into_iter().filter(|v| v.fract().abs() < 1e-9).map(|v| (y.at(v), format!("{v:.0}"))).collect();
    frame.beside(&mut svg, &levels, "items");
    for (k, name) in names.iter().enumerate() {
        let (top, mark) = (y.at(given[k] as f64), y.at(expected[k]));
        let tip = format!("{name}: {} given, {} expected", given[k], fixed(Some(expected[k]), 1));
        svg.rect("bar", (middle(k) - step * 0.32, top), (step * 0.64, frame.bottom - top), &tip);
        svg.line("expected", (middle(k) - step * 0.42, mark), (middle(k) + step * 0.42, mark));
        svg.text("tick", (middle(k), frame.bottom + 16.0), Anchor::Middle, name);
        if given[k] > 0 {
            svg.text("tick", (middle(k), top.min(mark) - 6.0), Anchor::Middle, &given[k].to_string());
        }
    }
    svg.line("axis", (frame.left, frame.bottom), (frame.right, frame.bottom));
    svg.text(
        "name",
        (f64::midpoint(frame.left, frame.right), frame.bottom + 34.0),
        Anchor::Middle,
        "grade, lowest first",
    );
    let said: Vec<_> =
        names.iter().zip(&given).map(|(name, n)| format!("{name}: {}", counted(*n as u64, "item", "items"))).collect();
    svg.figure("grades", "Items by grade", &said.join(", "))
}
