// Arrays: sorting, searching, sums, filtering into one that grows, and the game of life on a grid.
struct Random(u32);

impl Random {
    fn next(&mut self, below: u32) -> i32 {
        self.0 = self.0.wrapping_mul(1103515245).wrapping_add(12345) & 0x7fffffff;
        ((self.0 >> 8) % below) as i32
    }
}

const SIDE: usize = 256;
type Grid = Vec<[u8; SIDE]>;

fn step(grid: &Grid, to: &mut Grid) {
    for (y, row) in to.iter_mut().enumerate() {
        let (up, here, down) = (&grid[(y + SIDE - 1) % SIDE], &grid[y], &grid[(y + 1) % SIDE]);
        for (x, cell) in row.iter_mut().enumerate() {
            let left = if x == 0 { SIDE - 1 } else { x - 1 };
            let right = if x == SIDE - 1 { 0 } else { x + 1 };
            let around = up[left] + up[x] + up[right] + here[left] + here[right] + down[left] + down[x] + down[right];
            *cell = u8::from(around == 3 || around == 2 && here[x] == 1);
        }
    }
}

fn live(random: &mut Random, rounds: usize) -> i32 {
    let mut grid: Grid = (0..SIDE).map(|_| std::array::from_fn(|_| u8::from(random.next(3) == 0))).collect();
    let mut other = vec![[0; SIDE]; SIDE];
    for _ in 0..rounds {
        step(&grid, &mut other);
        std::mem::swap(&mut grid, &mut other);
    }
    grid.iter().flatten().map(|&cell| i32::from(cell)).sum()
}

fn numbers(random: &mut Random, n: usize) {
    let mut values: Vec<i32> = (0..n).map(|_| random.next(1000000)).collect();
    let mut sorted = values.clone();
    sorted.sort_unstable();
    let found = (0..n).filter(|_| sorted.binary_search(&random.next(1000000)).is_ok()).count();
    let mut sums = Vec::with_capacity(n + 1);
    sums.push(0i64);
    for &value in &values {
        sums.push(sums[sums.len() - 1] + i64::from(value));
    }
    let windows = sums.iter().zip(sums.iter().skip(100)).fold(0, |windows, (low, high)| windows ^ (high - low));
    let even: Vec<i32> = values.iter().copied().filter(|value| value % 2 == 0).collect();
    values.reverse();
    let check = values.iter().fold(0u32, |check, &value| check.wrapping_mul(31).wrapping_add(value as u32) & 0x7fffffff);
    sorted.dedup();
    println!("{} different, {found} found, windows {windows}, {} even, check {check}", sorted.len(), even.len());
}

fn main() {
    let mut args = std::env::args().skip(1).filter_map(|n| n.parse().ok());
    let (n, rounds, times) = (args.next().unwrap_or(100), args.next().unwrap_or(1), args.next().unwrap_or(1));
    let mut random = Random(1);
    for _ in 0..times {
        numbers(&mut random, n);
        println!("{} alive", live(&mut random, rounds));
    }
}
