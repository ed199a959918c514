//! The state of play: who met whom, how often and on which side.

use std::cell::Cell;
use std::cmp::Ordering;

use super::dice::mix;
use super::meetings::{Meeting, Meetings};
use super::{Pair, Quotas, Repeats, Request};

/// What was asked, folded into counts, and brought up to date while a wave is being planned.
#[derive(Debug, Clone)]
pub(super) struct Board {
    games: Vec<u32>,
    lean: Vec<i32>,
    meetings: Meetings,
    repeats: Repeats,
    seed: u64,
    asked: usize,
    anchors: Vec<bool>,
    by_kind: [usize; 3],
    most_by_kind: [usize; 3],
    reserved: Cell<[usize; 3]>,
    limited: bool,
}

impl Board {
    /// The board before a wave of at most `wave` pairs.
    pub(super) fn new(request: &Request<'_>, wave: usize) -> Self {
        let mut board = Self {
            games: vec![0; request.items],
            lean: vec![0; request.items],
            meetings: Meetings::new(request.items),
            repeats: request.repeats,
            seed: request.seed ^ (u64::from(request.wave) << 32),
            asked: 0,
            anchors: request.anchors.to_vec(),
            by_kind: [0; 3],
            most_by_kind: request.quotas.most(request.asked.len().saturating_add(wave)),
            reserved: Cell::default(),
            limited: !request.anchors.is_empty() && request.quotas != Quotas::default(),
        };
        request.refused.iter().for_each(|&pair| board.meetings.refuse(pair));
        request.asked.iter().for_each(|&pair| board.record(pair));
        board
    }

    pub(super) fn record(&mut self, pair: Pair) {
        self.meetings.record(pair);
        for (item, step) in [(pair.left, 1), (pair.right, -1)] {
            self.games[item as usize] += 1;
            self.lean[item as usize] += step;
        }
        self.asked += 1;
        self.by_kind[self.kind(pair.left, pair.right)] += 1;
    }

    /// Counts a pair that a round has taken against its quota until the round is recorded; says whether there was room.
    pub(super) fn reserve(&self, pair: Pair) -> bool {
        if !self.has_room(pair.left, pair.right) {
            return false;
        }
        let mut reserved = self.reserved.get();
        reserved[self.kind(pair.left, pair.right)] += 1;
        self.reserved.set(reserved);
        true
    }

    /// Records the pairs of a round, in place of what it reserved.
    pub(super) fn record_round(&mut self, pairs: &[Pair]) {
        self.reserved.set([0; 3]);
        for &pair in pairs {
            self.record(pair);
        }
    }

    /// Whether the quota of this kind of pair is not used up.
    pub(super) fn has_room(&self, a: u32, b: u32) -> bool {
        let kind = self.kind(a, b);
        !self.limited || self.by_kind[kind] + self.reserved.get()[kind] < self.most_by_kind[kind]
    }

    /// Whether some kind of pair has a quota at all.
    pub(super) fn has_quotas(&self) -> bool {
        self.limited
    }

    /// 0, 1, 2: two anchors, an anchor and a student, two students.
    fn kind(&self, a: u32, b: u32) -> usize {
        let is_student = |item: u32| usize::from(!self.anchors.get(item as usize).copied().unwrap_or(false));
        is_student(a) + is_student(b)
    }

    pub(super) fn items(&self) -> usize {
        self.games.len()
    }

    /// Questions asked so far, those of the wave being planned included.
    pub(super) fn asked(&self) -> usize {
        self.asked
    }

    pub(super) fn games(&self, item: u32) -> u32 {
        self.games[item as usize]
    }

    /// L − R: times on the left minus times on the right.
    pub(super) fn lean(&self, item: u32) -> i32 {
        self.lean[item as usize]
    }

    pub(super) fn meeting(&self, a: u32, b: u32) -> Meeting {
        self.meetings.between(a, b)
    }

    /// Whether these two were never asked about and may be.
    pub(super) fn is_new(&self, a: u32, b: u32) -> bool {
        let meeting = self.meeting(a, b);
        meeting.times() == 0 && !meeting.refused && self.has_room(a, b)
    }

    /// The sides that the repeat policy leaves to a pair: `[smaller index left, smaller index right]`.
    pub(super) fn sides(&self, a: u32, b: u32) -> [bool; 2] {
        let meeting = self.meeting(a, b);
        if meeting.refused || !self.has_room(a, b) {
            return [false; 2];
        }
        if meeting.times() == 0 {
            return [true; 2];
        }
        match self.repeats {
            Repeats::Never => [false; 2],
            Repeats::Swapped => [meeting.forward == 0, meeting.backward == 0],
            Repeats::Panel => [!meeting.last_forward, meeting.last_forward],
        }
    }

    /// The pair as it may be asked now without |L − R| passing 1, or `None` where it may not be.
    pub(super) fn admissible(&self, a: u32, b: u32) -> Option<Pair> {
        let (low, high) = (a.min(b), a.max(b));
        let (lean_low, lean_high) = (self.lean(low), self.lean(high));
        let [forward, backward] = self.sides(low, high);
        let forward = forward && lean_low <= 0 && lean_high >= 0;
        let backward = backward && lean_high <= 0 && lean_low >= 0;
        let low_left = match (forward, backward) {
            (false, false) => return None,
            (true, true) => mix(self.seed, low, high) & 1 == 0,
            (only_forward, _) => only_forward,
        };
        Some(if low_left { Pair::new(low, high) } else { Pair::new(high, low) })
    }

    /// The pair as it may be asked now without L − R of the *student* passing 1; the anchor takes the other side.
    pub(super) fn admissible_for(&self, student: u32, anchor: u32) -> Option<Pair> {
        let [forward, backward] = self.sides(student, anchor);
        let [left, right] = if student < anchor { [forward, backward] } else { [backward, forward] };
        let (left, right) = (left && self.lean(student) <= 0, right && self.lean(student) >= 0);
        let student_left = match (left, right) {
            (false, false) => return None,
            (true, true) => match self.lean(anchor).signum() {
                0 => mix(self.seed, student, anchor) & 1 == 0,
                lean => lean > 0,
            },
            (only_left, _) => only_left,
        };
        Some(if student_left { Pair::new(student, anchor) } else { Pair::new(anchor, student) })
    }

    /// The pair as the baselines ask it: who leans right goes left; `None` against the policy and where |L − R| would pass
    /// [`MOST_LEAN`].
    ///
    /// Several judges may see a repeat on the same sides again.
    pub(super) fn levelled(&self, a: u32, b: u32) -> Option<Pair> {
        let (low, high) = (a.min(b), a.max(b));
        let sides = if self.repeats == Repeats::Panel && self.sides(low, high) != [false; 2] {
            [true; 2]
        } else {
            self.sides(low, high)
        };
        let low_left = match sides {
            [false, false] => return None,
            [true, true] => match self.lean(low).cmp(&self.lean(high)) {
                Ordering::Less => true,
                Ordering::Greater => false,
                Ordering::Equal => mix(self.seed, low, high) & 1 == 0,
            },
            [forward, _] => forward,
        };
        let pair = if low_left { Pair::new(low, high) } else { Pair::new(high, low) };
        (self.lean(pair.left) < MOST_LEAN && self.lean(pair.right) > -MOST_LEAN).then_some(pair)
    }
}

/// How far the baselines let L − R drift.
const MOST_LEAN: i32 = 4;
