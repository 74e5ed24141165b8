// Graphs in a vector: nodes name each other by index, so nothing is shared.
use std::collections::VecDeque;

struct Random(u32);

impl Random {
    fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_mul(1103515245).wrapping_add(12345) & 0x7fffffff;
        (self.0 >> 8) as usize % below
    }
}

struct Node {
    distance: i32,
    edges: Vec<u32>,
}

fn connect(nodes: &mut [Node], a: usize, b: usize) {
    nodes[a].edges.push(b as u32);
    nodes[b].edges.push(a as u32);
}

fn build(count: usize, random: &mut Random) -> Vec<Node> {
    let mut nodes: Vec<Node> = (0..count).map(|_| Node { distance: -1, edges: Vec::new() }).collect();
    for i in 1..count {
        connect(&mut nodes, i, random.next(i));
        connect(&mut nodes, i, random.next(count));
    }
    nodes
}

fn search(nodes: &mut [Node]) -> u32 {
    let mut queue = VecDeque::from([0u32]);
    nodes[0].distance = 0;
    let mut check = 0u32;
    while let Some(id) = queue.pop_front() {
        let distance = nodes[id as usize].distance;
        check = check.wrapping_mul(31).wrapping_add(id + distance as u32) & 0x7fffffff;
        for at in 0..nodes[id as usize].edges.len() {
            let next = nodes[id as usize].edges[at];
            let node = &mut nodes[next as usize];
            if node.distance < 0 {
                node.distance = distance + 1;
                queue.push_back(next);
            }
        }
    }
    check
}

fn main() {
    let mut args = std::env::args().skip(1).filter_map(|n| n.parse().ok());
    let (rounds, count) = (args.next().unwrap_or(2), args.next().unwrap_or(50));
    let mut random = Random(3);
    let mut check = 0;
    for _ in 0..rounds {
        check ^= search(&mut build(count, &mut random));
    }
    println!("{rounds} graphs of {count} nodes, check {check}");
}
