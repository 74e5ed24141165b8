// A red-black tree that is changed in place: its nodes are owned by their parents, and move through the functions.
type Tree = Option<Box<Node>>;

struct Node {
    left: Tree,
    right: Tree,
    key: i32,
    red: bool,
    value: bool,
}

fn is_red(tree: &Tree) -> bool {
    matches!(tree, Some(t) if t.red)
}

fn raise_left(mut t: Box<Node>) -> Box<Node> {
    let mut l = t.left.take().unwrap();
    t.left = l.right.take();
    l.right = Some(t);
    l
}

fn raise_right(mut t: Box<Node>) -> Box<Node> {
    let mut r = t.right.take().unwrap();
    t.right = r.left.take();
    r.left = Some(t);
    r
}

/// A red node over two black ones.
fn split(mut t: Box<Node>) -> Box<Node> {
    t.red = true;
    for child in [&mut t.left, &mut t.right].into_iter().flatten() {
        child.red = false;
    }
    t
}

fn into(tree: Tree, key: i32, value: bool) -> Box<Node> {
    let mut t = match tree {
        Some(t) => t,
        None => return Box::new(Node { left: None, right: None, key, red: true, value }),
    };
    if key == t.key {
        t.value = value;
    } else if key < t.key {
        let l = into(t.left.take(), key, value);
        if !t.red && l.red {
            if is_red(&l.right) {
                t.left = Some(raise_right(l));
                return split(raise_left(t));
            }
            if is_red(&l.left) {
                t.left = Some(l);
                return split(raise_left(t));
            }
        }
        t.left = Some(l);
    } else {
        let r = into(t.right.take(), key, value);
        if !t.red && r.red {
            if is_red(&r.left) {
                t.right = Some(raise_left(r));
                return split(raise_right(t));
            }
            if is_red(&r.right) {
                t.right = Some(r);
                return split(raise_right(t));
            }
        }
        t.right = Some(r);
    }
    t
}

fn walk(tree: &Tree, count: &mut i32, check: &mut u32) {
    if let Some(t) = tree {
        walk(&t.left, count, check);
        *count += i32::from(t.value);
        *check = check.wrapping_mul(31).wrapping_add(t.key as u32) & 0x7fffffff;
        walk(&t.right, count, check);
    }
}

fn tree_of(n: i32) {
    let mut tree = None;
    for i in 0..n {
        let key = (i64::from(i) * 7919 % i64::from(n)) as i32;
        let mut root = into(tree, key, key % 10 == 0);
        root.red = false;
        tree = Some(root);
    }
    let (mut count, mut check) = (0, 0);
    walk(&tree, &mut count, &mut check);
    println!("{n} keys, {count} true, check {check}");
}

fn main() {
    let number = |at| std::env::args().nth(at).and_then(|n| n.parse().ok()).unwrap_or(100);
    for _ in 0..number(2) {
        tree_of(number(1));
    }
}
