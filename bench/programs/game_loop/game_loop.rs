// A game's loop: values in vectors that keep their room from frame to frame, enemies named by their index.
use std::time::Instant;

const CELLS: usize = 32;

struct Random(u32);

impl Random {
    fn next(&mut self, below: u32) -> i32 {
        self.0 = self.0.wrapping_mul(1103515245).wrapping_add(12345) & 0x7fffffff;
        ((self.0 >> 8) % below) as i32
    }
}

struct Enemy {
    x: f64,
    y: f64,
    vx: f64,
    vy: f64,
    health: i32,
}

impl Enemy {
    fn new(random: &mut Random) -> Self {
        Enemy {
            x: random.next(1024).into(),
            y: random.next(1024).into(),
            vx: f64::from(random.next(65) - 32) / 16.0,
            vy: f64::from(random.next(65) - 32) / 16.0,
            health: 1 + random.next(5),
        }
    }
}

struct Bullet {
    x: f64,
    y: f64,
    vx: f64,
    vy: f64,
    life: i32,
    power: i32,
}

impl Bullet {
    fn new(random: &mut Random) -> Self {
        Bullet {
            x: random.next(1024).into(),
            y: random.next(1024).into(),
            vx: (random.next(17) - 8).into(),
            vy: (random.next(17) - 8).into(),
            life: 20 + random.next(32),
            power: 1 + random.next(3),
        }
    }

    fn fly(&mut self, cells: &[Vec<u32>], enemies: &[Enemy]) -> Option<u32> {
        self.x = wrap(self.x + self.vx);
        self.y = wrap(self.y + self.vy);
        self.life -= 1;
        if self.life == 0 {
            return None;
        }
        let target = cells[cell_of(self.x, self.y)].iter().copied().find(|&i| {
            let e = &enemies[i as usize];
            (e.x - self.x).abs() < 3.0 && (e.y - self.y).abs() < 3.0
        })?;
        self.life = 0;
        Some(target)
    }
}

struct Hit {
    target: u32,
    power: i32,
}

fn wrap(x: f64) -> f64 {
    if x < 0.0 {
        x + 1024.0
    } else if x >= 1024.0 {
        x - 1024.0
    } else {
        x
    }
}

fn cell_of(x: f64, y: f64) -> usize {
    y as usize / CELLS * CELLS + x as usize / CELLS
}

struct World {
    random: Random,
    enemies: Vec<Enemy>,
    bullets: Vec<Bullet>,
    cells: Vec<Vec<u32>>,
    hits: Vec<Hit>,
    score: u32,
}

impl World {
    fn new(count: usize) -> Self {
        let mut random = Random(7);
        let enemies = (0..count).map(|_| Enemy::new(&mut random)).collect();
        World { random, enemies, bullets: Vec::new(), cells: vec![Vec::new(); CELLS * CELLS], hits: Vec::new(), score: 0 }
    }

    fn frame(&mut self) {
        for _ in 0..200 {
            self.bullets.push(Bullet::new(&mut self.random));
        }
        for cell in &mut self.cells {
            cell.clear();
        }
        for (i, e) in self.enemies.iter().enumerate() {
            self.cells[cell_of(e.x, e.y)].push(i as u32);
        }
        self.hits.clear();
        for b in &mut self.bullets {
            if let Some(target) = b.fly(&self.cells, &self.enemies) {
                self.hits.push(Hit { target, power: b.power });
            }
        }
        for hit in &self.hits {
            let e = &mut self.enemies[hit.target as usize];
            if e.health > 0 {
                e.health -= hit.power;
                self.score += u32::from(e.health <= 0);
            }
        }
        self.bullets.retain(|b| b.life != 0);
        for e in &mut self.enemies {
            if e.health <= 0 {
                *e = Enemy::new(&mut self.random);
                continue;
            }
            e.x = wrap(e.x + e.vx);
            e.y = wrap(e.y + e.vy);
        }
    }

    fn places(&self) -> i32 {
        self.enemies.iter().map(|e| e.x as i32 + e.y as i32).sum()
    }
}

fn main() {
    let frames: usize = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(10);
    let mut world = World::new(2000);
    let mut check = 0u32;
    let mut times = Vec::with_capacity(frames);
    for _ in 0..frames {
        let start = Instant::now();
        world.frame();
        times.push(start.elapsed().as_nanos() as f64 / 1000.0);
        check = check.wrapping_mul(31).wrapping_add(world.bullets.len() as u32).wrapping_add(world.score) & 0x7fffffff;
    }
    println!("{frames} frames, score {}, {} bullets, places {}, check {check}", world.score, world.bullets.len(), world.places());
    times.sort_by(f64::total_cmp);
    eprintln!("frames p50 {:.1} p99 {:.1} max {:.1}", times[frames / 2], times[frames * 99 / 100], times[frames - 1]);
}
