# JSON: a variant object for values, a parser by recursive descent, and a writer.
import std/[os, strutils, strformat]

type
  Kind = enum Null, Bool, Number, Text, Items, Object
  Json = object
    case kind: Kind
    of Null: discard
    of Bool: on: bool
    of Number: value: int
    of Text: text: string
    of Items: items: seq[Json]
    of Object: members: seq[Member]
  Member = object
    name: string
    value: Json

func make(count: int): string =
  result.add "{\"records\":["
  for i in 0 ..< count:
    if i > 0: result.add ','
    result.add "{\"id\":"
    result.addInt i
    result.add ",\"name\":\"item "
    result.addInt i
    result.add "\",\"price\":"
    result.addInt i * 37 mod 1000
    result.add ",\"active\":"
    result.add if i mod 3 == 0: "true" else: "false"
    result.add ",\"parent\":null,\"tags\":[\"tag"
    result.addInt i mod 10
    result.add if i mod 7 == 0: "\",\"a \\\"b\\\" \\\\ c\\n\"]" else: "\",\"plain\"]"
    result.add ",\"at\":{\"x\":"
    result.addInt i mod 100
    result.add ",\"y\":"
    result.addInt -(i mod 50) - 1
    result.add "}}"
  result.add "]}"

type Parser = object
  text: string
  at: int

func expect(p: var Parser, c: char) =
  doAssert p.text[p.at] == c
  inc p.at

func skipComma(p: var Parser) =
  if p.text[p.at] == ',': inc p.at

func parseText(p: var Parser): string =
  p.expect '"'
  while true:
    let start = p.at
    while p.text[p.at] notin {'"', '\\'}: inc p.at
    result.add p.text[start ..< p.at]
    inc p.at
    if p.text[p.at - 1] == '"': return
    result.add if p.text[p.at] == 'n': '\n' else: p.text[p.at]
    inc p.at

func parseNumber(p: var Parser): int =
  let negative = p.text[p.at] == '-'
  if negative: inc p.at
  while p.text[p.at] in Digits:
    result = result * 10 + ord(p.text[p.at]) - ord('0')
    inc p.at
  if negative: result = -result

func parse(p: var Parser): Json =
  case p.text[p.at]
  of 'n':
    p.at += 4
    result = Json(kind: Null)
  of 't':
    p.at += 4
    result = Json(kind: Bool, on: true)
  of 'f':
    p.at += 5
    result = Json(kind: Bool, on: false)
  of '"': result = Json(kind: Text, text: p.parseText)
  of '[':
    var items: seq[Json]
    inc p.at
    while p.text[p.at] != ']':
      items.add p.parse
      p.skipComma
    inc p.at
    result = Json(kind: Items, items: items)
  of '{':
    var members: seq[Member]
    inc p.at
    while p.text[p.at] != '}':
      let name = p.parseText
      p.expect ':'
      members.add Member(name: name, value: p.parse)
      p.skipComma
    inc p.at
    result = Json(kind: Object, members: members)
  else: result = Json(kind: Number, value: p.parseNumber)

type Totals = object
  values, sum, letters: int

func walk(t: var Totals, value: Json) =
  inc t.values
  case value.kind
  of Null, Bool: discard
  of Number: t.sum += value.value
  of Text: t.letters += value.text.len
  of Items:
    for item in value.items: t.walk item
  of Object:
    for member in value.members:
      t.letters += member.name.len
      t.walk member.value

func writeText(to: var string, text: string) =
  to.add '"'
  for c in text:
    case c
    of '"', '\\':
      to.add '\\'
      to.add c
    of '\n': to.add "\\n"
    else: to.add c
  to.add '"'

func write(to: var string, value: Json) =
  case value.kind
  of Null: to.add "null"
  of Bool: to.add if value.on: "true" else: "false"
  of Number: to.addInt value.value
  of Text: to.writeText value.text
  of Items:
    to.add '['
    for i, item in value.items:
      if i > 0: to.add ','
      to.write item
    to.add ']'
  of Object:
    to.add '{'
    for i, member in value.members:
      if i > 0: to.add ','
      to.writeText member.name
      to.add ':'
      to.write member.value
    to.add '}'

proc roundTrip(count: int) =
  let text = make(count)
  var parser = Parser(text: text)
  let value = parser.parse
  var totals: Totals
  totals.walk value
  var again = ""
  again.write value
  let same = if again == text: "the same" else: "another one"
  echo &"{text.len} bytes, {totals.values} values, sum {totals.sum}, {totals.letters} letters; written again: {same}"

proc main() =
  let count = paramStr(1).parseInt
  for i in 0 ..< paramStr(2).parseInt:
    roundTrip(count)

main()
