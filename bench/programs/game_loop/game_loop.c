// A game's loop: every bullet, hit and enemy is allocated and freed for itself, as the object languages do.
#define _GNU_SOURCE
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { Cells = 32, Enemies = 2000 };

typedef struct {
  double x, y, vx, vy;
  int health;
} Enemy;
typedef struct {
  double x, y, vx, vy;
  int life, power;
} Bullet;
typedef struct {
  Enemy *target;
  int power;
} Hit;
typedef struct {
  void **items;
  int count, room;
} List;

static unsigned state = 7;
static int next(int below) {
  state = (state * 1103515245u + 12345u) & 0x7fffffff;
  return (int)(state >> 8) % below;
}

static void *allocate(size_t size) {
  void *memory = malloc(size);
  if (!memory)
    abort();
  return memory;
}

static void add(List *list, void *item) {
  if (list->count == list->room) {
    list->room = list->room ? list->room * 2 : 4;
    if (!(list->items = realloc(list->items, (size_t)list->room * sizeof(void *))))
      abort();
  }
  list->items[list->count++] = item;
}

static Enemy *newEnemy(void) {
  Enemy *e = allocate(sizeof *e);
  e->x = next(1024);
  e->y = next(1024);
  e->vx = (next(65) - 32) / 16.0;
  e->vy = (next(65) - 32) / 16.0;
  e->health = 1 + next(5);
  return e;
}

static Bullet *newBullet(void) {
  Bullet *b = allocate(sizeof *b);
  b->x = next(1024);
  b->y = next(1024);
  b->vx = next(17) - 8;
  b->vy = next(17) - 8;
  b->life = 20 + next(32);
  b->power = 1 + next(3);
  return b;
}

static double wrap(double x) { return x < 0 ? x + 1024 : x >= 1024 ? x - 1024 : x; }
static int cellOf(double x, double y) { return (int)y / Cells * Cells + (int)x / Cells; }

static Enemy *enemies[Enemies];
static List bullets, cells[Cells * Cells];
static int score;

static Hit *fly(Bullet *b) {
  b->x = wrap(b->x + b->vx);
  b->y = wrap(b->y + b->vy);
  if (--b->life == 0)
    return NULL;
  const List *cell = &cells[cellOf(b->x, b->y)];
  for (int i = 0; i < cell->count; i++) {
    Enemy *e = cell->items[i];
    if (fabs(e->x - b->x) < 3 && fabs(e->y - b->y) < 3) {
      b->life = 0;
      Hit *hit = allocate(sizeof *hit);
      *hit = (Hit){e, b->power};
      return hit;
    }
  }
  return NULL;
}

static void frame(void) {
  for (int i = 0; i < 200; i++)
    add(&bullets, newBullet());
  for (int i = 0; i < Cells * Cells; i++)
    cells[i].count = 0;
  for (int i = 0; i < Enemies; i++)
    add(&cells[cellOf(enemies[i]->x, enemies[i]->y)], enemies[i]);
  List hits = {0};
  for (int i = 0; i < bullets.count; i++) {
    Hit *hit = fly(bullets.items[i]);
    if (hit)
      add(&hits, hit);
  }
  for (int i = 0; i < hits.count; i++) {
    Hit *hit = hits.items[i];
    if (hit->target->health > 0 && (hit->target->health -= hit->power) <= 0)
      score++;
    free(hit);
  }
  free(hits.items);
  int kept = 0;
  for (int i = 0; i < bullets.count; i++) {
    Bullet *b = bullets.items[i];
    if (b->life)
      bullets.items[kept++] = b;
    else
      free(b);
  }
  bullets.count = kept;
  for (int i = 0; i < Enemies; i++) {
    Enemy *e = enemies[i];
    if (e->health <= 0) {
      free(e);
      enemies[i] = newEnemy();
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
    enemies[i] = newEnemy();
  unsigned check = 0;
  long *times = allocate((size_t)frames * sizeof *times);
  for (int i = 0; i < frames; i++) {
    long start = now();
    frame();
    times[i] = now() - start;
    check = (check * 31 + (unsigned)bullets.count + (unsigned)score) & 0x7fffffff;
  }
  int places = 0;
  for (int i = 0; i < Enemies; i++)
    places += (int)enemies[i]->x + (int)enemies[i]->y;
  printf("%d frames, score %d, %d bullets, places %d, check %u\n", frames, score, bullets.count, places, check);
  qsort(times, (size_t)frames, sizeof *times, compare);
  fprintf(stderr, "frames p50 %.1f p99 %.1f max %.1f\n", times[frames / 2] / 1000.0, times[frames * 99 / 100] / 1000.0,
          times[frames - 1] / 1000.0);
}
