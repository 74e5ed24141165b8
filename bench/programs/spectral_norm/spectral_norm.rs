// The spectral norm of an infinite matrix, by the power method: sums over slices of doubles.
fn a(i: usize, j: usize) -> f64 {
    let (i, j) = (i as i32, j as i32);
    1.0 / f64::from((i + j) * (i + j + 1) / 2 + i + 1)
}

fn multiply(v: &[f64], to: &mut [f64], at: impl Fn(usize, usize) -> f64) {
    for (i, place) in to.iter_mut().enumerate() {
        *place = v.iter().enumerate().map(|(j, x)| at(i, j) * x).sum();
    }
}

fn multiply_at_av(v: &[f64], to: &mut [f64], between: &mut [f64]) {
    multiply(v, between, a);
    multiply(between, to, |i, j| a(j, i));
}

fn main() {
    let n = std::env::args().nth(1).and_then(|n| n.parse().ok()).unwrap_or(100);
    let (mut u, mut v, mut between) = (vec![1.0; n], vec![0.0; n], vec![0.0; n]);
    for _ in 0..10 {
        multiply_at_av(&u, &mut v, &mut between);
        multiply_at_av(&v, &mut u, &mut between);
    }
    let v_b_v: f64 = u.iter().zip(&v).map(|(x, y)| x * y).sum();
    let v_v: f64 = v.iter().map(|x| x * x).sum();
    println!("{:.9}", (v_b_v / v_v).sqrt());
}
