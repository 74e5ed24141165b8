"""Random programs about objects that hold each other: recursive functions that build them, loops, arrays, closures, exceptions
in the middle, destructors, virtual calls and interfaces, module variables that keep some. What they print is not known beforehand, but must be the same
wherever the objects lie.

Strings are built, cut, appended to, stored in objects and arrays, captured, thrown and returned.

Half of the programs make rings: there any object may be put into a field, and some collect on the way. What the destructors of a
ring do must not depend on their order, so those of such programs only add. All calls go down a depth and use up fuel, so every
program ends. At its end everything is gone: leaks are failures.
"""

import random

PRELUDE = """int fuel = 3000;
long sum = 0;
Node? kept = null;
int[] keptNumbers = [];
class Stop : Exception { func Stop(string m) : base(m) { } }
class Node {
    public Node? a; public Node? b; public int v;
    func Node(Node? a, Node? b, int v) { this.a = a; this.b = b; this.v = v; }
    func int Sum(int depth) => depth == 0 ? 1 : v + (a?.Sum(depth - 1) ?? 0) + 2 * (b?.Sum(depth - 1) ?? 0);
}
"""
TEXTS = """string keptText = "";
class Word { public string text; public Word? next; func Word(string text, Word? next) { this.text = text; this.next = next; }
    func int Length(int depth) => depth == 0 ? 0 : text.Length + (next?.Length(depth - 1) ?? 0); }
func string Cut(string s) => s.Length > 40 ? s.Substring(3, 20) : s;
func string Text(int n) { string s = ""; for (int i = 0; i < n; i++) s += i + ","; return s; }
func string Mixed(string s, int n) { if (n % 2 == 0) return s; return $"{Cut(s)}<{n}>"; }
func string Put(Word w, string s) { string old = w.text; w.text = s + "!"; return old; }
func Word Chain(string s, int n) => n <= 0 ? new Word(s, null) : new Word(Cut(s) + n, Chain(s, n - 1));
func string Walk(Word w, int n) { string last = w.text; for (Word? at = w; at != null && n > 0; at = at.next) { last = at.text; n--; } return last; }
func int Letters(string s) { int n = 0; foreach (char c in s) if (c != ',') n++; return n; }
func int Sizes(string[] all) { int n = 0; foreach (string s in all) n += s.Length; return n; }
"""
NAMED = """class Named : Node { string name; int[] marks; func Named(Node? a, int v) : base(a, null, v) { name = "n" + v; marks = new int[v & 7]; }
    func int Length() => name.Length + marks.Length; }
"""
LOUD_IN_RINGS = """class Loud : Node { func Loud(Node? a, Node? b, int v) : base(a, b, v) { } ~Loud() { died += v; } }
long died = 0;
"""
LOUD = """class Loud : Node { func Loud(Node? a, Node? b, int v) : base(a, b, v) { } ~Loud() { sum = (sum * 3 + v) % 1000003; } }
"""


FACTORIES = """abstract class Factory { abstract func Node Build(int d); virtual func Node Take(Node n, int d) => n; }
interface IBuilder { func Node Next(int d); }
func Factory FactoryOf(int d) => d % 3 == 0 ? new First() : d % 3 == 1 ? new Second() : new Third();
func IBuilder BuilderOf(int d) => d % 2 == 0 ? new First() : new Third();
"""


