//! Finds a simpler world that breaks the same promise.

use super::run::{Run, simulate};

/// The simplest run found, by leaving out one kind of trouble after another, that breaks the same promise. A run that
/// broke none is given back as it is.
#[must_use]
pub fn shrink(run: Run) -> Run {
    let Some(broken) = run.violation.as_ref().map(|violation| violation.invariant.clone()) else { return run };
    let mut best = run;
    'simpler: loop {
        for scenario in best.scenario.simpler() {
            let found = simulate(&scenario);
            if found.violation.as_ref().is_some_and(|violation| violation.invariant == broken) {
                best = found;
                continue 'simpler;
            }
        }
        return best;
    }
}
