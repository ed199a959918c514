//! A judge that answers from a recording.

use std::collections::BTreeMap;

use cj_core::change::{ComparisonRecord, ComparisonState, Evidence, Outcome, Verdict, Winner};
use cj_core::event::ErrorCode;
use cj_core::id::JudgeId;

use super::{LocalJudge, Question, Reply};
use crate::input::{self, JudgementTable, essay_id};

/// The code of a pair that the recording does not hold: asking again does not help.
const NOT_RECORDED: &str = "NOT_RECORDED";

/// What is noted of an answer that was recorded with the essays the other way round.
pub const TURNED: &str = "recorded in the other order";

/// A judge that answers each pair by its next unused record; one recorded only in the other order with that winner.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    records: BTreeMap<(String, String), Vec<Recorded>>,
}

#[derive(Clone, Debug)]
struct Recorded {
    winner: Winner,
    judge: Option<String>,
    time_ms: Option<u32>,
    is_used: bool,
    is_turned: bool,
}

impl Replay {
    /// A judge with a recording. Counts say nothing of the order of their answers: those of a pair are spread evenly, so
    /// that the first few stand for all.
    pub fn new(table: &JudgementTable) -> Self {
        let mut records: BTreeMap<(String, String), Vec<(f64, Recorded)>> = BTreeMap::new();
        let id = |item: u32| {
            let name = &table.items[item as usize];
            essay_id(name).unwrap_or_else(|| name.clone())
        };
        for record in &table.records {
            let winner = match record.outcome {
                input::Outcome::Left => Winner::A,
                input::Outcome::Right => Winner::B,
                input::Outcome::Tie => Winner::Tie,
            };
            let judge = record.judge.map(|judge| table.judges[judge as usize].clone());
            let time_ms = record.time_ms.map(|time| time as u32);
            let recorded = Recorded { winner, judge, time_ms, is_used: false, is_turned: false };
            let place = |copy: u32| (f64::from(copy) + 0.5) / f64::from(record.count);
            let copies = (0..record.count).map(|copy| (place(copy), recorded.clone()));
            records.entry((id(record.left), id(record.right))).or_default().extend(copies);
        }
        let in_order = |mut copies: Vec<(f64, Recorded)>| {
            copies.sort_by(|(one, _), (other, _)| one.total_cmp(other));
            copies.into_iter().map(|(_, recorded)| recorded).collect()
        };
        Self { records: records.into_iter().map(|(pair, copies)| (pair, in_order(copies))).collect() }
    }

    /// The next unused record of a pair in this order, else in the other, as seen from this order.
    fn take(&mut self, a: &str, b: &str) -> Option<Recorded> {
        if let Some(found) = unused(&mut self.records, a, b) {
            return Some(found);
        }
        let found = unused(&mut self.records, b, a)?;
        let winner = match found.winner {
            Winner::A => Winner::B,
            Winner::B => Winner::A,
            Winner::Tie => Winner::Tie,
        };
        Some(Recorded { winner, is_turned: true, ..found })
    }
}

fn unused(records: &mut BTreeMap<(String, String), Vec<Recorded>>, a: &str, b: &str) -> Option<Recorded> {
    let record = records.get_mut(&(a.to_owned(), b.to_owned()))?.iter_mut().find(|record| !record.is_used)?;
    record.is_used = true;
    Some(record.clone())
}

impl LocalJudge for Replay {
    fn recall(&mut self, asked: &[ComparisonRecord]) {
        for comparison in asked {
            let (a, b) = (comparison.essay_a.as_str(), comparison.essay_b.as_str());
            if comparison.state == ComparisonState::Decided {
                drop(self.take(a, b));
            }
        }
    }

    fn answer(&mut self, question: &Question) -> Reply {
        let comparison_id = question.comparison_id;
        let Some(record) = self.take(&question.essay_a, &question.essay_b) else {
            let code = ErrorCode::try_from(NOT_RECORDED).expect("the code is short");
            return Reply::at_once(Verdict::failed(comparison_id, code));
        };
        let judge_id = record.judge.as_deref().and_then(|judge| JudgeId::new(judge).ok());
        let evidence = Evidence {
            model: Some(record.judge.unwrap_or_else(|| "recording".to_owned())),
            provider: Some("recording".to_owned()),
            judge_id,
            latency_ms: record.time_ms,
            justification: record.is_turned.then(|| TURNED.to_owned()),
            ..Evidence::default()
        };
        Reply::at_once(Verdict { comparison_id, outcome: Outcome::Decided(record.winner), evidence })
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::input::CsvTable;

    fn winners(csv: &str, questions: usize) -> Vec<Winner> {
        let table = CsvTable::parse(Path::new("recording.csv"), csv.to_owned()).unwrap();
        let mut judge = Replay::new(&JudgementTable::read(&table).unwrap());
        (0..questions).map_while(|_| judge.take("A", "B")).map(|recorded| recorded.winner).collect()
    }

    #[test]
    fn counts_are_spread_so_that_the_first_few_answers_stand_for_all() {
        let first = winners("left,right,win_left,win_right\nA,B,30,10\n", 8);
        assert_eq!(first.iter().filter(|winner| **winner == Winner::A).count(), 6);
        assert_eq!(winners("left,right,win_left,win_right\nA,B,30,10\n", 99).len(), 40);
    }

    #[test]
    fn single_records_come_in_their_order() {
        let recording = "left,right,winner\nA,B,right\nA,B,left\nA,B,left\nA,B,right\n";
        assert_eq!(winners(recording, 4), [Winner::B, Winner::A, Winner::A, Winner::B]);
    }
}
