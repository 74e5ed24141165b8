// Five planets under their gravity: values side by side in an array.
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

struct Body {
  double x, y, z, vx, vy, vz, mass;

  constexpr Body(double x, double y, double z, double vx, double vy, double vz, double mass)
      : x(x), y(y), z(z), vx(vx * 365.24), vy(vy * 365.24), vz(vz * 365.24), mass(mass * 39.47841760435743) {}
};
using Bodies = std::array<Body, 5>;

static Bodies planets() {
  return {Body(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0),
          Body(4.84143144246472090, -1.16032004402742839, -0.103622044471123109, 0.00166007664274403694, 0.00769901118419740425,
               -0.0000690460016972063023, 0.000954791938424326609),
          Body(8.34336671824457987, 4.12479856412430479, -0.403523417114321381, -0.00276742510726411879, 0.00499852801234917238,
               0.0000230417297573763929, 0.000285885980666130812),
          Body(12.8943695621391310, -15.1111514016986312, -0.223307578892655734, 0.00296460137564761618, 0.00237847173959480950,
               -0.0000296589568540237556, 0.0000436624404335156298),
          Body(15.3796971148509165, -25.9193146099879641, 0.179258772950371181, 0.00268067772490389322, 0.00162824170038242295,
               -0.0000951592254519715870, 0.0000515138902046611451)};
}

static void offsetMomentum(Bodies &bodies) {
  double px = 0, py = 0, pz = 0;
  for (const Body &b : bodies) {
    px += b.vx * b.mass;
    py += b.vy * b.mass;
    pz += b.vz * b.mass;
  }
  Body &sun = bodies[0];
  sun.vx = -px / 39.47841760435743;
  sun.vy = -py / 39.47841760435743;
  sun.vz = -pz / 39.47841760435743;
}

static void advance(Bodies &bodies, double dt) {
  for (size_t i = 0; i < bodies.size(); i++) {
    Body &b = bodies[i];
    for (size_t j = i + 1; j < bodies.size(); j++) {
      Body &o = bodies[j];
      const double dx = b.x - o.x, dy = b.y - o.y, dz = b.z - o.z;
      const double d2 = dx * dx + dy * dy + dz * dz;
      const double mag = dt / (d2 * std::sqrt(d2));
      b.vx -= dx * o.mass * mag;
      b.vy -= dy * o.mass * mag;
      b.vz -= dz * o.mass * mag;
      o.vx += dx * b.mass * mag;
      o.vy += dy * b.mass * mag;
      o.vz += dz * b.mass * mag;
    }
  }
  for (Body &b : bodies) {
    b.x += dt * b.vx;
    b.y += dt * b.vy;
    b.z += dt * b.vz;
  }
}

static double energy(const Bodies &bodies) {
  double e = 0;
  for (size_t i = 0; i < bodies.size(); i++) {
    const Body &b = bodies[i];
    e += 0.5 * b.mass * (b.vx * b.vx + b.vy * b.vy + b.vz * b.vz);
    for (size_t j = i + 1; j < bodies.size(); j++) {
      const Body &o = bodies[j];
      const double dx = b.x - o.x, dy = b.y - o.y, dz = b.z - o.z;
      e -= b.mass * o.mass / std::sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return e;
}

int main(int argc, char **argv) {
  const int steps = argc > 1 ? std::atoi(argv[1]) : 1000;
  Bodies bodies = planets();
  offsetMomentum(bodies);
  std::printf("%.9f\n", energy(bodies));
  for (int step = 0; step < steps; step++)
    advance(bodies, 0.01);
  std::printf("%.9f\n", energy(bodies));
}
