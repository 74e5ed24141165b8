#!/usr/bin/env python3
"""Writes the same program in Dream, C, Rust and Go, of a given number of lines, for measuring compile time.

    generate.py LINES OUT_PREFIX        writes OUT_PREFIX.dr, .c, .rs and .go

The program is made of small functions over ints, doubles, arrays and structs that call functions written before them, the
way ordinary code does. No text is shared between functions but their shape. All versions print the same checksum, Go on
standard error, because its compiler alone finds no package. Integers wrap around: Rust wants -C overflow-checks=off.
"""

import random
import sys


class Writer:
    """Collects lines; a line is given for each language that writes it in another way than Dream."""

    def __init__(self):
        self.lines = {"dr": [], "c": [], "rs": [], "go": []}

    def all(self, dream, c=None, rust=None, go=None):
        for ending, text in (("dr", dream), ("c", c), ("rs", rust), ("go", go)):
            text = dream if text is None else text
            if text:
                self.lines[ending].append(text)

    def head(self, name):
        self.all("func int %s(int a, int b) {" % name, "static int %s(int a, int b) {" % name,
                 "fn %s(a: i32, b: i32) -> i32 {" % name, "func %s(a, b int32) int32 {" % name)

    def local(self, name, value, indent="    "):
        self.all("%sint %s = %s;" % (indent, name, value), None, "%slet mut %s: i32 = %s;" % (indent, name, value),
                 "%svar %s int32 = %s" % (indent, name, value))

    def assign(self, text, indent="    "):
        self.all("%s%s;" % (indent, text), None, None, indent + text)

    def when(self, condition, indent="    "):
        self.all("%sif (%s) {" % (indent, condition), None, "%sif %s {" % (indent, condition), "%sif %s {" % (indent, condition))

    def line(self, text):
        self.all(text)

    def result(self, value):
        self.all("    return %s;" % value, None, None, "    return %s" % value)
        self.line("}")


def arithmetic(rng, names, depth):
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(names) if rng.random() < 0.7 else str(rng.randint(1, 99))
    op = rng.choice("+-*&|^")
    return "(%s %s %s)" % (arithmetic(rng, names, depth - 1), op, arithmetic(rng, names, depth - 1))


def scalar_function(w, rng, n, earlier):
    w.head("fn%d" % n)
    w.local("x", arithmetic(rng, ["a", "b"], 2))
    w.local("y", arithmetic(rng, ["a", "b", "x"], 2))
    w.when("x > y")
    w.assign("y = y + %s" % arithmetic(rng, ["a", "x"], 1), "        ")
    w.line("    } else {")
    w.assign("x = x - %s" % arithmetic(rng, ["b", "y"], 1), "        ")
    w.line("    }")
    if earlier and rng.random() < 0.4:
        w.assign("x = x ^ fn%d(y & 15, x & 7)" % rng.choice(earlier))
    w.result("x + y")


def loop_function(w, rng, n, earlier):
    w.head("fn%d" % n)
    w.local("sum", "a")
    w.all("    for (int i = 0; i < (b & 31); i++) {", None, "    for i in 0..(b & 31) {", "    for i := int32(0); i < (b & 31); i++ {")
    w.when("(i & %d) == %d" % (rng.choice([1, 3, 7]), rng.randint(0, 1)), "        ")
    w.assign("sum += %s" % arithmetic(rng, ["a", "i", "sum"], 2), "            ")
    w.line("        } else {")
    w.assign("sum ^= %s" % arithmetic(rng, ["b", "i"], 2), "            ")
    w.line("        }")
    w.line("    }")
    if earlier and rng.random() < 0.4:
        w.result("sum + fn%d(sum & 3, a)" % rng.choice(earlier))
    else:
        w.result("sum")


