// Binary trees in a typed arena for each tree: chunks of nodes that die together. References into it live as long as it does.
use std::cell::{Cell, RefCell};

struct Arena<T> {
    at: Cell<*mut T>,
    end: Cell<*mut T>,
    chunks: RefCell<Vec<Vec<T>>>,
}

impl<T> Arena<T> {
    fn new() -> Self {
        Arena { at: Cell::new(std::ptr::null_mut()), end: Cell::new(std::ptr::null_mut()), chunks: RefCell::new(Vec::new()) }
    }

    fn alloc(&self, value: T) -> &T {
        if self.at.get() == self.end.get() {
            self.grow();
        }
        let place = self.at.get();
        // SAFETY: place lies in the newest chunk, whose room never moves, and nobody else has it.
        unsafe {
            self.at.set(place.add(1));
            place.write(value);
            &*place
        }
    }

    #[cold]
    fn grow(&self) {
        let mut chunks = self.chunks.borrow_mut();
        let room = chunks.last().map_or(64, |last| (last.capacity() * 2).min(1 << 16));
        let mut chunk: Vec<T> = Vec::with_capacity(room);
        let start = chunk.as_mut_ptr();
        self.at.set(start);
        // SAFETY: one past the end of the chunk's room.
        self.end.set(unsafe { start.add(room) });
        chunks.push(chunk);
    }
}

struct Node<'a> {
    children: Option<(&'a Node<'a>, &'a Node<'a>)>,
}

fn build<'a>(arena: &'a Arena<Node<'a>>, depth: i32) -> &'a Node<'a> {
    let children = (depth > 0).then(|| (build(arena, depth - 1), build(arena, depth - 1)));
    arena.alloc(Node { children })
}

fn check(node: &Node) -> i32 {
    1 + node.children.map_or(0, |(left, right)| check(left) + check(right))
}

fn check_new(depth: i32) -> i32 {
    let arena = Arena::new();
    check(build(&arena, depth))
}

fn main() {
    let least = 4;
    let most = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(10).max(least + 2);
    println!("stretch tree of depth {}, check {}", most + 1, check_new(most + 1));
    let staying = Arena::new();
    let stays = build(&staying, most);
    for depth in (least..=most).step_by(2) {
        let count = 1 << (most - depth + least);
        let sum: i32 = (0..count).map(|_| check_new(depth)).sum();
        println!("{count} trees of depth {depth}, check {sum}");
    }
    println!("long lived tree of depth {most}, check {}", check(stays));
}
