use serde::Serialize;

use super::ReportView;
use super::section::{Asked, Brief, Convergence, Distribution, Fit, Grading, Matrix, Position, Ranking, Settings};
use crate::output::is_absence;

/// What the templates fill in: one field for each part of the report, none where there is nothing to show.
#[derive(Debug, Serialize)]
pub(super) struct Page<'a> {
    title: &'a str,
    simulated: bool,
    style: &'static str,
    version: &'static str,
    warnings: Vec<&'a str>,
    absences: Vec<&'a str>,
    brief: Brief,
    ranking: Ranking,
    distribution: Option<Distribution>,
    convergence: Option<Convergence>,
    grading: Option<Grading>,
    fit: Fit,
    position: Option<Position>,
    matrix: Option<Matrix>,
    asked: Option<Asked>,
    settings: Settings,
}

impl<'a> Page<'a> {
    pub(super) fn of(view: &'a ReportView<'_>) -> Self {
        let (absences, warnings) = view.warnings.iter().map(String::as_str).partition(|warning| is_absence(warning));
        Self {
            title: &view.title,
            simulated: view.simulated,
            style: include_str!("../../templates/report.css"),
            version: env!("CARGO_PKG_VERSION"),
            warnings,
            absences,
            brief: Brief::of(view),
            ranking: Ranking::of(view),
            distribution: Distribution::of(view),
            convergence: Convergence::of(view),
            grading: Grading::of(view),
            fit: Fit::of(view),
            position: Position::of(view),
            matrix: Matrix::of(view),
            asked: Asked::of(view),
            settings: Settings::of(view),
        }
    }
}
