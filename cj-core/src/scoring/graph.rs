/// A directed graph in compressed rows: the targets of each node, ascending.
pub(crate) struct Graph {
    starts: Vec<usize>,
    targets: Vec<u32>,
}

impl Graph {
    /// Builds the graph; an edge that is given twice is kept twice.
    pub(crate) fn new(nodes: usize, edges: &[(u32, u32)]) -> Self {
        let mut starts = vec![0; nodes + 1];
        for (from, _) in edges {
            starts[*from as usize + 1] += 1;
        }
        for node in 0..nodes {
            starts[node + 1] += starts[node];
        }
        let mut next = starts.clone();
        let mut targets = vec![0; edges.len()];
        for (from, to) in edges {
            targets[next[*from as usize]] = *to;
            next[*from as usize] += 1;
        }
        Self { starts, targets }
    }

    fn nodes(&self) -> usize {
        self.starts.len() - 1
    }

    fn targets(&self, node: usize) -> &[u32] {
        &self.targets[self.starts[node]..self.starts[node + 1]]
    }

    /// Strongly connected components (Tarjan 1972), sources first: no edge leads from a later one to an earlier one.
    pub(crate) fn strong_components(&self) -> Vec<Vec<usize>> {
        let nodes = self.nodes();
        let (mut order, mut low) = (vec![UNSEEN; nodes], vec![0; nodes]);
        let mut on_stack = vec![false; nodes];
        let (mut stack, mut path) = (Vec::new(), Vec::new());
        let mut components = Vec::new();
        let mut clock = 0;
        for root in 0..nodes {
            if order[root] != UNSEEN {
                continue;
            }
            path.push((root, self.starts[root]));
            while let Some((node, edge)) = path.pop() {
                if edge == self.starts[node] {
                    (order[node], low[node]) = (clock, clock);
                    clock += 1;
                    stack.push(node);
                    on_stack[node] = true;
                }
                if edge < self.starts[node + 1] {
                    path.push((node, edge + 1));
                    let target = self.targets[edge] as usize;
                    if order[target] == UNSEEN {
                        path.push((target, self.starts[target]));
                    } else if on_stack[target] {
                        low[node] = low[node].min(order[target]);
                    }
                    continue;
                }
                if low[node] == order[node] {
                    let mut component = Vec::new();
                    while let Some(member) = stack.pop() {
                        on_stack[member] = false;
                        component.push(member);
                        if member == node {
                            break;
                        }
                    }
                    component.sort_unstable();
                    components.push(component);
                }
                if let Some((parent, _)) = path.last() {
                    low[*parent] = low[*parent].min(low[node]);
                }
            }
        }
        components.reverse();
        components
    }

    /// Edges whose loss would separate the graph, as (smaller, larger) node; the graph must hold every edge both ways.
    pub(crate) fn bridges(&self) -> Vec<(usize, usize)> {
        let nodes = self.nodes();
        let (mut order, mut low) = (vec![UNSEEN; nodes], vec![0; nodes]);
        let mut path: Vec<(usize, usize, Option<usize>)> = Vec::new();
        let mut bridges = Vec::new();
        let mut clock = 0;
        for root in 0..nodes {
            if order[root] != UNSEEN {
                continue;
            }
            path.push((root, self.starts[root], None));
            while let Some((node, edge, parent)) = path.pop() {
                if order[node] == UNSEEN {
                    (order[node], low[node]) = (clock, clock);
                    clock += 1;
                }
                if edge < self.starts[node + 1] {
                    let target = self.targets[edge] as usize;
                    path.push((node, edge + 1, parent));
                    if order[target] == UNSEEN {
                        path.push((target, self.starts[target], Some(node)));
                    } else if parent != Some(target) {
                        low[node] = low[node].min(order[target]);
                    }
                    continue;
                }
                if let Some(parent) = parent {
                    low[parent] = low[parent].min(low[node]);
                    if low[node] > order[parent] {
                        bridges.push((parent.min(node), parent.max(node)));
                    }
                }
            }
        }
        bridges.sort_unstable();
        bridges
    }

    /// Nodes in `Cuthill–McKee` order (1969): breadth first from a node at the rim, neighbours by their degree.
    pub(crate) fn cuthill_mckee(&self) -> Vec<usize> {
        let nodes = self.nodes();
        let degree = |node: usize| self.targets(node).len();
        let mut seen = vec![false; nodes];
        let mut order = Vec::with_capacity(nodes);
        for root in 0..nodes {
            if seen[root] {
                continue;
            }
            // The last node of a search lies at the rim; from there the next search is long and thin.
            let mut start = root;
            for _ in 0..2 {
                let mut trial = seen.clone();
                let mut found = Vec::new();
                self.breadth_first(start, &mut trial, &mut found, &degree);
                start = found.last().copied().unwrap_or(start);
            }
            self.breadth_first(start, &mut seen, &mut order, &degree);
        }
        order
    }

    fn breadth_first(&self, start: usize, seen: &mut [bool], order: &mut Vec<usize>, degree: &impl Fn(usize) -> usize) {
        let mut next = order.len();
        seen[start] = true;
        order.push(start);
        while let Some(node) = order.get(next).copied() {
            next += 1;
            let fresh = order.len();
            for target in self.targets(node) {
                let target = *target as usize;
                if !seen[target] {
                    seen[target] = true;
                    order.push(target);
                }
            }
            order[fresh..].sort_by_key(|node| degree(*node));
        }
    }

    /// Whether every node can be reached from the first one.
    pub(crate) fn reaches_all(&self) -> bool {
        let nodes = self.nodes();
        let mut seen = vec![false; nodes];
        let mut open: Vec<usize> = (0..nodes.min(1)).collect();
        let mut count = open.len();
        seen.iter_mut().take(1).for_each(|first| *first = true);
        while let Some(node) = open.pop() {
            for target in self.targets(node) {
                let target = *target as usize;
                if !seen[target] {
                    seen[target] = true;
                    count += 1;
                    open.push(target);
                }
            }
        }
        count == nodes
    }
}

/// Whether the edges hold all nodes together.
pub(crate) fn is_connected(nodes: usize, edges: impl Iterator<Item = (u32, u32)>) -> bool {
    let mut parent: Vec<usize> = (0..nodes).collect();
    let mut parts = nodes;
    for (a, b) in edges {
        if parts <= 1 {
            break;
        }
        let (a, b) = (root(&mut parent, a as usize), root(&mut parent, b as usize));
        parts -= usize::from(a != b);
        parent[a.max(b)] = a.min(b);
    }
    parts <= 1
}

/// Connected groups of nodes, each ascending, ordered by their first node.
pub(crate) fn components(nodes: usize, edges: impl Iterator<Item = (usize, usize)>) -> Vec<Vec<usize>> {
    let mut parent: Vec<usize> = (0..nodes).collect();
    for (a, b) in edges {
        let (a, b) = (root(&mut parent, a), root(&mut parent, b));
        parent[a.max(b)] = a.min(b);
    }
    let mut group_of = vec![UNSEEN; nodes];
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for node in 0..nodes {
        let top = root(&mut parent, node);
        if group_of[top] == UNSEEN {
            group_of[top] = groups.len();
            groups.push(Vec::new());
        }
        groups[group_of[top]].push(node);
    }
    groups
}

fn root(parent: &mut [usize], mut node: usize) -> usize {
    while parent[node] != node {
        parent[node] = parent[parent[node]];
        node = parent[node];
    }
    node
}

const UNSEEN: usize = usize::MAX;
