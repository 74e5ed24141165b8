# A game's loop: values in sequences that keep their room from frame to frame.
import std/[algorithm, monotimes, os, sequtils, strformat, strutils, times]

const cellsAcross = 32

type
  Random = object
    state: uint32
  Enemy = object
    x, y, vx, vy: float
    health: int
  Bullet = object
    x, y, vx, vy: float
    life, power: int
  Hit = object
    target, power: int
  World = object
    random: Random
    enemies: seq[Enemy]
    bullets: seq[Bullet]
    cells: array[cellsAcross * cellsAcross, seq[int]]
    hits: seq[Hit]
    score: int

func next(r: var Random, below: int): int =
  r.state = (r.state * 1103515245'u32 + 12345'u32) and 0x7fffffff'u32
  int(r.state shr 8) mod below

func newEnemy(r: var Random): Enemy =
  result.x = float(r.next(1024))
  result.y = float(r.next(1024))
  result.vx = float(r.next(65) - 32) / 16
  result.vy = float(r.next(65) - 32) / 16
  result.health = 1 + r.next(5)

func newBullet(r: var Random): Bullet =
  result.x = float(r.next(1024))
  result.y = float(r.next(1024))
  result.vx = float(r.next(17) - 8)
  result.vy = float(r.next(17) - 8)
  result.life = 20 + r.next(32)
  result.power = 1 + r.next(3)

func wrap(x: float): float =
  if x < 0: x + 1024 elif x >= 1024: x - 1024 else: x

func cellOf(x, y: float): int = int(y) div cellsAcross * cellsAcross + int(x) div cellsAcross

func newWorld(count: int): World =
  result.random.state = 7
  for i in 1 .. count:
    result.enemies.add newEnemy(result.random)

func fly(w: World, b: var Bullet): int =
  b.x = wrap(b.x + b.vx)
  b.y = wrap(b.y + b.vy)
  dec b.life
  if b.life == 0: return -1
  for e in w.cells[cellOf(b.x, b.y)]:
    if abs(w.enemies[e].x - b.x) < 3 and abs(w.enemies[e].y - b.y) < 3:
      b.life = 0
      return e
  -1

func frame(w: var World) =
  for i in 1 .. 200:
    w.bullets.add newBullet(w.random)
  for cell in w.cells.mitems:
    cell.setLen 0
  for i, e in w.enemies:
    w.cells[cellOf(e.x, e.y)].add i
  w.hits.setLen 0
  for i in 0 ..< w.bullets.len:
    let target = w.fly(w.bullets[i])
    if target >= 0:
      w.hits.add Hit(target: target, power: w.bullets[i].power)
  for hit in w.hits:
    if w.enemies[hit.target].health > 0:
      w.enemies[hit.target].health -= hit.power
      if w.enemies[hit.target].health <= 0: inc w.score
  w.bullets.keepItIf(it.life != 0)
  for e in w.enemies.mitems:
    if e.health <= 0:
      e = newEnemy(w.random)
      continue
    e.x = wrap(e.x + e.vx)
    e.y = wrap(e.y + e.vy)

func places(w: World): int =
  for e in w.enemies:
    result += int(e.x) + int(e.y)

proc main() =
  let frames = paramStr(1).parseInt
  var world = newWorld(2000)
  var check = 0
  var times = newSeq[float](frames)
  for time in times.mitems:
    let start = getMonoTime()
    world.frame()
    time = float((getMonoTime() - start).inNanoseconds) / 1000
    check = (check * 31 + world.bullets.len + world.score) and 0x7fffffff
  echo &"{frames} frames, score {world.score}, {world.bullets.len} bullets, places {world.places}, check {check}"
  times.sort
  stderr.writeLine &"frames p50 {times[frames div 2]:.1f} p99 {times[frames * 99 div 100]:.1f} max {times[frames - 1]:.1f}"

main()
