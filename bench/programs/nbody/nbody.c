// Five planets under their gravity: doubles in the fields of structures that an array of pointers holds.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

typedef struct {
  double x, y, z, vx, vy, vz, mass;
} Body;

static Body *newBody(double x, double y, double z, double vx, double vy, double vz, double mass) {
  Body *b = malloc(sizeof(Body));
  b->x = x; b->y = y; b->z = z;
  b->vx = vx * 365.24; b->vy = vy * 365.24; b->vz = vz * 365.24;
  b->mass = mass * 39.47841760435743;
  return b;
}

static Body **planets(int *count) {
  Body **bodies = malloc(5 * sizeof(Body *));
  bodies[0] = newBody(0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0);
  bodies[1] = newBody(4.84143144246472090, -1.16032004402742839, -0.103622044471123109,
                      0.00166007664274403694, 0.00769901118419740425, -0.0000690460016972063023, 0.000954791938424326609);
  bodies[2] = newBody(8.34336671824457987, 4.12479856412430479, -0.403523417114321381,
                      -0.00276742510726411879, 0.00499852801234917238, 0.0000230417297573763929, 0.000285885980666130812);
  bodies[3] = newBody(12.8943695621391310, -15.1111514016986312, -0.223307578892655734,
                      0.00296460137564761618, 0.00237847173959480950, -0.0000296589568540237556, 0.0000436624404335156298);
  bodies[4] = newBody(15.3796971148509165, -25.9193146099879641, 0.179258772950371181,
                      0.00268067772490389322, 0.00162824170038242295, -0.0000951592254519715870, 0.0000515138902046611451);
  *count = 5;
  return bodies;
}

static void offsetMomentum(Body **bodies, int count) {
  double px = 0.0, py = 0.0, pz = 0.0;
  for (int i = 0; i < count; i++) {
    Body *b = bodies[i];
    px += b->vx * b->mass; py += b->vy * b->mass; pz += b->vz * b->mass;
  }
  Body *sun = bodies[0];
  sun->vx = -px / 39.47841760435743; sun->vy = -py / 39.47841760435743; sun->vz = -pz / 39.47841760435743;
}

static void advance(Body **bodies, int count, double dt) {
  for (int i = 0; i < count; i++) {
    Body *b = bodies[i];
    for (int j = i + 1; j < count; j++) {
      Body *o = bodies[j];
      double dx = b->x - o->x;
      double dy = b->y - o->y;
      double dz = b->z - o->z;
      double d2 = dx * dx + dy * dy + dz * dz;
      double mag = dt / (d2 * sqrt(d2));
      b->vx -= dx * o->mass * mag;
      b->vy -= dy * o->mass * mag;
      b->vz -= dz * o->mass * mag;
      o->vx += dx * b->mass * mag;
      o->vy += dy * b->mass * mag;
      o->vz += dz * b->mass * mag;
    }
  }
  for (int i = 0; i < count; i++) {
    Body *b = bodies[i];
    b->x += dt * b->vx;
    b->y += dt * b->vy;
    b->z += dt * b->vz;
  }
}

static double energy(Body **bodies, int count) {
  double e = 0.0;
  for (int i = 0; i < count; i++) {
    Body *b = bodies[i];
    e += 0.5 * b->mass * (b->vx * b->vx + b->vy * b->vy + b->vz * b->vz);
    for (int j = i + 1; j < count; j++) {
      Body *o = bodies[j];
      double dx = b->x - o->x;
      double dy = b->y - o->y;
      double dz = b->z - o->z;
      e -= b->mass * o->mass / sqrt(dx * dx + dy * dy + dz * dz);
    }
  }
  return e;
}

int main(int argc, char **argv) {
  int steps = argc > 1 ? atoi(argv[1]) : 1000;
  int count;
  Body **bodies = planets(&count);
  offsetMomentum(bodies, count);
  printf("%.9f\n", energy(bodies, count));
  for (int step = 0; step < steps; step++)
    advance(bodies, count, 0.01);
  printf("%.9f\n", energy(bodies, count));
  for (int i = 0; i < count; i++)
    free(bodies[i]);
  free(bodies);
}
