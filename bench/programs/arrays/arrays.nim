# Arrays: sorting, searching, sums, filtering into one that grows, and the game of life on a grid.
import std/[algorithm, os, sequtils, strutils, strformat]

const side = 256
type Grid = array[side, array[side, uint8]]

var state = 1'u32

proc next(below: int): int32 =
  state = (state * 1103515245'u32 + 12345'u32) and 0x7fffffff'u32
  int32(int(state shr 8) mod below)

func different(sorted: seq[int32]): int =
  for i, value in sorted:
    if i == 0 or value != sorted[i - 1]: inc result

func step(grid: Grid, to: var Grid) =
  for y in 0 ..< side:
    let up = (y + side - 1) mod side
    let down = (y + 1) mod side
    for x in 0 ..< side:
      let left = if x == 0: side - 1 else: x - 1
      let right = if x == side - 1: 0 else: x + 1
      let around = grid[up][left] + grid[up][x] + grid[up][right] + grid[y][left] + grid[y][right] +
        grid[down][left] + grid[down][x] + grid[down][right]
      to[y][x] = uint8(around == 3 or around == 2 and grid[y][x] == 1)

proc live(rounds: int): int =
  let grids = new(array[2, Grid])
  for row in grids[0].mitems:
    for cell in row.mitems:
      cell = uint8(next(3) == 0)
  for round in 0 ..< rounds:
    step(grids[round and 1], grids[1 - (round and 1)])
  for row in grids[rounds and 1]:
    for cell in row:
      result += int(cell)

proc numbers(n: int) =
  var values = newSeq[int32](n)
  for value in values.mitems: value = next(1000000)
  var sorted = values
  sorted.sort
  var found = 0
  for i in 1 .. n:
    if sorted.binarySearch(next(1000000)) >= 0: inc found
  var sums = newSeq[int64](n + 1)
  for i, value in values: sums[i + 1] = sums[i] + value
  var windows = 0'i64
  for i in 0 .. n - 100: windows = windows xor (sums[i + 100] - sums[i])
  let even = values.filterIt(it mod 2 == 0)
  values.reverse
  var check = 0
  for value in values: check = (check * 31 + value) and 0x7fffffff
  echo &"{different(sorted)} different, {found} found, windows {windows}, {even.len} even, check {check}"

proc main() =
  let n = paramStr(1).parseInt
  let rounds = paramStr(2).parseInt
  for i in 0 ..< paramStr(3).parseInt:
    numbers(n)
    echo live(rounds), " alive"

main()
