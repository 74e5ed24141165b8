"""Makes random programs of the language, with what they must print.

The result of a seed never depends on anything but the seed.
"""

import random

import expressions as ex
import statements as st
from owned import OWN_PRELUDE
from typed_choices import DeadEnd, TypedChoices
from values import INTS

PRELUDE = """class ErrorA : Exception { func ErrorA(string m) : base(m) { } }
class ErrorB : ErrorA { func ErrorB(string m) : base(m) { } }
class ErrorC : Exception { func ErrorC(string m) : base(m) { } }
class Guard {
    int label;
    func Guard(int label) { this.label = label; }
    ~Guard() { Console.WriteLine($"~{label}"); }
}
"""
WORDS = ["", "a", "dream", "x y", "Hello", "zz", "0", "q-"]
ARITHMETIC = ["int", "int", "int", "long", "uint", "ulong"]
VALUES = ["int", "int", "int", "long", "uint", "bool", "string", "string", "double", "byte", "short"]
ERRORS = ["ErrorA", "ErrorB", "ErrorC"]


class Generator(TypedChoices):
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.names = 0
        self.structs, self.classes, self.functions, self.globals = [], [], [], []
        self.locals = []       # [(type, name, assignable)] in scope
        self.loops = 0         # open loops of the function
        self.final = 0         # open finally blocks
        self.function = None
        self.this = None
        self.budget = 0        # statements that may still be made
        self.calls = True
        self.in_hole = False   # inside of $"{…}"
        self.generic_classes = []
        self.start_typed()

    # -- choices
    def chance(self, share):
        return self.random.random() < share

    def pick(self, options):
        return self.random.choice(options)

    def name(self, stem):
        self.names += 1
        while stem in "iuf" and self.names in (8, 16, 32, 64):  # i32 and its kin are types
            self.names += 1
        return stem + str(self.names)

    def number(self, type):
        bits, signed = INTS[type]
        high = (1 << (bits - 1 if signed else bits)) - 1
        low = -high if signed else 0
        kind = self.random.random()
        if kind < 0.6:
            return self.random.randint(max(low, -20), min(high, 100))
        if kind < 0.9:
            return self.random.randint(max(low, -70000), min(high, 70000))
        return self.pick([low, high, high - 1, self.random.randint(low, high)])

    # -- expressions
    def literal(self, type):
        if type in INTS:
            return ex.Literal(type, self.number(type))
        if type == "bool":
            return ex.Literal(type, self.chance(0.5))
        if type == "double":
            return ex.Literal(type, self.random.randint(-4000, 4000) / self.pick([1, 2, 4, 8, 10, 3]))
        return ex.Literal("string", self.pick(WORDS))

    def places(self, type, assignable=False):
        """Places of a type without effects: variables, fields of struct and class variables, fields of this."""
        found = []
        for var_type, name, can_assign in self.locals:
            local = ex.Local(var_type, name)
            if var_type == type and (can_assign or not assignable):
                found.append(local)
            decl = next((d for d in self.structs + self.classes + self.instances if d.name == var_type), None)
            if decl in self.structs and assignable and not can_assign:
                continue
            if decl:
                fields = decl.fields if decl in self.structs else decl.all_fields()
                found += [ex.FieldOf(t, local, f) for t, f in fields if t == type]
        if self.this:
            found += [ex.FieldOf(t, ex.This(self.this), f) for t, f in self.this.all_fields() if t == type]
        found += [ex.GlobalVar(t, n) for t, n in self.globals if t == type]
        return found

    def expr(self, type, depth=3):
        r = self.random.random()
        if depth <= 0 or r < 0.15 or type.startswith("func "):
            places = self.places(type)
            if places and (self.chance(0.75) or (self.in_lambda and type.startswith("func "))):
                return self.pick(places)
            return self.leaf(type, depth)
        if r < 0.35:
            places = self.places(type)
            if places:
                return self.pick(places)
        if r < 0.47 and self.calls:
            call = self.call(type, depth)
            if call:
                return call
        if r < 0.49 and type == "T":
            return self.some_t()
        if r < 0.56:
            use = self.typed_use(type, depth)
            if use:
                return use
        if r < 0.57 and not self.in_hole and type in VALUES:
            return ex.Throwing(self.expr("bool", depth - 1), self.expr(type, depth - 1), self.pick(ERRORS), "thrown")
        if r < 0.61:
            return ex.Conditional(self.expr("bool", depth - 1), self.expr(type, depth - 1), self.expr(type, depth - 1))
        if r < 0.67:
            arrays = self.places(type + "[]")
            if arrays:
                return ex.Element(type, self.pick(arrays), self.expr("int", depth - 2))
        return self.operation(type, depth)

    def leaf(self, type, depth=0):
        if type.endswith("[]"):
            element = type[:-2]
            if element == "T":
                return ex.ArrayLiteral(type, [self.some_t() for _ in range(self.random.randint(1, 3))])
            return ex.ArrayLiteral(type, [self.expr(element, depth - 2) for _ in range(self.random.randint(1, 4))])
        for decl in self.structs:
            if decl.name == type:
                return ex.NewStruct(decl, [self.expr(t, depth - 2) for t, _ in decl.fields])
        for decl in self.classes:
            if decl.name == type:
                made = self.pick([d for d in self.classes if d is decl or d.base is decl])
                node = ex.NewObject(made, [self.expr(t, depth - 2) for t, _ in made.all_fields()])
                return node
        if type == "T":
            return self.some_t()
        if type == "bool" and self.chance(0.7):
            known = [place for kind in ("int", "long", "string") for place in self.places(kind)]
            if known:
                place = self.pick(known)
                return ex.Compare(self.pick(["==", "!="] + ([] if place.type == "string" else ["<", "<=", ">", ">="])), place, self.literal(place.type))
        return self.typed_leaf(type, depth, lambda part: self.expr(part, depth - 2)) or self.literal(type)

    def operation(self, type, depth):
        sub = depth - 1
        if type in ("int", "long", "uint", "ulong"):
            kind = self.random.randrange(9)
            if kind == 0:
                return ex.Shift(self.pick(["<<", ">>", ">>>"]), self.expr(type, sub), self.expr("int", sub))
            if kind == 1 and type in ("int", "long"):
                return ex.Negate(self.pick(["-", "~"]), self.expr(type, sub))
            if kind == 2:
                return ex.Convert(type, self.expr(self.pick([t for t in INTS if t != type]), sub))
            if kind == 3 and type == "int":
                strings = self.places("string") + self.places("int[]")
                if strings:
                    return ex.Length(self.pick(strings))
            if kind == 4 and type == "long":
                return ex.Arithmetic("+", self.expr("long", sub), ex.Widen("long", self.expr("int", sub)))
            return ex.Arithmetic(self.pick("+-*/%&|^"), self.expr(type, sub), self.expr(type, sub))
        if type in INTS:
            return ex.Convert(type, self.expr(self.pick(["int", "long", "uint"]), sub))
        if type == "bool":
            kind = self.random.randrange(5)
            if kind == 0:
                return ex.Logical(self.pick(["&&", "||"]), self.expr("bool", sub), self.expr("bool", sub))
            if kind == 1:
                return ex.Negate("!", self.expr("bool", sub))
            if kind == 2:
                return ex.Compare(self.pick(["==", "!="]), self.expr("string", sub), self.expr("string", sub))
            operand = self.pick(["int", "int", "long", "uint", "double"])
            return ex.Compare(self.pick(["==", "!=", "<", "<=", ">", ">="]), self.expr(operand, sub), self.expr(operand, sub))
        if type == "double":
            if self.chance(0.3):
                return ex.Convert("double", self.expr(self.pick(["int", "long"]), sub))
            return ex.DoubleArithmetic(self.pick("+-*/"), self.expr("double", sub), self.expr("double", sub))
        if type == "string":
            if self.chance(0.5):
                other = self.pick(["string", "int", "long", "bool", "double"])
                pair = [self.expr("string", sub), self.expr(other, sub)]
                self.random.shuffle(pair)
                return ex.Concat(*pair)
            parts = []
            for _ in range(self.random.randint(1, 3)):
                parts.append(self.pick(["<", "{}", " ", "k="]))
                part = self.pick(["int", "string", "bool", "uint", "long"])
                width = self.pick([0, 0, 6, -6])
                fmt = self.pick(["", "", "D4", "X", "X8"]) if part == "int" else ""
                parts.append((self.without_strings(part, sub), width, fmt))
            return ex.Interpolated(parts)
        return self.leaf(type, depth)

    def without_strings(self, type, depth):
        """A hole's expression; kept simple where quotes inside quotes would make it hard to read."""
        saved, self.in_hole = self.in_hole, True
        made = self.expr(type, min(depth, 1))
        self.in_hole = saved
        return made

    def call(self, type, depth):
        options = [(f, None) for f in self.functions if f.result == type]
        for var_type, name, _ in self.locals:
            for decl in self.classes + self.instances:
                if decl.name == var_type:
                    seen = {m.name: m for base in ([decl.base] if decl.base else []) for m in base.methods}
                    seen.update({m.name: m for m in decl.methods})
                    options += [(m, ex.Local(var_type, name)) for m in seen.values() if m.result == type]
        options += [(f, None) for f in self.generic_calls(type)]
        if not options:
            return None
        function, receiver = self.pick(options)
        args, used = [], {receiver.name} if receiver else set()
        passed = len(used)
        for param in function.params:
            if param.by_ref:
                if self.in_lambda:
                    return None  # A closure would change its copy.
                candidates = [n for t, n, can in self.locals if t == param.type and can and n not in used]
                if not candidates:
                    return None
                name = self.pick(candidates)
                used.add(name)
                args.append(ex.Local(param.type, name))
            else:
                if param.default and self.chance(0.5):
                    break
                args.append(None)
        if len(used) > passed:
            # Other arguments must not read what is passed by reference: keep them to literals.
            args = [arg or self.literal_of(function.params[i].type) for i, arg in enumerate(args)]
        else:
            args = [self.expr(function.params[i].type, depth - 2) for i in range(len(args))]
        named = bool(args) and self.chance(0.2)
        return ex.Call(function, args, receiver, named)

    def literal_of(self, type):
        if type.endswith("[]"):
            return ex.ArrayLiteral(type, [self.literal_of(type[:-2]), self.literal_of(type[:-2])])
        for decl in self.structs:
            if decl.name == type:
                return ex.NewStruct(decl, [self.literal_of(t) for t, _ in decl.fields])
        for decl in self.classes:
            if decl.name == type:
                return ex.NewObject(decl, [self.literal_of(t) for t, _ in decl.all_fields()])
        if type == "T":
            return self.some_t()
        saved, self.locals = self.locals, []
        made = self.typed_leaf(type, 0, self.literal_of)
        self.locals = saved
        return made or self.literal(type)

    # -- statements
    def variable_type(self):
        if self.chance(0.25):
            return self.typed_type()
        r = self.random.random()
        if r < 0.62:
            return self.pick(VALUES)
        if r < 0.80:
            return self.pick(["int[]", "string[]", "long[]"])
        if r < 0.90 and self.structs:
            return self.pick(self.structs).name
        if self.classes:
            return self.pick(self.classes).name
        return "int"

    def block(self, size, depth):
        mark, owns = len(self.locals), len(self.owns)
        self.blocks += 1
        statements = []
        for _ in range(size):
            if self.budget <= 0:
                break
            self.budget -= 1
            statements.append(self.statement(depth))
            if isinstance(statements[-1], (st.Leave, st.ReturnValue, st.Throw)):
                break
        del self.locals[mark:]
        del self.owns[owns:]
        self.blocks -= 1
        return st.Block(statements)

    def statement(self, depth):
        r = self.random.random()
        small = self.random.randint(1, 4)
        if self.chance(0.2):
            return self.typed_statement(depth)
        if r < 0.26 or (not self.locals and r < 0.5):
            type = self.variable_type()
            name = self.name("v")
            value = self.expr(type)
            inferred = self.chance(0.3) and not isinstance(value, (ex.ArrayLiteral, ex.Literal, ex.NewObject, ex.Widen, ex.Conditional))
            self.locals.append((type, name, True))
            return st.Declare(type, name, value, inferred)
        if r < 0.48:
            assign = self.assignment()
            if assign:
                return assign
        if r < 0.62:
            return st.Print(self.expr(self.pick(VALUES)))
        if depth > 0:
            if r < 0.70:
                condition = self.expr("bool")
                then = self.block(small, depth - 1)
                return st.If(condition, then, self.block(small, depth - 1) if self.chance(0.5) else None)
            if r < 0.78:
                return self.loop(small, depth)
            if r < 0.82:
                return self.switch(small, depth)
            if r < 0.88:
                return self.attempt(small, depth)
        if r < 0.91:
            name = self.name("g")
            return st.GuardDecl(name, self.expr("int", 1))
        if r < 0.93 and self.loops and not self.final:
            condition = self.expr("bool")
            return st.If(condition, st.Block([st.Leave(self.pick(["break", "continue"]))]), None)
        if r < 0.95 and self.function and self.function.result != "void" and not self.final:
            return st.If(self.expr("bool"), st.Block([st.ReturnValue(self.expr(self.function.result))]), None)
        if r < 0.97:
            return st.If(self.expr("bool", 2), st.Block([st.Throw(self.pick(ERRORS), self.expr("string", 1))]), None)
        if self.functions and self.calls:
            call = self.call(self.pick(self.functions).result, 2)
            if call:
                return st.Evaluate(call)
        return st.Print(self.expr("string"))

    def assignment(self):
        type = self.variable_type()
        places = self.places(type, assignable=True)
        arrays = self.places(type + "[]", assignable=True)
        if arrays and self.chance(0.5):
            place = ex.Element(type, self.pick(arrays), self.expr("int", 1))
        elif places:
            place = self.pick(places)
        else:
            return None
        ops = [""]
        if type in ("int", "long", "uint"):
            ops += ["+", "-", "*", "&", "|", "^"]
            if not isinstance(place, ex.Element) and self.chance(0.25):
                return st.Increment(place, self.pick("+-"), self.chance(0.5))
        elif type == "string":
            ops += ["+"] if not self.loops else []
        elif type == "double":
            ops += ["+", "-", "*"]
        return st.Assign(place, self.pick(ops), self.expr(type))

    def loop(self, small, depth):
        self.loops += 1
        self.turns += 1
        mark = len(self.locals)
        arrays = self.places("int[]") + self.places("string[]")
        if arrays and self.chance(0.4):
            array = self.pick(arrays)
            name, type = self.name("e"), array.type[:-2]
            self.locals.append((type, name, False))
            made = st.Foreach(type, name, array, self.block(small, depth - 1))
        else:
            name = self.name("i")
            self.locals.append(("int", name, False))
            form = self.pick(["for", "for", "while", "do", "range"])
            made = st.Loop(form, name, self.random.randint(1, 6), self.block(small, depth - 1))
        del self.locals[mark:]
        self.loops -= 1
        self.turns -= 1
        return made

    def switch(self, small, depth):
        type = self.pick(["int", "int", "string", "long"])
        # `break` would end the switch and not the loop.
        loops, self.loops = self.loops, 0
        labels, cases = set(), []
        for _ in range(self.random.randint(1, 4)):
            group = []
            for _ in range(self.random.randint(1, 2)):
                label = self.literal(type)
                if label.value not in labels:
                    labels.add(label.value)
                    group.append(label)
            if group:
                cases.append((group, self.block(small, depth - 1)))
        default = self.block(small, depth - 1) if self.chance(0.6) else None
        self.loops = loops
        return st.Switch(self.expr(type), cases, default)

    def attempt(self, small, depth):
        body = self.block(small, depth - 1)
        catches = []
        for type in self.random.sample(["ErrorB", "ErrorA", "ErrorC", "Exception"], self.random.randint(0, 2)):
            if any(t == "Exception" or (t, type) == ("ErrorA", "ErrorB") for t, *_ in catches):
                continue
            name = self.name("x")
            guard = self.expr("bool", 1) if self.chance(0.25) else None
            block = self.block(small, depth - 1)
            block.statements.insert(0, st.Print(st.ErrorMessage(name)))
            catches.append((type, name, guard, block))
        final = None
        if self.chance(0.4) or not catches:
            self.final += 1
            final = self.block(small, depth - 1)
            self.final -= 1
        return st.Try(body, catches, final)

    # -- declarations
    def make_body(self, function, this=None, size=6):
        self.function, self.this, self.loops, self.final = function, this, 0, 0
        self.locals = [(p.type, p.name, p.by_ref) for p in function.params]
        self.owns, self.turns = [], 0
        self.budget = 24
        body = self.block(size, 3)
        self.locals = [(p.type, p.name, p.by_ref) for p in function.params]
        if function.result != "void":
            if not body.statements or not isinstance(body.statements[-1], (st.ReturnValue, st.Throw)):
                body.statements.append(st.ReturnValue(self.expr(function.result)))
        function.body = body

    def params(self):
        made = []
        for i in range(self.random.randint(0, 3)):
            type = self.variable_type()
            made.append(st.Param(type, self.name("p"), by_ref=self.chance(0.2)))
        if made and made[-1].type in ("int", "string", "long") and not made[-1].by_ref and self.chance(0.4):
            made[-1].default = self.literal(made[-1].type)
        return made

    def program(self):
        """Declarations and main; None is returned if the program runs too long, then the next seed is tried."""
        pick_fields = lambda n: [(self.pick(["int", "string", "long", "double", "int[]"]), self.name("f")) for _ in range(n)]
        for _ in range(self.random.randint(0, 2)):
            self.structs.append(st.StructDecl(self.name("S"), pick_fields(self.random.randint(1, 3))))
        self.add_enums()
        pending = []
        if self.chance(0.7):
            base = st.ClassDecl(self.name("C"), None, pick_fields(2))
            pending.append(base)
            for _ in range(self.random.randint(0, 2)):
                pending.append(st.ClassDecl(self.name("C"), base, pick_fields(1)))
        for _ in range(self.random.randint(0, 3)):
            self.globals.append((self.pick(["int", "string", "long", "int[]"]), self.name("m")))
        module, self.globals = self.globals, []
        starts = [(type, name, self.literal_of(type)) for type, name in module]
        self.globals = module
        for _ in range(self.random.randint(0, 2)):
            self.add_generic_function()
        if self.chance(0.5):
            self.add_generic_class()
        for _ in range(self.random.randint(1, 3)):
            self.add_function()
        self.classes = pending
        if pending:
            base = pending[0]
            for _ in range(self.random.randint(1, 2)):
                method = st.Function(self.name("M"), self.pick(["int", "string"]), self.params())
                method.modifier = "virtual "
                self.make_body(method, base, 3)
                base.methods.append(method)
            for derived in pending[1:]:
                for method in base.methods:
                    if self.chance(0.7):
                        twin = st.Function(method.name, method.result, method.params)
                        twin.modifier = "override "
                        self.make_body(twin, derived, 3)
                        derived.methods.append(twin)
        for _ in range(self.random.randint(0, 3)):
            self.add_function()
        main = st.Function("main", "void", [])
        self.make_body(main, None, 12)
        inner = main.body
        caught = self.name("x")
        main.body = st.Block([st.Try(inner, [("Exception", caught, None, st.Block([st.Print(
            ex.Concat(ex.Literal("string", "caught "), st.ErrorMessage(caught)))]))], None)])
        return self.finish(starts, main)

    def add_function(self):
        self.this = self.function = None
        function = st.Function(self.name("F"), self.pick(["int", "string", "long", "bool", "double", "int[]"] + [self.typed_type()]), self.params())
        self.make_body(function)
        self.functions.append(function)

    def finish(self, starts, main):
        run = st.Run(ex.Steps(3000))
        for _, name, value in starts:
            run.globals[name] = value.eval(st.Env(run, {}, None))
        try:
            main.run(st.Env(run, {}, None))
        except (ex.TooLong, RecursionError):
            return None
        out = (PRELUDE + OWN_PRELUDE).splitlines()
        for type, name, value in starts:
            out.append("%s %s = %s;" % (type, name, value.text()))
        for decl in self.enums + self.structs + self.classes + self.generics + self.generic_classes + self.functions + [main]:
            decl.write(out, 0)
        return "\n".join(out) + "\n", "".join(line + "\n" for line in run.lines)


def generate(seed):
    """(source, expected output) of a seed."""
    attempt = 0
    while True:
        try:
            made = Generator(seed * 1000 + attempt).program()
        except DeadEnd:
            made = None
        if made and len(made[0]) < 40000 and len(made[1]) < 20000:
            return made
        attempt += 1
