use cj_core::scoring::{Connectivity, Judgements, Outcome, TiePolicy};
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::study::{normal, uniform};

/// A set of judgements of which the maximum-likelihood estimate exists, drawn from a seed: abilities from N(0, 1.5²).
#[derive(Debug, Clone)]
#[expect(clippy::exhaustive_structs, reason = "benchmarks read every field")]
pub struct Set {
    /// The letter by which it is known.
    pub name: char,
    /// The names of the items.
    pub names: Vec<String>,
    /// What was judged, as (left, right, outcome) with the positions of the items.
    pub outcomes: Vec<(u32, u32, Outcome)>,
}

/// Letter, items and comparisons of each set; in set g each item meets only its four neighbours on a path.
pub const SETS: [(char, usize, usize); 7] = [
    ('a', 30, 300),
    ('b', 200, 4_000),
    ('c', 1_000, 20_000),
    ('d', 1_000, 1_000_000),
    ('e', 10_000, 1_000_000),
    ('f', 100_000, 2_000_000),
    ('g', 1_000, 5_000),
];

impl Set {
    /// The set of that letter; the same every time.
    ///
    /// # Panics
    /// When there is no such set.
    pub fn new(name: char) -> Self {
        let (_, items, comparisons) = *SETS.iter().find(|set| set.0 == name).expect("one of the letters a to g");
        Self::drawn(name, items, comparisons, name == 'g')
    }

    /// A set of any size.
    ///
    /// Where no finite estimate exists, single outcomes are turned round until one does: those of a perfect record, then
    /// one between neighbouring groups.
    ///
    /// # Panics
    /// When no outcome that is turned round helps, which does not happen on connected sets.
    pub fn drawn(name: char, items: usize, comparisons: usize, is_chain: bool) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(u64::from(u32::from(name)) << 32 | items as u64);
        let order = shuffled(items, &mut rng);
        let mut truth = vec![0.0; items];
        let mut walk = 0.0;
        for item in &order {
            let step = 1.5 * normal(&mut rng);
            // Neighbours on the path are close: there the scores wander.
            walk += 0.2 * step;
            truth[*item as usize] = if is_chain { walk } else { step };
        }
        let mut outcomes = Vec::with_capacity(comparisons);
        let mut deck: Vec<u32> = Vec::new();
        for number in 0..comparisons {
            let (one, other) = if is_chain {
                let ahead = 1 + (uniform(&mut rng) * 2.0) as usize;
                let at = (number % items).min(items - 1 - ahead);
                (order[at], order[at + ahead])
            } else {
                // Items are dealt from a shuffled deck, so that all meet equally often.
                if deck.len() < 2 {
                    deck = shuffled(items, &mut rng);
                }
                (deck.pop().unwrap_or(0), deck.pop().unwrap_or(1))
            };
            let (left, right) = if uniform(&mut rng) < 0.5 { (one, other) } else { (other, one) };
            let gap = truth[left as usize] - truth[right as usize];
            let left_wins = uniform(&mut rng) < 1.0 / (1.0 + (-gap).exp());
            outcomes.push((left, right, if left_wins { Outcome::Left } else { Outcome::Right }));
        }
        let names = (0..items).map(|item| format!("E{item:06}")).collect();
        let mut set = Self { name, names, outcomes };
        set.mend();
        set
    }

    /// The judgements as estimators take them: the aggregation that every timing includes.
    ///
    /// # Panics
    /// Never: the outcomes name items that are there.
    pub fn judgements(&self) -> Judgements {
        Judgements::from_outcomes(&self.names, &self.outcomes).expect("outcomes of the items that are named")
    }

    /// Turns outcomes round until every item can be reached from every other along wins; none is turned back.
    fn mend(&mut self) {
        let mut turned = vec![false; self.outcomes.len()];
        for _ in 0..1_000 {
            let connectivity = Connectivity::of(&self.judgements(), TiePolicy::Drop);
            if connectivity.is_strongly_connected() {
                return;
            }
            let groups = connectivity.groups();
            // Groups are sorted from the strongest: a win of a later one over an earlier one joins them.
            let mut group_of = vec![0; self.names.len()];
            for (number, group) in groups.iter().enumerate() {
                for item in group {
                    let place = self.names.binary_search(item).expect("a name of the set");
                    group_of[place] = number;
                }
            }
            // The largest group takes in any number of others at a time.
            let largest = (0..groups.len()).max_by_key(|group| groups[*group].len()).unwrap_or_default();
            let mut joined = vec![false; groups.len()];
            for ((left, right, outcome), turned) in self.outcomes.iter_mut().zip(&mut turned) {
                let (a, b) = (group_of[*left as usize], group_of[*right as usize]);
                if a != b && !joined[a] && !joined[b] && !*turned {
                    *turned = true;
                    (joined[a], joined[b]) = (a != largest, b != largest);
                    *outcome = if *outcome == Outcome::Left { Outcome::Right } else { Outcome::Left };
                }
            }
            assert!(joined.iter().any(|joined| *joined), "set {}: its comparisons do not connect it", self.name);
        }
        panic!("set {}: no estimate after 1,000 rounds of mending", self.name);
    }
}

fn shuffled(items: usize, rng: &mut ChaCha8Rng) -> Vec<u32> {
    let mut order: Vec<u32> = (0..items as u32).collect();
    for last in (1..items).rev() {
        order.swap(last, (uniform(rng) * (last + 1) as f64) as usize);
    }
    order
}
