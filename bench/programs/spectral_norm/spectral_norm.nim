# The spectral norm of an infinite matrix, by the power method: sums over sequences of floats.
import std/[math, os, strutils]

func a(i, j: int): float {.inline.} = 1 / float((i + j) * (i + j + 1) div 2 + i + 1)

func multiplyAv(v: seq[float], to: var seq[float]) =
  for i in 0 ..< to.len:
    var sum = 0.0
    for j in 0 ..< v.len: sum += a(i, j) * v[j]
    to[i] = sum

func multiplyAtv(v: seq[float], to: var seq[float]) =
  for i in 0 ..< to.len:
    var sum = 0.0
    for j in 0 ..< v.len: sum += a(j, i) * v[j]
    to[i] = sum

proc main() =
  let n = paramStr(1).parseInt
  var u, v, between = newSeq[float](n)
  for x in u.mitems: x = 1
  for i in 1 .. 10:
    multiplyAv(u, between)
    multiplyAtv(between, v)
    multiplyAv(v, between)
    multiplyAtv(between, u)
  var vBv, vv = 0.0
  for i in 0 ..< n:
    vBv += u[i] * v[i]
    vv += v[i] * v[i]
  echo formatFloat(sqrt(vBv / vv), ffDecimal, 9)

main()
