# Binary trees of references.
import std/[os, strutils, strformat]

type Node {.acyclic.} = ref object
  left, right: Node

proc build(depth: int): Node =
  if depth == 0: Node()
  else: Node(left: build(depth - 1), right: build(depth - 1))

proc check(node: Node): int =
  if node.left == nil: 1
  else: 1 + node.left.check + node.right.check

proc main() =
  const least = 4
  let most = max(least + 2, paramStr(1).parseInt)
  echo &"stretch tree of depth {most + 1}, check {build(most + 1).check}"
  let stays = build(most)
  for depth in countup(least, most, 2):
    let count = 1 shl (most - depth + least)
    var sum = 0
    for i in 1 .. count:
      sum += build(depth).check
    echo &"{count} trees of depth {depth}, check {sum}"
  echo &"long lived tree of depth {most}, check {stays.check}"

main()