class Graphs:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.kinds = ["Node"] * 4 + (["Named"] if seed % 3 == 0 else []) + (["Loud"] if seed % 4 == 1 else [])
        self.throws = seed % 2 == 0
        self.rings = seed % 5 < 3
        self.writes = seed % 7 < 5
        self.functions = ["Make%d" % i for i in range(self.random.randint(2, 4))], ["Change%d" % i for i in range(self.random.randint(1, 3))]
        self.isVirtual = seed % 8 in (2, 5, 7)
        self.makers = self.functions[0] + (["FactoryOf(d).Build", "FactoryOf(fuel).Build", "BuilderOf(d).Next"] if self.isVirtual else [])
        self.changers = self.functions[1] + (["FactoryOf(d).Take"] if self.isVirtual else [])
        self.names, self.arrays, self.count, self.loops = [], [], 0, 0
        self.texts, self.words, self.lists = [], [], []

    def chance(self, percent):
        return self.random.randrange(100) < percent

    def name(self, letter):
        self.count += 1
        return "%s%d" % (letter, self.count)

    def number(self):
        return self.random.choice(["d", "d + 1", "%d" % self.random.randrange(9), "(fuel & 3)"])

    def fresh(self):
        """Objects that nobody else holds, but perhaps parts of them."""
        return "%s(d - 1)" % self.random.choice(self.makers)

    def maybe(self):
        return "null" if self.chance(25) else self.value() if self.chance(60) else self.part()

    def part(self):
        return "%s.%s" % (self.random.choice(self.names), self.random.choice("ab")) if self.names else "null"

    def value(self):
        pick = self.random.randrange(100)
        if pick < 30 and self.names:
            return self.random.choice(self.names)
        if pick < 55:
            return self.fresh()
        if pick < 70 and self.names:
            return "%s(%s, d - 1)" % (self.random.choice(self.changers), self.random.choice(self.names))
        kind = self.random.choice(self.kinds)
        if kind == "Named":
            return "new Named(%s, %s)" % (self.maybe(), self.number())
        return "new %s(%s, %s, %s)" % (kind, self.maybe(), self.maybe(), self.number())

    def condition(self):
        tests = ["fuel %% %d == %d" % (self.random.randint(2, 5), self.random.randrange(2)), "d > %d" % self.random.randrange(4)]
        if self.names:
            tests.append("%s.v %% 2 == 0" % self.random.choice(self.names))
        return self.random.choice(tests)

    def block(self, lines, indent, nesting, size):
        names, arrays = list(self.names), list(self.arrays)
        kept = list(self.texts), list(self.words), list(self.lists)
        for _ in range(self.random.randint(1, size)):
            self.statement(lines, indent, nesting)
        self.names, self.arrays = names, arrays
        self.texts, self.words, self.lists = kept

    def short(self):
        return "Cut(%s)" % self.random.choice(self.texts) if self.texts and self.chance(60) else "Text(%s)" % self.number() if self.chance(40) else '"ab"'

    def text(self):
        made = ["{s} + {n}", "Text({n})", "({n}).ToString()", '$"{{{s}}}:{{{n}}}"', "{s} + {t}", '"<" + {s} + ">"', '"plain"', "keptText", "{s}.ToUpper()", "{s}.PadLeft(6)"]
        if self.texts:
            made += ["Mixed({x}, {n})", "{x}", "{x}.Substring({x}.Length / 2)", "({n} > 2 ? {x} : {s} + 1)"]
        if self.words:
            made += ["{w}.text", "Put({w}, {s})", "Walk({w}, {n})", '({w}.next?.text ?? "none")']
        if self.lists:
            made += ["{l}[{l}.Length / 2]"]
        some = lambda names: self.random.choice(names) if names else ""
        return self.random.choice(made).format(s=self.short(), t=self.short(), n=self.number(), x=some(self.texts), w=some(self.words), l=some(self.lists))

    def write(self, lines, pad):
        """A statement about strings."""
        pick = self.random.randrange(100)
        if pick < 30 or not self.texts:
            name = self.name("s")
            lines.append("%sstring %s = %s;" % (pad, name, self.text()))
            self.texts.append(name)
        elif pick < 38:
            lines.append("%s%s = %s;" % (pad, self.random.choice(self.texts), self.text()))
        elif pick < 48:
            lines.append("%s%s += %s;" % (pad, self.random.choice(self.texts), self.random.choice([self.short(), self.number()])))
        elif pick < 58:
            name = self.name("w")
            following = self.random.choice(self.words + ["null"])
            lines.append("%sWord %s = %s;" % (pad, name, self.random.choice(["new Word(%s, %s)" % (self.text(), following), "Chain(%s, %s)" % (self.short(), self.number())])))
            self.words.append(name)
        elif pick < 64 and self.words:
            word = self.random.choice(self.words)
            lines.append("%s%s" % (pad, self.random.choice(["%s.text = %s;" % (word, self.text()), "sum += %s.Length(3);" % word, "%s.text += %s;" % (word, self.number())])))
        elif pick < 72:
            name = self.name("q")
            lines.append("%sstring[] %s = %s;" % (pad, name, self.random.choice(["new string[%s + 1]" % self.number(), "[%s, %s]" % (self.text(), self.text())])))
            self.lists.append(name)
        elif pick < 80 and self.lists:
            array = self.random.choice(self.lists)
            lines.append(pad + self.random.choice(["%s[0] = %s;" % (array, self.text()), "sum += Sizes(%s);" % array, "{0} = [..{0}[..1], {1}];".format(array, self.text())]))
        elif pick < 84:
            name = self.name("g")
            lines.append("%sfunc int() %s = () => %s.Length + d; sum += %s();" % (pad, name, self.random.choice(self.texts), name))
        elif pick < 88:
            lines.append(pad + self.random.choice(["keptText = %s;" % self.text(), "keptText = Cut(keptText);", 'keptText = "";', "sum += keptText.Length;"]))
        elif pick < 91:
            name = self.name("o")
            lines.append("%sobject %s = %s; sum += %s.ToString().Length;" % (pad, name, self.text(), name))
        elif pick < 94:
            name = self.name("p")
            lines.append("%svar %s = (%s, %s); sum += %s.Item1.Length;" % (pad, name, self.text(), self.number(), name))
        elif pick < 96 and self.throws:
            lines.append("%sif (%s) throw new Stop(%s);" % (pad, self.condition(), self.text()))
        else:
            lines.append("%ssum += Letters(%s);" % (pad, self.random.choice(self.texts)))

    def place(self):
        """What stands behind a `new` of an array."""
        return ""

    def table(self, lines, pad, name):
        """A statement about an array of two dimensions."""
        kind = self.random.randrange(3)
        if kind == 0:
            lines.append("%sNode?[,] %s = new Node?[2, %s + 1]%s; %s[1, 0] = %s; sum += %s[1, 0]?.Sum(2) ?? 0;" % (
                pad, name, self.number(), self.place(), name, self.maybe(), name))
        elif kind == 1:
            lines.append("%sint[,] %s = %s; %s[1, d & 1] += 2; sum += %s[1, 1] + keptTable[0, 1];" % (
                pad, name, self.random.choice(["new int[2, 2]%s" % self.place(), "Table(%s)" % self.number(), "keptTable"]), name, name))
            if self.chance(30):
                lines.append("%skeptTable = %s;" % (pad, name))
        else:
            lines.append("%sstring[,] %s = new string[%s + 1, 2]%s; %s[0, 1] = \"t\" + d; sum += %s[0, 1].Length;" % (
                pad, name, self.number(), self.place(), name, name))

    def statement(self, lines, indent, nesting):
        pad = "    " * indent
        if self.writes and self.chance(35):
            return self.write(lines, pad)
        pick = self.random.randrange(100)
        if pick < 22 or not self.names:
            name = self.name("x")
            lines.append("%sNode %s = %s;" % (pad, name, self.value()))
            self.names.append(name)
        elif pick < 30:
            lines.append("%s%s = %s;" % (pad, self.random.choice(self.names), self.value()))
        elif pick < 40:
            what = self.random.choice(["null", self.fresh(), "{0}.{1}?.a", "{0}.{1}?.b"] + ([self.value()] * 4 if self.rings else []))
            target = self.random.choice(self.names), self.random.choice("ab")
            lines.append("%s%s.%s = %s;" % (pad, *target, what.format(*target)))
        elif pick < 52:
            lines.append("%ssum += %s.Sum(4);" % (pad, self.random.choice(self.names)))
        elif pick < 53 and self.rings:
            lines.append(pad + self.random.choice(["Gc.Collect();", "Gc.Step(1);", "nogc { sum += fuel & 1; }"]))
        elif pick < 57:
            lines.append("%s%s" % (pad, self.random.choice(["kept = %s;" % self.random.choice(self.names), "kept = null;", "sum += kept?.Sum(3) ?? 7;"])))
        elif pick < 64:
            name = self.name("m")
            lines.append("%sint[] %s = %s;" % (pad, name, self.random.choice(["new int[%s]%s" % (self.number(), self.place()), "Numbers(%s)" % self.number()])))
            self.arrays.append(name)
        elif pick < 71 and self.arrays:
            name, other = self.random.choice(self.arrays), self.random.choice(self.arrays)
            lines.append(pad + self.random.choice([
                "if ({0}.Length > 0) {0}[0] += 3;", "{0} = {1};", "{0} = [..{1}, d];", "keptNumbers = {0};", "sum += Total({0});",
                "{0} = keptNumbers;"]).format(name, other))
        elif pick < 75:
            name = self.name("g")
            lines.append("%sfunc int() %s = () => %s.Sum(3) + d; sum += %s();" % (pad, name, self.random.choice(self.names), name))
        elif pick < 79:
            name = self.name("t")
            if self.chance(40):
                return self.table(lines, pad, name)
            lines.append("%sNode?[] %s = new Node?[%s]%s; if (%s.Length > 1) { %s[1] = %s; sum += %s[1]?.Sum(2) ?? 0; }" % (
                pad, name, self.number(), self.place(), name, name, self.maybe(), name))
        elif nesting == 0:
            lines.append("%sfuel--;" % pad)
        elif pick < 87:
            index = self.name("k")
            lines.append("%sfor (int %s = 0; %s < %d; %s++) {" % (pad, index, index, self.random.randint(1, 3), index))
            self.loops += 1
            self.block(lines, indent + 1, nesting - 1, 4)
            self.loops -= 1
            lines.append(pad + "}")
        elif pick < 93:
            lines.append("%sif (%s) {" % (pad, self.condition()))
            self.block(lines, indent + 1, nesting - 1, 3)
            leave = self.random.randrange(8)
            if leave == 0 and self.throws:
                lines.append('%s    throw new Stop("s" + d);' % pad)
            elif leave < 3 and self.loops:
                lines.append("%s    %s;" % (pad, self.random.choice(["break", "continue"])))
            elif leave == 3:
                lines.append("%s    return %s;" % (pad, self.random.choice(self.names) if self.names else self.fresh()))
            lines.append(pad + "}")
        else:
            lines.append(pad + "try {")
            self.block(lines, indent + 1, nesting - 1, 3)
            error = self.name("e")
            lines.append("%s} catch (Stop %s) {" % (pad, error))
            lines.append("%s    sum += %s.Message.Length;" % (pad, error))
            self.block(lines, indent + 1, nesting - 1, 2)
            lines.append(pad + "}")

    def function(self, name, parameter, word=""):
        lines = []
        self.names, self.arrays = (["n"] if parameter else []), []
        self.texts, self.words, self.lists = [], [], []
        lines.append("%sfunc Node %s(%sint d) {" % (word, name, "Node n, " if parameter else ""))
        lines.append("    if (d <= 0 || --fuel < 0) return %s;" % ("n" if parameter and self.chance(50) else "new Node(null, null, d)"))
        for _ in range(self.random.randint(2, 6)):
            self.statement(lines, 1, 2)
        lines.append("    return %s;" % self.value())
        return lines + ["}"]

    def classes(self):
        """Of the factories: some make objects, some give back what is there, or both."""
        lines = [FACTORIES]
        for name, bases in ("First", "Factory, IBuilder"), ("Second", "Factory"), ("Third", "First"):
            lines.append("class %s : %s {" % (name, bases))
            if bases != "First" or self.chance(70):
                if self.chance(25):
                    lines.append("override func Node Build(int d) => kept ?? new Node(null, null, d);")
                else:
                    lines += self.function("Build", False, "override ")
            if self.chance(50):
                lines += self.function("Take", True, "override ")
            if name == "First":
                lines += self.function("Next", False, "virtual ")
            elif name == "Third" and self.chance(60):
                lines += self.function("Next", False, "override ")
            lines.append("}")
        return lines

    def program(self):
        lines = [PRELUDE + (TEXTS if self.writes else "") + (NAMED if "Named" in self.kinds else "") + ((LOUD_IN_RINGS if self.rings else LOUD) if "Loud" in self.kinds else "")]
        lines.append("int[,] keptTable = new int[2, 2];")
        lines.append("func int[,] Table(int n) { int[,] made = new int[2, n + 2]; for (int i = 0; i < n + 2; i++) made[i & 1, i] = i; return made; }")
        lines.append("func int[] Numbers(int n) { int[] made = new int[n]; for (int i = 0; i < n; i++) made[i] = i; return made; }")
        lines.append("func int Total(int[] numbers) { int t = 0; foreach (int n in numbers) t += n; return t; }")
        for name in self.functions[0]:
            lines += self.function(name, False)
        for name in self.functions[1]:
            lines += self.function(name, True)
        if self.isVirtual:
            lines += self.classes()
        lines.append("func void Round(int d) {")
        self.names, self.arrays, self.texts, self.words, self.lists = [], [], [], [], []
        lines.append("    for (int i = 0; i < 4; i++) {")
        lines.append("        Node x = %s;" % self.fresh())
        self.names.append("x")
        lines.append("        sum += x.Sum(5);")
        lines.append("        x = %s(x, d - 1);" % self.random.choice(self.changers))
        lines.append("        sum += x.Sum(5);")
        lines.append("    }")
        lines.append("}")
        lines.append("func main() {")
        lines.append("    for (int d = 1; d < 7; d++) {")
        lines.append("        fuel = 3000;")
        lines.append("        try { Round(d); } catch (Stop e) { sum++; }")
        lines.append('        Console.WriteLine(d + ": " + sum + " " + (kept?.Sum(4) ?? -1) + " " + Total(keptNumbers)%s);' % (' + " " + keptText' if self.writes else ""))
        lines.append("    }")
        lines.append("    kept = null;")
        if self.rings and "Loud" in self.kinds:
            lines.append("    Gc.Collect();")
            lines.append("    Console.WriteLine(died);")
        lines.append("}")
        return "\n".join(lines) + "\n"


def generate(seed):
    """The program; the first compilation says what it prints."""
    return Graphs(seed).program(), None
