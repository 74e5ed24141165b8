// A game's loop: values in vectors that keep their room from frame to frame.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <vector>

constexpr int Cells = 32;

class Random {
  unsigned state = 7;

public:
  int next(int below) {
    state = (state * 1103515245u + 12345u) & 0x7fffffff;
    return int(state >> 8) % below;
  }
};

struct Enemy {
  double x, y, vx, vy;
  int health;
  explicit Enemy(Random &random) {
    x = random.next(1024);
    y = random.next(1024);
    vx = (random.next(65) - 32) / 16.0;
    vy = (random.next(65) - 32) / 16.0;
    health = 1 + random.next(5);
  }
};

struct Bullet {
  double x, y, vx, vy;
  int life, power;
  explicit Bullet(Random &random) {
    x = random.next(1024);
    y = random.next(1024);
    vx = random.next(17) - 8;
    vy = random.next(17) - 8;
    life = 20 + random.next(32);
    power = 1 + random.next(3);
  }
};

struct Hit {
  Enemy *target;
  int power;
};

static double wrap(double x) { return x < 0 ? x + 1024 : x >= 1024 ? x - 1024 : x; }
static int cellOf(double x, double y) { return int(y) / Cells * Cells + int(x) / Cells; }

class World {
  Random random;
  std::vector<Enemy> enemies;
  std::array<std::vector<Enemy *>, Cells * Cells> cells;
  std::vector<Hit> hits;

  Enemy *fly(Bullet &b) {
    b.x = wrap(b.x + b.vx);
    b.y = wrap(b.y + b.vy);
    if (--b.life == 0)
      return nullptr;
    for (Enemy *e : cells[cellOf(b.x, b.y)])
      if (std::abs(e->x - b.x) < 3 && std::abs(e->y - b.y) < 3) {
        b.life = 0;
        return e;
      }
    return nullptr;
  }

public:
  std::vector<Bullet> bullets;
  int score = 0;

  explicit World(int count) {
    enemies.reserve(count);
    for (int i = 0; i < count; i++)
      enemies.emplace_back(random);
  }

  void frame() {
    for (int i = 0; i < 200; i++)
      bullets.emplace_back(random);
    for (auto &cell : cells)
      cell.clear();
    for (Enemy &e : enemies)
      cells[cellOf(e.x, e.y)].push_back(&e);
    hits.clear();
    for (Bullet &b : bullets)
      if (Enemy *target = fly(b))
        hits.push_back({target, b.power});
    for (const Hit &hit : hits)
      if (hit.target->health > 0 && (hit.target->health -= hit.power) <= 0)
        score++;
    std::erase_if(bullets, [](const Bullet &b) { return b.life == 0; });
    for (Enemy &e : enemies) {
      if (e.health <= 0) {
        e = Enemy(random);
        continue;
      }
      e.x = wrap(e.x + e.vx);
      e.y = wrap(e.y + e.vy);
    }
  }

  int places() const {
    int sum = 0;
    for (const Enemy &e : enemies)
      sum += int(e.x) + int(e.y);
    return sum;
  }
};

int main(int argc, char **argv) {
  using Clock = std::chrono::steady_clock;
  const int frames = argc > 1 ? std::atoi(argv[1]) : 10;
  World world(2000);
  unsigned check = 0;
  std::vector<double> times(frames);
  for (double &time : times) {
    const auto start = Clock::now();
    world.frame();
    time = std::chrono::duration<double, std::micro>(Clock::now() - start).count();
    check = (check * 31 + unsigned(world.bullets.size()) + unsigned(world.score)) & 0x7fffffff;
  }
  std::printf("%d frames, score %d, %zu bullets, places %d, check %u\n", frames, world.score, world.bullets.size(), world.places(), check);
  std::sort(times.begin(), times.end());
  std::fprintf(stderr, "frames p50 %.1f p99 %.1f max %.1f\n", times[frames / 2], times[frames * 99 / 100], times[frames - 1]);
}
