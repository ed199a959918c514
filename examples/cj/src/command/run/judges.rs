//! Who judges.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use cj_core::config::{Repeats, SettingsBuilder};

use super::args::Args;
use super::material::Material;
use crate::error::{Error, Problem};
use crate::input::{JudgementTable, Record};
use crate::judge::{Character, LocalJudge, Replay, Simulated};

const CHOICES: &str = "`simulated` (needs a manifest with a column `quality` or `theta_true`) or `replay:FILE.csv`";

/// Who judges, before the essays are read.
pub(super) enum JudgePlan {
    /// Whoever the essays allow: simulated where their quality is known.
    Unsaid,
    Simulated,
    Replay {
        path: PathBuf,
        table: JudgementTable,
    },
}

impl JudgePlan {
    pub(super) fn read(args: &Args) -> Result<Self, Error> {
        match args.judge.as_deref() {
            None => Ok(Self::Unsaid),
            Some("simulated") => Ok(Self::Simulated),
            Some(judge) => match judge.split_once(':') {
                Some(("replay", path)) if !path.is_empty() => {
                    let table = JudgementTable::open(Path::new(path))?;
                    if table.is_empty() {
                        return Err(Problem::new(Path::new(path), "rows with judgements", "none").into());
                    }
                    Ok(Self::Replay { path: path.into(), table })
                }
                _ => Err(Error::usage(format!("--judge {judge}: expected {CHOICES}"))),
            },
        }
    }

    /// How the judge is called in `--judge` and in the result.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Unsaid | Self::Simulated => "simulated".to_owned(),
            Self::Replay { path, .. } => format!("replay:{}", path.display()),
        }
    }

    pub(super) const fn is_simulated(&self) -> bool {
        !matches!(self, Self::Replay { .. })
    }

    /// What the judge asks of the settings.
    ///
    /// A pair is asked as often as it was recorded. A gap in a recording is no failure of its judges: however many there
    /// are, what is recorded makes the scale.
    pub(super) fn shape(&self, settings: SettingsBuilder) -> SettingsBuilder {
        let Self::Replay { table, .. } = self else { return settings };
        let mut records = BTreeMap::new();
        for Record { left, right, count, .. } in &table.records {
            *records.entry((left.min(right), left.max(right))).or_insert(0_u32) += count;
        }
        let most = records.values().copied().max().unwrap_or(1);
        let repeats = match most {
            0 | 1 => Repeats::Never,
            2 => Repeats::Swapped,
            _ => Repeats::Panel,
        };
        settings.repeats(repeats).max_resampling_passes(most.saturating_sub(1)).min_success_rate(0.0)
    }

    /// The judge for these essays.
    pub(super) fn judge(&self, material: &Material, args: &Args, seed: u64) -> Result<Box<dyn LocalJudge>, Error> {
        if let Self::Replay { table, .. } = self {
            return Ok(Box::new(Replay::new(table)));
        }
        let unknown = material.essays.iter().find(|essay| essay.quality.is_none() && essay.content.is_usable());
        if let Some(essay) = unknown {
            let id = &essay.id;
            return Err(Error::usage(match self {
                Self::Unsaid => {
                    format!("no judge was named, and nobody says how good {id} truly is: choose --judge {CHOICES}")
                }
                _ => format!(
                    "--judge simulated: the manifest does not say the quality of {id}; expected a number in a column `quality` or `theta_true`"
                ),
            }));
        }
        let qualities = material.essays.iter().map(|e| (e.id.clone(), e.quality.unwrap_or_default())).collect();
        Ok(Box::new(Simulated::new(qualities, character(args)?, seed)))
    }
}

/// The traits of the simulated judge, checked.
pub(super) fn character(args: &Args) -> Result<Character, Error> {
    let check = |name: &str, value: f64, is_right: bool, expected: &str| {
        let wrong = || Error::usage(format!("--{name} {value}: expected {expected}"));
        if value.is_finite() && is_right { Ok(()) } else { Err(wrong()) }
    };
    check("noise", args.noise, args.noise >= 0.0, "a number from 0 on")?;
    check("position-bias", args.position_bias, true, "a number")?;
    check("lapse", args.lapse, (0.0..=1.0).contains(&args.lapse), "a share from 0 to 1")?;
    check("failure-rate", args.failure_rate, (0.0..=1.0).contains(&args.failure_rate), "a share from 0 to 1")?;
    check("delay", args.delay, (0.0..=86_400.0).contains(&args.delay), "seconds from 0 to 86400")?;
    Ok(Character {
        noise: args.noise,
        position_bias: args.position_bias,
        lapse: args.lapse,
        failure_rate: args.failure_rate,
        delay_s: args.delay,
    })
}
