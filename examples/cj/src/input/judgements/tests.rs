use std::path::Path;

use super::{JudgementTable, Outcome};
use crate::input::CsvTable;

fn read(text: &str) -> JudgementTable {
    JudgementTable::read(&CsvTable::parse(Path::new("j.csv"), text.to_owned()).unwrap()).unwrap()
}

fn problem(text: &str) -> String {
    let table = CsvTable::parse(Path::new("j.csv"), text.to_owned()).unwrap();
    JudgementTable::read(&table).unwrap_err().to_string()
}

/// `left>right`, `left<right` or `left=right`, as often as it was judged.
fn told(table: &JudgementTable) -> Vec<String> {
    let mut told = Vec::new();
    for record in &table.records {
        let sign = match record.outcome {
            Outcome::Left => '>',
            Outcome::Right => '<',
            Outcome::Tie => '=',
        };
        let line = format!("{}{sign}{}", table.items[record.left as usize], table.items[record.right as usize]);
        told.extend(std::iter::repeat_n(line, record.count as usize));
    }
    told
}

#[test]
fn every_way_of_writing_the_winner_is_understood() {
    let expected = ["a>b", "b<c", "c=a"];
    for text in [
        "judge,left,right,winner\nj,a,b,left\nj,b,c,right\nj,c,a,tie\n",
        "judge;left;right;winner\nj;a;b;a\nj;b;c;c\nj;c;a;TIE\n",
        "item_a,item_b,winner\na,b,item_a\nb,c,item_b\nc,a,draw\n",
        "choice_id1\tchoice_id2\twinner_id\na\tb\ta\nb\tc\tc\nc\ta\ttie\n",
        "judge_id,left,right,won,lost,time_taken\n1,a,b,a,b,12\n1,b,c,c,b,\n1,c,a,tie,,7\n",
        "left,right,chosen\na,b,a\nb,c,c\nc,a,tie",
        "left,right,left_wins,judge,weight\na,b,1,j,1\nb,c,0,j,2\nc,a,0.5,j,.5\n",
        "left,right,win_left,win_right,ties\na,b,1,0,0\nb,c,0,1,0\nc,a,,0,1\n",
    ] {
        let table = read(text);
        assert_eq!(told(&table), expected, "{text}");
        assert!(table.has_sides);
    }
}

#[test]
fn chosen_and_not_chosen_have_no_sides() {
    let table = read("judge,candidate_chosen,candidate_not_chosen\n1,3,18\n2,12,9\n");
    assert_eq!(told(&table), ["3>18", "12>9"]);
    assert_eq!(table.judges, ["1", "2"]);
    assert!(!table.has_sides);
}

#[test]
fn counts_are_judgements() {
    let table = read("left,right,win_left,win_right,ties\na,b,2,1,1\na,c,0,0,0\n");
    assert_eq!(told(&table), ["a>b", "a>b", "a<b", "a=b"]);
    assert_eq!((table.len(), table.items.len()), (4, 3));
}

#[test]
fn an_id_wins_over_a_side() {
    let table = read("left,right,winner\nright,left,left\nright,left,right\n");
    assert_eq!(told(&table), ["right<left", "right>left"]);
}

#[test]
fn time_and_weight_are_read_where_they_are_there() {
    let table = read("judge,left,right,winner,time,weight\nj,a,b,a,1500,0.25\n,a,b,b,,1\n");
    assert_eq!((table.records[0].time_ms, table.records[0].weight), (Some(1500.0), 0.25));
    assert_eq!((table.records[1].time_ms, table.records[1].judge), (None, None));
}

#[test]
fn a_self_pair_names_its_line() {
    let text = "judge,left,right,winner\nj,a,b,a\nj,a,c,a\nj,b,c,c\nj,c,a,c\nj,c,b,b\nj,b,b,b\n";
    assert_eq!(
        problem(text),
        "j.csv, line 7, column `right`: expected another item than on the other side, found `b` on both sides"
    );
}

#[test]
fn every_bad_row_is_told() {
    let found = problem(
        "judge,left,right,winner,time,weight\nj,a,b,c,1,1\nj,a,,a,1,1\nj,a,b,a,-1,1\nj,a,b,a,1,0\nj,a,b\nj,a,b,,1,1\n",
    );
    assert_eq!(
        found.lines().collect::<Vec<_>>(),
        [
            "j.csv, line 2, column `winner`: expected `left`, `right`, `tie`, `a` or `b`, found `c`",
            "j.csv, line 3, column `right`: expected the id of an item, found nothing",
            "j.csv, line 4, column `time`: expected milliseconds from 0 on, or nothing, found `-1`",
            "j.csv, line 5, column `weight`: expected a number above 0, found `0`",
            "j.csv, line 6: expected 6 fields, found 3",
            "j.csv, line 7, column `winner`: expected `left`, `right`, `tie`, `a` or `b`, found nothing",
        ]
    );
    assert!(problem("left,right,won,lost\na,b,a,c\n").contains("expected `b`, the item that did not win, found `c`"));
    assert!(problem("left,right,win_left,win_right\na,b,1.5,0\n").contains("expected a whole number from 0 on"));
}

#[test]
fn the_missing_column_is_named() {
    for (header, expected) in [
        ("judge,left,right", "expected a column `winner`, found the columns `judge`, `left`, `right`"),
        ("judge,left,winner", "expected a column `right`"),
        ("judge,right,winner", "expected a column `left`"),
        ("left,right,win_left", "expected a column `win_right`"),
        ("judge,chosen", "expected columns `left` and `right`, or `candidate_not_chosen`"),
        ("x,y", "expected columns `left`, `right`, `winner`, or"),
    ] {
        let found = problem(&format!("{header}\n"));
        assert!(found.starts_with("j.csv, line 1: ") && found.contains(expected), "{found}");
    }
}
