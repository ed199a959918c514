use cj_core::change::CompletionReason;

use super::Args;
use crate::output::{
    DesignCell, Estimated, NeededComparisons, SimulateOutput, SimulateSettings, SimulatedPoint, StopSummary, finite,
};
use crate::simulation::{Design, Figure, Point, Simulated, Stops, Subject, TableCell};

/// The document of one design.
pub(super) fn designed(args: &Args, design: &Design, simulated: &Simulated) -> SimulateOutput {
    let points: Vec<SimulatedPoint> = simulated.points().iter().map(point).collect();
    let per_item = simulated.needed(args.target);
    let mut warnings = Vec::new();
    if per_item.is_none() {
        let reached = points.iter().map(|point| point.reliability.mean).fold(0.0, f64::max);
        warnings.push(format!("needed absent: the mean reliability reached {reached:.3}, expected {}", args.target));
    }
    let comparisons =
        per_item.map(|figure| figure.mean * design.subject.items() as f64 / design.subject.items_compared() as f64);
    let cost = comparisons.zip(args.price).map(|(comparisons, price)| comparisons.ceil() * price);
    let needed = NeededComparisons { target: args.target, per_item: per_item.map(estimated), comparisons, cost };
    let settings = settings(args, design);
    SimulateOutput { points, needed: Some(needed), settings, warnings, ..SimulateOutput::default() }
}

pub(super) fn cell(cell: &TableCell) -> DesignCell {
    DesignCell {
        items: cell.items as u64,
        sd: cell.sd,
        strategy: cell.strategy.to_string(),
        target: cell.target,
        repetitions: cell.repetitions as u64,
        per_item: cell.needed.map(estimated),
        against_random: cell.against_random.map(estimated),
        reference: cell.reference,
    }
}

pub(super) fn stop(sd: Option<f64>, stops: &Stops, target: f64) -> StopSummary {
    let share = |reason| stops.share(reason).map(estimated);
    StopSummary {
        sd,
        runs: stops.runs() as u64,
        target_reliability: share(CompletionReason::TargetReliability),
        no_signal: share(CompletionReason::NoSignal),
        budget_exhausted: share(CompletionReason::BudgetExhausted),
        pairs_exhausted: share(CompletionReason::PairsExhausted),
        per_item: stops.per_item().map(estimated),
        at_target: stops.share_above(target).map(estimated),
        near_target: stops.share_above(target - NEAR).map(estimated),
        at_target_of_reached: stops.share_above_of_reached(target).map(estimated),
        fixed_per_item: stops.fixed_for_same_share(target),
    }
}

pub(super) fn settings(args: &Args, design: &Design) -> SimulateSettings {
    let sd = match design.subject {
        Subject::Drawn { sd, .. } | Subject::Placed { sd, .. } => Some(sd),
        Subject::Recorded(_) => None,
    };
    SimulateSettings {
        items: design.subject.items() as u64,
        anchors: design.subject.anchors() as u64,
        sd,
        prior_sd: design.prior_sd,
        strategy: design.strategy.to_string(),
        repetitions: design.repetitions as u64,
        rounds: design.rounds,
        most: design.most,
        lapse: args.lapse,
        order_effect: args.order_effect,
        replay: args.replay.as_ref().map(|path| path.display().to_string()),
        target: args.target,
        seed: design.seed,
    }
}

fn point(point: &Point) -> SimulatedPoint {
    SimulatedPoint {
        per_item: point.per_item,
        reliability: estimated(point.reliability),
        tau: estimated(point.tau),
        ssr: point.ssr.map(estimated),
        honest: point.honest.map(estimated),
        honest_low: point.honest_low.map(estimated),
        honest_bias: point.honest_bias.map(estimated),
        honest_holds: point.honest_holds.map(estimated),
    }
}

fn estimated(figure: Figure) -> Estimated {
    Estimated { mean: figure.mean, error: finite(figure.error) }
}

/// How far below the target counts as near.
const NEAR: f64 = 0.05;
