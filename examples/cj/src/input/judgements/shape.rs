use crate::{
    error::Problem,
    input::{Column, CsvTable},
};

/// Which columns of a table say who met whom, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shape {
    /// Left, right, and who won; the loser where it is written too.
    Sides { left: Column, right: Column, winner: Column, loser: Option<Column> },
    /// Left, right, and how much of the judgement the left side won: 1, 0.5 or 0.
    Share { left: Column, right: Column, share: Column },
    /// The item chosen and the item not chosen; which one was left is lost.
    Chosen { winner: Column, loser: Column },
    /// Left, right, and how often each side won.
    Counts { left: Column, right: Column, win_left: Column, win_right: Column, ties: Option<Column> },
}

impl Shape {
    /// The shape of a table.
    ///
    /// # Errors
    /// The column that is missing, by the name it has in `cj`'s own tables.
    pub(super) fn of(table: &CsvTable) -> Result<Self, Problem> {
        let (left, right) = (table.column(LEFT), table.column(RIGHT));
        let (winner, loser) = (table.column(WINNER), table.column(LOSER));
        match (left, right, winner, loser) {
            (Some(left), Some(right), Some(winner), loser) => Ok(Self::Sides { left, right, winner, loser }),
            (Some(left), Some(right), None, _) => Self::of_sides(table, left, right),
            (None, None, Some(winner), Some(loser)) => Ok(Self::Chosen { winner, loser }),
            (None, Some(_), ..) => Err(missing(table, "left")),
            (Some(_), None, ..) => Err(missing(table, "right")),
            (None, None, Some(_), None) => {
                Err(table.header_problem("columns `left` and `right`, or `candidate_not_chosen`, beside the winner"))
            },
            (None, None, None, _) => Err(table.header_problem(
                "columns `left`, `right`, `winner`, or `candidate_chosen`, `candidate_not_chosen`, or `left`, `right`, `win_left`, `win_right`",
            )),
        }
    }

    fn of_sides(table: &CsvTable, left: Column, right: Column) -> Result<Self, Problem> {
        if let Some(share) = table.column(SHARE) {
            return Ok(Self::Share { left, right, share });
        }
        match (table.column(WIN_LEFT), table.column(WIN_RIGHT)) {
            (Some(win_left), Some(win_right)) => {
                Ok(Self::Counts { left, right, win_left, win_right, ties: table.column(TIES) })
            }
            (Some(_), None) => Err(missing(table, "win_right")),
            (None, Some(_)) => Err(missing(table, "win_left")),
            (None, None) => Err(missing(table, "winner")),
        }
    }
}

fn missing(table: &CsvTable, name: &str) -> Problem {
    table.header_problem(&format!("a column `{name}`"))
}

const LEFT: &[&str] = &[
    "left",
    "left_id",
    "item_a",
    "choice_id1",
    "choice_id_1",
    "item1",
    "item_1",
    "id1",
    "id_1",
    "candidate1",
    "candidate_1",
    "essay_a",
    "essay_a_id",
    "option_a",
    "object1",
    "player1",
    "first",
];
const RIGHT: &[&str] = &[
    "right",
    "right_id",
    "item_b",
    "choice_id2",
    "choice_id_2",
    "item2",
    "item_2",
    "id2",
    "id_2",
    "candidate2",
    "candidate_2",
    "essay_b",
    "essay_b_id",
    "option_b",
    "object2",
    "player2",
    "second",
];
const WINNER: &[&str] = &[
    "winner",
    "winner_id",
    "candidate_chosen",
    "chosen",
    "chosen_id",
    "won",
    "better_id",
    "better",
    "preferred",
    "choice",
    "selected",
];
const LOSER: &[&str] = &["loser", "loser_id", "candidate_not_chosen", "not_chosen", "not_chosen_id", "lost"];
const SHARE: &[&str] = &["left_wins", "outcome_left", "left_won"];
const WIN_LEFT: &[&str] = &["win_left", "wins_left", "win1", "wins1", "win_1", "wins_1"];
const WIN_RIGHT: &[&str] = &["win_right", "wins_right", "win2", "wins2", "win_2", "wins_2"];
const TIES: &[&str] = &["ties", "tie", "tied", "draws"];

/// The columns of who judged, how long it took in milliseconds, and what the judgement counts.
pub(super) const JUDGE: &[&str] =
    &["judge", "judge_id", "judge_name", "rater", "rater_id", "assessor", "assessor_id", "reviewer"];
pub(super) const TIME: &[&str] = &["time", "time_ms", "time_taken", "time_taken_ms", "duration_ms", "elapsed_ms", "ms"];
pub(super) const WEIGHT: &[&str] = &["weight", "weights"];
