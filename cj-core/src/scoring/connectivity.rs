use super::graph::{Graph, components};
use super::{Judgements, ScoringError, TiePolicy};

/// How far the comparisons hold the items together: what can be said before anything is estimated.
///
/// Maximum likelihood needs a graph in which every item can be reached from every other along wins (Ford 1957): else
/// some group never lost to the rest and its scores run to infinity. Under [`TiePolicy::Drop`] ties are not seen; under
/// the tie models a tie links its items in both directions.
///
/// ```
/// use cj_core::scoring::{Connectivity, Judgement, Judgements, Outcome, TiePolicy};
/// let judgements = Judgements::new([
///     Judgement::new("a", "b", Outcome::Left),
///     Judgement::new("b", "c", Outcome::Left),
/// ])?;
/// let connectivity = Connectivity::of(&judgements, TiePolicy::Drop);
/// assert!(connectivity.is_connected() && !connectivity.is_strongly_connected());
/// assert_eq!(connectivity.unbeaten(), ["a"]);
/// assert_eq!(connectivity.winless(), ["c"]);
/// assert_eq!(connectivity.bridges().len(), 2);
/// # Ok::<(), cj_core::scoring::ScoringError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connectivity {
    components: Vec<Vec<String>>,
    groups: Vec<Vec<String>>,
    bridges: Vec<(String, String)>,
    isolated: Vec<String>,
    unbeaten: Vec<String>,
    winless: Vec<String>,
}

impl Connectivity {
    /// Examines the graph of the comparisons.
    pub fn of(judgements: &Judgements, ties: TiePolicy) -> Self {
        let mut wins = Vec::with_capacity(2 * judgements.pairs().len());
        for pair in judgements.pairs() {
            let (left, right) = (pair.left as u32, pair.right as u32);
            let tied = pair.ties > 0.0 && ties != TiePolicy::Drop;
            if pair.wins_left > 0.0 || tied {
                wins.push((left, right));
            }
            if pair.wins_right > 0.0 || tied {
                wins.push((right, left));
            }
        }
        Self::from_wins(judgements.items(), wins)
    }

    /// Examines a graph of wins, as (winner, loser).
    pub(crate) fn from_wins(items: &[String], mut wins: Vec<(u32, u32)>) -> Self {
        wins.sort_unstable();
        wins.dedup();
        let (mut beat, mut lost) = (vec![false; items.len()], vec![false; items.len()]);
        for (winner, loser) in &wins {
            beat[*winner as usize] = true;
            lost[*loser as usize] = true;
        }
        let names = |nodes: &[usize]| nodes.iter().map(|node| items[*node].clone()).collect::<Vec<_>>();
        let record = |won: bool, beaten: bool| {
            let nodes = (0..items.len()).filter(|i| beat[*i] == won && lost[*i] == beaten);
            nodes.map(|node| items[node].clone()).collect::<Vec<_>>()
        };
        let mut both: Vec<(u32, u32)> = wins.iter().flat_map(|(a, b)| [(*a, *b), (*b, *a)]).collect();
        both.sort_unstable();
        both.dedup();
        let components = components(items.len(), wins.iter().map(|(a, b)| (*a as usize, *b as usize)));
        let bridges = Graph::new(items.len(), &both).bridges();
        Self {
            components: components.iter().map(|group| names(group)).collect(),
            groups: Graph::new(items.len(), &wins).strong_components().iter().map(|group| names(group)).collect(),
            bridges: bridges.into_iter().map(|(a, b)| (items[a].clone(), items[b].clone())).collect(),
            isolated: record(false, false),
            unbeaten: record(true, false),
            winless: record(false, true),
        }
    }

    /// Groups of items that comparisons connect, each sorted, ordered by their first item.
    pub fn components(&self) -> &[Vec<String>] {
        &self.components
    }

    /// Groups that are held together by wins in both directions, the strongest first.
    ///
    /// No item ever lost to an item of a later group. One group means that maximum likelihood is finite.
    pub fn groups(&self) -> &[Vec<String>] {
        &self.groups
    }

    /// Pairs of items whose comparisons alone hold two parts of the graph together.
    pub fn bridges(&self) -> &[(String, String)] {
        &self.bridges
    }

    /// Items without any comparison.
    pub fn isolated(&self) -> &[String] {
        &self.isolated
    }

    /// Items that won every comparison.
    pub fn unbeaten(&self) -> &[String] {
        &self.unbeaten
    }

    /// Items that lost every comparison.
    pub fn winless(&self) -> &[String] {
        &self.winless
    }

    /// Whether comparisons connect all items (true for fewer than two items).
    pub fn is_connected(&self) -> bool {
        self.components.len() <= 1
    }

    /// Whether every item can be reached from every other along wins: the scores have finite maximum-likelihood estimates.
    pub fn is_strongly_connected(&self) -> bool {
        self.groups.len() <= 1
    }

    /// Refuses a graph on which maximum likelihood has no finite scores.
    ///
    /// # Errors
    /// [`ScoringError::Disconnected`] or [`ScoringError::Separated`], with the names.
    pub fn require_finite_scores(&self) -> Result<(), ScoringError> {
        if !self.is_connected() {
            return Err(ScoringError::Disconnected { components: self.components.clone() });
        }
        if !self.is_strongly_connected() {
            return Err(ScoringError::Separated {
                unbeaten: self.unbeaten.clone(),
                winless: self.winless.clone(),
                groups: self.groups.clone(),
            });
        }
        Ok(())
    }
}

/// Whether every item can be reached from every other along wins, without the names and the bridges of [`Connectivity`].
pub(crate) fn is_strongly_connected(nodes: usize, wins: &[(u32, u32)]) -> bool {
    let reversed: Vec<(u32, u32)> = wins.iter().map(|(winner, loser)| (*loser, *winner)).collect();
    Graph::new(nodes, wins).reaches_all() && Graph::new(nodes, &reversed).reaches_all()
}
