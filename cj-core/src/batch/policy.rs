//! What kind of wave comes next.

use crate::change::{BatchHeader, Counters, WaveProgress};
use crate::config::Settings;

/// Rounds of the first wave of an adaptive batch: a design that connects before estimates choose.
const FIRST_ROUNDS: u32 = 3;

/// What kind of wave comes next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a planner must do each of them")]
pub enum NextWave {
    /// Every pair once, or, on a later pass, once more in swapped order.
    Complete {
        /// The pass, from 0.
        pass: u32,
        /// At most so many pairs: what is left of the budget.
        limit: u32,
    },
    /// Rounds of the batch's strategy.
    Rounds {
        /// How many.
        rounds: u32,
        /// At most so many pairs.
        limit: u32,
    },
    /// What is left of the caller's own list.
    Given {
        /// At most so many pairs.
        limit: u32,
    },
    /// No more.
    Nothing,
}

/// Says what kind of wave comes next: the caller's own list where there is one, complete designs for few essays, rounds for
/// more, nothing without budget.
pub fn next_wave(header: &BatchHeader, essays: u32, counters: &Counters, wave: &WaveProgress) -> NextWave {
    let left = counters.left();
    if left == 0 || essays < 2 {
        return NextWave::Nothing;
    }
    if !header.request.given.is_empty() {
        return NextWave::Given { limit: left };
    }
    design(&header.settings, essays, counters, wave)
}

fn design(settings: &Settings, essays: u32, counters: &Counters, wave: &WaveProgress) -> NextWave {
    let left = counters.left();
    let pairs = u64::from(essays) * u64::from(essays - 1) / 2;
    if pairs <= u64::from(counters.budget) && pairs <= u64::from(settings.complete_design_limit()) {
        let pass = wave.number;
        return if pass > settings.max_resampling_passes() {
            NextWave::Nothing
        } else {
            NextWave::Complete { pass, limit: left }
        };
    }
    let rounds =
        if wave.number == 0 { FIRST_ROUNDS.max(settings.rounds_per_wave()) } else { settings.rounds_per_wave() };
    let limit = (u64::from(essays / 2) * u64::from(rounds)).min(u64::from(left));
    NextWave::Rounds { rounds, limit: limit as u32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counters(budget: u32, planned: u32) -> Counters {
        Counters { budget, planned, ..Counters::default() }
    }

    fn after(number: u32) -> WaveProgress {
        WaveProgress { number, ..WaveProgress::default() }
    }

    #[test]
    fn ten_essays_are_asked_as_a_complete_design_and_once_more_swapped() {
        let settings = Settings::default();
        assert_eq!(design(&settings, 10, &counters(150, 0), &after(0)), NextWave::Complete { pass: 0, limit: 150 });
        assert_eq!(design(&settings, 10, &counters(150, 45), &after(1)), NextWave::Complete { pass: 1, limit: 105 });
        assert_eq!(design(&settings, 10, &counters(150, 90), &after(2)), NextWave::Nothing);
    }

    #[test]
    fn more_essays_are_asked_in_rounds_within_the_budget() {
        let settings = Settings::default();
        assert_eq!(design(&settings, 24, &counters(360, 0), &after(0)), NextWave::Rounds { rounds: 3, limit: 36 });
        assert_eq!(design(&settings, 24, &counters(360, 350), &after(9)), NextWave::Rounds { rounds: 2, limit: 10 });
        assert_eq!(design(&settings, 24, &counters(360, 359), &after(9)), NextWave::Rounds { rounds: 2, limit: 1 });
    }
}
