//! The settings of one batch.

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::{ConfigError, Repeats, Strategy};

/// The checked settings of one batch; they are stored with it and never change.
///
/// ```
/// use cj_core::config::Settings;
/// let settings = Settings::builder().budget(Some(200)).straggler_grace_s(0).build()?;
/// assert_eq!(settings.budget_for(24), 200);
/// assert_eq!(Settings::default().budget_for(24), 360);
/// assert!(Settings::builder().min_success_rate(1.5).build().is_err());
/// # Ok::<(), cj_core::config::ConfigError>(())
/// ```
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Serialize)]
#[serde(try_from = "SettingsBuilder", into = "SettingsBuilder")]
pub struct Settings {
    raw: SettingsBuilder,
}

macro_rules! settings {
    ($($(#[$doc:meta])* $name:ident: $type:ty = $default:expr;)*) => {
        /// Collects settings; [`SettingsBuilder::build`] checks them together.
        #[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
        #[serde(default, deny_unknown_fields)]
        pub struct SettingsBuilder {
            $($name: $type,)*
        }

        impl Default for SettingsBuilder {
            fn default() -> Self {
                Self { $($name: $default,)* }
            }
        }

        impl SettingsBuilder {
            $($(#[$doc])* #[must_use] pub fn $name(mut self, value: $type) -> Self {
                self.$name = value;
                self
            })*
        }

        impl Settings {
            $($(#[$doc])* pub fn $name(&self) -> $type {
                self.raw.$name
            })*
        }
    };
}

settings! {
    /// Questions that may be asked in all, retries included; absent: `max(120, 15·n)`.
    budget: Option<u32> = None;
    /// No activity for so many seconds ends a batch; absent: never (people as judges).
    batch_timeout_s: Option<u32> = Some(4 * 3600);
    /// A question without an answer expires after so many seconds.
    comparison_timeout_s: u32 = 15 * 60;
    /// The largest number of pairs that is asked as a complete design.
    complete_design_limit: u32 = 120;
    /// The share of a wave, in per cent, that must be decided before stragglers stop holding it up.
    completion_threshold_pct: u8 = 95;
    /// How long the holder of a lease may work, in seconds, before another worker does it again.
    lease_s: u32 = 60;
    /// How often one question is asked at most.
    max_attempts: u32 = 3;
    /// The largest budget that a request may ask for; absent: `max(10 000, 50·n)`.
    max_comparisons_hard_cap: Option<u32> = None;
    /// How many more passes over a complete design, in swapped order.
    max_resampling_passes: u32 = 1;
    /// Verdicts that every essay must have before a batch ends early.
    min_comparisons_per_essay: u32 = 4;
    /// The share of questions that must be answered in the end.
    min_success_rate: f64 = 0.8;
    /// The standard deviation of the normal prior on scores, in logits.
    prior_sd: f64 = 2.0;
    /// Whether two essays that met may meet again.
    repeats: Repeats = Repeats::Swapped;
    /// Rounds that one adaptive wave holds; a round asks each essay about once.
    rounds_per_wave: u32 = 2;
    /// Ends a batch when no score moves more than this, in logits; absent: never. It says nothing of quality.
    score_stability_threshold: Option<f64> = None;
    /// How long stragglers are waited for once the threshold is reached, in seconds.
    straggler_grace_s: u32 = 60;
    /// Which pairs to ask next.
    strategy: Strategy = Strategy::default();
    /// Ends a batch when the lower bound of its honest reliability reaches this; absent: never.
    target_reliability: Option<f64> = Some(0.8);
}

impl SettingsBuilder {
    /// Checks every setting.
    ///
    /// # Errors
    /// The first setting outside its range, by name.
    pub fn build(self) -> Result<Settings, ConfigError> {
        let share = |setting, value: f64| {
            let inside = value.is_finite() && (0.0..=1.0).contains(&value);
            inside.then_some(()).ok_or_else(|| ConfigError::new(setting, "a share from 0 to 1", value))
        };
        let positive = |setting, value: f64| {
            let inside = value.is_finite() && value > 0.0;
            inside.then_some(()).ok_or_else(|| ConfigError::new(setting, "a number above 0", value))
        };
        let at_least_one = |setting, value: u32| {
            (value > 0).then_some(()).ok_or_else(|| ConfigError::new(setting, "at least 1", value))
        };
        at_least_one("budget", self.budget.unwrap_or(1))?;
        at_least_one("batch_timeout_s", self.batch_timeout_s.unwrap_or(1))?;
        at_least_one("comparison_timeout_s", self.comparison_timeout_s)?;
        if !(1..=100).contains(&self.completion_threshold_pct) {
            let found = self.completion_threshold_pct;
            return Err(ConfigError::new("completion_threshold_pct", "a percentage from 1 to 100", found));
        }
        at_least_one("lease_s", self.lease_s)?;
        at_least_one("max_attempts", self.max_attempts)?;
        at_least_one("max_comparisons_hard_cap", self.max_comparisons_hard_cap.unwrap_or(1))?;
        share("min_success_rate", self.min_success_rate)?;
        positive("prior_sd", self.prior_sd)?;
        at_least_one("rounds_per_wave", self.rounds_per_wave)?;
        positive("score_stability_threshold", self.score_stability_threshold.unwrap_or(1.0))?;
        share("target_reliability", self.target_reliability.unwrap_or(1.0))?;
        Ok(Settings { raw: self })
    }
}

impl Settings {
    /// Starts from the defaults.
    pub fn builder() -> SettingsBuilder {
        SettingsBuilder::default()
    }

    /// The budget for `n` essays, within the hard cap.
    pub fn budget_for(&self, n: usize) -> u32 {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        let cap = self.raw.max_comparisons_hard_cap.unwrap_or_else(|| n.saturating_mul(50).max(10_000));
        self.raw.budget.unwrap_or_else(|| n.saturating_mul(15).max(120)).min(cap)
    }

    /// The life of a question.
    pub fn comparison_timeout(&self) -> TimeDelta {
        seconds(self.raw.comparison_timeout_s)
    }

    /// The life of a lease.
    pub fn lease(&self) -> TimeDelta {
        seconds(self.raw.lease_s)
    }

    /// How long stragglers are waited for.
    pub fn straggler_grace(&self) -> TimeDelta {
        seconds(self.raw.straggler_grace_s)
    }

    /// How long a batch may be idle.
    pub fn batch_timeout(&self) -> Option<TimeDelta> {
        self.raw.batch_timeout_s.map(seconds)
    }

    /// The pause before an attempt: none before the first, 30 s before the second, 5 min before each later one.
    pub fn backoff(attempt: u32) -> TimeDelta {
        match attempt {
            0 | 1 => TimeDelta::zero(),
            2 => TimeDelta::seconds(30),
            _ => TimeDelta::minutes(5),
        }
    }
}

fn seconds(count: u32) -> TimeDelta {
    TimeDelta::seconds(i64::from(count))
}

impl TryFrom<SettingsBuilder> for Settings {
    type Error = ConfigError;

    fn try_from(raw: SettingsBuilder) -> Result<Self, ConfigError> {
        raw.build()
    }
}

impl From<Settings> for SettingsBuilder {
    fn from(settings: Settings) -> Self {
        settings.raw
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_range_is_checked_by_name() {
        let refused = [
            (Settings::builder().budget(Some(0)).build(), "budget"),
            (Settings::builder().completion_threshold_pct(0).build(), "completion_threshold_pct"),
            (Settings::builder().completion_threshold_pct(101).build(), "completion_threshold_pct"),
            (Settings::builder().min_success_rate(f64::NAN).build(), "min_success_rate"),
            (Settings::builder().prior_sd(0.0).build(), "prior_sd"),
            (Settings::builder().max_attempts(0).build(), "max_attempts"),
            (Settings::builder().target_reliability(Some(1.2)).build(), "target_reliability"),
        ];
        for (result, setting) in refused {
            assert_eq!(result.unwrap_err().setting, setting);
        }
    }

    #[test]
    fn stored_settings_are_checked_when_they_are_read_again() {
        let text = serde_json::to_string(&Settings::default()).unwrap();
        assert_eq!(serde_json::from_str::<Settings>(&text).unwrap(), Settings::default());
        assert!(serde_json::from_str::<Settings>(r#"{"min_success_rate": 7}"#).is_err());
        assert!(serde_json::from_str::<Settings>(r#"{"min_sucess_rate": 0.5}"#).is_err());
    }

    #[test]
    fn the_budget_stays_under_the_cap() {
        let settings = Settings::builder().budget(Some(50_000)).build().unwrap();
        assert_eq!(settings.budget_for(30), 10_000);
        assert_eq!(Settings::default().budget_for(4), 120);
    }
}
