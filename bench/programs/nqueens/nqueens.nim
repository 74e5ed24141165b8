# The queens of a board: lists of references that share their tails and cannot form cycles.
import std/[os, strutils, strformat]

type Queens {.acyclic.} = ref object
  row: int
  rest: Queens

func isSafe(row: int, queens: Queens): bool =
  var distance = 1
  var q {.cursor.} = queens
  while q != nil:
    if q.row == row or q.row == row + distance or q.row == row - distance: return false
    inc distance
    q = q.rest
  true

# The newest solution is the last one.
func place(n, columns: int): seq[Queens] =
  if columns == 0: return @[Queens(nil)]
  let before = place(n, columns - 1)
  for i in countdown(before.high, 0):
    for row in countdown(n, 1):
      if isSafe(row, before[i]):
        result.add Queens(row: row, rest: before[i])

proc main() =
  let n = paramStr(1).parseInt
  let solutions = place(n, n)
  var check = 0
  for i in countdown(solutions.high, 0):
    var q {.cursor.} = solutions[i]
    while q != nil:
      check = (check * 31 + q.row) and 0x7fffffff
      q = q.rest
  echo &"{n} queens: {solutions.len} solutions, check {check}"

main()
