# A red-black tree that is changed in place.
import std/[os, strutils, strformat]

type Node {.acyclic.} = ref object
  left, right: Node
  key: int32
  red, value: bool

func isRed(t: Node): bool = t != nil and t.red

func raiseLeft(t: sink Node): Node =
  result = move t.left
  t.left = move result.right
  result.right = t

func raiseRight(t: sink Node): Node =
  result = move t.right
  t.right = move result.left
  result.left = t

func split(t: sink Node): Node =
  ## A red node over two black ones.
  t.red = true
  t.left.red = false
  t.right.red = false
  t

func into(t: sink Node, key: int32, value: bool): Node =
  if t == nil: return Node(key: key, red: true, value: value)
  if key == t.key:
    t.value = value
  elif key < t.key:
    t.left = into(move t.left, key, value)
    if not t.red and t.left.red:
      if t.left.right.isRed:
        t.left = raiseRight(move t.left)
        return split(raiseLeft(t))
      if t.left.left.isRed: return split(raiseLeft(t))
  else:
    t.right = into(move t.right, key, value)
    if not t.red and t.right.red:
      if t.right.left.isRed:
        t.right = raiseLeft(move t.right)
        return split(raiseRight(t))
      if t.right.right.isRed: return split(raiseRight(t))
  t

func walk(t: Node, count: var int, check: var int) =
  if t == nil: return
  walk(t.left, count, check)
  if t.value: inc count
  check = (check * 31 + t.key) and 0x7fffffff
  walk(t.right, count, check)

proc treeOf(n: int) =
  var tree: Node
  for i in 0 ..< n:
    let key = int32(i * 7919 mod n)
    tree = into(move tree, key, key mod 10 == 0)
    tree.red = false
  var count, check = 0
  walk(tree, count, check)
  echo &"{n} keys, {count} true, check {check}"

proc main() =
  for i in 0 ..< paramStr(2).parseInt:
    treeOf(paramStr(1).parseInt)

main()
