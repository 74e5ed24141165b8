// A game's loop without allocation in a frame: values side by side, and an arena that each frame begins anew.
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { Cells = 32, Enemies = 2000, ArenaSize = 1 << 20 };

typedef struct {
  double x, y, vx, vy;
  int health;
} Enemy;
typedef struct {
  double x, y, vx, vy;
  int life, power;
} Bullet;
typedef struct Hit {
  struct Hit *next;
  Enemy *target;
  int power;
} Hit;
typedef struct Entry {
  struct Entry *next;
  Enemy *enemy;
} Entry;
typedef struct {
  Entry *first, **last;
} Cell;

static unsigned state = 7;
static int next(int below) {
  state = (state * 1103515245u + 12345u) & 0x7fffffff;
  return (int)(state >> 8) % below;
}

static char arena[ArenaSize];
static size_t arenaUsed;
static void *allocate(size_t size) {
  size_t at = arenaUsed;
  if ((arenaUsed = at + ((size + 7) & ~(size_t)7)) > ArenaSize)
    abort();
  return arena + at;
}

static Enemy enemies[Enemies];
static Bullet *bullets;
static int bulletCount, bulletRoom, score;

static void makeEnemy(Enemy *e) {
  e->x = next(1024);
  e->y = next(1024);
  e->vx = (next(65) - 32) / 16.0;
  e->vy = (next(65) - 32) / 16.0;
  e->health = 1 + next(5);
}

static void addBullet(void) {
  if (bulletCount == bulletRoom) {
    bulletRoom = bulletRoom ? bulletRoom * 2 : 256;
    if (!(bullets = realloc(bullets, (size_t)bulletRoom * sizeof *bullets)))
      abort();
  }
  Bullet *b = &bullets[bulletCount++];
  b->x = next(1024);
  b->y = next(1024);
  b->vx = next(17) - 8;
  b->vy = next(17) - 8;
  b->life = 20 + next(32);
  b->power = 1 + next(3);
}

static double wrap(double x) { return x < 0 ? x + 1024 : x >= 1024 ? x - 1024 : x; }
static int cellOf(double x, double y) { return (int)y / Cells * Cells + (int)x / Cells; }

static Enemy *fly(Bullet *b, const Cell *cells) {
  b->x = wrap(b->x + b->vx);
  b->y = wrap(b->y + b->vy);
  if (--b->life == 0)
    return NULL;
  for (const Entry *entry = cells[cellOf(b->x, b->y)].first; entry; entry = entry->next) {
    Enemy *e = entry->enemy;
    if (fabs(e->x - b->x) < 3 && fabs(e->y - b->y) < 3) {
      b->life = 0;
      return e;
    }
  }
  return NULL;
}

static void frame(void) {
  arenaUsed = 0;
  for (int i = 0; i < 200; i++)
    addBullet();
  Cell *cells = allocate(Cells * Cells * sizeof *cells);
  for (int i = 0; i < Cells * Cells; i++)
    cells[i] = (Cell){NULL, &cells[i].first};
  for (int i = 0; i < Enemies; i++) {
    Cell *cell = &cells[cellOf(enemies[i].x, enemies[i].y)];
    Entry *entry = allocate(sizeof *entry);
    *entry = (Entry){NULL, &enemies[i]};
    *cell->last = entry;
    cell->last = &entry->next;
  }
  Hit *first = NULL, **last = &first;
  for (int i = 0; i < bulletCount; i++) {
    Enemy *target = fly(&bullets[i], cells);
    if (target) {
      Hit *hit = allocate(sizeof *hit);
      *hit = (Hit){NULL, target, bullets[i].power};
      *last = hit;
      last = &hit->next;
    }
  }
  for (Hit *hit = first; hit; hit = hit->next)
    if (hit->target->health > 0 && (hit->target->health -= hit->power) <= 0)
      score++;
  int kept = 0;
  for (int i = 0; i < bulletCount; i++)
    if (bullets[i].life)
      bullets[kept++] = bullets[i];
  bulletCount = kept;
  for (Enemy *e = enemies; e < enemies + Enemies; e++) {
    if (e->health <= 0) {
      makeEnemy(e);
      continue;
    }
    e->x = wrap(e->x + e->vx);
    e->y = wrap(e->y + e->vy);
  }
}

static long now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

static int compare(const void *a, const void *b) {
  long x = *(const long *)a, y = *(const long *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  int frames = argc > 1 ? atoi(argv[1]) : 10;
  for (int i = 0; i < Enemies; i++)
    makeEnemy(&enemies[i]);
  unsigned check = 0;
  long *times = malloc((size_t)frames * sizeof *times);
  for (int i = 0; i < frames; i++) {
    long start = now();
    frame();
    times[i] = now() - start;
    check = (check * 31 + (unsigned)bulletCount + (unsigned)score) & 0x7fffffff;
  }
  int places = 0;
  for (int i = 0; i < Enemies; i++)
    places += (int)enemies[i].x + (int)enemies[i].y;
  printf("%d frames, score %d, %d bullets, places %d, check %u\n", frames, score, bulletCount, places, check);
  qsort(times, (size_t)frames, sizeof *times, compare);
  fprintf(stderr, "frames p50 %.1f p99 %.1f max %.1f\n", times[frames / 2] / 1000.0, times[frames * 99 / 100] / 1000.0,
          times[frames - 1] / 1000.0);
  free(times);
  free(bullets);
}
