// The queens of a board: lists behind Rc that share their tails.
use std::rc::Rc;

struct Queens {
    row: i32,
    rest: List,
}
type List = Option<Rc<Queens>>;

fn rows(list: &List) -> impl Iterator<Item = i32> + '_ {
    std::iter::successors(list.as_deref(), |q| q.rest.as_deref()).map(|q| q.row)
}

fn is_safe(row: i32, queens: &List) -> bool {
    rows(queens).zip(1..).all(|(other, distance)| other != row && other != row + distance && other != row - distance)
}

// The newest solution is the last one.
fn place(n: i32, columns: i32) -> Vec<List> {
    if columns == 0 {
        return vec![None];
    }
    let mut found = Vec::new();
    for solution in place(n, columns - 1).into_iter().rev() {
        for row in (1..=n).rev() {
            if is_safe(row, &solution) {
                found.push(Some(Rc::new(Queens { row, rest: solution.clone() })));
            }
        }
    }
    found
}

fn main() {
    let n = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(6);
    let solutions = place(n, n);
    let mut check = 0u32;
    for row in solutions.iter().rev().flat_map(rows) {
        check = check.wrapping_mul(31).wrapping_add(row as u32) & 0x7fffffff;
    }
    println!("{n} queens: {} solutions, check {check}", solutions.len());
}