def array_function(w, rng, n, earlier):
    size = rng.choice([8, 16, 32])
    w.head("fn%d" % n)
    w.all("    int[] data = new int[%d];" % size, "    int *data = calloc(%d, sizeof(int));" % size,
          "    let mut data = vec![0i32; %d];" % size, "    data := make([]int32, %d)" % size)
    w.all("    for (int i = 0; i < %d; i++) {" % size, None, "    for i in 0..%di32 {" % size, "    for i := int32(0); i < %d; i++ {" % size)
    value = arithmetic(rng, ["a", "b", "i"], 2)
    w.all("        data[i] = %s;" % value, None, "        data[i as usize] = %s;" % value, "        data[i] = %s" % value)
    w.line("    }")
    w.all("    int best = data[0];", None, "    let mut best = data[0];", "    best := data[0]")
    w.all("    for (int i = 1; i < %d; i++) {" % size, None, "    for i in 1..%dusize {" % size, "    for i := 1; i < %d; i++ {" % size)
    w.all("        if (data[i] > best) best = data[i];", None, "        if data[i] > best { best = data[i]; }",
          "        if data[i] > best { best = data[i] }")
    w.line("    }")
    w.all("", "    free(data);", "", "")
    w.result("best")


def struct_function(w, rng, n, earlier):
    w.all("struct P%d { double x; double y; int tag; }" % n, "struct P%d { double x; double y; int tag; };" % n,
          "struct P%d { x: f64, y: f64, tag: i32 }" % n, "type P%d struct { x, y float64; tag int32 }" % n)
    w.head("fn%d" % n)
    w.all("    var p = new P%d();" % n, "    struct P%d p = {0};" % n, "    let mut p = P%d { x: 0.0, y: 0.0, tag: 0 };" % n, "    var p P%d" % n)
    for field, name, op, part in (("x", "a", "*", "%d.5" % rng.randint(1, 9)), ("y", "b", "-", "%d.25" % rng.randint(1, 9))):
        w.all("    p.%s = %s %s %s;" % (field, name, op, part), None, "    p.%s = %s as f64 %s %s;" % (field, name, op, part),
              "    p.%s = float64(%s) %s %s" % (field, name, op, part))
    w.assign("p.tag = %s" % arithmetic(rng, ["a", "b"], 2))
    limit = rng.randint(10, 99)
    w.all("    while (p.x > %d.0) {" % limit, None, "    while p.x > %d.0 {" % limit, "    for p.x > %d.0 {" % limit)
    w.assign("p.x = p.x * 0.5 - 1.0", "        ")
    w.assign("p.tag = p.tag + 1", "        ")
    w.line("    }")
    w.all("    return p.tag + (p.x < p.y ? 1 : 2);", None, "    return p.tag + (if p.x < p.y { 1 } else { 2 });",
          "    if p.x < p.y { return p.tag + 1 }\n    return p.tag + 2")
    w.line("}")


def main():
    lines, prefix = int(sys.argv[1]), sys.argv[2]
    rng = random.Random(lines)
    w = Writer()
    w.all("", "#include <stdio.h>", "#![allow(warnings)]", "package main")
    w.all("", "#include <stdlib.h>", "", "")
    made = 0
    while len(w.lines["dr"]) < lines * 0.92:
        earlier = list(range(max(0, made - 20), made))
        rng.choice([scalar_function, scalar_function, loop_function, array_function, struct_function])(w, rng, made, earlier)
        made += 1
    # Everything is called, so that no compiler can leave a function out.
    groups = [range(start, min(start + 30, made)) for start in range(0, made, 30)]
    for number, group in enumerate(groups):
        w.all("func int check%d(int check) {" % number, "static int check%d(int check) {" % number,
              "fn check%d(mut check: i32) -> i32 {" % number, "func check%d(check int32) int32 {" % number)
        for n in group:
            w.assign("check = check * 31 + fn%d(check & 1023, %d)" % (n, n))
        w.result("check")
    w.all("func void main() {", "int main(void) {", "fn main() {", "func main() {")
    w.local("check", "0")
    for number in range(len(groups)):
        w.assign("check = check%d(check)" % number)
    w.all("    Console.WriteLine(check);", '    printf("%d\\n", check);', '    println!("{}", check);', "    println(check)")
    w.line("}")
    for ending, text in w.lines.items():
        with open("%s.%s" % (prefix, ending), "w") as file:
            file.write("\n".join(text) + "\n")


if __name__ == "__main__":
    main()
