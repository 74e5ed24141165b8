// Five planets under their gravity: values side by side in an array.
#[derive(Clone, Copy)]
struct Body {
    p: [f64; 3],
    v: [f64; 3],
    mass: f64,
}

const SOLAR_MASS: f64 = 39.47841760435743;

fn body(p: [f64; 3], v: [f64; 3], mass: f64) -> Body {
    Body { p, v: v.map(|x| x * 365.24), mass: mass * SOLAR_MASS }
}

fn planets() -> [Body; 5] {
    [
        body([0.0; 3], [0.0; 3], 1.0),
        body(
            [4.84143144246472090, -1.16032004402742839, -0.103622044471123109],
            [0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023],
            0.000954791938424326609,
        ),
        body(
            [8.34336671824457987, 4.12479856412430479, -0.403523417114321381],
            [-0.00276742510726411879, 0.00499852801234917238, 0.0000230417297573763929],
            0.000285885980666130812,
        ),
        body(
            [12.8943695621391310, -15.1111514016986312, -0.223307578892655734],
            [0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556],
            0.0000436624404335156298,
        ),
        body(
            [15.3796971148509165, -25.9193146099879641, 0.179258772950371181],
            [0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870],
            0.0000515138902046611451,
        ),
    ]
}

fn offset_momentum(bodies: &mut [Body; 5]) {
    let mut p = [0.0; 3];
    for b in bodies.iter() {
        for k in 0..3 {
            p[k] += b.v[k] * b.mass;
        }
    }
    bodies[0].v = p.map(|x| -x / SOLAR_MASS);
}

fn advance(bodies: &mut [Body; 5], dt: f64) {
    for i in 0..bodies.len() {
        let (head, tail) = bodies.split_at_mut(i + 1);
        let b = &mut head[i];
        for o in tail {
            let d = [b.p[0] - o.p[0], b.p[1] - o.p[1], b.p[2] - o.p[2]];
            let d2 = d[0] * d[0] + d[1] * d[1] + d[2] * d[2];
            let mag = dt / (d2 * d2.sqrt());
            for k in 0..3 {
                b.v[k] -= d[k] * o.mass * mag;
                o.v[k] += d[k] * b.mass * mag;
            }
        }
    }
    for b in bodies {
        for k in 0..3 {
            b.p[k] += dt * b.v[k];
        }
    }
}

fn energy(bodies: &[Body; 5]) -> f64 {
    let mut e = 0.0;
    for (i, b) in bodies.iter().enumerate() {
        e += 0.5 * b.mass * (b.v[0] * b.v[0] + b.v[1] * b.v[1] + b.v[2] * b.v[2]);
        for o in &bodies[i + 1..] {
            let d = [b.p[0] - o.p[0], b.p[1] - o.p[1], b.p[2] - o.p[2]];
            e -= b.mass * o.mass / (d[0] * d[0] + d[1] * d[1] + d[2] * d[2]).sqrt();
        }
    }
    e
}

fn main() {
    let steps: u32 = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(1000);
    let mut bodies = planets();
    offset_momentum(&mut bodies);
    println!("{:.9}", energy(&bodies));
    for _ in 0..steps {
        advance(&mut bodies, 0.01);
    }
    println!("{:.9}", energy(&bodies));
}
