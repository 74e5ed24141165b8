# Text: strings, which are values and changed in place.
import std/[os, strutils]

var state = 42'u32

proc next(below: int): int =
  state = (state * 1103515245'u32 + 12345'u32) and 0x7fffffff'u32
  int(state shr 8) mod below

proc build(n: int): string =
  for i in 0 ..< n:
    if i > 0: result.add ' '
    result.add 'w'
    result.addInt next(5000)

func isPalindrome(s: openArray[char]): bool =
  for i in 0 ..< s.len div 2:
    if s[i] != s[^(i + 1)]: return false
  true

func countOf(text, part: string): int =
  var at = text.find(part)
  while at >= 0:
    inc result
    at = text.find(part, at + 1)

func hash(text: string): uint32 =
  result = 2166136261'u32
  for c in text:
    result = (result xor uint32(c)) * 16777619'u32

proc main() =
  let text = build(paramStr(1).parseInt)
  let words = text.split(' ')
  var sum, palindromes = 0
  for word in words:
    let digits = word[1 .. ^1]
    sum += digits.parseInt
    if isPalindrome(digits): inc palindromes
  var last = ""
  for i, word in words:
    var entry = word & ":"
    entry.addInt i
    if entry > last: last = entry
  let joined = words.join(", ")
  let replaced = joined.replace("w1", "word-1")
  let upper = replaced.toUpperAscii
  echo text.len, " ", words.len, " ", sum, " ", palindromes, " ", last
  echo joined.len, " ", replaced.len, " ", replaced.countOf("99"), " ", hash(upper)

main()
