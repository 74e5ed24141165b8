// Binary trees owned by Box.
struct Node {
    children: Option<(Box<Node>, Box<Node>)>,
}

impl Node {
    fn build(depth: i32) -> Box<Node> {
        Box::new(Node {
            children: (depth > 0).then(|| (Node::build(depth - 1), Node::build(depth - 1))),
        })
    }

    fn check(&self) -> i32 {
        1 + self.children.as_ref().map_or(0, |(left, right)| left.check() + right.check())
    }
}

fn main() {
    let least = 4;
    let most = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(10).max(least + 2);
    println!("stretch tree of depth {}, check {}", most + 1, Node::build(most + 1).check());
    let stays = Node::build(most);
    for depth in (least..=most).step_by(2) {
        let count = 1 << (most - depth + least);
        let check: i32 = (0..count).map(|_| Node::build(depth).check()).sum();
        println!("{count} trees of depth {depth}, check {check}");
    }
    println!("long lived tree of depth {most}, check {}", stays.check());
}
