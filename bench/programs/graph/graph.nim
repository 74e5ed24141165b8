# Graphs whose nodes refer to each other in both directions, for the cycle collector.
import std/[deques, os, strutils, strformat]

type Node = ref object
  id, distance: int
  edges: seq[Node]

var state = 3'u32

proc next(below: int): int =
  state = (state * 1103515245'u32 + 12345'u32) and 0x7fffffff'u32
  int(state shr 8) mod below

proc connect(a, b: Node) =
  a.edges.add b
  b.edges.add a

proc build(count: int): seq[Node] =
  for i in 0 ..< count:
    result.add Node(id: i, distance: -1)
  for i in 1 ..< count:
    connect(result[i], result[next(i)])
    connect(result[i], result[next(count)])

proc search(start: Node): int =
  var queue = initDeque[Node]()
  start.distance = 0
  queue.addLast start
  while queue.len > 0:
    let node = queue.popFirst
    result = (result * 31 + node.id + node.distance) and 0x7fffffff
    for next in node.edges:
      if next.distance < 0:
        next.distance = node.distance + 1
        queue.addLast next

proc main() =
  let rounds = paramStr(1).parseInt
  let count = paramStr(2).parseInt
  var check = 0
  for round in 1 .. rounds:
    let nodes = build(count)
    check = check xor search(nodes[0])
  echo &"{rounds} graphs of {count} nodes, check {check}"

main()
