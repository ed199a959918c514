//! The circuit breaker: it spares a receiver that is down, and notices when it is back.

use chrono::{DateTime, TimeDelta, Utc};

/// When a breaker opens, and when it closes again.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_structs, reason = "callers construct it")]
pub struct BreakerSettings {
    /// So many failures in a row open it; at least 1.
    pub failures: u32,
    /// For so long nothing is sent.
    pub rest: TimeDelta,
    /// So many probes in a row that succeed close it; at least 1.
    pub successes: u32,
}

impl Default for BreakerSettings {
    /// 5 failures, 30 s, 2 successes.
    fn default() -> Self {
        Self { failures: 5, rest: TimeDelta::seconds(30), successes: 2 }
    }
}

/// A circuit breaker as a value: it is told the time and what happened, and says what may be sent.
///
/// Closed, everything may be sent. After `failures` failures in a row it opens, and nothing may. After `rest` it is
/// half-open: one probe at a time may be sent; `successes` of them in a row close it, one failure opens it again. A probe of
/// which nothing is heard for another `rest` is given up, so that a sender that was dropped does not block for ever.
///
/// ```
/// use chrono::{DateTime, TimeDelta};
/// use cj_core::port::{Breaker, BreakerSettings, Permit};
///
/// let start = DateTime::UNIX_EPOCH;
/// let mut breaker = Breaker::new(BreakerSettings::default());
/// let Permit::All(ticket) = breaker.ask(start) else { panic!("a new breaker is closed") };
/// for _ in 0..5 {
///     breaker.failed(ticket, start);
/// }
/// assert!(matches!(breaker.ask(start), Permit::Wait { .. }));
/// assert!(matches!(breaker.ask(start + TimeDelta::seconds(30)), Permit::One(_)));
/// ```
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Breaker {
    settings: BreakerSettings,
    state: State,
    /// Counts changes of state and probes: what was sent before the last of them says nothing about now.
    era: u64,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum State {
    Closed { failures: u32 },
    Open { until: DateTime<Utc> },
    HalfOpen { successes: u32, probe: Option<DateTime<Utc>> },
}

/// What a breaker allows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
#[expect(clippy::exhaustive_enums, reason = "a sender must do one of these")]
pub enum Permit {
    /// Send as much as you like.
    All(Ticket),
    /// Send one message, and say what became of it.
    One(Ticket),
    /// Send nothing.
    Wait {
        /// Before then.
        until: DateTime<Utc>,
    },
}

/// Names the permit under which something was sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ticket {
    era: u64,
}

impl Breaker {
    /// A closed breaker.
    pub fn new(settings: BreakerSettings) -> Self {
        Self { settings, state: State::Closed { failures: 0 }, era: 0 }
    }

    /// Asks to send. Where the answer is [`Permit::One`], the probe is taken: nobody else gets one before its outcome is
    /// told or it is given up.
    pub fn ask(&mut self, now: DateTime<Utc>) -> Permit {
        let permit = self.outlook(now);
        if let Permit::One(ticket) = permit {
            let successes = match self.state {
                State::HalfOpen { successes, .. } => successes,
                State::Closed { .. } | State::Open { .. } => 0,
            };
            self.era = ticket.era;
            self.state = State::HalfOpen { successes, probe: Some(self.after_rest(now)) };
        }
        permit
    }

    /// What [`Self::ask`] would say, and takes nothing.
    pub fn outlook(&self, now: DateTime<Utc>) -> Permit {
        match self.state {
            State::Closed { .. } => Permit::All(Ticket { era: self.era }),
            State::Open { until } | State::HalfOpen { probe: Some(until), .. } if now < until => Permit::Wait { until },
            State::Open { .. } | State::HalfOpen { .. } => Permit::One(Ticket { era: self.era + 1 }),
        }
    }

    /// A message that was sent under a ticket was accepted, or refused by a receiver that is there.
    pub fn succeeded(&mut self, ticket: Ticket) {
        match self.state_of(ticket) {
            Some(State::Closed { .. }) => self.state = State::Closed { failures: 0 },
            Some(State::HalfOpen { successes, .. }) if successes + 1 >= self.settings.successes => {
                self.enter(State::Closed { failures: 0 });
            }
            Some(State::HalfOpen { successes, .. }) => {
                self.state = State::HalfOpen { successes: successes + 1, probe: None };
            }
            Some(State::Open { .. }) | None => {}
        }
    }

    /// A message that was sent under a ticket did not get through.
    pub fn failed(&mut self, ticket: Ticket, now: DateTime<Utc>) {
        let until = self.after_rest(now);
        match self.state_of(ticket) {
            Some(State::Closed { failures }) if failures + 1 < self.settings.failures => {
                self.state = State::Closed { failures: failures + 1 };
            }
            Some(State::Closed { .. } | State::HalfOpen { .. }) => self.enter(State::Open { until }),
            Some(State::Open { .. }) | None => {}
        }
    }

    /// `closed`, `open` or `half_open`.
    pub const fn code(&self) -> &'static str {
        match self.state {
            State::Closed { .. } => "closed",
            State::Open { .. } => "open",
            State::HalfOpen { .. } => "half_open",
        }
    }

    fn enter(&mut self, state: State) {
        self.state = state;
        self.era += 1;
    }

    fn after_rest(&self, now: DateTime<Utc>) -> DateTime<Utc> {
        now.checked_add_signed(self.settings.rest).unwrap_or(DateTime::<Utc>::MAX_UTC)
    }

    /// The state, where the ticket is of it: a probe counts once, and one that was given up not at all.
    fn state_of(&self, ticket: Ticket) -> Option<State> {
        let is_over = matches!(self.state, State::HalfOpen { probe: None, .. });
        (ticket.era == self.era && !is_over).then_some(self.state)
    }
}
