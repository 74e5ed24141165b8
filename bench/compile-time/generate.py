#!/usr/bin/env python3
"""Writes the same program in Dream and in C, of a given number of lines, for measuring compile time.

    generate.py LINES OUT_PREFIX        writes OUT_PREFIX.dr and OUT_PREFIX.c

The program is made of small functions over ints, doubles, arrays and structs that call functions written before them, the
way ordinary code does; both versions print the same checksum. No text is shared between functions but their shape.
"""

import random
import sys


class Writer:
    def __init__(self):
        self.dream, self.c = [], []

    def both(self, dream, c=None):
        self.dream.append(dream)
        self.c.append(dream if c is None else c)


def arithmetic(rng, names, depth):
    if depth == 0 or rng.random() < 0.2:
        return rng.choice(names) if rng.random() < 0.7 else str(rng.randint(1, 99))
    op = rng.choice("+-*&|^")
    return "(%s %s %s)" % (arithmetic(rng, names, depth - 1), op, arithmetic(rng, names, depth - 1))


def scalar_function(w, rng, n, earlier):
    w.both("func int fn%d(int a, int b) {" % n, "static int fn%d(int a, int b) {" % n)
    w.both("    int x = %s;" % arithmetic(rng, ["a", "b"], 2))
    w.both("    int y = %s;" % arithmetic(rng, ["a", "b", "x"], 2))
    w.both("    if (x > y) {")
    w.both("        y = y + %s;" % arithmetic(rng, ["a", "x"], 1))
    w.both("    } else {")
    w.both("        x = x - %s;" % arithmetic(rng, ["b", "y"], 1))
    w.both("    }")
    if earlier and rng.random() < 0.4:
        w.both("    x = x ^ fn%d(y & 15, x & 7);" % rng.choice(earlier))
    w.both("    return x + y;")
    w.both("}")


def loop_function(w, rng, n, earlier):
    w.both("func int fn%d(int a, int b) {" % n, "static int fn%d(int a, int b) {" % n)
    w.both("    int sum = a;")
    w.both("    for (int i = 0; i < (b & 31); i++) {")
    w.both("        if ((i & %d) == %d) {" % (rng.choice([1, 3, 7]), rng.randint(0, 1)))
    w.both("            sum += %s;" % arithmetic(rng, ["a", "i", "sum"], 2))
    w.both("        } else {")
    w.both("            sum ^= %s;" % arithmetic(rng, ["b", "i"], 2))
    w.both("        }")
    w.both("    }")
    if earlier and rng.random() < 0.4:
        w.both("    return sum + fn%d(sum & 3, a);" % rng.choice(earlier))
    else:
        w.both("    return sum;")
    w.both("}")


def array_function(w, rng, n, earlier):
    size = rng.choice([8, 16, 32])
    w.both("func int fn%d(int a, int b) {" % n, "static int fn%d(int a, int b) {" % n)
    w.both("    int[] data = new int[%d];" % size,
           "    int *data = calloc(%d, sizeof(int));" % size)
    w.both("    for (int i = 0; i < %d; i++) {" % size)
    w.both("        data[i] = %s;" % arithmetic(rng, ["a", "b", "i"], 2))
    w.both("    }")
    w.both("    int best = data[0];")
    w.both("    for (int i = 1; i < %d; i++) {" % size)
    w.both("        if (data[i] > best) best = data[i];")
    w.both("    }")
    w.dream.append("    return best;")
    w.c.append("    free(data);")
    w.c.append("    return best;")
    w.both("}")


def struct_function(w, rng, n, earlier):
    w.both("struct P%d { double x; double y; int tag; }" % n, "struct P%d { double x; double y; int tag; };" % n)
    w.both("func int fn%d(int a, int b) {" % n, "static int fn%d(int a, int b) {" % n)
    w.both("    var p = new P%d();" % n, "    struct P%d p = {0};" % n)
    w.both("    p.x = a * %d.5;" % rng.randint(1, 9))
    w.both("    p.y = b - %d.25;" % rng.randint(1, 9))
    w.both("    p.tag = %s;" % arithmetic(rng, ["a", "b"], 2))
    w.both("    while (p.x > %d.0) {" % rng.randint(10, 99))
    w.both("        p.x = p.x * 0.5 - 1.0;")
    w.both("        p.tag = p.tag + 1;")
    w.both("    }")
    w.both("    return p.tag + (p.x < p.y ? 1 : 2);")
    w.both("}")


def main():
    lines, prefix = int(sys.argv[1]), sys.argv[2]
    rng = random.Random(lines)
    w = Writer()
    w.c += ["#include <stdio.h>", "#include <stdlib.h>"]
    made = 0
    while len(w.dream) < lines * 0.92:
        earlier = list(range(max(0, made - 20), made))
        rng.choice([scalar_function, scalar_function, loop_function, array_function, struct_function])(w, rng, made, earlier)
        w.both("")
        made += 1
    # Everything is called, so that neither compiler can leave a function out.
    groups = [range(start, min(start + 30, made)) for start in range(0, made, 30)]
    for number, group in enumerate(groups):
        w.both("func int check%d(int check) {" % number, "static int check%d(int check) {" % number)
        for n in group:
            w.both("    check = check * 31 + fn%d(check & 1023, %d);" % (n, n))
        w.both("    return check;")
        w.both("}")
    w.both("func void main() {", "int main(void) {")
    w.both("    int check = 0;")
    for number in range(len(groups)):
        w.both("    check = check%d(check);" % number)
    w.both("    Console.WriteLine(check);", '    printf("%d\\n", check);')
    w.both("}")
    with open(prefix + ".dr", "w") as file:
        file.write("\n".join(w.dream) + "\n")
    with open(prefix + ".c", "w") as file:
        file.write("\n".join(w.c) + "\n")


if __name__ == "__main__":
    main()
