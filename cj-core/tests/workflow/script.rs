//! What happens to a batch, drawn at random.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::Index;

/// A batch and what happens to it.
#[derive(Clone, Debug)]
pub(crate) struct Script {
    pub(crate) terms: Terms,
    pub(crate) steps: Vec<Step>,
}

/// How the batch is run: small numbers, so that limits are met often.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Terms {
    pub(crate) essays: u32,
    /// What the budget has above the least that connects the essays.
    pub(crate) spare: u32,
    pub(crate) max_attempts: u32,
    pub(crate) threshold_pct: u8,
    pub(crate) grace_s: u32,
    /// The least success rate, in fifths.
    pub(crate) fifths: u32,
    pub(crate) idle_s: Option<u32>,
    pub(crate) has_target: bool,
    pub(crate) wants_stable: bool,
}

/// One thing that a judge, a worker, the owner or time does.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    /// The work that the phase asks for, done rightly.
    Work(Plan, Fit),
    Ask(Index),
    Cancel,
    Claim(Worker),
    Fit(Fit),
    Pass(u32),
    Plan(Plan),
    Prepare(u32),
    Refuse(Index, Saying),
    Say(Index, Saying),
    /// Every open question gets the same answer.
    SayAll(Saying),
    /// An answer to a question that nobody asked.
    SayToNobody(Saying),
    Wake(Worker),
    /// The monitor comes when the batch wants to be woken, or so many seconds after; one before it, it comes in vain.
    WakeWhenDue(Worker, i32),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Worker {
    First,
    Second,
}

/// What an answer says.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Saying {
    A,
    B,
    Tie,
    FailedForNow(Option<u32>),
    FailedForGood,
}

/// A wave: how many pairs, and what is wrong with it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Plan {
    pub(crate) pairs: usize,
    pub(crate) flaw: Option<Flaw>,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Flaw {
    Repeats,
    SelfPair,
    WrongWave,
}

/// A scale: what it says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fit {
    pub(crate) is_stale: bool,
    pub(crate) says: Option<Says>,
    pub(crate) is_connected: bool,
    pub(crate) fewest: u32,
    pub(crate) moved: bool,
}

/// What the honest reliability says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Says {
    /// The lower bound is .9.
    Reliable,
    /// The lower bound is .6.
    Fair,
    /// The lower bound is .1; that there is no signal has a probability of .9.
    Noise,
}

pub(crate) fn script() -> impl Strategy<Value = Script> {
    (terms(), vec(step(), 1..70)).prop_map(|(terms, steps)| Script { terms, steps })
}

fn terms() -> impl Strategy<Value = Terms> {
    let spare = prop_oneof![3 => 0..12_u32, 1 => 30..60_u32];
    let counts = (2..6_u32, spare, 1..4_u32);
    let threshold = prop_oneof![1 => Just(50), 1 => 50..=100_u8];
    let grace = prop_oneof![1 => Just(0), 3 => Just(60)];
    let shares = (threshold, grace, prop_oneof![Just(0), Just(2), Just(4)]);
    let idle = prop_oneof![3 => Just(Some(4 * 3600)), 1 => Just(None)];
    (counts, shares, idle, any::<(bool, bool)>()).prop_map(
        |((essays, spare, max_attempts), (threshold_pct, grace_s, fifths), idle_s, (has_target, wants_stable))| Terms {
            essays,
            spare,
            max_attempts,
            threshold_pct,
            grace_s,
            fifths,
            idle_s,
            has_target,
            wants_stable,
        },
    )
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        10 => (plan(), fit()).prop_map(|(plan, fit)| Step::Work(Plan { flaw: None, ..plan }, Fit { is_stale: false, ..fit })),
        6 => any::<Index>().prop_map(Step::Ask),
        16 => (any::<Index>(), saying()).prop_map(|(index, saying)| Step::Say(index, saying)),
        3 => saying().prop_map(Step::SayAll),
        1 => saying().prop_map(Step::SayToNobody),
        3 => (any::<Index>(), failure()).prop_map(|(index, saying)| Step::Refuse(index, saying)),
        2 => worker().prop_map(Step::Wake),
        8 => (worker(), lateness()).prop_map(|(worker, seconds)| Step::WakeWhenDue(worker, seconds)),
        6 => pause().prop_map(Step::Pass),
        2 => worker().prop_map(Step::Claim),
        1 => plan().prop_map(Step::Plan),
        1 => fit().prop_map(Step::Fit),
        1 => (0..6_u32).prop_map(Step::Prepare),
        1 => prop_oneof![7 => Just(Step::Pass(1)), 1 => Just(Step::Cancel)],
    ]
}

fn worker() -> impl Strategy<Value = Worker> {
    prop_oneof![2 => Just(Worker::First), 1 => Just(Worker::Second)]
}

fn lateness() -> impl Strategy<Value = i32> {
    prop_oneof![1 => Just(-1), 6 => Just(0), 2 => 1..100]
}

/// To the second what the machine waits for, and about.
fn pause() -> impl Strategy<Value = u32> {
    prop_oneof![4 => 1..40_u32, 3 => Just(60), 2 => Just(300), 3 => Just(900), 1 => Just(4 * 3600), 1 => 1..20_000_u32]
}

fn saying() -> impl Strategy<Value = Saying> {
    prop_oneof![4 => Just(Saying::A), 3 => Just(Saying::B), 1 => Just(Saying::Tie), 4 => failure()]
}

fn failure() -> impl Strategy<Value = Saying> {
    prop_oneof![
        3 => option::of(prop_oneof![Just(10), Just(600)]).prop_map(Saying::FailedForNow),
        1 => Just(Saying::FailedForGood),
    ]
}

fn plan() -> impl Strategy<Value = Plan> {
    let flaw = prop_oneof![Just(Flaw::Repeats), Just(Flaw::SelfPair), Just(Flaw::WrongWave)];
    (prop_oneof![1 => Just(0), 8 => 1..7_usize], option::weighted(0.4, flaw))
        .prop_map(|(pairs, flaw)| Plan { pairs, flaw })
}

fn fit() -> impl Strategy<Value = Fit> {
    let says = prop_oneof![Just(Says::Reliable), Just(Says::Fair), Just(Says::Noise)];
    let counts = prop_oneof![Just(0), Just(1), Just(2), Just(4), Just(9)];
    (any::<bool>(), option::weighted(0.6, says), any::<bool>(), counts, any::<bool>())
        .prop_map(|(is_stale, says, is_connected, fewest, moved)| Fit { is_stale, says, is_connected, fewest, moved })
}
